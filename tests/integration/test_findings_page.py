"""The page of findings: for officers and readers, in three languages, without inline styles."""

from __future__ import annotations

import re

import httpx
import pytest

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
async def test_those_who_read_results_see_the_findings_of_a_closed_round(
    client: httpx.AsyncClient, database: Database, office: Office, role: Role
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office, role)
    address = f"/kontor/runder/{round_id}/funn"
    assert f'href="{address}"' in (await client.get(f"/kontor/runder/{round_id}")).text
    whole = await client.get(address)
    assert whole.status_code == 200
    for part in ("funn", "matrise", "endringer", "fordelinger", "trakt", "andre"):
        assert f'id="{part}"' in whole.text
    assert "trenger minst 5 leiegårder" in whole.text
    assert not re.search(r"<script|\sstyle=|\son\w+=", whole.text)

    large = office.estates[2][0]
    one = await client.get(f"{address}?sted=leiegard:{large}")
    assert f'<option value="leiegard:{large}" selected>' in one.text and 'id="trakt"' not in one.text


@pytest.mark.parametrize(
    ("code", "stands_on", "left_out"),
    [
        ("nb", "bygger på 2 av 3 leiegårder: ", "Ikke med, færre enn fem svar: Bakkegata 2."),
        ("nn", "byggjer på 2 av 3 leigegardar: ", "Ikkje med, færre enn fem svar: Bakkegata 2."),
        ("en", "stand on 2 of 3 estates: ", "Left out, fewer than five answers: Bakkegata 2."),
    ],
)
async def test_the_whole_says_which_estates_it_stands_on_and_which_are_left_out(
    client: httpx.AsyncClient, database: Database, office: Office, code: str, stands_on: str, left_out: str
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await client.post("/kontor/sprak", data={"csrf": token, "sprak": code, "tilbake": "/kontor/runder"})
    address = f"/kontor/runder/{round_id}/funn"
    whole = (await client.get(address)).text
    assert stands_on + "Nordlysgata 4-18, Havneveien 1-9." in whole and left_out in whole
    assert stands_on not in (await client.get(f"{address}?sted=leiegard:{office.estates[2][0]}")).text


async def test_a_hidden_estate_says_why_and_shows_no_figure(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/funn"
    places = re.findall(r'<option value="(leiegard:[^"]+)"', (await client.get(address)).text)
    told = [(await client.get(f"{address}?sted={place}")).text for place in places]
    (hidden,) = [page for page in told if "Færre enn fem svar" in page]
    assert 'id="matrise"' not in hidden and "<svg" not in hidden.partition('class="paper"')[2]


async def test_findings_can_be_narrowed_to_one_kind(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    # So many answers in each estate that there are two kinds.
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/funn"
    every = (await client.get(address)).text
    kind = re.findall(r"bm-kind-(\w+)", every)[0]
    some = (await client.get(f"{address}?slag={kind}")).text
    assert set(re.findall(r"bm-kind-(\w+)", some)) == {kind}
    told, of_kind = (re.findall(r'id="funn-(\w+)"', page) for page in (every, some))
    assert 0 < len(of_kind) < len(told)
    assert set(of_kind) < set(told)
    none = await client.get(f"{address}?slag=grade_gap")
    assert "Ingen funn av dette slaget" in none.text


@pytest.mark.parametrize(("code", "word"), [("nn", "truleg"), ("en", "probably")])
async def test_the_page_speaks_the_language_of_the_reader(
    client: httpx.AsyncClient, database: Database, office: Office, code: str, word: str
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await client.post("/kontor/sprak", data={"csrf": token, "sprak": code, "tilbake": "/kontor/runder"})
    page = (await client.get(f"/kontor/runder/{round_id}/funn")).text
    assert f'<article class="bm-report" lang="{code}"' in page and word in page


@pytest.mark.parametrize("place", ["leiegard:noe", "omrade:Ingensteds", "hva:som helst", "leiegard:", "x"])
async def test_a_place_that_is_not_of_the_round_is_not_there(
    client: httpx.AsyncClient, database: Database, office: Office, place: str
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    page = await client.get(f"/kontor/runder/{round_id}/funn", params={"sted": place})
    assert page.status_code == 404


async def test_an_open_round_has_no_page_of_findings(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    assert (await client.get(f"/kontor/runder/{round_id}/funn")).status_code == 409
