"""The sheet `choices` of an XLSForm: its lists, as choices of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from forms.errors import Fault
from forms.exchange.tables import OWN, Row, slug
from forms.exchange.xlsform_cells import Cells, Document
from forms.questionnaire import SPECIAL_CODES, Choice

_CARRIED = ("list_name", "list name", "name", "label")


@dataclass
class Listed:
    """A list of choices: ours as plain data, what the file calls them, and the special answers among them."""

    rows: list[Row]
    choices: list[Document] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    specials: list[str] = field(default_factory=list)


def read_lists(cells: Cells) -> dict[str, Listed]:
    """Every list by name."""
    found: dict[str, Listed] = {}
    for row in cells.rows("choices"):
        name = row.get("list_name") or row.get("list name")
        if not name or not row.get("name"):
            missing = "name" if name else "list_name"
            cells.faults.append(Fault.error(row.place(missing), "xls_name_missing", column=missing))
        else:
            found.setdefault(name, Listed([])).rows.append(row)
    for listed in found.values():
        _read(listed, cells)
    return found


def leave(cells: Cells, lists: Iterable[Listed], read: Collection[str]) -> None:
    """Tells of what stands beside the choices and means nothing to us. `read`: columns that filters read."""
    for listed in lists:
        for row in listed.rows:
            for column in row.cells:
                name = column.partition("::")[0]
                if name not in (*_CARRIED, *read) and not name.startswith(OWN):
                    cells.left(row, column)


def clash(seen: dict[str, Row], name: str, row: Row) -> Fault | None:
    """The fault of two names that are one to us; remembers the row otherwise."""
    other = seen.setdefault(name, row)
    if other is row:
        return None
    return Fault.error(
        row.place("name"), "xls_name_clash", name=row.get("name"), other=other.get("name"), line=other.line
    )


def _read(listed: Listed, cells: Cells) -> None:
    seen: dict[str, Row] = {}
    figures = all(_whole(row.get("name")) for row in listed.rows if row.get("name") not in SPECIAL_CODES)
    for row in listed.rows:
        name = row.get("name")
        if name in SPECIAL_CODES:
            listed.specials.append(name)
            continue
        choice: Document = {"value": slug(name), "text": cells.label(row, Choice)}
        choice |= cells.remembered(row, Choice, "text")
        if figures and not row.get(f"{OWN}code"):
            choice["number"] = float(name)
        if fault := clash(seen, choice["value"], row):
            cells.faults.append(fault)
            continue
        listed.choices.append(choice)
        listed.named.append(name)
    _code(listed, figures=figures)


def _code(listed: Listed, *, figures: bool) -> None:
    """Codes for those that have none: the figure that is their name, else the next that is free."""
    taken = {choice["code"] for choice in listed.choices if isinstance(choice.get("code"), int)}
    by_name = figures and all(1 <= int(float(name)) <= 250 for name in listed.named)
    free = (code for code in range(1, 251) if code not in taken)
    for choice, name in zip(listed.choices, listed.named, strict=True):
        if "code" not in choice:
            choice["code"] = int(float(name)) if by_name and not taken else next(free, 251)


def _whole(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}(\.0)?", name))
