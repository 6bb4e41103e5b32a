"""An officer, or the printer, holds the list of all links and opens each of them: whose home has answered?

She sees every page of every link, in a round where some have sent, said no, changed, withdrawn or never
looked, with the first list of links and with one that replaced it on the way. What is random for everybody
is taken out; what is left must be the same, byte for byte, for all of them.
"""

from __future__ import annotations

import random
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from survey.ballots import mixing, tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import links, rounds
from survey.database.pool import Database
from survey.people.roles import Role
from survey.phone.devices import COOKIE
from survey.settings import Settings
from tests import mornings, offices, panels
from tests.ballots import receipt_on, with_code
from tests.offices import Office
from tests.tenants import Invited, invite, press_send, send_form

LANGUAGES = ("nb", "nn", "en")
PLACES = (
    "",
    "/pause",
    "/kobling",
    "/se-over",
    "/send",
    "/angre",
    "/nei",
    "/nei?igjen=nei",
    "/igjen",
    "/igjen?valg=nei",
    "/igjen?valg=ja",
    "/personvern",
    "/takk",
    "/side/finnes_ikke",
)
NOBODYS = "222222-222222-222222"
ANSWER = {"_vist": "mott", "mott": "1"}


async def answer(client: httpx.AsyncClient, link: str) -> str:
    """Answers and sends by the pages; the receipt."""
    saved = await client.post(f"{link}/side/hjem", data=ANSWER)
    assert saved.status_code == 303
    sent = await press_send(client, link)
    assert sent.status_code == 200
    return receipt_on(sent.text)


async def reopen(client: httpx.AsyncClient, link: str, receipt: str) -> None:
    held = with_code(receipt)
    assert (await client.post(f"{link}/angre", data=held)).status_code == 200
    opened = await client.post(f"{link}/angre", data={**held, "_handling": "apne"})
    assert opened.status_code == 303


async def live(client: httpx.AsyncClient, homes: Sequence[str]) -> dict[str, str]:
    """Ten homes do everything that one can do with a link, and are left without a draft; the receipts."""
    sent, declined, never, sent_never, withdrawn, changed, unchanged, dropped, thought_better, pressed_no = (
        f"/s/{token}" for token in homes[:10]
    )
    receipts = {
        link: await answer(client, link) for link in (sent, sent_never, withdrawn, changed, unchanged)
    }
    await client.post(f"{declined}/nei")
    await client.post(f"{never}/nei?igjen=nei")
    await client.post(f"{sent_never}/igjen", data={"igjen": "nei"})
    await client.post("/kvittering/trekk", data=with_code(receipts[withdrawn]))
    for link in (changed, unchanged):
        await reopen(client, link, receipts[link])
    receipts[changed] = receipt_on((await press_send(client, changed)).text)
    await client.post(f"{unchanged}/slett")
    await client.post(f"{dropped}/side/hjem", data=ANSWER)
    await client.post(f"{dropped}/slett")
    await client.post(f"{thought_better}/nei")
    receipts[thought_better] = await answer(client, thought_better)
    receipts[pressed_no] = await answer(client, pressed_no)
    await client.post(f"{pressed_no}/nei")
    return {link.removeprefix("/s/"): receipt for link, receipt in receipts.items()}


def seen(token: str, page: httpx.Response) -> tuple[object, ...]:
    """A page without what is random for everybody: the link itself, the seed of a receipt, a nonce, the word
    that something was pressed just now."""
    text = page.text.replace(token, "LINK")
    text = re.sub(r'name="fro" value="\w{32}"', "SEED", text)
    text = re.sub(r'name="utkast" value="([\w=-]+)"', lambda found: f"SEALED {len(found[1])}", text)
    headers = [
        (name, re.sub(rf"({COOKIE}|sagt)=\w+", "NUMBER", value).replace(token, "LINK"))
        for name, value in page.headers.multi_items()
    ]
    return page.status_code, sorted(headers), text


async def everything(
    client: httpx.AsyncClient, token: str, places: Sequence[str]
) -> list[tuple[object, ...]]:
    """Every page of a link, asked for in every way."""
    pages = []
    for place in places:
        address = f"/s/{token}{place}"
        for headers in [{"Accept-Language": language} for language in LANGUAGES]:
            pages.append(seen(token, await client.get(address, headers=headers)))
        pages.append(seen(token, await client.head(address)))
        chosen = f"{address}{'&' if '?' in place else '?'}sprak=nn"
        pages.append(seen(token, await client.get(chosen)))
    return pages


