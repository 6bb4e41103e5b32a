"""Makes the files of an edition in the background, some at a time, and puts each away before the next.

A server that ends under way loses what it had in hand, no more: what is missing is made when somebody says to
go on. Two workers that are at the same edition do each file once: the first one that is put away stands.

`survey.office.numbers` is imported in the functions that need it: see there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from reports.areas.narrowed import of_area
from reports.documents import landlord
from reports.errors import ReportsError
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Loop, PlanInReport
from reports.results import Results
from survey import file_names, logs, packing
from survey.campaigns.errors import AnswersDeleted, CampaignError
from survey.database.pool import Database
from survey.loop import dossiers, editions, houses, plans
from survey.loop.editions import File, KeptEdition, Wanted
from survey.loop.errors import LoopError, NoSuchEdition, NoSuchPlan, NotBegun
from survey.loop.telling import loop_of
from survey.office.errors import OfficeError
from survey.office.pages import words
from survey.office.printing import Order, print_many

AT_A_TIME = 12
"""Files of one order to the printer, which takes a second to begin: half a minute."""
DESKS = 2
"""As many as print at once."""
EVERY_ESTATE = ("plangrunnlag", "plangrunnlag_docx", "tall")
"""Documents of the whole that set its estates side by side."""
_under_way: dict[UUID, asyncio.Task[None]] = {}


def is_making(id: UUID) -> bool:
    """Whether this process is at it."""
    return id in _under_way


def make(
    database: Database, organisation_id: UUID, round_id: UUID, edition: KeptEdition, base_url: str
) -> asyncio.Task[None]:
    """Make what is missing of an edition, in the background. Nothing where this process is at it already.

    `base_url`: where the pages of houses are, for the code on posters.
    """
    if edition.id not in _under_way:
        task = asyncio.create_task(_make_all(database, organisation_id, round_id, edition, base_url))
        _under_way[edition.id] = task
        task.add_done_callback(lambda done: _under_way.pop(edition.id, None))
    return _under_way[edition.id]


@dataclass(frozen=True)
class _Material:
    """What the documents of an edition are made of. `found`: as it was kept; `told`: with bases as rounded as
    documents for everybody have them. `plans`: by id. `addresses`: of the pages of houses, by estate.
    `areas`: reports by name of the area."""

    reports: Mapping[str, Results]
    areas: Mapping[str, Results]
    found: FindingsList
    told: FindingsList
    loop: Loop
    plans: Mapping[str, PlanInReport]
    addresses: Mapping[str, str]


async def _make_all(
    database: Database, organisation_id: UUID, round_id: UUID, edition: KeptEdition, base_url: str
) -> None:
    try:
        async with database.registry(organisation_id) as connection:
            missing = [
                file for file in await editions.files_of(connection, edition.id) if file.content_hash is None
            ]
        of = await _material(database, organisation_id, round_id, edition, missing, base_url)
        waiting = deque(missing[at : at + AT_A_TIME] for at in range(0, len(missing), AT_A_TIME))

        async def desk() -> None:
            """Takes what waits until nothing does, or the edition is stopped."""
            while waiting:
                if not await _print_some(database, organisation_id, edition.id, waiting.popleft(), of):
                    waiting.clear()

        async with asyncio.TaskGroup() as desks:
            for _ in range(DESKS):
                desks.create_task(desk())
        async with database.registry(organisation_id) as connection:
            left = [
                one for one in await editions.files_of(connection, edition.id) if one.content_hash is None
            ]
            if not left:
                await editions.ready(connection, edition)
    except* (OfficeError, ReportsError, CampaignError, LoopError, OSError) as errors:
        error = errors.exceptions[0]
        logs.failed_request(error, "PRINT", "edition")
        reason = str(getattr(error, "values", {}).get("reason", "")) or type(error).__name__
        async with database.registry(organisation_id) as connection:
            await editions.failed(connection, edition.id, reason)


async def _print_some(
    database: Database, organisation_id: UUID, id: UUID, some: Sequence[File], of: _Material
) -> bool:
    """Whether to go on: not when the edition was stopped, or thrown away, meanwhile."""
    made = await asyncio.to_thread(_made, some, of)
    printed = iter(await print_many([one for one, _ in made if isinstance(one, Order)]))
    kept = False
    for file, (one, web) in zip(some, made, strict=True):
        body = next(printed) if isinstance(one, Order) else one
        async with database.registry(organisation_id) as connection:
            kept = await editions.keep(connection, id, file.number, body, web) or kept
    return kept


async def _material(
    database: Database,
    organisation_id: UUID,
    round_id: UUID,
    edition: KeptEdition,
    files: Sequence[File],
    base_url: str,
) -> _Material:
    from survey.office import documents, numbers

    async with database.registry(organisation_id) as connection:
        found = await dossiers.whole_list(connection, round_id)
        if found is None:
            raise NotBegun()
        loop = await loop_of(connection, round_id, edition.told, edition.frozen_on)
        addresses = await houses.addresses(connection, base_url)
        known = {str(plan.id): plans.in_report(plan) for plan in await plans.all_of(connection)}
    told = found
    with suppress(AnswersDeleted):  # then each report is the one that was kept
        every = await numbers.found(database, organisation_id, round_id)
        told = await asyncio.to_thread(documents.findings_list, every, documents.PROFILES["offentlig"])
    places = {file.wanted.place for file in files if file.wanted.level != "area"}
    areas = {file.wanted.place for file in files if file.wanted.level == "area"}
    if any(file.wanted.document in EVERY_ESTATE for file in files):
        places |= {place.place.id for place in found.places if place.place.level == "estate"} | {""}
    reports = {
        place: (await numbers.report_on(database, organisation_id, round_id, place or None)).results
        for place in sorted(places)
    }
    of_areas = {
        area: (await numbers.area_report_on(database, organisation_id, round_id, area)).results
        for area in sorted(areas)
    }
    return _Material(reports, of_areas, found, told, loop, known, addresses)


def _made(files: Sequence[File], of: _Material) -> list[tuple[Order | bytes, str | None]]:
    """What is to be set, or is made already, and the same for a screen of documents that houses have pages
    for."""
    return [(_file(file.wanted, of), _web(file.wanted, of)) for file in files]


def _web(wanted: Wanted, of: _Material) -> str | None:
    from reports.documents import residents

    if wanted.document not in ("beboer", "bilder"):
        return None
    results = _results(wanted, of)
    return residents.web(results, of.told, of.loop, wanted.language, pictures=wanted.document == "bilder")


def _file(wanted: Wanted, of: _Material) -> Order | bytes:
    """One page to be set, or a file that needs no printer. Raises NoSuchPlan of a plan that is gone
    meanwhile."""
    from reports.documents import council_case, figures_book, plan_annex, plan_docx, residents, stairwell

    results, language = _results(wanted, of), wanted.language
    match wanted.document:
        case "utleier":
            html = landlord.html(results, language, of.loop, _of_place(of.found, wanted))
            return Order(html, landlord.title(results, language), language)
        case "beboer" | "bilder":
            html = residents.html(results, of.told, of.loop, language, pictures=wanted.document == "bilder")
            return Order(html, residents.title(results, language), language)
        case "oppslag":
            address = of.addresses.get(wanted.place, "")
            html = stairwell.html(results, of.told, of.loop, (language,), size="A3", address=address)
            return Order(html, stairwell.title(results, language), language)
        case "plangrunnlag":
            plan = _plan(wanted, of)
            html = plan_annex.html(results, *_annexed(results, of), plan, language)
            return Order(html, plan_annex.title(results, plan, language), language)
        case "plangrunnlag_docx":
            return plan_docx.docx(results, *_annexed(results, of), _plan(wanted, of), language)
        case "radssak":
            council = next((one for one in council_case.COUNCILS if one == wanted.about), None)
            if council is None:
                raise NoSuchEdition()
            html = council_case.html(results, of.found, of.loop, council, language)
            return Order(html, council_case.title(results, council, language), language)
        case "tall":
            return figures_book.book(results, _estates(of), of.found, of.loop, language)
    raise NoSuchEdition()


def _results(wanted: Wanted, of: _Material) -> Results:
    return (of.areas if wanted.level == "area" else of.reports)[wanted.place]


def _annexed(results: Results, of: _Material) -> tuple[Mapping[str, Results], FindingsList, Loop]:
    """Estates, findings and what came of them, all or those of an area."""
    estates = _estates(of)
    if results.area is None:
        return estates, of.found, of.loop
    own = {place.estate_id: estates[place.estate_id] for place in results.coverage}
    return own, *of_area(results, of.found, of.loop)


def _plan(wanted: Wanted, of: _Material) -> PlanInReport:
    if (plan := of.plans.get(wanted.about)) is None:
        raise NoSuchPlan()
    return plan


def _estates(of: _Material) -> dict[str, Results]:
    return {place: report for place, report in of.reports.items() if place}


def _of_place(listed: FindingsList, wanted: Wanted) -> tuple[FoundResult, ...]:
    """Those of the place; of a round with one estate they stand under the landlord."""
    found = tuple(
        one for one in listed.findings if (one.place.level, one.place.id) == (wanted.level, wanted.place)
    )
    if not found and all(place.place.level != "estate" for place in listed.places):
        return tuple(one for one in listed.findings if one.place.level == "all")
    return found


def file_name(file: File, edition: KeptEdition, language: str) -> str:
    """'beboerrapport-nordlysgata-4-18-nb-v1-3.pdf'."""
    said = words(language)
    wanted = file.wanted
    place = file_names.part(wanted.place_name, wanted.place or "alle")
    council = wanted.document == "radssak"
    name = said(f"file.council.{wanted.about}" if council else f"edition.file.{wanted.document}")
    ending = editions.format_of(wanted.document).ending
    version = said("edition.file.draft") if edition.automatic else f"v{edition.version}"
    return f"{name}-{place}-{wanted.language}-{version}-{file.number}.{ending}"


def zipped(
    database: Database, organisation_id: UUID, edition: KeptEdition, files: Sequence[File], language: str
) -> AsyncIterator[bytes]:
    """A ZIP of the files that are made; the same bytes for the same files."""

    async def made() -> AsyncIterator[tuple[str, bytes]]:
        for file in files:
            if file.content_hash is None:
                continue
            async with database.registry(organisation_id) as connection:
                _, body = await editions.fetch(connection, edition.id, file.number)
            yield file_name(file, edition, language), body

    return packing.packed(edition.frozen_on, made())
