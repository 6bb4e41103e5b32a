"""How surely answers go together is told of all estates in two intervals, of tau-b and of odds, that rest on
the table of each: they give no estate's table away.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reports.associations import common, crossed_by_estate, merged, outcome_of
from reports.errors import NoEstimate
from reports.findings.everywhere import Everywhere, everywhere
from reports.findings.strengths import OPEN, STEPS, told_strength
from reports.inference.importance import tau_b
from reports.inference.models import Factor, ordered_logit
from reports.results import Results
from reports.rounding import outward
from reports.scope import Groundwork, Scope
from reports.together import Together, printed_odds
from reports.waves import Wave
from tests.attack.intervals import Printed, Reader, Tables
from tests.attack.joint import CODES, GOOD, WAYS, house
from tests.attack.test_joint import FORM, RANGE
from tests.attack.test_tables import DRAWN

drawn = settings(
    max_examples=DRAWN or 6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
Parts = Sequence[tuple[int, ...]]


def _draw(seed: int, estates: int) -> NDArray[np.int64]:
    """People whose answers go together, in estates of 16 to 60 that stand differently: estates enough for
    their doubt to be reckoned."""
    random = np.random.default_rng(seed)
    people = np.zeros((estates, len(WAYS), CODES, CODES, CODES), np.int64)
    firm, noise = random.choice([0.3, 0.8]), random.choice([0.5, 1.0])
    for estate in range(estates):
        n = int(random.choice([16, 24, 36, 60]))
        mood = random.normal(random.normal(0, firm), 1, n)
        answers = [
            np.clip(np.rint(2.4 + mood + random.normal(0, noise, n)), 0, 4).astype(int) for _ in range(3)
        ]
        np.add.at(people, (estate, 0, *answers), 1)
    return people


def _strengths(wave: Wave, found: Everywhere) -> dict[str, Tables]:
    """What the strength of each question rests on."""
    scope, outcome = Scope.of(Groundwork.of(wave), None), outcome_of(FORM)
    assert outcome is not None
    tables = {}
    for driver in found.drivers:
        factor = FORM.item(driver.item_id)
        shared = common(scope, factor, outcome)
        assert shared is not None
        each = crossed_by_estate(scope, factor, outcome)[list(shared.estates)]
        tables[driver.item_id] = merged(FORM, factor, outcome, each, (shared.rows, shared.columns))
    return tables


def _strength(true: Tables) -> Callable[[Tables], Printed | None]:
    """What is told of these tables, and whether the same may have been told of others: a reader does not know
    to what an interval was rounded, only to what it may have been."""
    exact = tau_b(true)
    own = told_strength(true, exact.low, exact.high)

    def told(tables: Tables) -> Printed | None:
        found = tau_b(tables)
        ends = [tuple(round(end, 2) for end in outward(found.low, found.high, step)) for step in STEPS]
        fits = (own.low, own.high) == OPEN or (own.low, own.high) in [
            (max(low, -1.0), min(high, 1.0)) for low, high in ends
        ]
        return (own.value, own.low, own.high) if fits else None

    return told


def _with_all_digits(tables: Tables) -> Printed:
    exact = tau_b(tables)
    return tuple(round(end, 9) for end in (exact.value, exact.low, exact.high))


def _odds(rounded: bool = True) -> Callable[[Tables], Printed | None]:
    """Of tables of estates x the overall question x each of the model's."""

    def told(tables: Tables) -> Printed | None:
        people = np.repeat(np.argwhere(tables >= 0), tables.ravel(), axis=0)
        estates, outcome, *answers = people.T
        factors = {
            str(number): Factor(own, [str(part) for part in range(tables.shape[2 + number])])
            for number, own in enumerate(answers)
        }
        try:
            made = ordered_logit(outcome, factors, estates)
        except NoEstimate:
            return None
        odds = [effect.odds for effect in made.effects]
        every = [printed_odds(own) if rounded else tuple(round(end, 7) for end in own) for own in odds]
        return tuple(end for own in every for end in own)

    return told


