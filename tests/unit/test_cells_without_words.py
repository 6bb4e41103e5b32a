"""A cell of a workbook whose words are not in the file is told of with its place, and never passed over."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from forms.exchange.tables import Carried
from survey.questionnaire_files import read_questionnaire, write_workbook

HEAD = ["type", "name", "label::Norsk (nb)", "relevant", "constraint", "calculation", "choice_filter", "note"]


def _book(**cells: object) -> openpyxl.Workbook:
    """A form of two questions on a page; `cells`: of the second, by column."""
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    row = {
        "type": "integer",
        "name": "antall",
        "label": "Hvor mange?",
        "label::Norsk (nb)": "Hvor mange?",
    } | cells
    for line in (
        HEAD,
        ["begin_group", "side", "Side"],
        ["select_one jn", "heis", "Er det heis?"],
        [row.get(column) for column in HEAD],
        ["end_group"],
    ):
        survey.append(line)
    choices = book.create_sheet("choices")
    for line in (["list_name", "name", "label::Norsk (nb)"], ["jn", "ja", "Ja"], ["jn", "nei", "Nei"]):
        choices.append(line)
    return book


def _carried(book: openpyxl.Workbook) -> Carried:
    file = io.BytesIO()
    book.save(file)
    return read_questionnaire(file.getvalue(), "skjema.xlsx")


def _said(carried: Carried) -> list[str]:
    return [f"{fault.severity} {fault.kind} {fault.sentence('nb')}" for fault in carried.faults]


@pytest.mark.parametrize("column", HEAD[:-1])
def test_a_formula_that_nobody_reckoned_is_refused_with_its_place(column: str) -> None:
    carried = _carried(_book(**{column: '=IF(1=1,"x","")'}))
    assert carried.questionnaire is None, "nobody is asked what was to be asked of some"
    assert [fault.kind for fault in carried.faults] == ["xls_cell_formula"]
    assert f"ark «survey», rad 4, kolonne «{column}»" in _said(carried)[0]
    assert "=IF(1=1" in _said(carried)[0] and "lagre den" in _said(carried)[0]


def test_so_is_one_in_the_choices_in_the_settings_and_in_a_head() -> None:
    book = _book()
    book["choices"]["C3"] = '="N"&"ei"'
    book["survey"]["I1"] = '="relevant"'
    settings = book.create_sheet("settings")
    settings.append(["form_title"])
    settings.append(['="Prø"&"ve"'])
    told = _said(_carried(book))
    assert len(told) == 3 and all(line.startswith("error xls_cell_formula") for line in told)
    assert (
        "rad 1, kolonne «I»" in told[0] and "«choices», rad 3" in told[1] and "«settings», rad 2" in told[2]
    )


def test_a_column_that_nobody_reads_hinders_nothing_and_is_told() -> None:
    carried = _carried(_book(note="=TODAY()"))
    assert carried.questionnaire is not None
    assert [fault.kind for fault in carried.faults] == ["xls_cell_formula"]


def test_what_a_formula_came_to_is_read_and_the_nought_of_a_program_that_reckons_nothing_is_not() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, rows in (
            ("survey", [["type", "name", "label"], ["text", "a"]]),
            ("choices", [["list_name"]]),
        ):
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                sheet.write_row(line, 0, cells)
        survey = book.get_worksheet_by_name("survey")
        survey.write_formula("C2", '="Hva "&"savner du?"', None, "Hva savner du?")
        survey.write_row("A3", ["text", "b"])
        survey.write_formula("C3", '="Hva "&"ellers?"')
    told = _said(read_questionnaire(file.getvalue(), "skjema.xlsx"))
    assert len(told) == 1 and "rad 3, kolonne «label»" in told[0]


def test_an_error_of_the_spreadsheet_is_told() -> None:
    book = _book()
    book["survey"]["D4"].value = "#REF!"
    book["survey"]["D4"].data_type = "e"
    carried = _carried(book)
    assert carried.questionnaire is None
    assert "xls_cell_error" in _said(carried)[0] and "#REF!" in _said(carried)[0]


def test_what_the_spreadsheet_took_for_a_day_or_a_share_is_not_read_as_a_number() -> None:
    book = _book()
    book["choices"]["C2"] = date(2026, 2, 1)
    book["choices"]["C3"] = 0.1
    book["choices"]["C3"].number_format = "0%"
    told = _said(_carried(book))
    assert len(told) == 2 and all(line.startswith("error xls_cell_dressed") for line in told)
    assert "«46054»" in told[0] and "«0.1»" in told[1]


def test_plain_numbers_whatever_their_decimals_are_read_as_before() -> None:
    book = _book()
    book["choices"]["C2"], book["choices"]["C3"] = 1.5, 1000
    book["choices"]["C2"].number_format, book["choices"]["C3"].number_format = "0.00", "#,##0"
    carried = _carried(book)
    assert not carried.faults and carried.questionnaire is not None
    assert [c.text.get("nb") for c in carried.questionnaire.item("heis").choices] == ["1.5", "1000"]


def test_thousands_of_such_cells_are_not_told_one_by_one() -> None:
    book = _book()
    for line in range(10, 1_300):
        book["survey"].cell(line, 3).value = '="x"'
    told = _said(_carried(book))
    assert len(told) == 1_001 and "xls_cells_unread" in told[-1]


def test_words_that_begin_with_a_sign_of_equality_are_no_formula() -> None:
    data = write_workbook(
        {"survey": [["type", "name", "label"], ["text", "a", "=1+1"]], "choices": [["list_name"]]}
    )
    carried = read_questionnaire(data, "skjema.xlsx")
    assert not carried.faults and carried.questionnaire is not None
    assert carried.questionnaire.item("a").text.get("nb") == "=1+1"


def test_what_is_no_number_is_not_to_be_put_between_quotes() -> None:
    told = read_questionnaire(b'{"id": NaN}', "skjema.json").faults[0].sentence("nb")
    assert "«id» er NaN, ikke en tekst" in told and "nan" not in told and told.endswith("Skriv en tekst.")
