"""Every estate by itself, all at once: the same figures as `items.py` and `cells.py` make of one scope.

A round of 500 estates with 40 questions has 20,000 bars, shares and means. What is the same for every estate
is looked up once, and what is reckoned is reckoned as columns over the estates. Which figures may be told is
decided by the same functions, and tests/unit/test_each_estate.py holds every figure to that of the reports
made one by one, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import compress, repeat

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.cells import Matrix, scores_of_each
from reports.columns import cuts_of
from reports.disclosure import (
    FEW,
    MINIMUM,
    PROTECTED,
    SENSITIVE,
    UNSCORED,
    Span,
    published_intervals,
    segments_of_each,
)
from reports.index import Key
from reports.inference import Interval, Intervals, differences_apart, means_of_each_counted, share_interval
from reports.items import edges, hidden
from reports.likeness import lasting
from reports.options import withheld
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
        self._counted = [item.id for item in ground.wave.questionnaire.items() if item.counted]
        self._against_half: dict[str, dict[int, float]] = {}
        self._scores = {key: self._score(key) for key in ground.scores.values}

    def items(self, place: int) -> dict[str, ItemResult]:
        return {name: self.item(name)[place] for name in self._counted}

    def against_half(self, place: int) -> dict[str, float]:
        """Question -> p of its share of good answers being a half, of those that show one."""
        found = {name: p.get(place) for name, p in self._against_half.items()}
        return {name: p for name, p in found.items() if p is not None}

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
        return {i: found.get(i) or self._nothing(item_id, i, special[i]) for i in self.ground.large_enough}

    def _nothing(self, item_id: str, place: int, special: dict[int, int]) -> ItemResult:
        why = self.ground.why_nothing(item_id, [place])
        return ItemResult(item_id, 0, special, (), hidden(why), hidden(why), hidden=why)

    def _choice(self, item: Item, special: dict[int, dict[int, int]]) -> dict[int, ItemResult]:
        form = self.ground.wave.questionnaire
        good = favourable_codes(form, item)
        bars, codes = self._bars(item.id), [choice.code for choice in form.steps(item)]
        segments = bars.segments(codes)
        if good & {*codes}:
            shares, self._against_half[item.id] = bars.shares(self._exact[item.id])
        else:
            shares = [hidden(UNSCORED, n) for n in bars.n]
        means = self._means(item.id).told
        rows = zip(bars.places, bars.n, bars.spans, segments, shares, strict=True)
        return {
            i: ItemResult(item.id, n, special[i], parts, share, means[i], hidden=None if spans else PROTECTED)
            for i, n, spans, parts, share in rows
        }

    def _chosen(self, item: Item, special: dict[int, dict[int, int]]) -> dict[int, ItemResult]:
        """Multi and rank items: the share that chose each code."""
        counts = self.ground.counts
        base = counts.substantive(item.id)
        by_code = {}
        bars = None
        for code, k in counts.chosen[item.id].items():
            bars = self._bars_of(item, np.stack([base - k, k], axis=1), (1,), [1])
            by_code[code], _ = bars.shares(share_interval(bars.k, bars.n, bars.sizes))
        if bars is None:
            return {}
        back = withheld(self.ground, item)
        found = {}
        for row, (i, n) in enumerate(zip(bars.places, bars.n, strict=True)):
            chosen = {
                code: hidden(PROTECTED, n) if i in back.estates[code] else shares[row]
                for code, shares in by_code.items()
            }
            reason = None if any(share.hidden is None for share in chosen.values()) else PROTECTED
            none = hidden(UNSCORED, n)
            found[i] = ItemResult(item.id, n, special[i], (), none, none, chosen=chosen, hidden=reason)
        return found

    @cached_property
    def _exact(self) -> dict[str, tuple[Floats, Floats]]:
        """Question -> the exact interval of the share of its good answers in each estate that has a bar.

        All at once: of twenty thousand, three in four are of the same k, n and N as another."""
        items = (item for item in self.ground.wave.questionnaire.items() if item.one_of)
        bars = {item.id: self._bars(item.id) for item in items if not item.sensitive}
        k, n, sizes = (
            np.concatenate(column)
            for column in zip(*((own.k, own.n, own.sizes) for own in bars.values()), strict=True)
        )
        low, high = share_interval(k, n, sizes)
        cuts = np.cumsum([len(own.n) for own in bars.values()])[:-1]
        each = zip(np.split(low, cuts), np.split(high, cuts), strict=True)
        return dict(zip(bars, each, strict=True))

    def _special(self, item: Item) -> dict[int, dict[int, int]]:
        """Small side counts are left out, and all where they would show who came or went."""
        outside = list(self.ground.counts.outside[item.id])
        large = list(self.ground.large_enough)
        counts = self.ground.counts.codes[item.id][np.ix_(large, outside)]
        kept_back = self._kept_back(item)
        found: dict[int, dict[int, int]] = {i: {} for i in large}
        for row, column in np.argwhere(counts >= MINIMUM).tolist():
            if not kept_back[large[row]]:
                found[large[row]][outside[column]] = int(counts[row, column])
        return found

    def _kept_back(self, item: Item) -> list[bool]:
        back = self.ground.wave.repeated if lasting(item) else frozenset()
        return [estate.id in back for estate in self.ground.wave.estates]

    def _bars_of_item(self, item_id: str) -> _Bars:
        form = self.ground.wave.questionnaire
        item = form.item(item_id)
        codes = [choice.code for choice in form.steps(item)]
        good = favourable_codes(form, item)
        cuts = cuts_of([code in good for code in codes])
        positions = [place for place, code in enumerate(codes) if code in good]
        return self._bars_of(item, self.ground.counts.codes[item_id][:, codes], cuts, positions)

    def _bars_of(self, item: Item, table: Ints, cuts: Sequence[int], good: Sequence[int]) -> _Bars:
        base = table.sum(axis=1)
        places = [i for i in self.ground.large_enough if base[i] >= MINIMUM]
        kept_back = self._kept_back(item)
        own = table[places]
        told = segments_of_each(own, cuts)
        spans = [() if kept_back[i] else spans for i, spans in zip(places, told, strict=True)]
        asked = self.ground.finite(item.id)
        k = own[:, list(good)].sum(axis=1)
        sizes = [asked[i] for i in places]
        return _Bars(places, own, base[places].tolist(), k, spans, sizes, frozenset(cuts))

    def _score(self, key: Key) -> dict[int, Score]:
        ground = self.ground
        asked = ground.scores.items[key]
        if len(asked) == 1:
            return self._means(asked[0]).scores()
        found: dict[int, Score] = dict.fromkeys(ground.large_enough, (hidden(FEW), None))
        return found | scores_of_each(ground, key)

    def _means_of_item(self, item_id: str) -> _Means:
        """Mean scores of one item as its bars tell them: see `items.bar_mean`."""
        form = self.ground.wave.questionnaire
        codes = [choice.code for choice in form.steps(form.item(item_id))]
        by_code = self.ground.scores_by_code(item_id)
        bars = self._bars(item_id)
        unscored = len({*by_code.values()}) < 2 or not set(codes) <= by_code.keys()
        there = {*bars.places}
        none = {
            i: hidden(UNSCORED if unscored else self.ground.why_nothing(item_id, [i]))
            for i in self.ground.large_enough
            if i not in there
        }
        for i, n in zip(bars.places, bars.n, strict=True):
            none[i] = hidden(UNSCORED if unscored else PROTECTED, n)
        if unscored:
            return _Means(none, [], None)
        found = bars.means(np.asarray([by_code[code] for code in codes]))
        return _Means(none | found.told, found.places, found.exact)


@dataclass(frozen=True)
class _Means:
    """`told`: place of an estate -> its mean score as it may be shown. `exact`: of the estates at `places`,
    that show theirs."""

    told: dict[int, Estimate]
    places: list[int]
    exact: Intervals | None

    def scores(self) -> dict[int, Score]:
        exact = () if self.exact is None else self.exact.rows()
        own: dict[int, Interval] = dict(zip(self.places, exact, strict=True))
        return {i: (told, own.get(i)) for i, told in self.told.items()}


@dataclass(frozen=True)
class _Bars:
    """Counts of one question in R estates with 5 answers or more, and how each may show its bar."""

    places: list[int]
    """Of the estates in the wave."""
    table: Ints
    """R x V."""
    n: list[int]
    k: Ints
    """Good answers."""
    spans: list[tuple[Span, ...]]
    """() where nothing is shown."""
    populations: list[int | None]
    wanted: frozenset[int]

    @cached_property
    def _patterns(self) -> dict[tuple[Span, ...], list[int]]:
        """Rows that show something, by what they show: of hundreds of estates there are few kinds."""
        found: dict[tuple[Span, ...], list[int]] = {}
        for row, spans in enumerate(self.spans):
            if spans:
                found.setdefault(spans, []).append(row)
        return found

    @cached_property
    def _edges(self) -> Floats:
        """R x (V + 1): the share of all positions before each."""
        below = np.concatenate([np.zeros((len(self.n), 1), np.int64), self.table.cumsum(axis=1)], axis=1)
        found: Floats = below / np.asarray(self.n)[:, None]
        return found

    def segments(self, codes: Sequence[int]) -> list[tuple[Segment, ...]]:
        found: list[tuple[Segment, ...]] = [()] * len(self.n)
        below = self._edges
        for spans, rows in self._patterns.items():
            parts = []
            for first, last in spans:
                own = tuple(codes[first:last])
                counts = self.table[rows, first:last].sum(axis=1).tolist()
                shares = (below[rows, last] - below[rows, first]).tolist()
                parts.append(map(Segment, repeat(own), counts, shares))
            for row, segments in zip(rows, zip(*parts, strict=True), strict=True):
                found[row] = segments
        return found

    @property
    def sizes(self) -> Floats:
        """The populations, NaN where not known."""
        return np.asarray(self.populations, np.float64)

    def shares(self, ends: tuple[Floats, Floats]) -> tuple[list[Estimate], dict[int, float]]:
        """Share of good answers with its exact interval (`ends`), hidden where its cuts are not shown; and of
        those that are not, place of the estate -> p of the share being a half."""
        able = np.zeros(len(self.n), np.bool_)
        for spans, rows in self._patterns.items():
            able[rows] = self.wanted <= edges(spans)
        if not able.any():
            return [hidden(PROTECTED, n) for n in self.n], {}
        k, n, sizes = self.k[able], np.asarray(self.n)[able], self.sizes[able]
        low, high = (end[able] for end in ends)
        step = np.where(np.isnan(sizes), 0.0, 1 / np.maximum(sizes, n))
        found = Intervals(k / n, low, high, n, np.full(k.size, np.inf), step)
        half = np.full(k.size, 0.5)
        *_, p = differences_apart(found, Intervals(half, half, half, n, found.freedom, np.zeros(k.size)))
        *figures, steps = (column.tolist() for column in (found.value, low, high, n, step))
        shown = map(Estimate, *figures, repeat(None), steps)
        told = [
            next(shown) if is_told else hidden(PROTECTED, n)
            for n, is_told in zip(self.n, able.tolist(), strict=True)
        ]
        return told, dict(zip(compress(self.places, able.tolist()), p.tolist(), strict=True))

    def means(self, scores: Floats) -> _Means:
        """Mean scores of the estates that show their bar.

        Answers merged into one bar count as the middle of their scores, and the interval is widened by the
        most that this can be off.
        """
        middles = np.tile(scores, (len(self.n), 1))
        doubt = np.zeros(len(self.n))
        below = self._edges
        for spans, rows in self._patterns.items():
            for first, last in spans:
                if last - first > 1:
                    own = scores[first:last]
                    middles[rows, first:last] = (own.min() + own.max()) / 2
                    share = below[rows, last] - below[rows, first]
                    doubt[rows] += share * float(own.max() - own.min()) / 2
        able = np.asarray([bool(spans) for spans in self.spans])
        if not able.any():
            return _Means({}, [], None)
        sizes = list(compress(self.populations, able.tolist()))
        found = means_of_each_counted(middles[able], self.table[able], sizes)
        doubt = doubt[able]
        low, high = np.maximum(found.low - doubt, 0.0), np.minimum(found.high + doubt, 100.0)
        value = np.minimum(np.maximum(found.value, low), high)
        exact = replace(found, value=value, low=low, high=high)
        printed = published_intervals(value, low, high, found.n)
        places = list(compress(self.places, able.tolist()))
        columns = (column.tolist() for column in (*printed, found.n, high - low < 1e-9))
        told = {
            place: Estimate(mean, least, most, n, everybody=known)
            for place, mean, least, most, n, known in zip(places, *columns, strict=True)
        }
        return _Means(told, places, exact)
