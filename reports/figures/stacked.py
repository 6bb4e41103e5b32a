"""Answers to several questions on one scale, each a stacked bar from worst to best, with n and interval."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import EDGE, PHONE, SMALL, Anchor, Canvas, Space, line_height
from reports.figures.letters import width_of, wrapped
from reports.figures.palette import INK, MUTED, likert_colour, worse
from reports.figures.rows import Line, Rows
from reports.figures.values import NOTHING, Measured, Table, cells, in_words
from reports.figures.voice import SHARE, Voice

BAR, BRACKET = 17.0, 4.0
EDGE_OF_WORSE = 1.6
"""Where the line along the upper edge of worse answers is."""
ANCHORS: tuple[Anchor, Anchor] = ("start", "end")
LOOSE = 0.005
"""Shares may be rounded, and need not add up to 1 exactly."""


@dataclass(frozen=True)
class Part:
    """Answers that stand side by side: the positions (0 = worst) they cover and their share 0..1."""

    name: str
    positions: tuple[int, ...]
    share: float


@dataclass(frozen=True)
class Bar:
    """One question. `good`: the share of good answers, with its interval and n; hidden: no bar at all."""

    name: str
    parts: tuple[Part, ...]
    good: Measured


@dataclass(frozen=True)
class Stack:
    """Questions on one scale of `size` steps; `ends`: its worst and its best answer."""

    heading: str
    bars: tuple[Bar, ...]
    size: int
    ends: tuple[str, str]

    def __post_init__(self) -> None:
        for bar in self.bars:
            if bar.good.value is None:
                if bar.parts:
                    raise BadFigure(f"{bar.name!r} is hidden and has answers")
                continue
            whole = sum(part.share for part in bar.parts)
            if not abs(whole - 1.0) <= LOOSE * max(1, len(bar.parts)) or any(
                not 0.0 <= part.share <= 1.0 + 1e-9 for part in bar.parts
            ):
                raise BadFigure(f"the answers to {bar.name!r} add up to {whole}")


def stack(data: Stack, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.bars:
        canvas.nothing(voice.t("nothing"))
    else:
        _draw(canvas, data, voice)
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("stack.help"))


def _draw(canvas: Canvas, data: Stack, voice: Voice) -> None:
    rows = Rows(canvas, EDGE + 2, BAR + BRACKET, comma=voice.t("comma"))
    half = rows.width / 2 - 6
    ends = [wrapped(end, half, SMALL, most=3) for end in data.ends]
    heading = rows.headed(voice.t("stack.of_good"))
    foot = rows.top + line_height(SMALL) * max(map(len, (*ends, heading)))
    for x, end, anchor in zip((rows.x, rows.x + rows.width), ends, ANCHORS, strict=True):
        canvas.lines(x, foot - line_height(SMALL) * len(end), end, size=SMALL, anchor=anchor, fill=MUTED)
    rows.heading(heading, foot)
    rows.top = foot + 5
    lines = [_line(bar, voice, rows) for bar in data.bars]
    for (_, space), bar in zip(rows.placed(lines), data.bars, strict=True):
        if bar.good.value is None:
            rows.not_shown(space, BAR, bar.good.hidden)
        else:
            _bar(canvas, bar, data.size, voice, space)


def _line(bar: Bar, voice: Voice, rows: Rows) -> Line:
    if bar.good.value is None:
        return rows.hidden(bar.name, bar.good.hidden)
    said = SHARE.said(voice, bar.good.value)
    more = [SHARE.between(voice, *bar.good.interval)] if bar.good.interval else []
    if bar.good.n is not None:
        more.append(voice.answers(bar.good.n))
    return Line(bar.name, said, tuple(more), voice.t("stack.good", value=said))


def _bar(canvas: Canvas, bar: Bar, size: int, voice: Voice, space: Space) -> None:
    x = space.x
    for part in bar.parts:
        width = part.share * space.width
        if not width:
            continue
        colour = likert_colour(part.positions, size)
        own = Space(x, space.y, max(width - 0.8, 0.2), BAR)
        canvas.box(own, colour.fill)
        if worse(colour):
            edge = own.y + EDGE_OF_WORSE
            canvas.path([(own.x, edge), (own.x + own.width, edge)], stroke=colour.text, thick=1.1)
        if len(part.positions) > 1:
            canvas.hatch(own, colour.text, 0.6)
        said = SHARE.bare(voice, part.share)
        if width_of(said, SMALL) + 4 <= width:
            middle, top = x + width / 2, space.y + (BAR - line_height(SMALL)) / 2
            if len(part.positions) > 1:
                canvas.plate((said,), SMALL, middle, top, colour.fill)
            canvas.words(middle, top, said, size=SMALL, anchor="middle", fill=colour.text)
        x += width
    if bar.good.interval:
        # Good answers stand to the right: the bracket is measured from there.
        low, high = bar.good.interval
        right = space.x + space.width
        left, last = right - high * space.width, right - low * space.width
        if last - left < 2:
            left, last = (left + last) / 2 - 1, (left + last) / 2 + 1
        foot = space.y + BAR + 3
        canvas.path(
            [(left, foot - 2.4), (left, foot), (last, foot), (last, foot - 2.4)], stroke=INK, thick=1.1
        )


def _title(data: Stack, voice: Voice) -> str:
    told = []
    for bar in data.bars:
        good = in_words(voice, SHARE, voice.t("stack.of_good"), bar.good)
        if bar.good.value is None:
            told.append(voice.t("part", name=bar.name, told=bar.good.hidden))
            continue
        answers = [voice.t("part", name=part.name, told=SHARE.said(voice, part.share)) for part in bar.parts]
        told.append(voice.t("part", name=bar.name, told=voice.t("comma").join([*answers, good])))
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def stack_table(data: Stack, voice: Voice) -> Table:
    """A row for each answer to each question, and one for its good answers together."""
    heads = (
        voice.t("head.question"),
        voice.t("head.answer"),
        voice.t("head.share"),
        voice.t("head.interval"),
        voice.t("head.n"),
    )
    rows: list[tuple[str, ...]] = []
    for bar in data.bars:
        if bar.good.value is None:
            rows.append((bar.name, NOTHING, *cells(voice, SHARE, bar.good)))
            continue
        rows += [(bar.name, part.name, SHARE.said(voice, part.share), NOTHING, NOTHING) for part in bar.parts]
        rows.append((bar.name, voice.t("stack.of_good"), *cells(voice, SHARE, bar.good)))
    return Table(data.heading, heads, tuple(rows))
