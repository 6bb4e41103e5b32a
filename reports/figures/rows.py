"""Rows of a figure: a name, a drawing on a common scale, and its numbers: side by side or stacked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.figures.canvas import EDGE, PAPER, SIZE, SMALL, Canvas, Space, line_height
from reports.figures.letters import widest, width_of, wrapped
from reports.figures.palette import INK, LINE, MUTED

NAMES, NUMBERS = 0.34, 0.22
"""Of the width of paper; on a telephone the name stands over the drawing and the numbers under it."""
MOST_LINES = 6
GAP = 7.0
MARGIN = 10.0


@dataclass(frozen=True)
class Line:
    """`said`: its number, bold. `more`: small words beside or under it. `under`: the number with what it is
    of, for where no heading says that."""

    name: str
    said: str
    more: tuple[str, ...] = ()
    under: str = ""


class Rows:
    """Room for drawings of one `height` each, between names and numbers."""

    def __init__(
        self, canvas: Canvas, top: float, height: float, *, comma: str = ", ", margin: float = 0.0
    ) -> None:
        """`margin`: kept free at both ends of the drawing, for what reaches over its scale."""
        self.canvas, self.top, self.height, self.comma = canvas, top, height, comma
        self.wide = canvas.width >= PAPER * 0.75
        left = canvas.width * NAMES if self.wide else 0.0
        right = canvas.width * NUMBERS if self.wide else 0.0
        self.x = left + EDGE + margin
        self.width = canvas.width - left - right - 2 * EDGE - 2 * margin

    def headed(self, said: str) -> tuple[str, ...]:
        """What the numbers at the right are, in lines; on a telephone nothing, for they say it themselves."""
        room = self.canvas.width * NUMBERS - MARGIN
        return wrapped(said, room, SMALL, most=3) if self.wide else ()

    def heading(self, lines: tuple[str, ...], foot: float) -> None:
        """These over the numbers; they end at `foot`."""
        x = self.canvas.width * (1 - NUMBERS) + MARGIN
        self.canvas.lines(x, foot - line_height(SMALL) * len(lines), lines, size=SMALL, fill=MUTED)

    def _has_room(self, why: str) -> bool:
        return width_of(why, SMALL) + 12 <= self.width

    def hidden(self, name: str, why: str) -> Line:
        """A row of which nothing is shown; the reason stands in its drawing, or beside it where long."""
        return Line(name, "", () if self._has_room(why) else (why,))

    def not_shown(self, space: Space, height: float, why: str) -> None:
        own = Space(space.x, space.y, space.width, height)
        self.canvas.not_shown(own, (why,) if self._has_room(why) else ())

    def placed(self, lines: Sequence[Line]) -> Iterator[tuple[Line, Space]]:
        """Each row with the room of its drawing; its words are put there."""
        for line in lines:
            yield line, self._wide(line) if self.wide else self._narrow(line)
            canvas, y = self.canvas, self.top - GAP / 2
            canvas.path([(EDGE, y), (canvas.width - EDGE, y)], stroke=LINE, thick=0.6)

    def _wide(self, line: Line) -> Space:
        canvas = self.canvas
        name = wrapped(line.name, canvas.width * NAMES - MARGIN, SIZE, most=MOST_LINES)
        room = canvas.width * NUMBERS - MARGIN
        said = wrapped(line.said, room, SIZE, bold=True)
        more = tuple(own for part in line.more for own in wrapped(part, room, SMALL))
        numbers = line_height(SIZE) * len(said) + line_height(SMALL) * len(more)
        height = max(line_height(SIZE) * len(name), numbers, self.height)
        canvas.lines(EDGE, self.top, name)
        x = canvas.width - canvas.width * NUMBERS + MARGIN
        after = canvas.lines(x, self.top, said, bold=True)
        canvas.lines(x, after, more, size=SMALL, fill=MUTED)
        space = Space(self.x, self.top + 1, self.width, self.height)
        self.top += height + GAP
        return space

    def _narrow(self, line: Line) -> Space:
        canvas = self.canvas
        room = canvas.width - 2 * EDGE
        self.top = canvas.lines(EDGE, self.top, wrapped(line.name, room, SIZE, most=MOST_LINES)) + 2
        space = Space(self.x, self.top, self.width, self.height)
        self.top += self.height + 1
        said = wrapped(line.under or line.said, room, SMALL, bold=True)
        after = self.comma.join(part for part in line.more if part)
        self.top = canvas.lines(EDGE, self.top, said, size=SMALL, bold=True, fill=INK)
        left = room - widest(said[-1:], SMALL, True) - 8
        if said and after and width_of(after, SMALL) <= left:
            last = self.top - line_height(SMALL)
            canvas.words(canvas.width - EDGE, last, after, size=SMALL, anchor="end", fill=MUTED)
        else:
            self.top = canvas.lines(EDGE, self.top, wrapped(after, room, SMALL), size=SMALL, fill=MUTED)
        self.top += GAP
        return space
