"""Promises about the gallery of figures on paper, and about words from the right inside drawings."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pymupdf

from reports.documents import pdf
from reports.figures import gallery
from reports.figures.gallery_cases import cases
from tests.printed import sizes

TOOLS = Path(sys.executable).parent


@cache
def _printed() -> bytes:
    return pdf.write(gallery.page(paper=True, shown=("ar",)), "الأشكال", "ar")


def test_the_checkers_find_no_error_in_figures_with_their_tables(tmp_path: Path) -> None:
    file = tmp_path / "gallery.pdf"
    file.write_bytes(_printed())
    for tool in (["pdfua", "check"], ["outloud", "--json", "-", "--quiet"]):
        checked = subprocess.run(
            [TOOLS / tool[0], *tool[1:], file], capture_output=True, text=True, check=False, timeout=120
        )
        assert checked.returncode in ((0, 1, 2) if tool[0] == "pdfua" else (0,)), checked.stdout


def test_no_letter_of_a_printed_figure_is_too_small_to_be_looked_at() -> None:
    with pymupdf.open(stream=_printed()) as document:
        small = [size for page in document for size, _ in sizes(page) if size < 5.5]
        assert not small, sorted(small)[:3]
        assert max(page.rect.height for page in document) > 842 > 0.99 * document[0].rect.height


def test_words_from_the_right_stand_in_their_order_in_a_figure() -> None:
    """WeasyPrint alone sets an SVG letter by letter from the left: the first letter would be leftmost."""
    word = "وظيفي"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40" width="300" height="40" role="img">'
        f'<text x="150" y="25" font-size="20" text-anchor="middle">\u2067{word}\u2069</text></svg>'
    )
    html = (
        '<html lang="ar"><head><title>t</title><style>@page { size: 300pt 100pt; margin: 0 }</style></head>'
        f"<body>{svg}</body></html>"
    )
    with pymupdf.open(stream=pdf.write(html, "t", "ar")) as document:
        letters = [
            (letter["c"], letter["origin"][0])
            for block in document[0].get_text("rawdict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            for letter in span["chars"]
        ]
    places = {letter: x for letter, x in letters if letter in word}
    assert places[word[0]] > places[word[1]] > places[word[3]]


def test_the_gallery_has_every_figure_with_every_kind_of_data_and_its_table() -> None:
    page = gallery.page(paper=False, shown=("en",))
    for name in gallery.NAMES["en"].values():
        assert f"<h2>{name}</h2>" in page
    # Three on a telephone and one on paper, of each of three kinds of data; tables where there is data.
    assert page.count('role="img"') == len(gallery.NAMES["en"]) * 3 * 4
    assert page.count("<table>") == len(gallery.NAMES["en"]) * 2


def test_a_grey_drawing_has_no_colour() -> None:
    case = cases("nb")[0]
    grey = gallery.greyed(case.drawing())
    assert all(len({m[1][0:2], m[1][2:4], m[1][4:6]}) == 1 for m in gallery.COLOUR.finditer(grey))
    assert len(gallery.COLOUR.findall(grey)) == len(gallery.COLOUR.findall(case.drawing()))
