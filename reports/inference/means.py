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
        unknown = bool(np.isnan(self.population).any())
        sizes: Floats = self.n if unknown else np.maximum(self.population, self.n)
        shares: Floats = sizes / sizes.sum()
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
    as far as the same one on the logit scale does, where that is farther (`_skewed`).
    Scores all alike have s = 0, which does not mean that the others are alike too: such an estate adds
    the doubt `_unlike`. The interval never claims less than is known: those who did not answer lie in 0..top.
    """
    columns = _Columns.of(strata)
    w, seen = columns.weights, columns.fractions
    value = float(w @ columns.mean)
    n = int(columns.n.sum())
    freedom = n - len(strata)
    half = (
        float(special.stdtrit(freedom, 1 - (1 - level) / 2)) * columns.standard_error if freedom > 0 else top
    )
    alike = np.flatnonzero(columns.variance <= 0).tolist()
    unlike = np.zeros(len(strata))
    unlike[alike] = [w[i] * _unlike(strata[i], level) for i in alike]
    down, up = float(unlike @ columns.mean), float(unlike @ (top - columns.mean))
    least = float((w * seen) @ columns.mean)
    unseen = float(w @ (1 - seen))
    below, above = _skewed(value / top, half / top)
    low, high = value - float(np.hypot(below * top, down)), value + float(np.hypot(above * top, up))
    return Interval(value, max(low, least), min(high, least + unseen * top), n, max(freedom, 1))


def _skewed(mean: float, half: float) -> tuple[float, float]:
    """How far the interval of a mean in 0..1 reaches down and up: `half`, or more where logit(mean) +- half /
    (mean (1 - mean)) reaches farther, as it does away from the near end of the scale."""
    if half == 0 or not 0 < mean < 1:
        return half, half
    centre, wide = special.logit(mean), half / (mean * (1 - mean))
    low, high = special.expit(centre - wide), special.expit(centre + wide)
    return max(half, mean - float(low)), max(half, float(high) - mean)


def _unlike(stratum: Stratum, level: float) -> float:
    """How large a share of the estate may differ from scores that are all alike: the exact upper limit of a
    share of which none was seen."""
    return float(share_interval(0, stratum.n, stratum.population, level)[1])
