"""A paper for a municipal council on two pages of A4: what was found that concerns its group, who is missing,
what it is asked, and what happens next.

The three councils of the municipalities act (004:1185-1191). It tells of no group apart unless the report on
all estates does: answers are not broken down by age here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reports.documents import cover, landlord, loop_words, method_page, method_words, plan_annex, tongues, who
from reports.documents.plan_claims import heard, replied, sentence, shortly
from reports.documents.words import Words
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Loop, Measure
from reports.results import Results

Council = Literal["eldre", "ungdom", "funksjon"]
COUNCILS: tuple[Council, ...] = ("eldre", "ungdom", "funksjon")
STYLESHEET = Path(__file__).with_name("council.css")
"""Beside `landlord.STYLESHEET` and `plan_annex.STYLESHEET`."""
PRINT_STYLESHEET = Path(__file__).with_name("council_print.css")

ABOUT: dict[Council, frozenset[str]] = {
    "eldre": frozenset(
        {"bolig_besok_rullestol", "er_det_heis", "bolig_tilpasset", "bomiljo_trygg_felles",
         "bomiljo_trygg_ute", "hverd_ensom"}
    ),
    "ungdom": frozenset({"bomiljo_barn_ute", "bomiljo_moteplass", "bolig_egetrom"}),
    "funksjon": frozenset(
        {"bolig_besok_rullestol", "er_det_heis", "bolig_tilpasset", "bomiljo_felles", "utleier_info",
         "medv_moter_sted", "medv_moter_sprak"}
    ),
}  # fmt: skip
"""Meanings of questions that concern the group more than others."""
TAGS: dict[Council, frozenset[str]] = {
    "eldre": frozenset({"plan:eldre"}),
    "ungdom": frozenset({"plan:unge", "plan:barn", "marmot:a"}),
    "funksjon": frozenset({"plan:tilgjengelighet", "plan:universell_utforming"}),
}
AGES: dict[Council, frozenset[str]] = {
    "eldre": frozenset({"a67_pluss"}),
    "ungdom": frozenset({"a15_17", "a18_25"}),
    "funksjon": frozenset(),
}
"""Answers to the question of age (meaning `alder`) that are the group's."""
ROOM, MOST = 1_150, 5
"""Letters of findings on the first page, and how many findings."""
MOST_REPLIES, MOST_MEASURES = 3, 3
ANSWERS_ROOM, MEASURES_ROOM, NONE_ROOM = 800, 360, 150
"""Letters of findings and their replies, and of measures, on the second page: cut where they are more. Each
reply fewer than there may be leaves room for some."""
NAME_ROOM, ERRATUM_ROOM = 80, 120


@dataclass(frozen=True)
class Answer:
    claim: str
    reply: str


@dataclass(frozen=True)
class Case:
    """All that the paper says, in words."""

    title: str
    kind: str
    heading: str
    sub: str
    facts: tuple[tuple[str, str], ...]
    what: str
    found_lead: str
    found: tuple[str, ...]
    note: str
    missing: tuple[str, ...]
    answers: tuple[Answer, ...]
    measures: tuple[str, ...]
    came_note: str
    questions: tuple[str, ...]
    steps: tuple[str, ...]
    contact: str
    sure: tuple[str, ...]


def title(whole: Results, council: Council, language: str) -> str:
    words = Words.of(whole.questionnaire, language)
    name = words.t(f"council.{council}.name")
    return words.t("council.document_title", council=name, campaign=whole.campaign)


def _status(words: Words, loop: Loop) -> str:
    """Which version, and of a corrected one what was wrong: the methods page that says so is not in the
    case."""
    status = loop_words.status_of(words, loop)
    if loop.edition is None or not loop.edition.erratum:
        return status
    wrong = f"{words.t('loop.erratum')}: {loop.edition.corrected(words.language)}"
    return f"{status}. {_clip(wrong, ERRATUM_ROOM)}"


def concerning(found: FindingsList, council: Council) -> list[FoundResult]:
    """Findings of all estates, areas and estates that concern the group of a council: by what was asked, or
    by a tag. What asks for a reply first."""
    mine = [
        one
        for one in found.findings
        if ABOUT[council].intersection(one.items)
        or TAGS[council].intersection(one.tags)
        or (council == "ungdom" and any(name.startswith(("ung_", "barn_")) for name in one.items))
    ]
    return _in_order(mine)


