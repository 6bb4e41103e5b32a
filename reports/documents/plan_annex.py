"""The planning annex ("plangrunnlag"): what a round found, goal by goal of one plan.

It is put into words once (`annex`), and is a tagged PDF, a web page (here) or a text file (`plan_docx`).
Averages are not what a plan should be made of: how results are spread over estates stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reports.documents import (
    cover,
    landlord,
    loop_words,
    method_page,
    method_words,
    plan_beside,
    plan_parts,
    plan_places,
    tongues,
    who,
)
from reports.documents.blocks import Block, Chapter, Facts, Points, Said, Text, kinds
from reports.documents.plan_claims import Told
from reports.documents.words import Words
from reports.findings.model import FindingsList
from reports.loop import Loop, PlanInReport
from reports.results import Results

STYLESHEET = Path(__file__).with_name("plan_annex.css")
"""Beside `landlord.STYLESHEET`, on the web and in print."""
PRINT_STYLESHEET = Path(__file__).with_name("plan_annex_print.css")


def title(whole: Results, plan: PlanInReport, language: str) -> str:
    """'Plangrunnlag for Boligsosial handlingsplan 2027–2030 – Beboerundersøkelsen 2026'; on an area with its
    name."""
    words = Words.of(whole.questionnaire, language)
    about = f"{named(plan)}, {whole.area}" if whole.area else named(plan)
    return words.t("plan.document_title", plan=about, campaign=whole.campaign)


def named(plan: PlanInReport) -> str:
    """With its years, unless they stand in its name already."""
    first, last = plan.years
    years = str(first) if first == last else f"{first}–{last}"
    return plan.name if str(first) in plan.name else f"{plan.name} {years}"


def annex(
    whole: Results,
    estates: Mapping[str, Results],
    found: FindingsList,
    loop: Loop,
    plan: PlanInReport,
    language: str,
) -> Said:
    """All that the annex says but for its page of methods. No chapters where nothing of the round may be
    shown. What people said themselves bears the signs of `tongues`.

    `whole`: the report on all estates; or that on an area (`reports.areas`), then `estates`, `found` and
    `loop` are of the area alone (`reports.areas.narrowed`)."""
    words, loop = Words.of(whole.questionnaire, language), tongues.marked(loop, language)
    plan = tongues.marked_plan(plan, language)
    told = Told(words, found, loop)
    chapters: tuple[Chapter | None, ...] = ()
    if not whole.hidden:
        names = {id: report.scope for id, report in estates.items()}
        chapters = (
            _about(told, whole, plan),
            plan_parts.goals(told, plan),
            plan_parts.only_laws(told),
            plan_parts.others(told, plan, whole.area),
            plan_places.spread(told, whole, estates),
            plan_beside.priorities(words, whole),
            plan_beside.quotes(told, names, whole.area),
            plan_parts.before(told),
            plan_parts.remaining(told),
            plan_beside.benchmarks(words, whole),
            plan_beside.common_aims(told),
        )
    return Said(
        title=title(whole, plan, language),
        kind=words.t("plan.kind"),
        heading=words.t("plan.heading", plan=named(plan)),
        sub=f"{whole.area}. {whole.campaign}" if whole.area else whole.campaign,
        cover=(
            (words.t("cover.landlord"), whole.organisation),
            *_area(words, whole),
            (words.t("plan.cover.kind"), words.t(f"plan.kind.{plan.kind}")),
            (words.t("cover.period"), words.period(whole.opens_on, whole.closes_on)),
            (words.t("cover.answers"), who.answered(words, whole)),
            (words.t("loop.status"), loop_words.status_of(words, loop)),
        ),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
    )


def _area(words: Words, whole: Results) -> tuple[tuple[str, str], ...]:
    """On the cover of the annex on an area."""
    if whole.area is None:
        return ()
    estates = words.count("estate", len(whole.coverage))
    return ((words.t("cover.area"), words.t("cover.area_of", area=whole.area, estates=estates)),)


def _about(told: Told, whole: Results, plan: PlanInReport) -> Chapter:
    """What it is, how sure, and who is missing."""
    words = told.words
    tied = {tie.finding for tie in told.loop.ties if tie.goal and plan.has(tie.goal)}
    blocks: list[Block] = [
        Text(f"{who.lead(words, whole)} {who.lead_missing(words, whole)}", "lead"),
        *([Text(words.t("area.made_of"))] if whole.area else []),
        Text(
            words.t(
                "plan.about.what",
                campaign=whole.campaign,
                period=words.period(whole.opens_on, whole.closes_on),
                plan=named(plan),
            )
        ),
        Facts(
            words.t("plan.about.facts"),
            (
                (
                    words.t("plan.about.plan"),
                    f"{named(plan)} ({words.lower(words.t(f'plan.kind.{plan.kind}'))})",
                ),
                (words.t("plan.about.findings"), _counted(told, tied, whole.area)),
                (words.t("plan.about.replies"), words.number(len(told.loop.replies))),
                (words.t("plan.about.measures"), words.number(len(told.loop.measures))),
                (words.t("loop.reading"), _read(told)),
            ),
        ),
        Points(tuple(_how_sure(words, whole))),
    ]
    return Chapter("hva", words.t("about.title"), tuple(blocks))


def _counted(told: Told, tied: set[str], area: str | None) -> str:
    key = "plan.about.counted_area" if area else "plan.about.counted"
    return told.words.t(key, n=len(told.found.findings), tied=len(tied))


def _read(told: Told) -> str:
    if not told.loop.readers:
        return told.words.t("plan.about.not_read")
    return told.words.t("loop.readers", n=told.loop.readers)


def _how_sure(words: Words, whole: Results) -> list[str]:
    """How to read the figures and what they cannot tell."""
    said = [words.t("plan.sure.claims")]
    if good := method_words.good_answers_named(words):
        said.append(f"{words.t('about.good_term')} {words.t('about.good', answers=good)}")
    said.append(f"{words.t('about.between_term')} {who.between_said(words, whole)}")
    if whole.nonresponse_bounds and not who.everybody(whole):
        low, high = whole.nonresponse_bounds
        if high - low > 1e-9:
            key = (
                ("about.bounds_sampled_shown" if whole.shown_only else "about.bounds_sampled")
                if whole.dwellings
                else "about.bounds_limits"
                if whole.nonresponse_limits
                else "about.bounds"
            )
            said.append(words.t(key, low=words.share(low), high=words.share(high)))
    said += [words.t("plan.sure.satisfied"), f"{words.t('about.hidden_term')} {words.t('about.hidden')}"]
    return said


def web(
    whole: Results,
    estates: Mapping[str, Results],
    found: FindingsList,
    loop: Loop,
    plan: PlanInReport,
    language: str,
) -> str:
    """A fragment for a page of the console: `<article>` with its own h1. The page must load
    `landlord.STYLESHEET` and `STYLESHEET`."""
    said = annex(whole, estates, found, loop, plan, language)
    return _render("plan_annex_web.html", whole, said, loop, language)


def html(
    whole: Results,
    estates: Mapping[str, Results],
    found: FindingsList,
    loop: Loop,
    plan: PlanInReport,
    language: str,
) -> str:
    """A whole document for print, stylesheets inside; hand it to `pdf.write`."""
    sheets = (landlord.STYLESHEET, landlord.PRINT_STYLESHEET, STYLESHEET, PRINT_STYLESHEET)
    return _render(
        "plan_annex.html",
        whole,
        annex(whole, estates, found, loop, plan, language),
        loop,
        language,
        styles="".join(sheet.read_text(encoding="utf-8") for sheet in sheets) + cover.styles(loop.livery),
    )


def _render(template: str, whole: Results, said: Said, loop: Loop, language: str, **more: object) -> str:
    words, loop = Words.of(whole.questionnaire, language), tongues.marked(loop, language)
    return tongues.spans(
        landlord.environment()
        .get_template(template)
        .render(
            **method_page.values(words, whole, loop),
            said=said,
            kind_of=kinds,
            few=who.few(words, whole),
            **more,
        ),
        printed="styles" in more,
    )
