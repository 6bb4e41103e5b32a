"""What the landlord replies to a finding, and what three kinds of people know about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from reports.loop import Knowledge, Reply
from survey.database.pool import Connection
from survey.loop.dossiers import queries
from survey.loop.errors import SavedMeanwhile
from survey.people import audit
from survey.people.roles import Staff

LONGEST_TEXT = 1_000
LONGEST_ALTERNATIVE = 500
LONGEST_PLACE = 200


Record = TypeVar("Record")


@dataclass(frozen=True)
class Kept(Generic[Record]):
    """`revision`: what a form that shows it sends back, so that nobody writes over somebody else."""

    record: Record
    revision: int


async def all_of(connection: Connection, campaign_id: UUID) -> dict[str, Kept[Reply]]:
    """By finding."""
    return {
        row["finding_id"]: _reply(row) async for row in queries.replies(connection, campaign_id=campaign_id)
    }


async def save(
    connection: Connection,
    staff: Staff,
    campaign_id: UUID,
    finding_id: str,
    reply: Reply,
    seen: int,
    others: Sequence[str] = (),
) -> int:
    """Reply to a finding; `seen`: the revision that was shown, 0 where there was none.

    `others`: findings that get the same reply, unless they have one by now. How many of these got it. Raises
    SavedMeanwhile when somebody else has replied since.
    """
    written = {
        "campaign_id": campaign_id,
        "kind": reply.kind,
        "body": reply.text,
        "alternative": reply.alternative,
        "place": reply.place,
        "due_on": reply.due_on,
        "staff_id": staff.id,
    }
    first = {**written, "organisation_id": staff.organisation_id}
    if seen:
        done = await queries.change_reply(connection, **written, finding_id=finding_id, seen=seen)
    else:
        done = await queries.first_reply(connection, **first, finding_id=finding_id)
    if not done:
        raise SavedMeanwhile()
    same = [other for other in others if await queries.first_reply(connection, **first, finding_id=other)]
    details = {"finding": finding_id, "kind": reply.kind, "others": len(same)}
    await audit.record(connection, "loop.replied", "campaign", campaign_id, staff.id, details)
    return len(same)


async def take_back(
    connection: Connection, staff: Staff, campaign_id: UUID, finding_id: str, seen: int
) -> None:
    """Raises SavedMeanwhile."""
    if not await queries.take_back_reply(
        connection, campaign_id=campaign_id, finding_id=finding_id, seen=seen
    ):
        raise SavedMeanwhile()
    details = {"finding": finding_id}
    await audit.record(connection, "loop.reply_taken_back", "campaign", campaign_id, staff.id, details)


async def knowledge_of(connection: Connection, campaign_id: UUID) -> dict[str, Kept[Knowledge]]:
    """By finding."""
    return {
        row["finding_id"]: Kept(
            Knowledge(row["residents"], row["practice"], row["research"]), row["revision"]
        )
        async for row in queries.knowledge(connection, campaign_id=campaign_id)
    }


async def write_down(
    connection: Connection, staff: Staff, campaign_id: UUID, finding_id: str, known: Knowledge, seen: int
) -> None:
    """`seen`: as `save`. Raises SavedMeanwhile."""
    written = {
        "campaign_id": campaign_id,
        "finding_id": finding_id,
        "residents": known.residents,
        "practice": known.practice,
        "research": known.research,
        "staff_id": staff.id,
    }
    if seen:
        done = await queries.change_knowledge(connection, **written, seen=seen)
    else:
        done = await queries.first_knowledge(connection, organisation_id=staff.organisation_id, **written)
    if not done:
        raise SavedMeanwhile()
    details = {"finding": finding_id}
    await audit.record(connection, "loop.knowledge_written", "campaign", campaign_id, staff.id, details)


def _reply(row: Mapping[str, object]) -> Kept[Reply]:
    reply = Reply(row["kind"], row["body"], row["alternative"], row["place"], row["due_on"])  # type: ignore[arg-type]
    return Kept(reply, row["revision"])  # type: ignore[arg-type]
