"""What each door of the database lets through."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import asyncpg
import httpx
import pytest
from litestar import Litestar

from survey.database.pool import LIMITS, Database
from survey.settings import Settings
from tests.tenants import invite
from tests.waiting import until


async def _organisation(database: Database, name: str) -> object:
    async with database.owner() as connection:
        return await connection.fetchval(
            "insert into registry.organisations (name, kind) values ($1, 'municipality') returning id", name
        )


async def test_the_office_sees_its_own_organisation_only(database: Database) -> None:
    ours = await _organisation(database, "Ours")
    await _organisation(database, "Theirs")
    async with database.registry(ours) as connection:
        rows = await connection.fetch("select name from registry.organisations")
    assert [row["name"] for row in rows] == ["Ours"]


async def test_the_office_reads_no_answers_and_not_who_has_answered(database: Database) -> None:
    for statement in ("select * from answers.responses", "select used from ballots.rights"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(uuid4()) as connection:
                await connection.fetch(statement)


async def test_reports_read_no_registry(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.answers(uuid4()) as connection:
            await connection.fetch("select * from registry.invitations")


async def test_the_phone_lists_nothing(database: Database) -> None:
    for table in ("registry.invitations", "answers.responses", "ballots.drafts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.phone() as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608


async def test_who_hangs_with_rows_in_hand_keeps_nobody_waiting_for_ever(
    app: Litestar,
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tenant is told to come back, and what the other holds is let go."""
    tenant = await invite(database, settings.secret_key)
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    monkeypatch.setitem(LIMITS, "phone", {"lock_timeout": "300ms"})
    monkeypatch.setitem(LIMITS, "registry", {"idle_in_transaction_session_timeout": "3s"})
    impatient = app.state["database"] = await Database.connect(database.url)
    try:
        with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresError)):
            async with impatient.registry(tenant.organisation_id) as hangs:
                await hangs.execute("update registry.campaigns set status = 'closed'")
                told = await client.post(f"{tenant.link}/send")
                assert told.status_code == 503 and "prøv igjen" in told.text.lower()
                await until(partial(_nothing_is_held, database), "it is let go")
                await hangs.fetchval("select 1")
        assert (await client.post(f"{tenant.link}/send")).status_code == 200
    finally:
        await impatient.close()


async def _nothing_is_held(database: Database) -> bool:
    async with database.owner() as connection:
        held = "select exists (select from pg_locks where locktype = 'advisory' and granted)"
        return not await connection.fetchval(held)


async def test_what_is_confirmed_is_on_disk_whatever_the_server_was_told(database: Database) -> None:
    async with database.owner() as connection:
        name = await connection.fetchval("select current_database()")
        await connection.execute(f'alter database "{name}" set synchronous_commit = off')
    told_otherwise = await asyncpg.connect(database.url)
    assert await told_otherwise.fetchval("show synchronous_commit") == "off"
    await told_otherwise.close()
    opened = await Database.connect(database.url)
    for door in (opened.phone(), opened.mixer(), opened.sender(), opened.registry(uuid4()), opened.owner()):
        async with door as connection:
            assert await connection.fetchval("show synchronous_commit") == "on"
    await opened.close()


async def test_a_connection_that_comes_back_forgets_its_organisation(database: Database) -> None:
    ours = await _organisation(database, "Ours")
    async with database.registry(ours) as connection:
        assert await connection.fetchval("select count(*) from registry.organisations") == 1
    async with database.registry_anonymous() as connection:
        assert await connection.fetchval("select count(*) from registry.organisations") == 0
