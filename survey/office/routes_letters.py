"""Letters at the desk: made, watched while they are printed, fetched, thrown away."""

from __future__ import annotations

from secrets import token_bytes
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey.ballots import codes
from survey.campaigns import links, rounds
from survey.delivery import contacts, plans
from survey.delivery.errors import NoContacts
from survey.office import letters
from survey.office.door import TheDatabase, TheForm, TheSettings, TheStaff, cookie
from survey.office.letters import Printout
from survey.office.pages import AnyRequest, download, go, language_of, render, words
from survey.office.routes_rounds import running
from survey.people import audit
from survey.people.roles import Right

RoundId = FromPath[UUID]
PrintoutId = FromPath[UUID]
KEY_COOKIE = "bostemme_brev"
DAY_SECONDS = 24 * 3600


@get("/runder/{round_id:uuid}/brev")
async def letters_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
        issued = await links.issued(connection, round_id)
        handed_out = await links.handed_out(connection, round_id)
        reached = await contacts.reached(connection, round_id)
        sent = await plans.new_links(connection, round_id)
    return render(
        request,
        "letters.html",
        staff=staff,
        round=round,
        issued=issued,
        handed_out=handed_out,
        reached=reached,
        sent=sent,
    )


@post("/runder/{round_id:uuid}/brev")
async def make_letters(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Redirect:
    """New links for every home; letters for all, or for those that cannot be written to otherwise."""
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        needed = await links.needed(connection, round_id)
    prepared = await codes.new_rights(settings.secret_key, needed)
    bare = form.one("bare_uten") == "1"
    async with database.registry(staff.organisation_id) as connection:
        made = await links.issue_links(connection, settings, staff, round_id, prepared, unreached=bare)
        if bare:
            reachable = await contacts.reachable(connection, round_id)
            made = [link for link in made if link.invitation_id not in reachable]
        if not made:
            raise NoContacts()
        round = await rounds.find(connection, round_id)
        await audit.record(
            connection, "campaign.letters_made", "campaign", round_id, staff.id, {"letters": len(made)}
        )
    slips = form.one("slipp") == "1" and round.wave is None
    key = token_bytes(32)
    id = await letters.begin(database, settings, staff, round, made, key, slips=slips)
    answer = go(f"/kontor/runder/{round_id}/brev/{id}")
    answer.cookies.append(cookie(request, KEY_COOKIE, key.hex(), DAY_SECONDS))
    return answer


@get("/runder/{round_id:uuid}/brev/{printout_id:uuid}")
async def printout_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId, printout_id: PrintoutId
) -> Response[str]:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        printout: Printout = await letters.find(connection, round_id, printout_id)
    return render(
        request,
        "printout.html",
        staff=staff,
        round=round,
        printout=printout,
        waiting=not printout.ready and not printout.fault,
    )


@get("/runder/{round_id:uuid}/brev/{printout_id:uuid}/{number:int}/brev.pdf")
async def letters_pdf(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    round_id: RoundId,
    printout_id: PrintoutId,
    number: FromPath[int],
) -> Response[bytes]:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
        written = await letters.fetch(connection, round_id, printout_id, number, _key(request))
    name = words(language_of(request))("letters.file", number=number)
    return download(written, "application/pdf", name)


@post("/runder/{round_id:uuid}/brev/{printout_id:uuid}/slett")
async def drop_letters(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    printout_id: PrintoutId,
) -> Redirect:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
        await letters.drop(connection, round_id, printout_id)
    answer = go(f"/kontor/runder/{round_id}?melding=letters_dropped")
    answer.cookies.append(cookie(request, KEY_COOKIE, "", 0))
    return answer


def _key(request: AnyRequest) -> bytes:
    try:
        return bytes.fromhex(request.cookies.get(KEY_COOKIE, ""))
    except ValueError:
        return b""


handlers = [letters_page, make_letters, printout_page, letters_pdf, drop_letters]
