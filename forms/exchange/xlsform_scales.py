"""Lists of an XLSForm become scales, or the choices of one question; and what conditions call them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from forms.errors import Fault
from forms.exchange.names import Names
from forms.exchange.own_values import own_fields
from forms.exchange.tables import OWN, Row, slug
from forms.exchange.xlsform_cells import Cells, Document
from forms.exchange.xlsform_lists import Listed
from forms.exchange.xlsform_survey import Asked, Survey
from forms.questionnaire import SPECIAL_CODES, Scale


def settle(cells: Cells, survey: Survey, lists: Mapping[str, Listed]) -> tuple[list[Document], Names]:
    """Gives every question its scale or its choices. The scales, and the names that conditions read."""
    return _Settler(cells, survey, lists).settled()


class _Settler:
    def __init__(self, cells: Cells, survey: Survey, lists: Mapping[str, Listed]) -> None:
        self._cells = cells
        self._survey = survey
        self._lists = lists
        self._scales: dict[str, Document] = {}
        self._known = Names()
        self._declared = {row.get("name"): row for row in cells.own if row.get("part") == "scale"}
        self._shared = Counter(
            asked.list_name
            for asked in survey.items
            if asked.document.get("kind", "choice") == "choice" and not asked.row.get("choice_filter")
        )
        self._differ: set[str] = set()

    def settled(self) -> tuple[list[Document], Names]:
        for scale_id, row in self._declared.items():
            try:
                fields = own_fields(Scale, row.get("value"))
            except (ValueError, RecursionError):
                self._cells.unfit(row, "value")
            else:
                self._scales[scale_id] = {"id": scale_id} | fields | {"choices": self._list(scale_id).choices}
        for asked in self._survey.items:
            if asked.calculated:
                self._calculated(asked)
            else:
                self._item(asked)
        for document, said in self._survey.conditions:
            if document.get("kind") == "matrix" and "scale" not in document:
                self._cells.faults.append(Fault.error(said[0].place(), "xls_list_unknown", list=""))
        return list(self._scales.values()), self._known

    def _list(self, name: str) -> Listed:
        return self._lists.get(name, Listed([]))

    def _item(self, asked: Asked) -> None:
        document, base = asked.document, asked.list_name.partition("-")[0]
        kind, found = document.get("kind", "choice"), self._list(asked.list_name)
        choices, named = found.choices, found.named
        if asked.list_name:
            if found.specials:
                document["specials"] = list(found.specials)
            if base in self._declared and _is_variant(asked.list_name):
                self._of_scale(asked, base, found)
            elif asked.matrix is not None or (kind == "choice" and self._shared[asked.list_name] > 1):
                self._of_scale(asked, slug(asked.list_name), found)
            else:
                document["choices"] = found.choices
        elif document.get("choices"):
            choices, named = document["choices"], []
        self._known.add(document["id"], kind, choices, document.get("specials") or (), named)

    def _calculated(self, asked: Asked) -> None:
        document = asked.document
        own = self._lists.get(f"svar-{document['id']}")
        if document.get("kind") == "choice":
            document.pop("decimals", None)
            if own is not None:
                document["choices"] = own.choices
        elif f"{OWN}part" in asked.row.cells and f"{OWN}decimals" not in asked.row.cells:
            document.pop("decimals", None)
        found = own or self._list(document.get("scale") or "")
        self._known.add(document["id"], document.get("kind", "choice"), found.choices, (), found.named)

    def _of_scale(self, asked: Asked, scale_id: str, found: Listed) -> None:
        if scale_id not in self._scales:
            likert = "likert" in asked.row.get("appearance")
            self._scales[scale_id] = {"id": scale_id, "ordinal": likert, "choices": found.choices}
        elif self._scales[scale_id]["choices"] != found.choices and found.rows:
            self._different(found.rows[0], asked.list_name, scale_id)
        if asked.matrix is None:
            asked.document["scale"] = scale_id
        else:
            asked.matrix.setdefault("scale", scale_id)

    def _different(self, row: Row, list_name: str, base: str) -> None:
        if list_name not in self._differ:
            self._differ.add(list_name)
            self._cells.faults.append(Fault.error(row.place(), "xls_lists_differ", list=list_name, base=base))


def _is_variant(list_name: str) -> bool:
    """'e5' or 'e5-vet_ikke'."""
    return all(word in SPECIAL_CODES for word in list_name.split("-")[1:])
