"""Means of scores in one estate or over several (strata), with finite population correction.

Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2 (one estate) and 5 (strata).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.errors import TooFewAnswers
from reports.inference.estimates import Floats, Interval, Ints
from reports.inference.proportions import share_interval
from reports.inference.settings import LEVEL


@dataclass(frozen=True)
class Stratum:
    """Answers of one estate: how many, their mean and sample variance; `population` None when not known.

    `others`: some are of dwellings elsewhere. The population is then what they count for in a total, and they
    are no part of it: there is no finite population correction."""

    n: int
    mean: float
    variance: float
    population: int | None
    others: bool = False

    @property
    def finite(self) -> int | None:
        """Of what the answers are a part; None: not known, endless."""
        return None if self.others else self.population

    @classmethod
    def of(cls, values: Floats, population: int | None, *, others: bool = False) -> Stratum:
        """TooFewAnswers when there is not one score: nothing is known of the estate then.

        Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 2 (s^2 on n - 1).
        """
        # One that is missing makes the sum missing. Sums alone: mean() and var() cost five times as much.
        mean = float(np.add.reduce(values)) / values.size if values.size else math.nan
        if not math.isfinite(mean):
            raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
        n = values.size
        apart = values - mean
        variance = float(np.add.reduce(apart * apart)) / (n - 1) if n > 1 else 0.0
        return cls(n, mean, variance, population, others)

    @classmethod
    def of_each(
        cls, values: Floats, n: Ints, populations: Sequence[int | None], others: Sequence[bool]
    ) -> list[Stratum]:
        """`Stratum.of` of H parts of these values that lie one after the other, `n` in each, 1 or more.

        Source: see `Stratum.of`.
        """
        starts = n.cumsum() - n
        means = np.add.reduceat(values, starts) / n
        apart = values - np.repeat(means, n)
        variances = np.add.reduceat(apart * apart, starts) / np.maximum(n - 1, 1)
        rows = zip(n.tolist(), means.tolist(), variances.tolist(), populations, others, strict=True)
        return [cls(*row) for row in rows]


def counted(
    values: Floats,
    table: NDArray[np.int64],
    populations: Sequence[int | None],
    others: Sequence[bool] | None = None,
) -> list[Stratum]:
    """Strata from counts, S x V: as `Stratum.of` from each answer by itself. TooFewAnswers.

    `values`: the V values, or S x V where they differ between the strata. `others`: see `Stratum`.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 2.
    """
    n, means, variances = (part.tolist() for part in _spread_of(values, table))
    mixed = [False] * len(n) if others is None else others
    rows = zip(n, means, variances, populations, mixed, strict=True)
    return [Stratum(*row) for row in rows]


def _spread_of(values: Floats, table: Ints) -> tuple[Ints, Floats, Floats]:
    """Of each row of counts how many, their mean and their sample variance. TooFewAnswers."""
    n = table.sum(axis=1)
    if not n.size or n.min() < 1:
        raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
    kinds = (table > 0).sum(axis=1)
    # What all have said is the mean, to the last digit: no spread must come of rounding.
    own = np.broadcast_to(values, table.shape)
    only = own[np.arange(n.size), table.argmax(axis=1)]
    means = np.where(kinds == 1, only, (table * own).sum(axis=1) / n)
    squares = (table * (own - means[:, None]) ** 2).sum(axis=1)
    return n, means, np.where(kinds == 1, 0.0, squares / np.maximum(n - 1, 1))


Groups = NDArray[np.bool_]
"""G x H: which of H strata are in which of G groups."""


@dataclass(frozen=True)
class _Columns:
    """Strata side by side, for reckoning with hundreds of them at once."""

    n: Floats
    mean: Floats
    variance: Floats
    population: Floats
    """NaN where it is not known."""
    finite: Floats
    """The same; NaN also where answers of others are among them."""

    @classmethod
    def of(cls, strata: Sequence[Stratum]) -> _Columns:
        sizes = [(s.population, s.finite) for s in strata]
        rows = [
            (s.n, s.mean, s.variance, *(np.nan if size is None else size for size in own))
            for s, own in zip(strata, sizes, strict=True)
        ]
        return cls(*np.asarray(rows, dtype=np.float64).reshape(-1, 5).T)

    @property
    def weights(self) -> Floats:
        (shares,) = self.weights_in(np.ones((1, self.n.size), dtype=np.bool_))
        return np.asarray(shares, dtype=np.float64)

    def weights_in(self, groups: Groups) -> Floats:
        """G x H: each row sums to 1."""
        unknown = np.isnan(self.population)
        dwellings = np.where(unknown, self.n, np.maximum(self.population, self.n))
        sizes = np.where((groups & unknown).any(axis=1, keepdims=True), self.n, dwellings) * groups
        shares: Floats = sizes / sizes.sum(axis=1, keepdims=True)
        return shares

    @property
    def fractions(self) -> Floats:
        """How large a part of each is seen; 0 where that is not known."""
        part = np.minimum(1.0, self.n / np.maximum(self.finite, 1))
        return np.where(np.isnan(self.finite), 0.0, part)

    @property
    def standard_error(self) -> float:
        return float(np.sqrt((self.weights**2 * self.variance / self.n * (1 - self.fractions)).sum()))


def weights(strata: Sequence[Stratum]) -> Floats:
    """Share of each stratum in the whole: by population when known for all, else by number of answers.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5 (W = N_h / N).
    """
    return _Columns.of(strata).weights


def weights_of_sizes(n: Ints, populations: Sequence[int | None]) -> Floats:
    """The same from `n` answers of each population, one by one.

    Source: see `weights`.
    """
    if None in populations:
        return np.asarray(n / n.sum(), np.float64)
    sizes = np.maximum(np.asarray(populations, np.float64), n)
    shares: Floats = sizes / sizes.sum()
    return shares


def standard_error(strata: Sequence[Stratum]) -> float:
    """Standard error of the weighted mean with finite population correction in every stratum: sqrt(sum W^2
    s^2 / n (1 - n / N)).

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5.
    """
    return _Columns.of(strata).standard_error


def mean_interval(strata: list[Stratum], level: float = LEVEL, top: float = 100.0) -> Interval:
    """Weighted mean of scores 0..top with a t interval on n - H degrees of freedom (H strata).

    W the weights, f = n / N:  sum W m  +-  t(n - H) sqrt(sum W^2 s^2 / n (1 - f)); Cochran 1977, (5.14). Near
    an end of the scale scores are skewed, and the mean of a few of them too: there the interval reaches
    as far as the same one on the logit scale does, where that is farther (`skewed`). It reaches at least as
    far as if all strata but one were known, whose own interval is the farthest (`_alone`).
    Scores all alike have s = 0, which does not mean that the others are alike too: such an estate adds
    the doubt `_unlike`. Where hardly anybody is missing, the mean of the missing is no mean of many: the
    interval reaches as far as it would if one of them stood at the end of the scale (`_one_missing`). It
    never claims less than is known: those who did not answer lie in 0..top.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5, (5.14); logit: `skewed`.
    """
    (found,) = mean_intervals(strata, np.ones((1, len(strata)), dtype=np.bool_), level, top)
    return found


def mean_intervals(
    strata: Sequence[Stratum], groups: Groups, level: float = LEVEL, top: float = 100.0
) -> list[Interval]:
    """`mean_interval` of each of these groups of strata, none of them empty.

    Source: see `mean_interval`.
    """
    columns = _Columns.of(strata)
    return _intervals(columns, _Together(columns, groups), level, top)


def means_of_each(
    strata: Sequence[Stratum], level: float = LEVEL, top: float = 100.0, *, variances: Floats | None = None
) -> list[Interval]:
    """`mean_interval` of each of these strata by itself, H intervals. `variances`: H that stand for their
    own.

    Source: see `mean_interval`.
    """
    columns = _Columns.of(strata)
    if variances is not None:
        columns = replace(columns, variance=variances)
    return _intervals(columns, _Each(), level, top)


def means_of_each_counted(
    values: Floats, table: Ints, populations: Sequence[int | None], level: float = LEVEL, top: float = 100.0
) -> list[Interval]:
    """`means_of_each` of `counted`: H intervals from H rows of counts. TooFewAnswers.

    Source: see `mean_interval`.
    """
    n, means, variances = _spread_of(values, table)
    sizes = np.asarray([np.nan if size is None else size for size in populations], np.float64)
    return _intervals(_Columns(n.astype(np.float64), means, variances, sizes, sizes), _Each(), level, top)


def means_of_others(strata: Sequence[Stratum], level: float = LEVEL, top: float = 100.0) -> list[Interval]:
    """`mean_interval` of all strata but one, for each of them: H intervals of H strata, two or more.

    Source: see `mean_interval`.
    """
    columns = _Columns.of(strata)
    return _intervals(columns, _Others(columns), level, top)


def shares_among_others(strata: Sequence[Stratum], marked: NDArray[np.bool_]) -> Floats:
    """For each of these strata (two or more): how much the marked ones weigh in the whole of all others.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5 (W = N_h / N).
    """
    return _Others(_Columns.of(strata)).mean(marked.astype(np.float64))


class _Parts(Protocol):
    """Groups of strata, and sums over each: H values to G."""

    def mean(self, x: Floats) -> Floats:
        """Weighted with the share of each stratum in the group."""

    def squares(self, x: Floats) -> Floats:
        """Weighted with the squares of these shares."""

    def total(self, x: Floats) -> Floats: ...

    def farthest(self, x: Floats) -> Floats:
        """The largest, each times its share; 0 at the least."""


@dataclass(frozen=True)
class _Together:
    columns: _Columns
    groups: Groups

    @cached_property
    def _shares(self) -> Floats:
        return self.columns.weights_in(self.groups)

    def mean(self, x: Floats) -> Floats:
        return self._shares @ x

    def squares(self, x: Floats) -> Floats:
        found: Floats = self._shares**2 @ x
        return found

    def total(self, x: Floats) -> Floats:
        return self.groups @ x

    def farthest(self, x: Floats) -> Floats:
        found: Floats = (self._shares * x).max(axis=1, initial=0.0)
        return found


class _Each:
    def mean(self, x: Floats) -> Floats:
        return x

    squares = total = mean

    def farthest(self, x: Floats) -> Floats:
        return np.maximum(x, 0.0)


class _Others:
    """All but one: sums from both ends, so that the work grows with the strata and not with their square."""

    def __init__(self, columns: _Columns) -> None:
        unknown = np.isnan(columns.population)
        all_known = others(unknown.astype(np.float64)) == 0
        dwellings = np.where(unknown, columns.n, np.maximum(columns.population, columns.n))
        self._ways = [(dwellings, all_known), (columns.n, ~all_known)]

    def _of_sizes(self, reckon: Callable[[Floats], Floats], power: int = 1) -> Floats:
        found = np.zeros(self._ways[0][0].size)
        for sizes, here in self._ways:
            if here.any():
                found[here] = (reckon(sizes**power) / others(sizes) ** power)[here]
        return found

    def mean(self, x: Floats) -> Floats:
        return self._of_sizes(lambda sizes: others(sizes * x))

    def squares(self, x: Floats) -> Floats:
        return self._of_sizes(lambda squares: others(squares * x), 2)

    def total(self, x: Floats) -> Floats:
        return others(x)

    def farthest(self, x: Floats) -> Floats:
        return self._of_sizes(lambda sizes: others(sizes * x, np.maximum))


def others(x: Floats, join: np.ufunc = np.add) -> Floats:
    """For each of H values from 0 up what all the others come to: their sum, or with `np.maximum` their
    largest. Nothing is subtracted, so nothing cancels.

    Source: a definition; nothing is estimated.
    """
    before, after = np.zeros(x.size), np.zeros(x.size)
    before[1:] = join.accumulate(x[:-1])
    after[:-1] = join.accumulate(x[:0:-1])[::-1]
    found: Floats = join(before, after)
    return found


def _intervals(columns: _Columns, parts: _Parts, level: float, top: float) -> list[Interval]:
    seen = columns.fractions
    value = parts.mean(columns.mean)
    n = parts.total(columns.n)
    freedom = n - parts.total(np.ones_like(columns.n))
    error = np.sqrt(parts.squares(columns.variance / columns.n * (1 - seen)))
    t = special.stdtrit(np.maximum(freedom, 1), 1 - (1 - level) / 2)
    half = np.where(freedom > 0, t * error, top)
    unlike = _unlike(columns, level)
    down, up = parts.mean(unlike * columns.mean), parts.mean(unlike * (top - columns.mean))
    least = parts.mean(seen * columns.mean)
    most = least + parts.mean(1 - seen) * top
    below, above = skewed(value / top, half / top)
    # The whole is no surer than if all its estates but one were known.
    alone_below, alone_above = _alone(columns, level, top)
    below = np.maximum(below, parts.farthest(alone_below))
    above = np.maximum(above, parts.farthest(alone_above))
    one_low, one_high = _one_missing(columns, parts, top)
    low = np.maximum(value - np.maximum(np.hypot(below * top, down), one_low), least)
    high = np.minimum(value + np.maximum(np.hypot(above * top, up), one_high), most)
    rows = value.tolist(), low.tolist(), high.tolist(), n.tolist(), freedom.tolist()
    return [Interval(v, lo, hi, int(k), max(int(f), 1)) for v, lo, hi, k, f in zip(*rows, strict=True)]


def skewed(mean: Floats, half: Floats) -> tuple[Floats, Floats]:
    """How far the intervals of means in 0..1 reach down and up: `half`, or more where logit(mean) +- half /
    (mean (1 - mean)) reaches farther, as it does away from the near end of the scale.

    Source: the logit interval, Korn and Graubard 1998, Survey Methodology 24, 193-201.
    """
    inside = (half > 0) & (mean > 0) & (mean < 1)
    within = np.where(inside, mean, 0.5)
    centre, wide = special.logit(within), half / (within * (1 - within))
    below = np.where(inside, np.maximum(half, within - special.expit(centre - wide)), half)
    above = np.where(inside, np.maximum(half, special.expit(centre + wide) - within), half)
    return below, above


def _alone(columns: _Columns, level: float, top: float) -> tuple[Floats, Floats]:
    """How far each estate's own interval reaches down and up, as parts of the scale.

    Where a few answers of one large estate carry nearly all of the variance, n - H degrees of freedom are
    those of the others and say nothing of it.
    """
    several = columns.n > 1
    t = special.stdtrit(np.where(several, columns.n - 1, 1), 1 - (1 - level) / 2)
    half = np.where(several, t * np.sqrt(columns.variance / columns.n * (1 - columns.fractions)), 0.0)
    return skewed(columns.mean / top, half / top)


def _one_missing(columns: _Columns, parts: _Parts, top: float) -> tuple[Floats, Floats]:
    """How far one dwelling that did not answer can move each group's mean down and up: from where the others
    of its estate stand to the end of the scale. The farthest of the estates where somebody is missing.

    With one to three missing the t interval takes a single draw from skewed scores for a mean. This holds
    whatever they say when one is missing, and when two or three are, unless several stand at the same end.
    """
    # Nobody is missing where that is not known, or the register is too small.
    missing = columns.finite > columns.n
    weight = missing / np.where(missing, columns.finite, 1.0)
    return parts.farthest(weight * columns.mean), parts.farthest(weight * (top - columns.mean))


def _unlike(columns: _Columns, level: float) -> Floats:
    """How large a share of each estate may differ from scores that are all alike: the exact upper limit of a
    share of which none was seen; 0 where the scores are not all alike."""
    found = np.zeros(columns.n.size)
    alike = np.flatnonzero(columns.variance <= 0)
    if alike.size:
        found[alike] = share_interval(0, columns.n[alike], columns.finite[alike], level)[1]
    return found
