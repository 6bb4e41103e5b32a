"""Where words find room beside what they are about, so that none lies on another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reports.figures.canvas import Point, Space

APART = 1.5
TURNS, RINGS = 16, 40


class Room:
    """What is taken of the `field`. Words take room; so do dots and lines that no word may lie on."""

    def __init__(self, field: Space, taken: Iterable[Space] = ()) -> None:
        self.field = field
        self.taken = list(taken)

    def free(self, space: Space) -> bool:
        return space.inside(self.field) and not any(space.meets(other, APART) for other in self.taken)

    def take(self, space: Space) -> Space:
        self.taken.append(space)
        return space

    def first(self, candidates: Iterable[Space]) -> Space | None:
        """The first that is free, which is taken then."""
        found = next((space for space in candidates if self.free(space)), None)
        return None if found is None else self.take(found)


def beside(at: Point, width: float, height: float, gap: float) -> list[Space]:
    """Where words about a point can stand: to its right, left, over, under, and at its corners."""
    x, y = at
    right, left, middle = x + gap, x - gap - width, x - width / 2
    over, under, level = y - gap - height, y + gap, y - height / 2
    return [
        Space(right, level, width, height),
        Space(left, level, width, height),
        Space(middle, over, width, height),
        Space(middle, under, width, height),
        Space(right, over, width, height),
        Space(right, under, width, height),
        Space(left, over, width, height),
        Space(left, under, width, height),
    ]


def around(at: Point, width: float, height: float, gap: float) -> list[Space]:
    """The same, and ever further out: in a field that is large enough one of them is free."""
    found = beside(at, width, height, gap)
    for ring in range(1, RINGS):
        reach = gap + ring * height * 0.75
        for turn in range(TURNS):
            angle = 2 * math.pi * turn / TURNS
            x, y = at[0] + reach * math.cos(angle), at[1] + reach * math.sin(angle)
            found.append(Space(x - width / 2, y - height / 2, width, height))
    return found


def kept_apart(heights: Sequence[float], wanted: Sequence[float], top: float, foot: float) -> list[float]:
    """Tops of labels one under another, in the order given, each as near to where its middle is `wanted` as
    the others leave it; between `top` and `foot`, or past the foot where there is no room for all."""
    tops: list[float] = []
    free = top
    crowded = sum(heights) >= foot - top
    for height, middle in zip(heights, wanted, strict=True):
        tops.append(free if crowded else max(free, middle - height / 2))
        free = tops[-1] + height
    limit = max(foot, free if crowded else foot)
    for index in range(len(tops) - 1, -1, -1):
        tops[index] = min(tops[index], limit - heights[index])
        limit = tops[index]
    return tops
