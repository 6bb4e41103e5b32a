"""Differences between two independent estimates, from their own intervals: MOVER, Zou and Donner 2008."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from reports.inference.estimates import Difference, Interval
from reports.inference.means import Stratum, means_of_each, means_of_others, others
from reports.inference.settings import LEVEL


def difference(now: Interval, then: Interval, level: float = LEVEL) -> Difference:
    """`now` less `then`, independent samples, from their own intervals (MOVER): no new assumption is made.

    The square root of the sum of squares takes the ends for continuous. Exact ends are whole dwellings, so
    half a dwelling of each is added (continuity correction); the sum of both arms always holds and is never
    exceeded. p from t with Satterthwaite's degrees of freedom, scaled so that p < 1 - level exactly where the
    interval leaves out 0.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; freedom: Satterthwaite 1946, Biometrics
    Bulletin 2, 110-114.
    """
    value = now.value - then.value
    down = _arm(now.value - now.low, then.high - then.value, now, then)
    up = _arm(now.high - now.value, then.value - then.low, now, then)
    low, high = value - down, value + up
    if value > 0:
        arms = down, now.value - now.low, then.high - then.value
    else:
        arms = up, now.high - now.value, then.value - then.low
    whole, one, other = arms
    if whole <= 0:
        return Difference(value, low, high, 1.0 if value == 0 else 0.0)
    quantile = 1 - (1 - level) / 2
    freedom = _freedom(one / _t(now.freedom, quantile), other / _t(then.freedom, quantile), now, then)
    p = 2 * _below(freedom, -abs(value) / whole * _t(freedom, quantile))
    return Difference(value, low, high, p)


def from_rest(own: Stratum, others: Sequence[Stratum], level: float = LEVEL) -> Difference:
    """The mean score of one estate less that of the others taken together.

    A handful that happen to agree does not prove that all the estate agrees: where its spread is less than
    that within the others, theirs is taken too, and the wider interval counts, on their degrees of freedom.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; the spread: our own rule,
    docs/methods.md.
    """
    (found,) = _from_rest([own, *others], 1, level)
    return found


def each_from_rest(strata: Sequence[Stratum], level: float = LEVEL) -> list[Difference]:
    """`from_rest` of each of two estates or more, against all the others of them.

    Source: see `from_rest`.
    """
    return _from_rest(strata, len(strata), level)


def _from_rest(strata: Sequence[Stratum], first: int, level: float) -> list[Difference]:
    """Of so many of the first strata; side by side, since a round may have hundreds of estates."""
    n, variance = np.asarray([(s.n, s.variance) for s in strata], dtype=np.float64).T
    freedoms = others(n - 1).tolist()
    withins = others((n - 1) * variance).tolist()
    spreads = [within / max(freedom, 1) for within, freedom in zip(withins, freedoms, strict=True)]
    spread_out = [replace(s, variance=max(s.variance, v)) for s, v in zip(strata, spreads, strict=True)]
    intervals = means_of_each(strata, level), means_of_each(spread_out, level), means_of_others(strata, level)
    found = []
    for i, (now, wide, other) in enumerate(list(zip(*intervals, strict=True))[:first]):
        if spreads[i] > strata[i].variance:
            low, high = min(now.low, wide.low), max(now.high, wide.high)
            now = replace(now, low=low, high=high, freedom=freedoms[i])
        found.append(difference(now, other, level))
    return found


def _arm(one: float, other: float, now: Interval, then: Interval) -> float:
    return min(one + other, math.hypot(one, other) + (now.step + then.step) / 2)


def _freedom(one: float, other: float, now: Interval, then: Interval) -> float:
    """Satterthwaite 1946, of two standard errors."""
    squares = one**2 + other**2
    if squares == 0:
        return min(now.freedom, then.freedom)
    parts = one**4 / now.freedom + other**4 / then.freedom
    return squares**2 / parts if parts > 0 else math.inf


def _t(freedom: float, quantile: float) -> float:
    if math.isinf(freedom):
        return float(special.ndtri(quantile))
    return float(special.stdtrit(freedom, quantile))


def _below(freedom: float, t: float) -> float:
    return float(special.ndtr(t) if math.isinf(freedom) else special.stdtr(freedom, t))
