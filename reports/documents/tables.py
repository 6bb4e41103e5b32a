"""Tables of shares, and how they stand in two columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from reports.documents.rows import Row
from reports.documents.words import Words

CHARACTERS_A_LINE = 34
"""Of an answer in a half-width table."""


COMMONEST = 5
"""Bars drawn of a multiple-choice or ranked question; the shares of its other answers follow in words."""


@dataclass(frozen=True)
class ShareTable:
    """`remark`: a sentence under the table."""

    id: str
    title: str
    rows: tuple[Row, ...]
    note: str
    remark: str = ""


@dataclass(frozen=True)
class RegisterRow:
    """One group of background: its part of the answers, as they came, beside its part of the register."""

    text: str
    figure: Markup
    answers: str
    register: str
    note: str
    """'fewer than expected', or nothing."""


@dataclass(frozen=True)
class RegisterTable:
    title: str
    rows: tuple[RegisterRow, ...]
    remark: str = ""


T = TypeVar("T", bound=ShareTable | RegisterTable)


def two_columns(tables: list[T]) -> tuple[tuple[T, ...], ...]:
    """Tables dealt out in order, each to the column that is shorter so far; long answers take more lines."""
    columns: tuple[list[T], list[T]] = ([], [])
    heights = [0, 0]
    for table in tables:
        shorter = 0 if heights[0] <= heights[1] else 1
        columns[shorter].append(table)
        lines = sum(1 + (len(row.text) + len(row.note)) // CHARACTERS_A_LINE for row in table.rows)
        heights[shorter] += 3 + lines + (len(table.title) + len(table.remark)) // (CHARACTERS_A_LINE * 3 // 2)
    return tuple(tuple(column) for column in columns if column)


def commonest(words: Words, rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], str]:
    """The rows to draw, and the others in a sentence: every answer has its share, or is said to be hidden."""
    shown, hidden = [row for row in rows if row.value], [row for row in rows if not row.value]
    told = []
    if rest := shown[COMMONEST:]:
        answers = "; ".join(f"{words.lower(row.text)} {row.value}" for row in rest)
        told.append(words.t("table.rest", answers=answers))
    if hidden:
        answers = words.join(words.quote(words.lower(row.text)) for row in hidden)
        told.append(words.t("table.rest_hidden", answers=answers))
    return tuple(shown[:COMMONEST]), " ".join(told)
