"""Keys that sealed ballots open with: lost, damaged, changed, in a backup, destroyed when they are done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from survey import mixer
from survey.ballots import keyring, mixing, receipts
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.campaigns.sealing import seal_closed
from survey.database.pool import Database
from tests import elections, mornings
from tests.elections import SECRET, close, hold, in_box, marks, send_all
from tests.waiting import closed


async def test_a_lost_key_loses_nothing_and_the_ballots_wait_for_its_backup(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    await close(database, held)
    keys.path.rename(tmp_path / "away")
    assert (await mornings.mix(database, KeyFolder(tmp_path / "empty"))).stuck == 8
    assert await in_box(database, held) == 8
    (tmp_path / "away").rename(keys.path)
    assert (await mornings.mix(database, keys)).moved == 8


async def test_a_damaged_ballot_stops_no_other_and_is_kept(database: Database, keys: KeyFolder) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    async with database.owner() as connection:
        await connection.execute(
            "update ballots.box set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)"
            " where id = (select id from ballots.box limit 1)"
        )
    await close(database, held)
    await mornings.mix(database, keys)
    assert len(await marks(database, held)) == 7 and await in_box(database, held) == 1
    assert (await mornings.mix(database, keys)).stuck == 1


async def test_keys_are_destroyed_when_the_wave_is_sealed_and_not_before(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:12])
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select ballot_key from registry.campaigns where id = $1", held.campaign_id
        )
    await mixer.work_once(database, keys)
    assert keys.has(key)
    await close(database, held)
    await mixer.work_once(database, keys)
    assert not keys.has(key)
    async with database.owner() as connection:
        noted = await connection.fetchval(
            "select destroyed_on from registry.ballot_keys where public_key = $1", key
        )
    assert noted is not None


async def test_the_web_cannot_open_what_it_seals(database: Database) -> None:
    held = await hold(database, [20])
    for door in (database.phone(), database.answers(held.organisation_id)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with door as connection:
                await connection.fetch("select sealed from ballots.box")


async def test_the_mixer_reads_no_table_and_no_contact(database: Database) -> None:
    for table in ("registry.invitations", "answers.responses", "ballots.box", "registry.staff"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.mixer() as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608, the names stand above


async def test_a_round_can_change_its_key_and_both_kinds_of_ballots_are_counted(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    await keyring.rotate(database, keys, "Bo i Havna")
    await send_all(database, links[6:12])
    used = [key for key in await keyring.listed(database, keys) if key.campaign_id == held.campaign_id]
    assert sorted(key.waiting for key in used) == [6, 6]
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(links[:12])


async def test_who_saw_the_folder_of_keys_cannot_read_what_is_sent_after_a_rotation(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    seen = set(keys.here())
    assert len(seen) > 1
    _, new = await keyring.rotate(database, keys, "Bo i Havna")
    assert new not in seen
    (former,) = seen & set(keys.here())
    await send_all(database, links[:6])
    await mixing.keep_stock(database, keys)
    assert former not in {key.public_key for key in await keyring.listed(database, keys) if key.current}
    assert len(keys.here()) == mixing.STOCK + 2
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(links[:6])


async def test_a_backup_brings_lost_keys_back_and_opens_with_its_passphrase_alone(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "keys.backup"
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    await close(database, held)
    assert keyring.backup(keys, kept, "et langt og godt passord") == mixing.STOCK
    empty = KeyFolder(tmp_path / "new")
    with pytest.raises(keyring.WrongPassphrase):
        keyring.restore(empty, kept, "et annet langt passord")
    assert keyring.restore(empty, kept, "et langt og godt passord").count == mixing.STOCK
    assert keyring.restore(empty, kept, "et langt og godt passord").count == 0
    assert (await mornings.mix(database, empty)).moved == 8


async def test_ballots_under_a_key_lost_for_good_are_given_up_and_their_receipts_say_so(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    await close(database, held)
    (used,) = [key for key in await keyring.listed(database, keys) if key.waiting]
    with pytest.raises(keyring.NothingToDo, match="can be read"):
        await keyring.to_give_up(database, keys, used.name)
    lost = await keyring.to_give_up(database, KeyFolder(tmp_path / "empty"), used.name)
    assert await keyring.give_up(database, lost) == 8
    async with database.phone() as connection:
        found = await receipts.look_up(connection, SECRET, elections.receipt(links[0]))
    assert found is not None and found.state is State.LOST


async def test_of_two_mixers_at_once_the_one_that_destroys_a_key_says_so(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    await close(database, held)
    await mixing.mix_and_tell(database, keys)
    await seal_closed(database)
    other = await Database.connect(database.url)
    with capture_logs() as told:
        counts = await asyncio.gather(
            *(mixing.destroy_spent_keys(one, keys) for one in (database, other, database, other))
        )
    await closed(other)
    assert sorted(counts) == [0, 0, 0, 1]
    assert [line["event"] for line in told] == ["ballot key destroyed"]


async def test_a_destroyed_key_that_an_old_backup_brings_back_is_destroyed_again(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    (used,) = [key for key in await keyring.listed(database, keys) if key.waiting]
    keyring.backup(keys, tmp_path / "old", "et langt og godt passord")
    await close(database, held)
    await mixer.work_once(database, keys)
    assert not keys.has(used.public_key)
    assert keyring.restore(keys, tmp_path / "old", "et langt og godt passord").count == 1
    assert keys.has(used.public_key)
    assert await mixing.destroy_spent_keys(database, keys) == 0
    assert not keys.has(used.public_key)
    assert len(list(keys.path.glob("*.key"))) == mixing.STOCK, "no other key is touched"


async def test_that_the_key_of_an_open_round_is_gone_is_told_before_anything_must_be_opened(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    with capture_logs() as before:
        await mixing.keep_stock(database, keys)
    assert not before
    (used,) = [key for key in await keyring.listed(database, keys) if key.current]
    keys.destroy(used.public_key)
    with capture_logs() as told:
        await mixing.keep_stock(database, keys)
    (line,) = told
    assert (line["event"], line["campaign"]) == ("a key is missing", str(held.campaign_id))
    assert used.name in line["why"]
    (found,) = [key for key in await keyring.listed(database, keys) if key.current]
    assert found.lost and not found.waiting
