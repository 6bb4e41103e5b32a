"""The log of what staff and system did. Each entry is written in the transaction it tells about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Connection

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Entry:
    id: UUID
    at: datetime
    action: str
    staff_name: str | None
    about: str | None
    """Name of the round or estate, None for what is about neither."""
    estate: str | None
    """Name of the estate, for what is about one estate of a round."""
    account: str | None
    """Name and e-mail, for what is about somebody's account."""
    details: Mapping[str, object]


@dataclass(frozen=True)
class Page:
    entries: tuple[Entry, ...]
    more: bool
    """Whether there are older entries."""


async def record(
    connection: Connection,
    action: str,
    entity: str,
    entity_id: UUID | None,
    staff_id: UUID | None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one entry for the organisation of the connection. `staff_id` None: a command."""
    await _queries.write_audit(
        connection,
        staff_id=staff_id,
        action=action,
        entity=entity,
        entity_id=entity_id,
        details=json.dumps(dict(details or {}), ensure_ascii=False),
    )


async def page(
    connection: Connection, *, staff_id: UUID | None = None, before: UUID | None = None, most: int = 100
) -> Page:
    """The newest entries of the organisation of the connection, newest first.

    `staff_id`: only what this person did. `before`: only what is older than that entry.
    """
    rows = [
        row
        async for row in _queries.audit_entries(connection, staff_id=staff_id, before=before, most=most + 1)
    ]
    entries = tuple(
        Entry(
            id=row["id"],
            at=row["at"],
            action=row["action"],
            staff_name=row["staff_name"],
            about=row["about"],
            estate=row["estate"],
            account=f"{row['account']}, {row['email']}" if row["account"] else None,
            details=json.loads(row["details"]),
        )
        for row in rows[:most]
    )
    return Page(entries, more=len(rows) > most)
