"""Documents for planners and councils at the desk: chosen, read, fetched, and never of a round of others."""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from uuid import UUID, uuid4

import httpx
import openpyxl
import pikepdf
import pytest

from survey.database.pool import Database
from survey.loop import dossiers, plans
from survey.people.roles import Role
from tests import offices
from tests.offices import Office

GOAL = "Leietakere skal få svar når de sier fra"
REASON = "Den som ikke får svar, slutter å si fra."


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


async def _posted(client: httpx.AsyncClient, address: str, **fields: str) -> httpx.Response:
    token = await offices.token_for(client)
    answer = await client.post(address, data={"csrf": token, **fields})
    assert answer.status_code == 303, answer.text[:400]
    return answer


async def _planned(client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID) -> UUID:
    """A plan with a goal that a finding of the round is tied to."""
    await _posted(client, f"/kontor/runder/{round_id}/oppfolging", gjor="start")
    fields = {
        "name": "Boligsosial handlingsplan",
        "kind": "boligsosial",
        "first_year": "2027",
        "last_year": "2030",
    }
    made = await _posted(client, "/kontor/planer/ny", **fields)
    found = re.search(r"/planer/([0-9a-f-]{36})", made.headers["location"])
    assert found
    await _posted(client, f"/kontor/planer/{found[1]}/mal", number="1.2", body=GOAL)
    async with database.registry(office.organisation_id) as connection:
        (goal,) = (await plans.find(connection, UUID(found[1]))).goals
        listed = await dossiers.whole_list(connection, round_id)
    assert listed
    finding = next(one.id for one in listed.findings if one.asks_for_a_reply)
    address = f"/kontor/runder/{round_id}/oppfolging/{finding}/plan"
    await _posted(client, address, goal=str(goal.id), law="husleieloven_6", reasoning=REASON)
    return UUID(found[1])


def _once_each(page: str) -> None:
    """No two parts of a page answer to one name, those of the console around a document among them."""
    twice = [id for id, times in Counter(re.findall(r'\bid="([^"]+)"', page)).items() if times > 1]
    assert not twice


@pytest.fixture
async def round_id(client: httpx.AsyncClient, database: Database, office: Office) -> UUID:
    id = await offices.closed_round(database, office, (7, 35, 150))
    await offices.sign_in(client, office)
    return id


