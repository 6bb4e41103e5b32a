"""A reader of how surely answers go together: the interval of tau-b is wider or narrower by what each estate
answered to both questions (it is reckoned anew without each of them), so he looks for tables of the estates
that make the same printed numbers.

He is given much: of every estate how many gave each answer to each question, and how many of all estates gave
each pattern of answers. What he lacks is which estate they live in. From one table to another he comes by
exchange: two people of an estate exchange their answers to one question, two of another do the opposite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import MINIMUM

Tables = NDArray[np.int64]
"""Estates x answers to one question x answers to another (x ...)."""
Printed = tuple[float, ...]
Pair = tuple[int, int, int, int, int]
"""Estate; two questions; a part of each."""
MOST_TABLES = 3000
"""Of two questions in two parts each he tries all tables, as long as they are not more."""
TRIES = 6
LOOKS = 40
"""Ways he starts towards a number, and tables he looks at on each."""


@dataclass
class Reader:
    """`told`: what would be printed of such tables; None where nothing would."""

    tables: Tables
    told: Callable[[Tables], Printed | None]
    looks: int = LOOKS
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def __post_init__(self) -> None:
        self.printed = self.told(self.tables)
        assert self.printed is not None
        self.pairs = list(self._pairs())
        self.low = {pair: self._count(self.tables, pair) for pair in self.pairs}
        self.high = dict(self.low)

    def found(self, least: int) -> dict[Pair, tuple[int, int]]:
        """Pairs of answers of 1 to 4 people of an estate, or of all who gave one of them, that he knows more
        closely than `least`, or than the bars of the estate leave."""
        need = {pair: min(least, self._left_by_bars(pair)) for pair in self.pairs}
        every = self._every()
        if every is not None:
            for tables in every:
                if self.told(tables) == self.printed:
                    self._note(tables)
        else:
            for pair in self.pairs:
                if self.tables.ndim == 3:
                    self._exchange_with_others(pair, need[pair])
                for turn in range(2 * TRIES):
                    if self.high[pair] - self.low[pair] < need[pair]:
                        self._look(pair, 1 if turn % 2 else -1, need[pair])
        return {
            pair: (self.low[pair], self.high[pair])
            for pair in self.pairs
            if self.high[pair] - self.low[pair] < need[pair]
        }

    def _pairs(self) -> Iterator[Pair]:
        """Those worth knowing."""
        questions = range(self.tables.ndim - 1)
        for estate in range(len(self.tables)):
            for one in questions:
                for other in range(one + 1, len(questions)):
                    table = _of_two(self.tables[estate], one, other)
                    sides = table.sum(axis=1)[:, None], table.sum(axis=0)[None]
                    everybody = (table == sides[0]) | (table == sides[1])
                    for a, b in np.argwhere((table > 0) & ((table < MINIMUM) | everybody)).tolist():
                        yield estate, one, other, a, b

    def _count(self, tables: Tables, pair: Pair) -> int:
        estate, one, other, a, b = pair
        return int(_of_two(tables[estate], one, other)[a, b])

    def _left_by_bars(self, pair: Pair) -> int:
        estate, one, other, a, b = pair
        table = _of_two(self.tables[estate], one, other)
        row, column = int(table[a].sum()), int(table[:, b].sum())
        return min(row, column) - max(0, row + column - int(table.sum()))

    def _note(self, tables: Tables) -> None:
        for pair in self.pairs:
            n = self._count(tables, pair)
            self.low[pair], self.high[pair] = min(self.low[pair], n), max(self.high[pair], n)

    def _every(self) -> list[Tables] | None:
        """All tables that fit bars and sums; None where they are too many, or not of two by two."""
        if self.tables.shape[1:] != (2, 2):
            return None
        rows, columns, n = self.tables.sum(axis=2), self.tables.sum(axis=1), self.tables.sum(axis=(1, 2))
        first = [
            range(max(0, r + c - size), min(r, c) + 1)
            for r, c, size in zip(rows[:, 0].tolist(), columns[:, 0].tolist(), n.tolist(), strict=True)
        ]
        if np.prod([len(own) for own in first[:-1]]) > MOST_TABLES:
            return None
        grid = np.stack(np.meshgrid(*first[:-1], indexing="ij"), axis=-1).reshape(-1, len(first) - 1)
        last = int(self.tables[:, 0, 0].sum()) - grid.sum(axis=1)
        fits = (last >= first[-1].start) & (last < first[-1].stop)
        corners = np.column_stack([grid, last])[fits]
        return [
            np.stack(
                [[a, r[0] - a, c[0] - a, r[1] - c[0] + a] for a, r, c in zip(own, rows, columns, strict=True)]
            )
            .reshape(self.tables.shape)
            .astype(np.int64)
            for own in corners
        ]

    def _exchange_with_others(self, pair: Pair, need: int) -> None:
        """Of two questions: up to `need` exchanges, with two other estates, all ways of it."""
        estate, _, _, a, b = pair
        others = [own for own in range(len(self.tables)) if own != estate]
        rows, columns = (
            [own for own in range(n) if own != at]
            for n, at in zip(self.tables.shape[1:], (a, b), strict=True)
        )
        for c, d, one, t in product(rows, columns, others, (*range(-need, 0), *range(1, need + 1))):
            move = np.zeros(self.tables.shape[1:], np.int64)
            move[a, b] = move[c, d] = 1
            move[a, d] = move[c, b] = -1
            for other, own in product(others, range(-need, need + 1)):
                tables = self.tables.copy()
                tables[estate] += t * move
                tables[one] -= own * move
                tables[other] -= (t - own) * move
                if tables.min() >= 0 and self.told(tables) == self.printed:
                    self._note(tables)
                    if self.high[pair] - self.low[pair] >= need:
                        return

    def _look(self, pair: Pair, sign: int, need: int) -> None:
        """Towards more (or fewer) of the pair, then about until the same is printed."""
        tables = self.tables
        for _ in range(self.looks):
            reached = abs(self._count(tables, pair) - self._count(self.tables, pair))
            moved = self._exchanged(tables, pair, sign if reached < need else 0)
            if moved is None:
                return
            tables = moved
            if self.told(tables) == self.printed:
                self._note(tables)
                if self.high[pair] - self.low[pair] >= need:
                    return

    def _exchanged(self, tables: Tables, pair: Pair, sign: int) -> Tables | None:
        """One exchange by lot that changes the pair so; None where none was found."""
        before = self._count(tables, pair)
        for _ in range(200):
            estate = pair[0] if sign else int(self.random.integers(len(tables)))
            other = int(self.random.integers(len(tables) - 1))
            other += other >= estate
            people = [self._one_of(tables[estate]) for _ in range(2)]
            axis = int(self.random.integers(tables.ndim - 1))
            after = [list(person) for person in people]
            after[0][axis], after[1][axis] = after[1][axis], after[0][axis]
            moved = tables.copy()
            for gone, come in zip(people, map(tuple, after), strict=True):
                moved[(estate, *gone)] -= 1
                moved[(estate, *come)] += 1
                moved[(other, *come)] -= 1
                moved[(other, *gone)] += 1
            if moved.min() >= 0 and self._count(moved, pair) - before == sign and (moved != tables).any():
                return moved
        return None

    def _one_of(self, table: NDArray[np.int64]) -> tuple[int, ...]:
        """A person of an estate, by lot."""
        number = int(self.random.integers(int(table.sum())))
        place = int(np.searchsorted(table.ravel().cumsum(), number, side="right"))
        return tuple(int(own) for own in np.unravel_index(place, table.shape))


def _of_two(table: NDArray[np.int64], one: int, other: int) -> NDArray[np.int64]:
    away = tuple(axis for axis in range(table.ndim) if axis not in (one, other))
    found: NDArray[np.int64] = table.sum(axis=away)
    return found
