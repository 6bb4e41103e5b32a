"""What comes of findings: what the landlord replies, what will be done, and which plan it goes into.

Words of people, not numbers: entered at the desk (`survey.loop`), printed by documents beside the findings
they hang on, by `FoundResult.id`. Nothing here says what a tenant answered, but for quotes, which two persons
have let through.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from reports.findings.model import FoundResult
from reports.livery import Livery

ReplyKind = Literal["innfridd", "delvis", "alternativ", "grunn", "parkert"]
REPLY_KINDS: tuple[ReplyKind, ...] = ("innfridd", "delvis", "alternativ", "grunn", "parkert")
"""Met; met in part; refused with an alternative; refused with a reason; parked (004:3679-3691, 3964-3969)."""
Owner = Literal["utleier", "beboere", "begge"]
OWNERS: tuple[Owner, ...] = ("utleier", "beboere", "begge")
Level = Literal["individ", "kollektiv", "system"]
LEVELS: tuple[Level, ...] = ("individ", "kollektiv", "system")
Status = Literal["planned", "under_way", "done", "stopped"]
STATUSES: tuple[Status, ...] = ("planned", "under_way", "done", "stopped")
Effect = Literal["better", "same", "worse", "unknown"]
EFFECTS: tuple[Effect, ...] = ("better", "same", "worse", "unknown")
Verdict = Literal["go_on", "end"]
VERDICTS: tuple[Verdict, ...] = ("go_on", "end")
"""A bad measure is ended (003:2728)."""
PlanKind = Literal[
    "kommuneplan", "boligsosial", "temaplan", "omradeplan", "handlingsplan", "arsberetning", "annen"
]
PLAN_KINDS: tuple[PlanKind, ...] = (
    "kommuneplan",
    "boligsosial",
    "temaplan",
    "omradeplan",
    "handlingsplan",
    "arsberetning",
    "annen",
)


@dataclass(frozen=True)
class Reply:
    """What the landlord answers a finding. `text`: why, in their words; `alternative`: what is offered
    instead; `place` and `due_on`: where and when what is parked is taken up again."""

    kind: ReplyKind
    text: str
    alternative: str = ""
    place: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Knowledge:
    """Three kinds of it about one finding, as equals (002:1222). '' where nobody has said anything."""

    residents: str = ""
    practice: str = ""
    research: str = ""


@dataclass(frozen=True)
class Heard:
    """What was said of a finding in the reading round: how often that it is so, that it is not, that
    something is missing; and remarks, in no order. Nobody signs in: these are no persons, and no share of
    anybody. `few`: it was said, but fewer than five times, and not how often."""

    stands: int
    does_not: int
    lacks: int
    remarks: tuple[str, ...] = ()
    few: bool = False


@dataclass(frozen=True)
class Measure:
    """What will be done, and later what came of it.

    `findings`: ids of those it hangs on, of the round it was agreed in. `hoped`: the effect that was hoped
    for. `outcome`: what came of it in words, `effect` and `verdict` what it led to; None as long as nobody
    has said.
    """

    id: UUID
    title: str
    owner: Owner
    level: Level
    unit: str
    due_on: date | None
    budget_line: str
    status: Status
    hoped: str
    findings: tuple[str, ...]
    outcome: str = ""
    effect: Effect | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Goal:
    """A goal of a plan. `gone_on`: when it was taken out of the plan, after something had been tied to it."""

    plan: str
    plan_kind: PlanKind
    first_year: int
    last_year: int
    number: str
    text: str
    gone_on: date | None = None


@dataclass(frozen=True)
class PlanInReport:
    """A plan as documents are made for it. `years`: its first and its last; `goals`: in the order of the
    plan, those that were taken out among them."""

    name: str
    kind: PlanKind
    years: tuple[int, int]
    goals: tuple[Goal, ...] = ()

    def has(self, goal: Goal) -> bool:
        """Whether a goal that something was tied to is of this plan."""
        return (goal.plan, goal.plan_kind, goal.first_year, goal.last_year) == (
            self.name,
            self.kind,
            *self.years,
        )


@dataclass(frozen=True)
class Tie:
    """A finding that bears on a goal, a law paragraph, or both, and a sentence that says why."""

    finding: str
    goal: Goal | None
    law: str
    """A code of `reports.laws`; '' for none."""
    reasoning: str


@dataclass(frozen=True)
class Quote:
    """A few words of somebody, let through by two persons. `estate_id`, `area_id`: None for a quote that is
    not tied to one. `edited`: whether the words are not quite those that were written. `theme`, and `codes`
    within it and others: ids of `reports.coding.themes`."""

    theme: str
    text: str
    edited: bool
    item: str
    """Meaning id of the open question."""
    estate_id: str | None = None
    area_id: str | None = None
    codes: tuple[str, ...] = ()
    area: str | None = None
    """The name of the area that it is tied to."""


@dataclass(frozen=True)
class Before:
    """What was agreed after the round before, by its name. `findings`: of that round, those that the measures
    hang on, as they stood then."""

    campaign: str
    measures: tuple[Measure, ...]
    findings: tuple[FoundResult, ...] = ()

    def about(self, estate_id: str | None) -> tuple[Measure, ...]:
        """Of an estate: those that hang on what was found of it, its own first, and of several."""
        elsewhere = {
            one.id for one in self.findings if one.place.level == "estate" and one.place.id != estate_id
        }
        if estate_id is None:
            return self.measures
        told = [one for one in self.measures if not one.findings or set(one.findings) - elsewhere]
        own = {one.id for one in self.findings if one.place.level == "estate" and one.place.id == estate_id}
        return tuple(sorted(told, key=lambda one: own.isdisjoint(one.findings)))

    def about_area(self, area: str, estate_ids: Collection[str]) -> tuple[Measure, ...]:
        """Of an area: those that hang on what was found of it or of its estates, these first, and of all."""
        inside = {("area", area), *(("estate", id) for id in estate_ids)}
        places = {one.id: (one.place.level, one.place.id) for one in self.findings}
        elsewhere = {id for id, place in places.items() if place[0] != "all" and place not in inside}
        told = [one for one in self.measures if not one.findings or set(one.findings) - elsewhere]
        own = {id for id, place in places.items() if place in inside}
        return tuple(sorted(told, key=lambda one: own.isdisjoint(one.findings)))


@dataclass(frozen=True)
class Edition:
    """The frozen documents that one is part of. `reading`: why there was no reading round, in the office's
    words; '' where there was one. `erratum`: what was corrected since the version before; `in_others`: the
    same in other languages, by their code, '' where nobody has written it."""

    version: int
    frozen_on: date
    reading: str = ""
    erratum: str = ""
    in_others: Mapping[str, str] = field(default_factory=dict)

    def corrected(self, language: str) -> str:
        """What was corrected, in the language where it is written in it; '' where nothing was."""
        own = self.in_others.get(language, "") if self.erratum.strip() else ""
        return own if own.strip() else self.erratum.strip()

    def corrected_in(self, language: str) -> bool:
        """Whether it is written in that language; else it is in that of the office."""
        return bool(self.in_others.get(language, "").strip())


@dataclass(frozen=True)
class Loop:
    """All that has come of one round so far. Empty for a round of which nobody has said anything."""

    replies: Mapping[str, Reply] = field(default_factory=dict)
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    heard: Mapping[str, Heard] = field(default_factory=dict)
    readers: int = 0
    """So many times somebody has sent what they think of findings, down to the nearest five; 0 when there was
    no reading round, as long as it is open, and when they were fewer."""
    measures: tuple[Measure, ...] = ()
    ties: tuple[Tie, ...] = ()
    quotes: tuple[Quote, ...] = ()
    before: Before | None = None
    edition: Edition | None = None
    """None: a draft."""
    livery: Livery | None = None
    """The landlord's own colour and logo; None: the colours of the house."""
    made_on: date | None = None
    """Of a draft: days before this one are past. None: nobody knows which are."""

    def past(self, day: date) -> bool:
        """Whether a day is over: of an edition when it is frozen, of a draft when it is made."""
        today = self.edition.frozen_on if self.edition else self.made_on
        return today is not None and day < today

    def late(self, measure: Measure) -> bool:
        """Whether a measure should have been done by now and is not."""
        over = measure.status in ("done", "stopped")
        return not over and measure.due_on is not None and self.past(measure.due_on)

    def measures_of(self, finding: str) -> tuple[Measure, ...]:
        return tuple(measure for measure in self.measures if finding in measure.findings)

    def ties_of(self, finding: str) -> tuple[Tie, ...]:
        return tuple(tie for tie in self.ties if tie.finding == finding)
