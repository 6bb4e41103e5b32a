"""How surely answers go together is told of all estates in an interval that rests on the table of each: it
gives no estate's table away.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reports.associations import common, crossed_by_estate, merged, outcome_of
from reports.findings.everywhere import Everywhere, everywhere
from reports.findings.strengths import OPEN, STEPS, told_strength
from reports.inference.importance import tau_b
from reports.rounding import outward
from reports.scope import Groundwork, Scope
from reports.waves import Wave
from tests.attack.intervals import Printed, Reader, Tables
from tests.attack.joint import CODES, WAYS, house
from tests.attack.test_joint import FORM, RANGE
from tests.attack.test_tables import DRAWN

drawn = settings(
    max_examples=DRAWN or 6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)


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


# Three houses in which the answers go together, as two parts by two.
THREE = np.array([[[14, 3], [4, 19]], [[9, 6], [2, 13]], [[21, 4], [8, 7]]])


def test_a_strength_with_all_its_digits_tells_the_table_of_every_estate() -> None:
    assert Reader(THREE, _strength(THREE)).found(RANGE) == {}
    told = Reader(THREE, _with_all_digits).found(RANGE)
    assert told
    assert all(low == high for low, high in told.values())
