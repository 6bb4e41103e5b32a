"""The report on an area: read and fetched at the desk, refused with a reason, frozen with the others."""

from __future__ import annotations

import asyncio
import html
import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pymupdf
import pytest

from reports.documents import landlord, pdf
from survey.campaigns import sealing
from survey.database.pool import Database
from survey.loop import dossiers
from survey.office import editions as making
from survey.office import numbers, on_close
from survey.office.pages import LANGUAGE_COOKIE
from survey.people.roles import Role
from survey.register import estates
from survey.retention import steps
from tests import offices
from tests.integration.test_editions import Press
from tests.integration.test_plan_documents import _planned
from tests.offices import Office
from tests.samples import areas

TOOLS = Path(sys.executable).parent
COUNTS = (3, 30, 90, 44, 38)
AREA = "Området Nordbyen"


@pytest.fixture
async def office(database: Database) -> Office:
    """Four estates in Nordbyen, of which one has too few answers, and one in Sentrum."""
    found = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    own = list(found.estates)
    async with database.registry(found.organisation_id) as connection:
        for name, homes in (("Elvegata 14", 60), ("Granheim & co", 50)):
            id = await estates.add(
                connection, found.organisation_id, area="Nordbyen", name=name, dwellings=homes
            )
            own.append((id, homes))
    return replace(found, estates=tuple(own))


@pytest.fixture
async def round_id(client: httpx.AsyncClient, database: Database, office: Office) -> UUID:
    id = await offices.closed_round(database, office, COUNTS)
    await offices.sign_in(client, office)
    return id


def _text(document: bytes) -> str:
    with pymupdf.open(stream=document) as opened:
        return " ".join("\n".join(page.get_text() for page in opened).split())


async def test_the_report_on_an_area_is_chosen_beside_those_on_estates_and_read_in_three_languages(
    client: httpx.AsyncClient, round_id: UUID
) -> None:
    home = f"/kontor/runder/{round_id}"
    assert f'href="{home}/rapport?omrade=Nordbyen"' in (await client.get(home)).text
    chosen = (await client.get(f"{home}/rapport")).text
    assert AREA in chosen and "Området Sentrum" not in chosen, "one estate is no area"
    for language, heading in (
        ("nb", "Slik er det å bo i området Nordbyen"),
        ("nn", "Slik er det å bu i området Nordbyen"),
        ("en", "What it is like to live in the area Nordbyen"),
    ):
        client.cookies.set(LANGUAGE_COOKIE, language)
        page = await client.get(f"{home}/rapport?omrade=Nordbyen")
        assert page.status_code == 200
        assert heading in page.text
        assert "Granheim &amp; co" in page.text and "Havneveien 1-9" not in page.text.split("<article")[1]
        assert re.search(r'omrade=Nordbyen"\s+aria-current="page"', page.text)
        assert "112" in page.text and "150" in page.text, "of those with five answers or more"


