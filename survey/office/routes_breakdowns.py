"""Numbers by group at the desk: one question of a closed round by background, as far as the ledger allows.

What is told is written into the ledger, so asking is a form that is sent, never an address that is opened.
A request that takes something from later tables is told what first, and is sent again with an answer to that.
`survey.office.numbers` is imported in the functions that need it: see there.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from survey.office import reckoning
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.errors import StillReckoning
from survey.office.fields import Problem, Problems
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, go, language_of, render
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.breakdowns.asking import Ask
    from reports.breakdowns.cost import Cost
    from reports.breakdowns.errors import NumbersRefused
    from reports.breakdowns.ledger import Judgement
    from reports.waves import Wave

    Outcome = Judgement | NumbersRefused

RoundId = FromPath[UUID]
USUAL_FIRST, ONLY_THIS = "vanlige", "bare"
"""What `sikker` says of a request whose cost was shown."""
LONGEST_ID = 64
"""Of what is shown again of a question or background that was sent."""


@get("/runder/{round_id:uuid}/grupper")
async def groups_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """The form; with what came of a request that took a while (`svar`: in its own words, canonically)."""
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave = await numbers.load_wave(database, staff.organisation_id, round_id)
    if not (wanted := request.query_params.get("svar", "")):
        return await _page(request, database, staff, wave)
    reckonings, key = reckoning.of(request), _key(staff, wave, wanted)
    if (left := await reckonings.left(key)) is not None:
        return await _page(request, database, staff, wave, ask=left[0], outcome=left[1])
    # Asked for through another worker of the server, or a while ago. Opening an address tells nothing.
    await reckonings.elsewhere(database, key)
    told = await numbers.breakdowns.told_before(database, wave)
    known = wanted in {ask.canonical() for ask in told}
    return go(f"{_address(wave)}?melding={'table_told' if known else 'table_lost'}")


@post("/runder/{round_id:uuid}/grupper", status_code=200)
async def ask_for_groups(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[Any]:
    """The table of what is asked for, or of one that was told before (`igjen`); what it costs, where it costs
    later tables something and `sikker` does not answer that."""
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave = await numbers.load_wave(database, staff.organisation_id, round_id)
    if form.only_shown:
        return await _page(request, database, staff, wave, form)
    if again := form.one("igjen"):
        told = await numbers.breakdowns.told_before(database, wave)
        known = next((one for one in told if one.canonical() == again), None)
        if known is None:
            problem = Problem("sporsmal", "groups.problem.again")
            return await _page(request, database, staff, wave, form, problem)
        ask = known
    else:
        try:
            ask = numbers.asked(wave, form.one("sporsmal"), (form.one("bakgrunn"), form.one("og")),
                                form.one("steder"))  # fmt: skip
        except numbers.NumbersRefused as refusal:
            problem = Problem(*_problem(refusal))
            return await _page(request, database, staff, wave, form, problem)
    cost = await numbers.breakdowns.cost(database, wave, ask)
    sure = form.one("sikker")
    if not cost.free and sure not in (USUAL_FIRST, ONLY_THIS):
        return await _page(request, database, staff, wave, form, cost=cost, ask=ask)
    first = cost.first if sure == USUAL_FIRST else ()

    async def outcome_of(ask: Ask) -> tuple[Ask, Outcome]:
        try:
            return ask, await numbers.breakdowns.tell(database, wave, ask, staff.id, first=first)
        except numbers.NumbersRefused as refusal:
            return ask, refusal

    key = _key(staff, wave, ask.canonical())
    try:
        ask, outcome = await reckoning.of(request).anew(database, key, partial(outcome_of, ask))
    except StillReckoning:
        # An address to come back to, for a form that was sent has none.
        return go(f"{_address(wave)}?svar={quote(ask.canonical(), safe='')}")
    return await _page(request, database, staff, wave, form, ask=ask, outcome=outcome)


def _key(staff: Staff, wave: Wave, canonical: str) -> reckoning.Key:
    return reckoning.Key(staff.organisation_id, "groups", (wave.campaign_id, staff.id, canonical))


def _address(wave: Wave) -> str:
    return f"/kontor/runder/{wave.campaign_id}/grupper"


def _problem(refusal: NumbersRefused) -> tuple[str, str]:
    """The field that is wrong, and what is said beside it."""
    return {
        "numbers.no_background": ("bakgrunn", "groups.problem.background"),
        "numbers.no_backgrounds": ("bakgrunn", "groups.problem.background"),
        "numbers.by_twice": ("og", "groups.problem.twice"),
        "numbers.sensitive": ("steder", "groups.problem.sensitive"),
    }.get(refusal.key, ("sporsmal", "groups.problem.question"))


async def _page(
    request: AnyRequest,
    database: TheDatabase,
    staff: Staff,
    wave: Wave,
    form: Form | None = None,
    *wrong: Problem,
    cost: Cost | None = None,
    ask: Ask | None = None,
    outcome: Outcome | None = None,
) -> Response[str]:
    """The form with what was chosen; its table, why there is none, or what it costs; what was told before."""
    from survey.office import numbers

    language = language_of(request)
    refusal = outcome if isinstance(outcome, numbers.NumbersRefused) else None
    found = None if outcome is None or isinstance(outcome, numbers.NumbersRefused) else outcome
    problems = Problems(wrong)
    typed = {name: form.one(name)[:LONGEST_ID] if form else "" for name in ("sporsmal", "bakgrunn", "og")}
    chosen = {**typed, "steder": form.one("steder") if form else ""}
    if ask is not None:
        names = [grouping.variable for grouping in ask.by]
        chosen = {"sporsmal": ask.item, "bakgrunn": names[0], "og": names[1] if len(names) > 1 else "",
                  "steder": ask.level}  # fmt: skip
    told = await numbers.breakdowns.told_before(database, wave)
    table = await asyncio.to_thread(numbers.shown, found, language) if found else None
    return await asyncio.to_thread(
        render,
        request,
        "groups.html",
        staff=staff,
        status=problems.status if wrong else refusal.status if refusal else 200,
        wave=wave,
        choices=numbers.choices_of(wave, language),
        chosen=chosen,
        problems=problems,
        table=table,
        refused=numbers.refused(wave, refusal, language) if refusal else None,
        cost=numbers.costing(wave, cost, language) if cost else None,
        asked=numbers.described(wave, found.ask if found else ask, language) if ask else None,
        told=[numbers.described(wave, one, language) for one in told],
    )


handlers: list[ControllerRouterHandler] = [
    Router("", route_handlers=[groups_page, ask_for_groups], before_request=open_numbers)
]
