"""The officer's database role writes, looks, and takes it back: nothing says afterwards that it looked.

What is told when a round is closed was open in the transaction that closed it, and what closing did by a
trigger was done there with the owner's eyes. What is shown here: whatever the logins that have the console's
roles write in an open round, nothing they then read or call, and nothing that a write answers, is another
when homes have answered, said no, or said never. The control is the policy as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from litestar import Litestar

from survey.ballots import submission
from survey.ballots.keys import KeyFolder
from survey.campaigns import links
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import Settings
from tests import elections, mornings, offices, panels
from tests.attack.test_counts_while_open import SCHEMAS, World, begin
from tests.mornings import mornings_pass

LOGINS = {
    "office": ("bostemme_registry", "bostemme_answers"),
    "retention": ("bostemme_retention", "bostemme_registry", "bostemme_answers"),
}
VALUES = {
    "date": ("current_date - 400", "current_date"),
    "boolean": ("true", "false"),
    "integer": ("1", "12"),
    "text": ("'draft'", "'open'", "'closed'"),
    "text[]": ("'{nb}'",),
    "jsonb": ("'{}'",),
    "bytea": ("sha256('')",),
}
"""What is tried in a column, by its type."""
CLOSE = "update registry.campaigns set status = 'closed' where status = 'open'"


class _Undone(Exception):
    pass


class Insider:
    """Somebody with a login of the console's, in one transaction that is taken back."""

    def __init__(self, connection: Any, world: World, ids: list[UUID]) -> None:
        self._connection, self._world, self._ids = connection, world, ids

    async def looks(self, roles: tuple[str, ...]) -> dict[str, object]:
        """All that is told: without a write, when all is closed, and after every other write as well."""
        told: dict[str, object] = {}
        for first in ((), (CLOSE,)):
            for more in (False, True):
                try:
                    async with self._connection.transaction():
                        told |= {
                            f"{first} {more} {k}": v for k, v in (await self._one(roles, first, more)).items()
                        }
                        raise _Undone
                except _Undone:
                    pass
        return told

    async def _one(self, roles: tuple[str, ...], first: tuple[str, ...], more: bool) -> dict[str, object]:
        organisation = str(self._world.office.organisation_id)
        await self._connection.execute(
            "select set_config('bostemme.organisation_id', $1, true)", organisation
        )
        told: dict[str, object] = {}
        await self._as("bostemme_registry")
        for write in first:
            assert await self._connection.execute(write) != "UPDATE 0"
        for role in roles:
            for write, undo in await self._writes(role):
                if more or undo:
                    await self._as(role)
                    told[f"{role} {write}"] = await self._tried(write, undo=undo)
        for role in roles:
            for name, columns in await self._readable(role):
                await self._as(role)
                told[f"{role} {name}"] = await self._tried(f"select {columns} from {name}", undo=True)  # noqa: S608
            for call in await self._calls(role):
                await self._as(role)
                told[f"{role} {call}"] = await self._tried(f"select * from {call}", undo=True)  # noqa: S608
        return told

    async def _as(self, role: str) -> None:
        await self._connection.execute(f"set local role {role}")

    async def _tried(self, statement: str, *, undo: bool) -> object:
        told: object
        try:
            async with self._connection.transaction():
                if statement.startswith("select"):
                    told = sorted(map(repr, await self._connection.fetch(statement)))
                else:
                    told = await self._connection.execute(statement)
                if undo:
                    raise _Undone
        except _Undone:
            pass
        except asyncpg.PostgresError as error:
            told = f"{type(error).__name__} {error}"
        return told

    async def _owner(self, query: str, role: str) -> list[Any]:
        await self._connection.execute("reset role")
        rows: list[Any] = await self._connection.fetch(query, role, SCHEMAS)
        return rows

    async def _writes(self, role: str) -> list[tuple[str, bool]]:
        """What is inserted or deleted is undone at once; what is updated stays for the look."""
        found = [(f"delete from {name}", True) for name in await self._tables(role, "delete")]  # noqa: S608
        ids = dict(zip(("campaign_id", "organisation_id", "estate_id"), self._ids, strict=False))
        for name in await self._tables(role, "insert"):
            named = [column for column, _ in await self._columns(role, name, "insert") if column in ids]
            values = ", ".join(f"'{ids[column]}'" for column in named)
            if named:
                found.append((f"insert into {name} ({', '.join(named)}) values ({values})", True))  # noqa: S608
        for name in await self._tables(role, "update"):
            for column, kind in await self._columns(role, name, "update"):
                values_of = [f"'{id}'" for id in self._ids] if kind == "uuid" else VALUES.get(kind, ())
                found += [(f"update {name} set {column} = {value}", False) for value in values_of]  # noqa: S608
        return found

    async def _tables(self, role: str, right: str) -> list[str]:
        any_column = "" if right == "delete" else f" or has_any_column_privilege($1, c.oid, '{right}')"
        rows = await self._owner(
            "select n.nspname || '.' || c.relname as name from pg_class c"  # noqa: S608
            "  join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname = any($2::text[])"
            "   and has_schema_privilege($1, n.oid, 'usage')"
            f"  and (has_table_privilege($1, c.oid, '{right}'){any_column}) order by 1",
            role,
        )
        return [row["name"] for row in rows]

    async def _columns(self, role: str, table: str, right: str) -> list[tuple[str, str]]:
        rows = await self._owner(
            "select attname as name, format_type(atttypid, null) as kind from pg_attribute"  # noqa: S608
            f" where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped"
            f"   and has_column_privilege($1, attrelid, attnum, '{right}') and $2::text[] is not null"
            " order by attnum",
            role,
        )
        return [(row["name"], row["kind"]) for row in rows]

    async def _readable(self, role: str) -> list[tuple[str, str]]:
        found = []
        for table in await self._tables(role, "select"):
            columns = [f'"{column}"' for column, _ in await self._columns(role, table, "select")]
            found.append((table, ", ".join(columns)))
        return found

    async def _calls(self, role: str) -> list[str]:
        rows = await self._owner(
            "select n.nspname || '.' || p.proname as name,"
            "       p.proargtypes::oid[]::regtype[]::text[] as arguments"
            "  from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = any($2::text[]) and has_schema_privilege($1, n.oid, 'usage')"
            "   and has_function_privilege($1, p.oid, 'execute') and p.prorettype <> 'trigger'::regtype"
            " order by 1, 2",
            role,
        )
        return [call for row in rows for call in self._with_ids(row["name"], row["arguments"])]

    def _with_ids(self, name: str, arguments: list[str]) -> Iterator[str]:
        if set(arguments) <= {"uuid", "uuid[]"}:
            ids = [f"'{id}'::uuid" for id in self._ids]
            every = f"array[{', '.join(ids)}]"
            values = [ids if argument == "uuid" else [every] for argument in arguments]
            for chosen in product(*values):
                yield f"{name}({', '.join(chosen)})"


