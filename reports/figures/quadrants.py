"""What matters set beside what is good: four fields, each named in words.

Across: the result. Up: how much it matters. A point whose interval reaches over a border is hollow, since it
may as well lie on the other side. Names stand beside their points where all have room; else numbers do, and
the names stand in a list, field by field. What is hidden is not drawn, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import EDGE, PAPER, PHONE, SIZE, SMALL, Canvas, Point, Space, line_height
from reports.figures.keyed import keyed_list
from reports.figures.letters import broken, widest, wrapped
from reports.figures.palette import ACCENT, HATCHED, INK, LINE, MUTED, SURFACE, WARN
from reports.figures.placing import Room, around, beside
from reports.figures.values import NOTHING, Measured, Table, cells, fits, in_words
from reports.figures.voice import SHARE, STRENGTH, Measure, Voice

Field = Literal["weak_much", "good_much", "weak_little", "good_little"]
FIELDS: tuple[Field, ...] = ("weak_much", "good_much", "weak_little", "good_little")
"""In the order they are read: what matters and is weak comes first."""
HEIGHT = {False: 300.0, True: 340.0}
DOT = 5.0
NAME_WIDTH, NAME_LINES = 110.0, 3
MOST_NAMED = 12


@dataclass(frozen=True)
class Thing:
    """`result` across, `weight` up."""

    name: str
    result: Measured
    weight: Measured

    @property
    def hidden(self) -> str:
        return self.result.hidden or self.weight.hidden


@dataclass(frozen=True)
class Quadrants:
    """`result_from`, `weight_from`: where good begins, and where much does. `result_is`, `weight_is`: what
    the two axes are, in words."""

    heading: str
    things: tuple[Thing, ...]
    result_from: float
    weight_from: float
    result_is: str
    weight_is: str
    result: Measure = SHARE
    weight: Measure = STRENGTH

    def __post_init__(self) -> None:
        fits(self.result, *(thing.result for thing in self.things))
        fits(self.weight, *(thing.weight for thing in self.things))
        for border, measure in ((self.result_from, self.result), (self.weight_from, self.weight)):
            if not measure.least < border < measure.most:
                raise BadFigure(f"no border can be drawn at {border}")

    @property
    def shown(self) -> tuple[Thing, ...]:
        return tuple(thing for thing in self.things if not thing.hidden)

    def field(self, thing: Thing) -> Field:
        much = (thing.weight.value or 0.0) >= self.weight_from
        good = (thing.result.value or 0.0) >= self.result_from
        return FIELDS[(0 if much else 2) + (1 if good else 0)]

    def sure(self, thing: Thing) -> bool:
        """Whether both intervals lie wholly on their side of the border."""
        return all(
            interval is None or not interval[0] < border <= interval[1]
            for interval, border in (
                (thing.result.interval, self.result_from),
                (thing.weight.interval, self.weight_from),
            )
        )


def quadrants(data: Quadrants, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width)
    if not data.things:
        canvas.nothing(voice.t("nothing"))
    else:
        _Drawing(canvas, data, voice).draw()
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("quadrants.help"))


class _Drawing:
    def __init__(self, canvas: Canvas, data: Quadrants, voice: Voice) -> None:
        self.canvas, self.data, self.voice = canvas, data, voice
        self.wide = canvas.width >= PAPER * 0.75
        up = wrapped(data.weight_is, canvas.width - 2 * EDGE, SMALL, bold=True)
        self.over = up
        top = EDGE + 2 + line_height(SMALL) * len(up) + 6
        said = tuple(data.weight.said(voice, tick) for tick in self._ticks())
        left = EDGE + widest(said, SMALL) + 6
        self.field = Space(left, top, canvas.width - left - EDGE - 8, HEIGHT[self.wide])
        self.at = {id(thing): self._point(thing) for thing in data.shown}

    # Where things lie

    @property
    def head(self) -> float:
        """The upright axis ends at the first tick over everything drawn: associations are seldom near 1."""
        reached = [self.data.weight_from * 1.25]
        for thing in self.data.shown:
            reached.append(max(thing.weight.value or 0.0, (thing.weight.interval or (0, 0))[1]))
        most = max(reached)
        return next((tick for tick in self.data.weight.ticks if tick >= most), self.data.weight.most)

    def _ticks(self) -> tuple[float, ...]:
        return tuple(tick for tick in self.data.weight.ticks if tick <= self.head)

    def _up(self, value: float) -> float:
        least = self.data.weight.least
        part = min(1.0, max(0.0, (value - least) / (self.head - least)))
        return self.field.y + self.field.height * (1 - part)

    def _across(self, value: float) -> float:
        return self.field.x + self.field.width * self.data.result.at(value)

    def _point(self, thing: Thing) -> Point:
        return self._across(thing.result.value or 0.0), self._up(thing.weight.value or 0.0)

    # What is drawn

    def draw(self) -> None:
        canvas, field = self.canvas, self.field
        canvas.lines(EDGE, EDGE + 2, self.over, size=SMALL, bold=True, fill=MUTED)
        self._axes()
        heads = self._heads()
        self._intervals()
        room = Room(field, heads)
        for x, y in self.at.values():
            room.take(Space(x - DOT, y - DOT, 2 * DOT, 2 * DOT))
        direct = self._direct(room)
        order = self._order()
        for number, thing in enumerate(order, 1):
            self._mark(thing)
            if direct is None:
                self._number(room, thing, number)
            else:
                space, lines = direct[id(thing)]
                canvas.lines(space.x, space.y, lines, size=SMALL)
        top = self._foot()
        if direct is None:
            canvas.mirrored = self.voice.mirrored
            self._list(order, top)
            top = canvas.foot + 4
        self._hidden(top)

    def _order(self) -> list[Thing]:
        """Field by field, what matters most first."""
        return sorted(
            self.data.shown,
            key=lambda thing: (FIELDS.index(self.data.field(thing)), -(thing.weight.value or 0.0)),
        )

    def _axes(self) -> None:
        canvas, field, data = self.canvas, self.field, self.data
        canvas.box(field, SURFACE, stroke=LINE)
        for tick in self._ticks():
            y = self._up(tick)
            canvas.words(
                field.x - 5,
                y - line_height(SMALL) / 2,
                data.weight.said(self.voice, tick),
                size=SMALL,
                anchor="end",
                fill=MUTED,
            )
        y, x = self._up(data.weight_from), self._across(data.result_from)
        canvas.path([(field.x, y), (field.x + field.width, y)], stroke=MUTED, dash="5 3")
        canvas.path([(x, field.y), (x, field.y + field.height)], stroke=MUTED, dash="5 3")

    def _heads(self) -> list[Space]:
        """The names of the fields, in their corners."""
        taken = []
        middle_x, middle_y = self._across(self.data.result_from), self._up(self.data.weight_from)
        field = self.field
        for name in FIELDS:
            weak, much = name.startswith("weak"), name.endswith("much")
            left, right = (field.x, middle_x) if weak else (middle_x, field.x + field.width)
            lines = wrapped(self.voice.t(f"quadrants.{name}"), right - left - 12, SMALL, bold=True, most=4)
            height = line_height(SMALL) * len(lines)
            top = field.y + 5 if much else field.y + field.height - 5 - height
            if right - left < 60 or (middle_y - field.y if much else field.y + field.height - middle_y) < (
                height + 10
            ):
                continue
            x = left + 6 if weak else right - 6
            width = widest(lines, SMALL, True)
            self.canvas.lines(
                x, top, lines, size=SMALL, bold=True, fill=ACCENT, anchor="start" if weak else "end"
            )
            taken.append(Space(x if weak else x - width, top, width, height))
        return taken

    def _intervals(self) -> None:
        for thing in self.data.shown:
            x, y = self.at[id(thing)]
            if thing.result.interval:
                low, high = map(self._across, thing.result.interval)
                self.canvas.path([(low, y), (high, y)], stroke=HATCHED, thick=1)
            if thing.weight.interval:
                low, high = map(self._up, thing.weight.interval)
                self.canvas.path([(x, low), (x, high)], stroke=HATCHED, thick=1)

    def _mark(self, thing: Thing) -> None:
        """A diamond where something should be done, else a dot; hollow where it is not sure."""
        at, urgent = self.at[id(thing)], self.data.field(thing) == "weak_much"
        colour = WARN if urgent else ACCENT
        sure = self.data.sure(thing)
        fill, edge = (colour, SURFACE) if sure else (SURFACE, colour)
        if urgent:
            self.canvas.diamond(at, DOT + 1, fill, stroke=edge)
        else:
            self.canvas.dot(at, DOT, fill, stroke=edge, thick=1 if sure else 1.6)

    def _direct(self, room: Room) -> dict[int, tuple[Space, tuple[str, ...]]] | None:
        """Room for every name beside its point, or None."""
        if len(self.data.shown) > MOST_NAMED:
            return None
        for lines in (self._lines_of_intervals() + self._borders(), self._borders(), []):
            if found := self._all_named(Room(room.field, [*room.taken, *lines])):
                return found
        return None

    def _borders(self) -> list[Space]:
        field = self.field
        y, x = self._up(self.data.weight_from), self._across(self.data.result_from)
        return [Space(field.x, y - 1, field.width, 2), Space(x - 1, field.y, 2, field.height)]

    def _lines_of_intervals(self) -> list[Space]:
        taken = []
        for thing in self.data.shown:
            x, y = self.at[id(thing)]
            if thing.result.interval:
                low, high = map(self._across, thing.result.interval)
                taken.append(Space(low, y - 0.5, high - low, 1))
            if thing.weight.interval:
                low, high = map(self._up, thing.weight.interval)
                taken.append(Space(x - 0.5, high, 1, low - high))
        return taken

    def _all_named(self, tried: Room) -> dict[int, tuple[Space, tuple[str, ...]]] | None:
        found: dict[int, tuple[Space, tuple[str, ...]]] = {}
        limit = NAME_WIDTH * (1.6 if self.wide else 1.0)
        for thing in self.data.shown:
            lines = wrapped(thing.name, limit, SMALL)
            if len(lines) > NAME_LINES or broken(thing.name, limit, SMALL):
                return None
            width, height = widest(lines, SMALL), line_height(SMALL) * len(lines)
            at = self.at[id(thing)]
            space = tried.first([*beside(at, width, height, DOT + 2), *beside(at, width, height, 3 * DOT)])
            if space is None:
                return None
            found[id(thing)] = space, lines
        return found

    def _number(self, room: Room, thing: Thing, number: int) -> None:
        said, at = str(number), self.at[id(thing)]
        width, height = widest((said,), SMALL, True), line_height(SMALL)
        space = room.first(around(at, width, height, DOT + 1))
        if space is None:
            return
        middle = space.x + width / 2, space.y + height / 2
        if abs(middle[0] - at[0]) + abs(middle[1] - at[1]) > 3 * DOT + width:
            self.canvas.path([at, middle], stroke=MUTED, thick=0.7)
            self.canvas.box(Space(space.x - 1, space.y + 1, width + 2, height - 2), SURFACE)
        self.canvas.words(middle[0], space.y, said, size=SMALL, anchor="middle", fill=INK, bold=True)

    def _foot(self) -> float:
        """Numbers and name of the axis under the field; where they end."""
        canvas, field, data = self.canvas, self.field, self.data
        top = field.y + field.height + 4
        for tick in (data.result.least, data.result_from, data.result.most):
            x = self._across(tick)
            said = data.result.said(self.voice, tick)
            width = widest((said,), SMALL)
            x = min(max(x, field.x + width / 2), canvas.width - EDGE - width / 2)
            canvas.words(x, top, said, size=SMALL, anchor="middle", fill=MUTED)
        top += line_height(SMALL) + 2
        lines = wrapped(data.result_is, field.width, SMALL, bold=True)
        return (
            canvas.lines(field.x + field.width, top, lines, size=SMALL, anchor="end", fill=MUTED, bold=True)
            + 8
        )

    def _list(self, order: list[Thing], top: float) -> None:
        for name in FIELDS:
            own = [
                (str(number), thing.name)
                for number, thing in enumerate(order, 1)
                if self.data.field(thing) == name
            ]
            if own:
                room = self.canvas.width - 2 * EDGE
                head = wrapped(self.voice.t(f"quadrants.{name}"), room, SIZE, bold=True)
                top = self.canvas.lines(EDGE, top, head, size=SIZE, bold=True, fill=ACCENT) + 2
                top = keyed_list(self.canvas, own, top) + 6

    def _hidden(self, top: float) -> None:
        self.canvas.mirrored = self.voice.mirrored
        hidden: dict[str, list[str]] = {}
        for thing in self.data.things:
            if thing.hidden:
                hidden.setdefault(thing.hidden, []).append(thing.name)
        said = [self.voice.t("because", why=why, names=", ".join(names)) for why, names in hidden.items()]
        for sentence in said:
            lines = wrapped(sentence, self.canvas.width - 2 * EDGE, SMALL)
            top = self.canvas.lines(EDGE, top, lines, size=SMALL, fill=MUTED) + 2


def _told(data: Quadrants, voice: Voice, thing: Thing) -> str:
    result = in_words(voice, data.result, data.result_is, thing.result)
    weight = in_words(voice, data.weight, data.weight_is, thing.weight)
    name = voice.t(f"quadrants.{data.field(thing)}")
    return voice.t("quadrants.thing", name=thing.name, field=name, result=result, weight=weight)


def _title(data: Quadrants, voice: Voice) -> str:
    told = [_told(data, voice, thing) for thing in data.shown]
    told += [voice.t("part", name=thing.name, told=thing.hidden) for thing in data.things if thing.hidden]
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def quadrants_table(data: Quadrants, voice: Voice) -> Table:
    heads = (
        voice.t("head.what"),
        data.result_is,
        voice.t("head.interval"),
        data.weight_is,
        voice.t("head.interval"),
        voice.t("head.field"),
    )
    rows = []
    for thing in data.things:
        if thing.hidden:
            rows.append((thing.name, thing.hidden, NOTHING, NOTHING, NOTHING, NOTHING))
            continue
        field = voice.t(f"quadrants.{data.field(thing)}")
        if not data.sure(thing):
            field = voice.t("quadrants.unsure", field=field)
        rows.append(
            (
                thing.name,
                *cells(voice, data.result, thing.result)[:2],
                *cells(voice, data.weight, thing.weight)[:2],
                field,
            )
        )
    return Table(data.heading, heads, tuple(rows))
