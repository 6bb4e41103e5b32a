"""Ordered answers are compared by order alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import brunnermunzel

from reports.errors import NoSpread, TooFewAnswers
from reports.inference import superiority


def test_the_published_example_of_brunner_and_munzel() -> None:
    """Pain scores on day 3 under two treatments (Brunner and Munzel 2000): 0.789, 0.595 to 0.983."""
    first = np.bincount([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1], minlength=6)
    second = np.bincount([3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4], minlength=6)
    found = superiority(second, first)
    assert (found.value, found.low, found.high) == pytest.approx((0.788961, 0.5952169, 0.9827052), abs=1e-6)


def test_its_p_is_that_of_scipy() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        x, y = rng.integers(0, 5, 30), rng.integers(1, 6, 25)
        # At the level where the interval just touches a half, the test gives the same p.
        p = float(brunnermunzel(x, y).pvalue)
        found = superiority(np.bincount(y, minlength=6), np.bincount(x, minlength=6), level=1 - p)
        assert min(abs(found.low - 0.5), abs(found.high - 0.5)) < 1e-9


def test_only_order_counts_not_how_far_apart_the_answers_are() -> None:
    near = superiority(np.array([2, 5, 9]), np.array([6, 6, 4]))
    far = superiority(np.array([2, 0, 0, 5, 0, 9]), np.array([6, 0, 0, 6, 0, 4]))
    assert near == far


def test_a_small_estate_where_most_have_answered_is_known_better_and_wholly_when_all_have() -> None:
    now, then = np.array([2, 5, 9]), np.array([6, 6, 4])
    endless, small, all_of_them = (
        superiority(now, then, sizes) for sizes in ((None, None), (20, 20), (16, 16))
    )
    assert endless.high - endless.low > small.high - small.low > 0
    assert all_of_them.low == all_of_them.value == all_of_them.high


def test_groups_that_do_not_overlap_have_doubt_and_groups_without_answers_none() -> None:
    apart = superiority(np.array([0, 0, 6]), np.array([9, 0, 0]))
    assert apart.value == apart.high == 1 and 0.4 < apart.low < 0.6
    with pytest.raises(TooFewAnswers):
        superiority(np.array([0, 1]), np.array([3, 3]))
    with pytest.raises(NoSpread):
        superiority(np.array([0, 4]), np.array([0, 9]))
