"""The organisation's own colour and logo: one is worn, and those that editions were frozen in are kept."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
from asyncpg import Record, UniqueViolationError

from reports.livery import Livery, Logo
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.register.errors import LiveryChanged

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


async def worn(connection: Connection) -> Livery | None:
    """That of documents made now; None for the colours of the house."""
    return _read(await _queries.livery(connection, id=None))


async def find(connection: Connection, id: UUID) -> Livery | None:
    """One that was worn at some time."""
    return _read(await _queries.livery(connection, id=id))


async def wear(connection: Connection, staff: Staff, livery: Livery) -> None:
    """From now on. Raises LiveryChanged where somebody else changes it at this moment."""
    logo = livery.logo
    await _queries.take_livery_off(connection)
    try:
        await _queries.add_livery(
            connection,
            organisation_id=staff.organisation_id,
            colour=livery.colour,
            plate=livery.plate,
            logo=logo.content if logo else None,
            media_type=logo.media_type if logo else None,
            width=logo.width if logo else None,
            height=logo.height if logo else None,
            alt=logo.alt if logo else "",
        )
    except UniqueViolationError:
        raise LiveryChanged() from None
    await _queries.forget_liveries(connection)
    details = {"colour": livery.colour, "logo": logo.content_hash[:16] if logo else None}
    await audit.record(connection, "livery.changed", "organisation", staff.organisation_id, staff.id, details)


async def take_off(connection: Connection, staff: Staff) -> None:
    """Back to the colours of the house; documents that are frozen keep theirs."""
    await _queries.take_livery_off(connection)
    await _queries.forget_liveries(connection)
    await audit.record(connection, "livery.removed", "organisation", staff.organisation_id, staff.id)


def _read(row: Record | None) -> Livery | None:
    if row is None:
        return None
    logo = None
    if row["logo"] is not None:
        content = bytes(row["logo"])
        logo = Logo(
            content=content,
            media_type=row["media_type"],
            width=row["width"],
            height=row["height"],
            alt=row["alt"],
            content_hash=sha256(content).hexdigest(),
        )
    return Livery(row["colour"], logo, row["plate"])
