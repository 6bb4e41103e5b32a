"""A reader with all the time in the world: solves everything published for each number that is not.

Knows nothing of the engine but what is public: which cells are told, that people are whole and not fewer than
none, and what adds up. His unknowns are the people at every leaf (place, answer, group); the engine's are
cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.tables import Table
from tests.attack.solving import Known

ENDLESS = 10_000


@dataclass
class Attacker:
    """`shapes`: leaves of place, answer and group, one for each grouping of the same people."""

    shapes: tuple[tuple[int, int, int], ...]
    rows: list[NDArray[np.float64]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begins = np.cumsum([0, *[int(np.prod(shape)) for shape in self.shapes]])
        for number in range(1, len(self.shapes)):
            for place in range(self.shapes[0][0]):
                for answer in range(self.shapes[0][1]):
                    first = self.row(0, [place], [answer], range(self.shapes[0][2]))
                    other = self.row(number, [place], [answer], range(self.shapes[number][2]))
                    self.learn(first - other, 0, 0)

    def row(self, number: int, places: object, answers: object, groups: object) -> NDArray[np.float64]:
        """The sum of these leaves of one grouping, as a row over all unknowns."""
        row = np.zeros(self.begins[-1])
        one = np.zeros(self.shapes[number])
        one[np.ix_(list(places), list(answers), list(groups))] = 1  # type: ignore[call-overload]
        row[self.begins[number] : self.begins[number + 1]] = one.ravel()
        return row

    def learn(self, row: NDArray[np.float64], low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def read(self, table: Table, told: NDArray[np.bool_], blur: int = 0) -> dict[int, NDArray[np.float64]]:
        """Everything the table tells. Returns what each cell of it is the sum of."""
        sums: dict[int, NDArray[np.float64]] = {}
        groups = [group.nodes for group in table.groups] or [((0,),)]
        for number, block in enumerate(table.blocks or (table.face[:, :, None],)):
            for (place, answer, group), cell in np.ndenumerate(block):
                row = self.row(
                    number, table.places.nodes[place], table.answers.nodes[answer], groups[number][group]
                )
                sums[int(cell)] = row
                if told[cell]:
                    value = int(table.values[cell])
                    self.learn(row, value - blur, value + blur)
        return sums

    def found(
        self, wanted: Sequence[NDArray[np.float64]], least: int | Sequence[int]
    ) -> dict[int, tuple[int, int]]:
        """Which of these sums lie in a narrower range than `least`, and in which."""
        rows = np.array(wanted).reshape(-1, int(self.begins[-1]))
        if not len(rows):
            return {}
        low, high = Known(self.rows, self.low, self.high, ENDLESS).ranges(rows, least)
        return {
            int(number): (int(low[number]), int(high[number]))
            for number in np.flatnonzero(high - low < np.broadcast_to(least, len(rows)))
        }


def attacker_of(table: Table) -> Attacker:
    shapes = [(table.places.leaves, table.answers.leaves, group.leaves) for group in table.groups]
    return Attacker(tuple(shapes) or ((table.places.leaves, table.answers.leaves, 1),))
