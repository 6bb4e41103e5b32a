"""Editions: documents are frozen together, survive a server that ends, and are never altered afterwards."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import date
from hashlib import sha256
from uuid import UUID

import asyncpg
import httpx
import openpyxl
import pikepdf
import pytest

from reports.loop import Measure
from survey.database.pool import Database
from survey.loop import dossiers, editions, measures, plans
from survey.loop.editions import KeptEdition
from survey.office import editions as making
from survey.people.roles import Role
from tests import offices
from tests.offices import Office
from tests.waiting import until


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


class Press:
    """An officer who freezes the documents of a closed round."""

    def __init__(
        self, client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID, token: str
    ):
        self.client, self.round_id, self.token = client, round_id, token
        self._database, self._office = database, office

    @property
    def home(self) -> str:
        return f"/kontor/runder/{self.round_id}/utgaver"

    async def order(self, **changed: str | list[str]) -> httpx.Response:
        fields = {
            "csrf": self.token,
            "document": ["utleier"],
            "language": ["nb"],
            "place": ["all", "estates"],
            "reading": "Det var ikke tid før sommeren.",
            "erratum": "",
            **changed,
        }
        return await self.client.post(self.home, data=fields)

    async def do(self, address: str, gjor: str) -> httpx.Response:
        return await self.client.post(address, data={"csrf": self.token, "gjor": gjor})

    async def known(self) -> list[KeptEdition]:
        async with self._database.registry(self._office.organisation_id) as connection:
            return await editions.all_of(connection, self.round_id)

    async def ready(self) -> KeptEdition:
        """The newest, once it is ready."""

        async def done() -> bool:
            return (await self.known())[0].state != "making"

        await until(done, "an edition that is made")
        newest = (await self.known())[0]
        assert newest.state == "ready", newest.fault
        return newest


@pytest.fixture
async def press(client: httpx.AsyncClient, database: Database, office: Office) -> AsyncIterator[Press]:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    own = Press(client, database, office, round_id, await offices.token_for(client))
    begun = await client.post(
        f"/kontor/runder/{round_id}/oppfolging", data={"csrf": own.token, "gjor": "start"}
    )
    assert begun.status_code == 303
    yield own
    for task in list(making._under_way.values()):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_edition_holds_every_place_and_is_fetched_one_by_one_or_whole(press: Press) -> None:
    ordered = await press.order()
    assert ordered.status_code == 303, ordered.text[:500]
    edition = await press.ready()
    assert (edition.version, edition.files, edition.made) == (1, 4, 4)
    page = (await press.client.get(f"{press.home}/{edition.id}")).text
    assert "Frosset" in page and "Bakkegata 2" in page
    one = await press.client.get(f"{press.home}/{edition.id}/1/dokument.pdf")
    assert one.headers["content-disposition"].startswith("attachment") and "-v1-1.pdf" in str(one.headers)
    assert sha256(one.content).hexdigest()[:16] in page
    with pikepdf.open(io.BytesIO(one.content)) as document:
        assert len(document.pages) > 3
    whole = await press.client.get(f"{press.home}/{edition.id}/alle.zip")
    again = await press.client.get(f"{press.home}/{edition.id}/alle.zip")
    assert whole.content == again.content
    with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == len(set(packed.namelist())) == 4
        assert one.content in [packed.read(name) for name in packed.namelist()]


async def test_tenants_documents_are_frozen_in_the_drafted_languages_too_and_a_plans_annex_with_them(
    press: Press, client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        finding = (await dossiers.of_place(connection, press.round_id, "all", ""))[0]
        plan = await plans.add(connection, staff, "Boligplan", "boligsosial", 2027, 2030)
        await plans.add_goal(connection, staff, plan, "1", "Alle bor trygt.")
        (goal,) = (await plans.find(connection, plan)).goals
        await plans.tie(connection, staff, press.round_id, finding.id, goal.id, "", "Det sier beboerne.")
    every = ["utleier", "beboer", "bilder", "oppslag", "plangrunnlag", "plangrunnlag_docx", "radssak", "tall"]
    await press.order(document=every, language=["nb", "ar"], place=["all"])
    edition = await press.ready()
    found = [(one.wanted.document, one.wanted.language) for one in await _files(press, edition.id)]
    assert found == [
        ("utleier", "nb"),
        ("beboer", "nb"),
        ("beboer", "ar"),
        ("bilder", "nb"),
        ("bilder", "ar"),
        ("oppslag", "nb"),
        ("oppslag", "ar"),
        ("plangrunnlag", "nb"),
        ("plangrunnlag_docx", "nb"),
        ("radssak", "nb"),
        ("radssak", "nb"),
        ("radssak", "nb"),
        ("tall", "nb"),
    ]
    got = [await client.get(f"{press.home}/{edition.id}/{number}/fil") for number in range(1, 14)]
    for number, file in enumerate(got, 1):
        assert file.status_code == 200
        assert file.content.startswith(b"PK" if number in (9, 13) else b"%PDF-"), number
    assert "Det sier beboerne." in _text(got[7].content)
    names = [file.headers["content-disposition"] for file in got]
    assert names[8].endswith('-9.docx"') and names[12].endswith('-13.xlsx"')
    assert [("ungdom" in name, "eldre" in name) for name in names[9:12]] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert got[12].headers["content-type"].endswith("spreadsheetml.sheet")
    page = (await client.get(f"{press.home}/{edition.id}")).text
    assert "Rådssak: Ungdomsrådet" in page and "Alle tall (regneark)" in page


async def test_cases_and_figures_of_a_correction_say_what_was_wrong_and_a_single_estate_has_none(
    press: Press, client: httpx.AsyncClient
) -> None:
    of_estates = await press.order(document=["radssak", "tall", "plangrunnlag_docx"], place=["estates"])
    assert of_estates.status_code == 422 and not await press.known()
    await press.order(document=["radssak"], place=["all"])
    await press.ready()
    wrong = "Fristen for vinduene var feil i alle rapportene. " * 9
    await press.order(document=["radssak", "tall"], place=["all", "estates"], erratum=wrong)
    edition = await press.ready()
    assert edition.files == 4
    for number in range(1, 4):
        case = (await client.get(f"{press.home}/{edition.id}/{number}/fil")).content
        assert "Fristen for vinduene var feil" in _text(case)
        with pikepdf.open(io.BytesIO(case)) as document:
            assert len(document.pages) == 2
    book = openpyxl.load_workbook(io.BytesIO((await client.get(f"{press.home}/{edition.id}/4/fil")).content))
    said = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert wrong.strip() in said and any("Versjon 2" in one for one in said)
    whole = await client.get(f"{press.home}/{edition.id}/alle.zip")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
        assert sorted(name.rpartition(".")[2] for name in packed.namelist()) == ["pdf"] * 3 + ["xlsx"]


async def test_a_frozen_edition_cannot_be_altered_by_the_consoles_own_role(
    press: Press, database: Database, office: Office
) -> None:
    await press.order(place=["all"])
    edition = await press.ready()
    async with database.registry(office.organisation_id) as connection:
        before = await connection.fetchval("select md5(body) from loop.edition_files")
        for statement in (
            "update loop.edition_files set body = 'x', content_hash = sha256('x')",
            "update loop.editions set state = 'stopped'",
            "delete from loop.editions",
        ):
            assert (await connection.execute(statement)).endswith(" 0"), statement
        assert await connection.fetchval("select md5(body) from loop.edition_files") == before
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.registry(office.organisation_id) as connection:
            await connection.execute("update loop.editions set erratum = 'x'")
    refused = await press.do(f"{press.home}/{edition.id}", "kast")
    assert refused.status_code == 409


async def test_a_correction_is_a_new_version_that_says_what_was_wrong_and_the_old_one_points_to_it(
    press: Press,
) -> None:
    await press.order(place=["all"])
    first = await press.ready()
    untold = await press.order(place=["all"])
    assert untold.status_code == 422 and "Skriv hva som er rettet." in untold.text
    words = {"erratum": "Fristen for vinduene var feil.", "erratum-en": "The date for the windows was wrong."}
    assert 'name="erratum-en"' in untold.text and 'name="erratum-nn"' in untold.text
    long = await press.order(place=["all"], **words | {"erratum-en": "x" * 501})
    assert long.status_code == 422 and "The date" not in long.text and "vinduene" in long.text
    assert (await press.order(place=["all"], language=["nb", "nn", "en"], **words)).status_code == 303
    second = await press.ready()
    assert second.version == 2
    old = (await press.client.get(f"{press.home}/{first.id}")).text
    assert "Det finnes en nyere versjon (2)." in old and "Fristen for vinduene var feil." in old
    file = (await press.client.get(f"{press.home}/{second.id}/1/dokument.pdf")).content
    text = _text(file)
    assert "Versjon 2" in text and "Fristen for vinduene var feil." in text
    assert "Det var ikke tid før sommeren." in text and "Utkast" not in text
    others = [
        _text((await press.client.get(f"{press.home}/{second.id}/{n}/dokument.pdf")).content) for n in (2, 3)
    ]
    assert [words["erratum"] in one for one in others] == [True, False]
    assert [words["erratum-en"] in one for one in others] == [False, True]


async def test_an_edition_without_a_reading_round_says_why(press: Press) -> None:
    refused = await press.order(reading=" ")
    assert refused.status_code == 422 and "Skriv hvorfor leietakere ikke har lest funnene" in refused.text
    assert not await press.known()
    none = await press.order(document=[], language=[], place=[])
    assert none.status_code == 422 and "Velg minst ett dokument." in none.text


async def test_what_was_made_before_the_server_ended_is_kept_and_the_rest_is_made_when_told_to(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "AT_A_TIME", 1)
    await press.order()
    (edition,) = await press.known()
    address = f"{press.home}/{edition.id}"

    async def some_made() -> bool:
        return (await press.known())[0].made > 0

    await until(some_made, "the first file")
    task = making._under_way[edition.id]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    page = (await press.client.get(address)).text
    assert "Arbeidet ble avbrutt." in page and "Fortsett" in page
    made = {one.number: one.content_hash for one in await _files(press, edition.id) if one.content_hash}
    assert made
    assert (await press.do(address, "fortsett")).status_code == 303
    await press.ready()
    after = {one.number: one.content_hash for one in await _files(press, edition.id)}
    assert len(after) == 4 and all(after[number] == kept for number, kept in made.items())


async def test_an_edition_is_stopped_gone_on_with_or_thrown_away(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "AT_A_TIME", 1)
    await press.order()
    (edition,) = await press.known()
    address = f"{press.home}/{edition.id}"
    assert (await press.do(address, "stopp")).status_code == 303
    assert (await press.known())[0].state == "stopped"
    part = await press.client.get(f"{address}/alle.zip")
    assert part.status_code == 409 and "under arbeid eller stanset" in part.text, "not a ZIP of what there is"
    blocked = await press.order()
    assert blocked.status_code == 409

    async def stopped() -> bool:
        return not making.is_making(edition.id)

    await until(stopped, "the end of what was in hand")
    assert (await press.do(address, "kast")).status_code == 303
    assert not await press.known()


async def test_an_office_that_nobody_has_begun_to_reply_in_is_told_to_begin(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await offices.sign_in(client, office)
    page = await client.get(f"/kontor/runder/{round_id}/utgaver")
    assert page.status_code == 200 and f"/kontor/runder/{round_id}/oppfolging" in page.text


async def test_who_only_reads_fetches_editions_and_makes_none(
    press: Press, client: httpx.AsyncClient, office: Office
) -> None:
    await press.order(place=["all"])
    edition = await press.ready()
    await offices.sign_in(client, office, Role.READER)
    token = await offices.token_for(client)
    assert (await client.get(f"{press.home}/{edition.id}/1/dokument.pdf")).status_code == 200
    page = (await client.get(press.home)).text
    assert "Lag utgaven" not in page
    assert (await client.post(press.home, data={"csrf": token})).status_code == 403


async def _files(press: Press, id: UUID) -> list[editions.File]:
    async with press._database.registry(press._office.organisation_id) as connection:
        return await editions.files_of(connection, id)


def _text(file: bytes) -> str:
    import pymupdf

    with pymupdf.open(stream=file) as document:
        return re.sub(r"\s+", " ", " ".join(page.get_text() for page in document))


async def test_who_orders_an_edition_is_told_which_days_have_passed(
    press: Press, database: Database, office: Office
) -> None:
    before = (await press.client.get(press.home)).text
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        finding = (await dossiers.of_place(connection, press.round_id, "all", ""))[0]
        late = Measure(
            UUID(int=0),
            "Nytt lys",
            "utleier",
            "system",
            "",
            date(2024, 3, 1),
            "",
            "planned",
            "",
            (finding.id,),
        )
        await measures.add(connection, staff, press.round_id, late)
    assert "Disse dagene har gått." in (page := (await press.client.get(press.home)).text)
    assert "«Nytt lys» skulle vært ferdig." in page and "Nytt lys" not in before
    await press.order(document=["utleier"], place=["all"])
    made = await press.client.get(f"{press.home}/{(await press.ready()).id}/1/fil")
    assert "dagen er passert, og det er ikke ferdig" in " ".join(_text(made.content).split())
