"""After sending: the receipt, changing one's mind, and saying no."""

from __future__ import annotations

import httpx
import pytest

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.settings import Settings
from tests import elections, mornings
from tests.ballots import receipt_on, sent_answers, with_code
from tests.tenants import Invited, invite, press_send, send_form


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
    await mornings.mix(database, keys)


async def open_again(client: httpx.AsyncClient, link: str, receipt: str) -> httpx.Response:
    """Find what was sent, which makes the browser a device of this link, and open it to change it."""
    await client.post(f"{link}/angre", data=with_code(receipt))
    return await client.post(f"{link}/angre", data={**with_code(receipt), "_handling": "apne"})


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


@pytest.mark.parametrize(
    ("language", "waits", "few"),
    [
        ("nb", "blandet med minst fire andre svar", "Er det for få svar å blande det med, blir det slettet"),
        ("nn", "blanda med minst fire andre svar", "Er det for få svar å blande det med, blir det sletta"),
        ("en", "mixed with at least four other answers", "too few answers to mix it with, it is deleted"),
    ],
)
async def test_the_only_answer_of_a_building_is_not_said_to_lie_with_others(
    client: httpx.AsyncClient, tenant: Invited, language: str, waits: str, few: str
) -> None:
    receipt = await answered(client, tenant)
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": language})
    assert waits in page.text and few in page.text
    for company in ("sammen med andre svar", "saman med andre svar", "with other answers"):
        assert company not in page.text


@pytest.mark.parametrize(
    ("language", "short", "slip", "unknown"),
    [
        ("nb", "18 bokstaver og tall", "et tegn er feil, eller to har byttet plass", "ingen slik kvittering"),
        ("nn", "18 bokstavar og tal", "eit teikn er feil, eller to har bytt plass", "inga slik kvittering"),
        ("en", "18 letters and digits", "one symbol is wrong, or two have changed places", "no such receipt"),
    ],
)
async def test_a_receipt_that_was_mistyped_is_told_what_is_wrong_with_it(
    client: httpx.AsyncClient, tenant: Invited, language: str, short: str, slip: str, unknown: str
) -> None:
    right = await answered(client, tenant)
    one_wrong = right[:-1] + ("2" if right[-1] != "2" else "3")
    swapped = next(
        right[:n] + right[n + 1] + right[n] + right[n + 2 :]
        for n in (0, 1, 2, 3, 4, 7, 8, 9)
        if right[n] != right[n + 1]
    )
    for typed, sentence in (
        ("abc", short),
        (one_wrong, slip),
        (swapped, slip),
        (tokens.receipt(b"k" * 32, tenant.tokens[1], ""), unknown),
    ):
        page = await client.post("/kvittering", data={"kvittering": typed, "sprak": language})
        assert page.status_code == 422 and sentence in page.text and typed in page.text
        page = await client.post("/kvittering/trekk", data={**with_code(typed), "sprak": language})
        assert page.status_code == 422 and sentence in page.text
    for typed, sentence in (("abc", short), (one_wrong, slip), (swapped, slip)):
        page = await client.post(f"{tenant.link}/angre?sprak={language}", data=with_code(typed))
        assert page.status_code == 422 and sentence in page.text


async def test_the_whole_answer_is_withdrawn_by_its_receipt(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    receipt = await answered(client, tenant)
    page = await client.post("/kvittering/trekk", data={**with_code(receipt), "sprak": "nb"})
    assert "Svaret er trukket tilbake" in page.text
    assert await sent_answers(database, tenant.campaign_id) == []
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": "nb"})
    assert "Svaret er trukket tilbake" in page.text


@pytest.mark.parametrize(
    ("language", "true"),
    [
        ("nb", "Er svaret trukket tilbake med kvitteringen, er det slettet"),
        ("nn", "Er svaret trekt tilbake med kvitteringa, er det sletta"),
        ("en", "If the answer was withdrawn with the receipt, it is deleted"),
    ],
)
async def test_who_sends_by_a_link_whose_answer_was_withdrawn_is_not_told_that_it_is_kept(
    client: httpx.AsyncClient, tenant: Invited, language: str, true: str
) -> None:
    """The link cannot know: nothing ties the receipt to it. So the page says what holds either way."""
    receipt = await answered(client, tenant)
    await client.post("/kvittering/trekk", data=with_code(receipt))
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    page = await client.post(f"{tenant.link}/send?sprak={language}")
    assert page.status_code == 409 and true in page.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("nb", "Svaret er endret"), ("nn", "Svaret er endra"), ("en", "The answer has been changed")],
)
async def test_the_receipt_of_an_answer_that_was_changed_is_told_that_another_holds(
    client: httpx.AsyncClient, tenant: Invited, language: str, sentence: str
) -> None:
    receipt = await answered(client, tenant)
    opened = await open_again(client, tenant.link, receipt)
    assert opened.headers["location"].startswith(f"{tenant.link}/se-over")
    asked = {"kvittering": receipt, "sprak": language}
    assert sentence not in (await client.post("/kvittering", data=asked)).text, "it counts until then"
    new = receipt_on((await press_send(client, tenant.link)).text)
    page = await client.post("/kvittering", data=asked)
    assert page.status_code == 200 and sentence in page.text and new not in page.text
    assert "venter" in (await client.post("/kvittering", data={"kvittering": new, "sprak": "nb"})).text


