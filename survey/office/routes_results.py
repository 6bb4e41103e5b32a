"""Results at the desk: the report on the web and as PDF, and research data.

`survey.office.numbers` is imported in the functions that need it: see there.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from forms.catalogue import Translate
from reports.documents import landlord
from reports.releases.errors import ReleaseRefused
from reports.releases.wording import wording
from survey import file_names
from survey.office import reckoning
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.errors import StillReckoning
from survey.office.fields import Problem, Problems
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, download, go, language_of, render, words
from survey.office.printing import print_pdf
from survey.office.reckoning import Key
from survey.people import audit
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.releases.bundle import Bundle
    from reports.waves import Wave
    from survey.office.numbers import Report

RoundId = FromPath[UUID]

SHORTEST_PURPOSE, LONGEST_PURPOSE = 5, 300


@get("/runder/{round_id:uuid}/rapport")
async def report_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    from survey.office import numbers

    estate_id, area = _place_of(request)
    language = language_of(request)
    asked = database, staff.organisation_id, round_id
    if area is None:
        make = partial(numbers.reckoned_report, *asked, estate_id)
        at_hand = partial(numbers.report_at_hand, *asked, estate_id)
    else:
        make = partial(numbers.reckoned_area, *asked, area)
        at_hand = partial(numbers.area_at_hand, *asked, area)
    key = Key(staff.organisation_id, "report", (round_id, estate_id, area))
    report = await reckoning.of(request).get(database, key, make, at_hand)
    return render(
        request,
        "report.html",
        staff=staff,
        round_id=round_id,
        report=report,
        estate_id=estate_id,
        area=area,
        title=landlord.title(report.results, language),
        body=await numbers.report_body(report, language, await numbers.came_of(*asked, estate_id, area)),
    )


def _place_of(request: AnyRequest) -> tuple[str | None, str | None]:
    """The estate (`leiegard`, its id) or else the area (`omrade`, its name) that is asked for; none: all."""
    estate_id = request.query_params.get("leiegard") or None
    return estate_id, None if estate_id else request.query_params.get("omrade") or None


@get("/runder/{round_id:uuid}/funn")
async def findings_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """All that was found of one place (`sted`, see `numbers.place_of`), of one kind (`slag`) or every."""
    staff.require(Right.READ_RESULTS)
    from survey.office import numbers

    found = await reckoning.of(request).get(
        database,
        Key(staff.organisation_id, "findings", round_id),
        partial(numbers.found, database, staff.organisation_id, round_id),
        partial(numbers.found_at_hand, database, staff.organisation_id, round_id),
    )
    chosen, wanted = request.query_params.get("sted", ""), request.query_params.get("slag", "")
    kinds = [kind for kind in numbers.KINDS if kind == wanted]
    place = numbers.place_of(found, chosen)
    others = await numbers.peers.shown_by_others(database, staff.organisation_id, round_id)
    body = await numbers.findings_body(found, language_of(request), place, kinds, others)
    return render(
        request,
        "findings.html",
        staff=staff,
        round_id=round_id,
        campaign=found.campaign,
        places=numbers.places_of(found),
        chosen=chosen,
        kinds=numbers.KINDS,
        wanted=wanted,
        body=body,
    )


@get("/runder/{round_id:uuid}/rapport.pdf")
async def report_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.READ_RESULTS)
    from survey.office import numbers

    estate_id, area = _place_of(request)
    language = language_of(request)
    of = database, staff.organisation_id, round_id
    came = await numbers.came_of(*of, estate_id, area)

    async def printed() -> tuple[Report, bytes]:
        if area is None:
            report = await numbers.report_on(*of, estate_id)
        else:
            report = await numbers.area_report_on(*of, area)
        html = await asyncio.to_thread(landlord.html, report.results, language, *came)
        return report, await print_pdf(html, landlord.title(report.results, language), language)

    said = sha256(repr(came).encode()).hexdigest()
    key = Key(staff.organisation_id, "pdf", (round_id, estate_id, area, language, said))
    if reckoning.WAITED in request.query_params and await reckoning.of(request).ready(key):
        asked = {name: value for name, value in request.query_params.items() if name != reckoning.WAITED}
        page = f"/kontor/runder/{round_id}"
        scope = f"?leiegard={quote(estate_id)}" if estate_id else f"?omrade={quote(area)}" if area else ""
        back = f"{page}/rapport{scope}" if asked.get("fra") == "rapport" else page
        file = f"{request.url.path}?{urlencode(asked)}".removesuffix("?")
        return file_at_hand(request, staff, file, back, "pdf")
    report, written = await reckoning.of(request).get(database, key, printed)
    async with database.registry(staff.organisation_id) as connection:
        details = {"estate": estate_id, "wave": report.results.wave_hash, "language": language}
        if area is not None:
            details["area"] = area
        await audit.record(connection, "report.downloaded", "campaign", round_id, staff.id, details)
    return download(written, "application/pdf", _file_name(words(language), report, estate_id or area))


def _file_name(t: Translate, report: Report, place: str | None) -> str:
    """Tells round and estate; the end tells whether two files hold the same answers."""
    results = report.results
    round = file_names.part(results.campaign, report.campaign_id)
    scope = file_names.part(results.scope, place) if place else t("report.file.all")
    return t("report.file", round=round, scope=scope, hash=results.wave_hash[:8])


@get("/rapport.css", media_type="text/css", cache_control=CacheControlHeader(private=True, max_age=3600))
async def report_stylesheet() -> str:
    """The same rules that set the report in print."""
    return await asyncio.to_thread(landlord.STYLESHEET.read_text, encoding="utf-8")


@get("/runder/{round_id:uuid}/datautgivelse")
async def release_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """The form; or the file that was asked for by it (`fil`) and took a while."""
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave, language = await numbers.load_wave(database, staff.organisation_id, round_id), language_of(request)
    if "fil" in request.query_params:
        key = _file_key(staff, round_id, language)
        if (made := await reckoning.of(request).left(key)) is not None:
            page = f"/kontor/runder/{round_id}/datautgivelse"
            if reckoning.WAITED in request.query_params or isinstance(made[1], ReleaseRefused):
                return await _handed_out(request, staff, wave, *made)
            return file_at_hand(request, staff, f"{page}?fil=1&{reckoning.WAITED}=1", page, "data")
        await reckoning.of(request).elsewhere(database, key)
        return go(f"/kontor/runder/{round_id}/datautgivelse?melding=file_lost")

    async def looked() -> bool:
        with contextlib.suppress(ReleaseRefused):  # the page says so
            await numbers.risk_of(wave, language)
        return True

    async def at_hand() -> bool | None:
        return numbers.risk_at_hand(wave, language) or None

    key = Key(staff.organisation_id, "release", (round_id, language))
    await reckoning.of(request).get(database, key, looked, at_hand)
    return await _release_page(request, staff, wave)


@post("/runder/{round_id:uuid}/datautgivelse", status_code=200)
async def release(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave = await numbers.load_wave(database, staff.organisation_id, round_id)
    purpose = " ".join(form.one("purpose").split())
    if form.only_shown:
        return await _release_page(request, staff, wave, purpose)
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        problem = Problem("purpose", "problem.purpose", {"longest": LONGEST_PURPOSE})
        return await _release_page(request, staff, wave, purpose, problem)
    language = language_of(request)

    async def made() -> tuple[str, Bundle | ReleaseRefused]:
        try:
            bundle = await numbers.release(database, wave, language)
        except ReleaseRefused as refusal:
            return purpose, refusal
        async with database.registry(staff.organisation_id) as connection:
            details = {"purpose": purpose, "wave": wave.content_hash, "file": bundle.file_name}
            await audit.record(connection, "data.released", "campaign", round_id, staff.id, details)
        return purpose, bundle

    key = _file_key(staff, round_id, language)
    try:
        outcome = await reckoning.of(request).anew(database, key, made)
    except StillReckoning:
        return go(f"/kontor/runder/{round_id}/datautgivelse?fil=1")
    return await _handed_out(request, staff, wave, *outcome)


def file_at_hand(request: AnyRequest, staff: Staff, file: str, back: str, what: str) -> Response[str]:
    """The browser waited for this file; what it fetches now leaves this page standing."""
    return render(
        request, "at_hand.html", staff=staff, refresh=1, leads_to=file, file=file, back=back, what=what
    )


def _file_key(staff: Staff, round_id: UUID, language: str) -> Key:
    return Key(staff.organisation_id, "data", (round_id, staff.id, language))


async def _handed_out(
    request: AnyRequest, staff: Staff, wave: Wave, purpose: str, made: Bundle | ReleaseRefused
) -> Response[Any]:
    if isinstance(made, ReleaseRefused):
        return await _release_page(request, staff, wave, purpose, refusal=made)
    return download(made.content, "application/zip", made.file_name)


async def _release_page(
    request: AnyRequest,
    staff: Staff,
    wave: Wave,
    purpose: str = "",
    *wrong: Problem,
    refusal: ReleaseRefused | None = None,
) -> Response[str]:
    """What the data would give away and what was done about it, and the form that fetches them, or why
    not."""
    from survey.office import numbers

    language = language_of(request)
    risk = refused = None
    problems = Problems(wrong)
    try:
        risk = await numbers.risk_of(wave, language)
    except ReleaseRefused as known_before:
        refusal = known_before
    if refusal:
        refused = wording(language)(refusal.key, **refusal.values)
    return render(
        request,
        "release.html",
        staff=staff,
        status=409 if refused else problems.status,
        wave=wave,
        risk=risk,
        refused=refused,
        purpose=purpose[:LONGEST_PURPOSE],
        longest=LONGEST_PURPOSE,
        problems=problems,
    )


handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[report_page, findings_page, report_pdf, release_page, release],
        before_request=open_numbers,
    ),
    report_stylesheet,
]
