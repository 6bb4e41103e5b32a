"""Means of scores in one estate or over several (strata), with finite population correction.

Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2 (one estate) and 5 (strata).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
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


def weights(strata: list[Stratum]) -> Floats:
    """Share of each stratum in the whole: by population when known for all, else by number of answers."""
    sizes = [s.population if s.population is not None else 0 for s in strata]
    if any(s.population is None for s in strata):
        sizes = [s.n for s in strata]
    else:
        sizes = [max(size, s.n) for size, s in zip(sizes, strata, strict=True)]
    total = np.asarray(sizes, dtype=np.float64)
    shares: Floats = total / total.sum()
    return shares


def standard_error(strata: list[Stratum]) -> float:
    """Standard error of the weighted mean with finite population correction in every stratum."""
    parts = [
        w**2 * s.variance / s.n * (1 - _fraction(s))
        for w, s in zip(weights(strata).tolist(), strata, strict=True)
    ]
    return float(np.sqrt(sum(parts)))


def _fraction(stratum: Stratum) -> float:
    return 0.0 if stratum.population is None else min(1.0, stratum.n / max(stratum.population, 1))


def mean_interval(strata: list[Stratum], level: float = LEVEL, top: float = 100.0) -> Interval:
    """Weighted mean of scores 0..top with a t interval on n - H degrees of freedom (H strata).

    W the weights, f = n / N:  sum W m  +-  t(n - H) sqrt(sum W^2 s^2 / n (1 - f)); Cochran 1977, (5.14). Near
    an end of the scale scores are skewed, and the mean of a few of them too: there the interval reaches
    as far as the same one on the logit scale does, where that is farther (`_skewed`).
    Scores all alike have s = 0, which does not mean that the others are alike too: such an estate adds
    the doubt `_unlike`. The interval never claims less than is known: those who did not answer lie in 0..top.
    """
    w = weights(strata).tolist()
    value = float(sum(wi * s.mean for wi, s in zip(w, strata, strict=True)))
    n = sum(s.n for s in strata)
    freedom = n - len(strata)
    half = (
        float(special.stdtrit(freedom, 1 - (1 - level) / 2)) * standard_error(strata) if freedom > 0 else top
    )
    unlike = [wi * _unlike(s, level) for wi, s in zip(w, strata, strict=True)]
    down = sum(u * s.mean for u, s in zip(unlike, strata, strict=True))
    up = sum(u * (top - s.mean) for u, s in zip(unlike, strata, strict=True))
    seen = [_fraction(s) for s in strata]
    least = float(sum(wi * f * s.mean for wi, f, s in zip(w, seen, strata, strict=True)))
    unseen = float(sum(wi * (1 - f) for wi, f in zip(w, seen, strict=True)))
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
    share of which none was seen. 0 where the scores have a spread of their own to go by."""
    if stratum.variance > 0:
        return 0.0
    return float(share_interval(0, stratum.n, stratum.population, level)[1])
