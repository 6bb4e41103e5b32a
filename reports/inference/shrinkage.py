"""Very small estates: what their own few answers say, drawn towards what all estates say (empirical Bayes).

- shares: beta-binomial, Skellam 1948; the dwellings that did not answer are predicted (Ericson 1969)
- means: Fay and Herriot 1979 without covariates, variance between estates by REML; mean squared error by
  Prasad and Rao 1990 (Datta and Lahiri 2000 for REML)
To be shown beside the raw figure, labelled, never in its place: what is lent is no answer of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy import special

from reports.errors import BadDesign, TooFewAnswers
from reports.inference.estimates import Floats, Ints
from reports.inference.settings import FEWEST_ESTATES, LEVEL
from reports.inference.strata import Stratum

ALIKE = 1e6
"""A beta this strong means that the estates cannot be told apart."""
GRID = 9
"""Values of the prior's mean and of its strength that intervals are averaged over, each way."""


@dataclass(frozen=True)
class Shrunk:
    """`own`: how much of the estimate is the estate's own figure, 0..1."""

    raw: float
    value: float
    low: float
    high: float
    own: float
    n: int


@dataclass(frozen=True)
class Prior:
    """Shares of estates: beta(mean x strength, (1 - mean) x strength)."""

    mean: float
    strength: float
    loglik: float


def shrunken_shares(
    k: ArrayLike, n: ArrayLike, population: Sequence[int | None], level: float = LEVEL
) -> tuple[Shrunk, ...]:
    """Of k of n answers in each estate of so many dwellings: what share of all its dwellings has the mark.

    value = (k + (N - n)(m s + k) / (s + n)) / N with the prior's mean m and strength s at their most likely;
    N unknown: the fraction alone. The interval is that of the predicted dwellings, averaged over the priors
    that the estates make likely, so that it also covers not knowing m and s.
    TooFewAnswers: fewer than FEWEST_ESTATES estates with answers; they cannot tell how estates differ.

    Source: Skellam 1948, JRSS B 10, 257-261; Ericson 1969, JRSS B 31, 195-233.
    """
    ks, ns = np.asarray(k, np.int64), np.asarray(n, np.int64)
    if ks.shape != ns.shape or len(population) != ks.size or (ks < 0).any() or (ks > ns).any():
        raise BadDesign("each estate needs k of n answers, and its dwellings or None")
    if np.count_nonzero(ns) < FEWEST_ESTATES:
        raise TooFewAnswers(f"estates can lend to one another from {FEWEST_ESTATES} with answers")
    prior = fitted_prior(ks, ns)
    means, strengths, weights = _likely_priors(ks, ns, prior)
    rows = []
    for ki, ni, known in zip(ks.tolist(), ns.tolist(), population, strict=True):
        size = None if known is None else max(int(known), ni)
        ahead = (prior.mean * prior.strength + ki) / (prior.strength + ni)
        value = ahead if size is None else (ki + (size - ni) * ahead) / max(size, 1)
        low, high = _predicted(ki, ni, size, means, strengths, weights, level)
        # 1 when all have answered; else what one more good answer of this estate moves its estimate by, x n.
        unseen = 1.0 if size is None else (size - ni) / max(size, 1)
        own = 1 - unseen * prior.strength / (prior.strength + ni)
        raw = ki / ni if ni else prior.mean
        rows.append(Shrunk(raw, value, min(low, value), max(high, value), own, ni))
    return tuple(rows)


def fitted_prior(k: Ints, n: Ints) -> Prior:
    """The beta that makes the counts most likely: sum log B(a + k, b + n - k) / B(a, b).

    Source: Skellam 1948, JRSS B 10, 257-261.
    """

    if not k.any() or (k == n).all():
        # Surest where the mean lies at that end, and all strengths are alike there: a search would never end.
        return Prior(float(k.any()), ALIKE, 0.0)

    def unlikely(at: Floats) -> float:
        mean, strength = special.expit(at[0]), np.exp(min(at[1], np.log(ALIKE)))
        return -float(_loglik(k, n, np.asarray([mean]), np.asarray([strength]))[0])

    pooled = (k.sum() + 0.5) / (n.sum() + 1)
    starts = [np.asarray([special.logit(pooled), np.log(s)]) for s in (2.0, 20.0, 200.0)]
    best = min(
        (
            scipy.optimize.minimize(
                unlikely,
                start,
                method="Nelder-Mead",
                options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
            )
            for start in starts
        ),
        key=lambda found: found.fun,
    )
    return Prior(
        float(special.expit(best.x[0])), float(np.exp(min(best.x[1], np.log(ALIKE)))), -float(best.fun)
    )


