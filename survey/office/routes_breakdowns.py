"""Numbers by group at the desk: one question of a closed round by background, as far as the ledger allows.

What is told is written into the ledger, so asking is a form that is sent, never an address that is opened.
A request that takes something from later tables is told what first, and is sent again with an answer to that.
`survey.office.numbers` is imported in the functions that need it: see there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.fields import Problem, Problems
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, language_of, render
from survey.people.roles import Right, Staff

if TYPE_CHECKING:
    from reports.breakdowns.asking import Ask
    from reports.breakdowns.cost import Cost
    from reports.breakdowns.errors import NumbersRefused
    from reports.breakdowns.ledger import Judgement
    from reports.waves import Wave

RoundId = FromPath[UUID]
USUAL_FIRST, ONLY_THIS = "vanlige", "bare"
"""What `sikker` says of a request whose cost was shown."""
LONGEST_ID = 64
"""Of what is shown again of a question or background that was sent."""


@get("/runder/{round_id:uuid}/grupper")
async def groups_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave = await numbers.load_wave(database, staff.organisation_id, round_id)
    return await _page(request, database, staff, wave)


@post("/runder/{round_id:uuid}/grupper", status_code=200)
async def ask_for_groups(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Response[str]:
    """The table of what is asked for, or of one that was told before (`igjen`); what it costs, where it costs
    later tables something and `sikker` does not answer that."""
    staff.require(Right.RELEASE_DATA)
    from survey.office import numbers

    wave = await numbers.load_wave(database, staff.organisation_id, round_id)
    if form.only_shown:
        return await _page(request, database, staff, wave, form)
    if again := form.one("igjen"):
        told = await numbers.breakdowns.told_before(database, wave)
        ask = next((one for one in told if one.canonical() == again), None)
        if ask is None:
            problem = Problem("sporsmal", "groups.problem.again")
            return await _page(request, database, staff, wave, form, problem)
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
    try:
        found = await numbers.breakdowns.tell(database, wave, ask, staff.id, first=first)
    except numbers.NumbersRefused as refusal:
        return await _page(request, database, staff, wave, form, refusal=refusal, ask=ask)
    return await _page(request, database, staff, wave, form, found=found, ask=found.ask)


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
    found: Judgement | None = None,
    refusal: NumbersRefused | None = None,
    cost: Cost | None = None,
    ask: Ask | None = None,
) -> Response[str]:
    """The form with what was chosen; its table, why there is none, or what it costs; what was told before."""
    from survey.office import numbers

    language = language_of(request)
    problems = Problems(wrong)
    typed = {name: form.one(name)[:LONGEST_ID] if form else "" for name in ("sporsmal", "bakgrunn", "og")}
    chosen = {**typed, "steder": form.one("steder") if form else ""}
    if ask is not None:
        names = [grouping.variable for grouping in ask.by]
        level = ask.level
        if found is not None and found.wider and form is not None:
            level = form.one("steder")  # type: ignore[assignment]
        chosen = {"sporsmal": ask.item, "bakgrunn": names[0], "og": names[1] if len(names) > 1 else "",
                  "steder": level}  # fmt: skip
    told = await numbers.breakdowns.told_before(database, wave)
    return render(
        request,
        "groups.html",
        staff=staff,
        status=problems.status if wrong else refusal.status if refusal else 200,
        wave=wave,
        choices=numbers.choices_of(wave, language),
        chosen=chosen,
        problems=problems,
        table=numbers.shown(found, language) if found else None,
        refused=numbers.refused(wave, refusal, language) if refusal else None,
        cost=numbers.costing(wave, cost, language) if cost else None,
        asked=numbers.described(wave, ask, language) if ask else None,
        told=[numbers.described(wave, one, language) for one in told],
    )


handlers: list[ControllerRouterHandler] = [
    Router("", route_handlers=[groups_page, ask_for_groups], before_request=open_numbers)
]
