"""A draft of a round takes what its questionnaire has become since and keeps its letters."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import httpx
import pytest

from survey.campaigns import links
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.desks import Desk, begin
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def made(client: httpx.AsyncClient, database: Database, office: Office) -> tuple[Desk, str]:
    """A questionnaire of the office, and a round that is to ask it."""
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det rolig her?", starter="yes_no")
    await desk.save("sporsmal/er_det_rolig_her", special=["vil_ikke_svare"])
    day = date.today().isoformat()
    sent = await client.post(
        "/kontor/runder/ny",
        data={
            "csrf": desk.token,
            "template": f"draft:{desk.id}",
            "name": "Høst",
            "estate": [str(id) for id, _ in office.estates],
            "language": ["nb"],
            **{"opens_on": day, "closes_on": day, "results_on": day},
        },
    )
    assert sent.status_code == 303, sent.text[:2000]
    return desk, sent.headers["location"].partition("?")[0]


async def test_a_draft_of_a_round_takes_the_changed_questionnaire_and_keeps_its_links(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk, round = await made(client, database, office)
    assert "er endret siden" not in (await client.get(round)).text
    await client.post(f"{round}/lenker", data={"csrf": desk.token})
    await desk.do("question", id="side_1", part="page", words="Er det trygt her?", starter="yes_no")
    page = (await client.get(round)).text
    assert "«Trivsel i gården» er endret siden" in page

    taken = await client.post(f"{round}/skjema", data={"csrf": desk.token, "draft": str(desk.id)})
    assert taken.status_code == 303
    assert "Brev og lenker er som før" in (await client.get(taken.headers["location"])).text
    page = (await client.get(round)).text
    assert "er endret siden" not in page and "Trivsel i gården 1.1" in page and "2 spørsmål" in page
    async with database.registry(office.organisation_id) as connection:
        assert await links.issued(connection, UUID(round.rpartition("/")[2]))
    assert "Ga utkastet et endret skjema" in (await client.get("/kontor/logg")).text


async def test_a_round_that_is_open_keeps_what_it_asks(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk, round = await made(client, database, office)
    await client.post(f"{round}/lenker", data={"csrf": desk.token})
    assert (await client.post(f"{round}/apne", data={"csrf": desk.token})).status_code == 303
    await desk.do("question", id="side_1", part="page", words="Er det trygt her?", starter="yes_no")

    assert "er endret siden" not in (await client.get(round)).text
    refused = await client.post(f"{round}/skjema", data={"csrf": desk.token, "draft": str(desk.id)})
    assert refused.status_code == 409
    assert "Trivsel i gården 1.0" in (await client.get(round)).text


async def test_another_questionnaire_and_one_without_the_languages_are_refused_with_the_way_out(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk, round = await made(client, database, office)
    other = await begin(client, database, office, name="Noe annet")
    await other.do("question", id="side_1", part="page", words="Er det dyrt her?", starter="yes_no")
    await other.save("sporsmal/er_det_dyrt_her", special=["vil_ikke_svare"])
    refused = await client.post(f"{round}/skjema", data={"csrf": other.token, "draft": str(other.id)})
    assert refused.status_code == 409 and "Lag en ny undersøkelse" in refused.text
    desk.token = other.token  # signed in anew
    for wrong in ("", "x", "00000000-0000-0000-0000-000000000000"):
        lost = await client.post(f"{round}/skjema", data={"csrf": desk.token, "draft": wrong})
        assert lost.status_code == 404
    await desk.do("question", id="side_1", part="page", words="Hva?", starter="choice")
    unready = await client.post(f"{round}/skjema", data={"csrf": desk.token, "draft": str(desk.id)})
    assert unready.status_code == 409 and "har feil som må rettes" in unready.text
    await offices.sign_in(client, office, Role.READER)
    csrf = await offices.token_for(client)
    assert re.search("er endret siden", (await client.get(round)).text) is None
    denied = await client.post(f"{round}/skjema", data={"csrf": csrf, "draft": str(desk.id)})
    assert denied.status_code == 403
