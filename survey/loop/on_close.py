"""What is made of a round by itself, as drafts and once, when it is closed and its answers are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from survey.database.pool import Connection, Database
from survey.loop.dossiers import queries
from survey.loop.errors import SavedMeanwhile
from survey.people import audit
from survey.people.roles import Staff

MOST_FAULT = 500


@dataclass(frozen=True)
class OnClose:
    """`state`: waiting for the round, made, or failed by `fault`. `places`: 'all', 'estates'."""

    documents: tuple[str, ...]
    languages: tuple[str, ...]
    places: tuple[str, ...]
    state: Literal["waiting", "made", "failed"]
    fault: str


async def find(connection: Connection, campaign_id: UUID) -> OnClose | None:
    """None where nothing is made by itself."""
    row = await queries.on_close(connection, campaign_id=campaign_id)
    if row is None:
        return None
    documents, languages, places = (tuple(row[name]) for name in ("documents", "languages", "places"))
    return OnClose(documents, languages, places, row["state"], row["fault"])


async def keep(
    connection: Connection,
    staff: Staff,
    campaign_id: UUID,
    documents: Sequence[str],
    languages: Sequence[str],
    places: Sequence[str],
) -> None:
    """In place of what was chosen before. Raises SavedMeanwhile once the round is closed."""
    kept = await queries.put_on_close(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        documents=list(documents),
        languages=list(languages),
        places=list(places),
        staff_id=staff.id,
    )
    if not kept:
        raise SavedMeanwhile()
    details = {"documents": list(documents), "languages": list(languages), "places": list(places)}
    await audit.record(connection, "edition.on_close_set", "campaign", campaign_id, staff.id, details)


async def drop(connection: Connection, staff: Staff, campaign_id: UUID) -> None:
    """Nothing is made by itself. Raises SavedMeanwhile when nothing was to be, or it is made."""
    if not await queries.drop_on_close(connection, campaign_id=campaign_id):
        raise SavedMeanwhile()
    await audit.record(connection, "edition.on_close_dropped", "campaign", campaign_id, staff.id, {})


async def due(database: Database) -> list[tuple[UUID, UUID]]:
    """(organisation, round) of everybody's."""
    async with database.registry_anonymous() as connection:
        rows = queries.due_on_close(connection)
        return [(row["organisation_id"], row["campaign_id"]) async for row in rows]


async def alone(connection: Connection, campaign_id: UUID) -> bool:
    """Whether no other process is at it; for as long as the transaction lasts."""
    return bool(await queries.make_alone(connection, campaign_id=campaign_id))


async def settle(connection: Connection, campaign_id: UUID, fault: str = "") -> None:
    """It is made, or will not be."""
    state = "failed" if fault else "made"
    await queries.settle_on_close(connection, campaign_id=campaign_id, state=state, fault=fault[:MOST_FAULT])
