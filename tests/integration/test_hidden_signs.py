"""Signs that nobody sees: told before there is a draft, and shown as what they are."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from survey.database.pool import Database
from survey.questionnaire_files import write_workbook
from tests import offices
from tests.desks import HERE, begin
from tests.offices import Office

TURNED = "Er det \u202eheis\u202c her?"
BOOK = write_workbook(
    {
        "survey": [
            ["type", "name", "label"],
            ["begin_group", "side", "Si\u2066den"],
            ["select_one jn", "heis", TURNED],
            ["end_group"],
        ],
        "choices": [["list_name", "name", "label"], ["jn", "ja", "Ja"], ["jn", "nei", "Nei"]],
    }
)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


def _hidden(page: str) -> list[str]:
    return re.findall(r"[\u202a-\u202e\u2066-\u2069]", page)


async def test_a_file_that_hides_signs_is_told_of_by_place_before_there_is_a_draft(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    sent = {"csrf": await offices.token_for(client), "start": "file", "name": ""}
    told = await client.post(f"{HERE}/ny", data=sent, files={"file": ("hus.xlsx", BOOK, "x")})
    assert told.status_code == 200 and "Det er tegn i filen som ingen ser" in told.text
    assert "U+202C, U+202E" in told.text and "spørsmål «heis»" in told.text and "side «side»" in told.text
    assert "hus.xlsx" not in (await client.get(HERE)).text and "/kontor/skjemaer/" not in told.headers.get(
        "location", ""
    )

    document = re.findall(r'name="document" value="([^"]*)"', told.text)[0]
    assert len(_hidden(told.text)) == len(_hidden(document)), "but in what is carried on"
    made = await client.post(
        f"{HERE}/ny",
        data=sent | {"start": "carried", "document": html.unescape(document)},
        files={"file": ("", b"")},
    )
    assert made.status_code == 303, made.text[:500]
    home = made.headers["location"].partition("?")[0]
    outline = (await client.get(home)).text
    assert not _hidden(outline)
    assert "Er det [U+202E]heis[U+202C] her?" in outline and "Si[U+2066]den" in outline


async def test_what_was_taken_out_of_a_field_is_told_with_the_name_of_the_field(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    saved = await desk.save("sporsmal/er_det_heis", text=TURNED, help="Alle\u202e etasjer")
    assert saved.status_code == 303
    page = (await client.get(saved.headers["location"])).text
    assert "Det gjelder: spørsmålet, hjelpeteksten." in page
    assert not _hidden(page) and "[U+" not in page
    odd = await client.get(f"{desk.home}?melding=draft_cleaned&felt=<b>.text")
    assert "Det gjelder: spørsmålet." in odd.text and "&lt;b&gt;" not in odd.text
