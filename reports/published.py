"""What a report said, kept: to be compared with what the same answers say today, and shown without them.

`figures` are the numbers alone: names of estates and rounds may change without changing what was found. They
are what a kept report is sealed by. `differences` compares two of them: numbers agree when they do to nine
digits, since other libraries may add up in another order; a figure that a later version of Bostemme tells
besides is no difference, and findings are none by themselves, since what they say follows from the rest.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from forms.questionnaire import Questionnaire
from reports.results import Results

NAMES = frozenset(
    {"organisation", "campaign", "scope", "previous_campaign", "name", "area", "values", "declared", "signed"}
)
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
    if document.get("weighting") is None:  # reports from before there were weights say nothing of them
        document.pop("weighting", None)
    for told in (document, *document["coverage"]):  # nor do those say that all were asked
        if told.get("dwellings") is None:
            told.pop("dwellings", None)
    for place in document["coverage"]:  # nor of answers that are counted elsewhere
        if not any(place.get("elsewhere") or ()):
            place.pop("elsewhere", None)
        if not place.get("others"):
            place.pop("others", None)
        place.pop("pool", None)  # what it is called goes by it, and no number
    return _without_names(document)


def digest(figures: Any) -> bytes:
    """SHA-256 of the canonical JSON, 32 bytes."""
    return hashlib.sha256(_canonical(figures).encode()).digest()


Part = Literal["rest", "change", "interval", "hidden", "number"]
"""What can differ: how an estate stands to the others, changes since last time, how sure a number is, what is
hidden, the numbers themselves."""

_PARTS: dict[str, Part] = {
    "versus_rest": "rest",
    "limits": "rest",
    "change": "change",
    "low": "interval",
    "high": "interval",
    "step": "interval",
    "distinguishable": "interval",
    "nonresponse_bounds": "interval",
    "hidden": "hidden",
}


def differences(then: Any, now: Any) -> frozenset[Part]:
    """In what two `figures` of one report differ: nothing when the second tells all that the first does."""
    return frozenset(_differing({**then, "findings": ()}, {**now, "findings": ()}, "number"))


@cache
def made_by() -> bytes:
    """SHA-256 over what reckons: the code of `forms` and `reports`, and the libraries. 32 bytes."""
    found = hashlib.sha256()
    for room in (Path(__file__).parent, Path(__file__).parents[1] / "forms"):
        for file in sorted(room.rglob("*.py")):
            found.update(file.read_bytes())
    found.update(" ".join(version(name) for name in ("numpy", "polars", "scipy")).encode())
    return found.digest()


def _differing(then: Any, now: Any, part: Part) -> Iterator[Part]:
    if isinstance(then, dict) and isinstance(now, dict):
        for key, value in then.items():
            if key == "by_estate":
                yield from _differing(_by_score(value), _by_score(now.get(key, [])), part)
            else:
                # Whatever there is of a change, its interval too, is the change.
                inside = _PARTS.get(key, part) if part == "number" else part
                yield from _differing(value, now.get(key), inside)
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for one, other in zip(then, now, strict=True):
            yield from _differing(one, other, part)
    elif not _agree(then, now):
        yield part


def _by_score(cells: list[Any]) -> list[Any]:
    """A bag, whatever else is told of each."""
    return sorted(cells, key=lambda cell: _canonical(cell["score"]))


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _without_names(value: Any) -> Any:
    if isinstance(value, dict):
        # Reports from before it was told whom a figure leaves out say nothing of it.
        return {
            key: _without_names(held)
            for key, held in value.items()
            if key not in NAMES and (key, held) != ("left_out", "nobody")
        }
    if isinstance(value, list):
        return [_without_names(held) for held in value]
    return value
