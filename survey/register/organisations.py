"""Organisations: set up by the operator, found by name on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Connection, Database
from survey.register.errors import NoSuchOrganisation, OrganisationExists, UnknownKind

KINDS = ("municipality", "housing_company", "private_landlord", "student_welfare", "research")

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Organisation:
    id: UUID
    name: str
    fictitious: bool


async def own(connection: Connection) -> Organisation:
    """The organisation of the connection: row level security shows no other."""
    rows = [row async for row in _queries.organisations(connection)]
    return Organisation(rows[0]["id"], rows[0]["name"], rows[0]["fictitious"])


async def add(database: Database, name: str, kind: str, *, fictitious: bool = False) -> UUID:
    """A new organisation. Raises UnknownKind, OrganisationExists."""
    if kind not in KINDS:
        raise UnknownKind(kind=kind, kinds=", ".join(KINDS))
    async with database.owner() as connection:
        if [row async for row in _queries.organisations_named(connection, name=name.strip())]:
            raise OrganisationExists(name=name)
        organisation_id: UUID = await _queries.add_organisation(
            connection, name=name.strip(), kind=kind, fictitious=fictitious
        )
    return organisation_id


async def named(database: Database, name: str) -> UUID:
    """The organisation with exactly this name. Raises NoSuchOrganisation."""
    async with database.owner() as connection:
        rows = [row async for row in _queries.organisations_named(connection, name=name.strip())]
    if not rows:
        raise NoSuchOrganisation(name=name)
    organisation_id: UUID = rows[0]["id"]
    return organisation_id
