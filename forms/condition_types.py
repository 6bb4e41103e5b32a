"""Whether the parts of a condition fit together: no word is less than a number, no month is 'lite'."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NoReturn

from forms.catalogue import Message
from forms.condition_tree import (
    And,
    Compare,
    Comparison,
    Each,
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
    Some,
    Sum,
    held,
    walk,
)
from forms.errors import ConditionFault
from forms.expressions import normal

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_KINDS: dict[Kind, str] = {
    "word": "type.word",
    "words": "type.words",
    "text": "type.text",
    "number": "type.number",
    "month": "type.month",
    "truth": "type.truth",
}


def type_of(
    node: Node, kinds: Mapping[str, Kind], words: Mapping[str, Collection[str]] | None = None
) -> Kind:
    """What kind of thing it comes to. ConditionFault says what does not fit together.

    `kinds`: of the items by id. `words`: those an item can be answered with; '' and [] always fit. The fault
    shows the condition as `normal` writes it; the places in its reason are those of the source.
    """
    found = _Types(normal(node), kinds).of(node)
    for item, value in held(node):
        if words and item in words and isinstance(value, str) and value and value not in words[item]:
            raise ConditionFault(normal(node), Message.of("reason.word", word=value, name=item))
    return found


def fits(node: Node, kinds: Mapping[str, Kind], wanted: Kind) -> None:
    """ConditionFault, as from `type_of`, also when it does not come to `wanted`."""
    _Types(normal(node), kinds).wanted(node, wanted)


class _Types:
    """The kinds of the parts of one condition, from the inside out."""

    def __init__(self, source: str, kinds: Mapping[str, Kind]) -> None:
        self._source = source
        self._kinds = kinds

    def of(self, node: Node) -> Kind:
        match node:
            case Name(item):
                return self._item(item)
            case Each():
                return "word"
            case Literal(value):
                return "truth" if isinstance(value, bool) else "word" if isinstance(value, str) else "number"
            case Several(values):
                if any(not isinstance(value, str) for value in values):
                    self._refuse("reason.mixed", at=node.at)
                return "words"
            case Has(item):
                if self._item(item) not in ("number", "month"):
                    self._refuse("reason.has", name=item)
                return "truth"
            case Not(part):
                return self.wanted(part, "truth")
            case And(several) | Or(several):
                for part in several:
                    self.wanted(part, "truth")
                return "truth"
            case Negative(part):
                return self.wanted(part, "number")
            case Sum(_, left, right):
                self.wanted(left, "number")
                return self.wanted(right, "number")
            case Some(item, body, _):
                if (kind := self._item(item)) != "words":
                    self._unlike(node, "words", kind)
                for part in walk(body):
                    if isinstance(part, Sum) or self._may_be_absent(part):
                        self._refuse("reason.within", at=part.at)
                return self.wanted(body, "truth")
            case Compare(op, left, right):
                return self._compared(op, left, right)
            case In(left, right):
                return self._among(left, right)
            case Either(if_, then, other):
                self.wanted(if_, "truth")
                return self._alike(then, other)

    def _may_be_absent(self, node: Node) -> bool:
        """Inside exists() and all() the engines disagree about what such an answer does to the whole."""
        return isinstance(node, Name) and self._item(node.item) in ("number", "month")

    def _item(self, item: str) -> Kind:
        if item not in self._kinds:
            self._refuse("reason.no_answer", name=item)
        return self._kinds[item]

    def wanted(self, node: Node, kind: Kind) -> Kind:
        if (found := self.of(node)) != kind:
            self._unlike(node, kind, found)
        return kind

    def _compared(self, op: Comparison, left: Node, right: Node) -> Kind:
        kind = self._alike(left, right)
        if kind == "truth" or (op not in ("==", "!=") and kind not in ("number", "month")):
            self._unlike(left, "number", kind)
        return "truth"

    def _among(self, left: Node, right: Node) -> Kind:
        kind = self.of(left)
        if kind in ("truth", "words"):
            self._unlike(left, "word", kind)
        if not isinstance(right, Several):
            if kind not in ("word", "text"):
                self._unlike(left, "word", kind)
            self.wanted(right, "words")
            return "truth"
        for value in right.values:
            if isinstance(value, str) is (kind == "number"):
                self._refuse("reason.mixed", at=right.at)
            self._alike(left, Literal(value, right.at))
        return "truth"

    def _alike(self, left: Node, right: Node) -> Kind:
        """The kind of two that stand against each other."""
        one, other = self.of(left), self.of(right)
        if "month" in (one, other):
            return self._months(left, right, one, other)
        if one != other and {one, other} != {"word", "text"}:
            self._refuse(
                "reason.apart", at=left.at, one=Message.of(_KINDS[one]), other=Message.of(_KINDS[other])
            )
        return one

    def _months(self, left: Node, right: Node, one: Kind, other: Kind) -> Kind:
        for node, kind in ((left, one), (right, other)):
            if kind == "month":
                continue
            if not (isinstance(node, Literal) and isinstance(node.value, str)):
                self._unlike(node, "month", kind)
            elif not _MONTH.fullmatch(node.value):
                self._refuse("reason.month", at=node.at)
        return "month"

    def _unlike(self, node: Node, wanted: Kind, found: Kind) -> NoReturn:
        self._refuse(
            "reason.unlike",
            at=node.at,
            wanted=Message.of(_KINDS[wanted]),
            found=Message.of(_KINDS[found]),
        )

    def _refuse(self, reason: str, **values: object) -> NoReturn:
        raise ConditionFault(self._source, Message.of(reason, **values))
