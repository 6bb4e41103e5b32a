"""The cheap way where looking for what to hide took too long: hide more than need be, and prove it at once.

What cannot range yet is freed by hiding, step by step: the exchange of two groups and two answers that costs
least (`switches.py`), a small group beside one of which it is hidden how many it has, then the answer of all
groups in the place, then all that is told by group of the place. Where only a partner is lacking, because
wider places are told, one place after another hides all; then the wider place does. Each step costs the same
for a thousand places as for one, and there are STEPS at the most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.effort import Effort
from reports.disclosure.errors import TooMuchWork
from reports.disclosure.switches import SLIDE, WORK, WORK_CELLS, Switches
from reports.disclosure.tables import Flags, Ints, Table

CHEAPEST = 3
"""Steps in which single exchanges are freed."""
LINES = 5
"""Steps until whole answers are hidden; from then on whole places."""
PARTNERS = 4
"""Places that hide all for the others of their room, before the wider place does."""
STEPS = 16


def hide_cautiously(
    table: Table, hidden: Flags, need: Ints, may_hide: Flags, cost: NDArray[np.float64], effort: Effort
) -> Flags:
    """`hidden` and what must be hidden besides, so that each hidden cell has its `need`.

    TooMuchWork when that was not found.

    Source: our own way; see this module and Hundepool and others 2012, Statistical Disclosure Control, ch. 4.
    """
    if not Switches.suit(table):
        raise TooMuchWork("this table has no cheap proof")
    return _Cautious(table, hidden, need, may_hide, cost, effort).run()


class _Cautious:
    def __init__(
        self, table: Table, hidden: Flags, need: Ints, may_hide: Flags, cost: NDArray[np.float64],
        effort: Effort,
    ) -> None:  # fmt: skip
        self.table, self.hidden, self.need, self.effort = table, hidden.copy(), need, effort
        self.may_hide = may_hide
        self.cost = np.where(may_hide, cost, np.inf)
        self.switches = Switches(table)
        self.low, self.high = table.values.copy(), table.values.copy()
        # The same as if there were always a partner.
        self.least, self.most = table.values.copy(), table.values.copy()
        self.partners = np.zeros(table.places.leaves, bool)

    def run(self) -> Flags:
        for step in range(STEPS):
            self.switches.explore(self.hidden, self.need, self.low, self.high, self.effort)
            lacking = self._open(self.low, self.high)
            if not lacking.size and (self.may_hide & ~self.hidden).any():
                return self.hidden
            np.minimum(self.least, self.low, out=self.least)
            np.maximum(self.most, self.high, out=self.most)
            self.switches.explore(self.hidden, self.need, self.least, self.most, self.effort, partners=False)
            alone = self._open(self.least, self.most)
            before = int(self.hidden.sum())
            self._free(alone, step)
            rest = np.setdiff1d(lacking, alone)
            if rest.size:
                self._find_partners(rest)
            for more in (LINES, STEPS):
                if int(self.hidden.sum()) == before:
                    self._free(lacking, more) if more < STEPS else self._hide_around(lacking)
            if int(self.hidden.sum()) == before or not (self.may_hide & ~self.hidden).any():
                break
        raise TooMuchWork("hiding more and more did not protect this table")

    def _open(self, low: Ints, high: Ints) -> Ints:
        return np.flatnonzero(self.hidden & (high - low < self.need))

    def _hide(self, cells: Ints) -> None:
        flat = cells.ravel()
        self.hidden[flat[self.may_hide[flat]]] = True

    def _free(self, cells: Ints, step: int) -> None:
        """Hide what keeps these cells from moving, were there partners."""
        block = self.switches.block
        place, answer, _ = self.switches.where[:, cells]
        if step < CHEAPEST:
            cells = self._exchanged(cells)
            place, answer, _ = self.switches.where[:, cells]
        if step < LINES:
            lines = answer > 0
            self._hide(block[place[lines], answer[lines], 1:])
            cells, place = cells[~lines], place[~lines]
            if step < CHEAPEST:
                place = place[~self._join(cells)]
        self._hide(block[np.unique(place)][:, :, 1:])

    def _join(self, cells: Ints) -> Flags:
        """Of each group of a single place of which it is hidden how many it has: the smallest group that it
        is told apart from is hidden too. Returns marks over cells: those for which there was one."""
        switches, size = self.switches, self.table.places.leaves
        told = switches.told(self.hidden)[:, 0]
        done = np.zeros(cells.size, bool)
        for at, (node, _, union) in enumerate(switches.where[:, cells].T.tolist()):
            inside = switches.inside[union]
            if not 1 <= node <= size:
                continue
            others = np.flatnonzero(~inside & ~np.isin(told[node], told[node, inside]))
            if others.size:
                people = switches.people[node - 1].sum(axis=0)
                h = others[people[others].argmin()]
                g = np.flatnonzero(inside)[people[inside].argmax()]
                parting = switches.inside[:, g] != switches.inside[:, h]
                self._hide(switches.block[node][:, parting])
                done[at] = True
        return done

    def _exchanged(self, cells: Ints) -> Ints:
        """Free the cheapest exchange of each cell of a single place and answer; returns the cells without
        any."""
        switches, size = self.switches, self.table.places.leaves
        place, answer, group = switches.where[:, cells]
        usable = (place >= 1) & (place <= size) & (answer > 0)
        at = np.flatnonzero(usable)
        price = self._prices(np.unique(place[at]))
        best = np.full(cells.size, np.inf)
        chosen = np.zeros((cells.size, 3), np.int64)
        inside = switches.inside[group]
        for a, b, g, h in switches.exchanges:
            if b == SLIDE:
                continue
            own = at[(answer[at] == 1 + a) & inside[at, g] & ~inside[at, h]]
            self.effort.spend(WORK + own.size // WORK_CELLS if own.size else 1)
            if not own.size:
                continue
            here = place[own] - 1
            people = switches.people[here]
            up = np.minimum(people[:, a, h], people[:, b, g])
            down = np.minimum(people[:, a, g], people[:, b, h])
            paid = price(here, a, g, h) + price(here, b, g, h)
            worth = np.where(
                (up + down >= self.need[cells[own]]) & (paid > 0) & np.isfinite(paid), paid, np.inf
            )
            better = worth < best[own]
            best[own[better]] = worth[better]
            chosen[own[better]] = b, g, h
        found = np.isfinite(best)
        for b in range(switches.shape[1]):
            mine = found & (chosen[:, 0] == b)
            parted = switches.inside[:, chosen[mine, 1]] != switches.inside[:, chosen[mine, 2]]
            for line in (answer[mine], np.full(int(mine.sum()), 1 + b)):
                self._hide(switches.block[place[mine], line][parted.T])
        rest: Ints = cells[~found]
        return rest

    def _prices(self, places: Ints) -> _Prices:
        return _Prices(self, places)

    def _find_partners(self, cells: Ints) -> None:
        """One more place of each room hides all that it tells by group: the one with most cells that can
        lose people."""
        switches, size = self.switches, self.table.places.leaves
        told = switches.told(self.hidden)[switches.wider]
        blocked = (told != told[:, :, :1]).any(axis=(1, 2))
        memberships = switches.within[blocked].T
        rooms = np.unique(memberships, axis=0, return_inverse=True)[1].ravel()
        place = switches.where[0][cells]
        single = (place >= 1) & (place <= size)
        wanted = set(rooms[place[single] - 1].tolist())
        for node in place[~single].tolist():
            wanted |= set(rooms[switches.within[switches.wider == node][0]].tolist())
        strong = (switches.people >= int(self.need.max())).sum(axis=(1, 2))
        order = np.lexsort((-switches.people.sum(axis=(1, 2)), -strong))
        for room in sorted(wanted):
            own = [n for n in order.tolist() if rooms[n] == room]
            taken = sum(bool(self.partners[n]) for n in own)
            if taken >= min(PARTNERS, len(own)):
                self._hide(switches.block[switches.wider[blocked & switches.within[:, own[0]]]][:, :, 1:])
                continue
            # The first needs a partner too.
            for n in [n for n in own if not self.partners[n]][: 1 if taken else 2]:
                self.partners[n] = True
                self._hide(switches.block[1 + n, :, 1:])

    def _hide_around(self, cells: Ints) -> None:
        """Nothing is left to hide of their own place: all that wider ones tell of the same answers, then all
        that they tell."""
        switches, size = self.switches, self.table.places.leaves
        place, answer, _ = switches.where[:, cells]
        inner = np.zeros(size, bool)
        for node in np.unique(place).tolist():
            inner |= np.isin(np.arange(size), self.table.places.nodes[node])
        around = switches.wider[switches.within[:, inner].any(axis=1)]
        before = int(self.hidden.sum())
        self._hide_merged(cells)
        if int(self.hidden.sum()) > before:
            return
        for line in np.unique(answer[answer > 0]).tolist():
            self._hide(switches.block[around, line, 1:])
        if int(self.hidden.sum()) == before:
            self._hide(switches.block[around][:, :, 1:])

    def _hide_merged(self, cells: Ints) -> None:
        """What wider ones tell that parts groups which the place itself does not."""
        switches, size = self.switches, self.table.places.leaves
        told = switches.told(self.hidden)
        place, _, group = switches.where[:, cells]
        for node, union in sorted(set(zip(place.tolist(), group.tolist(), strict=True))):
            inside = switches.inside[union]
            if not 1 <= node <= size:
                continue
            around = switches.wider[switches.within[:, node - 1]]
            for g in np.flatnonzero(inside).tolist():
                merged = ~inside & (told[node, 0] == told[node, 0, g])
                parting = (switches.inside[:, merged] != switches.inside[:, [g]]).any(axis=1)
                parting[0] = False
                self._hide(switches.block[around][:, :, parting])


class _Prices:
    """What it costs to hide all that is told of one answer of a place and parts two groups."""

    def __init__(self, of: _Cautious, places: Ints) -> None:
        block = of.switches.block[places]
        told = ~of.hidden[block]
        told[:, :, 0] = False
        self.cost = np.where(told, np.minimum(of.cost[block], DEAR), 0.0)
        self.inside = of.switches.inside.astype(float)
        self.row = np.zeros(of.table.places.leaves, np.int64)
        self.row[places - 1] = np.arange(places.size)
        self.known: dict[tuple[int, int, int], NDArray[np.float64]] = {}

    def __call__(self, places: Ints, answer: int, g: int, h: int) -> NDArray[np.float64]:
        key = (answer, min(g, h), max(g, h))
        if key not in self.known:
            paid = self.cost[:, 1 + answer] @ abs(self.inside[:, g] - self.inside[:, h])
            self.known[key] = np.where(paid >= DEAR, np.inf, paid)
        return self.known[key][self.row[places]]


DEAR = 1e9
