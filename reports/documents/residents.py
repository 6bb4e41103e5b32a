"""The report for those who answered, in plain language and large letters; and the same mostly in pictures.

Its order is that in which it can be listened to: what was said, what is good, what is not, what happens now,
what became of what was agreed last time, when more is heard, whom to ask, why it was asked and who pays, and
that nobody can be found out. Strengths come first, and no figure is in it that the findings do not show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from forms.influence import Field, told
from reports.disclosure import PROTECTED
from reports.documents import agreed, cover, points
from reports.documents.agreed import Limits
from reports.documents.landlord import environment
from reports.documents.measuring import lines
from reports.documents.plain import Plain
from reports.documents.points import Point
from reports.documents.who import everybody
from reports.figures.people import People, people
from reports.figures.symbols import symbol
from reports.findings.model import FindingsList, PlaceResult
from reports.loop import Loop
from reports.results import Results

STYLESHEET = Path(__file__).with_name("residents.css")
"""Styles of the body, for the web and for print."""
PRINT_STYLESHEET = Path(__file__).with_name("residents_print.css")
ROUNDED_TO, EXACT = 5, 20
"""Answers are told to fives, of which fewer than EXACT would become another number."""
MOST_STEPS = 3
FEW_POINTS = 2
ALL = Limits(doings=12, before=8)
SETTINGS = (
    (ALL, False),
    (ALL, True),
    (replace(ALL, terse=True), True),
    (Limits(200, 6, 4, terse=True), True),
    (Limits(140, 4, 3, terse=True), True),
    (Limits(140, 2, 2, terse=True), True),
    (Limits(90, 2, 1, terse=True), True),
    (Limits(60, 1, 1, terse=True), True),
    (Limits(40, 1, 0, terse=True), True),
)
"""How much is told and whether it is set closely; the first of which is surely no more than four pages."""
ROOM, PICTURES = 2_760.0, 760.0
"""Of four pages, with some to spare for what does not break; and of words between pictures. Points."""


def title(results: Results, language: str) -> str:
    """'Dette sa dere om å bo i Nordlysgata 4–18 – Beboerundersøkelsen 2025'."""
    plain = Plain(language, results.questionnaire)
    heading = plain.text(_heading_key(results), place=place_name(results))
    return plain.text("doc.document_title", heading=heading, campaign=results.campaign)


def web(results: Results, found: FindingsList, loop: Loop, language: str, *, pictures: bool = False) -> str:
    """As a fragment for a page of the console: `<article>` with its own h1. The page must load `STYLESHEET`.

    ValueError: `found` is of other answers, or not about the place of `results`. `language`: any of
    `forms.languages.SPOKEN`."""
    return _render("residents_web.html", results, found, loop, language, pictures=pictures, paper=False)


def html(results: Results, found: FindingsList, loop: Loop, language: str, *, pictures: bool = False) -> str:
    """As a whole document for print, stylesheets inside; hand it to `pdf.write`. Raises as `web`."""
    return _render("residents_print.html", results, found, loop, language, pictures=pictures, paper=True)


def place_name(results: Results) -> str:
    """The estate, the area of those who are counted together there, or the landlord."""
    place = results.place
    if place is not None and place.pool:
        return place.area or results.organisation
    return results.scope


def _heading_key(results: Results) -> str:
    return "doc.title_all" if _of_landlord(results) else "doc.title"


def _of_landlord(results: Results) -> bool:
    """One lives in an estate or an area, and rents from a landlord."""
    return results.estate_id is None and results.area is None


def _render(
    template: str,
    results: Results,
    found: FindingsList,
    loop: Loop,
    language: str,
    *,
    pictures: bool,
    paper: bool,
) -> str:
    laid_out, made = environment().get_template(template), ""
    for limits, dense in SETTINGS if not results.hidden else SETTINGS[1:]:
        values = _values(results, found, loop, language, limits, pictures=pictures, paper=paper)
        made = laid_out.render(values, dense=dense)
        if (
            not paper
            or results.hidden
            or _height(made, pictures=pictures, dense=dense) <= (PICTURES if pictures else ROOM)
        ):
            break
    return made


def _values(
    results: Results,
    found: FindingsList,
    loop: Loop,
    language: str,
    limits: Limits,
    *,
    pictures: bool,
    paper: bool,
) -> dict[str, object]:
    plain = Plain(language, results.questionnaire)
    summary, own = points.of_place(results, found)
    own = () if results.hidden else own
    good, bad = points.chosen(plain, own)
    now = agreed.now(plain, [*bad, *good], own, loop, limits)
    before = agreed.before(plain, results, loop, limits)
    steps = agreed.steps(plain, results, own, loop, limits.text)
    decided = _declared(plain, results, "where", ("who", "when"))
    made = _declared(plain, results, "made", ("purpose", "paid", "contact"))
    foreign = any(one.foreign for one in (decided, made)) or any(point.foreign for point in (*good, *bad))
    norwegian = now.foreign or (before is not None and before.foreign)
    clipped = now.clipped or (before is not None and before.clipped)
    return {
        "results": results,
        "language": language,
        "direction": plain.direction,
        "pictures": pictures,
        "paper": paper,
        "body": "residents_pictures.html" if pictures else "residents_body.html",
        "say": plain.say,
        "text": plain.text,
        "heading": plain.say(_heading_key(results), place=place_name(results)),
        "campaign": plain.name(results.campaign),
        "status": agreed.status(plain, loop),
        "document_title": title(results, language),
        "notes": _notes(plain, pictures, norwegian=norwegian, foreign=foreign, clipped=clipped)
        + _corrected(plain, loop),
        "said": _said(plain, results),
        "key": plain.say("people.key") if any(point.people for point in (*good, *bad)) else "",
        "good": good,
        "bad": bad,
        "nothing": _nothing(plain, summary),
        "now": now,
        "reply_when": _reply_when(plain, results, loop),
        "before": before,
        "steps": [_step(plain, step) for step in steps[:MOST_STEPS]],
        "undated": agreed.undated(plain, results, own, loop),
        "next": _next(plain, steps),
        "decided": decided.lines,
        "made": made.lines,
        "credit": plain.credit(),
        "symbol": lambda point, at: _symbol(plain, point, at),
        "people": lambda row, at: _people(plain, row, at),
        "drawn": lambda name, at, words: symbol(name, key=at, title=words),
        "styles": _styles() + cover.styles(loop.livery) if paper else "",
        "livery": loop.livery,
        # Never less than two pages: what was said, and what comes of it.
        "apart": paper and len(good) + len(bad) <= FEW_POINTS,
    }


BLOCK = re.compile(r"<(p|h1|h2|h3)\b[^>]*>(.*?)</\1>|<li>(?!\s*<)(.*?)</li>", re.DOTALL)
SIZES = {"h1": (27.0, 8.0), "h2": (20.0, 26.0), "h3": (16.0, 16.0), "p": (14.5, 6.0), "": (14.5, 0.0)}
"""Of what stands in these, in points: letters, and what is above and below."""
WIDTH = 493.0
CARD, PEOPLE, FRAME, LOGO = 36.0, 50.0, 110.0, 40.0


def _height(made: str, *, pictures: bool, dense: bool) -> float:
    """About how high a document is, in points, were it one page; rather more than less."""
    body = made.partition("<main>")[2]
    total = FRAME
    for kind, text, item in BLOCK.findall(body):
        size, around = SIZES[kind]
        if pictures and kind == "p":
            size = 19.0
        total += lines(text or item, size, WIDTH, bold=kind not in ("p", "")) * size * 1.4 + around
    if pictures:
        return total
    total += body.count('class="lv-logo"') * LOGO
    cards = body.count('class="bp-card')
    total += cards * CARD + body.count('class="bp-people"') * PEOPLE
    return total * (0.9 if dense else 1.0)


def _styles() -> str:
    return "".join(file.read_text(encoding="utf-8") for file in (STYLESHEET, PRINT_STYLESHEET))


def _notes(plain: Plain, pictures: bool, *, norwegian: bool, foreign: bool, clipped: bool) -> list[Markup]:
    """What must be known of the words themselves."""
    notes = [plain.say("doc.draft")] if plain.draft else []
    if pictures:
        return notes
    if norwegian or foreign:
        notes.append(plain.say("doc.norwegian" if norwegian else "doc.only"))
    if clipped:
        notes.append(plain.say("doc.clipped"))
    return notes


def _corrected(plain: Plain, loop: Loop) -> list[Markup]:
    if loop.edition is None or not loop.edition.erratum.strip():
        return []
    return [plain.say("doc.corrected", text=agreed.corrected(plain, loop.edition))]


def _said(plain: Plain, results: Results) -> list[Markup]:
    """Who was asked, when, how many answered, and how sure it is."""
    key = "said.asked_all" if _of_landlord(results) else "said.asked"
    said = [plain.say(key, place=place_name(results))]
    first, last = results.opens_on, results.closes_on
    if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
        said.append(plain.say("said.year", year=str(first.year)))
    else:
        said.append(plain.say("said.period", first=plain.day(first), last=plain.day(last)))
    return [Markup(" ").join(said), Markup(" ").join((*_counted(plain, results), plain.say("said.thanks")))]


def _counted(plain: Plain, results: Results) -> list[Markup]:
    """To fives where that is about the same; else as many as the landlord's report tells of the house."""
    if everybody(results):
        return [plain.say("said.everybody")]
    place = results.place
    told = place.answered if place is not None else (results.n, results.n)
    of = results.invited
    if told is None or told[0] < told[1] or not of or results.n > of:
        about = plain.say("said.counted_only", n=_rounded(results.n))
    elif results.n < EXACT or _rounded(results.n) > of:
        about = plain.say("said.counted_exactly", n=results.n, of=of)
    else:
        about = plain.say("said.counted", n=_rounded(results.n), of=of)
    return [about, plain.say("said.about")]


