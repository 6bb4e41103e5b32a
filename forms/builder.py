"""Conditions as rows to choose from: 'this question · is one of · these answers', all of them or any of them.

Whoever makes a questionnaire fills in rows; `asked` writes the condition. `rows` takes a condition apart
again, or says that it is too rich for rows and must be edited as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

from forms.condition_tree import (
    And,
    Compare,
    Comparison,
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
)
from forms.expressions import normal

Op = OneOf[
    "answered", "unanswered", "ticked", "not_ticked",
    "is", "is_not", "one_of", "none_of", "under", "at_most", "over", "at_least",
]  # fmt: skip
"""`ticked` is for questions with several answers; from `under` on for numbers and months."""

_COMPARED: dict[Op, Comparison] = {
    "is": "==",
    "is_not": "!=",
    "under": "<",
    "at_most": "<=",
    "over": ">",
    "at_least": ">=",
}
_OPS: dict[Comparison, Op] = {sign: op for op, sign in _COMPARED.items()}
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True)
class Row:
    """`values`: words, numbers ('2.5') or months ('2024-05'). None for `answered`, several for `one_of`.

    `other`: a question whose answer it is held against instead, for `is` to `at_least`.
    """

    item: str
    op: Op
    values: tuple[str, ...] = ()
    other: str = ""


def asked(rows: Sequence[Row], kinds: Mapping[str, Kind], *, all_of: bool) -> str:
    """The condition that holds when all of the rows do, or any of them. `kinds`: of the items by id.

    ValueError when there is no row, or a row has no value or one that is no number where there must be one.
    """
    written = tuple(_node(row, kinds[row.item]) for row in rows)
    if not written:
        raise ValueError("a condition needs a row")
    if len(written) == 1:
        return normal(written[0])
    return normal(And(written) if all_of else Or(written))


def rows(node: Node) -> tuple[bool, tuple[Row, ...]] | None:
    """(all of them, the rows); None when it says more than rows can."""
    parts = node.parts if isinstance(node, And | Or) else (node,)
    found = [row for row in map(_row, parts) if row is not None]
    return (not isinstance(node, Or), tuple(found)) if len(found) == len(parts) else None


def _node(row: Row, kind: Kind) -> Node:
    name = Name(row.item)
    if row.op in ("answered", "unanswered"):
        return _answered(row, kind)
    if row.other and row.op in _COMPARED:
        return Compare(_COMPARED[row.op], name, Name(row.other))
    if not row.values or (kind == "number" and not all(map(_NUMBER.fullmatch, row.values))):
        raise ValueError(f"{row.item} needs a value that fits")
    if row.op in ("one_of", "none_of"):
        among = In(name, Several(tuple(map(float, row.values)) if kind == "number" else row.values))
        return among if row.op == "one_of" else Not(among)
    if row.op in ("ticked", "not_ticked"):
        ticked = In(Literal(row.values[0]), name)
        return ticked if row.op == "ticked" else Not(ticked)
    value: Node = Literal(row.values[0])
    if kind == "number":
        number = float(row.values[0])
        value = Negative(Literal(-number)) if number < 0 else Literal(number)
    return Compare(_COMPARED[row.op], name, value)


def _answered(row: Row, kind: Kind) -> Node:
    if kind in ("number", "month"):
        return Has(row.item) if row.op == "answered" else Not(Has(row.item))
    nothing = Several(()) if kind == "words" else Literal("")
    return Compare("!=" if row.op == "answered" else "==", Name(row.item), nothing)


def _row(node: Node) -> Row | None:
    match node:
        case Has(item):
            return Row(item, "answered")
        case Not(Has(item)):
            return Row(item, "unanswered")
        case Compare("==" | "!=" as sign, Name(item), Literal("") | Several(())):
            return Row(item, "answered" if sign == "!=" else "unanswered")
        case Compare(sign, Name(item), Literal(str() as word)):
            return Row(item, _OPS[sign], (word,))
        case Compare(sign, Name(item), Literal(float() as number)):
            return Row(item, _OPS[sign], (digits(number),))
        case Compare(sign, Name(item), Negative(Literal(float() as number))):
            return Row(item, _OPS[sign], (digits(-number),))
        case Compare(sign, Name(item), Name(other)):
            return Row(item, _OPS[sign], other=other)
        case In(Name(item), Several(values)) if values:
            return Row(item, "one_of", tuple(map(digits, values)))
        case Not(In(Name(item), Several(values))) if values:
            return Row(item, "none_of", tuple(map(digits, values)))
        case In(Literal(str() as word), Name(item)):
            return Row(item, "ticked", (word,))
        case Not(In(Literal(str() as word), Name(item))):
            return Row(item, "not_ticked", (word,))
        case _:
            return None


def digits(value: str | float) -> str:
    """A number as it is typed: 2.0 is '2'."""
    if isinstance(value, str):
        return value
    digits = format(Decimal(repr(value)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
