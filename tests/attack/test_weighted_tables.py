"""A share weighted to the register, beside tables by what it is weighted by: one inequality more for a reader
who knows what an answer of each group weighs. He solves all that is told in whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from forms.answers import Answers
from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import Judgement, judge
from reports.disclosure import MINIMUM
from reports.items import distribution
from reports.requests import Level
from reports.scope import Groundwork, Scope
from reports.waves import Estate, RegisterMargin, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

AGES = [
    {"code": code, "value": f"v{code}", "text": dict.fromkeys(("nb", "nn", "en"), f"alder {code}")}
    for code in (1, 2, 3)
]
FORM = questionnaire(
    scored("hjem"), item("alder", scale=None, background=True, specials=[], choices=AGES), index=False
)
SHAPE = (2, 5, 3)
"""Estates, answers, ages."""
Counts = NDArray[np.int64]
Rule = tuple[NDArray[np.float64], float, float]


def _town(seed: int) -> tuple[Wave, Counts]:
    """Two estates of a hundred homes, of which somebody has chosen the register's numbers."""
    rng = np.random.default_rng(seed)
    table = np.zeros(SHAPE, np.int64)
    answers: dict[str, list[Answers]] = {}
    for estate in range(2):
        lean, ages = rng.dirichlet(np.ones(5) * 3), rng.dirichlet([5, 4, 4])
        people: list[Answers] = []
        for _ in range(int(rng.integers(45, 75))):
            home, age = int(rng.choice(5, p=lean)), int(rng.choice(3, p=ages))
            rng.random()
            table[estate, home, age] += 1
            people.append({"hjem": home + 1, "alder": age + 1})
        answers[f"e{estate}"] = people
    n = table.sum(axis=(0, 1))
    register = np.maximum(n + 1, np.round(n / n.sum() * 200 * rng.uniform(0.5, 2.2, 3)).astype(int))
    margin = RegisterMargin("alder", tuple(((age + 1,), int(register[age])) for age in range(3)))
    estates = [Estate(name, name.upper(), "Nord", 100) for name in answers]
    return replace(wave_of(FORM, estates, answers), margins=(margin,)), table


def _row(estates: list[int], homes: list[int], ages: list[int]) -> NDArray[np.float64]:
    row = np.zeros(SHAPE)
    row[np.ix_(estates, homes, ages)] = 1
    return row


def _told(judged: Judgement, table: Counts) -> Iterator[Rule]:
    people, bands = judged.people, judged.ask.by[0].bands
    places = people.places().nodes
    answers = [list(range(5)), *(list(range(*span)) for span in people.spans)]
    for (at, node), (line, homes), (column, band) in product(
        enumerate(people.asked(judged.ask)), enumerate(answers), enumerate([(1, 2, 3), *bands])
    ):
        if column == 0 or judged.told[at, line, column - 1]:
            row = _row([people.estates[leaf] for leaf in places[node]], homes, [code - 1 for code in band])
            true = float((row * table).sum())
            yield row, true, true


def _bars(wave: Wave, table: Counts) -> Iterator[Rule]:
    """Of all reports, and the weighted one of all."""
    ground = Groundwork.of(wave)
    for name, scope in product(("hjem", "alder"), (None, "e0", "e1")):
        bar = distribution(Scope.of(ground, scope), FORM.item(name))
        for first, last in bar.spans if bar.exact else ():
            whole = list(range(5)), list(range(3))
            among = list(range(first, last))
            row = _row(list(bar.places), *((among, whole[1]) if name == "hjem" else (whole[0], among)))
            true = float((row * table).sum())
            yield row, true, true
    weights = ground.weighted[0]
    bar = distribution(Scope.of(ground, None), FORM.item("hjem"))
    assert weights is not None and bar.weighted is not None
    each = np.zeros((2, 3))
    each[ground.estate_of, wave.frame["alder"].to_numpy() - 1] = weights.of_rows
    for edge, _ in bar.spans[1:]:
        row = np.zeros(SHAPE)
        row[:, :edge] = each[:, None] / weights.of_rows.sum()
        middle = bar.share(0, edge)
        yield row, middle - bar.step / 2 - 1e-9, middle + bar.step / 2 + 1e-9


@pytest.mark.parametrize("seed", [2])
def test_a_weighted_share_and_tables_by_age_together_leave_every_hidden_number_its_range(seed: int) -> None:
    wave, table = _town(seed)
    asks: list[Level] = ["all", "estate"]
    told: list[Judgement] = []
    for level in asks:
        try:
            told.append(
                judge(wave, parse(FORM, "hjem", ["alder"], level, "standard"), [t.entry for t in told], None)
            )
        except NumbersRefused:
            continue
    rules = [*_bars(wave, table), *(rule for judged in told for rule in _told(judged, table))]
    rows, low, high = zip(*rules, strict=True)
    fits = LinearConstraint(np.array([row.ravel() for row in rows]), low, high)
    for estates, home, age in product(([0], [1], [0, 1]), range(5), range(3)):
        goal = _row(estates, [home], [age])
        if not 0 < (goal * table).sum() < MINIMUM:
            continue
        ends = [
            sign
            * milp(sign * goal.ravel(), integrality=np.ones(30), bounds=Bounds(0, 200), constraints=fits).fun
            for sign in (1, -1)
        ]
        assert round(ends[1] - ends[0]) >= MINIMUM - 1, (estates, home + 1, age + 1, ends)
