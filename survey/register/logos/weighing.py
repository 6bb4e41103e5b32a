"""How much a drawing comes to once its parts have called on one another: a few lines can ask for billions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from survey.register.logos.errors import LogoRefused
from survey.register.logos.rules import ADDRESS

if TYPE_CHECKING:
    from survey.register.logos.drawing import Part

MOST_DRAWN = 20_000
"""Parts that are drawn, those that are called on counted each time."""
MOST_DEEP = 100
"""Parts within parts, and called on by one another."""
DRAWN = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon"])


def check(root: Part) -> None:
    """Raises LogoRefused for a drawing that draws too much, calls on itself, or shows nothing."""
    known: dict[str, Part] = {}
    for part in _all(root):
        if (name := part.attributes.get("id")) is not None:
            known.setdefault(name, part)
    if _Scales(known).weight(root) > MOST_DRAWN:
        raise LogoRefused("parts", most=MOST_DRAWN)
    if not any(part.name in DRAWN for part in _all(root)):
        raise LogoRefused("empty")


class _Scales:
    def __init__(self, known: dict[str, Part]) -> None:
        self._known = known
        self._weights: dict[int, int] = {}
        self._under_way: set[int] = set()

    def weight(self, part: Part) -> int:
        if id(part) in self._weights:
            return self._weights[id(part)]
        if id(part) in self._under_way:
            raise LogoRefused("circle", what=part.attributes.get("id", part.name)[:40])
        if len(self._under_way) >= MOST_DEEP:
            raise LogoRefused("parts", most=MOST_DRAWN)
        self._under_way.add(id(part))
        weight = 1 + sum(self.weight(inner) for inner in part.parts)
        weight += sum(self.weight(self._known[name]) for name in _calls(part) if name in self._known)
        self._under_way.discard(id(part))
        # A number of that many digits would be work of its own.
        self._weights[id(part)] = weight = min(weight, MOST_DRAWN + 1)
        return weight


def _calls(part: Part) -> Iterator[str]:
    for name, value in part.attributes.items():
        if name == "href":
            yield value.strip()[1:]
        for address in ADDRESS.finditer(value):
            yield address["to"].strip()[1:]


def _all(part: Part) -> Iterator[Part]:
    yield part
    for inner in part.parts:
        yield from _all(inner)
