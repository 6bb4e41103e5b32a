"""Coordinates of the charts. Units: one bar is 210 wide; shares and positions come in as 0..1."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from reports.figures.drawing import draw
from reports.figures.palette import likert_colour, worse
from reports.rounding import percent

WIDTH = 210.0
WIDE = 360.0
"""Width of a bar that stands alone under text: the same height and letters as in a table, over more room."""
BAR_HEIGHT = 12.5
SMALL_WIDTH = 90.0
"""Width of a bar in a half-width table."""
DIGIT = 5.6
"""Width of a digit at FONT_SIZE: a label is printed only where it fits."""
END_SIZE = 7.7
"""Letters of the words under the ends of a bar."""
LETTER = 0.52
"""Mean width of a letter, of its size."""
LINE = 8.6
"""From one line of these words to the next."""
MOST_LINES = 4
GAP = 2
"""Letters kept free between the words under the two ends."""
HATCH = 4.2
"""Between the strokes across an answer made of several."""
EDGE = 6.0
"""Room at both ends of a dot chart, so that a dot at 0 or 100 is not cut."""


@dataclass(frozen=True)
class Bar:
    """One segment of a stacked bar: the positions (0 = worst) it covers and its share 0..1.

    More than one position: answers that had to be merged. It is hatched, so that nobody takes it for one.
    """

    positions: tuple[int, ...]
    share: float

    @property
    def merged(self) -> bool:
        return len(self.positions) > 1


def likert(
    bars: Sequence[Bar],
    size: int,
    *,
    key: str,
    title: str,
    description: str,
    ends: tuple[str, str] = ("", ""),
    interval: tuple[float, float] | None = None,
    whole_width: float = WIDTH,
) -> Markup:
    """A stacked bar from worst (left) to best (right) of a scale with `size` steps.

    `interval`: of the share of good answers; as these stand to the right, it is a bracket measured
    from the right end, around the border between good and other answers.
    `ends`: names of the answers in the first and in the last segment, written under them. `key` makes the
    ids in the page unique.
    """
    parts = []
    lines = fitting(ends, whole_width)
    first = BAR_HEIGHT + 12.6
    x = 0.0
    for bar in bars:
        width = bar.share * whole_width
        colour = likert_colour(bar.positions, size)
        label = str(percent(bar.share))
        parts.append(
            {
                "x": round(x, 2),
                "width": round(max(width - 0.8, 0.2), 2),
                "middle": round(x + width / 2, 2),
                "fill": colour.fill,
                "text": colour.text,
                "label": label if width >= len(label) * DIGIT + 1 else "",
                "plate": round(len(label) * DIGIT + 4, 2),
                "worse": worse(colour),
                "hatch": _hatch(x, width - 0.8) if bar.merged else "",
            }
        )
        x += width
    bracket = None
    if interval is not None:
        low, high = interval
        left, right = (1 - high) * whole_width, (1 - low) * whole_width
        middle = (left + right) / 2
        half = max((right - left) / 2, 1.0)
        bracket = (round(max(middle - half, 0.5), 2), round(min(middle + half, whole_width - 0.5), 2))
    return draw(
        "likert.svg",
        whole_width,
        parts=[part for part in parts if part["width"]],
        bracket=bracket,
        ends=[[(line, round(first + LINE * n, 2)) for n, line in enumerate(end)] for end in lines],
        end_size=END_SIZE,
        bar_height=BAR_HEIGHT,
        height=chart_height(max(map(len, lines))),
        key=key,
        title=title,
        description=description,
    )


def _hatch(x: float, width: float) -> str:
    """Path of slanting strokes across a segment that begins at `x`, each cut off at its edges."""
    strokes = []
    start = HATCH / 2 - BAR_HEIGHT
    while start < width:
        first, last = max(start, 0.0), min(start + BAR_HEIGHT, width)
        if last > first:
            top, bottom = BAR_HEIGHT - (last - start), BAR_HEIGHT - (first - start)
            strokes.append(f"M{x + first:.2f} {bottom:.2f} L{x + last:.2f} {top:.2f}")
        start += HATCH
    return " ".join(strokes)


def swatch(key: str, title: str) -> Markup:
    """A little hatched field for the line that explains hatching."""
    fill = likert_colour((2,), 5).fill
    return draw(
        "swatch.svg",
        WIDTH,
        fill=fill,
        hatch=_hatch(0, 24.0),
        height=BAR_HEIGHT,
        key=key,
        title=title,
        description=title,
    )


def fitting(ends: tuple[str, str], whole_width: float) -> tuple[list[str], list[str]]:
    """The words under the two ends in lines, as few as can be, so that they never meet in the middle.

    A name that needs more than MOST_LINES is cut with '…'; the title of the chart has it whole.
    """
    room = int((whole_width - 8) / (END_SIZE * LETTER)) - GAP
    for most in range(1, MOST_LINES + 1):
        narrow = [_narrowest(end, most, room) for end in ends]
        if sum(narrow) <= room:
            # What is left goes to the shorter name first, so that it is not broken for nothing.
            short = min((0, 1), key=lambda n: len(ends[n]))
            narrow[short] = min(len(ends[short]), room - narrow[1 - short])
            narrow[1 - short] = room - narrow[short]
            return _wrapped(ends[0], narrow[0]), _wrapped(ends[1], narrow[1])
    first, last = ends if len(ends[0]) >= len(ends[1]) else ends[::-1]
    short = min(_narrowest(last, MOST_LINES, room), room // 2)
    cut = {first: _cut(first, room - short), last: _cut(last, short)}
    return cut[ends[0]], cut[ends[1]]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 1), break_on_hyphens=False) if text else []


@lru_cache(maxsize=1000)  # the same words stand under the bars of a whole scale
def _narrowest(text: str, lines: int, room: int) -> int:
    """The fewest letters a line in which the text takes no more lines than these; no word is broken."""
    longest = max(map(len, text.split()), default=0)
    return next((width for width in range(longest, room) if len(_wrapped(text, width)) <= lines), room)


def _cut(text: str, width: int) -> list[str]:
    lines = _wrapped(text, width)
    if len(lines) <= MOST_LINES:
        return lines
    last = lines[MOST_LINES - 1]
    return [*lines[: MOST_LINES - 1], f"{last[: width - 1].rstrip()}…"]


def chart_height(lines: int) -> float:
    """Height of a stacked bar with its bracket and so many lines of words under it."""
    return round(BAR_HEIGHT + 6.2 + LINE * lines, 2)


def lines_under(ends: tuple[str, str], whole_width: float = WIDTH) -> int:
    """How many lines the words under a bar take: what a table must leave room for."""
    return max(map(len, fitting(ends, whole_width)))


def dot(
    value: float,
    low: float,
    high: float,
    *,
    key: str,
    title: str,
    description: str,
    reference: float | None = None,
) -> Markup:
    """A dot with its interval on a line from 0 to 1; `reference` is drawn as a thin upright."""

    def across(position: float) -> float:
        return round(EDGE + min(max(position, 0.0), 1.0) * (WIDTH - 2 * EDGE), 2)

    return draw(
        "dot.svg",
        WIDTH,
        value=across(value),
        low=across(low),
        high=across(high),
        grid=[across(step / 4) for step in range(5)],
        reference=None if reference is None else across(reference),
        key=key,
        title=title,
        description=description,
    )


def share_bar(
    share: float, low: float, high: float, *, key: str, title: str, description: str, marked: bool = False
) -> Markup:
    """One bar from 0: share that chose an answer. Its interval is a whisker; none when low equals high.

    `marked`: with a frame and a pointer, for the answer that somebody else declared.
    """
    return draw(
        "share.svg",
        WIDTH,
        small=SMALL_WIDTH,
        filled=round(share * SMALL_WIDTH, 2),
        low=round(low * SMALL_WIDTH, 2),
        high=round(high * SMALL_WIDTH, 2),
        whisker=high > low,
        marked=marked,
        key=key,
        title=title,
        description=description,
    )


def beside_bar(share: float, register: float, *, key: str, title: str, description: str) -> Markup:
    """One bar from 0: share of the answers, with an upright where the register would have it."""
    return draw(
        "beside.svg",
        WIDTH,
        small=SMALL_WIDTH,
        filled=round(share * SMALL_WIDTH, 2),
        register=round(min(max(register * SMALL_WIDTH, 1.0), SMALL_WIDTH - 1.0), 2),
        key=key,
        title=title,
        description=description,
    )


def coverage_bar(
    share: float, *, key: str, label: str, title: str, description: str, whole_width: float = WIDTH
) -> Markup:
    """How much of a whole has answered: filled part and the part still missing."""
    return draw(
        "coverage.svg",
        whole_width,
        filled=round(min(share, 1.0) * whole_width, 2),
        label=label,
        inside=share > 0.2,
        key=key,
        title=title,
        description=description,
    )
