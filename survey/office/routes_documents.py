"""Documents for those who answered: their report in plain words or in pictures, and the stairwell's poster.

`survey.office.documents` is imported in the functions that need it: see there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from litestar import Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from forms.languages import SPOKEN
from reports.documents import residents
from survey import file_names
from survey.office import reckoning
from survey.office.door import TheDatabase, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, download, language_of, render, words
from survey.office.printing import print_pdf
from survey.office.reckoning import Key
from survey.office.routes_results import file_at_hand
from survey.people import audit
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.findings.everywhere import Everywhere
    from survey.office.documents import Asked

RoundId = FromPath[UUID]
LONGEST_ADDRESS = 200
Size = Literal["A3", "A4"]
SIZES: tuple[Size, ...] = ("A3", "A4")
AREA = "omrade:"
"""Begins the name of an area, where it is chosen in the place of an estate."""


@dataclass(frozen=True)
class Choice:
    """What was asked for in the address of a page. `second`: '' for none."""

    estate_id: str | None
    area: str | None
    language: str
    pictures: bool
    second: str
    size: Size
    address: str


def _choice(request: AnyRequest) -> Choice:
    """Anything that is not among what is offered becomes the first of it."""
    asked = request.query_params
    language = asked.get("sprak", "")
    language = language if language in SPOKEN else language_of(request)
    second = asked.get("sprak2", "")
    place = asked.get("leiegard") or ""
    area = place.removeprefix(AREA) if place.startswith(AREA) else asked.get("omrade", "")
    return Choice(
        estate_id=None if place.startswith(AREA) else place or None,
        area=area if area and not (place and not place.startswith(AREA)) else None,
        language=language,
        pictures=asked.get("bilder") == "1",
        second=second if second in SPOKEN and second != language else "",
        size="A4" if asked.get("ark") == "A4" else "A3",
        address=asked.get("adresse", "").strip(),
    )


def _problem(address: str) -> tuple[Problem, ...]:
    """What is wrong with where the code on the poster shall lead; nothing for none."""
    if not address:
        return ()
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and address.isprintable()
    except ValueError:
        good = False
    if not good or " " in address or len(address) > LONGEST_ADDRESS:
        return (Problem("adresse", "problem.tenants.address", {"most": LONGEST_ADDRESS}),)
    return ()


async def _every(request: AnyRequest, database: TheDatabase, staff: Staff, round_id: UUID) -> Everywhere:
    from survey.office import documents

    # The same as the page of findings waits for.
    return await reckoning.of(request).get(
        database,
        Key(staff.organisation_id, "findings", round_id),
        partial(documents.reckoned, database, staff.organisation_id, round_id),
        partial(documents.at_hand, database, staff.organisation_id, round_id),
    )


@get("/runder/{round_id:uuid}/beboerrapport")
async def residents_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    from survey.office import documents

    choice = _choice(request)
    every = await _every(request, database, staff, round_id)
    asked = await documents.asked(
        database, staff.organisation_id, round_id, every, choice.estate_id, choice.area
    )
    body = await asyncio.to_thread(
        residents.web, asked.results, asked.found, asked.loop, choice.language, pictures=choice.pictures
    )
    return render(
        request,
        "tenants.html",
        staff=staff,
        round_id=round_id,
        asked=asked,
        choice=choice,
        spoken=SPOKEN,
        title=residents.title(asked.results, choice.language),
        body=body,
        query=_query(choice),
    )


def _query(choice: Choice) -> str:
    """Of the same document as a file."""
    asked = {"sprak": choice.language}
    if choice.estate_id:
        asked["leiegard"] = choice.estate_id
    elif choice.area:
        asked["omrade"] = choice.area
    if choice.pictures:
        asked["bilder"] = "1"
    return urlencode(asked)


@get("/runder/{round_id:uuid}/beboerrapport.pdf")
async def residents_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    choice = _choice(request)

    def html(asked: Asked) -> str:
        own = asked.results, asked.found, asked.loop
        return residents.html(*own, choice.language, pictures=choice.pictures)

    about = ("residents", choice.language, choice.pictures)
    kind = "pictures" if choice.pictures else "residents"
    back = f"/kontor/runder/{round_id}/beboerrapport?{_query(choice)}"
    return await _file(request, database, staff, round_id, choice, about, kind, html, residents.title, back)


@get("/runder/{round_id:uuid}/oppslag")
async def stairwell_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """The form that fetches the poster. A round that is not closed is refused as its report is."""
    staff.require(Right.READ_RESULTS)
    every = await _every(request, database, staff, round_id)
    return _stairwell_form(request, staff, round_id, every)


def _stairwell_form(
    request: AnyRequest, staff: Staff, round_id: UUID, every: Everywhere, *wrong: Problem
) -> Response[str]:
    problems = Problems(wrong)
    return render(
        request,
        "stairwell.html",
        staff=staff,
        status=problems.status,
        round_id=round_id,
        campaign=every.campaign,
        estates=tuple((id, report.scope) for id, report in every.estates.items()),
        choice=_choice(request),
        spoken=SPOKEN,
        sizes=SIZES,
        longest=LONGEST_ADDRESS,
        problems=problems,
    )


@get("/runder/{round_id:uuid}/oppslag.pdf")
async def stairwell_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.READ_RESULTS)
    from survey.office import documents

    choice = replace(_choice(request), area=None)  # it hangs in a house
    if wrong := _problem(choice.address):
        every = await _every(request, database, staff, round_id)
        return _stairwell_form(request, staff, round_id, every, *wrong)
    spoken = (choice.language, choice.second) if choice.second else (choice.language,)

    def html(asked: Asked) -> str:
        own = asked.results, asked.found, asked.loop
        return documents.stairwell.html(*own, spoken, size=choice.size, address=choice.address)

    about = ("stairwell", spoken, choice.size, choice.address)
    back = f"/kontor/runder/{round_id}/oppslag"
    return await _file(
        request,
        database,
        staff,
        round_id,
        choice,
        about,
        "stairwell",
        html,
        documents.stairwell.title,
        back,
    )


async def _file(
    request: AnyRequest,
    database: TheDatabase,
    staff: Staff,
    round_id: UUID,
    choice: Choice,
    about: tuple[object, ...],
    kind: str,
    html: Callable[[Asked], str],
    title: Callable[[Any, str], str],
    back: str,
) -> Response[Any]:
    """A document as a file, reckoned and laid out beside the pages, as the report is. Who fetched which is
    noted."""
    staff.require(Right.READ_RESULTS)
    from survey.office import documents

    async def printed() -> tuple[Asked, bytes]:
        every = await documents.reckoned(database, staff.organisation_id, round_id)
        asked = await documents.asked(
            database, staff.organisation_id, round_id, every, choice.estate_id, choice.area
        )
        made = await asyncio.to_thread(html, asked)
        return asked, await print_pdf(made, title(asked.results, choice.language), choice.language)

    key = Key(staff.organisation_id, "pdf", (round_id, choice.estate_id, choice.area, *about))
    if reckoning.WAITED in request.query_params and await reckoning.of(request).ready(key):
        query = {name: value for name, value in request.query_params.items() if name != reckoning.WAITED}
        file = f"{request.url.path}?{urlencode(query, quote_via=quote)}".removesuffix("?")
        return file_at_hand(request, staff, file, back, "pdf")
    asked, written = await reckoning.of(request).get(database, key, printed)
    async with database.registry(staff.organisation_id) as connection:
        details = {
            "kind": kind,
            "estate": choice.estate_id,
            "wave": asked.results.wave_hash,
            "language": choice.language,
        }
        if choice.area:
            details["area"] = choice.area
        await audit.record(connection, "tenants.downloaded", "campaign", round_id, staff.id, details)
    t = words(language_of(request))
    results = asked.results
    place = choice.estate_id or choice.area
    scope = file_names.part(results.scope, place) if place else t("report.file.all")
    name = t(
        f"tenants.file.{kind}",
        round=file_names.part(results.campaign, asked.campaign_id),
        scope=scope,
        language=choice.language,
        hash=results.wave_hash[:8],
    )
    return download(written, "application/pdf", name)


@get(
    "/beboerrapport.css", media_type="text/css", cache_control=CacheControlHeader(private=True, max_age=3600)
)
async def residents_stylesheet() -> str:
    """The same rules that set the document in print."""
    return await asyncio.to_thread(residents.STYLESHEET.read_text, encoding="utf-8")


handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[residents_page, residents_pdf, stairwell_page, stairwell_pdf],
        before_request=open_numbers,
    ),
    residents_stylesheet,
]
