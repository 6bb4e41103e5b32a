"""Results at the desk: the report on the web and as PDF, research data, and the log."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from reports.compute import compute
from reports.documents import landlord
from reports.results import Results
from survey.campaigns import waves
from survey.campaigns.errors import NoSuchEstateInRound
from survey.campaigns.waves import Waves
from survey.database.pool import Database
from survey.office.door import Form
from survey.office.pages import AnyRequest, language_of, render
from survey.office.printing import print_pdf
from survey.office.routes_rounds import download
from survey.people import audit
from survey.people.roles import Right, Staff

TheDatabase = NamedDependency[Database]
TheStaff = NamedDependency[Staff]
RoundId = FromPath[UUID]

KEPT_RESULTS = 32
_kept: OrderedDict[tuple[str, str | None, str | None, str], Results] = OrderedDict()


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
    before = both.before.content_hash if both.before else None
    # The round is part of the key: two rounds with the same answers still have other names and dates.
    key = (both.now.content_hash, str(both.now.campaign_id), estate_id, before or "")
    if key not in _kept:
        _kept[key] = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        while len(_kept) > KEPT_RESULTS:
            _kept.popitem(last=False)
    return _kept[key]


def _estate(request: AnyRequest, both: Waves) -> str | None:
    """The estate asked for, None for all. Raises NoSuchEstateInRound for any that is not in this round."""
    wanted = request.query_params.get("leiegard")
    if not wanted:
        return None
    if wanted not in {estate.id for estate in both.now.estates}:
        raise NoSuchEstateInRound()
    return wanted


_unused = (post, Form)
handlers = [report_page, report_pdf]