def _rounded(n: int) -> int:
    return max(ROUNDED_TO, (n + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO)


def _nothing(plain: Plain, summary: PlaceResult | None) -> Markup | None:
    """Why there is nothing, where that is not the answers themselves."""
    hidden = summary is not None and summary.reason == PROTECTED
    return plain.say("none.protected") if hidden else None


def _reply_when(plain: Plain, results: Results, loop: Loop) -> Markup:
    day = agreed.presented(results)
    if day and loop.past(day):
        return plain.say("reply.when_past", date=plain.day(day))
    return plain.say("reply.when", date=plain.coming(day)) if day else plain.say("reply.undated")


def _step(plain: Plain, step: agreed.Step) -> Markup:
    if step.text is None:
        return plain.say("when.results", date=plain.coming(step.on))
    return plain.say("when.measure", date=plain.coming(step.on), text=step.text)


def _next(plain: Plain, steps: Sequence[agreed.Step]) -> Markup:
    """The next day, in few words."""
    if not steps:
        return plain.say("word.undated")
    key = "word.results" if steps[0].text is None else "word.done_by"
    return plain.say(key, date=plain.coming(steps[0].on))


@dataclass(frozen=True)
class DeclaredLines:
    """`foreign`: what the round declared is in another language than the document."""

    lines: Sequence[Markup]
    foreign: bool


def _declared(plain: Plain, results: Results, part: str, fields: Sequence[Field]) -> DeclaredLines:
    """These of what the round declared, each with the words of its part of the document before it."""
    declared = told(results.declared, plain.language)
    if declared is None:
        return DeclaredLines([], False)
    texts = dict(declared.texts)
    lines = [
        plain.say(f"{part}.{field}", text=plain.marked(texts[field], declared.language))
        for field in fields
        if texts.get(field)
    ]
    return DeclaredLines(lines, bool(lines) and declared.language != plain.language)


def _symbol(plain: Plain, point: Point, at: str) -> Markup:
    return symbol(point.symbol, key=f"drawing-{at}", title=plain.text("drawing.alt", what=point.theme_text))


def _people(plain: Plain, row: People, at: str) -> Markup:
    from_right = plain.direction == "rtl"
    return people(row, key=f"people-{at}", title=points.row_text(plain, row), from_right=from_right)