async def all_alike(client: httpx.AsyncClient, homes: Sequence[str], places: Sequence[str] = PLACES) -> None:
    client.headers["Accept-Encoding"] = "identity"  # compressed, chance would make lengths differ
    client.cookies.clear()  # she is not the device of any of them
    first = await everything(client, homes[0], places)
    for token in homes[1:]:
        other = await everything(client, token, places)
        for one, two in zip(first, other, strict=True):
            assert one == two


async def used(database: Database) -> int:
    async with database.owner() as connection:
        n: int = await connection.fetchval("select count(*) from ballots.rights where used")
    return n


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=20)


async def polled(officer: httpx.AsyncClient, homes: Sequence[str]) -> list[list[tuple[object, ...]]]:
    """What she sees of all links just now, as one who has the link alone."""
    officer.cookies.clear()
    places = ("", "/pause", "/kobling", "/se-over", "/side/hjem", "/side/viktig", "/angre", "/nei", "/igjen")
    return [[seen(token, await officer.get(f"/s/{token}{place}")) for place in places] for token in homes]


@pytest.mark.parametrize("planting", ["nothing", "without cookies", "paused"])
async def test_polling_every_link_between_the_steps_of_who_answers_in_one_go_sees_nothing(
    client: httpx.AsyncClient,
    elsewhere: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    planting: str,
) -> None:
    """She holds the list and polls, and may have laid a draft in every link before: none of it changes."""
    tenant = await invite(database, settings.secret_key, tenants=3)
    client.headers["Accept-Encoding"] = elsewhere.headers["Accept-Encoding"] = "identity"
    for token in tenant.tokens if planting != "nothing" else ():
        if planting == "paused":
            await elsewhere.post(f"/s/{token}", data={"sprak": "nb"})
        laid = {"_vist": "tema,bedre", "bedre": "Plantet", "_handling": "pause"}
        assert (await elsewhere.post(f"/s/{token}/side/viktig", data=laid)).status_code == 303
    before = await polled(elsewhere, tenant.tokens)
    assert before[0] == before[1] == before[2]
    link = tenant.link
    steps: list[tuple[str, dict[str, str]]] = [
        ("/sprak", {"sprak": "en", "til": "start"}),
        ("", {"sprak": "en"}),
        ("/side/hjem", ANSWER),
        ("/side/viktig", {"_vist": "tema,bedre", "bedre": "Min egen mening"}),
        ("/sprak", {"sprak": "nn", "til": "se-over"}),
        ("/slett", {}),
        ("/side/hjem", ANSWER),
    ]
    for place, fields in steps:
        assert (await client.post(link + place, data=fields)).status_code == 303, place
        assert await polled(elsewhere, tenant.tokens) == before, place
    await client.post(
        f"{link}/utkast", json={"_side": ["viktig"], "_vist": ["tema,bedre"], "bedre": ["Min mening"]}
    )
    assert await polled(elsewhere, tenant.tokens) == before
    sent = await press_send(client, link)
    assert sent.status_code == 200 and "Plantet" not in sent.text
    assert await polled(elsewhere, tenant.tokens) == before
    held = with_code(receipt_on(sent.text))
    assert (await client.post(f"{link}/angre", data=held)).status_code == 200
    await reopen(client, link, held["kvittering"])
    assert "Min mening" in (await client.get(f"{link}/se-over")).text
    assert await polled(elsewhere, tenant.tokens) == before
    assert (await press_send(client, link)).status_code == 200
    assert await polled(elsewhere, tenant.tokens) == before
    assert (await client.post(f"{link}/nei")).status_code == 303
    assert await polled(elsewhere, tenant.tokens) == before


async def test_what_the_polling_officer_saw_of_drafts_under_the_link_alone_she_would_see(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, tenant: Invited
) -> None:
    """The control: without a device of her own the tenant is read while she answers, as the pages say."""
    before = await polled(elsewhere, tenant.tokens[:2])
    await client.post(f"{tenant.link}/side/hjem", data=ANSWER)
    now = await polled(elsewhere, tenant.tokens[:2])
    assert now[0] != before[0] and now[1] == before[1]
    assert "kan se det til du sender" in (await client.get(f"{tenant.link}/side/hjem")).text


