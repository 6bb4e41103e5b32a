"""Estates beside one another where there is no index: share of good answers to the overall question."""

from __future__ import annotations

from reports.associations import outcome_of
from reports.items import item_result
from reports.results import Cell
from reports.scope import Groundwork, Scope


def overall_by_estate(ground: Groundwork) -> tuple[tuple[str, Cell], ...]:
    """Shares 0..1 in the order of the wave, each protected as in the estate's own report; no ranks."""
    outcome = outcome_of(ground.wave.questionnaire)
    if outcome is None:
        return ()
    rows = []
    for estate in ground.wave.estates:
        alone = Scope.of(ground, estate.id)
        rows.append((estate.name, Cell(None, None, item_result(alone, outcome).favourable)))
    return tuple(rows)
