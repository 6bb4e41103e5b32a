"""Tables that the attacker cannot tell from the true one, found by walking: the proof that a cell is hidden.

The walk begins at the true table and moves people about in ways that leave every shown number as it is: some
from one place to another, at the same time as many back with another answer, or in another group, or both.
Each table on the way is one that fits all that is published, whole numbers from 0 up. So the least and the
most that a cell was seen to hold lie inside what the attacker must think possible: the walk can miss some of
the cell's freedom, but never claims any that is not there.

Moves of this kind join all tables with the same sums (Diaconis and Sturmfels 1998). Many are made at once, as
far as they do not touch the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.effort import Effort
from reports.disclosure.errors import DisclosureError
from reports.disclosure.tables import Dimension, Flags, Ints, Table
from reports.disclosure.transport import door_of

ENDLESS = 2**40
PATIENCE = 4
"""Tries without news before something is given up."""
GIVEN_UP = 20
"""Steps in which a kind of move was never possible, before it is not tried any more."""
LITTLE = 0.005
"""News about a smaller share of the cells counts as none."""
APART = 40
"""One cell in so many is pushed at the same time."""
A_PLACE = 2
"""Cells of one place that are pushed at the same time."""
OPTIONS = 6
"""Leaves drawn for each partner of a move."""
WORK = 30
"""Of one step, besides one for every WORK_CELLS that it changes (`Effort`)."""
WORK_CELLS = 100
Kind = tuple[bool, bool, bool]
"""For place, answer and group: whether a move goes between two leaves (True), or in or out of everybody."""
KINDS: tuple[Kind, ...] = tuple(
    (place, answer, group) for place, answer, group in product((True, False), repeat=3)
)


def caps(table: Table, most: Ints | None) -> Ints:
    """How much each cell can hold, for all that readers know. `most`: how many can have answered in each
    place (nodes of `places`), ENDLESS where that is not known.

    Source: a definition; nothing is estimated.
    """
    cap = np.full(table.size, ENDLESS)
    if most is not None:
        for block in table.blocks or (table.face[:, :, None],):
            cap[block] = most[:, None, None]
    return cap


@dataclass
class Knowledge:
    """What a reader knows of each cell before adding up: it lies between `low` and `high`, both included."""

    low: Ints
    high: Ints

    @classmethod
    def of(cls, table: Table, hidden: Flags, most: Ints | None = None) -> Knowledge:
        """Shown cells are known; hidden ones lie between 0 and what is known of their place.

        Source: a definition; nothing is estimated.
        """
        return cls(np.where(hidden, 0, table.values), np.where(hidden, caps(table, most), table.values))


@dataclass(frozen=True)
class Moves:
    """`aim`: the cell that each move is for; `cells`: moves x cells that change, padded; `signs`: by how
    much for each person moved."""

    aim: Ints
    cells: Ints
    signs: NDArray[np.int8]


class Walk:
    """Moves about in one table. `low` and `high`: what each cell was seen to hold so far."""

    def __init__(self, table: Table, random: np.random.Generator, effort: Effort | None = None) -> None:
        self.table = table
        self.random = random
        self.effort = effort
        self.low = table.values.copy()
        self.high = table.values.copy()
        self._blocks = [_padded(block, table.size) for block in table.blocks or (table.face[:, :, None],)]
        self._groups = table.groups or (Dimension.of(1),)
        self._where = self._coordinates()
        self._doors = door_of(table.places)

    def seen(self) -> Ints:
        """How wide a range of each cell was found.

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397.
        """
        return self.high - self.low

    def visit(self, values: Ints, knows: Knowledge) -> None:
        """Take note of a table found elsewhere. DisclosureError when it is none, or readers know better.

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397.
        """
        if not self.table.holds(values) or (values < knows.low).any() or (values > knows.high).any():
            raise DisclosureError("a table that was found does not add up")
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)

    def forget(self) -> None:
        """Back to the true table alone.

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397.
        """
        self.low, self.high = self.table.values.copy(), self.table.values.copy()

    def explore(self, knows: Knowledge, need: Ints) -> None:
        """Walk until every cell was seen to range over `need`, or hardly anything new is found.

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397.
        """
        self._low, self._high = np.append(knows.low, -ENDLESS), np.append(knows.high, ENDLESS)
        free = np.flatnonzero(knows.high > knows.low)
        # Who comes and goes without a partner changes the number for everybody, which must be free to change.
        open_ends = [bool((self._where[1 + axis][free] == 0).any()) for axis in range(3)]
        self._idle = {
            kind: 0 if all(paired or end for paired, end in zip(kind, open_ends, strict=True)) else GIVEN_UP
            for kind in KINDS
        }
        waited, turn = 0, 0
        while (open_cells := np.flatnonzero(self.seen() < need)).size:
            aims = self._some_of_each_place(open_cells)
            if waited >= PATIENCE * -(-open_cells.size // aims.size):
                break
            self._climb(aims, need, upwards=turn % 3 < 2, wide=turn % 4 == 3)
            still = int((self.seen() < need).sum())
            waited = waited + 1 if still > open_cells.size * (1 - LITTLE) else 0
            turn += 1

    def _some_of_each_place(self, cells: Ints) -> Ints:
        """Few enough of the cells that they do not take people from one another."""
        shuffled = self.random.permutation(cells)
        order = np.argsort(self._where[1][shuffled], kind="stable")
        place = self._where[1][shuffled][order]
        rank = np.arange(order.size) - np.searchsorted(place, place)
        few = self.random.permutation(shuffled[order[rank < A_PLACE]])
        return few[: max(1, self.table.size // APART)]

    def _climb(self, aims: Ints, need: Ints, *, upwards: bool, wide: bool) -> None:
        """From the true table, push these cells up (or down), and do not take from them what they got.

        DisclosureError when the table at the end of the walk does not add up: every one on the way would be
        in doubt.
        """
        at = np.append(self.table.values, 0)
        low, high = self._low.copy(), self._high.copy()
        bound = low if upwards else high
        stuck = 0
        while stuck < PATIENCE and aims.size:
            moved = 0
            for kind in KINDS:
                if self._idle[kind] >= GIVEN_UP:
                    continue
                bound[aims] = at[aims]
                gained = self._step(aims, kind, at, low, high, need, upwards, wide)
                self._idle[kind] = 0 if gained else self._idle[kind] + 1
                moved += gained
            aims = aims[self.seen()[aims] < need[aims]]
            stuck = 0 if moved else stuck + 1
        if not self.table.holds(at[:-1]):
            raise DisclosureError("a table on the walk does not add up")

    def _step(
        self, cells: Ints, kind: Kind, at: Ints, low: Ints, high: Ints, need: Ints, upwards: bool, wide: bool
    ) -> int:
        """Move people for these cells, as far as there is room; returns how many moves were made."""
        leaving = at - low if upwards else high - at
        moves = self.moves(cells, kind, wide=wide, room=leaving) if cells.size else None
        if self.effort is not None:
            self.effort.spend(WORK + (0 if moves is None else moves.cells.size // WORK_CELLS))
        if moves is None:
            return 0
        signs = moves.signs if upwards else -moves.signs
        here = at[moves.cells]
        room = np.where(signs > 0, high[moves.cells] - here, here - low[moves.cells]).min(axis=1)
        able = np.flatnonzero(room > 0)
        if not able.size:
            return 0
        able = able[_apart(moves.cells[able], self.table.size)]
        people = np.minimum(room[able], np.maximum(need[moves.aim[able]], 1))
        touched = moves.cells[able]
        np.add.at(at, touched.ravel(), (signs[able] * people[:, None]).ravel())
        at[-1] = 0
        touched = touched[touched < self.table.size]
        self.low[touched] = np.minimum(self.low[touched], at[touched])
        self.high[touched] = np.maximum(self.high[touched], at[touched])
        return int(able.size)

    def moves(self, cells: Ints, kind: Kind, *, wide: bool, room: Ints | None = None) -> Moves | None:
        """For each of these cells a move drawn by lot that changes it by +1 a person; those for which there
        is none of this kind are left out.

        wide  partners from anywhere, not from next door
        room  how many people can leave each cell: partners are then taken from where somebody is

        Source: Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397.
        """
        block, place, answer, group = (column[cells] for column in self._where)
        if len(self._blocks) > 1:
            # A cell of the face belongs to every block.
            block = np.where(group == 0, self.random.integers(0, len(self._blocks), block.size), block)
        found = []
        for number in range(len(self._blocks)):
            own = np.flatnonzero(block == number)
            if own.size:
                nodes = (place[own], answer[own], group[own])
                fits, changed, signs = self._of_block(number, nodes, kind, wide, room)
                found.append((cells[own[fits]], changed, signs))
        width = max((changed.shape[1] for _, changed, _ in found), default=0)
        if not sum(aim.size for aim, _, _ in found):
            return None
        return Moves(
            np.concatenate([aim for aim, _, _ in found]),
            np.concatenate([_filled(changed, width, self.table.size) for _, changed, _ in found]),
            np.concatenate([_filled(signs, width, 0) for _, _, signs in found]),
        )

    def _of_block(
        self, number: int, nodes: tuple[Ints, Ints, Ints], kind: Kind, wide: bool, room: Ints | None
    ) -> tuple[Ints, Ints, NDArray[np.int8]]:
        """Which of the nodes have such a move, the cells it changes, and how."""
        dimensions = (self.table.places, self.table.answers, self._groups[number])
        leaves = [self._leaf_of(dimension, node) for dimension, node in zip(dimensions, nodes, strict=True)]
        partners: list[Ints | None] = [None, None, None]
        for axis in (2, 1, 0):
            if kind[axis]:
                near = axis == 0 and not wide
                options = self._options(dimensions[axis], leaves[axis], near=near)
                partners[axis] = self._choose(self._blocks[number], leaves, partners, axis, options, room)
        parts = [
            _changes(dimension, leaf, partner)
            for dimension, leaf, partner in zip(dimensions, leaves, partners, strict=True)
        ]
        fits = np.ones(nodes[0].size, bool)
        for (changed, signs), node in zip(parts, nodes, strict=True):
            # Column by column: there are few, and a reduction along short rows costs more.
            comes = np.zeros(node.size, bool)
            for column in np.flatnonzero(signs > 0).tolist():
                comes |= changed[:, column] == node
            fits &= comes
        kept = np.flatnonzero(fits)
        (places, place_signs), (answers, answer_signs), (groups, group_signs) = (
            (changed[kept], signs) for changed, signs in parts
        )
        outer = [(groups, group_signs, self._blocks[number])]
        if not kind[2]:
            outer += self._elsewhere(number, kept.size)
        cells: list[Ints] = []
        all_signs: list[NDArray[np.int8]] = []
        for groups, group_signs, grid in outer:
            found = _cells(
                grid, places[:, :, None, None], answers[:, None, :, None], groups[:, None, None, :]
            )
            sign = (place_signs[:, None, None] * answer_signs[:, None] * group_signs).ravel()
            cells.append(found.reshape(kept.size, sign.size))
            all_signs.append(np.broadcast_to(sign, cells[-1].shape))
        return kept, np.concatenate(cells, axis=1), np.concatenate(all_signs, axis=1)

    def _elsewhere(self, number: int, size: int) -> list[tuple[Ints, NDArray[np.int8], Ints]]:
        """What happens in the other blocks when a person comes or goes: somebody of some group does."""
        more = []
        for other, (grid, groups) in enumerate(zip(self._blocks, self._groups, strict=True)):
            if other != number:
                leaf = self.random.integers(0, groups.leaves, size)
                nodes = groups.above[leaf][:, 1:]  # everybody is the face, which moves already
                more.append((nodes, np.ones(nodes.shape[1], np.int8), grid))
        return more

    def _options(self, dimension: Dimension, leaf: Ints, *, near: bool) -> Ints:
        """Leaves to trade with, drawn by lot: with `near` of the narrowest node that holds this one and
        others."""
        if near:
            around = np.repeat(self._doors[leaf], OPTIONS)
            return self._leaf_of(dimension, around).reshape(-1, OPTIONS)
        return self.random.integers(0, dimension.leaves, (leaf.size, OPTIONS))

    def _choose(
        self,
        grid: Ints,
        leaves: list[Ints],
        partners: list[Ints | None],
        axis: int,
        options: Ints,
        room: Ints | None,
    ) -> Ints:
        """Of each row of options one, of those where somebody can leave if there are any."""
        chances = self.random.random(options.shape)
        if room is not None:
            corner = [1 + leaf[:, None] for leaf in leaves]
            corner[axis] = 1 + options
            good = room[_cells(grid, *corner)] > 0
            others = [partner for place, partner in enumerate(partners) if place != axis]
            if axis == 0 and others[0] is not None and others[1] is not None:
                good &= room[_cells(grid, 1 + options, 1 + others[0][:, None], 1 + others[1][:, None])] > 0
            chances += good
        chosen: Ints = np.take_along_axis(options, chances.argmax(axis=1)[:, None], axis=1)[:, 0]
        return chosen

    def _leaf_of(self, dimension: Dimension, node: Ints) -> Ints:
        row, begin, size = dimension.starts
        return row[begin[node] + (self.random.random(node.size) * size[node]).astype(np.int64)]

    def _coordinates(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Of every cell: its block, place, answer and group."""
        columns = np.zeros((4, self.table.size), np.int64)
        for number, grid in enumerate(self.table.blocks or (self.table.face[:, :, None],)):
            columns[0][grid] = number
            for axis in range(3):
                shape = [1, 1, 1]
                shape[axis] = -1
                columns[1 + axis][grid] = np.arange(grid.shape[axis]).reshape(shape)
        return columns[0], columns[1], columns[2], columns[3]


