"""Findings as sentences: the kinds and values of `reports.findings`, with the questions put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from forms.scoring import favourable_codes
from reports.documents.association_words import association_rows
from reports.documents.rows import Row, is_ordered, likert_row
from reports.documents.who import everybody
from reports.documents.words import Words
from reports.findings.sentences import about, then_and_now
from reports.results import Finding, Results

LARGE = 3
"""Findings printed large; the rest are told in their chapters."""


ABOUT_INFLUENCE = ("innflytelse", "nytter_a_si_fra")
"""Meanings of questions that ask how much influence people feel they have. How far they took part in one
decision, or know how to, is something else."""


LEVEL = frozenset({"strong", "weak", "participation_low", "grade"})
GOOD_NEWS = frozenset({"strong", "change_up", "score_up", "better_than_rest"})


@dataclass(frozen=True)
class Headline:
    """A finding as people read it, with the bar of its question when it has one."""

    title: str
    text: str
    question: str
    figure: Markup
    merged: bool = False
    """Answers are shown as one in the figure."""
    factor: str = ""
    good: bool = False
    """Something to keep as it is: nobody owes a reply to it."""
    rows: tuple[Row, ...] = ()
    """For influence: the share of good answers at each degree of it."""


def headline(words: Words, results: Results, finding: Finding, number: int, *, wide: bool) -> Headline:
    """The sentence of one finding. KeyError names a question the questionnaire lacks."""
    items = [words.questionnaire.item(item_id) for item_id in finding.item_ids]
    values: dict[str, object] = dict(finding.values)
    if items:
        outcome = items[-1]
        values["item"] = words.quote(words.item(items[0]))
        values["outcome"] = words.quote(words.item(outcome))
        good = sorted(favourable_codes(words.questionnaire, outcome))
        values["answers"] = words.quoted_codes(outcome, good)
        steps = [step.code for step in words.questionnaire.steps(outcome)]
        values["steps"] = len(steps)
        values["step"] = 1 + min((place for place, code in enumerate(steps) if code in good), default=0)
    if "object" in values:
        facet = str(values["facet"]) if "facet" in values else None
        values["object"] = words.score_name(str(values["object"]), facet)
    for key, value in values.items():
        if key.startswith("n") and isinstance(value, int):
            values[key] = words.number(value)
    if finding.kind in ("change_down", "grade_down", "score_down", "below_its_area"):
        values["fall_low"], values["fall_high"] = -int(finding.values["high"]), -int(finding.values["low"])
    if finding.kind == "influence":
        values["about"] = about(words, [int(finding.values[name]) for name in ("n_low", "n_high")])
    if "before" in values and "percent" in values:
        values |= then_and_now(words, {**finding.values, "everybody": finding.everybody})
    values["doubt"] = _doubt(words, results, finding, values)
    figure, merged = Markup(""), False
    if len(items) == 1 and items[0].id in results.items and is_ordered(words, items[0]):
        result = results.items[items[0].id]
        row = likert_row(words, items[0], result, prefix=f"funn{number}", wide=wide)
        figure, merged = row.figure, row.merged
    key = finding.kind
    if key == "influence":
        values["low_answers"], values["high_answers"] = _ends(words, results, finding)
        # Only some questions ask about influence itself; of the others no more is said than what they ask.
        if items[0].role == "participation_grade":
            key = "taken_part"
        elif items[0].meaning not in ABOUT_INFLUENCE:
            key = "goes_with"
    title = words.t(f"finding.{key}.{_title(finding)}", **values)
    # Of what is counted nothing is due to chance.
    known = "_known" if finding.everybody and key.endswith(("_than_rest", "_its_area")) else ""
    text = words.t(f"finding.{key}.text{known}", **values)
    if {item.id for item in items} & results.turned:
        text = f"{text} {words.t('row.turned')}"
    if finding.left_out != "nobody":
        title = words.t("finding.shown_only.title", title=title)
        text = words.t("finding.shown_only.text", text=text)
    return Headline(
        factor=words.item(items[0]) if items else "",
        rows=_influence_rows(words, results, finding, number),
        title=title,
        text=text,
        question=words.item(items[0]) if figure else "",
        figure=figure,
        merged=merged,
        good=finding.kind in GOOD_NEWS,
    )


def _doubt(words: Words, results: Results, finding: Finding, values: Mapping[str, object]) -> str:
    """How far the figure may be off, as a sentence (of a score: behind a comma); or that all answered."""
    kind = finding.kind
    if kind in ("better_than_rest", "worse_than_rest"):
        if finding.everybody:
            return ""
        return words.t("finding.doubt.score", **values)
    if kind in LEVEL:
        if not finding.everybody and finding.values["n"] == everybody(results):
            return words.t("finding.doubt.rounded", **values)
        return words.t("finding.doubt.everybody" if finding.everybody else "finding.doubt.share", **values)
    if kind.endswith(("_up", "_down")):
        way = "rise" if kind.endswith("_up") else "fall"
        unit = "_score" if kind.startswith("score") else ""
        key = "finding.doubt.both" if finding.everybody else f"finding.doubt.{way}{unit}"
        return words.t(key, **values)
    return ""


def _title(finding: Finding) -> str:
    """Where none, or all, of those who answered gave a good answer, the title is what that may be of all, not
    'only 0 %': a few answers alike are no more than that."""
    values = finding.values
    if finding.kind in ("weak", "participation_low") and values["percent"] == 0 < int(values["high"]):
        return "none"
    if finding.kind == "strong" and values["percent"] == 100 > int(values["low"]):
        return "all"
    return "title"


def _ends(words: Words, results: Results, finding: Finding) -> tuple[str, str]:
    """The answers of those lowest and of those highest on the factor, quoted."""
    factor = words.questionnaire.item(finding.item_ids[0])
    for association in results.associations:
        if (association.factor, association.outcome) == finding.item_ids:
            ends = association.rows[0][0], association.rows[-1][0]
            break
    else:
        steps = words.questionnaire.steps(factor)
        ends = (steps[0].code,), (steps[-1].code,)
    return words.quoted_codes(factor, ends[0]), words.quoted_codes(factor, ends[1])


def _influence_rows(words: Words, results: Results, finding: Finding, number: int) -> tuple[Row, ...]:
    if finding.kind != "influence" or results.questionnaire.index is None:
        return ()
    for association in results.associations:
        if (association.factor, association.outcome) == finding.item_ids:
            return association_rows(words, association, key=f"funn{number}")
    return ()


def headlines(words: Words, results: Results, *, wide: bool) -> tuple[Headline, ...]:
    return tuple(
        headline(words, results, finding, n, wide=wide) for n, finding in enumerate(results.findings[:LARGE])
    )


PAGE = 222.0
"""Of a page of paper, for findings: millimetres under the chapter's head, with some to spare."""
FURTHER_HEAD = 14.0


def further(words: Words, results: Results, large: Sequence[Headline]) -> tuple[Headline, ...]:
    """The next findings, in smaller print: as many as the page of the large ones has room for, and none on a
    page of its own."""
    if any(one.rows for one in large):
        return ()
    left = PAGE - FURTHER_HEAD - sum(_height(one) for one in large)
    found = []
    for number, finding in enumerate(results.findings[LARGE:], LARGE):
        if finding.kind == "influence":  # its table says more than its sentence
            continue
        one = headline(words, results, finding, number, wide=True)
        left -= 2.0 + 4.8 * _lines(f"{one.title}. {one.text}", 85)
        if left < 0:
            break
        found.append(one)
    return tuple(found)


def _height(one: Headline) -> float:
    """Of a large finding on paper, in millimetres: as print.css has it."""
    return 13.0 + 6.6 * _lines(one.title, 48) + 4.8 * _lines(one.text, 80) + (16.0 if one.figure else 0.0)


def _lines(text: str, width: int) -> int:
    return -(-len(text) // width)
