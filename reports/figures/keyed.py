"""What the numbers in a figure stand for, as a list under it: where names have no room in the figure."""

from __future__ import annotations

from collections.abc import Sequence

from reports.figures.canvas import EDGE, PAPER, SMALL, Canvas
from reports.figures.letters import widest, wrapped
from reports.figures.palette import INK

MOST_LINES = 6
GAP = 16.0


def keyed_list(canvas: Canvas, told: Sequence[tuple[str, str]], top: float) -> float:
    """(number, words) in one column, or in two on a broad sheet; where the list ends."""
    columns = 2 if canvas.width >= PAPER * 0.75 and len(told) > 3 else 1
    room = (canvas.width - 2 * EDGE - GAP * (columns - 1)) / columns
    number = widest(tuple(key for key, _ in told), SMALL, True) + 7
    height = -(-len(told) // columns)
    foot = top
    for column in range(columns):
        y, x = top, EDGE + column * (room + GAP)
        for key, words in told[column * height : (column + 1) * height]:
            canvas.words(x + number - 7, y, key, size=SMALL, anchor="end", fill=INK, bold=True)
            lines = wrapped(words, room - number, SMALL, most=MOST_LINES)
            y = canvas.lines(x + number, y, lines, size=SMALL) + 2
        foot = max(foot, y)
    return foot
