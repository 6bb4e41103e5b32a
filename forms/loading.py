"""Questionnaires from text and back: every fault named when read, dumped and hashed the same every time."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forms import integrity, partly, source
from forms.catalogue import Message
from forms.errors import Fault, Place, QuestionnaireFault, UnknownInstrument, at
from forms.lines import with_line
from forms.questionnaire import (
    Choice,
    Ends,
    IndexRules,
    Item,
    Matrix,
    Must,
    Page,
    Questionnaire,
    Scale,
    Scoring,
)

INSTRUMENTS = Path(__file__).parent / "instruments"
_HALF = re.compile(r"[\ud800-\udfff]")
_PARTS: dict[str, type[BaseModel]] = {
    "pages": Page, "items": Item, "item": Item, "rows": Item, "matrix": Matrix, "scales": Scale,
    "choices": Choice, "scoring": Scoring, "must": Must, "ends": Ends, "index": IndexRules,
}  # fmt: skip
"""What lies under a field of a file, or after the tag that pydantic adds."""
_OWNERS: dict[type[BaseModel], str] = {
    Questionnaire: "part.questionnaire", Page: "part.page", Item: "part.item", Matrix: "part.matrix",
    Scale: "part.scale", Choice: "part.choice", Scoring: "part.scoring", Must: "part.must",
    Ends: "part.ends", IndexRules: "part.index",
}  # fmt: skip
"""What people call the part of a file that has these fields."""


def parse(text: str, name: str) -> Questionnaire:
    """A questionnaire from YAML or JSON. QuestionnaireFault carries all faults, by place in `name`."""
    read = source.read(text, name)
    return _build(read, name)


def load(path: Path) -> Questionnaire:
    """A questionnaire from a file in UTF-8. QuestionnaireFault when it cannot be read."""
    return parse(text_of(path), path.name)


def text_of(path: Path) -> str:
    """What stands in a file in UTF-8. QuestionnaireFault when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise QuestionnaireFault([Fault.error(at(file=path), "file_closed")]) from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        place = at(file=path.name, line=line)
        raise QuestionnaireFault([Fault.error(place, "file_not_utf8")]) from problem


@cache
def shipped(name: str) -> Questionnaire:
    """One of the questionnaires of the house, such as 'boindeks'. UnknownInstrument when there is none."""
    known = sorted(path.stem for path in INSTRUMENTS.glob("*.yaml"))
    if name not in known:
        raise UnknownInstrument(name, known)
    return load(INSTRUMENTS / f"{name}.yaml")


def from_document(document: object) -> Questionnaire:
    """A questionnaire from what `dump` made of it. QuestionnaireFault as for a file."""
    return _build(source.Source(document, {}), "questionnaire")


def unfinished(document: object) -> Questionnaire:
    """A questionnaire that somebody is still writing: of the right form, whatever `integrity` finds in it.

    QuestionnaireFault when it has not even the form.
    """
    return _formed(source.Source(document, {}), "questionnaire")


def dump(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as plain data for jsonb.

    What equals its default is left out, so that a hash stays the same when the model later gains a field.
    """
    return questionnaire.model_dump(mode="json", exclude_defaults=True)


def content_hash(questionnaire: Questionnaire) -> bytes:
    """SHA-256 (32 bytes) of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(
        dump(questionnaire), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).digest()


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of a questionnaire file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Questionnaire.model_json_schema(),
    }


def _build(read: source.Source, name: str) -> Questionnaire:
    questionnaire = _formed(read, name)
    if breaches := integrity.faults(questionnaire):
        raise QuestionnaireFault([with_line(breach, read, name) for breach in breaches])
    return questionnaire


def _formed(read: source.Source, name: str) -> Questionnaire:
    form = formed(read, name)
    if form.questionnaire is None:
        more = integrity.faults(form.rest) if form.rest else []
        more = [with_line(fault, read, name) for fault in partly.told_anyway(more)]
        raise QuestionnaireFault([*form.faults, *more])
    return form.questionnaire


@dataclass(frozen=True)
class Formed:
    """What a file comes to: the questionnaire, or why there is none and what of it is sound."""

    questionnaire: Questionnaire | None
    rest: Questionnaire | None = None
    faults: tuple[Fault, ...] = ()


def formed(read: source.Source, name: str) -> Formed:
    """The questionnaire that has the form of one, whatever `integrity` finds in it."""
    if broken := next(_unwritable(read.data, ()), None):
        return Formed(None, None, (Fault.error(_place(broken, read, name), "text_unwritable"),))
    try:
        return Formed(Questionnaire.model_validate(read.data))
    except ValidationError as problem:
        details = problem.errors(include_url=False)
        faults = tuple(_explain(detail, read, name) for detail in _telling(details))
        return Formed(None, partly.sound(read.data, details), faults)


