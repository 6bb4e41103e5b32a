"""Means of scores in one estate or over several (strata), with finite population correction.

Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2 (one estate) and 5 (strata).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.errors import TooFewAnswers
from reports.inference.estimates import Floats, Interval
from reports.inference.proportions import share_interval
from reports.inference.settings import LEVEL


@dataclass(frozen=True)
class Stratum:
    """Answers of one estate: how many, their mean and sample variance; `population` None when not known."""

    n: int
    mean: float
    variance: float
    population: int | None

    @classmethod
    def of(cls, values: Floats, population: int | None) -> Stratum:
        """TooFewAnswers when there is not one score: nothing is known of the estate then."""
        if not values.size or not np.isfinite(values).all():
            raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
        variance = float(values.var(ddof=1)) if values.size > 1 else 0.0
        return cls(int(values.size), float(values.mean()), variance, population)


def counted(values: Floats, table: NDArray[np.int64], populations: Sequence[int | None]) -> list[Stratum]:
    """Strata from counts, S x V of V values: as `Stratum.of` from each answer by itself. TooFewAnswers."""
    n = table.sum(axis=1)
    if not n.size or n.min() < 1:
        raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
    kinds = (table > 0).sum(axis=1)
    # What all have said is the mean, to the last digit: no spread must come of rounding.
    means = np.where(kinds == 1, values[table.argmax(axis=1)], (table @ values) / n)
    squares = (table * (values - means[:, None]) ** 2).sum(axis=1)
    variances = np.where(kinds == 1, 0.0, squares / np.maximum(n - 1, 1))
    rows = zip(n.tolist(), means.tolist(), variances.tolist(), populations, strict=True)
    return [Stratum(*row) for row in rows]


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

    @classmethod
    def of(cls, strata: Sequence[Stratum]) -> _Columns:
        rows = [(s.n, s.mean, s.variance, np.nan if s.population is None else s.population) for s in strata]
        return cls(*np.asarray(rows, dtype=np.float64).reshape(-1, 4).T)

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
        part = np.minimum(1.0, self.n / np.maximum(self.population, 1))
        return np.where(np.isnan(self.population), 0.0, part)

    @property
    def standard_error(self) -> float:
        return float(np.sqrt((self.weights**2 * self.variance / self.n * (1 - self.fractions)).sum()))


def weights(strata: Sequence[Stratum]) -> Floats:
    """Share of each stratum in the whole: by population when known for all, else by number of answers."""
    return _Columns.of(strata).weights


def standard_error(strata: Sequence[Stratum]) -> float:
    """Standard error of the weighted mean with finite population correction in every stratum."""
    return _Columns.of(strata).standard_error


def mean_interval(strata: list[Stratum], level: float = LEVEL, top: float = 100.0) -> Interval:
    """Weighted mean of scores 0..top with a t interval on n - H degrees of freedom (H strata).

    W the weights, f = n / N:  sum W m  +-  t(n - H) sqrt(sum W^2 s^2 / n (1 - f)); Cochran 1977, (5.14). Near
    an end of the scale scores are skewed, and the mean of a few of them too: there the interval reaches
    as far as the same one on the logit scale does, where that is farther (`skewed`).
    Scores all alike have s = 0, which does not mean that the others are alike too: such an estate adds
    the doubt `_unlike`. Where hardly anybody is missing, the mean of the missing is no mean of many: the
    interval reaches as far as it would if one of them stood at the end of the scale (`_one_missing`). It
    never claims less than is known: those who did not answer lie in 0..top.
    """
    (found,) = mean_intervals(strata, np.ones((1, len(strata)), dtype=np.bool_), level, top)
    return found


def mean_intervals(
    strata: Sequence[Stratum], groups: Groups, level: float = LEVEL, top: float = 100.0
) -> list[Interval]:
    """`mean_interval` of each of these groups of strata, none of them empty."""
    columns = _Columns.of(strata)
    w, seen = columns.weights_in(groups), columns.fractions
    value = w @ columns.mean
    n = groups @ columns.n
    freedom = n - groups.sum(axis=1)
    error = np.sqrt(w**2 @ (columns.variance / columns.n * (1 - seen)))
    t = special.stdtrit(np.maximum(freedom, 1), 1 - (1 - level) / 2)
    half = np.where(freedom > 0, t * error, top)
    unlike = np.zeros(len(strata))
    for i in np.flatnonzero(columns.variance <= 0).tolist():
        unlike[i] = _unlike(strata[i], level)
    down, up = w @ (unlike * columns.mean), w @ (unlike * (top - columns.mean))
    least = w @ (seen * columns.mean)
    most = least + w @ (1 - seen) * top
    below, above = skewed(value / top, half / top)
    one_low, one_high = _one_missing(columns, w, top)
    low = np.maximum(value - np.maximum(np.hypot(below * top, down), one_low), least)
    high = np.minimum(value + np.maximum(np.hypot(above * top, up), one_high), most)
    rows = value.tolist(), low.tolist(), high.tolist(), n.tolist(), freedom.tolist()
    return [Interval(v, lo, hi, int(k), max(int(f), 1)) for v, lo, hi, k, f in zip(*rows, strict=True)]


def skewed(mean: Floats, half: Floats) -> tuple[Floats, Floats]:
    """How far the intervals of means in 0..1 reach down and up: `half`, or more where logit(mean) +- half /
    (mean (1 - mean)) reaches farther, as it does away from the near end of the scale."""
    inside = (half > 0) & (mean > 0) & (mean < 1)
    within = np.where(inside, mean, 0.5)
    centre, wide = special.logit(within), half / (within * (1 - within))
    below = np.where(inside, np.maximum(half, within - special.expit(centre - wide)), half)
    above = np.where(inside, np.maximum(half, special.expit(centre + wide) - within), half)
    return below, above


def _one_missing(columns: _Columns, w: Floats, top: float) -> tuple[Floats, Floats]:
    """How far one dwelling that did not answer can move each group's mean down and up: from where the others
    of its estate stand to the end of the scale. The farthest of the estates where somebody is missing.

    With one to three missing the t interval takes a single draw from skewed scores for a mean. This holds
    whatever they say when one is missing, and when two or three are, unless several stand at the same end.
    """
    missing = (
        columns.population > columns.n
    )  # nobody is where that is not known, or the register is too small
    weight = w * missing / np.where(missing, columns.population, 1.0)
    down: Floats = (weight * columns.mean).max(axis=1, initial=0.0)
    up: Floats = (weight * (top - columns.mean)).max(axis=1, initial=0.0)
    return down, up


def _unlike(stratum: Stratum, level: float) -> float:
    """How large a share of the estate may differ from scores that are all alike: the exact upper limit of a
    share of which none was seen."""
    return float(share_interval(0, stratum.n, stratum.population, level)[1])
