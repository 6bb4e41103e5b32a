"""What the column `type` of an XLSForm says, with what appearance and parameters add to it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass

from forms.errors import Fault
from forms.exchange import xlsform_out
from forms.exchange.tables import OWN, Row
from forms.exchange.xlsform_cells import Document

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
_NOT_ASKED = frozenset(
    {"image", "photo", "audio", "video", "file", "geopoint", "geotrace", "geoshape", "osm", "date", "time"}
    | {"datetime", "barcode", "start", "end", "today", "deviceid", "device", "subscriberid", "simserial"}
    | {"phonenumber", "phone", "uri", "username", "email", "audit", "hidden", "xml-external", "csv-external"}
    | {"start-geopoint", "background-audio", "background-geopoint", "begin_repeat", "end_repeat", "begin"}
    | {"select_one_from_file", "select_multiple_from_file", "select_one_external", "rank_from_file"}
)
"""First words of types that other programs know and we ask for in no way."""
_KINDS = {"select_one": "choice", "select_multiple": "multi", "rank": "rank"}
_CARRIED = frozenset({
    "type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "calculation",
    "choice_filter", "appearance", "parameters", "list_name",
})  # fmt: skip
_ONLY = {
    "calculation": frozenset({"computed"}),
    "choice_filter": frozenset({"choice", "multi", "rank"}),
}
"""Columns that are read of some kinds of questions alone."""
_NO = frozenset({"no", "false", "false()", "0"})
_WORDS = {
    "choice": ("likert", "minimal", "randomize=true"),
    "multi": ("randomize=true",),
    "rank": ("randomize=true",),
    "text": ("multiline",),
    "month": ("month-year",),
    "group": ("field-list", "table-list"),
    "shares": ("field-list", "table-list"),
    "number": ("start=", "end="),
}
"""Of appearance and parameters, by kind: those that are carried over."""
CONSENT = {
    "nei": {"nb": "Nei", "nn": "Nei", "en": "No"},
    "ja": {"nb": "Ja", "nn": "Ja", "en": "Yes"},
}


@dataclass(frozen=True)
class Type:
    """`kind`: of ours, or 'computed' or 'consent'. `list_name`: '' without a list. `other`: a field beside it
    for what is not on the list."""

    kind: str
    list_name: str = ""
    other: bool = False


def type_of(row: Row) -> Type | None:
    """None for what we do not ask."""
    said = " ".join(row.get("type").split())
    if found := _LISTED.fullmatch(said):
        return Type(_KINDS[_SPELLINGS[found[1].lower()]], found[2], bool(found[3]))
    if said.lower() == "date" and "month-year" in row.get("appearance"):
        return Type("month")
    kind = _PLAIN.get(said.lower())
    return None if kind is None else Type(kind)


def left_type(row: Row) -> Fault:
    """What is said of a row whose type is none of ours: that nobody is asked such things, or that no program
    knows the type, which then is misspelt."""
    said = " ".join(row.get("type").split())
    first = said.partition(" ")[0].lower()
    if not first or first in _NOT_ASKED or first in _SPELLINGS or first == "select":
        return Fault.warning(row.place("type"), "xls_type_left", type=said)
    known = [*dict.fromkeys(_SPELLINGS.values()), *_PLAIN, "begin_group", "end_group"]
    if near := difflib.get_close_matches(first, known, 1, 0.7):
        return Fault.warning(row.place("type"), "xls_type_misspelt", type=said, near=near[0])
    return Fault.warning(row.place("type"), "xls_type_unknown", type=said)


def fields(row: Row, kind: str, languages: Collection[str]) -> Document:
    """What type, appearance and parameters tell of a question of this kind."""
    appearance, parameters = row.get("appearance"), row.get("parameters")
    shuffle = {"shuffle": True} if "randomize=true" in parameters.replace(" ", "") else {}
    match kind:
        case "computed":
            return {"kind": "number", "decimals": 2}
        case "consent":
            choices = [
                {
                    "code": code,
                    "value": value,
                    "text": {lang: words.get(lang, words["nb"]) for lang in languages},
                }
                for code, (value, words) in enumerate(CONSENT.items(), 1)
            ]
            return {"consent": True, "choices": choices}
        case "number":
            limits = dict(re.findall(r"(start|end)=(-?\d{1,12}(?:\.\d{1,6})?)", parameters))
            found: Document = {"kind": "number"}
            found |= {"minimum": float(limits["start"])} if "start" in limits else {}
            found |= {"maximum": float(limits["end"])} if "end" in limits else {}
            whole = row.get("type").lower() in ("integer", "int")
            return found if whole or limits else found | {"decimals": 2}
        case "text":
            return {"kind": "text"} if "multiline" in appearance else {"kind": "text", "lines": 1}
        case "choice":
            display = next((d for d, said in xlsform_out.APPEARANCES.items() if said in appearance), "")
            return ({"display": display} if display else {}) | shuffle
        case "multi" | "rank":
            return {"kind": kind} | shuffle
        case _:
            return {"kind": kind}


def left(row: Row, kind: str = "group") -> list[str]:
    """The columns of a row with something in them that means nothing to us."""
    return [
        column for column, cell in row.cells.items() if not _carried(column.partition("::")[0], cell, kind)
    ]


def _carried(name: str, cell: str, kind: str) -> bool:
    if name.startswith(OWN) or (name == "required" and cell.lower() in _NO):
        return True
    if kind == "group" and name in ("hint", "constraint"):
        return False
    if name in _ONLY and kind not in _ONLY[name]:
        return False
    if name not in ("appearance", "parameters"):
        return name in _CARRIED
    words = cell.lower().split() if name == "appearance" else re.split(r"[\s,;]+", cell.strip())
    return all(
        any(word == one or (one[-1] == "=" and word.startswith(one)) for one in _WORDS.get(kind, ()))
        for word in words
    )
