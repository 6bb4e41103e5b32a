"""How much is more than chance: once in 300,000, so that no run of all tests meets it."""

from __future__ import annotations

from scipy import stats

SIGMAS = 4.5
"""Of what is spread as the normal curve is."""
RARE = 1 / 300_000


def most_by_chance(expected: float) -> int:
    """Right guesses that chance alone exceeds so rarely, where it gives `expected` of them: each of many is
    right seldom, so their number is spread as Poisson's, wider at the upper end than the normal curve."""
    return int(stats.poisson.isf(RARE, expected))
