"""From a wave to a table of people: places, one question's answers, and backgrounds crossed.

The numbers for all groups together are those of the reports, which anybody may have read: answers are merged
where the bars of the estates merge them, and estates whose bars do not show these parts are left out. So a
breakdown never tells more of its totals than the reports do, and whatever is told of groups can be judged
against a reader who knows every total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.breakdowns.asking import MOST_GROUPS, Ask, Grouping
from reports.breakdowns.errors import NothingToTell, NumbersRefused
from reports.breakdowns.together import may_stand
from reports.counts import estate_index
from reports.disclosure import MINIMUM, Dimension, Span, Table, estate_segments, total_segments
from reports.disclosure.tables import Ints
from reports.likeness import ALL
from reports.requests import Level
from reports.results import Weighting
from reports.scope import Groundwork
from reports.waves import Wave
from reports.weights import Weights

KEPT = 0.8
"""A finer cut between answers is made when estates with so much of the answers show it."""


@dataclass(frozen=True)
class Population:
    """Those who answered the question in estates whose bars show `spans`. Arrays: one entry a person."""

    wave: Wave
    item: Item
    codes: tuple[int, ...]
    spans: tuple[Span, ...]
    estates: tuple[int, ...]
    """Places in `wave.estates`."""
    rows: Ints
    """Rows of the frame."""
    estate: Ints
    """Place in `estates`."""
    answer: Ints
    """Place in `spans`."""
    few: tuple[int, ...] = ()
    """Places in `wave.estates` of those left out because fewer than five of them answered the question."""
    hiding: tuple[int, ...] = ()
    """The same of those whose own bars do not show `spans`."""
    hidden_answers: int = 0
    """Answers to the question in these."""
    pooled: bool = False
    """No estate shows its bar, but all of them together may be told: only of everybody."""

    @cached_property
    def weighted(self) -> tuple[Weights | None, Weighting | None]:
        """The weights of the round's totals, and what is told of them."""
        return Groundwork.of(self.wave).weighted if self.wave.margins else (None, None)

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.wave.estates[place].area for place in self.estates))

    def places(self, more: Iterable[frozenset[int]] = ()) -> Dimension:
        """Estates, then areas, then whatever else is told of together (leaves)."""
        names = self.areas
        tree = Dimension.tree([[names.index(self.wave.estates[place].area) for place in self.estates]])
        known = set(map(frozenset, tree.nodes))
        unions = sorted(tuple(sorted(union)) for union in set(more) - known)
        return Dimension.of(tree.leaves, [*tree.nodes[1 + tree.leaves :], *unions])

    def nodes(self, level: Level) -> list[int]:
        """Nodes of `places` of one level, in the order of the wave."""
        estates = len(self.estates)
        return {
            "all": [0],
            "estate": list(range(1, 1 + estates)),
            "area": list(range(1 + estates, 1 + estates + len(self.areas))),
        }[level]

    def asked(self, ask: Ask) -> list[int]:
        """Those of them that may be asked about: where a question or a background is sensitive, places of two
        estates or more. What one estate has for an area is no wider than the estate; and where the question
        is sensitive no area is told then, for the others less the whole are what that estate answered."""
        nodes = self.nodes(ask.level)
        if self.sensitive(ask):
            wide = [node for node in nodes if len(self.places().nodes[node]) > 1]
            nodes = wide if len(wide) == len(nodes) or not self.item.sensitive else []
        return nodes

    def sensitive(self, ask: Ask) -> bool:
        """Of the question, or of a background that it is crossed with."""
        form = self.wave.questionnaire
        return self.item.sensitive or any(form.item(grouping.variable).sensitive for grouping in ask.by)

    def name(self, node: int) -> str:
        if node == 0:
            return self.wave.organisation
        if node <= len(self.estates):
            return self.wave.estates[self.estates[node - 1]].name
        return self.areas[node - 1 - len(self.estates)]


