"""Nothing a tenant brings along is left behind: no link, receipt, address, browser or telephone number, in no
log and in no table.

A real server, as an operator would start it, with its mixer beside it. Tenants come with addresses, browsers
and links that are easy to search for; some look up their receipts, some withdraw, some say no, some make
mistakes. Then everything that was written is searched: the log of the server and of the mixer, and every
column of every table, as text and as bytes.
"""

from __future__ import annotations

from pathlib import Path

import httpx

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from tests import mornings
from tests.ballots import SEED, with_code
from tests.servers import Server, serving
from tests.tenants import Invited, invite
from tests.waiting import until

BROWSER = "Unmistakable-Browser/77.3 (telephone 99887766)"
ADDRESS = "203.0.113.77"


def _client(server: Server) -> httpx.AsyncClient:
    headers = {
        "User-Agent": BROWSER,
        "X-Forwarded-For": ADDRESS,
        "Forwarded": f"for={ADDRESS}",
        "X-Real-IP": ADDRESS,
    }
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=120)


async def _everybody_visits(server: Server, invited: Invited) -> None:
    async with _client(server) as client:
        for number, token in enumerate(invited.tokens):
            link = f"/s/{token}"
            await client.get(link)
            await client.post(link, data={"sprak": "nb"})
            fields = {"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"}
            await client.post(f"{link}/side/hjem", data=fields)
            if number % 5 == 0:
                continue  # left as a draft
            if number % 5 == 1:
                await client.post(f"{link}/nei")
                continue
            await client.post(f"{link}/send", data={"fro": SEED})
            receipt = tokens.receipt(server.settings.secret_key, token, SEED)
            await client.post("/kvittering", data={"kvittering": receipt})
            if number % 5 == 2:
                await client.post("/kvittering/trekk", data=with_code(receipt))
            await client.get(f"{link}/finnes/ikke")
            await client.post(f"{link}/side/hjem", content=b"\xff\xfe")
            await client.get(f"{link}x")
            await client.delete(link)


async def _written(database: Database) -> dict[str, str]:
    """Every table of the database as one text each, bytes in hexadecimal."""
    async with database.owner() as connection:
        names = await connection.fetch(
            "select schemaname || '.' || tablename as name from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        )
        return {
            row["name"]: await connection.fetchval(
                f"select coalesce(string_agg(t::text, E'\\n'), '') from {row['name']} t"  # noqa: S608
            )
            for row in names
        }


async def test_no_log_and_no_table_keeps_what_a_tenant_brought_along(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, workers=2) as server:
        invited = await invite(database, server.settings.secret_key, tenants=50)
        await _everybody_visits(server, invited)
        async with database.owner() as connection:
            await connection.execute("alter table ballots.drafts rename to gone")
        async with _client(server) as client:
            assert (await client.get(invited.link)).status_code >= 500
        async with database.owner() as connection:
            await connection.execute("alter table ballots.gone rename to drafts")

        async def mixed() -> bool:
            """At another hour than the morning's the server's own mixer forgets what is due: so again."""
            async with database.owner() as connection:
                if await connection.fetchval("select exists (select from ballots.box where fresh)"):
                    return False
            await mornings.mix(database, KeyFolder(server.settings.keys))
            async with database.owner() as connection:
                return bool(await connection.fetchval("select exists (select from answers.responses)"))

        await until(mixed, "a batch that is mixed, and what waits shuffled", patience=60)
        tables = await _written(database)
    places = {"the log": server.log.read_text(), **tables}
    assert tables["ballots.box"] and tables["answers.responses"], "some wait and some are mixed"
    sought = {BROWSER, "Unmistakable", ADDRESS, "99887766", "127.0.0.1"}
    for token in invited.tokens:
        receipt = tokens.receipt(server.settings.secret_key, token, SEED)
        sought |= {token, token.upper(), token.encode().hex(), receipt, receipt.encode().hex()}
    for place, text in places.items():
        cleaned = text.replace(server.url, "")
        assert not [words for words in sought if words in cleaned], place
