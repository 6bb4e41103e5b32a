"""Promises about the workbook of a round: every figure that reports show, no other, and nothing that runs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import openpyxl
import pytest

from reports.documents import figures_book
from reports.documents.sheets import Column, Sheet, workbook
from reports.documents.words import Words
from reports.loop import Reply
from reports.results import Estimate, Results
from reports.rounding import outward, percent, whole
from tests.samples import planning
from tests.samples import report_results as samples

Read = dict[str, list[tuple[Any, ...]]]


def _read(content: bytes) -> Read:
    found = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in found}


@cache
def _book(language: str = "nb") -> bytes:
    every = planning.whole_round()
    return figures_book.book(every.whole, every.estates, planning.found(), planning.loop(), language)


def _places() -> dict[str, Results]:
    every = planning.whole_round()
    return {report.scope: report for report in (every.whole, *every.estates.values())}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_there_is_a_sheet_for_each_kind_of_figure_and_every_row_is_as_wide_as_its_heading(
    language: str,
) -> None:
    sheets = _read(_book(language))
    assert len(sheets) == 10
    for name, rows in sheets.items():
        assert len(rows) > 1 and all(rows[0]), name


def test_shares_are_those_of_the_reports_and_hidden_ones_have_a_reason_and_no_number() -> None:
    rows = _read(_book())["Spørsmål og leiegårder"][1:]
    places, hidden = _places(), 0
    for place, _, _, meaning, value, low, high, n, why, *change in rows:
        report = places[place]
        item = next(item for item in report.questionnaire.items() if item.meaning == meaning)
        result = report.items[item.id]
        own = result.favourable
        if result.hidden or own.value is None or own.low is None or own.high is None:
            assert (value, low, high, n, *change) == (None,) * 7
            reason = result.hidden or own.hidden
            alike = "hidden.protected" if reason == "hidden.few" else reason
            assert why == Words.of(report.questionnaire, "nb").hidden(alike)
            hidden += 1
        else:
            ends = outward(own.low * 100, own.high * 100, 1)
            assert (value, low, high, n, why) == (percent(own.value), *map(int, ends), own.n, None)
    assert hidden > 10
    assert {row[0] for row in rows} == set(places)


def test_scores_are_those_of_the_reports() -> None:
    rows = _read(_book())["Poeng"][1:]
    for place, report in _places().items():
        own = [row for row in rows if row[0] == place]
        assert report.index is not None
        told = [cell.score.value for cell in (report.index, *report.objects, *report.matrix)]
        assert [row[3] for row in own] == [None if value is None else whole(value) for value in told]
        assert all((row[3] is None) == bool(row[7]) for row in own)


def test_where_everything_of_an_estate_is_hidden_the_sheets_have_no_number_of_it() -> None:
    every = planning.whole_round()
    none = Estimate(None, None, None, 0, hidden="hidden.protected")
    id, report = next(iter(every.estates.items()))
    closed = replace(
        report,
        items={
            name: replace(
                item, segments=(), favourable=none, mean=none, chosen={}, change=None, hidden=none.hidden
            )
            for name, item in report.items.items()
        },
        index=replace(report.index, score=none) if report.index else None,
        objects=tuple(replace(cell, score=none) for cell in report.objects),
        matrix=tuple(replace(cell, score=none) for cell in report.matrix),
    )
    content = figures_book.book(
        every.whole, {**every.estates, id: closed}, planning.found(), planning.loop(), "nb"
    )
    sheets = _read(content)
    for name in ("Spørsmål og leiegårder", "Svarfordeling", "Poeng"):
        own = [row for row in sheets[name][1:] if row[0] == closed.scope]
        assert own and not any(isinstance(cell, int | float) for row in own for cell in row)


def test_a_round_of_too_few_answers_has_one_sheet_that_says_so() -> None:
    content = figures_book.book(samples.too_few(), {}, planning.found(), planning.loop(), "nb")
    sheets = _read(content)
    assert list(sheets) == ["Om tallene"]
    assert any(
        "Ingen tall kan vises" in str(row) or "færre" in str(row).lower() for row in sheets["Om tallene"]
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_what_people_wrote_is_never_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("http://evil.example","se her")'
    first = planning.loop().ties[0].finding
    loop = replace(planning.loop(), replies={first: Reply("delvis", text)})
    every = planning.whole_round()
    content = figures_book.book(every.whole, every.estates, planning.found(), loop, "nb")
    found = openpyxl.load_workbook(io.BytesIO(content))
    (cell,) = [c for row in found["Svar fra utleier"].iter_rows() for c in row if c.value == text]
    assert cell.data_type == "s" and cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not any(
            b"<f>" in file.read(name) or b"hyperlink" in file.read(name)
            for name in file.namelist()
            if "sheet" in name
        )


def test_the_same_round_is_the_same_bytes_whatever_the_clock_says() -> None:
    every = planning.whole_round()
    again = figures_book.book(every.whole, every.estates, planning.found(), planning.loop(), "nb")
    assert again == _book()
    with zipfile.ZipFile(io.BytesIO(again)) as file:
        assert {info.date_time[0] for info in file.infolist()} == {1980}
        assert b"2025-10-" in file.read("docProps/core.xml")


def test_what_came_of_the_findings_stands_in_the_sheets() -> None:
    sheets, loop = _read(_book()), planning.loop()
    everything = {cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)}
    assert loop.before is not None
    for one in (*loop.measures, *loop.before.measures):
        assert {one.title, *filter(None, (one.unit, one.budget_line, one.outcome))} <= everything
    assert {reply.text for reply in loop.replies.values()} <= everything
    assert {tie.reasoning for tie in loop.ties} <= everything
    assert len(sheets["Funn"]) == 1 + len(planning.found().findings)


def test_a_row_that_does_not_fit_its_heading_is_refused_and_control_characters_do_no_harm() -> None:
    columns = (Column("a"), Column("b"))
    with pytest.raises(ValueError, match="other cells"):
        workbook("x", "y", date(2025, 1, 1), [Sheet("Ark", columns, [("a",)])])
    content = workbook("x", "y", date(2025, 1, 1), [Sheet("Ark", columns, [("a\x00\x0bb", "x" * 40_000)])])
    (sheet,) = _read(content).values()
    assert len(sheet[1][1]) == 32_000


def test_a_small_place_does_not_tell_question_by_question_whether_fewer_than_five_answered() -> None:
    """Its report says of all its hidden questions one thing in one sentence; so do the rows of the sheets."""
    small = min(planning.whole_round().estates.values(), key=lambda report: report.n)
    reasons = {result.hidden for result in small.items.values()}
    assert {"hidden.few", "hidden.protected"} <= reasons
    sheets = _read(_book())
    for name, last in (("Spørsmål og leiegårder", 8), ("Svarfordeling", 8), ("Poeng", 7)):
        told = {row[last] for row in sheets[name][1:] if row[0] == small.scope and row[last]}
        assert told == {"Vises ikke: verner enkeltpersoner"}, name


def test_who_has_answered_can_be_summed_and_drawn_by_whoever_opens_the_sheet() -> None:
    rows = _read(_book())["Hvem har svart"][1:]
    told = {place.name: place for place in planning.whole_round().whole.coverage}
    assert {row[0] for row in rows} == set(told)
    for name, _, invited, answered, rate, missing in rows:
        n, asked = told[name].n, told[name].invited
        assert n is not None and asked
        assert (invited, answered, rate, missing) == (asked, n, percent(n / asked), asked - n)


def test_what_is_told_from_and_to_or_not_at_all_is_words_and_never_a_false_number() -> None:
    every = planning.whole_round()
    first, second, third, *rest = every.whole.coverage
    coverage = (replace(first, n=None), replace(second, elsewhere=(0, 2)), replace(third, others=True), *rest)
    content = figures_book.book(
        replace(every.whole, coverage=coverage), every.estates, planning.found(), planning.loop(), "nb"
    )
    rows = {row[0]: row[3:] for row in _read(content)["Hvem har svart"][1:]}
    for place in (first, second, third):
        assert not any(isinstance(cell, int | float) for cell in rows[place.name]), rows[place.name]


def test_quotes_that_the_documents_print_stand_in_a_sheet_of_their_own() -> None:
    rows = _read(_book())["Sitater"][1:]
    assert [(row[1], row[2]) for row in rows] == [
        (quote.text, "Ja" if quote.edited else "Nei") for quote in planning.loop().quotes
    ]
    every, loop = planning.whole_round(), replace(planning.loop(), quotes=())
    without = figures_book.book(every.whole, every.estates, planning.found(), loop, "nb")
    assert "Sitater" not in _read(without)


def test_a_measure_whose_day_has_passed_is_marked_in_a_column_of_its_own() -> None:
    every, loop = planning.whole_round(), planning.loop()
    for day, told in ((date(2026, 1, 1), set()), (date(2031, 1, 1), {"Ja"})):
        seen = replace(loop, made_on=day)
        sheets = _read(figures_book.book(every.whole, every.estates, planning.found(), seen, "nb"))
        head, *rows = sheets["Tiltak"]
        at = head.index("Fristen er passert")
        assert head[at - 1] == "Frist"
        assert {row[at] for row in rows[: len(loop.measures)]} - {None, ""} == told
