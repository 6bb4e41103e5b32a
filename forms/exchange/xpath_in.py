"""Conditions of others in our language, for as much of them as can be said.

In XPath every comparison is true or false: with an answer that is missing all are false but `!=`, and `not()`
turns that about. With us what is missing decides nothing. So a condition is read in one of two ways, as what
is true when XPath says yes or as what is true when it says no, and a `not()` changes from one to the other.
Where it matters that something is decided at all, as before the question mark of `if()`, the answers that are
read are asked for first: `has(answers.rom) && answers.rom > 2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from forms.condition_tree import (
    And,
    Arithmetic,
    Compare,
    Comparison,
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
    Sum,
    names,
    walk,
)
from forms.condition_types import fits
from forms.errors import ConditionFault
from forms.exchange.names import Names
from forms.exchange.xpath_out import OPPOSITE, Unsaid
from forms.exchange.xpath_tree import Call, Figure, Ref, Sign, Tree, Word, split
from forms.expressions import normal, parse

MOST_STEPS = 2_000
"""Of one condition: an `if()` within an `if()` is read twice, and twice again."""
_DAY = re.compile(r"(\d{4}-\d{2})-(\d{2})")
_FIGURES = re.compile(r"\s*-?\d{1,12}(\.\d{1,6})?\s*", re.ASCII)
_OPS: dict[str, Comparison] = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_ARITHMETIC: dict[str, Arithmetic] = {"+": "+", "-": "-", "*": "*", "div": "/"}
_LATER = {">=": ">", ">": ">", "<": "<=", "<=": "<="}
"""A month against a day after its first: the month itself begins before that day."""


def condition(tree: Tree, known: Names) -> str:
    """The condition as we write it. Unsaid when it says what ours cannot."""
    return _whole(_Reader(known).truth(tree), known, "truth")


def expression(tree: Tree, known: Names, item_id: str) -> str:
    """The expression for a computed answer. `item_id`: its item, whose words it comes to."""
    comes_to: Kind = "word" if known.words.get(item_id) else "number"
    return _whole(_Reader(known).value(tree, item_id if comes_to == "word" else ""), known, comes_to)


def _whole(node: Node, known: Names, wanted: Kind) -> str:
    said = normal(node)
    try:
        fits(parse(said), known.kinds, wanted)
    except ConditionFault as fault:
        raise Unsaid from fault
    return said


class _Reader:
    def __init__(self, known: Names) -> None:
        self._known = known
        self._steps = MOST_STEPS

    def truth(self, tree: Tree, *, so: bool = True, sure: bool = False) -> Node:
        """What is true exactly when `tree` is, or, not `so`, exactly when it is not.

        `sure`: it is decided also where it is not true.
        """
        self._steps -= 1
        if self._steps < 0:
            raise Unsaid
        match tree:
            case Sign("and" | "or" as word):
                asked, others = self._answered(split(tree, word), "!=" if word == "and" else "=")
                each: list[Node] = [Has(item) if (word == "and") is so else Not(Has(item)) for item in asked]
                each += [self.truth(part, so=so, sure=sure) for part in others]
                return _all(each) if (word == "and") is so else _any(each)
            case Sign(op, left, right) if op in _OPS:
                return self._compared(op, left, right, so=so, sure=sure)
            case Call("true" | "false" as name, ()):
                return Literal((name == "true") is so)
            case Call("not", (part,)):
                return self.truth(part, so=not so, sure=sure)
            case Call("selected" | "among" as how, (Ref(item), Word(name))):
                if self._kind(item) != "words":
                    if how == "among" or self._kind(item) in (
                        "text",
                        "month",
                    ):  # part of a word, or of a text
                        raise Unsaid
                    return self._compared("=", Ref(item), Word(name), so=so, sure=sure)
                chosen = In(Literal(self._word(item, name)), Name(item))
                return chosen if so else Not(chosen)
            case Call("selected", (Ref(several), Ref(one))):
                if (
                    self._kind(several) == "words"
                    and self._kind(one) == "word"
                    and self._known.alike(several, one)
                ):
                    among = In(Name(one), Name(several))
                    return among if so else Not(among)
            case Call("if", (if_, then, other)):
                yes = _all([self.truth(if_, sure=sure), self.truth(then, so=so, sure=sure)])
                no = _all([self.truth(if_, so=False, sure=sure), self.truth(other, so=so, sure=sure)])
                return _any([yes, no])
        raise Unsaid

    def value(self, tree: Tree, item_id: str = "") -> Node:
        """`item_id`: whose words it comes to; '' when it comes to a number."""
        self._steps -= 1
        if self._steps < 0:
            raise Unsaid
        match tree:
            case Ref(item):
                self._kind(item)
                return Name(item)
            case Figure(number):
                return Literal(self._word(item_id, f"{number:.15g}") if item_id else number)
            case Word(""):
                if item_id:
                    return Literal("")
            case Word(text):
                return Literal(self._word(item_id, text) if item_id else _number(text))
            case Sign("-", Figure(0), right):
                return Negative(self.value(right))
            case Sign(op, left, right) if op in _ARITHMETIC:
                return Sum(_ARITHMETIC[op], self.value(left), self.value(right))
            case Call("if", (if_, then, Word(""))) if not item_id:
                # "Empty unless all is there" is what a computed answer is with us.
                found = self.value(then)
                if self._asked_for(if_) <= self._reckoned(found):
                    return found
            case Call("if", (if_, then, other)):
                return Either(
                    self.truth(if_, sure=True), self.value(then, item_id), self.value(other, item_id)
                )
            case Call("number", (part,)) if not item_id:
                return self.value(part)
        raise Unsaid

    def _answered(self, parts: list[Tree], sign: str) -> tuple[list[str], list[Tree]]:
        """Items that all of the parts together ask a number of, and the parts that are left.

        "${a} != '' and ${a} != 'vet_ikke'" asks for a number where 'vet_ikke' is an answer too.
        """
        held: dict[str, set[str]] = {}
        for part in parts:
            match part:
                case Sign(op, Ref(item), Word(name)) if op == sign:
                    held.setdefault(item, set()).add(name)
        asked = [item for item, words in held.items() if words == {"", *self._known.absent.get(item, ())}
                 and self._known.kinds.get(item) in ("number", "month")]  # fmt: skip
        others = [
            part for part in parts
            if not (isinstance(part, Sign) and part.op == sign and isinstance(part.left, Ref)
                    and part.left.item in asked and isinstance(part.right, Word))
        ]  # fmt: skip
        return asked, others

    def _asked_for(self, tree: Tree) -> frozenset[str]:
        """The items of `${a} != '' and ${b} != ''`; Unsaid when it asks anything else."""
        found = set()
        for part in split(tree):
            match part:
                case Sign("!=", Ref(item), Word(name)) if name in ("", *self._known.absent.get(item, ())):
                    found.add(item)
                case _:
                    raise Unsaid
        return frozenset(found)

    def _reckoned(self, node: Node) -> frozenset[str]:
        """The numbers and months without which it comes to nothing."""
        if any(isinstance(found, Either) for found in walk(node)):
            return frozenset()
        return frozenset(name for name in names(node) if self._known.kinds[name] in ("number", "month"))

    def _kind(self, item: str) -> Kind:
        kind = self._known.kinds.get(item)
        if kind is None:
            raise Unsaid(item)
        return kind

    def _word(self, item: str, name: str) -> str:
        word = self._known.word(item, name) if item in self._known.words else None
        if word is None:
            raise Unsaid(item, name)
        return word

    def _compared(self, op: str, left: Tree, right: Tree, *, so: bool, sure: bool) -> Node:
        if isinstance(left, Word | Figure) and not isinstance(right, Word | Figure):
            op, left, right = _TURNED[op], right, left
        for side, turned in ((left, False), (right, True)):
            if isinstance(side, Call) and side.name == "if" and len(side.of) == 3:
                if_, *ways = side.of
                each = (Sign(op, left, way) if turned else Sign(op, way, right) for way in ways)
                return self.truth(Call("if", (if_, *each)), so=so, sure=sure)
        if isinstance(left, Call) and left.name == "count-selected":
            return self._count(op, left, right, so=so)
        kind = self._kind(left.item) if isinstance(left, Ref) else "number"
        if kind == "month":
            op, right = _from_its_first_day(op, right)
        said = _OPS[op] if so else OPPOSITE[_OPS[op]]
        if kind not in ("number", "month"):
            if isinstance(left, Ref) and op in ("=", "!="):
                return Compare(said, Name(left.item), self._against(left.item, right, kind))
            raise Unsaid
        if isinstance(left, Word):  # two words, whatever they are
            raise Unsaid
        if isinstance(left, Ref) and right == Word("") and op in ("=", "!="):
            if self._known.absent.get(left.item):  # answered, with a word that is no number
                raise Unsaid
            return Has(left.item) if (op == "!=") is so else Not(Has(left.item))
        if isinstance(left, Ref) and isinstance(right, Ref) and op in ("=", "!="):
            return self._same(left.item, right.item, said, sure=sure)
        against = self._month(right) if kind == "month" else self.value(_as_number(right))
        node = Compare(said, self.value(left), against)
        if any(isinstance(found, Either) for found in walk(node)):
            raise Unsaid
        return _where_missing(node, holds=(op == "!=") is so, sure=sure)

    def _same(self, one: str, other: str, said: Comparison, *, sure: bool) -> Node:
        """Two answers as they are kept: two that are missing are the same."""
        if (
            self._kind(one) != self._kind(other)
            or self._known.absent.get(one)
            or self._known.absent.get(other)
        ):
            raise Unsaid
        compared = _where_missing(Compare(said, Name(one), Name(other)), holds=False, sure=sure)
        if said == "==":
            return _any([_all([Not(Has(one)), Not(Has(other))]), compared])
        apart = (_all([Has(one), Not(Has(other))]), _all([Not(Has(one)), Has(other)]))
        return _any([*apart, compared])

    def _against(self, item: str, right: Tree, kind: Kind) -> Node:
        """What an answer in words is held against."""
        match right:
            case Word("") if kind == "words":
                return Several(())
            case Word(""):
                return Literal("")
            case Word(text) if kind == "words":
                return Several(tuple(self._word(item, name) for name in text.split()))
            case Word(text) if kind == "word":
                return Literal(self._word(item, text))
            case Figure(number) if kind == "word":
                return Literal(self._word(item, f"{number:.15g}"))
            case Word(text) if kind == "text":
                return Literal(text)
            case Ref(other) if self._kind(other) == kind == "word" and self._known.alike(item, other):
                return Name(other)
            case Ref(other) if self._kind(other) == kind == "text":
                return Name(other)
        raise Unsaid

    def _month(self, right: Tree) -> Node:
        match right:
            case Ref(item) if self._kind(item) == "month":
                return Name(item)
            case Word(text):
                return Literal(text)
        raise Unsaid

    def _count(self, op: str, left: Call, right: Tree, *, so: bool) -> Node:
        """Only whether there are any."""
        match left.of, right:
            case (Ref(item),), Figure(number) if self._kind(item) == "words":
                if (op, number) in ((">", 0), (">=", 1), ("!=", 0)):
                    return Compare("!=" if so else "==", Name(item), Several(()))
                if (op, number) in (("=", 0), ("<", 1), ("<=", 0)):
                    return Compare("==" if so else "!=", Name(item), Several(()))
        raise Unsaid


def _where_missing(node: Compare, *, holds: bool, sure: bool) -> Node:
    """The comparison of numbers or months, with what XPath makes of it where one of them is missing."""
    read = sorted(names(node))
    if holds:
        return _any([*(Not(Has(item)) for item in read), node])
    return _all([*(Has(item) for item in read), node]) if sure else node


def _from_its_first_day(op: str, right: Tree) -> tuple[str, Tree]:
    """A month is the first of its days elsewhere: what it is held against, as the month of that day."""
    match right:
        case Call("date", (Word(text),)) if (found := _DAY.fullmatch(text)) is not None:
            if found[2] == "01":
                return op, Word(found[1])
            if op in _LATER:
                return _LATER[op], Word(found[1])
        case Word(text) if op in ("=", "!=") and ((found := _DAY.fullmatch(text)) and found[2] == "01"):
            return op, Word(found[1])
        case Word("") | Ref():
            return op, right
    raise Unsaid


def _as_number(tree: Tree) -> Tree:
    return Figure(_number(tree.text)) if isinstance(tree, Word) and tree.text else tree


def _all(parts: Iterable[Node]) -> Node:
    kept = dict.fromkeys(
        each for part in parts for each in (part.parts if isinstance(part, And) else (part,))
    )
    return And(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def _any(parts: Iterable[Node]) -> Node:
    kept = dict.fromkeys(each for part in parts for each in (part.parts if isinstance(part, Or) else (part,)))
    return Or(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def _number(text: str) -> float:
    if not _FIGURES.fullmatch(text):
        raise Unsaid
    return float(text)
