"""Whoever sends, changes, withdraws or says no while the mixer shuffles is told the truth.

The mixer deletes rows and writes them anew. Who waited for one of them finds it gone, and the new one she
could not see: she must never be told that she has sent already, or that her answer cannot be found.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from survey.ballots import receipts, shuffling, submission
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.ballots.submission import Outcome
from survey.database.pool import Connection, Database
from tests import elections, mornings
from tests.elections import SECRET, Election, close, hold, marks, receipt, send, send_all

HALVES = (
    "ballots.shuffle_invitations($1, $2)",
    "ballots.shuffle_ballots($1, ballots.waiting_by_lot($1, $2), '{}')",
)
DEVICE = "d" * 16

Pressed = Callable[[Connection, str], Awaitable[Any]]


async def _sends(connection: Connection, link: str) -> bool:
    return await send(connection, link, f"merke {link}") is Outcome.ACCEPTED


async def _changes(connection: Connection, link: str) -> bool:
    return await send(connection, link, f"merke {link}", replaces=receipt(link)) is Outcome.ACCEPTED


async def _withdraws(connection: Connection, link: str) -> bool:
    return await receipts.withdraw(connection, SECRET, receipt(link))


async def _opens_again(connection: Connection, link: str) -> bool:
    return await receipts.reopen(connection, SECRET, link, receipt(link), DEVICE)


async def _looks_up(connection: Connection, link: str) -> bool:
    found = await receipts.look_up(connection, SECRET, receipt(link))
    return found is not None and found.state is State.WAITING


async def _says_no(connection: Connection, link: str) -> bool:
    return await submission.decline(connection, SECRET, link)


async def _never_again(connection: Connection, link: str) -> bool:
    return await submission.ask_again(connection, SECRET, link, False)


BEFORE: tuple[Pressed, ...] = (_sends, _says_no, _never_again)
"""Of who has not sent."""
AFTER: tuple[Pressed, ...] = (_changes, _withdraws, _opens_again, _looks_up, _says_no, _never_again)
"""Of who has."""


@asynccontextmanager
async def _shuffled(database: Database, held: Election, half: str) -> AsyncIterator[asyncpg.Connection]:
    """One half of a shuffle of all estates, written and not yet committed: that it is when this ends."""
    connection = await asyncpg.connect(database.url)
    try:
        async with connection.transaction():
            await connection.execute(f"select {half}", held.campaign_id, list(held.tenants))
            yield connection
    finally:
        await connection.close()


async def _settled(database: Database, task: asyncio.Task[Any]) -> None:
    """Until it is done, or waits for somebody's lock."""
    watcher = await asyncpg.connect(database.url)
    held_up = "select exists (select from pg_locks where not granted)"
    try:
        for _ in range(2000):
            if task.done() or await watcher.fetchval(held_up):
                return
            await asyncio.sleep(0.005)
    finally:
        await watcher.close()
    raise AssertionError("neither done nor waiting")


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("sent", [False, True])
async def test_who_presses_in_the_middle_of_a_shuffle_is_heard(
    database: Database, half: str, sent: bool
) -> None:
    held = await hold(database, [12])
    ((*links,),) = held.tenants.values()
    presses = AFTER if sent else BEFORE
    if sent:
        await send_all(database, links)
    for link, press in zip(links, presses, strict=False):

        async def pressed(link: str = link, press: Pressed = press) -> bool:
            async with database.phone() as connection:
                return await press(connection, link)

        async with _shuffled(database, held, half):
            task = asyncio.create_task(pressed())
            await _settled(database, task)
        assert await task, press.__name__


async def test_who_follows_a_poster_and_sends_in_the_middle_of_a_shuffle_is_heard(database: Database) -> None:
    held = await hold(database, [12])
    (estate_id,) = held.tenants
    slug = await elections.open_link(database, held, estate_id)
    one, *_ = await elections.send_openly(database, slug, 3)
    for press in (_changes, _opens_again, _withdraws):

        async def pressed(press: Pressed = press) -> bool:
            async with database.phone() as connection:
                return await press(connection, one)

        async with _shuffled(database, held, HALVES[0]):
            task = asyncio.create_task(pressed())
            await _settled(database, task)
        assert await task, press.__name__
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select used from ballots.rights join registry.invitations on id = invitation_id"
            " where source is not null"
        )
    assert [row["used"] for row in rows] == [True] * 3, "what was written anew keeps what became of it"


async def test_who_has_sent_is_told_so_in_the_middle_of_a_shuffle_as_well(database: Database) -> None:
    held = await hold(database, [12])
    ((*links,),) = held.tenants.values()
    await send_all(database, links[:2])

    async def again(link: str, replaces: str | None) -> Outcome:
        async with database.phone() as connection:
            return await send(connection, link, "en gang til", replaces=replaces)

    async with database.phone() as connection:
        assert await receipts.withdraw(connection, SECRET, receipt(links[1]))
    for half in HALVES:
        for link, replaces in ((links[0], None), (links[1], receipt(links[1]))):
            async with _shuffled(database, held, half):
                task = asyncio.create_task(again(link, replaces))
                await _settled(database, task)
            assert await task is Outcome.ALREADY
    async with database.phone() as connection:
        assert not await receipts.withdraw(connection, SECRET, receipt(links[1])), "it is gone for good"


async def test_nobody_of_a_house_is_lost_or_counted_twice_while_the_mixer_shuffles_without_end(
    database: Database, keys: KeyFolder
) -> None:
    """All send, half of them change it, some withdraw and some say no, all at once, while two mixers
    shuffle."""
    held = await hold(database, [40, 12], areas=[0, 0])
    links = [link for tenants in held.tenants.values() for link in tenants]
    async with database.owner() as connection:
        # Nothing is mixed before the round closes: each of them must be found to the end.
        await connection.execute(
            "update registry.campaigns set mixing_size = 100 where id = $1", held.campaign_id
        )
    rounds = 0

    async def shuffle_on() -> None:
        nonlocal rounds
        while True:
            for estate_id in held.tenants:
                if await _shuffle(database, held, estate_id):
                    rounds += 1

    async def tenant(link: str, rng: random.Random) -> None:
        presses: list[Pressed] = [_sends, _looks_up]
        presses += rng.sample([_changes, _opens_again, _says_no, _never_again, _looks_up], 4)
        if link in gone:
            presses.append(_withdraws)
        for press in presses:
            await asyncio.sleep(rng.random() * 0.05)
            async with database.phone() as connection:
                assert await press(connection, link), press.__name__

    gone = set(random.Random(1).sample(links, 14))
    shuffling = [asyncio.create_task(shuffle_on()) for _ in range(2)]
    try:
        await asyncio.gather(*(tenant(link, random.Random(n)) for n, link in enumerate(links)))
        while rounds <= 10:  # however slow the machine is
            async with database.phone() as connection:
                assert await _looks_up(connection, next(link for link in links if link not in gone))
    finally:
        for task in shuffling:
            assert not task.done(), task.exception()
            task.cancel()
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set mixing_size = 5 where id = $1", held.campaign_id
        )
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(links) - gone


async def _shuffle(database: Database, held: Election, estate_id: UUID) -> bool:
    """As the mixer does it, whether somebody has sent or not; False when others held its rows."""
    estate = shuffling.Estate(held.campaign_id, estate_id, True, 0)
    try:
        await shuffling._shuffle(database, estate, lambda _: asyncio.sleep(0))
    except asyncpg.LockNotAvailableError:
        return False
    return True
