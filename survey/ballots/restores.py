"""What a database that was restored from a backup has forgotten, and the mixer has not: which ballots were
drawn already, and which answers were withdrawn or changed.

It lies beside the mixer's keys (`survey/ballots/lots.py`). Whenever something is noted there, a new mark is
drawn, and the database is told it; one that has another mark is an older one, or was not told to the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey import logs
from survey.ballots.lots import Lots
from survey.database.pool import Database

TOLD = "a restored database was told what was drawn or taken back since"

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


async def catch_up(database: Database, lots: Lots) -> None:
    """Before anything is mixed: tell an older database what it has forgotten, then note what was withdrawn or
    changed since the last look.

    Raises OSError where nothing can be noted: nothing is to be mixed then."""
    await _tell(database, lots)
    async with database.mixer() as connection:
        states: dict[UUID, dict[bytes, str]] = {}
        async for row in _queries.taken_back(connection):
            states.setdefault(row["campaign_id"], {})[row["receipt_hash"]] = row["state"]
        known = {campaign_id: lots.taken_back(campaign_id) for campaign_id in states}
        news = [id for id, found in states.items() if not found.keys() <= known[id].keys()]
        if news:
            mark = lots.new_mark()
            for campaign_id in news:
                lots.note_taken_back(campaign_id, known[campaign_id] | states[campaign_id])
            await _queries.keep_mark(connection, mark=mark)


async def _tell(database: Database, lots: Lots) -> None:
    changed = 0
    async with database.mixer() as connection:
        mark = lots.mark()
        if mark is not None and mark == await _queries.timeline_mark(connection):
            return
        for campaign_id in lots.rounds():
            taken = lots.taken_back(campaign_id)
            if taken:
                changed += await _queries.take_back_again(
                    connection,
                    campaign_id=campaign_id,
                    receipt_hashes=list(taken),
                    states=list(taken.values()),
                )
            changed += await _queries.note_drawn(
                connection, campaign_id=campaign_id, ids=sorted(lots.all_drawn(campaign_id))
            )
        await _queries.keep_mark(connection, mark=lots.new_mark())
    if changed:
        logs.done(TOLD)
