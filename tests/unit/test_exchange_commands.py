"""`bostemme questionnaire export` and `import`, as somebody at a terminal meets them."""

from __future__ import annotations

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
    assert "tilbake.yaml: boindeks versjon 1.0, 73 spørsmål" in capsys.readouterr().out


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


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("import", tmp_path / "borte.xlsx", "--to", tmp_path / "skjema.yaml")
    assert "kan ikke åpnes" in capsys.readouterr().err
