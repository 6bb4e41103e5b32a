"""Plans and their goals at the desk: what findings can be tied to."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from survey.database.pool import Connection
from survey.loop import plans
from survey.loop.plans import Plan
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.loop_forms import GoalForm, PlanForm
from survey.office.pages import AnyRequest, go, removed_of, render
from survey.people.roles import Right, Staff

PlanId = FromPath[UUID]
GoalId = FromPath[UUID]
HERE = "/kontor/planer"


@get("/planer")
async def plans_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        found = await plans.all_of(connection)
    return render(request, "plans.html", staff=staff, plans=found, removed=removed_of(request, "plan"))


@get("/planer/ny")
async def new_plan_page(request: AnyRequest, staff: TheStaff) -> Response[str]:
    staff.require(Right.ANSWER_FINDINGS)
    return _new_page(request, staff, PlanForm.empty(date.today()))


@post("/planer/ny", status_code=200)
async def add_plan(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm
) -> Response[Any]:
    staff.require(Right.ANSWER_FINDINGS)
    typed = PlanForm.read(form)
    problems = Problems(() if form.only_shown else tuple(typed.problems()))
    if problems.all or form.only_shown:
        return _new_page(request, staff, typed, problems)
    async with database.registry(staff.organisation_id) as connection:
        id = await plans.add(connection, staff, **typed.values())
    return go(f"{HERE}/{id}?melding=plan_added")


@get("/planer/{plan_id:uuid}")
async def plan_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, plan_id: PlanId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, staff, plan_id)


@post("/planer/{plan_id:uuid}", status_code=200)
async def change_plan(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, plan_id: PlanId
) -> Response[Any]:
    """`gjor`: 'fjern' takes the plan away; else it is saved."""
    staff.require(Right.ANSWER_FINDINGS)
    typed = PlanForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        plan = await plans.find(connection, plan_id)
        if form.one("gjor") == "fjern" and not form.only_shown:
            await plans.remove(connection, staff, plan_id)
            return go(f"{HERE}?melding=plan_removed&plan={plan_id}")
        problems = Problems(() if form.only_shown else tuple(typed.problems()))
        if not form.only_shown and plan.revision != typed.seen:
            problems = Problems((Problem("naa", "problem.loop.meanwhile"),))
        if problems.all or form.only_shown:
            return await _page(request, connection, staff, plan_id, problems, typed=typed)
        changed = Plan(id=plan_id, revision=plan.revision, **typed.values())
        await plans.change(connection, staff, changed, typed.seen)
    return go(f"{HERE}/{plan_id}?melding=plan_saved")


@post("/planer/{plan_id:uuid}/tilbake")
async def bring_back_plan(database: TheDatabase, staff: TheStaff, form: TheForm, plan_id: PlanId) -> Redirect:
    staff.require(Right.ANSWER_FINDINGS)
    async with database.registry(staff.organisation_id) as connection:
        await plans.bring_back(connection, staff, plan_id)
    return go(f"{HERE}/{plan_id}?melding=plan_brought_back")


@get(
    [
        "/planer/{plan_id:uuid}/tilbake",
        "/planer/{plan_id:uuid}/mal",
        "/planer/{plan_id:uuid}/mal/{goal_id:uuid}",
    ]
)
async def back_to_plan(database: TheDatabase, staff: TheStaff, plan_id: PlanId) -> Redirect:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await plans.find(connection, plan_id)
    return go(f"{HERE}/{plan_id}")


@post("/planer/{plan_id:uuid}/mal", status_code=200)
async def add_goal(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, plan_id: PlanId
) -> Response[Any]:
    staff.require(Right.ANSWER_FINDINGS)
    typed = GoalForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        problems = Problems(() if form.only_shown else tuple(typed.problems()))
        if problems.all or form.only_shown:
            return await _page(request, connection, staff, plan_id, problems, goal=typed)
        await plans.add_goal(connection, staff, plan_id, typed.number, typed.text)
    return go(f"{HERE}/{plan_id}?melding=goal_added#mal")


@post("/planer/{plan_id:uuid}/mal/{goal_id:uuid}", status_code=200)
async def change_goal(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    plan_id: PlanId,
    goal_id: GoalId,
) -> Response[Any]:
    """`gjor`: 'avslutt' takes the goal out of the plan, 'tilbake' brings it back; else it is saved."""
    staff.require(Right.ANSWER_FINDINGS)
    typed = GoalForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        doing = form.one("gjor")
        if doing in ("avslutt", "tilbake") and not form.only_shown:
            await plans.end_goal(connection, staff, plan_id, goal_id, doing == "avslutt")
            done = "goal_ended" if doing == "avslutt" else "goal_brought_back"
            return go(f"{HERE}/{plan_id}?melding={done}#mal")
        problems = Problems(() if form.only_shown else tuple(typed.problems(f"-{goal_id}")))
        if problems.all or form.only_shown:
            return await _page(request, connection, staff, plan_id, problems, changed={str(goal_id): typed})
        await plans.change_goal(connection, staff, plan_id, goal_id, typed.number, typed.text)
    return go(f"{HERE}/{plan_id}?melding=goal_saved#mal")


def _new_page(
    request: AnyRequest, staff: Staff, filled: PlanForm, problems: Problems | None = None
) -> Response[str]:
    problems = problems or Problems()
    return render(
        request,
        "plan.html",
        staff=staff,
        status=problems.status,
        plan=None,
        filled=filled,
        goal=GoalForm(),
        changed={},
        kinds=plans.KINDS,
        problems=problems,
        limits=_LIMITS,
    )


async def _page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    plan_id: UUID,
    problems: Problems | None = None,
    *,
    typed: PlanForm | None = None,
    goal: GoalForm | None = None,
    changed: dict[str, GoalForm] | None = None,
) -> Response[str]:
    problems = problems or Problems()
    plan = await plans.find(connection, plan_id)
    return render(
        request,
        "plan.html",
        staff=staff,
        status=problems.status,
        plan=plan,
        filled=typed or PlanForm.of(plan),
        goal=goal or GoalForm(),
        changed=changed or {},
        kinds=plans.KINDS,
        problems=problems,
        limits=_LIMITS,
    )


_LIMITS = {
    "name": plans.LONGEST_NAME,
    "number": plans.LONGEST_NUMBER,
    "goal": plans.LONGEST_GOAL,
}

handlers: list[ControllerRouterHandler] = [
    plans_page,
    new_plan_page,
    add_plan,
    plan_page,
    change_plan,
    bring_back_plan,
    back_to_plan,
    add_goal,
    change_goal,
]
