"""From a place in a questionnaire back to the line of the file that it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from forms import source
from forms.errors import Fault, at

_TWICE = frozenset({"item_id_twice", "page_id_twice"})
"""Of these the second is the one to mend, and the one that is told of."""


def with_line(fault: Fault, read: source.Source, name: str) -> Fault:
    """The fault, its place within the file `name`, with the line where that is known."""
    if not (read.lines or read.json):
        return fault
    path = _path(fault, read.data)
    line = read.line(path) if path else None
    if line is None:  # of the whole, which begins with the first line
        return fault
    return replace(fault, place=fault.place.within(at(file=name, line=line)))


def _path(fault: Fault, data: Any) -> source.Path:
    steps = {step.key.removeprefix("place."): str(dict(step.values)["name"]) for step in fault.place.steps}
    last = fault.kind in _TWICE
    path: source.Path = ()
    here = data
    for kind in ("page", "scale", "item", "matrix", "row", "choice"):
        if kind not in steps:
            continue
        ways = [*_ways(here, kind, steps[kind])]
        if not ways:
            break
        path = (*path, *ways[-1 if last else 0])
        for step in ways[-1 if last else 0]:
            here = here[step]
    field = steps.get("field", "")
    for step in field.split("."):
        if isinstance(here, dict) and step in here:
            path, here = (*path, step), here[step]
    return path


def _ways(here: Any, kind: str, name: str) -> Iterator[source.Path]:
    """Every way from here to a part of this kind and name."""
    match kind:
        case "page" | "scale":
            yield from _named(here, f"{kind}s", name)
        case "choice":
            yield from _named(here, "choices", name, "value")
        case _:
            for place, page in enumerate(_list(here, "pages")):
                yield from (("pages", place, *way) for way in _ways(page, kind, name))
            for place, entry in enumerate(_list(here, "items")):
                yield from (("items", place, *way) for way in _named(entry, "rows", name))
            yield from _named(here, "items", name)
            yield from _named(here, "rows", name)


def _named(here: Any, field: str, name: str, by: str = "id") -> Iterator[source.Path]:
    for place, one in enumerate(_list(here, field)):
        if isinstance(one, dict) and one.get(by) == name:
            yield field, place


def _list(here: Any, field: str) -> list[Any]:
    found = here.get(field) if isinstance(here, dict) else None
    return found if isinstance(found, list) else []
