"""Means and scores: when they may be shown and how sharp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.primary import MINIMUM
from reports.rounding import half_up, outward

TOO_LIGHT = 0.04
"""An estate that weighs this little in a total cannot be subtracted from whole-number means: it is known to
+-12 points at best."""


def mean_may_be_shown(values: NDArray[np.float64], step: float) -> bool:
    """May the mean of these scores (0..100, made of several items) be shown?

    `step`: how far one answer, moved to the next choice, moves one person's score. No when fewer than 5, when
    all or all but one are alike, or when the sum lies within eight steps (two answers from end to end) of an
    end: nearly everybody's answers would follow.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    if values.size < MINIMUM:
        return False
    # Were all but one alike, one of the first two would be like those.
    if any(np.count_nonzero(values != values[i]) < 2 for i in (0, 1)):
        return False
    mean = float(np.add.reduce(values)) / values.size
    slack = min(mean, 100 - mean) * values.size
    return bool(slack >= 8 * step - 1e-9)


def published_step(n: int) -> float:
    """To what the ends of an interval of so many scores are rounded.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    return 10.0 if n < 10 else 5.0 if n < 20 else 1.0


def published_interval(value: float, low: float, high: float, n: int) -> tuple[float, float, float]:
    """A mean and its interval as they are shown: whole numbers, the interval to tens below 10 answers and to
    fives below 20, outwards and never beyond 0..100.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    low, high = outward(low, high, published_step(n))
    return half_up(value), max(0.0, low), min(100.0, high)


def total_mean_may_be_shown(
    shown: Sequence[bool], weights: NDArray[np.float64], hiding_together: bool
) -> bool:
    """May the weighted mean of these estates be shown, when some hide their own?

    `hiding_together`: whether those that hide could be shown as one (`mean_may_be_shown` of all their
    scores). Who takes what is shown from the total has about their mean: were all of them content, or one of
    them alone, it would tell what they hide.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    hiding = sum(float(w) for visible, w in zip(shown, weights, strict=True) if not visible)
    return hiding <= TOO_LIGHT or hiding_together
