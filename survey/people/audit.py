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
    at: datetime
    action: str
    staff_name: str | None
    about: str | None
    """Name of the round or estate, None for what is about neither."""
    details: Mapping[str, object]


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


async def latest(connection: Connection, most: int = 200) -> tuple[Entry, ...]:
    """The newest entries of the organisation of the connection, newest first."""
    rows = [row async for row in _queries.audit_entries(connection, most=most)]
    return tuple(
        Entry(row["at"], row["action"], row["staff_name"], row["about"], json.loads(row["details"]))
        for row in rows
    )
