"""The cells of an XLSX file as text. A workbook is a zip of XML; both can be made to swell without end.

Read here, not by a library for tables: those make room for every cell between the first and the last, and a
copy of a text for every cell that has it, so that a small file from a stranger can fill the memory. Formulas
are never read, only what they came to; a cell whose words are not in the file is told of.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from forms.errors import Fault, QuestionnaireFault, at
from forms.exchange.tables import MOST_ROWS, SHEETS, Sheet
from forms.exchange.workbook_cells import Reader, dressed, faults, named, text_of

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_COLUMNS = 500
MOST_CELLS = 1_000_000
"""Places of all sheets together, empty ones before the last of a row among them."""
MOST_SHEETS = 50
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
Element = ElementTree.Element


def is_workbook(data: bytes) -> bool:
    """Whether it begins like a zip file, as XLSX does."""
    return data[:4] == b"PK\x03\x04"


@dataclass
class Workbook:
    """The sheets by name, those that an XLSForm does not have empty. `faults`: of cells without words."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_workbook(data: bytes, name: str) -> Workbook:
    """What stands in the cells. QuestionnaireFault says why nothing does."""
    if len(data) > MOST_BYTES:
        raise _refused(name, "xls_big", most=MOST_BYTES // 2**20)
    if not is_workbook(data):
        raise _refused(name, "xls_not_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, name)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError, NotImplementedError,
            RuntimeError, EOFError, OSError) as fault:  # fmt: skip
        raise _refused(name, "xls_broken") from fault


def _read(archive: zipfile.ZipFile, name: str) -> Workbook:
    # Python never unpacks more of an entry than its header says, so the sum of what they say is the most.
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise _refused(name, "xls_big", most=MOST_UNPACKED // 2**20)
    if "xl/workbook.xml" not in archive.namelist():
        raise _refused(name, "xls_not_workbook")
    files = {
        link.attrib["Id"]: link.attrib["Target"]
        for link in _xml(archive, "xl/_rels/workbook.xml.rels")
        if link.attrib["Type"].endswith("/worksheet")
    }
    book = _xml(archive, "xl/workbook.xml")
    strings, styles = _strings(archive), _styles(archive)
    stale = any(one.attrib.get("fullCalcOnLoad") in ("1", "true") for one in named(book, "calcPr"))
    found = Workbook()
    room = MOST_CELLS
    for sheet in named(book, "sheet"):
        link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
        if link in files and len(found.sheets) < MOST_SHEETS:
            target = files[link]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            title, read = sheet.attrib["name"], []
            if title.strip().lower() in SHEETS:
                reader = Reader(strings, styles, stale)
                read = _sheet(_xml(archive, path), reader, title, room)
                room -= sum(map(len, read))
                found.faults += faults(title, read[0] if read else (), reader.unread)
            found.sheets[title] = read
    return found


def _xml(archive: zipfile.ZipFile, path: str) -> Element:
    data = archive.read(path)
    # No entities of anybody's making: they are what makes a small XML swell.
    if b"<!DOCTYPE" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("declares entities, or is not in UTF-8")
    return ElementTree.fromstring(data)


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [text_of(one) for one in named(_xml(archive, "xl/sharedStrings.xml"), "si")]


def _styles(archive: zipfile.ZipFile) -> frozenset[int]:
    there = "xl/styles.xml" in archive.namelist()
    return dressed(_xml(archive, "xl/styles.xml") if there else None)


def _sheet(root: Element, reader: Reader, name: str, room: int) -> list[list[str]]:
    rows: list[list[str]] = []
    line = 0
    for row in named(root, "row"):
        line = int(row.attrib.get("r", line + 1))
        filled: dict[int, str] = {}
        column = 0
        for cell in named(row, "c"):
            place = _CELL.fullmatch(cell.attrib.get("r", ""))
            column = _number(place[1]) if place else column + 1
            if text := reader.cell(cell, line, column):
                filled[column] = text
        if not filled:
            continue
        if line > MOST_ROWS:
            raise QuestionnaireFault([Fault.error(at(sheet=name), "xls_rows", rows=line, most=MOST_ROWS)])
        if max(filled) > MOST_COLUMNS:
            fault = Fault.error(at(sheet=name), "xls_columns", columns=max(filled), most=MOST_COLUMNS)
            raise QuestionnaireFault([fault])
        room -= max(filled)
        if room < 0:
            raise QuestionnaireFault([Fault.error(at(sheet=name), "xls_cells", most=MOST_CELLS)])
        rows += [[] for _ in range(line - 1 - len(rows))]
        rows.append([filled.get(number, "") for number in range(1, max(filled) + 1)])
    return rows


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _refused(name: str, kind: str, **values: object) -> QuestionnaireFault:
    return QuestionnaireFault([Fault.error(at(file=name), kind, **values)])
