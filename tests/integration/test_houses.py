"""The page of a house: those who answered hear back, at an address that stays, in nine languages."""

from __future__ import annotations

import html
import re

import asyncpg
import httpx
import pytest

from survey.database.pool import Database
from tests import offices
from tests.integration.test_editions import Press, office, press  # noqa: F401 - fixtures
from tests.offices import Office

DOCUMENTS = ["utleier", "beboer", "oppslag"]


def _links(page: str) -> list[str]:
    return re.findall(r'href="(/hus/[^"]+\.pdf)"', page)


async def _published(press: Press, languages: list[str], **more: str) -> tuple[str, str]:  # noqa: F811
    """(address of the edition, path of a house)."""
    ordered = await press.order(document=DOCUMENTS, language=languages, place=["estates"], **more)
    assert ordered.status_code == 303, ordered.text[:300]
    edition = await press.ready()
    address = f"{press.home}/{edition.id}"
    page = (await press.client.get(address)).text
    houses = dict(re.findall(r'href="[^"]*(/hus/[0-9a-z]{16})">([^<]+)</a>', page))
    path = next(path for path, name in houses.items() if name == "Nordlysgata 4-18")
    return address, path


async def test_nothing_is_on_the_page_of_a_house_before_it_is_published_nor_after_it_is_withdrawn(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    address, path = await _published(press, ["nb"])
    before = await client.get(path)
    assert before.status_code == 200 and "Ingenting er lagt ut her ennå." in before.text
    assert (await client.get(f"{path}{address.rpartition('/')[2]}/1/dokument.pdf")).status_code == 404
    assert (await press.do(address, "publiser")).status_code == 303
    told = html.unescape((await client.get(path)).text)
    assert "Nordlysgata 4-18" in told and "bm-plain" in told and "<script" not in told
    links = re.findall(rf'href="({path}/[^"]+\.pdf)"', told)
    assert len(links) == 2  # the report and the notice; the landlord's report is not for everybody
    for link in links:
        assert (await client.get(link)).content.startswith(b"%PDF-")
    assert (await press.do(address, "trekk")).status_code == 303
    assert "Ingenting er lagt ut her ennå." in (await client.get(path)).text
    assert (await client.get(links[0])).status_code == 404


async def test_the_report_is_read_in_the_readers_language_where_it_was_frozen_in_that(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    address, path = await _published(press, ["nb", "ar"])
    await press.do(address, "publiser")
    arabic = (await client.get(f"{path}?sprak=ar")).text
    assert 'lang="ar" dir="rtl"' in arabic and "كل ما نُشر" in arabic
    assert re.search(r'<article class="bm-plain[^"]*" lang="ar" dir="rtl"', arabic)
    other = (await client.get(f"{path}?sprak=uk")).text
    assert re.search(r'<article class="bm-plain[^"]*" lang="nb"', other)
    assert (await client.get("/hus.css")).headers["content-type"].startswith("text/css")


async def test_an_address_once_given_stays_and_old_versions_say_that_there_is_a_newer(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    first, path = await _published(press, ["nb"])
    await press.do(first, "publiser")
    second, again = await _published(press, ["nb"], erratum="Fristen var feil.")
    assert again == path
    await press.do(second, "publiser")
    told = html.unescape((await client.get(path)).text)
    assert told.count("Det finnes en nyere versjon.") == 2 and "Fristen var feil." in told
    of_first = next(link for link in _links(told) if first.rpartition("/")[2] in link)
    asked = await client.get(of_first)
    page = html.unescape(asked.text)
    assert "Det finnes en nyere versjon." in page and "Fristen var feil." in page
    newest = _links(page)[0]
    assert second.rpartition("/")[2] in newest
    assert (await client.get(newest)).content.startswith(b"%PDF-")
    assert (await client.get(f"{of_first}?likevel=1")).content.startswith(b"%PDF-")


async def test_what_a_correction_said_was_wrong_stays_said_when_the_correction_is_withdrawn(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    first, path = await _published(press, ["nb"])
    await press.do(first, "publiser")
    second, _ = await _published(press, ["nb"], erratum="Tallene om støy var feil.")
    assert "Tallene om støy" not in (await client.get(path)).text  # not out yet
    await press.do(second, "publiser")
    await press.do(second, "trekk")
    told = html.unescape((await client.get(path)).text)
    before_report = told.partition("<article")[0]
    assert "Dette var feil i denne versjonen:" in before_report
    assert "Tallene om støy var feil." in before_report
    assert told.count("Tallene om støy var feil.") == 3  # above the report, and beside both files
    asked = html.unescape((await client.get(_links(told)[0])).text)
    assert "Tallene om støy var feil." in asked


async def test_the_page_says_what_was_wrong_in_the_readers_language_where_it_was_written_in_that(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    words = {"erratum": "Tallene om støy var feil.", "erratum-en": "The noise figures were wrong."}
    first, path = await _published(press, ["nb"])
    await press.do(first, "publiser")
    second, _ = await _published(press, ["nb"], **words)
    await press.do(second, "publiser")

    async def read(language: str) -> list[str]:
        """The page; that of an older document, which stands before it."""
        page = (await client.get(f"{path}?sprak={language}")).text
        older = next(link for link in _links(page) if first.rpartition("/")[2] in link)
        own = (await client.get(f"{older}?sprak={language}")).text
        return [html.unescape(own), html.unescape(page).rpartition("</article>")[2]]

    for told in await read("en"):
        assert '<bdi lang="en">The noise figures were wrong.</bdi>' in told
        assert "Tallene om støy" not in told
    for language in ("nb", "nn", "ar"):
        for told in await read(language):
            assert '<bdi lang="no">Tallene om støy var feil.</bdi>' in told
            assert "The noise figures" not in told
    await press.do(second, "trekk")
    page = html.unescape((await client.get(f"{path}?sprak=en")).text)
    assert page.count('<bdi lang="en">The noise figures were wrong.</bdi>') == 3


async def test_a_reader_whose_language_the_report_is_not_in_is_told_so_and_which_there_are(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
) -> None:
    offered = (await press.client.get(press.home)).text
    assert all(f'name="language" value="{code}"' in offered for code in ("nb", "se", "ar", "ti"))
    address, path = await _published(press, ["nb", "uk"])
    await press.do(address, "publiser")
    arabic = html.unescape((await client.get(f"{path}?sprak=ar")).text).partition("<article")[0]
    assert "وهو متوفر باللغات التالية" in arabic and 'lang="nb"' in arabic and 'lang="uk"' in arabic
    assert "Den finnes på:" not in (await client.get(path)).text


async def test_no_house_is_found_by_guessing_and_no_other_role_reads_what_is_not_published(
    press: Press,  # noqa: F811
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    for path in ("/hus/0000000000000000", "/hus/x", "/hus/'--"):
        assert (await client.get(path)).status_code == 404
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.phone() as connection:
            await connection.fetch("select * from loop.edition_files")
    other = await offices.found(database, "Nabovik kommune (oppdiktet)", fictitious=True)
    address, path = await _published(press, ["nb"])
    await offices.sign_in(client, other)
    assert (await client.get(address)).status_code == 404
