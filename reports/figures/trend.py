"""A number over the waves of a series. Where two waves cannot be compared no line joins them.

A break (another scale, another cut-off, another wording) is a gap with a mark and its reason; so is a wave of
which the number is not shown. Waves stand as far apart as their days do.
"""

from __future__ import annotations

import math
import string
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import EDGE, PHONE, SMALL, Canvas, Point, Space, line_height
from reports.figures.letters import broken, widest, width_of, wrapped
from reports.figures.palette import ACCENT, HATCHED, INK, LINE, MUTED, SURFACE, WARN
from reports.figures.placing import Room
from reports.figures.values import NOTHING, Measured, Table, cells, fits, in_words
from reports.figures.voice import SHARE, Measure, Voice

HEIGHT = 190.0
"""Of the field."""
MARGIN = 14.0
"""From the edge of the field to the first and the last wave."""
DOT, BAND, COLUMN = 4.5, 7.0, 12.0
LABEL_LINES, LABEL_WIDTH = 3, 76.0
REASON_WIDTH, REASON_LINES = 96.0, 3
LETTER = 15.0
"""Between two letters that stand side by side."""
NEAREST = 10.0
"""Waves closer than this are moved apart, so that both can be seen."""


@dataclass(frozen=True)
class WavePoint:
    """One wave. `broken`: why it cannot be compared with the wave before, in words; '' where it can."""

    name: str
    on: date
    figure: Measured
    broken: str = ""


@dataclass(frozen=True)
class Trend:
    """Waves in the order of their days, of one and the same number."""

    heading: str
    waves: tuple[WavePoint, ...]
    measure: Measure = SHARE

    def __post_init__(self) -> None:
        fits(self.measure, *(wave.figure for wave in self.waves))
        if any(after.on <= before.on for before, after in pairwise(self.waves)):
            raise BadFigure("the waves of a trend stand in the order of their days")


def trend(data: Trend, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width)
    if not data.waves:
        canvas.nothing(voice.t("nothing"))
    else:
        _Drawing(canvas, data, voice).draw()
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("trend.help"))


