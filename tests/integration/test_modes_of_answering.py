"""Promises about help with answering: that there was some can be said by everybody and costs the others
nothing; it is stored with at least five alike, and who helped is stored nowhere."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from forms.loading import shipped
from survey import mixer
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.modes import HELPER, INTERVIEW, PAPER, PROXY, SENT, WEB
from survey.phone.rendering import messages
from tests.ballots import change_code_on, in_the_box, receipt_on
from tests.elections import close, hold, open_link, send
from tests.tenants import invite, send_form

KEY = b"k" * 32


async def _answered(client: httpx.AsyncClient, link: str) -> str:
    """The page to send from, once there is something to send."""
    kept = await client.post(f"{link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    assert kept.status_code == 303
    return (await client.get(f"{link}/se-over")).text


def _chosen(page: str) -> list[str]:
    return re.findall('name="slik" value="([a-z]+)" checked', page)


async def test_whoever_sends_says_how_it_was_answered_and_who_says_nothing_answered_alone(
    client: httpx.AsyncClient, database: Database
) -> None:
    said = [*SENT, "", "kiosk", "open:library", "import"]
    invited = await invite(database, KEY, tenants=len(said))
    for link, mode in zip((f"/s/{token}" for token in invited.tokens), said, strict=True):
        assert _chosen(await _answered(client, link)) == [WEB]
        sent = await client.post(f"{link}/send", data=await send_form(client, link) | {"slik": mode})
        assert sent.status_code == 200
    waiting = await in_the_box(database, invited.campaign_id)
    assert sorted(ballot.mode for ballot in waiting) == sorted([*SENT, *[WEB] * 4])
    async with database.owner() as connection:
        lengths = await connection.fetch(
            "select distinct octet_length(sealed), octet_length(copy) from ballots.box"
        )
    assert len(lengths) == 1, "how long it is must not tell how it was answered"


async def test_it_is_still_chosen_when_the_answer_is_changed(
    client: httpx.AsyncClient, database: Database
) -> None:
    invited = await invite(database, KEY)
    link = f"/s/{invited.token}"
    await _answered(client, link)
    sent = await client.post(f"{link}/send", data=await send_form(client, link) | {"slik": PROXY})
    mine = {"kvittering": receipt_on(sent.text), "kode": change_code_on(sent.text)}
    changing = await client.post(f"{link}/angre", data=mine)
    assert changing.status_code == 200
    opened = await client.post(f"{link}/angre", data={**mine, "_handling": "apne"})
    assert opened.status_code == 303
    page = (await client.get(f"{link}/se-over")).text
    assert _chosen(page) == [PROXY] and '<details class="way" open>' in page


@pytest.mark.parametrize(("code", "mode"), [(1, WEB), (2, HELPER), (3, PROXY)])
async def test_who_was_asked_before_whether_she_had_help_finds_it_chosen(
    client: httpx.AsyncClient, database: Database, code: int, mode: str
) -> None:
    form = shipped("boindeks")
    invited = await invite(database, KEY, questionnaire=form)
    link = f"/s/{invited.token}"
    page = next(page for page in form.pages if any(item.id == "hvem_svarte" for item in page.items))
    kept = await client.post(
        f"{link}/side/{page.id}", data={"_vist": "hvem_svarte", "hvem_svarte": str(code)}
    )
    assert kept.status_code == 303
    assert _chosen((await client.get(f"{link}/se-over")).text) == [mode]


async def test_by_an_open_link_it_is_not_asked_for_since_it_would_not_be_stored(
    client: httpx.AsyncClient, database: Database
) -> None:
    held = await hold(database, [20])
    slug = await open_link(database, held, next(iter(held.tenants)))
    entered = await client.post(f"/a/{slug}", data={"sprak": "nb"})
    link = entered.headers["location"].split("?")[0]
    page = await _answered(client, link)
    assert "/send" in page and 'name="slik"' not in page


async def test_it_stands_in_an_answer_only_where_five_of_its_batch_share_it(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [12, 12])
    helped = {0: [HELPER] * 5 + [WEB] * 7, 1: [HELPER] * 2 + [PROXY, INTERVIEW, PAPER] + [WEB] * 7}
    for number, links in enumerate(held.tenants.values()):
        for mode, link in zip(helped[number], links, strict=True):
            async with database.phone() as connection:
                await send(connection, link, f"merke {link}", mode=mode)
    await close(database, held)
    await mixer.work_once(database, keys)
    async with database.owner() as connection:
        stored = await connection.fetch(
            "select estate_id, mode, count(*) as n from answers.responses group by 1, 2 order by 3"
        )
    assert sorted((row["mode"], row["n"]) for row in stored) == [(HELPER, 5), (WEB, 7), (WEB, 12)]


@pytest.mark.parametrize("language", ["nb", "nn", "en", "se", "pl", "ar", "uk", "so", "ti"])
async def test_it_is_asked_in_every_language(
    client: httpx.AsyncClient, database: Database, language: str
) -> None:
    invited = await invite(database, KEY, languages=("nb", "nn", "en", "se", "pl", "ar", "uk", "so", "ti"))
    link = f"/s/{invited.token}"
    await _answered(client, link)
    page = html.unescape((await client.get(f"{link}/se-over?sprak={language}")).text)
    t = messages(language)
    assert all(t(f"mode.{mode}") in page for mode in SENT) and t("mode.hint") in page
