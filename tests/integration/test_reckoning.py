"""Numbers that take a while: a page says so, leads on by itself, and nothing is reckoned twice at once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest

from survey.database.pool import Database
from survey.office import numbers, reckoning, routes_results
from survey.office.errors import PrintingFailed, StillReckoning
from survey.office.reckoning import Key, Reckonings
from survey.people.roles import Role
from tests import offices
from tests.integration.test_one_more_breakdown import closed
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


class Slow:
    """Work that ends when the test says so. `begun`: how often."""

    def __init__(self, work: Callable[..., object]) -> None:
        self.work, self.begun, self.may_end = work, 0, asyncio.Event()

    async def __call__(self, *given: object, **named: object) -> object:
        self.begun += 1
        async with asyncio.timeout(60):
            await self.may_end.wait()
        found = self.work(*given, **named)
        return await found if isinstance(found, Awaitable) else found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoning, "AT_ONCE", 0.05)


async def _after_waiting(client: httpx.AsyncClient, address: str) -> httpx.Response:
    """What stands at an address when nothing is reckoned there any more."""
    for _ in range(600):
        if (page := await client.get(address)).status_code != 202:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


async def _when_there(client: httpx.AsyncClient, address: str) -> httpx.Response:
    """What a browser shows in the end."""
    for _ in range(600):
        page = await client.get(address)
        if page.status_code == 303:
            address = page.headers["location"]
        elif "refresh" not in page.headers:
            return page
        elif "url=" in page.headers["refresh"]:
            address = page.headers["refresh"].partition("url=")[2]
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


SAID = {
    "nb": ("Vi regner ut tallene …", "for alle leiegårdene blir regnet ut", "gå herfra og komme tilbake"),
    "nn": ("Vi reknar ut tala …", "for alle leigegardane blir rekna ut", "gå herifrå og kome tilbake"),
    "en": ("Working out the numbers …", "of all estates are being worked out", "leave and come back"),
}


@pytest.mark.usefixtures("impatient")
async def test_findings_that_take_a_while_say_so_at_once_and_lead_on_without_script(
    client: httpx.AsyncClient,
    elsewhere: httpx.AsyncClient,
    database: Database,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_id = await offices.closed_round(database, office)
    slow = Slow(numbers.found)
    monkeypatch.setattr(numbers, "found", slow)
    await offices.sign_in(client, office)
    await offices.sign_in(elsewhere, office, Role.READER)
    token = await offices.token_for(client)
    address = f"/kontor/runder/{round_id}/funn?slag=weak"
    for code, words in SAID.items():
        await client.post("/kontor/sprak", data={"csrf": token, "sprak": code, "tilbake": "/kontor/runder"})
        page = await client.get(address)
        assert page.status_code == 202 and page.headers["refresh"] == "2"
        assert page.headers["cache-control"] == "no-store"
        assert all(part in page.text for part in words) and f"<title>{words[0]}" in page.text
        assert 'role="status"' in page.text and f'href="{address}"' in page.text
        assert f'href="/kontor/runder/{round_id}"' in page.text
        assert not re.search(r"<script|\sstyle=|http-equiv", page.text.partition("<main")[2])
    # Another officer, the same one again, the next kind: all wait for the same. Other pages do not.
    for asker, path in ((elsewhere, address), (client, address), (client, f"/kontor/runder/{round_id}/funn")):
        assert (await asker.get(path)).status_code == 202
    assert (await elsewhere.get(f"/kontor/runder/{round_id}")).status_code == 200
    assert slow.begun == 1
    slow.may_end.set()
    assert 'class="bm-report"' in (await _when_there(client, address)).text
    assert 'class="bm-report"' in (await _when_there(elsewhere, address)).text
    assert slow.begun == 1, "it is kept"


@pytest.mark.usefixtures("impatient")
async def test_a_reckoning_that_fails_shows_the_ordinary_page_of_its_fault_and_can_be_tried_again(
    client: httpx.AsyncClient, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = await offices.closed_round(database, office)

    def fails(*_given: object) -> None:
        raise PrintingFailed(reason="jam")

    slow = Slow(fails)
    monkeypatch.setattr(numbers, "report_on", slow)
    await offices.sign_in(client, office)
    for times in (1, 2):
        address = f"/kontor/runder/{round_id}/rapport.pdf"
        assert "lastes ned av seg selv" in (await client.get(address)).text
        assert slow.begun == times
        slow.may_end.set()
        page = await _when_there(client, address)
        assert page.status_code == 500 and "PDF-en kunne ikke lages" in page.text
        slow.may_end.clear()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("asked_from", ["rapport", ""])
async def test_who_waited_for_a_file_is_led_to_a_page_that_hands_it_out_and_back_to_where_it_was_asked_for(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    asked_from: str,
) -> None:
    """A file leaves the page standing that it was asked from: never one that says to wait."""
    round_id, estate = await offices.closed_round(database, office), office.estates[2][0]
    await offices.sign_in(client, office)

    async def printed(*_given: object) -> bytes:
        return b"%PDF"

    slow = Slow(printed)
    monkeypatch.setattr(routes_results, "print_pdf", slow)
    home = f"/kontor/runder/{round_id}"
    file = f"{home}/rapport.pdf?leiegard={estate}" + (f"&fra={asked_from}" if asked_from else "")
    if asked_from:
        page = (await _after_waiting(client, f"{home}/rapport?leiegard={estate}")).text
        assert f"rapport.pdf?fra=rapport&amp;leiegard={estate}" in page
    waits = await client.get(file)
    leads_to = waits.headers["refresh"].partition("url=")[2]
    assert waits.status_code == 202 and (await client.get(leads_to)).status_code == 202
    slow.may_end.set()
    ready = await _after_waiting(client, leads_to)
    assert ready.status_code == 200 and ready.headers["content-type"].startswith("text/html")
    back = f"{home}/rapport?leiegard={estate}" if asked_from else home
    assert "Filen er klar" in ready.text and f'<a class="button" href="{back}">' in ready.text
    assert ready.headers["refresh"] == f"1; url={file}"
    fetched = await client.get(file)
    assert fetched.content == b"%PDF" and "attachment" in fetched.headers["content-disposition"]
    assert slow.begun == 1, "what was made for who waited is what is fetched"


@pytest.mark.usefixtures("impatient")
async def test_a_table_that_takes_a_while_has_an_address_to_come_back_to_and_is_told_once(
    client: httpx.AsyncClient, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = await closed(database, office, rare=False)
    await offices.sign_in(client, office)
    slow = Slow(numbers.breakdowns.tell)
    monkeypatch.setattr(numbers.breakdowns, "tell", slow)
    address = f"/kontor/runder/{round_id}/grupper"
    form = {"csrf": await offices.token_for(client), "sporsmal": "hjem", "bakgrunn": "alder", "og": "",
            "steder": "all", "sikker": "bare"}  # fmt: skip
    sent = [await client.post(address, data=form) for _ in range(2)]
    assert [page.status_code for page in sent] == [303, 303]
    assert len({page.headers["location"] for page in sent}) == 1
    waits = await client.get(sent[0].headers["location"])
    assert waits.status_code == 202 and "prøvd mot alt som er vist før" in waits.text
    assert (await client.get(address)).status_code == 200, "the form is there all the while"
    slow.may_end.set()
    shown = await _when_there(client, sent[0].headers["location"])
    assert "for få svar" in shown.text and "<table" in shown.text and slow.begun == 1
    # Back, and forward again.
    assert "<table" in (await client.get(sent[0].headers["location"])).text and slow.begun == 1
    async with database.registry(office.organisation_id) as connection:
        told = await connection.fetchval(
            "select count(*) from registry.audit_log where action = 'numbers.told'"
        )
    assert told == 1
    # A worker that did not reckon it says where it is; opening an address tells nothing.
    client_app = client._transport.app  # type: ignore[attr-defined]
    client_app.state["reckonings"] = Reckonings()
    ready = await _when_there(client, sent[0].headers["location"])
    assert "Tabellen er klar" in ready.text and 'name="igjen"' in ready.text and slow.begun == 1
    lost = await _when_there(client, address + "?svar=noe+annet")
    assert "ikke lenger her" in lost.text and slow.begun == 1


@pytest.mark.usefixtures("impatient")
async def test_work_on_findings_begins_though_the_numbers_take_a_while(
    client: httpx.AsyncClient, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pressed once: the page that says to wait leads to the findings, and not back to the button."""
    round_id = await offices.closed_round(database, office)
    slow = Slow(numbers.found)
    monkeypatch.setattr(numbers, "found", slow)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/oppfolging"
    token = await offices.token_for(client)
    pressed = await client.post(address, data={"csrf": token, "gjor": "start"})
    assert pressed.status_code == 202 and f'href="{address}"' in pressed.text
    assert (await client.get(address)).status_code == 202
    slow.may_end.set()
    begun = await _when_there(client, address)
    assert begun.status_code == 200 and "funn mangler svar" in begun.text
    assert slow.begun == 1


