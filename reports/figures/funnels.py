"""Places over their number of answers, each with the limits that chance alone gives it; no ranks.

A place that is said to differ is a diamond with its name, as far as names have room; the others are dots.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import EDGE, PAPER, PHONE, SMALL, Canvas, Point, Space, line_height
from reports.figures.keyed import keyed_list
from reports.figures.letters import broken, widest, wrapped
from reports.figures.palette import ACCENT, INK, LINE, MUTED, SURFACE, WARN
from reports.figures.placing import Room, around, beside
from reports.figures.values import Measured, Table, fits
from reports.figures.voice import SHARE, Measure, Voice

HEIGHT = {False: 230.0, True: 260.0}
DOT = 4.0
NAME_WIDTH, NAME_LINES = 100.0, 3
STEPS = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
MOST_STEPS = 6
MOST_NUMBERED = 40
"""Names of more than these are in the table alone."""


@dataclass(frozen=True)
class FunnelPlace:
    """One place of `n` answers: its value, the limits within which chance alone may put it (95 % and 99.8 %),
    and whether it is said to differ."""

    name: str
    n: int
    value: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    differs: bool


@dataclass(frozen=True)
class Funnel:
    """`whole`: of all places together. `near`: only the part of the measure where something is drawn."""

    heading: str
    places: tuple[FunnelPlace, ...]
    whole: float
    measure: Measure = SHARE
    near: bool = False

    def __post_init__(self) -> None:
        fits(self.measure, Measured(self.whole))
        for place in self.places:
            for limits in (place.inner, place.outer):
                if not all(map(math.isfinite, limits)) or limits[0] > limits[1]:
                    raise BadFigure(f"{limits} are no limits")
            fits(self.measure, Measured(place.value))
            if place.n < 1:
                raise BadFigure(f"{place.n} answers have no place in a funnel")

    @property
    def differing(self) -> tuple[FunnelPlace, ...]:
        return tuple(place for place in self.places if place.differs)


def funnel_of_places(data: Funnel, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width)
    if not data.places:
        canvas.nothing(voice.t("nothing"))
    else:
        _Drawing(canvas, data, voice).draw()
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("funnel.help"))


class _Drawing:
    def __init__(self, canvas: Canvas, data: Funnel, voice: Voice) -> None:
        self.canvas, self.data, self.voice = canvas, data, voice
        self.wide = canvas.width >= PAPER * 0.75
        self.foot_at, self.head_at = self._reach()
        span = self.head_at - self.foot_at
        every = next((size for size in (0.05, 0.1, 0.2, 0.25) if span / size <= 5 + 1e-9), 0.25)
        steps = int(span / every + 1e-9)
        self.ticks = [self.foot_at + every * step for step in range(steps + 1)]
        said = tuple(self._said(tick) for tick in self.ticks)
        left = EDGE + widest(said, SMALL) + 6
        self.field = Space(left, EDGE + 8, canvas.width - left - EDGE - 6, HEIGHT[self.wide])
        self.most = max(place.n for place in data.places)

    def _reach(self) -> tuple[float, float]:
        """From where to where the upright axis goes, 0..1 of the measure, in whole tenths."""
        if not self.data.near:
            return 0.0, 1.0
        at = self.data.measure.at
        drawn = [at(v) for place in self.data.places for v in (place.value, *place.outer, self.data.whole)]
        foot = math.floor(min(drawn) * 10 + 1e-9) / 10
        head = math.ceil(max(drawn) * 10 - 1e-9) / 10
        return foot, min(1.0, max(head, foot + 0.1)) if foot < 1 else 1.0

    def _said(self, part: float) -> str:
        measure = self.data.measure
        return measure.said(self.voice, measure.least + part * (measure.most - measure.least))

    def up(self, value: float) -> float:
        part = (self.data.measure.at(value) - self.foot_at) / max(self.head_at - self.foot_at, 0.1)
        return self.field.y + self.field.height * (1 - part)

    def along(self, n: float) -> float:
        return self.field.x + n / (self.most * 1.06) * self.field.width

    def draw(self) -> None:
        self._axes()
        canvas, data = self.canvas, self.data
        for place in data.places:
            x = self.along(place.n)
            for limits, thick, opacity in ((place.outer, 2.0, 0.3), (place.inner, 6.0, 0.35)):
                ends = [(x, self.up(end)) for end in limits]
                canvas.path(ends, stroke=ACCENT, thick=thick, opacity=opacity)
        whole = self.up(data.whole)
        right = self.field.x + self.field.width
        canvas.path([(self.field.x, whole), (right, whole)], stroke=INK, thick=1.2, dash="5 3")
        # Those that differ lie on top, and their names keep clear of all the others.
        for place in sorted(data.places, key=lambda place: place.differs):
            at = self._at(place)
            if place.differs:
                canvas.diamond(at, DOT + 1.5, WARN)
            else:
                canvas.dot(at, DOT)
        self._names()

    def _at(self, place: FunnelPlace) -> Point:
        return self.along(place.n), self.up(place.value)

    def _axes(self) -> None:
        canvas, field, voice = self.canvas, self.field, self.voice
        right, foot = field.x + field.width, field.y + field.height
        for tick in self.ticks:
            y = field.y + field.height * (1 - (tick - self.foot_at) / max(self.head_at - self.foot_at, 0.1))
            canvas.path([(field.x, y), (right, y)], stroke=LINE, thick=0.8)
            top = y - line_height(SMALL) / 2
            canvas.words(field.x - 5, top, self._said(tick), size=SMALL, anchor="end", fill=MUTED)
        step = next((size for size in STEPS if self.most / size <= MOST_STEPS), self.most)
        for n in range(0, self.most + 1, step):
            x = self.along(n)
            canvas.path([(x, foot), (x, foot + 4)], stroke=MUTED, thick=0.8)
            canvas.words(x, foot + 5, voice.number(n), size=SMALL, anchor="middle", fill=MUTED)
        top = foot + 5 + line_height(SMALL)
        canvas.words(right, top, voice.t("funnel.axis"), size=SMALL, anchor="end", fill=MUTED, bold=True)

    def _names(self) -> None:
        room = Room(self.field)
        for place in self.data.places:
            x, y = self._at(place)
            room.take(Space(x - DOT, y - DOT, 2 * DOT, 2 * DOT))
        whole = self.voice.t("funnel.whole")
        wide, high = widest((whole,), SMALL), line_height(SMALL)
        right, y = self.field.x + self.field.width, self.up(self.data.whole)
        own = [
            Space(x, top, wide, high)
            for top in (y - high - 1, y + 2)
            for x in (right - wide - 2, self.field.x + 2)
        ]
        whiskers = [self._whisker(place) for place in self.data.places]
        clear = Room(room.field, [*room.taken, *whiskers])
        if space := clear.first(own) or room.first(own):
            room.take(space)
            self.canvas.words(space.x, space.y, whole, size=SMALL, fill=INK)
        for lines in (whiskers, []) if len(self.data.differing) <= MOST_NUMBERED else ():
            if self._named(Room(room.field, [*room.taken, *lines])):
                return
        self._numbers(room)

    def _whisker(self, place: FunnelPlace) -> Space:
        foot, head = map(self.up, place.outer)
        return Space(self.along(place.n) - 3, head, 6, foot - head)

    def _named(self, tried: Room) -> bool:
        """Whether every name found room; they are put there then."""
        found: list[tuple[Space, tuple[str, ...]]] = []
        limit = NAME_WIDTH * (1.6 if self.wide else 1.0)
        for place in self.data.differing:
            lines = wrapped(place.name, limit, SMALL)
            size = widest(lines, SMALL), line_height(SMALL) * len(lines)
            name = tried.first(beside(self._at(place), *size, DOT + 2))
            if name is None or len(lines) > NAME_LINES or broken(place.name, limit, SMALL):
                return False
            found.append((name, lines))
        for name, lines in found:
            self.canvas.lines(name.x, name.y, lines, size=SMALL, fill=INK)
        return True

    def _numbers(self, room: Room) -> None:
        """Where not every name has room: numbers, and a list of names under the field."""
        canvas = self.canvas
        if len(self.data.differing) > MOST_NUMBERED:
            return
        for number, place in enumerate(self.data.differing, 1):
            said, high = str(number), line_height(SMALL)
            wide = widest((said,), SMALL, True)
            if space := room.first(around(self._at(place), wide, high, DOT + 1)):
                middle, at = space.x + wide / 2, self._at(place)
                if math.hypot(middle - at[0], space.y + high / 2 - at[1]) > 3 * DOT + wide:
                    canvas.path([at, (middle, space.y + high / 2)], stroke=MUTED, thick=0.7)
                    canvas.box(Space(space.x - 1, space.y + 1, wide + 2, high - 2), SURFACE)
                canvas.words(middle, space.y, said, size=SMALL, anchor="middle", bold=True)
        self.canvas.mirrored = self.voice.mirrored
        told = [
            (
                str(number),
                self.voice.t("part", name=place.name, told=self.data.measure.said(self.voice, place.value)),
            )
            for number, place in enumerate(self.data.differing, 1)
        ]
        keyed_list(self.canvas, told, self.canvas.foot + 6)


def _place(data: Funnel, voice: Voice, place: FunnelPlace) -> str:
    return voice.t("funnel.differs" if place.differs else "funnel.same")


def _title(data: Funnel, voice: Voice) -> str:
    """All together, each that differs, and how many do not: nobody listens to three hundred numbers, which
    stand in the table."""
    if not data.places:
        return voice.sentences(data.heading, voice.t("nothing"))
    whole = data.measure.said(voice, data.whole)
    told = [voice.t("part", name=voice.t("funnel.whole"), told=whole)]
    for place in data.differing:
        said = voice.t("comma").join([data.measure.said(voice, place.value), _place(data, voice, place)])
        said = voice.t("part", name=place.name, told=said)
        told.append(voice.t("with_answers", said=said, answers=voice.answers(place.n)))
    if rest := len(data.places) - len(data.differing):
        told.append(voice.t("funnel.rest", n=voice.number(rest)))
    return voice.sentences(data.heading, voice.listed(told))


def funnel_table(data: Funnel, voice: Voice) -> Table:
    heads = ("place", "n", "value", "inner", "outer", "compared")
    rows = [
        (
            place.name,
            voice.number(place.n),
            data.measure.said(voice, place.value),
            data.measure.short(voice, *place.inner),
            data.measure.short(voice, *place.outer),
            _place(data, voice, place),
        )
        for place in data.places
    ]
    return Table(data.heading, tuple(voice.t(f"head.{head}") for head in heads), tuple(rows))
