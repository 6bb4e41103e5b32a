"""All that has come of a round's findings, as documents print it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from reports.findings.model import FoundResult
from reports.livery import Livery
from reports.loop import Before, Edition, Loop
from survey.database.pool import Connection
from survey.loop import dossiers, measures, plans, quotes, readings, replies
from survey.loop.dossiers import queries
from survey.register import liveries


async def of_report(
    connection: Connection, campaign_id: UUID, estate_id: str | None, area: str | None = None
) -> tuple[Loop, tuple[FoundResult, ...]]:
    """For the report on one estate, on an area, or on all: what came of the round's findings, and those of
    the place.

    Of a round with one estate they stand under the landlord.
    """
    loop = await loop_of(connection, campaign_id)
    found: list[FoundResult] = []
    if area is not None:
        return loop, tuple(await dossiers.of_place(connection, campaign_id, "area", area))
    if estate_id is not None:
        found = await dossiers.of_place(connection, campaign_id, "estate", estate_id)
    if estate_id is None or not found:
        dossier = await dossiers.find(connection, campaign_id)
        if dossier and (estate_id is None or all(place.level != "estate" for place in dossier.places)):
            found = await dossiers.of_place(connection, campaign_id, "all", "")
    return loop, tuple(found)


async def loop_of(
    connection: Connection, campaign_id: UUID, edition: Edition | None = None, made_on: date | None = None
) -> Loop:
    """Empty for a round that nobody has worked on. `edition`: what it is frozen in; None for a draft, which
    is made today or on `made_on`."""
    before = await queries.round_before(connection, campaign_id=campaign_id)
    agreed = None
    if before is not None:
        then = tuple(one.record for one in await measures.all_of(connection, before["id"]))
        hung = {id for one in then for id in one.findings}
        agreed = Before(before["name"], then, tuple(await dossiers.some(connection, before["id"], hung)))
    known = await replies.knowledge_of(connection, campaign_id)
    return Loop(
        replies={id: kept.record for id, kept in (await replies.all_of(connection, campaign_id)).items()},
        knowledge={id: kept.record for id, kept in known.items()},
        heard=await readings.heard(connection, campaign_id),
        readers=link.told if (link := await readings.link(connection, campaign_id)) and not link.open else 0,
        measures=tuple(kept.record for kept in await measures.all_of(connection, campaign_id)),
        ties=tuple(kept.record for kept in await plans.ties(connection, campaign_id)),
        quotes=await quotes.approved(connection, campaign_id),
        before=agreed if agreed and agreed.measures else None,
        edition=edition,
        livery=await _livery(connection, campaign_id, edition),
        made_on=None if edition else made_on or date.today(),
    )


async def _livery(connection: Connection, campaign_id: UUID, edition: Edition | None) -> Livery | None:
    """That of today for a draft; an edition keeps the one it was ordered in."""
    if edition is None:
        return await liveries.worn(connection)
    id = await queries.edition_livery(connection, campaign_id=campaign_id, version=edition.version)
    return None if id is None else await liveries.find(connection, id)
