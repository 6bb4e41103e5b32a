"""Changes of a round at the desk: another plan for a draft, deleting it, another deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey.campaigns import changes, links, rounds
from survey.campaigns.errors import (
    ChangedMeanwhile,
    ClosedForGood,
    LinksWouldBreak,
    NameTaken,
    NotADraft,
    NotOpen,
    SampleStands,
)
from survey.campaigns.rounds import Round
from survey.database.pool import Connection
from survey.office import round_form
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, render
from survey.office.round_form import Filled
from survey.office.routes_rounds import offered
from survey.people.roles import Right, Staff
from survey.questionnaires import drafts
from survey.questionnaires.errors import NoSuchDraft
from survey.register import estates

RoundId = FromPath[UUID]

MORE_DAYS = 7
"""What is suggested when the deadline has passed."""


@post("/runder/{round_id:uuid}/skjema")
async def ask_otherwise(database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId) -> Redirect:
    """A draft asks what an own questionnaire has become since."""
    staff.require(Right.WRITE_QUESTIONNAIRES)
    async with database.registry(staff.organisation_id) as connection:
        await _draft(connection, staff, round_id)
        try:
            draft_id = UUID(form.one("draft"))
        except ValueError:
            raise NoSuchDraft() from None
        frozen = await drafts.freeze(connection, staff, draft_id)
        await changes.ask_otherwise(connection, staff, round_id, frozen)
    return go(f"/kontor/runder/{round_id}?melding=asked_otherwise")


@get("/runder/{round_id:uuid}/endre")
async def change_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _draft(connection, staff, round_id)
        return await _change_page(request, staff, connection, round, round_form.of_round(round))


@post("/runder/{round_id:uuid}/endre")
async def change(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    filled = round_form.read(form)
    async with database.registry(staff.organisation_id) as connection:
        round = await _draft(connection, staff, round_id)
        if form.only_shown:
            return await _change_page(request, staff, connection, round, filled)
        languages = (await rounds.questionnaire_of(connection, round)).languages
        choice = await offered(connection)
        checked = round_form.check(filled, languages, choice, round.today, panel=round.wave is not None)
        issued = await links.issued(connection, round_id)
        if checked.plan is None:
            return await _change_page(request, staff, connection, round, filled, *checked.problems)
        try:
            await changes.change_draft(
                connection, staff, round_id, checked.plan, seen=filled.mark, drop_links=filled.drop_links
            )
        except ChangedMeanwhile:
            # Nothing is lost: what was typed comes back, beside what the draft has become since.
            now = await rounds.find(connection, round_id)
            problem = Problem("naa", "problem.changed_meanwhile")
            again = replace(filled, mark=now.mark)
            return await _change_page(request, staff, connection, now, again, problem)
        except NameTaken:
            problem = round_form.name_taken(filled.name)
            return await _change_page(request, staff, connection, round, filled, problem)
        except SampleStands:
            problem = Problem("estates", "problem.sample_stands")
            return await _change_page(request, staff, connection, round, filled, problem)
        except LinksWouldBreak:
            problem = Problem("estates", "problem.links_break")
            return await _change_page(request, staff, connection, round, filled, problem)
    done = "links_dropped" if issued and filled.drop_links else "changed"
    return go(f"/kontor/runder/{round_id}?melding={done}")


@get("/runder/{round_id:uuid}/slett")
async def delete_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _draft(connection, staff, round_id)
        handed_out = await links.handed_out(connection, round_id)
    return render(request, "delete.html", staff=staff, round=round, handed_out=handed_out)


@post("/runder/{round_id:uuid}/slett")
async def delete(database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId) -> Redirect:
    async with database.registry(staff.organisation_id) as connection:
        await _draft(connection, staff, round_id)
        await changes.delete_draft(connection, staff, round_id)
    return go("/kontor/runder?melding=deleted")


@get("/runder/{round_id:uuid}/frist")
async def deadline_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await _open(connection, staff, round_id)
    closes_on = round.today + timedelta(days=MORE_DAYS) if round.phase == "overdue" else round.closes_on
    results_on = max(round.results_on, closes_on)
    written = {
        "closes_on": closes_on.isoformat(),
        "results_on": results_on.isoformat(),
        "mark": round.mark,
    }
    return _deadline_page(request, staff, round, written)


@post("/runder/{round_id:uuid}/frist")
async def move_deadline(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    written = {field: form.one(field).strip() for field in ("closes_on", "results_on", "mark")}
    async with database.registry(staff.organisation_id) as connection:
        round = await _open(connection, staff, round_id)
        if form.only_shown:
            return _deadline_page(request, staff, round, written)
        problems: list[Problem] = []
        opens_on = round.opens_on.isoformat()
        dates = round_form.check_dates({"opens_on": opens_on, **written}, problems, round.today)
        if dates is None:
            return _deadline_page(request, staff, round, written, *problems)
        try:
            await changes.move_deadline(
                connection, staff, round_id, dates.closes_on, dates.results_on, seen=written["mark"]
            )
        except ChangedMeanwhile:
            now = await rounds.find(connection, round_id)
            problem = Problem("naa", "problem.deadline_changed_meanwhile")
            return _deadline_page(request, staff, now, {**written, "mark": now.mark}, problem)
    return go(f"/kontor/runder/{round_id}?melding=moved")


async def _draft(connection: Connection, staff: Staff, round_id: UUID) -> Round:
    """A draft, for one who may change it. Raises NoSuchRound, NotAllowed, ClosedForGood, NotADraft."""
    round = await _found(connection, staff, round_id)
    if round.status != "draft":
        raise NotADraft()
    return round


async def _open(connection: Connection, staff: Staff, round_id: UUID) -> Round:
    """An open round, for one who may run it. Raises NoSuchRound, NotAllowed, ClosedForGood, NotOpen."""
    round = await _found(connection, staff, round_id)
    if round.status != "open":
        raise NotOpen()
    return round


async def _found(connection: Connection, staff: Staff, round_id: UUID) -> Round:
    round = await rounds.find(connection, round_id)
    staff.require(Right.RUN_ROUNDS)
    if round.status == "closed":
        raise ClosedForGood()
    return round


async def _change_page(
    request: AnyRequest,
    staff: Staff,
    connection: Connection,
    round: Round,
    filled: Filled,
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    questionnaire = await rounds.questionnaire_of(connection, round)
    return render(
        request,
        "change_round.html",
        staff=staff,
        status=problems.status,
        round=round,
        areas=estates.by_area(await offered(connection)),
        filled=filled,
        problems=problems,
        languages_offered=questionnaire.languages,
        issued=await links.issued(connection, round.id),
    )


def _deadline_page(
    request: AnyRequest, staff: Staff, round: Round, written: dict[str, str], *wrong: Problem
) -> Response[str]:
    problems = Problems(wrong)
    return render(
        request,
        "deadline.html",
        staff=staff,
        status=problems.status,
        round=round,
        written=written,
        problems=problems,
    )


handlers = [change_page, ask_otherwise, change, delete_page, delete, deadline_page, move_deadline]
