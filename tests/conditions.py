"""Conditions that both engines must agree on: the written ones, and random ones that fit their items."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import forms
from forms.condition_tree import (
    And,
    Compare,
    Each,
    Either,
    Has,
    In,
    Kind,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Several,
    Some,
    Sum,
)
from forms.expressions import for_engines
from forms.logic import Seen

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(forms.__file__).parent / "vectors" / "conditions.json").read_text()
)
KINDS: dict[str, Kind] = {
    "heis": "word",
    "etasje": "word",
    "mangler": "words",
    "temaer": "words",
    "bedre": "text",
    "rom": "number",
    "personer": "number",
    "flyttet": "month",
    "bygd": "month",
}
WORDS = ("ja", "nei", "blå", 'a "b"', "")
NUMBERS = (0.0, 1.0, 2.5, 0.1, 253.0)
MONTHS = ("2019-12", "2024-05")
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Chooser:
    """`one`: picks one of several, by chance or by hypothesis."""

    one: Callable[[Sequence[Any]], Any]

    def of(self, *things: Thing) -> Thing:
        chosen: Thing = self.one(things)
        return chosen

    def seen(self) -> dict[str, Seen]:
        """What a tenant has answered; numbers and months may be absent."""
        seen: dict[str, Seen] = {}
        for item, kind in KINDS.items():
            match kind:
                case "words":
                    seen[item] = [word for word in WORDS[:3] if self.of(True, False)]
                case "number" if self.of(True, True, False):
                    seen[item] = self.of(*NUMBERS)
                case "month" if self.of(True, True, False):
                    seen[item] = self.of(*MONTHS)
                case "word" | "text":
                    seen[item] = self.of(*WORDS)
        return seen

    def truth(self, levels: int, *, within: bool = False) -> Node:
        """A condition; `within` exists() or all(), where there are no numbers and months to read."""
        kinds = ["word", "word", "list"] if within else ["word", "list", "number", "month", "has", "some"]
        if levels > 1:
            kinds += ["not", "and", "or", "either"]
        deeper = levels - 1
        match self.of(*kinds):
            case "word":
                return Compare(self.of("==", "!="), self.word(deeper, within), self.word(deeper, within))
            case "list":
                words = tuple(self.of(*WORDS) for _ in range(self.of(0, 1, 3)))
                return In(self.word(deeper, within), self.of(Several(words), Name("mangler")))
            case "number":
                op = self.of("==", "!=", "<", "<=", ">", ">=")
                return Compare(op, self.number(deeper), self.number(deeper))
            case "month":
                op = self.of("==", "!=", "<", "<=", ">", ">=")
                return Compare(op, Name("flyttet"), self.of(Name("bygd"), Literal(self.of(*MONTHS))))
            case "has":
                return Has(self.of("rom", "personer", "flyttet"))
            case "some":
                body = self.truth(max(1, deeper), within=True)
                return Some(self.of("mangler", "temaer"), body, self.of(True, False))
            case "not":
                return Not(self.truth(deeper, within=within))
            case "either":
                one, other = (self.truth(deeper, within=within) for _ in range(2))
                return Either(self.truth(deeper, within=within), one, other)
            case kind:
                parts = tuple(self.truth(deeper, within=within) for _ in range(self.of(2, 3)))
                return And(parts) if kind == "and" else Or(parts)

    def word(self, levels: int, within: bool = False) -> Node:
        if within and self.of(True, False):
            return Each()
        return self.of(Name("heis"), Name("etasje"), Name("bedre"), Literal(self.of(*WORDS)))

    def number(self, levels: int, *, divided: bool = False) -> Node:
        if levels <= 0 or self.of(True, True, False):
            return self.of(Name("rom"), Name("personer"), Literal(self.of(*NUMBERS)))
        deeper = levels - 1
        op = self.of("+", "-", "*", "-x", "?") if divided else self.of("+", "-", "*", "/", "-x", "?")
        if op == "-x":
            return Negative(self.number(deeper, divided=divided))
        if op == "?":
            one, other = self.number(deeper, divided=divided), self.number(deeper, divided=divided)
            return Either(self.truth(1), one, other) if not divided else Sum("+", one, other)
        one, other = self.number(deeper, divided=divided), self.number(deeper, divided=divided or op == "/")
        return Sum(op, one, other)


def for_the_browser(node: Node, seen: dict[str, Any]) -> list[Any]:
    return [for_engines(node), seen]
