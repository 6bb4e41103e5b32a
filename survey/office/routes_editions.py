"""Editions at the desk: documents ordered, watched while they are made, frozen, fetched one by one or all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from forms.answers import clean_text
from forms.languages import SPOKEN
from reports.loop import Loop
from survey import file_names
from survey.campaigns import rounds
from survey.database.pool import Connection
from survey.days import long_date
from survey.loop import dossiers, editions, houses, on_close, plans, shares, telling
from survey.loop.editions import LONGEST_WORDS, MOST_FILES, KeptEdition, Wanted
from survey.loop.errors import StillMaking
from survey.office import editions as making
from survey.office.door import Form, TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.edition_choice import BY_ITSELF, CHOSEN, OFFERED, PLACES, files_for
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems
from survey.office.loop_forms import too_long
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, download, go, language_of, render, words
from survey.people import audit
from survey.people.roles import Right, Staff

RoundId = FromPath[UUID]
EditionId = FromPath[UUID]
WATCHED = 3
"""Seconds between two looks at an edition that is being made."""


@get("/runder/{round_id:uuid}/utgaver")
async def editions_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, staff, round_id)


@post("/runder/{round_id:uuid}/utgaver", status_code=200)
async def order_edition(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Response[Any]:
    staff.require(Right.PUBLISH_REPORTS)
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
        if form.only_shown:
            return await _page(request, connection, staff, round_id, form)
        dossier = await dossiers.the(connection, round_id)
        known = await editions.versions_of(connection, round_id)
        if known and known[0].state != "ready":
            raise StillMaking()
        read = (await telling.loop_of(connection, round_id)).readers > 0
        tied = await plans.tied(connection, round_id)
        wanted = files_for(form.all("document"), form.all("language"), form.all("place"), dossier, tied)
        wrong = tuple(_problems(form, wanted, again=bool(known), read=read))
        if wrong:
            return await _page(request, connection, staff, round_id, form, Problems(wrong))
        id = await editions.begin(
            connection,
            staff,
            round_id,
            wanted,
            reading="" if read else clean_text(form.one("reading")),
            erratum=clean_text(form.one("erratum")) if known else "",
            erratum_nn=clean_text(form.one("erratum-nn")) if known else "",
            erratum_en=clean_text(form.one("erratum-en")) if known else "",
        )
        await houses.give_pages(connection, staff, [one.place for one in wanted if one.level == "estate"])
    async with database.registry(staff.organisation_id) as connection:
        edition = await editions.find(connection, round_id, id)
    making.make(database, staff.organisation_id, round_id, edition, settings.base_url)
    return go(f"/kontor/runder/{round_id}/utgaver/{id}")


@get("/runder/{round_id:uuid}/utgaver/ved-lukking")
async def back_to_editions(database: TheDatabase, staff: TheStaff, round_id: RoundId) -> Response[Any]:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
    return go(f"/kontor/runder/{round_id}/utgaver")


@post("/runder/{round_id:uuid}/utgaver/ved-lukking", status_code=200)
async def change_on_close(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    """`gjor`: 'lagre' has documents made as drafts when the round is closed, 'av' has none made."""
    staff.require(Right.PUBLISH_REPORTS)
    here = f"/kontor/runder/{round_id}/utgaver"
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
        if form.only_shown:
            return await _page(request, connection, staff, round_id, form)
        match form.one("gjor"):
            case "av":
                await on_close.drop(connection, staff, round_id)
                return go(f"{here}?melding=on_close_off")
            case "lagre":
                chosen = (
                    [one for one in BY_ITSELF if one in form.all("document")],
                    [one for one in SPOKEN if one in form.all("language")],
                    [one for one in PLACES if one in form.all("place")],
                )
                wrong = [
                    Problem(field, f"problem.edition.{field}")
                    for field, codes in zip(("document", "language", "place"), chosen, strict=True)
                    if not codes
                ]
                if wrong:
                    return await _page(request, connection, staff, round_id, form, Problems(tuple(wrong)))
                await on_close.keep(connection, staff, round_id, *chosen)
                return go(f"{here}?melding=on_close_kept")
    raise Unreadable()


@get("/runder/{round_id:uuid}/utgaver/{edition_id:uuid}")
async def edition_page(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    round_id: RoundId,
    edition_id: EditionId,
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        known = await editions.all_of(connection, round_id)
        edition = await editions.find(connection, round_id, edition_id)
        files = await editions.files_of(connection, edition_id)
        published_on = await houses.published_on(connection, edition_id)
        addresses = await houses.addresses(connection, settings.base_url)
        open_links = sum(one.open for one in await shares.all_of(connection, edition_id))
    # A draft is made by one of our processes, whichever; nobody need tell it to go on.
    under_way = edition.state == "making" and (edition.automatic or making.is_making(edition_id))
    return render(
        request,
        "edition.html",
        staff=staff,
        refresh=WATCHED if under_way else None,
        round=round,
        edition=edition,
        files=files,
        under_way=under_way,
        published_on=published_on,
        open_links=open_links,
        houses=[
            (name, addresses[place])
            for place, name in {one.wanted.place: one.wanted.place_name for one in files}.items()
            if place in addresses
        ],
        newer=next((one for one in known if one.state == "ready" and one.version > edition.version), None)
        if not edition.automatic
        else None,
    )


@post("/runder/{round_id:uuid}/utgaver/{edition_id:uuid}", status_code=200)
async def change_edition(
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    edition_id: EditionId,
) -> Response[Any]:
    """`gjor`: 'stopp', 'fortsett' (also with one whose server ended), 'kast'; of one that is ready 'publiser'
    and 'trekk'."""
    staff.require(Right.PUBLISH_REPORTS)
    here = f"/kontor/runder/{round_id}/utgaver"
    async with database.registry(staff.organisation_id) as connection:
        edition = await editions.find(connection, round_id, edition_id)
        if form.only_shown:
            return go(f"{here}/{edition_id}")
        match form.one("gjor"):
            case "stopp":
                await editions.stop(connection, staff, round_id, edition_id)
                return go(f"{here}/{edition_id}?melding=edition_stopped")
            case "publiser":
                await houses.publish(connection, staff, round_id, edition_id)
                return go(f"{here}/{edition_id}?melding=edition_published")
            case "trekk":
                await houses.withdraw(connection, staff, round_id, edition_id)
                return go(f"{here}/{edition_id}?melding=edition_withdrawn")
            case "kast":
                await editions.throw_away(connection, staff, round_id, edition_id)
                return go(f"{here}?melding=edition_thrown_away")
            case "fortsett":
                if edition.state == "stopped":
                    await editions.go_on(connection, staff, round_id, edition_id)
            case _:
                raise Unreadable()
    async with database.registry(staff.organisation_id) as connection:
        edition = await editions.find(connection, round_id, edition_id)
    if edition.state == "making":
        making.make(database, staff.organisation_id, round_id, edition, settings.base_url)
    return go(f"{here}/{edition_id}")


@get(
    [
        "/runder/{round_id:uuid}/utgaver/{edition_id:uuid}/{number:int}/dokument.pdf",
        "/runder/{round_id:uuid}/utgaver/{edition_id:uuid}/{number:int}/fil",
    ]
)
async def edition_file(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    round_id: RoundId,
    edition_id: EditionId,
    number: FromPath[int],
) -> Response[bytes]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        edition = await editions.find(connection, round_id, edition_id)
        file, body = await editions.fetch(connection, edition_id, number)
        details = {"version": edition.version, "document": file.wanted.document}
        await audit.record(connection, "edition.downloaded", "campaign", round_id, staff.id, details)
    kind = editions.format_of(file.wanted.document)
    return download(body, kind.media_type, making.file_name(file, edition, language_of(request)))


@get("/runder/{round_id:uuid}/utgaver/{edition_id:uuid}/alle.zip")
async def edition_zip(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    round_id: RoundId,
    edition_id: EditionId,
) -> Stream:
    """All files, one after the other, never all at once. Raises StillMaking until all are made."""
    staff.require(Right.READ_RESULTS)
    language = language_of(request)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        edition = await editions.find(connection, round_id, edition_id)
        if edition.state in ("making", "stopped"):
            raise StillMaking()
        files = await editions.files_of(connection, edition_id)
        details = {"version": edition.version, "files": edition.made}
        await audit.record(connection, "edition.downloaded", "campaign", round_id, staff.id, details)
    name = words(language)(
        "edition.zip", round=file_names.part(round.name, round.id), version=edition.version
    )
    return Stream(
        making.zipped(database, staff.organisation_id, edition, files, language),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _passed(loop: Loop, round: rounds.Round, language: str) -> list[str]:
    """What documents would say of days that are over: to be looked at before they are frozen."""
    said = words(language)
    told = [said("editions.passed.measure", title=one.title) for one in loop.measures if loop.late(one)]
    days = {one.due_on for one in loop.replies.values() if one.kind == "parkert" and one.due_on}
    told += [
        said("editions.passed.reply", day=long_date(day, language)) for day in sorted(days) if loop.past(day)
    ]
    if round.results_on > round.closes_on and loop.past(round.results_on):
        told.append(said("editions.passed.results", day=long_date(round.results_on, language)))
    return told


def _problems(form: Form, wanted: Sequence[Wanted], *, again: bool, read: bool) -> list[Problem]:
    found = [
        Problem(field, f"problem.edition.{field}")
        for field in ("document", "language", "place")
        if not form.all(field)
    ]
    if not found and not 0 < (there := len(wanted)) <= MOST_FILES:
        found.append(Problem("place", "problem.edition.files", {"most": MOST_FILES, "there": there}))
    if again and not form.one("erratum").strip():
        found.append(Problem("erratum", "problem.edition.erratum"))
    for name in ("erratum", "erratum-nn", "erratum-en"):
        found += too_long(name, clean_text(form.one(name)), LONGEST_WORDS)
    if not read and not form.one("reading").strip():
        found.append(Problem("reading", "problem.edition.reading"))
    found += too_long("reading", clean_text(form.one("reading")), LONGEST_WORDS)
    return found


async def _page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    round_id: UUID,
    form: Form | None = None,
    problems: Problems | None = None,
) -> Response[str]:
    problems = problems or Problems()
    round = await rounds.find(connection, round_id)
    dossier = await dossiers.find(connection, round_id)
    every: list[KeptEdition] = await editions.all_of(connection, round_id)
    known = [one for one in every if not one.automatic]
    by_itself = await on_close.find(connection, round_id)
    own = language_of(request)
    suggested = (
        (by_itself.documents, by_itself.languages, by_itself.places)
        if by_itself
        else (CHOSEN, (own,), PLACES)
    )
    loop = await telling.loop_of(connection, round_id)
    return render(
        request,
        "editions.html",
        staff=staff,
        status=problems.status,
        round=round,
        dossier=dossier,
        editions=every,
        again=bool(known),
        by_itself=by_itself,
        offered_by_itself=BY_ITSELF,
        waiting=bool(known) and known[0].state != "ready",
        readers=loop.readers,
        passed=_passed(loop, round, own),
        offered=OFFERED,
        tongues=SPOKEN,
        places=PLACES,
        chosen={
            name: form.all(name) if form else codes
            for name, codes in zip(("document", "language", "place"), suggested, strict=True)
        },
        erratum=form.one("erratum") if form else "",
        erratum_in={code: form.one(f"erratum-{code}") if form else "" for code in ("nn", "en")},
        reading=form.one("reading") if form else "",
        problems=problems,
        most=LONGEST_WORDS,
    )


handlers: list[ControllerRouterHandler] = [
    Router("", route_handlers=[order_edition, change_edition], before_request=open_numbers),
    back_to_editions,
    change_on_close,
    editions_page,
    edition_page,
    edition_file,
    edition_zip,
]
