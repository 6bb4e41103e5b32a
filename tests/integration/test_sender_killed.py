"""The process of the sender is killed at any moment, with a real mail server at the other end."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL
from collections import Counter
from contextlib import suppress

from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.settings import PROJECT, Settings
from tests.deliveries import first_dwellings, mailbox, mailed
from tests.waiting import PATIENCE

PEOPLE = 20
KILLS = 5
ONCE = (
    "import asyncio; from survey import sender, settings;"
    " asyncio.run(sender.once(settings.Settings.from_environment()))"
)


async def test_killed_again_and_again_the_sender_leaves_nobody_out_and_counts_each_once(
    database: Database, settings: Settings, database_url: str, contact_keys: KeyFolder
) -> None:
    """Twice, with one Message-ID, only who was under way at a kill: docs/operator.md."""
    await mailed(database, settings, first_dwellings(PEOPLE))
    lot = random.Random(20261122)
    async with mailbox() as box:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "BOSTEMME_SECRET_KEY": "for tests only, for tests only, for tests only",
            "BOSTEMME_CONTACT_KEYS": str(contact_keys.path),
            "BOSTEMME_SMTP": f"smtp+plain://127.0.0.1:{box.port}",
            "BOSTEMME_MAIL_FROM": "bostemme@example.org",
            "BOSTEMME_DEMO": "1",
        }
        for kill in range(KILLS + 1):
            before, enough = len(box.received), lot.randint(1, 3) if kill < KILLS else PEOPLE
            working = await asyncio.create_subprocess_exec(
                sys.executable, "-c", ONCE, cwd=PROJECT, env=environment, stdout=DEVNULL, stderr=DEVNULL
            )
            for _ in range(60_000):
                if len(box.received) >= before + enough or working.returncode is not None:
                    break
                await asyncio.sleep(0.001)
            if kill < KILLS and working.returncode is None:
                await asyncio.sleep(lot.random() * 0.01)  # somewhere in or after the next message
                with suppress(ProcessLookupError):
                    working.kill()
            await asyncio.wait_for(working.wait(), PATIENCE)
    times = Counter(box.to)
    assert sorted(times) == sorted(f"bolig{n}@beboer.example" for n in range(1, PEOPLE + 1))
    assert sum(times.values()) - PEOPLE <= KILLS
    for to in times:
        assert len({mail["Message-ID"] for own, _, mail in box.received if own == to}) == 1
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.queue") == 0
        assert [row["sent"] for row in await connection.fetch("select * from delivery.counts")] == [PEOPLE]
