"""`bostemme questionnaire export` and `import`, as somebody at a terminal meets them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from forms.loading import INSTRUMENTS, content_hash, load
from survey.cli import main
from survey.questionnaire_files import write_workbook
from tests.sheets import CHOICES, one

BOINDEKS = INSTRUMENTS / "boindeks.yaml"


def _run(*arguments: object) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(["questionnaire", *map(str, arguments), "--language", "nb"])
    return ended.value.code


def test_a_questionnaire_goes_out_and_comes_in_by_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, back = tmp_path / "skjema.xlsx", tmp_path / "tilbake.yaml"
    assert not _run("export", BOINDEKS, "--to", book)
    assert not _run("import", book, "--to", back)
    assert content_hash(load(back)) == content_hash(load(BOINDEKS))
    assert "tilbake.yaml: boindeks versjon 1.2, 74 spørsmål" in capsys.readouterr().out


def test_nothing_is_written_when_a_row_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, target = tmp_path / "feil.xlsx", tmp_path / "skjema.yaml"
    book.write_bytes(write_workbook({"survey": one("text", "HEIS"), "choices": CHOICES}))
    assert _run("import", book, "--to", target) == 1
    assert not target.exists()
    said = capsys.readouterr().out
    assert "FEIL" in said and "rad 3" in said and "ingenting er skrevet" in said


def test_what_was_left_behind_is_told_and_the_rest_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, target = tmp_path / "bilde.xlsx", tmp_path / "skjema.json"
    book.write_bytes(write_workbook({"survey": one("image", "bilde"), "choices": CHOICES}))
    assert not _run("import", book, "--to", target)
    assert [item.id for item in load(target).items()] == ["heis"]
    assert "rad 3, kolonne «type»: «image» er ikke blitt med." in capsys.readouterr().out


@pytest.mark.parametrize("target", ["skjema.txt", "skjema"])
def test_an_ending_that_says_nothing_is_told_of(
    tmp_path: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("export", BOINDEKS, "--to", tmp_path / target)
    assert ".xlsx, .yaml, .yml, .json" in capsys.readouterr().err
    assert not (tmp_path / target).exists()


@pytest.mark.parametrize("command", ["export", "import", "codebook"])
def test_a_file_that_is_there_is_never_written_over(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even by itself: `import skjema.yaml --to skjema.yaml` would lose its comments."""
    there = tmp_path / ("skjema.html" if command == "codebook" else "skjema.yaml")
    there.write_bytes(BOINDEKS.read_bytes())
    assert _run(command, BOINDEKS if command == "codebook" else there, "--to", there) == 1
    assert there.read_bytes() == BOINDEKS.read_bytes()
    assert "finnes fra før" in capsys.readouterr().err


def test_without_pango_the_codebook_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its loading fails as that of a library that is not on the machine."""
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.syspath_prepend(tmp_path)
    assert _run("codebook", BOINDEKS, "--to", tmp_path / "bok.pdf") == 1
    assert "Pango mangler" in capsys.readouterr().err
    assert not (tmp_path / "bok.pdf").exists()


def test_a_file_without_end_is_not_read_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("import", "/dev/zero", "--to", tmp_path / "skjema.yaml") == 1
    assert "ingenting er skrevet" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("import", tmp_path / "borte.xlsx", "--to", tmp_path / "skjema.yaml")
    assert "kan ikke åpnes" in capsys.readouterr().err


def test_signs_and_markup_in_the_texts_of_a_file_are_told_where_they_stand_when_it_comes_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "snudd.xlsx"
    rows = [*one("text", "snudd", label="Er det \u202erolig?"), ["text", "fet", "Er det <b>lyst</b>?"]]
    book.write_bytes(write_workbook({"survey": rows, "choices": CHOICES}))
    assert not _run("import", book, "--to", tmp_path / "skjema.yaml")
    said = capsys.readouterr().out
    assert "spørsmål «snudd»" in said and "U+202E" in said
    assert "spørsmål «fet»" in said and "«<b>»" in said
