"""What was deleted of a round and what stays of it, for the console. Light: computes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Connection

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Entry:
    """A line of the log, which nobody can change."""

    done_on: date
    step: str
    counts: dict[str, int]
    done_by: str | None = None
    """Of a contact key: 'mixer' or 'sender', whoever destroyed its file. None: not kept in older entries."""


async def log(connection: Connection, campaign_id: UUID) -> tuple[Entry, ...]:
    """What was deleted of a round, the oldest first. The connection has the role of the registry."""
    rows = [row async for row in _queries.log(connection, campaign_id=campaign_id)]
    return tuple(
        Entry(row["done_on"], row["step"], json.loads(row["counts"]), row["done_by"]) for row in rows
    )


async def key_waits(connection: Connection, campaign_id: UUID) -> bool:
    """Whether the key to a round's addresses should be gone and is not known to be. Role of the registry."""
    waits: bool = await _queries.key_waits(connection, campaign_id=campaign_id)
    return waits


async def scopes(connection: Connection, campaign_id: UUID) -> frozenset[str]:
    """Which reports of a round have been read or printed: 'all', ids of estates. Role of the answers."""
    return frozenset([row["scope"] async for row in _queries.scopes(connection, campaign_id=campaign_id)])
