"""The scores: the matrix of the index, and estates by name."""

from __future__ import annotations

from dataclasses import dataclass

from reports.documents.rows import Row, score_row, share_dot_row
from reports.documents.words import Words
from reports.figures import heat_step
from reports.inference.settings import SMALL_ESTATE
from reports.results import Cell, Results


@dataclass(frozen=True)
class HeatCell:
    """A score of the matrix. `step` 0: hidden, and `interval` says why."""

    value: str
    interval: str
    step: int
    standing: str
    change: str


@dataclass(frozen=True)
class HeatRow:
    title: str
    cells: tuple[HeatCell, ...]
    total: HeatCell


def heat_cell(words: Words, cell: Cell | None) -> HeatCell:
    if cell is None:
        return HeatCell("", words.t("hidden.none"), 0, "", "")
    value, interval = words.score(cell.score)
    step = heat_step(cell.score.value) if cell.score.value is not None else 0
    standing = (
        words.t(f"versus.{cell.versus_rest}") if cell.versus_rest in ("better", "worse") and step else ""
    )
    return HeatCell(value, interval, step, standing, words.change(cell.change, cell.score.value, share=False))


def heat(words: Words, results: Results) -> tuple[HeatRow, ...]:
    rules = results.questionnaire.index
    if rules is None:
        return ()
    cells = {(cell.object, cell.facet): cell for cell in results.matrix}
    totals = {cell.object: cell for cell in results.objects}
    return tuple(
        HeatRow(
            words.label(thing),
            tuple(heat_cell(words, cells.get((thing, facet))) for facet in rules.facets),
            heat_cell(words, totals.get(thing)),
        )
        for thing in rules.objects
    )


def estate_rows(words: Words, results: Results) -> tuple[Row, ...]:
    """Estates by name, never as a league table: index, or share of good overall answers. Of one estate there
    is nothing to set side by side."""
    if len(results.by_estate) < 2:
        return ()
    by_name = sorted(results.by_estate, key=lambda pair: words.sorting(pair[0]))
    reference = results.index.score.value if results.index else None
    if results.index is not None:
        return tuple(
            score_row(words, name, cell, key=f"gard-{number}", reference=reference)
            for number, (name, cell) in enumerate(by_name)
        )
    return tuple(
        share_dot_row(words, name, cell.score, key=f"gard-{number}", lent=cell.lent)
        for number, (name, cell) in enumerate(by_name)
    )


def lent_text(words: Words, results: Results) -> str:
    """What the figures that lend from all estates are; '' where there are none."""
    if all(cell.lent is None for _, cell in results.by_estate):
        return ""
    return words.t("estates.lent_text", few=SMALL_ESTATE)
