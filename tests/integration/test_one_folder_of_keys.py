"""Two mixers with a folder of keys each lose nobody's answer: one is refused, and says so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from survey import logs, mixer
from survey.ballots import folders, keyring, mixing
from survey.ballots.keys import KeyFolder
from survey.cli import main
from survey.database.pool import Database
from tests.elections import SECRET, close, hold, in_box, marks, send_all
from tests.tenants import invite


@pytest.fixture(autouse=True)
def nothing_told_before() -> None:
    logs.over(folders.NOT_OURS)


async def _keys(database: Database) -> tuple[int, int]:
    """How many the database knows, and how many of them are called destroyed."""
    async with database.owner() as connection:
        row = await connection.fetchrow("select count(*), count(destroyed_on) from registry.ballot_keys")
    return row[0], row[1]


async def _silent(database: Database, minutes: int) -> None:
    """The folder in use has not been looked into for so long."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.key_folder set seen = seen - make_interval(mins => $1)", minutes
        )


async def test_a_second_mixer_with_another_folder_makes_no_keys_and_calls_none_lost(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    other = KeyFolder(tmp_path / "other")
    await mixer.work_once(database, keys)
    before = await _keys(database)
    for _ in range(3):
        logs.over(folders.NOT_OURS)
        with capture_logs() as told:
            await mixer.work_once(database, other)
            await mixer.work_once(database, other)
        await mixer.work_once(database, keys)
    assert await _keys(database) == before == (mixing.STOCK, 0) and not other.here()
    (line,) = told
    assert line["event"] == "this folder of keys is not the one in use"
    assert str(other.path) in line["why"] and "BOSTEMME_KEYS" in line["why"]


async def test_a_key_that_a_round_is_taking_is_not_called_destroyed_by_who_does_not_have_it(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    """It waited until the round was open, and then called its key destroyed: what was sealed was lost."""
    held = await invite(database, SECRET, tenants=12, status="draft")
    async with database.owner() as connection:
        taken: bytes = await connection.fetchval(
            "select ballots.take_key($1, $2)", held.organisation_id, held.campaign_id
        )
        other = asyncio.create_task(mixing.keep_stock(database, KeyFolder(tmp_path / "other")))
        await asyncio.sleep(0.5)
        await connection.execute(
            "update registry.campaigns set status = 'open' where id = $1", held.campaign_id
        )
    await other
    (used,) = [key for key in await keyring.listed(database, keys) if key.public_key == taken]
    assert used.destroyed_on is None and used.campaign_id == held.campaign_id and not used.lost


async def test_no_key_is_deleted_while_ballots_wait_under_it_whatever_the_database_calls_it(
    database: Database, keys: KeyFolder
) -> None:
    """As an earlier version left it: noted as destroyed, and in use."""
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    async with database.owner() as connection:
        await connection.execute(
            "update registry.ballot_keys set destroyed_on = current_date where campaign_id = $1",
            held.campaign_id,
        )
    for _ in range(3):
        await mixer.work_once(database, keys)
    await close(database, held)
    await mixer.work_once(database, keys)
    assert await in_box(database, held) == 0 and set(await marks(database, held)) == set(links[:8])


async def test_a_key_is_noted_as_spent_only_when_its_wave_is_sealed_and_nothing_waits(
    database: Database,
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:2])
    async with database.mixer() as connection:
        for row in await connection.fetch("select public_key, campaign_id from ballots.keys()"):
            assert not await connection.fetchval("select ballots.note_spent($1)", row["public_key"])
            dropped = await connection.fetchval("select ballots.drop_stock($1)", row["public_key"])
            assert dropped == (row["campaign_id"] is None)


async def test_another_folder_takes_over_when_the_former_is_silent_and_rounds_keep_their_keys(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    other = KeyFolder(tmp_path / "other")
    await mixer.work_once(database, keys)
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    await _silent(database, 20)
    await mixer.work_once(database, other)
    assert not other.here(), "within twenty minutes it may come back"
    await _silent(database, 10)
    with capture_logs() as told:
        await mixer.work_once(database, other)
    assert folders.IS_OURS_NOW in [line["event"] for line in told]
    assert len(other.here()) == mixing.STOCK
    (used,) = [key for key in await keyring.listed(database, keys) if key.current]
    assert used.here and used.destroyed_on is None and used.waiting == 8
    await mixer.work_once(database, keys)
    assert keys.has(used.public_key), "refused now, it deletes nothing either"


async def test_a_lost_folder_is_replaced_at_once_by_a_command(
    database: Database, database_url: str, keys: KeyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mixer.work_once(database, keys)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_KEYS", str(tmp_path / "new"))
    told = await asyncio.to_thread(CliRunner().invoke, main, ["keys", "adopt", "--language", "en"])
    assert told.exit_code == 0 and str(tmp_path / "new") in told.output, told.output
    await mixer.work_once(database, KeyFolder(tmp_path / "new"))
    assert len(KeyFolder(tmp_path / "new").here()) == mixing.STOCK


async def test_no_key_is_rotated_into_a_folder_that_is_not_the_one_in_use(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    await mixer.work_once(database, keys)
    await hold(database, [20])
    with pytest.raises(folders.AnotherFolder):
        await keyring.rotate(database, KeyFolder(tmp_path / "other"), "Bo i Havna")
    assert not KeyFolder(tmp_path / "other").here()


async def test_copies_of_a_folder_are_the_same_and_those_who_begin_at_once_agree(
    database: Database, tmp_path: Path
) -> None:
    one = KeyFolder(tmp_path / "one")
    second = await Database.connect(database.url)
    await asyncio.gather(*(folders.claim(which, one) for which in (database, second) * 3))
    await second.close()
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / folders.MARK).write_bytes((one.path / folders.MARK).read_bytes())
    await folders.claim(database, KeyFolder(tmp_path / "copy"))
    assert [file.name for file in one.path.iterdir()] == [folders.MARK]
