"""Shares over several estates, each counted by itself (strata).

Exact in one estate; over several the beta interval on the effective sample size (Korn and Graubard 1998).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from reports.inference.estimates import Interval
from reports.inference.means import Stratum, standard_error, weights
from reports.inference.proportions import clopper_pearson, share_interval
from reports.inference.settings import LEVEL


def stratified_share(
    k: list[int], n: list[int], population: list[int | None], level: float = LEVEL
) -> Interval:
    """Share over one or several estates, each counted k of n.

    One estate: exact. Several: weighted mean of the estates' shares, beta interval on the effective sample
    size; exact on the pooled counts where there is no spread.

    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201; one estate: `share_interval`.
    """
    strata = [
        Stratum(ni, ki / ni, ki * (ni - ki) / ni / max(ni - 1, 1), size)
        for ki, ni, size in zip(k, n, population, strict=True)
    ]
    drawn, seen = sum(n), sum(k)
    known = [size for size in population if size is not None]
    whole = sum(max(s, ni) for s, ni in zip(known, n, strict=True)) if len(known) == len(n) else None
    value = float(weights(strata) @ np.asarray([s.mean for s in strata]))
    error = standard_error(strata) if len(strata) > 1 else 0.0
    if error == 0:
        low, high = _exact(seen, drawn, whole, level)
        if len(strata) == 1:
            return Interval(seen / drawn, low, high, drawn, step=1 / whole if whole else 0.0)
        return Interval(value, min(value, low), max(value, high), drawn)
    # Effective size, shrunk for the estimated variance as in Korn and Graubard.
    effective = value * (1 - value) / error**2
    freedom = drawn - len(strata)
    quantile = 1 - (1 - level) / 2
    if freedom > 0:
        effective *= (special.ndtri(quantile) / special.stdtrit(freedom, quantile)) ** 2
    beta_low, beta_high = clopper_pearson(
        np.asarray([value * effective]), np.asarray([effective]), (1 - level) / 2
    )
    if whole is not None:  # the marked and unmarked we saw are there for certain
        beta_low = np.maximum(beta_low, min(value, seen / whole))
        beta_high = np.minimum(beta_high, max(value, 1 - (drawn - seen) / whole))
    return Interval(value, float(beta_low[0]), float(beta_high[0]), drawn)


@lru_cache(maxsize=100_000)
def _exact(k: int, n: int, population: int | None, level: float) -> tuple[float, float]:
    """Kept: the estates of a round ask for the same few again and again."""
    low, high = share_interval(k, n, population, level)
    return float(low), float(high)
