"""Sheets of text cells, and how names, texts and languages stand in them.

What XLSForm has no place for (meaning, scoring, level, ...) stands in columns of our own, `bostemme_*`, and
in a sheet of our own, `bostemme`; other programs pass them by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from forms.errors import Fault, Place, at
from forms.languages import KNOWN
from forms.questionnaire import PIPE, Questionnaire

Sheet = Sequence[Sequence[str]]
"""Cells as text; the first row names the columns. The line of a row is its place + 1."""

OWN = "bostemme_"
"""What our columns begin with."""
OWN_SHEET = "bostemme"
SHEETS = ("survey", "choices", "settings", OWN_SHEET)
"""All that is read of a workbook."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Nothing that is seen, and halves of characters that no file can hold."""
MOST_ROWS = 10_000
MOST_CHARACTERS = 10_000
"""In one cell."""

NAMES = {code: language.name for code, language in KNOWN.items()} | {
    "nb": "Norsk bokmål",
    "nn": "Norsk nynorsk",
}
"""What languages call themselves, Norwegian by its whole name; others are known by their code alone."""
_CODES = {
    "norwegian": "nb", "norsk": "nb", "no": "nb", "bokmål": "nb", "norwegian bokmål": "nb", "nynorsk": "nn",
    "norwegian nynorsk": "nn", "northern sami": "se", "polish": "pl", "arabic": "ar", "ukrainian": "uk",
    "somali": "so", "tigrinya": "ti", "default": "nb",
    "french": "fr", "français": "fr", "spanish": "es", "español": "es", "german": "de", "deutsch": "de",
    "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da", "portuguese": "pt", "russian": "ru",
    "turkish": "tr", "persian": "fa", "dari": "prs", "pashto": "ps", "urdu": "ur", "kurdish": "ku",
    "romanian": "ro", "lithuanian": "lt", "thai": "th", "vietnamese": "vi", "amharic": "am", "swahili": "sw",
}  # fmt: skip
_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[A-Za-z]+)?\)\s*$")
_BARE_CODE = re.compile(r"[a-z]{2,3}")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ł": "l"})


@dataclass(frozen=True)
class Carried:
    """What came of a file: a questionnaire, or None when there is an error. Warnings: what was left out."""

    questionnaire: Questionnaire | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Row:
    """One row under the names of its columns, those that are empty left out."""

    sheet: str
    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, column: str | None = None) -> Place:
        place = at(sheet=self.sheet, cell_row=self.line)
        return place if column is None else place.at(column=column)


def rows(name: str, sheet: Sheet) -> list[Row]:
    """The rows with something in them. The names of the columns in lower case, with single spaces."""
    if not sheet:
        return []
    head = [column_name(cell) for cell in sheet[0]]
    found = []
    for line, cells in enumerate(sheet[1:], 2):
        filled = {column: cell.strip() for column, cell in zip(head, cells, strict=False) if column}
        if cells_there := {column: cell for column, cell in filled.items() if cell}:
            found.append(Row(name, line, cells_there))
    return found


@lru_cache(maxsize=200)  # each sheet is read again and again under the same head
def column_name(cell: str) -> str:
    """'Label :: English (en)' as 'label::English (en)': the part before the colons in lower case."""
    own, colons, language = (part.strip() for part in cell.partition("::" if "::" in cell else ":"))
    own = re.sub(r"\s+", "_" if own.lower().startswith("constraint") else " ", own.lower())
    return f"{own}::{language}" if colons and language else own


def too_much(sheets: Mapping[str, Sheet]) -> list[Fault]:
    """Sheets that are too long and cells that nobody wrote by hand; to be asked before anything is read."""
    found: list[Fault] = []
    for name, sheet in sheets.items():
        if len(sheet) > MOST_ROWS:
            found.append(Fault.error(at(sheet=name), "xls_rows", rows=len(sheet), most=MOST_ROWS))
        for line, cells in enumerate(sheet[:MOST_ROWS], 1):
            for number, cell in enumerate(cells, 1):
                if len(cell) > MOST_CHARACTERS:
                    place = at(sheet=name, cell_row=line, column=letters(number))
                    found.append(Fault.error(place, "xls_cell_long", length=len(cell), most=MOST_CHARACTERS))
                elif _UNWRITABLE.search(cell):
                    place = at(sheet=name, cell_row=line, column=letters(number))
                    found.append(Fault.error(place, "xls_cell_characters"))
    return found


def letters(number: int) -> str:
    """The name of a column: 1 is A, 27 is AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def titled(language: str) -> str:
    """'Norsk bokmål (nb)', as XLSForm names a language."""
    return f"{NAMES.get(language, language)} ({language})"


def language_of(name: str) -> str | None:
    """The code of a language that a column names: 'English (en)', 'Norsk', 'nb'; None for any other name."""
    if code := _CODE.search(name):
        return _CODES.get(code[1].lower(), code[1].lower())
    plain = name.strip().lower()
    known = {own.lower(): language for language, own in NAMES.items()} | _CODES
    return known.get(plain, plain if _BARE_CODE.fullmatch(plain) else None)


@lru_cache(maxsize=200)
def slug(name: str) -> str:
    """A name that can be an id here: small letters, figures and single underscores, a letter first."""
    plain = unicodedata.normalize("NFKD", name.strip().lower().translate(_LETTERS))
    plain = re.sub(r"[^a-z0-9]+", "_", "".join(c for c in plain if not unicodedata.combining(c))).strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"v{plain}" if plain.isdigit() else f"v_{plain}".rstrip("_")
    return plain[:64]


def shown(text: str) -> str:
    """A text as the cell of a label holds it: earlier answers by the word for nobody in particular."""
    return PIPE.sub(r"\2", text).replace("${", "$ {").strip()


def table(rows: Iterable[Mapping[str, str]], first: Sequence[str]) -> list[list[str]]:
    """Rows under one header: the columns `first`, where any row has them, then the others as they come."""
    kept = list(rows)
    columns = {column: None for column in first if any(row.get(column) for row in kept)}
    for row in kept:
        columns |= {column: None for column in row if row[column]}
    return [list(columns), *([row.get(column, "") for column in columns] for row in kept)]
