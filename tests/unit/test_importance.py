"""What matters to tenants: by order alone, with doubt."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import NoSpread, TooFewAnswers
from reports.inference.importance import derived, spearman, tau_b


def test_the_doubt_of_tau_is_how_far_it_moves_when_single_answers_move() -> None:
    """The delta method by numbers: variance = sum n_ij (d tau / d n_ij)^2."""
    table = np.array([[8.0, 3, 1], [4, 9, 5], [1, 6, 12]])
    step = 1e-4
    pull = np.zeros_like(table)
    for at in np.ndindex(*table.shape):
        more, less = table.copy(), table.copy()
        more[at] += step
        less[at] -= step
        pull[at] = (tau_b(more).value - tau_b(less).value) / (2 * step)
    found = tau_b(table)
    assert found.high - found.value == pytest.approx(1.959964 * np.sqrt((table * pull**2).sum()), rel=1e-5)


def test_perfect_order_is_one_and_the_opposite_order_minus_one() -> None:
    order = np.diag([5, 6, 7])
    assert tau_b(order).value == pytest.approx(1)
    assert tau_b(order[::-1]).value == pytest.approx(-1)
    assert spearman(order).value == pytest.approx(1)


def test_a_small_population_that_has_mostly_answered_is_surer() -> None:
    table = np.array([[8, 3, 1], [4, 9, 5], [1, 6, 12]])
    for measure in (tau_b, spearman):
        endless, small, everybody = (measure(table, size) for size in (None, 60, 49))
        assert endless.high - endless.low > small.high - small.low > 0
        assert everybody.low == pytest.approx(everybody.high)


def test_items_are_ranked_by_strength_and_those_that_say_nothing_are_left_out() -> None:
    strong, weak = np.array([[30, 5], [6, 40]]), np.array([[15, 20], [22, 24]])
    found = derived(
        {"svak": weak, "sterk": strong, "tom": np.zeros((2, 2)), "lik": np.array([[0, 0], [20, 20]])}
    )
    assert [row.name for row in found] == ["sterk", "svak"]
    assert [row.sure for row in found] == [True, False]


def test_too_little_to_correlate_is_refused() -> None:
    with pytest.raises(TooFewAnswers):
        tau_b(np.array([[4, 1], [1, 3]]))
    with pytest.raises(NoSpread):
        spearman(np.array([[0, 0], [10, 3]]))
