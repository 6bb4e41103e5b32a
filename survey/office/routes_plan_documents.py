"""Documents for planners and councils at the desk: chosen on one page, read on the web, fetched as files.

`survey.office.plan_papers` is imported in the functions that need it: see there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from reports.documents import landlord
from reports.loop import PlanInReport
from survey import file_names
from survey.campaigns import rounds
from survey.loop import dossiers, plans
from survey.loop.errors import NoSuchPlan
from survey.office import reckoning
from survey.office.door import TheDatabase, TheStaff
from survey.office.opening import open_numbers
from survey.office.pages import LANGUAGES, AnyRequest, download, language_of, render, words
from survey.office.printing import print_pdf
from survey.office.reckoning import Key
from survey.office.spreadsheets import XLSX
from survey.people import audit
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.documents.council_case import Council
    from survey.office.plan_papers import Material

RoundId = FromPath[UUID]
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@get("/runder/{round_id:uuid}/plandokumenter")
async def papers_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """Where the plan, the language and the form of a document are chosen."""
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        dossier = await dossiers.find(connection, round_id)
        known = await plans.all_of(connection)
    return render(
        request,
        "plan_papers.html",
        staff=staff,
        round=round,
        begun=dossier is not None,
        areas=dossier.areas_told if dossier else (),
        plans=known,
        spoken=LANGUAGES,
    )


@get("/runder/{round_id:uuid}/plangrunnlag")
async def annex_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """`plan`: its id; `sprak`: the language of the document, that of the console by default."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    of, plan, language = await _annex(request, database, staff, round_id)
    body = await asyncio.to_thread(
        plan_papers.plan_annex.web, of.whole, of.estates, of.found, of.loop, plan, language
    )
    return _web(
        request,
        staff,
        round_id,
        of,
        plan_papers.plan_annex.title(of.whole, plan, language),
        body,
        "plangrunnlag",
    )


@get("/runder/{round_id:uuid}/plangrunnlag.pdf")
async def annex_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """As `annex_page`."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    of, plan, language = await _annex(request, database, staff, round_id)

    async def made() -> bytes:
        html = await asyncio.to_thread(
            plan_papers.plan_annex.html, of.whole, of.estates, of.found, of.loop, plan, language
        )
        return await print_pdf(html, plan_papers.plan_annex.title(of.whole, plan, language), language)

    name = _annex_name(request, of, plan, language)
    key = round_id, "annex", language, of.identity(plan, of.whole.area)
    return await _file(request, database, staff, round_id, key, made, PDF, f"{name}.pdf")


@get("/runder/{round_id:uuid}/plangrunnlag.docx")
async def annex_docx(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """As `annex_page`, for a word processor."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    of, plan, language = await _annex(request, database, staff, round_id)

    async def made() -> bytes:
        docx = plan_papers.plan_docx.docx
        return await asyncio.to_thread(docx, of.whole, of.estates, of.found, of.loop, plan, language)

    name = _annex_name(request, of, plan, language)
    key = round_id, "docx", language, of.identity(plan, of.whole.area)
    return await _file(request, database, staff, round_id, key, made, DOCX, f"{name}.docx")


