"""Every step in the editor is told where the page comes back: who listens to it does not see what moved."""

from __future__ import annotations

import httpx
import lxml.html
import pytest

from survey.database.pool import Database
from tests import offices
from tests.desks import begin


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
