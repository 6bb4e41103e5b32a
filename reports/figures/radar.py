"""Themes around a circle: what is good and what is weak about a place, at a glance.

A theme that is not shown is a gap: no line leads over its spoke. Names stand beside the circle where all of
them have room, each on its own side; else numbers do, and the names stand in a list under the figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from reports.figures.canvas import EDGE, PAPER, PHONE, SMALL, Anchor, Canvas, Point, Space, line_height
from reports.figures.keyed import keyed_list
from reports.figures.letters import broken, widest, width_of, wrapped
from reports.figures.palette import ACCENT, HATCHED, INK, LINE, MUTED, SURFACE
from reports.figures.placing import Room, around, kept_apart
from reports.figures.values import Measured, Table, cells, fits, in_words
from reports.figures.voice import SEVEN, Measure, Voice

RADIUS = {False: 92.0, True: 138.0}
"""On a telephone, and on paper."""
ROOMY = 150.0
"""Where only numbers stand around it."""
HUB = 0.14
"""Of the radius: where the least number lies, so that spokes near it can be told apart."""
RIM = 10.0
"""From the rim to the names."""
NAME_LINES = 3
APART = 3.0
"""Between two names."""
HIGHER = 1.9
"""So many radii may the names of one side be high together."""
MOST_SPOKES = 60


@dataclass(frozen=True)
class Theme:
    name: str
    figure: Measured


@dataclass(frozen=True)
class Radar:
    heading: str
    themes: tuple[Theme, ...]
    measure: Measure = SEVEN

    def __post_init__(self) -> None:
        fits(self.measure, *(theme.figure for theme in self.themes))


def radar(data: Radar, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    """Clockwise from the top; from the right in languages that are written so."""
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.themes:
        canvas.nothing(voice.t("nothing"))
    else:
        _Drawing(canvas, data, voice).draw()
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("radar.help"))


@dataclass(frozen=True)
class _Name:
    """A name with its number, beside the circle."""

    place: int
    lines: tuple[str, ...]
    shown: bool

    @property
    def height(self) -> float:
        return line_height(SMALL) * len(self.lines) + APART


class _Drawing:
    def __init__(self, canvas: Canvas, data: Radar, voice: Voice) -> None:
        self.canvas, self.data, self.voice = canvas, data, voice
        wide = canvas.width >= PAPER * 0.75
        self.radius = RADIUS[wide]
        self.room = canvas.width / 2 - self.radius - RIM - 6 - EDGE
        self.x = canvas.width / 2
        names = [self._name(place) for place in range(len(data.themes))]
        self.sides = None if None in names else self._sides([name for name in names if name])
        high = max(map(self._height, self.sides.values())) if self.sides else 0.0
        if self.sides is None:
            # Numbers need less room than names: the circle has it.
            self.radius = min(ROOMY, canvas.width / 2 - 2.2 * RIM - 14)
        self.y = EDGE + 2 + max(high / 2, self.radius + (RIM if self.sides else RIM + 5 + line_height(SMALL)))

    # Where things lie

    def angle(self, place: int) -> float:
        return 2 * math.pi * (place + 0.5) / len(self.data.themes)

    def out(self, place: int, reach: float) -> Point:
        angle = self.angle(place)
        return self.x + reach * math.sin(angle), self.y - reach * math.cos(angle)

    def reach(self, value: float) -> float:
        return self.radius * (HUB + (1 - HUB) * self.data.measure.at(value))

    def _name(self, place: int) -> _Name | None:
        """None where it takes more lines than there should be, or a word would be broken."""
        theme = self.data.themes[place]
        value = theme.figure.value
        said = self.voice.t("hidden_short") if value is None else self.data.measure.said(self.voice, value)
        text = self.voice.t("part", name=theme.name, told=said)
        lines = wrapped(text, self.room, SMALL)
        if len(lines) > NAME_LINES or broken(text, self.room, SMALL):
            return None
        return _Name(place, lines, value is not None)

    def _sides(self, names: list[_Name]) -> dict[bool, list[_Name]] | None:
        """Right (True) and left, each from the top; None where a side would be too high."""
        sides: dict[bool, list[_Name]] = {True: [], False: []}
        for name in names:
            sides[math.sin(self.angle(name.place)) >= -1e-9].append(name)
        sides[False].reverse()
        fits_in = all(self._height(side) <= HIGHER * 2 * self.radius for side in sides.values())
        return sides if fits_in else None

    @staticmethod
    def _height(side: list[_Name]) -> float:
        return sum(name.height for name in side)

    # What is drawn

    def draw(self) -> None:
        self._rings()
        self._numbers_of_rings()
        self._spokes()
        top = self.y + self.radius + RIM
        if self.sides:
            for right, names in self.sides.items():
                top = max(top, self._beside(names, right=right))
        else:
            top = self._numbered()
        self._foot(max(top, self.canvas.foot) + 8)

    def _rings(self) -> None:
        for tick in self.data.measure.ticks:
            rim = tick == self.data.measure.most
            stroke, thick = (MUTED, 1.0) if rim else (LINE, 0.8)
            self.canvas.dot((self.x, self.y), self.reach(tick), "none", stroke=stroke, thick=thick)

    def _spokes(self) -> None:
        canvas, themes = self.canvas, self.data.themes
        for place, theme in enumerate(themes):
            shown = theme.figure.value is not None
            canvas.path(
                [self.out(place, self.reach(self.data.measure.least)), self.out(place, self.radius)],
                stroke=LINE if shown else MUTED,
                thick=0.8 if shown else 1.2,
                dash="" if shown else "2 3",
            )
        at = [
            None if theme.figure.value is None else self.out(place, self.reach(theme.figure.value))
            for place, theme in enumerate(themes)
        ]
        corners = [point for point in at if point is not None]
        if len(corners) == len(themes) > 2:
            canvas.path(corners, fill=ACCENT, stroke="none", closed=True, opacity=0.1)
        pairs = [[here, there] for here, there in zip(at, [*at[1:], at[0]], strict=True) if here and there]
        if len(themes) > 2 and pairs:
            canvas.path(*pairs, stroke=ACCENT, thick=1.6)
        for place, theme in enumerate(themes):
            if theme.figure.interval:
                low, high = map(self.reach, theme.figure.interval)
                canvas.path(
                    [self.out(place, low), self.out(place, max(high, low + 1.5))],
                    stroke=ACCENT,
                    thick=5,
                    opacity=0.35,
                )
        for place, point in enumerate(at):
            if point:
                canvas.dot(point, 3.6)
            else:
                canvas.dot(self.out(place, self.radius), 3.6, SURFACE, stroke=MUTED, thick=1.2)

    def _numbers_of_rings(self) -> None:
        """Between the last spoke and the first, where no line runs; every second where they lie close."""
        ticks = self.data.measure.ticks
        apart = self.radius * (1 - HUB) / max(1, len(ticks) - 1)
        every = max(1, math.ceil(line_height(9.0) / apart))
        for tick in ticks[::-1][::every][::-1]:
            y = self.y - self.reach(tick)
            said = self.data.measure.bare(self.voice, tick).partition(",")[0].partition(".")[0]
            width = width_of(said, 9.0) + 3
            self.canvas.box(Space(self.x - width / 2, y - 5.5, width, 11), SURFACE)
            self.canvas.words(self.x, y - line_height(9.0) / 2, said, size=9.0, anchor="middle", fill=MUTED)

    def _beside(self, names: list[_Name], *, right: bool) -> float:
        canvas = self.canvas
        turn = 1 if right else -1
        reach = self.radius + RIM
        wanted = [self.out(name.place, reach)[1] for name in names]
        half = max(self._height(names) / 2, self.radius + RIM)
        tops = kept_apart([name.height for name in names], wanted, self.y - half, self.y + half)
        edge = self.x + turn * (self.radius + RIM + 4)
        foot = 0.0
        for name, top in zip(names, tops, strict=True):
            middle = top + (name.height - APART) / 2
            start = self.out(name.place, self.radius + 4)
            knee = (self.x + turn * (self.radius + 5), middle)
            if abs(start[0] - self.x) < self.radius * 0.995:
                canvas.path([start, knee, (edge - turn * 2, middle)], stroke=HATCHED, thick=0.8)
            anchor: Anchor = "start" if right else "end"
            fill = INK if name.shown else MUTED
            canvas.lines(edge, top, name.lines, size=SMALL, anchor=anchor, fill=fill)
            foot = max(foot, top + name.height)
        return foot

    def _numbered(self) -> float:
        """Numbers around the rim, and their list under the figure."""
        field = Space(EDGE, EDGE, self.canvas.width - 2 * EDGE, self.y + self.radius + 60)
        circle = self.radius * 0.72
        room = Room(field, [Space(self.x - circle, self.y - circle, 2 * circle, 2 * circle)])
        for place in range(len(self.data.themes)):
            said = str(place + 1)
            width, height = widest((said,), SMALL, True), line_height(SMALL)
            x, y = self.out(place, self.radius + RIM + 5)
            own = Space(x - width / 2, y - height / 2, width, height)
            space = room.first([own, *around((x, y), width, height, 1.0)]) or own
            self.canvas.words(
                space.x + width / 2, space.y, said, size=SMALL, anchor="middle", fill=INK, bold=True
            )
        told = [
            (str(place + 1), self.voice.t("part", name=theme.name, told=self._told(theme)))
            for place, theme in enumerate(self.data.themes)
        ]
        return keyed_list(self.canvas, told, self.canvas.foot + 10)

    def _told(self, theme: Theme) -> str:
        value = theme.figure.value
        return theme.figure.hidden if value is None else self.data.measure.said(self.voice, value)

    def _foot(self, top: float) -> None:
        """How many have answered, and what is not shown and why."""
        numbers = [theme.figure.n for theme in self.data.themes if theme.figure.n is not None]
        said = []
        if numbers:
            low, high = self.voice.number(min(numbers)), self.voice.number(max(numbers))
            said.append(
                self.voice.answers(numbers[0])
                if low == high
                else self.voice.t("answers_between", low=low, high=high)
            )
        if self.sides:
            hidden: dict[str, list[str]] = {}
            for theme in self.data.themes:
                if theme.figure.hidden:
                    hidden.setdefault(theme.figure.hidden, []).append(theme.name)
            said += [
                self.voice.t("because", why=why, names=", ".join(names)) for why, names in hidden.items()
            ]
        for sentence in said:
            lines = wrapped(sentence, self.canvas.width - 2 * EDGE, SMALL)
            top = self.canvas.lines(EDGE, top, lines, size=SMALL, fill=MUTED) + 2


def _title(data: Radar, voice: Voice) -> str:
    told = [in_words(voice, data.measure, theme.name, theme.figure) for theme in data.themes]
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def radar_table(data: Radar, voice: Voice) -> Table:
    heads = (voice.t("head.theme"), voice.t("head.value"), voice.t("head.interval"), voice.t("head.n"))
    rows = tuple((theme.name, *cells(voice, data.measure, theme.figure)) for theme in data.themes)
    return Table(data.heading, heads, rows)