def _in_order(findings: Sequence[FoundResult]) -> list[FoundResult]:
    levels = ("all", "area", "estate")
    return sorted(
        findings, key=lambda one: (levels.index(one.place.level), not one.asks_for_a_reply, one.rank)
    )


def case(
    whole: Results, found: FindingsList, loop: Loop, council: Council, language: str, contact: str = ""
) -> Case:
    """`contact`: who answers questions about the case, where that is known."""
    words = Words.of(whole.questionnaire, language)
    t = words.t
    mine = concerning(found, council)
    rest = _in_order([one for one in found.findings if one.place.level == "all" and one not in mine])
    told = _as_many(words, mine, ROOM, MOST)
    left = ROOM - sum(len(sentence(words, one)) for one in told)
    more = _as_many(words, _mixed(rest), left, MOST - len(told))
    texts, note = shortly(words, [*told, *more])
    name, landlord_name = t(f"council.{council}.name"), _clip(whole.organisation, NAME_ROOM)
    answers = tuple(_answers(words, loop, [*told, *more]))
    measures = _measures(loop, [*told, *more])
    return Case(
        title=title(whole, council, language),
        kind=t("council.kind", council=name),
        heading=t("council.heading", council=words.lower(t(f"council.{council}.whom"))),
        sub=_clip(whole.campaign, NAME_ROOM),
        facts=(
            (t("cover.landlord"), landlord_name),
            (t("cover.period"), words.period(whole.opens_on, whole.closes_on)),
            (t("cover.answers"), who.answered(words, whole)),
            (t("loop.status"), _status(words, loop)),
        ),
        what=t(f"council.{council}.what", landlord=landlord_name),
        found_lead=t(
            "council.found_mine" if told else "council.found_none", whom=t(f"council.{council}.group")
        ),
        found=tuple(texts),
        note=note,
        missing=tuple(_missing(words, whole, council)),
        answers=answers,
        measures=_told_measures(words, loop, measures[:MOST_MEASURES]),
        came_note=_came_note(words, answers, measures),
        questions=(*(t(f"council.{council}.ask.{number}") for number in (1, 2, 3)), t("council.ask.last")),
        steps=tuple(
            t(f"council.step.{number}", council=name) if number == 1 else t(f"council.step.{number}")
            for number in (1, 2, 3)
        ),
        contact=_clip(contact, NAME_ROOM) or t("council.contact_blank", landlord=landlord_name),
        sure=(t("plan.sure.claims"), t("plan.sure.satisfied"), t("council.apart")),
    )


def _as_many(words: Words, findings: Sequence[FoundResult], room: int, most: int) -> list[FoundResult]:
    told: list[FoundResult] = []
    for one in findings:
        size = len(sentence(words, one))
        if len(told) < most and size <= room:
            told.append(one)
            room -= size
    return told


def _mixed(findings: Sequence[FoundResult]) -> list[FoundResult]:
    """What to act on and what is good in turn: a council is not told of troubles alone."""
    weak = [one for one in findings if one.asks_for_a_reply]
    good = [one for one in findings if not one.asks_for_a_reply]
    pairs = [one for pair in zip(weak, good, strict=False) for one in pair]
    return [*pairs, *weak[len(good) :], *good[len(weak) :]]


def _clip(text: str, room: int) -> str:
    """Whole words, and a mark where some are left out."""
    if len(text) <= room:
        return text
    return tongues.closed(text[: room - 1].rsplit(" ", 1)[0][: room - 1].rstrip(" ,.;:") + "…")


def _fair(texts: Sequence[str], room: int) -> list[str]:
    """As they are where they have room together; else the longest are cut to one length, no shorter than
    needed."""
    longest = max(map(len, texts), default=0)
    while longest and sum(min(len(text), longest) for text in texts) > room:
        longest -= 1
    return [_clip(text, longest) for text in texts]


