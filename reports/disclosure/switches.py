"""How far hidden cells range at the least, reckoned from exchanges instead of walked: for tables of any size.

Two groups exchange people between two answers of one place: (a, g) and (b, h) win m, (a, h) and (b, g) lose m
(a *switch*; Diaconis and Sturmfels 1998). How many gave each answer and how many are in each group stays as
it was, and so does every told number that has both groups in it or neither. Where it is not told how many are
in the groups, m people of one answer may be in g instead of h (a *slide*). What wider places tell stays
as it was when another place that lies in the same of them, a *partner*, makes the opposite exchange.

A cell is pushed up by one exchange after another until it has its range, each taken off what its place still
has; then down. Groups that nobody tells apart are first put together, in it or outside. Each person moved by
partners before takes at most one from what partners can move now. So each range is that of tables that fit
all that is told, whole numbers from 0 up; no table is ever made, and it costs as many steps as there are
exchanges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.effort import Effort
from reports.disclosure.tables import Flags, Ints, Table

MOST_EXCHANGES = 6_000
"""Kinds of exchange looked at: of very many groups only those with the largest."""
WORK = 4
"""Of one kind of exchange, besides one for every WORK_CELLS that it is tried for (`Effort`)."""
WORK_CELLS = 50
SLIDE = -1
Exchange = tuple[int, int, int, int]
"""Answers a and b (SLIDE: none), groups g and h, all leaves."""


@dataclass(frozen=True)
class _Here:
    """What one kind of exchange meets. Arrays: one entry a place."""

    allowed: Flags
    """No number that is told of the place itself stands in the way."""
    bound: Flags
    """A wider place tells of it: a partner is needed."""
    room: Ints
    """Who can be partners of one another."""
    blocked: Flags
    """Wider places that tell of it."""


class Switches:
    """Exchanges in a table of one grouping, answers told one by one."""

    def __init__(self, table: Table) -> None:
        self.table = table
        (self.block,), (groups,) = table.blocks, table.groups
        places, answers = table.places, table.answers
        self.shape = places.leaves, answers.leaves, groups.leaves
        self.people = table.values[
            self.block[1 : 1 + places.leaves, 1 : 1 + answers.leaves, 1 : 1 + groups.leaves]
        ]
        self.inside: Flags = groups.sums.toarray() > 0
        """Groups x leaves of groups."""
        single = np.zeros(len(places), bool)
        single[1 : 1 + places.leaves] = True
        self.wider = np.flatnonzero(~single)
        self.within: Flags = places.sums.toarray()[self.wider] > 0
        """Wider places x leaves of places."""
        self.where = np.zeros((3, table.size), np.int64)
        for axis, size in enumerate(self.block.shape):
            along = [1, 1, 1]
            along[axis] = size
            self.where[axis][self.block] = np.arange(size).reshape(along)
        # Each group is drawn a lot, so that what is told of it can be compared by one number.
        random = np.random.default_rng(0)
        self.lots = random.integers(1, 2**63, self.inside.shape[0], np.uint64)
        self.place_lots = random.integers(1, 2**63, self.wider.size, np.uint64)
        self.exchanges = list(self._exchanges())

    @staticmethod
    def suit(table: Table) -> bool:
        """Whether a table is of the kind that the ledger judges.

        Source: a definition; nothing is estimated.
        """
        plain = len(table.answers) == 1 + table.answers.leaves
        return plain and len(table.blocks) == 1 and table.groups[0].leaves > 1

    def _exchanges(self) -> Iterator[Exchange]:
        """All kinds, or, of too many, those with the groups that most people are in."""
        _, answers, groups = self.shape
        most = max(1, MOST_EXCHANGES // (answers**2 * groups))
        largest = np.argsort(-self.people.sum(axis=(0, 1)), kind="stable").tolist()
        for a in range(answers):
            for g in range(groups):
                for h in [other for other in largest if other != g][:most]:
                    yield a, SLIDE, g, h
                    yield from ((a, b, g, h) for b in range(answers) if b != a)

    def told(self, hidden: Flags) -> NDArray[np.uint64]:
        """Places x answers x leaves of groups: which of the told groups each leaf is in, as one number.

        Source: a definition; nothing is estimated.
        """
        fixed = (~hidden)[self.block].astype(np.uint64)
        fixed[:, :, 0] = 0  # everybody parts no groups
        own: NDArray[np.uint64] = fixed @ (self.inside * self.lots[:, None])
        return own

    def here(self, told: NDArray[np.uint64], exchange: Exchange, rooms: dict[bytes, Ints]) -> _Here:
        """What this kind of exchange meets.

        Source: a definition; nothing is estimated.
        """
        a, b, g, h = exchange
        lines = [1 + a, 0 if b == SLIDE else 1 + b]
        parted: Flags = (told[:, lines, g] != told[:, lines, h]).any(axis=1)
        blocked = parted[self.wider]
        room = rooms.get(blocked.tobytes())
        if room is None:
            own = self.within[blocked].T.astype(np.uint64) @ self.place_lots[blocked]
            room = rooms[blocked.tobytes()] = np.unique(own, return_inverse=True)[1]
        bound: Flags = np.any(self.within[blocked], axis=0)
        return _Here(~parted[1 : 1 + self.shape[0]], bound, room, blocked)

    def _losing(self, exchange: Exchange, *, up: bool) -> tuple[tuple[int, int], ...]:
        """Answer and group of the cells that lose people when (a, g) goes up, or down."""
        a, b, g, h = exchange
        if b == SLIDE:
            return ((a, h),) if up else ((a, g),)
        return ((a, h), (b, g)) if up else ((a, g), (b, h))

    def explore(
        self, hidden: Flags, need: Ints, low: Ints, high: Ints, effort: Effort | None = None,
        *, partners: bool = True,
    ) -> None:  # fmt: skip
        """Widen what each hidden cell is known to range over, in place, until each has its `need`.

        partners  False: as if there were always one (not a proof, but tells what is lacking)

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397; for two answers x groups these
        are the bounds of Dobra and Fienberg 2000, PNAS 97, 11885-11892.
        """
        cells = np.flatnonzero(hidden & (high - low < need))
        cells = cells[self.where[2][cells] > 0]
        single = (self.where[0][cells] >= 1) & (self.where[0][cells] <= self.shape[0])
        told = self.told(hidden)
        apart = self._apart(told)
        self._single(cells[single], told, apart, need, low, high, effort, partners)
        self._wider(cells[~single], told, apart, need, low, high, effort, partners)

    def _single(
        self, cells: Ints, told: NDArray[np.uint64], apart: NDArray[np.uint64], need: Ints, low: Ints,
        high: Ints, effort: Effort | None, partners: bool,
    ) -> None:  # fmt: skip
        """Cells of single places."""
        if not cells.size:
            return
        if effort is not None:
            effort.spend(cells.size * self.shape[2] * (self.shape[1] + self.shape[2]) // 5_000)
        place, answer, group = self.where[:, cells]
        place, wanted = place - 1, need[cells]
        inside = self.inside[group]
        moved, left = self._put_together(place, answer, inside, apart)
        followed = {True: np.zeros(cells.size, np.int64), False: np.zeros(cells.size, np.int64)}
        rooms: dict[bytes, Ints] = {}
        open_cells = moved[True] + moved[False] < wanted
        for exchange in self.exchanges:
            _, _, g, h = exchange
            at = np.flatnonzero(open_cells & inside[:, g] & ~inside[:, h] & self._of_line(answer, exchange))
            if effort is not None:
                effort.spend(WORK + at.size // WORK_CELLS if at.size else 1)
            if not at.size:
                continue
            here = self.here(told, exchange, rooms)
            at = at[here.allowed[place[at]]]
            for up in (True, False) if at.size else ():
                room = np.maximum(wanted[at] - moved[True][at] - moved[False][at], 0)
                for line, leaf in self._losing(exchange, up=up):
                    room = np.minimum(room, left[up][at, line, leaf])
                if partners and here.bound.any():
                    bound = here.bound[place[at]]
                    others = self._others(here, exchange, up=up)[place[at]] - followed[up][at]
                    room = np.where(bound, np.clip(others, 0, room), room)
                    followed[up][at] += np.where(bound, room, 0)
                moved[up][at] += room
                for line, leaf in self._losing(exchange, up=up):
                    left[up][at, line, leaf] -= room
            open_cells[at[moved[True][at] + moved[False][at] >= wanted[at]]] = False
            if not open_cells.any():
                break
        high[cells] = np.maximum(high[cells], self.table.values[cells] + moved[True])
        low[cells] = np.minimum(low[cells], self.table.values[cells] - moved[False])

    def _of_line(self, answer: Ints, exchange: Exchange) -> Flags:
        """Cells of the answer that the exchange is for; a slide is for how many there are as well."""
        own: Flags = answer == 1 + exchange[0]
        return own | (answer == 0) if exchange[1] == SLIDE else own

    def _others(self, here: _Here, exchange: Exchange, *, up: bool) -> Ints:
        """How many people the partners of each place can move the other way."""
        each = self._each(here, exchange, up=not up)
        found: Ints = np.bincount(here.room, each)[here.room].astype(np.int64) - each
        return found

    def _apart(self, told: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Places x groups: alike where neither the place nor a wider one tells two groups apart."""
        _, answers, _ = self.shape
        random = np.random.default_rng(1)
        lots = random.integers(1, 2**63, (len(self.block), 1 + answers, 1), np.uint64) * np.uint64(2)
        lots = told * (lots + np.uint64(1))
        single: NDArray[np.uint64] = lots[1 : 1 + self.shape[0]].sum(axis=1)
        found: NDArray[np.uint64] = single + self.within.T.astype(np.uint64) @ lots[self.wider].sum(axis=1)
        return found

    def _put_together(
        self, place: Ints, answer: Ints, inside: Flags, apart: NDArray[np.uint64]
    ) -> tuple[dict[bool, Ints], dict[bool, Ints]]:
        """How far each cell goes up, and down, when all groups that nothing told here or of wider places
        parts are put together in one that is in the cell, or not; and who is where then."""
        groups = self.shape[2]
        moved, left = {}, {}
        own = apart[place]
        for up in (True, False):
            wins = inside if up else ~inside
            left[up] = self.people[place].copy()
            for g in range(groups):
                alike = (own == own[:, [g]]) & wins[:, [g]]
                alike[(alike & wins)[:, :g].any(axis=1)] = False
                alike &= ~wins
                for h in np.flatnonzero(alike.any(axis=0)).tolist():
                    at = alike[:, h]
                    left[up][at, :, g] += left[up][at, :, h]
                    left[up][at, :, h] = 0
            gain = np.where(wins[:, None], left[up] - self.people[place], 0).sum(axis=2)
            every = np.arange(place.size)
            moved[up] = np.where(answer > 0, gain[every, answer - 1], gain.sum(axis=1))
        return moved, left

    def _wider(
        self, cells: Ints, told: NDArray[np.uint64], apart: NDArray[np.uint64], need: Ints, low: Ints,
        high: Ints, effort: Effort | None, partners: bool,
    ) -> None:  # fmt: skip
        """Cells of several places: one kind of exchange in as many of them as can, their partners outside."""
        rooms: dict[bytes, Ints] = {}
        row_of = {node: row for row, node in enumerate(self.wider.tolist())}
        every = np.arange(self.shape[0])
        for answer, group in sorted({(int(a), int(u)) for _, a, u in self.where[:, cells].T}):
            if effort is not None:
                effort.spend(WORK * self.shape[2] * (1 + every.size * self.shape[2] // 10_000))
            moved, _ = self._put_together(
                every, np.full(every.size, answer), self.inside[[group] * every.size], apart
            )
            own = cells[(self.where[1][cells] == answer) & (self.where[2][cells] == group)]
            within = self.within[[row_of[node] for node in self.where[0][own].tolist()]]
            high[own] = np.maximum(high[own], self.table.values[own] + within @ moved[True])
            low[own] = np.minimum(low[own], self.table.values[own] - within @ moved[False])
        for exchange in self.exchanges if cells.size else ():
            cells = cells[high[cells] - low[cells] < need[cells]]
            place, answer, group = self.where[:, cells]
            g, h = exchange[2:]
            fits = self.inside[group, g] & ~self.inside[group, h] & self._of_line(answer, exchange)
            if effort is not None:
                effort.spend(1 + int(fits.sum()) * (WORK + self.shape[0] // (10 * WORK_CELLS)))
            if not fits.any():
                continue
            here = self.here(told, exchange, rooms)
            can = {up: self._each(here, exchange, up=up) for up in (True, False)}
            for cell, node in zip(cells[fits].tolist(), place[fits].tolist(), strict=True):
                row = row_of[node]
                if here.blocked[row]:
                    continue
                own = self.within[row]
                for up in (True, False):
                    free = own & ~here.bound if partners else own
                    total = int(can[up][free].sum())
                    if partners:
                        size = int(here.room.max()) + 1
                        inner = own & here.bound
                        wins = np.bincount(here.room[inner], can[up][inner], size)
                        loses = np.bincount(here.room[~own], can[not up][~own], size)
                        total += int(np.minimum(wins, loses).sum())
                    value = int(self.table.values[cell])
                    if up:
                        high[cell] = max(high[cell], value + min(total, int(need[cell])))
                    else:
                        low[cell] = min(low[cell], value - min(total, int(need[cell])))

    def _each(self, here: _Here, exchange: Exchange, *, up: bool) -> Ints:
        """How many people each place can move."""
        losing = self._losing(exchange, up=up)
        room: Ints = np.min([self.people[:, line, leaf] for line, leaf in losing], axis=0)
        return np.where(here.allowed, room, 0)
