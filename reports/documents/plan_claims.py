"""Findings and what has come of them, in words: replies, knowledge, reading round, measures, ties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from forms import taxonomies
from reports import laws
from reports.documents import loop_words
from reports.documents.blocks import Claim, Pair, Seen, Table
from reports.documents.words import Words
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Goal, Heard, Knowledge, Loop, Measure, Reply, Tie

LEVELS = {"all": 0, "area": 1, "estate": 2}
CHANNELS = ("residents", "practice", "research")


@dataclass
class Told:
    """What has been said so far in one document: a finding stands in full once, under its number, and is
    referred to after that; so is a measure."""

    words: Words
    found: FindingsList
    loop: Loop
    numbers: dict[str, int] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    measures: dict[str, str] = field(default_factory=dict)
    """Id of a measure -> title of where its row stands."""

    def __post_init__(self) -> None:
        self._known = {one.id: one for one in self.found.findings}
        self._laws = laws.names(self.words.language)

    def known(self, ids: Iterable[str]) -> list[FoundResult]:
        """Findings of the list, those of all first, then areas, then estates, each by rank."""
        return sorted(
            (self._known[id] for id in dict.fromkeys(ids) if id in self._known),
            key=lambda one: (LEVELS[one.place.level], self.words.sorting(one.place.name), one.rank),
        )

    def number(self, finding: FoundResult) -> int:
        return self.numbers.setdefault(finding.id, len(self.numbers) + 1)

    def title(self, finding: FoundResult) -> str:
        return self.words.t("plan.finding", n=self.number(finding))

    def law(self, code: str) -> str:
        return self._laws.get(code, "")


def sentence(words: Words, finding: FoundResult) -> str:
    return {str(language): text for language, text in finding.sentences.items()}[words.language]


def claim(told: Told, finding: FoundResult, ties: Sequence[Tie]) -> Claim | Seen:
    """In full the first time, then in short. `ties`: those that bring it here."""
    words, title = told.words, told.title(finding)
    why = tuple(reason(told, tie) for tie in ties)
    if finding.id in told.full:
        return Seen(f"funn-{finding.id}", title, sentence(words, finding), why)
    told.full.add(finding.id)
    return Claim(
        id=f"funn-{finding.id}",
        title=title,
        kind=finding.kind,
        kind_name=words.t(f"kind.{finding.kind}"),
        sentence=sentence(words, finding),
        base=base(words, finding),
        tags=", ".join(tag_names(words, finding)),
        before=why,
        equals=equals(words, told.loop.knowledge.get(finding.id)),
        after=tuple(_after(told, finding)),
    )


def reason(told: Told, tie: Tie) -> Pair:
    law = told.law(tie.law)
    title = told.words.t("plan.why_law", law=law) if law else told.words.t("plan.why")
    return Pair(title, tie.reasoning)


def base(words: Words, finding: FoundResult) -> str:
    """Its interval, and how many answers it stands on where the sentence does not say so: '95 %-intervall: 20
    til 33 prosent.'"""
    n = words.number(finding.n)
    told = [] if n in sentence(words, finding) else [words.t("plan.base", n=n)]
    if finding.values.get("everybody"):
        return " ".join((*told, words.t("plan.interval_none")))
    low, high = (_end(words, finding, end) for end in (finding.low, finding.high))
    unit = words.t(f"plan.unit.{finding.measure}")
    return " ".join((*told, words.t("plan.interval", low=low, high=high, unit=unit)))


def _end(words: Words, finding: FoundResult, end: float) -> str:
    if finding.measure == "association":
        return words.decimal(end)
    return words.signed(int(end)) if finding.measure.endswith("difference") else str(int(end))


def shortly(words: Words, findings: Sequence[FoundResult]) -> tuple[tuple[str, ...], str]:
    """Sentences for a list, in which those of all do not begin with the landlord's name again and again; and
    what is to be said of them all, '' for nothing: that they are about the estates that can be shown."""
    shown_only, texts = False, []
    for one in findings:
        text = sentence(words, one)
        for some, start in (
            (True, words.t("said.shown_only", scope=one.place.name)),
            (False, one.place.name),
        ):
            if one.place.level == "all" and text.startswith(f"{start}: "):
                text = text.removeprefix(f"{start}: ")
                text = text[:1].upper() + text[1:]
                shown_only = shown_only or some
                break
        texts.append(text)
    return tuple(texts), words.t("plan.shown_only") if shown_only else ""


