"""Shares of small, finite populations: exact, whatever the size.

Everything is vectorised over numpy arrays. Sources:
- exact share in a finite population: inversion of the hypergeometric tail (Buonaccorsi 1987; Wright 1997)
- endless population (N unknown): Clopper and Pearson 1934
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from reports.inference.estimates import Floats, Ints
from reports.inference.settings import LEVEL

NEGLIGIBLE = 1e-13
"""A tail term this small beside the sum cannot move the tail across 0.025."""
BLOCK = 8
"""Tail terms at once."""
WIDEST = 2**20
"""Three numbers below this are one whole number of 64 bits."""


def share_interval(
    k: ArrayLike, n: ArrayLike, population: ArrayLike | None, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Exact interval for the share of the population that has a mark which k of n drawn have.

    All M / N with P(X >= k) > (1 - level) / 2 and P(X <= k) > (1 - level) / 2, X hypergeometric(N, M, n).
    `k`, `n`, `population`: whole numbers, broadcast together; `population` None or NaN where not known (then
    endless). A population below n is read as n: everybody answered. n = 0 gives 0..1.
    The interval holds the true share at least `level` of the time, whatever the share.

    Source: Buonaccorsi 1987, The American Statistician 41, 215-218; N unknown: `clopper_pearson`.
    """
    known = np.asarray(np.nan if population is None else population, dtype=np.float64)
    ks, ns, sizes = np.broadcast_arrays(np.asarray(k, np.int64), np.asarray(n, np.int64), known)
    shape = ks.shape
    ks, ns, sizes = ks.ravel(), ns.ravel(), sizes.ravel()
    low, high = np.zeros(ks.size), np.ones(ks.size)
    alpha = (1 - level) / 2
    endless = np.isnan(sizes)
    if endless.any():
        low[endless], high[endless] = clopper_pearson(ks[endless] * 1.0, ns[endless] * 1.0, alpha)
    finite = ~endless
    if finite.any():
        (successes, drawn, total), back = _each_once(
            ks[finite], ns[finite], np.maximum(sizes[finite].astype(np.int64), ns[finite])
        )
        # The most that can be marked is all less the fewest that can be unmarked. Both ends in one search.
        lowest, unmarked = _fewest_marked(
            np.concatenate([successes, drawn - successes]), np.tile(drawn, 2), np.tile(total, 2), alpha
        ).reshape(2, -1)
        highest = total - unmarked
        size = np.maximum(total, 1)
        low[finite] = (lowest / size)[back]
        high[finite] = np.where(total > 0, highest / size, 1.0)[back]
    return low.reshape(shape), high.reshape(shape)


def _each_once(k: Ints, n: Ints, population: Ints) -> tuple[tuple[Ints, Ints, Ints], Ints]:
    """These three without repetition, and which of them each row is."""
    wide = int(population.max(initial=0)) + 1
    if wide < WIDEST:  # as one number each: sorting those takes a tenth of the time
        keys, back = np.unique((population * wide + n) * wide + k, return_inverse=True)
        return (keys % wide, keys // wide % wide, keys // wide**2), back
    (ks, ns, sizes), back = np.unique(np.stack([k, n, population]), axis=1, return_inverse=True)
    return (ks, ns, sizes), back.ravel()


def clopper_pearson(k: Floats, n: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Interval for k of n in an endless population; k and n may be effective, fractional sizes.

    Quantiles alpha of beta(k, n - k + 1) and 1 - alpha of beta(k + 1, n - k); 0 for none, 1 for all of n.

    Source: Clopper and Pearson 1934, Biometrika 26, 404-413.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(k <= 0, 0.0, special.betaincinv(np.maximum(k, 1e-300), n - k + 1, alpha))
        high = np.where(k >= n, 1.0, special.betaincinv(k + 1, np.maximum(n - k, 1e-300), 1 - alpha))
    return low, high


def _fewest_marked(k: Ints, n: Ints, population: Ints, alpha: float) -> Ints:
    """The smallest number M of marked persons in the population for which drawing k or more of n marked is
    not rarer than alpha.

    The tail grows with M, and its normal quantile nearly in a straight line: two neighbouring numbers are
    tried, and the line through them says where to go on. What was tried bounds the answer, and every third
    step halves what is left, so that the search always ends.
    """
    below = k - 1  # never possible: k marked ones were seen
    above = population - (n - k)  # always possible
    wanted = float(special.ndtri(alpha))
    guess = _normal_guess(k, n, population, wanted)
    turn = 0
    while True:
        rows = np.flatnonzero(above - below > 1)
        if not rows.size:
            return above
        first, last = below[rows] + 1, above[rows] - 1
        middle = (first + last) // 2
        at = np.clip(middle if turn % 3 == 2 else guess[rows].astype(np.int64), first, last)
        pair = np.stack([at, np.minimum(at + 1, last)])
        successes, drawn, size = (np.tile(column[rows], 2) for column in (k, n, population))
        tails = _upper_tail(successes, drawn, size, pair.ravel()).reshape(2, -1)
        rare = tails <= alpha
        below[rows] = np.where(rare, pair, below[rows]).max(axis=0)
        above[rows] = np.where(rare, above[rows], pair).min(axis=0)
        with np.errstate(all="ignore"):
            quantiles = special.ndtri(tails)
            line = at + (wanted - quantiles[0]) / (quantiles[1] - quantiles[0])
        guess[rows] = np.where((line >= first) & (line <= last), line, middle)
        turn += 1


def _normal_guess(k: Ints, n: Ints, population: Ints, wanted: float) -> Floats:
    """About where the end lies: Wilson's limit with continuity correction, n (N - 1) / (N - n) for n."""
    share = np.maximum(k - 0.5, 0.0) / np.maximum(n, 1)
    c = wanted**2 * (population - n) / (np.maximum(population - 1, 1) * np.maximum(n, 1))
    low = (share + c / 2 - np.sqrt(c**2 / 4 + c * share * (1 - share))) / (1 + c)
    found: Floats = population * np.clip(low, 0.0, 1.0)
    return found


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
    steps = np.arange(BLOCK)
    while rows.size:
        at = j[:, None] + steps
        terms = (hits[:, None] - at) * (drawn[:, None] - at)
        terms /= (at + 1) * ((size - hits - drawn)[:, None] + at + 1)
        np.multiply.accumulate(terms, axis=1, out=terms)  # zero from the first impossible one on
        terms *= term[:, None]
        total[rows] += terms.sum(axis=1)
        alive = terms[:, -1] > NEGLIGIBLE * total[rows]
        rows, term, j = rows[alive], terms[alive, -1], j[alive] + BLOCK
        drawn, size, hits = drawn[alive], size[alive], hits[alive]
    return total


def _log_choose(a: Floats, b: Floats) -> Floats:
    result: Floats = special.gammaln(a + 1) - special.gammaln(b + 1) - special.gammaln(a - b + 1)
    return result
