"""What staff do is written down in the same breath, cannot be changed, and says nothing about tenants."""

from __future__ import annotations

import json
import re

import asyncpg
import httpx
import pytest

from survey.campaigns import rounds
from survey.database.pool import Database
from survey.people import accounts, audit
from survey.people.roles import Role
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _actions(database: Database, office: Office) -> list[str]:
    async with database.registry(office.organisation_id) as connection:
        return [entry.action for entry in (await audit.page(connection)).entries]


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
    await offices.counted(database)
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


async def test_each_line_says_which_account_round_and_building_it_is_about(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await accounts.change_password(database, office.emails[Role.READER], "et helt nytt passord")
    round_id = await offices.closed_round(database, office, new=offices.new_round(office, "Vårens runde"))
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    await client.get(f"/kontor/runder/{round_id}/rapport.pdf?leiegard={office.estates[1][0]}")
    rows = _rows(await client.get("/kontor/logg"))
    password = next(row for row in rows if "Byttet passord" in row)
    assert f"Kari reader, {office.emails[Role.READER]}" in password
    assert len([row for row in rows if "La til en brukerkonto" in row and "@example.org" in row]) == len(Role)
    report = next(row for row in rows if "Lastet ned en rapport" in row)
    assert "Vårens runde" in report and "Nordlysgata 4-18" in report


async def test_lines_of_the_same_moment_stand_in_the_order_in_which_they_were_done(
    database: Database, office: Office
) -> None:
    done = [f"campaign.step{number}" for number in range(30)]
    async with database.registry(office.organisation_id) as connection:
        for action in done:
            await audit.record(connection, action, "campaign", None, None)
    assert (await _actions(database, office))[:30] == done[::-1]


async def test_the_whole_log_can_be_read_page_by_page_and_no_line_is_left_out_or_twice(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    async with database.registry(office.organisation_id) as connection:
        for number in range(250):
            await audit.record(
                connection, "campaign.opened", "campaign", None, None, {"purpose": f"nr-{number}."}
            )
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    seen: list[str] = []
    address = "/kontor/logg"
    while address:
        page = (await client.get(address)).text
        seen += re.findall(r"nr-\d+\.", page)
        older = re.search(r'href="(/kontor/logg\?for=[^"]+)"', page)
        address = older.group(1) if older else ""
    assert seen == [f"nr-{number}." for number in reversed(range(250))]
    assert (await client.get("/kontor/logg?for=nei")).status_code == 200


async def test_an_officer_reads_what_she_did_and_only_the_administrator_what_all_did(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.make_round(database, office, offices.new_round(office, "Saksbehandlerens"))
    for role, sees in ((Role.OFFICER, True), (Role.READER, False), (Role.ADMINISTRATOR, True)):
        client.cookies.clear()
        await offices.sign_in(client, office, role)
        page = (await client.get("/kontor/logg")).text
        assert ("Saksbehandlerens" in page) == sees
        assert ("La til en leiegård" in page) == (role == Role.ADMINISTRATOR)
        assert "Logget inn" in page


def _rows(page: httpx.Response) -> list[str]:
    return page.text.partition("<tbody>")[2].split("</tr>")
