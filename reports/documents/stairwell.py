"""The poster for the stairwell: one page with three results, the next step, and a code that leads on.

It is read from two metres: on A3 no heading is smaller than 48 points and nothing else smaller than 24; on A4
the same drawn smaller by the square root of two. What is longer is set closer, in steps, and stays one page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import segno
from markupsafe import Markup

from forms.languages import direction
from reports.documents import agreed, cover, points
from reports.documents.landlord import environment
from reports.documents.measuring import lines
from reports.documents.plain import Plain
from reports.documents.points import Point
from reports.documents.residents import place_name
from reports.figures.people import People, people
from reports.figures.symbols import symbol
from reports.findings.model import FindingsList
from reports.loop import Loop
from reports.results import Results

STYLESHEET = Path(__file__).with_name("stairwell.css")
Size = Literal["A4", "A3"]
SIZES: tuple[Size, ...] = ("A3", "A4")
SCALE: dict[Size, float] = {"A3": 1.0, "A4": 1 / math.sqrt(2)}
MOST_LANGUAGES = 2
MOST = 3
MOST_STEPS = 2
SMALLEST_HEADING, SMALLEST = 48.0, 24.0
"""Points, on A3."""
HEIGHT, WIDTH = 1191.0, 842.0
"""Of A3, in points."""
MARGIN = 51.0
GAP, FACE, QR = 14.0, 52.0, 170.0
LOGO = 190.0, 72.0
"""As wide and high at most, the white around it included."""
SPARE = 34.0
"""A line, in which words may be laid out otherwise than they were measured."""
LONGEST_STEP, LONGEST_ERRATUM = 90, 140
"""Characters of a measure, and of what a correction corrects."""


@dataclass(frozen=True)
class Setting:
    """Sizes in points, on A3. `people`: how wide a row of them is, 0 where there is no room. `brief`: a few
    words in the place of a sentence. `least`: one step, and not whose round it was."""

    name: float
    heading: float
    text: float
    second: float
    padding: float
    drawing: float
    people: float
    brief: bool = False
    least: bool = False


SETTINGS = (
    Setting(104, 68, 42, 34, 30, 150, 290),
    Setting(92, 62, 37, 31, 24, 130, 260),
    Setting(80, 56, 32, 28, 20, 115, 230),
    Setting(66, 50, 28, 25, 15, 100, 190),
    Setting(54, 48, 25, 24, 11, 90, 150),
    Setting(48, 48, 24, 24, 7, 80, 0),
    Setting(48, 48, 24, 24, 5, 70, 0, brief=True),
    Setting(48, 48, 24, 24, 3, 56, 0, brief=True, least=True),
)
"""The roomiest first."""


def title(results: Results, language: str) -> str:
    plain = Plain(language, results.questionnaire)
    heading = f"{plain.text('said.title')}: {place_name(results)}"
    return plain.text("doc.document_title", heading=heading, campaign=results.campaign)


def html(
    results: Results,
    found: FindingsList,
    loop: Loop,
    languages: Sequence[str],
    *,
    size: Size = "A3",
    address: str = "",
) -> str:
    """The whole document for print, one page. `languages`: the main one, and one more or none. `address`: of
    the page that the code leads to; without it no code, and in the draft of a house a place that is kept for
    one.

    ValueError: no language or more than MOST_LANGUAGES; else as `residents.web`."""
    if not 1 <= len(languages) <= MOST_LANGUAGES or len(set(languages)) != len(languages):
        raise ValueError(f"one or two languages, not {languages}")
    spoken = [Plain(language, results.questionnaire) for language in languages]
    _, own = points.of_place(results, found)
    own = () if results.hidden else own
    told = [_three(*points.chosen(plain, own, turning=False)) for plain in spoken]
    steps = [
        agreed.steps(plain, results, own, loop, LONGEST_STEP)[: MOST_STEPS - number]
        for number, plain in enumerate(spoken)
    ]
    sides = [
        Side(
            plain,
            points_,
            [*_notes(points_), *_corrected(plain, loop)],
            [_step(plain, step) for step in steps_],
            agreed.undated(plain, results, own, loop),
            _from(plain, results, loop),
            LOGO[0] + GAP if loop.livery and loop.livery.logo else 0.0,
        )
        for plain, points_, steps_ in zip(spoken, told, steps, strict=True)
    ]
    later = not address and loop.edition is None and results.estate_id is not None
    coded = bool(address) or later
    setting = _fitting(results, sides, coded=coded)
    main = sides[0]
    return (
        environment()
        .get_template("stairwell.html")
        .render(
            results=results,
            place=place_name(results),
            language=languages[0],
            direction=main.plain.direction,
            direction_of=direction,
            document_title=title(results, languages[0]),
            sides=sides,
            main=main,
            count=max(len(main.points), 1),
            fictitious=results.fictitious,
            setting=setting,
            address=address,
            qr=code(address) if address else None,
            later=later,
            symbol=lambda point, at: symbol(
                point.symbol,
                key=f"drawing-{at}",
                title=main.plain.text("drawing.alt", what=point.theme_text),
            ),
            face=lambda point, at: symbol(
                "smile" if point.good else "frown",
                key=f"face-{at}",
                title=main.plain.text("word.good" if point.good else "word.bad"),
            ),
            people=lambda row, at: _people(main.plain, row, at),
            styles=STYLESHEET.read_text(encoding="utf-8") + cover.styles(loop.livery),
            livery=loop.livery,
            logo_frame=tuple(side * SCALE[size] for side in LOGO),
            size=size,
            spread=_spread(setting, results, sides, coded=coded),
            pt=lambda points_: f"{points_ * SCALE[size]:.2f}pt",
        )
    )


@dataclass(frozen=True)
class Side:
    """What is said in one language. `logo`: the width that it takes beside the name, in points on A3."""

    plain: Plain
    points: Sequence[Point]
    notes: Sequence[Markup]
    steps: Sequence[Markup]
    undated: Markup
    source: Markup
    logo: float = 0.0


def _from(plain: Plain, results: Results, loop: Loop) -> Markup:
    """Who asked, in which round, and which version this is."""
    names = plain.name(results.organisation), plain.name(results.campaign)
    return Markup("{} · {} · {}").format(*names, agreed.status(plain, loop))


def _three(good: Sequence[Point], bad: Sequence[Point]) -> tuple[Point, ...]:
    """The best two and the weakest one; where there are fewer of the one, more of the other."""
    first = good[: max(2, MOST - len(bad))]
    return (*first, *bad[: MOST - len(first)])


def _notes(told: Sequence[Point]) -> list[Markup]:
    return list(dict.fromkeys(note for point in told for note in point.notes))


def _corrected(plain: Plain, loop: Loop) -> list[Markup]:
    if loop.edition is None or not loop.edition.erratum.strip():
        return []
    return [plain.say("doc.corrected", text=agreed.corrected(plain, loop.edition, LONGEST_ERRATUM))]


def _step(plain: Plain, step: agreed.Step) -> Markup:
    if step.text is None:
        return plain.say("when.results", date=plain.day(step.on))
    return plain.say("when.measure", date=plain.day(step.on), text=step.text)


def _people(plain: Plain, row: People, at: str) -> Markup:
    from_right = plain.direction == "rtl"
    return people(row, key=f"people-{at}", title=points.row_text(plain, row), from_right=from_right)


@dataclass(frozen=True)
class Code:
    """A QR code as one SVG path, a unit a module."""

    size: int
    path: str


def code(address: str) -> Code:
    """Level M: readable with 15 % of it soiled."""
    rows = [list(row) for row in segno.make(address, error="m").matrix]
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Code(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))


def _fitting(results: Results, sides: Sequence[Side], *, coded: bool) -> Setting:
    """The roomiest setting that is surely one page."""
    for setting in SETTINGS[:-1]:
        if _height(setting, results, sides, coded=coded) <= HEIGHT - SPARE:
            return setting
    return SETTINGS[-1]


def _spread(setting: Setting, results: Results, sides: Sequence[Side], *, coded: bool) -> float:
    """What is left of the page, to be put between its parts, in points on A3."""
    left = HEIGHT - 2 * SPARE - _height(setting, results, sides, coded=coded)
    return max(0.0, min(left / (2 * (len(sides[0].points) + 2)), 34.0))


def _height(setting: Setting, results: Results, sides: Sequence[Side], *, coded: bool) -> float:
    """Of all that stands on the page, in points on A3; rather more than less. `coded`: with a code, or a
    place for one."""
    full = WIDTH - 2 * MARGIN
    main, cards = sides[0], max(1, len(sides[0].points))
    edge = max(setting.padding, 16)
    inner = full - 2 * edge - setting.drawing - FACE - 56
    beside = full - 2 * edge - (QR + 20 if coded else 0)
    total = 26 + 18 + 26 + setting.padding + setting.text * 1.31
    if main.logo:  # the line above the name may then need another
        total += setting.text * 1.31
    total += setting.name * 1.13 * lines(place_name(results), setting.name, full - main.logo, bold=True)
    step = setting.heading * 1.13
    for number, side in enumerate(sides):
        size = setting.second if number else setting.text
        line = size * _leading(side)
        if side.plain.draft:
            draft = lines(side.plain.text("doc.draft"), setting.second, full - setting.second)
            total += setting.second * 1.2 * draft + 8
        total += sum(line * lines(note, size, full) for note in side.notes)
        for said in side.steps[: 1 if setting.least else None] or [side.undated]:
            step += line * lines(said, size, beside, bold=True)
        if coded:
            step += line * lines(side.plain.say("poster.scan"), size, beside)
    for at in range(cards):
        total += max(setting.drawing, _card(setting, sides, at, inner)) + 2 * setting.padding + GAP + 2
    total += max(step, QR if coded else 0) + 2 * setting.padding + GAP
    if setting.least:
        return total
    return total + setting.second * 1.31 * lines(main.source, setting.second, full)


def _leading(side: Side) -> float:
    """From one line to the next, of the size of its letters; those of Arabic reach lower."""
    return 1.62 if side.plain.language == "ar" else 1.31


def _card(setting: Setting, sides: Sequence[Side], at: int, inner: float) -> float:
    height = 0.0
    for number, side in enumerate(sides):
        size = setting.second if number else setting.text
        if not side.points:
            height += size * _leading(side) * lines(side.plain.say("few.text"), size, inner)
            continue
        point = side.points[at]
        if number:
            height += size * _leading(side) * lines(f"{point.theme_text}: {point.short}", size, inner)
        else:
            room = inner - (setting.people + 12 if point.people else 0)
            head = setting.heading * 1.15 * lines(point.theme_text, setting.heading, room, bold=True)
            height += max(head, setting.people * 0.23)
            sentence = point.short if setting.brief else point.sentence
            height += size * _leading(side) * lines(sentence, size, inner, bold=setting.brief)
    return height
