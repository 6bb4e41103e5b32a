"""The console hands out what is for those who answered: their report, in words or pictures, and a poster."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta

import httpx
import pikepdf
import pytest

from reports.findings.model import FoundResult
from reports.loop import Reply
from survey.database.pool import Database
from survey.loop import dossiers, replies
from survey.office import numbers
from survey.people.roles import Role
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


async def _got(client: httpx.AsyncClient, address: str) -> httpx.Response:
    """When it is there: numbers and files may take a while."""
    for _ in range(120):
        answer = await client.get(address)
        if answer.status_code != 202:
            return answer
        await asyncio.sleep(0.5)
    raise AssertionError(address)


@pytest.mark.parametrize("role", [Role.READER, Role.OFFICER])
async def test_who_reads_results_finds_the_report_for_tenants_beside_their_own(
    client: httpx.AsyncClient, database: Database, office: Office, role: Role
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office, role)
    address = f"/kontor/runder/{round_id}"
    page = (await client.get(address)).text
    assert f'href="{address}/beboerrapport"' in page and f'href="{address}/oppslag"' in page
    report = await _got(client, f"{address}/beboerrapport")
    assert report.status_code == 200
    assert "Dette sa dere om å leie hos Eksempelvik kommune (oppdiktet)" in report.text
    assert "Oppdiktet eksempel" in report.text and "Dette er en foreløpig utgave." in report.text
    chosen = await client.get(f"{address}/beboerrapport?leiegard={office.estates[2][0]}&sprak=ar&bilder=1")
    assert '<article class="bm-plain bp-pictures" lang="ar" dir="rtl">' in chosen.text
    assert "Havneveien 1-9" in chosen.text and 'href="/kontor/beboerrapport.css"' in chosen.text
    assert (await client.get("/kontor/beboerrapport.css")).text.count(".bm-plain") > 5
    form = await client.get(f"{address}/oppslag?leiegard={office.estates[2][0]}")
    assert f'<option value="{office.estates[2][0]}" selected>' in form.text


async def test_an_estate_with_too_few_answers_has_a_page_that_says_so(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    few = await _got(client, f"/kontor/runder/{round_id}/beboerrapport?leiegard={office.estates[0][0]}")
    assert "Færre enn fem har svart. Derfor viser vi ingen svar." in few.text
    assert "av 10" not in few.text


async def test_files_are_fetched_by_their_name_and_noted(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(
        database, office, new=offices.new_round(office, "Høsten", date.today() - timedelta(days=1))
    )
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}"
    estate = office.estates[2][0]
    for asked, name, pages in (
        (f"beboerrapport.pdf?leiegard={estate}&sprak=nn", "beboerrapport-hosten-havneveien-1-9-nn-", 2),
        ("beboerrapport.pdf?bilder=1", "bostemme-beboerrapport-bilder-hosten-alle-leiegarder-nb-", 1),
        (f"oppslag.pdf?leiegard={estate}&sprak2=ar&ark=A4&adresse=https%3A%2F%2Fx.example%2Fa",
         "bostemme-oppslag-hosten-havneveien-1-9-nb-", 1),
    ):  # fmt: skip
        file = await _got(client, f"{address}/{asked}")
        for _ in range(3):  # a page that hands it out, for a browser that waited
            if file.headers["content-type"].startswith("text/html"):
                file = await _got(client, f"{address}/{asked}")
        assert file.content.startswith(b"%PDF-"), file.text[:500]
        assert name in file.headers["content-disposition"]
        with pikepdf.open(io.BytesIO(file.content)) as document:
            assert len(document.pages) >= pages
    log = (await client.get("/kontor/logg")).text
    assert log.count("Lastet ned beboerrapport eller oppslag") >= 3


@pytest.mark.parametrize("page", ["beboerrapport", "beboerrapport.pdf", "oppslag", "oppslag.pdf"])
async def test_of_an_open_round_nothing_is_handed_out(
    client: httpx.AsyncClient, database: Database, office: Office, page: str
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    answer = await _got(client, f"/kontor/runder/{round_id}/{page}")
    assert answer.status_code == 409 and "vises når undersøkelsen er lukket" in answer.text


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "svar.example", "https://", "https://[", "https://x.example/" + "a" * 300],
)
async def test_an_address_that_leads_nowhere_makes_no_poster(
    client: httpx.AsyncClient, database: Database, office: Office, address: str
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    httpx_params = {"adresse": address, "ark": "A4"}
    answer = await client.get(f"/kontor/runder/{round_id}/oppslag.pdf", params=httpx_params)
    assert answer.status_code == 422 and 'href="#adresse"' in answer.text
    assert "Skriv en nettadresse som begynner med https://" in answer.text


async def test_what_is_not_there_is_not_found_and_what_is_not_offered_becomes_the_first_of_it(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/beboerrapport"
    assert (await _got(client, f"{address}?leiegard=nowhere")).status_code == 404
    odd = await _got(client, f"{address}?sprak=xx&bilder=ja")
    assert odd.status_code == 200 and '<article class="bm-plain" lang="nb" dir="ltr">' in odd.text
    stranger = await offices.found(database, "Nabokommunen")
    await offices.sign_in(client, stranger)
    assert (await _got(client, address)).status_code == 404


async def test_replies_that_are_entered_at_the_desk_stand_in_the_report(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/beboerrapport"
    before = (await _got(client, address)).text
    every = await numbers.found(database, office.organisation_id, round_id)
    listed = await numbers.findings_of(every)
    staff = office.staff[Role.OFFICER]
    weak: FoundResult = next(
        one
        for one in listed.findings
        if one.place.level == "all" and one.variant in ("weak", "participation_low")
    )
    async with database.registry(office.organisation_id) as connection:
        await dossiers.begin(connection, staff, listed)
        await replies.save(connection, staff, round_id, weak.id, Reply("innfridd", "Det er gjort."), 0)
    after = (await _got(client, address)).text
    assert "Det er gjort." not in before and "Det er gjort." in after and "Utleieren sier ja." in after
