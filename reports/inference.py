"""How sure we are: intervals for shares, means and differences in small, finite populations.

Everything is vectorised over numpy arrays. Shares are 0..1, scores 0..100, levels two-sided. Sources:
- exact share in a finite population: inversion of the hypergeometric tail (Buonaccorsi 1987; Wright 1997)
- endless population (N unknown): Clopper and Pearson 1934
- means: Cochran, Sampling Techniques, 3rd ed., ch. 2 (one estate) and 5 (strata)
- stratified shares: Korn and Graubard 1998 (effective sample size)
- differences: MOVER, Zou and Donner 2008; several at once: Holm 1979
- gamma: Goodman and Kruskal 1963
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEGLIGIBLE = 1e-13
"""A tail term this small beside the sum cannot move the tail across 0.025."""


def share_interval(
    k: ArrayLike, n: ArrayLike, population: ArrayLike | None, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Exact interval for the share of the population that has a mark which k of n drawn have.

    `k`, `n`, `population`: whole numbers, broadcast together; `population` None or NaN where not known (then
    endless). A population below n is read as n: everybody answered. n = 0 gives 0..1.
    The interval holds the true share at least `level` of the time, whatever the share.
    """
    known = np.asarray(np.nan if population is None else population, dtype=np.float64)
    ks, ns, sizes = np.broadcast_arrays(np.asarray(k, np.int64), np.asarray(n, np.int64), known)
    shape = ks.shape
    ks, ns, sizes = ks.ravel(), ns.ravel(), sizes.ravel()
    low, high = np.zeros(ks.size), np.ones(ks.size)
    alpha = (1 - level) / 2
    endless = np.isnan(sizes)
    if endless.any():
        low[endless], high[endless] = _clopper_pearson(ks[endless] * 1.0, ns[endless] * 1.0, alpha)
    finite = ~endless
    if finite.any():
        rows = np.stack([ks[finite], ns[finite], np.maximum(sizes[finite].astype(np.int64), ns[finite])])
        unique, back = np.unique(rows, axis=1, return_inverse=True)
        successes, drawn, total = unique
        lowest = _fewest_marked(successes, drawn, total, alpha)
        # The most that can be marked is all less the fewest that can be unmarked.
        highest = total - _fewest_marked(drawn - successes, drawn, total, alpha)
        size = np.maximum(total, 1)
        low[finite] = (lowest / size)[back.ravel()]
        high[finite] = np.where(total > 0, highest / size, 1.0)[back.ravel()]
    return low.reshape(shape), high.reshape(shape)


def _clopper_pearson(k: Floats, n: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Interval for k of n in an endless population; k and n may be effective, fractional sizes."""
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(k <= 0, 0.0, special.betaincinv(np.maximum(k, 1e-300), n - k + 1, alpha))
        high = np.where(k >= n, 1.0, special.betaincinv(k + 1, np.maximum(n - k, 1e-300), 1 - alpha))
    return low, high


def _fewest_marked(k: Ints, n: Ints, population: Ints, alpha: float) -> Ints:
    """The smallest number M of marked persons in the population for which drawing k or more of n marked is
    not rarer than alpha. Bisection: the tail grows with M."""
    below = k - 1  # never possible: k marked ones were seen
    above = population - (n - k)  # always possible
    while True:
        open_rows = np.flatnonzero(above - below > 1)
        if not open_rows.size:
            return above
        middle = (below[open_rows] + above[open_rows]) // 2
        rare = _upper_tail(k[open_rows], n[open_rows], population[open_rows], middle) <= alpha
        below[open_rows[rare]] = middle[rare]
        above[open_rows[~rare]] = middle[~rare]


def _upper_tail(k: Ints, n: Ints, population: Ints, marked: Ints) -> Floats:
    """P(X >= k) for X hypergeometric(population, marked, n). Sums the short side of the mode outwards."""
    mean = n * (marked / np.maximum(population, 1))
    up = k > mean
    tail = np.empty(k.size)
    tail[up] = _sum_up(k[up], n[up], population[up], marked[up])
    down = ~up
    # P(X >= k) = 1 - P(unmarked drawn >= n - k + 1)
    tail[down] = 1 - _sum_up(
        n[down] - k[down] + 1, n[down], population[down], population[down] - marked[down]
    )
    return tail


def _sum_up(k: Ints, n: Ints, population: Ints, marked: Ints) -> Floats:
    """Sum of P(X = j) for j from k upwards, by the ratio of neighbouring terms."""
    total = np.zeros(k.size)
    rows = np.flatnonzero((k <= np.minimum(n, marked)) & (k >= n - (population - marked)))
    total[k < n - (population - marked)] = 1.0
    j, drawn, size, hits = (a[rows].astype(np.float64) for a in (k, n, population, marked))
    term = np.exp(_log_choose(hits, j) + _log_choose(size - hits, drawn - j) - _log_choose(size, drawn))
    total[rows] = term
    while rows.size:
        term = term * (hits - j) * (drawn - j) / ((j + 1) * (size - hits - drawn + j + 1))
        total[rows] += term
        j = j + 1
        alive = term > NEGLIGIBLE * total[rows]
        if not alive.all():
            rows, term, j = rows[alive], term[alive], j[alive]
            drawn, size, hits = drawn[alive], size[alive], hits[alive]
    return total


def _log_choose(a: Floats, b: Floats) -> Floats:
    result: Floats = special.gammaln(a + 1) - special.gammaln(b + 1) - special.gammaln(a - b + 1)
    return result


@dataclass(frozen=True)
class Interval:
    """A point estimate with its interval; `n` answers behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Stratum:
    """Answers of one estate: how many, their mean and sample variance; `population` None when not known."""

    n: int
    mean: float
    variance: float
    population: int | None

    @classmethod
    def of(cls, values: Floats, population: int | None) -> Stratum:
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
        w**2 * s.variance / s.n * (1 - _fraction(s)) for w, s in zip(weights(strata), strata, strict=True)
    ]
    return float(np.sqrt(sum(parts)))


