"""Distributions: which neighbouring answers are shown together, in an estate and in the total.

A distribution is a row of counts in the order of the choices. A *span* (first, last) stands for the positions
first..last - 1 shown as one part. A total is protected against an attacker who holds the reports of all
estates and subtracts: what an estate merges must stay unknown within a range of MINIMUM answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Span, Spans, Told
from reports.requests import MINIMUM


def estate_segments(counts: Sequence[int], wanted: Collection[int] = ()) -> Spans:
    """How the distribution of one group may be shown: the finest way in which each part holds MINIMUM answers
    or none; () when fewer than two parts hold any.

    `wanted`: cuts that matter most (those of the good answers); they are kept where that is possible.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    return _segments(tuple(counts), tuple(wanted))


def segments_of_each(table: NDArray[np.int64], wanted: Collection[int] = ()) -> Told:
    """`estate_segments` of every row of a table. Of bars of MOST_CODES answers at the most all ways to cut
    them are tried at once.

    Source: see `estate_segments`.
    """
    size, cuts = table.shape[1], tuple(wanted)
    if size < 2:
        return Told(((),), np.zeros(len(table), np.int64))
    if size > MOST_CODES:
        return Told.of([_segments(row, cuts) for row in map(tuple, table.tolist())])
    ways = _ways(size, cuts)
    below = np.concatenate([np.zeros((len(table), 1), np.int64), table.cumsum(axis=1)], axis=1)
    held = below[:, ways.lasts] - below[:, ways.firsts]
    some = held > 0
    filled = some.astype(np.float32) @ ways.made_of
    fits = (some & (held < MINIMUM)).astype(np.float32) @ ways.made_of == 0
    # Most parts with answers, then most without, then as they stand: `spans` are in that order.
    worth = np.where(fits & (filled > 1), filled * ways.of_filled + ways.of_way, -1)
    best, kept = worth.argmax(axis=1), np.where(ways.wanted, worth, -1)
    first = kept.argmax(axis=1)
    every = np.arange(len(table))
    rows = np.where(kept[every, first] >= 0, first, best)
    nothing = (worth[every, best] < 0) | (below[:, -1] < 2 * MINIMUM)
    return Told((*ways.spans, ()), np.where(nothing, len(ways.spans), rows))


MOST_AT_ONCE = 12
"""Edges of bars whose spans are all looked at side by side."""
MOST_CODES = 7
"""Of more answers there are too many ways to cut them to try each."""


@dataclass(frozen=True)
class _Ways:
    """All W ways to cut so many answers into parts, of which there are P (`firsts`, `lasts`)."""

    spans: tuple[Spans, ...]
    wanted: NDArray[np.bool_]
    """W: those that cut where good answers begin."""
    firsts: list[int]
    lasts: list[int]
    made_of: NDArray[np.float32]
    """P x W: the parts of each."""
    of_filled: int
    of_way: NDArray[np.float32]
    """What a way is worth: so much for each part with answers, and (W) for all its parts and its place."""


@lru_cache(maxsize=64)
def _ways(size: int, cuts: tuple[int, ...]) -> _Ways:
    inner = range(1, size)
    edges = [more for many in range(size) for more in combinations(inner, many)]
    ways = sorted((tuple(pairwise((0, *own, size))), own) for own in edges)
    need = {cut for cut in cuts if 0 < cut < size}
    spans = tuple(spans for spans, _ in ways)
    parts = list(combinations(range(size + 1), 2))
    made_of = np.array([[part in own for own in spans] for part in parts], np.float32)
    of_way = np.array([len(own) * len(ways) + place for place, own in enumerate(spans)], np.float32)
    return _Ways(
        spans,
        np.array([need <= {*own} for _, own in ways]),
        [first for first, _ in parts],
        [last for _, last in parts],
        made_of,
        (size + 1) * len(ways),
        of_way,
    )


