"""The landlord's own colour and logo: chosen at the desk, worn by documents, frozen with them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pikepdf
import pymupdf
import pytest

from reports.documents import landlord, pdf, plan_annex, residents, stairwell
from reports.livery import Livery
from reports.loop import Loop
from survey.database.pool import Database
from survey.loop import dossiers, editions, telling
from survey.loop.editions import Wanted
from survey.office import editions as making
from survey.people.roles import Role
from survey.register import liveries
from survey.register.logos import reading
from tests import offices
from tests.offices import Office
from tests.samples import planning, tenants
from tests.samples import report_results as samples
from tests.samples.logos import DRAWN, raster, svg
from tests.waiting import until

HERE = "/kontor/profil"
TOOLS = Path(sys.executable).parent
LOGO = reading.read(DRAWN, "Logoen til Eksempelvik")


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    yield await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    for task in list(making._under_way.values()):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _worn(database: Database, office: Office) -> Livery | None:
    async with database.registry(office.organisation_id) as connection:
        return await liveries.worn(connection)


class Desk:
    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client, self.token = client, token

    async def do(self, gjor: str, **more: str) -> httpx.Response:
        return await self.client.post(HERE, data={"csrf": self.token, "gjor": gjor, **more})

    async def send(self, file: bytes, **more: str) -> httpx.Response:
        fields = {"csrf": self.token, "alt": "Logoen vår", "bunn": "hvit", **more}
        files = {"fil": ("logo.svg", file, "image/svg+xml")} if file else None
        return await self.client.post(f"{HERE}/logo", data=fields, files=files)


@pytest.fixture
async def desk(client: httpx.AsyncClient, office: Office) -> Desk:
    await offices.sign_in(client, office)
    return Desk(client, await offices.token_for(client))


async def test_a_colour_is_seen_before_it_is_worn_and_what_is_written_on_it_is_chosen_for_you(
    desk: Desk, database: Database, office: Office
) -> None:
    seen = await desk.do("vis", farge="FFCD00")
    assert seen.status_code == 200 and "Ikke lagret ennå" in seen.text
    assert "Skriften på fargen er svart" in seen.text and "13,9 : 1" in seen.text.replace("\xa0", " ")
    assert await _worn(database, office) is None
    drawn = await desk.client.get(f"{HERE}/forside.svg?farge=ffcd00")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert 'fill="#ffcd00"' in drawn.text and 'fill="#000000"' in drawn.text and "Eksempelvik" in drawn.text
    wrong = await desk.do("lagre", farge="turkis<b>")
    assert wrong.status_code == 422 and "# og seks tegn" in wrong.text and "<b>" not in wrong.text
    saved = await desk.do("lagre", farge="#fc0")
    assert saved.headers["location"] == f"{HERE}?melding=livery_changed"
    assert (worn := await _worn(database, office)) and worn.colour == "#ffcc00"
    log = (await desk.client.get("/kontor/logg")).text
    assert "Endret farge eller logo" in log


async def test_a_logo_is_kept_as_we_drew_it_changed_and_taken_away(
    desk: Desk, database: Database, office: Office
) -> None:
    assert (await desk.send(b"")).status_code == 422
    await desk.do("lagre", farge="#8c1d40")
    assert (await desk.send(DRAWN, bunn="farge")).status_code == 303
    worn = await _worn(database, office)
    assert worn and worn.logo and (worn.colour, worn.plate) == ("#8c1d40", False)
    assert worn.logo.content == LOGO.content and worn.logo.alt == "Logoen vår"
    assert LOGO.address[:60] in (await desk.client.get(f"{HERE}/forside.svg")).text
    assert (await desk.send(b"", alt="Et hus og to trær")).status_code == 303  # other words for the same one
    worn = await _worn(database, office)
    assert worn and worn.logo and (worn.logo.alt, worn.plate) == ("Et hus og to trær", True)
    await desk.send(raster())
    worn = await _worn(database, office)
    assert worn and worn.logo and worn.logo.media_type == "image/png"
    await desk.do("uten_logo")
    assert (worn := await _worn(database, office)) and worn.logo is None and worn.colour == "#8c1d40"
    await desk.do("uten")
    assert await _worn(database, office) is None
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from registry.liveries") == 0
    assert "Tok bort farge og logo" in (await desk.client.get("/kontor/logg")).text


async def test_an_empty_file_is_no_logo_and_other_words_for_the_old_one_are_not_called_a_new_one(
    desk: Desk, database: Database, office: Office
) -> None:
    await desk.send(DRAWN)
    fields = {"csrf": desk.token, "alt": "Andre ord", "bunn": "hvit"}
    empty = {"fil": ("tom.svg", b"", "image/svg+xml")}
    refused = await desk.client.post(f"{HERE}/logo", data=fields, files=empty)
    assert refused.status_code == 422 and "Filen er tom. Ingenting er endret." in refused.text
    worn = await _worn(database, office)
    assert worn and worn.logo and worn.logo.alt == "Logoen vår"
    for unchosen in (None, {"fil": ("", b"", "application/octet-stream")}):
        saved = await desk.client.post(f"{HERE}/logo", data=fields, files=unchosen)
        told = (await desk.client.get(saved.headers["location"])).text
        assert "Logoen er den samme som før" in told and "Logoen er lagret" not in told


async def test_who_chooses_a_logo_that_nobody_sees_is_told_beside_the_cover(desk: Desk) -> None:
    await desk.do("lagre", farge="#ffcd00")
    head = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90">'
    white = head + b'<path fill="#fff" d="M0 0h90v90z"/></svg>'
    await desk.send(white)
    assert "synes nesten ikke på den hvite platen (1 : 1)" in (await desk.client.get(HERE)).text
    await desk.send(white, bunn="farge")
    assert "synes nesten ikke på fargen (1,5 : 1)" in (await desk.client.get(HERE)).text
    tried = await desk.do("vis", farge="#084850")
    assert "nesten ikke" not in tried.text
    await desk.send(svg("", attributes='viewBox="0 0 10 120"'))
    assert "bare blir 2 mm bred" in (await desk.client.get(HERE)).text
    await desk.send(DRAWN)
    assert "nesten ikke" not in (told := (await desk.client.get(HERE)).text) and "bare blir" not in told


async def test_a_logo_that_means_no_good_is_told_by_what_is_in_it_and_nothing_is_kept(
    desk: Desk, database: Database, office: Office
) -> None:
    for file, told in (
        (svg("<script>alert(1)</script>"), "et program i seg (script)"),
        (svg('<g onclick="x()"/>'), "(g onclick)"),
        (svg("<foreignObject/>"), "(foreignObject)"),
        (svg("", head='<!DOCTYPE svg [<!ENTITY lol "lol">]>'), "entiteten «lol»"),
        (svg('<use href="https://evil.example/&lt;b&gt;"/>'), "use: https://evil.example/&lt;b&gt;"),
        (b"x" * 1_000_001, "høyst 1 MB"),
        (b"MZ\x90\x00", "ikke SVG, PNG eller JPEG"),
        (raster(width=5_000, height=5), "høyst 3000 piksler"),
    ):
        answer = await desk.send(file)
        assert answer.status_code == 422 and told in answer.text, told
        assert "Logoen vår" in answer.text  # what was typed is still there
    assert await _worn(database, office) is None


async def test_a_logo_of_forty_megabytes_is_refused_before_it_is_read(desk: Desk) -> None:
    async def endless() -> AsyncIterator[bytes]:
        raise AssertionError("nobody waits for the rest")
        yield b""

    kind = {"content-type": "multipart/form-data; boundary=x", "content-length": "40000000"}
    answer = await desk.client.post(f"{HERE}/logo", content=endless(), headers=kind)
    assert answer.status_code == 413 and "En logo kan være høyst 1 MB" in answer.text


async def test_only_who_publishes_reports_chooses_how_they_look(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    for role in (Role.READER, Role.ANALYST, Role.RESEARCHER):
        await offices.sign_in(client, office, role)
        desk = Desk(client, await offices.token_for(client))
        answers = [await client.get(HERE), await client.get(f"{HERE}/forside.svg")]
        answers += [await desk.do("lagre", farge="#123456"), await desk.send(DRAWN)]
        assert {answer.status_code for answer in answers} == {403}
    assert await _worn(database, office) is None


async def test_the_consoles_role_cannot_alter_a_livery_that_documents_are_frozen_in(
    database: Database, office: Office
) -> None:
    async with database.registry(office.organisation_id) as connection:
        await liveries.wear(connection, office.staff[Role.OFFICER], Livery("#123456"))
    for statement in (
        "update registry.liveries set colour = '#654321'",
        "update registry.liveries set logo = null",
        "insert into registry.liveries (organisation_id, colour, plate, alt)"
        " select gen_random_uuid(), '#123456', true, ''",
    ):
        with pytest.raises(asyncpg.PostgresError):
            async with database.registry(office.organisation_id) as connection:
                await connection.execute(statement)


async def test_an_edition_keeps_the_livery_it_was_ordered_in(
    client: httpx.AsyncClient, desk: Desk, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await client.post(f"/kontor/runder/{round_id}/oppfolging", data={"csrf": desk.token, "gjor": "start"})
    await desk.do("lagre", farge="#8c1d40")
    await desk.send(DRAWN)
    fields = {
        "csrf": desk.token, "document": ["oppslag"], "language": ["nb"], "place": ["all"],
        "reading": "Ikke tid.", "erratum": "",
    }  # fmt: skip
    await client.post(f"/kontor/runder/{round_id}/utgaver", data=fields)

    async def ready() -> bool:
        async with database.registry(office.organisation_id) as connection:
            return (await editions.all_of(connection, round_id))[0].state == "ready"

    await until(ready, "an edition that is made")
    # Another begun in it, of which the server has made nothing when the landlord changes its mind.
    async with database.registry(office.organisation_id) as connection:
        wanted = [Wanted("oppslag", "nb", "all", "", "Alle")]
        await editions.begin(
            connection, office.staff[Role.OFFICER], round_id, wanted, reading="", erratum="Rettet"
        )
    await desk.do("lagre", farge="#005f3b")
    await desk.do("uten")
    async with database.registry(office.organisation_id) as connection:
        second, first = await editions.all_of(connection, round_id)
        for edition in (first, second):
            kept = (await telling.loop_of(connection, round_id, edition.told)).livery
            assert kept and kept.colour == "#8c1d40" and kept.logo and kept.logo.content == LOGO.content
        assert (await telling.loop_of(connection, round_id)).livery is None
        assert await dossiers.find(connection, round_id)
        _, body = await editions.fetch(connection, first.id, 1)
    with pymupdf.open(stream=body) as document:
        assert _fills(document[0], (0x8C, 0x1D, 0x40))


def _fills(page: pymupdf.Page, colour: tuple[int, int, int], at: tuple[int, int] = (6, 6)) -> bool:
    """Whether a page has a colour near its corner."""
    seen = page.get_pixmap(dpi=36).pixel(*at)
    return all(abs(one - other) <= 2 for one, other in zip(seen, colour, strict=False))


LIVERIES = {
    "colour alone": Livery("#ffcd00"),
    "drawing on the colour": Livery("#005f3b", LOGO, plate=False),
    "picture on white": Livery("#7a7a7a", reading.read(raster(), "Logoen til Eksempelvik")),
}


def _documents(livery: Livery) -> dict[str, tuple[str, str]]:
    """HTML and title by kind."""
    own, found = tenants.estate(), tenants.usual()
    loop = replace(tenants.loop(found), livery=livery)
    bare = Loop(livery=livery)
    report, few = samples.eksempelvik(), samples.too_few()
    every, plan = planning.whole_round(), planning.PLAN
    told = replace(planning.loop(), livery=livery)
    annex = plan_annex.html(every.whole, every.estates, planning.found(), told, plan, "nb")
    return {
        "utleier": (landlord.html(report, "nb", bare), landlord.title(report, "nb")),
        "få": (landlord.html(few, "nb", bare), landlord.title(few, "nb")),
        "beboer": (residents.html(own, found, loop, "nb"), residents.title(own, "nb")),
        "bilder": (residents.html(own, found, loop, "nb", pictures=True), residents.title(own, "nb")),
        "oppslag": (
            stairwell.html(own, found, loop, ("nb", "pl"), address="https://a.example/hus/x"),
            stairwell.title(own, "nb"),
        ),
        "plangrunnlag": (annex, plan_annex.title(every.whole, plan, "nb")),
    }


@pytest.mark.parametrize("name", LIVERIES)
def test_a_document_in_the_landlords_colours_can_still_be_read_by_everybody(
    name: str, tmp_path: Path
) -> None:
    livery = LIVERIES[name]
    colour = tuple(int(livery.colour[at : at + 2], 16) for at in (1, 3, 5))
    for kind, (html, title) in _documents(livery).items():
        file = tmp_path / "document.pdf"
        file.write_bytes(written := pdf.write(html, title, "nb"))
        assert written == pdf.write(html, title, "nb"), kind
        for tool, *arguments in (("pdfua", "check", "--min-severity", "error"), ("outloud", "--quiet")):
            checked = subprocess.run(
                [TOOLS / tool, *arguments, str(file)],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert checked.returncode == 0, (kind, checked.stdout)
        with pymupdf.open(stream=written) as document:
            if kind != "få":  # that has no cover
                assert _fills(document[0], colour), kind
        with pikepdf.open(file) as document:
            said = [
                str(one.Alt)
                for one in document.objects
                if isinstance(one, pikepdf.Dictionary) and "/Alt" in one
            ]
        assert ("Logoen til Eksempelvik" in said) == (livery.logo is not None), (kind, said)
