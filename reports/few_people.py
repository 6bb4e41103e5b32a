"""No claim rests on one person, or on two; and what everybody answered is no estimate.

Where all have answered, an exact interval has no width: 11 good of 20 is more than half, and one answer makes
it so. It is true, and tells of that one neighbour rather than of the house. So whatever is claimed (more than
half, better, worse, above the others) must also stand if PEOPLE of those who answered had answered otherwise.
Where some have not answered, intervals are nearly always wider than that, and the rule changes nothing.

Source: our own rule, docs/methods.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from reports.inference import Interval

PEOPLE = 2
"""Who may have answered otherwise without a claim falling."""
WHOLE_SCALE = 1.0
"""How far one of them moves: of a share, from good to not good."""
HALF_SCALE = 0.5
"""Of a score, and of a place on a scale: as far as from the middle to an end. In the mean of many questions
hardly anybody moves farther."""


def borne_by_more(apart: float, n: int, moves: float = WHOLE_SCALE) -> bool:
    """Whether a difference is larger than PEOPLE of n who answered can make.

    `apart`, and `moves` (how far one of them goes): of shares, scores or places on a scale, in one unit.
    `n`: of the smaller side.

    Source: our own rule, docs/methods.md.
    """
    return abs(apart) * n > PEOPLE * moves + 1e-9


def nothing_estimated(intervals: Iterable[Interval]) -> bool:
    """Whether none of these has any width: everybody answered, and nothing is estimated.

    Source: a definition; nothing is estimated.
    """
    return all(one.high - one.low < 1e-9 for one in intervals)
