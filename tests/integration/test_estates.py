"""The buildings as the office keeps them: added, changed, taken out of use, never under a running round."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import httpx
import pytest

from survey.campaigns import asked, links, rounds
from survey.campaigns.errors import TooFewDwellings
from survey.database.pool import Database
from survey.people.roles import Role
from survey.register import estates, organisations
from survey.register.errors import EstateExists
from survey.register.estates import Estate
from survey.settings import Settings
from tests import offices
from tests.deliveries import csv_file, upload
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _estates(database: Database, office: Office) -> dict[str, Estate]:
    async with database.registry(office.organisation_id) as connection:
        return {estate.name: estate for estate in await estates.all_of(connection)}


async def _invited(database: Database, office: Office, round_id: UUID) -> list[int | None]:
    async with database.registry(office.organisation_id) as connection:
        return [estate.invited for estate in (await rounds.find(connection, round_id)).estates]


def _form(token: str, **other: str) -> dict[str, str]:
    return {"csrf": token, "name": "Fjordgata 3", "area": "Nordbyen", "dwellings": "24", **other}


async def _mark(client: httpx.AsyncClient, address: str) -> str:
    """What the form of a building carries, to know the building again."""
    found = re.search(r'name="mark" value="(\w+)"', (await client.get(address)).text)
    assert found
    return found.group(1)


async def _save(client: httpx.AsyncClient, address: str, token: str, **other: str) -> httpx.Response:
    """The form of a building, filled in from the building as it is."""
    return await client.post(address, data=_form(token, mark=await _mark(client, address), **other))


async def test_an_officer_adds_a_building_and_can_ask_there_at_once(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    added = await client.post(
        "/kontor/leiegarder/ny", data=_form(token, area=" Ny  bydel ", dwellings="1 024")
    )
    listed = await client.get(added.headers["location"])
    assert "Leiegården er lagt til" in listed.text and "Ny bydel" in listed.text
    assert "Fjordgata 3" in (await client.get("/kontor/runder/ny")).text
    assert (await _estates(database, office))["Fjordgata 3"].dwellings == 1024


async def test_buildings_stand_in_the_order_of_their_numbers(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    names = ["Bygata 100", "Bygata 2B", "Bygata 10", "Bygata 2", "Bygata 1234567890123"]
    for name in names:
        await client.post("/kontor/leiegarder/ny", data=_form(token, name=name, area="Bydel 10"))
    await client.post("/kontor/leiegarder/ny", data=_form(token, name="Bygata 1", area="Bydel 9"))
    found = [name for name in await _estates(database, office) if name.startswith("Bygata")]
    assert found == [
        "Bygata 1", "Bygata 2", "Bygata 2B", "Bygata 10", "Bygata 100", "Bygata 1234567890123"
    ]  # fmt: skip


async def test_an_office_without_buildings_is_shown_where_to_begin(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    async with database.owner() as connection:
        await connection.execute("delete from registry.estates")
    await offices.sign_in(client, office)
    for page in ("runder", "runder/ny", "leiegarder"):
        answer = await client.get(f"/kontor/{page}")
        assert answer.status_code == 200 and 'href="/kontor/leiegarder/ny"' in answer.text


async def test_what_is_wrong_with_a_building_is_said_at_each_field_and_the_form_is_kept(
    client: httpx.AsyncClient, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    for dwellings in ("0", "10001", "-4", "4,5", "mange", "", "٣"):
        form = _form(token, name="F", area="", dwellings=dwellings)
        answer = await client.post("/kontor/leiegarder/ny", data=form)
        assert answer.status_code == 422 and f'value="{dwellings}"' in answer.text
        for field in ("name", "area", "dwellings"):
            assert f'href="#{field}"' in answer.text and f'id="{field}-feil"' in answer.text


async def test_a_building_is_not_added_twice_but_may_have_a_namesake_in_another_area(
    client: httpx.AsyncClient, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    for area, status in (("Nordbyen", 303), ("Nordbyen", 422), ("Sentrum", 303)):
        answer = await client.post("/kontor/leiegarder/ny", data=_form(token, area=area))
        assert answer.status_code == status
        if status == 422:
            assert "allerede en leiegård som heter «Fjordgata 3» i området Nordbyen" in answer.text
    address = f"/kontor/leiegarder/{office.estates[1][0]}"
    answer = await _save(client, address, token, name="Bakkegata 2", dwellings="40")
    assert answer.status_code == 422 and 'value="Bakkegata 2"' in answer.text


async def test_a_new_name_area_and_number_are_kept_and_drafts_without_links_follow(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    draft = await offices.make_round(database, office)
    token = await offices.token_for(client)
    estate_id = office.estates[1][0]
    address = f"/kontor/leiegarder/{estate_id}"
    saved = await _save(client, address, token, name="Nordlysgata 4-20", area="Sentrum", dwellings="44")
    assert saved.status_code == 303
    now = (await _estates(database, office))["Nordlysgata 4-20"]
    assert (now.id, now.area, now.dwellings) == (estate_id, "Sentrum", 44)
    assert sorted(n or 0 for n in await _invited(database, office, draft)) == [7, 44, 180]
    log = (await client.get("/kontor/logg")).text
    assert "Endret en leiegård" in log and "40 → 44" in log


async def test_a_building_never_gets_fewer_homes_than_an_open_round_has_asked(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    opened = await offices.open_round(database, office, offices.new_round(office, "Høstrunden"))
    token = await offices.token_for(client)
    address = f"/kontor/leiegarder/{office.estates[1][0]}"
    fewer = await _save(client, address, token, dwellings="39")
    assert fewer.status_code == 422 and 'id="dwellings-feil"' in fewer.text
    assert "I «Høstrunden» er 40 boliger i gården allerede spurt" in fewer.text
    assert 'value="39"' in fewer.text
    assert (await _save(client, address, token, dwellings="41")).status_code == 303
    assert sorted(n or 0 for n in await _invited(database, office, opened)) == [7, 40, 180]
    await offices.close(database, office.staff[Role.OFFICER], opened)
    assert (await _save(client, address, token, dwellings="12")).status_code == 303
    assert sorted(n or 0 for n in await _invited(database, office, opened)) == [7, 40, 180]


async def test_a_building_where_more_persons_than_homes_are_asked_can_get_another_name(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    persons = [
        ("Bakkegata 2", str(home), f"p{home}{n}@b.no", "", "", "person") for home in (1, 6) for n in "abc"
    ]
    await upload(database, settings, office, round_id, csv_file(*persons))
    assert sorted(n or 0 for n in await _invited(database, office, round_id)) == [11, 40, 180]
    address, token = f"/kontor/leiegarder/{office.estates[0][0]}", await offices.token_for(client)
    assert (await _save(client, address, token, name="Bakkegata 2 A", dwellings="7")).status_code == 303
    fewer = await _save(client, address, token, dwellings="6")
    assert fewer.status_code == 422 and "er 7 boliger i gården allerede spurt" in fewer.text
    assert sorted(n or 0 for n in await _invited(database, office, round_id)) == [11, 40, 180]


async def test_of_two_officers_who_change_the_same_building_the_second_is_told_and_loses_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    address, token = f"/kontor/leiegarder/{office.estates[0][0]}", await offices.token_for(client)
    both_saw = await _mark(client, address)
    first = _form(token, name="Den førstes gård", dwellings="8", mark=both_saw)
    assert (await client.post(address, data=first)).status_code == 303
    for seen in (both_saw, "", "x"):
        second = _form(token, name="Den andres gård", dwellings="9", mark=seen)
        answer = await client.post(address, data=second)
        assert answer.status_code == 422 and "Noen andre endret leiegården mens du skrev" in answer.text
        assert 'value="Den andres gård"' in answer.text and 'value="9"' in answer.text
        assert "Den førstes gård" in answer.text.partition('id="naa"')[2].partition("</section>")[0]
        assert "Den førstes gård" in await _estates(database, office)
    again = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert again and again.group(1) != both_saw
    assert (await client.post(address, data={**second, "mark": again.group(1)})).status_code == 303
    assert "Den andres gård" in await _estates(database, office)


async def test_links_fetched_for_a_draft_hold_the_number_of_homes_also_when_both_happen_at_once(
    database: Database, office: Office, settings: Settings
) -> None:
    draft = await offices.make_round(database, office)
    officer, estate_id = office.staff[Role.OFFICER], office.estates[1][0]

    async def fetch() -> None:
        async with database.registry(office.organisation_id) as connection:
            await links.issue_links(connection, settings, officer, draft)

    async def shrink() -> None:
        async with database.registry(office.organisation_id) as connection:
            seen = (await estates.find(connection, estate_id)).mark
            await asked.change_estate(
                connection,
                officer,
                estate_id,
                area="Nordbyen",
                name="Nordlysgata 4-18",
                dwellings=30,
                seen=seen,
            )

    results = await asyncio.gather(fetch(), shrink(), return_exceptions=True)
    assert results[0] is None and (results[1] is None or isinstance(results[1], TooFewDwellings))
    async with database.registry(office.organisation_id) as connection:
        rights = await connection.fetchval(
            "select count(*) from registry.invitations where estate_id = $1", estate_id
        )
        promised = await connection.fetchval(
            "select invited from registry.campaign_estates where estate_id = $1", estate_id
        )
    assert rights == promised, "every home that counts as asked has a link"


async def test_a_building_no_round_has_asked_is_deleted_after_a_page_that_says_so(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    address = f"/kontor/leiegarder/{office.estates[0][0]}"
    assert "aldri vært med i en undersøkelse" in (await client.get(f"{address}/fjern")).text
    answer = await client.post(f"{address}/fjern", data={"csrf": token})
    assert "Leiegården er slettet" in (await client.get(answer.headers["location"])).text
    assert "Bakkegata 2" not in await _estates(database, office)


async def test_a_building_with_answers_is_archived_its_reports_stay_and_it_can_be_used_again(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    closed = await offices.closed_round(database, office, new=offices.new_round(office, "I fjor"))
    token = await offices.token_for(client)
    address = f"/kontor/leiegarder/{office.estates[1][0]}"
    sure = await client.get(f"{address}/fjern")
    assert "Gamle svar og rapporter blir stående" in sure.text and "I fjor" in sure.text
    await client.post(f"{address}/fjern", data={"csrf": token})
    assert "Nordlysgata 4-18" not in (await client.get("/kontor/runder/ny")).text
    report = await client.get(f"/kontor/runder/{closed}/rapport?leiegard={office.estates[1][0]}")
    assert report.status_code == 200 and "Nordlysgata 4-18" in report.text
    listed = await client.get("/kontor/leiegarder")
    assert "Ute av bruk" in listed.text
    await client.post(f"{address}/bruk", data={"csrf": token})
    assert "Nordlysgata 4-18" in (await client.get("/kontor/runder/ny")).text


@pytest.mark.parametrize("status", ["draft", "open"])
async def test_a_building_of_an_unfinished_round_stays_in_use_and_the_page_names_the_round(
    client: httpx.AsyncClient, database: Database, office: Office, status: str
) -> None:
    await offices.sign_in(client, office)
    new = offices.new_round(office, "Vinterrunden")
    await (offices.make_round if status == "draft" else offices.open_round)(database, office, new)
    token = await offices.token_for(client)
    address = f"/kontor/leiegarder/{office.estates[0][0]}/fjern"
    for answer in (await client.get(address), await client.post(address, data={"csrf": token})):
        assert answer.status_code == 409 and "med i «Vinterrunden», som ikke er avsluttet" in answer.text
    assert not (await _estates(database, office))["Bakkegata 2"].archived


async def test_a_renamed_building_has_its_new_name_in_old_reports_too(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    closed = await offices.closed_round(database, office)
    report = f"/kontor/runder/{closed}/rapport?leiegard={office.estates[2][0]}"
    assert "Havneveien 1-9" in (await client.get(report)).text
    token, address = await offices.token_for(client), f"/kontor/leiegarder/{office.estates[2][0]}"
    await _save(client, address, token, name="Kaia 1-9", dwellings="180")
    page = (await client.get(report)).text
    assert "Kaia 1-9" in page and "Havneveien 1-9" not in page


@pytest.mark.parametrize("role", [Role.READER, Role.RESEARCHER])
async def test_those_who_only_read_cannot_touch_the_buildings(
    client: httpx.AsyncClient, database: Database, office: Office, role: Role
) -> None:
    await offices.sign_in(client, office, role)
    token = await offices.token_for(client)
    address = f"/kontor/leiegarder/{office.estates[0][0]}"
    assert "/kontor/leiegarder" not in (await client.get("/kontor/runder")).text
    for answer in (
        await client.get("/kontor/leiegarder"),
        await client.post("/kontor/leiegarder/ny", data=_form(token)),
        await client.post(address, data=_form(token)),
        await client.post(f"{address}/fjern", data={"csrf": token}),
        await client.post(f"{address}/bruk", data={"csrf": token}),
    ):
        assert answer.status_code == 403
    assert set(await _estates(database, office)) == {"Bakkegata 2", "Nordlysgata 4-18", "Havneveien 1-9"}


async def test_two_who_add_the_same_building_at_once_get_one_building_and_one_area(
    database: Database,
) -> None:
    organisation_id = await organisations.add(database, "Nyland kommune", "municipality")

    async def add() -> None:
        async with database.registry(organisation_id) as connection:
            await estates.add(connection, organisation_id, area="Ny", name="Blokk", dwellings=9)

    results = await asyncio.gather(*(add() for _ in range(4)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, EstateExists) for result in results)
    async with database.registry(organisation_id) as connection:
        assert len(await estates.all_of(connection)) == 1
        assert await connection.fetchval("select count(*) from registry.areas") == 1
