"""What a reader who solves in whole numbers can say of sums of his unknowns: between what each must lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
TOGETHER = 8
"""Truths that are sought with as many sums as can be otherwise, before each sum is looked at alone."""
NEAR = 0.3
"""How far from the best such a truth may be: any will do."""
OFF = 1e-5


@dataclass
class Known:
    """`rows` over the unknowns lie from `low` to `high`; each unknown is whole, none to `most`."""

    rows: Sequence[Floats]
    low: Sequence[float]
    high: Sequence[float]
    most: float
    seconds: float | None = None
    """For one program. None: as long as it takes."""

    def ranges(
        self, wanted: Floats, least: int | Sequence[int], truth: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Least and most of each sum (sums x unknowns) in truths that fit all that is known. Where they lie
        closer together than `least` there are none further apart; else there may be.

        `truth`: one that is at hand. Every truth that is found is taken for all the sums.
        """
        rows = csr_array(np.array(self.rows).reshape(-1, wanted.shape[1]))
        limits = LinearConstraint(rows, np.array(self.low), np.array(self.high))
        low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
        needed = np.broadcast_to(least, len(wanted))

        def note(found: Floats | None) -> None:
            if found is not None:
                values = wanted @ found
                np.minimum(low, values, out=low)
                np.maximum(high, values, out=high)

        def left() -> NDArray[np.int64]:
            return np.flatnonzero(high - low < needed)

        def apart(cells: Any) -> LinearConstraint:
            # No further than it takes to know that they are wide enough: the end is in sight at once.
            return LinearConstraint(wanted[cells], high[cells] - needed[cells], low[cells] + needed[cells])

        note(self._solved(np.zeros(wanted.shape[1]), [limits], NEAR) if truth is None else truth)
        random = np.random.default_rng(0)
        for turn in range(TOGETHER):
            cells = left()
            if cells.size < 2:
                break
            if turn % 2 == 0:
                up = random.random(len(wanted)) < 0.5
            signs = np.where(up[cells] ^ (turn % 2 == 1), -1.0, 1.0)
            note(self._solved(signs @ wanted[cells], [limits, apart(cells)], NEAR))
        for cell in left().tolist():
            for sign in (1.0, -1.0):
                if high[cell] - low[cell] < needed[cell]:
                    note(self._solved(sign * wanted[cell], [limits, apart([cell])], 0.0))
        return low, high

    def _solved(self, goal: Floats, limits: list[LinearConstraint], gap: float) -> Floats | None:
        """A truth in which the goal is least."""
        found = milp(
            goal,
            integrality=np.ones(goal.size),
            bounds=Bounds(0, self.most),
            constraints=limits,
            options={"mip_rel_gap": gap} | ({} if self.seconds is None else {"time_limit": self.seconds}),
        )
        if found.x is None:
            assert found.status == 1, found.message  # there is a truth, so only time can have run out
            return None
        whole: Floats = np.rint(found.x)
        sums = limits[0].A @ whole
        assert (sums >= limits[0].lb - OFF).all() and (sums <= limits[0].ub + OFF).all()
        return whole
