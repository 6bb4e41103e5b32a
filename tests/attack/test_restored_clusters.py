"""Backups as operators put them back, with PostgreSQL's own programs and whole servers: known for restores.

`test_taken_back_and_restored.py` says what is lost and leaked where it does not; there rows are put back,
here dumps and files.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from survey import mixer
from survey.ballots import mixing, receipts
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate
from survey.database.pool import Database
from tests import elections, mornings
from tests.elections import SECRET, close, hold, send_all

NUMBERS = """
select d.oid, (pg_control_system()).system_identifier from pg_database d where datname = current_database()
"""
MISSING = [name for name in ("pg_dump", "pg_dumpall", "pg_restore", "psql") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")


@dataclass
class Lost:
    """A house in the middle of a round, an hour after its backups: `roles` and `dump` of pg_dump, `files`
    copied while it stood still. `drawn`: who was in a batch that the backups know nothing of; `withdrew`: who
    withdrew since."""

    folder: Path
    keys: KeyFolder
    files: Path
    roles: Path
    dump: Path
    tenants: list[str]
    drawn: set[str]
    withdrew: str
    held: elections.Election
    numbers: Any

    @property
    def waiting(self) -> str:
        return next(one for one in self.tenants if one not in self.drawn and one != self.withdrew)


@contextlib.asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[tuple[str, Database]]:
    with embedded_postgres(folder, durable=False) as url:
        await migrate(url)
        database = await Database.connect(url)
        try:
            yield url, database
        finally:
            await database.close()


def _run(*command: str, sound: bool = True) -> None:
    """`sound`: nothing was complained of."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (sound and done.stderr), done.stderr


async def _withdraw(database: Database, token: str) -> bool:
    async with database.phone() as connection:
        return await receipts.withdraw(connection, SECRET, elections.receipt(token))


async def _numbers(url: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return tuple(await connection.fetchrow(NUMBERS))
    finally:
        await connection.close()


@pytest.fixture
async def lost(tmp_path: Path) -> Lost:
    folder, keys = tmp_path / "house", KeyFolder(tmp_path / "keys")
    files, roles, dump = tmp_path / "files", tmp_path / "roles.sql", tmp_path / "dump"
    async with _running(folder) as (_, database):
        await mixer.work_once(database, keys)
        held = await hold(database, [30])
        (tenants,) = held.tenants.values()
        await send_all(database, tenants[:20])
        await mixer.work_once(database, keys)
    shutil.copytree(folder / "data", files, symlinks=True)
    async with _running(folder) as (url, database):
        numbers = await _numbers(url)
        await mixer.work_once(database, keys)
        _run("pg_dumpall", "--roles-only", "--dbname", url, "--file", str(roles))
        _run("pg_dump", "--format=custom", "--dbname", url, "--file", str(dump))
        await mornings.mix(database, keys)
        drawn = set(await elections.marks(database, held))
        withdrew = next(one for one in tenants[:20] if one not in drawn)
        assert await _withdraw(database, withdrew)
        await mixer.work_once(database, keys)
    return Lost(folder, keys, files, roles, dump, tenants[:20], drawn, withdrew, held, numbers)


async def _is_known_for_a_restore(lost: Lost, database: Database) -> None:
    (someone, *_) = lost.drawn
    for one in (someone, lost.waiting):
        with pytest.raises(asyncpg.LockNotAvailableError):  # "try again in some minutes"
            await _withdraw(database, one)
    await mixing.mix(database, lost.keys)
    assert not await _withdraw(database, someone)
    async with database.phone() as connection:
        found = await receipts.look_up(connection, SECRET, elections.receipt(lost.withdrew))
    assert found is not None and found.state is State.WITHDRAWN
    assert await _withdraw(database, lost.waiting)
    await close(database, lost.held)
    await mixer.work_once(database, lost.keys)
    counted = set(await elections.marks(database, lost.held))
    assert counted == set(lost.tenants) - {lost.withdrew, lost.waiting}


async def test_a_dump_restored_in_another_cluster_is_known_for_one(lost: Lost, tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / "other", durable=False) as url:
        oid, cluster = await _numbers(url)
        assert oid == lost.numbers[0], (
            "numbers of databases repeat between clusters: so it is the other that tells"
        )
        assert cluster != lost.numbers[1]
        # One role is there in every cluster; psql says so and goes on.
        _run("psql", "--quiet", "--dbname", url, "--file", str(lost.roles), sound=False)
        _run("pg_restore", "--dbname", url, "--exit-on-error", str(lost.dump))
        database = await Database.connect(url)
        try:
            await _is_known_for_a_restore(lost, database)
        finally:
            await database.close()


async def test_a_dump_put_back_into_the_same_database_is_known_for_one(lost: Lost) -> None:
    with embedded_postgres(lost.folder, durable=False) as url:
        database = await Database.connect(url)
        await mixer.work_once(database, lost.keys)  # the server runs, and the mixer has looked
        await database.close()
        _run("pg_restore", "--dbname", url, "--clean", "--exit-on-error", str(lost.dump))
        assert await _numbers(url) == lost.numbers
        database = await Database.connect(url)
        try:
            await _is_known_for_a_restore(lost, database)
        finally:
            await database.close()


async def test_files_that_were_copied_and_put_back_in_place_are_known_for_that(lost: Lost) -> None:
    shutil.rmtree(lost.folder / "data")
    shutil.copytree(lost.files, lost.folder / "data", symlinks=True)
    async with _running(lost.folder) as (url, database):
        assert await _numbers(url) == lost.numbers
        await _is_known_for_a_restore(lost, database)
