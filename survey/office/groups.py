"""What the page of numbers by group shows: the choices, a table, a refusal, what was told before.

Only `survey.office.numbers` imports this: see there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from forms.questionnaire import Item, Questionnaire
from reports.breakdowns.asking import Ask, backgrounds, parse, questions_by_group
from reports.breakdowns.cost import Cost
from reports.breakdowns.errors import NoSuchThing, NumbersRefused
from reports.breakdowns.ledger import Judgement
from reports.breakdowns.writing import Basis, Row, Sampled, basis_of, rows_of, sampled_of
from reports.requests import LEVELS, Level
from reports.waves import Wave


@dataclass(frozen=True)
class Choices:
    """(id, text) of the questions and backgrounds that can be asked for, as the form has them in order."""

    questions: tuple[tuple[str, str], ...]
    backgrounds: tuple[tuple[str, str], ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Described:
    """A request in words. `canonical`: of `Ask`; `by`: of each background its text, and its groups where
    they are not every answer by itself."""

    canonical: str
    item: str
    by: tuple[tuple[str, tuple[str, ...]], ...]
    level: Level
    profile: str


@dataclass(frozen=True)
class PlaceTable:
    """`rows`: of each group its name ('' for all together), its base, and its answers."""

    place: str
    rows: tuple[tuple[str, Row, tuple[Row, ...]], ...]


@dataclass(frozen=True)
class Shown:
    """`wider`: for which places instead of those that were asked for; None for those."""

    basis: Basis | None
    answers: tuple[str, ...]
    places: tuple[PlaceTable, ...]
    wider: Level | None
    intervals: bool
    gaps: bool
    """Whether any number is hidden."""
    sampled: tuple[Sampled, ...]
    """Estates where homes were drawn."""


@dataclass(frozen=True)
class RefusedWords:
    """`key`: of the console's words; `backgrounds`: what they name."""

    key: str
    backgrounds: tuple[str, ...]
    again: tuple[Described, ...]
    other: tuple[Described, ...]


@dataclass(frozen=True)
class CostWords:
    """`keys`: texts of backgrounds; `first`, `later`: of each background its text and the places."""

    cost: Cost
    keys: tuple[str, ...]
    first: tuple[tuple[str, tuple[Level, ...]], ...]
    later: tuple[tuple[str, tuple[Level, ...]], ...]


def choices_of(wave: Wave, language: str) -> Choices:
    form = wave.questionnaire
    questions, by = (
        tuple((item.id, item.text.get(language)) for item in items)
        for items in (questions_by_group(form), backgrounds(form))
    )
    return Choices(questions, by, tuple(reversed(LEVELS)))


def asked(wave: Wave, item: str, by: Sequence[str], level: str) -> Ask:
    """What was chosen, every answer of a background by itself. NumbersRefused, NoSuchThing: as `parse`; also
    for ids that are no choice of the form."""
    # An id has no '=': bands are for the command.
    if any("=" in name for name in by):
        raise NoSuchThing("numbers.no_background", name="", known="")
    found: Level | None = next((one for one in LEVELS if one == level), None)
    if not by or not by[0]:
        raise NoSuchThing("numbers.no_background", name="", known="")
    return parse(wave.questionnaire, item, [name for name in by if name], found or "all", "standard")


def described(wave: Wave, ask: Ask, language: str) -> Described:
    form = wave.questionnaire
    by = []
    for grouping in ask.by:
        item = form.item(grouping.variable)
        texts = {choice.code: choice.text.get(language) for choice in form.choices(item)}
        every = sorted(grouping.bands) == sorted((code,) for code in texts)
        groups = () if every else tuple(_band(texts, band) for band in grouping.bands)
        by.append((item.text.get(language), groups))
    return Described(ask.canonical(), _text(form, ask.item, language), tuple(by), ask.level, ask.profile)


def costing(wave: Wave, cost: Cost, language: str) -> CostWords:
    form = wave.questionnaire

    def by_background(asks: Sequence[Ask]) -> tuple[tuple[str, tuple[Level, ...]], ...]:
        names = dict.fromkeys(ask.by[0].variable for ask in asks)
        return tuple(
            (_text(form, name, language), tuple(ask.level for ask in asks if ask.by[0].variable == name))
            for name in names
        )

    keys = tuple(_text(form, name, language) for name in cost.keys)
    return CostWords(cost, keys, by_background(cost.first), by_background(cost.later))


def shown(found: Judgement, language: str) -> Shown:
    rows = rows_of(found, language)
    places = []
    for place, own in groupby(rows, key=lambda row: row.place):
        groups = []
        for group, cells in groupby(own, key=lambda row: row.group):
            base, *answers = cells
            groups.append((group, base, tuple(answers)))
        places.append(PlaceTable(place, tuple(groups)))
    return Shown(
        basis_of(found),
        tuple(row.answer for row in places[0].rows[0][2]),
        tuple(places),
        found.ask.level if found.wider else None,
        any(row.low is not None for row in rows),
        any(row.hidden for row in rows),
        sampled_of(found),
    )


def refused(wave: Wave, refusal: NumbersRefused, language: str) -> RefusedWords:
    form = wave.questionnaire
    names = str(refusal.values.get("names", "")).split(", ") if "names" in refusal.values else []
    have = refusal.instead
    again, other = ((), ()) if have is None else (have.again, have.other)
    return RefusedWords(
        f"groups.refused.{refusal.key.removeprefix('numbers.')}",
        tuple(_text(form, name, language) for name in names),
        tuple(described(wave, one, language) for one in again),
        tuple(described(wave, one, language) for one in other),
    )


def _text(form: Questionnaire, item_id: str, language: str) -> str:
    item: Item = form.item(item_id)
    return item.text.get(language)


def _band(texts: dict[int, str], band: Sequence[int]) -> str:
    return " / ".join(texts[code] for code in band)
