"""A condition read back in plain words, as who wrote it should hear it.

answers.heis == "nei" && answers.rom < 3
svaret på «Er det heis?» er «Nei» og svaret på «Hvor mange rom?» er under 3
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from babel.dates import format_date
from babel.numbers import format_decimal

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
)
from forms.errors import wording
from forms.logic import kinds
from forms.questionnaire import LANGUAGES, Item, Questionnaire

_NUMBERS: dict[Comparison, str] = {
    "==": "spoken.is",
    "!=": "spoken.is_not",
    "<": "spoken.under",
    "<=": "spoken.at_most",
    ">": "spoken.over",
    ">=": "spoken.at_least",
}
_MONTHS: dict[Comparison, str] = {
    "<": "spoken.before",
    "<=": "spoken.no_later",
    ">": "spoken.after",
    ">=": "spoken.no_earlier",
}
_TURNED: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE: dict[Comparison, Comparison] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SUMS = {"+": "spoken.plus", "-": "spoken.minus", "*": "spoken.times", "/": "spoken.divided"}
_SPECIALS = {
    "vil_ikke_svare": "spoken.vil_ikke_svare",
    "vet_ikke": "spoken.vet_ikke",
    "ikke_aktuelt": "spoken.ikke_aktuelt",
}


def spoken(
    node: Node, questionnaire: Questionnaire, language: str, names: Mapping[str, str] | None = None
) -> str:
    """What must be so, as it can follow 'when', in 'nb', 'nn' or 'en'; in bokmål for other languages, round
    answers in their words.

    Questions and answers by the words people see; by their id when the questionnaire does not have them.
    `names`: what some questions are called instead, by id: 'spørsmål 4'.
    """
    return _Voice(questionnaire, language, names or {}).clause(node)


def worked_out(
    node: Node, item: Item, questionnaire: Questionnaire, language: str, names: Mapping[str, str]
) -> str:
    """How a computed answer comes about: '«Ja» hvis svaret på spørsmål 2 er over 3, og ellers «Nei»'.

    `names` and `language`: as of `spoken`.
    """
    return _Voice(questionnaire, language, names).comes_to(node, item)


def shown_when(node: Node, questionnaire: Questionnaire, language: str) -> str:
    """'Vises når svaret på «Er det heis?» er «Nei».'"""
    return wording(language)("spoken.shown", condition=spoken(node, questionnaire, language))


def must_be(node: Node, questionnaire: Questionnaire, language: str) -> str:
    """'Dette må stemme: svaret på «Hvor mange bor her?» er minst 1.'"""
    return wording(language)("spoken.must", condition=spoken(node, questionnaire, language))


class _Voice:
    def __init__(
        self, questionnaire: Questionnaire, language: str, names: Mapping[str, str] | None = None
    ) -> None:
        self._questionnaire = questionnaire
        self._language = language
        self._said_in = language if language in LANGUAGES else LANGUAGES[0]
        self._t = wording(self._said_in)
        self._names = names or {}
        self._items = {item.id: item for item in questionnaire.items()}
        self._kinds = kinds(questionnaire)
        self._each = ""

    def comes_to(self, node: Node, item: Item) -> str:
        said = self._term(node, item.id)
        return said[1:-1] if isinstance(node, Either) else said

    def clause(self, node: Node, within: type[And | Or] | None = None) -> str:
        """`within`: what it is a part of."""
        match node:
            case Literal(value):
                return self._t("spoken.always" if value else "spoken.never")
            case Has(item):
                return self._t("spoken.answered", item=self._item(item))
            case Not(part):
                return self._not(part)
            case And(parts):
                return self._joined(node, "spoken.and", parts, "spoken.both", within)
            case Or(parts):
                return self._joined(node, "spoken.or", parts, "spoken.one_of_two", within)
            case Compare(op, left, right):
                return self._compared(op, left, right)
            case In(left, right):
                return self._among(left, right, so=True)
            case Some(item, body, every):
                self._each = item
                said = self.clause(body)
                self._each = ""
                name = self._t("spoken.answers", item=self._item(item))
                return self._t("spoken.every" if every else "spoken.some", item=name, body=said)
            case _:
                return self._term(node, "")

    def _joined(
        self, node: And | Or, key: str, parts: Sequence[Node], lead: str, within: type[And | Or] | None
    ) -> str:
        said = self._listed(key, [self.clause(part, type(node)) for part in parts])
        if within is None:
            return said
        said = self._t(lead, parts=said)
        nested = any(isinstance(part, And | Or) for part in parts)
        return f"({said})" if nested or within is type(node) else said

    def _not(self, part: Node) -> str:
        match part:
            case Not(inner):
                return self.clause(inner)
            case Has(item):
                return self._t("spoken.unanswered", item=self._item(item))
            case Compare(op, left, right):
                return self._compared(_OPPOSITE[op], left, right)
            case In(left, right):
                return self._among(left, right, so=False)
            case _:
                return self._t("spoken.false", part=self.clause(part, And))

    def _compared(self, op: Comparison, left: Node, right: Node) -> str:
        if isinstance(left, Literal | Several) and not isinstance(right, Literal | Several):
            return self._compared(_TURNED[op], right, left)
        item = self._about(left)
        if isinstance(left, Name) and right in (Literal(""), Several(())):
            return self._t("spoken.answered" if op == "!=" else "spoken.unanswered", item=self._item(item))
        if isinstance(left, Name) and isinstance(right, Several):
            values = self._listed("spoken.and", [self._value(value, item) for value in right.values])
            key = "spoken.not_exactly" if op == "!=" else "spoken.exactly"
            return self._t(key, item=self._item(item), value=values)
        said = {"left": self._term(left, item), "right": self._term(right, item)}
        if not isinstance(right, Literal | Negative | Sum) and op in ("==", "!="):
            return self._t("spoken.not_same" if op == "!=" else "spoken.same", **said)
        by_kind = _MONTHS if self._kinds.get(item) == "month" else _NUMBERS
        return self._t(by_kind.get(op, _NUMBERS[op]), **said)

    def _among(self, left: Node, right: Node, *, so: bool) -> str:
        item = self._about(left) or self._about(right)
        if isinstance(left, Literal) and isinstance(right, Name):
            key = "spoken.ticked" if so else "spoken.unticked"
            return self._t(key, value=self._term(left, item), item=self._item(item))
        if isinstance(right, Several) and right.values:
            values = self._listed("spoken.or", [self._value(value, item) for value in right.values])
            key = "spoken.is" if so else "spoken.is_not"
            return self._t(key, left=self._term(left, item), right=values)
        several = "[]" if isinstance(right, Several) else self._term(right, item)
        key = "spoken.among" if so else "spoken.not_among"
        return self._t(key, left=self._term(left, item), right=several)

    def _about(self, node: Node) -> str:
        """The item whose words stand against it."""
        return node.item if isinstance(node, Name) else self._each if isinstance(node, Each) else ""

    def _term(self, node: Node, item: str) -> str:
        """What is held against something else. `item`: whose words it may be one of."""
        match node:
            case Literal(value):
                return self._value(value, item)
            case Several(values):
                return self._listed("spoken.and", [self._value(value, item) for value in values])
            case Name(name):
                key = "spoken.answers" if self._kinds.get(name) == "words" else "spoken.answer"
                return self._t(key, item=self._item(name))
            case Each():
                return self._t("spoken.each")
            case Negative(Literal(float() as value)):
                return self._value(-value, item)
            case Negative(part):
                return self._t("spoken.negative", part=self._bracketed(part, item))
            case Sum(op, left, right):
                return self._t(
                    _SUMS[op], left=self._bracketed(left, item), right=self._bracketed(right, item)
                )
            case Either(if_, then, other):
                said = {"then": self._bracketed(then, item), "other": self._bracketed(other, item)}
                return f"({self._t('spoken.either', condition=self.clause(if_), **said)})"
            case _:
                return self.clause(node)

    def _bracketed(self, node: Node, item: str) -> str:
        said = self._term(node, item)
        return f"({said})" if isinstance(node, Sum | Negative) else said

    def _value(self, value: str | float | bool, item: str) -> str:
        if isinstance(value, bool):
            return self.clause(Literal(value))
        if not isinstance(value, str):
            return format_decimal(value, format="#,##0.######", locale=self._said_in)
        if self._kinds.get(item) == "month":
            day = datetime.date(int(value[:4]), int(value[5:]), 1)
            return format_date(day, "LLLL y", locale=self._said_in)
        return self._t("quoted", text=self._word(value, self._items.get(item)))

    def _word(self, word: str, item: Item | None) -> str:
        for choice in self._questionnaire.choices(item) if item else ():
            if choice.value == word:
                return choice.text.get(self._language)
        return self._t(_SPECIALS[word]) if word in _SPECIALS and item else word

    def _item(self, item_id: str) -> str:
        if item_id in self._names:
            return self._names[item_id]
        found = self._items.get(item_id)
        return self._t("quoted", text=found.text.get(self._language) if found else item_id)

    def _listed(self, key: str, said: Sequence[str]) -> str:
        """'a, b og c'"""
        if len(said) == 1:
            return said[0]
        return self._t(key, first=", ".join(said[:-1]), last=said[-1])
