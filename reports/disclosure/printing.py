"""Which tables would print a bar as it is told: `estate_segments` the other way round, of many at once."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.segments import Spans, segments_of_each
from reports.requests import MINIMUM

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_CODES = 7
"""Of more answers there are too many ways to cut them to try each."""


def prints(counts: Ints, told: Spans, cuts: tuple[int, ...]) -> Flags:
    """Of each row (one answer a column), whether its bar would be told in these parts; `cuts`: where good
    answers begin.

    Source: see `estate_segments`.
    """
    size = counts.shape[1]
    if size > MOST_CODES or len(counts) < 3:
        return np.array([spans == told for spans in segments_of_each(counts, cuts)], np.bool_)
    ways, wanted = _ways(size, cuts)
    below = np.concatenate([np.zeros((len(counts), 1), np.int64), counts.cumsum(axis=1)], axis=1)
    worth = np.full((len(counts), len(ways)), -1)
    filled = np.zeros(worth.shape, np.int64)
    for place, spans in enumerate(ways):
        edges = [0, *(last for _, last in spans)]
        held = np.diff(below[:, edges], axis=1)
        filled[:, place] = (held > 0).sum(axis=1)
        fits = ((held == 0) | (held >= MINIMUM)).all(axis=1) & (filled[:, place] > 1)
        # Most parts with answers, then most without, then as they stand: `ways` are in that order.
        worth[:, place] = np.where(fits, (filled[:, place] * (size + 1) + len(spans)) * len(ways) + place, -1)
    first = np.where(wanted, worth, -1)
    best = np.where(first.max(axis=1) >= 0, first.argmax(axis=1), worth.argmax(axis=1))
    hidden: Flags = (worth.max(axis=1) < 0) | (below[:, -1] < 2 * MINIMUM)
    if not told:
        return hidden
    found: Flags = ~hidden & (best == ways.index(told))
    return found


@lru_cache(maxsize=64)
def _ways(size: int, cuts: tuple[int, ...]) -> tuple[list[Spans], Flags]:
    """All ways to cut so many answers, and which of them cut where good answers begin."""
    inner = range(1, size)
    edges = [more for many in range(size) for more in combinations(inner, many)]
    ways = sorted((tuple(pairwise((0, *own, size))), own) for own in edges)
    need = {cut for cut in cuts if 0 < cut < size}
    return [spans for spans, _ in ways], np.array([need <= {*own} for _, own in ways])