class _Drawing:
    """Coordinates of one trend."""

    def __init__(self, canvas: Canvas, data: Trend, voice: Voice) -> None:
        self.canvas, self.data, self.voice = canvas, data, voice
        ticks = tuple(data.measure.said(voice, tick) for tick in data.measure.ticks)
        self.left = EDGE + widest(ticks, SMALL) + 6
        self.right = canvas.width - EDGE
        self.across = self._across()
        self.reasons = [wrapped(wave.broken, REASON_WIDTH, SMALL) for wave in data.waves[1:] if wave.broken]
        self.direct = len(self.reasons) <= 3 and all(len(lines) <= REASON_LINES for lines in self.reasons)
        self.levels = self._levels()
        lines = max(map(len, self.reasons), default=0) if self.direct else self.levels
        self.top = EDGE + line_height(SMALL) * lines + 8
        self.foot = self.top + HEIGHT

    # Where things lie

    def _across(self) -> list[float]:
        """The waves along the foot, as far apart as their days, but none on top of another."""
        waves, first, last = self.data.waves, self.left + MARGIN, self.right - MARGIN
        if len(waves) == 1:
            return [(first + last) / 2]
        days = (waves[-1].on - waves[0].on).days
        own = [(wave.on - waves[0].on).days / days for wave in waves]
        room = last - first
        least = min(NEAREST, room / (len(waves) - 1)) / room
        gaps = [max(least, after - before) for before, after in pairwise(own)]
        # What the close ones were given is taken from the others, each in proportion to what it can spare.
        over = sum(gaps) - 1.0
        spare = sum(gap - least for gap in gaps)
        if over > 0 and spare > 0:
            gaps = [gap - over * (gap - least) / spare for gap in gaps]
        places = [first]
        for gap in gaps:
            places.append(places[-1] + gap * room)
        return places

    def up(self, value: float) -> float:
        return self.foot - self.data.measure.at(value) * HEIGHT

    def _broken(self) -> list[tuple[float, str]]:
        """Where the gaps of broken comparisons are, and why."""
        return [
            ((self.across[place - 1] + self.across[place]) / 2, wave.broken)
            for place, wave in enumerate(self.data.waves)
            if wave.broken and place
        ]

    def _levels(self) -> int:
        """Lines of letters over the field, where breaks lie so close that their letters need several."""
        at = [x for x, _ in self._broken()]
        least = min((after - before for before, after in pairwise(at)), default=LETTER)
        return min(len(at), math.ceil(LETTER / max(least, 1.0)))

    def draw(self) -> None:
        canvas, measure = self.canvas, self.data.measure
        for tick in measure.ticks:
            y = self.up(tick)
            canvas.path([(self.left, y), (self.right, y)], stroke=LINE, thick=0.8)
            canvas.words(
                self.left - 5,
                y - line_height(SMALL) / 2,
                measure.said(self.voice, tick),
                size=SMALL,
                anchor="end",
                fill=MUTED,
            )
        explained = self._breaks()
        self._hidden()
        self._lines()
        self._values()
        top = self._names()
        for letter, reason in explained:
            lines = wrapped(reason, canvas.width - 2 * EDGE - 18, SMALL)
            canvas.words(EDGE, top, letter, size=SMALL, bold=True, fill=WARN)
            top = canvas.lines(EDGE + 18, top, lines, size=SMALL) + 2

    def _breaks(self) -> list[tuple[str, str]]:
        """Marks of the breaks. Their reasons stand over the field where they have room; else letters do, and
        these are explained under it: they are returned with their reasons."""
        canvas, broken, explained = self.canvas, self._broken(), []
        over = self._over(broken) if self.direct else None
        for number, (x, reason) in enumerate(broken):
            canvas.path([(x, self.top - 5), (x, self.foot)], stroke=WARN, dash="5 3", thick=1.2)
            # On the foot line the sign of an axis that is cut.
            canvas.path([(x - 5, self.foot), (x + 5, self.foot)], stroke=SURFACE, thick=4)
            for side in (-3.0, 3.0):
                stroke = [(x + side - 2.5, self.foot + 5), (x + side + 2.5, self.foot - 5)]
                canvas.path(stroke, stroke=WARN, thick=1.4)
            if over is not None:
                space, lines = over[number], self.reasons[number]
                middle = space.x + space.width / 2
                canvas.lines(middle, space.y, lines, size=SMALL, anchor="middle", fill=WARN)
                continue
            letter = string.ascii_uppercase[number] if number < 26 else str(number + 1)
            top = self.top - 6 - line_height(SMALL) * (1 + number % self.levels)
            canvas.words(x, top, letter, size=SMALL, anchor="middle", bold=True, fill=WARN)
            explained.append((letter, reason))
        return explained

    def _over(self, broken: list[tuple[float, str]]) -> list[Space] | None:
        """Room for every reason over the field, or None."""
        room, found = Room(Space(0, 0, self.canvas.width, self.top)), []
        for (x, _), lines in zip(broken, self.reasons, strict=True):
            width, height = widest(lines, SMALL), line_height(SMALL) * len(lines)
            left = min(max(x - width / 2, EDGE), self.canvas.width - EDGE - width)
            space = room.first([Space(left, self.top - 7 - height, width, height)])
            if space is None:
                return None
            found.append(space)
        return found

    def _hidden(self) -> None:
        for x, wave in zip(self.across, self.data.waves, strict=True):
            if wave.figure.value is None:
                width = min(COLUMN, self._least_gap())
                self.canvas.hatch(Space(x - width / 2, self.top, width, HEIGHT), HATCHED)

    def _least_gap(self) -> float:
        return min((after - before for before, after in pairwise(self.across)), default=COLUMN)

    def _lines(self) -> None:
        canvas = self.canvas
        for x, wave in zip(self.across, self.data.waves, strict=True):
            if wave.figure.interval:
                low, high = map(self.up, wave.figure.interval)
                if low - high < 2:
                    low, high = low + 1, high - 1
                thick = min(BAND, max(2.0, self._least_gap() * 0.6))
                canvas.path([(x, low), (x, high)], stroke=ACCENT, thick=thick, opacity=0.35)
        for line in self._unbroken():
            if len(line) > 1:
                canvas.path(line, stroke=ACCENT, thick=2)
        radius = min(DOT, max(2.0, self._least_gap() * 0.4))
        for at in self._dots():
            canvas.dot(at, radius)

    def _dots(self) -> list[Point]:
        return [
            (x, self.up(wave.figure.value))
            for x, wave in zip(self.across, self.data.waves, strict=True)
            if wave.figure.value is not None
        ]

    def _unbroken(self) -> list[list[Point]]:
        """Runs of waves that can be compared, each with the one before it, and are all shown."""
        runs: list[list[Point]] = [[]]
        for x, wave in zip(self.across, self.data.waves, strict=True):
            if wave.broken or wave.figure.value is None:
                runs.append([])
            if wave.figure.value is not None:
                runs[-1].append((x, self.up(wave.figure.value)))
        return [run for run in runs if run]

    def _values(self) -> None:
        """Numbers beside their dots, the first and the last before the others, as far as there is room."""
        field = Space(self.left, self.top - 4, self.right - self.left, HEIGHT + 4)
        room = Room(field)
        for x, wave in zip(self.across, self.data.waves, strict=True):
            if wave.figure.value is not None:
                y = self.up(wave.figure.value)
                low, high = map(self.up, wave.figure.interval or (wave.figure.value, wave.figure.value))
                room.take(Space(x - BAND / 2, high, BAND, low - high))
                room.take(Space(x - DOT, y - DOT, 2 * DOT, 2 * DOT))
            else:
                room.take(Space(x - COLUMN / 2, self.top, COLUMN, HEIGHT))
        for x, _ in self._broken():
            room.take(Space(x - 2, self.top, 4, HEIGHT))
        lines = [pair for run in self._unbroken() for pair in pairwise(run)]
        for place in _ends_first(len(self.data.waves)):
            wave, x = self.data.waves[place], self.across[place]
            if wave.figure.value is None:
                continue
            said = self.data.measure.said(self.voice, wave.figure.value)
            width, height = width_of(said, SMALL, True), line_height(SMALL)
            y = self.up(wave.figure.value)
            low, high = map(self.up, wave.figure.interval or (wave.figure.value, wave.figure.value))
            tops = (min(high, y - DOT) - height - 2, max(low, y + DOT) + 2)
            beside = (x + BAND, x - BAND - width)
            middle = min(max(x - width / 2, self.left + 1), self.right - width - 1)
            candidates = [Space(middle, top, width, height) for top in tops]
            candidates += [Space(left, y - height / 2, width, height) for left in beside]
            free = (space for space in candidates if not any(_crosses(space, *line) for line in lines))
            if space := room.first(free):
                self.canvas.words(space.x, space.y, said, size=SMALL, bold=True, fill=INK)

    def _names(self) -> float:
        """Names of the waves under the foot line, as many as have room; where they end."""
        canvas = self.canvas
        canvas.path([(self.left, self.foot), (self.right, self.foot)], stroke=MUTED, thick=1)
        top = self.foot + 9
        most = min(LABEL_WIDTH, (canvas.width - self.left) / 2 - 4)
        # Narrow enough for every wave to have its name, where words need not be broken for that.
        narrow = self._least_gap() - 4
        labels = [self._label(wave) for wave in self.data.waves]
        if len(labels) > 2 and not any(broken(part, narrow, SMALL) for label in labels for part in label):
            most = min(most, narrow)
        room = Room(Space(0, 0, canvas.width, top + 400))
        foot = top
        for place in _ends_first(len(self.data.waves)):
            x = self.across[place]
            canvas.path([(x, self.foot), (x, self.foot + 4)], stroke=MUTED, thick=1)
            lines = tuple(
                line for part in labels[place] for line in wrapped(part, most, SMALL, most=LABEL_LINES)
            )
            width, height = widest(lines, SMALL), line_height(SMALL) * len(lines)
            left = min(max(x - width / 2, EDGE), canvas.width - EDGE - width)
            if space := room.first([Space(left, top, width, height)]):
                middle = space.x + width / 2
                foot = max(foot, canvas.lines(middle, top, lines, size=SMALL, anchor="middle", fill=MUTED))
        return foot + 6

    def _label(self, wave: WavePoint) -> list[str]:
        """Its name, and how many answered, or why its number is not shown."""
        if wave.figure.value is None:
            return [wave.name, wave.figure.hidden]
        return [wave.name] if wave.figure.n is None else [wave.name, self.voice.answers(wave.figure.n)]


