"""Samples and register margins: what bad input gives is a stated result or a stated refusal."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import BadDesign, DoesNotConverge, TooFewAnswers
from reports.inference.weighting import Margin, Sample


def _margin(groups: list[int], *totals: float) -> Margin:
    return Margin(np.asarray(groups), np.asarray(totals))


def test_when_everybody_has_answered_an_estimate_is_the_truth() -> None:
    sample = Sample.of([0, 0, 1, 1, 1], [2, 3])
    found = sample.mean([0.0, 100, 50, 75, 25])
    assert (found.value, found.error, found.design_effect) == (50, 0, 1)
    assert (found.interval().low, found.interval().high) == (50, 50)


def test_no_answers_and_one_answer_are_refused_in_words() -> None:
    with pytest.raises(TooFewAnswers, match="no answers"):
        Sample.of([], [10])
    with pytest.raises(TooFewAnswers, match="stratum 1 has one answer"):
        Sample.of([0, 0, 1], [10, 10]).mean([1.0, 2, 3])
    with pytest.raises(TooFewAnswers, match="nobody of this group"):
        Sample.of([0, 0], [10]).mean([1.0, 2], inside=[False, False])


def test_the_one_tenant_of_a_one_dwelling_estate_is_no_hindrance() -> None:
    assert Sample.of([0, 0, 1], [10, 1]).mean([1.0, 2, 3]).error > 0


def test_more_answers_than_dwellings_and_sizes_not_known_are_refused() -> None:
    with pytest.raises(BadDesign, match="3 answers but 2 dwellings"):
        Sample.of([0, 0, 0], [2])
    with pytest.raises(BadDesign, match="chance"):
        Sample.of([0, 0, 0], [np.inf])
    with pytest.raises(BadDesign, match="above 0"):
        Sample.of([0, 0], [9], inclusion=[0.5, 0.0])
    with pytest.raises(BadDesign, match="stratum whose size"):
        Sample.of([0, 3], [9, 9])
    with pytest.raises(BadDesign, match="missing"):
        Sample.of([0, 0], [9]).mean([1.0, np.nan])


def test_margins_that_contradict_the_answers_are_refused_by_name() -> None:
    sample = Sample.of([0] * 4, [40])
    with pytest.raises(BadDesign, match="at least one"):
        sample.raked([])
    with pytest.raises(BadDesign, match="add up"):
        sample.raked([_margin([0, 0, 1, 1], 10, 30), _margin([0, 1, 0, 1], 10, 10)])
    with pytest.raises(BadDesign, match="nobody of group 2"):
        sample.raked([_margin([0, 0, 1, 1], 10, 20, 10)])
    with pytest.raises(BadDesign, match="has nobody in"):
        sample.raked([_margin([0, 0, 1, 1], 40, 0)])
    with pytest.raises(BadDesign, match="one of its groups"):
        sample.raked([_margin([0, 0, 1, 2], 20, 20)])


def test_weights_that_cannot_meet_all_margins_are_given_up_with_advice() -> None:
    sample = Sample.of([0] * 4, [40])
    # Both margins divide the answers alike, but the register gives them different sizes.
    with pytest.raises(DoesNotConverge, match="merge small groups"):
        sample.raked([_margin([0, 0, 1, 1], 10, 30), _margin([0, 0, 1, 1], 30, 10)])


def test_raked_weights_meet_every_margin_and_raking_twice_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    sample = Sample.of(np.zeros(200, int), [900])
    margins = [
        Margin(rng.integers(0, 4, 200), np.asarray([200.0, 300, 250, 150])),
        Margin(rng.integers(0, 3, 200), np.asarray([100.0, 500, 300])),
    ]
    once = sample.raked(margins)
    for margin in margins:
        assert np.bincount(margin.groups, once.weights) == pytest.approx(margin.totals)
    y = rng.normal(size=200)
    twice = once.raked(margins)
    assert twice.mean(y) == once.mean(y)
    assert once.kish >= 1


def test_fitting_to_what_decides_the_answer_leaves_no_doubt() -> None:
    """Post-stratified by the answer itself: the register already knows the mean."""
    groups = np.asarray([0, 0, 1, 1, 1])
    fitted = Sample.of(np.zeros(5, int), [50]).raked([Margin(groups, np.asarray([20.0, 30.0]))])
    found = fitted.mean(groups.astype(float))
    assert found.value == pytest.approx(0.6)
    assert found.error == pytest.approx(0, abs=1e-9)


def test_a_share_that_all_or_none_have_keeps_an_honest_interval() -> None:
    sample = Sample.of([0] * 6 + [1] * 6, [30, 60])
    none, everyone = sample.share([0] * 12), sample.share([1] * 12)
    assert none.low == none.value == 0 and 0.1 < none.high < 0.4
    assert everyone.high == everyone.value == 1 and everyone.low == pytest.approx(1 - none.high)
    with pytest.raises(BadDesign, match="0 or 1"):
        sample.share([0.5] * 12)


def test_no_weight_leaves_its_limits_and_the_others_are_fitted_to_what_is_left() -> None:
    groups = [0] * 40 + [1] * 40 + [2] * 20
    sample = Sample.of([0] * 100, [1000])
    margins = [_margin([0] * 100, 1000), _margin(groups, 150, 150, 700)]
    free = sample.raked(margins)
    assert (free.weights / 10).max() == pytest.approx(3.5)
    held = sample.raked_within(margins, most=3.0)
    factor = held.sample.weights / 10
    assert factor.max() == pytest.approx(3.0) and factor.min() >= 1 / 3 - 1e-9
    assert held.at_limit.tolist() == [False] * 80 + [True] * 20
    assert 0.05 < held.gap <= 0.1 + 1e-9
    loose = sample.raked_within(margins, most=4.0)
    assert loose.gap == 0 and not loose.at_limit.any()
    assert np.allclose(loose.sample.weights, free.weights)


def test_a_share_of_a_part_is_that_of_the_part_alone() -> None:
    rng = np.random.default_rng(2)
    mark = (rng.random(80) < 0.4) * 1.0
    inside = rng.random(80) < 0.6
    sample = Sample.of(np.repeat([0, 1], 40), [100, 100])
    found = sample.share(mark, inside=inside)
    assert found.value == pytest.approx(mark[inside].mean())
    assert found.n == inside.sum()
    whole = sample.share(mark)
    assert found.high - found.low > whole.high - whole.low
    nobody = sample.share(mark * 0, inside=inside)
    assert nobody.low == 0 and 0 < nobody.high < 0.2


def test_the_residuals_of_many_estates_are_those_of_a_regression() -> None:
    rng = np.random.default_rng(5)
    where, old = rng.integers(0, 6, 200), rng.integers(0, 3, 200)
    sample = Sample.of(where, [100.0] * 6)
    margins = [
        Margin(where, np.full(6, 100.0)),
        Margin(old, np.bincount(old, sample.weights) * np.array([1.2, 0.9, 0.9])),
    ]
    margins[1] = Margin(old, margins[1].totals * 600 / margins[1].totals.sum())
    raked = sample.raked(margins)
    u = rng.normal(size=200)
    x = np.concatenate([where[:, None] == np.arange(6), old[:, None] == np.arange(3)], axis=1) * 1.0
    root = np.sqrt(sample.weights)
    beta = np.linalg.lstsq(x * root[:, None], u * root, rcond=None)[0]
    assert np.allclose(raked._residuals(u), u - x @ beta)


def test_of_a_group_that_answers_less_a_smaller_part_is_seen_and_the_interval_reaches_farther() -> None:
    """Half of the old have answered and a tenth of the young: post-stratified, each is its own sample."""
    rng = np.random.default_rng(2)
    old = np.repeat([0, 1], [20, 50])
    score = rng.normal(50 + 10 * old, np.where(old == 1, 8, 20))
    drawn = Sample.of(np.zeros(70, int), [300])
    fitted = drawn.raked([Margin(old, np.asarray([200.0, 100.0]))])
    found = fitted.mean(score)
    groups = [
        (1 - n / size) * (size / n) ** 2 * ((score[old == own] - score[old == own].mean()) ** 2).sum()
        for own, (n, size) in enumerate([(20, 200), (50, 100)])
    ]
    assert found.reach == pytest.approx(np.sqrt(70 / 69 * sum(groups)) / 300)
    assert found.reach > 1.05 * found.error
    assert found.interval().high - found.value == pytest.approx(1.994945 * found.reach, rel=1e-5)
    mark = (score > 55) * 1
    assert fitted.mean(mark).reach > fitted.mean(mark).error
    assert drawn.mean(score).reach == drawn.mean(score).error
