"""Every estate by itself, all at once: the same figures as `items.py` and `cells.py` make of one scope.

A round of 500 estates with 40 questions has 20,000 bars, shares and means. What is the same for every estate
is looked up once, and what is reckoned is reckoned as columns over the estates. Which figures may be told is
decided by the same functions, and tests/unit/test_each_estate.py holds every figure to that of the reports
made one by one, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.cells import Matrix, scores_of_each
from reports.disclosure import (
    FEW,
    MINIMUM,
    PROTECTED,
    SENSITIVE,
    UNSCORED,
    Span,
    published_interval,
    segments_of_each,
)
from reports.index import Key
from reports.inference import Interval, means_of_each_counted, share_interval
from reports.items import edges, hidden
from reports.likeness import lasting
from reports.openness import cuts_of
from reports.results import Cell, Estimate, ItemResult, Segment
from reports.scope import Groundwork

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Score = tuple[Estimate, Interval | None]
"""As it may be shown, and exactly: for comparisons inside this room only."""


class EachEstate:
    """Figures of single estates, asked for by their place in the wave; those with 5 answers or more."""

    def __init__(self, ground: Groundwork) -> None:
        self.ground = ground
        self._bars = cache(self._bars_of_item)
        self._means = cache(self._means_of_item)
        self.item = cache(self._item)
        """Question -> place of an estate -> what may be shown of it."""
        self._scores = {key: self._score(key) for key in ground.scores.values}

    def items(self, place: int) -> dict[str, ItemResult]:
        counted_items = (item for item in self.ground.wave.questionnaire.items() if item.counted)
        return {item.id: self.item(item.id)[place] for item in counted_items}

    def matrix(self, place: int) -> Matrix:
        cells: dict[Key, Cell] = {}
        exact: dict[Key, Interval] = {}
        for key, by_place in self._scores.items():
            estimate, interval = by_place[place]
            cells[key] = Cell(key[0], key[1], estimate)
            if interval is not None:
                exact[key] = interval
        return Matrix(cells, exact)

    def _item(self, item_id: str) -> dict[int, ItemResult]:
        item = self.ground.wave.questionnaire.item(item_id)
        special = self._special(item)
        if item.sensitive:
            nothing = hidden(SENSITIVE)
            return {
                i: ItemResult(item_id, 0, {}, (), nothing, nothing, hidden=SENSITIVE)
                for i in self.ground.large_enough
            }
        found = self._choice(item, special) if item.kind == "choice" else self._chosen(item, special)
        few = hidden(FEW)
        return {
            i: found.get(i) or ItemResult(item_id, 0, special[i], (), few, few, hidden=FEW)
            for i in self.ground.large_enough
        }

    def _choice(self, item: Item, special: dict[int, dict[int, int]]) -> dict[int, ItemResult]:
        form = self.ground.wave.questionnaire
        good = favourable_codes(form, item)
        bars, codes = self._bars(item.id), [choice.code for choice in form.steps(item)]
        segments = bars.segments(codes)
        if good & {*codes}:
            shares = bars.estimates([place for place, code in enumerate(codes) if code in good])
        else:
            shares = [hidden(UNSCORED, n) for n in bars.n]
        means = self._means(item.id)
        return {
            i: ItemResult(
                item.id, n, special[i], segments[row], shares[row], means[i][0],
                hidden=None if bars.spans[row] else PROTECTED,
            )
            for row, (i, n) in enumerate(zip(bars.places, bars.n, strict=True))
        }  # fmt: skip

    def _chosen(self, item: Item, special: dict[int, dict[int, int]]) -> dict[int, ItemResult]:
        """Multi and rank items: the share that chose each code."""
        counts = self.ground.counts
        base = counts.substantive(item.id)
        by_code = {}
        bars = None
        for code, k in counts.chosen[item.id].items():
            bars = self._bars_of(item, np.stack([base - k, k], axis=1), (1,))
            by_code[code] = bars.estimates([1])
        if bars is None:
            return {}
        found = {}
        for row, (i, n) in enumerate(zip(bars.places, bars.n, strict=True)):
            chosen = {code: shares[row] for code, shares in by_code.items()}
            reason = None if any(share.hidden is None for share in chosen.values()) else PROTECTED
            none = hidden(UNSCORED, n)
            found[i] = ItemResult(item.id, n, special[i], (), none, none, chosen=chosen, hidden=reason)
        return found

    def _special(self, item: Item) -> dict[int, dict[int, int]]:
        """Small side counts are left out, and all where they would show who came or went."""
        outside = self.ground.counts.outside[item.id]
        counts = self.ground.counts.codes[item.id][:, list(outside)].tolist()
        kept_back = self._kept_back(item)
        return {
            i: {}
            if kept_back[i]
            else {code: n for code, n in zip(outside, counts[i], strict=True) if n >= MINIMUM}
            for i in self.ground.large_enough
        }

    def _kept_back(self, item: Item) -> list[bool]:
        wave = self.ground.wave
        return [lasting(item) and estate.id in wave.repeated for estate in wave.estates]

    def _bars_of_item(self, item_id: str) -> _Bars:
        form = self.ground.wave.questionnaire
        item = form.item(item_id)
        codes = [choice.code for choice in form.steps(item)]
        good = favourable_codes(form, item)
        cuts = cuts_of([code in good for code in codes])
        return self._bars_of(item, self.ground.counts.codes[item_id][:, codes], cuts)

    def _bars_of(self, item: Item, table: Ints, cuts: Sequence[int]) -> _Bars:
        base = table.sum(axis=1)
        places = [i for i in self.ground.large_enough if base[i] >= MINIMUM]
        kept_back = self._kept_back(item)
        own = table[places]
        told = segments_of_each(own, cuts)
        spans = [() if kept_back[i] else spans for i, spans in zip(places, told, strict=True)]
        asked = self.ground.finite(item.id)
        return _Bars(places, own, base[places].tolist(), spans, [asked[i] for i in places], frozenset(cuts))

    def _score(self, key: Key) -> dict[int, Score]:
        ground = self.ground
        asked = ground.scores.items[key]
        if len(asked) == 1:
            return self._means(asked[0])
        found: dict[int, Score] = dict.fromkeys(ground.large_enough, (hidden(FEW), None))
        return found | scores_of_each(ground, key)

    def _means_of_item(self, item_id: str) -> dict[int, Score]:
        """Mean scores of one item as its bars tell them: see `items.bar_mean`."""
        form = self.ground.wave.questionnaire
        codes = [choice.code for choice in form.steps(form.item(item_id))]
        scored = self.ground.scored.get(item_id)
        bars = self._bars(item_id)
        unscored = (
            scored is None or len({*scored.scores.values()}) < 2 or not set(codes) <= scored.scores.keys()
        )
        found: dict[int, Score] = dict.fromkeys(
            self.ground.large_enough, (hidden(UNSCORED if unscored else FEW), None)
        )
        for i, n in zip(bars.places, bars.n, strict=True):
            found[i] = hidden(UNSCORED if unscored else PROTECTED, n), None
        if scored is not None and not unscored:
            found |= bars.means(np.asarray([scored.scores[code] for code in codes]))
        return found


@dataclass(frozen=True)
class _Bars:
    """Counts of one question in R estates with 5 answers or more, and how each may show its bar."""

    places: list[int]
    """Of the estates in the wave."""
    table: Ints
    """R x V."""
    n: list[int]
    spans: list[tuple[Span, ...]]
    """() where nothing is shown."""
    populations: list[int | None]
    wanted: frozenset[int]

    def _patterns(self) -> dict[tuple[Span, ...], list[int]]:
        """Rows that show something, by what they show: of hundreds of estates there are few kinds."""
        found: dict[tuple[Span, ...], list[int]] = {}
        for row, spans in enumerate(self.spans):
            if spans:
                found.setdefault(spans, []).append(row)
        return found

    def _edges(self) -> Floats:
        """R x (V + 1): the share of all positions before each."""
        below = np.concatenate([np.zeros((len(self.n), 1), np.int64), self.table.cumsum(axis=1)], axis=1)
        found: Floats = below / np.asarray(self.n)[:, None]
        return found

    def segments(self, codes: Sequence[int]) -> list[tuple[Segment, ...]]:
        found: list[tuple[Segment, ...]] = [()] * len(self.n)
        below = self._edges()
        for spans, rows in self._patterns().items():
            parts = []
            for first, last in spans:
                own = tuple(codes[first:last])
                counts = self.table[rows, first:last].sum(axis=1).tolist()
                shares = (below[rows, last] - below[rows, first]).tolist()
                parts.append([Segment(own, n, share) for n, share in zip(counts, shares, strict=True)])
            for row, segments in zip(rows, zip(*parts, strict=True), strict=True):
                found[row] = segments
        return found

    def estimates(self, positions: Sequence[int]) -> list[Estimate]:
        """Share of these positions with its exact interval, hidden where its cuts are not shown."""
        able = [bool(spans) and self.wanted <= edges(spans) for spans in self.spans]
        k = self.table[:, list(positions)].sum(axis=1)
        sizes = np.asarray([np.nan if size is None else size for size in self.populations], np.float64)
        low, high = np.zeros(len(self.n)), np.ones(len(self.n))
        low[able], high[able] = share_interval(k[able], np.asarray(self.n)[able], sizes[able])
        rows = zip(able, k.tolist(), self.n, low.tolist(), high.tolist(), self.populations, strict=True)
        return [
            Estimate(seen / n, lo, hi, n, step=0.0 if size is None else 1 / max(size, n))
            if told
            else hidden(PROTECTED, n)
            for told, seen, n, lo, hi, size in rows
        ]

    def means(self, scores: Floats) -> dict[int, Score]:
        """Place of an estate -> its mean score, of those that show their bar.

        Answers merged into one bar count as the middle of their scores, and the interval is widened by the
        most that this can be off.
        """
        middles = np.tile(scores, (len(self.n), 1))
        doubt = np.zeros(len(self.n))
        below = self._edges()
        for spans, rows in self._patterns().items():
            for first, last in spans:
                if last - first > 1:
                    own = scores[first:last]
                    middles[rows, first:last] = (own.min() + own.max()) / 2
                    share = below[rows, last] - below[rows, first]
                    doubt[rows] += share * float(own.max() - own.min()) / 2
        able = [bool(spans) for spans in self.spans]
        if not any(able):
            return {}
        found = means_of_each_counted(middles[able], self.table[able], list(compress(self.populations, able)))
        means = zip(compress(self.places, able), found, doubt[able].tolist(), strict=True)
        return {i: _with_doubt(mean, off) for i, mean, off in means}


def _with_doubt(found: Interval, doubt: float) -> Score:
    low, high = max(0.0, found.low - doubt), min(100.0, found.high + doubt)
    exact = Interval(min(max(found.value, low), high), low, high, found.n, found.freedom)
    return Estimate(*published_interval(exact.value, low, high, found.n), found.n), exact
