"""Findings shown to tenants by a link, before the report is final: does it stand?

/leserunde/{slug}                   what it is about, and the places there are findings of
/leserunde/{slug}/{number}/{part}   some findings of one place (by its number), what is said of them
/leserunde/{slug}/takk              the end
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from forms import languages
from forms.catalogue import Translate, translator
from reports.findings.model import Place
from survey.loop import readings
from survey.loop.readings import LONGEST_REMARK, VERDICTS, Reading, Said, Shown
from survey.phone.errors import TooManyRead, UnknownLink
from survey.phone.house import TheHouse, shown_at
from survey.phone.limits import Guard, client_of
from survey.phone.reading import AnyRequest, Form, one, read_form
from survey.phone.rendering import Frame, go, reading_language, show

A_PAGE = 3
"""Findings that are read at a time."""
WORDS = Path(__file__).parent / "reading_round" / "messages"


def words_of(language: str) -> Translate:
    return translator(WORDS, language)


@shown_at("/leserunde/{slug:str}")
async def begin_reading_round(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    reading = await _read(house, slug)
    if reading.places is None:
        return _closed(request, reading)
    return _shown(request, reading, "reading_round/begin.html", places=reading.places)


@shown_at("/leserunde/{slug:str}/takk")
async def read_to_the_end(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    reading = await _read(house, slug)
    if reading.places is None:
        return _closed(request, reading)
    return _shown(request, reading, "reading_round/thanks.html")


@shown_at("/leserunde/{slug:str}/{number:int}/{part:int}")
async def read_findings(
    request: AnyRequest,
    slug: FromPath[str],
    number: FromPath[int],
    part: FromPath[int],
    house: TheHouse,
) -> Response[str]:
    reading = await _read(house, slug)
    if reading.places is None:
        return _closed(request, reading)
    return await _page(request, house, reading, number, part, {})


@post("/leserunde/{slug:str}/{number:int}/{part:int}", status_code=200)
async def say_of_findings(
    request: AnyRequest,
    slug: FromPath[str],
    number: FromPath[int],
    part: FromPath[int],
    house: TheHouse,
) -> Response[str] | Redirect:
    """Keep what was said of some findings of one place, and go on to the next."""
    house.read.count(client_of(request))
    form = await read_form(request)
    reading = await _read(house, slug)
    if reading.places is None:
        return _closed(request, reading)
    found = await _found(house, reading, number)
    here = {one.id for one in found[(part - 1) * A_PAGE : part * A_PAGE]} if part > 0 else set()
    sent = [said for said in _said(form) if not said.empty and said.finding_id in here]
    typed = {said.finding_id: said for said in sent}
    if any(len(said.text) > LONGEST_REMARK for said in sent):
        return await _page(request, house, reading, number, part, typed)
    if seconds := _held_up(house.said, client_of(request), sorted(typed)):
        return await _page(request, house, reading, number, part, typed, seconds)
    language = reading_language(request, languages.WRITTEN, one(form, "sprak"))
    on = f"{number}/{part + 1}" if part * A_PAGE < len(found) else "takk"
    if sent:
        async with house.database.phone() as connection:
            outcome = await readings.keep(connection, reading.slug, sent)
        if outcome == "closed":
            return _closed(request, reading)
        if outcome == "full":
            return _shown(request, reading, "reading_round/full.html", status=409, on=on)
    return go(f"/leserunde/{reading.slug}/{on}?sprak={language}{'&sendt=1' if sent else ''}")


def _held_up(guard: Guard, address: str, about: Sequence[str]) -> int:
    """Seconds until all of this is taken from this address; 0 when it is, and is counted."""
    for number, id in enumerate(about):
        try:
            guard.count(address, id)
        except TooManyRead as fault:
            for before in about[:number]:
                guard.forgive(address, before)
            return fault.seconds
    return 0


def _said(form: Form) -> list[Said]:
    known = {name.removeprefix("om-") for name in form if name.startswith("om-")}
    return [readings.said(id, one(form, f"dom-{id}"), one(form, f"merknad-{id}")) for id in sorted(known)]


async def _read(house: TheHouse, slug: str) -> Reading:
    async with house.database.phone() as connection:
        reading = await readings.read(connection, slug)
    if reading is None:
        raise UnknownLink("no findings are shown by this link")
    return reading


def _place(reading: Reading, number: int) -> Place:
    places = reading.places or ()
    if not 1 <= number <= len(places):
        raise UnknownLink("the round has no such place")
    return places[number - 1]


async def _found(house: TheHouse, reading: Reading, number: int) -> list[Shown]:
    place = _place(reading, number)
    async with house.database.phone() as connection:
        return await readings.findings(connection, reading.slug, place.level, place.id)


async def _page(
    request: AnyRequest,
    house: TheHouse,
    reading: Reading,
    number: int,
    part: int,
    typed: Mapping[str, Said],
    wait: int = 0,
) -> Response[str]:
    """`wait`: seconds until what was typed can be sent from there; 0 when it was not held up."""
    found = await _found(house, reading, number)
    some = found[(part - 1) * A_PAGE : part * A_PAGE] if part > 0 else []
    if not some:
        raise UnknownLink("the place has no such page")
    too_long = any(len(said.text) > LONGEST_REMARK for said in typed.values())
    shown = _shown(
        request,
        reading,
        "reading_round/page.html",
        status=429 if wait else 422 if too_long else 200,
        here=f"/leserunde/{reading.slug}/{number}/{part}",
        place=_place(reading, number),
        found=some,
        number=number,
        part=part,
        parts=-(-len(found) // A_PAGE),
        sent="sendt" in request.query_params,
        typed=typed,
        verdicts=VERDICTS,
        most=LONGEST_REMARK,
        wait=wait,
    )
    if wait:
        shown.headers["Retry-After"] = str(wait)
    return shown


def _closed(request: AnyRequest, reading: Reading) -> Response[str]:
    language = reading_language(request, languages.WRITTEN)
    r = words_of(language)
    frame = Frame(
        language,
        r("reading.closed.title"),
        410,
        languages=languages.WRITTEN,
        organisation=reading.organisation,
        fictitious=reading.fictitious,
    )
    text = r("reading.closed.text")
    return show("error.html", frame, text=text, more="", go="", ask_code=False)


def _shown(
    request: AnyRequest,
    reading: Reading,
    template: str,
    *,
    status: int = 200,
    here: str = "",
    **values: object,
) -> Response[str]:
    language = reading_language(request, languages.WRITTEN)
    r = words_of(language)
    frame = Frame(
        language,
        r("reading.title"),
        status,
        languages=languages.WRITTEN,
        here=here,
        organisation=reading.organisation,
        fictitious=reading.fictitious,
    )
    home = f"/leserunde/{reading.slug}"
    return show(template, frame, r=r, campaign=reading.campaign, home=home, **values)


READING_HANDLERS = [begin_reading_round, read_to_the_end, read_findings, say_of_findings]
