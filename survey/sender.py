"""The sender's process: the only one that reads contact keys and may ask who has not answered. It opens no
port.

It looks every few seconds at what is due and sends between `FROM_HOUR` and `TO_HOUR`, Norwegian time:
nobody is woken by a survey. Letters with links to reports, to people at work, go out at once. Each day's
reminders begin after a wait drawn by lot. One process sends for a database; a second one waits for it to end.
When the database goes away it waits for it to come back, and begins as if it had just been started: another
may have sent in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import asyncpg

from survey import logs
from survey.ballots.keys import KeyFault, KeyFolder
from survey.database.migrate import require_current
from survey.database.opening import opened, provided
from survey.database.pool import SENDER_DOORS, Database
from survey.delivery.channels import Channels
from survey.delivery.safe import queries
from survey.delivery.sending import Looked, Sender
from survey.settings import Settings
from survey.workers import end_with_server

EVERY = 5.0
"""Seconds between two looks."""
SILENT = 1.0
"""Seconds that one waits for another sender without a word."""
STOPPED = "sending stopped"
CHANNEL = "bostemme_sender"
LOCK = 7_202_611_211
FROM_HOUR, TO_HOUR = 9, 20
NORWAY = ZoneInfo("Europe/Oslo")
"""Whatever zone the machine is set to."""
LONGEST_WAIT_MINUTES = 150
"""How far into a day its reminders may begin."""


@dataclass
class Hours:
    """When messages go out, by the clocks of those who get them. `always`: a demonstration does not wait for
    the morning. Moments have a zone, any.
    """

    always: bool
    lot: random.Random = field(default_factory=random.SystemRandom)
    _day: date | None = None
    _wait: float = 0.0

    def open(self, now: datetime) -> bool:
        return self.always or FROM_HOUR <= now.astimezone(NORWAY).hour < TO_HOUR

    def reminders(self, now: datetime) -> bool:
        """Whether today's reminders may begin: the wait is drawn anew each day and kept nowhere."""
        there = now.astimezone(NORWAY)
        if self._day != there.date():
            self._day, self._wait = there.date(), self.lot.uniform(0, LONGEST_WAIT_MINUTES)
        return self.always or (there.hour - FROM_HOUR) * 60 + there.minute >= self._wait


def of(settings: Settings, database: Database) -> Sender:
    """Raises SettingsFault when a channel is set up wrong."""
    outbox = settings.home / "outbox" if settings.demo else None
    channels = Channels.from_environment(os.environ, outbox)
    return Sender(database, KeyFolder(settings.contact_keys), channels, settings.base_url)


async def once(settings: Settings, waits: Callable[[], None] = lambda: None) -> Looked:
    """Everything that is due and can be sent now, without pauses: for tests and those with their own
    clock. `waits` is called when another process sends for the database, and this one waits for its end.
    """
    logs.configure()
    async with opened(settings, SENDER_DOORS) as database:
        sender = of(settings, database)
        await sender.keep_stock()
        await sender.destroy_discarded_keys()
        async with _alone(database.url, waits):
            await sender.send_shared()
            return await sender.look(time.time(), pauses=False)


async def run(settings: Settings) -> None:
    """Until told to stop. Raises DatabaseFault, SettingsFault."""
    logs.configure()
    with provided(settings) as url:
        await require_current(url)
        database = await Database.connect(url, SENDER_DOORS)
        watch = asyncio.create_task(end_with_server())
        try:
            await of(settings, database).keep_stock()
            hours = Hours(settings.demo)
            while True:
                try:
                    async with _alone(url) as turn:
                        await _send_on(of(settings, database), hours, turn)
                except Exception as error:
                    _tell(error)
                await asyncio.sleep(EVERY)
        finally:
            watch.cancel()
            await database.close()


async def _send_on(sender: Sender, hours: Hours, turn: _Turn) -> None:
    """As long as no other process may send. Whatever goes wrong, the sender lives on: the messages wait, and
    the operator is told once."""
    while turn.lasts:
        try:
            await sender.keep_stock()
            await sender.destroy_discarded_keys()
            await sender.send_shared()
            now = datetime.now(UTC)
            if hours.open(now):
                await sender.look(time.time(), reminders=hours.reminders(now))
        except Exception as error:
            _tell(error)
        else:
            logs.over(STOPPED)
        await turn.wait(EVERY)


def _tell(error: Exception) -> None:
    """The database is away for a moment, most often, or the disk of the journal is full."""
    logs.trouble(STOPPED, why=str(error) if isinstance(error, KeyFault) else logs.known(error))


async def bounced(settings: Settings, address: str) -> bool:
    """Count a message that came back to 'retur+<round>-<number>@...'. False: no such round."""
    tag = address.rpartition("@")[0].rpartition("+")[2]
    campaign, _, number = tag.partition("-")
    if len(campaign) != 32 or not number.isdigit() or len(number) > 2:
        return False
    async with opened(settings, SENDER_DOORS) as database, database.sender() as connection:
        try:
            noted: bool = await queries.note_bounced(
                connection, campaign_id=campaign, number=int(number), channel="email"
            )
        except asyncpg.DataError:
            return False
    return noted


@dataclass(frozen=True)
class _Turn:
    """While it lasts no other process sends for this database. Woken when an officer asks for something to be
    sent."""

    connection: asyncpg.Connection[asyncpg.Record]
    woken: asyncio.Event

    @property
    def lasts(self) -> bool:
        return not self.connection.is_closed()

    async def wait(self, seconds: float) -> None:
        """Until it is woken, but no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), seconds)
        self.woken.clear()


@contextlib.asynccontextmanager
async def _alone(url: str, waits: Callable[[], None] = lambda: None) -> AsyncIterator[_Turn]:
    """Until the block ends, or the database goes away, no other process sends for it. Waits for one that
    does, and calls `waits` after a second of it."""
    connection = await asyncpg.connect(url)
    try:
        turn = _Turn(connection, asyncio.Event())
        await connection.add_listener(CHANNEL, lambda *_: turn.woken.set())
        told = asyncio.get_running_loop().call_later(SILENT, waits)
        try:
            await queries.only_sender(connection, key=LOCK)
        finally:
            told.cancel()
        yield turn
    finally:
        await connection.close()
