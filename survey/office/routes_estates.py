"""The buildings at the desk: the list, a new one, changing one, taking it out of use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey.campaigns import asked
from survey.campaigns.errors import EstateInUse, TooFewDwellings
from survey.database.pool import Connection
from survey.office import estate_form
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.estate_form import Filled
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, render
from survey.people.roles import Right, Staff
from survey.register import estates
from survey.register.errors import EstateChanged, EstateExists
from survey.register.estates import Estate

EstateId = FromPath[UUID]


@get("/leiegarder")
async def list_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.KEEP_REGISTER)
    async with database.registry(staff.organisation_id) as connection:
        known = await estates.all_of(connection)
    used = tuple(estate for estate in known if not estate.archived)
    return render(
        request,
        "estates.html",
        staff=staff,
        areas=estates.by_area(used),
        count=len(used),
        dwellings=sum(estate.dwellings or 0 for estate in used),
        archived=[estate for estate in known if estate.archived],
    )


@get("/leiegarder/ny")
async def new_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.KEEP_REGISTER)
    async with database.registry(staff.organisation_id) as connection:
        return await _form_page(request, staff, connection, None, Filled())


@post("/leiegarder/ny")
async def add(request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm) -> Response[Any]:
    staff.require(Right.KEEP_REGISTER)
    filled = estate_form.read(form)
    checked = estate_form.check(filled, unknown_allowed=False)
    async with database.registry(staff.organisation_id) as connection:
        if form.only_shown:
            return await _form_page(request, staff, connection, None, filled)
        if checked.problems:
            return await _form_page(request, staff, connection, None, filled, *checked.problems)
        try:
            await estates.add(
                connection,
                staff.organisation_id,
                area=filled.area,
                name=filled.name,
                dwellings=checked.dwellings,
                staff=staff,
            )
        except EstateExists:
            return await _form_page(request, staff, connection, None, filled, _taken(filled))
    return go("/kontor/leiegarder?melding=estate_added")


@get("/leiegarder/{estate_id:uuid}")
async def change_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, estate_id: EstateId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        estate = await _found(connection, staff, estate_id)
        return await _form_page(request, staff, connection, estate, estate_form.of_estate(estate))


@post("/leiegarder/{estate_id:uuid}")
async def change(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, estate_id: EstateId
) -> Response[Any]:
    filled = estate_form.read(form)
    async with database.registry(staff.organisation_id) as connection:
        estate = await _found(connection, staff, estate_id)
        checked = estate_form.check(filled, unknown_allowed=estate.dwellings is None)
        if form.only_shown:
            return await _form_page(request, staff, connection, estate, filled)
        if checked.problems:
            return await _form_page(request, staff, connection, estate, filled, *checked.problems)
        try:
            await asked.change_estate(
                connection,
                staff,
                estate_id,
                area=filled.area,
                name=filled.name,
                dwellings=checked.dwellings,
                seen=filled.mark,
            )
        except EstateChanged:
            # Nothing is lost: what was typed comes back, beside what the building has become since.
            now = await estates.find(connection, estate_id)
            problem = Problem("naa", "problem.estate_changed_meanwhile")
            again = replace(filled, mark=now.mark)
            return await _form_page(request, staff, connection, now, again, problem)
        except EstateExists:
            return await _form_page(request, staff, connection, estate, filled, _taken(filled))
        except TooFewDwellings as fault:
            problem = Problem("dwellings", "problem.dwellings_asked", fault.values)
            return await _form_page(request, staff, connection, estate, filled, problem)
    return go("/kontor/leiegarder?melding=estate_changed")


@get("/leiegarder/{estate_id:uuid}/fjern")
async def remove_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, estate_id: EstateId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        estate = await _found(connection, staff, estate_id)
        rounds = await asked.asking(connection, estate_id)
    for round in rounds:
        if round.status != "closed":
            raise EstateInUse(round=round.name)
    return render(request, "remove_estate.html", staff=staff, estate=estate, rounds=rounds)


@post("/leiegarder/{estate_id:uuid}/fjern")
async def remove(database: TheDatabase, staff: TheStaff, form: TheForm, estate_id: EstateId) -> Redirect:
    async with database.registry(staff.organisation_id) as connection:
        await _found(connection, staff, estate_id)
        deleted = await asked.remove_estate(connection, staff, estate_id)
    return go(f"/kontor/leiegarder?melding=estate_{'deleted' if deleted else 'archived'}")


@post("/leiegarder/{estate_id:uuid}/bruk")
async def use_again(database: TheDatabase, staff: TheStaff, form: TheForm, estate_id: EstateId) -> Redirect:
    async with database.registry(staff.organisation_id) as connection:
        await _found(connection, staff, estate_id)
        await estates.archive(connection, staff, estate_id, archived=False)
    return go("/kontor/leiegarder?melding=estate_restored")


async def _found(connection: Connection, staff: Staff, estate_id: UUID) -> Estate:
    """An estate, for one who keeps the register. Raises NoSuchEstate, NotAllowed."""
    estate = await estates.find(connection, estate_id)
    staff.require(Right.KEEP_REGISTER)
    return estate


def _taken(filled: Filled) -> Problem:
    return Problem("name", "problem.estate_taken", {"name": filled.name, "area": filled.area})


async def _form_page(
    request: AnyRequest,
    staff: Staff,
    connection: Connection,
    estate: Estate | None,
    filled: Filled,
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    known = await estates.all_of(connection)
    rounds = await asked.asking(connection, estate.id) if estate else ()
    return render(
        request,
        "estate.html",
        staff=staff,
        status=problems.status,
        estate=estate,
        filled=filled,
        problems=problems,
        areas=sorted({other.area for other in known}),
        held=[round for round in rounds if round.held and round.status != "closed"],
        used=bool(rounds),
    )


handlers = [list_page, new_page, add, change_page, change, remove_page, remove, use_again]
