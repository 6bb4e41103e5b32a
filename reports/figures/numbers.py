"""Whole numbers for people: rounded half up, as people do, never half to even."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float) -> int:
    """61.5 -> 62, -2.5 -> -3. The shortest decimal of the float is rounded, so 28.5 stays 28.5."""
    return int(Decimal(repr(float(value))).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percent(share: float) -> int:
    """A share 0..1 as whole per cent: 0.285 -> 29 (0.285 * 100 would be 28.499999999999996)."""
    return int((Decimal(repr(float(share))) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