def _ends_first(many: int) -> list[int]:
    """The last, the first, then the others from the left: what must be read before what may be left out."""
    if many < 2:
        return list(range(many))
    return [many - 1, 0, *range(1, many - 1)]


def _crosses(space: Space, start: Point, end: Point) -> bool:
    """Whether a line passes through a space (Liang and Barsky 1984, ACM Transactions on Graphics 3, 1-22)."""
    first, last = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    for step, room in (
        (-dx, start[0] - space.x),
        (dx, space.x + space.width - start[0]),
        (-dy, start[1] - space.y),
        (dy, space.y + space.height - start[1]),
    ):
        if step == 0:
            if room < 0:
                return False
            continue
        at = room / step
        first, last = (max(first, at), last) if step < 0 else (first, min(last, at))
        if first > last:
            return False
    return True


def _title(data: Trend, voice: Voice) -> str:
    told: list[str] = []
    for wave in data.waves:
        if wave.broken and told:
            told.append(voice.t("trend.break", reason=wave.broken))
        told.append(in_words(voice, data.measure, wave.name, wave.figure))
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def trend_table(data: Trend, voice: Voice) -> Table:
    heads = (
        voice.t("head.wave"),
        voice.t("head.value"),
        voice.t("head.interval"),
        voice.t("head.n"),
        voice.t("head.compared"),
    )
    rows = []
    for place, wave in enumerate(data.waves):
        compared = NOTHING if not place else voice.t("trend.break", reason=wave.broken)
        if place and not wave.broken:
            compared = voice.t("trend.same")
        rows.append((wave.name, *cells(voice, data.measure, wave.figure), compared))
    return Table(data.heading, heads, tuple(rows))
