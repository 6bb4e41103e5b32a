"""What an XLSForm reckons with: calculations, conditions, demands and filters of choices.

Where both our own column and that of XLSForm say the same thing, ours is believed as long as the cell of
XLSForm still is what we would write; a cell that somebody changed is read instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from forms.condition_tree import names as names_in
from forms.errors import ConditionFault, Fault, wording
from forms.exchange import xlsform_out, xpath_in, xpath_tree
from forms.exchange.calculations import left_behind
from forms.exchange.names import Names
from forms.exchange.tables import OWN, Row, slug
from forms.exchange.xlsform_cells import Cells, Document, short
from forms.exchange.xlsform_lists import Listed
from forms.exchange.xlsform_survey import Asked, Survey
from forms.exchange.xpath_out import Unsaid
from forms.exchange.xpath_tree import Bare, Call, Figure, Ref, Sign, Tree, Word
from forms.expressions import parse
from forms.questionnaire import LANGUAGES, SPECIAL_CODES

_LIMITS = {"number": ("minimum", "maximum"), "month": ("earliest", "latest")}
_FIRST_DAY = re.compile(r"\d{4}-\d{2}-01")


def settle(cells: Cells, survey: Survey, lists: Mapping[str, Listed], known: Names) -> None:
    """Writes conditions, demands and expressions into the documents of the survey.

    Calculations come first: one that is left behind is nothing that a condition can read.
    """
    _Settler(cells, survey, lists, known).settle()


def filtered_by(survey: Survey) -> frozenset[str]:
    """The columns of the choices that some filter reads."""
    found: set[str] = set()
    for asked in survey.items:
        for part in _parts(asked.row.get("choice_filter")):
            match part:
                case Sign("=", Bare(column), Ref()) | Sign("=", Ref(), Bare(column)):
                    found.add(column.lower())
    return frozenset(found)


@dataclass(frozen=True)
class _Said:
    """One cell: what we remember of it, how that would be written, and how another text is read."""

    row: Row
    column: str
    ours: str
    write: Callable[[str], str]
    read: Callable[[Tree], str]
    left: str = ""
    """The kind of fault when it cannot be carried over; '' for that of a condition."""


class _Settler:
    def __init__(self, cells: Cells, survey: Survey, lists: Mapping[str, Listed], known: Names) -> None:
        self._cells = cells
        self._survey = survey
        self._lists = lists
        self._known = known

    def settle(self) -> None:
        self._calculate()
        for document, said in self._survey.conditions:
            if conditions := [text for row in said if (text := self._condition(row))]:
                several = len(conditions) > 1
                document["show_if"] = " && ".join(f"({one})" if several else one for one in conditions)
        for asked in self._survey.items:
            asked.document.pop("show_if", None)
            if condition := self._condition(asked.row):
                asked.document["show_if"] = condition
            self._demand(asked)
            self._filter(asked)
        self._messages()

    # ---------------------------------------------------------------- ours or theirs

    def _either(self, said: _Said) -> str | None:
        """Our own words when the cell still is what we wrote of them, else what the cell says."""
        cell = said.row.get(said.column)
        if said.ours and self._unchanged(said, cell):
            return said.ours
        if not cell:
            return None
        try:
            return said.read(xpath_tree.tree(cell))
        except Unsaid as unsaid:
            self._left(said.row, said.column, unsaid, said.left)
            return None

    def _unchanged(self, said: _Said, cell: str) -> bool:
        try:
            return said.write(said.ours) == cell
        except Unsaid:
            return not cell and self._reads_what_is_there(said.ours)

    def _reads_what_is_there(self, source: str) -> bool:
        try:
            return names_in(parse(source)) <= self._known.kinds.keys()
        except ConditionFault:  # whoever reads the questionnaire tells of it
            return True

    def _left(self, row: Row, column: str, unsaid: Unsaid, kind: str = "") -> None:
        place, given = row.place(column), short(row.get(column))
        fault = Fault.warning(place, kind, given=given) if kind else unsaid.told(place, given)
        self._cells.faults.append(fault)

    def _condition(self, row: Row) -> str | None:
        return self._either(
            _Said(
                row, "relevant", row.get(f"{OWN}show_if"),
                lambda ours: xlsform_out.relevant(ours, self._known),
                lambda tree: xpath_in.condition(tree, self._known),
            )
        )  # fmt: skip

    # ---------------------------------------------------------------- calculations

    def _calculate(self) -> None:
        """Those that cannot be carried over are gone, and with them those that read them, and so on."""
        reckoned = {asked.document["id"]: asked for asked in self._survey.items if asked.calculated}
        remembered = {name: asked.document.pop("computed", "") for name, asked in reckoned.items()}

        def carried(name: str) -> bool:
            source = self._calculation(reckoned[name], remembered[name])
            if source is None:
                self._known.kinds.pop(name, None)
            else:
                reckoned[name].document["computed"] = source
            return source is not None

        reads = {name: _read(asked.row.get("calculation")) for name, asked in reckoned.items()}
        gone = [reckoned[name] for name in left_behind(reads, carried)]
        for asked in gone:
            if not asked.row.get("calculation"):
                self._cells.faults.append(Fault.warning(asked.row.place(), "xls_type_left", type="calculate"))
        self._drop(gone)

    def _calculation(self, asked: Asked, ours: str) -> str | None:
        document = asked.document
        return self._either(
            _Said(
                asked.row, "calculation", ours,
                lambda ours: xlsform_out.calculation(document | {"computed": ours}, self._known),
                lambda tree: xpath_in.expression(tree, self._known, document["id"]),
                "xls_calculation_left",
            )
        )  # fmt: skip

    def _drop(self, gone: list[Asked]) -> None:
        left = {id(asked.document) for asked in gone}
        self._survey.items = [asked for asked in self._survey.items if id(asked.document) not in left]
        for page in self._survey.pages:
            page["items"] = [entry for entry in page["items"] if id(entry) not in left]

    # ---------------------------------------------------------------- demands

    def _demand(self, asked: Asked) -> None:
        """Limits, answers that stand alone and demands: as we remember them, else as the cell says."""
        document, row = asked.document, asked.row
        if document.get("computed"):
            return
        choices = document.get("choices") or self._choices(asked)
        try:
            written = xlsform_out.constraint(document, choices, self._known)
        except (Unsaid, KeyError):
            written = ""
        told = self._cells.text(row, "constraint_message")
        ours = any(f"{OWN}{name}" in row.cells for name in ("part", "must"))
        if ours and written == row.get("constraint"):
            spoken = xlsform_out.message(document, self._cells.languages)
            if sorted(told.values()) == sorted(spoken.values()):
                return
        document.pop("must", None)
        if row.get("constraint") or ours:  # the parameters of another program say limits too
            for name in _LIMITS.get(document.get("kind", ""), ()):
                document.pop(name, None)
        if ours:  # its list is nobody else's
            for choice in document.get("choices", ()):
                choice.pop("exclusive", None)
        if row.get("constraint"):
            self._demands(asked, told, choices)

    def _messages(self) -> None:
        """Tells of each message that no demand carries: limits have words of ours."""
        kept = {asked.row.line for asked in self._survey.items if asked.document.get("must")}
        groups = [row for _, rows in self._survey.conditions for row in rows]
        rows = {row.line: row for row in [*groups, *(asked.row for asked in self._survey.items)]}
        for line in sorted(rows.keys() - kept):
            for column, said in rows[line].cells.items():
                if said and column.partition("::")[0] == "constraint_message":
                    self._cells.faults.append(
                        Fault.warning(rows[line].place(column), "xls_message_left", given=short(said))
                    )

    def _choices(self, asked: Asked) -> list[Document]:
        return self._lists[asked.list_name].choices if asked.list_name in self._lists else []

    def _demands(self, asked: Asked, told: dict[str, str], choices: list[Document]) -> None:
        document = asked.document
        try:
            parts = xpath_tree.split(xpath_tree.tree(asked.row.get("constraint"), document["id"]))
        except Unsaid as unsaid:
            self._left(asked.row, "constraint", unsaid)
            return
        text = told or {language: _must_text(language) for language in self._cells.languages}
        for part in parts:
            if _limit(document, part) or self._alone(document, part, choices):
                continue
            try:
                condition = xpath_in.condition(part, self._known)
            except Unsaid as unsaid:
                self._left(asked.row, "constraint", unsaid)
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

    # ---------------------------------------------------------------- filters

    def _filter(self, asked: Asked) -> None:
        """A choice_filter as a condition on each choice it may hide."""
        cell, found = asked.row.get("choice_filter"), self._lists.get(asked.list_name)
        if found is None:
            return
        try:
            written = xlsform_out.choice_filter(found.choices, self._known)
        except Unsaid:
            written = ""
        if cell == written:
            return
        conditions: dict[str, list[str]] = {}
        try:
            for part in xpath_tree.split(xpath_tree.tree(cell)) if cell else ():
                for name, condition in self._hidden(part, found):
                    conditions.setdefault(name, []).append(condition)
        except Unsaid as unsaid:
            self._left(asked.row, "choice_filter", unsaid)
            return
        own = []
        for choice, name in zip(found.choices, found.named, strict=True):
            bare = {key: value for key, value in choice.items() if key != "show_if"}
            own.append(bare | ({"show_if": " && ".join(conditions[name])} if name in conditions else {}))
        asked.document.pop("scale", None)
        asked.document["choices"] = own

    def _hidden(self, part: Tree, found: Listed) -> Iterator[tuple[str, str]]:
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


def _read(cell: str) -> Collection[str]:
    """The questions that a calculation reads, by our names for them."""
    return {slug(name) for name in xpath_tree.READ.findall(cell)}


def _parts(cell: str) -> list[Tree]:
    try:
        return xpath_tree.split(xpath_tree.tree(cell)) if cell else []
    except Unsaid:
        return []


def _must_text(language: str) -> str:
    return wording(language if language in LANGUAGES else "nb")("xls.must_text")
