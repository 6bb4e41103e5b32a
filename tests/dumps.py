"""Backups of single tables, for tests of what a restored database has forgotten."""

from __future__ import annotations

from survey.database.pool import Database

BALLOTS = ("ballots.box", "ballots.receipts", "ballots.rights", "ballots.timeline", "answers.responses")
"""What tenants and the mixer write while a round is open."""


class Dump:
    """Rows as they were; put back as a backup of the database puts them."""

    def __init__(self, *tables: str) -> None:
        self._tables = {table: f"public.old_{table.partition('.')[2]}" for table in tables}

    async def take(self, database: Database) -> None:
        async with database.owner() as connection:
            for table, copy in self._tables.items():
                await connection.execute(f"create table {copy} as table {table}")

    async def put_back(self, database: Database) -> None:
        async with database.owner() as connection:
            await connection.execute("set session_replication_role = replica")
            for table, copy in self._tables.items():
                await connection.execute(f"delete from {table}")  # noqa: S608 - names of ours
                await connection.execute(f"insert into {table} table {copy}")
            await connection.execute("set session_replication_role = default")
