"""A draft belongs to the device it was begun on, until its owner lays it by under the link."""

from __future__ import annotations

import re

import httpx
import pytest
from litestar import Litestar

from survey.ballots import drafts, rounds, tokens
from survey.ballots.drafts import Draft, DraftChanged
from survey.database.pool import Database
from survey.phone.devices import COOKIE
from survey.phone.errors import TooManyBegun
from survey.phone.limits import FOR_ALL, Allowance, Guard
from survey.settings import Settings
from tests.ballots import receipt_on, with_code
from tests.tenants import Invited, invite, press_send, send_form, stored_answers

HOME = {"_vist": "bolig_hjem,bolig_fred,mott", "bolig_hjem": "4"}
WORDS = {"_vist": "tema,bedre", "bedre": "Mer lys"}
PLACES = ("", "/side/hjem", "/side/viktig", "/se-over", "/send", "/pause")


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=2)


async def begin(client: httpx.AsyncClient, link: str, **fields: str) -> httpx.Response:
    return await client.post(link, data={"sprak": "nb", **fields}, follow_redirects=True)


async def drafts_kept(database: Database) -> int:
    async with database.owner() as connection:
        n: int = await connection.fetchval("select count(*) from ballots.drafts")
    return n


def without_chance(page: httpx.Response) -> str:
    return re.sub(r'name="fro" value="\w{32}"', "SEED", page.text)


async def test_whoever_has_the_link_sees_a_fresh_start_whatever_another_device_saves(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    fresh = [without_chance(await elsewhere.get(tenant.link + place)) for place in PLACES]
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    await client.post(
        f"{tenant.link}/utkast",
        json={"_side": ["viktig"], "_vist": ["tema,bedre"], "bedre": ["Mer lys"]},
    )
    assert "Mer lys" in (await client.get(f"{tenant.link}/se-over")).text
    assert [without_chance(await elsewhere.get(tenant.link + place)) for place in PLACES] == fresh
    await begin(elsewhere, tenant.link)
    await elsewhere.post(f"{tenant.link}/side/viktig", data={**WORDS, "bedre": "Plantet"})
    review = (await client.get(f"{tenant.link}/se-over")).text
    assert "Litt enig" in review and "Mer lys" in review and "Plantet" not in review
    assert (await press_send(client, tenant.link)).status_code == 200
    assert "Plantet" in (await elsewhere.get(f"{tenant.link}/se-over")).text
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4, "bedre": "Mer lys"}]
    assert await drafts_kept(database) == 1, "that of the other device"


async def test_the_same_device_goes_on_without_pausing(client: httpx.AsyncClient, tenant: Invited) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    start = (await client.get(tenant.link)).text
    assert "Velkommen tilbake" in start and f'href="{tenant.link}/side/hjem"' in start
    assert "Litt enig" in (await client.get(f"{tenant.link}/se-over")).text
    capitals = await client.get(tenant.link.upper().replace("/S/", "/s/"), follow_redirects=True)
    assert "Velkommen tilbake" in capitals.text, "however the link was typed"


async def test_paused_answers_are_found_by_the_link_and_belong_to_the_device_that_goes_on(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    page = await client.post(
        f"{tenant.link}/side/viktig", data={**WORDS, "_handling": "pause"}, follow_redirects=True
    )
    assert "kan alle som har lenken, åpne dem" in page.text and 'name="fortsett"' in page.text
    assert await drafts_kept(database) == 1
    assert "Velkommen tilbake" in (await elsewhere.get(tenant.link)).text
    resumed = await begin(elsewhere, tenant.link, fortsett="side")
    assert resumed.url.path == f"{tenant.link}/side/viktig" and "Mer lys</textarea>" in resumed.text
    assert await drafts_kept(database) == 1
    start = await client.get(tenant.link)
    assert "Velkommen tilbake" not in start.text and "Start undersøkelsen" in start.text
    late = await client.post(f"{tenant.link}/side/viktig", data={**WORDS, "_utkast": "1"})
    assert late.status_code == 409 and "lagt på pause" in late.text, "a page that was left open"
    assert (await press_send(elsewhere, tenant.link)).status_code == 200
    assert await drafts_kept(database) == 0
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4, "bedre": "Mer lys"}]


async def test_the_device_that_paused_takes_its_answers_up_again_and_reviews_them(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data={**HOME, "_handling": "pause"})
    review = await begin(client, tenant.link, fortsett="se-over", sprak="nn")
    assert review.url.path == f"{tenant.link}/se-over" and "Litt einig" in review.text
    assert "Litt einig" not in (await elsewhere.get(f"{tenant.link}/se-over?sprak=nn")).text


