"""How sure we are: intervals that hold what they promise."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom, norm

from reports.errors import TooFewAnswers
from reports.inference import (
    Interval,
    Stratum,
    benjamini_hochberg,
    counted,
    difference,
    each_from_rest,
    from_rest,
    gamma,
    holm,
    mean_interval,
    share_interval,
    stratified_share,
)
from reports.rounding import half_up, outward


def test_every_exact_interval_is_what_inverting_the_tail_one_by_one_gives() -> None:
    rng = np.random.default_rng(1)
    for _ in range(150):
        size = int(rng.integers(1, 300))
        n = int(rng.integers(1, size + 1))
        k = int(rng.integers(0, n + 1))
        marked = np.arange(k, size - (n - k) + 1)
        lowest = marked[hypergeom.sf(k - 1, size, marked, n) > 0.025].min()
        highest = marked[hypergeom.cdf(k, size, marked, n) > 0.025].max()
        low, high = share_interval(k, n, size)
        assert (round(float(low) * size), round(float(high) * size)) == (lowest, highest), (k, n, size)


def test_an_interval_is_the_same_alone_and_among_a_thousand_others() -> None:
    rng = np.random.default_rng(6)
    size = rng.integers(1, 20_000, 1_000)
    n = np.maximum(1, (size * rng.uniform(0.01, 1, size.size)).astype(int))
    k = rng.binomial(n, rng.uniform(0, 1, size.size))
    low, high = share_interval(k, n, size)
    for i in range(0, size.size, 20):
        alone = share_interval(k[i], n[i], size[i])
        assert (float(alone[0]), float(alone[1])) == (low[i], high[i]), (k[i], n[i], size[i])
        marked = np.round(np.array([low[i], high[i]]) * size[i])
        assert hypergeom.sf(k[i] - 1, size[i], marked[0], n[i]) > 0.025
        assert hypergeom.cdf(k[i], size[i], marked[1], n[i]) > 0.025


@pytest.mark.parametrize("size", [8, 25, 120])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_the_exact_interval_holds_the_truth_at_least_95_times_in_100(size: int, part: float) -> None:
    n = max(1, round(size * part))
    k = np.arange(n + 1)
    low, high = share_interval(k, n, size)
    for marked in range(size + 1):
        inside = (low <= marked / size + 1e-12) & (marked / size <= high + 1e-12)
        assert hypergeom.pmf(k, size, marked, n)[inside].sum() >= 0.95 - 1e-9


def test_when_all_have_answered_nothing_is_uncertain() -> None:
    assert [float(edge) for edge in share_interval(3, 7, 7)] == [3 / 7, 3 / 7]
    whole = mean_interval([Stratum.of(np.array([0.0, 25, 100, 50, 75]), 5)])
    assert (whole.low, whole.high) == (whole.value, whole.value)


def test_nobody_asked_and_nobody_answering_says_nothing() -> None:
    assert [float(edge) for edge in share_interval(0, 0, 0)] == [0.0, 1.0]
    assert [float(edge) for edge in share_interval(0, 0, None)] == [0.0, 1.0]


def test_a_mean_never_claims_less_doubt_than_those_who_did_not_answer_leave() -> None:
    almost_all = mean_interval([Stratum.of(np.array([0.0, 100, 0, 100, 0, 100, 0, 100, 0]), 10)])
    assert almost_all.low >= 400 / 10 - 1e-9
    assert almost_all.high <= 500 / 10 + 1e-9


def test_the_interval_of_a_mean_holds_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(3)
    people = rng.choice([0, 25, 50, 75, 100], 60, p=[0.1, 0.2, 0.2, 0.3, 0.2]).astype(float)
    held = 0
    for _ in range(2000):
        found = mean_interval([Stratum.of(rng.choice(people, 30, replace=False), 60)])
        held += found.low <= people.mean() <= found.high
    assert 0.935 <= held / 2000 <= 0.985


def test_a_share_over_estates_holds_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(4)
    sizes, drawn = [40, 180, 90], [22, 60, 40]
    marked = [30, 80, 20]
    truth = sum(marked) / sum(sizes)
    held = 0
    for _ in range(600):
        k = [int(rng.hypergeometric(m, s - m, n)) for m, s, n in zip(marked, sizes, drawn, strict=True)]
        found = stratified_share(k, drawn, list(sizes))
        held += found.low <= truth <= found.high
    assert 0.935 <= held / 600 <= 0.99


def test_estates_count_by_their_dwellings_not_by_who_happened_to_answer() -> None:
    found = stratified_share([10, 0], [10, 90], [100, 100])
    assert found.value == pytest.approx(0.5)
    assert stratified_share([10, 0], [10, 90], [None, 100]).value == pytest.approx(0.1)


def test_a_share_without_spread_still_has_an_honest_interval() -> None:
    none = stratified_share([0, 0], [10, 12], [40, 40])
    assert none.value == none.low == 0
    assert none.high > 0.05


def test_a_difference_is_as_uncertain_as_both_of_its_sides() -> None:
    found = difference(Interval(0.6, 0.5, 0.7, 30), Interval(0.4, 0.3, 0.5, 30))
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2 - np.hypot(0.1, 0.1))
    assert found.high == pytest.approx(0.2 + np.hypot(0.1, 0.1))
    assert 0.001 < found.p < 0.05


def test_the_p_of_a_difference_says_the_same_as_its_interval() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        values = np.sort(rng.uniform(0, 1, (2, 3)), axis=1)
        a, b = (Interval(float(v[1]), float(v[0]), float(v[2]), 20) for v in values)
        found = difference(a, b)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_many_comparisons_need_stronger_evidence_than_one() -> None:
    assert holm([0.04]) == [True]
    assert holm([0.04, 0.5, 0.6]) == [False, False, False]
    assert holm([0.001, 0.02, 0.6]) == [True, True, False]


def test_few_false_claims_of_many_is_a_milder_rule_than_none_at_all() -> None:
    p = [0.001, 0.01, 0.02, 0.03, 0.9]
    assert benjamini_hochberg(p) == [True, True, True, True, False]
    assert holm(p) == [True, True, False, False, False]
    # What is over its own limit stands when one after it is under: p(1) 0.04 of 0.025, p(2) 0.045 of 0.05.
    assert benjamini_hochberg([0.045, 0.04]) == [True, True]
    assert benjamini_hochberg([]) == holm([]) == []


def test_scores_all_alike_do_not_make_the_others_alike() -> None:
    alike = np.full(5, 75.0)
    some = mean_interval([Stratum.of(alike, 10)])
    assert some.value == 75 and some.low < 60 and some.high > 80
    endless = mean_interval([Stratum.of(alike, None)])
    assert endless.low < some.low and endless.high > some.high
    everybody = mean_interval([Stratum.of(alike, 5)])
    assert everybody.low == everybody.value == everybody.high == 75


def test_a_mean_of_nothing_is_refused_and_never_a_gap_on_the_page() -> None:
    with pytest.raises(TooFewAnswers):
        Stratum.of(np.array([]), 10)
    with pytest.raises(TooFewAnswers):
        Stratum.of(np.array([50.0, np.nan]), 10)


def test_gamma_is_that_of_the_textbook() -> None:
    tested = gamma(np.array([[[10, 5], [3, 12]]]))
    assert tested is not None
    found, p = tested
    assert found.value == pytest.approx((10 * 12 - 5 * 3) / (10 * 12 + 5 * 3))
    # 2 x 2: Yule's Q, whose standard error is (1 - Q^2) / 2 * sqrt(1/a + 1/b + 1/c + 1/d)
    error = (1 - found.value**2) / 2 * np.sqrt(1 / 10 + 1 / 5 + 1 / 3 + 1 / 12)
    assert found.value - found.low == pytest.approx(1.959964 * error, rel=1e-6)
    assert p == pytest.approx(2 * norm.sf(found.value / error), rel=1e-6)
    assert gamma(np.array([[[0, 0], [3, 12]]])) is None


def test_rounding_is_half_up_and_intervals_only_grow() -> None:
    assert [half_up(x) for x in (0.5, 1.5, 2.5, -0.5)] == [1, 2, 3, 0]
    assert outward(41.2, 58.1, 5) == (40, 60)
    assert outward(40.0, 60.0, 10) == (40, 60)


@pytest.mark.parametrize(("size", "n"), [(8, 6), (15, 14), (30, 28), (60, 12), (60, 48)])
def test_a_change_in_a_small_estate_is_held_however_many_have_answered(size: int, n: int) -> None:
    """Two waves drawn independently, all outcomes added up; nearly everybody answering is the hard case."""
    k = np.arange(n + 1)
    found = [stratified_share([i], [n], [size]) for i in k.tolist()]
    changes = [[difference(now, then) for then in found] for now in found]
    low, high = (np.array([[getattr(c, end) for c in row] for row in changes]) for end in ("low", "high"))
    for before in (1, size // 2, size - 1):
        for after in (1, size // 2, size - 1):
            truth = (after - before) / size
            chance = np.outer(hypergeom.pmf(k, size, after, n), hypergeom.pmf(k, size, before, n))
            assert chance[(low <= truth + 1e-9) & (truth <= high + 1e-9)].sum() >= 0.94


def test_scores_near_an_end_of_the_scale_are_held_far_more_often_than_by_t_alone() -> None:
    """Nine in ten of an estate of 30 score full or nearly so; 8 answer: t alone misses the few who do not."""
    rng = np.random.default_rng(6)
    people = np.repeat([100.0, 96, 90, 84, 72, 55], [12, 7, 4, 3, 2, 2])
    held = by_t = 0
    for _ in range(1500):
        drawn = rng.choice(people, 8, replace=False)
        found = mean_interval([Stratum.of(drawn, 30)])
        held += found.low <= people.mean() <= found.high
        by_t += abs(drawn.mean() - people.mean()) <= 2.364624 * drawn.std(ddof=1) * np.sqrt((1 - 8 / 30) / 8)
    assert held / 1500 >= 0.92
    assert held - by_t >= 30


def test_a_difference_between_a_handful_is_less_sure_than_between_many() -> None:
    few = difference(Interval(60, 50, 70, 5, freedom=4), Interval(40, 39, 41, 900))
    many = difference(Interval(60, 50, 70, 500), Interval(40, 39, 41, 900))
    assert few.low == many.low and few.p > many.p
    assert many.p < 0.001 < few.p < 0.05


def test_a_handful_that_agree_are_not_taken_to_speak_for_all_their_estate() -> None:
    others = [Stratum(40, 60, 400, 80) for _ in range(10)]
    agree, differ = (from_rest(Stratum(5, 50, spread, 30), others) for spread in (4, 400))
    assert agree.high == pytest.approx(differ.high, abs=0.5) and agree.high > 0
    # An estate that is surely worse is still found.
    assert from_rest(Stratum(25, 35, 300, 30), others).high < 0


@pytest.mark.parametrize("unknown", [(), (3,), (0, 3)])
def test_all_estates_against_the_rest_at_once_is_each_of_them_by_itself(unknown: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    drawn = [rng.integers(0, 5, n) * 25.0 for n in (6, 40, 15, 25)] + [np.full(7, 100.0)]
    sizes = [None if i in unknown else len(own) + 9 for i, own in enumerate(drawn)]
    strata = [Stratum.of(own, size) for own, size in zip(drawn, sizes, strict=True)]
    for i, found in enumerate(each_from_rest(strata)):
        others = [*strata[:i], *strata[i + 1 :]]
        alone = from_rest(strata[i], others)
        assert astuple(found) == pytest.approx(astuple(alone), rel=1e-9, abs=1e-12)
        assert found.value == pytest.approx(strata[i].mean - mean_interval(others).value)


def test_two_hundred_estates_that_are_alike_are_hardly_ever_called_worse() -> None:
    """Exactly the same people in proportion, so that every claim is false: under 5 municipalities of 100."""
    rng = np.random.default_rng(7)
    kinds = np.array([35.0, 50, 60, 70, 75, 85, 95, 100])
    wrong = 0
    for _ in range(20):
        strata = []
        for copies in np.exp(rng.uniform(0, np.log(60), 200)).astype(int).tolist():
            n = max(5, round(8 * copies * rng.uniform(0.2, 0.95)))
            strata.append(Stratum.of(rng.permutation(np.repeat(kinds, copies))[:n], 8 * copies))
        found = each_from_rest(strata)
        stands = holm([d.p for d in found])
        wrong += any(sure and d.high < 0 for sure, d in zip(stands, found, strict=True))
    assert wrong <= 2


@pytest.mark.parametrize("population", [None, 0, 3, 5, 6, 40])
@pytest.mark.parametrize("scores", [[50.0], [100.0] * 5, [0.0] * 5, [0.0, 100], [25.0, 25, 50, 75, 100]])
def test_whatever_comes_in_a_stated_result_comes_out(population: int | None, scores: list[float]) -> None:
    """One answer, all alike, a register with fewer dwellings than answers, a size nobody knows."""
    n, good = len(scores), sum(score >= 75 for score in scores)
    share = stratified_share([good], [n], [population])
    two = stratified_share([good, 0], [n, 7], [population, 30])
    mean = mean_interval([Stratum.of(np.array(scores), population)])
    both = mean_interval([Stratum.of(np.array(scores), population), Stratum(7, 40, 300, 30)])
    for found, top in ((share, 1), (two, 1), (mean, 100), (both, 100)):
        assert -1e-9 <= found.low <= found.value <= found.high <= top + 1e-9
    for change in (difference(share, two), difference(mean, both)):
        assert np.isfinite([change.low, change.value, change.high, change.p]).all()
        assert change.low <= change.value <= change.high and 0 <= change.p <= 1


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any), min_size=1, max_size=5))
def test_strata_from_counts_are_those_of_each_answer_by_itself(table: list[list[int]]) -> None:
    values = np.array([0.0, 100 / 3, 200 / 3, 100.0])
    counts = np.asarray(table, dtype=np.int64)
    made = counted(values, counts, [None] * len(table))
    columns = zip(made.n.tolist(), made.mean.tolist(), made.variance.tolist(), strict=True)
    for row, (n, mean, variance) in zip(counts, columns, strict=True):
        alone = Stratum.of(np.repeat(values, row), None)
        assert n == alone.n
        assert mean == pytest.approx(alone.mean, abs=1e-9)
        assert variance == pytest.approx(alone.variance, abs=1e-9)
        if np.count_nonzero(row) == 1:
            assert variance == 0 and mean in values.tolist(), "no spread of rounding"
