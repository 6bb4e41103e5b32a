"""What every estimator hands back."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
class Difference:
    value: float
    low: float
    high: float
    p: float
    """Approximate two-sided p of no difference, from the interval itself."""
