"""Questionnaires from text and back: every fault named when read, dumped and hashed the same every time."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forms import integrity, source
from forms.errors import Fault, QuestionnaireFault, UnknownInstrument
from forms.questionnaire import Choice, IndexRules, Item, Matrix, Page, Questionnaire, Scale, Scoring

INSTRUMENTS = Path(__file__).parent / "instruments"
_TAGS = ("item", "matrix")
_MODELS: tuple[type[BaseModel], ...] = (Questionnaire, Page, Item, Matrix, Scale, Choice, Scoring, IndexRules)


def parse(text: str, name: str) -> Questionnaire:
    """A questionnaire from YAML or JSON. QuestionnaireFault carries all faults, by place in `name`."""
    read = source.read(text, name)
    return _build(read, name)


def load(path: Path) -> Questionnaire:
    """A questionnaire from a file in UTF-8. QuestionnaireFault when it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise QuestionnaireFault(
            [
                Fault(
                    str(path),
                    "the file cannot be opened",
                    "",
                    "check name and permission",
                )
            ]
        ) from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise QuestionnaireFault(
            [
                Fault(
                    f"{path.name}, line {line}",
                    "the file is not in UTF-8",
                    "letters such as æ, ø and å would be spoiled",
                    "save it as UTF-8 and try again",
                )
            ]
        ) from problem
    return parse(text, path.name)


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
    try:
        questionnaire = Questionnaire.model_validate(read.data)
    except ValidationError as problem:
        details = _telling(problem.errors(include_url=False))
        raise QuestionnaireFault([_explain(detail, read, name) for detail in details]) from problem
    if breaches := integrity.faults(questionnaire):
        raise QuestionnaireFault(breaches)
    return questionnaire


def _telling(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without 'too short' for lists whose parts have faults: pydantic counts only sound parts."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            len(place) > len(detail["loc"]) and place[: len(detail["loc"])] == detail["loc"]
            for place in places
        )
    ]


def _explain(detail: ErrorDetails, read: source.Source, name: str) -> Fault:
    """One complaint of pydantic in the grammar of the house."""
    path = _plain(detail["loc"], read.data)
    line = read.line(path)
    where = ", ".join([name, *([f"line {line}"] if line else []), *_names(path, read.data)])
    field = str(path[-1]) if path else "the file"
    what, why, mend = _words(detail, field)
    return Fault(where, what, why, mend)


def _words(detail: ErrorDetails, field: str) -> tuple[str, str, str]:
    """What, why and how to mend, for one kind of complaint."""
    context: dict[str, Any] = detail.get("ctx", {})
    given = "empty" if detail["input"] is None else repr(detail["input"])
    given = given if len(given) <= 60 else given[:57] + "..."
    match detail["type"]:
        case "missing":
            return f"'{field}' is missing", "the questionnaire cannot be shown without it", f"add '{field}'"
        case "extra_forbidden":
            near = difflib.get_close_matches(field, {f for m in _MODELS for f in m.model_fields}, 1, 0.7)
            mend = f"did you mean '{near[0]}'?" if near else "take it out"
            return f"'{field}' is not a field here", "it would be passed over in silence", mend
        case "string_pattern_mismatch" if field == "version":
            return f"{given} is not a version", "rounds refer to it", "write it like '1.0' or '1.0.2'"
        case "string_pattern_mismatch":
            return (
                f"{given} is not a name for '{field}'",
                "names are used in conditions and data files",
                "use a-z, 0-9 and _ only, a letter first, at most 64 characters",
            )
        case "string_type":
            return (
                f"'{field}' is {given}, not a text",
                "it would be read otherwise than it is written",
                f'put it in quotes: "{detail["input"]}"'
                if isinstance(detail["input"], int | float)
                else "write a text",
            )
        case "literal_error":
            return f"{given} is not one of the words for '{field}'", "", f"use {context.get('expected')}"
        case "model_type" if not detail["loc"]:
            return (
                "this is not a questionnaire",
                "it has no named parts",
                "start from one of the shipped ones",
            )
        case "dict_type" | "model_type" | "model_attributes_type":
            return (
                f"'{field}' is {given}",
                "it needs several named parts",
                "write each part on a line below it; a text has a line for each language, like 'nb: Ja'",
            )
        case "tuple_type":
            return (
                f"'{field}' is {given}",
                "it needs a list",
                "start each part with '- ' on a line of its own",
            )
        case "too_short":
            return f"'{field}' is empty", "there would be nothing to show", "add at least one"
        case "value_error":
            said, _, mend = str(context.get("error", "")).partition("; ")
            return said, "", mend
        case _:
            return f"{given} does not fit '{field}'", "", _limit(detail["type"], context)


def _limit(kind: str, context: dict[str, Any]) -> str:
    """What would fit, in our own words."""
    match kind:
        case "less_than_equal":
            return f"write {context['le']} or less"
        case "greater_than_equal":
            return f"write {context['ge']} or more"
        case "less_than":
            return f"write less than {context['lt']}"
        case "greater_than":
            return f"write more than {context['gt']}"
        case "string_too_long" | "too_long":
            return f"keep to {context['max_length']} at most"
        case "string_too_short":
            return f"write {context['min_length']} or more letters"
        case "int_type" | "int_parsing" | "int_from_float":
            return "write a whole number without quotes"
        case "float_type" | "float_parsing":
            return "write a number without quotes"
        case "bool_type" | "bool_parsing":
            return "write true or false"
        case _:
            return "see docs/questionnaire.schema.json for what fits"


def _plain(location: tuple[int | str, ...], data: Any) -> source.Path:
    """The path without the tags pydantic adds where items and matrices are told apart."""
    path: list[str | int] = []
    for step in location:
        if step in _TAGS and len(path) >= 2 and path[-2] == "items" and isinstance(path[-1], int):
            continue
        path.append(step)
    return tuple(path)


def _names(path: source.Path, data: Any) -> Iterator[str]:
    """The path in words: the ids of what lies on the way, then the field."""
    words = {"pages": "page", "items": "item", "rows": "row", "scales": "scale", "choices": "choice"}
    here = data
    last: str | None = None
    for i, step in enumerate(path):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and i and path[i - 1] in words:
            own = here.get("id", here.get("value")) if isinstance(here, dict) else None
            yield f"{words[str(path[i - 1])]} '{own}'" if own is not None else f"{path[i - 1]} no. {step + 1}"
            last = None
        elif not isinstance(step, int) and step not in words:
            last = str(step) if last is None else f"{last}.{step}"
    if last is not None:
        yield last