@lru_cache(maxsize=100_000)
def _segments(counts: tuple[int, ...], wanted: tuple[int, ...]) -> Spans:
    """Kept: the bars of an estate are asked for by its report, by that of all and by its scores."""
    size = len(counts)
    if size > 1 and min(counts) >= MINIMUM:
        return tuple((place, place + 1) for place in range(size))
    cumulative = [0, *np.cumsum(counts).tolist()]

    def finest(first: int, last: int) -> tuple[tuple[int, int], Spans] | None:
        """Best way through first..last: most parts with answers, then most without."""
        best: dict[int, tuple[tuple[int, int], Spans]] = {first: ((0, 0), ())}
        for end in range(first + 1, last + 1):
            ways = []
            for start in range(first, end):
                held = cumulative[end] - cumulative[start]
                if start in best and (held == 0 or held >= MINIMUM):
                    (filled, empty), spans = best[start]
                    ways.append(((filled + (held > 0), empty + (held == 0)), (*spans, (start, end))))
            if ways:
                best[end] = max(ways)
        return best.get(last)

    if cumulative[-1] < 2 * MINIMUM:
        return ()
    edges = [0, *sorted(cut for cut in wanted if 0 < cut < size), size]
    for bounds in (edges, [0, size]):
        blocks = [finest(first, last) for first, last in pairwise(bounds)]
        if all(blocks) and sum(block[0][0] for block in blocks if block) >= 2:
            return tuple(span for block in blocks if block for span in block[1])
    return ()


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

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    known = _Known.of(table, shown, per_answer)
    if int(table.sum()) < 2 * MINIMUM:
        return (), True

    def stand(edges: Collection[int], more: Collection[int]) -> bool:
        # Parts side by side can be added up by the reader, so every pair of edges is a part. Those of `edges`
        # stand already: what is asked of a pair does not depend on the others.
        row = sorted({*edges, *more})
        return all(known.filled(*span) for span in pairwise(row)) and all(
            known.may_stand(min(a, b), max(a, b)) for a in more for b in row if a != b
        )

    size = table.shape[1]
    edges = {0, size}
    inner = [cut for cut in wanted if 0 < cut < size]
    for more in ([inner] if inner else []) + [[cut] for cut in range(1, size)]:
        if not edges.issuperset(more) and stand(edges, more):
            edges |= set(more)
    spans = tuple(pairwise(sorted(edges)))
    if sum(known.held(*span) > 0 for span in spans) < 2:
        return (), True
    return spans, all(known.shown_by_all(*span) for span in spans)


def still_stands(
    spans: Spans, table: NDArray[np.int64], shown: Sequence[Spans], per_answer: NDArray[np.float64]
) -> list[Span]:
    """Stretches of a total's parts whose sum leaves some estate less than its range, when each estate shows
    `shown`, and not only what the total was made for; none where it still stands. Arguments as of
    `total_segments`.

    Source: see `total_segments`.
    """
    known = _Known.of(table, shown, per_answer)
    edges = sorted({place for span in spans for place in span})
    return [(a, b) for a, b in combinations(edges, 2) if not known.may_stand(a, b)]


