"""What the reports show of each question, as rows for people and for machines.

The same figures as in the reports, rounded as they are printed there: nothing is counted anew, so nothing
more is told.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from forms.questionnaire import Item
from reports.documents.rows import is_ordered, shares
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere
from reports.results import Estimate, ItemResult, LeftOut, Results
from reports.rounding import outward, percent

Part = Literal["base", "answer", "good", "special"]


NOTHING = (None, None, None, None, None)
"""Neither n nor share, interval and why."""


@dataclass(frozen=True)
class Row:
    """One figure of a question. `part`: how many answered it, an answer (or several that are told as one),
    all good answers together, or one beside the scale ('don't know').

    `n`: people, of the base and of what stands beside the scale. `share`, `low`, `high`: of the base, 0..1 in
    whole percent, with the 95 % interval outwards; no interval where each answer is a part of one bar, or
    where everybody answered. `hidden`: message key of why nothing is told. `left_out`: whether estates are
    not in the figures of the question; 'many': they say nothing of all.
    """

    place: str
    item: str
    part: Part
    codes: str
    answer: str
    n: int | None
    share: float | None
    low: float | None
    high: float | None
    hidden: str | None
    left_out: LeftOut = "nobody"


@dataclass(frozen=True)
class Told:
    """What the report on one place shows. `hidden`: why it shows nothing."""

    place: str
    n: int | None
    hidden: str | None
    rows: tuple[Row, ...]


def tables(found: Everywhere, language: str, *, each: bool, item_id: str | None = None) -> list[Told]:
    """Of all together, or of each estate; of one question alone with `item_id`."""
    reports = found.estates.values() if each else (found.whole,)
    return [_of(report, Words.of(report.questionnaire, language), item_id) for report in reports]


def _of(report: Results, words: Words, item_id: str | None) -> Told:
    if report.hidden:
        return Told(report.scope, None, report.hidden, ())
    items = [item for item in report.questionnaire.items() if item.id in report.items]
    wanted = [item for item in items if item_id in (None, item.id)]
    rows: list[Row] = []
    for item in wanted:
        own = _rows(report.scope, words, item, report.items[item.id])
        left_out = report.items[item.id].left_out
        rows += own if left_out == "nobody" else (replace(row, left_out=left_out) for row in own)
    return Told(report.scope, report.n, None, tuple(rows))


def _rows(place: str, words: Words, item: Item, found: ItemResult) -> Iterator[Row]:
    hidden = found.hidden or (None if found.segments or found.chosen else "hidden.few")
    # A base under five is told nowhere.
    base = None if hidden and found.n < 5 else found.n
    yield Row(place, item.id, "base", "", "", base, None, None, None, hidden)
    if hidden:
        return
    for codes, estimate in shares(found):
        written = "+".join(map(str, codes))
        yield _share(Row(place, item.id, "answer", written, words.codes(item, codes), *NOTHING), estimate)
    if is_ordered(words, item):
        yield _share(Row(place, item.id, "good", "", "", *NOTHING), found.favourable)
    for code, n in found.special.items():
        if n:
            yield Row(place, item.id, "special", str(code), words.choice(item, code), n, *NOTHING[1:])


def _share(row: Row, estimate: Estimate) -> Row:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return replace(row, hidden=estimate.hidden or "hidden.few")
    share = percent(estimate.value) / 100
    if estimate.high - estimate.low > 1e-9:
        low, high = outward(estimate.low * 100, estimate.high * 100, 1)
        return replace(row, share=share, low=low / 100, high=min(high, 100) / 100)
    return replace(row, share=share)


def as_json(found: Everywhere, told: Sequence[Told]) -> str:
    """One document: the round, the wave it is of, and place by place its rows."""
    document = {
        "round": found.campaign,
        "wave": found.wave_hash,
        "questionnaire": f"{found.whole.questionnaire.id} {found.whole.questionnaire.version}",
        "places": [vars(place) | {"rows": [vars(row) for row in place.rows]} for place in told],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_parquet(told: Sequence[Told]) -> bytes:
    """All rows as one table; of a place that shows nothing there is none."""
    names = dict.fromkeys(("place", "item", "part", "codes", "answer"), pl.String())
    figures = {"n": pl.Int64(), "share": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()}
    schema = {**names, **figures, "hidden": pl.String(), "left_out": pl.String()}
    rows = [vars(row) for place in told for row in place.rows]
    buffer = io.BytesIO()
    pl.DataFrame(rows, schema=schema).write_parquet(buffer)
    return buffer.getvalue()


def as_text(told: Sequence[Told], words: Words) -> str:
    lines: list[str] = []
    for place in told:
        lines += ["", place.place if place.n is None else _said(words, place.place, "tables.n", n=place.n)]
        if place.hidden:
            lines.append(f"  {words.hidden(place.hidden)}")
        for row in place.rows:
            lines.append(_line(words, row))
    return "\n".join(lines[1:])


def _line(words: Words, row: Row) -> str:
    if row.part == "base":
        head = f"  {words.item(words.questionnaire.item(row.item))} ({row.item})"
        if row.hidden:
            return f"{head}: {words.hidden(row.hidden)}"
        said = _said(words, head, "tables.n", n=row.n or 0)
        return said if row.left_out == "nobody" else f"{said}, {words.t(f'tables.left_out_{row.left_out}')}"
    answer = words.t("tables.good") if row.part == "good" else row.answer
    if row.hidden:
        return f"    {answer}: {words.hidden(row.hidden)}"
    if row.share is None:
        return f"    {answer}: {words.number(row.n or 0)}"
    said = f"    {answer}: {words.share(row.share)}"
    if row.low is None or row.high is None:
        return said
    return f"{said} ({words.share_interval(row.low, row.high)})"


def _said(words: Words, head: str, key: str, n: int) -> str:
    return f"{head}: {words.t(key, n=n)}"
