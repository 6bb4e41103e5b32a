"""Figures of many estates side by side, as they may be shown: columns, and single figures made when read.

What is hidden is NaN or 0 in every column, with the reason beside it: nothing here can be un-hidden. Rows are
the estates with 5 answers or more, in the order of the wave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Told
from reports.disclosure import FEW, PROTECTED, SENSITIVE, UNSCORED
from reports.inference import Interval, Intervals
from reports.items import hidden
from reports.results import Estimate, ItemResult, Segment

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reasons = NDArray[np.int8]

REASONS: tuple[str | None, ...] = (None, FEW, PROTECTED, SENSITIVE, UNSCORED)
SHOWN = 0
_NONE = np.zeros(0)


def reasons(why: Sequence[str | None]) -> Reasons:
    """Each as its place among REASONS.

    Source: a definition; nothing is estimated.
    """
    return np.array([REASONS.index(own) for own in why], np.int8)


@dataclass(frozen=True, eq=False)
class Figures:
    """One figure of each of R estates. `value`, `low`, `high`: NaN where it is hidden; `why`: REASONS, SHOWN
    where it is not; `step`, `everybody`: as of `Estimate`."""

    value: Floats
    low: Floats
    high: Floats
    n: Ints
    why: Reasons
    step: Floats
    everybody: Flags

    @classmethod
    def hidden(cls, why: Reasons, n: Ints) -> Figures:
        """Source: a definition; nothing is estimated."""
        return cls.shown_where(np.zeros(n.size, np.bool_), why, n, (_NONE, _NONE, _NONE))

    @classmethod
    def shown_where(
        cls,
        able: Flags,
        why: Reasons,
        n: Ints,
        ends: tuple[Floats, Floats, Floats],
        step: Floats | None = None,
        everybody: Flags | None = None,
    ) -> Figures:
        """`able`: which may be shown, and (`ends`: value, low, high) the figures of these alone; `why`: of
        the others.

        Source: a definition; nothing is estimated.
        """
        value, low, high = np.full((3, able.size), np.nan)
        value[able], low[able], high[able] = ends
        steps, known = np.zeros(able.size), np.zeros(able.size, np.bool_)
        if step is not None:
            steps[able] = step
        if everybody is not None:
            known[able] = everybody
        return cls(value, low, high, n, np.where(able, np.int8(SHOWN), why), steps, known)

    def at(self, rows: slice) -> Figures:
        """Those of them.

        Source: a definition; nothing is estimated.
        """
        return Figures(
            self.value[rows],
            self.low[rows],
            self.high[rows],
            self.n[rows],
            self.why[rows],
            self.step[rows],
            self.everybody[rows],
        )

    @cached_property
    def estimates(self) -> list[Estimate]:
        columns = (self.value, self.low, self.high, self.n, self.why, self.step, self.everybody)
        return [
            hidden(reason, n)
            if (reason := REASONS[why]) is not None
            else Estimate(value, low, high, n, None, step, everybody=known)
            for value, low, high, n, why, step, known in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]


@dataclass(frozen=True, eq=False)
class Parts:
    """The bars of one question. `told`: how each is cut; `n`, `share`: R x V, of the part that begins at that
    answer, 0 where none does."""

    codes: tuple[int, ...]
    told: Told
    n: Ints
    share: Floats

    @classmethod
    def of(cls, codes: Sequence[int], told: Told, table: Ints, n: Ints) -> Parts:
        """`table`: R x V; `n`: R, its sums.

        Source: a definition; nothing is estimated.
        """
        size = table.shape[1]
        last = np.tile(np.arange(size), (len(told.kinds), 1))
        for kind, spans in enumerate(told.kinds):
            for first, end in spans:
                last[kind, first] = end
        below = np.concatenate([np.zeros((len(table), 1), np.int64), table.cumsum(axis=1)], axis=1)
        shares = below / np.maximum(n, 1)[:, None]
        ends = last[told.rows]
        held, share = (np.take_along_axis(own, ends, axis=1) - own[:, :-1] for own in (below, shares))
        return cls(tuple(codes), told, held, share)

    def at(self, rows: slice, codes: Sequence[int]) -> Parts:
        """Those of them, with these codes.

        Source: a definition; nothing is estimated.
        """
        return Parts(tuple(codes), self.told[rows], self.n[rows], self.share[rows])

    def segments(self) -> list[tuple[Segment, ...]]:
        """Source: a definition; nothing is estimated."""
        found: list[tuple[Segment, ...]] = [()] * len(self.told)
        for spans, rows in self.told.alike():
            if not spans:
                continue
            parts = [
                map(
                    Segment,
                    repeat(self.codes[first:last]),
                    self.n[rows, first].tolist(),
                    self.share[rows, first].tolist(),
                )
                for first, last in spans
            ]
            for row, segments in zip(rows.tolist(), zip(*parts, strict=True), strict=True):
                found[row] = segments
        return found


@dataclass(frozen=True, eq=False)
class ItemTable:
    """What may be shown of one question in R estates. `there`: in which it has 5 answers or more. `special`:
    code -> R, 0 where it is not told. `parts`: None of questions with several answers each, and of those of
    which nothing is told; `chosen`: of those with several."""

    item_id: str
    there: Flags
    n: Ints
    why: Reasons
    special: Mapping[int, Ints]
    parts: Parts | None
    favourable: Figures
    mean: Figures
    chosen: Mapping[int, Figures]

    @cached_property
    def results(self) -> list[ItemResult]:
        """As `items.item_result` makes each."""
        rows = range(self.n.size)
        segments = self.parts.segments() if self.parts is not None else [()] * self.n.size
        chosen: Iterator[dict[int, Estimate]] = ({} for _ in rows)
        if self.chosen:
            by_code = [own.estimates for own in self.chosen.values()]
            each = zip(*by_code, strict=True)
            chosen = (dict(zip(self.chosen, own, strict=True)) for own in each)
        columns = zip(
            self.there.tolist(),
            self.n.tolist(),
            self.why.tolist(),
            self._special(),
            segments,
            self.favourable.estimates,
            self.mean.estimates,
            chosen,
            strict=True,
        )
        return [
            ItemResult(self.item_id, n, special, parts, share, mean, chosen=codes, hidden=REASONS[why])
            if there
            else self._nothing(why, special)
            for there, n, why, special, parts, share, mean, codes in columns
        ]

    def _nothing(self, why: int, special: dict[int, int]) -> ItemResult:
        reason = REASONS[why]
        none = hidden(reason or FEW)
        return ItemResult(self.item_id, 0, special, (), none, none, hidden=reason)

    def _special(self) -> list[dict[int, int]]:
        found: list[dict[int, int]] = [{} for _ in range(self.n.size)]
        for code, counts in self.special.items():
            for row in np.flatnonzero(counts).tolist():
                found[row][code] = int(counts[row])
        return found


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """One score of R estates as it may be shown, and exactly (for comparisons inside this room alone): of the
    estates at `rows`, that show theirs."""

    told: Figures
    rows: Ints
    exact: Intervals

    @cached_property
    def intervals(self) -> dict[int, Interval]:
        return dict(zip(self.rows.tolist(), self.exact.rows(), strict=True))


def middles(scores: Floats, parts: Parts) -> tuple[Floats, Floats]:
    """R x V: scores (R x V) as the bars tell them, answers of one part as the middle of theirs; and R: the
    most that a mean of these can be off.

    Source: our own rule, docs/methods.md.
    """
    found, doubt = scores.copy(), np.zeros(len(scores))
    for spans, rows in parts.told.alike():
        for first, last in spans:
            if last - first > 1:
                own = scores[rows, first:last]
                low, high = own.min(axis=1), own.max(axis=1)
                found[rows, first:last] = ((low + high) / 2)[:, None]
                doubt[rows] += parts.share[rows, first] * (high - low) / 2
    return found, doubt
