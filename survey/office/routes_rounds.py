"""Rounds at the desk: the list, a new one, its page, opening, links, poster, closing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey import file_names
from survey.ballots import codes
from survey.campaigns import coverage, links, panels, rounds
from survey.campaigns.errors import AlreadyClosed, NameTaken, NotOpen, PanelNotReady
from survey.campaigns.panels import MOST_WAVES, Ready
from survey.campaigns.rounds import Round
from survey.campaigns.templates import Template, as_template, modules, suggested_dates, templates
from survey.database.pool import Connection
from survey.delivery import plans
from survey.office import homes_form, poster, round_form
from survey.office.door import TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.pages import AGAIN, AnyRequest, download, go, language_of, render, to_html, words
from survey.office.round_form import OWN, Filled
from survey.office.spreadsheets import XLSX, links_workbook
from survey.people import audit
from survey.people.roles import Right, Staff
from survey.questionnaires import drafts, signoffs
from survey.questionnaires.errors import NotReady
from survey.register import estates
from survey.register.estates import Estate
from survey.retention import log as retention

RoundId = FromPath[UUID]


@get("/runder")
async def list_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        all_rounds = await rounds.rounds(connection)
        estates_known = bool(all_rounds) or bool(await offered(connection))
        declined = await coverage.declined(connection, all_rounds)
    async with database.answers(staff.organisation_id) as connection:
        seen = await coverage.seen(connection, all_rounds)
    shown = [(round, seen[round.id]) for round in all_rounds]
    groups = [
        ("open", [pair for pair in shown if pair[0].status == "open"]),
        ("draft", [pair for pair in shown if pair[0].status == "draft"]),
        ("closed", [pair for pair in shown if pair[0].status == "closed"]),
    ]
    return render(
        request,
        "rounds.html",
        staff=staff,
        groups=[g for g in groups if g[1]],
        declined=declined,
        estates_known=estates_known,
    )


@get("/runder/ny")
async def new_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        choice = await offered(connection)
        today = await rounds.today(connection)
        known = await rounds.rounds(connection)
        taken = {round.name for round in known}
        ready = await panels.ready(connection)
        own = await own_questionnaires(connection, staff)
        panel = next((one for one in ready if str(one.id) == request.query_params.get("panel")), None)
        last = next((round for round in known if panel is not None and round.id == panel.last_round), None)
        again = await asked_before(connection, ready)
        wanted = f"{OWN}{request.query_params.get('skjema')}"
        if wanted in own:  # refused before the form is filled in
            draft = await drafts.find(connection, UUID(wanted.removeprefix(OWN)))
            if await drafts.faulty(connection, draft):
                raise NotReady(draft.id, draft.name)
    dates = suggested_dates(today)
    month = to_html("month.txt", language_of(request), value=dates.opens_on).strip()
    name = _free(words(language_of(request))("new.name.suggested", month=month), taken)
    template = own.get(wanted) or next(iter(templates().values()))
    if panel is None or last is None:
        filled = round_form.suggested(name, template, choice, dates)
        return _new_page(request, staff, choice, ready, own, again, filled)
    # The next wave asks the same of the same estates as the last, as far as they still may be asked.
    before = {estate.id for estate in last.estates}
    same = [estate for estate in choice if estate.id in before]
    t = words(language_of(request))
    name = _free(t("panel.name.suggested", name=panel.name, n=panel.next_wave), taken)
    if wanted not in own:
        template = again[f"{round_form.AGAIN}{last.id}"]
    filled = round_form.suggested(name, template, same, dates, str(panel.id))
    # And in the same languages, drafts among them: somebody may have answered in one.
    spoken = frozenset(last.languages) & frozenset(template.core.languages)
    filled = replace(filled, languages=spoken or filled.languages)
    return _new_page(request, staff, choice, ready, own, again, filled)


@post("/runder/ny")
async def create(request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm) -> Response[Any]:
    staff.require(Right.RUN_ROUNDS)
    filled = round_form.read(form)
    async with database.registry(staff.organisation_id) as connection:
        choice = await offered(connection)
        ready = await panels.ready(connection)
        own = await own_questionnaires(connection, staff)
        again = await asked_before(connection, ready)
        if form.only_shown:
            return _new_page(request, staff, choice, ready, own, again, filled)
        today = await rounds.today(connection)
        checked = round_form.check_new(
            filled, {**templates(), **own, **again}, modules(), choice, today, ready
        )
        problems = checked.problems
        if filled.template in own and own[filled.template].faulty:
            title = own[filled.template].questionnaire.title.get(language_of(request))
            problems = (Problem("template", NotReady.key, {"name": title}), *problems)
        if problems or checked.new is None:
            return _new_page(request, staff, choice, ready, own, again, filled, *problems)
        new = checked.new
        try:
            if filled.template in own:
                frozen = await drafts.freeze(connection, staff, UUID(filled.template.removeprefix(OWN)))
                new = replace(new, questionnaire=frozen)
            round_id = await rounds.create(connection, staff, new)
        except NotReady as fault:
            problem = Problem("template", fault.key, fault.values)
            return _new_page(request, staff, choice, ready, own, again, filled, problem)
        except NameTaken:
            return _new_page(
                request, staff, choice, ready, own, again, filled, round_form.name_taken(filled.name)
            )
    return go(f"/kontor/runder/{round_id}?melding=created")


@get("/runder/{round_id:uuid}")
async def round_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        issued = await links.issued(connection, round_id)
        handed_out = await links.handed_out(connection, round_id)
        questionnaire = await rounds.questionnaire_of(connection, round)
        signed = await signoffs.of(connection, questionnaire)
        declined = await coverage.declined(connection, (round,))
        not_again = await coverage.not_again(connection, round)
        deleted = await retention.log(connection, round_id)
        key_waits = await retention.key_waits(connection, round_id)
        writes = round.status == "draft" and staff.may(Right.WRITE_QUESTIONNAIRES)
        newer = await drafts.newer(connection, questionnaire) if writes else ()
        goes_on = [panel.id for panel in await panels.ready(connection)] if round.wave else []
    async with database.answers(staff.organisation_id) as connection:
        shown = (await coverage.seen(connection, (round,)))[round_id]
        mixing = round.status == "closed" and await coverage.still_mixing(connection, round_id)
        published = await retention.scopes(connection, round_id) if round.answers_deleted_on else frozenset()
    return render(
        request,
        "round.html",
        staff=staff,
        refresh=AGAIN if mixing else None,
        round=round,
        mixing=mixing,
        declined=declined.get(round_id),
        not_again=not_again,
        deleted=deleted,
        key_waits=key_waits,
        goes_on=round.wave is not None and round.wave.panel_id in goes_on,
        published=published,
        issued=issued,
        handed_out=handed_out,
        coverage=shown,
        questionnaire=questionnaire,
        questions=sum(1 for _ in questionnaire.questions()),
        signed=signed,
        newer=newer,
    )


@get("/runder/{round_id:uuid}/apne")
async def open_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        staff.require(Right.RUN_ROUNDS)
        rounds.check_may_open(round.status, round.closes_on, round.today)
        issued = await links.issued(connection, round_id)
        handed_out = await links.handed_out(connection, round_id)
        questionnaire = await rounds.questionnaire_of(connection, round)
    return render(
        request,
        "open.html",
        staff=staff,
        round=round,
        issued=issued,
        handed_out=handed_out,
        questionnaire=questionnaire,
    )


@post("/runder/{round_id:uuid}/apne")
async def open_round(
    database: TheDatabase, settings: TheSettings, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Redirect:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        await links.open_round(connection, settings, staff, round_id)
    return go(f"/kontor/runder/{round_id}?melding=opened")


@get("/runder/{round_id:uuid}/lenker")
async def links_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
        return await _links_page(request, connection, staff, round)


async def _links_page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    round: Round,
    homes: str = "",
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    return render(
        request,
        "links.html",
        staff=staff,
        status=problems.status,
        round=round,
        issued=await links.issued(connection, round.id),
        handed_out=await links.handed_out(connection, round.id),
        sent=await plans.new_links(connection, round.id),
        homes=homes,
        problems=problems,
    )


@post("/runder/{round_id:uuid}/lenker", status_code=200)
async def issue_links(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Response[Any]:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        anew, unknown = homes_form.read(form.one("homes") if round.wave else "", round)
        if unknown:
            problem = Problem("homes", "problem.homes", {"line": unknown})
            return await _links_page(request, connection, staff, round, form.one("homes"), problem)
        needed = len(anew) if anew else await links.needed(connection, round_id)
    prepared = await codes.new_rights(settings.secret_key, needed)
    async with database.registry(staff.organisation_id) as connection:
        made = await links.issue_links(connection, settings, staff, round_id, prepared, anew)
    t = words(language_of(request))
    return download(
        links_workbook(made, t),
        XLSX,
        t("links.file", round=file_names.part(round.name, str(round.id)[:8]), day=round.today.isoformat()),
    )


@get("/runder/{round_id:uuid}/plakat.pdf")
async def poster_pdf(
    database: TheDatabase, settings: TheSettings, staff: TheStaff, round_id: RoundId
) -> Response[bytes]:
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
        await audit.record(connection, "campaign.poster_downloaded", "campaign", round_id, staff.id)
    language = round.letter_languages[0]
    return download(
        await poster.as_pdf(round, staff, settings),
        "application/pdf",
        words(language)("poster.file", round=file_names.part(round.name, str(round.id)[:8])),
    )


@get("/runder/{round_id:uuid}/lukk")
async def close_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
        if round.status != "open":
            raise NotOpen()
    async with database.answers(staff.organisation_id) as connection:
        shown = (await coverage.seen(connection, (round,)))[round_id]
    return render(request, "close.html", staff=staff, round=round, coverage=shown)


@post("/runder/{round_id:uuid}/lukk")
async def close_round(database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId) -> Redirect:
    staff.require(Right.RUN_ROUNDS)
    await rounds.close_round(database, staff, round_id)
    return go(f"/kontor/runder/{round_id}?melding=closed")


@get("/runder/{round_id:uuid}/serie/slutt")
async def end_panel_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str] | Redirect:
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    if round.wave is None or round.wave.ended_on:
        return go(f"/kontor/runder/{round_id}")
    return render(request, "end_panel.html", staff=staff, round=round)


@post("/runder/{round_id:uuid}/serie/slutt")
async def end_panel(database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId) -> Redirect:
    """No more waves in the panel of this round."""
    staff.require(Right.RUN_ROUNDS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        if round.wave is None:
            raise PanelNotReady()
        await panels.end(connection, staff, round.wave.panel_id)
    return go(f"/kontor/runder/{round_id}?melding=panel_ended")


async def offered(connection: Connection) -> tuple[Estate, ...]:
    """The estates a round may ask."""
    return tuple(estate for estate in await estates.all_of(connection) if estate.askable)


async def own_questionnaires(connection: Connection, staff: Staff) -> dict[str, Template]:
    """The questionnaires that the office has made itself, finished or not, by what the form calls them."""
    if not staff.may(Right.WRITE_QUESTIONNAIRES):
        return {}
    found: dict[str, Template] = {}
    for draft in await drafts.all_of(connection):
        if not draft.archived:
            name = f"{OWN}{draft.id}"
            # To check a large one takes a while: of many, those that were worked on last are checked here,
            # the others when they are chosen.
            faulty = len(found) < drafts.LATELY // 2 and await drafts.faulty(connection, draft)
            found[name] = replace(as_template(name, draft.questionnaire), faulty=faulty)
    return found


async def asked_before(connection: Connection, ready: Sequence[Ready]) -> dict[str, Template]:
    """What the last wave of each of these panels asked, as it was asked, by what the form calls it."""
    found = {}
    for panel in ready:
        last = await rounds.find(connection, panel.last_round)
        name = f"{round_form.AGAIN}{last.id}"
        found[name] = as_template(name, await rounds.questionnaire_of(connection, last))
    return found


async def running(connection: Connection, staff: Staff, round_id: UUID) -> Round:
    """A round that is not closed, for one who may run it. Raises NoSuchRound, NotAllowed, AlreadyClosed."""
    round = await rounds.find(connection, round_id)
    staff.require(Right.RUN_ROUNDS)
    if round.status == "closed":
        raise AlreadyClosed()
    return round


def _free(name: str, taken: set[str]) -> str:
    """The name, or the name with the first number that makes it new."""
    return next(
        free for n in range(1, len(taken) + 2) if (free := f"{name} {n}" if n > 1 else name) not in taken
    )


def _new_page(
    request: AnyRequest,
    staff: Staff,
    choice: tuple[Estate, ...],
    ready: tuple[Ready, ...],
    own: Mapping[str, Template],
    again: Mapping[str, Template],
    filled: Filled,
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    return render(
        request,
        "new_round.html",
        staff=staff,
        status=problems.status,
        areas=estates.by_area(choice),
        filled=filled,
        problems=problems,
        templates=list(templates().values()),
        own=list(own.values()),
        again=[(again[f"{round_form.AGAIN}{one.last_round}"], one) for one in ready],
        modules=list(modules().values()),
        panels=ready,
        most_waves=MOST_WAVES,
        languages_offered=next(iter(templates().values())).questionnaire.languages,
        issued=False,
    )


handlers = [
    list_page,
    new_page,
    create,
    round_page,
    open_page,
    open_round,
    links_page,
    issue_links,
    poster_pdf,
    close_page,
    close_round,
    end_panel_page,
    end_panel,
]
