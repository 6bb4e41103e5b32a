"""The files of the database: what was deleted is to be gone from them, too.

PostgreSQL frees the room of deleted and overwritten rows, and leaves what stood there. Who took part, drafts,
answers and addresses could be read in a copy of the files long after they were gone from every table. So
whatever deletes them marks the tables in the same transaction (`retention.mark`), and the mixer has these
written anew: into new files, with their indexes, in the order of ids that were drawn by lot.

The write-ahead log holds what was deleted, too: when all tables are written its present file is left for a
new one, and removed by PostgreSQL at its next checkpoint, within minutes.

While a table is written nobody else can use it. It is not waited for longer than a fifth of a second, nor one
table after the other: those who send would wait in line behind us.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import aiosql
import asyncpg

from survey import logs
from survey.database.pool import Database

WAITS = "a table cannot be written anew while others hold it"

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


async def write_anew(database: Database) -> int:
    """Whatever is marked and can be done now; how many tables that was. The rest is for the next look: what
    others hold, and what somebody's older transaction might still see, which would be carried over."""
    async with database.mixer() as connection:
        marked = {row["relation"]: row["ready"] async for row in _queries.to_write_anew(connection)}
    ready = [relation for relation, is_ready in marked.items() if is_ready]
    done = 0
    with contextlib.suppress(asyncpg.LockNotAvailableError):
        for relation in ready:
            async with database.mixer() as connection:
                await _queries.write_anew(connection, relation=relation)
            done += 1
    if done < len(marked):
        logs.lasting(WAITS)
    else:
        logs.over(WAITS)
    return done
