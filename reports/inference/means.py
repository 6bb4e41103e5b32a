"""Means of scores in one estate or over several (strata), with finite population correction.

Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2 (one estate) and 5 (strata).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.inference.estimates import Floats, Interval, Intervals, Ints
from reports.inference.proportions import share_interval
from reports.inference.settings import LEVEL
from reports.inference.strata import Groups, SomeStrata, Strata, counted


def mean_interval(strata: SomeStrata, level: float = LEVEL, top: float = 100.0) -> Interval:
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
    strata: SomeStrata, groups: Groups, level: float = LEVEL, top: float = 100.0
) -> list[Interval]:
    """`mean_interval` of each of these groups of strata, none of them empty.

    Source: see `mean_interval`.
    """
    columns = Strata.of(strata)
    return _intervals(columns, _Together(columns, groups), level, top).rows()


def means_of_each(
    strata: SomeStrata, level: float = LEVEL, top: float = 100.0, *, variances: Floats | None = None
) -> Intervals:
    """`mean_interval` of each of these strata by itself, H intervals. `variances`: H that stand for their
    own.

    Source: see `mean_interval`.
    """
    columns = Strata.of(strata)
    if variances is not None:
        columns = replace(columns, variance=variances)
    return _intervals(columns, _Each(), level, top)


def means_of_each_counted(
    values: Floats,
    table: Ints,
    populations: Sequence[int | None] | Floats,
    level: float = LEVEL,
    top: float = 100.0,
) -> Intervals:
    """`means_of_each` of `counted`: H intervals from H rows of counts. TooFewAnswers.

    Source: see `mean_interval`.
    """
    return means_of_each(counted(values, table, populations), level, top)


def means_of_others(strata: SomeStrata, level: float = LEVEL, top: float = 100.0) -> Intervals:
    """`mean_interval` of all strata but one, for each of them: H intervals of H strata, two or more.

    Source: see `mean_interval`.
    """
    columns = Strata.of(strata)
    return _intervals(columns, _Others(columns), level, top)


def shares_among_others(strata: SomeStrata, marked: NDArray[np.bool_]) -> Floats:
    """For each of these strata (two or more): how much the marked ones weigh in the whole of all others.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5 (W = N_h / N).
    """
    return _Others(Strata.of(strata)).mean(marked.astype(np.float64))


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
    columns: Strata
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

    def __init__(self, columns: Strata) -> None:
        unknown = np.isnan(columns.population)
        all_known = others(unknown.astype(np.float64)) == 0
        self._ways = [(columns.dwellings, all_known), (columns.n, ~all_known)]

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


def _intervals(columns: Strata, parts: _Parts, level: float, top: float) -> Intervals:
    seen = columns.fractions
    value = parts.mean(columns.mean)
    n = parts.total(columns.n)
    freedom = n - parts.total(np.ones_like(columns.n))
    variance = parts.squares(columns.variance / columns.n * (1 - seen))
    if (own := columns.of_parts) is not None:
        variance = variance + _spread_between(parts, own, columns.mean, value)
    error = np.sqrt(variance)
    t = _t_of_whole(np.maximum(freedom, 1), level)
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
    return Intervals(value, low, high, n.astype(np.int64), np.maximum(freedom, 1), np.zeros_like(value))


def _spread_between(parts: _Parts, of_parts: Floats, means: Floats, value: Floats) -> Floats:
    """What `of_parts` adds to the variance of each group, whose mean is `value`."""
    squares, cross, ones = (parts.squares(of_parts * x) for x in (means**2, means, np.ones_like(means)))
    found: Floats = np.maximum(squares - 2 * value * cross + value**2 * ones, 0.0)
    return found


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


def _alone(columns: Strata, level: float, top: float) -> tuple[Floats, Floats]:
    """How far each estate's own interval reaches down and up, as parts of the scale.

    Where a few answers of one large estate carry nearly all of the variance, n - H degrees of freedom are
    those of the others and say nothing of it.
    """
    several = columns.n > 1
    t = _t_of_whole(np.where(several, columns.n - 1, 1), level)
    half = np.where(several, t * np.sqrt(columns.variance / columns.n * (1 - columns.fractions)), 0.0)
    return skewed(columns.mean / top, half / top)


def _one_missing(columns: Strata, parts: _Parts, top: float) -> tuple[Floats, Floats]:
    """How far one dwelling that did not answer can move each group's mean down and up: from where the others
    of its estate stand to the end of the scale. The farthest of the estates where somebody is missing.

    With one to three missing the t interval takes a single draw from skewed scores for a mean. This holds
    whatever they say when one is missing, and when two or three are, unless several stand at the same end.
    """
    # Nobody is missing where that is not known, or the register is too small.
    missing = columns.finite > columns.n
    weight = missing / np.where(missing, columns.finite, 1.0)
    return parts.farthest(weight * columns.mean), parts.farthest(weight * (top - columns.mean))


def _unlike(columns: Strata, level: float) -> Floats:
    """How large a share of each estate may differ from scores that are all alike: the exact upper limit of a
    share of which none was seen; 0 where the scores are not all alike."""
    found = np.zeros(columns.n.size)
    alike = np.flatnonzero(columns.variance <= 0)
    if alike.size:
        found[alike] = share_interval(0, columns.n[alike], columns.finite[alike], level)[1]
    return found


TABLED = 1000


def _t_of_whole(freedom: Floats, level: float) -> Floats:
    """Two-sided quantiles of t; `freedom`: whole numbers from 1. To solve for each anew takes longer than all
    else of an interval: those of up to TABLED are solved for once."""
    few = np.minimum(freedom, TABLED).astype(np.int64)
    found: Floats = _t_table(level)[few]
    many = freedom > TABLED
    if many.any():
        found[many] = special.stdtrit(freedom[many], 1 - (1 - level) / 2)
    return found


@cache
def _t_table(level: float) -> Floats:
    found: Floats = special.stdtrit(np.maximum(np.arange(TABLED + 1.0), 1), 1 - (1 - level) / 2)
    return found
