"""Our conditions in the XPath of XLSForm, with the same meaning where an answer is missing.

With us what is not there decides nothing, and `!(answers.rom > 2)` hides what stands under it when `rom` is
unanswered. XPath makes "not a number" of it, and its `not()` turns that into true. So there are two ways to
write every condition: when it is surely true (`so`), and when it is surely false (`not_so`); no `not()` ever
stands around a number.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    parts,
    results,
    walk,
)
from forms.errors import ConditionFault, Fault, Place
from forms.exchange.names import Names
from forms.exchange.tables import MOST_CHARACTERS
from forms.expressions import parse

OPPOSITE: dict[Comparison, Comparison] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
MOST_STEPS = 2_000
"""Of one condition: a choice within a choice is written twice, and twice again."""


class Unsaid(Exception):
    """The other language has no word for it; or, with `item`, there is no such question or, with `answer`, no
    such answer to it."""

    def __init__(self, item: str = "", answer: str = "") -> None:
        self.item, self.answer = item, answer
        super().__init__(item, answer)

    def told(self, place: Place, given: str) -> Fault:
        """What is said of a condition that is left behind for this. `given`: the condition."""
        if not self.item:
            return Fault.warning(place, "xls_condition_left", given=given)
        if not self.answer:
            return Fault.warning(place, "xls_question_unknown", given=given, item=self.item)
        return Fault.warning(place, "xls_answer_unknown", given=given, item=self.item, answer=self.answer)


def condition(source: str, known: Names, own: str = "") -> str:
    """`own`: the item whose constraint it is. Unsaid when it cannot be carried over."""
    return _cell(_Writer(known, own).so(_read(source)))


def calculation(source: str, known: Names, item_id: str) -> str:
    """The expression for the answer to `item_id`; empty where it cannot be worked out."""
    return _cell(_Writer(known, "").worked_out(_read(source), item_id))


def number(value: float) -> str:
    """In figures alone: XPath has no '1e+06'."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _cell(said: str) -> str:
    if len(said) > MOST_CHARACTERS:  # of what a reader of such files takes
        raise Unsaid
    return said


def _read(source: str) -> Node:
    try:
        return parse(source)
    except ConditionFault as fault:
        raise Unsaid from fault


class _Writer:
    def __init__(self, known: Names, own: str) -> None:
        self._known = known
        self._own = own
        self._steps = MOST_STEPS

    def so(self, node: Node) -> str:
        """When it is surely true."""
        self._step()
        match node:
            case Literal(bool() as value):
                return "true()" if value else "false()"
            case Has(item):
                return " and ".join(self._answered(item))
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
        self._step()
        match node:
            case Literal(bool() as value):
                return self.so(Literal(not value))
            case Has(item):
                return " or ".join(self._answered(item, "="))
            case Not(part):
                return self.so(part)
            case And(several):
                return _joined("or", [self.not_so(part) for part in several])
            case Or(several):
                return _joined("and", [self.not_so(part) for part in several])
            case Compare(op, left, right):
                return self._compared(OPPOSITE[op], left, right)
            case In(left, Several()):
                return self._among(left, node.right, "!=")
            case In() | Some():  # of words only, which are always decided
                return f"not({self.so(node)})"
            case Either(if_, then, other):
                yes = _joined("and", [self.so(if_), self.not_so(then)])
                return _joined("or", [yes, _joined("and", [self.not_so(if_), self.not_so(other)])])
        raise Unsaid

    def worked_out(self, node: Node, item_id: str = "") -> str:
        """What it comes to, else ''. `item_id`: whose words it may come to."""
        self._step()
        match node:
            case Either(if_, then, other):
                rest = self.worked_out(other, item_id)
                if self._may_be_undecided(if_) and rest != "''":
                    rest = f"if({self.not_so(if_)}, {rest}, '')"
                return f"if({self.so(if_)}, {self.worked_out(then, item_id)}, {rest})"
            case Literal(str() as word):
                return _quoted(self._called(item_id, word))
        said = self.value(node)
        there = [one for item in sorted(self._reckoned(node)) for one in self._answered(item)]
        if there := [*there, *self._divisors(node)]:
            return f"if({' and '.join(there)}, {said}, '')"
        return said

    def _may_be_undecided(self, node: Node) -> bool:
        return any(self._kind(found) in ("number", "month") for found in walk(node))

    def value(self, node: Node) -> str:
        """What stands beside a sign, or is computed."""
        match node:
            case Name(item) if item in self._known.nameless:
                raise Unsaid
            case Name(item):
                return self._name(item)
            case Literal(str() as text):
                return _quoted(text)
            case Literal(float() as value):
                return number(value)
            case Negative(part):
                return f"-{self._operand(part)}"
            case Sum(op, left, right):
                return f"{self._operand(left)} {'div' if op == '/' else op} {self._operand(right)}"
            case Either():
                return self.worked_out(node)
        raise Unsaid

    def _step(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Unsaid

    def _answered(self, item: str, sign: str = "!=") -> list[str]:
        """That there is an answer, and one that is a number or a month; with '=', that there is none."""
        name = self._name(item)
        return [f"{name} {sign} {_quoted(word)}" for word in ("", *self._known.absent.get(item, ()))]

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
        if any(isinstance(found, Either) for side in (left, right) for found in walk(side)):
            words = {self._kind(side) for side in (left, right)} & {"word", "text"}
            if op == "!=" or words or any(_is_word(side) for side in (left, right)):
                raise Unsaid
        if isinstance(left, Name) and isinstance(right, Name) and not self._alike(left, right):
            raise Unsaid
        sides = [self._side(left, right), self._side(right, left)]
        said = f"{sides[0]} {'=' if op == '==' else op} {sides[1]}"
        return _joined("and", [*self._there(op, left, right), said])

    def _alike(self, one: Name, other: Name) -> bool:
        """Whether two answers that are words are the same in the workbook when they are with us."""
        worded = [name.item for name in (one, other) if self._kind(name) == "word"]
        if len(worded) == 2:
            return self._known.alike(*worded)
        return all(word == name for item in worded for word, name in self._known.words[item].items())

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
        kept = op == "==" and isinstance(left, Name) and isinstance(right, Name)  # two missing are the same
        waits = op == "!=" or kept
        read = sorted(self._reckoned(left) | self._reckoned(right)) if waits else []
        said = [one for item in read for one in self._answered(item)]
        return [*said, *self._divisors(left), *self._divisors(right)]

    def _reckoned(self, node: Node) -> set[str]:
        """The numbers and months that it reads whatever is chosen in it."""
        return {
            found.item
            for found in _unchosen(node)
            if isinstance(found, Name) and self._kind(found) in ("number", "month")
        }

    def _divisors(self, node: Node) -> list[str]:
        return [
            f"{self._operand(found.right)} != 0"
            for found in _unchosen(node)
            if isinstance(found, Sum) and found.op == "/" and not _is_a_number_but_zero(found.right)
        ]

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
        if self._kind(left) == "word" and isinstance(left, Name) and self._known.alike(left.item, right.item):
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


def _unchosen(node: Node) -> Iterator[Node]:
    """The node and everything in it but what is chosen between: that is asked for where it stands."""
    if not isinstance(node, Either):
        yield node
        for part in parts(node):
            yield from _unchosen(part)


def _is_word(node: Node) -> bool:
    return any(isinstance(found, Literal) and isinstance(found.value, str) for found in results(node))


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


def _is_a_number_but_zero(node: Node) -> bool:
    return isinstance(node, Literal) and node.value != 0
