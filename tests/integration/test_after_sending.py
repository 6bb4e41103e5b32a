"""After sending: the receipt, changing one's mind, and saying no."""

from __future__ import annotations

import re

import httpx
import pytest

from survey.ballots import mixing, tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.settings import Settings
from tests import elections
from tests.ballots import receipt_on, sent_answers
from tests.tenants import Invited, invite


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=20)


async def answered(client: httpx.AsyncClient, tenant: Invited, token: str | None = None) -> str:
    """Answer two questions and send; the receipt."""
    link = f"/s/{token or tenant.token}"
    await client.post(
        f"{link}/side/hjem",
        data={"_handling": "neste", "_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4", "bolig_fred": "2"},
    )
    sent = await client.post(f"{link}/send")
    assert sent.status_code == 200
    return receipt_on(sent.text)


async def mixed(database: Database, tenant: Invited, keys: KeyFolder) -> None:
    """Nineteen neighbours have answered as well, and the round is closed."""
    await elections.send_all(database, tenant.tokens[1:])
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set status = 'closed' where id = $1", tenant.campaign_id
        )
    await mixing.mix(database, keys)


async def test_a_receipt_typed_from_paper_tells_that_the_answer_waits_and_then_that_it_is_counted(
    client: httpx.AsyncClient, tenant: Invited, database: Database, keys: KeyFolder
) -> None:
    receipt = await answered(client, tenant)
    written = receipt.replace("-", " ").lower()
    page = await client.post("/kvittering", data={"kvittering": written, "sprak": "nb"})
    assert page.status_code == 200 and "Svaret venter på å bli telt" in page.text
    await mixed(database, tenant, keys)
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": "en"})
    assert "Your answer is counted" in page.text and "Delete the answer" not in page.text


async def test_a_receipt_that_was_mistyped_says_what_a_receipt_looks_like(client: httpx.AsyncClient) -> None:
    for typed, sentence in (
        ("abc", "seksten bokstaver og tall"),
        ("AAAA-BBBB-CCCC-DDDD", "ingen slik kvittering"),
    ):
        page = await client.post("/kvittering", data={"kvittering": typed, "sprak": "nb"})
        assert page.status_code == 422 and sentence in page.text and typed in page.text


async def test_the_whole_answer_is_withdrawn_by_its_receipt(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    receipt = await answered(client, tenant)
    page = await client.post("/kvittering/trekk", data={"kvittering": receipt, "sprak": "nb"})
    assert "Svaret er trukket tilbake" in page.text
    assert await sent_answers(database, tenant.campaign_id) == []
    page = await client.post(f"{tenant.link}/angre", data={"kvittering": receipt})
    assert "Svaret er trukket tilbake" in page.text


@pytest.mark.parametrize(
    ("language", "true", "untrue"),
    [
        ("nb", "Er det trukket tilbake med kvitteringen, er det slettet", "lagret"),
        ("nn", "Er det trekt tilbake med kvitteringa, er det sletta", "lagra"),
        ("en", "If it was withdrawn with the receipt, it is deleted", "saved"),
    ],
)
async def test_a_link_whose_answer_was_withdrawn_does_not_say_that_it_is_kept(
    client: httpx.AsyncClient, tenant: Invited, language: str, true: str, untrue: str
) -> None:
    """The link cannot know: nothing ties the receipt to it. So its page says what holds either way."""
    receipt = await answered(client, tenant)
    await client.post("/kvittering/trekk", data={"kvittering": receipt})
    said = (await client.get(f"{tenant.link}?sprak={language}")).text.partition("<h1>")[2]
    assert true in said and untrue not in said.partition("<ol")[0]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("nb", "åpnet for å endres"), ("nn", "opna for å endrast"), ("en", "opened to be changed")],
)
async def test_the_receipt_of_an_answer_that_was_opened_is_told_that_it_may_be_the_old_one(
    client: httpx.AsyncClient, tenant: Invited, language: str, sentence: str
) -> None:
    receipt = await answered(client, tenant)
    opened = await client.post(f"{tenant.link}/angre", data={"kvittering": receipt, "_handling": "apne"})
    assert opened.headers["location"].startswith(f"{tenant.link}/se-over")
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": language})
    assert page.status_code == 422 and sentence in page.text


