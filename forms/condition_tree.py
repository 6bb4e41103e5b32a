"""A condition as a tree: what was written, with the place of every part of it.

`forms/expressions.py` reads and writes it, `forms/condition_types.py` says whether its parts fit together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf

Kind = OneOf["word", "words", "text", "number", "month", "truth"]
"""word: one of an item's words, or ''. words: a list of them. month: '2024-05'. truth: true or false."""
Comparison = OneOf["==", "!=", "<", "<=", ">", ">="]
Arithmetic = OneOf["+", "-", "*", "/"]


@dataclass(frozen=True)
class Name:
    """An answer. `at` is the place in the source, a character from 1, here and below."""

    item: str
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Literal:
    value: str | float | bool
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Several:
    """A list that is written out."""

    values: tuple[str | float, ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Each:
    """The word a `Some` looks at, whatever the author called it."""

    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Has:
    item: str
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Not:
    part: Node
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Compare:
    op: Comparison
    left: Node
    right: Node
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class In:
    left: Node
    right: Node
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Some:
    """Whether some word of the answer fits `body`, or every word does."""

    item: str
    body: Node
    every: bool
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Sum:
    op: Arithmetic
    left: Node
    right: Node
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Negative:
    part: Node
    at: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Either:
    if_: Node
    then: Node
    other: Node
    at: int = field(default=1, compare=False)


Node = Name | Literal | Several | Each | Has | Not | And | Or | Compare | In | Some | Sum | Negative | Either


def results(node: Node) -> Iterator[Node]:
    """What it can come to: itself, or whatever stands behind its question marks and colons."""
    if isinstance(node, Either):
        yield from results(node.then)
        yield from results(node.other)
    else:
        yield node


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(parts(found))


def parts(node: Node) -> tuple[Node, ...]:
    """What a node is made of, in the order it is written."""
    match node:
        case And(several) | Or(several):
            return several
        case Not(part) | Negative(part):
            return (part,)
        case Compare(_, left, right) | Sum(_, left, right) | In(left, right):
            return (left, right)
        case Some(_, body, _):
            return (body,)
        case Either(if_, then, other):
            return (if_, then, other)
        case _:
            return ()


def names(node: Node) -> frozenset[str]:
    """Ids of the items it reads."""
    return frozenset(found.item for found in walk(node) if isinstance(found, Name | Has | Some))


def held(node: Node, among: str = "") -> Iterator[tuple[str, str | float]]:
    """(item, word, month or number) for everything an answer is held against. `among`: the item of `each`."""
    match node:
        case Compare(_, left, right):
            yield from _held(left, right, among)
            yield from _held(right, left, among)
        case In(left, right):
            yield from _held(left, right, among)
            yield from _held(right, left, among)
        case Some(item, body, _):
            yield from held(body, item)
            return
    for part in parts(node):
        yield from held(part, among)


def _held(answer: Node, against: Node, among: str) -> Iterator[tuple[str, str | float]]:
    item = answer.item if isinstance(answer, Name) else among if isinstance(answer, Each) else ""
    values: tuple[str | float | bool, ...] = ()
    match against:
        case Literal(value):
            values = (value,)
        case Negative(Literal(value)) if not isinstance(value, str):
            values = (-value,)
        case Several(several):
            values = several
    if item:
        yield from ((item, value) for value in values if not isinstance(value, bool))
