"""Which cells must be hidden for what they are, before anybody subtracts anything: the rules as data.

threshold       everybody in a place and group: fewer than `fewest` answers, or `breakdown` where it is a
                group. What is hidden hides its answers with it
small counts    1 to `fewest` - 1 people who answered the same
homogeneity     all who answered said the same: 100 % tells about everyone
sensitive       bases below `sensitive`; `by_estate` says that no single estate may be asked about
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from reports.disclosure.tables import Flags, Table

MINIMUM = 5
"""No result may be about, or differ from another by, fewer people."""


@dataclass(frozen=True)
class Profile:
    """Who reads it, and so what is told. All counts are of people."""

    name: str
    fewest: int = MINIMUM
    breakdown: int = 2 * MINIMUM
    sensitive: int = 4 * MINIMUM
    range_kept: int = MINIMUM
    """The attacker's interval of every hidden cell is at least this wide. Five, and not four: what is known
    to lie between 0 and 4 is known to be few, and a group of four could be told apart by its sum."""
    empty_is_few: bool = True
    """Whether a base of nobody is hidden like one of four. That nobody of a place answered tells who did
    not."""
    no_answer_is_few: bool = False
    """Whether an answer that nobody gave is hidden like one that few gave."""
    rounding: int = 1
    """Shown numbers are rounded to multiples of this."""
    noise: int = 0
    """Shown numbers are up to this much off, each by itself, so that totals do not add up."""
    agreed: bool = False
    """Whether its readers have signed: what they were told is not taken to be known to anybody else."""


PROFILES = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("standard"),
            # Agreed users, who have signed: groups from five. What can be subtracted is hidden all the same.
            Profile("forskning", breakdown=MINIMUM, agreed=True),
            Profile("microdata", noise=5),
            Profile("offentlig", rounding=MINIMUM),
        )
    }
)


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
