"""Rounding for people: half up, as the printed reports do it, never half to even."""

from __future__ import annotations

import math


def half_up(value: float, digits: int = 0) -> float:
    """`value` rounded half up: 1.25 to one digit is 1.3. Float noise below 1e-9 does not tip the balance."""
    factor = 10.0**digits
    return math.floor(value * factor + 0.5 + 1e-9) / factor


def percent(share: float) -> int:
    """A share 0..1 as a whole percentage, half up."""
    return int(half_up(share * 100))


def whole(score: float) -> int:
    """A score 0..100 as a whole number, half up."""
    return int(half_up(score))


def outward(low: float, high: float, step: float) -> tuple[float, float]:
    """An interval widened to multiples of `step`: rounding must never make a claim sharper."""
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
