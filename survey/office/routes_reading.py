"""The reading round at the desk: its link, what tenants say of findings, and what of it stands in reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from survey.campaigns import rounds
from survey.database.pool import Connection
from survey.loop import dossiers, plainly, readings
from survey.loop.errors import NoSuchFinding
from survey.loop.readings import Remark
from survey.office import poster
from survey.office.door import Form, TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems, day_of
from survey.office.pages import AnyRequest, go, render
from survey.people.roles import Right, Staff
from survey.settings import Settings

RoundId = FromPath[UUID]


@get("/runder/{round_id:uuid}/leserunde")
async def reading_page(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, settings, staff, round_id)


@post("/runder/{round_id:uuid}/leserunde", status_code=200)
async def change_reading(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Response[Any]:
    """`gjor`: 'vis' makes the link or moves its last day, 'stopp' switches it off."""
    staff.require(Right.ANSWER_FINDINGS)
    here = f"/kontor/runder/{round_id}/leserunde"
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.the(connection, round_id)
        if form.only_shown:
            return await _page(request, connection, settings, staff, round_id, form)
        if form.one("gjor") == "stopp":
            await readings.stop(connection, staff, round_id)
            return go(f"{here}?melding=reading_stopped")
        today, _, latest = await readings.last_days(connection)
        day = day_of(form.one("ends_on"))
        if day is None or not today <= day <= latest:
            problem = Problem("ends_on", "problem.reading.ends_on", {"today": today, "latest": latest})
            return await _page(request, connection, settings, staff, round_id, form, problem)
        await plainly.keep(connection, round_id)
        await readings.show_until(connection, staff, round_id, day)
    return go(f"{here}?melding=reading_shown")


@get("/runder/{round_id:uuid}/leserunde/merknad")
async def back_to_reading(database: TheDatabase, staff: TheStaff, round_id: RoundId) -> Redirect:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
    return go(f"/kontor/runder/{round_id}/leserunde")


@post("/runder/{round_id:uuid}/leserunde/merknad", status_code=200)
async def let_remark_stand(
    database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    """`gjor`: 'vis' lets a remark stand in the documents, 'skjul' takes it out."""
    staff.require(Right.ANSWER_FINDINGS)
    here = f"/kontor/runder/{round_id}/leserunde"
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.the(connection, round_id)
        if form.only_shown:
            return go(here)
        try:
            remark = UUID(form.one("remark"))
        except ValueError:
            raise NoSuchFinding() from None
        if (doing := form.one("gjor")) not in ("vis", "skjul"):
            raise Unreadable()
        await readings.let_stand(connection, staff, round_id, remark, doing == "vis")
    return go(f"{here}?melding=remark_{'shown' if doing == 'vis' else 'hidden'}")


async def _page(
    request: AnyRequest,
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    form: Form | None = None,
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    round = await rounds.find(connection, round_id)
    await dossiers.the(connection, round_id)
    link = await readings.link(connection, round_id)
    _, suggested, latest = await readings.last_days(connection)
    open_link = link if link and link.open else None
    remarks: dict[str, list[Remark]] = {}
    for one in await readings.remarks(connection, round_id):
        if one.text:
            remarks.setdefault(one.finding_id, []).append(one)
    heard = await readings.heard(connection, round_id)
    listed = await dossiers.whole_list(connection, round_id) if heard else None
    typed = form.one("ends_on") if form else ""
    return render(
        request,
        "reading.html",
        staff=staff,
        status=problems.status,
        round=round,
        link=link,
        may=staff.may(Right.ANSWER_FINDINGS),
        address=f"{settings.base_url}{open_link.path}" if open_link else "",
        qr=poster.qr_code(f"{settings.base_url}{open_link.path}") if open_link else None,
        ends_on=typed or (open_link.ends_on if open_link else suggested).isoformat(),
        latest=latest,
        said=[
            (one, heard[one.id], remarks.get(one.id, []))
            for one in (listed.findings if listed else ())
            if one.id in heard
        ],
        problems=problems,
    )


handlers: list[ControllerRouterHandler] = [reading_page, change_reading, back_to_reading, let_remark_stand]
