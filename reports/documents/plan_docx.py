"""The planning annex as a text file (DOCX): what the PDF says, in parts that can be pasted into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports.documents import method_words, plan_annex, text_file, tongues, who
from reports.documents.blocks import Block, Chapter, Facts, Said, Sub, Text
from reports.documents.loop_words import corrected, edition_rows, status_of
from reports.documents.method_page import hash_of
from reports.documents.register_words import weighting_text
from reports.documents.words import Words
from reports.findings.model import FindingsList
from reports.loop import Loop, PlanInReport
from reports.results import Results


def docx(
    whole: Results,
    estates: Mapping[str, Results],
    found: FindingsList,
    loop: Loop,
    plan: PlanInReport,
    language: str,
) -> bytes:
    """Of a round of which nothing may be shown: a page that says so."""
    words, loop = Words.of(whole.questionnaire, language), tongues.marked(loop, language)
    said = plan_annex.annex(whole, estates, found, loop, plan, language)
    chapters = (
        (_too_few(words, whole),) if whole.hidden else (*said.chapters, method_chapter(words, whole, loop))
    )
    if (wrong := corrected(words, loop)) is not None:
        note = Text(f"{wrong[0]}: {wrong[1]}", "warn")
        chapters = (replace(chapters[0], blocks=(note, *chapters[0].blocks)), *chapters[1:])
    paper: Said = replace(said, chapters=chapters)
    marks = (*((words.t("report.fictitious"),) if whole.fictitious else ()), status_of(words, loop))
    return text_file.write(paper, language, whole.organisation, whole.results_on, words.t, marks, loop.livery)


def _too_few(words: Words, whole: Results) -> Chapter:
    texts = (Text(who.few(words, whole), "lead"), Text(words.t("few.text")))
    return Chapter("skjult", words.t("few.title"), texts)


def method_chapter(words: Words, whole: Results, loop: Loop) -> Chapter:
    """The page of methods in plain parts: the same words as `templates/method.html`."""
    t, made, settings = words.t, method_words.made(words, whole), method_words.method_values(words, whole)
    scored = whole.index is not None
    topics = [
        ("shares", made.shares, made.shares_formula),
        ("index", t("method.index_text", **settings), t("method.index_formula")) if scored else None,
        ("means", made.means, made.means_formula) if scored else None,
        ("hidden", _hidden(words, whole, settings), ""),
        ("compare", t("method.compare_text", **settings), ""),
        ("sample", t("method.sample_text"), "") if who.sampled(words, whole) else None,
        ("weights", weighting_text(words, whole), "") if weighting_text(words, whole) else None,
        ("limits", t("method.limits_text"), ""),
    ]
    blocks: list[Block] = [Text(t("method.lead"), "lead")]
    for topic in topics:
        if topic is not None:
            name, text, formula = topic
            blocks += [Sub(t(f"method.{name}")), Text(text)]
            blocks += [Text(formula, "note")] if formula else []
    if whole.area:
        blocks += [Sub(t("area.method")), Text(t("area.method_text"))]
    if scales := method_words.scale_rows(words, whole):
        blocks.append(Facts(t("method.scales"), tuple((row.title, row.text) for row in scales)))
    if text := method_words.scales_text(words, whole):
        blocks.append(Text(text))
    if declared := method_words.declared_rows(words, whole):
        blocks.append(Facts(t("declared.title"), tuple((row.title, row.text) for row in declared)))
    blocks.append(Facts(t("method.facts"), _facts(words, whole, loop)))
    return Chapter("metode", t("method.title"), tuple(blocks))


def _hidden(words: Words, whole: Results, settings: Mapping[str, object]) -> str:
    widths = method_words.widths_text(words, whole)
    return f"{words.t('method.hidden_text', **settings)} {widths}".strip()


def _facts(words: Words, whole: Results, loop: Loop) -> tuple[tuple[str, str], ...]:
    t, form = words.t, whole.questionnaire
    return (
        (t("method.round"), f"{whole.campaign}. {status_of(words, loop)}"),
        *((row.title, row.text) for row in method_words.asked_by(words, whole)),
        (t("method.period"), words.period(whole.opens_on, whole.closes_on)),
        (t("method.counts"), who.answered(words, whole)),
        (t("method.form"), f"{form.title.get(words.language)} ({form.id} {form.version})"),
        *edition_rows(words, loop),
        (t("method.credit"), form.credit.get(words.language)),
        (t("method.hash"), hash_of(whole)),
    )
