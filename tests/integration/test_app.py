"""What every visitor can count on, whatever the room."""

from __future__ import annotations

import httpx
import pytest

from forms.languages import SPOKEN
from survey.database.pool import Database
from survey.faults import WORDED, page, preferred_language


async def test_the_health_check_says_ok_when_the_database_answers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/helse")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_whoever_watches_over_the_service_need_not_fetch_a_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/helse")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("accept", "language", "words"),
    [
        ("nb-NO", "nb", "Vi fant ikke siden"),
        ("nn-NO,en;q=0.5", "nn", "Vi fann ikkje sida"),
        ("en-GB", "en", "We could not find the page"),
        ("de", "nb", "Vi fant ikke siden"),
        ("se-NO,nb;q=0.5", "se", "Eat gávdnan siiddu"),
        ("pl", "pl", "Nie znaleźliśmy tej strony"),
        ("uk", "uk", "Ми не знайшли цієї сторінки"),
        ("so", "so", "Ma helin bogga"),
        ("ti", "ti", "ነቲ ገጽ ኣይረኸብናዮን"),
    ],
)
async def test_a_wrong_address_is_explained_in_the_readers_language(
    client: httpx.AsyncClient, accept: str, language: str, words: str
) -> None:
    answer = await client.get("/no-such-page", headers={"accept-language": accept})
    assert answer.status_code == 404
    assert words in answer.text
    assert f'<html lang="{language}" dir="ltr">' in answer.text


async def test_a_wrong_address_in_arabic_runs_from_the_right_and_the_console_keeps_to_its_three_languages(
    client: httpx.AsyncClient,
) -> None:
    arabic = (await client.get("/s/abc/finnes-ikke?sprak=ar")).text
    assert '<html lang="ar" dir="rtl">' in arabic and "لم نجد هذه الصفحة" in arabic and "مسودة" in arabic
    office = (await client.get("/kontor/finnes-ikke?sprak=ar", headers={"accept-language": "ar"})).text
    assert '<html lang="nb" dir="ltr">' in office and "sprak=ar" not in office


@pytest.mark.parametrize("status", sorted(WORDED))
def test_every_fault_has_words_in_every_language(status: int) -> None:
    pages = {language: page(status, language, to_read=True) for language in SPOKEN}
    assert len(set(pages.values())) == len(SPOKEN)


@pytest.mark.parametrize("path", ["/no-such-page", "/s/abc/no-such-page", "/kontor/finnes/ikke"])
async def test_a_wrong_address_can_be_read_in_another_language(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path, headers={"accept-language": "nb"})
    assert 'href="?sprak=en"' in first.text and 'aria-current="true">Bokmål' in first.text
    second = await client.get(f"{path}?sprak=en", headers={"accept-language": "nb"})
    assert "We could not find the page" in second.text and '<html lang="en" dir="ltr">' in second.text
    sent = await client.post(path)
    assert "?sprak" not in sent.text, "what was sent cannot be sent again by a link"


async def test_a_page_used_the_wrong_way_is_explained(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/helse")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "bruk knappene" in answer.text


@pytest.mark.parametrize(
    ("path", "home"), [("/finnes-ikke", "/"), ("/kontor/finnes/ikke", "/kontor"), ("/kontoret", "/")]
)
async def test_a_wrong_address_leads_back_to_where_one_came_from(
    client: httpx.AsyncClient, path: str, home: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404 and f'<a href="{home}">' in answer.text


@pytest.mark.parametrize("path", ["/helse", "/no-such-page", "/static/app/fault.css"])
async def test_no_answer_may_be_framed_or_tell_others_where_it_came_from(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_pages_are_not_kept_but_style_sheets_are(client: httpx.AsyncClient) -> None:
    assert (await client.get("/helse")).headers["cache-control"] == "no-store"
    assert "max-age" in (await client.get("/static/app/fault.css")).headers["cache-control"]


async def test_files_outside_the_static_folders_are_not_served(client: httpx.AsyncClient) -> None:
    for path in ("/static/app/../settings.py", "/static/app/%2e%2e/settings.py", "/static/app//etc/passwd"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("accept", "language"),
    [("", "nb"), ("*", "nb"), ("no", "nb"), ("sv", "nb"), ("en;q=0.1, nn;q=0.9", "nn"), ("x;q=y,,;;", "nb")],
)
def test_any_language_header_leads_to_a_language_we_have(accept: str, language: str) -> None:
    assert preferred_language(accept) == language


async def test_a_database_that_is_away_gives_503_and_a_sentence(
    client: httpx.AsyncClient, database: Database
) -> None:
    await database.close()
    answer = await client.get("/helse")
    assert answer.status_code == 503
    assert "ikke tilgjengelig" in answer.text
