"""Estates and the areas they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Connection
from survey.people import audit
from survey.register.errors import BadDwellings

MOST_DWELLINGS = 10_000

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Estate:
    id: UUID
    name: str
    area: str
    dwellings: int | None
    """None: not known, as for historic surveys; such an estate cannot be invited."""


async def add(
    connection: Connection, organisation_id: UUID, *, area: str, name: str, dwellings: int | None
) -> UUID:
    """A new estate; its area is made when it is new, too. Raises BadDwellings."""
    if dwellings is not None and not 1 <= dwellings <= MOST_DWELLINGS:
        raise BadDwellings(name=name, dwellings=dwellings, most=MOST_DWELLINGS)
    area_id = await _queries.area_named(connection, name=area)
    if area_id is None:
        area_id = await _queries.add_area(connection, organisation_id=organisation_id, name=area)
    estate_id: UUID = await _queries.add_estate(
        connection, organisation_id=organisation_id, area_id=area_id, name=name, dwellings=dwellings
    )
    await audit.record(connection, "estate.added", "estate", estate_id, None, {"dwellings": dwellings})
    return estate_id


async def all_of(connection: Connection) -> tuple[Estate, ...]:
    """The estates of the organisation of the connection, by area and name."""
    rows = [row async for row in _queries.estates(connection)]
    return tuple(Estate(row["id"], row["name"], row["area"], row["dwellings"]) for row in rows)


def by_area(estates: tuple[Estate, ...]) -> tuple[tuple[str, tuple[Estate, ...]], ...]:
    """(area, its estates), for a list with headings; expects the order of `all_of`."""
    return tuple((area, tuple(group)) for area, group in groupby(estates, key=lambda estate: estate.area))