async def test_the_report_on_an_area_is_fetched_as_a_pdf_that_names_it(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    address = f"/kontor/runder/{round_id}/rapport.pdf?omrade=Nordbyen"
    for _ in range(60):
        fetched = await client.get(address)
        if fetched.status_code == 200:
            break
        await asyncio.sleep(1)
    assert fetched.headers["content-type"] == "application/pdf"
    assert re.search(r"rapport-.*-nordbyen-[0-9a-f]{8}\.pdf", fetched.headers["content-disposition"])
    assert "Nordbyen (4 leiegårder)" in _text(fetched.content)
    async with database.owner() as connection:
        noted = await connection.fetchval(
            "select details ->> 'area' from registry.audit_log where action = 'report.downloaded'"
        )
    assert noted == "Nordbyen"


@pytest.mark.parametrize(
    ("area", "status", "said"),
    [
        ("Sentrum", 409, "bare én leiegård med i undersøkelsen: Havneveien 1-9"),
        ("Vest<b>", 404, "Ingen leiegård i denne undersøkelsen ligger i området Vest<b>"),
    ],
)
async def test_an_area_without_a_report_is_refused_with_the_reason_and_the_way_to_one_that_has_the_answer(
    client: httpx.AsyncClient, round_id: UUID, area: str, status: int, said: str
) -> None:
    for page in ("rapport", "rapport.pdf"):
        answer = await client.get(f"/kontor/runder/{round_id}/{page}", params={"omrade": area})
        assert answer.status_code == status
        assert said in html.unescape(answer.text)
        assert f'href="/kontor/runder/{round_id}/rapport"' in answer.text


async def test_an_area_where_too_few_can_show_their_figures_is_refused_and_has_no_file_in_an_edition(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office, (2, 30, 90, 4, 3))
    await offices.sign_in(client, office)
    answer = await client.get(f"/kontor/runder/{round_id}/rapport?omrade=Nordbyen")
    assert answer.status_code == 409 and "For få av leiegårdene i området Nordbyen" in answer.text
    token = await offices.token_for(client)
    await client.post(f"/kontor/runder/{round_id}/oppfolging", data={"csrf": token, "gjor": "start"})
    press = Press(client, database, office, round_id, token)
    refused = await press.order(place=["areas"])
    assert refused.status_code == 422 and "minst én" in refused.text
    await press.order(place=["areas", "all"])
    assert (await press.ready()).files == 1


async def test_a_report_on_an_area_of_another_organisation_is_not_there(
    client: httpx.AsyncClient, database: Database, round_id: UUID
) -> None:
    other = await offices.found(database, "Annen kommune")
    await client.post("/kontor/logg-ut", data={"csrf": await offices.token_for(client)})
    await offices.sign_in(client, other)
    for page in ("rapport", "rapport.pdf"):
        answer = await client.get(f"/kontor/runder/{round_id}/{page}?omrade=Nordbyen")
        assert answer.status_code == 404


async def test_an_edition_holds_the_reports_on_each_area_for_landlord_and_tenants_and_no_notice_of_it(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    token = await offices.token_for(client)
    await client.post(f"/kontor/runder/{round_id}/oppfolging", data={"csrf": token, "gjor": "start"})
    press = Press(client, database, office, round_id, token)
    try:
        ordered = await press.order(
            place=["areas"], document=["utleier", "beboer", "oppslag", "tall"], language=["nb", "en"]
        )
        assert ordered.status_code == 303, ordered.text[:400]
        edition = await press.ready()
        assert edition.files == 4
        whole = await client.get(f"{press.home}/{edition.id}/alle.zip")
        with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
            names = packed.namelist()
            said = [_text(packed.read(name)) for name in names]
        assert all("nordbyen" in name for name in names)
        assert "Slik er det å bo i området Nordbyen" in said[0] and "Versjon 1" in said[0]
        assert "What it is like to live in the area Nordbyen" in said[1]
        assert "Dette sa dere om å bo i Nordbyen" in said[2]
        assert "What you said about living in Nordbyen" in said[3]
        sent = await client.get(f"{press.home}/{edition.id}/mottakere")
        assert 'value="area:Nordbyen"' in sent.text
    finally:
        for task in list(making._under_way.values()):
            task.cancel()


async def test_tenants_of_an_area_have_a_report_of_their_own_on_the_web_and_on_paper(
    client: httpx.AsyncClient, round_id: UUID
) -> None:
    here = f"/kontor/runder/{round_id}/beboerrapport"
    chosen = html.unescape((await client.get(here)).text)
    assert 'value="omrade:Nordbyen"' in chosen and "omrade:Sentrum" not in chosen
    page = html.unescape((await client.get(here, params={"leiegard": "omrade:Nordbyen"})).text)
    assert "Dette sa dere om å bo i Nordbyen" in page and "Om lag 110 av 150 hjem svarte" in page
    assert re.search(r'value="omrade:Nordbyen"\s+selected', page)
    file = re.search(r'href="(/kontor/[^"]*beboerrapport\.pdf[^"]*)"', page)
    assert file and "omrade=Nordbyen" in file[1]
    for _ in range(60):
        fetched = await client.get(file[1])
        if fetched.headers["content-type"] == "application/pdf":
            break
        await asyncio.sleep(0.5)
    assert "-nordbyen-" in fetched.headers["content-disposition"]
    assert "Dette sa dere om å bo i Nordbyen" in _text(fetched.content)
    for area, status in (("Sentrum", 409), ("Vest", 404)):
        refused = await client.get(here, params={"omrade": area})
        assert refused.status_code == status and area in refused.text


async def test_a_planner_gets_the_annex_on_one_area_with_its_own_findings_alone(
    client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID
) -> None:
    plan = await _planned(client, database, office, round_id)
    here = f"/kontor/runder/{round_id}"
    assert '<option value="Nordbyen">' in (await client.get(f"{here}/plandokumenter")).text
    of_all = html.unescape((await client.get(f"{here}/plangrunnlag?plan={plan}")).text)
    annex = html.unescape((await client.get(f"{here}/plangrunnlag?plan={plan}&omrade=Nordbyen")).text)
    annex = annex.split("<article")[1]
    assert "Havneveien 1-9" in of_all and "Havneveien 1-9" not in annex
    assert "Granheim & co" in annex and "Nordbyen. " in annex.partition("</header>")[0]
    typed = await client.get(f"{here}/plangrunnlag.docx?plan={plan}&omrade=Nordbyen&sprak=en")
    assert "-nordbyen-" in typed.headers["content-disposition"] and typed.content[:2] == b"PK"
    for area, status in (("Sentrum", 409), ("Vest", 404)):
        for paper in ("plangrunnlag", "plangrunnlag.pdf", "plangrunnlag.docx"):
            refused = await client.get(f"{here}/{paper}", params={"plan": str(plan), "omrade": area})
            assert refused.status_code == status and area in refused.text


async def test_reports_on_areas_are_made_by_themselves_when_the_round_is_closed(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    home = f"/kontor/runder/{round_id}/utgaver"
    assert "Hvert område" in (await client.get(home)).text
    fields = {
        "csrf": await offices.token_for(client),
        "gjor": "lagre",
        "document": ["utleier"],
        "language": ["nb"],
        "place": ["all", "areas", "estates"],
    }
    assert (await client.post(f"{home}/ved-lukking", data=fields)).status_code == 303
    await offices.answer(database, office, round_id, COUNTS)
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    await sealing.seal_closed(database)
    assert await on_close.make_due(database, "http://testserver.local") == 1
    async with database.registry(office.organisation_id) as connection:
        places = [one.place for one in (await dossiers.the(connection, round_id)).head.places]
        rows = await connection.fetch("select level, place from loop.edition_files order by number")
    assert [(one.level, one.id) for one in places if one.level == "area"] == [("area", "Nordbyen")]
    assert [tuple(row) for row in rows if row["level"] == "area"] == [("area", "Nordbyen")]
    assert {row["level"] for row in rows} == {"all", "area", "estate"}


async def test_when_the_answers_are_deleted_the_report_on_an_area_is_made_of_those_that_were_kept(
    database: Database, office: Office, round_id: UUID
) -> None:
    own = database, office.organisation_id, round_id
    before = (await numbers.area_report_on(*own, "Nordbyen")).results
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set answers_due_on = current_date")
    await steps.run(database, [])
    after = (await numbers.area_report_on(*own, "Nordbyen")).results
    assert landlord.html(after, "nb") == landlord.html(before, "nb")


@pytest.mark.parametrize(
    ("area", "language"), [(areas.LARGE, "nb"), (areas.LARGE, "en"), (areas.SMALL, "nn"), (areas.SMALL, "nb")]
)
def test_the_checkers_find_no_error_in_the_report_on_an_area(
    area: str, language: str, tmp_path: Path
) -> None:
    report = areas.results(area)
    file = tmp_path / "report.pdf"
    written = pdf.write(landlord.html(report, language), landlord.title(report, language), language)
    file.write_bytes(written)
    for tool in (["pdfua", "check"], ["outloud", "--json", "-", "--quiet"]):
        done = subprocess.run(
            [TOOLS / tool[0], *tool[1:], str(file)], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode in ((0, 1, 2) if tool[0] == "pdfua" else (0,)), done.stdout
    with pymupdf.open(stream=written) as document:
        assert 9 <= len(document) <= 18
        assert min(len(page.get_text()) for page in document) > 300
