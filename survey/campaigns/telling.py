"""The first time numbers of a round are told: what they rest on stands from then on.

Numbers are told when a wave is loaded to be shown. From then on its areas are those of that day (an estate
that moves would be the difference between two tables of its area), and its register margins stand. And it has
been laid beside all rounds that were told before: of an imported file that has nearly the same answers only
one is told; where nearly the same people answered anew, what they are is not told again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from reports.copies import copied
from reports.likeness import Likeness, likeness
from reports.waves import RegisterMargin, Wave, queries
from survey.campaigns.errors import NearlyTheSame
from survey.database.pool import Connection, Database


@dataclass(frozen=True)
class Other:
    """Another closed round of the organisation whose answers are there."""

    id: UUID
    name: str
    imported: bool
    load: Callable[[], Awaitable[Wave]]


async def told(
    database: Database,
    wave: Wave,
    *,
    imported: bool,
    others: Callable[[], Awaitable[tuple[Other, ...]]],
) -> Wave:
    """The wave as it is told, today and every time after.

    `others`: asked the first time. Raises NearlyTheSame when one of them was told before and has nearly the
    same answers: one of the two was `imported`.
    """
    async with database.answers(wave.organisation_id) as connection:
        row = await queries.opened(connection, campaign_id=wave.campaign_id)
        if row is not None:
            return await _as_told(connection, wave, row)
    known = {other.id: other for other in await others()}
    found: dict[UUID, Likeness] = {}
    while True:
        async with database.answers(wave.organisation_id) as connection:
            await queries.hold_organisation(connection, organisation_id=wave.organisation_id)
            before = {told["campaign_id"] async for told in queries.told_rounds(connection)}
            # What was told by an earlier version stays as it was told.
            beside = set() if wave.campaign_id in before else before & known.keys()
            if beside <= found.keys():
                return await _open(connection, wave, [found[id] for id in beside])
        # Others are read without holding anything that somebody else may wait for.
        for other in [known[id] for id in sorted(beside - found.keys())]:
            earlier = await other.load()
            if (imported or other.imported) and await asyncio.to_thread(copied, wave, earlier):
                raise NearlyTheSame(round=other.name)
            found[other.id] = await asyncio.to_thread(likeness, wave, earlier)


async def _open(connection: Connection, wave: Wave, alike: list[Likeness]) -> Wave:
    repeated = frozenset[str]().union(*(one.repeated for one in alike))
    unchanged = frozenset[str]().union(*(one.unchanged for one in alike)) - repeated
    await queries.add_opened(
        connection,
        organisation_id=wave.organisation_id,
        campaign_id=wave.campaign_id,
        wave_hash=bytes.fromhex(wave.content_hash),
        places=json.dumps([[estate.id, estate.area] for estate in wave.estates], ensure_ascii=False),
        repeated=sorted(repeated),
        unchanged=sorted(unchanged),
    )
    row = await queries.opened(connection, campaign_id=wave.campaign_id)
    return await _as_told(connection, wave, row)


async def margins_of(connection: Connection, campaign_id: UUID) -> tuple[RegisterMargin, ...]:
    """What the register has of those a round asked, by question; the role is that of the answers."""
    found: dict[str, list[tuple[tuple[int, ...], int]]] = {}
    async for row in queries.margins(connection, campaign_id=campaign_id):
        found.setdefault(row["item"], []).append((tuple(row["codes"]), row["number"]))
    return tuple(RegisterMargin(item, tuple(groups)) for item, groups in found.items())


async def _as_told(connection: Connection, wave: Wave, row: Any) -> Wave:
    places: list[tuple[str, str]] = json.loads(row["places"])
    named = {estate.id: estate for estate in wave.estates}
    return replace(
        wave,
        # In their order, too: what the ledger says of cells goes by it, whatever estates are called today.
        estates=tuple(replace(named[id], area=area) for id, area in places if id in named),
        margins=await margins_of(connection, wave.campaign_id),
        repeated=frozenset(row["repeated"]),
        unchanged=frozenset(row["unchanged"]),
    )