@pytest.mark.usefixtures("impatient")
async def test_work_on_findings_that_could_not_begin_says_so_and_not_that_nobody_pressed(
    client: httpx.AsyncClient, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = await offices.closed_round(database, office)

    def fails(*_given: object) -> None:
        raise PrintingFailed(reason="jam")

    slow = Slow(fails)
    monkeypatch.setattr(numbers, "found", slow)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/oppfolging"
    token = await offices.token_for(client)
    assert (await client.post(address, data={"csrf": token, "gjor": "start"})).status_code == 202
    slow.may_end.set()
    assert (await _when_there(client, address)).status_code == 500
    again = await client.get(address)
    assert again.status_code == 200 and 'value="start"' in again.text


@pytest.mark.usefixtures("impatient")
async def test_who_waits_for_work_that_another_process_of_the_server_begins_is_led_there_as_well(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    """A browser that asks again may come to another process than the one that was pressed in."""
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/oppfolging"
    other, slow = Reckonings(), Slow(lambda: None)
    key = Key(office.organisation_id, "findings", ("begin", round_id))
    with pytest.raises(StillReckoning):
        await other.get(database, key, slow)
    assert (await client.get(address)).status_code == 202
    slow.may_end.set()
    await other.get(database, key, slow)
    assert 'value="start"' in (await client.get(address)).text


async def test_two_processes_do_not_reckon_the_same_at_once(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckoning, "AT_ONCE", 0.2)
    one, other = Reckonings(), Reckonings()
    key = Key(office.organisation_id, "findings", UUID(int=1))
    slow = Slow(lambda: "found")
    with pytest.raises(StillReckoning):
        await one.get(database, key, slow)
    with pytest.raises(StillReckoning):
        await other.get(database, key, slow)
    with pytest.raises(StillReckoning):
        await other.elsewhere(database, key)
    assert slow.begun == 1
    another = Key(office.organisation_id, "findings", UUID(int=2))
    slow.may_end.set()
    assert await other.get(database, another, slow) == "found"
    assert await one.get(database, key, slow) == "found" and slow.begun == 2
    await other.elsewhere(database, key)
    assert await other.get(database, key, slow) == "found" and slow.begun == 3


async def test_more_reckonings_than_desks_wait_for_one_another_and_leave_readers_their_connections(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckoning, "AT_ONCE", 0.2)
    reckonings, slow = Reckonings(), Slow(lambda: "found")
    keys = [Key(office.organisation_id, "report", uuid4()) for _ in range(12)]

    async def wanted(key: Key) -> object:
        try:
            return await reckonings.get(database, key, slow)
        except StillReckoning:
            return None

    assert await asyncio.gather(*(wanted(key) for key in keys)) == [None] * 12
    assert slow.begun == reckoning.DESKS
    async with asyncio.timeout(20), database.registry(office.organisation_id) as connection:
        assert await connection.fetchval("select 1") == 1
    slow.may_end.set()
    until = time.monotonic() + 60
    for key in keys:
        while await wanted(key) is None:
            assert time.monotonic() < until
    assert slow.begun == 12


async def test_what_nobody_comes_back_for_is_forgotten_and_begun_anew(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names may have changed since, or the answers been deleted."""
    reckonings, slow = Reckonings(), Slow(lambda: "found")
    slow.may_end.set()
    keys = [Key(office.organisation_id, "groups", number) for number in range(reckoning.MOST_FOUND + 2)]
    monkeypatch.setattr(reckoning, "AT_ONCE", 0)
    for key in keys:
        with contextlib.suppress(StillReckoning):
            await reckonings.get(database, key, slow)
    monkeypatch.setattr(reckoning, "AT_ONCE", 30)
    for key in keys:
        await reckonings.left(key)
    assert [await reckonings.left(key) for key in keys].count("found") == reckoning.MOST_FOUND
    monkeypatch.setattr(reckoning, "FOUND_SECONDS", 0)
    assert await reckonings.anew(database, keys[-1], slow) == "found" and slow.begun == len(keys) + 1
    assert await reckonings.left(keys[-1]) is None


async def test_what_is_under_way_ends_with_the_server(
    database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckoning, "AT_ONCE", 0.1)
    reckonings, slow = Reckonings(), Slow(lambda: "found")
    with pytest.raises(StillReckoning):
        await reckonings.get(database, Key(office.organisation_id, "report", 1), slow)
    async with asyncio.timeout(20):
        await reckonings.stop()
        await database.close()


@pytest.mark.usefixtures("impatient")
async def test_research_data_that_take_a_while_are_fetched_when_they_are_made_and_logged_once(
    client: httpx.AsyncClient, database: Database, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    slow = Slow(numbers.release)
    monkeypatch.setattr(numbers, "release", slow)
    address = f"/kontor/runder/{round_id}/datautgivelse"
    form = {"csrf": await offices.token_for(client), "purpose": "Forskning på bomiljø"}
    sent = await client.post(address, data=form)
    assert sent.status_code == 303
    waits = await client.get(sent.headers["location"])
    assert waits.status_code == 202 and "lastes ned av seg selv" in waits.text
    slow.may_end.set()
    ready = await _after_waiting(client, sent.headers["location"])
    assert ready.status_code == 200 and "Filen er klar" in ready.text
    assert f'<a class="button" href="{address}">' in ready.text, "back to where it was asked for"
    file = await _when_there(client, sent.headers["location"])
    assert file.headers["content-type"] == "application/zip" and slow.begun == 1
    async with database.registry(office.organisation_id) as connection:
        log = await connection.fetchval(
            "select count(*) from registry.audit_log where action = 'data.released'"
        )
    assert log == 1
