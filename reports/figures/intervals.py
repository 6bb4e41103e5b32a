"""Numbers as dots with their intervals on a common axis, one row each, in the order given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.figures.canvas import EDGE, PHONE, SMALL, Canvas, Space, line_height
from reports.figures.letters import widest, wrapped
from reports.figures.palette import ACCENT, LINE, MUTED
from reports.figures.rows import Line, Rows
from reports.figures.values import Measured, Table, cells, fits, in_words
from reports.figures.voice import SCORE, Measure, Voice

HEIGHT = 18.0
MARGIN = 8.0
DOT = 5.0


@dataclass(frozen=True)
class Interval:
    name: str
    figure: Measured


@dataclass(frozen=True)
class Intervals:
    """`reference`: drawn as an upright through all rows, named `reference_is`: of all estates, say."""

    heading: str
    rows: tuple[Interval, ...]
    measure: Measure = SCORE
    reference: float | None = None
    reference_is: str = ""

    def __post_init__(self) -> None:
        fits(self.measure, *(row.figure for row in self.rows))
        if self.reference is not None:
            fits(self.measure, Measured(self.reference))


def intervals(data: Intervals, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.rows:
        canvas.nothing(voice.t("nothing"))
    else:
        _draw(canvas, data, voice)
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("intervals.help"))


def _draw(canvas: Canvas, data: Intervals, voice: Voice) -> None:
    rows = Rows(canvas, EDGE, HEIGHT, comma=voice.t("comma"), margin=MARGIN)
    rows.top = _head(canvas, data, voice, rows)
    lines = [_line(data, row, voice, rows) for row in data.rows]
    for (_, space), row in zip(rows.placed(lines), data.rows, strict=True):
        if row.figure.value is None:
            rows.not_shown(space, HEIGHT, row.figure.hidden)
        else:
            _row(canvas, data, row.figure, space)


def _head(canvas: Canvas, data: Intervals, voice: Voice, rows: Rows) -> float:
    """The numbers of the axis, and what the upright is; where they end."""
    top = EDGE + 2
    if data.reference is not None and data.reference_is:
        said = voice.t("part", name=data.reference_is, told=data.measure.said(voice, data.reference))
        lines = wrapped(said, rows.width, SMALL)
        at = rows.x + data.measure.at(data.reference) * rows.width
        half = widest(lines, SMALL) / 2
        middle = min(max(at, rows.x + half - MARGIN), rows.x + rows.width + MARGIN - half)
        top = canvas.lines(middle, top, lines, size=SMALL, anchor="middle", fill=MUTED)
        canvas.path([(at, top), (at, top + 5)], stroke=MUTED, thick=1)
        top += 5
    for tick in data.measure.ticks:
        x = rows.x + data.measure.at(tick) * rows.width
        said = data.measure.bare(voice, tick)
        half = widest((said,), SMALL) / 2
        x = min(max(x, EDGE + half), canvas.width - EDGE - half)
        canvas.words(x, top, said, size=SMALL, anchor="middle", fill=MUTED)
    return top + line_height(SMALL) + 4


def _line(data: Intervals, row: Interval, voice: Voice, rows: Rows) -> Line:
    figure = row.figure
    if figure.value is None:
        return rows.hidden(row.name, figure.hidden)
    more = [data.measure.between(voice, *figure.interval)] if figure.interval else []
    if figure.n is not None:
        more.append(voice.answers(figure.n))
    return Line(row.name, data.measure.said(voice, figure.value), (*more, figure.note))


def _row(canvas: Canvas, data: Intervals, figure: Measured, space: Space) -> None:
    def across(value: float) -> float:
        return space.x + data.measure.at(value) * space.width

    y = space.y + HEIGHT / 2
    canvas.path([(space.x, y), (space.x + space.width, y)], stroke=LINE)
    canvas.path(
        *[[(across(tick), space.y + 2), (across(tick), space.y + HEIGHT - 2)] for tick in data.measure.ticks],
        stroke=LINE,
        thick=0.8,
    )
    if data.reference is not None:
        x = across(data.reference)
        canvas.path([(x, space.y - 1), (x, space.y + HEIGHT + 1)], stroke=MUTED, thick=1.2, dash="3 2")
    if figure.interval:
        low, high = map(across, figure.interval)
        canvas.path([(low, y), (max(high, low + 1), y)], stroke=ACCENT, thick=6, opacity=0.35)
    canvas.dot((across(figure.value or 0.0), y), DOT)


def _title(data: Intervals, voice: Voice) -> str:
    told = [in_words(voice, data.measure, row.name, row.figure) for row in data.rows]
    if told and data.reference is not None and data.reference_is:
        told.append(in_words(voice, data.measure, data.reference_is, Measured(data.reference)))
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def intervals_table(data: Intervals, voice: Voice) -> Table:
    heads = (voice.t("head.what"), voice.t("head.value"), voice.t("head.interval"), voice.t("head.n"))
    rows = [(row.name, *cells(voice, data.measure, row.figure)) for row in data.rows]
    if rows and data.reference is not None and data.reference_is:
        rows.append((data.reference_is, *cells(voice, data.measure, Measured(data.reference))))
    return Table(data.heading, heads, tuple(rows))
