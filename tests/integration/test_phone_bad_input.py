"""Every wrong turn gets one clear sentence, the right status, and loses nothing."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import urlsafe_b64encode
from datetime import date, timedelta

import httpx
import pytest

from survey.ballots import tokens
from survey.ballots.tokens import new_token
from survey.database.pool import Database
from survey.days import long_date
from survey.settings import Settings
from tests.tenants import Invited, invite, press_send, send_form, stored_answers
from tests.waiting import until


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


@pytest.mark.parametrize("written", ["feil", "x" * 5000, "%00", "æøå", "a%0d%0aset-cookie:%20a=b"])
async def test_an_open_link_that_cannot_be_one_is_not_found_whatever_is_sent_to_it(
    client: httpx.AsyncClient, written: str
) -> None:
    for page in (await client.get(f"/a/{written}"), await client.post(f"/a/{written}", data={"sprak": "nb"})):
        assert page.status_code == 404 and "set-cookie" not in page.headers
        assert "Vi finner ikke denne lenken" in page.text


async def test_an_unknown_link_is_not_found_on_every_address(client: httpx.AsyncClient) -> None:
    link = f"/s/{new_token()}"
    for place in ("", "/side/hjem", "/pause", "/se-over", "/angre", "/nei", "/igjen"):
        page = await client.get(link + place)
        assert (page.status_code, "Vi finner ikke denne lenken" in page.text) == (404, True), place
    for place in ("", "/side/hjem", "/send", "/angre", "/nei", "/igjen", "/slett"):
        page = await client.post(link + place, data={"_handling": "neste"})
        assert page.status_code == 404, place
    assert (await client.post(f"{link}/utkast", json={})).status_code == 404
    english = await client.get(link, headers={"Accept-Language": "en"})
    assert "We cannot find this link" in english.text and '<html lang="en" dir="ltr">' in english.text


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
        opens_on=date.today() + timedelta(days=opens_in),
        closes_on=date.today() + timedelta(days=closes_in),
    )
    page = await client.get(tenant.link)
    assert page.status_code == code
    assert (
        words in page.text and str(date.today().year)[:2] in page.text and "Eksempelvik kommune" in page.text
    )
    assert (await client.post(f"{tenant.link}/send")).status_code == code
    saved = await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    assert saved.status_code == code
    assert await stored_answers(database, tenant) == []


RESULTS = 21  # days from the deadline to the results, in `invite`


def _with_days(words: str) -> str:
    """With the day in so many days instead of <days>."""
    return re.sub("<(-?[0-9]+)>", lambda days: _day(int(days[1])), words)


def _day(days: int) -> str:
    return long_date(date.today() + timedelta(days=days), "nb")


@pytest.mark.parametrize(
    ("closes_in", "closed_in", "words"),
    [
        (60, 0, "Den ble avsluttet <0>, før fristen var ute."),
        (-2, None, "Den tok imot svar til og med <-2>."),
        (-9, -3, "Den tok imot svar til og med <-9>."),
    ],
)
async def test_a_round_that_is_over_tells_the_last_day_it_took_answers(
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    closes_in: int,
    closed_in: int | None,
    words: str,
) -> None:
    tenant = await invite(
        database,
        settings.secret_key,
        status="open" if closed_in is None else "closed",
        opens_on=date.today() - timedelta(days=30),
        closes_on=date.today() + timedelta(days=closes_in),
        closed_on=None if closed_in is None else date.today() + timedelta(days=closed_in),
    )
    page = await client.get(tenant.link)
    assert page.status_code == 410 and _with_days(words) in page.text
    assert f"Resultatene skal være klare {_day(closes_in + RESULTS)}." in page.text
    assert "De går til Eksempelvik kommune." in page.text
    assert f"til og med {_day(60)}" not in page.text, "a day to come is told as past"


async def test_results_that_should_have_come_are_not_told_as_to_come(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    tenant = await invite(
        database,
        settings.secret_key,
        status="closed",
        opens_on=date.today() - timedelta(days=90),
        closes_on=date.today() - timedelta(days=60),
    )
    page = await client.get(tenant.link)
    assert f"Resultatene skulle være klare {_day(RESULTS - 60)}." in page.text


async def test_one_who_sends_as_the_round_closes_is_told_the_day_it_was_closed(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    async with database.owner() as office:
        await office.execute("update registry.campaigns set status = 'closed', closed_on = current_date")
        sending = asyncio.create_task(client.post(f"{tenant.link}/send"))
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        await until(lambda: office.fetchval(waiting), "it waits until the round is closed", does=sending)
    page = await sending
    assert page.status_code == 410
    assert f"Den ble avsluttet {_day(0)}, før fristen var ute." in page.text
    assert await stored_answers(database, tenant) == []


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "words"),
    [
        (3, 20, "Planen er at du kan svare fra <3> til og med <20>."),
        (0, 20, "Planen var <0>, men Eksempelvik kommune har ikke åpnet den."),
        (-5, 20, "Planen var <-5>, men Eksempelvik kommune har ikke åpnet den."),
        (-30, -3, "Planen var <-30>, men Eksempelvik kommune har ikke åpnet den."),
    ],
)
async def test_a_round_the_office_has_not_opened_promises_no_day_that_has_come(
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    opens_in: int,
    closes_in: int,
    words: str,
) -> None:
    tenant = await invite(
        database,
        settings.secret_key,
        status="draft",
        opens_on=date.today() + timedelta(days=opens_in),
        closes_on=date.today() + timedelta(days=closes_in),
    )
    page = await client.get(tenant.link)
    assert (page.status_code, _with_days(words) in page.text) == (403, True)
    assert "Undersøkelsen har ikke startet ennå" in page.text
    assert opens_in > 0 or "ny dato" in page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("Lenken viser aldri om den er brukt", "Det er svart med denne lenken", "er ikke lagret")),
        ("nn", ("Lenkja viser aldri om ho er brukt", "Det er svart med denne lenkja", "er ikkje lagra")),
        ("en", ("never shows whether it has been used", "This link has been answered", "is not saved")),
    ],
)
async def test_a_used_link_shows_the_questions_and_says_so_when_one_sends_again(
    client: httpx.AsyncClient, tenant: Invited, database: Database, language: str, words: tuple[str, str, str]
) -> None:
    silent, told, kept = words
    client.headers["Accept-Language"] = language
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    assert silent in (await client.get(f"{tenant.link}/se-over")).text
    await press_send(client, tenant.link)
    start = await client.get(tenant.link)
    assert start.status_code == 200 and silent in start.text and f"/kvittering?sprak={language}" in start.text
    again = await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "2"})
    assert again.status_code == 303, "a second person of the home writes, too"
    late = await press_send(client, tenant.link)
    assert late.status_code == 409 and told in late.text and kept in late.text
    assert f"/kvittering?sprak={language}" in late.text
    assert await stored_answers(database, tenant) == [{"mott": 1}]
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.drafts") == 0, "nothing was kept"


async def test_nothing_is_said_of_a_link_when_there_is_nothing_to_send(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    before = await client.post(f"{tenant.link}/send")
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    await press_send(client, tenant.link)
    after = await client.post(f"{tenant.link}/send")
    for page in (before, after):
        assert page.status_code == 422 and "Har du alt sendt, er du ferdig." in page.text


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b'{"language": "nb", "answers": [], "page": ""}',
        b'{"language": [], "answers": {"mott": 77, "finnes_ikke": 1, "bedre": {"a": 1}}, "page": ""}',
        b'{"language": "nb", "answers": {"bedre": 5, "tema": [1, 1], "mott": NaN}, "page": {}}',
        b'{"language": "nb", "answers": {"mott": 1}, "page": "", "linked": "x"}',
        b'{"language": "nb", "answers": {"bedre": "' + b"x" * 100_000 + b'"}, "page": ""}',
        b'{"language": "nb", "answers": {"mott": 1e999}, "page": "", "version": ""}',
        b'{"language": "nb", "answers": {"mott": 1}, "page": "", "replaces": "no hash"}',
        b"\xff\xfe",
    ],
)
async def test_a_draft_that_somebody_wrote_with_the_link_s_own_key_sends_nothing_that_is_no_answer(
    client: httpx.AsyncClient, tenant: Invited, database: Database, document: bytes
) -> None:
    """Were the secret known, whoever has the link had its key: what a page carries is looked at like anything
    that is sent."""
    carried = urlsafe_b64encode(tokens.seal_draft(b"k" * 32, tenant.token, document)).decode()
    page = await client.post(f"{tenant.link}/send", data={"utkast": carried})
    assert page.status_code == 422 and "Det er ikke noe å sende" in page.text
    assert await stored_answers(database, tenant) == []


async def test_of_a_draft_that_a_page_carries_what_is_an_answer_is_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    """It was thrown away on another screen; who sends what stands before her sends it."""
    answers = {"mott": 1, "bolig_hjem": 99, "bedre": "Lys\x00"}
    document = json.dumps({"language": "nb", "answers": answers, "page": ""})
    carried = urlsafe_b64encode(tokens.seal_draft(b"k" * 32, tenant.token, document.encode())).decode()
    assert (await client.post(f"{tenant.link}/send", data={"utkast": carried})).status_code == 200
    assert await stored_answers(database, tenant) == [{"mott": 1, "bedre": "Lys"}]


@pytest.mark.parametrize("carried", ["", "AAAA", "æøå", "=", "x" * 5000])
async def test_a_draft_that_a_page_carries_and_that_is_not_of_this_link_is_not_sent(
    client: httpx.AsyncClient, tenant: Invited, database: Database, carried: str
) -> None:
    assert (await client.post(f"{tenant.link}/send", data={"utkast": carried})).status_code == 422
    other = await invite(database, b"k" * 32)
    await client.post(f"{other.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    forged = (await send_form(client, other.link))["utkast"]
    assert (await client.post(f"{tenant.link}/send", data={"utkast": forged})).status_code == 422
    assert await stored_answers(database, tenant) == []


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
    "fields",
    [
        {"bedre": "Mer lys og en benk"},
        {"_vist": "", "bedre": "Mer lys og en benk"},
        {"_vist": "bedre,ukjent", "bedre": "Mer lys og en benk"},
        {"_vist": "tema,bedre", "bedre": "Mer lys og en benk", "ukjent": "1"},
        {"_vist": "tema,bedre", "bedre": "Mer lys og en benk", "tema.9": "1"},
        {"_vist": "bedre", "bedre": "Mer lys og en benk", "tema.1": "1"},
        {"_vist": "mott", "mott": "1"},
    ],
)
async def test_fields_that_are_not_those_of_the_page_are_refused_whole_and_earlier_answers_stay(
    client: httpx.AsyncClient, tenant: Invited, database: Database, fields: dict[str, str]
) -> None:
    place = f"{tenant.link}/side/viktig"
    await client.post(place, data={"_vist": "tema,bedre", "bedre": "Mer lys", "tema.1": "2"})
    page = await client.post(place, data={"_handling": "neste", **fields})
    assert page.status_code == 400
    assert "Svarene fra denne siden kom ikke frem som de skulle" in page.text and "i behold" in page.text
    assert f'href="{tenant.link}"' in page.text and "Eksempelvik kommune" in page.text
    autosave = {"_side": ["viktig"], **{name: [value] for name, value in fields.items()}}
    assert (await client.post(f"{tenant.link}/utkast", json=autosave)).status_code == 400
    await client.post(f"{tenant.link}/send")
    assert await stored_answers(database, tenant) == [{"tema": [2], "bedre": "Mer lys"}]


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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("k7qf", "Koden skal ha 12 bokstaver og tall. Du har skrevet 4."),
        ("2222-2222-2223", "Koden stemmer ikke."),
    ],
)
async def test_a_wrong_code_is_explained_at_the_field(
    client: httpx.AsyncClient, typed: str, told: str
) -> None:
    page = await client.post("/", data={"kode": typed})
    assert page.status_code == 422
    assert told in page.text and f'value="{typed}"' in page.text
    assert "<title>Feil:" in page.text


async def test_the_privacy_page_tells_what_we_cannot_protect_against(client: httpx.AsyncClient) -> None:
    for language, words in (
        ("nb", "kan vi ikke beskytte deg mot"),
        ("nn", "kan vi ikkje verne deg mot"),
        ("en", "cannot protect you against"),
    ):
        page = await client.get("/personvern", params={"sprak": language})
        assert page.status_code == 200 and words in page.text