def tag_names(words: Words, finding: FoundResult) -> tuple[str, ...]:
    labels = words.questionnaire.labels
    return tuple(
        words.label(tag) if tag in labels else taxonomies.name(tag, words.language)
        for tag in finding.tags
        if tag in labels or taxonomies.known(tag)
    )


def equals(words: Words, known: Knowledge | None) -> tuple[Pair, ...]:
    """Three kinds of knowledge as equals; none where nobody has said anything at all."""
    if known is None or not any((known.residents, known.practice, known.research)):
        return ()
    return tuple(
        Pair(words.t(f"knowledge.{kind}"), getattr(known, kind) or words.t("knowledge.nothing"))
        for kind in CHANNELS
    )


def _after(told: Told, finding: FoundResult) -> list[Pair]:
    words, loop = told.words, told.loop
    pairs = []
    if (own := loop.heard.get(finding.id)) is not None:
        pairs.append(Pair(words.t("plan.heard"), heard(words, own), own.remarks))
    if (reply := loop.replies.get(finding.id)) is not None:
        pairs.append(Pair(words.t("plan.reply"), replied(words, loop, reply)))
    elif finding.asks_for_a_reply:
        pairs.append(Pair(words.t("plan.reply"), words.t("loop.silent")))
    if agreed := loop.measures_of(finding.id):
        pairs.append(Pair(words.t("plan.measures"), "; ".join(one.title for one in agreed)))
    return pairs


def heard(words: Words, own: Heard) -> str:
    """'3 ganger at det stemmer, 1 at det ikke stemmer, 2 at noe mangler.'"""
    if own.few:
        return words.t("loop.heard_few")
    if not own.stands + own.does_not + own.lacks:
        return words.t("plan.heard.nobody")
    return words.t("loop.heard", stands=own.stands, does_not=own.does_not, lacks=own.lacks)


def replied(words: Words, loop: Loop, reply: Reply) -> str:
    parts = [f"{words.t(f'reply.{reply.kind}')}.", reply.text]
    if reply.alternative:
        parts.append(words.t("loop.alternative", text=reply.alternative))
    if reply.kind == "parkert" and (reply.place or reply.due_on):
        when = words.day(reply.due_on) if reply.due_on else words.t("plan.reply.no_day")
        past = reply.due_on is not None and loop.past(reply.due_on)
        key = "loop.parked_past" if past else "loop.parked"
        parts.append(words.t(key, place=reply.place or "–", day=when))
    return " ".join(part for part in parts if part)


def measure_cells(words: Words, loop: Loop, measure: Measure) -> tuple[str, ...]:
    """What, who, when, with which money, to which end, and how far it has come."""
    owner = words.t(f"measure.owner.{measure.owner}")
    level = words.lower(words.t(f"level.{measure.level}"))
    status = words.t(f"measure.status.{measure.status}")
    if measure.verdict:
        status = f"{status}. {words.t(f'measure.verdict.{measure.verdict}')}"
    return (
        measure.title,
        words.t("plan.who", owner=owner, unit=measure.unit, level=level)
        if measure.unit
        else words.t("plan.who_unnamed", owner=owner, level=level),
        loop_words.due_cell(words, loop, measure),
        measure.budget_line or words.t("plan.no_budget"),
        measure.hoped or words.t("plan.no_hope"),
        status,
    )


def measure_table(
    told: Told, id: str, caption: str, measures: Sequence[Measure], where: str
) -> tuple[Table | None, int]:
    """Those that stand in no table before; and how many do. `where`: what this part is called."""
    words = told.words
    new = [one for one in measures if str(one.id) not in told.measures]
    for one in new:
        told.measures[str(one.id)] = where
    if not new:
        return None, len(measures)
    head = tuple(words.t(f"plan.column.{name}") for name in MEASURE_COLUMNS)
    rows = tuple(measure_cells(words, told.loop, one) for one in new)
    return Table(id, caption, head, rows, (24, 18, 11, 16, 18, 13)), len(measures) - len(new)


MEASURE_COLUMNS = ("measure", "who", "due", "budget", "hoped", "status")


def goal_name(words: Words, goal: Goal) -> str:
    return words.t("plan.goal", number=goal.number) if goal.number else words.t("plan.goal_unnumbered")
