"""Coordinates of the charts. Units: one bar is 210 wide; shares and positions come in as 0..1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.figures.palette import ACCENT, INK, LINE, MUTED, TRACK, likert_colour
from reports.rounding import percent

WIDTH = 210.0
WIDE = 360.0
"""Width of a bar that stands alone under text: the same height and letters as in a table, over more room."""
BAR_HEIGHT = 14.5
SMALL_WIDTH = 90.0
"""Width of a bar in a half-width table."""
FONT_SIZE = 9.2
DIGIT = 5.6
"""Width of a digit at FONT_SIZE: a label is printed only where it fits."""
END_SIZE = 8.2
"""Letters of the words under the ends of a bar."""
LETTER = 0.56
"""Mean width of a letter, of its size."""
EDGE = 6.0
"""Room at both ends of a dot chart, so that a dot at 0 or 100 is not cut."""


@dataclass(frozen=True)
class Bar:
    """One segment of a stacked bar: the positions (0 = worst) it covers and its share 0..1."""

    positions: tuple[int, ...]
    share: float


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _draw(template: str, width: float = WIDTH, **values: object) -> Markup:
    colours = {"ink": INK, "muted": MUTED, "line": LINE, "accent": ACCENT, "track": TRACK}
    drawing = (
        _environment().get_template(template).render(width=width, font_size=FONT_SIZE, **colours, **values)
    )
    # The template escapes every value itself; the result is markup by construction.
    return Markup(drawing.strip())


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
    `ends`: words under the two ends. `key` makes the ids in the page unique.
    """
    parts = []
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
    return _draw(
        "likert.svg",
        whole_width,
        parts=[part for part in parts if part["width"]],
        bracket=bracket,
        ends=fitting(ends, whole_width),
        end_size=END_SIZE,
        bar_height=BAR_HEIGHT,
        height=BAR_HEIGHT + 5 + (10.5 if any(ends) else 0),
        key=key,
        title=title,
        description=description,
    )


def fitting(ends: tuple[str, str], whole_width: float) -> tuple[str, str]:
    """The words under the two ends, cut so that they never meet in the middle; the title has them whole."""
    room = int((whole_width - 8) / (END_SIZE * LETTER))
    half = room // 2
    most = max(half, room - min(len(end) for end in ends))
    if min(len(end) for end in ends) > half:
        most = half
    return (_cut(ends[0], most), _cut(ends[1], most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


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

    return _draw(
        "dot.svg",
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
    return _draw(
        "share.svg",
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


def coverage_bar(
    share: float, *, key: str, label: str, title: str, description: str, whole_width: float = WIDTH
) -> Markup:
    """How much of a whole has answered: filled part and the part still missing."""
    return _draw(
        "coverage.svg",
        whole_width,
        filled=round(min(share, 1.0) * whole_width, 2),
        label=label,
        inside=share > 0.2,
        key=key,
        title=title,
        description=description,
    )
