"""What a report said, kept: to be compared with what the same answers say today, and shown without them.

`figures` are the numbers alone: names of estates and rounds may change without changing what was found. Two
sets of figures are the same when every number agrees to nine digits: other libraries may add up in another
order.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from pydantic import TypeAdapter

from forms.questionnaire import Questionnaire
from reports.results import Results

NAMES = frozenset({"organisation", "campaign", "scope", "previous_campaign", "name", "area", "values"})
"""Fields of results, at any depth, that hold words for people. What a finding says follows from the rest."""
TOLERANCE = 1e-9

_adapter = TypeAdapter(Results)


def to_text(results: Results) -> str:
    """Canonical JSON of all a report shows, without the questionnaire, which is kept by its hash."""
    return _canonical(_adapter.dump_python(results, mode="json", exclude={"questionnaire"}))


def from_text(text: str, questionnaire: Questionnaire) -> Results:
    """The results back. ValueError when the text is of another shape."""
    return _adapter.validate_python({**json.loads(text), "questionnaire": questionnaire})


def scope_of(text: str) -> str:
    """Name of the estate or organisation that `to_text` is about."""
    return str(json.loads(text)["scope"])


def figures(text: str) -> Any:
    """The numbers of `to_text`, without names; index by estate as a bag, for it is sorted by name."""
    document = json.loads(text)
    document["by_estate"] = sorted((cell for _, cell in document["by_estate"]), key=_canonical)
    document["coverage"].sort(key=lambda estate: estate["estate_id"])
    return _without_names(document)


def digest(figures: Any) -> bytes:
    """SHA-256 of the canonical JSON, 32 bytes."""
    return hashlib.sha256(_canonical(figures).encode()).digest()


def same(one: Any, other: Any) -> bool:
    """Whether two sets of figures say the same."""
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, (int, float)) and isinstance(other, (int, float))
        return numbers and (
            math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
            or (math.isnan(one) and math.isnan(other))
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_names(held) for key, held in value.items() if key not in NAMES}
    if isinstance(value, list):
        return [_without_names(held) for held in value]
    return value
