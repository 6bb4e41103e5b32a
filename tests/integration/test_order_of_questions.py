"""Which order questions came in: drawn by lot, the same throughout a draft, no trace of link or device."""

from __future__ import annotations

import re

import httpx
import pytest

from forms.journey import Journey
from forms.loading import from_document
from forms.shuffling import ORDER, ORDERS
from reports.releases.dataset import protect
from reports.waves import Estate
from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft
from survey.ballots.rounds import find
from survey.database.pool import Database
from survey.settings import Settings
from tests.kinds import document_of_kinds
from tests.samples.waves import wave_of
from tests.tenants import Invited, invite, press_send, stored_answers

ANSWER = {"_handling": "neste", "_vist": "naboer,bydel,trivsel", "bydel": "7"}


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    data = document_of_kinds()
    data["pages"][1]["shuffle"] = True
    data["pages"][1]["items"][1]["shuffle"] = True
    return await invite(database, settings.secret_key, questionnaire=from_document(data), tenants=2)


async def begin(client: httpx.AsyncClient, link: str, **fields: str) -> None:
    await client.post(link, data={"sprak": "nb", **fields}, follow_redirects=True)


async def page(client: httpx.AsyncClient, link: str) -> str:
    return (await client.get(f"{link}/side/stedet")).text


def shown(text: str) -> list[tuple[str, str]]:
    """The questions and the choices of the folded list, as they stand on the page."""
    found = re.findall(r'id="sporsmal-(\w+)"|<option value="(\d+)"', text)
    assert sorted(name for name, _ in found if name) == ["bydel", "naboer", "trivsel"]
    codes = [code for _, code in found if code]
    assert codes[-1] == "253" and sorted(map(int, codes[:-1])) == list(range(1, 16))
    return found


def brought(text: str) -> dict[str, str]:
    return dict(re.findall(r'name="(_rekkefolge)" value="(\d+)"', text))


async def sent_order(database: Database, tenant: Invited) -> int:
    (answers,) = await stored_answers(database, tenant)
    order = answers.pop(ORDER)
    assert answers == {"bydel": 7} and isinstance(order, int) and 1 <= order <= ORDERS
    return order