def _telling(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without 'too short' for lists whose parts have faults: pydantic counts only sound parts. An id that is
    none is told of once, not of the meaning that is made from it as well."""
    places = [detail["loc"] for detail in details]
    inputs = {detail["loc"]: detail["input"] for detail in details}

    def counted(place: tuple[int | str, ...]) -> bool:
        return any(len(one) > len(place) and one[: len(place)] == place for one in places)

    def of_id(detail: ErrorDetails) -> bool:
        *owner, field = detail["loc"] or ("",)
        return field == "meaning" and inputs.get((*owner, "id")) == detail["input"]

    return [
        detail
        for detail in details
        if not (detail["type"] == "too_short" and counted(detail["loc"])) and not of_id(detail)
    ]


def _explain(detail: ErrorDetails, read: source.Source, name: str) -> Fault:
    """One complaint of pydantic in the grammar of the house."""
    path = partly.plain(detail["loc"])
    place = _place(path, read, name)
    kind, values = _words(detail, str(path[-1]) if path else "")
    return Fault.error(place, kind, **values)


def _place(path: source.Path, read: source.Source, name: str) -> Place:
    line = read.line(path)
    place = at(file=name) if line is None else at(file=name, line=line)
    for step in _names(path, read.data):
        place = place.at(**step)
    return place


def _unwritable(data: object, path: source.Path) -> Iterator[source.Path]:
    """Where halves of characters stand, which JSON can spell and no file can hold."""
    if isinstance(data, str):
        if not data.isascii() and _HALF.search(data):
            yield path
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _unwritable(key, path)
            yield from _unwritable(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _unwritable(value, (*path, number))


def _words(detail: ErrorDetails, field: str) -> tuple[str, dict[str, object]]:
    """The kind of fault that a complaint is, with what fills its message."""
    context: dict[str, Any] = detail.get("ctx", {})
    given = _given(detail["input"])
    match detail["type"]:
        case "missing":
            return "field_missing", {"field": field}
        case "extra_forbidden":
            return _no_field(detail["loc"], field)
        case "string_pattern_mismatch" if field == "version":
            return "version_unfit", {"given": given}
        case "string_pattern_mismatch" if field in ("earliest", "latest"):
            return "month_unfit", {"given": given, "field": field}
        case "string_pattern_mismatch":
            return "name_unfit", {"given": given, "field": field}
        case "string_type" if isinstance(detail["input"], int | float) and math.isfinite(detail["input"]):
            return "number_for_text", {"given": given, "field": field, "number": detail["input"]}
        case "string_type":
            return "text_wanted", {"given": given, "field": field}
        case "literal_error":
            words = tuple(re.findall(r"'([^']*)'", context["expected"]))
            return "word_unknown", {"given": given, "field": field, "words": _one_of(words)}
        case "model_type" if not detail["loc"]:
            return "not_a_questionnaire", {}
        case "dict_type" | "model_type" | "model_attributes_type":
            return "parts_wanted", {"given": given, "field": field}
        case "tuple_type":
            return "list_wanted", {"given": given, "field": field}
        case "too_short":
            return "list_empty", {"field": field}
        case "scale_twice":
            return "scale_twice", {"scales": context["scales"]}
        case "choices_many":
            return "choices_many", {"n": context["n"], "most": context["most"]}
        case kind:
            unfit, more = _unfit(kind, context)
            return unfit, {"given": given, "field": field, **more}


def _no_field(place: tuple[int | str, ...], field: str) -> tuple[str, dict[str, object]]:
    """A field that does not belong where it stands: in another part of the file, misspelt, or nowhere."""
    here = next((_PARTS[step] for step in reversed(place[:-1]) if step in _PARTS), Questionnaire)
    if owners := [name for model, name in _OWNERS.items() if field in model.model_fields]:
        return "field_misplaced", {"field": field, "owners": _either(owners)}
    if near := difflib.get_close_matches(field, here.model_fields, 1, 0.7):
        return "field_misspelt", {"field": field, "near": near[0]}
    return "field_unknown", {"field": field}


def _either(owners: list[str]) -> Message:
    """'in a question or in a matrix'."""
    first = Message.of(owners[0])
    return first if len(owners) == 1 else Message.of("either", first=first, rest=_either(owners[1:]))


def _unfit(kind: str, context: dict[str, Any]) -> tuple[str, dict[str, object]]:
    match kind:
        case "less_than_equal":
            return "number_above", {"most": f"{context['le']:g}"}
        case "greater_than_equal":
            return "number_below", {"least": f"{context['ge']:g}"}
        case "greater_than":
            return "number_not_above", {"limit": f"{context['gt']:g}"}
        case "int_type" | "int_parsing" | "int_from_float":
            return "whole_number_wanted", {}
        case "float_type" | "float_parsing":
            return "number_wanted", {}
        case "bool_type" | "bool_parsing":
            return "truth_wanted", {}
        case _:
            return "unfit", {}


def _given(value: object) -> object:
    """What stands in the file, short enough to quote."""
    match value:
        case None:
            return Message.of("nothing_given")
        case str():
            return (_short(value),)
        case _:
            return _short(json.dumps(value, ensure_ascii=False, default=str))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _one_of(words: tuple[str, ...]) -> object:
    """'a', 'b' or 'c'."""
    return words if len(words) == 1 else Message.of("one_of", several=words[:-1], last=words[-1])


def _names(path: source.Path, data: Any) -> Iterator[dict[str, object]]:
    """The steps of a place: the ids of what lies on the way, then the field."""
    kinds = {"pages": "page", "items": "item", "rows": "row", "scales": "scale", "choices": "choice"}
    here = data
    last: str | None = None
    for i, step in enumerate(path):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and i and path[i - 1] in kinds:
            own = here.get("id", here.get("value")) if isinstance(here, dict) else None
            kind = kinds[str(path[i - 1])]
            yield {kind: own} if own is not None else {f"{kind}_number": step + 1}
            last = None
        elif not isinstance(step, int) and step not in kinds:
            last = str(step) if last is None else f"{last}.{step}"
    if last is not None:
        yield {"field": last}
