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
    absent: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of items that conditions see as numbers: the names of answers that are none, such as 'vet_ikke'. With
    us the number is missing then; in a workbook the answer is there."""
    nameless: set[str] = field(default_factory=set)
    """Items that are numbers to our conditions, and whose answers are called something else in a workbook."""

    def add(
        self,
        item_id: str,
        kind: str,
        choices: Sequence[Mapping[str, Any]],
        specials: Sequence[str] = (),
        named: Sequence[str] = (),
    ) -> None:
        """An item, with its choices as plain data. `named`: what a file calls them, else as `names_of`."""
        if kind not in _KINDS:
            return
        numbered = kind == "choice" and reckons(choices)
        self.kinds[item_id] = "number" if numbered else _KINDS[kind]
        named = named or names_of(choices)
        self.words[item_id] = {choice["value"]: name for choice, name in zip(choices, named, strict=True)}
        if numbered:
            worth = {
                name: choice.get("number")
                for name, choice in zip(named, choices, strict=True)
                if choice.get("number") is not None
            }
            self.absent[item_id] = (*(name for name in named if name not in worth), *specials)
            if any(not name.isdecimal() or float(name) != number for name, number in worth.items()):
                self.nameless.add(item_id)
        if choices:
            self.words[item_id] |= {word: word for word in SPECIAL_CODES}
        if kind == "rank":
            self.ranks.add(item_id)

    def alike(self, one: str, other: str) -> bool:
        """Whether the workbook has one name for every word that two items share, and no name for two."""
        mine, theirs = self.words[one], self.words[other]
        return all(
            mine.get(word) == name or (word not in mine and name not in mine.values())
            for word, name in theirs.items()
        )

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
