"""The parts of a questionnaire in the making: where each stands, what it is now, and ids for new ones.

A part is found by its kind and id (`operations.Part`):

    form                       the whole, by what it is called
    page, scale                by their ids
    entry                      a question or a matrix on a page, or a row of a matrix
    answer, step               an answer of a question, of a scale: 'heis/ja', 'e5/helt_enig'
    must                       a demand on an answer, by its place: 'personer/0'
    scoring                    the index and where every question counts in it
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, ClassVar, TypeAlias

from forms import integrity
from forms.errors import FormsError
from forms.exchange.tables import slug
from forms.operations import Part
from forms.questionnaire import SPECIAL_CODES

Document: TypeAlias = dict[str, Any]

LONGEST_ID = 40
"""Characters that words give to an id; a number may follow."""


class EditFault(FormsError):
    status: ClassVar[int] = 409
    key: ClassVar[str] = "error.edit"

    def __init__(self) -> None:
        super().__init__()


class Gone(EditFault):
    status, key = 404, "error.not_found"


class TooMuch(EditFault):
    status, key = 409, "error.edit.too_much"


class LastOne(EditFault):
    status, key = 409, "error.edit.last_one"


class ScaleInUse(EditFault):
    status, key = 409, "error.edit.scale_in_use"


class Elsewhere(EditFault):
    """`texts`: what stands now where the others changed it, by address."""

    status, key = 409, "error.edit.elsewhere"

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.texts = texts


def found(document: Document, part: Part) -> Document:
    """A part as it stands, to be read or changed; of `scoring` a copy. Raises Gone."""
    whole, _, inner = part.id.partition("/")
    match part.kind:
        case "form":
            return document
        case "scoring":
            return _scoring(document)
        case "page":
            return _named(document["pages"], "id", part.id)
        case "scale":
            return _named(document.get("scales", ()), "id", part.id)
        case "entry":
            return _named(all_entries(document), "id", part.id)
        case "answer":
            return _named(found(document, Part("entry", whole)).get("choices", ()), "value", inner)
        case "step":
            return _named(found(document, Part("scale", whole)).get("choices", ()), "value", inner)
        case "must":
            demands = found(document, Part("entry", whole)).get("must", ())
            if inner.isascii() and inner.isdigit() and len(inner) < 4 and int(inner) < len(demands):
                return demands[int(inner)]  # type: ignore[no-any-return]
    raise Gone()


def _named(pool: Iterable[Document], field: str, name: str) -> Document:
    for one in pool:
        if one[field] == name:
            return one
    raise Gone()


def _scoring(document: Document) -> Document:
    counted = {one["id"]: one["scoring"] for one in all_entries(document) if "scoring" in one}
    return {"index": document.get("index"), "labels": document.get("labels", {}), "items": counted}


_SHOWN_ELSEWHERE = {
    "form": ("pages", "scales", "index", "labels"),
    "page": ("items",),
    "entry": ("rows", "must"),
}
"""What the form of a part does not show, since other forms do."""


def mark(document: Document, part: Part, *, whole: bool = False) -> str:
    """Another one whenever the part is another: what its form shows, or the `whole` with all in it."""
    shown = found(document, part)
    if not whole:
        elsewhere = _SHOWN_ELSEWHERE.get(part.kind, ())
        shown = {name: value for name, value in shown.items() if name not in elsewhere}
    written = json.dumps(shown, sort_keys=True, ensure_ascii=False)
    return blake2b(written.encode(), digest_size=12).hexdigest()


def page_of(document: Document, entry: str) -> Document:
    """The page that a question stands on. Raises Gone."""
    for page in document["pages"]:
        for one in page["items"]:
            if one["id"] == entry or any(row["id"] == entry for row in one.get("rows", ())):
                return page  # type: ignore[no-any-return]
    raise Gone()


def matrix_of(document: Document, row: str) -> Document | None:
    """The matrix of a row; None for what is no row."""
    return next(
        (one for one in entries(document) if any(each["id"] == row for each in one.get("rows", ()))), None
    )


def unique(words: str, taken: Iterable[str], otherwise: str = "sporsmal") -> str:
    """An id of the first words, with a number when it is taken.

    >>> unique("Er det heis i bygget?", ["er_det_heis_i_bygget"]), unique("...", [])
    ('er_det_heis_i_bygget_2', 'sporsmal')
    """
    stem = slug(words) if any(letter.isalnum() for letter in words) else otherwise
    while len(stem) > LONGEST_ID:
        stem = stem.rpartition("_")[0] or stem[:LONGEST_ID]
    used = {*taken, *integrity.RESERVED, *integrity.CEL_WORDS, *SPECIAL_CODES}
    if stem not in used:
        return stem
    return next(free for n in range(2, len(used) + 3) if (free := f"{stem}_{n}") not in used)


def entries(document: Document) -> Iterator[Document]:
    """Questions and matrices, in order."""
    for page in document["pages"]:
        yield from page["items"]


def all_entries(document: Document) -> Iterator[Document]:
    """The same, and the rows of matrices."""
    for entry in entries(document):
        yield entry
        yield from entry.get("rows", ())


def entry_ids(document: Document) -> set[str]:
    return {entry["id"] for entry in all_entries(document)}


def page_ids(document: Document) -> set[str]:
    return {page["id"] for page in document["pages"]}


def index_of(row: list[Document], id: str) -> int:
    for place, one in enumerate(row):
        if one["id"] == id:
            return place
    raise Gone()
