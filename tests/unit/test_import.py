"""What someone who imports answers from a file can count on, before any database is involved."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from random import Random

import polars as pl
import pytest
import xlsxwriter

from forms.answers import validate
from forms.journey import Journey
from forms.loading import from_document, shipped
from forms.questionnaire import Questionnaire
from survey.responses import reading
from survey.responses.errors import MESSAGES, Complaint, FileUnreadable, wording
from survey.responses.reading import read_bytes
from survey.responses.rows import Checked, check_rows, column_names

DATA = Path(reading.__file__).parents[1] / "demo" / "data"


def _text(word: str) -> dict[str, str]:
    return {"nb": word, "nn": word, "en": word}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    yes_no = [
        {"code": 1, "value": "nei", "text": {"nb": "Nei", "nn": "Nei", "en": "No"}},
        {"code": 2, "value": "ja", "text": {"nb": "Ja", "nn": "Ja", "en": "Yes"}},
    ]
    three = [{"code": code, "value": word, "text": _text(word)} for code, word in enumerate("abc", start=1)]
    counted = [
        {"code": 1, "value": "ingen", "text": _text("0")},
        {"code": 2, "value": "en", "text": _text("1")},
        {"code": 3, "value": "to", "text": _text("2")},
    ]
    lonely = [*three, {"code": 4, "value": "ingenting", "text": _text("Ingenting"), "exclusive": True}]
    return from_document(
        {
            "id": "liten",
            "version": "1.0",
            "title": _text("Liten"),
            "description": _text("Liten"),
            "credit": _text("Liten"),
            "languages": ["nb", "nn", "en"],
            "pages": [
                {
                    "id": "side",
                    "title": _text("Side"),
                    "module": "side",
                    "items": [
                        {"id": "heis", "text": _text("Heis?"), "choices": yes_no, "specials": ["vet_ikke"]},
                        {"id": "heis_ok", "text": _text("Virker den?"), "choices": yes_no,
                         "show_if": 'answers.heis == "ja"'},
                        {"id": "flere", "kind": "multi", "text": _text("Hvilke?"), "choices": lonely},
                        {"id": "rang", "kind": "rank", "text": _text("Viktigst?"), "choices": three,
                         "rank_size": 2},
                        {"id": "antall", "text": _text("Hvor mange?"), "choices": counted},
                        {"id": "fritekst", "kind": "text", "text": _text("Si mer")},
                    ],
                }
            ],
        }
    )  # fmt: skip


def _read(text: str | bytes, questionnaire: Questionnaire) -> Checked:
    data = text if isinstance(text, bytes) else text.encode()
    names = column_names(questionnaire, "leiegard")
    table = read_bytes(data, lambda name: name in names)
    return check_rows(table, questionnaire, "leiegard", "nb")


def _refusal(text: str | bytes, questionnaire: Questionnaire) -> str:
    with pytest.raises(FileUnreadable) as refusal:
        _read(text, questionnaire)
    return " ".join(refusal.value.sentences("nb"))


@pytest.mark.parametrize("cell", ["2", "ja", "Ja", "YES", " yes ", "2.0"])
def test_a_cell_may_hold_the_code_the_value_word_or_the_label_in_any_language(
    cell: str, questionnaire: Questionnaire
) -> None:
    checked = _read(f"leiegard;heis\nA;{cell}\n", questionnaire)
    assert checked.good[0].answers == {"heis": 2}


@pytest.mark.parametrize("cell", ["254", "vet_ikke", "Vet ikke", "veit ikkje", "Don’t know"])
def test_dont_know_may_be_written_in_any_language(cell: str, questionnaire: Questionnaire) -> None:
    assert _read(f"leiegard;heis\nA;{cell}\n", questionnaire).good[0].answers == {"heis": 254}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_semicolon_comma_and_tab_all_work(delimiter: str, questionnaire: Questionnaire) -> None:
    text = delimiter.join(["leiegard", "heis", "fritekst"]) + "\n" + delimiter.join(["A", "ja", '"a;b,c\td"'])
    assert _read(text, questionnaire).good[0].answers == {"heis": 2, "fritekst": "a;b,c\td"}


def test_a_wrong_delimiter_is_named(questionnaire: Questionnaire) -> None:
    assert "«|»" in _refusal("leiegard|heis\nA|ja\n", questionnaire)
    assert "skilletegn" in _refusal("leiegard heis\nA ja\n", questionnaire)


def test_a_byte_order_mark_does_no_harm(questionnaire: Questionnaire) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        checked = _read("leiegard;heis\nÅsen;ja\n".encode(encoding), questionnaire)
        assert checked.good[0].estate == "Åsen"
        assert not [n for n in checked.notices if n.key == "notice.latin1"]


def test_latin_1_is_read_and_the_reader_is_shown_a_word_to_check(questionnaire: Questionnaire) -> None:
    checked = _read("leiegard;heis\nTårnhuset;ja\n".encode("latin-1"), questionnaire)
    assert checked.good[0].estate == "Tårnhuset"
    notice = next(n for n in checked.notices if n.key == "notice.latin1")
    assert "Tårnhuset" in notice.sentence(wording("nb"))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "tom"),
        (b"leiegard;heis\n", "overskriftsrad"),
        (b"leiegard;heis\n\x00\x01;2\n", "Lagre"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, ".xls"),
        (b"PK\x03\x04 not a zip", "skadet"),
        (b"PAR1 not parquet PAR1", "skadet"),
        (b"leiegard;heis\nA;\x81\n", "CSV UTF-8"),
        (b'leiegard;heis\nA;"ja\n', "Anførselstegn"),
        (b"leiegard;leiegard;heis\nA;A;ja\n", "flere ganger"),
        (b"a;b\n1;2\n", "Ingen av kolonnene"),
        (b"leiegard;heiss\nA;ja\n", "Mente du «heis»"),
        (b"hus;heis\nA;ja\n", "--estate-column"),
        (b"leiegard;language\nA;nb\n", "ingen kolonner med svar"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_gets_one_sentence_that_says_how_to_mend_it(
    data: bytes, word: str, questionnaire: Questionnaire
) -> None:
    assert word in _refusal(data, questionnaire)


def test_limits_are_told_with_the_number_found_and_the_limit(
    questionnaire: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    assert "3 rader" in _refusal("leiegard;heis\nA;1\nA;1\nA;2\n", questionnaire)
    monkeypatch.setattr(reading, "MAX_BYTES", 5)
    assert "MB" in _refusal("leiegard;heis\nA;1\n", questionnaire)


def test_every_bad_row_is_told_by_line_column_value_and_reason(questionnaire: Questionnaire) -> None:
    checked = _read(
        "leiegard;heis;flere;rang;language\n"
        "A;kanskje;a|d;b|b;nb\n"  # line 2: three faults
        "\n"
        ";ja;;;nb\n"  # line 4
        "A;ja;a|ingenting;a|b|c;se\n"  # line 5: three faults
        "A;ja\n"  # line 6
        "A;;;;nb\n"  # line 7
        "A;ja;a;b;nb\n",
        questionnaire,
    )
    assert [(cell.line, cell.column) for cell in checked.bad] == [
        (2, "heis"), (2, "flere"), (2, "rang"), (4, "leiegard"), (5, "flere"), (5, "rang"), (5, "language"),
        (6, ""), (7, ""),
    ]  # fmt: skip
    assert [row.line for row in checked.good] == [8]
    first = checked.bad[0].sentence(wording("nb"))
    assert first == (
        "Linje 2, kolonne «heis», verdi «kanskje»: "
        "Verdien finnes ikke. Mulige verdier: 1 nei, 2 ja, 254 vet_ikke."
    )


def test_lines_are_counted_as_an_editor_counts_them(questionnaire: Questionnaire) -> None:
    checked = _read('leiegard;heis;fritekst\nA;ja;"to\nlinjer"\nA;tja;x\n', questionnaire)
    assert checked.good[0].answers["fritekst"] == "to\nlinjer"
    assert checked.bad[0].line == 4


def test_a_number_that_could_be_a_code_or_a_label_is_never_guessed(questionnaire: Questionnaire) -> None:
    checked = _read("leiegard;antall\nA;1\nA;0\nA;ingen\nA;3\n", questionnaire)
    assert [cell.line for cell in checked.bad] == [2, 3]
    assert [row.answers["antall"] for row in checked.good] == [1, 3]


def test_an_answer_to_a_question_that_was_not_asked_is_refused(questionnaire: Questionnaire) -> None:
    checked = _read("leiegard;heis;heis_ok\nA;nei;ja\nA;ja;nei\n", questionnaire)
    assert [(cell.line, cell.column) for cell in checked.bad] == [(2, "heis_ok")]
    assert checked.good[0].answers == {"heis": 2, "heis_ok": 1}


def test_several_answers_are_separated_by_a_bar_and_a_ranking_keeps_its_order(
    questionnaire: Questionnaire,
) -> None:
    checked = _read("leiegard;flere;rang\nA;c|a;c|a\n", questionnaire)
    assert checked.good[0].answers == {"flere": [1, 3], "rang": [3, 1]}


def test_a_text_longer_than_the_form_allows_is_refused(questionnaire: Questionnaire) -> None:
    assert _read("leiegard;fritekst\nA;" + "x" * 2001, questionnaire).bad[0].complaint.key == "cell.too_long"


def _workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
    return buffer.getvalue()


def test_a_name_with_signs_that_turn_the_words_around_it_is_refused_and_named(
    questionnaire: Questionnaire,
) -> None:
    good, turned, area = "Åsen;ja;Nord", "\u202enesÅ;ja;Nord", "Åsen;ja;\u2066Nord"
    checked = _read(f"leiegard;heis;area\n{good}\n{turned}\n{area}\n", questionnaire)
    assert [row.estate for row in checked.good] == ["Åsen"]
    assert [(bad.line, bad.column, bad.value) for bad in checked.bad] == [
        (3, "leiegard", "nesÅ"),
        (4, "area", "Nord"),
    ]


def test_a_spreadsheet_says_the_same_as_a_text_file(questionnaire: Questionnaire) -> None:
    data = _workbook(
        [["leiegard", "heis", "flere", "fritekst"], ["A", 2, "a|b", "ØÆÅ"], ["B", "tja", None, None]]
    )
    checked = _read(data, questionnaire)
    assert checked.good[0].answers == {"heis": 2, "flere": [1, 2], "fritekst": "ØÆÅ"}
    assert [(cell.line, cell.column) for cell in checked.bad] == [(3, "heis")]


def _far(place: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string("A1", "leiegard")
        sheet.write_string(place, "hei")
    return buffer.getvalue()


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ199999"])
def test_a_cell_far_away_is_told_by_its_place_and_fills_no_memory(place: str) -> None:
    """A file of five kilobytes once ended the process."""
    with pytest.raises(FileUnreadable) as fault:
        read_bytes(_far(place), bool)
    assert "Slett det som står langt ute" in fault.value.sentences("nb")[0]


def test_a_sheet_is_measured_wherever_its_pieces_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in range(7, 90, 11):
        monkeypatch.setattr(reading, "CHUNK", size)
        with pytest.raises(FileUnreadable) as fault:
            read_bytes(_far("ZZ199999"), bool)
        assert "row 199999, column 702" in fault.value.sentences("en")[0], size


def test_blank_rows_in_a_spreadsheet_do_not_shift_the_line_numbers(questionnaire: Questionnaire) -> None:
    data = _workbook([[], ["leiegard", "heis"], [], ["A", "tja"]])
    assert _read(data, questionnaire).bad[0].line == 4


def test_parquet_with_numbers_and_lists_is_read(questionnaire: Questionnaire) -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"leiegard": ["A", "B"], "heis": [2, None], "rang": [[3, 1], [2]]}).write_parquet(buffer)
    checked = _read(buffer.getvalue(), questionnaire)
    assert [row.answers for row in checked.good] == [{"heis": 2, "rang": [3, 1]}, {"rang": [2]}]


def test_the_copenhagen_file_holds_the_published_table() -> None:
    questionnaire = shipped("copenhagen")
    names = column_names(questionnaire, "leiegard")
    table = read_bytes((DATA / "copenhagen-1976.csv").read_bytes(), names.__contains__)
    checked = check_rows(table, questionnaire, "leiegard", "nb")
    assert not checked.bad
    assert not checked.notices
    assert Counter(row.answers["tilfredshet"] for row in checked.good) == {1: 567, 2: 446, 3: 668}
    by_type = Counter(row.estate for row in checked.good)
    high = Counter(row.estate for row in checked.good if row.answers["tilfredshet"] == 3)
    shares = {estate: round(100 * high[estate] / n, 2) for estate, n in by_type.items()}
    assert shares == {"Høyhus": 50.00, "Blokk": 39.48, "Atriumhus": 40.17, "Rekkehus": 25.27}


def test_every_sentence_exists_in_all_three_languages() -> None:
    catalogues = {language: wording(language) for language in ("nb", "nn", "en")}
    text = (MESSAGES / "nb.po").read_text(encoding="utf-8")
    keys = [line[7:-1] for line in text.splitlines() if line.startswith('msgid "') and line != 'msgid ""']
    assert len(keys) > 40
    for key in keys:
        for translate in catalogues.values():
            assert translate(key)


def test_a_complaint_reads_the_same_numbers_in_every_language() -> None:
    complaint = Complaint.of("file.too_many_rows", found=3, limit=2)
    for language in ("nb", "nn", "en"):
        assert {"3", "2"} <= set(complaint.sentence(wording(language)).split())


def test_a_file_written_by_the_csv_module_comes_back_whole(questionnaire: Questionnaire) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(["leiegard", "fritekst"])
    texts = ['Hun sa "hei"', "a;b", "linje\nlinje", "æøå ŋ 漢字"]
    writer.writerows([["A", text] for text in texts])
    assert [row.answers["fritekst"] for row in _read(buffer.getvalue(), questionnaire).good] == texts


def test_what_is_accepted_is_what_a_tenant_could_have_sent(questionnaire: Questionnaire) -> None:
    cells = [
        "",
        "0",
        "1",
        "2",
        "3",
        "a",
        "ja",
        "vet_ikke",
        "a|b",
        "b|a|c",
        "ingenting",
        "a|ingenting",
        "ord\tog ord",
    ]
    header = ["leiegard", "heis", "heis_ok", "flere", "rang", "antall", "fritekst"]
    random = Random(3)
    rows = [";".join(["A", *(f'"{random.choice(cells)}"' for _ in header[1:])]) for _ in range(4000)]
    checked = _read("\n".join([";".join(header), *rows]), questionnaire)
    assert len(checked.good) > 20
    assert len(checked.good) + checked.bad_lines == 4000
    for row in checked.good:
        assert validate(questionnaire, row.answers) == row.answers
        assert Journey(questionnaire, row.answers).on_route() == row.answers
