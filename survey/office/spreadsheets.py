"""The list of personal links as a spreadsheet, ready for a mail merge."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter  # type: ignore[import-untyped]

from forms.catalogue import Translate
from survey.campaigns.links import Link

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def links_workbook(links: Sequence[Link], t: Translate) -> bytes:
    """One row a dwelling: area, estate, number, link, code. The second sheet says how to treat it."""
    buffer = io.BytesIO()
    # Names come from people: a name that starts with '=' stays a name.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#dcecec", "bottom": 1, "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(t("links.sheet.links"))
        columns = ("area", "estate", "dwelling", "link", "code")
        sheet.set_column(0, 1, 26)
        sheet.set_column(2, 2, 10)
        sheet.set_column(3, 3, 62)
        sheet.set_column(4, 4, 18)
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(columns):
            sheet.write_string(0, place, t(f"links.column.{name}"), head)
        for row, link in enumerate(links, start=1):
            sheet.write_string(row, 0, link.area)
            sheet.write_string(row, 1, link.estate)
            sheet.write_number(row, 2, link.dwelling)
            sheet.write_string(row, 3, link.url)
            sheet.write_string(row, 4, link.code or t("panel.links.same"))
        advice = book.add_worksheet(t("links.sheet.advice"))
        advice.set_column(0, 0, 90)
        for row in range(1, 6):
            advice.write_string(row - 1, 0, t(f"links.advice.{row}"), wrapped)
    return buffer.getvalue()
