"""A table that takes too long to protect with care is told: more is hidden, and that is proved at once.

Nobody is found in such tables: tests/attack/test_cautious_tables.py.
"""

from __future__ import annotations

import numpy as np

from bench.disclosure import town
from reports.breakdowns import ledger
from reports.disclosure import MINIMUM, PROFILES, Effort, Table, protect, small_cells
from reports.disclosure.tables import Flags
from tests.unit.test_solving_ends import programs

__all__ = ["programs"]


def _unlike(estates: int) -> tuple[Table, Flags, Flags]:
    """Estates of 60 to 1,200 answers to a question of five answers, ten groups; what is small, and known."""
    table = town(estates, 5, 10, 600)
    shown = table.none()
    shown[table.face] = True
    return table, small_cells(table, PROFILES["standard"]) & ~shown, shown


def test_five_hundred_unlike_estates_are_told_within_what_the_ledger_spares(programs: list[object]) -> None:
    """All of it was refused, after eighteen seconds."""
    table, small, shown = _unlike(500)
    safe = protect(table, small, MINIMUM, shown=shown, effort=Effort(0, ledger.SPARE_WORK))
    assert safe.method == "cautious"
    assert (safe.hidden | ~small).all()
    assert safe.hidden.mean() < 0.5
    assert programs == []


def test_the_same_table_is_hidden_alike_each_time() -> None:
    table, small, shown = _unlike(30)
    first, second = (
        protect(table, small, MINIMUM, shown=shown, effort=Effort(0, ledger.SPARE_WORK)) for _ in range(2)
    )
    assert first.method == "cautious"
    assert np.array_equal(first.hidden, second.hidden)
