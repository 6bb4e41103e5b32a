"""From a table of text cells to answers that the questionnaire accepts, with every bad row and why."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from forms.answers import UNSEEN, Answers
from forms.questionnaire import Questionnaire
from survey.modes import MODES
from survey.responses.cells import CellReader, key
from survey.responses.errors import BadCell, Complaint, FileUnreadable
from survey.responses.reading import Table
from survey.responses.routes import Routes

LANGUAGE_COLUMN = "language"
MODE_COLUMN = "mode"
AREA_COLUMN = "area"
MAX_NAME = 200


@dataclass(frozen=True)
class GoodRow:
    """One respondent. `area` is '' when the file does not say."""

    line: int
    estate: str
    area: str
    language: str
    mode: str
    answers: Answers


@dataclass(frozen=True)
class Checked:
    """What a file holds: rows to store, reasons against the others, and notices about the file."""

    good: tuple[GoodRow, ...]
    bad: tuple[BadCell, ...]
    notices: tuple[Complaint, ...]

    @property
    def bad_lines(self) -> int:
        return len({cell.line for cell in self.bad})


def column_names(questionnaire: Questionnaire, estate_column: str) -> set[str]:
    """Every column name that means something in a file for this questionnaire."""
    return {item.id for item in questionnaire.questions()} | {
        estate_column,
        LANGUAGE_COLUMN,
        MODE_COLUMN,
        AREA_COLUMN,
    }


def check_rows(table: Table, questionnaire: Questionnaire, estate_column: str, language: str) -> Checked:
    """Check every row. `language` is used where the file has no language column.

    Raises FileUnreadable when the header is wrong; bad rows are returned, not raised.
    """
    names = column_names(questionnaire, estate_column)
    _check_header(table.columns, names, questionnaire, estate_column)
    present = set(table.columns)
    missing = [item.id for item in questionnaire.questions() if item.id not in present]
    notices = table.notices
    if missing:
        notices += (Complaint.of("notice.missing_items", count=len(missing), items=_some(missing)),)
    readers = {
        index: CellReader.of(questionnaire, questionnaire.item(name))
        for index, name in enumerate(table.columns)
        if name not in (estate_column, LANGUAGE_COLUMN, MODE_COLUMN, AREA_COLUMN)
    }
    row_reader = _RowReader(table.columns, readers, questionnaire, estate_column, language)
    good: list[GoodRow] = []
    bad: list[BadCell] = list(table.bad)
    for line, cells in table.rows:
        row, reasons = row_reader.read(line, cells)
        bad.extend(reasons)
        if row is not None:
            good.append(row)
    return Checked(tuple(good), tuple(sorted(bad, key=lambda cell: cell.line)), notices)


class _RowReader:
    def __init__(
        self,
        columns: tuple[str, ...],
        readers: dict[int, CellReader],
        questionnaire: Questionnaire,
        estate_column: str,
        language: str,
    ) -> None:
        self.columns = columns
        self.readers = readers
        self.questionnaire = questionnaire
        self.places = {name: columns.index(name) for name in columns}
        self.estate_column = estate_column
        self.language = language
        self.routes = Routes(questionnaire)

    def read(self, line: int, cells: tuple[str, ...]) -> tuple[GoodRow | None, list[BadCell]]:
        bad: list[BadCell] = []
        answers: Answers = {}
        for index, reader in self.readers.items():
            cell = cells[index]
            if not cell:
                continue
            answer = reader.read(cell)
            if isinstance(answer, Complaint):
                bad.append(BadCell(line, self.columns[index], cell, answer))
            elif answer is not None:
                answers[reader.item.id] = answer
        estate = cells[self.places[self.estate_column]]
        if not estate:
            bad.append(BadCell(line, self.estate_column, "", Complaint.of("cell.no_estate")))
        elif len(estate) > MAX_NAME:
            bad.append(
                BadCell(line, self.estate_column, estate, Complaint.of("cell.name_too_long", limit=MAX_NAME))
            )
        for column in {self.estate_column, AREA_COLUMN}:
            if not UNSEEN.isdisjoint(name := self._optional(cells, column, "")):
                shown = "".join(sign for sign in name if sign not in UNSEEN)
                bad.append(BadCell(line, column, shown, Complaint.of("cell.unseen")))
        language = self._optional(cells, LANGUAGE_COLUMN, self.language)
        if language not in self.questionnaire.languages:
            allowed = ", ".join(self.questionnaire.languages)
            bad.append(
                BadCell(line, LANGUAGE_COLUMN, language, Complaint.of("cell.unknown", allowed=allowed))
            )
        mode = self._optional(cells, MODE_COLUMN, "import")
        if mode not in MODES:
            bad.append(
                BadCell(line, MODE_COLUMN, mode, Complaint.of("cell.unknown", allowed=", ".join(MODES)))
            )
        if not bad:
            bad.extend(self._whole_row(line, answers))
        if bad:
            return None, bad
        area = self._optional(cells, AREA_COLUMN, "")
        whole = answers | self.routes.computed(answers)
        return GoodRow(line, estate, area[:MAX_NAME], language, mode, whole), []

    def _optional(self, cells: tuple[str, ...], column: str, default: str) -> str:
        return (cells[self.places[column]] or default) if column in self.places else default

    def _whole_row(self, line: int, answers: Answers) -> list[BadCell]:
        """What only shows when the cells are seen together: nothing answered, or off the route."""
        if not answers:
            return [BadCell(line, "", "", Complaint.of("row.nothing"))]
        off = self.routes.off_route(answers)
        return [
            BadCell(line, item_id, str(answers[item_id]), Complaint.of("cell.off_route")) for item_id in off
        ]


def _check_header(
    columns: tuple[str, ...], names: set[str], questionnaire: Questionnaire, estate_column: str
) -> None:
    complaints: list[Complaint] = []
    unknown = [column for column in columns if column not in names]
    if not any(column in names for column in columns):
        raise FileUnreadable(
            Complaint.of(
                "header.nothing_known",
                found=_some(list(columns)),
                expected=_some([estate_column, *(item.id for item in questionnaire.questions())]),
            )
        )
    for column in unknown:
        near = difflib.get_close_matches(key(column), sorted(names), n=1, cutoff=0.75)
        if near:
            complaints.append(Complaint.of("header.unknown_near", column=column, near=near[0]))
        else:
            complaints.append(Complaint.of("header.unknown", column=column or "∅"))
    if estate_column not in columns:
        complaints.append(Complaint.of("header.no_estate", column=estate_column))
    if not any(item.id in columns for item in questionnaire.questions()):
        complaints.append(Complaint.of("header.no_items", questionnaire=questionnaire.id))
    if complaints:
        raise FileUnreadable(*complaints)


def _some(names: list[str], limit: int = 6) -> str:
    return ", ".join(names[:limit]) + (" …" if len(names) > limit else "")
