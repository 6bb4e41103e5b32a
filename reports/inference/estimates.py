"""What every estimator hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A point estimate with its interval; `n` answers behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    value: float
    low: float
    high: float
    p: float
    """Approximate two-sided p of no difference, from the interval itself."""
