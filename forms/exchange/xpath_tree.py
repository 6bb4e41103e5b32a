"""What others write in a cell, as a tree: the XPath of XLSForm.

The same tree is made of the expressions of SurveyJS; `xpath_in` says it in our language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forms.exchange.tables import slug
from forms.exchange.xpath_out import Unsaid
from forms.expressions import MOST_CHARACTERS

MOST_TOKENS = 2_000
MOST_LEVELS = 40
READ = re.compile(r"\$\{([^{}]{1,100})\}")
_TOKEN = re.compile(
    r"(?P<space>\s++)|(?P<ref>\$\{[^{}]{1,100}\})|(?P<string>'[^']*+'|\"[^\"]*+\")|(?P<number>\d++(?:\.\d++)?+)"
    r"|(?P<name>[A-Za-z_][\w-]*+)|(?P<sign>!=|<=|>=|[=<>+*(),.-])"
)


@dataclass(frozen=True)
class Ref:
    item: str


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class Figure:
    number: float


@dataclass(frozen=True)
class Bare:
    """A name that stands alone: a column of the choices."""

    name: str


@dataclass(frozen=True)
class Call:
    name: str
    of: tuple[Tree, ...]


@dataclass(frozen=True)
class Sign:
    op: str
    left: Tree
    right: Tree


Tree = Ref | Word | Figure | Bare | Call | Sign


def tree(source: str, own: str = "") -> Tree:
    """What stands in a cell. `own`: the item that '.' means. Unsaid when it is nothing we can read."""
    return _Parser(source, own).whole()


def split(tree: Tree, word: str = "and") -> list[Tree]:
    """The parts that 'and' (or 'or') holds together."""
    if isinstance(tree, Sign) and tree.op == word:
        return [*split(tree.left, word), *split(tree.right, word)]
    return [tree]


class _Parser:
    """By descent; loosest first: or, and, = !=, < >, + -, * div."""

    _LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div"))

    def __init__(self, source: str, own: str) -> None:
        if len(source) > 4 * MOST_CHARACTERS:
            raise Unsaid
        self._own = own
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(source):
            found = _TOKEN.match(source, place)
            if found is None or len(self._tokens) > MOST_TOKENS:
                raise Unsaid
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found[0]))
            place = found.end()
        self._tokens.append(("end", ""))
        self._place = 0
        self._depth = 0

    def whole(self) -> Tree:
        read = self._level(0)
        if self._tokens[self._place][0] != "end":
            raise Unsaid
        return read

    def _level(self, level: int) -> Tree:
        if level == len(self._LEVELS):
            return self._one()
        read = self._level(level + 1)
        while self._tokens[self._place][1] in self._LEVELS[level] and self._tokens[self._place][0] in (
            "sign",
            "name",
        ):
            op = self._next()[1]
            read = Sign(op, read, self._level(level + 1))
        return read

    def _one(self) -> Tree:
        kind, text = self._next()
        match kind:
            case "ref":
                return Ref(slug(text[2:-1]))
            case "string":
                return Word(text[1:-1])
            case "number":
                return Figure(float(text))
            case "name" if self._tokens[self._place][1] == "(":
                self._next()
                return Call(text, tuple(self._arguments()))
            case "name":
                return Bare(text)
        if text == "." and self._own:
            return Ref(self._own)
        if text in ("(", "-"):
            self._depth += 1
            if self._depth > MOST_LEVELS:
                raise Unsaid
            inner = self._level(0) if text == "(" else Sign("-", Figure(0), self._one())
            self._depth -= 1
            if text == "(":
                self._wanted(")")
            return inner
        raise Unsaid

    def _arguments(self) -> Sequence[Tree]:
        self._depth += 1
        if self._depth > MOST_LEVELS:
            raise Unsaid
        found: list[Tree] = []
        while self._tokens[self._place][1] != ")":
            if found:
                self._wanted(",")
            found.append(self._level(0))
        self._next()
        self._depth -= 1
        return found

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._place]
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _wanted(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise Unsaid
