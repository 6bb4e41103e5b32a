"""How a question is answered by hand: boxes to tick, a ruler, a table, boxes for digits, lines."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from typing import Literal

from forms.exchange.paper import Block, Option, Question
from forms.questionnaire import Item
from survey import asking

Look = Literal[
    "list", "columns", "ruler", "pictures", "rank", "share", "digits", "line", "month", "lines", ""
]
"""'' for information, which is only read."""

MOST_ON_A_RULER = 11
LONGEST_ON_A_RULER = 14
"""Characters of a word that stands below its box: 'misfornøyd' has ten."""
LONGEST_IN_COLUMNS = 24
COLUMNS_FROM = 9
"""Choices; fewer stand one below the other, which is easier to read."""
MOST_DIGITS = 8
TABLE_MM, WIDEST_MM = 124, 21
NARROW_MM, WIDE_MM = 9, 17.5
"""Room for the columns of a matrix; what one of numbers takes, and one of words."""
SHORT_HEAD = 3
LONGEST_HEAD = 40
UNBROKEN_MM = {"se": 2.4, "so": 2.6, "ti": 3.8}
"""What a letter takes at the head of a table, in languages whose words the layout cannot part."""
MAX_LINES = 12


@dataclass(frozen=True)
class Head:
    """A column of a matrix. `end`: what the step means. `special`: '' for a choice, else which."""

    text: str
    end: str
    special: str


def look(question: Question) -> Look:
    item = question.item
    match item.kind:
        case "info":
            return ""
        case "text":
            return "lines"
        case "month":
            return "month"
        case "number":
            return "digits" if digits(item) else "line"
        case "allocate":
            return "share"
        case "rank":
            return "rank"
    if item.display == "pictures":
        return "pictures"
    if item.display == "scale" and _on_a_ruler(question.options):
        return "ruler"
    plain = all(len(o.text) <= LONGEST_IN_COLUMNS and not o.condition and not o.end for o in question.options)
    return "columns" if plain and len(question.options) >= COLUMNS_FROM else "list"


def on_ruler(question: Question) -> tuple[Option, ...]:
    """The choices with a place on the ruler; the others stand beside it."""
    return tuple(option for option in question.options if not option.choice.off_scale)


def _on_a_ruler(options: tuple[Option, ...]) -> bool:
    steps = [option for option in options if not option.choice.off_scale]
    words = [word for option in steps for word in option.text.split()]
    if not 2 <= len(steps) <= MOST_ON_A_RULER or any(option.condition for option in steps):
        return False
    most = SHORT_HEAD if len(steps) > 5 else LONGEST_ON_A_RULER
    return all(len(word) <= most for word in words) and all(len(o.text) <= 2 * most for o in steps)


def digits(item: Item) -> tuple[int, int] | None:
    """Boxes before and after the comma; None where a line is better: no limit, or below zero."""
    if item.maximum is None or item.minimum < 0:
        return None
    whole = len(str(int(item.maximum)))
    return (whole, item.decimals) if whole <= MOST_DIGITS else None


def lines(item: Item) -> int:
    """Ruled lines; writing by hand takes more of them than typing."""
    return 1 if item.lines == 1 else min(item.lines + 1, MAX_LINES)


def heads(block: Block, language: str) -> tuple[Head, ...]:
    """The columns that all rows of a matrix share; () where it is better asked one by one: rows that
    differ, something else than choices, more than the sheet is wide, words wider than their column."""
    if not block.stem or len(block.questions) < 2:
        return ()
    first = block.questions[0].options
    for question in block.questions:
        item = question.item
        same = [(o.choice.code, o.text) for o in question.options] == [(o.choice.code, o.text) for o in first]
        if item.kind != "choice" or item.display in ("pictures", "select") or item.consent or not same:
            return ()
        if any(option.condition for option in question.options):
            return ()
    specials = dict.fromkeys(name for question in block.questions for name in question.item.specials)
    narrow = all(len(option.text) <= SHORT_HEAD for option in first)
    room = len(first) * (NARROW_MM if narrow else WIDE_MM) + len(specials) * WIDE_MM
    if room > TABLE_MM or any(len(option.text) > LONGEST_HEAD for option in first):
        return ()
    choices = tuple(Head(option.text, option.end, "") for option in first)
    columns = choices + tuple(Head("", "", name) for name in specials)
    letter = UNBROKEN_MM.get(language, 0)
    unfit = any(len(word) * letter > width(columns, head) for head in choices for word in head.text.split())
    return () if unfit else columns


@cache
def drawing(name: str) -> str:
    """The address of a drawing of the house, itself within it: nothing is fetched when a form is set."""
    drawn = (asking.STATIC / "pictures" / f"{name}.svg").read_bytes()
    return f"data:image/svg+xml;base64,{b64encode(drawn).decode()}"


def width(columns: tuple[Head, ...], head: Head) -> float:
    """Of a column, in mm."""
    narrow = not head.special and all(len(each.text) <= SHORT_HEAD for each in columns if not each.special)
    return NARROW_MM if narrow else min(TABLE_MM / len(columns), WIDEST_MM)
