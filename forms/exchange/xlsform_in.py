"""An XLSForm as a questionnaire: everything is carried over or told of, row by row; never half of it.

Files that we wrote ourselves have columns `bostemme_*` beside those of XLSForm. The steps have a module each:
the cells and their languages, the lists of choices, the rows of the survey, which lists are scales, what is
reckoned, and here the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from forms.errors import Fault, QuestionnaireFault, at
from forms.exchange import xlsform_lists, xlsform_logic, xlsform_out, xlsform_scales
from forms.exchange.tables import SHEETS, Carried, Sheet, slug, too_much
from forms.exchange.xlsform_cells import Cells, Document
from forms.exchange.xlsform_survey import MODULE, Survey, read_survey
from forms.loading import from_document
from forms.questionnaire import Questionnaire

_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language"})
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


def from_xlsform(sheets: Mapping[str, Sheet], name: str) -> Carried:
    """The questionnaire in the sheets of a workbook. `name`: of the file, where the form has none."""
    if much := too_much(sheets):
        return Carried(None, tuple(much))
    cells = Cells(_by_name(sheets), name)
    if not cells.head("survey"):
        missing = Fault.error(at(file=name), "xls_sheet_missing", sheet="survey")
        return Carried(None, (*cells.faults, missing))
    for column in ("type", "name"):
        if column not in cells.head("survey"):
            cells.faults.append(Fault.error(at(sheet="survey"), "xls_column_missing", column=column))
    if _errors(cells):
        return Carried(None, tuple(cells.faults))
    lists = xlsform_lists.read_lists(cells)
    survey = read_survey(cells, lists)
    xlsform_lists.leave(cells, lists.values(), xlsform_logic.filtered_by(survey))
    scales, known = xlsform_scales.settle(cells, survey, lists)
    xlsform_logic.settle(cells, survey, lists, known)
    return _carried(cells, survey, _document(cells, survey, scales))


def _by_name(sheets: Mapping[str, Sheet]) -> dict[str, Sheet]:
    """In small letters; the first of two that come to have one name."""
    found: dict[str, Sheet] = {}
    for name, sheet in sheets.items():
        plain = name.strip().lower()
        found[plain if plain in SHEETS and plain not in found else name] = sheet
    return found


def _errors(cells: Cells) -> bool:
    return any(fault.severity == "error" for fault in cells.faults)


def _carried(cells: Cells, survey: Survey, document: Document) -> Carried:
    if not any(page["items"] for page in document["pages"]):
        cells.faults.append(Fault.error(at(sheet="survey"), "xls_nothing"))
    if _errors(cells):
        return Carried(None, tuple(cells.faults))
    try:
        return Carried(from_document(document), tuple(cells.faults))
    except QuestionnaireFault as fault:
        return Carried(None, (*cells.faults, *(_with_row(survey, one) for one in fault.faults)))


def _with_row(survey: Survey, fault: Fault) -> Fault:
    """What is wrong with a question, with the row of the sheet that it came from."""
    named = {step.key: dict(step.values)["name"] for step in fault.place.steps}
    item = named.get("place.row", named.get("place.item"))
    row = next((asked.row for asked in survey.items if asked.document["id"] == item), None)
    return fault if row is None else replace(fault, place=fault.place.within(row.place()))


def _document(cells: Cells, survey: Survey, scales: list[Document]) -> Document:
    said = cells.settings()
    version = said.get("version")
    for column, cell in said.cells.items():
        if column not in _SETTINGS or (column == "version" and not _VERSION.fullmatch(cell)):
            cells.left(said, column)
    document: Document = {
        "id": slug(said.get("form_id") or said.get("form_title") or cells.name),
        "version": "1.0",
        "title": cells.title(),
        "description": cells.title(),
        "credit": dict.fromkeys(cells.languages, f"XLSForm: {cells.name}"),
        "languages": list(cells.languages),
    }
    document |= _remembered(cells)
    # What XLSForm says of the form itself goes before what we remember of it.
    if said.get("form_id"):
        document["id"] = slug(said.get("form_id"))
    if _VERSION.fullmatch(version):
        document["version"] = version
    document["scales"] = scales
    document["pages"] = [page for page in survey.pages if page["items"] or page["module"] != MODULE]
    return document


def _remembered(cells: Cells) -> Document:
    """What our own sheet says of the whole: texts by language, labels, and fields of the questionnaire."""
    found: Document = {}
    for row in cells.own:
        part, name = row.get("part"), row.get("name")
        if part in xlsform_out.HEAD:
            found.setdefault(part, {})[name] = row.get("value")
        elif part.startswith("labels."):
            label = part.removeprefix("labels.")
            found.setdefault("labels", {}).setdefault(label, {})[name] = row.get("value")
        elif part == "questionnaire" and name not in xlsform_out.LATER:
            if (value := cells.value(row, Questionnaire, name, "value")) is not None:
                found[name] = value
        elif part != "scale":
            cells.unfit(row, "part")
    return found