async def test_what_somebody_else_left_under_the_link_is_left_alone_and_can_be_left_alone(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(elsewhere, tenant.link)
    await elsewhere.post(
        f"{tenant.link}/side/viktig", data={**WORDS, "bedre": "Plantet", "_handling": "pause"}
    )
    start = (await client.get(tenant.link)).text
    assert "Har du ikke skrevet det selv?" in start and "Start på nytt" in start
    first = await begin(client, tenant.link, sprak="en")
    assert first.url.path == f"{tenant.link}/side/hjem" and "Plantet" not in first.text
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    own = (await client.get(tenant.link)).text
    assert "Velkommen tilbake" in own and "Det ligger også svar på pause" in own
    assert (await press_send(client, tenant.link)).status_code == 200
    await client.post(f"{tenant.link}/nei")
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]
    elsewhere.cookies.clear()
    assert "Plantet" in (await elsewhere.get(f"{tenant.link}/se-over")).text
    await client.post(f"{tenant.link}/slett", data={"kladd": "pause"})
    assert await drafts_kept(database) == 0


async def test_a_device_throws_away_its_own_and_leaves_what_lies_under_the_link(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(elsewhere, tenant.link)
    await elsewhere.post(f"{tenant.link}/side/viktig", data={**WORDS, "_handling": "pause"})
    for throw_away in ("/slett", "/nei"):
        await begin(client, tenant.link)
        await client.post(f"{tenant.link}/side/hjem", data=HOME)
        assert await drafts_kept(database) == 2
        await client.post(tenant.link + throw_away)
        assert await drafts_kept(database) == 1
        assert "Start på nytt" in (await client.get(tenant.link)).text


async def test_a_pause_that_another_page_of_the_device_overtook_is_told_and_loses_nothing(
    tenant: Invited, database: Database, settings: Settings
) -> None:
    key, token = settings.secret_key, tenant.token
    device = tokens.new_device(key, token)
    page, other = Draft("nb", {"mott": 1}), Draft("nb", {"bolig_hjem": 4})
    async with database.phone() as connection:
        assert await drafts.save(connection, key, token, other, device)
        with pytest.raises(DraftChanged):
            await drafts.lay_by(connection, key, token, page, device)
        found = await rounds.find(connection, key, token, device, with_paused=True)
        assert found is not None and found.paused is None
        kept = drafts.read(key, tokens.owner(token, device), found.sealed)
        assert kept is not None and kept.answers == {"bolig_hjem": 4}
        assert await drafts.lay_by(connection, key, token, kept, device)
        with pytest.raises(DraftChanged):  # somebody else took it up meanwhile
            await drafts.take_up(connection, key, token, kept, device)
        with pytest.raises(tokens.UnreadableDraft):
            tokens.open_draft(key, token, found.sealed or b"")


async def test_a_mistake_on_the_page_that_pauses_is_mended_first_and_nothing_lies_open(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    page = await client.post(
        f"{tenant.link}/side/viktig", data={**WORDS, "bedre": "x" * 2001, "_handling": "pause"}
    )
    assert page.status_code == 422
    assert "Velkommen tilbake" not in (await elsewhere.get(tenant.link)).text


async def test_a_browser_that_takes_no_cookies_answers_pauses_and_sends_and_is_told_who_can_see(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    async def posted(place: str, fields: dict[str, str]) -> httpx.Response:
        answer = await client.post(tenant.link + place, data=fields)
        client.cookies.clear()
        return answer

    begun = await posted("", {"sprak": "nn"})
    page = (await client.get(begun.headers["location"])).text
    assert "Nettlesaren din har ikkje informasjonskapselen vår" in page
    await posted("/side/hjem", HOME)
    again = await posted("", {"fortsett": "side", "sprak": "nb"})
    assert again.status_code == 307, "the same form, to see whether the cookie comes back"
    on = await posted(again.headers["location"].removeprefix(tenant.link), {"fortsett": "side"})
    assert on.status_code == 303, "and no third time"
    assert "Litt enig" in (await elsewhere.get(f"{tenant.link}/se-over?sprak=nb")).text
    sent = await client.post(f"{tenant.link}/send", data=await send_form(client, tenant.link))
    assert sent.status_code == 200
    assert await drafts_kept(database) == 0
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]


async def test_an_answer_opened_by_its_receipt_is_a_draft_of_the_device_that_opened_it(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    receipt = receipt_on((await press_send(client, tenant.link)).text)
    client.cookies.clear()  # she comes back with another phone
    found = await client.post(f"{tenant.link}/angre", data=with_code(receipt))
    assert "bare denne telefonen eller maskinen åpner" in found.text
    await client.post(f"{tenant.link}/angre", data={**with_code(receipt), "_handling": "apne"})
    assert "Litt enig" in (await client.get(f"{tenant.link}/se-over")).text
    for place in PLACES:
        page = (await elsewhere.get(tenant.link + place)).text
        assert "Velkommen tilbake" not in page and "checked" not in page and "Du har svart på" not in page
    await client.post(f"{tenant.link}/side/hjem", data={**HOME, "bolig_hjem": "5"})
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 5}]


async def test_what_was_sent_is_never_opened_under_the_link_alone_neither_by_a_pause_nor_without_cookies(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    receipt = receipt_on((await press_send(client, tenant.link)).text)

    def seen_elsewhere(page: httpx.Response) -> bool:
        return "Velkommen tilbake" in page.text or "checked" in page.text or "Du har svart på" in page.text

    held = {**with_code(receipt), "_handling": "apne"}
    assert (await client.post(f"{tenant.link}/angre", data=held)).status_code == 303
    pressed = await client.post(
        f"{tenant.link}/side/hjem",
        data={**HOME, "bolig_hjem": "5", "_handling": "pause"},
        follow_redirects=True,
    )
    assert "ligger på denne telefonen eller maskinen, og bare her" in pressed.text
    assert not any([seen_elsewhere(await elsewhere.get(tenant.link + place)) for place in PLACES])
    assert "Helt enig" in (await client.get(f"{tenant.link}/se-over")).text, "the change was kept"

    without = httpx.AsyncClient(transport=client._transport, base_url=client.base_url)
    page = await without.post(f"{tenant.link}/angre", data=held)
    assert page.status_code == 422 and "informasjonskapsl" in page.text and "Slett svaret" in page.text
    assert not any([seen_elsewhere(await without.get(tenant.link + place)) for place in PLACES])
    await without.aclose()
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 5}]