@dataclass(frozen=True)
class _Known:
    """What the reader of all estates' own bars knows of every span. Arrays are estates x edges (0..size)."""

    cumulative: NDArray[np.int64]
    below: NDArray[np.int64]
    """Cumulative count at the nearest shown edge at or before this one."""
    above: NDArray[np.int64]
    """The same at or after it."""
    per_answer: NDArray[np.float64]
    may_round: bool

    @classmethod
    def of(cls, table: NDArray[np.int64], shown: Sequence[Spans], per_answer: NDArray[np.float64]) -> _Known:
        estates, size = table.shape
        cumulative = np.concatenate([np.zeros((estates, 1), np.int64), table.cumsum(axis=1)], axis=1)
        told = Told.of(shown)
        edges = np.zeros((len(told.kinds), size + 1), dtype=bool)
        edges[:, [0, size]] = True
        for kind, spans in enumerate(told.kinds):
            edges[kind, [first for first, _ in spans]] = True
        is_edge = edges[told.rows]
        places = np.arange(size + 1)
        before = np.maximum.accumulate(np.where(is_edge, places, 0), axis=1)
        after = np.minimum.accumulate(np.where(is_edge, places, size)[:, ::-1], axis=1)[:, ::-1]
        below, above = (np.take_along_axis(cumulative, edge, axis=1) for edge in (before, after))
        return cls(cumulative, below, above, per_answer, share_step(per_answer) is not None)

    def held(self, first: int, last: int) -> int:
        return int((self.cumulative[:, last] - self.cumulative[:, first]).sum())

    def filled(self, first: int, last: int) -> bool:
        held = self.held(first, last)
        return held == 0 or held >= MINIMUM

    def _bounds(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Least and most that each estate can hold in the span."""
        least = np.maximum(self.below[:, last] - self.above[:, first], 0)
        return least, self.above[:, last] - self.below[:, first]

    def shown_by_all(self, first: int, last: int) -> bool:
        least, most = self._bounds(first, last)
        return bool((least == most).all())

    def may_stand(self, first: int, last: int) -> bool:
        """Does every estate with something unknown keep its range once the total of the span is known?"""
        if self.cumulative.shape[1] > MOST_AT_ONCE:
            return bool(self._stand([first], [last])[0])
        return bool(self._may_stand[first, last])

    @cached_property
    def _may_stand(self) -> NDArray[np.bool_]:
        """Of all spans, first by last."""
        size = self.cumulative.shape[1]
        spans = [*combinations(range(size), 2)]
        firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
        found = np.zeros((size, size), np.bool_)
        found[firsts, lasts] = self._stand(firsts, lasts)
        return found

    def _stand(self, firsts: Sequence[int], lasts: Sequence[int]) -> NDArray[np.bool_]:
        below, above, here = self.below.T, self.above.T, self.cumulative.T
        least = np.maximum(below[lasts] - above[firsts], 0)
        most = above[lasts] - below[firsts]
        hiding = least < most
        many = hiding.sum(axis=1)
        weight = np.where(hiding, self.per_answer, 0.0)
        heaviest = weight.max(axis=1, initial=0.0)
        lightest = np.where(hiding, self.per_answer, np.inf).min(axis=1, initial=np.inf)
        # Where answers weigh differently, whole numbers that fit lie further apart: one more is needed.
        range_kept = np.where(heaviest - lightest < 1e-12, MINIMUM, MINIMUM + 1)
        room = (most - least) * weight
        whole = room.sum(axis=1)
        under = ((here[lasts] - here[firsts] - least) * weight).sum(axis=1)
        # A hair of tolerance: these are sums of floats that are often equal.
        enough = np.minimum(under, whole - under) >= range_kept * heaviest - 1e-9
        each = ~hiding | (whole[:, None] - room >= range_kept[:, None] * weight - 1e-9)
        found: NDArray[np.bool_] = (many == 0) | ((many > 1) & self.may_round & enough & each.all(axis=1))
        return found


STEPS = (0.01, 0.02, 0.05, 0.1)
"""To what shares are rounded when something hidden is in them."""


def share_step(per_answer: NDArray[np.float64]) -> float | None:
    """The rounding of a total's shares when something hidden is in it; None: there is none coarse enough.

    Two answers must be able to move without the rounded share moving for certain, or whole numbers with the
    estates' different weights would fit in one way only.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    return next((step for step in STEPS if step >= 2.5 * float(per_answer.max()) - 1e-12), None)


Key = TypeVar("Key", int, str)


def small_counts_left_out(counts: Mapping[Key, int]) -> dict[Key, int]:
    """Side counts (don't know, mode) of one group: those below MINIMUM, none included, are left out.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    return {code: n for code, n in counts.items() if n >= MINIMUM}


def total_small_counts(by_estate: Sequence[Mapping[Key, int]]) -> dict[Key, int]:
    """Side counts of a total: only those that leave no small one when the estates' are subtracted.

    An estate that leaves a code out holds 0 to 4 of it, and the reader knows.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    codes = sorted({code for counts in by_estate for code in counts})
    table = [[counts.get(code, 0) for code in codes] for counts in by_estate]
    return small_counts_of_all(codes, np.array(table, np.int64).reshape(len(by_estate), len(codes)))


def small_counts_of_all(codes: Sequence[Key], table: NDArray[np.int64]) -> dict[Key, int]:
    """The same from a table, estates x codes.

    Source: see `total_small_counts`.
    """
    silent = table < MINIMUM
    many, rest = silent.sum(axis=0), (table * silent).sum(axis=0)
    enough = np.minimum(rest, (MINIMUM - 1) * many - rest) >= MINIMUM
    totals = table.sum(axis=0)
    told = (totals >= MINIMUM) & ((many == 0) | enough)
    return {code: n for code, n, own in zip(codes, totals.tolist(), told.tolist(), strict=True) if own}


def whole_counts(counts: Mapping[Key, int]) -> dict[Key, int]:
    """Counts that together are everybody, whose number is known: those that may be told.

    The rest is known by subtraction, so it must be nobody or at least MINIMUM.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    shown = small_counts_left_out(counts)
    everybody = sum(counts.values())
    while shown and 0 < everybody - sum(shown.values()) < MINIMUM:
        del shown[min(shown, key=lambda code: (shown[code], code))]
    return shown


def total_whole_counts(by_estate: Sequence[Mapping[Key, int]]) -> dict[Key, int]:
    """The same for a total: only what every estate tells of itself, so that nothing can be subtracted.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    own = [(counts, whole_counts(counts)) for counts in by_estate]
    # Where the rest is nobody, what is not listed is known to be nobody too.
    whole = [sum(shown.values()) == sum(counts.values()) for counts, shown in own]
    codes = {code for counts in by_estate for code in counts}
    totals = {code: sum(counts.get(code, 0) for counts in by_estate) for code in codes}
    return {
        code: n
        for code, n in sorted(totals.items())
        if n and all(code in shown or known for (_, shown), known in zip(own, whole, strict=True))
    }


def rounded_base(n: int) -> int:
    """A public base size rounded to 5, for tables whose own marginals would give small groups away.

    Source: conventional rounding, Hundepool and others 2012, Statistical Disclosure Control, ch. 5.
    """
    return MINIMUM * ((n + MINIMUM // 2) // MINIMUM)
