"""A receipt that is shown to somebody: what its owner is told, and how often it can be tried with links."""

from __future__ import annotations

import html

import httpx
import pytest
from litestar import Litestar

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.phone.limits import PER_CLIENT
from survey.phone.rendering import LANGUAGES, messages
from survey.settings import Settings
from tests import mornings
from tests.ballots import receipt_on
from tests.elections import send_all
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
            page = await officer.post(f"/s/{token}/angre", data={"kvittering": receipt, "_handling": "apne"})
            statuses.append(page.status_code)
    assert statuses == [422] * PER_CLIENT.most + [429] * (60 - PER_CLIENT.most)


@pytest.mark.parametrize("path", ["/kvittering", "/kvittering/trekk"])
async def test_receipts_that_nobody_was_given_cannot_be_tried_without_end(
    client: httpx.AsyncClient, settings: Settings, tenant: Invited, path: str
) -> None:
    statuses = []
    for _ in range(PER_CLIENT.most + 3):
        wrong = tokens.receipt(settings.secret_key, tenant.token, tokens.new_seed())
        statuses.append((await client.post(path, data={"kvittering": wrong})).status_code)
    assert statuses == [422] * PER_CLIENT.most + [429] * 3


async def test_a_receipt_that_is_right_can_be_looked_up_as_often_as_its_holder_likes(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """A meeting of tenants shares one address, and looks more often than anybody may guess."""
    receipt = receipt_on((await _answered(client, f"/s/{tenant.token}")).text)
    for path in ("/kvittering", f"/s/{tenant.token}/angre"):
        for _ in range(2 * PER_CLIENT.most):
            assert (await client.post(path, data={"kvittering": receipt})).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_gets_a_receipt_is_told_who_else_could_open_the_answer_with_it(
    client: httpx.AsyncClient, tenant: Invited, language: str
) -> None:
    """With receipt and link together: said where it is shown and where it is asked for, while it waits."""
    client.headers["accept-language"] = language
    link = f"/s/{tenant.token}"
    sent = await _answered(client, link)
    receipt = receipt_on(sent.text)
    asked = await client.post("/kvittering", data={"kvittering": receipt, "sprak": language})
    warning = messages(language)("receipt.both")
    assert warning in html.unescape(asked.text)
    if language in ("nb", "nn", "en"):
        assert warning in html.unescape(sent.text)


async def test_nothing_is_said_of_opening_when_the_answer_is_counted(
    client: httpx.AsyncClient, database: Database, tenant: Invited, keys: KeyFolder
) -> None:
    receipt = receipt_on((await _answered(client, f"/s/{tenant.token}")).text)
    await send_all(database, tenant.tokens[1:])
    for _ in range(2):
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set status = 'closed'")
        await mornings.work(database, keys)
    page = await client.post("/kvittering", data={"kvittering": receipt})
    assert "Svaret ditt er telt" in page.text
    assert messages("nb")("receipt.both") not in html.unescape(page.text)
