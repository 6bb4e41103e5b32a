"""What comes of findings at the desk: the work on a round's findings, replies to them, what is known of them.

`survey.office.numbers` is imported in the function that needs it: see there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from reports import laws
from reports.findings.model import FoundResult, Level, Place
from reports.loop import REPLY_KINDS
from survey.campaigns import rounds
from survey.database.pool import Connection, Database
from survey.loop import dossiers, measures, plans, readings, replies
from survey.loop.dossiers import Dossier
from survey.loop.errors import NoSuchFinding, NoSuchPlan
from survey.office import reckoning
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems
from survey.office.loop_forms import KnowledgeForm, ReplyForm, TieForm
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, go, language_of, removed_of, render
from survey.office.reckoning import Key
from survey.people.roles import Right, Staff

RoundId = FromPath[UUID]
FindingId = FromPath[str]
MOST_ALIKE = 100
"""Findings that one reply can be given to at once."""


@get("/runder/{round_id:uuid}/oppfolging")
async def loop_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """All of one place (`sted`: as of the findings), or before anybody has begun, how to begin."""
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        dossier = await dossiers.find(connection, round_id)
    if dossier is None:  # perhaps it is being begun: who waits for that comes back here
        await reckoning.of(request).begun(database, _beginning(staff, round_id))
    async with database.registry(staff.organisation_id) as connection:
        dossier = dossier or await dossiers.find(connection, round_id)
        if dossier is None:
            return render(request, "loop_begin.html", staff=staff, round=round)
        chosen = request.query_params.get("sted", "")
        place = _place(dossier, chosen)
        found = await dossiers.of_place(connection, round_id, place.level, place.id)
        answered = await replies.all_of(connection, round_id)
        agreed = await measures.all_of(connection, round_id)
        tied = [kept.record.finding for kept in await plans.ties(connection, round_id)]
    return render(
        request,
        "loop.html",
        staff=staff,
        round=round,
        dossier=dossier,
        place=place,
        address=_address,
        chosen=chosen,
        found=found,
        replies=answered,
        measures=agreed,
        counts={one.id: sum(one.id in kept.record.findings for kept in agreed) for one in found},
        ties={one.id: tied.count(one.id) for one in found},
        today=date.today(),
        removed=removed_of(request, "tiltak"),
    )


@post("/runder/{round_id:uuid}/oppfolging", status_code=200)
async def change_dossier(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    """`gjor`: 'start' keeps the findings, 'ferdig' says that all is answered, 'gjenoppta' takes it back."""
    staff.require(Right.ANSWER_FINDINGS)
    here = f"/kontor/runder/{round_id}/oppfolging"
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)  # of another organisation there is none
    if form.only_shown:
        return go(here)
    match form.one("gjor"):
        case "start":
            begin = partial(_begin, database, staff, round_id)
            await reckoning.of(request).anew(database, _beginning(staff, round_id), begin)
            return go(f"{here}?melding=loop_begun")
        case "ferdig":
            async with database.registry(staff.organisation_id) as connection:
                await dossiers.finish(connection, staff, round_id)
            return go(f"{here}?melding=loop_finished")
        case "gjenoppta":
            async with database.registry(staff.organisation_id) as connection:
                await dossiers.take_up_again(connection, staff, round_id)
            return go(f"{here}?melding=loop_taken_up")
    raise Unreadable()


def _beginning(staff: Staff, round_id: UUID) -> Key:
    return Key(staff.organisation_id, "findings", ("begin", round_id))


async def _begin(database: Database, staff: Staff, round_id: UUID) -> None:
    """Whoever pressed is shown a page that says to wait where it takes long; it begins all the same."""
    from survey.office import numbers

    listed = await numbers.found_at_hand(database, staff.organisation_id, round_id)
    if listed is None:
        listed = await numbers.found(database, staff.organisation_id, round_id)
    found = await numbers.findings_of(listed)
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.begin(connection, staff, found)


@get("/runder/{round_id:uuid}/oppfolging/{finding_id:str}")
async def finding_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId, finding_id: FindingId
) -> Response[str]:
    staff.require(Right.READ_RESULTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _finding_page(request, connection, staff, round_id, finding_id)


@get(
    [
        "/runder/{round_id:uuid}/oppfolging/{finding_id:str}/svar",
        "/runder/{round_id:uuid}/oppfolging/{finding_id:str}/kunnskap",
        "/runder/{round_id:uuid}/oppfolging/{finding_id:str}/plan",
    ]
)
async def back_to_finding(
    database: TheDatabase, staff: TheStaff, round_id: RoundId, finding_id: FindingId
) -> Redirect:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.finding(connection, round_id, finding_id)
    return go(f"/kontor/runder/{round_id}/oppfolging/{_checked(finding_id)}")


@post("/runder/{round_id:uuid}/oppfolging/{finding_id:str}/svar", status_code=200)
async def reply(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    finding_id: FindingId,
) -> Response[Any]:
    """`gjor`: 'trekk' takes the reply back; else it is saved."""
    staff.require(Right.ANSWER_FINDINGS)
    typed = ReplyForm.read(form)
    here = f"/kontor/runder/{round_id}/oppfolging/{_checked(finding_id)}"
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.finding(connection, round_id, finding_id)
        if form.one("gjor") == "trekk" and not form.only_shown:
            await replies.take_back(connection, staff, round_id, finding_id, typed.seen)
            return go(f"{here}?melding=reply_taken_back")
        problems = Problems(() if form.only_shown else tuple(typed.problems()))
        kept = (await replies.all_of(connection, round_id)).get(finding_id)
        if not form.only_shown and (kept.revision if kept else 0) != typed.seen:
            problems = Problems((Problem("naa", "problem.loop.meanwhile"),))
            # What stands there now is shown beside what was typed; sent again, it is written over.
            return await _finding_page(
                request, connection, staff, round_id, finding_id, problems, typed_reply=typed
            )
        if problems.all or form.only_shown:
            return await _finding_page(
                request, connection, staff, round_id, finding_id, problems, typed_reply=typed
            )
        there = {one.id for one in await dossiers.alike(connection, round_id, finding_id)}
        others = [other for other in typed.others if other in there][:MOST_ALIKE]
        await replies.save(connection, staff, round_id, finding_id, typed.reply, typed.seen, others)
    return go(f"{here}?melding=reply_saved")


@post("/runder/{round_id:uuid}/oppfolging/{finding_id:str}/kunnskap", status_code=200)
async def write_knowledge(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    finding_id: FindingId,
) -> Response[Any]:
    staff.require(Right.ANSWER_FINDINGS)
    typed = KnowledgeForm.read(form)
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.finding(connection, round_id, _checked(finding_id))
        problems = Problems(() if form.only_shown else tuple(typed.problems()))
        kept = (await replies.knowledge_of(connection, round_id)).get(finding_id)
        if not form.only_shown and (kept.revision if kept else 0) != typed.seen:
            problems = Problems((Problem("kjent-naa", "problem.loop.meanwhile"),))
        if problems.all or form.only_shown:
            return await _finding_page(
                request, connection, staff, round_id, finding_id, problems, typed_knowledge=typed
            )
        await replies.write_down(connection, staff, round_id, finding_id, typed.knowledge, typed.seen)
    return go(f"/kontor/runder/{round_id}/oppfolging/{finding_id}?melding=knowledge_saved#kunnskap")


@post("/runder/{round_id:uuid}/oppfolging/{finding_id:str}/plan", status_code=200)
async def tie(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    finding_id: FindingId,
) -> Response[Any]:
    """`fjern`: the tie to take away; else one is made."""
    staff.require(Right.ANSWER_FINDINGS)
    typed = TieForm.read(form)
    here = f"/kontor/runder/{round_id}/oppfolging/{_checked(finding_id)}"
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.finding(connection, round_id, finding_id)
        if form.one("fjern") and not form.only_shown:
            await plans.untie(connection, staff, round_id, _uuid(form.one("fjern")))
            return go(f"{here}?melding=untied#planer")
        known = await plans.all_of(connection)
        goals = frozenset(str(goal.id) for plan in known for goal in plan.goals if goal.gone_on is None)
        problems = Problems(() if form.only_shown else tuple(typed.problems(goals)))
        if problems.all or form.only_shown:
            return await _finding_page(
                request, connection, staff, round_id, finding_id, problems, typed_tie=typed
            )
        law = typed.law if typed.law in laws.LAWS else ""
        await plans.tie(connection, staff, round_id, finding_id, typed.goal_id, law, typed.reasoning)
    return go(f"{here}?melding=tied#planer")


async def _finding_page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    round_id: UUID,
    finding_id: str,
    problems: Problems | None = None,
    *,
    typed_reply: ReplyForm | None = None,
    typed_knowledge: KnowledgeForm | None = None,
    typed_tie: TieForm | None = None,
) -> Response[str]:
    """What was typed stands in the form it was typed in; the other forms show what is kept."""
    problems = problems or Problems()
    found = await dossiers.finding(connection, round_id, finding_id)
    round = await rounds.find(connection, round_id)
    of_place = await dossiers.of_place(connection, round_id, found.place.level, found.place.id)
    before, after = _neighbours(of_place, found)
    answered = await replies.all_of(connection, round_id)
    known = (await replies.knowledge_of(connection, round_id)).get(finding_id)
    alike = [one for one in await dossiers.alike(connection, round_id, finding_id) if one.id not in answered]
    kept = answered.get(finding_id)
    reply_form = typed_reply or ReplyForm.of(kept)
    if typed_reply is None and kept is None and found.place.level == "all":
        # What is said of all is meant for each, unless somebody says otherwise.
        reply_form = replace(reply_form, others=tuple(one.id for one in alike))
    knowledge_form = typed_knowledge or KnowledgeForm.of(known)
    return render(
        request,
        "loop_finding.html",
        staff=staff,
        status=problems.status,
        round=round,
        found=found,
        chosen=_address(found.place),
        before=before,
        after=after,
        heard=(await readings.heard(connection, round_id)).get(finding_id),
        kinds=REPLY_KINDS,
        reply=reply_form,
        # After a clash the form that is sent again knows what stands there.
        seen=kept.revision if kept else 0,
        kept=kept.record if kept else None,
        alike=alike[:MOST_ALIKE],
        knowledge=knowledge_form,
        knowledge_seen=known.revision if known else 0,
        written=known.record if known else None,
        measures=[
            one.record
            for one in await measures.all_of(connection, round_id)
            if finding_id in one.record.findings
        ],
        ties=[one for one in await plans.ties(connection, round_id) if one.record.finding == finding_id],
        plans=await plans.all_of(connection),
        laws=laws.names(language_of(request)),
        tie=typed_tie or TieForm(),
        problems=problems,
        limits={
            "reply": replies.LONGEST_TEXT,
            "alternative": replies.LONGEST_ALTERNATIVE,
            "place": replies.LONGEST_PLACE,
            "reasoning": plans.LONGEST_REASONING,
        },
    )


def _neighbours(found: list[FoundResult], own: FoundResult) -> tuple[FoundResult | None, FoundResult | None]:
    """The findings before and after it of the same place."""
    at = next((i for i, one in enumerate(found) if one.id == own.id), 0)
    return (found[at - 1] if at else None), (found[at + 1] if at + 1 < len(found) else None)


def _address(place: Place) -> str:
    """What the place is called in an address: as `numbers.place_of` reads it."""
    prefix: dict[Level, str] = {"all": "", "area": "omrade:", "estate": "leiegard:"}
    return f"{prefix[place.level]}{place.id}"


def _place(dossier: Dossier, chosen: str) -> Place:
    """Raises NoSuchFinding of a place that the list does not have. Where there is one estate, the findings
    stand under it or under the landlord: that which has any is shown first."""
    known = {_address(place): place for place in dossier.places}
    if chosen not in known:
        raise NoSuchFinding()
    return known[chosen]


def _checked(finding_id: str) -> str:
    """An id that can stand in an address. Raises NoSuchFinding."""
    if len(finding_id) != 20 or not set(finding_id) <= set("0123456789abcdef"):
        raise NoSuchFinding()
    return finding_id


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchPlan() from None


handlers: list[ControllerRouterHandler] = [
    Router("", route_handlers=[change_dossier], before_request=open_numbers),
    loop_page,
    finding_page,
    back_to_finding,
    reply,
    write_knowledge,
    tie,
]
