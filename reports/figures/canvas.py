"""A sheet that figures put their marks on; one template draws them all, so that they are one family.

Units: those of the viewBox. A figure for a telephone is PHONE wide and one for paper PAPER: letters are the
same size in both, and what does not fit beside another thing is set under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.drawing import draw
from reports.figures.letters import isolated, width_of, wrapped
from reports.figures.palette import ACCENT, HATCHED, HIDDEN, INK, LINE, MUTED, SURFACE

PHONE = 320.0
PAPER = 640.0
NARROWEST = 240.0
SIZE = 12.0
SMALL = 11.0
SMALLER = (SMALL, 10.0, 9.25, 8.75)
"""Of words in a narrow field: as large as leaves them whole."""
BIG = 17.0
LEADING = 1.25
"""From one line to the next, of the size of its letters."""
RISE = 0.76
"""From the top of a line of letters to the line they stand on, of their size."""
EDGE = 1.0
"""Left free all round, so that no stroke is cut."""
STROKES = 6.0
"""Between the strokes of what is hatched."""

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
_TURNED: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}


@dataclass(frozen=True)
class Space:
    """Something's room on the sheet."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Space, apart: float = 0.0) -> bool:
        """Whether they overlap, or lie less than so far `apart`."""
        return (
            self.x < other.x + other.width + apart
            and other.x < self.x + self.width + apart
            and self.y < other.y + other.height + apart
            and other.y < self.y + self.height + apart
        )

    def inside(self, other: Space) -> bool:
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )


def line_height(size: float) -> float:
    return size * LEADING


