"""Hiding what would give people away: how long it takes, and what the fast way hides beyond need."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from bench.measure import Line
from reports.breakdowns.ledger import MOST_WORK, SPARE_WORK
from reports.disclosure.cautious import hide_cautiously
from reports.disclosure.effort import Effort
from reports.disclosure.errors import TooMuchWork
from reports.disclosure.primary import small_cells
from reports.disclosure.secondary import cost_of, protect
from reports.disclosure.tables import Dimension, Table
from reports.requests import MINIMUM, PROFILES

SIZES = (50, 500)
AREAS = 25
"""Estates in an area."""
RUNS = 3
SMALL_TABLES = 40


def suppression(small: bool) -> Iterator[Line]:
    times = {}
    for estates in SIZES[:1] if small else SIZES:
        for answers in (60, 600):
            table = town(estates, 5, 10, answers)
            shown = table.none()
            shown[table.face] = True
            primary = small_cells(table, PROFILES["standard"]) & ~shown
            taken, told = [], "refused: too much to prove"
            for _ in range(RUNS):
                begin = time.perf_counter()
                # As much work as the ledger allows.
                with suppress(TooMuchWork):
                    work = Effort(MOST_WORK, SPARE_WORK)
                    safe = protect(table, primary, MINIMUM, shown=shown, effort=work)
                    more = safe.hidden.sum() - primary.sum()
                    told = f"{primary.sum():,} small + {more:,} of {table.size:,} ({safe.method})"
                taken.append(time.perf_counter() - begin)
            times[estates, answers] = statistics.median(taken)
            yield Line(
                f"suppression, {estates} estates x 5 x 10, {answers} answers each",
                f"{statistics.median(taken):.2f} s",
                told,
                "",
                "< 10 s" if estates == SIZES[1] else "",
            )
    if not small:
        growth = times[SIZES[1], 600] / times[SIZES[0], 600]
        yield Line("  suppression: x10 estates", f"x{growth:.1f} time", "", "", "<= x10")
    tables = SMALL_TABLES // 4 if small else SMALL_TABLES
    yield _loss(tables)
    yield _loss_of_caution(tables)


def town(estates: int, answers: int, groups: int, people: int) -> Table:
    """Estates in areas in a town, answers as reports tell them (each of nobody or of five and more), and one
    grouping; estates of very different sizes."""
    random = np.random.default_rng(1)
    size = random.integers(people // 10, people * 2, estates)
    face = random.poisson(size[:, None] * random.dirichlet([8.0] * answers, estates))
    face[face < MINIMUM] = 0
    share = random.dirichlet([5.0] * groups)
    counts = np.array([[random.multinomial(n, share) for n in row] for row in face])
    tree = Dimension.tree([[estate // AREAS for estate in range(estates)]])
    return Table.of(tree, Dimension.of(answers), [Dimension.of(groups)], [counts])


def _loss(tables: int) -> Line:
    """What the fast way hides beyond the optimum, over small tables that both can do."""
    random = np.random.default_rng(2)
    costs: list[list[float]] = []
    while len(costs) < tables:
        people = random.poisson(random.choice([2, 5, 9], size=(4, 4)))
        table = Table.of(Dimension.tree([[0, 0, 1, 1]]), Dimension.of(4), [], [people])
        primary = small_cells(table, PROFILES["standard"])
        best, fast = (protect(table, primary, MINIMUM, exact=exact) for exact in (True, False))
        if best.method == "optimal":
            costs.append([cost_of(table)[kind.hidden & ~primary].sum() for kind in (best, fast)])
    optimum, ours = np.sum(costs, axis=0)
    return Line(
        f"  hidden besides, {tables} tables of 35 cells", f"{ours:.0f}", f"{optimum:.0f} (integer optimum)",
        f"{ours / optimum:.2f}",
    )  # fmt: skip


def _loss_of_caution(tables: int) -> Line:
    """What hiding more than need be costs, over two estates each, told by themselves, that can be solved."""
    random = np.random.default_rng(2)
    costs: list[list[float]] = []
    while len(costs) < tables:
        people = random.poisson(random.choice([4, 8, 14], size=(2, 3, 3)))
        table = Table.of(Dimension.of(2), Dimension.of(3), [Dimension.of(3)], [people])
        shown, asked = table.none(), table.none()
        shown[table.face] = True
        asked[table.blocks[0][1:]] = True
        asked &= ~shown
        primary = small_cells(table, PROFILES["standard"]) & asked
        best = protect(table, primary, MINIMUM, asked=asked | shown, shown=shown, exact=True)
        if best.method == "optimal":
            cost = cost_of(table)
            few = (table.values > 0) & (table.values < MINIMUM)
            need = np.where((asked | few) & ~shown, MINIMUM, 0)
            hidden = asked  # where caution tells nothing
            with suppress(TooMuchWork):
                start = (primary | ~asked) & ~shown
                hidden = hide_cautiously(table, start, need, asked, cost, Effort(SPARE_WORK))
            costs.append([cost[kind & ~primary & asked].sum() for kind in (best.hidden, hidden)])
    optimum, ours = np.sum(costs, axis=0)
    return Line(
        f"  hidden besides with caution, {tables} tables of 48 cells", f"{ours:.0f}",
        f"{optimum:.0f} (integer optimum)", f"{ours / optimum:.2f}",
    )  # fmt: skip
