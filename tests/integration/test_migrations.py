"""A database becomes ours step by step, by one process at a time, and never by the wrong version."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from survey.database.errors import DatabaseOfAnotherVersion, DatabaseUnreachable, MigrationFailed
from survey.database.migrate import MIGRATIONS, dbmate_url, migrate, require_current, versions


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may add to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


@pytest.fixture
def first_migration(migrations: Path) -> Path:
    """Only the first of them, as a database that has waited since."""
    for file in migrations.glob("*.sql"):
        if not file.name.startswith("0001_"):
            file.unlink()
    return migrations


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


async def test_rounds_closed_before_the_day_was_kept_get_the_latest_day_it_can_have_been(
    server_url: str, first_migration: Path
) -> None:
    name = f"bostemme_{secrets.token_hex(6)}"
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    await _execute(server_url, f"create database {name}")
    try:
        await migrate(url, first_migration)
        await _execute(
            url,
            """
            with o as (insert into registry.organisations (name, kind)
                       values ('Vår', 'municipality') returning id),
                 v as (insert into registry.questionnaire_versions
                         (organisation_id, questionnaire_id, version, content_hash, document)
                       select id, 'q', '1', 'x', '{}' from o returning organisation_id, id)
            insert into registry.campaigns
              (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on,
               results_on, status)
            select v.organisation_id, s.name, 'q', v.id, '{nb}', current_date - 90, current_date + s.days,
                   current_date + 99, s.status
              from v, (values ('gammel', -60, 'closed'), ('tidlig', 30, 'closed'), ('aapen', 30, 'open'))
                      as s (name, days, status)
            """,
        )
        await migrate(url)
        connection = await asyncpg.connect(url)
        rows = await connection.fetch(
            "select name, closed_on - current_date as day from registry.campaigns order by name"
        )
        await connection.close()
    finally:
        await _execute(server_url, f"drop database {name} with (force)")
    assert [tuple(row) for row in rows] == [("aapen", None), ("gammel", -60), ("tidlig", 0)]


async def test_what_the_log_told_of_receipts_is_taken_out_and_the_log_is_as_closed_as_before(
    database_url: str,
) -> None:
    """Of two rounds whose answers are deleted one had a receipt, and so a line."""
    (file,) = MIGRATIONS.glob("*_no_count_of_receipts.sql")
    told = "alter table retention.log alter" + file.read_text().split("alter table retention.log alter")[1]
    await _execute(
        database_url,
        """
        with o as (insert into registry.organisations (name, kind)
                   values ('Vår', 'municipality') returning id),
             v as (insert into registry.questionnaire_versions
                     (organisation_id, questionnaire_id, version, content_hash, document)
                   select id, 'q', '1', 'x', '{}' from o returning organisation_id, id)
        insert into registry.campaigns
          (organisation_id, name, series, questionnaire_version_id, languages, opens_on, closes_on,
           results_on, status)
        select v.organisation_id, s.name, 'q', v.id, '{nb}', current_date, current_date, current_date,
               'closed'
          from v, (values ('silent'), ('answered')) as s (name);
        update registry.campaigns set answers_deleted_on = current_date;
        insert into retention.log (organisation_id, campaign_id, step, counts)
        select organisation_id, id, 'answers', '{"answers": 0, "ballots": 0, "receipts": 1}'
          from registry.campaigns where name = 'answered';
        insert into retention.log (organisation_id, campaign_id, step, counts)
        select organisation_id, id, 'wave', '{"rows": 0}' from registry.campaigns;
        """,
    )
    await _execute(database_url, told)
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select step, counts from retention.log order by step, campaign_id")
    await connection.close()
    assert [tuple(row) for row in rows] == [("answers", "{}")] * 2 + [("wave", '{"rows": 0}')] * 2
    with pytest.raises(asyncpg.RestrictViolationError):
        await _execute(database_url, "update retention.log set counts = '{}'")


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
