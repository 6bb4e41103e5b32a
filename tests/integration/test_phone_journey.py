"""What a tenant is promised on the way through the questions, with scripts off."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from forms.answers import Layout
from survey.ballots.tokens import receipt
from survey.database.pool import Database
from survey.settings import Settings
from tests.ballots import in_the_box
from tests.tenants import Invited, invite, send_form, small_questionnaire, stored_answers

SHOWN = "bolig_hjem,bolig_fred,mott"


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key)


async def fill(client: httpx.AsyncClient, tenant: Invited, page: str, **fields: object) -> httpx.Response:
    """Post a page as its form would, pressing 'Neste' unless told otherwise."""
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return await client.post(f"{tenant.link}/side/{page}", data={"_handling": "neste", **named})


async def test_the_start_page_says_what_matters_in_the_language_of_the_browser(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    page = await client.get(tenant.link, headers={"Accept-Language": "nn-NO,nb;q=0.5"})
    assert page.status_code == 200
    assert '<html lang="nn" dir="ltr">' in page.text
    assert "Kva du svarer, er di sak" in page.text
    assert "Oppdikta eksempel" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers


async def test_one_goes_through_sees_every_answer_sends_and_gets_the_same_receipt_again(
    client: httpx.AsyncClient, tenant: Invited, database: Database, settings: Settings
) -> None:
    begun = await client.post(tenant.link, data={"sprak": "nb"})
    assert (begun.status_code, begun.headers["location"]) == (303, f"{tenant.link}/side/hjem?sprak=nb")
    first = await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="4", bolig_fred="254", mott="1")
    assert first.headers["location"] == f"{tenant.link}/side/viktig"
    last = await fill(
        client, tenant, "viktig", _vist="tema,bedre", tema__1="2", tema__3="1", bedre="Mer lys\r\ni oppgangen"
    )
    assert last.headers["location"] == f"{tenant.link}/se-over"

    review = (await client.get(last.headers["location"])).text
    for words in ("Litt enig", "Vet ikke", "1. Naboene", "2. Leien", "Mer lys\ni oppgangen"):
        assert words in review
    assert "Du har svart på 5 av 5 spørsmål" in review

    form = await send_form(client, tenant.link)
    sent, again = [await client.post(f"{tenant.link}/send", data=form) for _ in range(2)]
    shown = receipt(settings.secret_key, tenant.token, form["fro"])
    assert (sent.status_code, again.status_code) == (200, 409)
    assert shown in sent.text and shown in again.text
    assert await stored_answers(database, tenant) == [
        {"bolig_hjem": 4, "bolig_fred": 254, "mott": 1, "tema": [2, 1], "bedre": "Mer lys\ni oppgangen"}
    ]


async def test_the_language_one_answered_in_stays_after_sending(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    begun = await client.post(tenant.link, data={"sprak": "nn"})
    first = (await client.get(begun.headers["location"], headers={"Accept-Language": "en"})).text
    shown = dict(re.findall(r'name="(_sprak)" value="(\w+)"', first))
    skipped = await fill(client, tenant, "hjem", _vist=SHOWN, **shown)
    assert skipped.headers["location"].endswith("?sprak=nn"), "no answer yet, so no draft to remember it"
    await fill(client, tenant, "hjem", _vist=SHOWN, mott="1", **shown)
    sent = await client.post(f"{tenant.link}/send", headers={"Accept-Language": "en"})
    assert '<html lang="nn" dir="ltr">' in sent.text
    check = re.search(r'name="sprak" value="(\w+)"', sent.text)
    assert check and check[1] == "nn", "and where the receipt leads"
    # The bare link knows nothing of what was answered, in which language neither: the switch stands on top.
    bare = await client.get(tenant.link, headers={"Accept-Language": "en"})
    assert '<html lang="en" dir="ltr">' in bare.text and 'name="sprak" value="nn"' in bare.text
    other = await client.post(f"{tenant.link}/sprak", data={"til": "start", "sprak": "nn"})
    assert '<html lang="nn" dir="ltr">' in (await client.get(other.headers["location"])).text


async def test_the_start_page_does_not_promise_more_than_the_page_on_privacy(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    start = (await client.get(tenant.link)).text
    assert "hva vi ikke kan beskytte deg mot" in start
    privacy = (await client.get("/personvern")).text
    assert "griper inn i selve maskinen mens du svarer" in privacy
    assert "Tar du pause før du har sendt, kan de se det du har lagret." in privacy


async def test_one_is_told_who_has_the_results_and_whom_to_ask(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    words = "De går til Eksempelvik kommune. Spør der om å få se dem."
    assert words in (await client.get(tenant.link)).text
    await fill(client, tenant, "hjem", _vist=SHOWN, mott="1")
    assert words in (await client.post(f"{tenant.link}/send")).text


async def test_every_question_can_be_skipped_and_an_answer_removed(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="4", mott="1")
    await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="", bolig_fred="5")
    await client.post(f"{tenant.link}/send")
    assert await stored_answers(database, tenant) == [{"bolig_fred": 5}]


async def test_an_empty_answer_is_not_sent_and_the_page_says_why(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    page = await client.post(f"{tenant.link}/send")
    assert page.status_code == 422
    assert "<title>Feil: Se over svarene" in page.text and "Det er ikke noe å sende" in page.text
    assert await stored_answers(database, tenant) == []


async def test_answers_off_the_route_are_never_stored(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    onto = await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="1")
    assert onto.headers["location"].endswith("/side/fukt")
    await fill(client, tenant, "fukt", _vist="mangler", mangler=["1", "2"])
    off = await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="5")
    assert off.headers["location"].endswith("/side/viktig")
    gone = await client.get(f"{tenant.link}/side/fukt")
    assert gone.status_code == 303
    assert "Hva mangler" not in (await client.get(f"{tenant.link}/se-over")).text
    await client.post(f"{tenant.link}/send")
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 5}]


async def test_a_question_that_an_answer_brings_forth_is_asked_on_the_same_page(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    again = await fill(client, tenant, "hjem", _vist=SHOWN, mott="2")
    assert again.headers["location"] == f"{tenant.link}/side/hjem?flere=1#sporsmal-mott_hort"
    page = (await client.get(again.headers["location"])).text
    assert "ett spørsmål til" in page and "Ble du hørt?" in page
    on = await fill(client, tenant, "hjem", _vist=SHOWN + ",mott_hort", mott="2")
    assert on.headers["location"].endswith("/side/viktig")


async def test_switching_language_keeps_what_is_typed_and_stays_on_the_page(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    switched = await fill(client, tenant, "viktig", _vist="tema,bedre", bedre="Lys", _handling="sprak-en")
    assert switched.headers["location"] == f"{tenant.link}/side/viktig"
    page = (await client.get(switched.headers["location"])).text
    assert (
        '<html lang="en" dir="ltr">' in page
        and "What should be better?" in page
        and "\nLys</textarea>" in page
    )


async def test_changing_an_answer_from_the_overview_leads_back_to_the_overview(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    page = (await client.get(f"{tenant.link}/side/viktig?til=oversikt")).text
    assert 'name="_til" value="oversikt"' in page and "Lagre og gå til oversikten" in page
    back = await fill(client, tenant, "hjem", _vist=SHOWN, _til="oversikt", _handling="oversikt", mott="1")
    assert back.headers["location"] == f"{tenant.link}/se-over"


async def test_back_and_pause_save_and_the_same_link_resumes_where_one_left_off(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    back = await fill(client, tenant, "viktig", _vist="tema,bedre", bedre="Lys", _handling="tilbake")
    assert back.headers["location"] == f"{tenant.link}/side/hjem"
    paused = await fill(client, tenant, "viktig", _vist="tema,bedre", bedre="Mer lys", _handling="pause")
    pause = (await client.get(paused.headers["location"])).text
    assert "Åpne den samme lenken" in pause
    as_typed = tenant.link.upper().replace("/S/", "/s/")
    start = (await client.get(as_typed, follow_redirects=True)).text
    assert "Velkommen tilbake" in start
    resumed = await client.post(tenant.link, data={"fortsett": "side"}, follow_redirects=True)
    assert resumed.url.path == f"{tenant.link}/side/viktig" and "Mer lys</textarea>" in resumed.text
    assert "Mer lys</textarea>" in (await client.get(f"{tenant.link}/side/viktig")).text


async def test_the_script_saves_the_same_way_and_a_faulty_field_keeps_its_earlier_answer(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    fields = {"_side": ["viktig"], "_vist": ["tema,bedre"], "bedre": ["Lys"], "tema.1": ["2"]}
    saved = await client.post(f"{tenant.link}/utkast", json=fields)
    assert (saved.status_code, saved.content) == (204, b"")
    worse = {**fields, "bedre": ["Mer lys"], "tema.2": ["2"]}
    assert (await client.post(f"{tenant.link}/utkast", json=worse)).status_code == 204
    page = (await client.get(f"{tenant.link}/side/viktig")).text
    assert "Mer lys</textarea>" in page and re.search(r'value="2" selected', page)


ODD = "".join(chr(0x4E00 + n * 7919 % 0x5000) for n in range(2000))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bedre": "x" * 2001}, "2001 tegn. Kort den ned med 1"),
        ({"bedre": ODD}, "Teksten er 2000 tegn. Kort den ned med"),  # takes more room than letters do
        ({"tema__1": "2", "tema__2": "2"}, "det samme på plass 1 og 2"),
        ({"tema__1": "2", "tema": "254"}, "må stå alene"),
        ({"tema__1": "77"}, "ikke et av valgene"),
    ],
)
async def test_a_mistake_is_shown_on_the_page_linked_to_its_field_with_what_was_typed(
    client: httpx.AsyncClient, tenant: Invited, fields: dict[str, str], words: str
) -> None:
    page = await fill(client, tenant, "viktig", _vist="tema,bedre", **fields)
    assert page.status_code == 422
    assert page.text.count(words) == 2, "once in the summary, once at the field"
    assert "<title>Feil: Det viktigste" in page.text
    target = re.search(r'<li><a href="#([^"]+)"', page.text)
    assert target and f'id="{target[1]}"' in page.text
    if "bedre" in fields:
        assert fields["bedre"] in page.text
    if fields == {"tema__1": "2", "tema__2": "2"}:
        assert page.text.count('value="2" selected') == 2


async def test_a_draft_cannot_be_read_from_the_database_and_dies_when_the_answer_is_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await fill(client, tenant, "viktig", _vist="tema,bedre", bedre="Hemmelig ønske")
    async with database.owner() as connection:
        sealed = await connection.fetchval("select sealed from ballots.drafts")
        assert b"Hemmelig" not in sealed and b"bedre" not in sealed
        await client.post(f"{tenant.link}/send")
        assert await connection.fetchval("select count(*) from ballots.drafts") == 0


async def test_a_page_filled_in_twice_at_once_loses_neither_page(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    await asyncio.gather(
        fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="4"),
        fill(client, tenant, "viktig", _vist="tema,bedre", bedre="Lys"),
    )
    review = (await client.get(f"{tenant.link}/se-over")).text
    assert "Litt enig" in review and "Lys" in review


async def test_a_program_that_looks_at_a_link_before_its_owner_gets_the_head_and_changes_nothing(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    begun = await invite(database, b"k" * 32)
    await fill(client, begun, "viktig", _vist="tema,bedre", bedre="Lys")

    async def everything() -> list[object]:
        async with database.owner() as connection:
            tables = ("registry.invitations", "registry.campaigns", "ballots.drafts", "answers.responses")
            return [await connection.fetch(f"select xmin, * from {table}") for table in tables]  # noqa: S608

    before = await everything()
    places = ("", "/side/hjem", "/pause", "/se-over", "/send", "/angre", "/nei", "/igjen")
    addresses = ["/", "/personvern", "/s/feil", "/finnes-ikke"]
    addresses += [whose.link + place for whose in (tenant, begun) for place in places]
    for address in addresses:
        seen, looked = await client.get(address), await client.head(address)
        assert (looked.status_code, looked.content) == (seen.status_code, b""), address
        # A page that is sent from has a seed drawn anew: compressed it is a few bytes longer or shorter.
        longer = int(looked.headers["content-length"]) - int(seen.headers["content-length"])
        assert abs(longer) <= (12 if address.endswith(("/se-over", "/send")) else 0), address
    assert await everything() == before
    for place in ("/sprak", "/utkast"):
        assert (await client.head(tenant.link + place)).status_code == 405, place


async def test_stored_documents_and_codes_say_the_same(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await fill(client, tenant, "hjem", _vist=SHOWN, bolig_hjem="3", bolig_fred="254")
    await fill(client, tenant, "viktig", _vist="tema,bedre", tema__1="4", tema__2="1", bedre="Lys")
    await client.post(f"{tenant.link}/send")
    (ballot,) = await in_the_box(database, tenant.campaign_id)
    closed = {name: answer for name, answer in ballot.answers.items() if name != "bedre"}
    assert Layout.of(small_questionnaire()).unpack(ballot.codes) == closed
    assert (ballot.mode, ballot.language) == ("web", "nb")