def _patterns(people: NDArray[np.int64], found: Everywhere, together: Together) -> Tables:
    """What the model rests on: he finds how the overall question was merged by what makes the odds told."""
    parts: dict[str, list[tuple[int, ...]]] = {}
    for row in together.rows:
        parts.setdefault(row.factor, [row.lowest]).append(row.codes)
    told = tuple(end for row in together.rows for end in (row.value, row.low, row.high))
    estates = [i for i, own in enumerate(found.estates.values()) if _shows(own, together.outcome, *parts)]
    for cuts in product((False, True), repeat=CODES - 1):
        edges = [0, *(code for code, cut in enumerate(cuts, 1) if cut), CODES]
        outcome = [tuple(range(first + 1, last + 1)) for first, last in pairwise(edges)]
        if len(outcome) < 2:
            continue
        tables = people[estates].sum(axis=1)
        asked = [item.id for item in FORM.items()]
        tables = tables.transpose(0, *(1 + asked.index(name) for name in (together.outcome, *parts)))
        for axis, own in enumerate((outcome, *parts.values()), 1):
            tables = _merged(tables, axis, own)
        if _odds()(tables) == told:
            return tables
    raise AssertionError("the odds told are not made of any of these tables")


def _merged(tables: Tables, axis: int, parts: Parts) -> Tables:
    """One question by its parts."""
    sums = [tables.take(np.array(codes) - 1, axis=axis).sum(axis=axis) for codes in parts]
    return np.stack(sums, axis=axis)


def _shows(report: Results, *names: str) -> bool:
    if report.hidden:
        return False
    bars = [[set(part.codes) for part in report.items[name].segments] for name in names]
    return all(bar and all(part <= set(GOOD) or not part & set(GOOD) for part in bar) for bar in bars)


def _landlord(people: NDArray[np.int64]) -> tuple[Wave, Everywhere]:
    wave = house(FORM, people, [None] * len(people))
    return wave, everywhere(wave)


@drawn
@given(st.integers(3, 5), st.integers(0, 2**32 - 1))
def test_the_interval_of_a_strength_gives_no_table_of_an_estate_away(estates: int, seed: int) -> None:
    wave, found = _landlord(_draw(seed, estates))
    for name, tables in _strengths(wave, found).items():
        driver = next(own for own in found.drivers if own.item_id == name)
        told = _strength(tables)
        assert told(tables) == (driver.strength, driver.low, driver.high)
        if len(tables) > 1:
            assert Reader(tables, told).found(RANGE) == {}


@drawn
@given(st.integers(3, 5), st.integers(0, 2**32 - 1))
def test_the_intervals_of_odds_give_no_table_of_an_estate_away(estates: int, seed: int) -> None:
    people = _draw(seed, estates)
    _, found = _landlord(people)
    if found.together is not None:
        tables = _patterns(people, found, found.together)
        if len(tables) > 1:
            assert Reader(tables, _odds(), looks=15).found(RANGE) == {}


# Three houses in which the answers go together, as two parts by two.
THREE = np.array([[[14, 3], [4, 19]], [[9, 6], [2, 13]], [[21, 4], [8, 7]]])


def test_a_strength_with_all_its_digits_tells_the_table_of_every_estate() -> None:
    assert Reader(THREE, _strength(THREE)).found(RANGE) == {}
    told = Reader(THREE, _with_all_digits).found(RANGE)
    assert told
    assert all(low == high for low, high in told.values())


def test_odds_with_all_their_digits_leave_no_other_table_to_be_found() -> None:
    """Three houses by two questions of the model: with the odds as they are printed there are others."""
    random = np.random.default_rng(3)
    tables = np.zeros((3, 2, 2, 2), np.int64)
    for estate, n in enumerate((50, 40, 45)):
        mood = random.normal(0.4 * estate, 1, n)
        answers = [(mood + random.normal(0, 1, n) > 0.3).astype(int) for _ in range(3)]
        np.add.at(tables, (estate, *answers), 1)
    assert Reader(tables, _odds(), looks=15).found(RANGE) == {}
    pinned = Reader(tables, _odds(rounded=False), looks=15).found(RANGE)
    assert pinned
    assert all(low == high for low, high in pinned.values())
