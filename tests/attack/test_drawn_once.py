"""Who reads the database's log sees batches that were stopped, or that a lost timeline held, beside the kept.

What two batches have in common is one answer more often than not, if lots fall anew. Batches are stopped by
a trigger at commit, as a full disk stops them; a restored database is that of before.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest

from survey.ballots import receipts
from survey.ballots.keys import KeyFolder
from survey.ballots.linking import among_enough
from survey.ballots.lots import Lots
from survey.ballots.receipts import State
from survey.ballots.submission import Outcome
from survey.database.pool import Database
from tests import elections, mornings
from tests.dumps import BALLOTS, Dump
from tests.elections import SECRET, Election, close, hold, send_all

PAGE = 8192
STOP = """
create function public.stop() returns trigger language plpgsql as
$$ begin raise exception 'no room left'; end $$;
create constraint trigger stop after insert on answers.responses
  deferrable initially deferred for each row execute function public.stop()
"""


async def _stopped(database: Database, statement: str) -> None:
    async with database.owner() as connection:
        await connection.execute(statement)


def _without_heads(file: Path) -> bytes:
    """A file of the log without the heads of its pages, which may stand in the middle of an answer."""
    whole = file.read_bytes()
    pages = [whole[at : at + PAGE] for at in range(0, len(whole), PAGE)]
    return b"".join(page[24 if number else 40 :] for number, page in enumerate(pages))


async def _written(database: Database, held: Election) -> Counter[str]:
    """How often each tenant's answer stands in the clear in the write-ahead log."""
    async with database.owner() as connection:
        folder = await connection.fetchval("select current_setting('data_directory')")
    log = Path(folder) / "pg_wal"
    if not log.is_dir():
        pytest.skip("this server keeps its files elsewhere")
    bytes_ = b"".join(_without_heads(file) for file in sorted(log.iterdir()) if file.is_file())
    marks = [mark for tenants in held.tenants.values() for mark in tenants]
    return Counter({mark: bytes_.count(mark.encode()) for mark in marks})


async def _kept(database: Database, held: Election) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for mark, (estate_id, _) in (await elections.marks(database, held)).items():
        if estate_id is not None:
            found.setdefault(estate_id, set()).add(mark)
    return found


async def test_a_batch_that_was_stopped_is_the_same_batch_when_it_is_mixed_though_others_came_meanwhile(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30] * 6)
    sent = [mark for tenants in held.tenants.values() for mark in tenants[:15]]
    await send_all(database, sent)
    await _stopped(database, STOP)
    tries = []
    before = await _written(database, held)
    for number in range(3):
        await mornings.work(database, keys)
        now = await _written(database, held)
        tries.append({mark for mark in now if now[mark] > before[mark]})
        more = [mark for tenants in held.tenants.values() for mark in tenants[15 + number : 16 + number]]
        await send_all(database, more)
        before = await _written(database, held)
    assert len(tries[0]) >= 30, "each try has written answers that nobody may tie to a ballot"
    await _stopped(database, "drop trigger stop on answers.responses")
    await mornings.work(database, keys)

    kept = await _kept(database, held)
    assert set().union(*kept.values()) == tries[0] == tries[1] == tries[2]
    assert all(len(batch) >= 5 for batch in kept.values())