@pytest.mark.parametrize("login", LOGINS)
async def test_who_writes_looks_and_takes_it_back_has_seen_no_more_than_who_only_looks(
    app: Litestar, database: Database, database_url: str, settings: Settings, keys: KeyFolder, login: str
) -> None:
    world = await begin(app, database, settings, keys)
    staff = world.office.staff[Role.OFFICER]
    new = replace(offices.new_round(world.office), estate_ids=(world.office.estates[2][0],))
    planned = await offices.make_round(database, world.office, new)
    async with database.registry(world.office.organisation_id) as connection:
        await links.issue_links(connection, settings, staff, planned)
    await world.send([*world.own, *world.others[:9]])
    await mornings.work(database, keys)
    await mornings_pass(database)

    async def look() -> dict[str, object]:
        ids = [world.round_id, world.office.organisation_id, world.office.estates[2][0], planned]
        connection = await asyncpg.connect(database_url)
        try:
            # What she took back left dead rows, and the next row she writes takes the place of one.
            await connection.execute("vacuum")
            async with connection.transaction():
                return await Insider(connection, world, ids).looks(LOGINS[login])
        finally:
            await connection.close()

    before = await look()
    assert len(before) > 500
    await world.send(world.others[9:40])
    await world.decline(world.others[40:46])
    async with database.phone() as phone:
        for token in world.others[44:52]:
            assert await submission.ask_again(phone, settings.secret_key, token, False)
    await mornings.work(database, keys)
    after = await look()
    assert {what: told for what, told in after.items() if told != before[what]} == {}

    async with database.owner() as connection:  # the control: what hung on the console's own word
        await connection.execute(
            "create or replace function answers.own_closed() returns setof uuid"
            " language sql stable security definer set search_path = pg_catalog"
            " as 'select id from registry.campaigns where status = ''closed'''"
        )
    seen = await look()
    assert [what for what, told in seen.items() if told != after[what] and "answers.responses" in what]
    await world.client.aclose()


async def test_answers_lock_no_addresses_in_a_later_wave_of_a_panel(
    database: Database, keys: KeyFolder
) -> None:
    series = await panels.begin(database, [7, 7, 13])
    await panels.send_all(database, series.everybody)
    await panels.end_wave(database, keys, series)
    await panels.next_wave(database, series)

    async def locked() -> set[UUID]:
        async with database.registry(series.organisation_id) as connection:
            rows = await connection.fetch("select delivery.locked_estates($1) as id", series.now)
        return {row["id"] for row in rows}

    before = await locked()
    estates = list(series.tenants)
    await panels.send_all(database, series.tenants[estates[1]][:1])
    async with database.phone() as phone:
        assert await submission.decline(phone, elections.SECRET, series.tenants[estates[2]][3])
    assert await locked() == before == set(estates)


async def test_the_console_gives_an_open_round_no_other_key(database: Database) -> None:
    """Neither one it has made nor one of the stock, and nobody gives one that the mixer has not made."""
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        taken = await connection.fetchval(
            "select registry.take_ballot_key($1, $2)", office.organisation_id, round_id
        )
        assert taken is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update registry.campaigns set ballot_key = sha256('')")
    async with database.owner() as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute("update registry.campaigns set ballot_key = sha256('')")
