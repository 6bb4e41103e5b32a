"""Measures at the desk: agreed, changed, taken away and brought back, and told how they went."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from reports.findings.model import FoundResult
from reports.loop import EFFECTS, LEVELS, OWNERS, STATUSES, VERDICTS
from survey.campaigns import rounds
from survey.database.pool import Connection
from survey.loop import dossiers, measures
from survey.loop.errors import NoSuchFinding
from survey.loop.measures import KeptMeasure
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.loop_forms import MeasureForm
from survey.office.pages import AnyRequest, go, render
from survey.people.roles import Right, Staff

RoundId = FromPath[UUID]
MeasureId = FromPath[UUID]


@get("/runder/{round_id:uuid}/tiltak/nytt")
async def new_measure_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """`funn`: what it is to hang on."""
    staff.require(Right.ANSWER_FINDINGS)
    on = tuple(id for id in request.query_params.getall("funn", []) if len(id) == 20)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, staff, round_id, None, MeasureForm(findings=on))


@post("/runder/{round_id:uuid}/tiltak/nytt", status_code=200)
async def add_measure(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.ANSWER_FINDINGS)
    typed = MeasureForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.the(connection, round_id)
        problems = Problems(() if form.only_shown else tuple(typed.problems(agreed=False)))
        if problems.all or form.only_shown:
            return await _page(request, connection, staff, round_id, None, typed, problems)
        await measures.add(connection, staff, round_id, typed.measure())
    return go(f"/kontor/runder/{round_id}/oppfolging?melding=measure_added#tiltak")


@get("/runder/{round_id:uuid}/tiltak/{measure_id:uuid}")
async def measure_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId, measure_id: MeasureId
) -> Response[str]:
    staff.require(Right.ANSWER_FINDINGS)
    async with database.registry(staff.organisation_id) as connection:
        kept = await measures.find(connection, round_id, measure_id)
        return await _page(request, connection, staff, round_id, kept, MeasureForm.of(kept))


@post("/runder/{round_id:uuid}/tiltak/{measure_id:uuid}", status_code=200)
async def change_measure(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    measure_id: MeasureId,
) -> Response[Any]:
    staff.require(Right.ANSWER_FINDINGS)
    typed = MeasureForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        kept = await measures.find(connection, round_id, measure_id)
        problems = Problems(() if form.only_shown else tuple(typed.problems(agreed=True)))
        if not form.only_shown and kept.revision != typed.seen:
            problems = Problems((Problem("naa", "problem.loop.meanwhile"),))
        if problems.all or form.only_shown:
            return await _page(request, connection, staff, round_id, kept, typed, problems)
        await measures.change(connection, staff, round_id, typed.measure(measure_id), typed.seen)
    return go(f"/kontor/runder/{round_id}/oppfolging?melding=measure_saved#tiltak")


@get(
    [
        "/runder/{round_id:uuid}/tiltak/{measure_id:uuid}/fjern",
        "/runder/{round_id:uuid}/tiltak/{measure_id:uuid}/tilbake",
    ]
)
async def back_to_measures(
    database: TheDatabase, staff: TheStaff, round_id: RoundId, measure_id: MeasureId
) -> Redirect:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
    return go(f"/kontor/runder/{round_id}/oppfolging")


@post("/runder/{round_id:uuid}/tiltak/{measure_id:uuid}/fjern")
async def remove_measure(
    database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId, measure_id: MeasureId
) -> Redirect:
    staff.require(Right.ANSWER_FINDINGS)
    async with database.registry(staff.organisation_id) as connection:
        await measures.remove(connection, staff, round_id, measure_id)
    return go(f"/kontor/runder/{round_id}/oppfolging?melding=measure_removed&tiltak={measure_id}#tiltak")


@post("/runder/{round_id:uuid}/tiltak/{measure_id:uuid}/tilbake")
async def bring_back_measure(
    database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId, measure_id: MeasureId
) -> Redirect:
    staff.require(Right.ANSWER_FINDINGS)
    async with database.registry(staff.organisation_id) as connection:
        await measures.bring_back(connection, staff, round_id, measure_id)
    return go(f"/kontor/runder/{round_id}/oppfolging?melding=measure_brought_back#tiltak")


async def _page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    round_id: UUID,
    kept: KeptMeasure | None,
    filled: MeasureForm,
    problems: Problems | None = None,
) -> Response[str]:
    problems = problems or Problems()
    round = await rounds.find(connection, round_id)
    await dossiers.the(connection, round_id)
    return render(
        request,
        "measure.html",
        staff=staff,
        status=problems.status,
        round=round,
        measure=kept.record if kept else None,
        seen=kept.revision if kept else 0,
        filled=filled,
        offered=await _offered(connection, round_id, filled.findings),
        owners=OWNERS,
        levels=LEVELS,
        statuses=STATUSES,
        effects=EFFECTS,
        verdicts=VERDICTS,
        problems=problems,
        limits={
            "title": measures.LONGEST_TITLE,
            "unit": measures.LONGEST_UNIT,
            "hoped": measures.LONGEST_HOPED,
            "outcome": measures.LONGEST_OUTCOME,
        },
    )


async def _offered(connection: Connection, round_id: UUID, chosen: tuple[str, ...]) -> list[FoundResult]:
    """Those it hangs on, and all of the same places; where it hangs on none, of all estates together."""
    found: dict[str, FoundResult] = {}
    for id in chosen:
        try:
            own = await dossiers.finding(connection, round_id, id)
        except NoSuchFinding:
            continue  # typed by somebody, or of another round
        for one in await dossiers.of_place(connection, round_id, own.place.level, own.place.id):
            found[one.id] = one
    if not found:
        for one in await dossiers.of_place(connection, round_id, "all", ""):
            found[one.id] = one
    return list(found.values())


handlers: list[ControllerRouterHandler] = [
    new_measure_page,
    add_measure,
    measure_page,
    change_measure,
    back_to_measures,
    remove_measure,
    bring_back_measure,
]
