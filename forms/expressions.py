"""The language of conditions: a part of CEL, read here into a tree before any engine sees it.

    answers.heis == "nei" && answers.etasje != "forste"     words:   == !=, in [...], && || !
    "fukt" in answers.mangler                                several: in, == [], .exists(x, ...), .all(x, ...)
    answers.personer / answers.rom > 2                       numbers: + - * /, == != < <= > >=, in [...]
    answers.flyttet >= "2024-05"                             months:  == != < <= > >=
    has(answers.rom) ? answers.rom : 1                       whether a number or month was answered; a choice

The engines for the server and for the browser disagree about the rest of CEL (whole numbers against
decimals, lists of two kinds, size() of 'å', the remainder), so the rest is not in the language. They are only
ever given `for_engines`: every number a decimal, and a division by nothing as undecided as an absent answer,
because they disagree about what no number can say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from forms.catalogue import Message
from forms.condition_tree import (
    And,
    Arithmetic,
    Compare,
    Comparison,
    Each,
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
    Some,
    Sum,
    parts,
    walk,
)
from forms.errors import ConditionFault

MOST_CHARACTERS = 1_000
MOST_LEVELS = 20
MOST_RECKONED = 10
"""Multiplications and divisions: so few that no number grows beyond what both engines can hold."""
MOST_NESTED = 2 * MOST_LEVELS + 5
"""Of brackets and signs: the normal form writes two for some levels."""

EACH = "each"
NOTHING = "_nothing"
"""An item nobody can have."""
RESERVED = frozenset(
    {"answers", "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
     "in", "let", "loop", "namespace", "null", "package", "prototype", "return", "true", "var", "void",
     "while", "__proto__", "_nothing"}
)  # fmt: skip
"""Words of one of the engines' own: no name of an item or a variable."""

