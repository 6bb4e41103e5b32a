"""What went wrong with a questionnaire leads to where it can be mended, and what was typed is kept."""

from __future__ import annotations

import json

import httpx
import lxml.html
import pytest

from survey.database.pool import Database
from survey.office.uploads import LARGEST_UPLOAD
from tests import offices
from tests.desks import HERE, Desk, begin
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune")


async def _faulty(client: httpx.AsyncClient, database: Database, office: Office) -> Desk:
    """A draft whose second page is shown by a condition on an answer that was deleted since."""
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Hvor mange rom?", starter="number")
    await desk.do("page", words="Store boliger")
    await desk.do("question", id="store_boliger", part="page", words="Hva bruker du dem til?", starter="text")
    await desk.save("side/store_boliger", cond_item=["hvor_mange_rom"], cond_op=["over"], cond_value=["4"])
    page = (await client.get(desk.home)).text
    for form in lxml.html.fromstring(page).forms:
        fields = dict(form.form_values())
        if fields.get("id") == "hvor_mange_rom" and "mark" in fields:
            await desk.do("delete", part="entry", id="hvor_mange_rom", mark=fields["mark"])
            break
    return desk


def _links(page: str) -> list[str]:
    return [link.get("href", "") for link in lxml.html.fromstring(page).iter("a")]


async def test_a_draft_with_errors_that_cannot_be_tried_leads_to_its_check(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await _faulty(client, database, office)
    refused = await client.get(f"{desk.home}/prov")
    assert refused.status_code == 409
    assert f"{desk.home}#sjekk" in _links(refused.text)
    assert 'id="sjekk"' in (await client.get(desk.home)).text


async def test_a_round_is_not_begun_with_a_draft_that_has_errors(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    """Told at the first step, before ten others are filled in."""
    desk = await _faulty(client, database, office)
    from_it = await client.get(f"/kontor/runder/ny?skjema={desk.id}")
    assert from_it.status_code == 409 and f"{desk.home}#sjekk" in _links(from_it.text)
    page = await client.get("/kontor/runder/ny")
    assert page.status_code == 200 and f"{desk.home}#sjekk" in _links(page.text)
    (choice,) = lxml.html.fromstring(page.text).xpath(f'//input[@value="draft:{desk.id}"]')
    assert "disabled" in choice.attrib and "checked" not in choice.attrib
    sent = {"csrf": desk.token, "template": f"draft:{desk.id}", "name": "Vår"}
    posted = await client.post("/kontor/runder/ny", data=sent)
    first = lxml.html.fromstring(posted.text).xpath('//*[contains(@class, "problem")]//text()')
    assert posted.status_code == 422 and "har feil som må rettes" in " ".join(first)
    assert f"{desk.home}#sjekk" in _links(posted.text)


async def test_a_file_that_is_too_large_keeps_the_form_and_names_the_file(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    typed = {"csrf": desk.token, "start": "file", "name": "Trivsel i Nordlysgata"}
    large = {"file": ("stort.yaml", b"x" * (LARGEST_UPLOAD + 1), "text/plain")}
    page = await client.post(f"{HERE}/ny", data=typed, files=large)
    assert page.status_code == 422 and "Filen «stort.yaml» er for stor" in page.text
    form = next(one for one in lxml.html.fromstring(page.text).forms if "name" in one.fields)
    assert (form.fields["name"], form.fields["start"]) == ("Trivsel i Nordlysgata", "file")


async def test_a_file_too_large_to_be_read_leads_back_to_the_form_and_talks_of_no_logo(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    huge = {"file": ("stort.yaml", b"x" * (5 * LARGEST_UPLOAD), "text/plain")}
    page = await client.post(f"{HERE}/ny", data={"csrf": desk.token, "start": "file"}, files=huge)
    assert page.status_code == 413 and "logo" not in lxml.html.fromstring(page.text).text_content()
    assert f"{HERE}/ny" in _links(page.text)


async def test_what_was_carried_over_may_be_no_larger_than_a_file(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    sent = {"csrf": desk.token, "start": "carried", "document": json.dumps("x" * LARGEST_UPLOAD)}
    assert (await client.post(f"{HERE}/ny", data=sent)).status_code == 400