async def test_part_of_an_answer_is_withdrawn_by_its_receipt_and_the_rest_counts(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    receipt = await answered(client, tenant)
    assert "Type the receipt" in (await client.get(f"{tenant.link}/angre?sprak=en")).text
    held = {"kvittering": receipt}
    assert "Open the answer" in (await client.post(f"{tenant.link}/angre?sprak=en", data=held)).text
    assert await sent_answers(database, tenant.campaign_id) == [{"bolig_hjem": 4, "bolig_fred": 2}]
    back = await client.post(f"{tenant.link}/angre?sprak=en", data={**held, "_handling": "apne"})
    assert back.status_code == 303 and back.headers["location"] == f"{tenant.link}/se-over?sprak=en"
    assert await sent_answers(database, tenant.campaign_id) == []
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    assert (await client.post(f"{tenant.link}/send")).status_code == 200
    assert await sent_answers(database, tenant.campaign_id) == [{"bolig_hjem": 4}]


async def test_whoever_holds_the_link_alone_cannot_read_change_or_withdraw_what_was_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """The office handed out the links, and still has the list."""
    receipt = await answered(client, tenant)
    other = await answered(client, tenant, tenant.tokens[1])
    for place in ("", "/takk", "/angre", "/se-over", "/send", "/side/hjem"):
        page = await client.get(f"{tenant.link}{place}", follow_redirects=True)
        assert receipt not in page.text and 'class="code"' not in page.text, place
    again = await client.post(f"{tenant.link}/send", data={"fro": "ab" * 16})
    assert again.status_code == 409 and receipt not in again.text
    guess = tokens.receipt(b"k" * 32, tenant.token, "")
    for typed in ("", guess, "AAAA-BBBB-CCCC-DDDD"):
        page = await client.post(f"{tenant.link}/angre", data={"kvittering": typed, "_handling": "apne"})
        assert page.status_code == 422
    # With a receipt of one's own, but another's link, nothing opens either.
    page = await client.post(f"{tenant.link}/angre", data={"kvittering": other, "_handling": "apne"})
    assert page.status_code == 422 and "hører ikke til svaret fra denne lenken" in page.text
    assert len(await sent_answers(database, tenant.campaign_id)) == 2
    async with database.owner() as connection:
        for copy in await connection.fetch("select copy from ballots.box"):
            with pytest.raises(tokens.UnreadableDraft):
                tokens.open_draft(tenant.token, copy["copy"])


async def test_the_page_that_sent_shows_its_receipt_again_when_it_is_sent_twice(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """The network went before the receipt came, or somebody tapped twice."""
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    (seed,) = re.findall(r'name="fro" value="(\w+)"', (await client.get(f"{tenant.link}/se-over")).text)
    first, second = [await client.post(f"{tenant.link}/send", data={"fro": seed}) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 409)
    assert receipt_on(first.text) == receipt_on(second.text)
    assert len(await sent_answers(database, tenant.campaign_id)) == 1


async def test_a_mixed_answer_gives_an_honest_page_and_nothing_to_press(
    client: httpx.AsyncClient, tenant: Invited, database: Database, keys: KeyFolder
) -> None:
    receipt = await answered(client, tenant)
    await mixed(database, tenant, keys)
    for handling in ("", "apne"):
        page = await client.post(f"{tenant.link}/angre", data={"kvittering": receipt, "_handling": handling})
        assert "Svaret kan ikke lenger finnes igjen" in page.text and "Slett svaret" not in page.text
    await client.post("/kvittering/trekk", data={"kvittering": receipt})
    assert len(await sent_answers(database, tenant.campaign_id)) == 20


async def test_one_tap_says_no_and_an_answer_undoes_it(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    assert "Jeg vil ikke svare" in (await client.get(tenant.link)).text
    page = await client.post(f"{tenant.link}/nei", follow_redirects=True)
    assert page.status_code == 200 and "Takk for beskjed" in page.text

    async def declined() -> bool:
        async with database.owner() as connection:
            value: bool = await connection.fetchval(
                "select declined from registry.invitations where token_hash = $1",
                tokens.token_hash(b"k" * 32, tenant.token),
            )
        return value

    assert await declined()
    assert "Du har sagt nei til å være med" in (await client.get(tenant.link)).text
    await answered(client, tenant)
    assert not await declined()
    assert (await client.post(f"{tenant.link}/nei")).headers["location"] == tenant.link
