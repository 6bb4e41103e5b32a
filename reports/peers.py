"""Figures of another landlord beside ours: what may cross, and what is the same on both sides.

`share` makes all that ever leaves an organisation: shares of the report on all its estates as they are
printed, bases to fives. `compare` sets ours beside it, question by question, only where meaning, answers,
scores and cut-off are the same; else a reason. It is always two landlords: no order, no place on a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from forms.questionnaire import Item, Model, Questionnaire, Slug
from forms.scoring import favourable_codes
from reports.disclosure import PROFILES, rounded_base
from reports.few_people import borne_by_more
from reports.inference import Difference, Interval, difference, holm
from reports.results import Estimate, Results
from reports.rounding import half_up, outward, percent
from reports.trends import interval_of

FEWEST = PROFILES["offentlig"].breakdown
"""Answers to a question before its figure crosses."""

Refusal = Literal["not_asked", "answers", "scores", "cut_off", "hidden", "hidden_there"]
"""not_asked  they have no question of this meaning     answers       other answers to choose between
scores     the answers count otherwise                cut_off       other answers are called good
hidden     ours may not be shown, has few answers or leaves out too many estates
hidden_there  the same of theirs"""
Standing = Literal["higher", "lower", "same"]
Percent = Annotated[int, Field(ge=0, le=100)]
FIGURES = ("percent", "low", "high", "n", "left_out")
"""Of a question: told together or not at all."""


class Step(Model):
    """An answer that can be chosen, in its order: as the questionnaire has it."""

    code: int
    value: Slug
    score: float | None


class SharedItem(Model):
    """One question. Per cent who gave one of the `good` answers, the 95 % interval outwards, the base to
    fives; all None where the report hides it, fewer than FEWEST answered, or so many estates are left out of
    it that nothing may be said of all (`reports.left_out`). `left_out`: whether some are."""

    meaning: Slug
    steps: tuple[Step, ...]
    good: tuple[int, ...]
    percent: Percent | None = None
    low: Percent | None = None
    high: Percent | None = None
    n: Annotated[int, Field(ge=FEWEST, multiple_of=5)] | None = None
    left_out: Literal["nobody", "some"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _who_is_in_it(cls, told: Any) -> Any:
        """A figure that was shared before it was said who is in it may be of one estate: it is not read."""
        if isinstance(told, dict) and "left_out" not in told:
            return {name: value for name, value in told.items() if name not in FIGURES}
        return told

    @model_validator(mode="after")
    def _all_or_nothing(self) -> SharedItem:
        figures = [getattr(self, name) for name in FIGURES]
        if None in figures:
            if any(figure is not None for figure in figures):
                raise ValueError(f"{self.meaning}: a figure without its interval and base")
        elif not self.low <= self.percent <= self.high:  # type: ignore[operator]
            raise ValueError(f"{self.meaning}: {self.percent} is not between {self.low} and {self.high}")
        return self

    @property
    def interval(self) -> Interval | None:
        """As it was printed, 0..1. A dwelling, whose share is not told, counts as much as an answer does."""
        if self.percent is None or self.low is None or self.high is None or self.n is None:
            return None
        return Interval(self.percent / 100, self.low / 100, self.high / 100, self.n, step=1 / self.n)


class Shared(Model):
    """All that one landlord shows another of a round."""

    organisation: str
    round: str
    year: int
    items: tuple[SharedItem, ...]


@dataclass(frozen=True)
class Compared:
    """One question of ours. Where `refused` is None: both figures, and ours less theirs in whole percentage
    points with its 95 % interval outwards; `standing` by Holm's test over all that stands beside ours."""

    item: Item
    refused: Refusal | None
    ours: SharedItem
    theirs: SharedItem | None
    points: int = 0
    low: int = 0
    high: int = 0
    standing: Standing = "same"


@dataclass(frozen=True)
class Peer:
    """Another landlord's round beside ours, in the order of our questionnaire."""

    organisation: str
    round: str
    year: int
    rows: tuple[Compared, ...]


