"""What can be wrong with questionnaires in the files of others, an example each."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest

from forms.errors import Fault, QuestionnaireFault
from forms.exchange.workbook import MOST_BYTES, read_workbook
from forms.exchange.xlsform_in import from_xlsform
from forms.exchange.xlsform_out import to_xlsform
from forms.loading import from_document, parse
from survey.questionnaire_files import write_workbook
from tests.kinds import document_of_kinds
from tests.questionnaires import questionnaire
from tests.sheets import CHOICES, carried, one, told


def refused(data: bytes) -> list[Fault]:
    with pytest.raises(QuestionnaireFault) as caught:
        read_workbook(data, "skjema.xlsx")
    return list(caught.value.faults)


def spoiled() -> list[Fault]:
    """A file of ours in which somebody wrote nonsense where the scores stand."""
    sheets = to_xlsform(from_document(document_of_kinds())).sheets
    column = sheets["choices"][0].index("bostemme_code")
    sheets["choices"][1][column] = "{"
    return list(carried(*sheets["survey"], **{k: v for k, v in sheets.items() if k != "survey"}).faults)


def halved() -> list[Fault]:
    """JSON can spell half of a character."""
    with pytest.raises(QuestionnaireFault) as caught:
        parse(json.dumps(document_of_kinds() | {"credit": {"nb": "Fra \ud83d"}}), "skjema.json")
    return list(caught.value.faults)


def unsaid() -> list[Fault]:
    """A condition on two lists being alike has no form in XPath."""
    document = document_of_kinds()
    multi = {"kind": "multi", "text": document["title"], "choices": document["scales"][0]["choices"]}
    document["pages"][0]["items"] += [multi | {"id": "a"}, multi | {"id": "b"}]
    document["pages"][1]["show_if"] = "answers.a == answers.b"
    return list(to_xlsform(from_document(document)).faults)


def differing() -> list[Fault]:
    """One of the two lists of a scale was changed, the other forgotten."""
    sheets = to_xlsform(questionnaire()).sheets
    row = next(row for row in sheets["choices"] if row[0].endswith("-vet_ikke"))
    row[sheets["choices"][0].index("label::English (en)")] = "Not at all"
    return list(carried(*sheets["survey"], **{k: v for k, v in sheets.items() if k != "survey"}).faults)


def renamed_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("dokument.txt", "Hei")
    return file.getvalue()


def unread(xml: bytes, times: int = 1) -> list[Fault]:
    """A workbook of ours whose last cell is replaced by another, `times` over."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_workbook({"survey": [["type", "name", "label"], ["x"]]}))) as source,
        zipfile.ZipFile(file, "w") as changed,
    ):
        for entry in source.namelist():
            data = source.read(entry)
            if entry.endswith("sheet1.xml"):
                data = data.replace(b"</row></sheetData>", xml * times + b"</row></sheetData>")
            changed.writestr(entry, data)
    return read_workbook(file.getvalue(), "skjema.xlsx").faults


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "xls_big": lambda: refused(b"PK\x03\x04" + bytes(MOST_BYTES)),
    "xls_not_workbook": lambda: refused(renamed_zip()),
    "xls_broken": lambda: refused(b"PK\x03\x04" + bytes(100)),
    "xls_cells": lambda: refused(write_workbook({"survey": [[""] * 499 + ["x"]] * 2_001})),
    "xls_cell_characters": lambda: told(*one("text", label="Hva \ud800?")),
    "xls_language_unknown": lambda: told(["type", "name", "label::Klingon"], ["note", "n", "nuqneH"]),
    "xls_column_twice": lambda: told(["type", "name", "label", "Label"], ["note", "n", "Hei", "Hallo"]),
    "xls_headless": lambda: told(["type", "name", "label", ""], ["note", "n", "Hei", "Hallo"]),
    "xls_sheet_left": lambda: told(*one("text"), entities=[["list_name"], ["trees"]]),
    "xls_piped": lambda: told(*one("note"), ["begin_group", "b", "Du svarte ${heis}"], ["end_group"]),
    "xls_pipe_left": lambda: told(*one("text", label="Hvorfor ${heis}?")),
    "xls_calculation_left": lambda: told(*one("calculate", calculation="pulldata('a', 'b')")),
    "text_unwritable": halved,
    "xls_columns": lambda: refused(write_workbook({"survey": [["type"], [""] * 600 + ["x"]]})),
    "xls_rows": lambda: told(*([["type", "name"]] + [["note", "n"]] * 10_001)),
    "xls_cell_long": lambda: told(*one("text", "x" * 10_000_000)),
    "xls_sheet_missing": lambda: list(from_xlsform({"choices": CHOICES}, "skjema").faults),
    "xls_column_missing": lambda: told(["kind", "name"], ["text", "a"]),
    "xls_name_missing": lambda: told(*one("text", "")),
    "xls_name_clash": lambda: told(*one("text", "HEIS")),
    "xls_name_changed": lambda: told(*one("text", "Hvor-er-det")),
    "xls_label_missing": lambda: told(*one("text", label="")),
    "xls_list_unknown": lambda: told(*one("select_one borte")),
    "xls_lists_differ": differing,
    "xls_group_unmatched": lambda: told(*one("begin_group")),
    "xls_group_flat": lambda: told(*one("begin_group"), ["begin_group", "b", "B"], ["text", "c", "C"],
                                   ["end_group"], ["end_group"]),
    "xls_cell_unfit": spoiled,
    "xls_nothing": lambda: told(["type", "name", "label"], ["geopoint", "sted", "Hvor?"]),
    "xls_type_left": lambda: told(*one("geopoint")),
    "xls_type_misspelt": lambda: told(*one("selct_one jn")),
    "xls_type_unknown": lambda: told(*one("xyz")),
    "xls_column_left": lambda: told(*one("text", required="yes")),
    "xls_condition_left": lambda: told(*one("text", relevant="regex(., 'n.*')")),
    "xls_question_unknown": lambda: told(*one("text", relevant="${en-balkong} = 'ja'")),
    "xls_answer_unknown": lambda: told(*one("text", relevant="${ heis } = 'kanskje'")),
    "xls_message_left": lambda: told(*one("text", constraint_message="Bare noen ord.")),
    "xls_unsaid": unsaid,
    "xls_cell_formula": lambda: unread(b'<c r="C2"><f>A1</f><v></v></c>'),
    "xls_cell_error": lambda: unread(b'<c r="C2" t="e"><v>#REF!</v></c>'),
    "xls_cell_dressed": lambda: unread(b'<c r="C2" t="d"><v>2026-02-01</v></c>'),
    "xls_cells_unread": lambda: unread(b'<c r="C2"><f>A1</f></c>', 1_001),
}  # fmt: skip
