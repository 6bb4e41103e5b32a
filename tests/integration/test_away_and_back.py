"""Promises about what was typed while the database was away: it is not lost, and no other site's words are
taken for it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import httpx
from lxml import etree

from forms.catalogue import translator
from forms.languages import SPOKEN
from survey.ballots.tokens import new_token
from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate
from survey.database.pool import Database
from survey.settings import PROJECT
from tests.ballots import SEED
from tests.servers import serving
from tests.tenants import invite

WORDS = 'Mer "lys" & <b>luft</b>\r\n\r\nog ro'
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
TYPED = {
    "_vist": "bedre",
    "_sprak": "en",
    "bedre": 'Mer "lys" & <b>luft</b>\r\n\r\nog ro',
    "_handling": "neste",
}


def _form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the form of a page leads, and what it sends when its button is pressed."""
    (form,) = etree.HTML(page).iterfind(".//form")
    assert form.get("method") == "post" and form.find(".//button") is not None
    fields = {one.get("name"): one.get("value").replace("\n", "\r\n") for one in form.iterfind(".//input")}
    return form.get("action"), fields


async def test_what_was_typed_while_the_database_was_away_is_sent_once_more_from_the_page_that_says_so(
    tmp_path: Path,
) -> None:
    with contextlib.ExitStack() as postgres:
        url = postgres.enter_context(embedded_postgres(tmp_path / "pg", durable=False))
        await migrate(url)
        with serving(url, tmp_path, "--no-mixer", "--no-sender") as server:
            database = await Database.connect(url)
            invited = await invite(database, server.settings.secret_key, tenants=1)
            await database.close()
            async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
                begun = await client.post(invited.link, data={"sprak": "en"}, headers=FROM_OUR_PAGE)
                assert begun.status_code == 303
                await asyncio.to_thread(postgres.close)
                here = f"{invited.link}/side/viktig"
                away = await client.post(here, data=TYPED, headers=FROM_OUR_PAGE)
                assert away.status_code == 503 and '<html lang="en"' in away.text
                assert away.headers["cache-control"] == "no-store"
                assert _form_of(away.text) == (here, TYPED), "every field, and nothing else"
                for language in SPOKEN:
                    said = translator(PROJECT / "survey" / "messages", language)
                    sent = TYPED | {"_sprak": language}
                    page = (await client.post(here, data=sent, headers=FROM_OUR_PAGE)).text
                    assert f"<button>{said('error.again.go')}</button>" in page
                    assert said("error.again.text") in page and 'href="/"' not in page, language
                sending = await client.post(
                    f"{invited.link}/send", data={"fro": SEED, "utkast": "YQ=="}, headers=FROM_OUR_PAGE
                )
                assert _form_of(sending.text) == (f"{invited.link}/send", {"fro": SEED, "utkast": "YQ=="})
                assert f'href="{invited.link}/se-over?sprak=' in sending.text
                reading = await client.get(f"{here}?sprak=en&til=oversikt")
                assert f'<a href="{here}?sprak=en&amp;til=oversikt">Try again</a>' in reading.text
                postgres.enter_context(embedded_postgres(tmp_path / "pg", durable=False))
                action, fields = _form_of(away.text)
                again = await client.post(action, data=fields, headers=FROM_OUR_PAGE)
                assert again.status_code == 303, again.text
                shown = etree.HTML((await client.get(here)).text)
                assert [one.text.strip() for one in shown.iterfind(".//textarea")] == [
                    'Mer "lys" & <b>luft</b>\n\nog ro'
                ]


async def test_what_another_site_sent_is_not_brought_back_to_be_sent_as_ones_own(tmp_path: Path) -> None:
    with contextlib.ExitStack() as postgres:
        url = postgres.enter_context(embedded_postgres(tmp_path / "pg", durable=False))
        await migrate(url)
        with serving(url, tmp_path, "--no-mixer", "--no-sender") as server:
            await asyncio.to_thread(postgres.close)
            async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
                link = f"/s/{new_token()}"
                for told in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}):
                    page = await client.post(f"{link}/side/viktig", data=TYPED, headers=told)
                    assert page.status_code == 503 and "<form" not in page.text and "luft" not in page.text
                    assert f'<a href="{link}/side/viktig?sprak=nb">Tilbake til siden</a>' in page.text
                brought = {"Cookie": "bostemme_enhet=x"}  # which no browser brings from another site
                page = await client.post(f"{link}/side/viktig", data=TYPED, headers=brought)
                assert _form_of(page.text)[1] == TYPED
