"""What may leave the building. No number about tenants is published but through this package.

Two ways lead out. *Tables* of counts (`tables.py`) go through `primary.py`, which marks what is small, and
`secondary.py`, which hides what would give it back, by integer programming (`optimal.py`), by walking
(`walk.py`, `transport.py`) or by reckoning (`switches.py`, `cautious.py`), with a proof for each hidden cell
that it keeps a range of five. In tests/attack/test_tables.py an attacker solves everything that is told.
*Reports* merge neighbouring answers instead of leaving holes in bars.

Rules of the reports, each kept by one function here and attacked in tests/unit/test_disclosure.py:

1. Nothing is said about fewer than 5 answers (FEW). An estate below that is left out of every total.
2. A distribution is shown as neighbouring answers merged until each part holds 5 answers or none; where only
   one part is left, all is hidden: the group is as good as of one mind (`estate_segments`).
3. A share is shown only where its cut is the edge of a part.
4. A part of a total is shown only if every estate shows its edges too; or if those that do not are at least
   two, and what is unknown of each keeps a range of 5 answers after all subtraction (`total_segments`).
   The edges of such bars are rounded, so far that one answer more or less does not show (`share_step`).
5. The mean of one item is reckoned from its shown parts alone. A score made of several items is hidden when
   all, or all but one, are alike, or when it lies so near 0 or 100 that single answers follow
   (`mean_may_be_shown`). Means are whole numbers and their intervals are rounded outwards, the coarser the
   fewer answered (`published_interval`), or the spread would give answers away.
6. A mean of a total that one hiding estate could be subtracted from is hidden (`total_mean_may_be_shown`).
7. Counts that add up to a known number are shown only where what is left is nobody or at least 5
   (`whole_counts`), in a total only what every estate shows (`total_whole_counts`).
8. A sensitive question is told of several estates together from 20 answers on, and never of one (SENSITIVE).
"""

from reports.cut_bars import Span, Told
from reports.disclosure.effort import Effort
from reports.disclosure.errors import CannotProtect, DisclosureError, NotATable, TooMuchWork
from reports.disclosure.means import (
    counted_mean_may_be_shown,
    may_be_taken_off,
    mean_may_be_shown,
    means_may_be_shown,
    published_interval,
    published_intervals,
    published_step,
    total_mean_may_be_shown,
)
from reports.disclosure.pairs import each_keeps_its_range
from reports.disclosure.primary import small_cells
from reports.disclosure.secondary import Protection, protect
from reports.disclosure.segments import (
    estate_segments,
    rounded_base,
    segments_of_each,
    share_step,
    small_counts_left_out,
    small_counts_of_all,
    total_segments,
    total_small_counts,
    total_whole_counts,
    whole_counts,
)
from reports.disclosure.tables import Dimension, Table
from reports.requests import MINIMUM, PROFILES, Profile

FEW = "hidden.few"
"""Fewer than 5 answers."""
PROTECTED = "hidden.protected"
"""Enough answers, but the figure could give single answers away. Never says more than that."""
SENSITIVE = "hidden.sensitive"
"""A sensitive question: told of several estates together, from 20 answers, and never of one."""
UNSCORED = "hidden.unscored"
"""There is no such figure: the question has no scores or no good answers."""


__all__ = [
    "FEW",
    "MINIMUM",
    "PROFILES",
    "PROTECTED",
    "SENSITIVE",
    "UNSCORED",
    "CannotProtect",
    "Dimension",
    "DisclosureError",
    "Effort",
    "NotATable",
    "Profile",
    "Protection",
    "Span",
    "Table",
    "Told",
    "TooMuchWork",
    "counted_mean_may_be_shown",
    "each_keeps_its_range",
    "estate_segments",
    "may_be_taken_off",
    "mean_may_be_shown",
    "means_may_be_shown",
    "protect",
    "published_interval",
    "published_intervals",
    "published_step",
    "rounded_base",
    "segments_of_each",
    "share_step",
    "small_cells",
    "small_counts_left_out",
    "small_counts_of_all",
    "total_mean_may_be_shown",
    "total_segments",
    "total_small_counts",
    "total_whole_counts",
    "whole_counts",
]
