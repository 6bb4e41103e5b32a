"""A table that was never proved in time is refused before anything is tried, not after."""

from __future__ import annotations

import numpy as np
import pytest

from reports.disclosure import MINIMUM, PROFILES, Dimension, Effort, Table, TooMuchWork, protect, small_cells


def test_so_many_hidden_numbers_of_so_many_groups_are_refused_without_being_tried() -> None:
    counts = np.random.default_rng(1).multinomial(15, np.full(50, 1 / 50), size=(100, 2))
    towns = Dimension.tree([[estate // 10 for estate in range(100)]])
    table = Table.of(towns, Dimension.of(2), [Dimension.of(50)], [counts])
    shown = table.none()
    shown[table.face] = True
    primary = small_cells(table, PROFILES["standard"]) & ~shown
    effort = Effort(300_000)
    with pytest.raises(TooMuchWork):
        protect(table, primary, MINIMUM, shown=shown, effort=effort)
    assert effort.left == 300_000
