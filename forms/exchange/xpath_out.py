"""Our conditions in the XPath of XLSForm, with the same meaning where an answer is missing.

With us what is not there decides nothing, and `!(answers.rom > 2)` hides what stands under it when `rom` is
unanswered. XPath makes "not a number" of it, and its `not()` turns that into true. So there are two ways to
write every condition: when it is surely true (`so`), and when it is surely false (`not_so`); no `not()` ever
stands around a number.
"""

from __future__ import annotations

from dataclasses import replace

from forms.condition_tree import (
    And,
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
    names,
    parts,
    walk,
)
from forms.errors import ConditionFault
from forms.exchange.names import Names
from forms.expressions import parse

_OPPOSITE: dict[Comparison, Comparison] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Unsaid(Exception):
    """The other language has no word for it."""


def condition(source: str, known: Names, own: str = "") -> str:
    """`own`: the item whose constraint it is. Unsaid when it cannot be carried over."""
    return _Writer(known, own).so(_read(source))


def calculation(source: str, known: Names) -> str:
    """An expression for an answer; empty where something it reads is unanswered."""
    node, writer = _read(source), _Writer(known, "")
    asked = {found.item for found in walk(node) if isinstance(found, Has)}
    reckoned = sorted(name for name in names(node) - asked if known.kinds.get(name) in ("number", "month"))
    said = writer.value(node)
    there = " and ".join(f"${{{name}}} != ''" for name in reckoned)
    return f"if({there}, {said}, '')" if there else said


def _read(source: str) -> Node:
    try:
        return parse(source)
    except ConditionFault as fault:
        raise Unsaid from fault