def share(results: Results) -> Shared:
    """What may cross of the report on all estates. No figure when the round is hidden."""
    form = results.questionnaire
    return Shared(
        organisation=results.organisation,
        round=results.campaign,
        year=results.closes_on.year,
        items=tuple(_shared(form, item, results) for item in _asked(form)),
    )


def compare(results: Results, others: Sequence[Shared]) -> tuple[Peer, ...]:
    """Ours beside each of the others, by name."""
    ours = share(results)
    items = _asked(results.questionnaire)
    beside = [
        (other, [_matched(item, own, other) for item, own in zip(items, ours.items, strict=True)])
        for other in sorted(
            others, key=lambda other: (other.organisation.casefold(), -other.year, other.round)
        )
    ]
    apart = {
        (place, row.item.id): found
        for place, (_, rows) in enumerate(beside)
        for row in rows
        if (found := _difference(row)) is not None
    }
    sure = dict(zip(apart, holm([found.p for found in apart.values()]), strict=True))
    return tuple(
        Peer(
            other.organisation,
            other.round,
            other.year,
            tuple(
                _told(row, apart[place, row.item.id], sure[place, row.item.id] and _many(row))
                if (place, row.item.id) in apart
                else row
                for row in rows
            ),
        )
        for place, (other, rows) in enumerate(beside)
    )


def _asked(form: Questionnaire) -> list[Item]:
    """Questions with one answer of which some are good, never sensitive ones nor background."""
    return [
        item
        for item in form.items()
        if item.one_of and not item.background and not item.sensitive and favourable_codes(form, item)
    ]


def _shared(form: Questionnaire, item: Item, results: Results) -> SharedItem:
    steps = tuple(Step(code=step.code, value=step.value, score=step.score) for step in form.steps(item))
    good = tuple(sorted(favourable_codes(form, item)))
    result = results.items.get(item.id)
    figure = {} if result is None else _printed(result.favourable)
    return SharedItem(meaning=item.meaning, steps=steps, good=good, **figure)


def _printed(estimate: Estimate) -> dict[str, Any]:
    shown = interval_of(estimate)
    if shown is None or shown.n < FEWEST or estimate.left_out == "many":
        return {}
    low, high = outward(shown.low * 100, shown.high * 100, 1)
    value = percent(shown.value)
    ends = {"low": max(0, min(int(low), value)), "high": min(100, max(int(high), value))}
    return {"percent": value, **ends, "n": rounded_base(shown.n), "left_out": estimate.left_out}


def _matched(item: Item, ours: SharedItem, other: Shared) -> Compared:
    theirs = next((own for own in other.items if own.meaning == ours.meaning), None)
    return Compared(item, _refused(ours, theirs), ours, theirs)


def _refused(ours: SharedItem, theirs: SharedItem | None) -> Refusal | None:
    if theirs is None:
        return "not_asked"
    if [(s.code, s.value) for s in ours.steps] != [(s.code, s.value) for s in theirs.steps]:
        return "answers"
    if [s.score for s in ours.steps] != [s.score for s in theirs.steps]:
        return "scores"
    if ours.good != theirs.good:
        return "cut_off"
    if ours.percent is None:
        return "hidden"
    return "hidden_there" if theirs.percent is None else None


def _difference(row: Compared) -> Difference | None:
    if row.refused is not None or row.theirs is None:
        return None
    ours, theirs = row.ours.interval, row.theirs.interval
    return None if ours is None or theirs is None else difference(ours, theirs)


def _many(row: Compared) -> bool:
    """Whether it takes more than two people on either side to make this difference."""
    ours, theirs = row.ours.interval, row.theirs.interval if row.theirs else None
    if ours is None or theirs is None:
        return False
    return borne_by_more(ours.value - theirs.value, min(ours.n, theirs.n))


def _told(row: Compared, apart: Difference, sure: bool) -> Compared:
    points = int(half_up(apart.value * 100))
    low, high = (int(end) for end in outward(apart.low * 100, apart.high * 100, 1))
    low, high = max(-100, min(low, points)), min(100, max(high, points))
    standing: Standing = "higher" if sure and low > 0 else "lower" if sure and high < 0 else "same"
    return Compared(row.item, None, row.ours, row.theirs, points, low, high, standing)
