"""What every estimator hands back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A point estimate with its interval; `n` answers behind it.

    `freedom`: of the t that the interval rests on, inf when it does not. `step`: how far apart the values lie
    that the truth can take (one dwelling of N: 1 / N), 0 when they lie close.
    """

    value: float
    low: float
    high: float
    n: int
    freedom: float = math.inf
    step: float = 0.0


@dataclass(frozen=True)
class Intervals:
    """Many of them side by side."""

    value: Floats
    low: Floats
    high: Floats
    n: Ints
    freedom: Floats
    step: Floats

    @classmethod
    def of(cls, intervals: Sequence[Interval]) -> Intervals:
        """Source: a definition; nothing is estimated."""
        rows = [(one.value, one.low, one.high, one.n, one.freedom, one.step) for one in intervals]
        value, low, high, n, freedom, step = np.array(rows, np.float64).reshape(-1, 6).T
        return cls(value, low, high, n.astype(np.int64), freedom, step)

    def about(self, printed: Floats) -> Intervals:
        """As far down and up from what is printed: what ends with more digits would tell, these do not.

        Source: our own rule, docs/methods.md.
        """
        moved = printed - self.value
        return replace(self, value=printed, low=self.low + moved, high=self.high + moved)

    def first(self, many: int) -> Intervals:
        """Source: a definition; nothing is estimated."""
        return self.at(slice(many))

    def at(self, rows: slice | NDArray[np.bool_]) -> Intervals:
        """Those of them.

        Source: a definition; nothing is estimated.
        """
        return Intervals(
            self.value[rows],
            self.low[rows],
            self.high[rows],
            self.n[rows],
            self.freedom[rows],
            self.step[rows],
        )

    def rows(self) -> list[Interval]:
        """Source: a definition; nothing is estimated."""
        columns = (self.value, self.low, self.high, self.n, self.freedom, self.step)
        return [Interval(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


@dataclass(frozen=True)
class Difference:
    value: float
    low: float
    high: float
    p: float
    """Approximate two-sided p of no difference, from the interval itself."""