async def test_part_of_an_answer_is_withdrawn_by_its_receipt_and_the_rest_counts(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    receipt = await answered(client, tenant)
    assert "Type the receipt" in (await client.get(f"{tenant.link}/angre?sprak=en")).text
    held = with_code(receipt)
    assert "Open the answer" in (await client.post(f"{tenant.link}/angre?sprak=en", data=held)).text
    assert await sent_answers(database, tenant.campaign_id) == [{"bolig_hjem": 4, "bolig_fred": 2}]
    back = await client.post(f"{tenant.link}/angre?sprak=en", data={**held, "_handling": "apne"})
    assert back.status_code == 303 and back.headers["location"] == f"{tenant.link}/se-over?sprak=en"
    assert len(await sent_answers(database, tenant.campaign_id)) == 1, "no answer is lost that was confirmed"
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await sent_answers(database, tenant.campaign_id) == [{"bolig_hjem": 4}]


async def test_what_the_receipt_opens_goes_before_a_draft_made_since(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    receipt = await answered(client, tenant)
    await client.post(f"{tenant.link}/side/viktig", data={"_vist": "bedre", "bedre": "En annen skrev"})
    await open_again(client, tenant.link, receipt)
    review = (await client.get(f"{tenant.link}/se-over")).text
    assert "Litt enig" in review and "En annen skrev" not in review


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Svaret kan ikke lenger endres"),
        ("nn", "Svaret kan ikkje lenger endrast"),
        ("en", "The answer can no longer be changed"),
    ],
)
async def test_a_change_that_comes_when_the_answer_is_mixed_is_refused_honestly_and_the_first_counts(
    client: httpx.AsyncClient, tenant: Invited, database: Database, keys: KeyFolder, language: str, words: str
) -> None:
    receipt = await answered(client, tenant)
    await open_again(client, tenant.link, receipt)
    await mixed(database, tenant, keys)
    async with database.owner() as connection:  # as if a batch had taken it while others still answer
        await connection.execute("update registry.campaigns set status = 'open'")
    page = await client.post(f"{tenant.link}/send?sprak={language}")
    assert page.status_code == 409 and words in page.text
    assert len(await sent_answers(database, tenant.campaign_id)) == 20


async def test_whoever_holds_the_link_alone_cannot_read_change_or_withdraw_what_was_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """The office handed out the links, and still has the list."""
    receipt = await answered(client, tenant)
    other = await answered(client, tenant, tenant.tokens[1])
    for place in ("", "/angre", "/se-over", "/send", "/side/hjem"):
        page = await client.get(f"{tenant.link}{place}", follow_redirects=True)
        assert receipt not in page.text and 'class="code"' not in page.text, place
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    again = await client.post(f"{tenant.link}/send", data={"fro": "ab" * 16})
    assert again.status_code == 409 and receipt not in again.text
    guess = tokens.receipt(b"k" * 32, tenant.token, "")
    # With a receipt of one's own, but another's link, nothing opens either: neither to change nor to delete.
    for typed in ("", guess, "222222-222222-222222", other):
        for handling in ("", "apne"):
            fields = {**with_code(typed), "_handling": handling}
            page = await client.post(f"{tenant.link}/angre", data=fields)
            assert page.status_code == 422 and "Slett svaret" not in page.text
            if typed:
                assert "åpner ikke noe svar sammen" in page.text or "har byttet plass" in page.text
    assert len(await sent_answers(database, tenant.campaign_id)) == 2
    async with database.owner() as connection:
        for copy in await connection.fetch("select copy from ballots.box"):
            with pytest.raises(tokens.UnreadableDraft):
                tokens.open_draft(b"k" * 32, tenant.token, copy["copy"])


