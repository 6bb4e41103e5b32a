"""The operator names a round as people do, and sees which keys are in no backup."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from survey import mixer
from survey.ballots import keyring
from survey.ballots.keys import KeyFolder
from survey.cli import main
from survey.database.pool import Database
from survey.settings import Settings
from tests.deliveries import first_dwellings, mailed
from tests.elections import close, hold, in_box, send_all
from tests.tenants import ORGANISATION

PHRASE = "en ganske lang frase\n"
Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(database_url: str, keys: KeyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on the database and the keys of this test, in a thread beside its event loop."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))

    async def command(*words: str, typed: str | None = None, language: str = "en") -> Result:
        arguments = ["keys", *words, "--language", language]
        return await asyncio.to_thread(CliRunner().invoke, main, arguments, input=typed)

    return command


async def test_the_list_names_organisation_round_state_day_and_backup(
    run: Run, database: Database, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    before = await run("list")
    (line,) = [line for line in before.output.splitlines() if "Bo i Havna" in line]
    assert line.endswith(f"{ORGANISATION}: Bo i Havna (open)"), line
    assert re.search(rf"^[0-9a-f]{{12}}  {date.today()}  in use +6 waiting  IN NO BACKUP ", line), line
    assert "19 keys in stock for rounds to come, 0 of them in the last backup." in before.output
    assert f"In no backup: {line[:12]}. Make one" in before.output and before.exit_code == 0
    assert (await run("backup", str(tmp_path / "kopi"), typed=PHRASE)).exit_code == 0
    after = await run("list")
    assert f"in the backup of {date.today()}" in after.output and "IN NO BACKUP" not in after.output
    assert "In no backup" not in after.output and "19 of them in the last backup" in after.output


async def test_a_round_changes_its_key_by_its_name_however_it_is_written(
    run: Run, database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    for name in ("bo i  havna", str(held.campaign_id)):  # the log of the mixer has the id
        told = await run("rotate", name)
        assert told.exit_code == 0, told.output
        assert re.match(rf"{ORGANISATION}: Bo i Havna \(open\) now seals with [0-9a-f]{{12}}\.", told.output)
    listed = (await run("list")).output
    assert "not known to this database" not in listed
    assert listed.count("Bo i Havna (open)") == 3 and listed.count("  in use ") == 1
    assert len(re.findall(r"  old +6 waiting", listed)) == 1
    since = keys.make().hex()[:12]
    assert f"not known to this database: {since}. If an older dump" in (await run("list")).output


async def test_a_ballot_under_a_key_that_nobody_has_is_told_and_given_up_and_the_others_are_counted(
    run: Run, database: Database, keys: KeyFolder
) -> None:
    """Such a round never ended: the key stood in no list, and could not be given up."""
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:8])
    async with database.owner() as connection:
        name: str = await connection.fetchval(
            "update ballots.box set public_key = sha256('') where id = (select id from ballots.box limit 1)"
            " returning encode(public_key, 'hex')"
        )
    await close(database, held)
    await mixer.work_once(database, keys)
    told = await run("list")
    assert told.exit_code == 1 and told.output.count(name[:12]) == 2, told.output
    assert "1 waiting" in next(line for line in told.output.splitlines() if name[:12] in line)
    assert (await run("give-up", name[:12], "--yes")).exit_code == 0
    await mixer.work_once(database, keys)
    assert await in_box(database, held) == 0
    async with database.owner() as connection:
        assert await connection.fetchval("select responses from answers.waves") == 7
        steps = await connection.fetch("select campaign_id, step from retention.log")
        assert (held.campaign_id, "lost") in [tuple(row) for row in steps]
    assert (await run("list")).exit_code == 0


async def test_a_slip_of_the_pen_is_answered_with_the_name_that_is_nearest(
    run: Run, database: Database
) -> None:
    await hold(database, [20])
    told = await run("rotate", "Bo i Hamna")
    assert told.exit_code == 1
    assert told.output.startswith("Error: No round called 'Bo i Hamna' has a key. Did you mean 'Bo i Havna'?")
    told = await run("rotate", "Bo i Havna", "--organisation", "Eksempelvika kommune")
    assert f"Did you mean '{ORGANISATION}'?" in told.output and told.exit_code == 1
    told = await run("rotate", "Leietakerundersøkelsen 2031")
    assert "Drafts have none." in told.output and "mean" not in told.output


async def test_two_rounds_of_one_name_are_told_apart_by_organisation_or_id(
    run: Run, database: Database
) -> None:
    first, second = await hold(database, [20]), await hold(database, [20])
    async with database.owner() as connection:
        await connection.execute(
            "update registry.organisations set name = 'Nabo kommune' where id = $1", second.organisation_id
        )
    told = await run("rotate", "Bo i Havna")
    assert told.exit_code == 1 and "Several rounds are called 'Bo i Havna'" in told.output
    assert f"Nabo kommune ({second.campaign_id})" in told.output
    assert f"{ORGANISATION} ({first.campaign_id})" in told.output
    told = await run("rotate", "Bo i Havna", "--organisation", "nabo kommune")
    assert told.output.startswith("Nabo kommune: Bo i Havna (open) now seals with")


async def test_a_closed_round_has_no_key_to_change(run: Run, database: Database) -> None:
    held = await hold(database, [20])
    await close(database, held)
    told = await run("rotate", "Bo i Havna")
    assert told.exit_code == 1 and "The round 'Bo i Havna' is closed" in told.output


async def test_what_a_lost_key_seals_is_given_up_by_the_name_of_its_round(
    run: Run, database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    kept = await run("give-up", "Bo i Havna", "--yes")
    assert kept.exit_code == 1 and "is in the folder" in kept.output
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select ballot_key from registry.campaigns where id = $1", held.campaign_id
        )
    keys.destroy(key)
    listed = await run("list")
    assert listed.exit_code == 1 and f"something hangs on it: {key.hex()[:12]}." in listed.output
    asked = await run("give-up", "Bo i Havna", typed="n\n", language="nb")
    assert f"{key.hex()[:12]}, {ORGANISATION}: Bo i Havna (åpen): 6 svar venter." in asked.output
    assert "Er nøkkelen tapt for godt? (j/n)" in asked.output and "Avbrutt." in asked.output
    assert await in_box(database, held) == 6
    done = await run("give-up", "Bo i Havna", typed="y\n")
    assert "6 ballots were given up." in done.output and await in_box(database, held) == 0
    again = await run("give-up", "Bo i Havna", "--yes")
    assert again.exit_code == 1 and "Nothing waits under a lost key of 'Bo i Havna'" in again.output


async def test_a_lost_key_that_sealed_nothing_is_not_taken_for_the_rounds_other_key(
    run: Run, database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    assert (await run("rotate", "Bo i Havna")).exit_code == 0
    async with database.owner() as connection:
        keys.destroy(
            await connection.fetchval(
                "select ballot_key from registry.campaigns where id = $1", held.campaign_id
            )
        )
    told = await run("give-up", "Bo i Havna", "--yes")
    assert told.exit_code == 1 and "Nothing waits under a lost key of 'Bo i Havna'" in told.output
    assert await in_box(database, held) == 6


async def test_a_destroyed_key_that_the_last_backup_still_holds_is_named(
    run: Run, database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    assert (await run("backup", str(tmp_path / "one"), typed=PHRASE)).exit_code == 0
    async with database.owner() as connection:
        key = await connection.fetchval(
            "update registry.ballot_keys set destroyed_on = current_date where campaign_id = $1"
            " returning public_key",
            held.campaign_id,
        )
    keys.destroy(key)
    said = f"Destroyed, but still in the last backup: {key.hex()[:12]}."
    assert said in (await run("list")).output
    assert (await run("backup", str(tmp_path / "two"), typed=PHRASE)).exit_code == 0
    assert said not in (await run("list")).output


async def test_the_senders_keys_are_backed_up_and_put_back_by_the_same_command(
    run: Run, contact_keys: KeyFolder, keys: KeyFolder, tmp_path: Path
) -> None:
    kept = {file.name: file.read_text() for file in contact_keys.path.glob("*.key")}
    told = await run("backup", str(tmp_path / "kopi"), "--contacts", typed=PHRASE)
    assert told.output.startswith(f"{len(kept)} keys are in")
    for name in kept:
        (contact_keys.path / name).unlink()
    back = await run("restore", str(tmp_path / "kopi"), "--contacts", typed=PHRASE)
    assert back.output == f"{len(kept)} keys were put back.\n"
    assert {file.name: file.read_text() for file in contact_keys.path.glob("*.key")} == kept
    assert not {file.stem for file in keys.path.glob("*.key")} & {Path(name).stem for name in kept}


async def test_another_key_under_a_rounds_name_is_told_and_put_right_from_the_backup(
    run: Run, database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    (line,) = [line for line in (await run("list")).output.splitlines() if "Bo i Havna" in line]
    (own,) = [file for file in keys.path.glob("*.key") if file.stem.startswith(line[:12])]
    stranger = next(file for file in keys.path.glob("*.key") if file != own)
    good = own.read_text()
    assert (await run("backup", str(tmp_path / "kopi"), typed=PHRASE)).exit_code == 0
    for spoiled, word in ((stranger.read_text(), "ANOTHER KEY"), ("rubbish\n", "DAMAGED")):
        own.write_text(spoiled)
        told = await run("list")
        assert told.exit_code == 1, told.output
        assert re.search(rf"{line[:12]} .*  {word} +6 waiting", told.output), told.output
        assert f"holds another key than its name says: {line[:12]}." in told.output
        worse = await run("backup", str(tmp_path / "bad"), typed=PHRASE)
        assert worse.exit_code == 1 and not (tmp_path / "bad").exists(), "the good copy is not replaced"
        back = await run("restore", str(tmp_path / "kopi"), typed=PHRASE)
        assert back.exit_code == 0 and back.output.startswith("1 key was put back."), back.output
        aside = back.output.splitlines()[1].rpartition(": ")[2]
        kept = {str(file): file.read_text() for file in keys.path.iterdir()}
        assert kept[aside] == spoiled and kept[str(own)] == good
        assert (await run("list")).exit_code == 0


async def test_a_backup_that_was_cut_short_is_called_damaged_not_the_passphrase(
    run: Run, keys: KeyFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "kopi"
    assert (await run("backup", str(kept), typed=PHRASE)).exit_code == 0
    whole = kept.read_bytes()
    for length in (10, 30, 60, len(whole) - 1):
        kept.write_bytes(whole[:length])
        told = await run("restore", str(kept), typed=PHRASE)
        assert told.exit_code == 1 and "is damaged or not whole" in told.output, (length, told.output)
    kept.write_bytes(whole)
    told = await run("restore", str(kept), typed="en annen ganske lang frase\n")
    assert told.exit_code == 1 and "does not open with this passphrase" in told.output


def _as_it_was_made_before_there_were_digests(backup: bytes) -> bytes:
    return keyring.MAGIC_WITHOUT_DIGEST + backup[len(keyring.MAGIC) + keyring.DIGEST_BYTES :]


async def test_a_backup_from_before_there_were_digests_brings_keys_back_and_one_cut_short_does_no_harm(
    run: Run, keys: KeyFolder, tmp_path: Path
) -> None:
    """It cannot tell damage from another passphrase, and says that it may be either."""
    kept = tmp_path / "kopi"
    assert (await run("backup", str(kept), typed=PHRASE)).exit_code == 0
    old = _as_it_was_made_before_there_were_digests(kept.read_bytes())
    gone = min(keys.here())
    file = keys.path / f"{gone.hex()}.key"
    good = file.read_bytes()
    file.unlink()
    for length in (5, 16, 20, 40, 100, len(old) - 1):
        kept.write_bytes(old[:length])
        told = await run("restore", str(kept), typed=PHRASE)
        assert told.exit_code == 1 and isinstance(told.exception, SystemExit), (length, told.output)
        assert "damaged" in told.output and not file.exists(), (length, told.output)
    kept.write_bytes(old)
    assert (await run("restore", str(kept), typed="en annen ganske lang frase\n")).exit_code == 1
    assert (await run("restore", str(kept), typed=PHRASE)).exit_code == 0
    assert file.read_bytes() == good and (await run("list")).exit_code == 0


async def test_a_backup_whose_beginning_was_changed_is_called_damaged(
    run: Run, keys: KeyFolder, tmp_path: Path
) -> None:
    kept = tmp_path / "kopi"
    assert (await run("backup", str(kept), typed=PHRASE)).exit_code == 0
    whole = kept.read_bytes()
    for place in (len(keyring.MAGIC) + 3, len(keyring.MAGIC) + keyring.DIGEST_BYTES + 3, len(whole) - 1):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        told = await run("restore", str(kept), typed=PHRASE)
        assert told.exit_code == 1 and "is damaged or not whole" in told.output, (place, told.output)


async def test_the_senders_list_tells_of_keys_that_are_missing_and_that_should_be_gone(
    run: Run, database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(3), opened=False)
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select public_key from delivery.contact_keys where campaign_id = $1", held.round_id
        )
        name = await connection.fetchval("select name from registry.campaigns where id = $1", held.round_id)
    good = await run("list", "--contacts")
    of = re.escape(f"Eksempelvik kommune: {name}")
    assert good.exit_code == 0 and re.search(rf"{key.hex()[:12]} .* in use +{of}\n", good.output)
    private = bytes(contact_keys.load(key))
    contact_keys.destroy(key)
    away = await run("list", "--contacts")
    assert away.exit_code == 1 and f"something hangs on it: {key.hex()[:12]}." in away.output
    async with database.owner() as connection:
        await connection.execute(
            "update delivery.contact_keys set destroyed_on = current_date where public_key = $1", key
        )
    assert (await run("list", "--contacts")).exit_code == 0
    contact_keys.keep(key, private)
    back = await run("list", "--contacts")
    assert back.exit_code == 1 and "SHOULD BE GONE" in back.output
    assert f"but lying here: {key.hex()[:12]}." in back.output


async def test_the_mixers_login_is_told_names_of_rounds_and_still_reads_no_table(database: Database) -> None:
    await hold(database, [20])
    async with database.mixer() as connection:
        rows = await connection.fetch("select organisation_name, campaign_name, status from ballots.keys()")
        assert (ORGANISATION, "Bo i Havna", "open") in [tuple(row) for row in rows]
    for door in (database.mixer(), database.phone()):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with door as connection:
                await connection.fetch("select name from registry.organisations")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.phone() as connection:
            await connection.fetch("select * from ballots.keys()")


def test_a_key_that_is_destroyed_is_gone_under_whatever_name_it_lay(tmp_path: Path) -> None:
    """Copied over another key's file, and set aside when that was put right: it opens the round's ballots
    like the key itself."""
    folder = KeyFolder(tmp_path / "keys")
    gone, other, third = folder.make(), folder.make(), folder.make()
    held = folder._file(gone).read_text()
    folder._file(other).write_text(held)
    aside = folder.set_aside(other)
    folder._file(third).write_text(held)
    kept = folder.make()
    (folder.path / f"{kept.hex()}.key.set-aside-1").write_text("no key at all")
    assert aside.exists()
    assert folder.destroy(gone)
    assert not any(held.strip() in path.read_text() for path in folder.path.iterdir())
    assert folder.state(kept) == "good" and len(list(folder.path.iterdir())) == 2
    assert not folder.destroy(gone)
    assert not KeyFolder(tmp_path / "none").destroy(gone)


async def test_keys_of_a_lost_database_are_listed_and_destroyed_and_no_other(
    run: Run, database: Database, keys: KeyFolder
) -> None:
    await hold(database, [20])
    await mixer.work_once(database, keys)
    known = set(keys.here())
    assert "known to the database" in (await run("discard")).output
    lost = keys.make()
    kept = bytes(keys.load(lost))
    assert f"not known to this database: {lost.hex()[:12]}" in (await run("list")).output
    refused = await run("discard", typed="n\n")
    assert refused.exit_code == 1 and lost.hex()[:12] in refused.output and keys.has(lost)
    done = await run("discard", typed="y\n")
    assert done.exit_code == 0 and "1 key was destroyed" in done.output, done.output
    assert set(keys.here()) == known and "not known" not in (await run("list")).output
    keys.keep(lost, kept)
    await mixer.work_once(database, keys)
    assert not keys.has(lost), "brought back by a backup, it is destroyed again"


async def test_a_key_that_the_mixer_makes_known_in_this_moment_is_not_discarded(
    database: Database, keys: KeyFolder
) -> None:
    made = keys.make()
    async with database.owner() as connection:
        await connection.execute("select ballots.keep_key($1)", made)
        unwanted = await keyring.unknown(database, keys)
        assert unwanted == (made,), "not committed yet"
        discarding = asyncio.create_task(keyring.discard(database, keys, unwanted))
        await asyncio.sleep(0.3)
    assert await discarding == () and keys.has(made)
