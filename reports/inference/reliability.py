"""How far the items of one score measure one thing: alpha, omega, and item by item.

- alpha: Cronbach 1951; its interval: Feldt 1965; Feldt, Woodruff and Salih 1987
- omega total: McDonald 1999, ch. 6, from one factor fitted by least squares to the correlations (minres,
  Harman and Jones 1966); its interval: percentile bootstrap (Kelley and Pornprasertmanit
  2016), of more than MOST_REDRAWN people the parametric one
Covariances are pairwise: a person counts for every pair of items that both have an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.errors import NoSpread, TooFewAnswers
from reports.inference.estimates import Floats, Interval
from reports.inference.settings import (
    BOOTSTRAPS,
    FACTOR_TOLERANCE,
    FEWEST_FOR_RELIABILITY,
    LEVEL,
    REDRAWN_TOLERANCE,
    SEED,
)

SWEEPS = 5000
PEOPLE_IN_A_BLOCK = 20_000
"""Whose scores are reckoned with at once: they fit the processor's own memory."""
MOST_REDRAWN = 2000
"""Of more people, covariances are redrawn (Wishart), not the people: the time no longer grows with them."""
PEOPLE_AT_ONCE = 1000
"""Bounds the memory of the bootstrap."""
CODED_AT_ONCE = 8192
"""People whose codes are looked up at once."""
CODES = 256


@dataclass(frozen=True)
class ItemReliability:
    n: int
    mean: float
    spread: float
    """Standard deviation."""
    rest: float
    """Correlation with the sum of the other items."""
    alpha_without: float | None
    """Alpha of the others; None when only one is left."""
    turned: bool
    """Surely correlates negatively with the rest: reversed codes forgotten?"""


@dataclass(frozen=True)
class Reliability:
    alpha: Interval
    standardised: float
    """Alpha of the correlations."""
    between: float
    """Mean correlation of two items."""
    omega: Interval | None
    """None with fewer than three items: one factor cannot be told from two correlated items."""
    items: tuple[ItemReliability, ...]


def reliability(scores: ArrayLike, level: float = LEVEL, *, redrawn: bool = True) -> Reliability:
    """Of one score a person and item (people x items, NaN where not answered), turned round where marked.
    `redrawn`: with omega, whose interval draws people anew and takes most of the time.

    Alpha: p / (p - 1) (1 - sum of variances / variance of the sum); of the correlations where standardised.
    TooFewAnswers: fewer than two items, or FEWEST_FOR_RELIABILITY people for some pair of items. NoSpread: an
    item that all answered alike.

    Source: Cronbach 1951, Psychometrika 16, 297-334; `alpha_interval`, `omega_total`.
    """
    x = np.asarray(scores, np.float64)
    if x.ndim != 2 or x.shape[1] < 2:
        raise TooFewAnswers("reliability needs at least two items")
    pairs, means, covariance = pairwise_covariance(x)
    n = int(pairs.min())
    if n < FEWEST_FOR_RELIABILITY:
        raise TooFewAnswers(
            f"only {n} people answered some pair of the items; reliability needs {FEWEST_FOR_RELIABILITY}"
        )
    if (np.diag(covariance) <= 1e-12).any():
        raise NoSpread("an item was answered alike by all; leave it out")
    p = x.shape[1]
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    rest = (covariance.sum(axis=1) - np.diag(covariance)) / deviations
    others = covariance.sum() - 2 * covariance.sum(axis=1) + np.diag(covariance)
    with np.errstate(invalid="ignore"):
        rest = np.where(others > 0, rest / np.sqrt(np.maximum(others, 1e-300)), 0.0)
    critical = float(special.ndtri(1 - (1 - level) / 2)) / np.sqrt(max(n - 3, 1))
    answered = np.diag(pairs)
    rows = []
    for i in range(p):
        left = np.delete(np.delete(covariance, i, 0), i, 1)
        rows.append(
            ItemReliability(
                n=int(answered[i]),
                mean=float(means[i]),
                spread=float(deviations[i]),
                rest=float(rest[i]),
                alpha_without=_alpha(left) if p > 2 else None,
                turned=bool(np.arctanh(np.clip(rest[i], -0.999999, 0.999999)) < -critical),
            )
        )
    return Reliability(
        alpha=alpha_interval(_alpha(covariance), n, p, level),
        standardised=_alpha(correlation),
        between=float((correlation.sum() - p) / (p * (p - 1))),
        omega=_omega_interval(x, covariance, n, level) if p > 2 and redrawn else None,
        items=tuple(rows),
    )