@get("/runder/{round_id:uuid}/tall.xlsx")
async def figures_file(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """All figures of the round as a workbook. `sprak`: as `annex_page`."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    await _of_us(database, staff, round_id)
    language = _language(request)
    of = await plan_papers.material(request, database, staff.organisation_id, round_id, unbegun=True)

    async def made() -> bytes:
        book = plan_papers.figures_book.book
        return await asyncio.to_thread(book, of.whole, of.estates, of.found, of.loop, language)

    name = words(language)("file.figures", **_named(of))
    key = round_id, "figures", language, of.identity()
    return await _file(request, database, staff, round_id, key, made, XLSX, f"{name}.xlsx")


@get("/runder/{round_id:uuid}/radssak")
async def council_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """`rad`: the council, that of older people by default; `sprak`: as `annex_page`."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    await _of_us(database, staff, round_id)
    of = await plan_papers.material(request, database, staff.organisation_id, round_id)
    paper, language = plan_papers.council_case, _language(request)
    council = _council(request, paper.COUNCILS)
    body = await asyncio.to_thread(paper.web, of.whole, of.found, of.loop, council, language)
    return _web(request, staff, round_id, of, paper.title(of.whole, council, language), body, "radssak")


@get("/runder/{round_id:uuid}/radssak.pdf")
async def council_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """As `council_page`."""
    staff.require(Right.READ_RESULTS)
    from survey.office import plan_papers

    await _of_us(database, staff, round_id)
    of = await plan_papers.material(request, database, staff.organisation_id, round_id)
    paper, language = plan_papers.council_case, _language(request)
    council = _council(request, paper.COUNCILS)

    async def made() -> bytes:
        html = await asyncio.to_thread(paper.html, of.whole, of.found, of.loop, council, language)
        return await print_pdf(html, paper.title(of.whole, council, language), language)

    name = words(language)("file.council", council=words(language)(f"file.council.{council}"), **_named(of))
    key = round_id, "council", council, language, of.identity()
    return await _file(request, database, staff, round_id, key, made, PDF, f"{name}.pdf")


async def _annex(
    request: AnyRequest, database: TheDatabase, staff: Staff, round_id: UUID
) -> tuple[Material, PlanInReport, str]:
    """What an annex is made of, its plan and its language. `omrade`: an area by name. Raises
    NoSuchRound, NoSuchPlan, NotBegun, AreaNotTold."""
    from survey.office import plan_papers

    await _of_us(database, staff, round_id)
    plan = await plan_papers.plan_of(database, staff.organisation_id, _plan_id(request))
    of = await plan_papers.material(request, database, staff.organisation_id, round_id)
    if area := request.query_params.get("omrade"):
        of = await plan_papers.narrowed(database, staff.organisation_id, round_id, of, area)
    return of, plan, _language(request)


def _annex_name(request: AnyRequest, of: Material, plan: PlanInReport, language: str) -> str:
    about = file_names.part(plan.name, _plan_id(request))
    if of.whole.area:
        about = f"{about}-{file_names.part(of.whole.area, 'omrade')}"
    return words(language)("file.annex", plan=about, **_named(of))


async def _file(
    request: AnyRequest,
    database: TheDatabase,
    staff: Staff,
    round_id: UUID,
    about: tuple[object, ...],
    made: Callable[[], Awaitable[bytes]],
    kind: str,
    name: str,
) -> Response[Any]:
    """A file as it is, or once it is, made; and a note of who fetched it."""
    key = Key(staff.organisation_id, "file", about)
    if reckoning.WAITED in request.query_params and await reckoning.of(request).ready(key):
        asked = {name: value for name, value in request.query_params.items() if name != reckoning.WAITED}
        file = f"{request.url.path}?{urlencode(asked)}".removesuffix("?")
        back = f"/kontor/runder/{round_id}/plandokumenter"
        return render(
            request, "at_hand.html", staff=staff, refresh=1, leads_to=file, file=file, back=back, what="pdf"
        )
    content = await reckoning.of(request).get(database, key, made)
    async with database.registry(staff.organisation_id) as connection:
        details = {"file": name}
        await audit.record(connection, "report.downloaded", "campaign", round_id, staff.id, details)
    return download(content, kind, name)


def _web(
    request: AnyRequest, staff: Staff, round_id: UUID, of: Material, title: str, body: str, paper: str
) -> Response[str]:
    query = str(request.url.query)
    return render(
        request,
        "plan_paper.html",
        staff=staff,
        round_id=round_id,
        campaign=of.whole.campaign,
        title=title,
        body=body,
        file=f"/kontor/runder/{round_id}/{paper}.pdf?{query}".removesuffix("?"),
    )


async def _of_us(database: TheDatabase, staff: Staff, round_id: UUID) -> None:
    """Raises NoSuchRound before anything else is looked at."""
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)


def _named(of: Material) -> dict[str, str]:
    return {
        "round": file_names.part(of.whole.campaign, of.found.campaign_id),
        "hash": of.whole.wave_hash[:8],
    }


def _plan_id(request: AnyRequest) -> UUID:
    """Raises NoSuchPlan."""
    try:
        return UUID(request.query_params.get("plan", ""))
    except ValueError:
        raise NoSuchPlan() from None


def _council(request: AnyRequest, known: tuple[Council, ...]) -> Council:
    return next((one for one in known if one == request.query_params.get("rad")), known[0])


def _language(request: AnyRequest) -> str:
    chosen = request.query_params.get("sprak", "")
    return chosen if chosen in LANGUAGES else language_of(request)


@get("/radssak.css", media_type="text/css", cache_control=CacheControlHeader(private=True, max_age=3600))
async def council_stylesheet() -> str:
    """Those of the papers for councils, beside them."""
    return await asyncio.to_thread((landlord.HERE / "council.css").read_text, encoding="utf-8")


@get("/plangrunnlag.css", media_type="text/css", cache_control=CacheControlHeader(private=True, max_age=3600))
async def annex_stylesheet() -> str:
    """The same rules that set the annex in print, beside those of the report."""
    return await asyncio.to_thread((landlord.HERE / "plan_annex.css").read_text, encoding="utf-8")


handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[annex_page, annex_pdf, annex_docx, figures_file, council_page, council_pdf],
        before_request=open_numbers,
    ),
    papers_page,
    annex_stylesheet,
    council_stylesheet,
]
