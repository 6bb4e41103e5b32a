"""Every wrong turn gets one clear sentence, the right status, and loses nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from survey.ballots.tokens import new_token
from survey.database.pool import Database
from survey.settings import Settings
from tests.tenants import TODAY, Invited, invite, stored_answers


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key)


@pytest.mark.parametrize("written", ["feil", "a" * 19, "u" * 20, "x" * 5000, "%00", "æøå"])
async def test_a_link_that_is_not_whole_says_so_and_takes_the_code(
    client: httpx.AsyncClient, written: str
) -> None:
    page = await client.get(f"/s/{written}")
    assert page.status_code == 404
    assert "Lenken er ikke hel" in page.text and 'name="kode"' in page.text


async def test_an_unknown_link_is_not_found_on_every_address(client: httpx.AsyncClient) -> None:
    link = f"/s/{new_token()}"
    for place in ("", "/side/hjem", "/pause", "/se-over", "/takk"):
        page = await client.get(link + place)
        assert (page.status_code, "Vi finner ikke denne lenken" in page.text) == (404, True), place
    for place in ("", "/side/hjem", "/send"):
        page = await client.post(link + place, data={"_handling": "neste"})
        assert page.status_code == 404, place
    assert (await client.post(f"{link}/utkast", json={})).status_code == 404
    english = await client.get(link, headers={"Accept-Language": "en"})
    assert "We cannot find this link" in english.text and '<html lang="en">' in english.text


@pytest.mark.parametrize(
    ("status", "opens_in", "closes_in", "code", "words"),
    [
        ("closed", -30, -3, 410, "Undersøkelsen er over"),
        ("open", -30, -1, 410, "Undersøkelsen er over"),
        ("open", 1, 20, 403, "Undersøkelsen har ikke startet ennå"),
        ("draft", -1, 20, 403, "Undersøkelsen har ikke startet ennå"),
    ],
)
async def test_a_round_that_is_over_or_not_begun_says_when_and_takes_nothing(
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    status: str,
    opens_in: int,
    closes_in: int,
    code: int,
    words: str,
) -> None:
    tenant = await invite(
        database,
        settings.secret_key,
        status=status,
        opens_on=TODAY + timedelta(days=opens_in),
        closes_on=TODAY + timedelta(days=closes_in),
    )
    page = await client.get(tenant.link)
    assert page.status_code == code
    assert words in page.text and str(TODAY.year)[:2] in page.text and "Eksempelvik kommune" in page.text
    assert (await client.post(f"{tenant.link}/send")).status_code == code
    saved = await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    assert saved.status_code == code
    assert await stored_answers(database, tenant) == []


async def test_a_used_link_shows_the_receipt_and_changes_nothing(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    await client.post(f"{tenant.link}/send")
    assert (await client.get(tenant.link)).status_code == 200
    for response in (
        await client.post(f"{tenant.link}/send"),
        await client.get(f"{tenant.link}/side/hjem"),
        await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "2"}),
    ):
        assert response.status_code == 409
        assert "Du har allerede svart" in response.text and "Kvittering" in response.text
    assert (await client.post(f"{tenant.link}/utkast", json={"_side": ["hjem"]})).status_code == 409
    assert await stored_answers(database, tenant) == [{"mott": 1}]


async def test_a_page_that_does_not_exist_leads_back_to_the_survey(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    page = await client.get(f"{tenant.link}/side/finnes_ikke")
    assert page.status_code == 404
    assert "Denne siden finnes ikke" in page.text and f'href="{tenant.link}"' in page.text


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"bedre=%ff%fe", FORM, 400),
        (b"\xff\xfe", FORM, 400),
        (b"&".join([b"a=1"] * 2000), FORM, 400),
        (b'{"a": 1}', {"Content-Type": "application/json"}, 400),
        (b"bedre=" + b"x" * 250_000, FORM, 413),
        (b"", {"Content-Type": "multipart/form-data"}, 400),
    ],
)
async def test_a_malformed_or_oversized_post_is_refused_and_earlier_answers_stay(
    client: httpx.AsyncClient, tenant: Invited, body: bytes, headers: dict[str, str], status: int
) -> None:
    await client.post(f"{tenant.link}/side/viktig", data={"_vist": "bedre", "bedre": "Mer lys"})
    page = await client.post(f"{tenant.link}/side/viktig", content=body, headers=headers)
    assert page.status_code == status
    assert "i behold" in page.text and "<h1>" in page.text
    assert "Mer lys" in (await client.get(f"{tenant.link}/se-over")).text


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"a": "b"}', b'{"a": [1]}', b"[" * 100_000, b'{"_side": ["\\ud800"]}']
)
async def test_a_malformed_autosave_is_refused(
    client: httpx.AsyncClient, tenant: Invited, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    page = await client.post(f"{tenant.link}/utkast", content=body, headers=headers)
    assert page.status_code in (400, 404)


async def test_characters_no_database_holds_are_taken_out_and_the_rest_is_kept(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    fields = {"_side": ["viktig"], "_vist": ["bedre"], "bedre": ["Mer\u0000 lys \ud83d\ude00\ud800"]}
    headers = {"Content-Type": "application/json"}
    saved = await client.post(f"{tenant.link}/utkast", content=json.dumps(fields), headers=headers)
    assert saved.status_code == 204
    await client.post(f"{tenant.link}/send")
    assert await stored_answers(database, tenant) == [{"bedre": "Mer lys 😀"}]


async def test_what_is_typed_is_shown_as_text_never_as_markup(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    await client.post(
        f"{tenant.link}/side/viktig", data={"_vist": "bedre", "bedre": "</textarea><script>x</script>"}
    )
    for place in ("/side/viktig", "/se-over"):
        assert "<script>x" not in (await client.get(tenant.link + place)).text


@pytest.mark.parametrize("spelling", ["{0}", " {1} ", "{2}", "http://localhost:8000/s/{0}"])
async def test_a_code_may_be_typed_with_capitals_and_spaces(
    client: httpx.AsyncClient, tenant: Invited, spelling: str
) -> None:
    token = tenant.token
    typed = spelling.format(token, token.upper(), "-".join(token[i : i + 4] for i in range(0, 20, 4)))
    reply = await client.post("/", data={"kode": typed, "sprak": "nn"})
    assert (reply.status_code, reply.headers["location"]) == (303, f"{tenant.link}?sprak=nn")


async def test_a_wrong_code_is_explained_at_the_field(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"kode": "k7qf"})
    assert page.status_code == 422
    assert "Koden stemmer ikke" in page.text and 'value="k7qf"' in page.text
    assert "<title>Feil:" in page.text


async def test_the_privacy_page_tells_what_is_not_in_place_yet(client: httpx.AsyncClient) -> None:
    for language, words in (
        ("nb", "ikke på plass ennå"),
        ("nn", "ikkje på plass"),
        ("en", "not in place yet"),
    ):
        page = await client.get("/personvern", params={"sprak": language})
        assert page.status_code == 200 and words in page.text