class Canvas:
    """Marks in the order they lie on one another. `mirrored`: left is right, as rows are read from there."""

    def __init__(self, width: float, *, mirrored: bool = False) -> None:
        if not NARROWEST <= width <= 4000:
            raise BadFigure(f"a figure cannot be {width} wide")
        self.width, self.mirrored = width, mirrored
        self.marks: list[dict[str, Any]] = []
        self.foot = 0.0
        """Where the lowest mark ends."""

    def _x(self, x: float) -> float:
        return self.width - x if self.mirrored else x

    def _reached(self, y: float) -> None:
        self.foot = max(self.foot, y)

    def box(
        self,
        space: Space,
        fill: str,
        *,
        stroke: str = "",
        thick: float = 1.0,
        round_: float = 0.0,
    ) -> None:
        left = self.width - space.x - space.width if self.mirrored else space.x
        self._reached(space.y + space.height)
        self.marks.append(
            {
                "kind": "box",
                "x": _n(left),
                "y": _n(space.y),
                "width": _n(max(space.width, 0.0)),
                "height": _n(max(space.height, 0.0)),
                "fill": fill,
                "stroke": stroke,
                "thick": _n(thick),
                "round": _n(round_) if round_ else "",
            }
        )

    def path(
        self,
        *lines: Sequence[Point],
        stroke: str = INK,
        thick: float = 1.0,
        fill: str = "none",
        dash: str = "",
        closed: bool = False,
        opacity: float | None = None,
    ) -> None:
        """Lines through points; `closed`: each back to where it began. `opacity`: of the stroke, or of the
        fill where there is one."""
        end = " Z" if closed else ""
        d = " ".join(
            "M" + " L".join(f"{_n(self._x(x))} {_n(y)}" for x, y in line) + end for line in lines if line
        )
        if not d:
            return
        self._reached(max(y for line in lines for _, y in line))
        self.marks.append(
            {
                "kind": "path",
                "d": d,
                "fill": fill,
                "stroke": stroke,
                "thick": _n(thick),
                "dash": dash,
                "opacity": "" if opacity is None else _n(opacity),
                "faded": "stroke" if fill == "none" else "fill",
            }
        )

    def dot(
        self, at: Point, r: float, fill: str = ACCENT, *, stroke: str = SURFACE, thick: float = 1.0
    ) -> None:
        self._reached(at[1] + r)
        self.marks.append(
            {
                "kind": "dot",
                "x": _n(self._x(at[0])),
                "y": _n(at[1]),
                "r": _n(r),
                "fill": fill,
                "stroke": stroke,
                "thick": _n(thick),
            }
        )

    def diamond(self, at: Point, r: float, fill: str, *, stroke: str = SURFACE) -> None:
        x, y = at
        corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        self.path(corners, fill=fill, stroke=stroke, closed=True)

    def hatch(self, space: Space, stroke: str = HATCHED, thick: float = 1.2) -> None:
        """Slanting strokes over a box, each cut off at its edges."""
        lines = []
        start = STROKES / 2 - space.height
        while start < space.width:
            first, last = max(start, 0.0), min(start + space.height, space.width)
            if last > first:
                foot = space.y + space.height - (first - start)
                head = space.y + space.height - (last - start)
                lines.append([(space.x + first, foot), (space.x + last, head)])
            start += STROKES
        self.path(*lines, stroke=stroke, thick=thick)

    def words(
        self,
        x: float,
        top: float,
        text: str,
        *,
        size: float = SIZE,
        anchor: Anchor = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> Space:
        """One line of letters whose highest reach up to `top`. What room it takes."""
        width, height = width_of(text, size, bold), line_height(size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        self._reached(top + height)
        self.marks.append(
            {
                "kind": "words",
                "x": _n(self._x(x)),
                "y": _n(top + RISE * size + (height - size) / 2),
                "size": _n(size),
                "anchor": _TURNED[anchor] if self.mirrored else anchor,
                "fill": fill,
                "bold": bold,
                "words": isolated(text),
            }
        )
        return Space(left, top, width, height)

    def lines(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        *,
        size: float = SIZE,
        anchor: Anchor = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> float:
        """Lines one under the other; where they end."""
        for line in lines:
            self.words(x, top, line, size=size, anchor=anchor, fill=fill, bold=bold)
            top += line_height(size)
        return top

    def plate(self, lines: Sequence[str], size: float, x: float, top: float, fill: str) -> None:
        """A quiet ground under lines that stand in the middle of something hatched."""
        width = max((width_of(line, size) for line in lines), default=0.0) + 6
        self.box(Space(x - width / 2, top - 1, width, line_height(size) * len(lines) + 2), fill)

    def not_shown(self, space: Space, why: Sequence[str], size: float = SMALL) -> None:
        """A hatched field that says why it is empty."""
        self.box(space, HIDDEN.fill, stroke=LINE)
        self.hatch(space)
        top = space.y + (space.height - line_height(size) * len(why)) / 2
        middle = space.x + space.width / 2
        if why:
            self.plate(why, size, middle, top, HIDDEN.fill)
        self.lines(middle, top, why, size=size, anchor="middle", fill=HIDDEN.text)

    def nothing(self, said: str) -> None:
        """The whole figure: that there is nothing to show."""
        lines = wrapped(said, self.width - 32, SIZE)
        height = 32 + line_height(SIZE) * len(lines)
        frame = Space(EDGE, EDGE, self.width - 2 * EDGE, height - 2 * EDGE)
        corners = (
            (frame.x, frame.y),
            (frame.x + frame.width, frame.y),
            (frame.x + frame.width, frame.y + frame.height),
            (frame.x, frame.y + frame.height),
        )
        self.path(corners, stroke=MUTED, dash="4 3", closed=True)
        self.lines(self.width / 2, 16, lines, anchor="middle", fill=MUTED)
        self._reached(height)

    def drawn(self, *, key: str, title: str, description: str) -> Markup:
        """The figure, as high as its marks reach. `key` makes its ids unique in the page."""
        return draw(
            "marks.svg",
            _n(self.width),
            height=_n(self.foot + EDGE),
            marks=self.marks,
            key=key,
            title=title,
            description=description,
        )


def _n(value: float) -> str:
    """Two digits and no more than there are: the same bytes for the same figure."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