def _loglik(k: Ints, n: Ints, mean: Floats, strength: Floats) -> Floats:
    a = np.maximum(mean * strength, 1e-12)[:, None]
    b = np.maximum((1 - mean) * strength, 1e-12)[:, None]
    result: Floats = (special.betaln(a + k, b + n - k) - special.betaln(a, b)).sum(axis=1)
    return result


def _likely_priors(k: Ints, n: Ints, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Priors on a grid with the weight that the counts give them; strength s has density 1 / (c + s)^2, c the
    mean number of answers (even shrinkage, Daniels 1999)."""
    usual = float(n[n > 0].mean())
    part = (np.arange(GRID) + 0.5) / GRID
    strengths = usual * part / (1 - part)
    # Where the mean may lie: three standard errors about its most likely place, on the logit scale. Where
    # nobody has the mark, or all have, that place is the very end, which is no place to lay a grid about.
    least = 0.5 / (float(n.sum()) + 1)
    centre = min(max(prior.mean, least), 1 - least)
    spread = centre * (1 - centre)
    per_estate = spread * (1 / n[n > 0] + 1 / (prior.strength + 1))
    error = float(np.sqrt(1 / (1 / per_estate).sum())) / spread
    centres = special.expit(special.logit(centre) + min(error, 2.0) * np.linspace(-3, 3, GRID))
    mean, strength = (axis.ravel() for axis in np.meshgrid(centres, strengths))
    loglik = _loglik(k, n, mean, strength) + np.log(np.maximum(mean * (1 - mean), 1e-300))
    weights = np.exp(loglik - loglik.max())
    return mean, strength, weights / weights.sum()


def _predicted(
    k: int, n: int, size: int | None, means: Floats, strengths: Floats, weights: Floats, level: float
) -> tuple[float, float]:
    tail = (1 - level) / 2
    a, b = means * strengths + k, (1 - means) * strengths + n - k
    if size is None:

        def below(share: float) -> float:
            return float((weights * special.betainc(a, b, share)).sum())

        low = 0.0 if below(1e-12) > tail else scipy.optimize.brentq(lambda s: below(s) - tail, 1e-12, 1)
        high = (
            1.0 if below(1 - 1e-12) < 1 - tail else scipy.optimize.brentq(lambda s: below(s) - 1 + tail, 0, 1)
        )
        return float(low), float(high)
    unseen = size - n
    if unseen == 0:
        return (k / size, k / size) if size else (0.0, 1.0)
    more = np.arange(unseen + 1)
    chances = weights @ scipy.stats.betabinom.pmf(more[None, :], unseen, a[:, None], b[:, None])
    below_each = np.cumsum(chances)
    low_more = int(np.searchsorted(below_each, tail, side="right"))
    high_more = int(np.searchsorted(below_each, 1 - tail, side="left"))
    return (k + low_more) / size, (k + min(high_more, unseen)) / size


@dataclass(frozen=True)
class Between:
    """How the true means of estates spread: about `mean` with variance `variance`."""

    mean: float
    variance: float


def shrunken_means(strata: Sequence[Stratum], level: float = LEVEL, top: float = 100.0) -> tuple[Shrunk, ...]:
    """Mean score 0..top over all homes of each estate, drawn towards the mean of all.

    The spread within is that of all estates together (their own is unknown with a handful of answers). What
    people of an estate would say in the long run is B own + (1 - B) mean, B = t^2 / (t^2 + s^2 / n), t^2 the
    variance between by REML; the N - n homes that did not answer are predicted by it, with f = n / N
    value = f own + (1 - f) (B own + (1 - B) mean). Interval +- z (1 - f) sqrt(mse + s^2 / (N - n)), mse with
    the mean and t^2 being estimated. N unknown: f = 0, and what people would say in the long run.
    TooFewAnswers: fewer than FEWEST_ESTATES estates, or nobody beyond one answer in each.

    Source: Fay and Herriot 1979, JASA 74, 269-277; Ghosh and Meeden 1986, JASA 81, 1058-1062 (the homes that
    did not answer).
    """
    if len(strata) < FEWEST_ESTATES:
        raise TooFewAnswers(f"estates can lend to one another from {FEWEST_ESTATES} with answers")
    freedom = sum(s.n - 1 for s in strata)
    if freedom < 1:
        raise TooFewAnswers("with one answer in each estate, nobody knows how people within one differ")
    within = sum((s.n - 1) * s.variance for s in strata) / freedom
    n = np.asarray([s.n for s in strata], np.float64)
    sizes = np.asarray([np.inf if s.population is None else max(s.population, s.n) for s in strata])
    means = np.asarray([s.mean for s in strata])
    v = within / n
    found = between(means, v)
    values, errors, parts = drawn_in(means, v, found)
    unseen = 1 - n / sizes
    values = (1 - unseen) * means + unseen * values
    # As many homes as did not answer have a mean of their own about what people there say in the long run.
    errors = unseen * np.sqrt(errors**2 + within / np.maximum(sizes - n, 1))
    own = 1 - unseen * (1 - parts)
    z = float(special.ndtri(1 - (1 - level) / 2))
    return tuple(
        Shrunk(
            s.mean,
            float(value),
            max(0.0, float(value - z * error)),
            min(top, float(value + z * error)),
            float(part),
            s.n,
        )
        for s, value, error, part in zip(strata, values, errors, own, strict=True)
    )


def between(means: Floats, variances: Floats) -> Between:
    """Mean and variance of the true means by restricted maximum likelihood; the variance is 0 at least.

    t^2 where sum log(t^2 + v) + log sum w + sum w (m - mean)^2 is least, with w = 1 / (t^2 + v) and mean =
    sum w m / sum w.

    Source: Patterson and Thompson 1971, Biometrika 58, 545-554.
    """

    def unlikely(spread: float) -> float:
        w = 1 / (spread + v)
        centre = (w * means).sum() / w.sum()
        return float(np.log(spread + v).sum() + np.log(w.sum()) + (w * (means - centre) ** 2).sum()) / 2

    # An estate where all answered is known: its variance is 0, which must not stand alone below the line.
    v = np.maximum(variances, 1e-9 * max(float(np.var(means)), 1e-9))
    widest = 10 * float(np.var(means)) + 1e-9
    edges = np.linspace(0, 1, 60) ** 2 * widest
    best = int(np.argmin([unlikely(edge) for edge in edges]))
    low, high = edges[max(best - 1, 0)], edges[min(best + 1, edges.size - 1)]
    found = scipy.optimize.minimize_scalar(
        unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * widest}
    )
    spread = float(found.x) if unlikely(float(found.x)) < unlikely(0.0) else 0.0
    # One step of Fisher scoring at a time: the search by values alone stops at half the digits.
    for _ in range(50 if spread > 0 else 0):
        w = 1 / (spread + v)
        whole = w.sum()
        centre = (w * means).sum() / whole
        # Of P = diag(w) - w w' / sum w, without making it: m'PPm, tr P, and the sum of its squares.
        trace = whole - (w**2).sum() / whole
        squares = (w**2).sum() - 2 * (w**3).sum() / whole + ((w**2).sum() / whole) ** 2
        step = ((w * (means - centre)) ** 2).sum() - trace
        step /= squares
        spread = max(spread + float(step), 0.0)
        if abs(step) < 1e-13 * max(spread, 1e-9):
            break
    w = 1 / (spread + v)
    return Between(float((w * means).sum() / w.sum()), spread)


def drawn_in(means: Floats, v: Floats, found: Between) -> tuple[Floats, Floats, Floats]:
    """Means drawn towards the mean of all, the roots of their mean squared errors, and B, the own part.

    g1 + g2 + 2 g3: t^2 v / (t^2 + v); (1 - B)^2 / sum 1 / (t^2 + v); 2 v^2 / (t^2 + v)^3 / sum (t^2 + v)^-2.

    Source: Prasad and Rao 1990, JASA 85, 163-171; Datta and Lahiri 2000, Statistica Sinica 10, 613-627.
    """
    spread = found.variance
    known = v <= 0
    whole = np.where(known, 1.0, spread + v)
    own = np.where(known, 1.0, spread / whole)
    values = own * means + (1 - own) * found.mean
    precisions = np.where(known, 0.0, 1 / whole)
    g1 = np.where(known, 0.0, spread * v / whole)
    g2 = (1 - own) ** 2 / max(float(precisions.sum()), 1e-300)
    g3 = np.where(known, 0.0, v**2 / whole**3 * 2 / max(float((precisions**2).sum()), 1e-300))
    return values, np.sqrt(np.where(known, 0.0, g1 + g2 + 2 * g3)), own
