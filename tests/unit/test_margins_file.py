"""The register's margins as a file: what is read, and what each bad one is told."""

from __future__ import annotations

from inspect import signature
from types import SimpleNamespace
from typing import cast

import pytest

from survey.campaigns import margins_notes
from survey.campaigns.margins import MOST, check, choices_of, sheet
from survey.campaigns.margins_notes import notes
from survey.campaigns.rounds import Round
from survey.responses.errors import FileUnreadable, ImportRefused, RowsRefused, wording
from tests.attack.test_ledger import FORM
from tests.samples.tiny import item, questionnaire, scored

HEAD = "variabel;kode;antall\n"


def _said(rows: str, language: str = "nb") -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        check((HEAD + rows).encode(), FORM)
    translate = wording(language)
    if isinstance(refused.value, RowsRefused):
        return [cell.sentence(translate) for cell in refused.value.bad]
    return [complaint.sentence(translate) for complaint in refused.value.complaints]


def test_codes_words_labels_bands_and_thousands_are_read_in_any_order_of_columns() -> None:
    made = check(
        b"Antall;svar;Kode;Variabel\n1 200;hva som helst;1;alder\n300.0;;v2 + 3;alder\n"
        b"900;;bo 1;bo\n600;;2;bo\n",
        FORM,
    )  # fmt: skip
    assert {margin.item: margin.groups for margin in made} == {
        "alder": (((1,), 1200), ((2, 3), 300)),
        "bo": (((1,), 900), ((2,), 600)),
    }


def test_a_variable_of_one_group_and_margins_that_do_not_count_the_same_are_refused() -> None:
    assert "trenger minst to" in _said("alder;1;9\n")[0]
    told = _said("alder;1;90\nalder;2;10\nbo;1;100\nbo;2;100\n")
    assert told == [
        "Variablene teller ikke det samme: alder 100, bo 200. Alle må telle boliger, eller alle voksne."
    ]
    # Registers round their own counts: one in a hundred is no contradiction.
    assert len(check((HEAD + "alder;1;900\nalder;2;100\nbo;1;500\nbo;2;509\n").encode(), FORM)) == 2


def test_all_bad_rows_are_told_at_once_in_every_language() -> None:
    rows = f"alder;8;1\nrus;1;2\nhjem;1;3\nalder;1;{MOST + 1}\nalder;2;4\nalder;2;4\n"
    for language in ("nb", "nn", "en"):
        told = _said(rows, language)
        assert len(told) == 5
        assert len({line.split()[1].strip(",") for line in told}) == 5
    assert "følsomt" in _said("rus;1;2\n")[0] or "bakgrunn" in _said("rus;1;2\n")[0]


def test_what_is_too_big_and_what_has_other_columns_is_refused_in_words() -> None:
    with pytest.raises(FileUnreadable, match="too_big"):
        check(b"x" * 600_000, FORM)
    for head in ("variabel;kode\n", "variabel;kode;antall;antall\n", "variabel;kode;antall;farge\n"):
        with pytest.raises(FileUnreadable):
            check((head + "alder;1;2\n").encode(), FORM)


def test_a_questionnaire_without_background_says_so() -> None:
    with pytest.raises(RowsRefused) as refused:
        check((HEAD + "alder;1;2\n").encode(), questionnaire(scored("hjem")))
    assert refused.value.bad[0].complaint.key == "margins.no_background"
    assert choices_of(questionnaire(item("kjonn", background=True, sensitive=True))) == {}


def test_the_sheet_comes_back_as_it_went_out() -> None:
    made = check((HEAD + "alder;1;9\nalder;2+3;90\nbo;1;40\nbo;2;59\n").encode(), FORM)
    again = sheet(FORM, made, "nb")
    assert check(again.encode(), FORM) == made
    empty = sheet(FORM, (), "nb")
    assert empty.splitlines()[1].startswith("alder;1;") and empty.splitlines()[1].endswith(";")


def _notes(rows: str, *homes: int | None, language: str = "nb") -> list[str]:
    """Of a round of which nothing is known but the homes of its buildings."""
    estates = [SimpleNamespace(name=f"Hus {n}", population=own) for n, own in enumerate(homes)]
    round = cast(Round, SimpleNamespace(estates=estates))
    translate = wording(language)
    made = check((HEAD + rows).encode(), FORM)
    return [note.sentence(translate) for note in notes(round, FORM, made)]


def test_what_everybody_can_see_of_the_numbers_is_said_when_they_come_in() -> None:
    fit = "alder;1;60\nalder;2;30\nalder;3;30\n"
    assert _notes(fit, 70, 50) == [] == _notes(fit, 70, 51), "registers round"
    for language in ("nb", "nn", "en"):
        (fewer,) = _notes(fit, 70, 80, language=language)
        (more,) = _notes(fit, 50, 10, language=language)
        (unknown,) = _notes(fit, 70, None, language=language)
        assert "120" in fewer and "150" in fewer and "60" in more and fewer != more and "Hus 1" in unknown
        (apart,) = _notes("alder;1+3;90\nalder;2;30\n", 120, language=language)
        assert "1+3" in apart
        (few,) = _notes("alder;1;60\nalder;2;56\nalder;3;4\n", 120, language=language)
        assert " 4. " in few and "10" in few
        (left_out,) = _notes("alder;1;60\nalder;2;60\n", 120, language=language)
        assert " 3. " in left_out


def test_what_is_said_of_the_numbers_cannot_rest_on_an_answer() -> None:
    """Who writes the sheet chooses it: whatever rested on answers would be an answer to any question."""
    read = {name for name in vars(margins_notes) if not name.startswith("_")}
    assert not read & {"Wave", "Database", "Groundwork", "seal_wave", "load_wave"}
    assert list(signature(notes).parameters) == ["round", "questionnaire", "margins"]
