"""Promises about the PDF: everybody can read it, and it is whole in itself."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pymupdf
import pytest

from reports.documents import landlord, pdf
from reports.errors import PdfUnavailable
from reports.results import Results
from tests.samples import demonstration
from tests.samples import report_results as samples

TOOLS = Path(sys.executable).parent
FULL = samples.FINDINGS


def _pdf(results: Results, language: str = "nb") -> bytes:
    return pdf.write(landlord.html(results, language), landlord.title(results, language), language)


def _of_sample(sample: Callable[[], Results], language: str = "nb") -> bytes:
    return _written_once(sample, language)


@cache  # which tells a language that is given from the same one by default
def _written_once(sample: Callable[[], Results], language: str) -> bytes:
    found = {"findings": FULL} if sample in (samples.eksempelvik, samples.all_estates) else {}
    return _pdf(replace(sample(), **found), language)


def _of_demonstration(estate: str | None, language: str = "nb") -> bytes:
    return _demonstrated(estate, language)


@cache
def _demonstrated(estate: str | None, language: str) -> bytes:
    return _pdf(replace(demonstration.results(estate), declared_grade=4), language)


@pytest.fixture
def estate() -> bytes:
    return _of_sample(samples.eksempelvik)


def _check(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / tool, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("sample", "language"),
    [
        (samples.eksempelvik, "nb"),
        (samples.all_estates, "nn"),
        (samples.hidden_cells, "nb"),
        (samples.closed, "nb"),
        (samples.too_few, "en"),
        (samples.copenhagen, "nb"),
    ],
)
def test_the_checkers_find_no_error(sample: Callable[[], Results], language: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(_of_sample(sample, language))
    pdfua = _check("pdfua", "check", str(file))
    assert pdfua.returncode in (0, 1, 2), pdfua.stdout
    outloud = _check("outloud", "--json", "-", "--quiet", str(file))
    assert outloud.returncode == 0, outloud.stdout


@pytest.mark.parametrize(
    ("estate", "language"),
    [
        (None, "nb"),
        (None, "nn"),
        (None, "en"),
        ("Solbakken", "nb"),
        ("Solbakken", "en"),
        ("Nordlia", "nb"),
        ("Nordlia", "nn"),
        ("Nordlia", "en"),
    ],
)
def test_a_report_of_the_demonstration_has_eight_to_fourteen_pages_and_none_is_nearly_empty(
    estate: str | None, language: str
) -> None:
    with pymupdf.open(stream=_of_demonstration(estate, language)) as document:
        # English takes more room; the report that most will print is in Norwegian.
        assert 8 <= len(document) <= (16 if language == "en" else 14)
        assert min(len(page.get_text()) for page in document) > 300


def test_where_few_have_answered_the_report_is_short_and_where_too_few_it_is_one_page() -> None:
    with pymupdf.open(stream=_of_demonstration("Fjordgløtt")) as document:
        assert len(document) == 7, "what may be told, and the questions to talk about instead"
        assert min(len(page.get_text()) for page in document) > 300
    with pymupdf.open(stream=_of_sample(samples.too_few)) as document:
        assert len(document) == 1


@pytest.mark.parametrize("estate", [None, "Fjordgløtt", "Nordlia"])
def test_the_page_is_painted_in_the_order_in_which_it_is_read(estate: str | None, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(_of_demonstration(estate))
    report = json.loads(_check("outloud", "--json", "-", "--quiet", str(file)).stdout)
    assert [found["rule"] for found in report["results"][0]["findings"]] == []


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_report_weighted_to_the_register_has_no_page_that_is_nearly_empty(language: str) -> None:
    with pymupdf.open(stream=_pdf(demonstration.weighted(), language)) as document:
        assert len(document) <= (16 if language == "en" else 14)
        assert min(len(page.get_text()) for page in document) > 300
        # The question is not parted from its bars, nor the advice from the chapter.
        assert any(
            "register" in text.lower()
            and all(word in text for word in ("44", "53", "13", "20"))
            and len(text.split()) > 150
            for text in (page.get_text() for page in document)
        )


def test_the_tables_of_many_estates_begin_under_their_headings_and_go_on_over_pages() -> None:
    with pymupdf.open(stream=_pdf(replace(samples.many_estates(), findings=FULL))) as document:
        texts = [page.get_text() for page in document]
    assert min(map(len, texts)) > 300
    for heading in ("Hvem har svart, og hvem mangler?", "Samlet poengsum i hver leiegård"):
        assert any(heading in text and re.search(r"Gata 1\b", text) for text in texts)
    # Every page of a table says again what its columns are.
    assert all("LEIEGÅRD" in text.upper() for text in texts if text.count("\nGata ") > 3)


def test_a_chapter_that_fits_its_page_stands_on_it_and_no_sentence_has_a_page_of_its_own() -> None:
    with pymupdf.open(stream=_pdf(samples.many_estates(14))) as document:
        texts = [page.get_text() for page in document]
    assert sum("De andre spørsmålene" in text for text in texts) == 4
    assert all(" av 100" in text for text in texts if "De andre spørsmålene" in text), (
        "a chapter begins there"
    )
    assert min(map(len, texts)) > 300


def test_the_copenhagen_report_has_seven_pages_with_short_chapters_on_one_page() -> None:
    with pymupdf.open(stream=_pdf(demonstration.copenhagen())) as document:
        assert len(document) == 7
        pages = [document[number].get_text() for number in range(len(document))]
    assert "Hvem har svart" in pages[1] and "Hva dette er" in pages[1]
    assert "Dette kan dere gjøre" in pages[4] and "Alle svarene" in pages[4]


def test_no_letter_is_smaller_than_seven_points(estate: bytes) -> None:
    """But for the running name, which is printed in the margin and hidden where it stands."""
    with pymupdf.open(stream=estate) as document:
        sizes = {
            round(span["size"], 1)
            for page in document
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            if span["text"].strip() and span["size"] > 2
        }
    assert min(sizes) >= 7


def test_it_has_a_title_a_language_and_a_bookmark_for_every_chapter(estate: bytes) -> None:
    with pikepdf.open(io.BytesIO(estate)) as document:
        assert document.Root.Lang == "nb"
        assert "Nordlysgata" in str(document.docinfo["/Title"])
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_outline() as outline:
            chapters = [entry.title for entry in outline.root]
    assert "Det viktigste" in chapters
    assert "Hva skjer videre?" in chapters
    assert len(chapters) >= 10


def _elements(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Object]:
    return [element for element in pdf._elements(document.Root.StructTreeRoot) if kind == element.S]


def test_every_chart_has_its_answers_as_alternative_text(estate: bytes) -> None:
    with pikepdf.open(io.BytesIO(estate)) as document:
        figures = _elements(document, "/Figure")
        assert len(figures) > 40
        assert all(len(str(figure.get("/Alt", ""))) > 10 for figure in figures)


def test_every_header_cell_has_a_scope(estate: bytes) -> None:
    with pikepdf.open(io.BytesIO(estate)) as document:
        heads = _elements(document, "/TH")
        assert heads
        assert {str(head.A.Scope) for head in heads} == {"/Row", "/Column"}


def test_no_table_is_broken_over_two_pages(estate: bytes) -> None:
    with pikepdf.open(io.BytesIO(estate)) as document:
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        for table in _elements(document, "/Table"):
            on = {pages[e.Pg.objgen] for e in pdf._elements(pikepdf.Dictionary(K=[table])) if "/Pg" in e}
            assert len(on) == 1


def test_the_mark_of_a_made_up_organisation_is_on_every_page(estate: bytes) -> None:
    with pymupdf.open(stream=estate) as document:
        assert all("Oppdiktet eksempel" in page.get_text() for page in document)


def test_the_same_results_give_the_same_bytes() -> None:
    assert _of_sample(samples.too_few) == _pdf(samples.too_few())


def test_a_report_leaves_out_what_lies_outside_it(tmp_path: Path) -> None:
    picture = tmp_path / "secret.svg"
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><text y="9">hemmelig</text></svg>'
    picture.write_text(drawing, encoding="utf-8")
    html = f'<html lang="nb"><title>x</title><p>Tekst</p><img src="{picture.as_uri()}" alt="bilde"></html>'
    with pymupdf.open(stream=pdf.write(html, "x", "nb")) as document:
        text = document[0].get_text()
    assert "Tekst" in text
    assert "hemmelig" not in text


def test_without_pango_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(PdfUnavailable, match="libpango"):
        pdf.write("<html></html>", "x", "nb")


def test_the_checkers_are_the_ones_we_think(estate: bytes, tmp_path: Path) -> None:
    """A PDF without tags must fail them, else their silence says nothing."""
    file = tmp_path / "untagged.pdf"
    with pikepdf.open(io.BytesIO(estate)) as document:
        del document.Root.StructTreeRoot
        del document.Root.MarkInfo
        document.save(file)
    outloud = _check("outloud", "--json", "-", str(file))
    assert outloud.returncode != 0
    assert json.loads(outloud.stdout)


def test_the_page_of_findings_is_filled_with_the_next_ones_and_they_begin_no_page_of_their_own() -> None:
    document = pymupdf.open(stream=_of_demonstration(None))
    pages = [document[number].get_text() for number in range(len(document))]
    (at,) = [number for number, text in enumerate(pages) if "Det viktigste" in text and number > 0]
    assert "Også verdt å se på" in pages[at]
    assert "Sider ved det å bo" in pages[at + 1]
    assert "Også verdt å se på" not in pages[at + 1]
