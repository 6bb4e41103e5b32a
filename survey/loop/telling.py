"""All that has come of a round's findings, as documents print it."""

from __future__ import annotations

from uuid import UUID

from reports.loop import Before, Loop
from survey.database.pool import Connection
from survey.loop import measures, plans, replies
from survey.loop.dossiers import queries


async def loop_of(connection: Connection, campaign_id: UUID) -> Loop:
    """Empty for a round that nobody has worked on."""
    before = await queries.round_before(connection, campaign_id=campaign_id)
    agreed = None
    if before is not None:
        agreed = Before(
            before["name"], tuple(one.record for one in await measures.all_of(connection, before["id"]))
        )
    known = await replies.knowledge_of(connection, campaign_id)
    return Loop(
        replies={id: kept.record for id, kept in (await replies.all_of(connection, campaign_id)).items()},
        knowledge={id: kept.record for id, kept in known.items()},
        measures=tuple(kept.record for kept in await measures.all_of(connection, campaign_id)),
        ties=tuple(kept.record for kept in await plans.ties(connection, campaign_id)),
        before=agreed if agreed and agreed.measures else None,
    )
