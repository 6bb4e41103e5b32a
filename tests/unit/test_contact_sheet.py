"""Promises about the contact sheet: every page of every file is on it, and a wrong file is named."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from bench import contact_sheet


def _made(path: Path, pages: int, size: tuple[float, float] = (595.0, 842.0)) -> Path:
    with pymupdf.open() as document:
        for number in range(pages):
            document.new_page(width=size[0], height=size[1]).insert_text((50, 50), f"side {number}")
        document.save(path)
    return path


def test_every_page_stands_on_a_sheet_under_its_name(tmp_path: Path) -> None:
    a_sheet = contact_sheet.ACROSS * contact_sheet.DOWN
    files = [_made(tmp_path / "rapport.pdf", a_sheet), _made(tmp_path / "oppslag.pdf", 2, (842.0, 1190.0))]
    written = contact_sheet.write(files, tmp_path / "sheets")
    assert [path.name for path in written] == [
        "contact-sheet.pdf",
        "contact-sheet-01.png",
        "contact-sheet-02.png",
    ]
    with pymupdf.open(written[0]) as document:
        names = "".join(page.get_text() for page in document).split("\n")
        assert [len(page.get_images()) for page in document] == [a_sheet, 2]
    wanted = [f"rapport {n}/{a_sheet}" for n in range(1, a_sheet + 1)] + ["oppslag 1/2", "oppslag 2/2"]
    assert [name for name in names if name] == wanted


def test_pictures_of_an_earlier_time_are_gone(tmp_path: Path) -> None:
    out = tmp_path / "sheets"
    contact_sheet.write([_made(tmp_path / "a.pdf", 30)], out)
    contact_sheet.write([_made(tmp_path / "b.pdf", 1)], out)
    assert sorted(path.name for path in out.iterdir()) == ["contact-sheet-01.png", "contact-sheet.pdf"]


def test_a_page_is_never_larger_than_its_field() -> None:
    for field in contact_sheet.fields():
        for size in ((595.0, 842.0), (842.0, 595.0), (10.0, 3000.0)):
            left, top, right, foot = contact_sheet.fitted(field, *size)
            assert left >= field[0] - 1e-6 and right <= field[2] + 1e-6
            assert top >= field[1] - 1e-6 and foot <= field[3] - contact_sheet.CAPTION + 1e-6


@pytest.mark.parametrize("name", ["borte.pdf", "tekst.pdf"])
def test_a_file_that_is_missing_or_no_pdf_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tekst.pdf").write_text("ikke en pdf")
    assert contact_sheet.main([str(tmp_path / name), "--out", str(tmp_path / "ut")]) == 1
    assert name in capsys.readouterr().err