def population(wave: Wave, item: Item) -> Population:
    """NothingToTell when no estate's bar shows a cut."""
    form = wave.questionnaire
    codes = tuple(choice.code for choice in form.steps(item))
    column = wave.frame[item.id].to_numpy()
    place = np.full(256, -1)
    place[list(codes)] = np.arange(len(codes))
    where = estate_index(wave)
    answered = np.flatnonzero(place[column] >= 0)
    counts = np.zeros((len(wave.estates), len(codes)), np.int64)
    np.add.at(counts, (where[answered], place[column[answered]]), 1)
    good = [code in favourable_codes(form, item) for code in codes]
    wanted = [cut for cut in range(1, len(codes)) if good[cut] != good[cut - 1]]
    # Where the people of a round that was told before answered again, tables of both would show who came.
    again = wave.repeated | wave.unchanged
    if ALL in again:
        raise NothingToTell("numbers.same_people")
    edges = [
        {first for first, _ in estate_segments(row.tolist(), wanted)}
        if row.sum() >= MINIMUM and estate.id not in again
        else set()
        for row, estate in zip(counts, wave.estates, strict=True)
    ]
    cuts = _cuts(counts, edges, wanted)
    pooled = not cuts
    if pooled:
        estates, cuts = _pool(wave, item, counts, edges, wanted)
    else:
        estates = tuple(number for number, shown in enumerate(edges) if cuts <= shown)
    if not cuts:
        raise NothingToTell("numbers.nothing", item=item.id)
    spans = tuple(pairwise([0, *sorted(cuts), len(codes)]))
    among = np.full(len(wave.estates), -1)
    among[list(estates)] = np.arange(len(estates))
    rows = answered[among[where[answered]] >= 0]
    part = np.searchsorted(sorted(cuts), place[column[rows]], side="right")
    sizes = counts.sum(axis=1)
    few = tuple(np.flatnonzero(sizes < MINIMUM).tolist())
    hiding = tuple(n for n in range(len(wave.estates)) if n not in few and n not in estates)
    return Population(
        wave, item, codes, spans, estates, rows, among[where[rows]], part,
        few, hiding, int(sizes[list(hiding)].sum()), pooled,
    )  # fmt: skip


def _pool(
    wave: Wave, item: Item, counts: Ints, edges: Sequence[set[int]], wanted: Sequence[int]
) -> tuple[tuple[int, ...], set[int]]:
    """Many small estates as one: those with five answers, and the cuts that leave every one of them its range
    when all of them together are told (`total_segments`), beside what the report tells of all. No cuts where
    there are none."""
    again = wave.repeated | wave.unchanged
    places = tuple(
        n for n, row in enumerate(counts) if row.sum() >= MINIMUM and wave.estates[n].id not in again
    )
    if len(places) < 2:
        return places, set()
    table = counts[list(places)]
    size = counts.shape[1]
    shown = [tuple(pairwise([*sorted(edges[n] | {0}), size])) if edges[n] else () for n in places]
    spans, exact = total_segments(table, shown, np.full(len(places), 1 / table.sum()), wanted)
    cuts = {first for first, _ in spans if first}
    # What is told exactly of hidden answers is told of others than the report rounds: both must stand.
    for told in (cuts, cuts & set(wanted)):
        if told and (exact or may_stand(wave, item, counts, places, shown, sorted(told))):
            return places, told
    return places, set()


def _cuts(counts: Ints, edges: Sequence[set[int]], wanted: Sequence[int]) -> set[int]:
    """The cuts that are told: those of the good answers first, finer ones while most answers can show
    them."""
    size = counts.sum(axis=1)
    all_shown = sum(int(n) for n, shown in zip(size, edges, strict=True) if shown)
    cuts: set[int] = set()
    for cut in dict.fromkeys([*wanted, *range(1, counts.shape[1])]):
        kept = sum(int(n) for n, shown in zip(size, edges, strict=True) if cuts | {cut} <= shown)
        if all_shown and kept >= KEPT * all_shown:
            cuts.add(cut)
    return cuts


