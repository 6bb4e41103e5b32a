"""Promises about paper in a round: the form is alike for all of a building, the slip has the code, and what
is typed in says that it came on paper and nothing of who typed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from uuid import UUID

import httpx
import pymupdf
import pytest

from survey.ballots import codes
from survey.database.pool import Database
from survey.paper.form import words
from tests import offices
from tests.ballots import in_the_box
from tests.deliveries import small_round
from tests.offices import Office
from tests.tenants import invite, send_form


@pytest.fixture
async def draft(client: httpx.AsyncClient, database: Database) -> tuple[Office, UUID, str]:
    office, round_id = await small_round(database, homes=12)
    await offices.sign_in(client, office)
    return office, round_id, await offices.token_for(client)


async def test_what_is_typed_in_from_paper_is_an_answer_that_came_on_paper(
    client: httpx.AsyncClient, database: Database
) -> None:
    invited = await invite(database, b"k" * 32, tenants=2)
    for number, (token, more) in enumerate(zip(invited.tokens, ({"slik": "paper"}, {}), strict=True)):
        link = f"/s/{token}"
        assert (
            await client.post(f"{link}/side/hjem", data={"_vist": "mott", "mott": "1"})
        ).status_code == 303
        page = (await client.get(f"{link}/se-over")).text
        assert "Jeg taster inn et skjema som er fylt ut på papir" in page, number
        assert re.findall('value="([a-z]+)" checked', page) == ["web"]  # the ordinary answer needs no thought
        sent = await client.post(f"{link}/send", data=await send_form(client, link) | more)
        assert sent.status_code == 200
    waiting = await in_the_box(database, invited.campaign_id)
    assert sorted(ballot.mode for ballot in waiting) == ["paper", "web"]
    assert len({str(sorted(ballot.answers)) for ballot in waiting}) == 1


async def test_the_form_of_a_building_has_nothing_of_a_home_and_says_where_to_hand_it_in(
    client: httpx.AsyncClient, database: Database, draft: tuple[Office, UUID, str]
) -> None:
    office, round_id, _ = draft
    address = f"/kontor/runder/{round_id}"
    assert f"{address}/papir" in (await client.get(address)).text
    page = (await client.get(f"{address}/papir")).text
    (estate,) = set(re.findall(r'<option value="([0-9a-f-]{36})"', page)[:1])
    asked = {
        "leiegard": estate,
        "sprak": "nn",
        "levering": "Beboerhuset <b>",
        "kontakt": "Kari på beboerhuset",
    }
    got = await client.get(f"{address}/papir/skjema.pdf", params=asked)
    assert got.status_code == 200 and "attachment" in got.headers["content-disposition"]
    with pymupdf.open(stream=got.content, filetype="pdf") as document:
        said = " ".join(document[0].get_text().split())
        whole = "".join(page.get_text() for page in document)
    assert "Beboerhuset <b>" in said and "Kari på beboerhuset" in said
    assert office.name in said and "Legg svarslippen" in said
    assert words("nn")("paper.free.1").split(".")[0] in said
    assert not re.search(r"[2-9A-Z]{6}-[2-9A-Z]{6}", whole)
    again = await client.get(f"{address}/papir/skjema.pdf", params=asked)
    assert again.content == got.content
    assert (
        await client.get(f"{address}/papir/skjema.pdf", params={"leiegard": str(round_id)})
    ).status_code == 404
    async with database.owner() as connection:
        told = await connection.fetchval(
            "select count(*) from registry.audit_log where action = 'campaign.paper_form'"
        )
    assert told == 2


async def test_slips_come_after_their_letters_with_the_code_and_without_the_home(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    assert "Ta med en svarslipp" in (await client.get(f"/kontor/runder/{round_id}/brev")).text
    made = await client.post(f"/kontor/runder/{round_id}/brev", data={"csrf": token, "slipp": "1"})
    page = made.headers["location"]
    for _ in range(600):
        shown = (await client.get(page)).text
        if 'http-equiv="refresh"' not in shown:
            break
        await asyncio.sleep(0.2)
    assert "12 brev er klare" in shown, shown
    written = await client.get(f"{page}/1/brev.pdf")
    with pymupdf.open(stream=written.content, filetype="pdf") as document:
        assert len(document) == 24
        for place in (0, 22):
            letter, slip = document[place].get_text(), document[place + 1].get_text()
            (printed,) = re.findall(r"[2-9A-Z]{6}-[2-9A-Z]{6}", letter)
            assert printed in slip and codes.read(printed)
            assert "Svarslipp" in slip and "Havneveien 1-9" in slip
            assert re.search(r"[Bb]olig \d", letter) and not re.search(r"[Bb]olig \d", slip)
        assert [entry[2] for entry in document.get_toc()[:2]] == [1, 3]


async def test_letters_in_many_languages_have_a_back_and_so_have_their_slips(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    spoken = ("nb", "en", "pl", "ar", "uk", "so", "ti", "se")
    few = replace(offices.new_round(office), estate_ids=(office.estates[0][0],), languages=spoken)
    round_id = await offices.make_round(database, office, few)
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    made = await client.post(f"/kontor/runder/{round_id}/brev", data={"csrf": token, "slipp": "1"})
    for _ in range(600):
        shown = (await client.get(made.headers["location"])).text
        if 'http-equiv="refresh"' not in shown:
            break
        await asyncio.sleep(0.2)
    assert "7 brev er klare" in shown and "Skriv ut på begge sider av arkene" in shown, shown
    written = await client.get(f"{made.headers['location']}/1/brev.pdf")
    with pymupdf.open(stream=written.content, filetype="pdf") as document:
        assert len(document) == 28
        for home in range(0, 28, 4):
            front, back, slip, slip_back = (document[home + side].get_text() for side in range(4))
            (printed,) = re.findall(r"[2-9A-Z]{6}-[2-9A-Z]{6}", front)
            assert "What is it like to live" in back and printed in slip
            assert printed not in back + slip_back and "somebody else type it in" in slip_back
        assert [entry[2] for entry in document.get_toc()[:2]] == [1, 5]
