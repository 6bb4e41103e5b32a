"""Shares over several estates, each counted by itself (strata).

Exact in one estate; over several the beta interval on the effective sample size (Korn and Graubard 1998), no
surer than the estates' own exact intervals let it be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import special

from reports.inference.estimates import Floats, Interval, Ints
from reports.inference.proportions import clopper_pearson, share_interval
from reports.inference.settings import LEVEL
from reports.inference.strata import Strata

Flags = NDArray[np.bool_]

IMPOSSIBLE = 1e3
"""The logarithm of a chance is taken to be no farther below 0: the search needs numbers."""


def stratified_share(
    k: list[int],
    n: list[int],
    population: list[int | None],
    level: float = LEVEL,
    others: Sequence[bool] | None = None,
    parts: Sequence[float] | None = None,
) -> Interval:
    """Share over one or several estates, each counted k of n.

    One estate: exact. Several: weighted mean of the estates' shares, beta interval on the effective sample
    size. To it are joined (root of the sum of squares) the estates that were all alike, which have no
    variance: what they may hide (`none_seen`). The interval reaches at least as far as if all estates were
    known but the one that adds most variance, whose interval is exact; and, with the dwellings known, half a
    dwelling farther, since the truth is a whole number of them. `others`: estates that have answers of others
    among theirs; None: none has. `parts`: where the question was put to some only; None: to all. See
    `strata.Stratum`.

    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201; one estate: `share_interval`; estates all
    alike: `none_seen`; half a unit: Cochran 1977, Sampling Techniques, 3rd ed., ch. 3.
    """
    drawn, seen = sum(n), sum(k)
    mixed = others or [False] * len(n)
    finite = [None if among else size for size, among in zip(population, mixed, strict=True)]
    known = [size for size in finite if size is not None]
    whole = sum(max(s, ni) for s, ni in zip(known, n, strict=True)) if len(known) == len(n) else None
    if len(n) == 1:
        low, high = _exact(seen, drawn, whole, level)
        return Interval(seen / drawn, low, high, drawn, step=1 / whole if whole else 0.0)
    ks, ns = np.asarray(k), np.asarray(n)
    strata = Strata.made_of(
        ns, ks / ns, ks * (ns - ks) / ns / np.maximum(ns - 1, 1), population, others, parts
    )
    shares = strata.weights
    value = float(shares @ strata.mean)
    down, up = _beta(strata, value, level)
    sizes = np.where(np.isnan(strata.finite), math.inf, np.maximum(strata.finite, ns))
    down = math.hypot(down, none_seen(shares, ns, sizes, ks == ns, level))
    up = math.hypot(up, none_seen(shares, ns, sizes, ks == 0, level))
    spread = shares**2 * (strata.variance / ns * (1 - ns / sizes))
    most = int(np.argmax(spread))
    if spread[most] > 0:
        low, high = _exact(k[most], n[most], finite[most], level)
        down = max(down, float(shares[most] * (strata.mean[most] - low)))
        up = max(up, float(shares[most] * (high - strata.mean[most])))
    if whole is None:
        return Interval(value, max(0.0, value - down), min(1.0, value + up), drawn)
    # The marked and unmarked we saw are there for certain.
    least, greatest = min(value, seen / whole), max(value, 1 - (drawn - seen) / whole)
    half = 0.5 / whole
    return Interval(value, max(value - down - half, least), min(value + up + half, greatest), drawn)


def _beta(strata: Strata, value: float, level: float) -> tuple[float, float]:
    """How far the interval of Korn and Graubard reaches down and up; 0 where no estate has any variance."""
    error = strata.standard_error
    if error == 0:
        return 0.0, 0.0
    # Effective size, shrunk for the estimated variance.
    effective = value * (1 - value) / error**2
    freedom = int(strata.n.sum()) - len(strata)
    quantile = 1 - (1 - level) / 2
    if freedom > 0:
        effective *= (special.ndtri(quantile) / special.stdtrit(freedom, quantile)) ** 2
    low, high = clopper_pearson(np.asarray([value * effective]), np.asarray([effective]), (1 - level) / 2)
    return value - float(low[0]), float(high[0]) - value


def none_seen(shares: Floats, n: Ints, population: Floats, alike: Flags, level: float = LEVEL) -> float:
    """How large a part of the whole may have a mark that nobody had who answered in the `alike` strata.

    `shares`: of each stratum in the whole; `n` of `population` (inf: not known) have answered. The largest
    sum of shares x marked part for which to see none in all of these strata is not rarer than (1 - level) /
    2: the exact upper limit of what is seen there. One stratum: that of 0 of n. 0 where there is none, or all
    answered.

    Source: inversion of the hypergeometric tail as in `share_interval`, the largest over how the marked may
    lie in the strata (Lagrange: each next dwelling marked where it makes the least rarer what was seen).
    """
    inside = alike & (n < population)
    if not inside.any():
        return 0.0
    part, drawn, size = shares[inside], n[inside].astype(np.float64), population[inside]
    seldom = math.log((1 - level) / 2)
    greatest = 1 - drawn / size
    chance = _ChanceOfNone.of(drawn, size)
    if chance(greatest) >= seldom:
        return float(part @ greatest)

    # At this price of a stratum's next marked dwelling, so large a part of it is marked.
    def at(price: float) -> Floats:
        marked: Floats = np.clip(1 + 1 / size - drawn * price / part, 0, greatest)
        return marked

    def room(price: float) -> float:
        return max(chance(at(price)), -IMPOSSIBLE) - seldom

    none_marked = float((part / drawn * (1 + 1 / size)).max())
    price = scipy.optimize.brentq(room, 0.0, none_marked, xtol=1e-12 * none_marked)
    return float(part @ at(price))


@dataclass(frozen=True)
class _ChanceOfNone:
    """Logarithm of the chance that nobody of n in each stratum is among its marked part."""

    n: Floats
    size: Floats
    endless: Flags
    whole: Floats
    rest: Floats
    """Logarithms of the factorials of the size, and of the size less n: the same for all that is tried."""

    @classmethod
    def of(cls, n: Floats, population: Floats) -> _ChanceOfNone:
        endless = np.isinf(population)
        size = np.where(endless, n, population)
        return cls(n, size, endless, special.gammaln(size + 1), special.gammaln(size - n + 1))

    def __call__(self, marked: Floats) -> float:
        left = self.size * (1 - marked)
        finite = special.gammaln(left + 1) - special.gammaln(np.maximum(left - self.n, 0) + 1)
        finite = finite - self.whole + self.rest
        if not self.endless.any():
            return float(finite.sum())
        with np.errstate(divide="ignore"):
            return float(np.where(self.endless, self.n * np.log1p(-marked), finite).sum())


@lru_cache(maxsize=100_000)
def _exact(k: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    """Kept: the estates of a round ask for the same few again and again."""
    low, high = share_interval(k, n, population, level)
    return float(low), float(high)
