"""The forms of replies, knowledge, measures, plans and ties: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from forms.answers import clean_text
from reports.laws import LAWS
from reports.loop import EFFECTS, LEVELS, OWNERS, REPLY_KINDS, STATUSES, VERDICTS, Knowledge, Measure, Reply
from survey.loop import measures, plans, replies
from survey.loop.measures import KeptMeasure
from survey.loop.plans import Plan
from survey.loop.replies import Kept
from survey.office.door import Form
from survey.office.fields import Problem, day_of, name_of, whole_of

NOBODY = UUID(int=0)
Code = TypeVar("Code", bound=str)


def one_of(value: str, known: tuple[Code, ...]) -> Code | None:
    return next((code for code in known if code == value), None)


def revision_of(form: Form) -> int:
    """What the page had before it, 0 where there was nothing."""
    return whole_of(form.one("seen")) or 0


def too_long(field: str, text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(field, "problem.loop.long", {"most": most, "there": len(text)})


@dataclass(frozen=True)
class ReplyForm:
    """As typed; `reply` where it can be saved."""

    kind: str = ""
    text: str = ""
    alternative: str = ""
    place: str = ""
    due_on: str = ""
    seen: int = 0
    others: tuple[str, ...] = ()

    @staticmethod
    def read(form: Form) -> ReplyForm:
        return ReplyForm(
            form.one("kind"),
            clean_text(form.one("reply")),
            name_of(form.one("alternative")),
            name_of(form.one("place")),
            form.one("due_on").strip(),
            revision_of(form),
            form.all("others"),
        )

    @staticmethod
    def of(kept: Kept[Reply] | None) -> ReplyForm:
        if kept is None:
            return ReplyForm()
        own = kept.record
        due = own.due_on.isoformat() if own.due_on else ""
        return ReplyForm(own.kind, own.text, own.alternative, own.place, due, kept.revision)

    def problems(self) -> Iterator[Problem]:
        kind = one_of(self.kind, REPLY_KINDS)
        if kind is None:
            yield Problem("kind", "problem.loop.kind")
        if not self.text:
            yield Problem("reply", "problem.loop.reply")
        yield from too_long("reply", self.text, replies.LONGEST_TEXT)
        if kind == "alternativ" and not self.alternative:
            yield Problem("alternative", "problem.loop.alternative")
        yield from too_long("alternative", self.alternative, replies.LONGEST_ALTERNATIVE)
        if kind == "parkert" and not self.place:
            yield Problem("place", "problem.loop.place")
        yield from too_long("place", self.place, replies.LONGEST_PLACE)
        if (kind == "parkert" and not self.due_on) or (self.due_on and day_of(self.due_on) is None):
            yield Problem("due_on", "problem.loop.parked_until" if kind == "parkert" else "problem.loop.day")

    @property
    def reply(self) -> Reply:
        """Raises ValueError where there are problems."""
        kind = one_of(self.kind, REPLY_KINDS)
        if kind is None:
            raise ValueError("a reply of no kind")
        # What belongs to another kind of reply stays in the form, and is not said.
        return Reply(
            kind,
            self.text,
            self.alternative if kind == "alternativ" else "",
            self.place if kind == "parkert" else "",
            day_of(self.due_on) if kind == "parkert" else None,
        )


@dataclass(frozen=True)
class KnowledgeForm:
    residents: str = ""
    practice: str = ""
    research: str = ""
    seen: int = 0

    @staticmethod
    def read(form: Form) -> KnowledgeForm:
        return KnowledgeForm(
            clean_text(form.one("residents")),
            clean_text(form.one("practice")),
            clean_text(form.one("research")),
            revision_of(form),
        )

    @staticmethod
    def of(kept: Kept[Knowledge] | None) -> KnowledgeForm:
        if kept is None:
            return KnowledgeForm()
        own = kept.record
        return KnowledgeForm(own.residents, own.practice, own.research, kept.revision)

    def problems(self) -> Iterator[Problem]:
        for field in ("residents", "practice", "research"):
            yield from too_long(field, getattr(self, field), replies.LONGEST_TEXT)

    @property
    def knowledge(self) -> Knowledge:
        return Knowledge(self.residents, self.practice, self.research)


@dataclass(frozen=True)
class MeasureForm:
    title: str = ""
    owner: str = "utleier"
    level: str = "kollektiv"
    unit: str = ""
    due_on: str = ""
    budget_line: str = ""
    status: str = "planned"
    hoped: str = ""
    outcome: str = ""
    effect: str = ""
    verdict: str = ""
    findings: tuple[str, ...] = ()
    seen: int = 0

    @staticmethod
    def read(form: Form) -> MeasureForm:
        named = {field: name_of(form.one(field)) for field in ("title", "unit", "budget_line")}
        typed = {field: clean_text(form.one(field)) for field in ("hoped", "outcome")}
        chosen = {
            field: form.one(field).strip()
            for field in ("owner", "level", "due_on", "status", "effect", "verdict")
        }
        return MeasureForm(**named, **typed, **chosen, findings=form.all("findings"), seen=revision_of(form))

    @staticmethod
    def of(kept: KeptMeasure) -> MeasureForm:
        own = kept.record
        return MeasureForm(
            title=own.title,
            owner=own.owner,
            level=own.level,
            unit=own.unit,
            due_on=own.due_on.isoformat() if own.due_on else "",
            budget_line=own.budget_line,
            status=own.status,
            hoped=own.hoped,
            outcome=own.outcome,
            effect=own.effect or "",
            verdict=own.verdict or "",
            findings=own.findings,
            seen=kept.revision,
        )

    def problems(self, agreed: bool) -> Iterator[Problem]:
        """`agreed`: it was before, so that what came of it may be told."""
        if not self.title:
            yield Problem("title", "problem.measure.title")
        yield from too_long("title", self.title, measures.LONGEST_TITLE)
        for field, known in (("owner", OWNERS), ("level", LEVELS), ("status", STATUSES)):
            if one_of(getattr(self, field), known) is None:
                yield Problem(field, f"problem.measure.{field}")
        yield from too_long("unit", self.unit, measures.LONGEST_UNIT)
        yield from too_long("budget_line", self.budget_line, measures.LONGEST_UNIT)
        yield from too_long("hoped", self.hoped, measures.LONGEST_HOPED)
        yield from too_long("outcome", self.outcome, measures.LONGEST_OUTCOME)
        if self.due_on and day_of(self.due_on) is None:
            yield Problem("due_on", "problem.loop.day")
        if not self.findings:
            yield Problem("findings", "problem.measure.findings")
        if agreed and self.verdict and not self.outcome:
            yield Problem("outcome", "problem.measure.outcome")

    def measure(self, id: UUID = NOBODY) -> Measure:
        """Raises ValueError where there are problems."""
        owner, level = one_of(self.owner, OWNERS), one_of(self.level, LEVELS)
        status = one_of(self.status, STATUSES)
        if owner is None or level is None or status is None:
            raise ValueError("a measure of nobody")
        return Measure(
            id,
            self.title,
            owner,
            level,
            self.unit,
            day_of(self.due_on) if self.due_on else None,
            self.budget_line,
            status,
            self.hoped,
            self.findings,
            self.outcome,
            one_of(self.effect, EFFECTS),
            one_of(self.verdict, VERDICTS),
        )


@dataclass(frozen=True)
class PlanForm:
    name: str = ""
    kind: str = ""
    first_year: str = ""
    last_year: str = ""
    seen: int = 0

    @staticmethod
    def read(form: Form) -> PlanForm:
        return PlanForm(
            name_of(form.one("name")),
            form.one("kind"),
            form.one("first_year").strip(),
            form.one("last_year").strip(),
            revision_of(form),
        )

    @staticmethod
    def of(plan: Plan) -> PlanForm:
        return PlanForm(plan.name, plan.kind, str(plan.first_year), str(plan.last_year), plan.revision)

    @staticmethod
    def empty(today: date) -> PlanForm:
        """Four years from the next on, as most plans of municipalities go."""
        return PlanForm(first_year=str(today.year + 1), last_year=str(today.year + 4))

    def problems(self) -> Iterator[Problem]:
        if not self.name:
            yield Problem("name", "problem.plan.name")
        yield from too_long("name", self.name, plans.LONGEST_NAME)
        if one_of(self.kind, plans.KINDS) is None:
            yield Problem("kind", "problem.plan.kind")
        years = [whole_of(self.first_year), whole_of(self.last_year)]
        for field, year in zip(("first_year", "last_year"), years, strict=True):
            if year is None or not plans.FIRST_YEAR <= year <= plans.LAST_YEAR:
                values = {"first": str(plans.FIRST_YEAR), "last": str(plans.LAST_YEAR)}
                yield Problem(field, "problem.plan.year", values)
                return
        if (years[0] or 0) > (years[1] or 0):
            yield Problem("last_year", "problem.plan.years")

    def values(self) -> dict[str, Any]:
        """For `plans.add`; of a form without problems."""
        return {
            "name": self.name,
            "kind": one_of(self.kind, plans.KINDS),
            "first_year": whole_of(self.first_year),
            "last_year": whole_of(self.last_year),
        }


@dataclass(frozen=True)
class TieForm:
    goal: str = ""
    law: str = ""
    reasoning: str = ""

    @staticmethod
    def read(form: Form) -> TieForm:
        return TieForm(form.one("goal"), form.one("law"), name_of(form.one("reasoning")))

    def problems(self, goals: frozenset[str]) -> Iterator[Problem]:
        """`goals`: ids of those that can be chosen."""
        if self.goal and self.goal not in goals:
            yield Problem("goal", "problem.tie.goal")
        elif not self.goal and self.law not in LAWS:
            yield Problem("goal", "problem.tie.nothing")
        if not self.reasoning:
            yield Problem("reasoning", "problem.tie.reasoning")
        yield from too_long("reasoning", self.reasoning, plans.LONGEST_REASONING)

    @property
    def goal_id(self) -> UUID | None:
        return UUID(self.goal) if self.goal else None


@dataclass(frozen=True)
class GoalForm:
    number: str = ""
    text: str = ""

    @staticmethod
    def read(form: Form) -> GoalForm:
        return GoalForm(name_of(form.one("number")), name_of(form.one("body")))

    def problems(self, at: str = "") -> Iterator[Problem]:
        """`at`: what the fields' ids end on."""
        if not self.number:
            yield Problem(f"number{at}", "problem.goal.number")
        yield from too_long(f"number{at}", self.number, plans.LONGEST_NUMBER)
        if not self.text:
            yield Problem(f"body{at}", "problem.goal.text")
        yield from too_long(f"body{at}", self.text, plans.LONGEST_GOAL)