async def test_the_annex_is_chosen_read_and_fetched(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    plan = await _planned(client, database, office, round_id)
    here = f"/kontor/runder/{round_id}"
    assert "/plandokumenter" in (await client.get(here)).text
    chosen = (await client.get(f"{here}/plandokumenter")).text
    assert f'value="{plan}"' in chosen and "Boligsosial handlingsplan (2027–2030)" in chosen
    page = await client.get(f"{here}/plangrunnlag?plan={plan}")
    text = html.unescape(page.text)
    assert GOAL in text and REASON in text and "Husleieloven kapittel 6" in text
    _once_each(page.text)
    english = await client.get(f"{here}/plangrunnlag?plan={plan}&sprak=en")
    assert '<article class="bm-report bm-plan" lang="en"' in english.text and "Planning annex" in english.text
    assert (await client.get("/kontor/plangrunnlag.css")).headers["content-type"].startswith("text/css")
    file = await client.get(f"{here}/plangrunnlag.pdf?plan={plan}&sprak=nn")
    assert file.headers["content-type"] == "application/pdf"
    assert "bostemme-plangrunnlag-boligsosial-handlingsplan" in file.headers["content-disposition"]
    with pikepdf.open(io.BytesIO(file.content)) as document:
        assert str(document.Root.Lang) == "nn"
    typed = await client.get(f"{here}/plangrunnlag.docx?plan={plan}&sprak=nb")
    assert typed.headers["content-disposition"].endswith('.docx"') and typed.content[:2] == b"PK"
    log = (await client.get("/kontor/logg")).text
    assert "bostemme-plangrunnlag-boligsosial" in log or "Lastet ned" in log


async def test_before_anybody_has_begun_the_page_says_where_to_begin(
    client: httpx.AsyncClient, round_id: UUID
) -> None:
    here = f"/kontor/runder/{round_id}"
    page = (await client.get(f"{here}/plandokumenter")).text
    assert "Begynn på siden «Svar og tiltak»" in html.unescape(page) and f"{here}/oppfolging" in page
    fields = {"name": "Temaplan", "kind": "temaplan", "first_year": "2027", "last_year": "2030"}
    made = await _posted(client, "/kontor/planer/ny", **fields)
    plan = made.headers["location"].partition("/planer/")[2].partition("?")[0]
    refused = await client.get(f"{here}/plangrunnlag?plan={plan}")
    assert refused.status_code == 404 and "Svar og tiltak" in refused.text


async def test_all_figures_are_fetched_as_a_spreadsheet_whether_or_not_anybody_has_begun(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    address = f"/kontor/runder/{round_id}/tall.xlsx"
    before = await client.get(address)
    assert before.status_code == 200 and before.headers["content-disposition"].endswith('.xlsx"')
    await _planned(client, database, office, round_id)
    sheets = openpyxl.load_workbook(io.BytesIO((await client.get(f"{address}?sprak=nb")).content))
    assert [row[7] for row in sheets["Planer og lover"].iter_rows(values_only=True)][1:] == [REASON]
    first = [row[0] for row in sheets["Funn"].iter_rows(values_only=True)]
    assert first == [
        row[0]
        for row in openpyxl.load_workbook(io.BytesIO(before.content))["Funn"].iter_rows(values_only=True)
    ]


async def test_a_paper_for_each_council_is_read_and_fetched_in_two_pages(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    here = f"/kontor/runder/{round_id}"
    assert (await client.get(f"{here}/radssak")).status_code == 404
    await _planned(client, database, office, round_id)
    for council, name in (("eldre", "eldrerådet"), ("ungdom", "ungdomsrådet"), ("funksjon", "nedsettelse")):
        page = await client.get(f"{here}/radssak?rad={council}&sprak=nb")
        assert page.status_code == 200 and name in page.text
    file = await client.get(f"{here}/radssak.pdf?rad=ungdom&sprak=nb")
    assert "bostemme-sak-ungdomsradet-" in file.headers["content-disposition"]
    with pikepdf.open(io.BytesIO(file.content)) as document:
        assert len(document.pages) == 2


async def test_a_plan_that_is_not_there_and_a_round_that_is_open_are_refused(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    plan = await _planned(client, database, office, round_id)
    for wrong in ("", "?plan=x", f"?plan={uuid4()}"):
        for paper in ("plangrunnlag", "plangrunnlag.pdf"):
            assert (await client.get(f"/kontor/runder/{round_id}/{paper}{wrong}")).status_code == 404
    still_open = await offices.open_round(database, office)
    report = await client.get(f"/kontor/runder/{still_open}/rapport")
    annex = await client.get(f"/kontor/runder/{still_open}/plangrunnlag?plan={plan}")
    assert annex.status_code == report.status_code >= 400


async def test_who_may_read_results_may_read_the_annex_and_nobody_else(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    plan = await _planned(client, database, office, round_id)
    await offices.sign_in(client, office, Role.READER)
    assert (await client.get(f"/kontor/runder/{round_id}/plangrunnlag?plan={plan}")).status_code == 200
    other = await offices.found(database, "En annen kommune")
    await offices.sign_in(client, other)
    for paper in (
        "plandokumenter",
        "radssak",
        "radssak.pdf",
        "tall.xlsx",
        f"plangrunnlag?plan={plan}",
        f"plangrunnlag.pdf?plan={plan}",
    ):
        assert (await client.get(f"/kontor/runder/{round_id}/{paper}")).status_code == 404
