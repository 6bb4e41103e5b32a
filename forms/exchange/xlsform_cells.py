"""The cells of an XLSForm: its languages, its texts, and what we remembered in columns of our own.

Whatever cannot be used is told of with its place: every step of the reading writes in the list of `Cells`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from forms.errors import Fault, at
from forms.exchange import xlsform_out
from forms.exchange.own_values import own_value
from forms.exchange.pipes import piped
from forms.exchange.tables import (
    OWN,
    OWN_SHEET,
    SHEETS,
    Row,
    Sheet,
    column_name,
    language_of,
    letters,
    rows,
    slug,
    titled,
)
from forms.questionnaire import Questionnaire

Document = dict[str, Any]
_PIPED = re.compile(r"\$\{\s*([^{}]{1,100}?)\s*\}")
_TEXTS = ("label", "hint", "constraint_message")


class Cells:
    """One workbook, and what is told of it.

    `languages`: of its texts, the language that is the default first. `earlier`: ids of the questions with
    one choice whose answers may stand in the texts that are read now.
    """

    def __init__(self, sheets: Mapping[str, Sheet], name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.earlier: set[str] = set()
        self._sheets = sheets
        self._values: dict[tuple[str, int, str], Any] = {}
        self.own = self.rows(OWN_SHEET)
        self.default = "nb"
        self.languages: tuple[str, ...] = ()
        self._codes: dict[str, str] = {}
        self._settle_languages()
        self._overlooked()

    def rows(self, sheet: str) -> list[Row]:
        return rows(sheet, self._sheets.get(sheet, ()))

    def head(self, sheet: str) -> Collection[str]:
        """The names of its columns."""
        cells = self._sheets.get(sheet, ())
        return dict.fromkeys(filter(None, map(column_name, cells[0]))) if cells else {}

    def settings(self) -> Row:
        found = self.rows("settings")
        return found[0] if found else Row("settings", 2, {})

    def title(self) -> dict[str, str]:
        return dict.fromkeys(self.languages, self.settings().get("form_title") or self.name)

    def left(self, row: Row, column: str, called: str = "") -> None:
        """Tells of a cell that is not carried over. `called`: what of it, when not the whole column."""
        said = {"column": called or column, "given": short(row.get(column))}
        self.faults.append(Fault.warning(row.place(column), "xls_column_left", **said))

    # ---------------------------------------------------------------- languages

    def _settle_languages(self) -> None:
        for row in self.own:
            if (row.get("part"), row.get("name")) == ("questionnaire", "languages"):
                self.languages = tuple(self.value(row, Questionnaire, "languages", "value") or ())
        self._codes = {titled(language): language for language in self.languages}
        if said := self.settings().get("default_language"):
            self.default = self._language(said, self.settings(), "default_language") or self.default
        found = [self.default]
        for sheet in ("survey", "choices"):
            for column in self.head(sheet):
                name, _, language = column.partition("::")
                if name in _TEXTS and language:
                    found.append(self._language(language, Row(sheet, 1, {}), column))
        self.languages = self.languages or tuple(dict.fromkeys(found))

    def _language(self, name: str, row: Row, column: str) -> str:
        """Its code. A language that nobody knows by that name is an error: texts would have no readers."""
        if name not in self._codes:
            known = language_of(name)
            if known is None:
                self.faults.append(
                    Fault.error(row.place(column), "xls_language_unknown", language=short(name))
                )
            self._codes[name] = known or slug(name)
        return self._codes[name]

    # ---------------------------------------------------------------- what stands where nobody reads

    def _overlooked(self) -> None:
        for name, sheet in self._sheets.items():
            if name not in SHEETS:
                self.faults.append(Fault.warning(at(sheet=name), "xls_sheet_left"))
            elif sheet:
                self._heads(name, sheet)
        for row in self.rows("settings")[1:]:
            for column in row.cells:
                self.left(row, column)

    def _heads(self, name: str, sheet: Sheet) -> None:
        """Columns that have one name, and cells in columns that have none."""
        seen: dict[str, str] = {}
        for number, cell in enumerate(sheet[0], 1):
            if (own := column_name(cell)) and own in seen:
                place = at(sheet=name, cell_row=1, column=letters(number))
                self.faults.append(Fault.error(place, "xls_column_twice", column=own, other=seen[own]))
            elif own:
                seen[own] = letters(number)
        named = {number for number, cell in enumerate(sheet[0], 1) if column_name(cell)}
        bare: dict[int, tuple[int, str]] = {}
        for line, cells in enumerate(sheet[1:], 2):
            for number, cell in enumerate(cells, 1):
                if number not in named and cell.strip():
                    bare.setdefault(number, (line, cell.strip()))
        for number, (line, cell) in sorted(bare.items()):
            place = at(sheet=name, cell_row=line, column=letters(number))
            self.faults.append(Fault.warning(place, "xls_headless", given=short(cell)))

    # ---------------------------------------------------------------- texts

    def text(self, row: Row, column: str, earlier: Collection[str] = ()) -> dict[str, str]:
        """A text by language. `earlier`: questions whose answers may stand in it."""
        found = {}
        for head, cell in row.cells.items():
            name, _, language = head.partition("::")
            if name == column:
                code = self._codes.get(language, language) if language else self.default
                found[code] = self._piped(row, head, cell, earlier)
        return {language: found[language] for language in self.languages if language in found}

    def worded(self, row: Row, column: str, model: type[BaseModel], field: str) -> dict[str, str]:
        """A text: the one we remember when the cells are what we wrote of it."""
        remembered = self.value(row, model, field, OWN + field) if row.get(OWN + field) else None
        if isinstance(remembered, dict):
            written = xlsform_out.labelled(column, remembered, self.languages)
            cells = {head: cell for head, cell in row.cells.items() if head.partition("::")[0] == column}
            if {head: words for head, words in written.items() if words} == cells:
                return remembered
        return self.text(row, column, self.earlier)

    def label(self, row: Row, model: type[BaseModel], field: str = "text") -> dict[str, str]:
        if text := self.worded(row, "label", model, field):
            return text
        self.faults.append(Fault.warning(row.place("label"), "xls_label_missing", name=row.get("name")))
        return {language: row.get("name") for language in self.languages}

    def _piped(self, row: Row, column: str, cell: str, earlier: Collection[str]) -> str:
        """`${heis}` in a text as `{heis|…}`, and as '…' where it cannot stand: nobody is shown the name."""
        if "${" not in cell:
            return cell
        text, told = piped(cell, _PIPED, earlier, row.place(column))
        self.faults += told
        return text

    # ---------------------------------------------------------------- what we remember

    def value(self, row: Row, model: type[BaseModel], field: str, column: str) -> Any:
        """What stands in a column of ours; None, and told of, when it cannot be that."""
        key = (row.sheet, row.line, column)
        if key not in self._values:
            try:
                self._values[key] = own_value(model, field, row.get(column))
            except (ValueError, RecursionError):
                self._values[key] = None
                self.unfit(row, column)
        return self._values[key]

    def unfit(self, row: Row, column: str) -> None:
        self.faults.append(Fault.error(row.place(column), "xls_cell_unfit", given=short(row.get(column))))

    def remembered(self, row: Row, model: type[BaseModel], *but: str) -> Document:
        """What stands in our own columns."""
        return dict(self._remembered(row, model, ("part", *but)))

    def _remembered(
        self, row: Row, model: type[BaseModel], but: Collection[str]
    ) -> Iterator[tuple[str, Any]]:
        for column in row.cells:
            field = column.removeprefix(OWN)
            if column.startswith(OWN) and field not in but:
                value = self.value(row, model, field, column)
                if value is not None:
                    yield field, value


def short(cell: str) -> str:
    """As much of a cell as a message can quote."""
    return cell if len(cell) <= 60 else cell[:57] + "..."