async def test_the_page_that_sent_shows_its_receipt_again_when_it_is_sent_twice(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """The network went before the receipt came, or somebody tapped twice."""
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    form = await send_form(client, tenant.link)
    first, second = [await client.post(f"{tenant.link}/send", data=form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 409)
    assert receipt_on(first.text) == receipt_on(second.text)
    assert len(await sent_answers(database, tenant.campaign_id)) == 1


async def test_a_page_found_in_the_history_of_a_shared_machine_shows_no_receipt(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """Half an hour later it is not the network that went, but another who sits there."""
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    form = await send_form(client, tenant.link)
    minute = int(form["fro"][: tokens.SEED_MINUTE_DIGITS], 16) - tokens.FRESH_MINUTES - 1
    form["fro"] = f"{minute:0{tokens.SEED_MINUTE_DIGITS}x}" + form["fro"][tokens.SEED_MINUTE_DIGITS :]
    first, second = [await client.post(f"{tenant.link}/send", data=form) for _ in range(2)]
    assert first.status_code == 200 and receipt_on(first.text)
    assert second.status_code == 409 and 'class="code"' not in second.text


@pytest.mark.parametrize("what", ["withdrawn", "changed"])
async def test_the_page_that_sent_does_not_say_that_the_answer_is_kept_when_it_is_gone(
    client: httpx.AsyncClient, tenant: Invited, what: str
) -> None:
    await client.post(tenant.link, data={"sprak": "nb"})
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"})
    form = await send_form(client, tenant.link)
    receipt = receipt_on((await client.post(f"{tenant.link}/send", data=form)).text)
    if what == "withdrawn":
        await client.post("/kvittering/trekk", data=with_code(receipt))
    else:
        await open_again(client, tenant.link, receipt)
        await press_send(client, tenant.link)
    again = await client.post(f"{tenant.link}/send?sprak=nb", data=form)
    assert again.status_code == 409
    assert receipt not in again.text and "lagret én gang" not in again.text


async def test_a_mixed_answer_gives_an_honest_page_and_nothing_to_press(
    client: httpx.AsyncClient, tenant: Invited, database: Database, keys: KeyFolder
) -> None:
    receipt = await answered(client, tenant)
    await mixed(database, tenant, keys)
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": "nb"})
    assert "ikke lenger endres eller trekkes tilbake" in page.text and "Slett svaret" not in page.text
    async with database.owner() as connection:  # as if a batch had taken it while others still answer
        await connection.execute("update registry.campaigns set status = 'open'")
    for handling in ("", "apne"):
        page = await client.post(f"{tenant.link}/angre", data={**with_code(receipt), "_handling": handling})
        assert page.status_code == 422 and "blandet med de andre" in page.text
        assert "Slett svaret" not in page.text
    await client.post("/kvittering/trekk", data=with_code(receipt))
    assert len(await sent_answers(database, tenant.campaign_id)) == 20


async def test_one_tap_says_no_and_an_answer_undoes_it(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    before = (await client.get(tenant.link)).text
    assert "Jeg vil ikke svare" in before
    page = await client.post(f"{tenant.link}/nei", follow_redirects=True)
    assert page.status_code == 200 and "Takk for beskjed" in page.text
    assert f'href="{tenant.link}?sprak=nb"' in page.text, "and back to answering"

    async def declined() -> bool:
        async with database.owner() as connection:
            value: bool = await connection.fetchval(
                "select declined from ballots.rights"
                " join registry.invitations on id = invitation_id where token_hash = $1",
                tokens.token_hash(b"k" * 32, tenant.token),
            )
        return value

    assert await declined()
    assert (await client.get(tenant.link)).text == before, "others hold the link, too"
    await answered(client, tenant)
    assert not await declined()


async def test_a_no_after_sending_takes_nothing_back(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await answered(client, tenant)
    page = await client.post(f"{tenant.link}/nei", follow_redirects=True)
    assert "Er det alt sendt et svar med lenken, teller det fortsatt" in page.text
    assert len(await sent_answers(database, tenant.campaign_id)) == 1
