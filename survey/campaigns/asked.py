"""Estates as rounds ask them: what may be changed about a building while tenants there are being asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from survey.campaigns.errors import EstateInUse, TooFewDwellings
from survey.campaigns.rounds import queries
from survey.database.pool import Connection
from survey.people.roles import Staff
from survey.register import estates
from survey.register.errors import EstateChanged


@dataclass(frozen=True)
class Asking:
    """A round that asks an estate."""

    name: str
    status: Literal["draft", "open", "closed"]
    homes: int | None
    """Dwellings asked: fewer than the invited where persons are asked."""
    held: bool
    """Open, or links were fetched: as many as `homes` have been promised to be asked."""


async def asking(connection: Connection, estate_id: UUID) -> tuple[Asking, ...]:
    """The rounds with this estate, newest first."""
    rows = [row async for row in queries.rounds_asking(connection, estate_id=estate_id)]
    return tuple(Asking(row["name"], row["status"], row["homes"], row["held"]) for row in rows)


async def change_estate(
    connection: Connection,
    staff: Staff,
    id: UUID,
    *,
    area: str,
    name: str,
    dwellings: int | None,
    seen: str,
) -> None:
    """Another name, area or number of dwellings. Drafts without links follow the number.

    `seen`: the mark of the estate as the officer saw it. Raises NoSuchEstate, EstateChanged, EstateExists,
    BadDwellings, and TooFewDwellings when a round that is not closed has
    asked more.
    """
    await _hold(connection, id)
    if (await estates.find(connection, id)).mark != seen:
        raise EstateChanged()
    for round in await asking(connection, id):
        if round.held and round.status != "closed" and (dwellings or 0) < (round.homes or 0):
            raise TooFewDwellings(round=round.name, invited=round.homes)
    await estates.change(connection, staff, id, area=area, name=name, dwellings=dwellings)
    if dwellings is not None:
        await queries.drafts_follow(connection, estate_id=id, invited=dwellings)


async def remove_estate(connection: Connection, staff: Staff, id: UUID) -> bool:
    """Delete an estate no round has asked (True); else archive it, so that old reports stay whole (False).

    Raises NoSuchEstate, and EstateInUse when a round with it is not closed.
    """
    await _hold(connection, id)
    used = await asking(connection, id)
    for round in used:
        if round.status != "closed":
            raise EstateInUse(round=round.name)
    if used:
        await estates.archive(connection, staff, id)
    else:
        await estates.delete(connection, staff, id)
    return not used


async def _hold(connection: Connection, estate_id: UUID) -> None:
    """The estate and its rounds stay as they are until the transaction ends. Raises NoSuchEstate."""
    await estates.lock(connection, estate_id)
    async for _ in queries.lock_rounds_asking(connection, estate_id=estate_id):
        pass
