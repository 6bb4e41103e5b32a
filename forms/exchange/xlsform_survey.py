"""The sheet `survey` of an XLSForm, row by row: pages, tables of questions, and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.errors import Fault
from forms.exchange import xlsform_types
from forms.exchange.tables import OWN, Row, slug
from forms.exchange.xlsform_cells import Cells, Document
from forms.exchange.xlsform_lists import Listed, clash
from forms.questionnaire import Item, Matrix, Page

MODULE = "skjema"
"""The module of pages that come from elsewhere."""


@dataclass
class Asked:
    """A question, with the row it came from, its list ('' without one) and the table it stands in."""

    row: Row
    document: Document
    list_name: str = ""
    matrix: Document | None = None

    @property
    def calculated(self) -> bool:
        return self.row.get("type").lower() == "calculate"


@dataclass
class Survey:
    """`conditions`: the rows whose conditions all have to hold, for each page and table."""

    pages: list[Document] = field(default_factory=list)
    items: list[Asked] = field(default_factory=list)
    conditions: list[tuple[Document, list[Row]]] = field(default_factory=list)


@dataclass
class _Group:
    """`row`: None for the page of questions that stand outside of groups."""

    row: Row | None
    document: Document
    conditions: list[Row]
    matrix: bool = False
    shares: bool = False
    pages: int = 1


def read_survey(cells: Cells, lists: Mapping[str, Listed]) -> Survey:
    """All rows. Those that we have no place for are told of."""
    return _Reader(cells, lists).read()


class _Reader:
    def __init__(self, cells: Cells, lists: Mapping[str, Listed]) -> None:
        self._cells = cells
        self._lists = lists
        self._survey = Survey()
        self._seen: dict[str, Row] = {}
        self._open: list[_Group] = []
        self._before = 0

    def read(self) -> Survey:
        repeats = 0
        for row in self._cells.rows("survey"):
            kind = " ".join(row.get("type").lower().replace("_", " ").split())
            if kind in ("begin repeat", "end repeat") or repeats:
                repeats += (kind == "begin repeat") - (kind == "end repeat")
                if kind != "end repeat":
                    self._warn(row, "xls_type_left", type=row.get("type"))
            elif kind == "begin group":
                self._begin(row)
            elif kind == "end group":
                self._end(row)
            elif row.get("type"):
                self._question(row)
            elif set(row.cells) - {"name"}:
                self._refuse(row, "type", "xls_name_missing", column="type")
            else:
                self._cells.left(row, "name")
        for group in self._open:
            if group.row is not None:
                self._refuse(group.row, "type", "xls_group_unmatched")
        return self._survey

    def _warn(self, row: Row, kind: str, /, **values: object) -> None:
        self._cells.faults.append(Fault.warning(row.place(), kind, **values))

    def _refuse(self, row: Row, column: str, kind: str, /, **values: object) -> None:
        self._cells.faults.append(Fault.error(row.place(column), kind, **values))

    # ---------------------------------------------------------------- groups

    def _begin(self, row: Row) -> None:
        name = self._new_name(row)
        self._leave(row, "shares" if row.get(f"{OWN}part") == "allocate" else "group")
        inside = self._open[-1] if self._open and self._open[-1].row is not None else None
        part = row.get(f"{OWN}part")
        if inside is not None and part == "allocate":
            self._allocate(row, name, inside)
        elif inside is not None and (
            part == "matrix" or (not part and "table-list" in row.get("appearance"))
        ):
            self._table(row, name, inside)
        else:
            self._new_page(row, name, inside)

    def _table(self, row: Row, name: str, inside: _Group) -> None:
        matrix: Document = {"id": name, "kind": "matrix", "text": self._cells.label(row, Matrix), "rows": []}
        matrix |= self._cells.remembered(row, Matrix, "text", "show_if")
        self._survey.conditions.append((matrix, [row]))
        self._page(inside)["items"].append(matrix)
        self._open.append(_Group(row, matrix, [], matrix=True))

    def _allocate(self, row: Row, name: str, inside: _Group) -> None:
        """Shares of an amount: a group of ours. Its choices are those of its list, not of the rows in it."""
        document: Document = {"id": name, "kind": "allocate", "text": self._cells.label(row, Item)}
        document |= self._helped(row) | self._cells.remembered(row, Item, "text", "help")
        self._survey.items.append(Asked(row, document, f"svar-{name}"))
        self._page(inside)["items"].append(document)
        self._open.append(_Group(row, document, [], shares=True))

    def _new_page(self, row: Row, name: str, inside: _Group | None) -> None:
        if inside is not None:
            self._warn(row, "xls_group_flat", name=row.get("name"))
        above = inside.conditions if inside else []
        self._page_begins()
        page: Document = {
            "id": name,
            "title": self._cells.label(row, Page, "title"),
            "module": MODULE,
            "items": [],
        }
        page |= self._cells.remembered(row, Page, "title", "show_if")
        self._open = [group for group in self._open if group.row is not None]
        self._open.append(_Group(row, page, [*above, row]))
        self._add_page(page, [*above, row])

    def _end(self, row: Row) -> None:
        for column in row.cells:
            # Many write the name of the group, or its label, once more where it ends.
            if column.partition("::")[0] not in ("type", "name", "label") and not column.startswith(OWN):
                self._cells.left(row, column)
        while self._open and self._open[-1].row is None:
            self._open.pop()
        if not self._open:
            self._refuse(row, "type", "xls_group_unmatched")
            return
        self._open.pop()

    def _add_page(self, page: Document, conditions: list[Row]) -> None:
        self._survey.pages.append(page)
        self._survey.conditions.append((page, conditions))

    def _page_begins(self) -> None:
        """What was answered to questions with one choice may stand in the texts of the pages that follow."""
        self._cells.earlier.update(
            asked.document["id"]
            for asked in self._survey.items[self._before :]
            if asked.document.get("kind", "choice") == "choice" and not asked.calculated
        )
        self._before = len(self._survey.items)

    def _page(self, group: _Group) -> Document:
        """The page that the group is on now: a further one when a group inside it has had its own."""
        if self._survey.pages[-1] is not group.document:
            group.pages += 1
            own = group.document
            more = {"id": f"{own['id']}_{group.pages}"[:64], "title": own["title"], "module": own["module"]}
            group.document = more | {"items": []}
            self._add_page(group.document, group.conditions)
        return group.document

    def _here(self) -> _Group:
        """The group a question is in; questions outside of groups have a page of their own."""
        if not self._open:
            number = len(self._survey.pages) + 1
            page = {"id": f"side_{number}", "title": self._cells.title(), "module": MODULE, "items": []}
            self._add_page(page, [])
            self._open.append(_Group(None, page, []))
        return self._open[-1]

    # ---------------------------------------------------------------- questions

    def _question(self, row: Row) -> None:
        if row.get(f"{OWN}part") == "intro" and self._open and not self._open[-1].matrix:
            self._open[-1].document["intro"] = self._cells.label(row, Item)
            return
        shares = bool(self._open) and self._open[-1].shares
        if shares and row.get(f"{OWN}part") == "share":
            return
        made = None if shares else xlsform_types.type_of(row)
        if made is None:
            self._cells.faults.append(xlsform_types.left_type(row))
            return
        if made.other:
            self._cells.left(row, "type", "or_other")
        if made.list_name and made.list_name not in self._lists:
            self._refuse(row, "type", "xls_list_unknown", list=made.list_name)
        if not self._open:
            self._page_begins()
        name = self._new_name(row)
        self._leave(row, made.kind)
        document: Document = {"id": name, "text": self._text(row, made.kind)}
        document |= self._helped(row) | xlsform_types.fields(row, made.kind, self._cells.languages)
        document |= self._cells.remembered(row, Item, "text", "help")
        group = self._here()
        self._survey.items.append(
            Asked(row, document, made.list_name, group.document if group.matrix else None)
        )
        if group.matrix:
            group.document["rows"].append(document)
        else:
            self._page(group)["items"].append(document)

    def _text(self, row: Row, kind: str) -> dict[str, str]:
        """Computed answers need no label: nobody sees them."""
        if kind == "computed" and not self._cells.text(row, "label"):
            return {language: row.get("name") for language in self._cells.languages}
        return self._cells.label(row, Item)

    def _helped(self, row: Row) -> Document:
        helped = self._cells.worded(row, "hint", Item, "help")
        return {"help": helped} if helped else {}

    def _new_name(self, row: Row) -> str:
        name = row.get("name")
        if not name:
            self._refuse(row, "name", "xls_name_missing", column="name")
            return f"rad_{row.line}"
        ours = slug(name)
        if fault := clash(self._seen, ours, row):
            self._cells.faults.append(fault)
        elif ours != name:
            self._cells.faults.append(
                Fault.warning(row.place("name"), "xls_name_changed", name=name, ours=ours)
            )
        return ours

    def _leave(self, row: Row, kind: str = "group") -> None:
        """Tells of what stands in columns that mean nothing to us."""
        for column in xlsform_types.left(row, kind):
            self._cells.left(row, column)