_NUMBER = r"\d{1,12}+(?:\.\d{1,6}+)?+(?![\w.])"
_TOKEN = re.compile(
    rf"(?P<space>[ \t\r\n]++)|(?P<number>{_NUMBER})|(?P<name>[A-Za-z_]\w*+)"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+')"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%!<>()\[\].,?:])",
    re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@lru_cache(maxsize=500)  # conditions of a questionnaire are read by each who checks, writes or follows it
def parse(source: str) -> Node:
    """ConditionFault names the character that is not in the language, or says what is too much."""
    return _Parser(source).whole()


def normal(node: Node) -> str:
    """The one way to write `node` in the language: `parse(normal(node)) == node`."""
    return _Writer(guarded=False).write(node)


def for_engines(node: Node) -> str:
    """The same in plain CEL, in the words about which both engines agree."""
    return _Writer(guarded=True).write(node)


@dataclass(frozen=True)
class _Writer:
    """`guarded`: what is divided by 0 asks for an answer nobody can give, and so cannot be decided."""

    guarded: bool

    def write(self, node: Node) -> str:
        match node:
            case Name(item):
                return f"answers.{item}"
            case Each():
                return EACH
            case Has(item):
                return f"has(answers.{item})"
            case Literal(value):
                return _written(value)
            case Several(values):
                return f"[{', '.join(map(_written, values))}]"
            case Not(part):
                return f"!{self._operand(part)}"
            case Negative(part):
                return f"-{self._operand(part)}"
            case And(parts):
                return " && ".join(map(self._operand, parts))
            case Or(parts):
                return " || ".join(map(self._operand, parts))
            case Sum("/", left, right) if self.guarded:
                by = self._operand(right)
                return f"({by} != 0.0) ? ({self._operand(left)} / {by}) : answers.{NOTHING}"
            case Compare(op, left, right) | Sum(op, left, right):
                return f"{self._operand(left)} {op} {self._operand(right)}"
            case In(left, right):
                return f"{self._operand(left)} in {self._operand(right)}"
            case Some(item, body, every):
                return f"answers.{item}.{'all' if every else 'exists'}({EACH}, {self.write(body)})"
            case Either(if_, then, other):
                return f"{self._operand(if_)} ? {self._operand(then)} : {self._operand(other)}"

    def _operand(self, node: Node) -> str:
        whole = isinstance(node, Name | Each | Has | Literal | Several | Some)
        return self.write(node) if whole else f"({self.write(node)})"


def _written(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    digits = format(Decimal(repr(float(value))), "f")
    return digits if "." in digits else f"{digits}.0"


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    """By descent: a method for each level of precedence, loosest first."""

    def __init__(self, source: str) -> None:
        self._source = source
        if len(source) > MOST_CHARACTERS:
            self._refuse("reason.too_long", most=MOST_CHARACTERS, length=len(source))
        for place, character in enumerate(source, 1):
            if unicodedata.category(character) in _HIDDEN and character not in "\t\r\n":
                self._refuse("reason.hidden", at=place, code=f"U+{ord(character):04X}")
        self._tokens = list(self._read())
        self._place = 0
        self._levels = 0
        self._variable: str | None = None

    def whole(self) -> Node:
        node = self._condition()
        if self._here.kind != "end":
            self._unexpected()
        level: list[tuple[Node, int]] = [(node, 1)]
        while level:
            found, depth = level.pop()
            if depth > MOST_LEVELS:
                self._refuse("reason.too_deep", at=found.at, most=MOST_LEVELS)
            level.extend((part, depth + 1) for part in parts(found))
        if sum(isinstance(found, Sum) and found.op in ("*", "/") for found in walk(node)) > MOST_RECKONED:
            self._refuse("reason.reckoned", most=MOST_RECKONED)
        return node

    def _read(self) -> Iterator[_Token]:
        place = 0
        while place < len(self._source):
            found = _TOKEN.match(self._source, place)
            if found is None:
                self._unreadable(place)
            if found.lastgroup != "space":
                yield _Token(str(found.lastgroup), found[0], place + 1)
            place = found.end()
        yield _Token("end", "", len(self._source) + 1)

    def _unreadable(self, place: int) -> NoReturn:
        character = self._source[place]
        if character in "\"'":
            self._refuse("reason.quote", at=place + 1)
        if character.isdecimal():
            self._refuse("reason.number", at=place + 1)
        self._refuse("reason.syntax", at=place + 1)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._place]

    def _next(self) -> _Token:
        token = self._here
        self._place += 1
        return token

    def _sign(self, *signs: str) -> str | None:
        """The sign here if it is one of these, and past it."""
        if self._here.kind in ("sign", "name") and self._here.text in signs:
            return self._next().text
        return None

    def _wanted(self, sign: str) -> None:
        if not self._sign(sign):
            self._unexpected()

    def _condition(self) -> Node:
        self._levels += 1
        self._not_too_deep(self._here.at)
        at = self._here.at
        node = self._or()
        if self._sign("?"):
            then = self._condition()
            self._wanted(":")
            node = Either(node, then, self._condition(), at)
        self._levels -= 1
        return node

    def _or(self) -> Node:
        at, found = self._here.at, [self._and()]
        while self._sign("||"):
            found.append(self._and())
        return found[0] if len(found) == 1 else Or(tuple(found), at)

    def _and(self) -> Node:
        at, found = self._here.at, [self._relation()]
        while self._sign("&&"):
            found.append(self._relation())
        return found[0] if len(found) == 1 else And(tuple(found), at)

    def _relation(self) -> Node:
        at, left = self._here.at, self._sum()
        if self._sign("in"):
            return In(left, self._sum(), at)
        for op in _COMPARISONS:
            if self._sign(op):
                return Compare(op, left, self._sum(), at)
        return left

    def _sum(self) -> Node:
        at, node = self._here.at, self._product()
        while self._here.kind == "sign" and self._here.text in ("+", "-"):
            op: Arithmetic = "+" if self._next().text == "+" else "-"
            node = Sum(op, node, self._product(), at)
        return node

    def _product(self) -> Node:
        at, node = self._here.at, self._unary()
        while self._here.kind == "sign" and self._here.text in ("*", "/"):
            op: Arithmetic = "*" if self._next().text == "*" else "/"
            by = self._unary()
            if op == "/" and any(isinstance(part, Sum) and part.op == "/" for part in walk(by)):
                self._refuse("reason.divided", at=by.at)
            node = Sum(op, node, by, at)
        return node

    def _unary(self) -> Node:
        at = self._here.at
        if sign := self._sign("!", "-"):
            self._levels += 1
            self._not_too_deep(at)
            part = self._unary()
            self._levels -= 1
            return Not(part, at) if sign == "!" else Negative(part, at)
        return self._one()

    def _one(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return Literal(float(token.text), token.at)
        if token.kind == "string":
            return Literal(self._unquoted(token), token.at)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            node = self._condition()
            self._wanted(")")
            return node
        if token.text == "[":
            return self._several(token.at)
        self._place -= 1
        self._unexpected()

    def _named(self, token: _Token) -> Node:
        if token.text in ("true", "false"):
            return Literal(token.text == "true", token.at)
        if token.text == "answers":
            return self._answer(token.at)
        if token.text == self._variable:
            return Each(token.at)
        if not self._sign("("):
            self._refuse("reason.no_such_name", name=token.text)
        if token.text != "has":
            self._refuse("reason.uses", used=token.text)
        if not self._sign("answers"):
            self._unexpected()
        item = self._item()
        self._wanted(")")
        return Has(item, token.at)

    def _answer(self, at: int) -> Node:
        item = self._item()
        if not self._sign("."):
            return Name(item, at)
        macro = self._next()
        if macro.kind != "name" or self._here.text != "(":
            self._place -= 1
            self._unexpected()
        if macro.text not in ("exists", "all"):
            self._refuse("reason.uses", used=macro.text)
        if self._variable is not None:
            self._refuse("reason.nested", at=at)
        self._wanted("(")
        self._variable = self._free_name()
        self._wanted(",")
        body = self._condition()
        self._wanted(")")
        self._variable = None
        return Some(item, body, macro.text == "all", at)

    def _item(self) -> str:
        """The name behind `answers`."""
        if self._here.text != "." or self._tokens[self._place + 1].kind != "name":
            self._refuse("reason.whole", at=self._here.at)
        self._next()
        if self._tokens[self._place + 1].text == "(":
            self._refuse("reason.whole", at=self._here.at)
        return self._free_name()

    def _free_name(self) -> str:
        token = self._next()
        if token.kind != "name":
            self._place -= 1
            self._unexpected()
        if token.text in RESERVED:
            self._refuse("reason.reserved", name=token.text)
        return token.text

    def _several(self, at: int) -> Several:
        values: list[str | float] = []
        while not self._sign("]"):
            if values:
                self._wanted(",")
            negative = self._sign("-")
            token = self._next()
            if token.kind == "number":
                values.append(-float(token.text) if negative else float(token.text))
            elif token.kind == "string" and not negative:
                values.append(self._unquoted(token))
            else:
                self._place -= 1
                self._unexpected()
        return Several(tuple(values), at)

    def _unquoted(self, token: _Token) -> str:
        inner = token.text[1:-1]
        for escape in _ESCAPE.finditer(inner):
            if escape[1] not in "\"'\\":
                self._refuse("reason.escape", at=token.at + 1 + escape.start())
        return _ESCAPE.sub(r"\1", inner)

    def _not_too_deep(self, at: int) -> None:
        if self._levels > MOST_NESTED:
            self._refuse("reason.too_deep", at=at, most=MOST_LEVELS)

    def _unexpected(self) -> NoReturn:
        if self._here.text == "%":
            self._refuse("reason.uses", used="%")
        self._refuse("reason.syntax", at=self._here.at)

    def _refuse(self, reason: str, **values: object) -> NoReturn:
        raise ConditionFault(_shown(self._source), Message.of(reason, **values))


_COMPARISONS: tuple[Comparison, ...] = ("==", "!=", "<=", ">=", "<", ">")


def _shown(source: str) -> str:
    """As much of it as a message can hold, with nothing in it that cannot be seen."""
    cut = source[:100] + ("…" if len(source) > 100 else "")
    return "".join("�" if unicodedata.category(one) in _HIDDEN else one for one in cut)
