"""Questionnaires from and to files: YAML, JSON, XLSForm and SurveyJS, told apart by what is in them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence

import xlsxwriter  # type: ignore[import-untyped]
import yaml

from forms.errors import Fault, QuestionnaireFault, at
from forms.exchange.surveyjs_in import from_surveyjs, is_surveyjs
from forms.exchange.tables import Carried
from forms.exchange.workbook import Workbook, is_workbook, read_workbook
from forms.exchange.xlsform_in import from_xlsform
from forms.exchange.xlsform_out import to_xlsform
from forms.loading import dump, parse
from forms.questionnaire import Questionnaire
from forms.source import read as read_source

WIDTHS = {"type": 30, "name": 26, "list_name": 20, "relevant": 40, "constraint": 40}
LABEL_WIDTH = 50


def read_questionnaire(data: bytes, name: str) -> Carried:
    """The questionnaire in an XLSForm workbook, a survey of SurveyJS, YAML or JSON. `name`: of the file.

    Never raises for what stands in the file: what is wrong with it is in the faults.
    """
    try:
        if is_workbook(data):
            return _of_workbook(read_workbook(data, name), name.rpartition(".")[0] or name)
        text = _decoded(data, name)
        if text.lstrip().startswith("{") and is_surveyjs(read_source(text, name).data):
            return from_surveyjs(text, name)
        return Carried(parse(text, name), ())
    except QuestionnaireFault as fault:
        return Carried(None, fault.faults)


def _of_workbook(book: Workbook, name: str) -> Carried:
    """Where cells lack their words nothing else is said: it might but follow from that."""
    if any(fault.severity == "error" for fault in book.faults):
        return Carried(None, tuple(book.faults))
    carried = from_xlsform(book.sheets, name)
    return Carried(carried.questionnaire, (*book.faults, *carried.faults))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise QuestionnaireFault([Fault.error(at(file=name, line=line), "file_not_utf8")]) from problem


def as_yaml(questionnaire: Questionnaire) -> str:
    """The questionnaire as a file of ours, in the order of the model."""
    return yaml.safe_dump(dump(questionnaire), allow_unicode=True, sort_keys=False, width=110)


def as_json(questionnaire: Questionnaire) -> str:
    return json.dumps(dump(questionnaire), ensure_ascii=False, indent=2) + "\n"


def as_xlsform(questionnaire: Questionnaire) -> tuple[bytes, tuple[Fault, ...]]:
    """The workbook, and what other programs will not do of it."""
    written = to_xlsform(questionnaire)
    return write_workbook(written.sheets), written.faults


def write_workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An XLSX file in which every cell is text: '=1+1' stays what somebody wrote and is never reckoned."""
    file = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(file, plain) as book:
        head, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(line, column, cell, wrapped if line else head)
            for column, title in enumerate(rows[0] if rows else ()):
                wide = LABEL_WIDTH if title.startswith(("label", "value")) else WIDTHS.get(title, 18)
                sheet.set_column(column, column, wide)
    return file.getvalue()