def _alpha(covariance: Floats) -> float:
    """p / (p - 1) (1 - sum of variances / variance of the sum)."""
    p = covariance.shape[0]
    whole = covariance.sum()
    if whole <= 0:  # items that cancel each other measure nothing together
        return 0.0
    return float(p / (p - 1) * (1 - np.trace(covariance) / whole))


def alpha_interval(alpha: float, n: int, items: int, level: float = LEVEL) -> Interval:
    """1 - (1 - alpha) F: F with n - 1 and (n - 1)(p - 1) degrees of freedom (Feldt 1965).

    Source: Feldt 1965, Psychometrika 30, 357-370.
    """
    tail = (1 - level) / 2
    one, other = n - 1, (n - 1) * (items - 1)
    low = 1 - (1 - alpha) * float(special.fdtri(one, other, 1 - tail))
    high = 1 - (1 - alpha) * float(special.fdtri(one, other, tail))
    return Interval(alpha, low, high, n)


def one_factor(correlations: ArrayLike, tolerance: float = FACTOR_TOLERANCE) -> Floats:
    """Loadings of one factor on standardised items, B x p from B correlation matrices (or p from one).

    Minimises the squares of r_ij - l_i l_j over i != j, one loading after the other: each step is exact, so
    the sum never grows. A loading is kept within -1..1. `tolerance`: a matrix is done when none of its
    loadings moves more.

    Source: minres, Harman and Jones 1966, Psychometrika 31, 351-368.
    """
    given = np.asarray(correlations, np.float64)
    r = np.atleast_3d(given) if given.ndim == 3 else given[None]
    off = r * (1 - np.eye(r.shape[1]))
    # The first principal axis of the off-diagonal part is near, and has the right signs.
    values, vectors = np.linalg.eigh(off)
    loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 1e-6))
    moving = np.arange(loadings.shape[0])
    for _ in range(SWEEPS):
        now, around = loadings[moving], off[moving]
        for i in range(now.shape[1]):
            others = (now**2).sum(axis=1) - now[:, i] ** 2
            now[:, i] = np.clip((around[:, i] * now).sum(axis=1) / np.maximum(others, 1e-12), -1, 1)
        moved = np.abs(now - loadings[moving]).max(axis=1)
        loadings[moving] = now
        moving = moving[moved >= tolerance]
        if not moving.size:
            break
    loadings = loadings * np.where(loadings.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    result: Floats = loadings if given.ndim == 3 else loadings[0]
    return result


def omega_total(covariances: Floats, tolerance: float = FACTOR_TOLERANCE) -> Floats:
    """1 - (sum of unique variances) / (variance of the sum), B from B covariance matrices.

    Source: McDonald 1999, Test Theory, ch. 6.
    """
    deviations = np.sqrt(np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 1e-300))
    correlation = covariances / (deviations[:, :, None] * deviations[:, None, :])
    unique = (deviations**2 * (1 - one_factor(correlation, tolerance) ** 2)).sum(axis=1)
    whole = covariances.sum(axis=(1, 2))
    result: Floats = np.where(whole > 0, 1 - unique / np.maximum(whole, 1e-300), 0.0)
    return result


def _omega_interval(x: Floats, covariance: Floats, n: int, level: float) -> Interval:
    rng = np.random.default_rng(SEED)
    size = x.shape[0]
    if size > MOST_REDRAWN:
        again = np.asarray(scipy.stats.wishart.rvs(n - 1, _positive(covariance) / (n - 1), BOOTSTRAPS, rng))
    else:
        draws = rng.multinomial(size, np.full(size, 1 / size), BOOTSTRAPS).astype(np.float64)
        again = _covariances(draws, x)
    usable = (np.diagonal(again, axis1=1, axis2=2) > 1e-12).all(axis=1) & np.isfinite(again).all(axis=(1, 2))
    found = omega_total(again[usable], REDRAWN_TOLERANCE)
    tail = (1 - level) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    value = float(omega_total(covariance[None])[0])
    return Interval(value, min(value, float(low)), max(value, float(high)), n)


