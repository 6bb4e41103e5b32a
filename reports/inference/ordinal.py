"""Ordered answers compared by order alone: no distance between the steps is assumed.

- association of two ordered items: gamma, Goodman and Kruskal 1963
- one group beside another: probability of superiority, Brunner and Munzel 2000
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.errors import NoSpread, TooFewAnswers
from reports.inference.clusters import doubt
from reports.inference.estimates import Floats, Interval
from reports.inference.proportions import clopper_pearson
from reports.inference.settings import LEVEL


def gamma(tables: NDArray[np.int64], level: float = LEVEL) -> tuple[Interval, float] | None:
    """Goodman and Kruskal's gamma of an ordered table (rows x columns of counts), and the p of 0.

    (P - Q) / (P + Q), P and Q the concordant and discordant pairs counted both ways; of n_ij people in a
    cell, with P_ij and Q_ij such partners, variance 16 / (P + Q)^4 sum n_ij (Q P_ij - P Q_ij)^2.

    `tables`: estates x rows x columns. The wider of the asymptotic interval and that with estates as units
    (`doubt`). None when all of it together has no untied pair or no spread.

    Source: Goodman and Kruskal 1963, JASA 58, 310-364; estates: see `doubt`.
    """
    counts = tables.sum(axis=0).astype(np.float64)
    concordant, discordant = pairs_apart(counts)
    agree, differ = (counts * concordant).sum(), (counts * discordant).sum()
    (value,) = _gammas(counts[None])
    if value is None:
        return None
    spread = (counts * (differ * concordant - agree * discordant) ** 2).sum()
    people = float(4 / (agree + differ) ** 2 * np.sqrt(spread))
    there = tables[tables.any(axis=(1, 2))]
    found = doubt(value, people, _gammas(counts - there) if len(there) > 1 else [], level)
    low, high = max(-1.0, value - found.half), min(1.0, value + found.half)
    return Interval(value, low, high, int(counts.sum()), found.freedom), found.p


def _gammas(counts: Floats) -> list[float | None]:
    """Of each of these tables; None where all pairs are tied."""
    concordant, discordant = pairs_apart(counts)
    agree, differ = (counts * concordant).sum(axis=(1, 2)), (counts * discordant).sum(axis=(1, 2))
    untied = agree + differ
    rows = zip((agree - differ).tolist(), untied.tolist(), strict=True)
    return [apart / pairs if pairs else None for apart, pairs in rows]


def pairs_apart(counts: Floats) -> tuple[Floats, Floats]:
    """Of somebody in each cell: how many others stand the same way apart on both questions, and not.

    Of one table or of many (... x rows x columns). They are whole, so that nothing is lost by subtraction.

    Source: Goodman and Kruskal 1963, JASA 58, 310-364.
    """
    rows, columns = counts.shape[-2:]
    up_to = np.zeros((*counts.shape[:-2], rows + 1, columns + 1))
    up_to[..., 1:, 1:] = counts.cumsum(axis=-2).cumsum(axis=-1)
    above, left = up_to[..., :-1, -1:], up_to[..., -1:, :-1]
    upto_row, upto_column = up_to[..., 1:, -1:], up_to[..., -1:, 1:]
    everybody = up_to[..., -1:, -1:]
    concordant = up_to[..., :-1, :-1] + everybody - upto_row - upto_column + up_to[..., 1:, 1:]
    discordant = above - up_to[..., :-1, 1:] + left - up_to[..., 1:, :-1]
    return concordant, discordant


def superiority(
    now: NDArray[np.int64],
    then: NDArray[np.int64],
    populations: tuple[int | None, int | None] = (None, None),
    level: float = LEVEL,
) -> Interval:
    """How often somebody of one group stands higher than somebody of another; a tie counts half. 0.5: alike.

    `now`, `then`: how many of each group stand on each step, worst first. P(X < Y) + P(X = Y) / 2 from
    mid-ranks with the t interval of Brunner and Munzel (2000, Biometrical Journal 42, 17-25), each
    group's part of the variance times 1 - n / N. Where the groups do not overlap, the variance is 0: then
    Clopper and Pearson on as many pairs of different people as can be made.
    TooFewAnswers below two in a group; NoSpread when all of both groups stand on one step.

    Source: Brunner and Munzel 2000, Biometrical Journal 42, 17-25.
    """
    y, x = now.astype(np.float64), then.astype(np.float64)
    m, n = y.sum(), x.sum()
    if min(m, n) < 2:
        raise TooFewAnswers("comparing two groups by order needs two answers in each")
    if np.count_nonzero(y + x) < 2:
        raise NoSpread("all answers of both groups are the same")
    # For one person: the share of the other group that stands lower.
    above_x = (np.cumsum(x) - x / 2) / n
    above_y = (np.cumsum(y) - y / 2) / m
    value = float((y * above_x).sum() / m)
    parts = [
        _spread(y, above_x, m) / m * _left(m, populations[0]),
        _spread(x, above_y, n) / n * _left(n, populations[1]),
    ]
    if sum(parts) == 0:
        if all(_left(size, known) == 0 for size, known in zip((m, n), populations, strict=True)):
            return Interval(value, value, value, int(m + n))
        pairs = np.asarray([min(m, n)])
        low, high = clopper_pearson(np.round(value * pairs), pairs, (1 - level) / 2)
        return Interval(value, float(low[0]), float(high[0]), int(m + n))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (m - 1) + parts[1] ** 2 / (n - 1))
    half = float(special.stdtrit(freedom, 1 - (1 - level) / 2) * np.sqrt(sum(parts)))
    return Interval(value, max(0.0, value - half), min(1.0, value + half), int(m + n), float(freedom))


def _spread(counts: Floats, placed: Floats, size: float) -> float:
    """Variance of the placements of one group (Sen 1960)."""
    mean = (counts * placed).sum() / size
    return float((counts * (placed - mean) ** 2).sum() / (size - 1))


def _left(size: float, population: int | None) -> float:
    return 1.0 if population is None else max(0.0, 1 - size / max(population, 1))
