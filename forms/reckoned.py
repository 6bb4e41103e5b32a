"""A computed value as rows to choose from: 'persons, divided by rooms', and of an answer: 'over 2: crowded'.

Whoever makes a questionnaire fills in the rows; `written` makes the expression, and `taken_apart` gives the
rows of one again, or says that it is too rich for rows. Rows are reckoned from the first to the last, as on a
pocket calculator.

    persons, / rooms                                       answers.persons / answers.rooms
    persons, / rooms; over 2: 'ja', otherwise 'nei'        answers.persons / answers.rooms > 2 ? "ja" : "nei"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from forms.builder import digits
from forms.condition_tree import Arithmetic, Compare, Comparison, Either, Literal, Name, Negative, Node, Sum
from forms.expressions import normal

OPS: tuple[Arithmetic, ...] = ("+", "-", "*", "/")
LIMITS: tuple[Comparison, ...] = (">", ">=", "<", "<=", "==")
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Term:
    """A question (by its id), or a `number` ('2.5'), and what is done with it; `op` of the first is '+'."""

    op: Arithmetic
    item: str = ""
    number: str = ""


@dataclass(frozen=True)
class Case:
    """The answer `value`, when the sum stands so to `limit`, a number."""

    op: Comparison
    limit: str
    value: str


@dataclass(frozen=True)
class Calculation:
    """`cases`: the first that holds is the answer, and `otherwise` if none does; none of a number."""

    terms: tuple[Term, ...]
    cases: tuple[Case, ...] = ()
    otherwise: str = ""


def written(calculation: Calculation) -> str:
    """The expression. ValueError when there is no term, or something is no number where there must be one."""
    if not calculation.terms:
        raise ValueError("a calculation needs a term")
    total = _sum(calculation.terms)
    if not calculation.cases:
        return normal(total)
    node: Node = Literal(calculation.otherwise)
    for case in reversed(calculation.cases):
        node = Either(Compare(case.op, total, _number(case.limit)), Literal(case.value), node)
    return normal(node)


def taken_apart(node: Node) -> Calculation | None:
    """The rows of an expression; None when it says more than rows can."""
    cases: list[Case] = []
    total: tuple[Term, ...] | None = None
    while isinstance(node, Either):
        match node:
            case Either(Compare(op, left, right), Literal(str() as value), other) if op in LIMITS:
                terms, limit = _terms(left), _typed(right)
                if terms is None or limit is None or (total is not None and terms != total):
                    return None
                total = terms
                cases.append(Case(op, limit, value))
                node = other
            case _:
                return None
    if total is None:
        terms = _terms(node)
        return None if terms is None else Calculation(terms)
    match node:
        case Literal(str() as otherwise):
            return Calculation(total, tuple(cases), otherwise)
    return None


def _sum(terms: Sequence[Term]) -> Node:
    node = _leaf(terms[0])
    for term in terms[1:]:
        node = Sum(term.op, node, _leaf(term))
    return node


def _leaf(term: Term) -> Node:
    return Name(term.item) if term.item else _number(term.number)


def _number(typed: str) -> Node:
    if not _NUMBER.fullmatch(typed):
        raise ValueError(f"{typed} is no number")
    number = float(typed)
    return Negative(Literal(-number)) if number < 0 else Literal(abs(number))


def _terms(node: Node) -> tuple[Term, ...] | None:
    """Of a sum that is reckoned from the left."""
    later: list[Term] = []
    while isinstance(node, Sum):
        term = _term(node.right, node.op)
        if term is None:
            return None
        later.append(term)
        node = node.left
    first = _term(node, "+")
    return None if first is None else (first, *reversed(later))


def _term(node: Node, op: Arithmetic) -> Term | None:
    if isinstance(node, Name):
        return Term(op, node.item)
    number = _typed(node)
    return None if number is None else Term(op, number=number)


def _typed(node: Node) -> str | None:
    match node:
        case Literal(float() as number):
            return digits(number)
        case Negative(Literal(float() as number)):
            return digits(-number)
    return None