def _padded(grid: Ints, dummy: int) -> Ints:
    """The grid with one more row in each direction, so that node -1 is a cell that does not count."""
    return np.pad(grid, ((0, 1), (0, 1), (0, 1)), constant_values=dummy)


def _cells(grid: Ints, place: Ints, answer: Ints, group: Ints) -> Ints:
    """Cells of these nodes, broadcast together. One index into the flat row costs half of what three into the
    grid do. With -1 it falls on the last of the row before, or of all: there every grid is padded with the
    cell that does not count."""
    _, answers, groups = grid.shape
    found: Ints = grid.ravel().take((place * answers + answer) * groups + group)
    return found


def _filled(rows: NDArray[Any], width: int, value: int) -> NDArray[Any]:
    missing = width - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, missing)), constant_values=value) if missing else rows


def _changes(dimension: Dimension, leaf: Ints, partner: Ints | None) -> tuple[Ints, NDArray[np.int8]]:
    """Nodes that change when somebody comes to the leaf (from the partner), padded with -1, and their
    signs."""
    above = dimension.above[leaf]
    if partner is None:
        return above, np.ones(above.shape[1], np.int8)
    other = dimension.above[partner]
    if dimension.in_levels:
        same = above == other
        mine, theirs = np.where(same, -1, above), np.where(same, -1, other)
    else:
        shared = (above[:, :, None] == other[:, None, :]) & (above[:, :, None] >= 0)
        mine = np.where(shared.any(axis=2), -1, above)
        theirs = np.where(shared.any(axis=1), -1, other)
    # What all pairs share needs no room: those next door share everything but themselves.
    mine, theirs = (nodes[:, (nodes >= 0).any(axis=0)] for nodes in (mine, theirs))
    signs = np.repeat(np.array([1, -1], np.int8), [mine.shape[1], theirs.shape[1]])
    return np.concatenate([mine, theirs], axis=1), signs


def _apart(cells: Ints, dummy: int) -> Ints:
    """Of these moves, those whose cells no earlier one touches."""
    first = np.full(dummy + 1, len(cells), np.int64)
    numbers = np.arange(len(cells))
    np.minimum.at(first, cells, numbers[:, None])
    first[dummy] = len(cells)
    mine = (first[cells] == numbers[:, None]) | (cells == dummy)
    found: Ints = np.flatnonzero(mine.all(axis=1))
    return found
