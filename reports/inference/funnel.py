"""Estates beside one another without ranks: how far from the whole an estate of this size may lie by chance.

Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, with finite population limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from reports.errors import BadDesign, NoSpread, TooFewAnswers
from reports.inference.means import Stratum, weights
from reports.inference.settings import FEWEST_ESTATES, FUNNEL_LIMITS

Place = Literal["within", "above", "below"]


@dataclass(frozen=True)
class Placed:
    """One estate in the funnel. `limits`: (low, high) for each of FUNNEL_LIMITS; `place` by the outermost."""

    value: float
    n: int
    limits: tuple[tuple[float, float], ...]
    place: Place


@dataclass(frozen=True)
class Funnel:
    whole: float
    """What the limits are drawn about: the figure of all estates, by their dwellings."""
    placed: tuple[Placed, ...]
    dispersion: float
    """How much more the estates spread than chance alone would: 1 is chance (Spiegelhalter's phi)."""


def share_funnel(k: ArrayLike, n: ArrayLike, population: Sequence[int | None]) -> Funnel:
    """Of k of n answers in each estate. Limits: quantiles of the hypergeometric number of good answers among
    n of N dwellings of which the whole's share is good; of the binomial where N is not known."""
    ks, ns = np.asarray(k, np.int64), np.asarray(n, np.int64)
    if (
        ks.shape != ns.shape
        or len(population) != ks.size
        or (ks < 0).any()
        or (ks > ns).any()
        or (ns < 1).any()
    ):
        raise BadDesign("each estate needs k of n answers, and its dwellings or None")
    _enough(ks.size)
    strata = [
        Stratum(int(b), a / b, 0.0, size)
        for a, b, size in zip(ks.tolist(), ns.tolist(), population, strict=True)
    ]
    whole = float(weights(strata) @ (ks / ns))
    placed, scores = [], []
    for stratum, a in zip(strata, ks.tolist(), strict=True):
        mean, spread, limits = _by_chance(stratum, whole)
        placed.append(_placed(a / stratum.n, stratum.n, limits))
        if spread > 0:
            scores.append((a - mean) / spread)
    return Funnel(whole, tuple(placed), _dispersion(scores))


def mean_funnel(strata: Sequence[Stratum], top: float = 100.0) -> Funnel:
    """Of mean scores. Limits: whole +- z s sqrt((1 - n / N) / n), s the spread within all estates together.

    NoSpread: everybody within every estate answered alike.
    """
    _enough(len(strata))
    freedom = sum(s.n - 1 for s in strata)
    within = sum((s.n - 1) * s.variance for s in strata) / max(freedom, 1)
    if within <= 0:
        raise NoSpread("within each estate all answered alike: there is no chance to draw limits by")
    whole = float(weights(list(strata)) @ np.asarray([s.mean for s in strata]))
    placed, scores = [], []
    for s in strata:
        left = 1.0 if s.population is None else max(0.0, 1 - s.n / max(s.population, 1))
        error = float(np.sqrt(within * left / s.n))
        limits = tuple(
            (max(0.0, whole - z * error), min(top, whole + z * error))
            for z in (float(special.ndtri(1 - (1 - level) / 2)) for level in FUNNEL_LIMITS)
        )
        placed.append(_placed(s.mean, s.n, limits))
        if error > 0:
            scores.append((s.mean - whole) / error)
    return Funnel(whole, tuple(placed), _dispersion(scores))


def _by_chance(stratum: Stratum, whole: float) -> tuple[float, float, tuple[tuple[float, float], ...]]:
    """Mean and spread of the number of good answers, and the limits of their share, by chance alone."""
    n = stratum.n
    tails = [((1 - level) / 2, 1 - (1 - level) / 2) for level in FUNNEL_LIMITS]
    if stratum.population is None:
        ends = [[float(stats.binom.ppf(q, n, whole)) / n for q in pair] for pair in tails]
        return n * whole, float(np.sqrt(n * whole * (1 - whole))), tuple((low, high) for low, high in ends)
    size = max(stratum.population, n)
    marked = int(np.floor(whole * size + 0.5))
    ends = [[float(stats.hypergeom.ppf(q, size, marked, n)) / n for q in pair] for pair in tails]
    part = marked / size
    spread = float(np.sqrt(n * part * (1 - part) * (size - n) / max(size - 1, 1)))
    return n * part, spread, tuple((low, high) for low, high in ends)


def _placed(value: float, n: int, limits: tuple[tuple[float, float], ...]) -> Placed:
    low, high = limits[-1]
    place: Place = "above" if value > high + 1e-9 else "below" if value < low - 1e-9 else "within"
    return Placed(value, n, limits, place)


def _dispersion(scores: Sequence[float]) -> float:
    """Mean square of the z scores, the outermost tenth at each end drawn in to the next (winsorised)."""
    if not scores:
        return 1.0
    low, high = np.quantile(scores, [0.1, 0.9])
    return float((np.clip(scores, low, high) ** 2).mean())


def _enough(estates: int) -> None:
    if estates < FEWEST_ESTATES:
        raise TooFewAnswers(f"a funnel needs {FEWEST_ESTATES} estates")