async def test_who_was_drawn_once_can_no_longer_withdraw_or_change_though_the_batch_was_lost(
    database: Database, keys: KeyFolder
) -> None:
    """Else the lost batch, less what is kept in the end, was her answer: named by whoever knew that she took
    it back."""
    held = await hold(database, [30])
    (tenants,) = held.tenants.values()
    await send_all(database, tenants[:15])
    await _stopped(database, STOP)
    before = await _written(database, held)
    await mornings.work(database, keys)
    now = await _written(database, held)
    drawn = sorted(mark for mark in now if now[mark] > before[mark])
    await _stopped(database, "drop trigger stop on answers.responses")
    async with database.phone() as connection:
        assert not await receipts.withdraw(connection, SECRET, elections.receipt(drawn[0]))
        changed = await elections.send(connection, drawn[1], "endret", replaces=elections.receipt(drawn[1]))
        assert changed is Outcome.ALREADY
        assert await receipts.opened_by(connection, SECRET, drawn[1], elections.receipt(drawn[1])) is None
        for mark in tenants[:15]:
            found = await receipts.look_up(connection, SECRET, elections.receipt(mark))
            assert found is not None and found.state is (State.DRAWN if mark in drawn else State.WAITING)
    await send_all(database, tenants[15:25])
    await mornings.work(database, keys)
    (kept,) = (await _kept(database, held)).values()
    assert kept == set(drawn)


@pytest.mark.parametrize("more", [0, 4])
async def test_after_a_restore_the_same_ballots_are_mixed_together_again(
    database: Database, keys: KeyFolder, more: int
) -> None:
    held = await hold(database, [30] * 6)
    await send_all(database, [mark for tenants in held.tenants.values() for mark in tenants[:15]])
    dump = Dump(*BALLOTS)
    await dump.take(database)
    await mornings.work(database, keys)
    lost = await _kept(database, held)
    await dump.put_back(database)
    for tenants in held.tenants.values():
        await send_all(database, tenants[15 : 15 + more])
    await mornings.work(database, keys)

    assert await _kept(database, held) == lost


async def test_a_closed_round_that_is_mixed_twice_sends_the_same_along_with_others(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [12, 12, 12, 12], [0, 0, 0, 0])
    for tenants, n in zip(held.tenants.values(), (2, 9, 9, 10), strict=True):
        await send_all(database, tenants[:n])
    await close(database, held)
    dump = Dump(
        "ballots.box",
        "ballots.receipts",
        "answers.responses",
        "registry.counted_elsewhere",
        "registry.campaign_estates",
    )
    await dump.take(database)
    await mornings.mix(database, keys)
    first = await elections.marks(database, held)
    await dump.put_back(database)
    await mornings.mix(database, keys)

    assert await elections.marks(database, held) == first
    assert any(estate is None for estate, _ in first.values()), "some did go along"


def test_pseudonyms_are_left_out_by_the_same_lots_whatever_the_order_of_the_answers(keys: KeyFolder) -> None:
    people = [bytes([n]) * 16 for n in range(21)]
    known = dict.fromkeys(people[:20], frozenset({1}))
    lots = Lots(keys.path)
    left = set()
    for seed in range(20):
        order = list(people)
        random.Random(seed).shuffle(order)
        stored = among_enough(order, known, 5, lots.order("persons", UUID(int=1), 2, UUID(int=3)))
        left.add(frozenset(set(order) - {person for person in stored if person is not None}))
    assert len(left) == 1 and people[20] in next(iter(left))


def test_what_was_drawn_outlives_a_line_that_a_full_disk_cut_off(tmp_path: Path) -> None:
    lots, round_id, estate = Lots(tmp_path), UUID(int=7), UUID(int=8)
    one, two = frozenset({UUID(int=1), UUID(int=2)}), frozenset({UUID(int=4)})
    lots.note(round_id, [estate, UUID(int=9)], one)
    file = tmp_path / "lots" / str(round_id) / f"{estate}.drawn"
    with file.open("ab") as opened:
        opened.write(b"00000000000000000000000000000003 0000")
    assert lots.drawn(round_id, estate) == [one]
    lots.note(round_id, [estate], two)
    lots.note(round_id, [estate], one)
    assert lots.drawn(round_id, estate) == [one, two] and lots.drawn(round_id, UUID(int=9)) == [one]
    assert file.stat().st_mode & 0o077 == 0
    lots.forget(round_id)
    lots.forget(round_id)
    assert lots.drawn(round_id, estate) == []
    assert lots.secret() == Lots(tmp_path).secret() != Lots(tmp_path / "other").secret()