def _fraction(stratum: Stratum) -> float:
    return 0.0 if stratum.population is None else min(1.0, stratum.n / max(stratum.population, 1))


def mean_interval(strata: list[Stratum], level: float = 0.95, top: float = 100.0) -> Interval:
    """Weighted mean of scores 0..top with a t interval on n - H degrees of freedom (H strata, n >= 2 in all).

    The interval never claims less than is known: those who did not answer lie between 0 and top.
    """
    w = weights(strata)
    value = float(sum(wi * s.mean for wi, s in zip(w, strata, strict=True)))
    n = sum(s.n for s in strata)
    freedom = n - len(strata)
    half = (
        float(special.stdtrit(freedom, 1 - (1 - level) / 2)) * standard_error(strata) if freedom > 0 else top
    )
    seen = [_fraction(s) for s in strata]
    least = float(sum(wi * f * s.mean for wi, f, s in zip(w, seen, strata, strict=True)))
    unseen = float(sum(wi * (1 - f) for wi, f in zip(w, seen, strict=True)))
    return Interval(value, max(value - half, least), min(value + half, least + unseen * top), n)


def stratified_share(
    k: list[int], n: list[int], population: list[int | None], level: float = 0.95
) -> Interval:
    """Share over one or several estates, each counted k of n.

    One estate: exact. Several: weighted mean of the estates' shares, beta interval on the effective sample
    size; exact on the pooled counts where there is no spread.
    """
    strata = [
        Stratum(ni, ki / ni, ki * (ni - ki) / ni / max(ni - 1, 1), size)
        for ki, ni, size in zip(k, n, population, strict=True)
    ]
    drawn, seen = sum(n), sum(k)
    known = [size for size in population if size is not None]
    whole = sum(max(s, ni) for s, ni in zip(known, n, strict=True)) if len(known) == len(n) else None
    low, high = share_interval(seen, drawn, whole, level)
    if len(strata) == 1:
        return Interval(seen / drawn, float(low), float(high), drawn)
    value = float(sum(w * s.mean for w, s in zip(weights(strata), strata, strict=True)))
    error = standard_error(strata)
    if error == 0:
        return Interval(value, min(value, float(low)), max(value, float(high)), drawn)
    # Effective size, shrunk for the estimated variance as in Korn and Graubard.
    effective = value * (1 - value) / error**2
    freedom = drawn - len(strata)
    quantile = 1 - (1 - level) / 2
    if freedom > 0:
        effective *= (special.ndtri(quantile) / special.stdtrit(freedom, quantile)) ** 2
    beta_low, beta_high = _clopper_pearson(
        np.asarray([value * effective]), np.asarray([effective]), (1 - level) / 2
    )
    if whole is not None:  # the marked and unmarked we saw are there for certain
        beta_low = np.maximum(beta_low, min(value, seen / whole))
        beta_high = np.minimum(beta_high, max(value, 1 - (drawn - seen) / whole))
    return Interval(value, float(beta_low[0]), float(beta_high[0]), drawn)


@dataclass(frozen=True)
class Difference:
    value: float
    low: float
    high: float
    p: float
    """Approximate two-sided p of no difference, from the interval itself."""


def difference(now: Interval, then: Interval, level: float = 0.95) -> Difference:
    """`now` less `then`, independent samples, from their own intervals (MOVER): no new assumption is made."""
    value = now.value - then.value
    low = value - float(np.hypot(now.value - now.low, then.high - then.value))
    high = value + float(np.hypot(now.high - now.value, then.value - then.low))
    towards_zero = value - low if value > 0 else high - value
    z = float(special.ndtri(1 - (1 - level) / 2))
    if towards_zero <= 0:
        p = 1.0 if value == 0 else 0.0
    else:
        p = float(2 * special.ndtr(-abs(value) / towards_zero * z))
    return Difference(value, low, high, p)


def holm(p_values: list[float], level: float = 0.95) -> list[bool]:
    """Which differences stand when the chance of even one false claim must stay under 1 - level."""
    stands = [False] * len(p_values)
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] > (1 - level) / (len(p_values) - rank):
            break
        stands[i] = True
    return stands


def gamma(table: NDArray[np.int64], level: float = 0.95) -> Interval | None:
    """Goodman and Kruskal's gamma of an ordered table (rows x columns of counts), asymptotic interval.

    None when the table has no untied pair or no spread.
    """
    counts = table.astype(np.float64)
    concordant, discordant = np.zeros_like(counts), np.zeros_like(counts)
    for i in range(counts.shape[0]):
        for j in range(counts.shape[1]):
            concordant[i, j] = counts[:i, :j].sum() + counts[i + 1 :, j + 1 :].sum()
            discordant[i, j] = counts[:i, j + 1 :].sum() + counts[i + 1 :, :j].sum()
    agree, differ = (counts * concordant).sum(), (counts * discordant).sum()
    if agree + differ == 0:
        return None
    value = (agree - differ) / (agree + differ)
    spread = (counts * (differ * concordant - agree * discordant) ** 2).sum()
    error = 4 / (agree + differ) ** 2 * np.sqrt(spread)
    half = float(special.ndtri(1 - (1 - level) / 2)) * error
    return Interval(
        float(value), float(max(-1, value - half)), float(min(1, value + half)), int(counts.sum())
    )
