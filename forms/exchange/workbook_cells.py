"""What one cell of a worksheet says, and the cells whose words a reader of files cannot have.

A formula is not reckoned here; where the file did not keep what it came to, nothing stands in the cell for us
and everything for whoever wrote it. The same with `#REF!`, and with "1-2" that a spreadsheet took for a day
and keeps as 45689. None of them may be passed over: each is told of with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from forms.errors import Fault, at
from forms.exchange.tables import OWN, column_name, letters

Element = ElementTree.Element
MOST_TOLD = 1000
"""Cells of one workbook that are told of one by one."""
_BREAK = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLAIN = frozenset({0, 1, 2, 3, 4, 49})
"""Formats of numbers that every spreadsheet has: as it is, with decimals or thousands, as text."""
_BUILT_IN = frozenset(range(164))
_ASIDE = re.compile(r"\[[^\]]*\]|\\.|_.|\*.")
_BARE = re.compile(r"[#0,. ]*|General|@", re.I)
_READ = frozenset({
    "type", "name", "list_name", "label", "hint", "relevant", "constraint", "constraint_message",
    "calculation", "choice_filter", "appearance", "parameters", "form_title", "form_id", "version",
    "default_language",
    "part", "value",
})  # fmt: skip
_WORDS = frozenset(
    {"type", "name", "list_name", "label", "hint", "constraint_message", "form_title", "value"}
)
"""Columns where a number is read as the words that somebody typed."""


def named(root: Element, tag: str) -> Iterator[Element]:
    """The elements of that name at any depth, whatever their namespace."""
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == tag)


def text_of(element: Element) -> str:
    """What stands in it, whatever its letters look like, without the reading aids of Japanese."""
    said = [
        part.text or ""
        for run in (element, *element)
        if run.tag.rpartition("}")[2] in ("si", "is", "r")
        for part in run
        if part.tag.rpartition("}")[2] == "t"
    ]
    return _BREAK.sub(lambda found: chr(int(found[1], 16)), "".join(said))


@dataclass(frozen=True)
class Unread:
    """A cell whose words are not in the file. `kind`: of the fault; `given`: what is there instead."""

    line: int
    column: int
    kind: str
    given: str


@dataclass
class Reader:
    """`strings`: those that cells share. `dressed`: styles that show a number as something else.
    `stale`: the program that wrote the file reckoned nothing and left that to whoever opens it."""

    strings: Sequence[str]
    dressed: frozenset[int]
    stale: bool
    unread: list[Unread] = field(default_factory=list)

    def cell(self, cell: Element, line: int, column: int) -> str:
        """Its text, '' where there is none to read; those that are to be told of stand in `unread`."""
        kind = cell.attrib.get("t", "n")
        parts = {part.tag.rpartition("}")[2]: part for part in cell}
        if kind == "inlineStr":
            return text_of(parts["is"]) if "is" in parts else ""
        value = (parts["v"].text or "") if "v" in parts else ""
        if kind == "e":
            self._tell(line, column, "xls_cell_error", value or "#N/A")
            return ""
        if "f" in parts and self._unreckoned(kind, parts.get("v"), value):
            self._tell(line, column, "xls_cell_formula", f"={parts['f'].text or '…'}")
            return ""
        match kind:
            case "s":
                return self.strings[int(value)] if value else ""
            case "b":
                return ("true" if value == "1" else "false") if value else ""
            case "n" if value:
                number = f"{float(value):.15g}"
                if int(cell.attrib.get("s", 0)) in self.dressed:
                    self._tell(line, column, "xls_cell_dressed", number)
                return number
            case "d" if value:
                self._tell(line, column, "xls_cell_dressed", value)
        return value

    def _unreckoned(self, kind: str, stored: Element | None, value: str) -> bool:
        """A text may well come to nothing; a number cannot, and the 0 of a program that reckons nothing is
        not what anything came to."""
        if kind == "str":
            return stored is None
        return not value or (self.stale and kind == "n" and value == "0")

    def _tell(self, line: int, column: int, kind: str, given: str) -> None:
        if len(self.unread) <= MOST_TOLD:
            self.unread.append(Unread(line, column, kind, given))


def faults(sheet: str, head: Sequence[str], unread: Sequence[Unread]) -> list[Fault]:
    """What is said of them: an error where the cell would have been read, a warning where it would not."""
    told = []
    for one in unread[:MOST_TOLD]:
        name = column_name(head[one.column - 1]) if one.line > 1 and one.column <= len(head) else ""
        plain = name.partition("::")[0]
        own = plain.startswith(OWN)
        if one.kind == "xls_cell_dressed" and not (own or plain in _WORDS):
            continue  # a number is what such a column holds
        place = at(sheet=sheet, cell_row=one.line, column=name or letters(one.column))
        # A column of the choices is read wherever a filter names it, and a head is read always.
        read = own or plain in _READ or one.line == 1 or (sheet.strip().lower() == "choices" and bool(plain))
        told.append((Fault.error if read else Fault.warning)(place, one.kind, given=_short(one.given)))
    if len(unread) > MOST_TOLD:
        told.append(Fault.error(at(sheet=sheet), "xls_cells_unread", most=MOST_TOLD))
    return told


def _short(given: str) -> str:
    return given if len(given) <= 60 else given[:57] + "..."


def dressed(styles: Element | None) -> frozenset[int]:
    """The styles under which a number is shown as a day, a time, a share, a fraction, or with words to it."""
    if styles is None:
        return frozenset()
    codes: Mapping[int, str] = {
        int(one.attrib["numFmtId"]): one.attrib.get("formatCode", "") for one in named(styles, "numFmt")
    }
    forms = [one for group in named(styles, "cellXfs") for one in named(group, "xf")]
    return frozenset(
        number
        for number, form in enumerate(forms)
        if not _bare(format_id := int(form.attrib.get("numFmtId", 0)), codes.get(format_id))
    )


def _bare(format_id: int, code: str | None) -> bool:
    if code is None:
        return format_id in _PLAIN or format_id not in _BUILT_IN
    return bool(_BARE.fullmatch(_ASIDE.sub("", code.partition(";")[0])))
