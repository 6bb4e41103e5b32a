"""The JSON of SurveyJS as a questionnaire: everything is carried over or told of, element by element.

https://surveyjs.io writes a survey as pages of elements. Texts, choices, matrices, ratings, conditions and
limits are carried over. Nothing is half-imported: one error, and there is no questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.errors import Fault, Place, QuestionnaireFault, at, wording
from forms.exchange import xpath_in
from forms.exchange.calculations import left_behind
from forms.exchange.names import Names
from forms.exchange.pipes import piped
from forms.exchange.surveyjs_elements import CARRIED, LAYOUT, Made, made
from forms.exchange.surveyjs_odd import TEXTS, odd
from forms.exchange.surveyjs_tree import READ, reckons, tree
from forms.exchange.tables import Carried, language_of, slug
from forms.exchange.xlsform_cells import Document, short
from forms.exchange.xpath_out import Unsaid
from forms.loading import from_document
from forms.questionnaire import LANGUAGES
from forms.source import read as read_source

MOST_ELEMENTS = 2_000
MOST_LEVELS = 20
"""Of panels within panels."""
_OF_SURVEY = frozenset({"title", "description", "pages", "elements", "questions", "locale"})
_OF_PAGE = frozenset({"name", "title", "description", "elements", "questions", "visibleIf", "questionsOrder"})
_OF_PANEL = frozenset({"type", "name", "title", "elements", "visibleIf"})
_NOT_ASKED = frozenset(
    {"text", "file", "signaturepad", "image", "imagemap", "multipletext", "paneldynamic", "matrixdynamic"}
    | {"matrixdropdown", "panel", "flowpanel"}
)
"""Kinds that are asked for in no way here, or only some of which are."""
_WITH_ANSWERS = frozenset({"title", "description", "html"})
"""Texts in which earlier answers may stand."""


def is_surveyjs(data: object) -> bool:
    """Whether a file of JSON is one of SurveyJS rather than of ours: pages of ours have `items`."""
    if not isinstance(data, dict) or "languages" in data:
        return False
    pages = data.get("pages")
    parts = [data, *(pages if isinstance(pages, list) else ())]
    return any(isinstance(part, dict) and ("elements" in part or "questions" in part) for part in parts)


def from_surveyjs(text: str, name: str) -> Carried:
    """The questionnaire in the JSON of a survey. `name`: of the file, where the survey has no title."""
    try:
        data = read_source(text, name).data
    except QuestionnaireFault as fault:
        return Carried(None, fault.faults)
    if not isinstance(data, dict):
        return Carried(None, (Fault.error(at(file=name), "sjs_nothing"),))
    return _Reader(data, name).carried()


@dataclass
class _Asked:
    """A question, its place, and the conditions it stands under in SurveyJS."""

    place: Place
    document: Document
    made: Made
    conditions: list[tuple[Place, str]] = field(default_factory=list)


class _Reader:
    def __init__(self, data: Document, name: str) -> None:
        self._data = data
        self._name = name
        self._file = at(file=name)
        self._faults: list[Fault] = []
        self._default = _language(data.get("locale")) or "en"
        self._languages = tuple(dict.fromkeys((self._default, *self._spoken(data))))
        self._pages: list[Document] = []
        self._shown: list[tuple[Document, Place, str]] = []
        self._asked: list[_Asked] = []
        self._scales: list[Document] = []
        self._names: dict[str, str] = {}
        self._earlier: set[str] = set()
        self._on_page: list[str] = []
        self._known = Names()
        self._elements = 0

    def carried(self) -> Carried:
        self._leave(self._file, self._data, _OF_SURVEY)
        pages = self._parts(self._file, self._data, "pages") or [
            {key: self._data[key] for key in ("elements", "questions") if key in self._data}
        ]
        for number, page in enumerate(pages[:MOST_ELEMENTS], 1):
            self._page(page, number)
        if max(self._elements, len(pages)) > MOST_ELEMENTS:
            self._faults.append(Fault.error(self._file, "sjs_many", most=MOST_ELEMENTS))
        elif any(page["items"] for page in self._pages):
            self._reckon()
            self._condition()
        else:
            self._faults.append(Fault.error(self._file, "sjs_nothing"))
        if any(fault.severity == "error" for fault in self._faults):
            return Carried(None, tuple(self._faults))
        try:
            return Carried(from_document(self._document()), tuple(self._faults))
        except QuestionnaireFault as fault:
            return Carried(None, (*self._faults, *fault.faults))

    def _document(self) -> Document:
        self._earlier.clear()
        title = self._text(self._file, self._data, "title") or dict.fromkeys(self._languages, self._name)
        first = next(iter(title.values()))
        return {
            "id": slug(first),
            "version": "1.0",
            "title": title,
            "description": self._text(self._file, self._data, "description") or title,
            "credit": dict.fromkeys(self._languages, f"SurveyJS: {self._name}"),
            "languages": list(self._languages),
            "scales": self._scales,
            "pages": [page for page in self._pages if page["items"]],
        }

    # ---------------------------------------------------------------- texts

    def _spoken(self, data: object, level: int = 0) -> Iterator[str]:
        """The languages of every text in the file."""
        if level > 2 * MOST_LEVELS:
            return
        if isinstance(data, list):
            for part in data:
                yield from self._spoken(part, level + 1)
        elif isinstance(data, dict):
            for key, value in data.items():
                if key in TEXTS and isinstance(value, dict):
                    yield from (code for language in value if (code := _language(language)))
                else:
                    yield from self._spoken(value, level + 1)

    def _text(self, place: Place, of: Mapping[str, Any], key: str) -> dict[str, str]:
        """A text by language; {} when there is none."""
        value = of.get(key)
        given = value if isinstance(value, dict) else {"default": value}
        found: dict[str, str] = {}
        for language, words in given.items():
            code = self._default if language == "default" else _language(language)
            if code is None:
                self._left(place, key, {language: words})
            elif isinstance(words, str) and words.strip():
                earlier = self._earlier if key in _WITH_ANSWERS else frozenset[str]()
                text, told = piped(words.strip(), READ, earlier, place.at(field=key))
                self._faults += told
                found.setdefault(code, text)
        return {language: found[language] for language in self._languages if language in found}

    # ---------------------------------------------------------------- what is left behind

    def _left(self, place: Place, key: str, value: object) -> None:
        self._faults.append(Fault.warning(place, "sjs_left", field=key[:60], given=short(str(value))))

    def _leave(self, place: Place, of: Mapping[str, Any], carried: frozenset[str]) -> None:
        """Tells of every field that means nothing to us, layout apart, and of those that cannot be read."""
        self._odd(place, of)
        for key, value in of.items():
            if (
                key not in carried
                and key not in LAYOUT
                and key != "visible"
                and value not in (None, False, "", [], {})
            ):
                self._left(place, key, value)

    def _odd(self, place: Place, of: Mapping[str, Any]) -> None:
        for kind, key, value in odd(of):
            self._faults.append(Fault.warning(place, kind, field=key, given=short(str(value))))

    def _parts(self, place: Place, of: Mapping[str, Any], key: str) -> list[Document]:
        """The parts under a key; what is none is told of."""
        given = of.get(key, [])
        if not isinstance(given, list):
            self._faults.append(Fault.warning(place, "sjs_no_list", field=key[:60], given=short(str(given))))
            return []
        for one in given:
            if not isinstance(one, dict):
                self._left(place, key, one)
        return [one for one in given if isinstance(one, dict)]

    # ---------------------------------------------------------------- pages and elements

    def _page(self, page: Document, number: int) -> None:
        given = page.get("name")
        name = given if isinstance(given, str) else ""
        page_id = self._new_id(at(page=short(name) or number), name or f"side_{number}", "page")
        place = at(page=page_id)
        self._earlier.update(self._on_page)
        self._on_page.clear()
        self._leave(place, page, _OF_PAGE)
        title = self._text(place, page, "title") or self._text(self._file, self._data, "title")
        document: Document = {
            "id": page_id, "title": title or dict.fromkeys(self._languages, self._name),
            "module": "skjema", "items": [],
        }  # fmt: skip
        if intro := self._text(place, page, "description"):
            document["intro"] = intro
        if page.get("questionsOrder") == "random":
            document["shuffle"] = True
        self._pages.append(document)
        if isinstance(said := page.get("visibleIf"), str) and said.strip():
            self._shown.append((document, place.at(field="visibleIf"), said))
        self._inside(place, page, document, [], 0)
        if any(entry.get("kind") == "info" for entry in document["items"]):
            document.pop("shuffle", None)

    def _inside(
        self, place: Place, of: Document, page: Document, above: list[tuple[Place, str]], level: int
    ) -> None:
        elements = [part for key in ("elements", "questions") for part in self._parts(place, of, key)]
        for element in elements:
            self._elements += 1
            if self._elements > MOST_ELEMENTS:
                return
            if element.get("type") == "panel":
                self._panel(place, element, page, above, level)
            else:
                self._element(place, element, page, above)

    def _panel(
        self, place: Place, panel: Document, page: Document, above: list[tuple[Place, str]], level: int
    ) -> None:
        """Its questions stand on the page, under its condition as well."""
        own = place.at(item=short(str(panel.get("name", "panel"))))
        if level >= MOST_LEVELS:
            self._faults.append(Fault.warning(own, "sjs_type_left", type="panel"))
            return
        self._leave(own, panel, _OF_PANEL)
        if panel.get("title"):
            self._left(own, "title", panel["title"])
        said = panel.get("visibleIf")
        conditions = [(own.at(field="visibleIf"), said)] if isinstance(said, str) and said.strip() else []
        self._inside(place, panel, page, [*above, *conditions], level + 1)

    def _element(
        self, place: Place, element: Document, page: Document, above: list[tuple[Place, str]]
    ) -> None:
        name = element.get("name")
        kind = str(element.get("type", "text"))
        if not isinstance(name, str) or not name.strip():
            self._faults.append(Fault.error(place, "sjs_name_missing", type=short(kind)))
            return
        own = place.at(item=short(name))
        found = made(element, lambda of, key: self._text(own, of, key), self._languages)
        if found is None:
            told = "sjs_type_left" if kind.lower() in _NOT_ASKED else "sjs_type_unknown"
            if kind == "matrix":
                self._odd(own, element)
                told = "sjs_matrix_bare"
            self._faults.append(Fault.warning(own, told, type=short(kind)))
            return
        self._leave(own, element, CARRIED | found.carried)
        for key, value in found.left:
            self._left(own, key, value)
        for part in found.parts:
            self._odd(own, part)
        item_id = self._new_id(own, name, "item")
        text = found.text or self._text(own, element, "title") or dict.fromkeys(self._languages, name)
        document: Document = {"id": item_id, "text": text} | found.document
        if helped := self._text(own, element, "description"):
            if "rows" in document:
                self._left(own, "description", element["description"])
            else:
                document["help"] = helped
        asked = _Asked(own, document, found, list(above))
        if isinstance(said := element.get("visibleIf"), str) and said.strip():
            asked.conditions.append((own.at(field="visibleIf"), said))
        self._scaled(asked)
        page["items"].append(document)

    def _scaled(self, asked: _Asked) -> None:
        """A matrix, or a rating with ends, has a scale of its own; questions are what conditions read."""
        document, found = asked.document, asked.made
        if found.scale is not None:
            scale_id = f"svar_{document['id']}"[:64]
            self._scales.append({"id": scale_id, "ordinal": True} | found.scale)
            document["scale"] = scale_id
        self._asked.append(asked)
        if document.get("kind", "choice") == "choice":
            self._on_page.append(document["id"])
        choices = found.scale["choices"] if found.scale else document.get("choices", [])
        rows = document.get("rows")
        if rows is None:
            kind = document.get("kind", "choice")
            specials = document.get("specials", ())
            self._known.add(document["id"], kind, choices, specials, found.named)
            return
        for row in rows:
            row["id"] = self._new_id(asked.place, row["id"], "item")
            self._known.add(row["id"], "choice", choices, (), found.named)

    def _new_id(self, place: Place, name: str, of: str) -> str:
        """The name as an id of ours. Two that come to the same are an error: their answers would mix."""
        ours = slug(name)
        key = f"{of}:{ours}"
        if key in self._names:
            self._faults.append(
                Fault.error(place, "sjs_name_clash", name=short(name), other=short(self._names[key]))
            )
        elif ours != name:
            self._faults.append(Fault.warning(place, "xls_name_changed", name=short(name), ours=ours))
        self._names.setdefault(key, name)
        return ours

    # ---------------------------------------------------------------- conditions

    def _reckon(self) -> None:
        reckoned = {asked.document["id"]: asked for asked in self._asked if asked.made.expression is not None}

        def carried(name: str) -> bool:
            asked = reckoned[name]
            place, source = asked.place.at(field="expression"), asked.made.expression or ""
            try:
                read = tree(source)
                asked.document["computed"] = xpath_in.expression(read, self._known, name)
            except Unsaid:
                self._known.kinds.pop(name, None)
                self._faults.append(Fault.warning(place, "xls_calculation_left", given=short(source)))
                return False
            if reckons(read):
                self._faults.append(Fault.warning(place, "sjs_sum", given=short(source)))
            return True

        reads = {
            name: {slug(one) for one in READ.findall(asked.made.expression or "")}
            for name, asked in reckoned.items()
        }
        left = left_behind(reads, carried)
        for page in self._pages:
            page["items"] = [entry for entry in page["items"] if entry["id"] not in left]
        self._asked = [asked for asked in self._asked if asked.document["id"] not in left]

    def _condition(self) -> None:
        for document, place, source in self._shown:
            if said := self._read(place, source):
                document["show_if"] = said
        for asked in self._asked:
            several = [said for place, source in asked.conditions if (said := self._read(place, source))]
            if several:
                document = asked.document
                document["show_if"] = (
                    several[0] if len(several) == 1 else " && ".join(f"({s})" for s in several)
                )
            for choice, source in asked.made.shown:
                place = asked.place.at(choice=choice["value"], field="visibleIf")
                if said := self._read(place, source):
                    choice["show_if"] = said
            for source, text in asked.made.demands:
                if said := self._read(asked.place.at(field="validators"), source):
                    text = text or {lang: _must_text(lang) for lang in self._languages}
                    asked.document.setdefault("must", []).append({"condition": said, "text": text})

    def _read(self, place: Place, source: str) -> str | None:
        try:
            read = tree(source)
            said = xpath_in.condition(read, self._known)
        except Unsaid as unsaid:
            self._faults.append(unsaid.told(place, short(source)))
            return None
        if reckons(read):
            self._faults.append(Fault.warning(place, "sjs_sum", given=short(source)))
        return said


def _language(name: object) -> str | None:
    """The code of a language; None for 'default' and for what is none."""
    return language_of(name) if isinstance(name, str) and name != "default" else None


def _must_text(language: str) -> str:
    return wording(language if language in LANGUAGES else "nb")("xls.must_text")
