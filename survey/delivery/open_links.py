"""Open links: for places without a register, and for libraries, cafés and partners.

Whoever follows one gets a personal link made on the spot, as often as they like: such answers are a stratum
of their own, counted and told apart, and no part of any estimate.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from survey.campaigns import rounds
from survey.campaigns.errors import NoSuchEstateInRound
from survey.database.pool import Connection
from survey.delivery.errors import NoSuchOpenLink
from survey.delivery.safe import queries
from survey.people import audit
from survey.people.roles import Staff

Source = Literal["estate", "library", "cafe", "partner"]
SOURCES: tuple[Source, ...] = ("estate", "library", "cafe", "partner")
_SLUG = "23456789abcdefghjkmnpqrstvxyz"


@dataclass(frozen=True)
class OpenLink:
    """`estate`: the building the answers are about. `active`: takes new ones."""

    id: UUID
    estate: str
    source: Source
    slug: str
    active: bool

    @property
    def path(self) -> str:
        return f"/a/{self.slug}"


async def all_of(connection: Connection, round_id: UUID) -> tuple[OpenLink, ...]:
    rows = [row async for row in queries.open_links(connection, campaign_id=round_id)]
    return tuple(OpenLink(**row) for row in rows)


async def find(connection: Connection, round_id: UUID, id: UUID) -> OpenLink:
    """Raises NoSuchOpenLink."""
    for link in await all_of(connection, round_id):
        if link.id == id:
            return link
    raise NoSuchOpenLink()


async def add(connection: Connection, staff: Staff, round_id: UUID, estate_id: UUID, source: str) -> None:
    """One link for each building and place; the one there is when asked for again. Raises ValueError for an
    unknown source, NoSuchEstateInRound."""
    if source not in SOURCES:
        raise ValueError(source)
    round = await rounds.find(connection, round_id)
    if estate_id not in {estate.id for estate in round.estates}:
        raise NoSuchEstateInRound()
    await queries.add_open_link(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=round_id,
        estate_id=estate_id,
        source=source,
        slug="".join(secrets.choice(_SLUG) for _ in range(10)),
    )
    details = {"source": source}
    await audit.record(connection, "campaign.open_link_added", "campaign", round_id, staff.id, details)


async def switch(connection: Connection, staff: Staff, round_id: UUID, id: UUID, active: bool) -> None:
    """Off: gives no new rights; those it gave stay. Raises NoSuchOpenLink."""
    await find(connection, round_id, id)
    await queries.switch_open_link(connection, id=id, active=active)
    details = {"active": active}
    await audit.record(connection, "campaign.open_link_switched", "campaign", round_id, staff.id, details)
