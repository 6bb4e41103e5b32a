"""The fewest cells to hide, by integer programming (HiGHS through scipy): for small tables.

For every cell that needs a range two tables are sought that fit all that is shown and differ in this cell by
the range it needs. Shown cells cannot differ from the truth, hidden ones can; hiding costs (Fischetti and
Salazar 2001, with whole numbers, for the attacker knows that people are not divided). Cells that were hidden
to protect others need a range too: they are added when an exact look at the result finds one that lacks it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.disclosure.errors import DisclosureError
from reports.disclosure.tables import Flags, Ints, Table
from reports.disclosure.walk import Knowledge, caps

MOST_CELLS = 50
"""Above this the heuristic is asked."""
MOST_NODES = 500
"""Of the search tree, when marks are sought and when the attacker's problem is solved. Not a number of
seconds: the same table must be protected in the same way everywhere."""
REACH = 3
"""How far from the truth the two tables may lie, in ranges needed: enough for people to go round by a few
cells."""


FAR = 1000
"""People: more than any range that is asked for."""
IMPOSSIBLE = (2, 3)
"""What `milp` says of programs without a solution, or without an end. The true table is a solution, and all
is bounded: of ours it can never be so."""


@dataclass(frozen=True)
class Optimum:
    hidden: Flags
    proven: bool
    """False when the search was cut short: `hidden` protects, but something cheaper may exist."""


def extremes(table: Table, knows: Knowledge, cell: int) -> tuple[Ints, Ints]:
    """A table with the least and one with the most that this cell can hold: see `extreme`.

    Source: see `extreme`.
    """
    return extreme(table, knows, cell, 1), extreme(table, knows, cell, -1)


def extreme(table: Table, knows: Knowledge, cell: int, sign: int) -> Ints:
    """A table with the least (`sign` 1) or the most (-1) that this cell can hold, for a reader who solves all
    that is shown in whole numbers. Where there is no upper bound, the most is FAR above the truth.

    The search ends after MOST_NODES. What it has found by then is a table that a reader must think possible,
    if perhaps not the last one; where it has found none, the true table stands for it. So the two never lie
    further apart than they may: a cell may seem less free than it is, and is then protected the more.

    DisclosureError when the solver claims that there is no such table.

    Source: the attacker's subproblem, Fischetti and Salazar 2001, Management Science 47, 1008-1027.
    """
    high = np.minimum(knows.high, table.values + FAR)
    goal = np.zeros(table.size)
    goal[cell] = sign
    found = scipy.optimize.milp(
        goal,
        integrality=np.ones(table.size, np.int64),
        bounds=scipy.optimize.Bounds(knows.low, high),
        constraints=scipy.optimize.LinearConstraint(table.relations, 0, 0),
        options={"node_limit": MOST_NODES},
    )
    if found.status in IMPOSSIBLE:
        raise DisclosureError(f"the attacker's problem was not solved: {found.message}")
    if found.x is None:
        return table.values
    seen: Ints = np.rint(found.x).astype(np.int64)
    # What a search that was cut short leaves behind need not be a table.
    fits = table.holds(seen) and bool(((knows.low <= seen) & (seen <= high)).all())
    return seen if fits else table.values


def cheapest(
    table: Table,
    primary: Flags,
    need: Ints,
    cost: NDArray[np.float64],
    *,
    may_hide: Flags,
    most: Ints | None = None,
) -> Optimum | None:
    """The cheapest marks that protect, None when none were found.

    primary   hidden from the start        need   range of each cell when it is hidden, 0 for none
    may_hide  what may be hidden besides   most   what readers know of how many can have answered in each
    place

    Source: Fischetti and Salazar 2001, Management Science 47, 1008-1027.
    """
    wanted = np.flatnonzero(primary & (need > 0)).tolist()
    proven = True
    while True:
        found = _solve(table, primary, need, cost, may_hide, most, wanted)
        if found is None:
            return None
        hidden, optimal = found
        proven &= optimal
        lacking = _lacking(table, hidden, need, most, known=set(wanted))
        if not lacking:
            return Optimum(hidden, proven)
        wanted += lacking


def _lacking(table: Table, hidden: Flags, need: Ints, most: Ints | None, known: set[int]) -> list[int]:
    knows = Knowledge.of(table, hidden, most)
    lacking = []
    for cell in np.flatnonzero(hidden & (need > 0)).tolist():
        if cell not in known:
            least, most_of = extremes(table, knows, cell)
            if most_of[cell] - least[cell] < need[cell]:
                lacking.append(cell)
    return lacking


def _solve(
    table: Table,
    primary: Flags,
    need: Ints,
    cost: NDArray[np.float64],
    may_hide: Flags,
    most: Ints | None,
    wanted: list[int],
) -> tuple[Flags, bool] | None:
    """One program: which cells to hide (one variable a cell), and two tables for each wanted cell."""
    size, pairs = table.size, len(wanted)
    reach = REACH * int(need.max(initial=1))
    values = table.values.astype(float)
    cap = caps(table, most)
    down, up = np.minimum(values, reach), np.minimum(cap - values, reach)
    width = size * (1 + 2 * pairs)
    relations = scipy.sparse.block_diag(
        [scipy.sparse.csr_array((0, size)), *[table.relations] * (2 * pairs)], format="csr"
    )
    rules = [scipy.optimize.LinearConstraint(relations, 0, 0)] if pairs else []
    if pairs:
        # Moved by no more than these limits, up and down, and not at all where nothing is hidden.
        limits = scipy.sparse.vstack([scipy.sparse.diags_array(-up), scipy.sparse.diags_array(-down)])
        eye = scipy.sparse.eye_array(size)
        moved = scipy.sparse.kron(scipy.sparse.eye_array(2 * pairs), scipy.sparse.vstack([eye, -eye]))
        marks = scipy.sparse.kron(np.ones((2 * pairs, 1)), limits)
        rules.append(
            scipy.optimize.LinearConstraint(scipy.sparse.hstack([marks, moved], format="csr"), -np.inf, 0)
        )
    rows = scipy.sparse.lil_array((pairs, width))
    least = np.zeros(pairs)
    for number, cell in enumerate(wanted):
        rows[number, size * (1 + 2 * number) + cell] = 1
        rows[number, size * (2 + 2 * number) + cell] = -1
        # A cell that is not hidden after all needs no range.
        rows[number, cell] = -int(need[cell])
    if pairs:
        rules.append(scipy.optimize.LinearConstraint(rows.tocsr(), least, np.inf))
    ends = scipy.optimize.Bounds(
        np.concatenate([primary.astype(float), *[-down] * (2 * pairs)]),
        np.concatenate([(primary | may_hide).astype(float), *[up] * (2 * pairs)]),
    )
    found = scipy.optimize.milp(
        np.concatenate([np.where(primary, 0.0, cost), np.zeros(2 * pairs * size)]),
        integrality=np.ones(width, np.int64),
        bounds=ends,
        constraints=rules,
        options={"node_limit": MOST_NODES, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        return None
    return found.x[:size] > 0.5, found.status == 0
