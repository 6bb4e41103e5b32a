"""Who reads all that PostgreSQL tells of itself while batches are mixed in an open round finds no row in it.

Its views count by table, index, function and statement: where none of them holds a value of one invitation,
ballot or answer, and nothing is numbered in the order in which it came, there is nothing in them to put rows
in order by. The values that it keeps of columns (`pg_stats`) are paired in `test_relinking`.
"""

from __future__ import annotations

import asyncio
import random
from uuid import UUID

from survey.ballots.keys import KeyFolder
from survey.database.pool import Connection, Database
from tests import mornings
from tests.ballots import SEED
from tests.elections import hold, receipt, send_all

TABLES = ("registry.invitations", "ballots.rights", "ballots.box", "ballots.receipts", "answers.responses")
SHARED = ("organisation_id", "campaign_id", "estate_id", "questionnaire_version_id", "public_key")
OF_THE_SERVER = "pg_(stat|locks|sequences|cursors|prepared|replication|backend|shmem|progress)"


async def _told(connection: Connection) -> str:
    """All rows of all views about the server's own doings, those of extensions too."""
    await connection.execute("select pg_stat_clear_snapshot()")  # else a transaction sees what it saw first
    views = await connection.fetch(
        "select c.oid::regclass::text as name from pg_class c"
        " where c.relkind = 'v' and c.relname ~ ('^' || $1) and c.relname !~ '^pg_stats'",
        OF_THE_SERVER,
    )
    assert len(views) > 40
    told = [
        await connection.fetchval(f"select string_agg(v::text, ' ') from {view['name']} v")  # noqa: S608
        for view in views
    ]
    return " ".join(one or "" for one in told)


async def _values(connection: Connection) -> set[str]:
    """What a row has to itself, as it might be written."""
    found: set[str] = set()
    for table in TABLES:
        for row in await connection.fetch(f"select * from {table}"):  # noqa: S608
            for name, value in row.items():
                if name not in SHARED and isinstance(value, bytes | UUID):
                    found.add(str(value) if isinstance(value, UUID) else value.hex()[:32])
    return {value for value in found if len(value) >= 16}


async def test_nothing_the_server_tells_of_itself_names_a_row_while_batches_are_mixed(
    database: Database, keys: KeyFolder
) -> None:
    election = await hold(database, (7, 13, 30))
    links = [link for tenants in election.tenants.values() for link in tenants]
    random.Random(1).shuffle(links)
    told, rows = "", set(links) | {receipt(link) for link in links} | {SEED}
    async with database.owner() as connection:
        for begins in range(0, len(links), 17):
            await send_all(database, links[begins : begins + 17])
            mixed = asyncio.create_task(mornings.mix(database, keys))
            rows |= await _values(connection)
            while not mixed.done():
                told += await _told(connection)
                await asyncio.sleep(0)
            await mixed
            rows |= await _values(connection)
            told += await _told(connection)
        assert await connection.fetchval("select count(*) from answers.responses") >= 20
        assert len(rows) > 3 * len(links)
        assert not [row for row in rows if row in told]
        assert await connection.fetchval("select count(*) from pg_sequences") == 0, "nothing is numbered"
        timed = await connection.fetch(
            "select table_name, column_name from information_schema.columns"
            " where table_schema || '.' || table_name = any($1) and data_type ~ '^(date|time)'",
            [*TABLES, "ballots.drafts"],
        )
        assert timed == [], "and nothing has a day or a time"
        # The control: with values in the statements the same eyes see them.
        known = next(iter(await _values(connection)))
        async with database.owner() as other:
            await other.execute(f"select '{known}'")
            assert known in await _told(connection)
