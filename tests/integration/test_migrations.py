"""A database becomes ours step by step, by one process at a time, and never by the wrong version."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from survey.database.errors import DatabaseOfAnotherVersion, DatabaseUnreachable, MigrationFailed
from survey.database.migrate import MIGRATIONS, dbmate_url, migrate, require_current, versions


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may add to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _exists(url: str, table: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("select to_regclass($1) is not null", table))
    finally:
        await connection.close()


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert await migrate(database_url) == 0
    await require_current(database_url)


async def test_many_processes_may_start_at_once_and_one_migrates(database_url: str, migrations: Path) -> None:
    (migrations / "9001_more.sql").write_text(
        "-- migrate:up\ncreate table public.more ();\n-- migrate:down\n"
    )
    done = await asyncio.gather(*(migrate(database_url, migrations) for _ in range(5)))
    assert sorted(done) == [0, 0, 0, 0, 1]


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    database_url: str, migrations: Path
) -> None:
    await _execute(database_url, "insert into schema_migrations (version) values ('9999')")
    (migrations / "9001_more.sql").write_text(
        "-- migrate:up\ncreate table public.more ();\n-- migrate:down\n"
    )
    for call in (migrate, require_current):
        with pytest.raises(
            DatabaseOfAnotherVersion, match=r"newer Bostemme \(migration 9999, .*Nothing was changed"
        ):
            await call(database_url, migrations)
    assert not await _exists(database_url, "public.more")


async def test_a_database_of_an_older_version_is_not_served(database_url: str, migrations: Path) -> None:
    (migrations / "9001_more.sql").write_text(
        "-- migrate:up\ncreate table public.more ();\n-- migrate:down\n"
    )
    with pytest.raises(DatabaseOfAnotherVersion, match=r"lacks migration 9001. Run `bostemme migrate`"):
        await require_current(database_url, migrations)


async def test_a_migration_that_fails_leaves_no_trace(database_url: str, migrations: Path) -> None:
    (migrations / "9001_bad.sql").write_text(
        "-- migrate:up\ncreate table public.half ();\nselect no_such_column;\n-- migrate:down\n"
    )
    with pytest.raises(MigrationFailed, match=r"rolled back: .*no_such_column"):
        await migrate(database_url, migrations)
    assert not await _exists(database_url, "public.half")


async def test_a_database_that_is_away_is_said_so() -> None:
    with pytest.raises(DatabaseUnreachable, match="Check DATABASE_URL"):
        await migrate("postgresql://nobody@/none?host=/no/such/folder")


def test_our_own_migrations_are_numbered_without_a_gap() -> None:
    assert sorted(versions()) == [f"{number:04}" for number in range(1, len(versions()) + 1)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("postgresql://me@/house?host=/run/pg", "postgres://me@/house?socket=%2Frun%2Fpg"),
        ("postgres://me:pw@db.example:5433/house", "postgres://me:pw@db.example:5433/house"),
        ("postgresql://me@localhost/house", "postgres://me@localhost/house?sslmode=disable"),
        ("postgresql://me@localhost/h?sslmode=require", "postgres://me@localhost/h?sslmode=require"),
    ],
)
def test_every_form_of_address_reaches_the_migration_tool(ours: str, theirs: str) -> None:
    assert dbmate_url(ours) == theirs
