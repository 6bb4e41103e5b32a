"""Sending at the desk: contacts, texts with preview, the plan with its reminders, how it went, open links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect

from survey.ballots import codes
from survey.campaigns import links
from survey.campaigns.errors import NoInvitations
from survey.campaigns.rounds import Round
from survey.database.pool import Connection
from survey.days import long_date
from survey.delivery import contact_file, contacts, open_links, plans, texts
from survey.delivery.plans import FEWEST_DAYS, MOST_DAYS, MOST_REMINDERS, Plan
from survey.delivery.sms_length import sms_length
from survey.delivery.texts import KINDS, WITH_SUBJECT, Blanks, Fault, Kind, Text
from survey.office import poster
from survey.office.door import TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems, day_of, whole_of
from survey.office.pages import AnyRequest, download, go, language_of, render, words
from survey.office.routes_rounds import running
from survey.office.uploads import LARGEST_UPLOAD, TheUpload, checked_upload
from survey.people import audit
from survey.people.roles import Right, Staff
from survey.responses import errors as file_errors
from survey.responses.errors import BadCell, ImportRefused, RowsRefused
from survey.settings import Settings

RoundId = FromPath[UUID]
MOST_BAD_SHOWN = 50


@get("/runder/{round_id:uuid}/utsending")
async def sending_page(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, settings, staff, round_id)


@post(
    "/runder/{round_id:uuid}/utsending/kontakter",
    request_max_body_size=LARGEST_UPLOAD,
    dependencies={"upload": Provide(checked_upload)},
)
async def upload_contacts(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    upload: TheUpload,
    round_id: RoundId,
) -> Response[Any]:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        round = await _sendable(connection, staff, round_id)
        places = await contacts.places(connection, round)
        own_domains = await contacts.own_domains(connection)
        missing = 0 if await links.issued(connection, round_id) else await links.needed(connection, round_id)
    try:
        checked = contact_file.check(upload.file, places, round.letter_languages, own_domains)
        keep_good = upload.form.one("bare_gode") == "1"
        if checked.bad and not (keep_good and checked.good):
            raise RowsRefused(checked.bad, checked.total)
        prepared = await codes.new_rights(settings.secret_key, missing)
        async with database.registry(staff.organisation_id) as connection:
            await contacts.keep(
                connection, settings, staff, round_id, checked, keep_good=keep_good, prepared=prepared
            )
    except ImportRefused as refused:
        async with database.registry(staff.organisation_id) as connection:
            return await _page(request, connection, settings, staff, round_id, refused=refused)
    return go(f"/kontor/runder/{round_id}/utsending?melding=contacts_kept")


@post("/runder/{round_id:uuid}/utsending/plan")
async def keep_plan(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Response[Any]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _sendable(connection, staff, round_id)
        if form.one("stopp") == "1":
            await plans.stop(connection, staff, round_id)
            return go(f"/kontor/runder/{round_id}/utsending?melding=sending_stopped")
        written = {name: form.one(name).strip() for name in ("first_on", "reminders", "every_days")}
        plan, problems = _plan(round, written)
        if plan is None:
            return await _page(
                request, connection, settings, staff, round_id, written=written, problems=problems
            )
        await plans.keep(connection, staff, round_id, plan)
    return go(f"/kontor/runder/{round_id}/utsending?melding=sending_planned")


@get("/runder/{round_id:uuid}/utsending/tekst/{kind:str}/{code:str}")
async def text_page(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    round_id: RoundId,
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _sendable(connection, staff, round_id)
        chosen = _kind(kind, code, round)
        text = texts.chosen(await texts.own(connection, round_id), chosen, code, round.letter_languages)
    return _text_page(request, settings, staff, round, chosen, code, text)


@post("/runder/{round_id:uuid}/utsending/tekst/{kind:str}/{code:str}", status_code=200)
async def keep_text(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    kind: FromPath[str],
    code: FromPath[str],
) -> Response[Any]:
    """Show what was written as it would be sent, keep it, or go back to our words."""
    async with database.registry(staff.organisation_id) as connection:
        round = await _sendable(connection, staff, round_id)
        chosen = _kind(kind, code, round)
        text = Text(form.one("subject").strip(), form.one("body").replace("\r\n", "\n").strip())
        if form.one("handling") == "tilbakestill":
            text = texts.default(chosen, code, round.letter_languages)
        faults = texts.faults(chosen, text)
        if faults or form.one("handling") == "vis":
            return _text_page(request, settings, staff, round, chosen, code, text, *faults)
        await texts.keep(
            connection, staff.organisation_id, round_id, chosen, code, text, round.letter_languages
        )
        details = {"kind": chosen, "language": code}
        await audit.record(connection, "campaign.text_changed", "campaign", round_id, staff.id, details)
    return go(f"/kontor/runder/{round_id}/utsending?melding=text_kept")


@post("/runder/{round_id:uuid}/apne-lenker")
async def change_open_links(
    database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Redirect:
    """A new open link, or one switched off or on again."""
    async with database.registry(staff.organisation_id) as connection:
        await _sendable(connection, staff, round_id)
        try:
            if form.one("lenke"):
                switched = UUID(form.one("lenke"))
                await open_links.switch(connection, staff, round_id, switched, form.one("aktiv") == "1")
            else:
                await open_links.add(
                    connection, staff, round_id, UUID(form.one("estate")), form.one("source")
                )
        except ValueError as error:
            raise Unreadable() from error
    return go(f"/kontor/runder/{round_id}/utsending?melding=open_links_changed#apne")


@get("/runder/{round_id:uuid}/apne-lenker/{link_id:uuid}/plakat.pdf")
async def open_poster_pdf(
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    round_id: RoundId,
    link_id: FromPath[UUID],
) -> Response[bytes]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _sendable(connection, staff, round_id)
        link = await open_links.find(connection, round_id, link_id)
        await audit.record(connection, "campaign.poster_downloaded", "campaign", round_id, staff.id)
    language = round.letter_languages[0]
    return download(
        await poster.as_pdf(round, staff, settings, open_path=link.path),
        "application/pdf",
        words(language)("poster.file"),
    )


async def _sendable(connection: Connection, staff: Staff, round_id: UUID) -> Round:
    """Raises NoSuchRound, NotAllowed, AlreadyClosed, NoInvitations."""
    round = await running(connection, staff, round_id)
    if round.source != "invitations":
        raise NoInvitations()
    return round


async def _page(
    request: AnyRequest,
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    *,
    refused: ImportRefused | None = None,
    written: dict[str, str] | None = None,
    problems: Problems | None = None,
) -> Response[str]:
    round = await _sendable(connection, staff, round_id)
    progress = await plans.progress(connection, round_id)
    plan = progress.plan or plans.suggested(round)
    locked = await contacts.locked_estates(connection, round_id)
    own = await texts.own(connection, round_id)
    language = language_of(request)
    problems = problems or Problems()
    return render(
        request,
        "sending.html",
        staff=staff,
        status=refused.status if refused else problems.status,
        round=round,
        issued=await links.issued(connection, round_id),
        locked=[estate.name for estate in round.estates if estate.id in locked],
        reached=await contacts.reached(connection, round_id),
        progress=progress,
        problems=problems,
        written=written
        or {
            "first_on": plan.first_on.isoformat(),
            "reminders": str(plan.reminders),
            "every_days": str(plan.every_days),
        },
        days=progress.plan.days(round.closes_on) if progress.plan else (),
        most_reminders=MOST_REMINDERS,
        fewest_days=FEWEST_DAYS,
        most_days=MOST_DAYS,
        kinds=[
            (kind, [(code, (kind, code) in own) for code in round.letter_languages])
            for kind in (KINDS if round.wave is None else ("letter",))
        ],
        refused=_said(refused, language) if refused else (),
        more_refused=max(0, len(_told_once(refused.bad)) - MOST_BAD_SHOWN)
        if isinstance(refused, RowsRefused)
        else 0,
        some_good=isinstance(refused, RowsRefused) and refused.total > len({c.line for c in refused.bad}),
        open_links=await open_links.all_of(connection, round_id),
        sources=open_links.SOURCES,
        base_url=settings.base_url,
    )


def _said(refused: ImportRefused, language: str) -> list[str]:
    """What is wrong with a file, a sentence a row; the words are ours and those of the room of files."""
    own, general = texts.wording(language), file_errors.wording(language)

    def either(key: str, /, **values: object) -> str:
        return (own if key.startswith("contacts.") else general)(key, **values)

    if isinstance(refused, RowsRefused):
        said = []
        for cell in _told_once(refused.bad)[:MOST_BAD_SHOWN]:
            reason = cell.complaint.sentence(either)
            where = "row.where" if cell.column and cell.value else "row.where_line"
            said.append(
                general(where, line=cell.line, column=cell.column, value=cell.value[:40], reason=reason)
            )
        return said
    return [complaint.sentence(either) for complaint in refused.complaints]


def _told_once(bad: Sequence[BadCell]) -> list[BadCell]:
    """What is said of many lines together, by their first; everything else line by line."""
    told: dict[object, BadCell] = {}
    for cell in bad:
        together = cell.complaint.key in ("contacts.locked", "contacts.shared")
        told.setdefault((cell.column, cell.complaint) if together else cell, cell)
    return list(told.values())


def _plan(round: Round, written: dict[str, str]) -> tuple[Plan | None, Problems]:
    first_on = day_of(written["first_on"])
    reminders, every_days = whole_of(written["reminders"]), whole_of(written["every_days"])
    wrong: list[Problem] = []
    if first_on is None or not round.opens_on <= first_on <= round.closes_on:
        wrong.append(
            Problem("first_on", "problem.first_on", {"opens": round.opens_on, "closes": round.closes_on})
        )
    if reminders is None or reminders > MOST_REMINDERS:
        wrong.append(Problem("reminders", "problem.reminders", {"most": MOST_REMINDERS}))
    if every_days is None or not FEWEST_DAYS <= every_days <= MOST_DAYS:
        wrong.append(Problem("every_days", "problem.every_days", {"fewest": FEWEST_DAYS, "most": MOST_DAYS}))
    if wrong or first_on is None or reminders is None or every_days is None:
        return None, Problems(tuple(wrong))
    return Plan(first_on, reminders, every_days), Problems()


def _kind(kind: str, code: str, round: Round) -> Kind:
    """Raises Unreadable for a text that the round does not have."""
    for known in KINDS:
        if known == kind and code in round.letter_languages:
            return known
    raise Unreadable()


def _text_page(
    request: AnyRequest,
    settings: Settings,
    staff: Staff,
    round: Round,
    kind: Kind,
    code: str,
    text: Text,
    *faults: Fault,
) -> Response[str]:
    blanks = Blanks(
        organisasjon=staff.organisation,
        runde=round.name,
        leiegard=round.estates[0].name,
        lenke=f"{settings.base_url}/s/eksempel000000000000",
        frist=long_date(round.closes_on, code),
        resultater=long_date(round.results_on, code),
    )
    problems = Problems(tuple(Problem("body", fault.key, dict(fault.values)) for fault in faults))
    shown = (
        texts.fill(text, blanks.within(code))
        if kind == "letter"
        else texts.message(kind, text, code, blanks, fictitious=staff.fictitious)
    )
    return render(
        request,
        "text.html",
        staff=staff,
        status=problems.status,
        round=round,
        kind=kind,
        code=code,
        text=text,
        names=texts.NAMES,
        with_subject=kind in WITH_SUBJECT,
        preview=shown,
        short=kind == "letter" and texts.short_letter(code, round.letter_languages),
        sms=sms_length(shown.body) if kind.startswith("sms") else None,
        problems=problems,
    )


handlers = [
    sending_page,
    upload_contacts,
    keep_plan,
    text_page,
    keep_text,
    change_open_links,
    open_poster_pdf,
]
