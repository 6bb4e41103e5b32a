"""Which cells must be hidden besides, so that nothing hidden can be reckoned back from what adds up.

Small tables are solved for the fewest (`optimal.py`). In larger ones a walk (`walk.py`) proves for each
hidden cell that it can hold other numbers; for the cells it cannot prove this of, the move that would set
them free at the least cost is looked for, what blocks it is hidden too, and the walk goes on. Cells that no
move sets free take ever more of what they add up to with them, until all is hidden. At the end every hidden
cell has been seen to range as far as it must: the result does not rest on the heuristic being clever. Where
that takes too long more is hidden than need be, which is proved cheaply (`cautious.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.disclosure import optimal
from reports.disclosure.cautious import hide_cautiously
from reports.disclosure.effort import Effort
from reports.disclosure.errors import CannotProtect, TooMuchWork
from reports.disclosure.pushing import Pushing
from reports.disclosure.switches import Switches
from reports.disclosure.tables import Flags, Ints, Table
from reports.disclosure.transport import spread
from reports.disclosure.walk import ENDLESS, KINDS, Knowledge, Walk, caps

ROUNDS = 40
LARGE = 4000
"""Cells above which a breakdown of which most is hidden is hidden whole: the rest of it helps nobody to
read."""
SMALL = 120
"""Cells up to which the heuristic takes its time: it solves for each cell instead of walking, hides little by
little, and tells again what turns out not to be needed."""
SOLVED = 500
"""Cells of a table up to which it is solved what follows from what is told, and what the walk missed."""
MISSED = 40
"""Cells that a walk may have missed for it to be solved; of more, most are not free."""
LARGEST_SOLVED = 25_000
"""Cells of a table above which nothing is solved, and what the walk missed counts as not free: one program
takes seconds there, and ever more."""
MOST_SOLVED = 100_000
"""Cells of the table times cells solved for, when nothing is left to hide: what the walk missed beyond that
counts as not free. Not a number of seconds: the same table must be protected in the same way everywhere."""
MOST_TO_PROVE = 500_000
"""Hidden cells times groups, above which nothing is tried where there is an end to what may be tried
(`effort`). Up to 497,000 were seen to be proved, from 545,000 none: those were refused after 8 to 60 s."""
MOST_WALKED = 50_000
"""Work (`Effort`) on tables larger than LARGEST_SOLVED where the cautious way is left: walks through these
prove what they will prove early, or not at all."""
FEW_LEFT = 25
"""Cells that may be left open when many were pushed at once, for each to be pushed alone."""
HAIR = 1e-9
CANDIDATES = 48
"""Moves tried for each cell, of each kind."""
Method = Literal["nothing to hide", "optimal", "best found", "heuristic", "cautious"]


@dataclass(frozen=True)
class Protection:
    """`hidden`: marks over all cells. `need`: the range each hidden cell keeps, 0 for those that need
    none."""

    hidden: Flags
    need: Ints
    method: Method


def cost_of(table: Table) -> NDArray[np.float64]:
    """What it costs to hide each cell: one more for each doubling of the people in it.

    Source: our own choice; cost by the logarithm of the size is common in cell suppression.
    """
    cost: NDArray[np.float64] = np.log2(2.0 + table.values)
    return cost


def protect(
    table: Table,
    primary: Flags,
    range_kept: int,
    *,
    asked: Flags | None = None,
    shown: Flags | None = None,
    most: Ints | None = None,
    exact: bool | None = None,
    effort: Effort | None = None,
) -> Protection:
    """Hide `primary` and what must be hidden besides.

    range_kept  how wide the attacker's interval of a hidden cell stays at the least
    asked       the cells that would be told at all; the others are never told, and those of 1 to 4 people
                among them are protected too: a difference of two asked ones may be one of them
    shown       cells that are told already and cannot be hidden any more
    most        what readers know of how many can have answered in each place (nodes of `places`): no cell
                can keep a wider range than that
    exact       True: by integer programming; False: never; None: when the table is small
    effort      how much work may be done; None: as much as it takes

    Raises CannotProtect when what is shown already leaves no way, TooMuchWork when there was too little
    effort to find one.

    Source: Hundepool and others 2012, Statistical Disclosure Control, ch. 4 (secondary suppression);
    Fischetti and Salazar 2001, Management Science 47, 1008-1027.
    """
    asked = ~table.none() if asked is None else asked
    shown = table.none() if shown is None else shown
    hidden = (primary | ~asked) & ~shown
    small = (table.values > 0) & (table.values < range_kept)
    need = np.where((asked | small) & ~shown, range_kept, 0)
    need = np.minimum(need, _known_most(table, ~hidden, most))
    derived = _derived(table, shown, most)
    if (derived & small & (need > 0)).any():
        raise CannotProtect("numbers of 1 to 4 people follow from what is told already")
    # What follows from what is told cannot be hidden, and needs no hiding where it is about five or more.
    need[derived] = 0
    may_hide = asked & ~shown & ~derived
    if not (hidden & (need > 0)).any():
        return Protection(hidden, np.where(hidden, need, 0), "nothing to hide")
    if exact is None:
        exact = table.size <= optimal.MOST_CELLS
    if exact:
        found = optimal.cheapest(table, hidden, need, cost_of(table), may_hide=may_hide, most=most)
        if found is not None:
            method: Method = "optimal" if found.proven else "best found"
            return Protection(found.hidden, np.where(found.hidden, need, 0), method)
    try:
        return _Heuristic(table, hidden, need, may_hide, most, effort).run()
    except TooMuchWork:
        if effort is None or most is not None:
            raise
        effort.take_spare()
        wary = hide_cautiously(table, hidden, need, may_hide, cost_of(table), effort)
        return Protection(wary, np.where(wary, need, 0), "cautious")


def _derived(table: Table, shown: Flags, most: Ints | None) -> Flags:
    """Cells that follow from the shown ones: one sum after the other, and in tables of SOLVED cells or fewer
    all sums together."""
    sums = abs(table.relations)
    known = shown | (_known_most(table, shown, most) == 0)
    while known.any():
        single = sums @ (~known).astype(np.int64) == 1
        more = (sums.T @ single.astype(np.int64) > 0) & ~known
        if not more.any():
            break
        known |= more
    if known.any() and 0 < (~known).sum() <= SOLVED:
        open_cells = np.flatnonzero(~known)
        known[open_cells[_settled(table.relations[:, open_cells].toarray())]] = True
    found: Flags = known & ~shown
    return found


def _settled(sums: Ints) -> Flags:
    """Unknowns (columns) that are the same in all solutions of these sums (rows)."""
    rows = np.unique(sums[sums.any(axis=1)], axis=0)
    size = rows.shape[1]
    # A triangle, its columns in the order of `order`, tells in what the first depend on the others; to
    # decompose into singular values tells the same at ten times the cost.
    triangle, order = scipy.linalg.qr(rows.astype(float), mode="r", pivoting=True)
    edge = np.abs(np.diagonal(triangle))
    rank = int((edge > HAIR * edge.max(initial=0.0)).sum())
    settled = np.zeros(size, np.bool_)
    follow = scipy.linalg.solve_triangular(triangle[:rank, :rank], triangle[:rank, rank:])
    settled[order[:rank]] = np.abs(follow).max(axis=1, initial=0.0) < HAIR
    return settled


def _known_most(table: Table, shown: Flags, most: Ints | None) -> Ints:
    """How much each cell can hold for a reader of its own sums: nobody, where a wider one shows nobody."""
    found = np.where(shown, table.values, caps(table, most))
    sums = table.relations.tocoo()
    union = np.empty(table.relations.shape[0], np.int64)
    union[sums.coords[0][sums.data > 0]] = sums.coords[1][sums.data > 0]
    part = sums.data < 0
    wider, narrower = union[sums.coords[0][part]], sums.coords[1][part]
    for _ in range(2 + len(table.groups)):  # place, answer, and group: one sum after the other
        np.minimum.at(found, narrower, found[wider])
    return found


class _Heuristic:
    def __init__(
        self, table: Table, hidden: Flags, need: Ints, may_hide: Flags, most: Ints | None,
        effort: Effort | None,
    ) -> None:  # fmt: skip
        self.table = table
        self.primary = hidden
        self.hidden = hidden.copy()
        self.need, self.may_hide = need, may_hide
        self.most = most
        self.cost = cost_of(table)
        # The same table is always protected in the same way: what is told twice must not differ.
        self.random = np.random.default_rng(0)
        self.limited = effort is not None
        self.walk = Walk(table, self.random, effort)
        pushed = len(table.blocks) == 1 and SMALL < table.size <= LARGEST_SOLVED
        self.pushing = Pushing(table, effort) if pushed else None
        switched = table.size > SMALL and most is None and Switches.suit(table)
        self.switches = Switches(table) if switched else None

    def run(self) -> Protection:
        effort = self.walk.effort
        if effort is not None and effort.spare and self.table.size > LARGEST_SOLVED:
            effort.left = min(effort.left, MOST_WALKED)
        if self.limited:
            to_prove = int(np.count_nonzero(self.hidden & (self.need > 0)))
            if to_prove * sum(own.leaves for own in self.table.groups) > MOST_TO_PROVE:
                raise TooMuchWork("so many hidden numbers of so many groups were never proved in time")
        if self.table.size > LARGE:
            self._hide_whole()
        for _ in range(ROUNDS):
            open_cells = self._explore()
            if not open_cells.size or not self._more_to_hide():
                break
            if not self._free(open_cells):
                self._widen(open_cells)
        while (open_cells := self._explore()).size:
            if not self._more_to_hide():
                open_cells = self._lost()
                if not open_cells.size:
                    break
            self._widen(open_cells)
        if self.table.size <= SMALL:
            self._tell_again()
        return Protection(self.hidden, np.where(self.hidden, self.need, 0), "heuristic")

    def _lost(self) -> Ints:
        """Nothing is left to hide: what the walk did not find is solved before it is called lost. One cell
        that is lost settles it, and so does more to solve than LARGEST_SOLVED and MOST_SOLVED allow."""
        need = np.where(self.hidden, self.need, 0)
        size = self.table.size
        if size <= LARGEST_SOLVED:
            knows = Knowledge.of(self.table, self.hidden, self.most)
            for _ in range(MOST_SOLVED // size):
                open_cells = np.flatnonzero(self.walk.seen() < need)
                if not open_cells.size:
                    break
                cell = int(open_cells[0])
                self._visit(cell, knows)
                if self.walk.seen()[cell] < need[cell]:
                    break
        return np.flatnonzero(self.walk.seen() < need)

    def _more_to_hide(self) -> bool:
        return bool((self.may_hide & ~self.hidden).any())

    def _tell_again(self) -> None:
        """Tell what turns out not to be needed, the dearest first."""
        extra = np.flatnonzero(self.hidden & ~self.primary & self.may_hide)
        for cell in extra[np.argsort(-self.cost[extra], kind="stable")].tolist():
            self.hidden[cell] = False
            self.walk.forget()
            if self._explore().size:
                self.hidden[cell] = True

    def _hide_whole(self) -> None:
        """Hide all of a breakdown in single places of which most had to be hidden anyway."""
        leaves = slice(1, 1 + self.table.places.leaves)
        filled = self.table.values > 0
        for block in self.table.blocks:
            cells = block[leaves, :, 1:]
            lost = (self.hidden & filled)[cells].sum(axis=(1, 2))
            told = filled[cells].sum(axis=(1, 2))
            rows = cells[2 * lost >= told]
            self.hidden[rows] |= self.may_hide[rows]

    def _explore(self) -> Ints:
        """Cells that are hidden and were not yet seen to range far enough."""
        need = np.where(self.hidden, self.need, 0)
        spread(self.table, self.hidden, self.walk.low, self.walk.high)
        knows = Knowledge.of(self.table, self.hidden, self.most)
        if self.switches is not None:
            self.switches.explore(self.hidden, need, self.walk.low, self.walk.high, self.walk.effort)
        if self.table.size <= SMALL:
            self._solve(knows, need)
        elif self.pushing is not None:
            self.pushing.explore(self.walk, knows, need, self.random)
            if (self.walk.seen() < need).sum() <= FEW_LEFT:
                self._solve(knows, need)
        else:
            self.walk.explore(knows, need)
            # What the walk missed may be free all the same, and need not take others with it.
            if self.table.size <= SOLVED and (self.walk.seen() < need).sum() <= MISSED:
                self._solve(knows, need)
        return np.flatnonzero(self.walk.seen() < need)

    def _solve(self, knows: Knowledge, need: Ints) -> None:
        """Solve for each cell; what one solution shows of others is taken too."""
        for cell in np.flatnonzero(self.walk.seen() < need).tolist():
            if self.walk.seen()[cell] < need[cell]:
                self._visit(cell, knows)

    def _visit(self, cell: int, knows: Knowledge) -> None:
        if self.pushing is not None:
            self.pushing.one(self.walk, knows, np.where(self.hidden, self.need, 0), cell)
            return
        # The end that is further off first: it is often enough.
        need = self.need[cell]
        for sign in (1, -1) if self.table.values[cell] >= need else (-1, 1):
            if self.walk.seen()[cell] < need:
                self.walk.visit(optimal.extreme(self.table, knows, cell, sign), knows)

    def _free(self, open_cells: Ints) -> bool:
        """Hide what blocks the cheapest moves of these cells. False when none has one that is blocked."""
        best = np.full(open_cells.size, np.inf)
        chosen: list[Ints] = [np.zeros(0, np.int64)] * open_cells.size
        place_of = {cell: place for place, cell in enumerate(open_cells.tolist())}
        asked = np.repeat(open_cells, CANDIDATES)
        for kind in KINDS:
            for wide in (False, True):
                self._try(asked, kind, wide, best, chosen, place_of)
        able = np.argsort(best, kind="stable")[: np.isfinite(best).sum()]
        # What is hidden for one may set others free: in small tables a few at a time.
        for place in able if self.table.size > SMALL else able[: 1 + able.size // 4]:
            self.hidden[chosen[place]] = True
        return able.size > 0

    def _try(
        self,
        asked: Ints,
        kind: tuple[bool, bool, bool],
        wide: bool,
        best: NDArray[np.float64],
        chosen: list[Ints],
        place_of: dict[int, int],
    ) -> None:
        moves = self.walk.moves(asked, kind, wide=wide)
        if moves is None:
            return
        size = self.table.size
        values = np.append(self.table.values, 0)
        top = np.append(caps(self.table, self.most), ENDLESS)
        hidden = np.append(self.hidden, True)
        price = np.append(np.where(self.may_hide, self.cost, np.inf), 0.0)
        counted = moves.cells < size
        up = np.where(moves.signs > 0, top[moves.cells] - values[moves.cells], values[moves.cells])
        down = np.where(moves.signs > 0, values[moves.cells], top[moves.cells] - values[moves.cells])
        room = np.where(counted, up, ENDLESS).min(axis=1) + np.where(counted, down, ENDLESS).min(axis=1)
        blocked = ~hidden[moves.cells]
        paid = np.where(blocked, price[moves.cells], 0.0).sum(axis=1)
        useful = (room > 0) & (paid > 0)
        # A move that gives only part of the range is worth as much less.
        worth = np.where(useful, paid / np.minimum(np.maximum(room, 1), self.need.max()), np.inf)
        for number in np.flatnonzero(np.isfinite(worth)):
            place = place_of[int(moves.aim[number])]
            if worth[number] < best[place]:
                best[place] = worth[number]
                row = moves.cells[number]
                chosen[place] = row[blocked[number]]

    def _widen(self, open_cells: Ints) -> None:
        """Hide all that these cells add up with. CannotProtect when that is hidden already, or may not be."""
        relations = self.table.relations
        marks = np.zeros(self.table.size, np.int64)
        marks[open_cells] = 1
        near = (abs(relations).T @ (abs(relations) @ marks)) > 0
        more = near & self.may_hide & ~self.hidden
        if not more.any():
            more = self.may_hide & ~self.hidden
        if not more.any():
            raise CannotProtect(
                f"{open_cells.size} numbers follow from what is told already; "
                "ask for fewer groups or wider places"
            )
        self.hidden |= more
