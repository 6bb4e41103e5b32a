"""Promises about what tenants are handed on paper: all can read or hear it, and it fits its pages."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path

import pikepdf
import pymupdf
import pytest

from forms import languages
from reports.documents import pdf, residents, stairwell
from reports.documents.plain import Plain
from reports.loop import Loop
from tests.printed import qr_code, sizes
from tests.samples import report_results as samples
from tests.samples import tenants

TOOLS = Path(sys.executable).parent
SPOKEN = languages.SPOKEN
KINDS = ("report", "pictures", "few", "poster")
OF_THE_HOUSE = ("Open-Sans", "Bostemme-Arabic", "Bostemme-Ethiopic")
ADDRESS = "https://svar.eksempelvik.example/gard/nordlysgata"
SECOND = {"nb": "ar", "ar": "nb", "ti": "en"}


def _second(language: str) -> str:
    return SECOND.get(language, "nb")


@cache
def _html(kind: str, language: str) -> tuple[str, str]:
    """With its title."""
    if kind == "few":
        few = samples.too_few()
        made = residents.html(few, tenants.listed(few, [], "hidden.few"), Loop(), language)
        return made, residents.title(few, language)
    own, found = tenants.estate(), tenants.usual()
    loop = tenants.loop(found)
    if kind == "poster":
        made = stairwell.html(own, found, loop, (language, _second(language)), address=ADDRESS)
        return made, stairwell.title(own, language)
    made = residents.html(own, found, loop, language, pictures=kind == "pictures")
    return made, residents.title(own, language)


@cache
def _written(kind: str, language: str) -> bytes:
    html, title = _html(kind, language)
    return pdf.write(html, title, language)


def _check(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / tool, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def _pages(html: str, language: str = "nb") -> int:
    with pymupdf.open(stream=pdf.write(html, "x", language)) as document:
        return len(document)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind", KINDS)
def test_the_checkers_find_no_error(kind: str, language: str, tmp_path: Path) -> None:
    file = tmp_path / "document.pdf"
    file.write_bytes(_written(kind, language))
    checked = _check("pdfua", "check", "--min-severity", "error", str(file))
    assert checked.returncode == 0, checked.stdout
    heard = _check("outloud", "--json", "-", "--quiet", str(file))
    assert heard.returncode == 0, heard.stdout
    # One letter of two in Arabic is drawn as one shape, which the reader is told by the letters beside it.
    rules = {found["rule"] for found in json.loads(heard.stdout)["results"][0]["findings"]}
    assert rules <= ({"TXT-003"} if language == "ar" else set())


@pytest.mark.parametrize("language", SPOKEN)
def test_every_letter_is_printed_in_a_typeface_of_the_house_and_large(language: str) -> None:
    for kind in KINDS:
        with pymupdf.open(stream=_written(kind, language)) as document:
            for page in document:
                for span in page.get_texttrace():
                    missing = [chr(code) for code, glyph, *_ in span["chars"] if not glyph]
                    assert not missing, (kind, page.number + 1, missing)
                    assert span["font"].startswith(OF_THE_HOUSE), span["font"]
                small = {round(size, 1) for size, _ in sizes(page) if size < 13.9}
                # Where it comes from, and the number of the page.
                assert small <= {11.0}, (kind, small)


@pytest.mark.parametrize("language", SPOKEN)
def test_the_report_has_two_to_four_pages_whatever_is_in_it(language: str) -> None:
    own, found = tenants.estate(), tenants.usual()
    long = tenants.estate(scope=tenants.LONG_NAME, organisation=f"{tenants.LONG_NAME} KF")
    same = tenants.usual(long)
    for results, findings, loop in (
        (own, found, Loop()),
        (own, found, tenants.loop(found)),
        (own, tenants.listed(own, []), Loop()),
        (own, tenants.listed(own, found.findings[:1]), tenants.loop(found, measures=1)),
        (long, same, tenants.loop(same, text=tenants.LONG, measures=9)),
        (long, same, tenants.loop(same, text="Ord uten mellomrom".replace(" ", "") * 30, measures=9)),
    ):
        assert 2 <= _pages(residents.html(results, findings, loop, language), language) <= 4
        assert _pages(residents.html(results, findings, loop, language, pictures=True), language) <= 2
    few = samples.too_few()
    for name in (few.scope, tenants.LONG_NAME):
        named = tenants.estate(**{**vars(few), "scope": name})
        none = tenants.listed(named, [], "hidden.few")
        assert _pages(residents.html(named, none, Loop(), language), language) == 1


CARD = (0xFB / 255, 0xF8 / 255, 0xF3 / 255)


@pytest.mark.parametrize("language", ["nb", "ar", "so"])
def test_no_card_is_cut_in_two_and_no_box_stands_alone_on_the_last_page(language: str) -> None:
    own, found = tenants.estate(), tenants.usual()
    for loop in (Loop(), tenants.loop(found), tenants.loop(found, measures=4)):
        made = residents.html(own, found, loop, language)
        with pymupdf.open(stream=pdf.write(made, "x", language)) as document:
            for page in document:
                words = [pymupdf.Rect(word[:4]) for word in page.get_text("words")]
                cards = [
                    one["rect"] for one in page.get_drawings() if one["fill"] and _near(one["fill"], CARD)
                ]
                for card in cards:
                    assert any(card.contains(word) for word in words), (page.number + 1, card)
            headings = made.count("<h2>", made.index('class="bp-end"'))
            last = [round(size) for size, _ in sizes(document[-1])]
            assert headings == 3 and last.count(max(last)) >= 2, last


def _near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(abs(a - b) < 0.01 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("size", stairwell.SIZES)
def test_the_poster_is_one_page_that_is_read_from_two_metres(language: str, size: stairwell.Size) -> None:
    long = tenants.estate(scope=tenants.LONG_NAME, organisation=f"{tenants.LONG_NAME} KF")
    own = tenants.estate()
    scale = 1 if size == "A3" else math.sqrt(2)
    for results, text, spoken, address in (
        (own, "Vi gjør det i vår.", (language,), ""),
        (own, "Vi gjør det i vår.", (language, _second(language)), ADDRESS),
        (long, tenants.LONG, (language, "uk" if language != "uk" else "pl"), f"{ADDRESS}/{'a' * 120}"),
    ):
        found = tenants.usual(results)
        made = stairwell.html(
            results, found, tenants.loop(found, text=text, measures=5), spoken, size=size, address=address
        )
        with pymupdf.open(stream=pdf.write(made, "x", language)) as document:
            assert len(document) == 1
            page = document[0]
            assert abs(page.rect.width * scale - 842) < 2
            told = sizes(page)
            assert min(size for size, _ in told) * scale >= 23.9
            assert max(size for size, _ in told) * scale >= 47.9
            assert all(place.x0 >= 0 and place.x1 <= page.rect.width for _, place in told)
            if address:
                assert qr_code(page).width * scale >= 150
            else:
                assert 'class="sw-qr sw-later"' in made and '<svg class="sw-qr' not in made


@pytest.mark.parametrize("language", ["nb", "ar"])
def test_headings_of_the_poster_are_large(language: str) -> None:
    say = Plain(language, tenants.estate().questionnaire).text
    with pymupdf.open(stream=_written("poster", language)) as document:
        spans = [span for block in document[0].get_text("dict")["blocks"] for line in block.get("lines", ())
                 for span in line["spans"]]  # fmt: skip
    if language == "nb":
        (next_step,) = [span for span in spans if span["text"].strip() == say("poster.next")]
        assert next_step["size"] >= 47.9
    assert sum(span["size"] >= 47.9 for span in spans) >= 4, "the name, and the results"


def test_arabic_reports_are_read_from_the_right() -> None:
    with pymupdf.open(stream=_written("report", "ar")) as document:
        page = document[0]
        words = [word for word in page.get_text("words") if word[4] == "Nordlysgata"]
        assert words, "names keep their own order"
        rights = [word[2] for word in page.get_text("words")]
        assert max(rights) > page.rect.width - 70, "text begins at the right"
        counts = [word[4] for word in page.get_text("words") if word[1] > page.rect.height - 50]
        assert "/" in counts and counts.index("1") < counts.index("/"), "1 / 3 and not 3 / 1"


@pytest.mark.parametrize("kind", KINDS)
def test_every_drawing_has_a_text_of_its_own(kind: str) -> None:
    with pikepdf.open(io.BytesIO(_written(kind, "nb"))) as document:
        figures = [one for one in pdf._elements(document.Root.StructTreeRoot) if one.S == "/Figure"]
        assert all(len(str(figure.get("/Alt", ""))) > 2 for figure in figures)
        assert len(figures) >= {"report": 6, "pictures": 14, "few": 0, "poster": 7}[kind]


def test_it_is_heard_in_the_order_in_which_it_is_meant(tmp_path: Path) -> None:
    """The words of the tags, one after the other, as a reader aloud says them."""
    with pymupdf.open(stream=_written("report", "nb")) as document:
        heard = " ".join("".join(page.get_text() for page in document).split())
    order = ["Dette sa dere om å bo i", "Om lag 95 av 180 hjem svarte.", "Dette er bra", "Trygg hjemme",
             "Dette er ikke bra", "Dette skjer nå", "Svar fra utleieren", "Dette skal gjøres",
             "Dette ble avtalt sist", "Når får dere vite mer?", "Hvem kan du spørre?",
             "Ingen ser hva du svarte"]  # fmt: skip
    places = [heard.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_results_give_the_same_bytes(kind: str) -> None:
    html, title = _html(kind, "nb")
    assert pdf.write(html, title, "nb") == _written(kind, "nb")
