"""The cells of an XLSX file as text. A workbook is a zip of XML; both can be made to swell without end.

Read here, not by a library for tables: those make room for every cell between the first and the last, and a
copy of a text for every cell that has it, so that a small file from a stranger can fill the memory. Formulas
are never read, only what they came to.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from forms.errors import Fault, QuestionnaireFault, at
from forms.exchange.tables import MOST_ROWS, SHEETS, Sheet

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_COLUMNS = 500
MOST_CELLS = 1_000_000
"""Places of all sheets together, empty ones before the last of a row among them."""
MOST_SHEETS = 50
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BREAK = re.compile(r"_x([0-9A-Fa-f]{4})_")
Element = ElementTree.Element


def is_workbook(data: bytes) -> bool:
    """Whether it begins like a zip file, as XLSX does."""
    return data[:4] == b"PK\x03\x04"


def read_sheets(data: bytes, name: str) -> dict[str, Sheet]:
    """The sheets of a workbook by name; those that an XLSForm does not have are left empty.

    QuestionnaireFault says why there are none.
    """
    if len(data) > MOST_BYTES:
        raise _refused(name, "xls_big", most=MOST_BYTES // 2**20)
    if not is_workbook(data):
        raise _refused(name, "xls_not_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _sheets(archive, name)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, IndexError, NotImplementedError,
            RuntimeError, EOFError, OSError) as fault:  # fmt: skip
        raise _refused(name, "xls_broken") from fault


def _sheets(archive: zipfile.ZipFile, name: str) -> dict[str, Sheet]:
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
    strings = _strings(archive)
    found: dict[str, Sheet] = {}
    room = MOST_CELLS
    for sheet in _named(_xml(archive, "xl/workbook.xml"), "sheet"):
        link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
        if link in files and len(found) < MOST_SHEETS:
            target = files[link]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            title, read = sheet.attrib["name"], []
            if title.strip().lower() in SHEETS:
                read = _sheet(_xml(archive, path), strings, title, room)
                room -= sum(map(len, read))
            found[title] = read
    return found


def _xml(archive: zipfile.ZipFile, path: str) -> Element:
    data = archive.read(path)
    # No entities of anybody's making: they are what makes a small XML swell.
    if b"<!DOCTYPE" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError("declares entities, or is not in UTF-8")
    return ElementTree.fromstring(data)


def _named(root: Element, tag: str) -> Iterator[Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == tag)


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return [_text(one) for one in _named(_xml(archive, "xl/sharedStrings.xml"), "si")]


def _text(element: Element) -> str:
    """What stands in it, whatever its letters look like, without the reading aids of Japanese."""
    said = [
        part.text or ""
        for run in (element, *element)
        if run.tag.rpartition("}")[2] in ("si", "is", "r")
        for part in run
        if part.tag.rpartition("}")[2] == "t"
    ]
    return _BREAK.sub(lambda found: chr(int(found[1], 16)), "".join(said))


def _sheet(root: Element, strings: list[str], name: str, room: int) -> list[list[str]]:
    rows: list[list[str]] = []
    line = 0
    for row in _named(root, "row"):
        line = int(row.attrib.get("r", line + 1))
        filled: dict[int, str] = {}
        column = 0
        for cell in _named(row, "c"):
            place = _CELL.fullmatch(cell.attrib.get("r", ""))
            column = _number(place[1]) if place else column + 1
            if text := _cell(cell, strings):
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


def _cell(cell: Element, strings: list[str]) -> str:
    kind = cell.attrib.get("t", "n")
    if kind == "inlineStr":
        return "".join(_text(part) for part in cell if part.tag.rpartition("}")[2] == "is")
    value = next((part.text or "" for part in cell if part.tag.rpartition("}")[2] == "v"), "")
    match kind:
        case "s":
            return strings[int(value)] if value else ""
        case "b":
            return "true" if value == "1" else "false"
        case "n" if value:
            return f"{float(value):.15g}"
        case "e":
            return ""
    return value


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _refused(name: str, kind: str, **values: object) -> QuestionnaireFault:
    return QuestionnaireFault([Fault.error(at(file=name), kind, **values)])
