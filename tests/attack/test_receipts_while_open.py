"""An officer who sends answers of her own by links of empty flats and polls their receipts.

Mixed as soon as enough waited, fourteen of her own turned to *counted* in the moment one neighbour sent, and
few of them in a larger house told at each turn how many others there were. Receipts turn on mornings drawn by
lot, and on no others.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path

from survey import mixer
from survey.ballots import mixing, receipts
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.database.pool import Database
from tests import elections, mornings
from tests.ballots import copied_keys
from tests.elections import SECRET, hold, send_all

OWN = 14


async def _states(database: Database, tokens: list[str]) -> list[State]:
    """What the page of each receipt says."""
    found = []
    async with database.phone() as connection:
        for token in tokens:
            receipt = await receipts.look_up(connection, SECRET, elections.receipt(token))
            assert receipt is not None
            found.append(receipt.state)
    return found


async def _no_morning(database: Database) -> None:
    """The rest of the day on which this runs: as if its morning had been."""
    async with database.owner() as connection:
        await connection.execute(
            "create or replace function ballots.note_counts() returns integer language sql as 'select 0'"
        )


async def test_between_two_mornings_no_receipt_turns_whoever_sends(
    database: Database, keys: KeyFolder
) -> None:
    await _no_morning(database)
    held = await hold(database, [40])
    (links,) = held.tenants.values()
    own, others = links[:OWN], links[OWN:]
    await send_all(database, own)
    seen = []
    for other in ["", *others]:
        await send_all(database, [other] if other else [])
        assert (await mixer.work_once(database, keys)).moved == 0
        seen.append(await _states(database, own))
    assert seen == [[State.WAITING] * OWN] * (1 + len(others))


async def test_the_lot_of_the_count_decides_which_houses_are_mixed_and_no_other(
    database: Database, keys: KeyFolder
) -> None:
    """Two lots a morning would tell more than one: a number rises on the mornings that its house is mixed."""
    await _no_morning(database)
    held = await hold(database, [20] * 60)
    await elections.at_once(database, [link for links in held.tenants.values() for link in links[:15]])
    mixed = 0
    for day in range(1, 4):
        assert await mornings.note(database, mornings.morning(day)) == 1
        async with database.owner() as connection:
            due = await connection.fetch("select estate_id from ballots.due")
            noted = await connection.fetch("select estate_id from ballots.noted")
        assert {row[0] for row in noted} <= {row[0] for row in due} or day > 1
        await mixing.mix(database, keys)
        assert (await mixing.mix(database, keys)).moved == 0
        async with database.owner() as connection:
            there = await connection.fetch("select distinct estate_id from answers.responses")
            noted = await connection.fetch("select estate_id from ballots.noted")
        assert {row[0] for row in there} == {row[0] for row in noted}
        assert mixed < len(there) < len(held.tenants)
        mixed = len(there)


async def test_what_is_due_and_not_enough_in_the_morning_is_not_mixed_when_it_becomes_enough(
    database: Database, keys: KeyFolder
) -> None:
    await _no_morning(database)
    held = await hold(database, [40])
    (links,) = held.tenants.values()
    await send_all(database, links[:OWN])
    await mornings.lot_falls(database)
    assert (await mixing.mix(database, keys)).moved == 0
    await send_all(database, links[OWN:])
    assert (await mixing.mix(database, keys)).moved == 0
    assert set(await _states(database, links[:OWN])) == {State.WAITING}


async def test_a_mixer_that_was_away_in_the_morning_does_not_mix_at_a_moment_of_somebodys_choosing(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [40])
    (links,) = held.tenants.values()
    await send_all(database, links)
    for _ in range(mornings.ENOUGH):
        await mornings.one_morning(database)
    assert await mornings.note(database, mornings.morning(200, time(8))) == 0
    assert (await mixing.mix(database, keys)).moved == 0


async def test_a_closed_round_is_mixed_at_once_whatever_the_hour(database: Database, tmp_path: Path) -> None:
    await _no_morning(database)
    held = await hold(database, [40])
    (links,) = held.tenants.values()
    await send_all(database, links)
    await elections.close(database, held)
    assert (await mixer.work_once(database, copied_keys(tmp_path / "keys"))).moved == 40
    assert set(await _states(database, links)) == {State.COUNTED}
