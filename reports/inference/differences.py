"""Differences between two independent estimates, from their own intervals: MOVER, Zou and Donner 2008."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from reports.inference.estimates import Difference, Floats, Interval, Intervals
from reports.inference.means import means_of_each, means_of_others, others
from reports.inference.settings import LEVEL
from reports.inference.strata import SomeStrata, Strata, Stratum


def difference(now: Interval, then: Interval, level: float = LEVEL) -> Difference:
    """`now` less `then`, independent samples, from their own intervals (MOVER): no new assumption is made.

    With estimates a, b and intervals (l, u): from a - b - sqrt((a - l_a)^2 + (u_b - b)^2) to a - b +
    sqrt((u_a - a)^2 + (b - l_b)^2).

    The square root of the sum of squares takes the ends for continuous. Exact ends are whole dwellings, so
    half a dwelling of each is added (continuity correction); the sum of both arms always holds and is never
    exceeded. p from t with Satterthwaite's degrees of freedom, scaled so that p < 1 - level exactly where the
    interval leaves out 0.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; freedom: Satterthwaite 1946, Biometrics
    Bulletin 2, 110-114.
    """
    (found,) = differences([now], [then], level)
    return found


def differences(
    nows: Sequence[Interval] | Intervals, thens: Sequence[Interval] | Intervals, level: float = LEVEL
) -> list[Difference]:
    """`difference` of each pair, side by side: a round has tens of thousands.

    Source: see `difference`.
    """
    columns = differences_apart(_side_by_side(nows), _side_by_side(thens), level)
    return [Difference(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def differences_apart(
    now: Intervals, then: Intervals, level: float = LEVEL
) -> tuple[Floats, Floats, Floats, Floats]:
    """The same as columns: value, low, high, p.

    Source: see `difference`.
    """
    value = now.value - then.value
    halves = (now.step + then.step) / 2
    below = now.value - now.low, then.high - then.value
    above = now.high - now.value, then.value - then.low
    down, up = _arm(*below, halves), _arm(*above, halves)
    # The arm that reaches towards 0 decides.
    towards = value > 0
    whole = np.where(towards, down, up)
    one, other = (np.where(towards, *pair) for pair in zip(below, above, strict=True))
    quantile = 1 - (1 - level) / 2
    freedom = _freedom(one / _t(now.freedom, quantile), other / _t(then.freedom, quantile), now, then)
    sure = whole <= 0
    t = -np.abs(value) / np.where(sure, 1.0, whole) * _t(freedom, quantile)
    p = np.where(sure, value == 0, 2 * _below(freedom, t))
    return value, value - down, value + up, p


def _side_by_side(intervals: Sequence[Interval] | Intervals) -> Intervals:
    return intervals if isinstance(intervals, Intervals) else Intervals.of(intervals)


def from_rest(own: Stratum, others: Sequence[Stratum], level: float = LEVEL) -> Difference:
    """The mean score of one estate less that of the others taken together.

    A handful that happen to agree does not prove that all the estate agrees: where its spread is less than
    that within the others, theirs is taken too, and the wider interval counts, on their degrees of freedom.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; the spread: our own rule,
    docs/methods.md.
    """
    (found,) = differences(*_from_rest([own, *others], 1, level), level)
    return found


def each_from_rest(strata: SomeStrata, level: float = LEVEL) -> list[Difference]:
    """`from_rest` of each of two estates or more, against all the others of them.

    Source: see `from_rest`.
    """
    return differences(*_from_rest(strata, len(strata), level), level)


def each_printed_from_rest(
    strata: SomeStrata, printed: Floats, off: Floats, level: float = LEVEL
) -> list[Difference]:
    """The same of differences that are `printed`, each of which may lie `off` to either side: the interval of
    all of them; `value` that nearest to 0, and p of it, 1 where the interval holds 0. Where nothing is
    estimated it is as wide as twice `off`.

    Source: see `from_rest`.
    """
    now, rest = _from_rest(strata, len(strata), level)
    apart = printed - (now.value - rest.value)
    ends = []
    for far in (apart - off, apart + off):
        moved = replace(now, value=now.value + far, low=now.low + far, high=now.high + far)
        ends.append(differences_apart(moved, rest, level))
    least, most = ends
    near = np.where(least[1] > 0, least[0], most[0])
    sure = (least[1] > 0) | (most[2] < 0)
    p = np.where(sure, np.where(least[1] > 0, least[3], most[3]), 1.0)
    columns = (near, least[1], most[2], p)
    return [Difference(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _from_rest(several: SomeStrata, first: int, level: float) -> tuple[Intervals, Intervals]:
    """Of so many of the first strata, and of all others of each; side by side, since a round may have
    hundreds of estates."""
    strata = Strata.of(several)
    freedoms = others(strata.n - 1)
    spreads = others((strata.n - 1) * strata.variance) / np.maximum(freedoms, 1)
    now = means_of_each(strata, level)
    wide = means_of_each(strata, level, variances=np.maximum(strata.variance, spreads))
    theirs = spreads > strata.variance
    low = np.where(theirs, np.minimum(now.low, wide.low), now.low)
    high = np.where(theirs, np.maximum(now.high, wide.high), now.high)
    freedom = np.where(theirs, freedoms, now.freedom)
    nows = Intervals(now.value, low, high, now.n, freedom, now.step)
    return nows.first(first), means_of_others(strata, level).first(first)


def _arm(one: Floats, other: Floats, halves: Floats) -> Floats:
    found: Floats = np.minimum(one + other, np.hypot(one, other) + halves)
    return found


def _freedom(one: Floats, other: Floats, now: Intervals, then: Intervals) -> Floats:
    """Satterthwaite 1946, of two standard errors."""
    squares = one**2 + other**2
    parts = one**4 / now.freedom + other**4 / then.freedom
    together = np.where(parts > 0, squares**2 / np.where(parts > 0, parts, 1.0), np.inf)
    found: Floats = np.where(squares == 0, np.minimum(now.freedom, then.freedom), together)
    return found


def _t(freedom: Floats, quantile: float) -> Floats:
    return _by_freedom(freedom, np.full(freedom.shape, quantile), special.stdtrit, special.ndtri)


def _below(freedom: Floats, t: Floats) -> Floats:
    return _by_freedom(freedom, t, special.stdtr, special.ndtr)


def _by_freedom(freedom: Floats, x: Floats, t: np.ufunc, normal: np.ufunc) -> Floats:
    """Of the t distribution; with endless freedom of the normal one."""
    endless = np.isinf(freedom)
    found: Floats = normal(x)
    found[~endless] = t(freedom[~endless], x[~endless])
    return found