def _places(pages: Sequence[str]) -> tuple[str, ...]:
    return (*PLACES, *(f"/side/{page}" for page in pages))


async def test_every_page_of_every_link_is_the_same_used_or_not_mixed_or_not(
    client: httpx.AsyncClient, tenant: Invited, database: Database, keys: KeyFolder
) -> None:
    await live(client, tenant.tokens)
    places = _places(("hjem", "viktig"))
    await all_alike(client, tenant.tokens[:12], places)
    for token in tenant.tokens[10:19]:
        await answer(client, f"/s/{token}")
    assert (await mornings.mix(database, keys)).moved > 0
    assert await used(database) > 10
    await all_alike(client, tenant.tokens, places)


def _from_elsewhere(client: httpx.AsyncClient) -> None:
    """From another network: from one, receipts that open nothing are slowed down, whatever the link."""
    client.headers["X-Forwarded-For"] = f"198.51.100.{random.randrange(1, 255)}"


async def test_what_is_posted_without_sending_tells_no_more(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """She presses everything but "send", on every link, with receipts that are nobody's, another's and her
    own."""
    held = await live(client, tenant.tokens)
    others = held[tenant.tokens[0]]

    async def pressed(token: str) -> list[tuple[object, ...]]:
        link, pages = f"/s/{token}", []
        _from_elsewhere(client)
        steps: list[tuple[str, dict[str, str]]] = [
            ("", {"sprak": "en"}),
            ("/sprak", {"sprak": "nn", "til": "start"}),
            ("/send", {"fro": "ab" * 16}),
            ("/angre", with_code(NOBODYS)),
            ("/angre", {**with_code(NOBODYS), "_handling": "apne"}),
            ("/angre", {"kvittering": "abc"}),
            ("/side/hjem", {"_vist": "mott", "_utkast": "1", "mott": "2"}),
            ("/side/hjem", {"_vist": "mott", "mott": "2", "_sprak": "en"}),
            ("/kobling", {"kobling": "nei"}),
            ("/sprak", {"sprak": "nb", "til": "se-over"}),
            ("/slett", {}),
            ("/igjen", {"igjen": "nei"}),
            ("/igjen", {"igjen": "ja"}),
            ("/nei", {}),
            ("/nei?igjen=nei", {}),
        ]
        for place, fields in steps:
            pages.append(seen(token, await client.post(link + place, data=fields)))
            for back in ("", "/side/hjem", "/se-over", "/pause", "/nei", "/igjen"):
                pages.append(seen(token, await client.get(link + back)))
        autosave = {"_side": ["hjem"], "_vist": ["mott"], "mott": ["1"]}
        pages.append(seen(token, await client.post(f"{link}/utkast", json=autosave)))
        pages.append(seen(token, await client.get(link)))
        await client.post(f"{link}/slett")
        return pages

    client.headers["Accept-Encoding"] = "identity"
    first = await pressed(tenant.tokens[0])
    for token in tenant.tokens[1:12]:
        for one, two in zip(first, await pressed(token), strict=True):
            assert one == two
    # A link and the receipt of another link: one sentence, whatever either of them is.
    _from_elsewhere(client)
    refused = {
        seen(token, await client.post(f"/s/{token}/angre", data={**with_code(others), **handling}))[2]
        for token in tenant.tokens[1:12]
        for handling in ({}, {"_handling": "apne"})
    }
    assert len(refused) == 1
    (sentence,) = refused
    assert "åpner ikke noe svar sammen" in str(sentence) and "Slett svaret" not in str(sentence)


async def test_links_that_replace_others_on_the_way_are_the_same_and_so_are_the_replaced(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id, first = await _opened(database, settings, office)
    for token in first[:4]:
        async with database.phone() as connection:
            await offices.send(connection, settings, token)
    for token in first[4:6]:
        await client.post(f"/s/{token}/nei?igjen=nei")
    second = await _links(database, settings, office, round_id)
    assert len(second) == len(first) and not set(first) & set(second)
    for token in second[6:9]:  # home 7 and the two after it answer by the new ones
        if token != second[-1]:
            async with database.phone() as connection:
                await offices.send(connection, settings, token)
    places = _places(tuple(page.id for page in offices.short_form().pages))
    await all_alike(client, second, places)
    await all_alike(client, first, places)
    assert (await client.get(f"/s/{first[0]}")).status_code == 404
    # Drafts on used links die with the others when the round is closed, and all links say the same then.
    form = offices.short_form()
    page = form.pages[0]
    item = next(item for item in form.page_items(page) if item.kind == "choice")
    fields = {"_side": [page.id], "_vist": [item.id], item.id: [str(form.choices(item)[0].code)]}
    for token in second:
        assert (await client.post(f"/s/{token}/utkast", json=fields)).status_code == 204
    async with database.owner() as connection:
        saved = await connection.fetchval("select count(*) from ballots.drafts")
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    async with database.owner() as connection:
        assert saved == len(second) and not await connection.fetchval("select count(*) from ballots.drafts")
    await all_alike(client, second, places)


async def _opened(database: Database, settings: Settings, office: Office) -> tuple[UUID, list[str]]:
    """A round for seven homes, open, and the list of links."""
    new = replace(offices.new_round(office), estate_ids=(office.estates[0][0],))
    round_id = await offices.make_round(database, office, new)
    made = await _links(database, settings, office, round_id)
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    return round_id, made


async def _links(database: Database, settings: Settings, office: Office, round_id: UUID) -> list[str]:
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    return [link.token for link in made]


async def test_links_of_a_wave_of_a_panel_are_the_same(client: httpx.AsyncClient, database: Database) -> None:
    series = await panels.begin(database, [14])
    await live(client, series.everybody)
    await all_alike(client, series.everybody[:12], _places(("hjem", "viktig")))


async def test_links_that_a_poster_gave_are_the_same(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    async with database.owner() as connection:
        await connection.execute("update registry.invitations set source = 'cafe'")
    await live(client, tenant.tokens)
    await all_alike(client, tenant.tokens[:12], _places(("hjem", "viktig")))


async def test_when_the_round_is_over_every_link_says_so_and_no_more(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await live(client, tenant.tokens)
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set status = 'closed', closed_on = current_date")
    await all_alike(client, tenant.tokens[:12], _places(("hjem", "viktig")))
    assert {(await client.get(f"/s/{token}")).status_code for token in tenant.tokens} == {410}


async def test_a_draft_planted_in_every_link_is_seen_by_its_owner_or_it_is_not_there(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    """A draft dies when the answer is sent. One that its owner does not notice would be a tripwire."""
    silent: list[tuple[str, dict[str, str]]] = [
        ("", {"sprak": "en"}),
        ("/sprak", {"sprak": "en", "til": "start"}),
        ("/side/hjem", {"_vist": "mott", "_sprak": "en"}),
        ("/kobling", {"kobling": "nei"}),
    ]
    for token in tenant.tokens[:12]:
        for place, fields in silent:
            assert (await client.post(f"/s/{token}{place}", data=fields)).status_code == 303
    await live(client, tenant.tokens)
    await all_alike(client, tenant.tokens[:12], _places(("hjem", "viktig")))
    # Filled in and cleared again: a draft, and the start page says so and offers to throw it away.
    link = f"/s/{tenant.tokens[12]}"
    await client.post(f"{link}/side/hjem", data=ANSWER)
    await client.post(f"{link}/side/hjem", data={"_vist": "mott"})
    start = (await client.get(link)).text
    assert "Velkommen tilbake" in start and f'action="{link}/slett' in start
    await client.post(f"{link}/slett")
    assert "Velkommen tilbake" not in (await client.get(link)).text


async def test_who_sends_to_find_out_leaves_an_answer_that_the_tenant_meets(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """Sending tells, and cannot be undone: not by withdrawing, nor by opening the answer to change it."""
    receipt = await answer(client, tenant.link)
    await reopen(client, tenant.link, receipt)
    await client.post(f"{tenant.link}/slett")
    assert await used(database) == 1
    await client.post("/kvittering/trekk", data=with_code(receipt))
    assert await used(database) == 1
    await client.post(f"{tenant.link}/side/hjem", data=ANSWER)
    late = await press_send(client, tenant.link)
    assert late.status_code == 409
    assert "en annen brukt lenken din" in late.text and "Si fra til Eksempelvik kommune" in late.text


async def test_an_answer_of_her_own_cannot_be_moved_from_link_to_link_to_ask_each_of_them(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """She opens her own answer, reads which ballot it replaces, and lets a draft of another link say the
    same: a used link would take the change, an unused one not, and nothing would be spent."""
    hers, used_link, unused_link = tenant.tokens[:3]
    receipt = await answer(client, f"/s/{hers}")
    await answer(client, f"/s/{used_link}")
    await reopen(client, f"/s/{hers}", receipt)
    carried = (await send_form(client, f"/s/{hers}"))["utkast"]
    device = client.cookies.get(COOKIE, path=f"/s/{hers}")
    document = tokens.open_draft(b"k" * 32, tokens.owner(hers, device), urlsafe_b64decode(carried))
    assert tokens.receipt_hash(b"k" * 32, receipt).hex().encode() in document, "she can read it"
    for token, status in ((used_link, 409), (unused_link, 200)):
        forged = urlsafe_b64encode(tokens.seal_draft(b"k" * 32, token, document)).decode()
        page = await client.post(f"/s/{token}/send", data={"utkast": forged})
        assert page.status_code == status, "sending, and it is spent"
    waiting = await client.post("/kvittering", data={"kvittering": receipt, "sprak": "nb"})
    assert "Svaret venter" in waiting.text, "her own answer stays where it is"
    assert await used(database) == 3


async def test_the_pages_cannot_ask_the_database_whether_a_link_is_used(
    tenant: Invited, database: Database
) -> None:
    """What is not read cannot be shown, nor take longer."""
    async with database.phone() as connection:
        row = await connection.fetchrow(
            "select * from ballots.visit($1, $2)",
            tokens.token_hash(b"k" * 32, tenant.token),
            tokens.draft_key(b"k" * 32, tenant.token),
        )
    assert row is not None
    assert not {"used", "declined", "asked_again", "not_again"} & set(row.keys())


async def test_saying_no_is_written_for_a_used_link_as_for_any_other(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """Or the time it takes would tell: a write waits for the disk."""
    sent, other = tenant.tokens[:2]
    await answer(client, f"/s/{sent}")

    async def written() -> set[bytes]:
        async with database.owner() as connection:
            rows = await connection.fetch(
                "select i.token_hash from registry.invitations i"
                " join ballots.rights r on r.invitation_id = i.id"
                " where greatest(i.xmin::text::bigint, r.xmin::text::bigint) >= $1",
                since,
            )
        return {row["token_hash"] for row in rows}

    for press in ("/nei", "/nei?igjen=nei"):
        async with database.owner() as connection:
            since = int(await connection.fetchval("select pg_current_xact_id()::text"))
        for token in (sent, other):
            await client.post(f"/s/{token}{press}")
        assert await written() == {tokens.token_hash(b"k" * 32, token) for token in (sent, other)}


async def test_no_count_moves_when_no_is_said_by_links_one_after_the_other(
    client: httpx.AsyncClient, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    """With the console beside: a link that moves a count would be one that nobody has used."""
    office = await offices.found(database, "Eksempelvik kommune")
    round_id, homes = await _opened(database, settings, office)
    await offices.sign_in(client, office)
    async with database.phone() as connection:
        for token in homes[:3]:
            await offices.send(connection, settings, token)

    async def told() -> list[str]:
        pages = [await client.get(address) for address in (f"/kontor/runder/{round_id}", "/kontor/runder")]
        return [re.sub(r'name="csrf" value="[^"]+"', "", page.text) for page in pages]

    before = await told()
    for press in ("/nei", "/nei?igjen=nei"):
        for token in homes:
            await client.post(f"/s/{token}{press}")
            assert await told() == before
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    await mixing.mix_and_tell(database, keys)
    assert "Ønsket ikke å delta" not in (await told())[0], "so few noes are told nobody"
    async with database.owner() as connection:
        assert await connection.fetchval("select ballots.noes($1)", round_id) == len(homes) - 3
