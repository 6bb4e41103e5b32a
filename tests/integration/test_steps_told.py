"""Every step in the editor is told where the page comes back: who listens to it does not see what moved."""

from __future__ import annotations

import httpx
import lxml.html
import pytest

from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts
from tests import offices
from tests.desks import begin
from tests.kinds import document_of_kinds


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"gjor": "down", "part": "entry", "id": "er_det_heis"}, "Flyttet."),
        ({"gjor": "copy", "part": "entry", "id": "er_det_heis"}, "Kopiert. Kopien står rett etter."),
        ({"gjor": "copy", "part": "page", "id": "side_1"}, "Kopiert. Kopien står rett etter."),
        ({"gjor": "page", "words": "Mer"}, "Lagt til."),
        ({"gjor": "module", "module": "bosituasjon"}, "Lagt til."),
        ({"gjor": "delete", "part": "entry", "id": "er_det_heis"}, "Slettet."),
    ],
)
async def test_a_step_is_told_as_a_status(
    client: httpx.AsyncClient, database: Database, step: dict[str, str], said: str
) -> None:
    desk = await begin(client, database, await offices.found(database, "Vår kommune"))
    for words in ("Er det heis?", "Er det rolig?"):
        await desk.do("question", id="side_1", part="page", words=words, starter="yes_no")
    done = await desk.do(**step)
    assert done.status_code == 303
    page = lxml.html.fromstring((await client.get(done.headers["location"])).text)
    (notice,) = page.xpath("//p[@role='status'][contains(@class, 'notice')]")
    assert notice.text_content().startswith(said)


async def test_the_ends_of_a_scale_are_its_ends_and_not_what_stands_beside_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Vår kommune")
    await offices.sign_in(client, office)
    async with database.registry(office.organisation_id) as connection:
        id = await drafts.create(connection, office.staff[Role.OFFICER], document_of_kinds())
    page = (await client.get(f"/kontor/skjemaer/{id}")).text
    assert "0 svært misfornøyd – 10 svært fornøyd (12)" in page
    assert "Jeg flytter" not in page, "an answer, but no end"


async def test_whoever_goes_by_keyboard_goes_on_from_what_was_moved(
    client: httpx.AsyncClient, database: Database
) -> None:
    desk = await begin(client, database, await offices.found(database, "Vår kommune"))
    for words in ("Er det heis?", "Er det rolig?"):
        await desk.do("question", id="side_1", part="page", words=words, starter="yes_no")
    done = await desk.do("down", part="entry", id="er_det_heis")
    address, _, target = done.headers["location"].partition("#")
    page = lxml.html.fromstring((await client.get(address)).text)
    assert page.get_element_by_id(target).get("tabindex") == "-1", "so that the browser puts the focus there"
