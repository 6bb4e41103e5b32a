"""Numbers by group at the desk: what is asked for, told, refused and told again; and by whom."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import httpx
import pytest

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.integration.test_one_more_breakdown import closed
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


async def _ask(client: httpx.AsyncClient, round_id: UUID, **chosen: str) -> httpx.Response:
    form = {"csrf": await offices.token_for(client), "sporsmal": "hjem", "steder": "all", **chosen}
    return await client.post(f"/kontor/runder/{round_id}/grupper", data=form)


async def _log(database: Database, office: Office) -> list[tuple[str, UUID | None]]:
    async with database.registry(office.organisation_id) as connection:
        rows = await connection.fetch(
            "select action, staff_id from registry.audit_log where action like 'numbers.%' order by id"
        )
    return sorted((row["action"], row["staff_id"]) for row in rows)


def _text(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


async def test_an_officer_gets_the_protected_table_and_finds_it_again(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await closed(database, office, rare=False)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/grupper"
    assert f'href="{address}"' in (await client.get(f"/kontor/runder/{round_id}")).text
    empty = await client.get(address)
    assert "Ingen tabeller er vist ennå." in empty.text and "<table" not in empty.text
    assert await _log(database, office) == [], "looking at the form tells nothing"

    preview = await _ask(client, round_id, bakgrunn="alder")
    assert "kan forskningsdata med disse opplysningene ikke deles ut fra runden: alder" in _text(preview)
    assert "<table" not in preview.text and await _log(database, office) == [], "nothing is told or kept yet"
    table = await _ask(client, round_id, bakgrunn="alder", sikker="bare")
    assert table.status_code == 200
    assert "for få svar" in table.text
    assert "Tallene bygger på 1 av 3 leiegårder: Havneveien 1-9." in _text(table)
    assert "Ikke med, for få svar på spørsmålet: Bakkegata 2, Nordlysgata 4-18." in _text(table)
    assert not re.search(r"<script|\sstyle=|\son\w+=", table.text)
    again = re.search(r'name="igjen" value="([^"]+)"', table.text)
    assert again and "Ingen tabeller" not in table.text
    once_more = await _ask(client, round_id, igjen=unescape(again.group(1)))
    rows = re.compile(r"<tbody>.*?</tbody>", re.S)
    assert rows.findall(once_more.text) == rows.findall(table.text) != []
    officer = office.staff[Role.OFFICER].id
    assert await _log(database, office) == [("numbers.told", officer), ("numbers.told", officer)]


async def test_a_crossed_table_is_told_its_cost_first_and_the_simple_ones_can_be_entered_before_it(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await closed(database, office, rare=False)
    await offices.sign_in(client, office)
    preview = await _ask(client, round_id, bakgrunn="alder", og="bo")
    assert preview.status_code == 200 and "<table" not in preview.text
    assert "alder · alle samlet" in _text(preview) and "bo · alle samlet" in _text(preview)
    assert 'name="sikker" value="vanlige"' in preview.text
    late = await _ask(client, round_id, bakgrunn="alder", og="bo", sikker="vanlige")
    assert late.status_code == 409, "the simple tables leave no room for it here"
    assert len(re.findall('name="igjen"', late.text)) == 6, "two backgrounds, three kinds of places"
    simple = await _ask(client, round_id, bakgrunn="bo")
    assert simple.text.count("<table") == 1, "it costs nothing any more"


@pytest.mark.parametrize(
    ("code", "why", "log"),
    [
        ("nb", "alene eller sammen med det som er vist før", "Tall fordelt på grupper avslått"),
        ("nn", "åleine eller saman med det som er vist før", "Tal fordelte på grupper avslegne"),
        ("en", "alone or together with what was shown before", "Numbers by group refused"),
    ],
)
async def test_one_breakdown_too_many_is_refused_with_a_reason_and_what_may_be_had_instead(
    client: httpx.AsyncClient, database: Database, office: Office, code: str, why: str, log: str
) -> None:
    round_id = await closed(database, office)
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    token = await offices.token_for(client)
    await client.post("/kontor/sprak", data={"csrf": token, "sprak": code, "tilbake": "/kontor/runder"})
    first = await _ask(client, round_id, bakgrunn="bo")
    assert first.status_code == 409 and why in first.text and "alder" in first.text
    assert "<table" not in first.text and "<option" in first.text
    assert (await _ask(client, round_id, bakgrunn="alder", sikker="bare")).status_code == 200
    crossed = await _ask(client, round_id, bakgrunn="alder", og="bo", sikker="bare")
    assert crossed.status_code == 409 and why in crossed.text
    assert 'href="#for"' in crossed.text and 'name="igjen"' in crossed.text
    assert log in (await client.get("/kontor/logg")).text
    actions = [action for action, _ in await _log(database, office)]
    assert actions == ["numbers.refused", "numbers.refused", "numbers.told"]


async def test_after_research_data_the_desk_names_what_they_hold(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await closed(database, office, rare=False)
    await offices.sign_in(client, office)
    form = {"csrf": await offices.token_for(client), "purpose": "Forskning på bomiljø"}
    assert (await client.post(f"/kontor/runder/{round_id}/datautgivelse", data=form)).status_code == 200
    refused = await _ask(client, round_id, bakgrunn="alder")
    assert refused.status_code == 409
    assert "Forskningsdata med disse opplysningene er delt ut" in refused.text


async def test_a_sensitive_question_is_never_told_of_single_estates(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await closed(database, office, rare=False)
    await offices.sign_in(client, office)
    wrong = await _ask(client, round_id, sporsmal="rus", bakgrunn="bo", steder="estate")
    assert wrong.status_code == 422 and "aldri for enkelte leiegårder" in wrong.text
    whole = await _ask(client, round_id, sporsmal="rus", bakgrunn="bo")
    assert whole.status_code == 409 and "aldri for én leiegård alene" in whole.text
    assert "Bakkegata" not in whole.text


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"sporsmal": "finnes_ikke", "bakgrunn": "alder"}, "sporsmal"),
        ({"bakgrunn": ""}, "bakgrunn"),
        ({"bakgrunn": "hjem"}, "bakgrunn"),
        ({"bakgrunn": "alder=1+2"}, "bakgrunn"),
        ({"bakgrunn": "<b>'\";drop"}, "bakgrunn"),
        ({"bakgrunn": "alder", "og": "alder"}, "og"),
        ({"igjen": '{"item":"hjem","by":[],"level":"all","profile":"standard"}'}, "sporsmal"),
    ],
)
async def test_what_cannot_be_asked_is_said_beside_its_field_and_tells_nothing(
    client: httpx.AsyncClient, database: Database, office: Office, chosen: dict[str, str], field: str
) -> None:
    round_id = await closed(database, office)
    await offices.sign_in(client, office)
    page = await _ask(client, round_id, **chosen)
    assert page.status_code == 422
    assert f'id="{field}-feil"' in page.text and "<b>'" not in page.text
    assert await _log(database, office) == []


async def test_a_form_without_its_token_or_from_a_reader_tells_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await closed(database, office)
    address = f"/kontor/runder/{round_id}/grupper"
    await offices.sign_in(client, office)
    assert (await client.post(address, data={"sporsmal": "hjem", "bakgrunn": "alder"})).status_code == 403
    client.cookies.clear()
    await offices.sign_in(client, office, Role.READER)
    assert address not in (await client.get(f"/kontor/runder/{round_id}")).text
    assert (await client.get(address)).status_code == 403
    assert (await _ask(client, round_id, bakgrunn="alder")).status_code == 403
    assert await _log(database, office) == []


async def test_an_open_round_has_no_groups_to_tell(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    assert "grupper" not in (await client.get(f"/kontor/runder/{round_id}")).text
    assert (await client.get(f"/kontor/runder/{round_id}/grupper")).status_code == 409
