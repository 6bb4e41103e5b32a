"""A receipt that is shown to somebody: what its owner is told, and how often it can be tried with links."""

from __future__ import annotations

import html

import httpx
import pytest
from litestar import Litestar

from survey.ballots import tokens
from survey.database.pool import Database
from survey.phone.limits import PER_CLIENT
from survey.phone.rendering import LANGUAGES, messages
from survey.settings import Settings
from tests.ballots import change_code_on, receipt_on, with_code
from tests.tenants import Invited, invite, press_send


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=60)


async def _answered(client: httpx.AsyncClient, link: str) -> httpx.Response:
    await client.post(f"{link}/side/hjem", data={"_vist": "bolig_hjem", "bolig_hjem": "4"})
    sent = await press_send(client, link)
    assert sent.status_code == 200
    return sent


async def test_who_tries_a_receipt_with_every_link_of_the_list_is_stopped(
    app: Litestar, client: httpx.AsyncClient, settings: Settings, tenant: Invited
) -> None:
    """The office has the list; of sixty links the tenant's is the last."""
    receipt = receipt_on((await _answered(client, f"/s/{tenant.tokens[-1]}")).text)
    transport = httpx.ASGITransport(app=app)
    statuses = []
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as officer:
        for token in tenant.tokens:
            page = await officer.post(f"/s/{token}/angre", data={**with_code(receipt), "_handling": "apne"})
            statuses.append(page.status_code)
    assert statuses == [422] * PER_CLIENT.most + [429] * (60 - PER_CLIENT.most)


@pytest.mark.parametrize("path", ["/kvittering", "/kvittering/trekk"])
async def test_receipts_that_nobody_was_given_cannot_be_tried_without_end(
    client: httpx.AsyncClient, settings: Settings, tenant: Invited, path: str
) -> None:
    statuses = []
    for _ in range(PER_CLIENT.most + 3):
        wrong = tokens.receipt(settings.secret_key, tenant.token, tokens.new_seed())
        statuses.append((await client.post(path, data=with_code(wrong))).status_code)
    assert statuses == [422] * PER_CLIENT.most + [429] * 3


async def test_a_receipt_that_is_right_can_be_looked_up_as_often_as_its_holder_likes(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """A meeting of tenants shares one address, and looks more often than anybody may guess."""
    receipt = receipt_on((await _answered(client, f"/s/{tenant.token}")).text)
    for path in ("/kvittering", f"/s/{tenant.token}/angre"):
        for _ in range(2 * PER_CLIENT.most):
            assert (await client.post(path, data=with_code(receipt))).status_code == 200


async def test_a_receipt_that_is_shown_to_the_office_neither_opens_nor_deletes_the_answer(
    client: httpx.AsyncClient, settings: Settings, tenant: Invited
) -> None:
    """It has the links, and asks to see the receipt. What changes it is another code, for her alone."""
    link = f"/s/{tenant.token}"
    sent = (await _answered(client, link)).text
    receipt, code = receipt_on(sent), change_code_on(sent)
    shown = await client.post("/kvittering", data={"kvittering": receipt})
    assert "Svaret venter" in shown.text and code not in shown.text, "this page may be shown"
    others = tokens.receipt(settings.secret_key, tenant.tokens[1], tokens.new_seed())
    for wrong in ("", "222222", tokens.change_code(settings.secret_key, others), code[:-1]):
        for handling in ("", "apne"):
            fields = {"kvittering": receipt, "kode": wrong, "_handling": handling}
            page = await client.post(f"{link}/angre", data=fields)
            assert page.status_code == 422 and "Slett svaret" not in page.text
        page = await client.post("/kvittering/trekk", data={"kvittering": receipt, "kode": wrong})
        assert page.status_code == 422 and "Svaret venter" in page.text
    mine = {"kvittering": receipt.lower(), "kode": f" {code[:3]} {code[3:].lower()}"}
    assert "Slett svaret" in (await client.post(f"{link}/angre", data=mine)).text
    assert "trukket tilbake" in (await client.post("/kvittering/trekk", data=mine)).text


async def test_change_codes_cannot_be_tried_without_end(client: httpx.AsyncClient, tenant: Invited) -> None:
    receipt = receipt_on((await _answered(client, f"/s/{tenant.token}")).text)
    tries = {"kvittering": receipt, "kode": "222222"}
    statuses = [
        (await client.post(path, data=tries)).status_code
        for _ in range(PER_CLIENT.most // 2 + 2)
        for path in ("/kvittering/trekk", f"/s/{tenant.token}/angre")
    ]
    assert statuses == [422] * PER_CLIENT.most + [429] * 4


async def test_a_crowd_of_addresses_tries_no_more_codes_of_a_receipt_and_keeps_nobody_else_from_hers(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """Who was shown one receipt, and has a range of addresses, as anybody can rent: by the minute a code
    more, and those who take an answer back meanwhile notice nothing."""
    shown = receipt_on((await _answered(client, f"/s/{tenant.tokens[0]}")).text)
    hers = (await _answered(client, f"/s/{tenant.tokens[1]}")).text
    statuses = []
    for network in range(30):
        crowd = {"x-forwarded-for": f"2001:db8:0:{network:x}::1"}
        for path in ("/kvittering/trekk", f"/s/{tenant.tokens[2]}/angre"):
            for _ in range(15):
                tried = {"kvittering": shown, "kode": "222222"}
                statuses.append((await client.post(path, data=tried, headers=crowd)).status_code)
        for _ in range(10):
            nobodys = {"kvittering": "222222222222222222"}
            await client.post("/kvittering", data=nobodys, headers=crowd)
    assert 400 <= statuses.count(422) <= 402 and statuses.count(429) == 900 - statuses.count(422)

    mine = {"kvittering": receipt_on(hers), "kode": change_code_on(hers)}
    assert "Svaret venter" in (await client.post("/kvittering", data=mine)).text
    assert "Slett svaret" in (await client.post(f"/s/{tenant.tokens[1]}/angre", data=mine)).text
    assert "trukket tilbake" in (await client.post("/kvittering/trekk", data=mine)).text


async def test_neighbours_at_one_address_who_mistype_keep_nobody_from_her_own_receipt(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    hers = (await _answered(client, f"/s/{tenant.token}")).text
    for _ in range(PER_CLIENT.most + 1):
        page = await client.post("/kvittering", data={"kvittering": "222222222222222222"})
    assert page.status_code == 429
    mine = {"kvittering": receipt_on(hers), "kode": change_code_on(hers)}
    assert "Svaret venter" in (await client.post("/kvittering", data=mine)).text
    assert "trukket tilbake" in (await client.post("/kvittering/trekk", data=mine)).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_gets_a_receipt_is_told_which_code_to_show_nobody(
    client: httpx.AsyncClient, tenant: Invited, language: str
) -> None:
    client.headers["accept-language"] = language
    link = f"/s/{tenant.token}"
    sent = await _answered(client, link)
    t = messages(language)
    if language in ("nb", "nn", "en"):
        assert t("code.text") in html.unescape(sent.text)
    asked = await client.post("/kvittering", data={"kvittering": receipt_on(sent.text), "sprak": language})
    assert t("code.label") in html.unescape(asked.text)
