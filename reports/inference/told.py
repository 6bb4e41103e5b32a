"""Intervals of figures that are told rounded, from what is told alone.

Where a share is rounded so that two answers do not show, its interval must not show them either: ends that
are reckoned from the counts change at other counts than the share does, and the two together are finer than
the rounding. So nothing here sees an answer. What goes in are the rounded figure, how far it may have been
rounded, and what is public of each part of the whole: how many answered and live there, and between which
numbers its own bar leaves the share. Of all answers that fit, those count that leave most doubt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import special

from reports.inference.estimates import Floats, Interval
from reports.inference.means import mean_interval
from reports.inference.proportions import clopper_pearson, share_interval
from reports.inference.settings import LEVEL
from reports.inference.strata import Strata
from reports.inference.stratified import none_seen
from reports.inference.weighting import Estimated

HAIR = 1e-12


@dataclass(frozen=True)
class Parts:
    """Parts of a whole, `shares` of it, 1 together. Each adds `spread` x p (1 - p) to the variance of a share
    of which it has p, and `tilt` x (p - the whole's share)^2 where it is an estimate, too, how large it is.
    `n` answers in all, `freedom` of the t."""

    shares: Floats
    spread: Floats
    tilt: Floats
    n: int
    freedom: int

    @classmethod
    def of_strata(cls, strata: Strata) -> Parts:
        """Source: see `strata.Strata.standard_error`."""
        w = strata.weights
        seen = w**2 * (1 - strata.fractions)
        tilt = np.zeros(w.size) if strata.of_parts is None else w**2 * strata.of_parts
        n = int(strata.n.sum())
        return cls(w, seen / np.maximum(strata.n - 1, 1), tilt, n, n - len(strata))

    @classmethod
    def of_weights(cls, weights: Floats, part: float, freedom: int) -> Parts:
        """Of answers that each stand for so many homes, and of which this `part` have answered the question:
        as many weigh alike, so many parts.

        Source: Oh and Scheuren 1983, Incomplete Data in Sample Surveys 2, 143-184: each weight a response
        group of its own.
        """
        own, many = np.unique(weights.round(9), return_counts=True)
        n = max(1, round(weights.size * part))
        shares = own * many / weights.sum()
        each = shares**2 * np.maximum(0.0, 1 - 1 / own) / (many * part)
        return cls(shares, each * n / max(1, freedom), each * (1 - part), n, freedom)

    def most_doubt(self, share: float, least: Floats, most: Floats) -> tuple[float, Floats]:
        """The largest variance of a share of the whole, and where it lies: of each part the share, between
        `least` and `most`.

        Source: our own rule, docs/methods.md; by Lagrange: parts add as much doubt for the next answer, each
        as far as its limits let it.
        """
        spread = np.maximum(self.spread, 1e-9 * self.shares + HAIR)
        bend = 2 * np.maximum(spread - self.tilt, HAIR)
        pull = spread - 2 * self.tilt * share

        def at(price: float) -> Floats:
            found: Floats = np.clip((pull - price * self.shares) / bend, least, most)
            return found

        def above(price: float) -> float:
            return float(self.shares @ at(price)) - share

        low, high = float(((pull - bend) / self.shares).min()), float((pull / self.shares).max())
        # The ends are all parts at their most, and all at their least.
        inside = above(low) > HAIR and above(high) < -HAIR
        price = low if above(high) < -HAIR else high
        if inside:
            price = scipy.optimize.brentq(above, low, high, xtol=1e-18, rtol=1e-15)
        each = at(price)
        variance = self.spread * each * (1 - each) + self.tilt * (each - share) ** 2
        return float(variance.sum()), each

    def most_doubt_of_scores(self, variance: float, most: float) -> float:
        """The largest variance of a mean of scores that vary by so much in the whole, in no part by more than
        `most`.

        Source: our own rule, docs/methods.md: as much of it as can be where it counts most.
        """
        price = self.spread / self.shares
        left, found = variance, 0.0
        for part in np.argsort(-price).tolist():
            taken = min(left, most * float(self.shares[part]))
            found += taken * float(price[part])
            left -= taken
        return found


@dataclass(frozen=True)
class ToldShare:
    """A share that is told rounded: it lies in `low`..`high`. `least`, `most`: between which numbers of good
    answers the own bar of each estate leaves it."""

    value: float
    low: float
    high: float
    strata: Strata
    least: Floats
    most: Floats

    def by_dwellings(self, level: float = LEVEL) -> Interval:
        """The widest interval that `stratified_share` would make of answers that fit what is told.

        Source: see `stratified.stratified_share`; the widest: our own rule, docs/methods.md.
        """
        n = self.strata.n
        bounds = self.least / n, self.most / n
        parts = Parts.of_strata(self.strata)
        sizes = np.where(np.isnan(self.strata.finite), math.inf, np.maximum(self.strata.finite, n))
        whole = None if np.isinf(sizes).any() else float(sizes.sum())
        hidden = self._unlike(sizes, parts.shares, level)
        ends = []
        for share in self._cell(parts, *bounds):
            variance, each = parts.most_doubt(share, *bounds)
            down, up = beta_reach(share, variance, parts, level)
            below, above = _joined(down, hidden[0]), _joined(up, hidden[1])
            alone = self._alone(parts, each, sizes, level)
            half = 0.0 if whole is None else 0.5 / whole
            ends.append((share - max(below, alone[0]) - half, share + max(above, alone[1]) + half))
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        if whole is not None:  # those seen for certain
            seen, unmarked = float(self.least.sum()), float((n - self.most).sum())
            low = max(low, min(self.low, seen / whole))
            high = min(high, max(self.high, 1 - unmarked / whole))
        return self._about(low, high)

    def weighted(self, parts: Parts, level: float = LEVEL) -> Interval:
        """The widest interval that `weighting.Sample.share` would make of such answers with such weights.

        Source: see `weighting.Sample.share`; the widest: our own rule, docs/methods.md.
        """
        n = self.strata.n
        sizes = np.where(np.isnan(self.strata.finite), math.inf, np.maximum(self.strata.finite, n))
        anywhere = np.zeros(parts.shares.size), np.ones(parts.shares.size)
        hidden = self._unlike(sizes, self.strata.weights, level)
        ends = []
        for share in self._cell(parts, *anywhere):
            variance, _ = parts.most_doubt(share, *anywhere)
            down, up = beta_reach(share, variance, parts, level)
            ends.append((share - _joined(down, hidden[0]), share + _joined(up, hidden[1])))
        return self._about(min(low for low, _ in ends), max(high for _, high in ends))

    def fewest(self, cost: Sequence[float]) -> list[int]:
        """Of each estate so many good answers that they stand for as few homes as the share lets them.
        `cost`: homes that one stands for.

        Source: Dantzig 1957, Operations Research 5, 266-277 (those first that make most of the share).
        """
        return _cheapest(self.strata, self.least, self.most, self.low, cost)

    def most_of(self, cost: Sequence[float]) -> list[int]:
        """So many that they stand for as many as it lets them.

        Source: see `fewest`.
        """
        n = self.strata.n
        bad = _cheapest(self.strata, n - self.most, n - self.least, 1 - self.high, cost)
        return [int(own) - few for own, few in zip(n.tolist(), bad, strict=True)]

    def _about(self, low: float, high: float) -> Interval:
        low, high = max(0.0, min(low, self.value)), min(1.0, max(high, self.value))
        return Interval(self.value, low, high, int(self.strata.n.sum()))

    def _cell(self, parts: Parts, least: Floats, most: Floats) -> tuple[float, ...]:
        """Where the share may lie: both ends, and as it is told."""
        bottom, top = float(parts.shares @ least), float(parts.shares @ most)
        return tuple(min(max(share, bottom), top) for share in (self.low, self.value, self.high))

    def _unlike(self, sizes: Floats, shares: Floats, level: float) -> list[tuple[float, float]]:
        """How far down, and up, estates may hide that were all of one mind: those whose bars say so, and all
        of which it may be so."""
        n = self.strata.n
        each = ((self.least >= n, self.most >= n), (self.most <= 0, self.least <= 0))
        whole = n.astype(np.int64)
        return [
            (none_seen(shares, whole, sizes, sure, level), none_seen(shares, whole, sizes, maybe, level))
            for sure, maybe in each
        ]

    def _alone(self, parts: Parts, each: Floats, sizes: Floats, level: float) -> tuple[float, float]:
        """How far it would reach were all estates known but the one that adds most doubt."""
        doubt = parts.spread * each * (1 - each)
        most = int(np.argmax(doubt))
        if doubt[most] <= 0:
            return 0.0, 0.0
        n, share = int(self.strata.n[most]), float(parts.shares[most])
        size = None if math.isinf(sizes[most]) else int(sizes[most])
        down = up = 0.0
        for k in {math.floor(each[most] * n + 1e-9), math.ceil(each[most] * n - 1e-9)}:
            low, high = _exact(k, n, size, level)
            down, up = max(down, share * (k / n - low)), max(up, share * (high - k / n))
        return down, up


def _joined(reach: float, hidden: tuple[float, float]) -> float:
    """With what is surely hidden, or all that may be, whichever is farther."""
    return max(math.hypot(reach, hidden[0]), hidden[1])


def _cheapest(strata: Strata, least: Floats, most: Floats, share: float, cost: Sequence[float]) -> list[int]:
    each = strata.weights / strata.n
    found, left = least.copy(), share - float(each @ least)
    for place in np.argsort(-each / np.asarray(cost), kind="stable").tolist():
        more = math.floor(min(float(most[place] - least[place]), max(0.0, left) / float(each[place])) + 1e-9)
        found[place] += more
        left -= more * float(each[place])
        if more < most[place] - least[place]:
            break  # less than one answer is left
    return [int(own) for own in found.tolist()]


def told_mean(
    value: float, off: float, variance: float, most: float, strata: Strata, known: NDArray[np.bool_]
) -> Interval:
    """The widest interval that `means.mean_interval` would make of scores that fit what is told.

    `off`: how far the mean may have been rounded. `variance`: the most that scores can vary about it in the
    whole, and `most` in one estate. `strata`: of those that are `known`, mean and variance are as their own
    bars tell them; of the others, what there is is not looked at.

    Source: see `means.mean_interval`; the widest: our own rule, docs/methods.md.
    """
    shares, n = strata.weights, strata.n
    means, variances = np.where(known, strata.mean, 0.0), np.where(known, strata.variance, HAIR)
    hidden = float(shares[~known].sum())
    if hidden > 0:
        means[~known] = min(100.0, max(0.0, (value - float(shares @ means)) / hidden))
    about = variances * (n - 1) / n + (means - value) ** 2
    left = max(0.0, variance - float((shares * about)[known].sum()))
    price = shares * (1 - strata.fractions) / np.maximum(n - 1, 1)
    # Those first where it counts most, each as much as it can hold of what the others leave.
    order = np.argsort(np.where(known, 0.0, -price), kind="stable")[: np.count_nonzero(~known)]
    held = most * shares[order]
    still = np.maximum(np.subtract.accumulate(np.concatenate([[left], held]))[:-1], 0.0)
    own = n[order]
    variances[order] += np.minimum(still, held) / shares[order] * own / np.maximum(1.0, own - 1)
    found = mean_interval(replace(strata, mean=means, variance=variances))
    down, up = found.value - found.low + off, found.high - found.value + off
    return Interval(value, max(0.0, value - down), min(100.0, value + up), found.n, found.freedom)


def told_weighted_mean(value: float, off: float, variance: float, most: float, parts: Parts) -> Interval:
    """The same of scores with weights.

    Source: see `weighting.Estimated.score_interval`; the widest: our own rule, docs/methods.md.
    """
    error = math.sqrt(parts.most_doubt_of_scores(variance, most))
    found = Estimated(value, error, error, parts.freedom, parts.n, 1.0).score_interval()
    return replace(found, low=max(0.0, found.low - off), high=min(100.0, found.high + off))


def even_weighted_mean(scores: Floats, parts: Parts) -> Interval:
    """The same of a question of which nothing is told: as if all its answers were as common.

    Source: see `told_weighted_mean`; our own rule, docs/methods.md.
    """
    value = float(scores.mean())
    return told_weighted_mean(value, 0.0, float(scores.var()), float(np.ptp(scores)) ** 2 / 4, parts)


def beta_reach(share: float, variance: float, parts: Parts, level: float = LEVEL) -> tuple[float, float]:
    """How far the interval of Korn and Graubard reaches down and up from a share of this variance.

    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201.
    """
    if variance <= 0 or not 0 < share < 1:
        return 0.0, 0.0
    effective = share * (1 - share) / variance
    quantile = 1 - (1 - level) / 2
    if parts.freedom > 0:
        effective *= float(special.ndtri(quantile) / special.stdtrit(parts.freedom, quantile)) ** 2
    low, high = clopper_pearson(np.asarray([share * effective]), np.asarray([effective]), (1 - level) / 2)
    return share - float(low[0]), float(high[0]) - share


@lru_cache(maxsize=100_000)
def _exact(k: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    low, high = share_interval(k, n, population, level)
    return float(low), float(high)
