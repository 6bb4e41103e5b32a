"""Every estate by itself, all at once: the same figures as `items.py` and `cells.py` make of one scope.

A round of 500 estates with 40 questions has 20,000 bars, shares and means. They are reckoned as columns over
estates and questions, and stay columns: a figure is made when read. Which figures may be told is decided
by the same functions, and tests/unit/test_each_estate.py holds every figure to that of the reports made one
by one, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from reports.cells import Matrix
from reports.columns import cuts_of, good_answers
from reports.cut_bars import Told
from reports.disclosure import (
    FEW,
    MINIMUM,
    PROTECTED,
    SENSITIVE,
    UNSCORED,
    published_intervals,
    segments_of_each,
)
from reports.index import Key
from reports.inference import Interval, Intervals, differences_apart, means_of_each, share_interval
from reports.inference.means import means_of_each_counted
from reports.likeness import lasting
from reports.options import withheld
from reports.results import Cell, ItemResult
from reports.scope import Groundwork
from reports.side_by_side import Figures, ItemTable, Parts, Reasons, ScoreTable, middles, reasons

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SHOWN, _FEW, _PROTECTED, _SENSITIVE, _UNSCORED = reasons([None, FEW, PROTECTED, SENSITIVE, UNSCORED])


class EachEstate:
    """Figures of single estates, asked for by their place in the wave; those with 5 answers or more."""

    def __init__(self, ground: Groundwork) -> None:
        self.ground = ground
        self._row = {place: row for row, place in enumerate(ground.large_enough)}
        self._large = np.array(ground.large_enough, np.int64)
        self._against_half: dict[str, dict[int, float]] = {}

    @cached_property
    def tables(self) -> dict[str, ItemTable]:
        """Question -> what may be shown of it in each of these estates."""
        form = self.ground.wave.questionnaire
        return {item.id: self._table(item) for item in form.items() if item.counted}

    @cached_property
    def scores(self) -> dict[Key, ScoreTable]:
        """The same of the index matrix."""
        return {key: self.score(key) for key in self.ground.scores.values}

    def item(self, name: str, place: int) -> ItemResult:
        return self.tables[name].results[self._row[place]]

    def items(self, place: int) -> dict[str, ItemResult]:
        row = self._row[place]
        return {name: table.results[row] for name, table in self.tables.items()}

    def against_half(self, place: int) -> dict[str, float]:
        """Question -> p of its share of good answers being a half, of those that show one."""
        row = self._row[place]
        if not self._against_half:
            names = (name for name, table in self.tables.items() if not table.chosen)
            self._against_half = {name: self._p_of_half(self.tables[name].favourable) for name in names}
        return {name: p[row] for name, p in self._against_half.items() if row in p}

    def matrix(self, place: int) -> Matrix:
        row = self._row[place]
        cells: dict[Key, Cell] = {}
        exact: dict[Key, Interval] = {}
        for key, table in self.scores.items():
            cells[key] = Cell(key[0], key[1], table.told.estimates[row])
            if row in table.intervals:
                exact[key] = table.intervals[row]
        return Matrix(cells, exact)

    def _p_of_half(self, share: Figures) -> dict[int, float]:
        rows = np.flatnonzero(share.why == _SHOWN)
        if not rows.size:
            return {}
        n, endless = share.n[rows], np.full(rows.size, np.inf)
        found = Intervals(share.value[rows], share.low[rows], share.high[rows], n, endless, share.step[rows])
        half = np.full(rows.size, 0.5)
        *_, p = differences_apart(found, Intervals(half, half, half, n, endless, np.zeros(rows.size)))
        return dict(zip(rows.tolist(), p.tolist(), strict=True))

    def _table(self, item: Item) -> ItemTable:
        if not item.sensitive:
            return self._choice(item) if item.kind == "choice" else self._chosen(item)
        none = np.zeros(self._large.size, np.bool_)
        nothing = Figures.hidden(np.full(none.size, _SENSITIVE), np.zeros(none.size, np.int64))
        return ItemTable(item.id, none, nothing.n, nothing.why, {}, None, nothing, nothing, {})

    def _choice(self, item: Item) -> ItemTable:
        group, rows = self._place_of[item.id]
        there, n = group.there[rows], group.n[rows]
        codes = [choice.code for choice in self.ground.wave.questionnaire.steps(item)]
        bars = group.parts.at(rows, codes)
        why = np.where(there, np.where(bars.told.shown, _SHOWN, _PROTECTED), self._why_nothing(item))
        share, mean = self._shares[item.id], self._means[item.id]
        return ItemTable(item.id, there, n, why, self._special(item), bars, share, mean.told, {})

    def _chosen(self, item: Item) -> ItemTable:
        """Multi and rank items: the share that chose each code."""
        counts, large = self.ground.counts, self._large
        base = counts.substantive(item.id)[large]
        there = base >= MINIMUM
        n = np.where(there, base, 0)
        back, kept_back = withheld(self.ground, item), self._kept_back(item)
        sizes = self._sizes(item)
        chosen, shown = {}, np.zeros(n.size, np.bool_)
        for code, of_all in counts.chosen[item.id].items():
            k = of_all[large]
            cut = segments_of_each(np.stack([base - k, k], axis=1), (1,)).without(kept_back).shown
            able = there & cut & ~np.isin(large, list(back.estates[code]))
            chosen[code] = _shares(able, np.full(n.size, _PROTECTED), k, n, sizes)
            shown |= able
        why = np.where(there, np.where(shown, _SHOWN, _PROTECTED), self._why_nothing(item))
        none = Figures.hidden(np.full(n.size, _UNSCORED), n)
        return ItemTable(item.id, there, n, why, self._special(item), None, none, none, chosen)

    def _why_nothing(self, item: Item) -> Reasons:
        tied = list(self.ground.tied.get(item.id, ()))
        why: Reasons = np.where(np.isin(self._large, tied), _PROTECTED, _FEW)
        return why

    def _special(self, item: Item) -> dict[int, Ints]:
        """Small side counts are left out, and all where they would show who came or went."""
        outside = self.ground.counts.outside[item.id]
        counts = self.ground.counts.codes[item.id][self._large][:, list(outside)]
        told = np.where((counts >= MINIMUM) & ~self._kept_back(item)[:, None], counts, 0)
        return {code: own for code, own in zip(outside, told.T, strict=True) if own.any()}

    def _kept_back(self, item: Item) -> Flags:
        back = self.ground.wave.repeated if lasting(item) else frozenset()
        if not back:
            return np.zeros(self._large.size, np.bool_)
        return np.array([self.ground.wave.estates[i].id in back for i in self._large], np.bool_)

    def _sizes(self, item: Item) -> Floats:
        """The populations, NaN where not known."""
        return np.asarray(self.ground.finite(item.id), np.float64)[self._large]

    @cached_property
    def _groups(self) -> list[_Group]:
        """Choice questions with equally many answers are reckoned as one long column."""
        form = self.ground.wave.questionnaire
        by_size: dict[int, list[Item]] = {}
        for item in form.items():
            if item.one_of:
                by_size.setdefault(len(list(form.steps(item))), []).append(item)
        return [self._group(items) for items in by_size.values()]

    def _group(self, items: Sequence[Item]) -> _Group:
        form, counts = self.ground.wave.questionnaire, self.ground.counts
        tables, told, good, cut = [], [], [], []
        for item in items:
            codes = [choice.code for choice in form.steps(item)]
            table = counts.codes[item.id][self._large][:, codes]
            favourable = good_answers(form, item)
            cuts = cuts_of(favourable)
            own = segments_of_each(table, cuts).without(self._kept_back(item))
            tables.append(table)
            told.append(own)
            good.append(favourable)
            # () tells nothing, whatever is asked of it.
            kinds = [bool(spans) and {*cuts} <= {first for first, _ in spans} for spans in own.kinds]
            cut.append(np.array(kinds, np.bool_)[own.rows])
        size = self._large.size
        table = np.concatenate(tables)
        n = table.sum(axis=1)
        parts = Parts.of((), Told.joined(told), table, n)
        k = (table * np.repeat(np.array(good, np.bool_), size, axis=0)).sum(axis=1)
        sizes = np.concatenate([self._sizes(item) for item in items])
        return _Group([item.id for item in items], size, table, n, k, sizes, parts, np.concatenate(cut))

    @cached_property
    def _place_of(self) -> dict[str, tuple[_Group, slice]]:
        return {
            name: (group, slice(place * group.estates, (place + 1) * group.estates))
            for group in self._groups
            for place, name in enumerate(group.names)
        }

    @cached_property
    def _shares(self) -> dict[str, Figures]:
        """Share of good answers with its exact interval, hidden where its cuts are not shown.

        All at once: of twenty thousand, three in four are of the same k, n and N as another."""
        form = self.ground.wave.questionnaire
        unscored = {
            name: not any(good_answers(form, form.item(name)))
            for group in self._groups
            for name in group.names
        }
        if not self._groups:
            return {}
        size = self._large.size
        names = [name for group in self._groups for name in group.names]
        none_good = np.repeat([unscored[name] for name in names], size)
        able = np.concatenate([group.cut for group in self._groups]) & ~none_good
        k, n, sizes = (
            np.concatenate(column)
            for column in zip(*((own.k, own.n, own.sizes) for own in self._groups), strict=True)
        )
        why = np.where(none_good, _UNSCORED, _PROTECTED)
        found = _shares(able, why, k, np.where(n >= MINIMUM, n, 0), sizes)
        return {name: found.at(slice(row * size, (row + 1) * size)) for row, name in enumerate(names)}

    @cached_property
    def _means(self) -> dict[str, ScoreTable]:
        return {name: table for group in self._groups for name, table in self._means_of(group).items()}

    def _means_of(self, group: _Group) -> dict[str, ScoreTable]:
        """Mean scores of each question as its bars tell them: see `items.bar_mean`."""
        form, size = self.ground.wave.questionnaire, group.estates
        scores, scored = np.zeros((len(group.names), group.table.shape[1])), []
        why = np.empty(group.n.size, np.int8)
        for place, name in enumerate(group.names):
            item, by_code = form.item(name), self.ground.scores_by_code(name)
            codes = [choice.code for choice in form.steps(item)]
            scored.append(len({*by_code.values()}) > 1 and {*codes} <= by_code.keys())
            if scored[-1]:
                scores[place] = [by_code[code] for code in codes]
            rows = slice(place * size, (place + 1) * size)
            hides = np.where(group.there[rows], _PROTECTED, self._why_nothing(item))
            why[rows] = hides if scored[-1] else _UNSCORED
        able = group.parts.told.shown & np.repeat(np.array(scored, np.bool_), size)
        exact, told = _means(able, why, group, np.repeat(scores, size, axis=0))
        places = np.flatnonzero(able)
        found = {}
        for place, name in enumerate(group.names):
            first, last = np.searchsorted(places, [place * size, (place + 1) * size]).tolist()
            own = told.at(slice(place * size, (place + 1) * size))
            found[name] = ScoreTable(own, places[first:last] - place * size, exact.at(slice(first, last)))
        return found

    def score(self, key: Key) -> ScoreTable:
        asked = self.ground.scores.items[key]
        return self._means[asked[0]] if len(asked) == 1 else self._score_of_several(key)

    def _score_of_several(self, key: Key) -> ScoreTable:
        """As `cells.score_of` makes it of each estate alone; of those with at least 5 scores."""
        spread = self.ground.spread(key)
        rows = np.searchsorted(self._large, spread.places)
        open_to_all = self.ground.open.estates[key][spread.places]
        # What is told of them is reckoned from what is printed.
        printed = np.floor(spread.strata.mean + 0.5 + 1e-9)
        about = means_of_each(replace(spread.strata, mean=printed)).about(printed)
        exact = means_of_each(spread.strata)
        why, n = np.full(self._large.size, _FEW), np.zeros(self._large.size, np.int64)
        why[rows], n[rows] = _PROTECTED, exact.n
        able = np.zeros(self._large.size, np.bool_)
        able[rows[open_to_all]] = True
        ends = published_intervals(about.value, about.low, about.high, about.n)
        known = about.high - about.low < 1e-9
        value, low, high = (end[open_to_all] for end in ends)
        told = Figures.shown_where(able, why, n, (value, low, high), everybody=known[open_to_all])
        return ScoreTable(told, rows[open_to_all], exact.at(open_to_all))


@dataclass(frozen=True, eq=False)
class _Group:
    """Questions with V answers each, in E estates: rows of one question after the other."""

    names: list[str]
    estates: int
    table: Ints
    n: Ints
    k: Ints
    """Good answers."""
    sizes: Floats
    parts: Parts
    cut: Flags
    """Whether the bar is cut wherever good answers begin or end."""

    @property
    def there(self) -> Flags:
        found: Flags = self.n >= MINIMUM
        return found


def _shares(able: Flags, why: Reasons, k: Ints, n: Ints, sizes: Floats) -> Figures:
    """k of n; `able`: those that may be shown."""
    own, base, size = k[able], n[able], sizes[able]
    low, high = share_interval(own, base, size)
    step = np.where(np.isnan(size), 0.0, 1 / np.maximum(size, base))
    return Figures.shown_where(able, why, n, (own / base, low, high), step)


def _means(able: Flags, why: Reasons, group: _Group, scores: Floats) -> tuple[Intervals, Figures]:
    """Of those that are `able`: the mean score exactly, and as it may be shown.

    Answers merged into one bar count as the middle of their scores, and the interval is widened by the most
    that this can be off.
    """
    n = np.where(group.there, group.n, 0)
    if not able.any():
        none = np.zeros(0)
        return Intervals(none, none, none, np.zeros(0, np.int64), none, none), Figures.hidden(why, n)
    middle, doubt = middles(scores, group.parts)
    found = means_of_each_counted(middle[able], group.table[able], group.sizes[able])
    doubt = doubt[able]
    low, high = np.maximum(found.low - doubt, 0.0), np.minimum(found.high + doubt, 100.0)
    value = np.minimum(np.maximum(found.value, low), high)
    exact = replace(found, value=value, low=low, high=high)
    printed = published_intervals(value, low, high, found.n)
    return exact, Figures.shown_where(able, why, n, printed, everybody=high - low < 1e-9)