async def test_from_the_first_answer_on_the_order_is_that_of_its_page_and_it_is_stored(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await begin(client, tenant.link)
    before = await page(client, tenant.link)
    await client.post(f"{tenant.link}/side/stedet", data=ANSWER | brought(before))
    after = await page(client, tenant.link)
    assert shown(after) == shown(before) and brought(after) == {}
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await sent_order(database, tenant) == int(brought(before)["_rekkefolge"])


async def test_without_a_cookie_the_page_brings_its_order_and_the_draft_keeps_it(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    first = await page(client, tenant.link)
    await client.post(
        f"{tenant.link}/utkast",
        json={name: [value] for name, value in {**ANSWER, "_side": "stedet", **brought(first)}.items()},
    )
    for _ in range(3):
        assert shown(await page(client, tenant.link)) == shown(first)
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await sent_order(database, tenant) == int(brought(first)["_rekkefolge"])


async def test_a_page_with_a_mistake_comes_back_in_the_order_it_had(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    for _ in range(4):
        first = await page(client, tenant.link)
        wrong = {**ANSWER, "bydel": "99"} | brought(first)
        again = await client.post(f"{tenant.link}/side/stedet", data=wrong)
        assert again.status_code == 422 and brought(again.text) == brought(first)
        assert shown(again.text) == shown(first)


async def test_laid_by_and_taken_up_elsewhere_it_keeps_the_order_of_there(
    client: httpx.AsyncClient,
    elsewhere: httpx.AsyncClient,
    tenant: Invited,
    database: Database,
) -> None:
    await begin(client, tenant.link)
    await client.post(f"{tenant.link}/side/stedet", data=ANSWER | {"_handling": "pause"})
    await begin(elsewhere, tenant.link, fortsett="side")
    there = await page(elsewhere, tenant.link)
    assert brought(there) == {} and shown(await page(elsewhere, tenant.link)) == shown(there)
    assert (await press_send(elsewhere, tenant.link)).status_code == 200
    await sent_order(database, tenant)


async def test_a_draft_from_before_orders_were_kept_goes_on_and_is_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database, settings: Settings
) -> None:
    async with database.phone() as connection:
        await drafts.save(connection, settings.secret_key, tenant.token, Draft("nb", {"bydel": 7}, "stedet"))
    first = await page(client, tenant.link)
    assert 'value="7" selected' in first
    await client.post(f"{tenant.link}/side/stedet", data=ANSWER | brought(first))
    assert shown(await page(client, tenant.link)) == shown(first)
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await sent_order(database, tenant) == int(brought(first)["_rekkefolge"])


@pytest.mark.parametrize("order", ["0", "25", "-1", "x", "1e1", "٣", "999999"])
async def test_an_order_that_a_page_cannot_have_had_is_drawn_anew(
    client: httpx.AsyncClient, tenant: Invited, database: Database, order: str
) -> None:
    await client.post(f"{tenant.link}/side/stedet", data=ANSWER | {"_rekkefolge": order})
    assert (await press_send(client, tenant.link)).status_code == 200
    await sent_order(database, tenant)


async def test_an_order_alone_is_no_answer_and_keeps_no_draft(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await client.post(f"{tenant.link}/side/stedet", data=ANSWER | {"bydel": "", "_rekkefolge": "3"})
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.drafts") == 0
    review = await client.get(f"{tenant.link}/se-over")
    assert 'name="utkast"' not in review.text
    assert (await press_send(client, tenant.link)).status_code == 422


async def test_a_questionnaire_without_shuffling_stores_no_order(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    plain = await invite(database, settings.secret_key, questionnaire=from_document(document_of_kinds()))
    await client.post(f"{plain.link}/side/stedet", data=ANSWER | {"_rekkefolge": "3"})
    assert "_rekkefolge" not in await page(client, plain.link)
    assert (await press_send(client, plain.link)).status_code == 200
    assert await stored_answers(database, plain) == [{"bydel": 7}]


async def test_the_order_follows_from_nothing_that_stays_on_the_device(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """Whoever keeps the telephone, or lent it, has link and cookie for good, and may once see rows."""
    await begin(client, tenant.link)
    cookie = dict(client.cookies)
    drawn = [int(brought(await page(client, tenant.link))["_rekkefolge"]) for _ in range(96)]
    assert dict(client.cookies) == cookie
    assert len(set(drawn)) > 12, "of 24; fewer than 13 are drawn less than once in 10^20 times"


@pytest.mark.parametrize("planted", [1, 24])
async def test_a_draft_planted_under_a_link_brings_no_order_to_who_takes_it_up(
    client: httpx.AsyncClient, tenant: Invited, database: Database, settings: Settings, planted: int
) -> None:
    taken_up = []
    for _ in range(8):
        async with database.phone() as connection:
            await drafts.drop(connection, settings.secret_key, tenant.token, None)
            laid = Draft("nb", {"bydel": 7, ORDER: planted}, "stedet")
            await drafts.save(connection, settings.secret_key, tenant.token, laid)
        await begin(client, tenant.link, fortsett="side")
        device = client.cookies["bostemme_enhet"]
        async with database.phone() as connection:
            found = await find(connection, settings.secret_key, tenant.token, device)
        owner = tokens.owner(tenant.token, device)
        draft = drafts.read(settings.secret_key, owner, found.sealed if found else None)
        assert draft is not None and draft.answers["bydel"] == 7
        taken_up.append(draft.answers[ORDER])
    assert set(taken_up) != {planted}, "once in 10^11 times by chance"
    assert all(order in range(1, ORDERS + 1) for order in taken_up)


def test_orders_are_in_no_release() -> None:
    data = document_of_kinds()
    data["pages"][1]["shuffle"] = True
    form = from_document(data)
    said = [Journey(form, {"trivsel": 1 + n % 9, ORDER: 1 + n % ORDERS}).on_route() for n in range(40)]
    released = protect(wave_of(form, [Estate("a", "A", "Sentrum", 60)], {"a": said}))
    assert "trivsel" in {column.name for column in released.variables}
    assert ORDER not in {column.name for column in released.variables}
