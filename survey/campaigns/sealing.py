"""Sealing what is ready: a closed round becomes a wave as soon as its last ballot is mixed.

Done by the mixer where its login may also take on the office's roles, else by the office's server. Not by who
asks for a report first: the keys of a round live until it is sealed.
"""

from __future__ import annotations

import asyncio

from survey import logs
from survey.campaigns import rounds
from survey.database.pool import Database

EVERY = 30.0
"""Seconds between two looks of the office's server."""


async def seal_closed(database: Database) -> int:
    """Seal every round that is ready; how many that was. One that cannot be sealed stops no other."""
    async with database.registry_anonymous() as connection:
        ready = [row async for row in rounds.queries.unsealed(connection)]
    if not ready:
        return 0
    from survey.campaigns.waves import seal_wave  # heavy, and needed when a round has closed

    sealed = 0
    for row in ready:
        try:
            await seal_wave(database, row["organisation_id"], row["campaign_id"])
        except Exception as error:  # whatever it is, the next round is not to wait for it
            logs.trouble("a round cannot be sealed", campaign=str(row["campaign_id"]), why=logs.known(error))
        else:
            sealed += 1
    return sealed


async def keep_sealing(database: Database) -> None:
    """Until cancelled."""
    while True:
        try:
            await seal_closed(database)
        except Exception as error:  # the database is away for a moment
            logs.trouble("sealing stopped", why=logs.known(error))
        await asyncio.sleep(EVERY)
