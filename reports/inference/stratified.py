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
from numpy.typing import NDArray
from scipy import special

from reports.inference.estimates import Floats, Interval, Ints
from reports.inference.proportions import clopper_pearson, share_interval
from reports.inference.settings import LEVEL
from reports.inference.strata import Strata

Flags = NDArray[np.bool_]

CLOSE = 1e-9
"""A step of Newton's method so small a part of what it is taken from leaves nothing to be found."""
MOST_STEPS = 200


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
    inside = np.flatnonzero(alike & (n < population))
    if not inside.size:
        return 0.0
    part, drawn, size = shares[inside], n[inside].astype(np.float64), population[inside]
    rare = -math.log((1 - level) / 2)
    greatest = 1 - drawn / size
    dearest = part / drawn * (1 + 1 / size)
    # Of N there are N ways or more to draw any number but all: mostly that is rare enough to see at once.
    if np.log(size).sum() <= rare and _Unseen.of(drawn, size, dearest).rarity(0.0)[0] <= rare:
        return float(part @ greatest)
    price = _price(drawn, size, dearest, rare)
    # At this price of a stratum's next marked dwelling, so large a part of it is marked.
    return float(part @ np.clip(1 + 1 / size - drawn * price / part, 0, greatest))


def _price(n: Floats, size: Floats, dearest: Floats, rare: float) -> float:
    """At which it is so rare to see none. Newton's method in logarithms, where rarity falls to nothing ever
    more slowly: no step from too low a price goes too far. In any case between prices that were tried."""
    endless = np.isinf(size)
    # Where tangents at the dearest prices, drawn too flat, come to it.
    falls = np.where(endless, n, n * (size + 1) / (np.where(endless, n, size) - (n - 1) / 2))
    order = np.argsort(-dearest)
    falls, dear = falls[order], np.log(dearest[order])
    start = price = math.exp(float(((np.cumsum(falls * dear) - rare) / np.cumsum(falls)).max()))
    some = dearest > start
    unseen = _Unseen.of(n[some], size[some], dearest[some])
    low, high = 0.0, float(dearest.max())
    for _ in range(MOST_STEPS):
        more, fall = unseen.rarity(price)
        if price == start and more < rare:  # some are marked wholly: the others count too
            unseen = _Unseen.of(n, size, dearest)
            more, fall = unseen.rarity(price)
        low, high = (price, high) if more > rare else (low, price)
        found = price * math.exp(min((more - rare) / fall, 1.0)) if fall > 0 else math.inf
        if abs(found - price) <= CLOSE * price:
            return found
        price = found if low <= found <= high else (low + high) / 2
    return price


@dataclass(frozen=True)
class _Unseen:
    """How rare it is to draw nobody who is marked, when in each stratum so many are as a price makes worth
    it: N + 1 - `left` x price of its N. None are from the price `dearest` on."""

    n: Floats
    whole: Floats
    """N + 1; n + 1 where the stratum is endless: then `left` x price of n are not marked."""
    endless: Flags
    left: Floats
    all_ways: Floats
    """Logarithm of N! / (N - n)!."""
    dearest: Floats

    @classmethod
    def of(cls, n: Floats, size: Floats, dearest: Floats) -> _Unseen:
        endless = np.isinf(size)
        whole = np.where(endless, n, size) + 1
        ways = special.gammaln(whole) - special.gammaln(whole - n)
        return cls(n, whole, endless, whole / dearest, ways, dearest)

    def rarity(self, price: float) -> tuple[float, float]:
        """Less the logarithm of the chance, and how fast it falls with the logarithm of the price."""
        left = self.left * price
        moves = (left > self.n + 1) & (price < self.dearest)
        left = np.minimum(np.maximum(left, self.n + 1), self.whole)
        rest = left - self.n
        each = self.all_ways - special.gammaln(left) + special.gammaln(rest)
        falls = np.where(moves, left * (special.psi(left) - special.psi(rest)), 0.0)
        if self.endless.any():
            with np.errstate(divide="ignore"):
                unseen = -self.n * np.log(np.minimum(price / self.dearest, 1.0))
            each = np.where(self.endless, unseen, each)
            falls = np.where(self.endless, self.n * (price < self.dearest), falls)
        return float(each.sum()), float(falls.sum())


@lru_cache(maxsize=100_000)
def _exact(k: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    """Kept: the estates of a round ask for the same few again and again."""
    low, high = share_interval(k, n, population, level)
    return float(low), float(high)