class _Writer:
    def __init__(self, known: Names, own: str) -> None:
        self._known = known
        self._own = own

    def so(self, node: Node) -> str:
        """When it is surely true."""
        match node:
            case Literal(bool() as value):
                return "true()" if value else "false()"
            case Has(item):
                return f"{self._name(item)} != ''"
            case Not(part):
                return self.not_so(part)
            case And(several):
                return _joined("and", [self.so(part) for part in several])
            case Or(several):
                return _joined("or", [self.so(part) for part in several])
            case Compare(op, left, right):
                return self._compared(op, left, right)
            case In(left, right):
                return self._among(left, right, "==")
            case Some(item, body, every):
                return self._some(item, body, every=every)
            case Either(if_, then, other):
                yes = _joined("and", [self.so(if_), self.so(then)])
                return _joined("or", [yes, _joined("and", [self.not_so(if_), self.so(other)])])
        raise Unsaid

    def not_so(self, node: Node) -> str:
        """When it is surely false."""
        match node:
            case Literal(bool() as value):
                return self.so(Literal(not value))
            case Has(item):
                return f"{self._name(item)} = ''"
            case Not(part):
                return self.so(part)
            case And(several):
                return _joined("or", [self.not_so(part) for part in several])
            case Or(several):
                return _joined("and", [self.not_so(part) for part in several])
            case Compare(op, left, right):
                return self._compared(_OPPOSITE[op], left, right)
            case In(left, Several()):
                return self._among(left, node.right, "!=")
            case In() | Some():  # of words only, which are always decided
                return f"not({self.so(node)})"
            case Either(if_, then, other):
                yes = _joined("and", [self.so(if_), self.not_so(then)])
                return _joined("or", [yes, _joined("and", [self.not_so(if_), self.not_so(other)])])
        raise Unsaid

    def value(self, node: Node) -> str:
        """What stands beside a sign, or is computed."""
        match node:
            case Name(item):
                return self._name(item)
            case Literal(str() as text):
                return _quoted(text)
            case Literal(float() as number):
                return f"{number:.6f}".rstrip("0").rstrip(".")
            case Negative(part):
                return f"-{self._operand(part)}"
            case Sum(op, left, right):
                return f"{self._operand(left)} {'div' if op == '/' else op} {self._operand(right)}"
            case Either(if_, then, other):
                return f"if({self.so(if_)}, {self.value(then)}, {self.value(other)})"
        raise Unsaid

    def _operand(self, node: Node) -> str:
        said = self.value(node)
        return f"({said})" if isinstance(node, Sum | Negative) else said

    def _name(self, item: str) -> str:
        if item not in self._known.kinds:
            raise Unsaid
        return "." if item == self._own else f"${{{item}}}"

    def _kind(self, node: Node) -> str:
        return self._known.kinds.get(node.item, "") if isinstance(node, Name) else ""

    def _compared(self, op: Comparison, left: Node, right: Node) -> str:
        if "words" in (self._kind(left), self._kind(right)):
            return self._lists(op, left, right)
        sides = [self._side(left, right), self._side(right, left)]
        said = f"{sides[0]} {'=' if op == '==' else op} {sides[1]}"
        return _joined("and", [*self._there(op, left, right), said])

    def _side(self, node: Node, other: Node) -> str:
        """Words by the name they have in the workbook, months as dates."""
        if isinstance(node, Literal) and isinstance(node.value, str) and isinstance(other, Name):
            if self._kind(other) == "month":
                return f"date('{node.value}-01')"
            if self._kind(other) == "word":
                return _quoted(self._called(other.item, node.value))
        return self.value(node)

    def _called(self, item: str, word: str) -> str:
        if word == "":
            return ""
        if word not in self._known.words.get(item, {}):
            raise Unsaid
        return self._known.words[item][word]

    def _there(self, op: Comparison, left: Node, right: Node) -> list[str]:
        """What must be answered for the comparison to be decided, where XPath would not wait for it."""
        absent = {
            found.item
            for side in (left, right)
            for found in walk(side)
            if isinstance(found, Name) and self._kind(found) in ("number", "month")
        }
        said = [f"{self._name(item)} != ''" for item in sorted(absent)] if op == "!=" else []
        divisors = [
            found.right
            for side in (left, right)
            for found in walk(side)
            if isinstance(found, Sum) and found.op == "/" and not isinstance(found.right, Literal)
        ]
        return said + [f"{self._operand(by)} != 0" for by in divisors]

    def _lists(self, op: Comparison, left: Node, right: Node) -> str:
        if isinstance(left, Several):
            left, right = right, left
        if not (isinstance(left, Name) and isinstance(right, Several) and op in ("==", "!=")):
            raise Unsaid
        name, same = self._name(left.item), "=" if op == "==" else "!="
        words = [self._called(left.item, str(word)) for word in right.values]
        if len(words) < 2 or left.item in self._known.ranks:
            return f"{name} {same} {_quoted(' '.join(words))}"
        exactly = [f"count-selected({name}) = {len(words)}", *(self._selected(name, word) for word in words)]
        said = _joined("and", exactly)
        return said if op == "==" else f"not({said})"

    def _among(self, left: Node, right: Node, op: Comparison) -> str:
        if isinstance(right, Several):
            if isinstance(left, Literal):
                raise Unsaid
            if not right.values:
                return "false()" if op == "==" else "true()"
            each = [self._compared(op, left, Literal(value)) for value in right.values]
            return _joined("or" if op == "==" else "and", each)
        if self._kind(right) != "words" or not isinstance(right, Name):
            raise Unsaid
        if isinstance(left, Literal):
            return self._selected(self._name(right.item), self._called(right.item, str(left.value)))
        if self._kind(left) == "word" and isinstance(left, Name):
            there = f"{self._name(left.item)} != ''"
            return f"{there} and selected({self._name(right.item)}, {self._name(left.item)})"
        raise Unsaid

    def _some(self, item: str, body: Node, *, every: bool) -> str:
        said = []
        for word, name in self._known.words.get(item, {}).items():
            chosen, fits = (
                self._selected(self._name(item), name),
                self.so(_filled(body, item, word, self._known)),
            )
            said.append(_joined("or", [f"not({chosen})", fits]) if every else _joined("and", [chosen, fits]))
        if not said:
            raise Unsaid
        return _joined("and" if every else "or", said)

    def _selected(self, item: str, name: str) -> str:
        return f"selected({item}, {_quoted(name)})"


def _filled(body: Node, item: str, word: str, known: Names) -> Node:
    """The body of a `Some` for one word: what is held against a list or a word is decided here and now."""
    match body:
        case In(Each(), Several(values)):
            return Literal(word in values)
        case In(Each(), Name()):
            return replace(body, left=Literal(word))
        case Compare(op, Each(), Literal(value)) | Compare(op, Literal(value), Each()):
            return Literal((word == value) == (op == "=="))
        case Compare(_, Each(), Name()):
            return replace(body, left=Literal(word))
        case Compare(_, Name(), Each()):
            return replace(body, right=Literal(word))
        case Not(part):
            return Not(_filled(part, item, word, known))
        case And(several):
            return And(tuple(_filled(part, item, word, known) for part in several))
        case Or(several):
            return Or(tuple(_filled(part, item, word, known) for part in several))
    if any(isinstance(found, Each) for part in parts(body) for found in walk(part)):
        raise Unsaid
    return body


def _joined(word: str, said: list[str]) -> str:
    if len(said) == 1:
        return said[0]
    return f" {word} ".join(f"({one})" if " and " in one or " or " in one else one for one in said)


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' in text:
        raise Unsaid
    return f'"{text}"'
