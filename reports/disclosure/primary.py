"""Which cells must be hidden for what they are, before anybody subtracts anything: the rules
of `reports.requests` over cells.

threshold       everybody in a place and group: fewer than `fewest` answers, or `breakdown` where it is a
                group. What is hidden hides its answers with it
small counts    1 to `fewest` - 1 people who answered the same
homogeneity     all who answered said the same: 100 % tells about everyone
sensitive       bases below `sensitive`; `by_estate` says that no single estate may be asked about
"""

from __future__ import annotations

import numpy as np

from reports.disclosure.tables import Flags, Table
from reports.requests import Profile


def small_cells(table: Table, profile: Profile, *, sensitive: bool = False) -> Flags:
    """The cells that may not be told, as marks over all cells of the table.

    Source: Hundepool and others 2012, Statistical Disclosure Control, ch. 5 (thresholds, group disclosure).
    """
    base = table.base_of()
    values = table.values
    few = np.full(table.size, profile.breakdown)
    few[table.face] = profile.fewest
    if sensitive:
        few = np.maximum(few, profile.sensitive)
    too_few = (values[base] < few) & ((values[base] > 0) | profile.empty_is_few)
    least = 0 if profile.no_answer_is_few else 1
    is_answer = base != np.arange(table.size)
    small: Flags = too_few | (is_answer & (values >= least) & (values < profile.fewest))
    return small | _of_one_mind(table)


def _of_one_mind(table: Table) -> Flags:
    """All answers of each place and group in which one answer was given by all who are there."""
    marks = table.none()
    leaves = slice(1, 1 + table.answers.leaves)
    for array in table.blocks or (table.face[:, :, None],):
        counts = table.values[array]
        alike = (counts[:, leaves].max(axis=1) == counts[:, 0]) & (counts[:, 0] > 0)
        places, groups = np.nonzero(alike)
        marks[array[places, 1:, groups]] = True
    return marks
