"""An XLSForm as a questionnaire: everything is carried over or told of, row by row; never half of it.

Files that we wrote ourselves have columns `bostemme_*` beside those of XLSForm. Where both say the same thing
in their own ways (a condition, a demand, a text with an earlier answer in it), ours is believed as long as
the cell of XLSForm still is what we would write; a cell that somebody changed is read instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.errors import Fault, QuestionnaireFault, at, wording
from forms.exchange import xlsform_out, xpath_in, xpath_tree
from forms.exchange.names import Names
from forms.exchange.tables import (
    OWN,
    OWN_SHEET,
    Carried,
    Row,
    Sheet,
    language_of,
    own_value,
    rows,
    slug,
    too_much,
)
from forms.exchange.xpath_out import Unsaid
from forms.exchange.xpath_tree import Bare, Call, Figure, Ref, Sign, Tree, Word
from forms.loading import from_document
from forms.questionnaire import LANGUAGES, SPECIAL_CODES

Document = dict[str, Any]

_SPELLINGS = {
    "select one": "select_one", "select_one": "select_one", "select1": "select_one",
    "select multiple": "select_multiple", "select_multiple": "select_multiple",
    "select all that apply": "select_multiple", "select all that apply from": "select_multiple",
    "select one from": "select_one", "rank": "rank",
}  # fmt: skip
_LISTED = re.compile(
    rf"({'|'.join(sorted(_SPELLINGS, key=len, reverse=True))})\s+(\S+)(?:\s+(or[_ ]other))?", re.I
)
_PLAIN = {
    "text": "text", "string": "text", "integer": "number", "int": "number", "decimal": "number",
    "range": "number", "note": "info", "calculate": "computed", "acknowledge": "consent",
    "trigger": "consent",
}  # fmt: skip
_KINDS = {"select_one": "choice", "select_multiple": "multi", "rank": "rank"}
_CARRIED = frozenset({
    "type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "calculation",
    "choice_filter", "appearance", "parameters", "list_name",
})  # fmt: skip
_SETTINGS = frozenset({"form_title", "form_id", "version", "default_language"})
_NO = frozenset({"no", "false", "false()", "0"})
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_FIRST_DAY = re.compile(r"\d{4}-\d{2}-01")
_MODULE = "skjema"
"""The module of pages that come from elsewhere."""
_LIMITS = {"number": ("minimum", "maximum"), "month": ("earliest", "latest")}


def from_xlsform(sheets: Mapping[str, Sheet], name: str) -> Carried:
    """The questionnaire in the sheets of a workbook. `name`: of the file, where the form has none."""
    if much := too_much(sheets):
        return Carried(None, tuple(much))
    return _Reader({key.strip().lower(): sheet for key, sheet in sheets.items()}, name).carried()


@dataclass
class _List:
    """A list of choices: ours as plain data, what the file calls them, and the special answers among them."""

    rows: list[Row]
    choices: list[Document] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    specials: list[str] = field(default_factory=list)


@dataclass
class _Item:
    row: Row
    document: Document
    list_name: str = ""
    matrix: Document | None = None


@dataclass
class _Group:
    row: Row | None
    document: Document
    conditions: list[Row]
    matrix: bool = False
    shares: bool = False
    pages: int = 1


class _Reader:
    def __init__(self, sheets: Mapping[str, Sheet], name: str) -> None:
        self._sheets = sheets
        self._name = name
        self._faults: list[Fault] = []
        self._own = _own_rows(sheets)
        self._languages: tuple[str, ...] = ()
        self._default = "nb"
        self._lists: dict[str, _List] = {}
        self._items: list[_Item] = []
        self._pages: list[Document] = []
        self._conditions: list[tuple[Document, list[Row]]] = []
        self._seen: dict[str, Row] = {}
        self._open: list[_Group] = []
        self._known = Names()
        self._scales: dict[str, Document] = {}

    def carried(self) -> Carried:
        survey = self._sheets.get("survey")
        if not survey:
            return Carried(None, (Fault.error(at(file=self._name), "xls_sheet_missing", sheet="survey"),))
        self._settle_languages()
        head = rows("survey", [survey[0], survey[0]])
        for column in ("type", "name"):
            if not head or column not in head[0].cells:
                self._faults.append(Fault.error(at(sheet="survey"), "xls_column_missing", column=column))
        if self._faults:
            return self._end(None)
        self._read_lists()
        self._read_survey(rows("survey", survey))
        self._settle_lists()
        self._settle_conditions()
        document = self._document()
        if not any(page["items"] for page in document["pages"]):
            self._faults.append(Fault.error(at(sheet="survey"), "xls_nothing"))
        return self._end(document)

    def _end(self, document: Document | None) -> Carried:
        if document is None or any(fault.severity == "error" for fault in self._faults):
            return Carried(None, tuple(self._faults))
        try:
            return Carried(from_document(document), tuple(self._faults))
        except QuestionnaireFault as fault:
            return Carried(None, (*self._faults, *fault.faults))

    # ---------------------------------------------------------------- languages and texts

    def _settle_languages(self) -> None:
        settings = rows("settings", self._sheets.get("settings", ()))
        if settings and (said := settings[0].get("default_language")):
            self._default = language_of(said)
        found = [self._default]
        for name in ("survey", "choices"):
            sheet = self._sheets.get(name, ())
            for row in rows(name, [sheet[0], sheet[0]]) if sheet else ():
                found += [
                    language_of(column.partition("::")[2])
                    for column in row.cells
                    if column.startswith(("label::", "hint::"))
                ]
        self._languages = tuple(dict.fromkeys(found))
        for row in self._own:
            if (row.get("part"), row.get("name")) == ("questionnaire", "languages"):
                self._languages = tuple(self._value(row, "languages", "value") or self._languages)

    def _text(self, row: Row, column: str) -> dict[str, str]:
        found = {}
        for head, cell in row.cells.items():
            name, _, language = head.partition("::")
            if name == column:
                found[language_of(language) if language else self._default] = cell
        return {language: found[language] for language in self._languages if language in found}

    def _worded(self, row: Row, column: str, field_name: str) -> dict[str, str]:
        """A text: the one we remember when the cells are what we wrote of it."""
        cells = self._text(row, column)
        remembered = self._value(row, field_name, OWN + field_name) if row.get(OWN + field_name) else None
        if isinstance(remembered, dict) and all(isinstance(words, str) for words in remembered.values()):
            written = xlsform_out.labelled(column, remembered, self._languages)
            if {key: words for key, words in written.items() if words} == {
                xlsform_out.labelled(column, {lang: ""}, (lang,)).popitem()[0]: words
                for lang, words in cells.items()
            }:
                return remembered
        return cells

    def _label(self, row: Row, field_name: str = "text") -> dict[str, str]:
        if text := self._worded(row, "label", field_name):
            return text
        self._faults.append(Fault.warning(row.place("label"), "xls_label_missing", name=row.get("name")))
        return {language: row.get("name") for language in self._languages}

    def _value(self, row: Row, field_name: str, column: str) -> Any:
        try:
            return own_value(field_name, row.get(column))
        except (ValueError, RecursionError):
            self._faults.append(Fault.error(row.place(column), "xls_cell_unfit", given=row.get(column)[:60]))
            return None

    def _remembered(self, row: Row, *but: str) -> Document:
        """What stands in our own columns."""
        return {
            column.removeprefix(OWN): self._value(row, column.removeprefix(OWN), column)
            for column in row.cells
            if column.startswith(OWN) and column.removeprefix(OWN) not in ("part", *but)
        }

    # ---------------------------------------------------------------- choices

    def _read_lists(self) -> None:
        for row in rows("choices", self._sheets.get("choices", ())):
            name = row.get("list_name") or row.get("list name")
            if not name or not row.get("name"):
                missing = "name" if name else "list_name"
                self._faults.append(Fault.error(row.place(missing), "xls_name_missing", column=missing))
            else:
                self._lists.setdefault(name, _List([])).rows.append(row)
        for found in self._lists.values():
            self._read_list(found)

    def _read_list(self, found: _List) -> None:
        seen: dict[str, Row] = {}
        figures = all(_whole(row.get("name")) for row in found.rows if row.get("name") not in SPECIAL_CODES)
        for row in found.rows:
            name = row.get("name")
            if name in SPECIAL_CODES:
                found.specials.append(name)
                continue
            choice: Document = {"value": slug(name), "text": self._label(row)} | self._remembered(row, "text")
            if figures and not row.get(f"{OWN}code"):
                choice["number"] = float(name)
            if self._twice(seen, choice["value"], row):
                continue
            found.choices.append(choice)
            found.named.append(name)
        self._code(found, figures=figures)

    def _code(self, found: _List, *, figures: bool) -> None:
        """Codes for those that have none: the figure that is their name, else the next that is free."""
        taken = {choice["code"] for choice in found.choices if isinstance(choice.get("code"), int)}
        by_name = figures and all(1 <= int(float(name)) <= 250 for name in found.named)
        free = (code for code in range(1, 251) if code not in taken)
        for choice, name in zip(found.choices, found.named, strict=True):
            if "code" not in choice:
                choice["code"] = int(float(name)) if by_name and not taken else next(free, 251)

    def _twice(self, seen: dict[str, Row], name: str, row: Row) -> bool:
        """Tells of two names that are one to us."""
        if name in seen:
            other = seen[name]
            self._faults.append(
                Fault.error(
                    row.place("name"), "xls_name_clash",
                    name=row.get("name"), other=other.get("name"), line=other.line,
                )
            )  # fmt: skip
            return True
        seen[name] = row
        return False

    # ---------------------------------------------------------------- survey

    def _read_survey(self, survey: list[Row]) -> None:
        repeats = 0
        for row in survey:
            kind = " ".join(row.get("type").lower().replace("_", " ").split())
            if kind in ("begin repeat", "end repeat") or repeats:
                repeats += (kind == "begin repeat") - (kind == "end repeat")
                if kind != "end repeat":
                    self._faults.append(Fault.warning(row.place(), "xls_type_left", type=row.get("type")))
            elif kind == "begin group":
                self._begin(row)
            elif kind == "end group":
                self._finish(row)
            elif row.get("type"):
                self._question(row)
            elif set(row.cells) - {"name"}:
                self._faults.append(Fault.error(row.place("type"), "xls_name_missing", column="type"))
        for group in self._open:
            if group.row is not None:
                self._faults.append(Fault.error(group.row.place("type"), "xls_group_unmatched"))

    def _begin(self, row: Row) -> None:
        name = self._new_name(row)
        self._leave(row)
        inside = self._open[-1] if self._open and self._open[-1].row is not None else None
        if row.get(f"{OWN}part") == "allocate" and inside is not None:
            self._allocate(row, name, inside)
            return
        table = row.get(f"{OWN}part") == "matrix" or (
            not row.get(f"{OWN}part") and "table-list" in row.get("appearance") and inside is not None
        )
        if table and inside is not None:
            matrix = {"id": name, "kind": "matrix", "text": self._label(row), "rows": []}
            matrix |= self._remembered(row, "text", "show_if")
            self._conditions.append((matrix, [row]))
            self._page(inside)["items"].append(matrix)
            self._open.append(_Group(row, matrix, [], matrix=True))
            return
        if inside is not None:
            self._faults.append(Fault.warning(row.place(), "xls_group_flat", name=row.get("name")))
        above = inside.conditions if inside else []
        page = {"id": name, "title": self._label(row, "title"), "module": _MODULE, "items": []}
        page |= self._remembered(row, "title", "show_if")
        self._open = [group for group in self._open if group.row is not None]
        self._open.append(_Group(row, page, [*above, row]))
        self._add_page(page, [*above, row])

    def _allocate(self, row: Row, name: str, inside: _Group) -> None:
        """Shares of an amount: a group of ours. Its choices are those of its list, not of the rows in it."""
        document: Document = {"id": name, "kind": "allocate", "text": self._label(row)}
        if helped := self._worded(row, "hint", "help"):
            document["help"] = helped
        document |= self._remembered(row, "text", "help")
        self._items.append(_Item(row, document, f"svar-{name}"))
        self._page(inside)["items"].append(document)
        self._open.append(_Group(row, document, [], shares=True))

    def _finish(self, row: Row) -> None:
        while self._open and self._open[-1].row is None:
            self._open.pop()
        if not self._open:
            self._faults.append(Fault.error(row.place("type"), "xls_group_unmatched"))
            return
        self._open.pop()

    def _add_page(self, page: Document, conditions: list[Row]) -> None:
        self._pages.append(page)
        self._conditions.append((page, conditions))

    def _page(self, group: _Group) -> Document:
        """The page that the group is on now: a further one when a group inside it has had its own."""
        if self._pages[-1] is not group.document:
            group.pages += 1
            own = group.document
            more = {"id": f"{own['id']}_{group.pages}"[:64], "title": own["title"], "module": own["module"]}
            group.document = more | {"items": []}
            self._add_page(group.document, group.conditions)
        return group.document

    def _here(self) -> _Group:
        """The group a question is in; questions outside of groups have a page of their own."""
        if not self._open:
            number = len(self._pages) + 1
            page = {"id": f"side_{number}", "title": self._title(), "module": _MODULE, "items": []}
            self._add_page(page, [])
            self._open.append(_Group(None, page, []))
        return self._open[-1]

    def _question(self, row: Row) -> None:
        if row.get(f"{OWN}part") == "intro" and self._open and not self._open[-1].matrix:
            self._open[-1].document["intro"] = self._label(row)
            return
        shares = bool(self._open) and self._open[-1].shares
        if shares and row.get(f"{OWN}part") == "share":
            return
        made = None if shares else self._made(row)
        if made is None:
            self._faults.append(Fault.warning(row.place("type"), "xls_type_left", type=row.get("type")))
            return
        kind, list_name = made
        name = self._new_name(row)
        self._leave(row, kind)
        document: Document = {"id": name, "text": self._text_of(row, kind)}
        if helped := self._worded(row, "hint", "help"):
            document["help"] = helped
        document |= self._by_kind(row, kind) | self._remembered(row, "text", "help")
        group = self._here()
        item = _Item(row, document, list_name, group.document if group.matrix else None)
        self._items.append(item)
        if group.matrix:
            group.document["rows"].append(document)
        else:
            self._page(group)["items"].append(document)

    def _text_of(self, row: Row, kind: str) -> dict[str, str]:
        """Computed answers need no label: nobody sees them."""
        if kind == "computed" and not self._text(row, "label"):
            return {language: row.get("name") for language in self._languages}
        return self._label(row)

    def _made(self, row: Row) -> tuple[str, str] | None:
        """The kind of a question and its list; None for what we do not ask."""
        said = " ".join(row.get("type").split())
        if found := _LISTED.fullmatch(said):
            if found[3]:
                self._faults.append(
                    Fault.warning(row.place("type"), "xls_column_left", column="or_other", given=said)
                )
            if found[2] not in self._lists:
                self._faults.append(Fault.error(row.place("type"), "xls_list_unknown", list=found[2]))
            return _KINDS[_SPELLINGS[found[1].lower()]], found[2]
        if said.lower() == "date" and "month-year" in row.get("appearance"):
            return "month", ""
        kind = _PLAIN.get(said.lower())
        return None if kind is None else (kind, "")

    def _by_kind(self, row: Row, kind: str) -> Document:
        """The fields that type, appearance and parameters tell of."""
        appearance, parameters = row.get("appearance"), row.get("parameters")
        match kind:
            case "computed":
                return {"kind": "number", "decimals": 2}
            case "consent":
                words = {"ja": _CONSENT["ja"], "nei": _CONSENT["nei"]}
                choices = [
                    {"code": code, "value": value, "text": self._spoken(words[value])}
                    for code, value in enumerate(("nei", "ja"), 1)
                ]
                return {"consent": True, "choices": choices}
            case "number":
                limits = dict(re.findall(r"(start|end)=(-?\d+(?:\.\d+)?)", parameters))
                found: Document = {"kind": "number"}
                found |= {"minimum": float(limits["start"])} if "start" in limits else {}
                found |= {"maximum": float(limits["end"])} if "end" in limits else {}
                whole = row.get("type").lower() in ("integer", "int")
                return found if whole or limits else found | {"decimals": 2}
            case "text":
                return {"kind": "text"} if "multiline" in appearance else {"kind": "text", "lines": 1}
            case "choice":
                display = next((d for d, said in xlsform_out.APPEARANCES.items() if said in appearance), "")
                shuffle = {"shuffle": True} if "randomize=true" in parameters.replace(" ", "") else {}
                return ({"display": display} if display else {}) | shuffle
            case "multi" | "rank":
                shuffle = {"shuffle": True} if "randomize=true" in parameters.replace(" ", "") else {}
                return {"kind": kind} | shuffle
            case _:
                return {"kind": kind}

    def _spoken(self, words: Mapping[str, str]) -> dict[str, str]:
        return {language: words.get(language, words["nb"]) for language in self._languages}

    def _new_name(self, row: Row) -> str:
        name = row.get("name")
        if not name:
            self._faults.append(Fault.error(row.place("name"), "xls_name_missing", column="name"))
            return f"rad_{row.line}"
        ours = slug(name)
        if not self._twice(self._seen, ours, row) and ours != name:
            self._faults.append(Fault.warning(row.place("name"), "xls_name_changed", name=name, ours=ours))
        return ours

    def _leave(self, row: Row, kind: str = "group") -> None:
        """Tells of what stands in columns that mean nothing to us."""
        for column, cell in row.cells.items():
            name = column.partition("::")[0]
            if name.startswith(OWN) or (name == "required" and cell.lower() in _NO):
                continue
            if name not in _CARRIED or (
                name in ("appearance", "parameters") and not _known(name, cell, kind)
            ):
                given = cell if len(cell) <= 60 else cell[:57] + "..."
                self._faults.append(
                    Fault.warning(row.place(column), "xls_column_left", column=column, given=given)
                )

    # ---------------------------------------------------------------- lists become scales

    def _settle_lists(self) -> None:
        declared = {row.get("name"): row for row in self._own if row.get("part") == "scale"}
        shared = Counter(
            item.list_name
            for item in self._items
            if item.document.get("kind", "choice") == "choice" and not item.row.get("choice_filter")
        )
        for scale_id, row in declared.items():
            fields = self._value(row, "scales", "value")
            found = self._lists.get(scale_id, _List([]))
            if isinstance(fields, dict):
                self._scales[scale_id] = {"id": scale_id} | fields | {"choices": found.choices}
        for item in self._items:
            self._settle_item(item, declared, shared)
        for matrix, row in self._matrices():
            if "scale" not in matrix:
                self._faults.append(Fault.error(row.place(), "xls_list_unknown", list=""))

    def _matrices(self) -> Iterable[tuple[Document, Row]]:
        return (
            (document, said[0]) for document, said in self._conditions if document.get("kind") == "matrix"
        )

    def _settle_item(self, item: _Item, declared: Mapping[str, Row], shared: Counter[str]) -> None:
        document, base = item.document, item.list_name.partition("-")[0]
        kind = document.get("kind", "choice")
        found = self._lists.get(item.list_name, _List([]))
        if item.row.get("type").lower() == "calculate":
            self._settle_computed(item)
            return
        if item.list_name:
            if found.specials:
                document["specials"] = list(found.specials)
            if base in declared and _is_variant(item.list_name):
                self._of_scale(item, base, found)
            elif item.matrix is not None or (kind == "choice" and shared[item.list_name] > 1):
                self._of_scale(item, slug(item.list_name), found)
            else:
                document["choices"] = found.choices
        choices, named = found.choices, found.named
        if not item.list_name and document.get("choices"):
            choices, named = document["choices"], []
        self._known.add(document["id"], kind, choices, document.get("specials", ()), named)

    def _settle_computed(self, item: _Item) -> None:
        document = item.document
        own = self._lists.get(f"svar-{document['id']}")
        if document.get("kind") == "choice":
            document.pop("decimals", None)
            if own is not None:
                document["choices"] = own.choices
        elif f"{OWN}part" in item.row.cells and f"{OWN}decimals" not in item.row.cells:
            document.pop("decimals", None)
        found = self._lists.get(document.get("scale", ""), own or _List([]))
        self._known.add(document["id"], document.get("kind", "choice"), found.choices, (), found.named)

    def _of_scale(self, item: _Item, scale_id: str, found: _List) -> None:
        if scale_id not in self._scales:
            likert = "likert" in item.row.get("appearance")
            self._scales[scale_id] = {"id": scale_id, "ordinal": likert, "choices": found.choices}
        elif self._scales[scale_id]["choices"] != found.choices and found.rows:
            fault = Fault.error(found.rows[0].place(), "xls_lists_differ", list=item.list_name, base=scale_id)
            if fault not in self._faults:
                self._faults.append(fault)
        if item.matrix is None:
            item.document["scale"] = scale_id
        else:
            item.matrix.setdefault("scale", scale_id)

    # ---------------------------------------------------------------- conditions

    def _settle_conditions(self) -> None:
        for document, said in self._conditions:
            conditions = [text for row in said if (text := self._condition(row))]
            if conditions:
                document["show_if"] = " && ".join(
                    f"({one})" if len(conditions) > 1 else one for one in conditions
                )
        for item in self._items:
            document = item.document
            document.pop("show_if", None)
            if condition := self._condition(item.row):
                document["show_if"] = condition
            self._compute(item)
            self._constrain(item)
            self._filter(item)

    def _condition(self, row: Row) -> str | None:
        return self._either(
            row, "relevant", row.get(f"{OWN}show_if"),
            lambda ours: xlsform_out.relevant(ours, self._known),
            lambda tree: xpath_in.condition(tree, self._known),
        )  # fmt: skip

    def _either(
        self, row: Row, column: str, ours: str, write: Callable[[str], str], read: Callable[[Tree], str]
    ) -> str | None:
        """Our own words when the cell still is what we wrote of them, else what the cell says."""
        cell = row.get(column)
        if ours:
            try:
                written = write(ours)
            except Unsaid:
                written = ""
            if written == cell:
                return ours
        if not cell:
            return None
        try:
            return read(xpath_tree.tree(cell))
        except Unsaid:
            self._left(row, column)
            return None

    def _left(self, row: Row, column: str) -> None:
        cell = row.get(column)
        given = cell if len(cell) <= 60 else cell[:57] + "..."
        self._faults.append(Fault.warning(row.place(column), "xls_condition_left", given=given))

    def _compute(self, item: _Item) -> None:
        if item.row.get("type").lower() != "calculate":
            return
        document = item.document
        source = self._either(
            item.row, "calculation", document.pop("computed", ""),
            lambda ours: xlsform_out.calculation(document | {"computed": ours}, self._known),
            lambda tree: xpath_in.expression(tree, self._known, document["id"]),
        )  # fmt: skip
        if source is None:
            if not item.row.get("calculation"):
                self._faults.append(Fault.warning(item.row.place(), "xls_type_left", type="calculate"))
            for page in self._pages:
                page["items"] = [entry for entry in page["items"] if entry is not document]
            self._known.kinds.pop(document["id"], None)
        else:
            document["computed"] = source

    def _constrain(self, item: _Item) -> None:
        document, row = item.document, item.row
        if document.get("computed") or "id" not in document:
            return
        choices = document.get("choices") or self._lists.get(item.list_name, _List([])).choices
        try:
            written = xlsform_out.constraint(document, choices, self._known)
        except (Unsaid, KeyError, TypeError):
            written = ""
        told = self._text(row, "constraint_message")
        ours = any(f"{OWN}{name}" in row.cells for name in ("part", "must"))
        if ours and written == row.get("constraint"):
            spoken = xlsform_out.message(document, self._languages)
            if sorted(told.values()) == sorted(spoken.values()):
                return
        self._demands(document, row, told, choices)

    def _demands(self, document: Document, row: Row, told: dict[str, str], choices: list[Document]) -> None:
        """The constraint as limits of a number or month, answers that stand alone, and demands."""
        for name in ("must", *_LIMITS.get(document.get("kind", ""), ())):
            if row.get("constraint") or name == "must":
                document.pop(name, None)
        if not row.get("constraint"):
            return
        try:
            parts = xpath_tree.split(xpath_tree.tree(row.get("constraint"), document["id"]))
        except Unsaid:
            self._left(row, "constraint")
            return
        text = told or {language: _must_text(language) for language in self._languages}
        for part in parts:
            if _limit(document, part) or self._alone(document, part, choices):
                continue
            try:
                condition = xpath_in.condition(part, self._known)
            except Unsaid:
                self._left(row, "constraint")
                continue
            document.setdefault("must", []).append({"condition": condition, "text": text})

    def _alone(self, document: Document, part: Tree, choices: list[Document]) -> bool:
        """`not(selected(., 'ingen') and count-selected(.) > 1)`: an answer that stands alone."""
        match part:
            case Call("not", (Sign("and", Call("selected", (Ref(), Word(name))), Sign(">" | ">=", Call(
                "count-selected"), Figure())),)) if document.get("kind") == "multi":  # fmt: skip
                if name in SPECIAL_CODES:
                    return True
                word = self._known.word(document["id"], name)
                for choice in choices:
                    if choice["value"] == word:
                        choice["exclusive"] = True
                        return True
        return False

    def _filter(self, item: _Item) -> None:
        """A choice_filter as a condition on each choice it may hide."""
        cell, found = item.row.get("choice_filter"), self._lists.get(item.list_name)
        if found is None:
            return
        try:
            written = xlsform_out.choice_filter(found.choices, self._known)
        except (Unsaid, TypeError):
            written = ""
        if cell == written:
            return
        conditions: dict[str, list[str]] = {}
        try:
            for part in xpath_tree.split(xpath_tree.tree(cell)) if cell else ():
                for name, condition in self._hidden(part, found):
                    conditions.setdefault(name, []).append(condition)
        except Unsaid:
            self._left(item.row, "choice_filter")
            return
        own = []
        for choice, name in zip(found.choices, found.named, strict=True):
            bare = {key: value for key, value in choice.items() if key != "show_if"}
            own.append(bare | ({"show_if": " && ".join(conditions[name])} if name in conditions else {}))
        item.document.pop("scale", None)
        item.document["choices"] = own

    def _hidden(self, part: Tree, found: _List) -> Iterable[tuple[str, str]]:
        """(name, condition) of each choice: `column = ${item}`, or `name != 'lys' or ...` as we write it."""
        match part:
            case Sign("or", Sign("!=", Bare("name"), Word(name)), condition):
                yield name, xpath_in.condition(condition, self._known)
            case Sign("=", Bare(column), Ref() as item) | Sign("=", Ref() as item, Bare(column)):
                for row in found.rows:
                    if row.get("name") not in SPECIAL_CODES:
                        said = Sign("=", item, Word(row.get(column.lower())))
                        yield row.get("name"), xpath_in.condition(said, self._known)
            case _:
                raise Unsaid

    # ---------------------------------------------------------------- the whole

    def _title(self) -> dict[str, str]:
        settings = rows("settings", self._sheets.get("settings", ()))
        title = settings[0].get("form_title") if settings else ""
        return dict.fromkeys(self._languages, title or self._name)

    def _document(self) -> Document:
        settings = rows("settings", self._sheets.get("settings", ()))
        said = settings[0] if settings else Row("settings", 2, {})
        for column, cell in said.cells.items():
            if column not in _SETTINGS or (column == "version" and not _VERSION.fullmatch(cell)):
                self._faults.append(
                    Fault.warning(said.place(column), "xls_column_left", column=column, given=cell[:60])
                )
        version = said.get("version")
        document: Document = {
            "id": slug(said.get("form_id") or said.get("form_title") or self._name),
            "version": version if _VERSION.fullmatch(version) else "1.0",
            "title": self._title(),
            "description": self._title(),
            "credit": dict.fromkeys(self._languages, f"XLSForm: {self._name}"),
            "languages": list(self._languages),
        }
        labels: dict[str, dict[str, str]] = {}
        for row in self._own:
            part, name = row.get("part"), row.get("name")
            if part in xlsform_out.HEAD:
                if f"{OWN}{part}" not in document:
                    document[f"{OWN}{part}"] = {}
                document[f"{OWN}{part}"][name] = row.get("value")
            elif part.startswith("labels."):
                labels.setdefault(part.removeprefix("labels."), {})[name] = row.get("value")
            elif part == "questionnaire":
                document[name] = self._value(row, name, "value")
            elif part != "scale":
                self._faults.append(Fault.error(row.place("part"), "xls_cell_unfit", given=part[:60]))
        for part in xlsform_out.HEAD:
            if f"{OWN}{part}" in document:
                document[part] = document.pop(f"{OWN}{part}")
        if labels:
            document["labels"] = labels
        # What XLSForm says of the form itself goes before what we remember of it.
        if said.get("form_id"):
            document["id"] = slug(said.get("form_id"))
        if _VERSION.fullmatch(version):
            document["version"] = version
        document["scales"] = list(self._scales.values())
        document["pages"] = [page for page in self._pages if page["items"] or page["module"] != _MODULE]
        return document


def _own_rows(sheets: Mapping[str, Sheet]) -> list[Row]:
    return rows(OWN_SHEET, sheets.get(OWN_SHEET, ()))


def _whole(name: str) -> bool:
    return bool(re.fullmatch(r"\d{1,9}(\.0)?", name))


def _is_variant(list_name: str) -> bool:
    """'e5' or 'e5-vet_ikke'."""
    return all(word in SPECIAL_CODES for word in list_name.split("-")[1:])


def _known(column: str, cell: str, kind: str) -> bool:
    """Whether all of an appearance or a parameter is carried over."""
    words = cell.lower().split() if column == "appearance" else re.split(r"[\s,;]+", cell.strip())
    allowed = {
        "choice": ("likert", "minimal", "randomize=true"),
        "multi": ("randomize=true",),
        "rank": ("randomize=true",),
        "text": ("multiline",),
        "month": ("month-year",),
        "group": ("field-list", "table-list"),
        "number": ("start=", "end="),
    }.get(kind, ())
    return all(
        any(word == one or (one[-1] == "=" and word.startswith(one)) for one in allowed) for word in words
    )


def _limit(document: Document, part: Tree) -> bool:
    """`. >= 1` on a number, `. <= date('2026-11-01')` on a month."""
    fields = _LIMITS.get(document.get("kind", ""))
    if fields is None or not isinstance(part, Sign) or part.left != Ref(document["id"]):
        return False
    if part.op not in (">=", "<="):
        return False
    name = fields[0] if part.op == ">=" else fields[1]
    match part.right:
        case Figure(number) if fields[0] == "minimum":
            document[name] = number
        case Sign("-", Figure(0), Figure(number)) if fields[0] == "minimum":
            document[name] = -number
        case Call("date", (Word(day),)) if fields[0] == "earliest" and _FIRST_DAY.fullmatch(day):
            document[name] = day[:7]
        case _:
            return False
    return True


def _must_text(language: str) -> str:
    return wording(language if language in LANGUAGES else "nb")("xls.must_text")


_CONSENT = {
    "ja": {"nb": "Ja", "nn": "Ja", "en": "Yes"},
    "nei": {"nb": "Nei", "nn": "Nei", "en": "No"},
}
