"""What each door of the database lets through."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from survey.database.pool import Database


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
    for statement in ("select * from answers.responses", "select used from registry.invitations"):
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