async def test_whoever_is_done_is_told_of_answers_on_pause_and_can_delete_them(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/hjem", data={**HOME, "_handling": "pause"})
    await begin(elsewhere, tenant.link)
    await elsewhere.post(f"{tenant.link}/side/viktig", data=WORDS)
    told = "Det ligger svar på pause"
    assert told in (await elsewhere.post(f"{tenant.link}/nei?sprak=nb", follow_redirects=True)).text
    await begin(elsewhere, tenant.link)
    await elsewhere.post(f"{tenant.link}/side/viktig", data=WORDS)
    thanks = await press_send(elsewhere, tenant.link)
    assert told in thanks.text and 'name="kladd" value="pause"' in thanks.text
    assert await drafts_kept(database) == 1
    await elsewhere.post(f"{tenant.link}/slett?sprak=nb", data={"kladd": "pause"})
    assert await drafts_kept(database) == 0
    other = f"/s/{tenant.tokens[1]}"
    await begin(elsewhere, other)
    await elsewhere.post(f"{other}/side/hjem", data=HOME)
    assert told not in (await press_send(elsewhere, other)).text, "where nothing lies nothing is said"


async def test_a_no_without_cookies_is_told_what_it_leaves_behind(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=HOME)
    said = await client.post(f"{tenant.link}/nei?sprak=nb")
    client.cookies.clear()
    page = await client.get(said.headers["location"])
    assert "Det ligger svar på pause" in page.text
    await client.post(f"{tenant.link}/slett?sprak=nb", data={"kladd": "pause"})
    assert await drafts_kept(database) == 0


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_links_and_the_same_for_all(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    told = set()
    for token in tenant.tokens:
        link = f"/s/{token}"
        assert "set-cookie" not in (await client.get(link)).headers
        cookie = (await client.post(link)).headers["set-cookie"]
        value = client.cookies.get(COOKIE, path=link)
        assert value is not None
        told.add(cookie.replace(value, "NUMBER").replace(token, "LINK"))
        assert (await client.post(link)).headers["set-cookie"] == cookie, "one device, one number"
    (one,) = told
    words = one.lower()
    assert "httponly" in words and "samesite=lax" in words and "path=/s/link" in words
    assert f"max-age={60 * 24 * 3600}" in words and "domain" not in words and "secure" not in words


async def test_a_cookie_we_did_not_give_out_for_this_link_counts_for_none(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """Or one link could fill the disk: each draft costs a beginning, and those are counted."""
    mine, other = (f"/s/{token}" for token in tenant.tokens)
    await client.post(other)
    anothers = client.cookies.get(COOKIE, path=other)
    assert anothers is not None
    client.cookies.clear()
    flipped = anothers[:-1] + ("0" if anothers[-1] != "0" else "1")
    for number in (anothers, flipped, "a" * 48, "æ", ""):
        headers = [(b"cookie", f"{COOKIE}={number}".encode())]
        saved = await client.post(f"{mine}/side/hjem", data=HOME, headers=headers)
        assert saved.status_code == 303
    assert await drafts_kept(database) == 1, "under the link, like everybody's without a cookie"
    assert tokens.is_device(b"k" * 32, other.removeprefix("/s/"), anothers)


async def test_beginning_too_often_is_told_to_wait_and_nothing_else_is_held_up(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited, app: Litestar
) -> None:
    app.state["begun"] = Guard(Allowance(2, 3600.0), FOR_ALL, fault=TooManyBegun)
    await begin(client, tenant.link)
    answers = [await elsewhere.post(f"/s/{tenant.tokens[1]}") for _ in range(2)]
    assert answers[-1].status_code == 303, "the same device does not begin anew"
    elsewhere.cookies.clear()
    refused = await elsewhere.post(f"/s/{tenant.tokens[1]}", headers={"Accept-Language": "nb"})
    assert refused.status_code == 429 and "retry-after" in refused.headers
    assert "Mange har begynt å svare herfra" in refused.text and 'name="kode"' not in refused.text
    saved = await client.post(f"{tenant.link}/side/hjem", data=HOME)
    assert saved.status_code == 303 and (await press_send(client, tenant.link)).status_code == 200
