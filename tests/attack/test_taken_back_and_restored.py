"""A backup is put back in the middle of a round: what was drawn stays drawn, what was taken back stays so.

Who has the lost database beside what is kept in the end would have, as their difference, the answer of who
took hers back in between; and who withdrew before the loss would find her answer counted.
"""

from __future__ import annotations

import asyncpg
import pytest

from survey import mixer
from survey.ballots import mixing, receipts, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.lots import Lots
from survey.ballots.receipts import State
from survey.ballots.submission import Outcome
from survey.database.pool import Database
from tests import elections, mornings
from tests.dumps import BALLOTS, Dump
from tests.elections import SECRET, close, hold, send_all


async def _state(database: Database, token: str) -> State:
    async with database.phone() as connection:
        found = await receipts.look_up(connection, SECRET, elections.receipt(token))
    assert found is not None
    return found.state


async def _withdraw(database: Database, token: str) -> bool:
    async with database.phone() as connection:
        return await receipts.withdraw(connection, SECRET, elections.receipt(token))


MOVES = {
    "another database": "update ballots.timeline set database = 1",
    "another machine, where numbers of databases repeat": "update ballots.timeline set cluster = 1",
    "a machine that is upgraded as it is restored": "update ballots.timeline set cluster = null",
}


async def _moved_elsewhere(database: Database, how: str = "another database") -> None:
    """A backup is put back elsewhere; here the rows stay, so where they come from is made up."""
    async with database.owner() as connection:
        await connection.execute(MOVES[how])


async def test_who_was_in_a_batch_of_the_lost_database_cannot_leave_it_in_the_restored_one(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:15])
    await mixer.work_once(database, keys)
    dump = Dump(*BALLOTS)
    await dump.take(database)
    await mornings.mix(database, keys)
    lost = set(await elections.marks(database, held))
    assert len(lost) == 5
    await dump.put_back(database)
    await mixing.mix(database, keys)  # the mixer's first look: nothing is due
    assert set(await elections.marks(database, held)) == set()
    for token in tenants[:15]:
        assert await _state(database, token) is (State.DRAWN if token in lost else State.WAITING)
        assert await _withdraw(database, token) is (token not in lost)
    await close(database, held)
    await mixer.work_once(database, keys)
    assert set(await elections.marks(database, held)) == lost


@pytest.mark.parametrize("how", MOVES)
async def test_until_the_mixer_has_looked_at_a_restored_database_nobody_withdraws_or_changes(
    database: Database, keys: KeyFolder, how: str
) -> None:
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:15])
    await mixer.work_once(database, keys)
    await _moved_elsewhere(database, how)
    with pytest.raises(asyncpg.LockNotAvailableError):  # "try again in some minutes"
        await _withdraw(database, tenants[0])
    with pytest.raises(asyncpg.LockNotAvailableError):
        async with database.phone() as connection:
            await elections.send(connection, tenants[0], "endret", replaces=elections.receipt(tenants[0]))
    await send_all(database, tenants[15:16])  # the first answer goes on
    await mixer.work_once(database, keys)
    assert await _withdraw(database, tenants[0])


async def test_a_dump_older_than_the_mixers_first_look_is_known_for_one_and_a_new_house_is_not(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:3])
    assert await _withdraw(database, tenants[0]), "a new house has no mixer that has looked"
    await _moved_elsewhere(database)
    with pytest.raises(asyncpg.LockNotAvailableError):
        await _withdraw(database, tenants[1])
    await mixer.work_once(database, keys)
    assert await _withdraw(database, tenants[1])


@pytest.mark.parametrize("closed", [False, True])
async def test_what_was_withdrawn_or_changed_is_not_counted_after_a_restore(
    database: Database, keys: KeyFolder, closed: bool
) -> None:
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:12])
    await mixer.work_once(database, keys)
    dump = Dump(*BALLOTS)
    await dump.take(database)
    assert await _withdraw(database, tenants[0])
    async with database.phone() as connection:
        changed = await elections.send(
            connection, tenants[1], "endret", replaces=elections.receipt(tenants[1]), seed=tokens.new_seed()
        )
    assert changed is Outcome.ACCEPTED
    await mixer.work_once(database, keys)  # within seconds
    await dump.put_back(database)
    assert await _state(database, tenants[0]) is State.WAITING
    if closed:
        await close(database, held)
    await mixer.work_once(database, keys)
    assert await _state(database, tenants[0]) is State.WITHDRAWN
    assert await _state(database, tenants[1]) is State.REPLACED
    if not closed:
        await close(database, held)
        await mixer.work_once(database, keys)
    assert set(await elections.marks(database, held)) == set(tenants[2:12])


async def test_what_lies_beside_the_keys_of_those_who_took_back_is_hashes_and_gone_when_the_round_is_sealed(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:12])
    withdrawn = tenants[3:5]
    for token in reversed(withdrawn):
        assert await _withdraw(database, token)
    await mixer.work_once(database, keys)
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select receipt_hash from ballots.receipts where campaign_id = $1", held.campaign_id
        )
    lots = Lots(keys.path)
    assert lots.taken_back(held.campaign_id) == {row[0]: "withdrawn" for row in rows} and len(rows) == 2
    (file,) = (keys.path / "lots" / str(held.campaign_id)).iterdir()
    lines = file.read_text(encoding="ascii").split("\n")
    assert lines == sorted(lines), "in no order of time"
    assert file.stat().st_mode & 0o077 == 0
    await close(database, held)
    for _ in range(3):
        await mixer.work_once(database, keys)
    assert lots.rounds() == [] and lots.taken_back(held.campaign_id) == {}
