"""The XPath of XLSForm as a condition of ours, for as much of it as can be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forms.condition_tree import (
    And,
    Arithmetic,
    Compare,
    Comparison,
    Either,
    Has,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Several,
    Sum,
    walk,
)
from forms.errors import ConditionFault
from forms.exchange.names import Names
from forms.exchange.tables import slug
from forms.exchange.xpath_out import Unsaid
from forms.expressions import MOST_CHARACTERS, normal, parse

MOST_TOKENS = 2_000
MOST_LEVELS = 40
_TOKEN = re.compile(
    r"(?P<space>\s++)|(?P<ref>\$\{[^{}]{1,100}\})|(?P<string>'[^']*+'|\"[^\"]*+\")|(?P<number>\d++(?:\.\d++)?+)"
    r"|(?P<name>[A-Za-z_][\w-]*+)|(?P<sign>!=|<=|>=|[=<>+*(),.-])"
)
_MONTH = re.compile(r"(\d{4}-\d{2})(?:-\d{2})?")


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


def condition(tree: Tree, known: Names) -> str:
    """The condition as we write it. Unsaid when it says what ours cannot."""
    return _whole(_Reader(known).truth(tree))


def expression(tree: Tree, known: Names, item_id: str) -> str:
    """The expression for a computed answer. `item_id`: its item, whose words it comes to."""
    return _whole(_Reader(known).value(tree, item_id))


def _whole(node: Node) -> str:
    said = normal(node)
    try:
        parse(said)
    except ConditionFault as fault:
        raise Unsaid from fault
    return said


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


_OPS: dict[str, Comparison] = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_ARITHMETIC: dict[str, Arithmetic] = {"+": "+", "-": "-", "*": "*", "div": "/"}


class _Reader:
    def __init__(self, known: Names) -> None:
        self._known = known

    def truth(self, tree: Tree) -> Node:
        match tree:
            case Sign("and"):
                return And(tuple(self.truth(part) for part in split(tree)))
            case Sign("or"):
                return Or(tuple(self.truth(part) for part in split(tree, "or")))
            case Sign(op, left, right) if op in _OPS:
                if isinstance(left, Word | Figure) and not isinstance(right, Word | Figure):
                    return self._compared(_TURNED[op], right, left)
                return self._compared(op, left, right)
            case Call("true" | "false" as name, ()):
                return Literal(name == "true")
            case Call("not", (part,)):
                return self._not(self.truth(part))
            case Call("selected", (Ref(item), Word(name))):
                match self._kind(item):
                    case "words":
                        return In(Literal(self._word(item, name)), Name(item))
                    case "word":
                        return Compare("==", Name(item), Literal(self._word(item, name)))
                    case "number":
                        return Compare("==", Name(item), Literal(_number(name)))
            case Call("selected", (Ref(several), Ref(one))):
                if self._kind(several) == "words" and self._kind(one) == "word":
                    return In(Name(one), Name(several))
            case Call("if", (if_, then, other)):
                return Either(self.truth(if_), self.truth(then), self.truth(other))
        raise Unsaid

    def value(self, tree: Tree, item_id: str = "") -> Node:
        """`item_id`: whose words may stand in it."""
        match tree:
            case Ref(item):
                self._kind(item)
                return Name(item)
            case Figure(number):
                return Literal(number)
            case Word(text):
                if self._known.kinds.get(item_id) == "number":
                    return Literal(_number(text))
                return Literal(self._word(item_id, text))
            case Sign("-", Figure(0), right):
                return Negative(self.value(right))
            case Sign(op, left, right) if op in _ARITHMETIC:
                return Sum(_ARITHMETIC[op], self.value(left), self.value(right))
            case Call("if", (if_, then, Word(""))):
                # "Empty unless all is there" is what a computed answer is with us.
                if all(self._is_there(part) for part in split(if_)):
                    return self.value(then, item_id)
            case Call("if", (if_, then, other)):
                return Either(self.truth(if_), self.value(then, item_id), self.value(other, item_id))
            case Call("number", (part,)):
                return self.value(part, item_id)
        raise Unsaid

    def _is_there(self, tree: Tree) -> bool:
        return isinstance(tree, Sign) and tree.op == "!=" and tree.right == Word("")

    def _kind(self, item: str) -> str:
        kind = self._known.kinds.get(item)
        if kind is None:
            raise Unsaid
        return kind

    def _word(self, item: str, name: str) -> str:
        word = self._known.word(item, name) if item in self._known.words else None
        if word is None:
            raise Unsaid
        return word

    def _compared(self, op: str, left: Tree, right: Tree) -> Node:
        if isinstance(left, Call) and left.name == "count-selected":
            return self._count(op, left, right)
        kind = self._kind(left.item) if isinstance(left, Ref) else "number"
        if isinstance(left, Ref) and right == Word("") and op in ("=", "!="):
            if kind in ("number", "month"):
                return Has(left.item) if op == "!=" else Not(Has(left.item))
            return Compare(_OPS[op], Name(left.item), Several(()) if kind == "words" else Literal(""))
        node = Compare(_OPS[op], self.value(left), self._against(left, right, kind))
        return _or_absent(node, self._known) if op == "!=" else node

    def _against(self, left: Tree, right: Tree, kind: str) -> Node:
        """What an answer of this kind is held against."""
        match right:
            case Word(text) if isinstance(left, Ref) and kind in ("word", "words"):
                words = [self._word(left.item, name) for name in text.split()]
                return Several(tuple(words)) if kind == "words" else Literal(self._word(left.item, text))
            case Figure(number) if isinstance(left, Ref) and kind == "word":
                return Literal(self._word(left.item, f"{number:g}"))
            case Word(text) if kind == "number":
                return Literal(_number(text))
            case Word(text) if kind == "text":
                return Literal(text)
            case Word(text) | Call("date", (Word(text),)) if kind == "month":
                if (found := _MONTH.fullmatch(text)) is None:
                    raise Unsaid
                return Literal(found[1])
            case Ref(item):
                if self._kind(item) == kind:
                    return Name(item)
            case _ if kind == "number":
                return self.value(right)
        raise Unsaid

    def _count(self, op: str, left: Call, right: Tree) -> Node:
        """Only whether there are any."""
        if len(left.of) == 1 and isinstance(left.of[0], Ref) and isinstance(right, Figure):
            item = left.of[0].item
            any_at_all = (op, right.number) in ((">", 0), (">=", 1), ("!=", 0))
            none = (op, right.number) in (("=", 0), ("<", 1), ("<=", 0))
            if self._kind(item) == "words" and (any_at_all or none):
                return Compare("!=" if any_at_all else "==", Name(item), Several(()))
        raise Unsaid

    def _not(self, node: Node) -> Node:
        return _or_absent(Not(node), self._known)


def _or_absent(node: Node, known: Names) -> Node:
    """In XPath what is not there is unlike everything; with us it decides nothing."""
    asked = {found.item for found in walk(node) if isinstance(found, Has)}
    read = {
        found.item
        for found in walk(node)
        if isinstance(found, Name) and known.kinds.get(found.item) in ("number", "month")
    }
    return Or((*(Not(Has(item)) for item in sorted(read - asked)), node)) if read - asked else node


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as fault:
        raise Unsaid from fault
