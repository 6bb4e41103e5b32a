"""The heat matrix: rows by columns of scores, each number in its field, darker for more."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import BIG, EDGE, PAPER, PHONE, SIZE, SMALL, SMALLER, Canvas, Space, line_height
from reports.figures.letters import in_whole_words, width_of, wrapped
from reports.figures.palette import HEAT, HEAT_STEPS, LINE, MUTED, heat_colour
from reports.figures.values import Measured, Table, cells, fits, in_words
from reports.figures.voice import SCORE, Measure, Voice

NAMES = 0.3
"""Of the width of paper, for the names of the rows; on a telephone they stand over their fields."""
NARROWEST_FIELD = 72.0
GAP = 3.0
PADDING = 6.0
MOST_LINES = 5
KEY_HEIGHT, KEY_WIDTH = 16.0, 52.0


@dataclass(frozen=True)
class HeatRow:
    name: str
    fields: tuple[Measured, ...]


@dataclass(frozen=True)
class Heat:
    """`heading`: what the figure shows. Every row has a field for each of the `columns`. `apart`: the last
    column is a total, and stands a little apart."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    measure: Measure = SCORE
    apart: bool = True

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.fields) != len(self.columns):
                raise BadFigure(
                    f"row {row.name!r} has {len(row.fields)} fields under {len(self.columns)} columns"
                )
            fits(self.measure, *row.fields)


def heat(data: Heat, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    """As many columns side by side as have room, the others in a band under them."""
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.rows or not data.columns:
        canvas.nothing(voice.t("nothing"))
    else:
        beside = width >= PAPER * 0.75
        left = width * NAMES if beside else 0.0
        many = max(1, int((width - left + GAP) / (NARROWEST_FIELD + GAP)))
        top = EDGE
        for first in range(0, len(data.columns), many):
            top = _band(canvas, data, voice, range(first, min(first + many, len(data.columns))), left, top)
        key_of_steps(canvas, data.measure, voice, top + 4)
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("heat.help"))


def _band(canvas: Canvas, data: Heat, voice: Voice, columns: range, left: float, top: float) -> float:
    """Some of the columns, with their headings; where they end."""
    total = len(data.columns) - 1 if data.apart and len(data.columns) > 1 else -1
    apart = 2 * GAP if total in columns and len(columns) > 1 else 0.0
    field = (canvas.width - left - 2 * EDGE - GAP * (len(columns) - 1) - apart) / len(columns)
    starts = [
        left + EDGE + place * (field + GAP) + (apart if column == total else 0.0)
        for place, column in enumerate(columns)
    ]
    heads = [
        in_whole_words(data.columns[column], field, SMALLER, bold=column == total, most=MOST_LINES)
        for column in columns
    ]
    top += max(line_height(size) * len(head) for head, size in heads) + 5
    for x, (head, size), column in zip(starts, heads, columns, strict=True):
        start, bold = top - 4 - line_height(size) * len(head), column == total
        canvas.lines(x + field / 2, start, head, size=size, anchor="middle", fill=MUTED, bold=bold)
    for row in data.rows:
        fields = [_Field(data.measure, voice, row.fields[column], field) for column in columns]
        height = max(own.height for own in fields)
        if left:
            name = wrapped(row.name, left - 10, SIZE, bold=True, most=MOST_LINES)
            height = max(height, line_height(SIZE) * len(name) + PADDING)
            start = top + (height - line_height(SIZE) * len(name)) / 2
            canvas.lines(EDGE, start, name, bold=True)
        else:
            name = wrapped(row.name, canvas.width - 2 * EDGE, SIZE, bold=True, most=MOST_LINES)
            top = canvas.lines(EDGE, top + 3, name, bold=True) + 2
        for x, written in zip(starts, fields, strict=True):
            written.put(canvas, Space(x, top, field, height))
        top += height + GAP
    return top + 4


class _Field:
    """What stands in one field, broken into lines."""

    def __init__(self, measure: Measure, voice: Voice, figure: Measured, width: float) -> None:
        self.figure, self.measure = figure, measure
        room = width - PADDING
        if figure.value is None:
            self.value, self.size = "", 0.0
            self.under, self.small = in_whole_words(figure.hidden, width - 2, SMALLER, most=MOST_LINES)
        else:
            self.value = measure.said(voice, figure.value)
            short = measure.short(voice, *figure.interval) if figure.interval else ""
            note = wrapped(figure.note, room, SMALL, bold=True, most=3)
            self.under, self.small = tuple(line for line in (short, *note) if line), SMALL
            self.size = BIG if width_of(self.value, BIG, True) <= room else SIZE
        self.height = (
            2 * PADDING + (line_height(self.size)) + line_height(SMALL) * len(self.under)
            if figure.value is not None
            else 2 * PADDING + line_height(SMALL) * max(2, len(self.under))
        )

    def put(self, canvas: Canvas, space: Space) -> None:
        if self.figure.value is None:
            canvas.not_shown(space, self.under, self.small)
            return
        colour = heat_colour(self.measure.at(self.figure.value))
        canvas.box(space, colour.fill, stroke=LINE, thick=0.8)
        middle = space.x + space.width / 2
        top = space.y + (space.height - line_height(self.size) - line_height(SMALL) * len(self.under)) / 2
        canvas.words(middle, top, self.value, size=self.size, anchor="middle", fill=colour.text, bold=True)
        canvas.lines(
            middle, top + line_height(self.size), self.under, size=SMALL, anchor="middle", fill=colour.text
        )


def key_of_steps(canvas: Canvas, measure: Measure, voice: Voice, top: float) -> float:
    """What each shade stands for; where it ends."""
    span = (measure.most - measure.least) / HEAT_STEPS
    each = min(KEY_WIDTH * (1.3 if measure.form != "0" else 1.0), (canvas.width - 2 * EDGE) / HEAT_STEPS)
    for step, colour in enumerate(HEAT):
        low = measure.least + span * step
        high = measure.most if step == HEAT_STEPS - 1 else low + span - measure.step / measure.factor
        text = f"{measure.bare(voice, low)}–{measure.bare(voice, high)}"
        space = Space(EDGE + step * each, top, each, KEY_HEIGHT)
        canvas.box(space, colour.fill, stroke=LINE, thick=0.8)
        canvas.words(
            space.x + each / 2,
            top + (KEY_HEIGHT - line_height(SMALL)) / 2,
            text,
            size=SMALL,
            anchor="middle",
            fill=colour.text,
        )
    return top + KEY_HEIGHT


def _title(data: Heat, voice: Voice) -> str:
    told = [
        in_words(voice, data.measure, voice.t("heat.field", row=row.name, column=column), field)
        for row in data.rows
        for column, field in zip(data.columns, row.fields, strict=True)
    ]
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def heat_table(data: Heat, voice: Voice) -> Table:
    """A row for each field: what is hidden as well, with its reason."""
    heads = (
        voice.t("head.row"),
        voice.t("head.column"),
        voice.t("head.value"),
        voice.t("head.interval"),
        voice.t("head.n"),
    )
    rows = []
    for row in data.rows:
        for column, field in zip(data.columns, row.fields, strict=True):
            value, interval, n = cells(voice, data.measure, field)
            rows.append((row.name, column, value, interval, n))
    return Table(data.heading, heads, tuple(rows))
