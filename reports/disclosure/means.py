"""Means and scores: when they may be shown and how sharp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.requests import MINIMUM
from reports.rounding import half_up, outward

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOO_LIGHT = 0.04
"""An estate that weighs this little in a total cannot be subtracted from whole-number means: it is known to
+-12 points at best."""


def mean_may_be_shown(values: Floats, step: float) -> bool:
    """May the mean of these scores (0..100, made of several items) be shown?

    `step`: how far one answer, moved to the next choice, moves one person's score. No when fewer than 5, when
    all or all but one are alike, or when the sum lies within eight steps (two answers from end to end) of an
    end: nearly everybody's answers would follow.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    if values.size < MINIMUM:
        return False
    (shown,) = means_may_be_shown(values, np.array([values.size]), step)
    return bool(shown)


def means_may_be_shown(values: Floats, n: Ints, step: float) -> NDArray[np.bool_]:
    """`mean_may_be_shown` of parts of these scores that lie one after the other, `n` in each, MINIMUM or
    more.

    Source: see `mean_may_be_shown`.
    """
    starts = n.cumsum() - n
    shown = np.ones(n.size, np.bool_)
    # Were all but one alike, one of the first two would be like those.
    for place in (0, 1):
        unlike = values != np.repeat(values[starts + place], n)
        shown &= np.add.reduceat(unlike, starts, dtype=np.int64) >= 2
    sums = np.add.reduceat(values, starts)
    slack = np.minimum(sums, 100.0 * n - sums)
    shown &= slack >= 8 * step - 1e-9
    return shown


def counted_mean_may_be_shown(
    parts: Floats, n: Floats, sums: Floats, unlike: Floats, step: Floats
) -> NDArray[np.bool_]:
    """`mean_may_be_shown` of scores that are means of questions' means, decided by what each question was
    answered and by nothing that two of them were at once. Rows of groups, columns of questions.

    `parts`: what each question weighs, 1 together. `n`, `sums`: its answers, and their scores added up.
    `unlike`: answers that are not its commonest one. `step`: by group, as of `mean_may_be_shown`. No when of
    every question all, or all but one, said the same, or when the mean lies within eight steps of one person
    of an end.

    Source: our own rule, docs/methods.md; attacked in tests/attack/test_scores.py.
    """
    there = parts > 0
    mean = (parts * sums / np.maximum(n, 1)).sum(axis=1)
    many = 1 / np.where(there, parts / np.maximum(n, 1), 0.0).sum(axis=1)
    near = np.minimum(mean, 100.0 - mean) * many >= 8 * step - 1e-9
    found: NDArray[np.bool_] = near & (np.where(there, unlike, 0.0).max(axis=1) >= 2)
    return found


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


def published_intervals(value: Floats, low: Floats, high: Floats, n: Ints) -> tuple[Floats, Floats, Floats]:
    """`published_interval` of each of many.

    Source: see `published_interval`.
    """
    step = np.where(n < 10, 10.0, np.where(n < 20, 5.0, 1.0))
    below = np.floor(low / step + 1e-9) * step
    above = np.ceil(high / step - 1e-9) * step + 0.0  # no -0
    return np.floor(value + 0.5 + 1e-9), np.maximum(below, 0.0), np.minimum(above, 100.0)


def total_mean_may_be_shown(shown: Sequence[bool], weights: Floats, hiding_together: bool) -> bool:
    """May the weighted mean of these estates be shown, when some hide their own?

    `hiding_together`: whether those that hide could be shown as one (`mean_may_be_shown` of all their
    scores). Who takes what is shown from the total has about their mean: were all of them content, or one of
    them alone, it would tell what they hide.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_disclosure.py.
    """
    hiding = sum(float(w) for visible, w in zip(shown, weights, strict=True) if not visible)
    return bool(may_be_taken_off(np.array([hiding]), hiding_together)[0])


def may_be_taken_off(weights: Floats, hiding_together: bool) -> NDArray[np.bool_]:
    """Of totals in which those that hide weigh so much: whether what is shown may be taken off each.

    Source: see `total_mean_may_be_shown`.
    """
    return np.full(weights.shape, True) if hiding_together else weights <= TOO_LIGHT
