"""Differences between two independent estimates, from their own intervals."""

from __future__ import annotations

import numpy as np
from scipy import special

from reports.inference.estimates import Difference, Interval
from reports.inference.settings import LEVEL


def difference(now: Interval, then: Interval, level: float = LEVEL) -> Difference:
    """`now` less `then`, independent samples, from their own intervals (MOVER): no new assumption is made."""
    value = now.value - then.value
    low = value - float(np.hypot(now.value - now.low, then.high - then.value))
    high = value + float(np.hypot(now.high - now.value, then.value - then.low))
    towards_zero = value - low if value > 0 else high - value
    z = float(special.ndtri(1 - (1 - level) / 2))
    if towards_zero <= 0:
        p = 1.0 if value == 0 else 0.0
    else:
        p = float(2 * special.ndtr(-abs(value) / towards_zero * z))
    return Difference(value, low, high, p)