@dataclass(frozen=True)
class Crossing:
    """Backgrounds crossed. `leaf`: of each person of a population; each background has 'not given' as its
    last."""

    variables: tuple[str, ...]
    parts: tuple[tuple[tuple[int, ...], ...], ...]
    """Of each background its parts, each one code or several that are not told apart."""
    leaf: Ints
    leaves: int

    @classmethod
    def of(
        cls,
        people: Population,
        variables: Sequence[str],
        *,
        banded: bool = False,
        by: Iterable[Grouping] | None = None,
    ) -> Crossing:
        """`banded`: answers that research data put together are not told apart. `by`: all that is told or
        known of; answers that none of it tells apart are one part then, for whoever reads it cannot tell
        them apart either. NumbersRefused when there are too many groups."""
        told = None if by is None else list(by)
        form = people.wave.questionnaire
        parts = []
        for name in variables:
            bands = [tuple(sorted(band)) for band in form.release_bands.get(name, ())] if banded else []
            single = {c.code for c in form.choices(form.item(name))} - {
                code for band in bands for code in band
            }
            own = sorted([*bands, *((code,) for code in single)])
            parts.append(tuple(own if told is None else _told_apart(name, own, told)))
        sizes = [len(part) + 1 for part in parts]
        if int(np.prod(sizes)) > MOST_GROUPS:
            raise NumbersRefused("numbers.too_many", groups=int(np.prod(sizes)), most=MOST_GROUPS)
        columns = []
        for name, part in zip(variables, parts, strict=True):
            place = np.full(256, len(part))
            for number, codes in enumerate(part):
                place[list(codes)] = number
            columns.append(place[people.wave.frame[name].to_numpy()[people.rows]])
        leaf = np.ravel_multi_index(tuple(columns), sizes)
        return cls(tuple(variables), tuple(parts), leaf, int(np.prod(sizes)))

    def unions(self, ask: Ask) -> list[frozenset[int]]:
        """The groups of a request, as leaves of this crossing: all combinations of its bands.

        NumbersRefused when a band parts what research data put together.
        """
        bands = {grouping.variable: grouping.bands for grouping in ask.by}
        found = [np.arange(self.leaves).reshape([len(parts) + 1 for parts in self.parts])]
        for axis, (name, parts) in enumerate(zip(self.variables, self.parts, strict=True)):
            if name in bands:
                leaves = [
                    [n for n, codes in enumerate(parts) if set(codes) <= set(band)] for band in bands[name]
                ]
                if any(
                    {code for leaf in own for code in parts[leaf]} != set(band)
                    for own, band in zip(leaves, bands[name], strict=True)
                ):
                    raise NumbersRefused("numbers.released", names=name)
                found = [np.take(part, own, axis=axis) for part in found for own in leaves]
        return [frozenset(part.ravel().tolist()) for part in found]

    def union(self, by: Sequence[Grouping]) -> frozenset[int] | None:
        """One group, each background with one band; None where the parts are wider than its bands."""
        found = np.arange(self.leaves).reshape([len(parts) + 1 for parts in self.parts])
        for grouping in by:
            axis = self.variables.index(grouping.variable)
            (band,) = grouping.bands
            own = [n for n, codes in enumerate(self.parts[axis]) if set(codes) <= set(band)]
            if {code for leaf in own for code in self.parts[axis][leaf]} != set(band):
                return None
            found = np.take(found, own, axis=axis)
        return frozenset(found.ravel().tolist())


def _told_apart(name: str, parts: Sequence[tuple[int, ...]], by: Sequence[Grouping]) -> list[tuple[int, ...]]:
    """The parts of a background, those in the same bands put together."""
    bands = {frozenset(band) for grouping in by if grouping.variable == name for band in grouping.bands}
    found: dict[tuple[bool, ...], list[int]] = {}
    for part in parts:
        found.setdefault(tuple(set(part) <= band for band in bands), []).extend(part)
    return sorted(tuple(sorted(codes)) for codes in found.values())


def table_of(
    people: Population,
    crossing: Crossing,
    unions: Sequence[frozenset[int]],
    places: Iterable[frozenset[int]] = (),
) -> Table:
    """All of them, counted. `unions`: groups, `places`: sets of estates (leaves of both) that are told of."""
    shape = (len(people.estates), len(people.spans), crossing.leaves)
    cells = np.ravel_multi_index((people.estate, people.answer, crossing.leaf), shape)
    counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    more = sorted({tuple(sorted(union)) for union in unions if 1 < len(union) < crossing.leaves})
    groups = Dimension.of(crossing.leaves, more)
    return Table.of(people.places(places), Dimension.of(len(people.spans)), [groups], [counts])


def without(people: Population, rows: Ints) -> Population:
    """The same but for some rows of the frame."""
    kept = ~np.isin(people.rows, rows)
    return replace(people, rows=people.rows[kept], estate=people.estate[kept], answer=people.answer[kept])
