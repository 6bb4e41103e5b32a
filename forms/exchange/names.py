"""How items and answers are called in the conditions of a workbook, and what they are to our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.condition_tree import Kind
from forms.questionnaire import SPECIAL_CODES

_KINDS: dict[str, Kind] = {
    "choice": "word", "multi": "words", "rank": "words", "text": "text", "number": "number", "month": "month",
}  # fmt: skip


@dataclass
class Names:
    """Of every item by id: its kind in conditions, and the name of each of its words in the workbook."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    ranks: set[str] = field(default_factory=set)

    def add(
        self, item_id: str, kind: str, choices: Sequence[Mapping[str, Any]], named: Sequence[str] = ()
    ) -> None:
        """An item, with its choices as plain data. `named`: what a file calls them, else as `names_of`."""
        if kind not in _KINDS:
            return
        numbered = kind == "choice" and reckons(choices)
        self.kinds[item_id] = "number" if numbered else _KINDS[kind]
        named = named or names_of(choices)
        self.words[item_id] = {choice["value"]: name for choice, name in zip(choices, named, strict=True)}
        if choices:
            self.words[item_id] |= {word: word for word in SPECIAL_CODES}
        if kind == "rank":
            self.ranks.add(item_id)

    def word(self, item_id: str, name: str) -> str | None:
        """Our word for what the workbook calls `name`."""
        return next((ours for ours, theirs in self.words[item_id].items() if theirs == name), None)


def reckons(choices: Sequence[Mapping[str, Any]]) -> bool:
    """Whether conditions see numbers: all steps have one."""
    steps = [choice for choice in choices if not choice.get("off_scale")]
    return bool(steps) and all(choice.get("number") is not None for choice in steps)


def names_of(choices: Sequence[Mapping[str, Any]]) -> list[str]:
    """What choices are called in a workbook: their number when all are worth whole ones, else their word.

    A condition of a workbook reckons with names.
    """
    numbers = [choice["number"] for choice in choices if choice.get("number") is not None]
    whole = all(number == int(number) and number >= 0 for number in numbers)
    if reckons(choices) and whole and len(set(numbers)) == len(numbers):
        return [
            choice["value"] if choice.get("number") is None else str(int(choice["number"]))
            for choice in choices
        ]
    return [choice["value"] for choice in choices]
