"""What will be done about findings, by whom and by when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reports.loop import Measure
from survey.database.pool import Connection
from survey.loop import dossiers
from survey.loop.dossiers import queries
from survey.loop.errors import NoSuchMeasure, SavedMeanwhile, TooMany
from survey.people import audit
from survey.people.roles import Staff

LONGEST_TITLE = 200
LONGEST_UNIT = 120
LONGEST_HOPED = 500
LONGEST_OUTCOME = 1_000
MOST_MEASURES = 500
"""Of one round, those that were taken away among them."""


@dataclass(frozen=True)
class KeptMeasure:
    """`revision`: what a form that shows it sends back."""

    record: Measure
    revision: int


async def all_of(connection: Connection, campaign_id: UUID) -> list[KeptMeasure]:
    """What is due first, first; what is due on no day, last."""
    rows = queries.measures(connection, campaign_id=campaign_id)
    return [KeptMeasure(_measure(row), row["revision"]) async for row in rows]


async def find(connection: Connection, campaign_id: UUID, id: UUID) -> KeptMeasure:
    """Raises NoSuchMeasure, also when it was taken away."""
    row = await queries.measure(connection, campaign_id=campaign_id, id=id)
    if row is None or row["removed"]:
        raise NoSuchMeasure()
    return KeptMeasure(_measure(row), row["revision"])


async def add(connection: Connection, staff: Staff, campaign_id: UUID, measure: Measure) -> UUID:
    """The id it gets; its own does not count. A form that was sent twice gives one: the same title and day,
    by the same person within a minute, is that which is there. Raises NotBegun, TooMany."""
    await dossiers.the(connection, campaign_id)
    await queries.hold_measures(connection, campaign_id=campaign_id)
    there: UUID | None = await queries.same_measure(
        connection,
        campaign_id=campaign_id,
        title=measure.title,
        due_on=measure.due_on,
        staff_id=staff.id,
    )
    if there is not None:
        return there
    if await queries.count_measures(connection, campaign_id=campaign_id) >= MOST_MEASURES:
        raise TooMany(most=MOST_MEASURES)
    id: UUID = await queries.add_measure(
        connection, organisation_id=staff.organisation_id, campaign_id=campaign_id, **_planned(measure, staff)
    )
    await _tie(connection, staff, campaign_id, id, measure)
    await _record(connection, staff, campaign_id, "added", measure.title)
    return id


async def change(
    connection: Connection, staff: Staff, campaign_id: UUID, measure: Measure, seen: int
) -> None:
    """`seen`: the revision that was shown. Raises SavedMeanwhile."""
    done = await queries.change_measure(
        connection,
        campaign_id=campaign_id,
        id=measure.id,
        **_planned(measure, staff),
        outcome=measure.outcome,
        effect=measure.effect,
        verdict=measure.verdict,
        seen=seen,
    )
    if not done:
        raise SavedMeanwhile()
    await queries.drop_measure_findings(connection, id=measure.id)
    await _tie(connection, staff, campaign_id, measure.id, measure)
    await _record(connection, staff, campaign_id, "changed", measure.title)


async def remove(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    """It can be brought back. Raises NoSuchMeasure."""
    await _removed(connection, staff, campaign_id, id, True)


async def bring_back(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    """Raises NoSuchMeasure."""
    await _removed(connection, staff, campaign_id, id, False)


async def _removed(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID, removed: bool) -> None:
    title = await queries.remove_measure(
        connection, campaign_id=campaign_id, id=id, removed=removed, staff_id=staff.id
    )
    if title is None:
        raise NoSuchMeasure()
    await _record(connection, staff, campaign_id, "removed" if removed else "brought_back", title)


async def _tie(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID, measure: Measure) -> None:
    await queries.tie_measure(
        connection,
        organisation_id=staff.organisation_id,
        id=id,
        campaign_id=campaign_id,
        findings=list(measure.findings),
    )


def _planned(measure: Measure, staff: Staff) -> dict[str, Any]:
    return {
        "title": measure.title,
        "owner": measure.owner,
        "level": measure.level,
        "unit": measure.unit,
        "due_on": measure.due_on,
        "budget_line": measure.budget_line,
        "status": measure.status,
        "hoped": measure.hoped,
        "staff_id": staff.id,
    }


def _measure(row: Any) -> Measure:
    return Measure(
        id=row["id"],
        title=row["title"],
        owner=row["owner"],
        level=row["level"],
        unit=row["unit"],
        due_on=row["due_on"],
        budget_line=row["budget_line"],
        status=row["status"],
        hoped=row["hoped"],
        findings=tuple(row["findings"]),
        outcome=row["outcome"],
        effect=row["effect"],
        verdict=row["verdict"],
    )


async def _record(connection: Connection, staff: Staff, campaign_id: UUID, step: str, title: str) -> None:
    details = {"measure": title}
    await audit.record(connection, f"measure.{step}", "campaign", campaign_id, staff.id, details)
