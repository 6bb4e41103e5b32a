"""Bars: which estates are in them, where they are cut, and what share of them is told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import MINIMUM, Span, Told, segments_of_each, share_step, total_segments
from reports.inference import weights_of_sizes
from reports.left_out import left_out
from reports.likeness import ALL, lasting
from reports.results import Segment
from reports.rounding import half_up

if TYPE_CHECKING:
    from reports.scope import Groundwork

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Bar:
    """Counts of one item (or of chosen / not chosen) over estates, and how much of them may be shown.

    Which parts are shown is a matter of counts. Their shares are by dwellings.
    """

    def __init__(
        self,
        ground: Groundwork,
        members: Sequence[int],
        single: bool,
        item_id: str,
        table: Ints,
        wanted: Sequence[int],
        withheld: Collection[int] = (),
    ) -> None:
        """`members`: places of the estates, one where `single`. `table`: E x positions; `wanted`: the cuts
        that matter most. `withheld`: places that hide it for what other bars would tell."""
        base = table.sum(axis=1)
        every = np.asarray(members, np.int64)
        places = every[base[every] >= MINIMUM].tolist()
        self.wanted = frozenset(wanted)
        self._edges: dict[int, float] = {}
        names = [estate.id for estate in ground.wave.estates]
        back = kept_back(ground, [names[i] for i in members] if single else None, item_id)
        shown = segments_of_each(table[places], wanted)
        if (single and back) or ALL in back:
            shown = shown.without(np.ones(len(places), np.bool_))
        elif back or withheld:
            shown = shown.without(np.array([names[i] in back or i in withheld for i in places], np.bool_))
        asked, parts = ground.populations(item_id), ground.parts(item_id)
        if single or ALL in back:
            self.places, self.spans, self.exact = places, shown[0] if places else (), True
        else:
            self.places, self.spans, self.exact = bar_told_of_all(
                ground, item_id, table, places, shown, wanted
            )
        self.step = 0.0
        # What their own reports tell; of a sensitive question, nothing.
        secret = ground.wave.questionnaire.item(item_id).sensitive
        own = shown.at(np.searchsorted(places, self.places))
        self.own = own.without(np.ones(len(own), np.bool_)) if secret else own
        self.table = table[self.places]
        self.base = base[self.places]
        self.n = int(self.base.sum())
        estates = 1 if single else len(ground.wave.estates)
        homes = ground.homes
        inside = [homes[i] for i in self.places]
        self.left_out = left_out(
            len(self.places), estates, self.n, int(base[places].sum()), inside, () if single else homes
        )
        self.populations = [asked[i] for i in self.places]
        self.others = [ground.wave.estates[i].others for i in self.places]
        self.parts = None if parts is None else parts[self.places].tolist()
        self.weights = estate_shares(self.places, base, asked, parts) if self.places else np.zeros(0)
        if self.places and not self.exact:
            self.step = share_step(self.weights / self.base) or 1.0

    def share(self, first: int, last: int) -> float:
        """Weighted share of positions first..last - 1, rounded where it must be.

        Not the shares but the edges of the bars are rounded: two shares that both round up would add up to
        more than the whole and so tell that they lay exactly between.
        """
        return self._edge(last) - self._edge(first)

    def _edge(self, position: int) -> float:
        if position not in self._edges:
            edge = self._below(position)
            self._edges[position] = half_up(edge / self.step) * self.step if self.step else edge
        return self._edges[position]

    def _below(self, position: int) -> float:
        """Share of the positions before this one."""
        return float((self.table[:, :position].sum(axis=1) / self.base * self.weights).sum())

    def between(self, positions: Collection[int]) -> tuple[Floats, Floats]:
        """The fewest and the most answers of each estate at these positions, as its own report has them."""
        marked = frozenset(positions)
        least, most = np.zeros(len(self.places)), self.base.astype(np.float64)
        for spans, rows in self.own.alike():
            parts = [range(first, last) for first, last in spans]
            within = [place for part in parts if marked.issuperset(part) for place in part]
            outside = [place for part in parts if marked.isdisjoint(part) for place in part]
            least[rows] = self.table[rows][:, within].sum(axis=1)
            most[rows] -= self.table[rows][:, outside].sum(axis=1)
        return least, most

    def segments(self, codes: Sequence[int]) -> tuple[Segment, ...]:
        """The parts that are told. `codes`: of every position."""
        parts = []
        for first, last in self.spans:
            share = self.share(first, last)
            n = int(self.table[:, first:last].sum()) if self.exact else int(half_up(share * self.n))
            parts.append(Segment(tuple(codes[first:last]), n, share))
        return tuple(parts)


def kept_back(ground: Groundwork, estate_ids: Collection[str] | None, item_id: str) -> frozenset[str]:
    """Where the question would show who came or went since a wave that was told before: estates, of these
    where they are given (None: all), and ALL.

    Source: our own rule, docs/methods.md.
    """
    wave = ground.wave
    if not wave.repeated or not lasting(wave.questionnaire.item(item_id)):
        return frozenset()
    return wave.repeated if estate_ids is None else wave.repeated & frozenset(estate_ids)


ToldOfAll = tuple[list[int], tuple[Span, ...], bool]


@dataclass(frozen=True)
class BarOfAll:
    """What one was made of, and what it is: see `bar_of_all`."""

    table: Ints
    places: Sequence[int]
    shown: Told
    wanted: tuple[int, ...]
    told: ToldOfAll


def bar_told_of_all(
    ground: Groundwork,
    item_id: str,
    table: Ints,
    places: Sequence[int],
    shown: Told,
    wanted: Sequence[int],
) -> ToldOfAll:
    """`bar_of_all` of a question of this wave. Scores and reports ask for the same one.

    Source: see `bar_of_all`.
    """
    kept = ground.bars_of_all.get(item_id)
    cuts = tuple(wanted)
    if (
        kept is None
        or (kept.wanted, kept.places) != (cuts, places)
        or kept.shown != shown
        or not np.array_equal(kept.table, table)
    ):
        told = bar_of_all(table, places, shown, ground.populations(item_id), cuts, ground.parts(item_id))
        kept = ground.bars_of_all[item_id] = BarOfAll(table, places, shown, cuts, told)
    return kept.told


def bar_of_all(
    table: Ints,
    places: Sequence[int],
    shown: Told,
    asked: Sequence[int | None],
    wanted: Collection[int],
    parts: Floats | None = None,
) -> ToldOfAll:
    """The estates in it, its parts, and whether it is told exactly.

    `table`: estates x positions. `shown`: of every estate with MINIMUM answers (`places`) what its own bar
    tells.
    `asked`, `parts`: whom its answers stand for, see `Stratum`. Estates below 10 answers can show no bar of
    their own; where they would forbid it, they are left out.

    Source: our own rule, docs/methods.md.
    """
    base = table.sum(axis=1)
    best: tuple[tuple[bool, int, int], list[int], tuple[Span, ...], bool] | None = None
    for least in (MINIMUM, 2 * MINIMUM):
        large = np.flatnonzero(base[list(places)] >= least)
        inside = [places[row] for row in large.tolist()]
        if not inside or (best is not None and inside == best[1]):
            continue
        per_answer = estate_shares(inside, base, asked, parts) / base[inside]
        spans, exact = total_segments(table[inside], shown.at(large), per_answer, wanted)
        worth = frozenset(wanted) <= {first for first, _ in spans}, len(spans), int(base[inside].sum())
        if best is None or worth > best[0]:
            best = worth, inside, spans, exact
    return best[1:] if best else ([], (), True)


def estate_shares(
    places: Sequence[int], base: Ints, asked: Sequence[int | None], parts: Floats | None = None
) -> Floats:
    """What each of these estates weighs in their total, 1 together.

    Source: see `inference.weights_of_sizes`.
    """
    own = None if parts is None else parts[list(places)].tolist()
    return weights_of_sizes(base[list(places)], [asked[i] for i in places], own)
