"""Many hidden cells pushed at once: tables that fit all that is told, found by one program instead of many.

A walk (`walk.py`) moves a few people at a time and misses what only long rounds of moves set free; solving
for each cell takes a program a cell. Here one program looks for a table in which as many cells as can be lie
away from the truth, each as far as it must: some up and some down, drawn by lot, and the other way round the
next time. What it finds is a table of whole people like those of the walk, checked the same way, so the proof
does not rest on the program.

The unknowns are the finest cells (one place, one answer, one group); all others are their sums. So this is
for tables of one grouping, which all that the ledger judges are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.disclosure.effort import Effort
from reports.disclosure.tables import Flags, Ints, Table
from reports.disclosure.walk import ENDLESS, Knowledge, Walk

TURNS = 40
"""Programs for one look at a table."""
PATIENCE = 4
"""Programs that prove less than NEWS of the open cells, before it is given up."""
NEWS = 0.05
SPREAD = 2.0
"""Of the logarithm of what it is worth to push a cell: where all cannot have their way at once, some get it
now and others the next time."""
MOST_NODES = 5
"""Of the search tree of one program for many cells, 500 for one cell. Not a number of seconds: the same table
must be protected in the same way everywhere."""
NODES_FOR_ONE = 500
GAP = 0.3
"""How far from the best a program for many cells may stay: any table will do."""
PROGRAM = 3
"""What a program costs for each finest cell (`Effort`)."""
WHOLE, WHOLE_FOR_ONE = 3, 10
"""How many times the work it is to ask for whole people; for one cell with its long search."""
AWAY = 50
"""People that a cell may move the other way."""


class Pushing:
    """Programs over the finest cells of one table."""

    def __init__(self, table: Table, effort: Effort | None = None) -> None:
        self.table, self.effort = table, effort
        (grid,), (groups,) = table.blocks, table.groups
        places, answers, inner = (
            scipy.sparse.csr_array(dimension.sums) for dimension in (table.places, table.answers, groups)
        )
        row_of = np.empty(table.size, np.int64)
        row_of[grid.ravel()] = np.arange(grid.size)
        every = scipy.sparse.kron(scipy.sparse.kron(places, answers), inner, format="csr")
        every.eliminate_zeros()  # kron stores those of a dense factor
        self.sums = scipy.sparse.csr_array(every)[row_of]
        """Cells x finest cells, 1 where one is in the other."""

    def explore(self, walk: Walk, knows: Knowledge, need: Ints, random: np.random.Generator) -> None:
        """Push until each cell was seen to range over `need`, or hardly anything new is found.

        Source: the attacker's subproblem, Fischetti and Salazar 2001, Management Science 47, 1008-1027.
        """
        reader = _Reader.of(self.table, self.sums, knows)
        up, waited = self.table.none(), 0
        cells = np.flatnonzero(walk.seen() < need)
        for turn in range(TURNS):
            if not cells.size or waited == PATIENCE:
                break
            if turn % 2 == 0:
                up = random.random(self.table.size) < 0.5
            worth = np.exp(SPREAD * random.normal(size=cells.size))
            self._push(walk, knows, reader, need, cells, up[cells] ^ (turn % 2 == 1), MOST_NODES, GAP, worth)
            left = np.flatnonzero(walk.seen() < need)
            waited = 0 if left.size <= cells.size * (1 - NEWS) else waited + 1
            cells = left

    def one(self, walk: Walk, knows: Knowledge, need: Ints, cell: int) -> None:
        """Push one cell up, then down, until it was seen to range over its need, if it can.

        Source: see `explore`.
        """
        reader = _Reader.of(self.table, self.sums, knows)
        for up in (True, False):
            if walk.seen()[cell] < need[cell]:
                aim, way, worth = np.array([cell]), np.array([up]), np.ones(1)
                self._push(walk, knows, reader, need, aim, way, NODES_FOR_ONE, 0.0, worth)

    def _push(
        self, walk: Walk, knows: Knowledge, reader: _Reader, need: Ints, cells: Ints, up: Flags,
        nodes: int, gap: float, worth: NDArray[np.float64],
    ) -> None:  # fmt: skip
        """Look for a table that has these cells as far up or down as they must be, and take note of it."""
        values = self.table.values
        seen = np.where(up, values[cells] - walk.low[cells], walk.high[cells] - values[cells])
        wanted = np.maximum(need[cells] - seen, 1)
        program = reader.program(self.sums, cells, np.where(up, 1.0, -1.0), wanted, worth)
        # Most programs have a whole solution without being asked for one, at a tenth of the time.
        for whole in (False, True):
            if self.effort is not None:
                times = 1 if not whole else WHOLE if nodes < NODES_FOR_ONE else WHOLE_FOR_ONE
                self.effort.spend((self.sums.shape[1] + cells.size) * PROGRAM * times)
            found = program.solved(whole=whole, nodes=nodes, gap=gap)
            if found is None:
                return
            table: Ints = self.sums @ found
            # What a search that was cut short leaves behind need not be a table.
            if self.table.holds(table) and ((knows.low <= table) & (table <= knows.high)).all():
                walk.visit(table, knows)
                return


@dataclass(frozen=True)
class _Program:
    goal: NDArray[np.float64]
    integrality: Ints
    bounds: scipy.optimize.Bounds
    constraints: list[scipy.optimize.LinearConstraint]
    free: Ints
    size: int

    def solved(self, *, whole: bool, nodes: int, gap: float) -> Ints | None:
        found = scipy.optimize.milp(
            self.goal,
            integrality=self.integrality if whole else None,
            bounds=self.bounds,
            constraints=self.constraints,
            options={"node_limit": nodes, "mip_rel_gap": gap},
        )
        if found.x is None:
            return None
        people = np.zeros(self.size, np.int64)
        people[self.free] = np.rint(found.x[: self.free.size])
        return people


@dataclass(frozen=True)
class _Reader:
    """What a reader knows, as rows over the finest cells that he does not know to be empty (`free`)."""

    values: Ints
    free: Ints
    top: NDArray[np.float64]
    """How much each of these can hold: no more than the narrowest known sum that it is in."""
    rows: scipy.sparse.csr_array
    low: Ints
    high: Ints

    @classmethod
    def of(cls, table: Table, sums: scipy.sparse.csr_array, knows: Knowledge) -> _Reader:
        bounded = np.flatnonzero(knows.high < ENDLESS)
        rows = sums[bounded]
        entries = rows.tocoo()
        top = np.full(sums.shape[1], float(ENDLESS))
        np.minimum.at(top, entries.coords[1], knows.high[bounded][entries.coords[0]].astype(float))
        free = np.flatnonzero(top > 0)
        return cls(table.values, free, top[free], rows[:, free], knows.low[bounded], knows.high[bounded])

    def program(
        self, sums: scipy.sparse.csr_array, cells: Ints, signs: NDArray[np.float64], wanted: Ints,
        worth: NDArray[np.float64],
    ) -> _Program:  # fmt: skip
        """Unknowns: the people in each free cell, then how far each of `cells` went its way, `wanted` at the
        most."""
        n, free = cells.size, self.free.size
        fits = scipy.sparse.hstack([self.rows, scipy.sparse.csr_array((self.low.size, n))], format="csr")
        ways = scipy.sparse.hstack(
            [scipy.sparse.diags_array(signs) @ sums[cells][:, self.free], -scipy.sparse.eye_array(n)],
            format="csr",
        )
        return _Program(
            np.concatenate([np.zeros(free), -worth]),
            np.concatenate([np.ones(free, np.int64), np.zeros(n, np.int64)]),
            scipy.optimize.Bounds(
                np.concatenate([np.zeros(free), np.full(n, -float(AWAY))]),
                np.concatenate([self.top, wanted.astype(float)]),
            ),
            [
                scipy.optimize.LinearConstraint(fits, self.low, self.high),
                scipy.optimize.LinearConstraint(ways, signs * self.values[cells], np.inf),
            ],
            self.free,
            sums.shape[1],
        )
