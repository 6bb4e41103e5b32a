"""Plans of the municipality or the landlord, their goals, and which findings bear on which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import get_args
from uuid import UUID

from reports.loop import Goal, PlanInReport, PlanKind, Tie
from survey.database.pool import Connection
from survey.loop.dossiers import queries
from survey.loop.errors import NoSuchPlan, PlanInUse, SavedMeanwhile, TooMany
from survey.people import audit
from survey.people.roles import Staff

LONGEST_NAME = 200
LONGEST_NUMBER = 20
LONGEST_GOAL = 500
LONGEST_REASONING = 500
FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST_PLANS, MOST_GOALS, MOST_TIES = 100, 300, 30
"""Of an organisation, of a plan, of a finding."""
KINDS: tuple[PlanKind, ...] = get_args(PlanKind)


@dataclass(frozen=True)
class KeptGoal:
    """`ties`: how many findings bear on it."""

    id: UUID
    number: str
    text: str
    gone_on: date | None
    ties: int


@dataclass(frozen=True)
class Plan:
    id: UUID
    name: str
    kind: PlanKind
    first_year: int
    last_year: int
    revision: int
    goals: tuple[KeptGoal, ...] = ()


@dataclass(frozen=True)
class KeptTie:
    id: UUID
    record: Tie


def in_report(plan: Plan) -> PlanInReport:
    """The plan as documents are made for it."""
    years = plan.first_year, plan.last_year
    goals = tuple(Goal(plan.name, plan.kind, *years, one.number, one.text, one.gone_on) for one in plan.goals)
    return PlanInReport(plan.name, plan.kind, years, goals)


async def all_of(connection: Connection) -> list[Plan]:
    """The newest first, each with its goals in the order of their numbers: 2 before 10."""
    goals: dict[UUID, list[KeptGoal]] = {}
    async for row in queries.goals(connection):
        goal = KeptGoal(row["id"], row["number"], row["body"], row["gone_on"], row["ties"])
        goals.setdefault(row["plan_id"], []).append(goal)
    return [
        Plan(
            row["id"],
            row["name"],
            row["kind"],
            row["first_year"],
            row["last_year"],
            row["revision"],
            tuple(sorted(goals.get(row["id"], ()), key=lambda goal: in_order(goal.number))),
        )
        async for row in queries.plans(connection)
    ]


def in_order(number: str) -> tuple[tuple[int, str], ...]:
    """To sort by.

    >>> sorted(["2.10", "10", "2.9", "A"], key=in_order)
    ['2.9', '2.10', '10', 'A']
    """
    parts = number.replace("-", ".").split(".")
    return tuple((int(part), "") if part.isascii() and part.isdigit() else (10**9, part) for part in parts)


async def find(connection: Connection, id: UUID) -> Plan:
    """Raises NoSuchPlan."""
    for plan in await all_of(connection):
        if plan.id == id:
            return plan
    raise NoSuchPlan()


async def add(
    connection: Connection, staff: Staff, name: str, kind: PlanKind, first_year: int, last_year: int
) -> UUID:
    """Raises TooMany."""
    if await queries.count_plans(connection) >= MOST_PLANS:
        raise TooMany(most=MOST_PLANS)
    id: UUID = await queries.add_plan(
        connection,
        organisation_id=staff.organisation_id,
        name=name,
        kind=kind,
        first_year=first_year,
        last_year=last_year,
    )
    await _record(connection, staff, id, "added", name)
    return id


async def change(connection: Connection, staff: Staff, plan: Plan, seen: int) -> None:
    """`seen`: the revision that was shown. Raises SavedMeanwhile."""
    done = await queries.change_plan(
        connection,
        id=plan.id,
        name=plan.name,
        kind=plan.kind,
        first_year=plan.first_year,
        last_year=plan.last_year,
        seen=seen,
    )
    if not done:
        raise SavedMeanwhile()
    await _record(connection, staff, plan.id, "changed", plan.name)


async def remove(connection: Connection, staff: Staff, id: UUID) -> None:
    """It can be brought back. Raises PlanInUse when findings are tied to it, NoSuchPlan."""
    plan = await find(connection, id)
    if await queries.remove_plan(connection, id=id) is None:
        raise PlanInUse()
    await _record(connection, staff, id, "removed", plan.name)


async def bring_back(connection: Connection, staff: Staff, id: UUID) -> None:
    """Raises NoSuchPlan."""
    if (name := await queries.bring_back_plan(connection, id=id)) is None:
        raise NoSuchPlan()
    await _record(connection, staff, id, "brought_back", name)


async def add_goal(connection: Connection, staff: Staff, plan_id: UUID, number: str, text: str) -> None:
    """Raises NoSuchPlan, TooMany."""
    plan = await find(connection, plan_id)
    if await queries.count_goals(connection, plan_id=plan_id) >= MOST_GOALS:
        raise TooMany(most=MOST_GOALS)
    await queries.add_goal(
        connection, organisation_id=staff.organisation_id, plan_id=plan_id, number=number, body=text
    )
    await _record(connection, staff, plan_id, "goal_added", plan.name, number)


async def change_goal(
    connection: Connection, staff: Staff, plan_id: UUID, goal_id: UUID, number: str, text: str
) -> None:
    """Raises NoSuchPlan."""
    plan = await _with_goal(connection, plan_id, goal_id)
    await queries.change_goal(connection, id=goal_id, number=number, body=text)
    await _record(connection, staff, plan_id, "goal_changed", plan.name, number)


async def end_goal(connection: Connection, staff: Staff, plan_id: UUID, goal_id: UUID, ended: bool) -> None:
    """Take a goal out of its plan, or bring it back; what is tied to it says so. Raises NoSuchPlan."""
    plan = await _with_goal(connection, plan_id, goal_id)
    await queries.end_goal(connection, id=goal_id, ended=ended)
    step = "goal_ended" if ended else "goal_brought_back"
    number = next(goal.number for goal in plan.goals if goal.id == goal_id)
    await _record(connection, staff, plan_id, step, plan.name, number)


async def _with_goal(connection: Connection, plan_id: UUID, goal_id: UUID) -> Plan:
    plan = await find(connection, plan_id)
    if all(goal.id != goal_id for goal in plan.goals):
        raise NoSuchPlan()
    return plan


async def tied(connection: Connection, campaign_id: UUID) -> list[Plan]:
    """Those that a finding of the round is tied to."""
    goals = {row["goal_id"] async for row in queries.ties(connection, campaign_id=campaign_id)}
    return [plan for plan in await all_of(connection) if any(goal.id in goals for goal in plan.goals)]


async def ties(connection: Connection, campaign_id: UUID) -> list[KeptTie]:
    """By plan and number."""
    found = []
    async for row in queries.ties(connection, campaign_id=campaign_id):
        goal = None
        if row["goal_id"] is not None:
            goal = Goal(
                plan=row["plan"],
                plan_kind=row["kind"],
                first_year=row["first_year"],
                last_year=row["last_year"],
                number=row["number"],
                text=row["body"],
                gone_on=row["gone_on"],
            )
        found.append(KeptTie(row["id"], Tie(row["finding_id"], goal, row["law"], row["reasoning"])))
    return found


async def tie(
    connection: Connection,
    staff: Staff,
    campaign_id: UUID,
    finding_id: str,
    goal_id: UUID | None,
    law: str,
    reasoning: str,
) -> None:
    """Say that a finding bears on a goal, a law, or both. Raises TooMany."""
    if await queries.count_ties(connection, campaign_id=campaign_id, finding_id=finding_id) >= MOST_TIES:
        raise TooMany(most=MOST_TIES)
    await queries.add_tie(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        finding_id=finding_id,
        goal_id=goal_id,
        law=law,
        reasoning=reasoning,
    )
    details = {"finding": finding_id, "law": law}
    await audit.record(connection, "loop.tied", "campaign", campaign_id, staff.id, details)


async def untie(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    """Raises NoSuchPlan when it is gone already."""
    if (finding_id := await queries.drop_tie(connection, campaign_id=campaign_id, id=id)) is None:
        raise NoSuchPlan()
    details = {"finding": finding_id}
    await audit.record(connection, "loop.untied", "campaign", campaign_id, staff.id, details)


async def _record(
    connection: Connection, staff: Staff, plan_id: UUID, step: str, name: str, number: str = ""
) -> None:
    details = {"plan": name, **({"goal": number} if number else {})}
    await audit.record(connection, f"plan.{step}", "plan", plan_id, staff.id, details)
