"""Results at the desk: the report on the web and as PDF, research data, and the log."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath

from reports.compute import compute
from reports.documents import landlord
from reports.releases import bundle as releases
from reports.releases import pages as release_pages
from reports.releases.dataset import protect
from reports.releases.errors import ReleaseRefused
from reports.releases.wording import wording
from reports.results import Results
from reports.waves import Wave
from survey.campaigns import waves
from survey.campaigns.errors import NoSuchEstateInRound
from survey.campaigns.waves import Waves
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, download, language_of, render
from survey.office.printing import print_pdf
from survey.people import audit
from survey.people.roles import Right, Staff

RoundId = FromPath[UUID]

SHORTEST_PURPOSE, LONGEST_PURPOSE = 5, 300
KEPT_RESULTS = 32
_kept: OrderedDict[tuple[Hashable, ...], Results] = OrderedDict()


@get("/runder/{round_id:uuid}/rapport")
async def report_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    both = await waves.load_waves(database, staff.organisation_id, round_id)
    estate_id = _estate(request, both)
    results = await results_of(both, estate_id)
    return render(
        request,
        "report.html",
        staff=staff,
        round_id=round_id,
        wave=both.now,
        estate_id=estate_id,
        title=landlord.title(results, language_of(request)),
        body=landlord.web(results, language_of(request)),
    )


@get("/runder/{round_id:uuid}/rapport.pdf")
async def report_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[bytes]:
    staff.require(Right.READ_RESULTS)
    both = await waves.load_waves(database, staff.organisation_id, round_id)
    estate_id = _estate(request, both)
    results = await results_of(both, estate_id)
    language = language_of(request)
    html = await asyncio.to_thread(landlord.html, results, language)
    written = await print_pdf(html, landlord.title(results, language), language)
    async with database.registry(staff.organisation_id) as connection:
        details = {"estate": estate_id, "wave": both.now.content_hash, "language": language}
        await audit.record(connection, "report.downloaded", "campaign", round_id, staff.id, details)
    return download(written, "application/pdf", f"bostemme-rapport-{both.now.content_hash[:8]}.pdf")


async def results_of(both: Waves, estate_id: str | None) -> Results:
    """The protected results. Sealed waves never change, so the last few are kept in memory."""
    # Two rounds with the same answers are still two rounds, and estates may get other names at any time.
    key = (estate_id, *(_identity(wave) for wave in (both.now, both.before) if wave))
    if key not in _kept:
        _kept[key] = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        while len(_kept) > KEPT_RESULTS:
            _kept.popitem(last=False)
    return _kept[key]


def _identity(wave: Wave) -> Hashable:
    return wave.campaign_id, wave.content_hash, wave.estates


def _estate(request: AnyRequest, both: Waves) -> str | None:
    """The estate asked for, None for all. Raises NoSuchEstateInRound for any that is not in this round."""
    wanted: str | None = request.query_params.get("leiegard")
    if not wanted:
        return None
    if wanted not in {estate.id for estate in both.now.estates}:
        raise NoSuchEstateInRound()
    return wanted


@get("/rapport.css", media_type="text/css", cache_control=CacheControlHeader(private=True, max_age=3600))
async def report_stylesheet() -> str:
    """The same rules that set the report in print."""
    return await asyncio.to_thread(landlord.STYLESHEET.read_text, encoding="utf-8")


@get("/runder/{round_id:uuid}/datautgivelse")
async def release_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.RELEASE_DATA)
    wave = await waves.load_wave(database, staff.organisation_id, round_id)
    return await _release_page(request, staff, wave)


@post("/runder/{round_id:uuid}/datautgivelse", status_code=200)
async def release(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.RELEASE_DATA)
    wave = await waves.load_wave(database, staff.organisation_id, round_id)
    purpose = " ".join(form.one("purpose").split())
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        problem = Problem("purpose", "problem.purpose", {"longest": LONGEST_PURPOSE})
        return await _release_page(request, staff, wave, purpose, problem)
    try:
        bundle = await asyncio.to_thread(releases.make, wave, language_of(request))
    except ReleaseRefused:
        return await _release_page(request, staff, wave, purpose)
    async with database.registry(staff.organisation_id) as connection:
        details = {"purpose": purpose, "wave": wave.content_hash, "file": bundle.file_name}
        await audit.record(connection, "data.released", "campaign", round_id, staff.id, details)
    return download(bundle.content, "application/zip", bundle.file_name)


@get("/logg")
async def audit_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.READ_AUDIT)
    async with database.registry(staff.organisation_id) as connection:
        entries = await audit.latest(connection)
    return render(request, "audit.html", staff=staff, entries=entries)


async def _release_page(
    request: AnyRequest, staff: Staff, wave: Wave, purpose: str = "", *wrong: Problem
) -> Response[str]:
    """What the data would give away and what was done about it, and the form that fetches them."""
    language = language_of(request)
    risk = refused = None
    problems = Problems(wrong)
    try:
        risk = release_pages.risk_body(await asyncio.to_thread(protect, wave, language))
    except ReleaseRefused as refusal:
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


handlers = [report_page, report_pdf, report_stylesheet, release_page, release, audit_page]
