"""Workbooks (XLSX): rows of words and numbers under a heading that stays, the same bytes for the same rows.

What people wrote is never a formula: it is written as text, and what begins like one (=, +, -, @, a tab) is
marked as text in the file as well, so that it stays text in a program that reads it anew.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter  # type: ignore[import-untyped]

LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_000
MOST_ROWS = 1_000_000

Cell = str | int | float | date | None
"""None: nothing there."""


@dataclass(frozen=True)
class Column:
    """`width`: in letters."""

    head: str
    width: int = 12


@dataclass(frozen=True)
class Sheet:
    """`name`: 31 letters at most."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]


def workbook(title: str, author: str, made_on: date, sheets: Sequence[Sheet]) -> bytes:
    """`made_on`: the day that the file says it was made on, of the round and not of the clock."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        noon = datetime(made_on.year, made_on.month, made_on.day, 12)
        book.set_properties({"title": title, "author": author, "created": noon})
        look = _Look(book)
        for sheet in sheets:
            _write(book, sheet, look)
    return buffer.getvalue()


class _Look:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        top = {"valign": "top"}
        self.head = book.add_format(
            {"bold": True, "bg_color": "#dcecec", "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )
        self.text = book.add_format({**top, "text_wrap": True})
        self.marked = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
        self.number = book.add_format(top)
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})


def _write(book: xlsxwriter.Workbook, sheet: Sheet, look: _Look) -> None:
    page = book.add_worksheet(sheet.name)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.head, look.head)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    for at, row in enumerate(sheet.rows, start=1):
        if len(row) != len(sheet.columns):
            raise ValueError(f"sheet {sheet.name}: a row has other cells than the heading")
        for place, cell in enumerate(row):
            _put(page, at, place, cell, look)


def _put(page: xlsxwriter.worksheet.Worksheet, at: int, place: int, cell: Cell, look: _Look) -> None:
    match cell:
        case None | "":
            pass
        case str():
            shape = look.marked if cell.startswith(LIKE_A_FORMULA) else look.text
            page.write_string(at, place, cell[:LONGEST_CELL], shape)
        case int() | float():
            page.write_number(at, place, cell, look.number)
        case date():
            page.write_datetime(at, place, cell, look.day)