def pairwise_covariance(x: Floats) -> tuple[Floats, Floats, Floats]:
    """People who answered each two items (p x p), means (p) and pairwise covariances (p x p).

    As `_covariances` of people who each count once, some thousands of them at a time.

    Source: a definition; nothing is estimated.
    """
    p = x.shape[1]
    blocks = [x[start : start + PEOPLE_IN_A_BLOCK] for start in range(0, x.shape[0], PEOPLE_IN_A_BLOCK)]
    n, sums, products, whole = np.zeros((p, p)), np.zeros((p, p)), np.zeros((p, p)), np.zeros(p)
    for own in blocks:
        there = ~np.isnan(own)
        seen = there.astype(np.float64)
        n += seen.T @ seen
        whole += own.sum(axis=0, where=there)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = whole / np.diag(n)
        for own in blocks:
            there = ~np.isnan(own)
            centred, seen = np.where(there, own - means, 0.0), there.astype(np.float64)
            sums += centred.T @ seen
            products += centred.T @ centred
        return n, means, (products - sums * sums.T / n) / (n - 1)


def covariance_of_codes(
    codes: Sequence[NDArray[np.uint8]], scores: Sequence[Mapping[int, float]]
) -> tuple[Floats, Floats]:
    """The same from one code a person for each of p items: how many answered each two (p x p), and the
    covariances of their scores (p x p). `scores`: of each item by code, others count as not answered.

    One product of scores and marks of who answered tells all of it. Whole scores add up without rounding, so
    no digit of theirs depends on the order of people or of sums.

    Source: a definition; nothing is estimated.
    """
    p = len(codes)
    points = np.zeros((p, CODES))
    for row, own in zip(points, scores, strict=True):
        # From 1 up: 0 is no answer. Where a scale begins does not matter here.
        row[list(own)] = np.array([*own.values()]) - min(own.values()) + 1
    found, size = np.zeros((2 * p, 2 * p)), codes[0].size
    both = np.empty((2 * p, min(size, CODED_AT_ONCE)))
    for start in range(0, size, CODED_AT_ONCE):
        block = both[:, : size - start]
        for row, lookup, answers in zip(block[:p], points, codes, strict=True):
            lookup.take(answers[start : start + CODED_AT_ONCE], out=row, mode="clip")
        np.minimum(block[:p], 1.0, out=block[p:])
        found += block @ block.T
    products, sums, n = found[:p, :p], found[:p, p:], found[p:, p:]
    with np.errstate(invalid="ignore", divide="ignore"):
        return n, (products - sums * sums.T / n) / (n - 1)


def _positive(covariance: Floats) -> Floats:
    """The same with no direction without spread: pairwise covariances, or two items alike, may have one."""
    spreads, directions = np.linalg.eigh(covariance)
    result: Floats = (directions * np.maximum(spreads, 1e-9 * spreads[-1])) @ directions.T
    return result


def _covariances(counts: Floats, x: Floats) -> NDArray[np.float64]:
    """Pairwise covariances, B x p x p, of people who each count so often (B x n)."""
    there = ~np.isnan(x)
    # About the mean, so that sums of squares do not cancel.
    centred = np.where(there, x - np.nanmean(x, axis=0), 0.0)
    b, p = counts.shape[0], x.shape[1]
    n, si, sp = (np.zeros((b, p * p)) for _ in range(3))
    for start in range(0, x.shape[0], PEOPLE_AT_ONCE):
        own, seen = centred[start : start + PEOPLE_AT_ONCE], there[start : start + PEOPLE_AT_ONCE]
        c = counts[:, start : start + PEOPLE_AT_ONCE]
        n += c @ (seen[:, :, None] & seen[:, None, :]).reshape(len(own), -1).astype(np.float64)
        si += c @ (own[:, :, None] * seen[:, None, :]).reshape(len(own), -1)
        sp += c @ (own[:, :, None] * own[:, None, :]).reshape(len(own), -1)
    n, si, sp = (a.reshape(b, p, p) for a in (n, si, sp))
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = (sp - si * si.transpose(0, 2, 1) / n) / (n - 1)
    return result
