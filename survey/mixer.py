"""The mixer's process: the only one that reads the rounds' private keys. It opens no port and shows no page.

It looks at the box every few seconds, and at once when a round closes; keeps the stock of keys full; seals
the waves of rounds whose box is empty; destroys keys whose work is done; early in the morning notes how
many have answered open rounds and mixes what is due of them; once a day deletes what has been kept long
enough; has the tables written anew that something was deleted from. Killed anywhere it goes on where it was:
every step is one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date

import asyncpg

from survey import logs
from survey.ballots import files, folders, mixing, shuffling
from survey.ballots.keys import KeyFault, KeyFolder
from survey.campaigns.sealing import seal_closed
from survey.database.migrate import granted, require_current
from survey.database.opening import provided
from survey.database.pool import MIXER_DOORS, OFFICE_DOORS, Database
from survey.retention import steps
from survey.settings import Settings
from survey.workers import end_with_server

EVERY = shuffling.LOOK
"""Seconds from one look to the next."""
SOON = 0.5
"""Between two, where the first took longer."""
BEHIND = 10
"""Steps of niceness: who is answering goes first."""
CHANNEL = "bostemme_mixer"
CLOCKS_APART = 1800.0
"""Seconds that machines which keep the time are never apart."""
CLOCKS_DIFFER = "the clocks of this machine and of the database differ"
CLOCK_WENT_BACK = "the clock of the database has gone back"


async def work_once(
    database: Database,
    keys: KeyFolder,
    rest: shuffling.Rest | None = None,
    pace: shuffling.Pace | None = None,
) -> mixing.Mixed:
    """One look: clocks, stock, noting, mixing, sealing, destroying, writing anew. What goes wrong in one is
    told and stops no other. With a folder of keys that is not the one in use, nothing is done with keys.

    `pace`: with what the looks before have shuffled; without it all is."""
    done = mixing.Mixed()
    with _told("the clocks cannot be compared"):
        await _compare_clocks(database)
        await _note_begun(database)
    ours = False
    with _told("the folder of keys cannot be compared with the one in use", keys=folders.NOT_OURS):
        await folders.claim(database, keys)
        ours = True
    with _told("the stock of keys cannot be kept"):
        if ours:
            await mixing.keep_stock(database, keys)
    with _told("how many have answered cannot be noted"):
        await mixing.note_counts(database)
    with _told("mixing stopped"):
        if ours:
            done = await mixing.mix_and_tell(database, keys, rest, pace)
    with _told("sealing stopped"):
        if database.has(*OFFICE_DOORS):
            await seal_closed(database)
    with _told("spent keys cannot be destroyed"):
        if ours:
            await mixing.destroy_spent_keys(database, keys)
    with _told("tables cannot be written anew"):
        await files.write_anew(database)
    return done


async def _compare_clocks(database: Database) -> None:
    """Tell the operator when this machine and the database do not agree: one of them is wrong, and if it is
    the database's, rounds open and close on the wrong day."""
    apart = abs(time.time() - await mixing.seconds_there(database))
    if apart < CLOCKS_APART:
        logs.over(CLOCKS_DIFFER)
        return
    why = f"by {max(1, round(apart / 3600))} hours or so; rounds open and close by that of the database"
    logs.trouble(CLOCKS_DIFFER, why=why)


async def _note_begun(database: Database) -> None:
    """A round that has begun goes on. Tell the operator when by the database's clock it has not."""
    back = await mixing.note_begun(database)
    if not back:
        logs.over(CLOCK_WENT_BACK)
        return
    logs.trouble(CLOCK_WENT_BACK, why=f"{back} open before their first day by it; they go on taking answers")


@contextlib.contextmanager
def _told(event: str, *, keys: str = "") -> Iterator[None]:
    """Whatever it is, the mixer lives on: the ballots wait in the box, and the operator is told once. `keys`:
    the event when it is the folder's fault."""
    try:
        yield
    except KeyFault as error:
        logs.trouble(keys or event, why=str(error))
    except Exception as error:
        logs.trouble(event, why=logs.known(error))
    else:
        logs.over(event)
        if keys:
            logs.over(keys)


async def clean_once(database: Database, settings: Settings) -> None:
    """Delete what is due. What cannot be done now is logged, and tried again tomorrow."""
    await steps.run(database, [KeyFolder(settings.contact_keys)])


async def once(settings: Settings) -> mixing.Mixed:
    """For the command line and for those who have their own clock. Raises DatabaseFault."""
    logs.configure()
    with provided(settings) as url:
        async with _database(url) as database:
            return await work_once(database, KeyFolder(settings.keys))


async def run(settings: Settings) -> None:
    """Until told to stop. Raises DatabaseFault when the database is not there or of another version."""
    logs.configure()
    keys = KeyFolder(settings.keys)
    watch = asyncio.create_task(end_with_server())
    with provided(settings) as url:
        os.nice(BEHIND)  # not earlier: a database that this starts is everybody's
        cleaned: date | None = None
        pace = shuffling.Pace()
        async with _database(url) as database, _Bell(url) as bell:
            while True:
                began = time.monotonic()
                await work_once(database, keys, bell.rest, pace)
                if cleaned != date.today():
                    with _told("what is due cannot be deleted"):
                        await clean_once(database, settings)
                        cleaned = date.today()
                await bell.wait(max(SOON, began + EVERY - time.monotonic()))
    watch.cancel()


@contextlib.asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    """The doors that the login may go through: the mixer's, and those for sealing if it has them."""
    await require_current(url)
    database = await Database.connect(url, await granted(url, MIXER_DOORS))
    try:
        yield database
    finally:
        await database.close()


class _Bell:
    """Rings when a round closes. Put up again when the database was away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()
        self._listener: asyncpg.Connection[asyncpg.Record] | None = None

    async def __aenter__(self) -> _Bell:
        return self

    async def wait(self, seconds: float) -> None:
        """Until it rings, but no longer than `seconds`."""
        with _told("the mixer is not told when a round closes"):
            if self._listener is None or self._listener.is_closed():
                self._listener = await asyncpg.connect(self._url)
                await self._listener.add_listener(CHANNEL, lambda *_: self._rung.set())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()

    async def rest(self, seconds: float) -> None:
        """Until it rings, but no longer than `seconds`; that it rang is not forgotten."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            await self._listener.close()
