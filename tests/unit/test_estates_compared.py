"""Small estates and estates beside one another: borrowed strength and funnels, never ranks."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import BadDesign, TooFewAnswers
from reports.inference import Stratum
from reports.inference.funnel import score_limits, share_funnel
from reports.inference.shrinkage import shrunken_means, shrunken_shares


def test_the_fewer_have_answered_the_more_is_lent_from_the_others() -> None:
    found = shrunken_shares([0, 10, 30, 45, 60, 16], [5, 20, 50, 60, 90, 20], [40, 40, 100, 120, 180, 40])
    tiny = found[0]
    assert tiny.raw == 0 and 0 < tiny.low < tiny.value < tiny.high < 1
    assert tiny.own < found[4].own
    assert all(row.low <= row.value <= row.high for row in found)


def test_an_estate_where_all_have_answered_borrows_nothing() -> None:
    found = shrunken_shares([2, 10, 30, 45, 60], [8, 20, 50, 60, 90], [8, 40, 100, 120, 180])
    assert (found[0].value, found[0].low, found[0].high, found[0].own) == (0.25, 0.25, 0.25, 1)
    rng = np.random.default_rng(1)
    strata = [
        Stratum.of(rng.integers(0, 5, n) * 25.0, size)
        for n, size in ((6, 6), (7, 30), (20, 60), (9, 40), (30, 99))
    ]
    own, *_ = shrunken_means(strata)
    assert own.value == own.low == own.high == pytest.approx(strata[0].mean)


def test_estates_that_are_alike_are_drawn_together_and_unlike_ones_are_not() -> None:
    alike = shrunken_shares([6, 12, 18, 24, 30], [10, 20, 30, 40, 50], [None] * 5)
    assert max(row.value for row in alike) - min(row.value for row in alike) < 0.01
    unlike = shrunken_shares([2, 19, 3, 38, 25], [40, 20, 60, 40, 50], [None] * 5)
    assert all(abs(row.value - row.raw) < 0.08 for row in unlike)


def test_an_estate_without_answers_is_told_what_the_others_say_with_much_doubt() -> None:
    found = shrunken_shares([0, 10, 30, 45, 60, 16], [0, 20, 50, 60, 90, 20], [12, 40, 100, 120, 180, 40])[0]
    assert found.own == 0 and found.high - found.low > 0.25


def test_few_estates_and_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(TooFewAnswers, match="5"):
        shrunken_shares([1, 2, 3, 4], [5, 5, 5, 5], [9] * 4)
    with pytest.raises(BadDesign):
        shrunken_shares([6, 2, 3, 4, 5], [5, 5, 5, 5, 5], [9] * 5)
    with pytest.raises(TooFewAnswers):
        shrunken_means([Stratum(5, 50, 1, 9)] * 4)
    with pytest.raises(TooFewAnswers, match="one answer"):
        shrunken_means([Stratum(1, 50, 0, 9)] * 6)
    with pytest.raises(TooFewAnswers):
        share_funnel([1, 2], [5, 5], [9, 9])
    with pytest.raises(BadDesign):
        share_funnel([0, 2, 3, 4, 5], [0, 5, 5, 5, 5], [9] * 5)


@pytest.mark.parametrize(("size", "most"), [(60, 4 / 60), (20, 4 / 20), (None, 0.07)])
def test_where_nobody_has_said_it_those_who_did_not_answer_still_may(size: int | None, most: float) -> None:
    """Six estates, 12 answers each, none of them good, or all: the others are 48 homes, and not known.

    `most`: what a grid of 900 x 120 priors gives, with one home more.
    """
    none, every = (shrunken_shares([k] * 6, [12] * 6, [size] * 6)[0] for k in (0, 12))
    assert (none.value, none.low, every.value, every.high) == (0, 0, 1, 1)
    assert 0.04 < none.high <= most
    assert every.low == pytest.approx(1 - none.high)


def test_what_hardly_anybody_says_is_held_in_small_estates_too() -> None:
    """Six estates of 60 homes, 12 answers each; two homes in a hundred have the mark, or all but two."""
    rng = np.random.default_rng(8)
    for share in (0.02, 0.98):
        held = total = 0
        for _ in range(60):
            marked = rng.binomial(60, rng.beta(12 * share, 12 * (1 - share), 6))
            k = rng.hypergeometric(marked, 60 - marked, 12)
            for row, truth in zip(shrunken_shares(k, [12] * 6, [60] * 6), marked / 60, strict=True):
                held += row.low - 1e-9 <= truth <= row.high + 1e-9
                total += 1
        assert held / total >= 0.94


def test_borrowed_intervals_hold_the_truth_about_95_times_in_100() -> None:
    """30 small estates with true shares about 0.6; 5 to 12 of 20 answer."""
    rng = np.random.default_rng(5)
    held = total = narrower = 0
    for _ in range(12):
        sizes = np.full(30, 20)
        n = rng.integers(5, 13, 30)
        marked = rng.binomial(sizes, rng.beta(9, 6, 30))
        k = rng.hypergeometric(marked, sizes - marked, n)
        for row, truth in zip(shrunken_shares(k, n, sizes.tolist()), marked / sizes, strict=True):
            held += row.low - 1e-9 <= truth <= row.high + 1e-9
            total += 1
            narrower += row.high - row.low < 0.5
    assert 0.93 <= held / total <= 0.995
    assert narrower / total > 0.5


def test_borrowed_scores_hold_the_truth_about_95_times_in_100_even_where_estates_are_alike() -> None:
    """8 estates of 12 to 79 homes that differ by chance alone, or by 6 points; told in whole numbers."""
    rng = np.random.default_rng(2)
    for apart in (0, 6):
        held = total = 0
        for _ in range(120):
            sizes = rng.integers(12, 80, 8)
            answered = np.minimum(sizes, np.maximum(5, (sizes * rng.uniform(0.2, 0.9, 8)).astype(int)))
            homes = [rng.normal(60 + rng.normal(0, apart), 18, size).clip(0, 100) for size in sizes]
            strata = [
                Stratum(int(n), float(np.floor(own[:n].mean() + 0.5)), 18.0**2, own.size)
                for n, own in zip(answered, homes, strict=True)
            ]
            for row, own in zip(shrunken_means(strata), homes, strict=True):
                if row.n < 20:
                    held += np.floor(row.low) <= own.mean() <= np.ceil(row.high)
                    total += 1
        assert 0.94 <= held / total <= 0.99


def test_the_limits_of_a_funnel_close_in_with_answers_and_shut_when_all_have_answered() -> None:
    homes = ((5, 100), (20, 100), (60, 100), (90, 100), (40, 40))
    limits = [score_limits(62, 18, n, size) for n, size in homes]
    widths = [inner[1] - inner[0] for inner, _ in limits]
    assert widths[:4] == sorted(widths[:4], reverse=True)
    assert widths[4] == pytest.approx(0)
    assert all(outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in limits)
    # By hand: 1.959964 x 18 / sqrt(20) x sqrt(1 - 20 / 100), and no end when N is not known.
    assert limits[1][0] == pytest.approx((62 - 7.055870, 62 + 7.055870))
    assert score_limits(62, 18, 20, None)[0][1] == pytest.approx(62 + 7.888703)
    assert score_limits(97, 18, 5, None)[1] == (pytest.approx(97 - 24.875, abs=0.01), 100)


def test_an_index_lies_within_its_limits_as_often_as_they_say_when_all_estates_are_alike() -> None:
    rng = np.random.default_rng(8)
    inside, beyond, drawn = 0, 0, 4000
    for _ in range(drawn):
        n, size = int(rng.integers(8, 60)), 80
        people = rng.choice([25, 50, 75, 100], size)
        whole, spread = float(people.mean()), float(people.std(ddof=1))
        inner, outer = score_limits(whole, spread, n, size)
        value = float(rng.choice(people, n, replace=False).mean())
        inside += inner[0] <= value <= inner[1]
        beyond += not outer[0] <= value <= outer[1]
    assert 0.94 <= inside / drawn <= 0.965
    assert beyond / drawn <= 0.005


def test_of_two_hundred_estates_that_are_alike_hardly_ever_one_is_placed_outside() -> None:
    """0.4 of them lie beyond 99.8 % by chance alone; Holm's test over all of them keeps them in."""
    rng = np.random.default_rng(9)
    rounds = beyond = 0
    for _ in range(40):
        k = rng.hypergeometric(36, 24, np.full(200, 30))
        found = share_funnel(k, np.full(200, 30), [60] * 200)
        rounds += any(placed.place != "within" for placed in found.placed)
        beyond += any(
            not placed.limits[1][0] <= placed.value <= placed.limits[1][1] for placed in found.placed
        )
    assert rounds <= 4 and beyond > rounds


def test_estates_that_differ_by_chance_alone_lie_within_and_one_that_is_unlike_does_not() -> None:
    rng = np.random.default_rng(7)
    n, size = np.full(40, 30), [60] * 40
    k = rng.hypergeometric(36, 24, n)
    found = share_funnel(k, n, size)
    assert [placed.place for placed in found.placed].count("within") >= 39
    assert 0.4 < found.dispersion < 1.6
    k[0] = 4
    assert share_funnel(k, n, size).placed[0].place == "below"
