"""Comparing a round with those of other landlords: saying yes, to whom, and taking it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from litestar import Response, Router, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from survey.campaigns import rounds
from survey.campaigns.errors import UnknownPeers
from survey.office import reckoning
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems, name_of
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, go, language_of, render
from survey.office.routes_results import RoundId
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.documents.peer_words import SharedLine

ALL, NAMED = "alle", "navn"
MOST_NAMES, LONGEST_NAME = 50, 200


@get("/runder/{round_id:uuid}/sammenligning")
async def page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    return await _page(request, database, staff, round_id)


@post("/runder/{round_id:uuid}/sammenligning", status_code=200)
async def agree(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.SHARE_RESULTS)
    from survey.office import numbers

    if form.only_shown:
        return await _page(request, database, staff, round_id, form)
    if problem := _wrong(form):
        return await _page(request, database, staff, round_id, form, problem)
    try:
        await numbers.peers.agree(database, staff, round_id, _names(form))
    except UnknownPeers as unknown:
        problem = Problem("navn", "problem.peers.unknown", unknown.values)
        return await _page(request, database, staff, round_id, form, problem)
    return go(f"/kontor/runder/{round_id}/sammenligning?melding=peers_agreed")


@post("/runder/{round_id:uuid}/sammenligning/trekk")
async def withdraw(database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId) -> Redirect:
    staff.require(Right.SHARE_RESULTS)
    from survey.office import numbers

    await numbers.peers.withdraw(database, staff, round_id)
    return go(f"/kontor/runder/{round_id}/sammenligning?melding=peers_withdrawn")


def _names(form: Form) -> list[str]:
    """One a line; none when all are meant."""
    if form.one("med") != NAMED:
        return []
    return list(dict.fromkeys(name for line in form.one("navn").splitlines() if (name := name_of(line))))


def _wrong(form: Form) -> Problem | None:
    if form.one("med") not in (ALL, NAMED):
        return Problem("med", "problem.peers.whom")
    names = _names(form)
    if form.one("med") == NAMED and not names:
        return Problem("navn", "problem.peers.names")
    if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
        return Problem("navn", "problem.peers.many", {"most": MOST_NAMES})
    return None


async def _page(
    request: AnyRequest,
    database: TheDatabase,
    staff: Staff,
    round_id: RoundId,
    form: Form | None = None,
    *wrong: Problem,
) -> Response[str]:
    """What has been said, who else has said so, what they see; and the form."""
    staff.require(Right.SHARE_RESULTS)
    from survey.office import numbers

    offer = await numbers.peers.offer_of(database, staff.organisation_id, round_id)
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    shared: tuple[SharedLine, ...] = ()
    # When the answers are deleted nothing new is said yes to; what was can still be taken back.
    if round.answers_deleted_on is None:
        found = await reckoning.of(request).get(
            database,
            reckoning.Key(staff.organisation_id, "findings", round_id),
            partial(numbers.found, database, staff.organisation_id, round_id),
            partial(numbers.found_at_hand, database, staff.organisation_id, round_id),
        )
        shared = numbers.shared_lines(found.whole, language_of(request))
    others = await numbers.peers.shown_by_others(database, staff.organisation_id, round_id)
    problems = Problems(wrong)
    names = offer.names if offer else ()
    return render(
        request,
        "peers.html",
        staff=staff,
        status=problems.status,
        round=round,
        offer=offer,
        others=sorted(others, key=lambda other: (other.organisation.casefold(), -other.year, other.round)),
        shared=shared,
        chosen=form.one("med") if form else (NAMED if names else ALL if offer else ""),
        names=form.one("navn") if form else "\n".join(names),
        problems=problems,
    )


handlers: list[ControllerRouterHandler] = [
    Router("", route_handlers=[page, agree, withdraw], before_request=open_numbers)
]
