"""Estates beside one another without ranks: how far from the whole an estate of this size may lie by chance.

Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, with finite population limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy import special

from reports.errors import BadDesign, TooFewAnswers
from reports.inference.multiplicity import holm
from reports.inference.settings import FEWEST_ESTATES, FUNNEL_LIMITS
from reports.inference.strata import Stratum, weights

Place = Literal["within", "above", "below"]


@dataclass(frozen=True)
class Placed:
    """One estate in the funnel. `limits`: (low, high) for each of FUNNEL_LIMITS. `place`: beyond the
    outermost of them and by Holm's test over all the estates, else within: of many estates one lies out by
    chance."""

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
    n of N dwellings of which the whole's share is good; of the binomial where N is not known.

    Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202; limits of a finite population: the
    hypergeometric.
    """
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
    # Estates of one size have the same limits, and those with as many good answers the same odds.
    sizes = {(stratum.n, stratum.population): stratum for stratum in strata}
    chance = {size: _by_chance(stratum, whole) for size, stratum in sizes.items()}
    odds: dict[tuple[int, int | None, int], float] = {}
    rows, ps, scores = [], [], []
    for stratum, a in zip(strata, ks.tolist(), strict=True):
        mean, spread, limits = chance[stratum.n, stratum.population]
        rows.append((a / stratum.n, stratum.n, limits))
        key = stratum.n, stratum.population, a
        if key not in odds:
            odds[key] = _two_sided(stratum, whole, a)
        ps.append(odds[key])
        if spread > 0:
            scores.append((a - mean) / spread)
    return Funnel(whole, _placed(rows, ps), _dispersion(scores))


def score_limits(
    whole: float, spread: float, n: int, population: int | None, top: float = 100.0
) -> tuple[tuple[float, float], ...]:
    """(low, high) for each of FUNNEL_LIMITS, of the mean of n scores: whole +- z s sqrt((1 - n / N) / n).

    `spread`: standard deviation s of scores within estates. Never beyond 0..top; whole and s in its unit.

    Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202; Cochran 1977, ch. 2 (1 - n / N).
    """
    left = 1.0 if population is None else max(0.0, 1 - n / max(population, 1))
    error = float(spread * np.sqrt(left / n))
    quantiles = [float(special.ndtri(1 - (1 - level) / 2)) for level in FUNNEL_LIMITS]
    return tuple((max(0.0, whole - z * error), min(top, whole + z * error)) for z in quantiles)


def _by_chance(stratum: Stratum, whole: float) -> tuple[float, float, tuple[tuple[float, float], ...]]:
    """Mean and spread of the number of good answers, and the limits of their share, by chance alone."""
    n = stratum.n
    tails = [((1 - level) / 2, 1 - (1 - level) / 2) for level in FUNNEL_LIMITS]
    if stratum.population is None:
        ends = [[float(scipy.stats.binom.ppf(q, n, whole)) / n for q in pair] for pair in tails]
        return n * whole, float(np.sqrt(n * whole * (1 - whole))), tuple((low, high) for low, high in ends)
    size = max(stratum.population, n)
    marked = int(np.floor(whole * size + 0.5))
    ends = [[float(scipy.stats.hypergeom.ppf(q, size, marked, n)) / n for q in pair] for pair in tails]
    part = marked / size
    spread = float(np.sqrt(n * part * (1 - part) * (size - n) / max(size - 1, 1)))
    return n * part, spread, tuple((low, high) for low, high in ends)


def _two_sided(stratum: Stratum, whole: float, k: int) -> float:
    """Twice the smaller tail of the number of good answers, by chance alone."""
    n = stratum.n
    if stratum.population is None:
        tails = scipy.stats.binom.cdf(k, n, whole), scipy.stats.binom.sf(k - 1, n, whole)
    else:
        size = max(stratum.population, n)
        drawn = size, int(np.floor(whole * size + 0.5)), n
        tails = scipy.stats.hypergeom.cdf(k, *drawn), scipy.stats.hypergeom.sf(k - 1, *drawn)
    return min(1.0, 2 * float(min(tails)))


def _placed(
    rows: Sequence[tuple[float, int, tuple[tuple[float, float], ...]]], ps: Sequence[float]
) -> tuple[Placed, ...]:
    """`rows`: value, n and limits of each estate; `ps`: how likely by chance alone."""
    placed = []
    for (value, n, limits), sure in zip(rows, holm(ps), strict=True):
        low, high = limits[-1]
        place: Place = "within"
        if sure and value > high + 1e-9:
            place = "above"
        elif sure and value < low - 1e-9:
            place = "below"
        placed.append(Placed(value, n, limits, place))
    return tuple(placed)


def _dispersion(scores: Sequence[float]) -> float:
    """Mean square of the z scores, the outermost tenth at each end drawn in to the next (winsorised)."""
    if not scores:
        return 1.0
    low, high = np.quantile(scores, [0.1, 0.9])
    return float((np.clip(scores, low, high) ** 2).mean())


def _enough(estates: int) -> None:
    if estates < FEWEST_ESTATES:
        raise TooFewAnswers(f"a funnel needs {FEWEST_ESTATES} estates")
