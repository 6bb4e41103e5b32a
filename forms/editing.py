"""A questionnaire in the making: each change is one operation on its document, and makes a new document.

The document is what `loading.dump` makes. It may be unfinished, a question without answers say, but always
has the form of a questionnaire; ids are made from the first words and never change after that, since answers
and conditions go by them. Nothing is refused because something else reads what is moved or deleted: the check
tells of it, and every step can be taken back.

    EditFault
    ├── Gone         404  there is no such page, question, row or scale (any more)
    ├── TooMuch      409  the questionnaire, or one of its lists, would be larger than anybody can answer
    ├── LastOne      409  a questionnaire keeps one page, a matrix one row
    ├── ScaleInUse   409  questions are answered on this scale
    └── Elsewhere    409  the texts were changed meanwhile: see `Say`
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from forms import integrity, loading
from forms.addresses import text_at
from forms.errors import Fault
from forms.house_scales import in_languages, speak, standard_scales, taken_in
from forms.lint import check
from forms.lint.size import MOST_PAGES, MOST_QUESTIONS
from forms.modules import MODULES, module
from forms.operations import (
    FORM,
    SCORING,
    AddMust,
    AddPage,
    AddQuestion,
    AddRow,
    AddScale,
    Change,
    Copy,
    Delete,
    Join,
    Move,
    MoveTo,
    Operation,
    Part,
    Say,
)
from forms.parts import Document as Document
from forms.parts import EditFault as EditFault
from forms.parts import Elsewhere as Elsewhere
from forms.parts import Gone as Gone
from forms.parts import LastOne as LastOne
from forms.parts import ScaleInUse as ScaleInUse
from forms.parts import TooMuch as TooMuch
from forms.parts import all_entries, entries, entry_ids, index_of, page_ids
from forms.parts import found as found
from forms.parts import mark as mark
from forms.parts import matrix_of as matrix_of
from forms.parts import page_of as page_of
from forms.parts import unique as unique
from forms.questionnaire import Facet, Level, Questionnaire

MOST_CHARACTERS = 1_000_000
"""Of the document as JSON."""
MODULE = "skjema"
"""Of pages that belong to no module of the house."""

_SCALES = {"agree": "e5", "satisfied": "f5", "yes_no": "ja_nei", "from_0_to_10": "liv11", "matrix": "e5",
           "consent": "ja_nei", "sorted": "ja_nei"}  # fmt: skip
_MORE: dict[str, Document] = {
    "line": {"kind": "text", "lines": 1},
    "from_0_to_10": {"display": "scale"},
    "consent": {"consent": True},
    "place": {"display": "select"},
    "pictures": {"display": "pictures"},
    "computed": {"kind": "number", "computed": "0"},
    "sorted": {"computed": '0 > 0 ? "ja" : "nei"'},
}


def blank(language: str, title: str, *, page: str, description: str, credit: str) -> Document:
    """A questionnaire with one empty page, in one language. `page`: the title of that page."""
    return {
        "id": unique(title, ()),
        "version": "1.0",
        "title": {language: title},
        "description": {language: description},
        "credit": {language: credit},
        "languages": [language],
        "pages": [{"id": "side_1", "module": MODULE, "title": {language: page}, "items": []}],
    }


def apply(document: Document, operation: Operation) -> tuple[Document, Part]:
    """The document after the operation, and the part that is new or changed. Raises EditFault.

    QuestionnaireFault when what comes out has not the form of a questionnaire: no form of ours sends that.
    """
    changed = copy.deepcopy(document)
    part = _do(changed, operation)
    # Of what is too large already, taking away is the way back.
    if any(
        now > most and now > was
        for was, now, most in zip(_size(document), _size(changed), _MOST, strict=True)
    ):
        raise TooMuch()
    return loading.dump(loading.unfinished(changed)), part


_MOST = (MOST_CHARACTERS, MOST_PAGES, MOST_QUESTIONS)


def too_much(document: Document) -> bool:
    """Whether it is larger than any operation could have made it."""
    return any(now > most for now, most in zip(_size(document), _MOST, strict=True))


def _size(document: Document) -> tuple[int, int, int]:
    """Characters as JSON, pages, and questions with the rows of matrices."""
    questions = sum(len(entry.get("rows", (entry,))) for entry in entries(document))
    return len(json.dumps(document, ensure_ascii=False)), len(document["pages"]), questions


def faults(questionnaire: Questionnaire, before: Questionnaire | None = None) -> list[Fault]:
    """Everything `check` finds; of one that cannot be looked through, what keeps us from it."""
    broken = integrity.faults(questionnaire)
    if any(fault.kind == "scale_unknown" for fault in broken):
        return broken
    return check(questionnaire, before)


# ---------------------------------------------------------------- the operations


def _do(document: Document, operation: Operation) -> Part:
    match operation:
        case AddPage(language, title, after):
            page: Document = {
                "id": unique(title, page_ids(document), "side"),
                "module": MODULE,
                "title": {language: title},
                "items": [],
            }
            place = index_of(document["pages"], after) + 1 if after else len(document["pages"])
            document["pages"].insert(place, page)
            return Part("page", page["id"])
        case AddQuestion():
            return _add_question(document, operation)
        case AddRow(matrix, language, words):
            return _add_row(document, matrix, language, words)
        case AddScale(language, words):
            return _add_scale(document, language, words)
        case AddMust(entry, condition, text):
            asked = found(document, Part("entry", entry))
            demands = asked.setdefault("must", [])
            demands.append({"condition": condition, "text": dict(text)})
            return Part("must", f"{entry}/{len(demands) - 1}")
        case Change(Part("scoring"), fields):
            return _reckon(document, fields)
        case Change(Part("page", id), fields) if "module" in fields:
            rest = {name: value for name, value in fields.items() if name not in ("module", "label")}
            _about(document, id, fields["module"], fields.get("label"))
            return _do(document, Change(Part("page", id), rest))
        case Change(part, fields):
            one = found(document, part)
            if part.kind == "entry" and fields.get("scale"):
                _with_scale(document, fields["scale"])
            known = one.get("background", False)
            for name, value in fields.items():
                if value is None:
                    one.pop(name, None)
                else:
                    one[name] = value
            if "languages" in fields:
                speak(document)
            _keys(document, [part.id] if one.get("background") and not known else ())
            return part
        case Move(part, by):
            _move(document, part, by)
            return part
        case MoveTo(entry, there):
            target = found(document, Part("page", there))
            home = page_of(document, entry)
            place = index_of(home["items"], entry)
            target["items"].append(home["items"].pop(place))
            return Part("entry", entry)
        case Copy(part):
            return _copy(document, part)
        case Delete(part):
            return _delete(document, part)
        case Join(name):
            return _join(document, name)
        case Say(language, changed):
            return _say(document, language, changed)


def _add_question(document: Document, new: AddQuestion) -> Part:
    page = found(document, Part("page", new.page))
    text = {new.language: new.words}
    item: Document = {"id": unique(new.words, entry_ids(document)), "text": text}
    if new.starter in _SCALES:
        item["scale"] = _with_scale(document, _SCALES[new.starter])
    if new.starter == "matrix":
        row = {
            "id": unique(f"{item['id']}_a", [*entry_ids(document), item["id"]]),
            "text": {new.language: ""},
        }
        item |= {"kind": "matrix", "rows": [row]}
    elif new.starter in ("multi", "rank", "text", "number", "month", "allocate", "info"):
        item["kind"] = new.starter
    if new.answers:
        item["choices"] = _answers(new.language, new.answers)
    page["items"].append(item | _MORE.get(new.starter, {}))
    return Part("entry", item["id"])


def _answers(language: str, words: Iterable[str]) -> list[Document]:
    """Choices with codes from 1 and values of their first words."""
    made: list[Document] = []
    for code, said in enumerate(words, 1):
        value = unique(said, [one["value"] for one in made], "svar")
        made.append({"code": code, "value": value, "text": {language: said}})
    return made


def _add_scale(document: Document, language: str, words: tuple[str, ...]) -> Part:
    choices = _answers(language, words)
    for place, choice in enumerate(choices):
        choice["score"] = round(100 * place / max(len(choices) - 1, 1), 4)
    id = unique(f"skala_{choices[0]['value']}" if choices else "skala", _scale_ids(document), "skala")
    document.setdefault("scales", []).append({"id": id, "choices": choices})
    return Part("scale", id)


def _scale_ids(document: Document) -> list[str]:
    """Those of the house among them, whether they are taken in or not."""
    return [one["id"] for one in (*document.get("scales", ()), *(s.model_dump() for s in standard_scales()))]


def _reckon(document: Document, fields: Mapping[str, Any]) -> Part:
    for id, scoring in fields.get("items", {}).items():
        asked = found(document, Part("entry", id))
        if scoring is None:
            asked.pop("scoring", None)
        else:
            asked["scoring"] = dict(scoring)
    if "labels" in fields:
        labels = document.get("labels", {}) | fields["labels"]
        document["labels"] = {id: label for id, label in labels.items() if label is not None}
    if fields.get("index"):
        document["index"] = fields["index"]
    elif "index" in fields:
        document.pop("index", None)
    return SCORING


def _about(document: Document, page: str, module: str, label: Mapping[str, str] | None) -> None:
    """What a page is about from now on, and what that is called; the name of what no page is about any more
    goes, where nothing else goes by it."""
    one = found(document, Part("page", page))
    before, one["module"] = one["module"], module
    labels = document.setdefault("labels", {})
    if label is not None:
        labels[module] = dict(label)
    index = document.get("index") or {}
    elsewhere = {*index.get("objects", ()), *index.get("facets", ()), *get_args(Facet), *get_args(Level)}
    elsewhere |= {tag for entry in all_entries(document) for tag in entry.get("tags", ())}
    if before not in elsewhere and all(each["module"] != before for each in document["pages"]):
        labels.pop(before, None)


def _add_row(document: Document, matrix: str, language: str, words: str) -> Part:
    one = found(document, Part("entry", matrix))
    if "rows" not in one:
        raise Gone()
    row: Document = {"id": unique(words, entry_ids(document)), "text": {language: words}}
    one["rows"].append(row)
    return Part("entry", row["id"])


def _with_scale(document: Document, name: str) -> str:
    if not taken_in(document, name):
        raise Gone()
    return name


def _siblings(document: Document, part: Part) -> list[Document]:
    """The list that a part stands in."""
    if part.kind == "page":
        return document["pages"]  # type: ignore[no-any-return]
    if part.kind == "scale":
        return document["scales"]  # type: ignore[no-any-return]
    if part.kind != "entry":
        raise Gone()
    matrix = matrix_of(document, part.id)
    row: list[Document] = matrix["rows"] if matrix else page_of(document, part.id)["items"]
    return row


def _move(document: Document, part: Part, by: int) -> None:
    found(document, part)
    row = _siblings(document, part)
    place = index_of(row, part.id)
    if 0 <= place + by < len(row):
        row.insert(place + by, row.pop(place))
    elif part.kind == "entry" and matrix_of(document, part.id) is None:
        pages = document["pages"]
        other = pages.index(page_of(document, part.id)) + by
        if 0 <= other < len(pages):
            there = pages[other]["items"]
            there.insert(0 if by > 0 else len(there), row.pop(place))


def _copy(document: Document, part: Part) -> Part:
    original = found(document, part)
    twin = copy.deepcopy(original)
    if part.kind == "scale":
        twin["id"] = unique(twin["id"], _scale_ids(document), "skala")
        document["scales"].insert(index_of(document["scales"], part.id) + 1, twin)
        return Part("scale", twin["id"])
    taken = entry_ids(document)
    for one in (twin, *twin.get("items", ()), *_rows_of(twin)):
        if one is twin and part.kind == "page":
            one["id"] = unique(one["id"], page_ids(document), "side")
        else:
            one["id"] = unique(one["id"], taken)
            one.pop("meaning", None)
            taken.add(one["id"])
    row = _siblings(document, part)
    row.insert(index_of(row, part.id) + 1, twin)
    _keys(document, [one["id"] for one in (twin, *twin.get("items", ())) if one.get("background")])
    return Part(part.kind, twin["id"])


def _rows_of(twin: Document) -> list[Document]:
    entries = twin.get("items", (twin,))
    return [row for entry in entries for row in entry.get("rows", ())]


def _delete(document: Document, part: Part) -> Part:
    """What is left where it stood."""
    gone = found(document, part)
    if part.kind == "must":
        entry, _, place = part.id.partition("/")
        del found(document, Part("entry", entry))["must"][int(place)]
        return Part("entry", entry)
    if part.kind == "scale" and any(one.get("scale") == part.id for one in all_entries(document)):
        raise ScaleInUse()
    above = FORM
    if part.kind == "entry":
        matrix = matrix_of(document, part.id)
        above = Part("entry", matrix["id"]) if matrix else Part("page", page_of(document, part.id)["id"])
    row = _siblings(document, part)
    if len(row) == 1 and (part.kind == "page" or above.kind == "entry"):
        raise LastOne()
    row.remove(gone)
    _keys(document)
    return above


def _join(document: Document, name: str) -> Part:
    if name not in MODULES:
        raise Gone()
    joining = in_languages(loading.dump(module(name)), document["languages"])
    scales = document.setdefault("scales", [])
    renamed: dict[str, str] = {}
    for scale in joining.get("scales", ()):
        twin = next((one for one in scales if one["id"] == scale["id"]), None)
        if twin is not None and twin["choices"] != scale["choices"]:
            renamed[scale["id"]] = unique(scale["id"], [one["id"] for one in scales])
            twin, scale = None, scale | {"id": renamed[scale["id"]]}
        if twin is None:
            scales.append(scale)
    taken = entry_ids(document)
    if any(_of_quoting(entry) for page in document["pages"] for entry in page["items"]):
        for page in joining["pages"]:  # it is asked once
            page["items"] = [entry for entry in page["items"] if not _of_quoting(entry)]
    for page in joining["pages"]:
        page["id"] = unique(page["id"], page_ids(document), "side")
        for entry in (*page["items"], *_rows_of(page)):
            if entry["id"] in taken:
                entry["id"] = unique(entry["id"], taken)
                entry.pop("meaning", None)
            taken.add(entry["id"])
            if entry.get("scale") in renamed:
                entry["scale"] = renamed[entry["scale"]]
        document["pages"].append(page)
    labels = document.setdefault("labels", {})
    for key, label in joining.get("labels", {}).items():
        labels.setdefault(key, label)
    return Part("page", joining["pages"][0]["id"])


def _of_quoting(entry: Mapping[str, Any]) -> bool:
    return entry.get("role") == "quote_consent"


def _say(document: Document, language: str, changed: Mapping[str, tuple[str, str]]) -> Part:
    others: dict[str, str] = {}
    for address, (was, words) in changed.items():
        text = text_at(document, address)
        if text is None:
            raise Gone()
        now = text.get(language, "")
        if now not in (was, words):
            others[address] = now
        elif words or language in text:
            text[language] = words
    if others:
        raise Elsewhere(others)
    return FORM


# ---------------------------------------------------------------- small helps


def _keys(document: Document, more: Iterable[str] = ()) -> None:
    """What groups people in research releases is marked as background; what is newly marked so is added."""
    fit = {
        one["id"]
        for one in all_entries(document)
        if one.get("background") and one.get("kind", "choice") == "choice"
    }
    keys = [key for key in dict.fromkeys((*document.get("release_keys", ()), *more)) if key in fit]
    bands = document.get("release_bands", {})
    document["release_keys"] = keys
    document["release_bands"] = {key: bands[key] for key in keys if key in bands}
