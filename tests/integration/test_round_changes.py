"""What an officer may still change about a round, and what nobody can: drafts, deadlines, closed rounds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import fastexcel
import httpx
import pytest

from survey.campaigns import rounds, waves
from survey.campaigns.rounds import Round
from survey.database.pool import Database
from survey.office.numbers import results_of
from survey.people.roles import Role
from tests import offices
from tests.offices import Office


def soon() -> date:
    return date.today() + timedelta(days=3)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _round(database: Database, office: Office, round_id: UUID) -> Round:
    async with database.registry(office.organisation_id) as connection:
        return await rounds.find(connection, round_id)


def _form(office: Office, token: str, **other: object) -> dict[str, object]:
    return {
        "csrf": token,
        "name": "Nytt navn",
        "estate": [str(id) for id, _ in office.estates],
        "language": ["nb", "en"],
        "opens_on": soon().isoformat(),
        "closes_on": (soon() + timedelta(days=10)).isoformat(),
        "results_on": (soon() + timedelta(days=30)).isoformat(),
        "grade": "4",
        **other,
    }


async def _mark(client: httpx.AsyncClient, round_id: UUID, page: str = "endre") -> str:
    """What the form of a round carries, to know the round again."""
    shown = await client.get(f"/kontor/runder/{round_id}/{page}")
    found = re.search(r'name="mark" value="(\w+)"', shown.text)
    assert found
    return found.group(1)


async def _links(client: httpx.AsyncClient, round_id: UUID, token: str) -> list[str]:
    sheet = await client.post(f"/kontor/runder/{round_id}/lenker", data={"csrf": token})
    rows = fastexcel.read_excel(sheet.content).load_sheet(0).to_polars()
    return [link.removeprefix("http://testserver.local") for link in rows["Lenke"].to_list()]


async def test_a_draft_can_get_another_name_other_buildings_dates_and_languages(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    page = await client.get(f"/kontor/runder/{round_id}/endre")
    assert page.status_code == 200 and page.text.count("checked") == 6, "as the draft stands"
    mark = await _mark(client, round_id)
    form = _form(office, offices.csrf_of(page), estate=[str(office.estates[1][0])], mark=mark)
    answer = await client.post(f"/kontor/runder/{round_id}/endre", data=form)
    assert answer.status_code == 303
    assert "Utkastet er endret" in (await client.get(answer.headers["location"])).text
    now = await _round(database, office, round_id)
    assert (now.name, now.languages, now.opens_on, now.declared_grade) == (
        "Nytt navn",
        ("nb", "en"),
        soon(),
        4,
    )
    assert [(estate.name, estate.invited) for estate in now.estates] == [("Nordlysgata 4-18", 40)]


async def test_the_form_of_a_draft_keeps_what_was_written_when_something_is_wrong(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    token = await offices.token_for(client)
    form = _form(office, token, estate=[], name="Vårt nye navn", closes_on="i morgen", grade="9")
    answer = await client.post(f"/kontor/runder/{round_id}/endre", data=form)
    assert answer.status_code == 422 and 'value="Vårt nye navn"' in answer.text
    for field in ("estates", "closes_on", "grade"):
        assert f'href="#{field}"' in answer.text and f'id="{field}-feil"' in answer.text
    assert (await _round(database, office, round_id)).name != "Vårt nye navn"


async def test_of_two_officers_who_change_the_same_draft_the_second_is_told_and_loses_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    address, token = f"/kontor/runder/{round_id}/endre", await offices.token_for(client)
    both_saw = await _mark(client, round_id)
    first = _form(office, token, name="Den førstes navn", grade="2", mark=both_saw)
    assert (await client.post(address, data=first)).status_code == 303
    for seen in (both_saw, "", "x"):
        second = _form(office, token, name="Den andres navn", estate=[str(office.estates[0][0])], mark=seen)
        answer = await client.post(address, data=second)
        assert answer.status_code == 422 and "Noen andre endret utkastet mens du skrev" in answer.text
        assert 'value="Den andres navn"' in answer.text and answer.text.count("checked") == 3
        shown = answer.text.partition('id="naa"')[2].partition("</section>")[0]
        assert "Den førstes navn" in shown and "2 – De får bare informasjon" in shown
        assert (await _round(database, office, round_id)).name == "Den førstes navn"
    again = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert again and again.group(1) != both_saw
    assert (await client.post(address, data={**second, "mark": again.group(1)})).status_code == 303
    assert (await _round(database, office, round_id)).name == "Den andres navn"


async def test_other_buildings_end_fetched_links_only_when_the_officer_says_so(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    token = await offices.token_for(client)
    old = await _links(client, round_id, token)
    fewer = _form(office, token, estate=[str(office.estates[0][0])], mark=await _mark(client, round_id))
    refused = await client.post(f"/kontor/runder/{round_id}/endre", data=fewer)
    assert refused.status_code == 422 and "slutter lenkene dere har hentet, å virke" in refused.text
    kept = await client.post(
        f"/kontor/runder/{round_id}/endre", data={**_form(office, token), "mark": fewer["mark"]}
    )
    assert kept.status_code == 303 and (await client.get(old[0])).status_code != 404
    done = await client.post(
        f"/kontor/runder/{round_id}/endre",
        data={**fewer, "drop_links": "1", "mark": await _mark(client, round_id)},
    )
    assert "virker ikke lenger" in (await client.get(done.headers["location"])).text
    assert (await client.get(old[0])).status_code == 404
    assert len(await _links(client, round_id, token)) == 7


async def test_a_draft_is_deleted_only_after_a_page_that_says_what_is_lost(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    round_id = await offices.make_round(database, office, offices.new_round(office, "Feil runde"))
    token = await offices.token_for(client)
    link = (await _links(client, round_id, token))[0]
    sure = await client.get(f"/kontor/runder/{round_id}/slett")
    assert "«Feil runde»" in sure.text and "Personlige lenker er hentet" in sure.text
    answer = await client.post(f"/kontor/runder/{round_id}/slett", data={"csrf": token})
    assert "Utkastet er slettet" in (await client.get(answer.headers["location"])).text
    assert (await client.get(f"/kontor/runder/{round_id}")).status_code == 404
    assert (await client.get(link)).status_code == 404
    log = (await client.get("/kontor/logg")).text
    assert "Slettet utkastet" in log and "Feil runde" in log


@pytest.mark.parametrize("page", ["endre", "slett"])
async def test_an_open_round_is_neither_changed_nor_deleted(
    client: httpx.AsyncClient, database: Database, office: Office, page: str
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    before = await _round(database, office, round_id)
    form = _form(office, await offices.token_for(client))
    for answer in (
        await client.get(f"/kontor/runder/{round_id}/{page}"),
        await client.post(f"/kontor/runder/{round_id}/{page}", data=form),
    ):
        assert answer.status_code == 409 and "Fristen kan flyttes så lenge den er åpen" in answer.text
    assert await _round(database, office, round_id) == before


async def test_the_database_itself_lets_no_opened_round_be_taken_back(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        for table, column in (
            ("invitations", "campaign_id"),
            ("campaign_estates", "campaign_id"),
            ("campaigns", "id"),
        ):
            gone = await connection.execute(f"delete from registry.{table} where {column} = $1", round_id)  # noqa: S608
            assert gone == "DELETE 0"


@pytest.mark.parametrize("shift", [-5, 9])
async def test_a_moved_deadline_is_told_on_the_tenants_pages_and_in_the_log(
    client: httpx.AsyncClient, database: Database, office: Office, shift: int
) -> None:
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    round_id = await offices.open_round(database, office)
    token = await offices.token_for(client)
    link = (await _links(client, round_id, token))[0]
    closes_on = date.today() + timedelta(days=14 + shift)
    form = {
        "csrf": token,
        "closes_on": closes_on.isoformat(),
        "results_on": closes_on.isoformat(),
        "mark": await _mark(client, round_id, "frist"),
    }
    answer = await client.post(f"/kontor/runder/{round_id}/frist", data=form)
    assert "Fristen er flyttet" in (await client.get(answer.headers["location"])).text
    told = offices.in_words(closes_on)
    assert told in (await client.get(link, headers={"accept-language": "nb"})).text
    log = (await client.get("/kontor/logg")).text
    assert "Flyttet fristen" in log and told in log


async def test_of_two_officers_who_move_the_same_deadline_the_second_is_told_and_loses_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    address, token = f"/kontor/runder/{round_id}/frist", await offices.token_for(client)
    both_saw = await _mark(client, round_id, "frist")
    days = [(date.today() + timedelta(days=n)).isoformat() for n in (20, 25)]
    forms = [{"csrf": token, "closes_on": day, "results_on": day, "mark": both_saw} for day in days]
    assert (await client.post(address, data=forms[0])).status_code == 303
    answer = await client.post(address, data=forms[1])
    assert answer.status_code == 422 and "Noen andre flyttet fristen mens du skrev" in answer.text
    assert answer.text.count(f'value="{days[1]}"') == 2
    shown = answer.text.partition('id="naa"')[2].partition("</section>")[0]
    assert offices.in_words(date.today() + timedelta(days=20)) in shown
    assert (await _round(database, office, round_id)).closes_on.isoformat() == days[0]
    again = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert again and again.group(1) != both_saw
    assert (await client.post(address, data={**forms[1], "mark": again.group(1)})).status_code == 303
    assert (await _round(database, office, round_id)).closes_on.isoformat() == days[1]


async def test_tenants_can_answer_again_when_a_passed_deadline_is_moved(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    token = await offices.token_for(client)
    link = (await _links(client, round_id, token))[0]
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set opens_on = current_date - 9, closes_on = current_date - 1"
        )
    assert (await client.get(link)).status_code == 410
    page = await client.get(f"/kontor/runder/{round_id}/frist")
    suggested = dict(re.findall(r'name="(closes_on|results_on|mark)"[^>]*?value="([^"]*)"', page.text))
    await client.post(f"/kontor/runder/{round_id}/frist", data={"csrf": token, **suggested})
    assert (await client.get(link)).status_code == 200


async def test_a_deadline_in_the_past_or_after_the_promised_results_is_refused_in_words(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    token = await offices.token_for(client)
    before = await _round(database, office, round_id)
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    for closes_on, results_on, said in (
        (yesterday, "2099-01-01", "samme dag som undersøkelsen åpner"),
        ("2098-01-02", "2098-01-01", "før fristen er ute"),
        ("snart", "2098-01-01", "Velg dagen for fristen"),
        ("9999-12-31", "9999-12-31", "senest ett år etter at undersøkelsen åpner"),
    ):
        form = {"csrf": token, "closes_on": closes_on, "results_on": results_on}
        answer = await client.post(f"/kontor/runder/{round_id}/frist", data=form)
        assert answer.status_code == 422 and said in answer.text and f'value="{closes_on}"' in answer.text
    assert await _round(database, office, round_id) == before


async def test_a_closed_round_is_never_opened_again_and_the_pages_say_why(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.closed_round(database, office)
    address = f"/kontor/runder/{round_id}"
    form = _form(office, await offices.token_for(client))
    assert "kan ikke åpnes igjen. Svarene er forseglet" in (await client.get(address)).text
    for answer in (
        await client.post(f"{address}/apne", data=form),
        await client.get(f"{address}/endre"),
        await client.post(f"{address}/endre", data=form),
        await client.get(f"{address}/frist"),
        await client.post(f"{address}/frist", data=form),
        await client.post(f"{address}/slett", data=form),
    ):
        assert answer.status_code == 409 and "kan ikke åpnes igjen eller endres" in answer.text
    assert (await _round(database, office, round_id)).status == "closed"


@pytest.mark.parametrize("page", ["ny", "endre"])
async def test_a_name_that_is_taken_is_said_at_the_field_and_nothing_of_the_form_is_lost(
    client: httpx.AsyncClient, database: Database, office: Office, page: str
) -> None:
    await offices.sign_in(client, office)
    await offices.make_round(database, office, offices.new_round(office, "Opptatt navn"))
    draft = await offices.make_round(database, office)
    address = "/kontor/runder/ny" if page == "ny" else f"/kontor/runder/{draft}/endre"
    token, mark = await offices.token_for(client), await _mark(client, draft)
    form = _form(office, token, name=" Opptatt  navn ", template="full", mark=mark)
    answer = await client.post(address, data=form)
    assert answer.status_code == 422 and 'id="name-feil"' in answer.text
    assert "Dere har allerede en undersøkelse som heter «Opptatt navn»" in answer.text
    assert f'value="{soon().isoformat()}"' in answer.text and '<option value="4" selected>' in answer.text
    assert answer.text.count("checked") == (7 if page == "ny" else 5)


async def test_the_suggested_name_is_always_free(client: httpx.AsyncClient, office: Office) -> None:
    await offices.sign_in(client, office)
    names = []
    for _ in range(3):
        page = (await client.get("/kontor/runder/ny")).text
        found = re.search(r'id="name"[^>]*?value="([^"]*)"', page)
        assert found
        names.append(found.group(1))
        form = _form(office, await offices.token_for(client), name=names[-1], template="kort")
        assert (await client.post("/kontor/runder/ny", data=form)).status_code == 303
    assert len(set(names)) == 3


async def test_two_organisations_may_use_the_same_name(database: Database, office: Office) -> None:
    other = await offices.found(database, "Den andre kommunen")
    for each in (office, other):
        await offices.make_round(database, each, offices.new_round(each, "Beboerundersøkelse 2026"))


@pytest.mark.parametrize(("written", "declared"), [("", None), ("1", 1), ("7", 7)])
async def test_the_grade_the_landlord_declares_reaches_the_report_and_none_stays_none(
    client: httpx.AsyncClient, database: Database, office: Office, written: str, declared: int | None
) -> None:
    await offices.sign_in(client, office)
    form = _form(office, await offices.token_for(client), template="kort", grade=written)
    made = await client.post("/kontor/runder/ny", data={**form, "opens_on": date.today().isoformat()})
    round_id = UUID(made.headers["location"].partition("?")[0].rsplit("/", 1)[-1])
    officer = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, officer, round_id)
    await offices.answer(database, office, round_id, (5, 24, 90))
    await offices.close(database, officer, round_id)
    both = await waves.load_waves(database, office.organisation_id, round_id)
    assert (await results_of(both, None)).declared_grade == declared
