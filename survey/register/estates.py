"""Estates and the areas they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
from asyncpg import UniqueViolationError

from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.register.errors import BadDwellings, EstateExists, NoSuchEstate

MOST_DWELLINGS = 10_000

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Estate:
    id: UUID
    name: str
    area: str
    dwellings: int | None
    """None: not known, as for historic surveys; such an estate cannot be invited."""
    archived: bool = False
    """Out of use: kept for the rounds it was in, offered to no new one."""

    @property
    def mark(self) -> str:
        """Another one after every change: tells whether a form was filled in from this estate."""
        known = (self.name, self.area, self.dwellings, self.archived)
        return blake2b(repr(known).encode(), digest_size=12).hexdigest()

    @property
    def askable(self) -> bool:
        """Whether a new round may ask it."""
        return self.dwellings is not None and not self.archived


async def add(
    connection: Connection,
    organisation_id: UUID,
    *,
    area: str,
    name: str,
    dwellings: int | None,
    staff: Staff | None = None,
) -> UUID:
    """A new estate; its area is made when it is new, too. `staff` None: a command.

    Raises BadDwellings, EstateExists.
    """
    _check(name, dwellings)
    area_id = await _area(connection, organisation_id, area)
    estate_id: UUID | None = await _queries.add_estate(
        connection, organisation_id=organisation_id, area_id=area_id, name=name, dwellings=dwellings
    )
    if estate_id is None:
        raise EstateExists(name=name, area=area)
    by = staff.id if staff else None
    await audit.record(connection, "estate.added", "estate", estate_id, by, {"dwellings": dwellings})
    return estate_id


async def change(
    connection: Connection, staff: Staff, id: UUID, *, area: str, name: str, dwellings: int | None
) -> None:
    """Another name, area or number. Raises NoSuchEstate, BadDwellings, EstateExists.

    A number once known stays known: rounds would no longer know how many they ask.
    """
    before = await find(connection, id)
    if dwellings is not None or before.dwellings is not None:
        _check(name, dwellings or 0)
    area_id = await _area(connection, staff.organisation_id, area)
    try:
        async with connection.transaction():
            await _queries.change_estate(connection, id=id, area_id=area_id, name=name, dwellings=dwellings)
    except UniqueViolationError:
        raise EstateExists(name=name, area=area) from None
    details = {"dwellings": dwellings, "before": before.dwellings}
    await audit.record(connection, "estate.changed", "estate", id, staff.id, details)


async def archive(connection: Connection, staff: Staff, id: UUID, *, archived: bool = True) -> None:
    """Take an estate out of use, or (`archived` False) into use again. Raises NoSuchEstate."""
    await lock(connection, id)
    await _queries.set_archived(connection, id=id, archived=archived)
    action = "estate.archived" if archived else "estate.restored"
    await audit.record(connection, action, "estate", id, staff.id)


async def delete(connection: Connection, staff: Staff, id: UUID) -> None:
    """An estate that no round has ever asked is gone. Raises NoSuchEstate."""
    gone = await find(connection, id)
    await _queries.delete_estate(connection, id=id)
    await audit.record(connection, "estate.deleted", "estate", id, staff.id, {"name": gone.name})


async def all_of(connection: Connection) -> tuple[Estate, ...]:
    """The estates of the organisation of the connection, by area and name, archived ones too."""
    rows = [row async for row in _queries.estates(connection, id=None)]
    return tuple(_estate(row) for row in rows)


async def find(connection: Connection, id: UUID) -> Estate:
    """One estate. Raises NoSuchEstate, also when it belongs to somebody else."""
    rows = [row async for row in _queries.estates(connection, id=id)]
    if not rows:
        raise NoSuchEstate()
    return _estate(rows[0])


async def lock(connection: Connection, id: UUID) -> None:
    """Hold an estate until the transaction ends. Raises NoSuchEstate."""
    if await _queries.lock_estate(connection, id=id) is None:
        raise NoSuchEstate()


def by_area(estates: tuple[Estate, ...]) -> tuple[tuple[str, tuple[Estate, ...]], ...]:
    """(area, its estates), for a list with headings; expects the order of `all_of`."""
    return tuple((area, tuple(group)) for area, group in groupby(estates, key=lambda estate: estate.area))


def _estate(row: Any) -> Estate:
    return Estate(row["id"], row["name"], row["area"], row["dwellings"], row["archived"])


def _check(name: str, dwellings: int | None) -> None:
    if dwellings is not None and not 1 <= dwellings <= MOST_DWELLINGS:
        raise BadDwellings(name=name, dwellings=dwellings, most=MOST_DWELLINGS)


async def _area(connection: Connection, organisation_id: UUID, name: str) -> UUID:
    """The area of this name, made when it is new; two who make it at once get the same one."""
    await _queries.add_area(connection, organisation_id=organisation_id, name=name)
    area_id: UUID = await _queries.area_named(connection, name=name)
    return area_id
