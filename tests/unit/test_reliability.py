"""Whether the items of one score measure one thing, said with its doubt or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import NoSpread, TooFewAnswers
from reports.inference.reliability import (
    alpha_interval,
    covariance_of_codes,
    pairwise_covariance,
    reliability,
)


def _answers(n: int, items: int, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Answers 0..100 in steps of 25 that lean on one mood, each item by another part."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1))
    noise = rng.normal(size=(n, items))
    return np.clip(np.round(2 + mood * np.linspace(0.6, 1.2, items) + noise), 0, 4) * 25


def test_skipped_answers_leave_what_the_others_say() -> None:
    x = _answers(300, 6)
    whole = reliability(x)
    x[np.random.default_rng(2).random(x.shape) < 0.1] = np.nan
    gaps = reliability(x)
    assert gaps.alpha.value == pytest.approx(whole.alpha.value, abs=0.03)
    assert gaps.alpha.n < whole.alpha.n == 300
    assert gaps.omega is not None and np.isfinite([gaps.omega.low, gaps.omega.high]).all()
    assert all(np.isfinite([row.mean, row.spread, row.rest]).all() for row in gaps.items)


def test_codes_of_all_questions_at_once_tell_what_their_scores_do() -> None:
    """Scales of other lengths, turned round and not whole; one that nobody answered."""
    rng = np.random.default_rng(5)
    scores = [
        {1: 0.0, 2: 25.0, 3: 50.0, 4: 75.0, 5: 100.0},
        {1: 100.0, 2: 100 / 3, 3: 0.0},
        {1: 40.0, 2: 60.0},
        {1: 0.0, 2: 100.0},
    ]
    codes = [rng.choice([*own, 0, 255], 20_001).astype(np.uint8) for own in scores]
    codes[1] = np.where(rng.random(codes[1].size) < 0.8, codes[0] % 3 + 1, codes[1]).astype(np.uint8)
    codes.append(np.zeros_like(codes[0]))
    scores.append(scores[0])
    pairs = zip(codes, scores, strict=True)
    columns = [[own.get(code, np.nan) for code in row.tolist()] for row, own in pairs]
    n, _, covariance = pairwise_covariance(np.array(columns).T)
    found_n, found = covariance_of_codes(codes, scores)
    assert np.array_equal(found_n, n)
    assert np.isnan(found[-1]).all()
    assert found[:-1, :-1] == pytest.approx(covariance[:-1, :-1], rel=1e-11, abs=1e-10)
    again_n, again = covariance_of_codes([row[::-1] for row in codes], scores)
    whole = np.ix_([0, 2, 3], [0, 2, 3])
    assert np.array_equal(again_n, n)
    assert np.array_equal(again[whole], found[whole])


def test_reversed_codes_that_were_forgotten_are_pointed_out() -> None:
    x = _answers(120, 5)
    assert not any(row.turned for row in reliability(x).items)
    x[:, 3] = 100 - x[:, 3]
    assert [row.turned for row in reliability(x).items] == [False, False, False, True, False]


def test_few_people_one_item_and_items_all_alike_are_refused() -> None:
    with pytest.raises(TooFewAnswers, match="20"):
        reliability(_answers(19, 4))
    with pytest.raises(TooFewAnswers, match="two items"):
        reliability(_answers(50, 1))
    with pytest.raises(TooFewAnswers, match="0 people"):
        reliability(np.full((50, 3), np.nan))
    alike = _answers(50, 3)
    alike[:, 1] = 75
    with pytest.raises(NoSpread):
        reliability(alike)


def test_two_items_have_an_alpha_but_no_factor() -> None:
    found = reliability(_answers(60, 2))
    assert found.omega is None
    assert [row.alpha_without for row in found.items] == [None, None]


def test_items_that_have_nothing_in_common_are_not_said_to_measure_anything() -> None:
    rng = np.random.default_rng(3)
    found = reliability(rng.integers(0, 5, (400, 6)) * 25.0)
    assert abs(found.alpha.value) < 0.2
    assert found.omega is not None and found.omega.value < 0.4


def test_the_interval_of_alpha_holds_the_truth_about_95_times_in_100() -> None:
    """Parallel items with correlation 0.5: alpha of 4 items is 0.8."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        x = rng.normal(size=(60, 1)) + rng.normal(size=(60, 4))
        low, high = _alpha_only(x)
        held += low <= 0.8 <= high
    assert 0.92 <= held / 300 <= 0.98


def _alpha_only(x: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> tuple[float, float]:
    covariance = np.cov(x, rowvar=False)
    p = x.shape[1]
    alpha = p / (p - 1) * (1 - np.trace(covariance) / covariance.sum())
    found = alpha_interval(float(alpha), x.shape[0], p)
    return found.low, found.high


def test_the_same_answers_give_the_same_report() -> None:
    assert reliability(_answers(80, 4)) == reliability(_answers(80, 4))