def _answers(words: Words, loop: Loop, findings: Sequence[FoundResult]) -> list[Answer]:
    """What was replied, the same reply to several findings once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        reply, own = loop.replies.get(one.id), loop.heard.get(one.id)
        if reply is None and own is None:
            continue
        said = replied(words, loop, reply) if reply else words.t("loop.silent")
        told = f"{words.t('loop.heard_title')} {heard(words, own)}" if own else ""
        claim = shortly(words, [one])[0][0].partition(", trolig")[0]
        groups.setdefault((said, told), []).append(claim)
    shown = list(groups.items())[:MOST_REPLIES]
    room = ANSWERS_ROOM + NONE_ROOM * (MOST_REPLIES - len(shown))
    claims = ["; ".join(own) for _, own in shown]
    texts = _fair([*claims, *(said for (said, _), _ in shown)], room)
    return [
        Answer(claim, f"{reply} {told}".strip())
        for claim, reply, ((_, told), _) in zip(texts, texts[len(shown) :], shown, strict=False)
    ]


def _measures(loop: Loop, findings: Sequence[FoundResult]) -> list[Measure]:
    ids = {one.id for one in findings}
    return [one for one in loop.measures if ids & set(one.findings)]


def _told_measures(words: Words, loop: Loop, measures: Sequence[Measure]) -> tuple[str, ...]:
    """'Tette vinduene (Utleier, Driftsavdelingen, innen 15. mars 2027)'."""
    cut = _fair([text for one in measures for text in (one.title, one.unit)], MEASURES_ROOM)
    told = []
    for one, title, unit in zip(measures, cut[::2], cut[1::2], strict=True):
        day = loop_words.due(words, loop, one) or words.lower(words.t("measure.no_day"))
        parts = (words.t(f"measure.owner.{one.owner}"), unit, day)
        told.append(f"{title} ({', '.join(part for part in parts if part)})")
    return tuple(told)


def _came_note(words: Words, answers: Sequence[Answer], measures: Sequence[Measure]) -> str:
    if not answers and not measures:
        return words.t("council.came_none")
    more = max(0, len(measures) - MOST_MEASURES)
    return words.t("council.came_more", n=more) if more else ""


def _missing(words: Words, whole: Results, council: Council) -> list[str]:
    """How many have not answered, and what the report on all tells of the group among those who did."""
    said = [f"{who.lead(words, whole)} {who.lead_missing(words, whole)}"]
    if not AGES[council]:
        return [*said, words.t(f"council.{council}.not_asked")]
    share = _share_of(whole, AGES[council])
    key = "council.group_hidden" if share is None else "council.group_share"
    group = words.t(f"council.{council}.ages")
    return [
        *said,
        words.t(key, group=group, share=words.share(share or 0.0)),
        words.t("council.group_advice"),
    ]


def _share_of(whole: Results, values: frozenset[str]) -> float | None:
    """The part of the group of those who told their age, where the parts that the report shows tell it."""
    form = whole.questionnaire
    item = next((item for item in form.items() if item.meaning == "alder"), None)
    result = whole.items.get(item.id) if item else None
    if item is None or result is None or result.hidden:
        return None
    codes = {choice.code for choice in form.choices(item) if choice.value in values}
    inside = [part for part in result.segments if codes.issuperset(part.codes)]
    if not codes or {code for part in inside for code in part.codes} != codes:
        return None
    return sum(part.share for part in inside)


def html(
    whole: Results, found: FindingsList, loop: Loop, council: Council, language: str, contact: str = ""
) -> str:
    """A whole document for print, always two pages, or one that says why nothing may be shown."""
    sheets = (
        landlord.STYLESHEET,
        landlord.PRINT_STYLESHEET,
        plan_annex.STYLESHEET,
        STYLESHEET,
        PRINT_STYLESHEET,
    )
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets) + cover.styles(loop.livery)
    return _render("council.html", whole, found, loop, council, language, contact, styles=styles)


def web(
    whole: Results, found: FindingsList, loop: Loop, council: Council, language: str, contact: str = ""
) -> str:
    """A fragment for a page of the console."""
    return _render("council_web.html", whole, found, loop, council, language, contact)


def _render(
    template: str,
    whole: Results,
    found: FindingsList,
    loop: Loop,
    council: Council,
    language: str,
    contact: str,
    **more: object,
) -> str:
    words, loop = Words.of(whole.questionnaire, language), tongues.marked(loop, language)
    return tongues.spans(
        landlord.environment()
        .get_template(template)
        .render(
            **method_page.values(words, whole, loop),
            case=case(whole, found, loop, council, language, contact),
            good_answers=method_words.good_answers_named(words),
            few=who.few(words, whole),
            **more,
        ),
        printed="styles" in more,
    )
