"""Who has answered: of each place its homes, as a bar of which the filled part has answered."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import EDGE, PHONE, SMALL, Canvas, Space, line_height
from reports.figures.letters import width_of
from reports.figures.palette import ACCENT, INK, MUTED, TRACK, WHITE
from reports.figures.rows import Line, Rows
from reports.figures.values import NOTHING, Table
from reports.figures.voice import SHARE, Voice

BAR = 17.0


@dataclass(frozen=True)
class Covered:
    """A place of which `answered` of `invited` have answered; `hidden`: why that is not told."""

    name: str
    answered: int | None
    invited: int | None
    hidden: str = ""

    def __post_init__(self) -> None:
        known = self.answered is not None and self.invited is not None
        if known == bool(self.hidden):
            raise BadFigure("coverage is either told or hidden for a reason")
        if (self.answered is not None and self.answered < 0) or (
            self.invited is not None and self.invited < 1
        ):
            raise BadFigure(f"{self.answered} of {self.invited} cannot have answered")

    @property
    def share(self) -> float | None:
        """More than were asked is all of them."""
        if self.answered is None or self.invited is None or self.hidden:
            return None
        return min(1.0, self.answered / self.invited)


@dataclass(frozen=True)
class Coverage:
    heading: str
    places: tuple[Covered, ...]


def coverage(data: Coverage, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.places:
        canvas.nothing(voice.t("nothing"))
    else:
        rows = Rows(canvas, EDGE + 2, BAR)
        lines = [
            rows.hidden(place.name, place.hidden) if place.hidden else Line(place.name, _of(place, voice))
            for place in data.places
        ]
        for (_, space), place in zip(rows.placed(lines), data.places, strict=True):
            if place.share is None:
                rows.not_shown(space, BAR, place.hidden)
            else:
                _bar(canvas, place.share, voice, space)
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("coverage.help"))


def _of(place: Covered, voice: Voice) -> str:
    answered, invited = voice.number(place.answered or 0), voice.number(place.invited or 0)
    return voice.t("coverage.of", answered=answered, invited=invited)


def _bar(canvas: Canvas, share: float, voice: Voice, space: Space) -> None:
    canvas.box(Space(space.x, space.y, space.width, BAR), TRACK, stroke=MUTED, thick=0.8)
    canvas.box(Space(space.x, space.y, share * space.width, BAR), ACCENT)
    said = SHARE.said(voice, share)
    top = space.y + (BAR - line_height(SMALL)) / 2
    edge = space.x + share * space.width
    if width_of(said, SMALL, True) + 10 <= share * space.width:
        canvas.words(edge - 5, top, said, size=SMALL, anchor="end", fill=WHITE, bold=True)
    else:
        canvas.words(edge + 5, top, said, size=SMALL, fill=INK, bold=True)


def _title(data: Coverage, voice: Voice) -> str:
    told = []
    for place in data.places:
        if place.share is None:
            told.append(voice.t("part", name=place.name, told=place.hidden))
        else:
            said = voice.t("comma").join([SHARE.said(voice, place.share), _of(place, voice)])
            told.append(voice.t("part", name=place.name, told=said))
    return voice.sentences(data.heading, voice.listed(told) if told else voice.t("nothing"))


def coverage_table(data: Coverage, voice: Voice) -> Table:
    heads = (
        voice.t("head.place"),
        voice.t("coverage.rate"),
        voice.t("coverage.answered"),
        voice.t("coverage.invited"),
    )
    rows = []
    for place in data.places:
        if place.share is None:
            rows.append((place.name, place.hidden, NOTHING, NOTHING))
        else:
            answered, invited = voice.number(place.answered or 0), voice.number(place.invited or 0)
            rows.append((place.name, SHARE.said(voice, place.share), answered, invited))
    return Table(data.heading, heads, tuple(rows))
