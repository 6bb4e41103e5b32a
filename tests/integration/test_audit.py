"""What staff do is written down in the same breath, cannot be changed, and says nothing about tenants."""

from __future__ import annotations

import json

import asyncpg
import httpx
import pytest

from survey.campaigns import rounds
from survey.database.pool import Database
from survey.people import audit
from survey.people.roles import Role
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _actions(database: Database, office: Office) -> list[str]:
    async with database.registry(office.organisation_id) as connection:
        return [entry.action for entry in await audit.latest(connection)]


async def test_every_step_of_a_round_leaves_an_entry(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    token = await offices.token_for(client)
    round_id = await offices.make_round(database, office)
    address = f"/kontor/runder/{round_id}"
    await client.post(f"{address}/lenker", data={"csrf": token})
    await client.post(f"{address}/lenker", data={"csrf": token})
    await client.get(f"{address}/plakat.pdf")
    await client.post(f"{address}/apne", data={"csrf": token})
    await offices.answer(database, office, round_id, (3, 24, 90))
    await client.post(f"{address}/lukk", data={"csrf": token})
    await client.get(f"{address}/rapport.pdf")
    await client.post(f"{address}/datautgivelse", data={"csrf": token, "purpose": "Forskning på bomiljø"})
    log = await client.get("/kontor/logg")
    await client.post("/kontor/logg-ut", data={"csrf": token})
    assert set(await _actions(database, office)) >= {
        "session.opened",
        "session.closed",
        "staff.added",
        "estate.added",
        "campaign.created",
        "campaign.links_issued",
        "campaign.links_reissued",
        "campaign.poster_downloaded",
        "campaign.opened",
        "campaign.closed",
        "report.downloaded",
        "data.released",
    }
    assert "Forskning på bomiljø" in log.text and "action." not in log.text and "campaign." not in log.text


async def test_a_step_that_fails_leaves_neither_change_nor_entry(database: Database, office: Office) -> None:
    round_id = await offices.make_round(database, office)
    before = await _actions(database, office)
    with pytest.raises(RuntimeError):
        async with database.registry(office.organisation_id) as connection:
            await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
            raise RuntimeError("the power goes")
    assert await _actions(database, office) == before
    async with database.registry(office.organisation_id) as connection:
        assert (await rounds.find(connection, round_id)).status == "draft"


@pytest.mark.parametrize(
    "statement", ["update registry.audit_log set action = 'x'", "delete from registry.audit_log"]
)
async def test_nobody_at_the_console_can_change_or_delete_an_entry(
    database: Database, office: Office, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.registry(office.organisation_id) as connection:
            await connection.execute(statement)


async def test_the_log_holds_no_link_no_dwelling_and_no_answer(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    round_id = await offices.open_round(database, office)
    await client.post(f"/kontor/runder/{round_id}/lenker", data={"csrf": token})
    async with database.registry(office.organisation_id) as connection:
        rows = await connection.fetch("select details::text as details from registry.audit_log")
    keys = {key for row in rows for key in json.loads(row["details"])}
    assert keys <= {"estates", "links", "role", "dwellings"}
