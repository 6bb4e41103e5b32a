"""Landlords who have both said that a round of each may be compared: what they show each other, and no more.

What crosses is written down by the one who says yes (`reports.peers.share`) and read by the other under row
level security, from the moment both have said so until one takes it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from reports.compute import compute
from reports.peers import Shared, share
from survey.campaigns import rounds
from survey.campaigns.errors import UnknownPeers
from survey.campaigns.rounds import queries
from survey.campaigns.waves import load_waves
from survey.database.pool import Database
from survey.people import audit
from survey.people.roles import Staff
from survey.retention import published


@dataclass(frozen=True)
class Offer:
    """What one organisation has said of a round. `names`: of those it may be compared with; none: all who say
    the same."""

    names: tuple[str, ...]


async def offer_of(database: Database, organisation_id: UUID, round_id: UUID) -> Offer | None:
    """None: the round is not to be compared. Raises NoSuchRound."""
    async with database.registry(organisation_id) as connection:
        await rounds.find(connection, round_id)
        if not await queries.offers(connection, campaign_id=round_id):
            return None
        return Offer(
            tuple([row["name"] async for row in queries.offer_names(connection, campaign_id=round_id)])
        )


async def shared_by(database: Database, organisation_id: UUID, round_id: UUID) -> tuple[Shared, str]:
    """What would cross, and the hash of the sealed wave that it tells of. The report that it is read off is
    kept as published. Raises as `load_waves`."""
    both = await load_waves(database, organisation_id, round_id)
    results = await asyncio.to_thread(compute, both.now, None, both.before)
    if not both.before_deleted:
        await published.keep(database, both, None, results)
    return share(results), both.now.content_hash


async def agree(database: Database, staff: Staff, round_id: UUID, names: Sequence[str]) -> None:
    """Say that a closed round may be compared with the organisations of these names, or, without names, with
    all who say the same; in place of what was said before.

    Raises UnknownPeers, and as `load_waves`.
    """
    shared, wave_hash = await shared_by(database, staff.organisation_id, round_id)
    async with database.registry(staff.organisation_id) as connection:
        found = {name: await queries.organisation_to_name(connection, name=name) for name in names}
        if unknown := [name for name, id in found.items() if id is None]:
            raise UnknownPeers(names=", ".join(unknown))
    async with database.answers(staff.organisation_id) as connection:
        await queries.put_shared(
            connection,
            organisation_id=staff.organisation_id,
            campaign_id=round_id,
            wave_hash=bytes.fromhex(wave_hash),
            shared=shared.model_dump_json(),
        )
    async with database.registry(staff.organisation_id) as connection:
        await queries.drop_offers(connection, campaign_id=round_id)
        for other in dict.fromkeys(found.values()) if found else (None,):
            await queries.add_offer(
                connection,
                organisation_id=staff.organisation_id,
                campaign_id=round_id,
                with_organisation_id=other,
            )
        await audit.record(
            connection, "comparison.agreed", "campaign", round_id, staff.id, {"others": ", ".join(names)}
        )


async def withdraw(database: Database, staff: Staff, round_id: UUID) -> None:
    """Take it back: from now on nobody else is shown anything of the round. Raises NoSuchRound."""
    async with database.registry(staff.organisation_id) as connection:
        await rounds.find(connection, round_id)
        if not await queries.drop_offers(connection, campaign_id=round_id):
            return
        await audit.record(connection, "comparison.withdrawn", "campaign", round_id, staff.id)
    async with database.answers(staff.organisation_id) as connection:
        await queries.drop_shared(connection, campaign_id=round_id)


async def shown_by_others(database: Database, organisation_id: UUID, round_id: UUID) -> tuple[Shared, ...]:
    """What those show whom this round may be compared with, and who have said so of theirs."""
    async with database.answers(organisation_id) as connection:
        rows = [row["shared"] async for row in queries.shared_with(connection, campaign_id=round_id)]
    return tuple(map(Shared.model_validate_json, rows))
