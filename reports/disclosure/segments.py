"""Distributions: which neighbouring answers are shown together, in an estate and in the total.

A distribution is a row of counts in the order of the choices. A *span* (first, last) stands for the positions
first..last - 1 shown as one part. A total is protected against an attacker who holds the reports of all
estates and subtracts: what an estate merges must stay unknown within a range of MINIMUM answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

MINIMUM = 5
Span = tuple[int, int]
Spans = tuple[Span, ...]


def _partition(
    size: int,
    wanted: Collection[int],
    may_stand: Callable[[int, int], bool],
    filled: Callable[[int, int], bool],
) -> Spans:
    """The finest row of spans that may all stand; () when fewer than two of them hold answers.

    `wanted`: cuts that matter most (those of the good answers); they are kept where that is possible.
    """

    def finest(first: int, last: int) -> tuple[tuple[int, int], Spans] | None:
        """Best way through first..last: most spans with answers, then most without."""
        best: dict[int, tuple[tuple[int, int], Spans]] = {first: ((0, 0), ())}
        for end in range(first + 1, last + 1):
            ways = []
            for start in range(first, end):
                if start in best and may_stand(start, end):
                    (with_answers, without), spans = best[start]
                    holds = filled(start, end)
                    ways.append(((with_answers + holds, without + (not holds)), (*spans, (start, end))))
            if ways:
                best[end] = max(ways)
        return best.get(last)

    edges = [0, *sorted(cut for cut in wanted if 0 < cut < size), size]
    for bounds in ([edges] if len(edges) > 2 else []) + [[0, size]]:
        blocks = [finest(first, last) for first, last in pairwise(bounds)]
        spans: Spans = tuple(span for block in blocks if block for span in block[1])
        if all(blocks) and sum(filled(*span) for span in spans) >= 2:
            return spans
    return ()


def estate_segments(counts: Sequence[int], wanted: Collection[int] = ()) -> Spans:
    """How the distribution of one group may be shown; () when it may not. `wanted`: see `_partition`."""
    cumulative = [0, *np.cumsum(counts).tolist()]

    def held(first: int, last: int) -> int:
        return int(cumulative[last] - cumulative[first])

    if cumulative[-1] < 2 * MINIMUM:
        return ()
    return _partition(
        len(counts),
        wanted,
        lambda first, last: held(first, last) == 0 or held(first, last) >= MINIMUM,
        lambda first, last: held(first, last) > 0,
    )


def total_segments(
    table: NDArray[np.int64],
    shown: Sequence[Spans],
    per_answer: NDArray[np.float64],
    wanted: Collection[int] = (),
) -> tuple[Spans, bool]:
    """How the total of several estates may be shown, and whether exactly.

    `table`: estates x positions, counts. `shown`: what each estate shows by itself. `per_answer`: how much
    one answer of each estate weighs in the total. False beside the spans: something hidden goes into the
    total, so its shares must be rounded to `share_step`.
    """
    size = table.shape[1]
    totals = np.concatenate([[0], table.sum(axis=0).cumsum()])
    known = [spans or ((0, size),) for spans in shown]

    @cache
    def unknown(first: int, last: int) -> bool:
        """Some estate does not show the edges of this span by itself."""
        return any(low != high for low, high, _ in _bounds(table, known, first, last))

    @cache
    def may_stand(first: int, last: int) -> bool:
        held = totals[last] - totals[first]
        if 0 < held < MINIMUM:
            return False
        return held == 0 or _stays_hidden(_bounds(table, known, first, last), per_answer)

    def may_stand_exactly(first: int, last: int) -> bool:
        return may_stand(first, last) and not unknown(first, last)

    allowed = may_stand if share_step(per_answer) is not None else may_stand_exactly
    spans = _partition(size, wanted, allowed, lambda first, last: bool(totals[last] > totals[first]))
    return spans, not any(unknown(*span) for span in spans)


STEPS = (0.01, 0.02, 0.05, 0.1)
"""To what shares are rounded when something hidden is in them."""


def share_step(per_answer: NDArray[np.float64]) -> float | None:
    """The rounding of a total's shares when something hidden is in it; None: there is none coarse enough.

    Two answers must be able to move without the rounded share moving for certain, or whole numbers with the
    estates' different weights would fit in one way only.
    """
    return next((step for step in STEPS if step >= 2.5 * float(per_answer.max()) - 1e-12), None)


def _bounds(
    table: NDArray[np.int64], known: Sequence[Spans], first: int, last: int
) -> list[tuple[int, int, int]]:
    """For each estate: least and most that can lie in the span by what the estate shows, and what does."""
    bounds = []
    for counts, spans in zip(table, known, strict=True):
        least = most = 0
        for start, end in spans:
            if start < last and end > first:
                held = int(counts[start:end].sum())
                most += held
                if start >= first and end <= last:
                    least += held
        bounds.append((least, most, int(counts[first:last].sum())))
    return bounds


def _stays_hidden(bounds: Sequence[tuple[int, int, int]], per_answer: NDArray[np.float64]) -> bool:
    """Does every estate with something unknown keep a range of MINIMUM answers once the total is known?"""
    hiding = [
        (low, high, own, w) for (low, high, own), w in zip(bounds, per_answer, strict=True) if low < high
    ]
    if not hiding:
        return True
    if len(hiding) == 1:
        return False
    heaviest, lightest = (edge(w for *_, w in hiding) for edge in (max, min))
    # Where answers weigh differently, whole numbers that fit lie further apart: one more is needed.
    range_kept = MINIMUM if heaviest - lightest < 1e-12 else MINIMUM + 1
    room = [(high - low) * w for low, high, _, w in hiding]
    below = sum((own - low) * w for low, _, own, w in hiding)
    above = sum(room) - below
    widest_of_others = [sum(room) - own for own in room]
    # A hair of tolerance: these are sums of floats that are often equal.
    return min(below, above) >= range_kept * heaviest - 1e-9 and all(
        others >= range_kept * w - 1e-9 for others, (*_, w) in zip(widest_of_others, hiding, strict=True)
    )


Key = TypeVar("Key", int, str)


def small_counts_left_out(counts: Mapping[Key, int]) -> dict[Key, int]:
    """Side counts (don't know, mode) of one group: those below MINIMUM, none included, are left out."""
    return {code: n for code, n in counts.items() if n >= MINIMUM}


def total_small_counts(by_estate: Sequence[Mapping[Key, int]]) -> dict[Key, int]:
    """Side counts of a total: only those that leave no small one when the estates' are subtracted.

    An estate that leaves a code out holds 0 to 4 of it, and the reader knows.
    """
    totals: dict[Key, int] = {}
    for code in sorted({code for counts in by_estate for code in counts}):
        own = [counts.get(code, 0) for counts in by_estate]
        silent = [n for n in own if n < MINIMUM]
        rest = sum(silent)
        room = (MINIMUM - 1) * len(silent)
        if sum(own) >= MINIMUM and (not silent or min(rest, room - rest) >= MINIMUM):
            totals[code] = sum(own)
    return totals


def rounded_base(n: int) -> int:
    """A public base size rounded to 5, for tables whose own marginals would give small groups away."""
    return MINIMUM * ((n + MINIMUM // 2) // MINIMUM)
