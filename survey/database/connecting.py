"""The first connection to somebody's database, and what to say when there is none to be had."""

from __future__ import annotations

import asyncpg

from survey.database.binaries import OLDEST
from survey.database.errors import DatabaseUnsuitable
from survey.database.pool import REFUSALS, queries, unreachable

PATIENCE_SECONDS = 20  # a host behind a firewall never answers
ENCODING = "UTF8"


async def connect(url: str) -> asyncpg.Connection[asyncpg.Record]:
    """Raises DatabaseUnreachable, or DatabaseUnsuitable when we cannot keep our data there."""
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE_SECONDS)
    except REFUSALS as error:
        raise unreachable(url, error) from error
    try:
        encoding = await queries.server_encoding(connection)
        require_suitable(connection.get_server_version().major, encoding)
    except BaseException:
        await connection.close()
        raise
    return connection


def require_suitable(major: int, encoding: str) -> None:
    if major < OLDEST:
        raise DatabaseUnsuitable("fault.database.old", major=major, oldest=OLDEST)
    if encoding != ENCODING:
        raise DatabaseUnsuitable("fault.database.encoding", encoding=encoding, wanted=ENCODING)
