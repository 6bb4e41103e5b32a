"""Which tables would print a bar as it is told: `estate_segments` the other way round, of many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Spans
from reports.disclosure.segments import segments_of_each

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


def prints(counts: Ints, told: Spans, cuts: tuple[int, ...]) -> Flags:
    """Of each row (one answer a column), whether its bar would be told in these parts; `cuts`: where good
    answers begin.

    Source: see `estate_segments`.
    """
    found = segments_of_each(counts, cuts)
    kind = found.kinds.index(told) if told in found.kinds else len(found.kinds)
    same: Flags = found.rows == kind
    return same
