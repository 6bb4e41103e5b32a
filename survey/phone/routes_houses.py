"""The page of a house: what its tenants were told, round after round. The codes on posters lead here.

/hus/{slug}                                   the newest report, and all that was published
/hus/{slug}/{edition}/{number}/dokument.pdf   a document on paper; of one that is corrected since, a page that
                                              says so first (`?likevel=1`: the document all the same)
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from uuid import UUID

from litestar import MediaType, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from markupsafe import Markup

from forms.catalogue import Translate, translator
from survey.days import long_date
from survey.loop import houses
from survey.loop.houses import House, Published
from survey.phone.errors import UnknownLink
from survey.phone.house import TheHouse, shown_at
from survey.phone.reading import AnyRequest
from survey.phone.rendering import LANGUAGES, Frame, reading_language, show

WORDS = Path(__file__).parent / "houses" / "messages"
DAY = re.compile(r'<time datetime="(\d{4}-\d{2}-\d{2})">')
"""Of what was still to come when a report was frozen."""
FILE = Path(__file__).parents[2] / "reports" / "documents" / "residents.css"


def words_of(language: str) -> Translate:
    return translator(WORDS, language)


@shown_at("/hus/{slug:str}")
async def house_page(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    found = await _read(house, slug)
    language = reading_language(request, LANGUAGES)
    r = words_of(language)
    report = _report(found, language)
    web = None
    if report is not None:
        async with house.database.phone() as connection:
            kept = await houses.fetch(connection, found.slug, report.edition_id, report.number)
        web = kept[1] if kept else None
    frame = Frame(
        language,
        r("house.title", name=found.name),
        languages=LANGUAGES,
        organisation=found.organisation,
        fictitious=found.fictitious,
    )
    return show(
        "houses/house.html",
        frame,
        r=r,
        home=found.path,
        name=found.name,
        # Made by us from protected figures and texts that were escaped then, and frozen since.
        report=Markup(web) if web else None,
        spoken=report.language if report else language,
        other=_languages(found.files, report) if report and report.language != language else (),
        wrong=report.wrong if report else (),
        passed=[long_date(day, language) for day in passed_days(web or "", date.today())],
        made=long_date(report.frozen_on, language) if report else "",
        rounds=[
            (campaign, [(own, long_date(own.frozen_on, language)) for own in files])
            for campaign, files in groupby(found.files, key=lambda own: own.campaign_name)
        ],
    )


@get("/hus/{slug:str}/{edition_id:uuid}/{number:int}/dokument.pdf")
async def house_document(
    request: AnyRequest,
    slug: FromPath[str],
    edition_id: FromPath[UUID],
    number: FromPath[int],
    house: TheHouse,
) -> Response[bytes] | Response[str]:
    found = await _read(house, slug)
    asked = next((one for one in found.files if (one.edition_id, one.number) == (edition_id, number)), None)
    if asked is not None and not asked.stands and "likevel" not in request.query_params:
        return _superseded(request, found, asked)
    async with house.database.phone() as connection:
        kept = await houses.fetch(connection, found.slug, edition_id, number)
    if kept is None:
        raise UnknownLink("no such document is published")
    return Response(
        kept[0],
        media_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="beboere.pdf"', "Cache-Control": "no-store"},
    )


@get("/hus.css", media_type=MediaType.CSS, cache_control=CacheControlHeader(public=True, max_age=3600))
async def house_stylesheet() -> str:
    """The same rules that set the report in print."""
    return await asyncio.to_thread(FILE.read_text, encoding="utf-8")


def _superseded(request: AnyRequest, found: House, asked: Published) -> Response[str]:
    """Who has kept the address of an older version is told so, before it is read."""
    language = reading_language(request, LANGUAGES)
    r = words_of(language)
    frame = Frame(
        language,
        r("house.title", name=found.name),
        languages=LANGUAGES,
        organisation=found.organisation,
        fictitious=found.fictitious,
    )
    newest = [
        one
        for one in found.files
        if one.newest
        and (one.campaign_id, one.document) == (asked.campaign_id, asked.document)
        and one.edition_id != asked.edition_id
    ]
    return show("houses/older.html", frame, r=r, home=found.path, asked=asked, newest=newest)


def _languages(files: Sequence[Published], report: Published) -> list[str]:
    """Those that the report is there in."""
    own = (report.edition_id, report.document)
    return [one.language for one in files if (one.edition_id, one.document) == own]


def passed_days(web: str, today: date) -> list[date]:
    """Days that a frozen report speaks of as to come, and that are over by now."""
    return sorted({day for written in DAY.findall(web) if (day := date.fromisoformat(written)) < today})


async def _read(house: TheHouse, slug: str) -> House:
    async with house.database.phone() as connection:
        found = await houses.read(connection, slug)
    if found is None:
        raise UnknownLink("no house has this page")
    return found


def _report(found: House, language: str) -> Published | None:
    """The newest report in the reader's language, else in the first it has."""
    own = [one for one in found.files if one.document == "beboer" and one.newest]
    newest = [one for one in own if one.edition_id == own[0].edition_id]
    return next((one for one in newest if one.language == language), newest[0] if newest else None)


HOUSE_HANDLERS = [house_page, house_document, house_stylesheet]
