"""Totals over few, unequal estates hold the truth as often as they say: all outcomes added up."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import hypergeom

from reports.inference import Stratum, mean_interval, share_interval, stratified_share
from reports.inference.stratified import none_seen
from reports.inference.weighting import Sample

SHARES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
UNEQUAL = [
    ((400, 100), (10, 50)),
    ((200, 200), (8, 60)),
    ((40, 40), (30, 10)),
    ((40, 40), (38, 38)),
    ((60, 60), (5, 12)),
    ((30, 20, 25), (5, 12, 24)),
]


@pytest.mark.parametrize(("sizes", "answers"), UNEQUAL)
def test_a_total_of_unequal_estates_is_held_whatever_is_true_in_each(
    sizes: tuple[int, ...], answers: tuple[int, ...]
) -> None:
    """Before, an estate all of one mind added no doubt: 16 to 90 times in 100 at the worst of these."""
    outcomes = list(product(*(range(n + 1) for n in answers)))
    found = [stratified_share(list(k), list(answers), list(sizes)) for k in outcomes]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    for shares in product(SHARES, repeat=len(sizes)):
        marked = [round(share * size) for share, size in zip(shares, sizes, strict=True)]
        truth = sum(marked) / sum(sizes)
        chance = np.ones(())
        for size, own, n in zip(sizes, marked, answers, strict=True):
            chance = np.multiply.outer(chance, hypergeom.pmf(np.arange(n + 1), size, own, n))
        held = chance.ravel()[(low <= truth + 1e-9) & (truth <= high + 1e-9)].sum()
        assert held >= 0.94, (shares, held)


def test_many_estates_of_one_mind_are_known_as_well_as_one_large_one() -> None:
    """Doubt of each by itself, added up, would make little of 200 answers that nobody spoke against."""
    many = stratified_share([0] * 20, [10] * 20, [40] * 20)
    alone = share_interval(0, 200, 800)[1]
    assert alone <= many.high <= alone + 0.5 / 800 + 1 / 800


def test_what_none_was_seen_of_is_the_most_that_is_not_refuted() -> None:
    """Against all ways in which marked dwellings can lie in two estates."""
    sizes, answers = (30, 12), (6, 5)
    shares = np.array(sizes) / sum(sizes)
    found = none_seen(shares, np.array(answers), np.array(sizes, float), np.array([True, True]))
    likely = [
        a + b
        for a, b in product(range(30 - 6 + 1), range(12 - 5 + 1))
        if hypergeom.pmf(0, 30, a, 6) * hypergeom.pmf(0, 12, b, 5) >= 0.025
    ]
    assert max(likely) <= found * sum(sizes) + 1e-9 < max(likely) + 1
    # Not known how many dwellings: as many answers of one endless estate.
    endless = none_seen(np.array([0.5, 0.5]), np.array([8, 8]), np.full(2, np.inf), np.array([True, True]))
    assert endless == pytest.approx(1 - 0.025 ** (1 / 16), rel=1e-9)
    everybody = none_seen(np.array([0.5, 0.5]), np.array([8, 8]), np.full(2, 8.0), np.array([True, True]))
    assert everybody == 0


@pytest.mark.parametrize("seed", range(30))
def test_the_price_that_makes_none_seen_so_rare_is_found_for_any_estates(seed: int) -> None:
    """Halved until nothing is left to halve: estates where one is missing, that nobody knows the size of, few
    and many."""
    rng = np.random.default_rng(seed)
    n = rng.integers(1, [3, 9, 60][seed % 3], rng.integers(1, [4, 30, 400][seed // 3 % 3]))
    missing = rng.choice([1, 2, 5, 80, 1_000], n.size)
    sizes = np.where(rng.random(n.size) < [0, 0.3, 1][seed % 3 - 1], np.inf, n + missing)
    part = np.where(np.isinf(sizes), 3.0 * n, sizes) / 10 * rng.uniform(0.5, 2)
    part /= part.sum() * rng.uniform(1, 2)

    def marked(price: float) -> NDArray[np.float64]:
        return np.clip(1 + 1 / sizes - n * price / part, 0, 1 - n / sizes)

    def seldom(price: float) -> float:
        own = marked(price)
        left = np.where(np.isinf(sizes), n, sizes) * (1 - own)
        with np.errstate(divide="ignore"):
            endless = n * np.log1p(-own)
        all_of = np.where(np.isinf(sizes), n, sizes)
        known = gammaln(left + 1) - gammaln(np.maximum(left - n, 0) + 1)
        known += gammaln(all_of - n + 1) - gammaln(all_of + 1)
        return float(np.where(np.isinf(sizes), endless, known).sum())

    low, high = 0.0, float((part / n * 2).max())
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if seldom(middle) >= np.log(0.025) else (middle, high)
    found = none_seen(part, n, sizes, np.ones(n.size, np.bool_))
    assert found == pytest.approx(float(part @ marked(high)), rel=1e-9, abs=1e-12)


def test_a_mean_of_a_few_answers_beside_many_has_the_doubt_of_the_few() -> None:
    """6 of 400 homes beside 200 of 400: the many tell nothing of how the few may lie. Before: 88 to 90."""
    rng = np.random.default_rng(6)
    for good in (0.2, 0.5, 0.9):
        held = 0
        for _ in range(800):
            homes = [rng.binomial(4, good, 400) * 25.0 for _ in range(2)]
            strata = [Stratum.of(own[:n], 400) for own, n in zip(homes, (6, 200), strict=True)]
            found = mean_interval(strata)
            held += found.low - 1e-9 <= np.concatenate(homes).mean() <= found.high + 1e-9
        assert held / 800 >= 0.93, (good, held)


def test_a_weighted_total_has_the_doubt_of_an_estate_of_one_mind_too() -> None:
    """Ten of 400 homes, all content, beside 30 of 50 of 100."""
    estate = np.repeat([0, 1], [10, 50])
    good = np.repeat([1.0, 1.0, 0.0], [10, 30, 20])
    found = Sample.of(estate, [400.0, 100.0]).share(good)
    own = share_interval(10, 10, 400)[0]
    assert found.low <= found.value - 0.8 * (1 - float(own)) + 0.01
    assert found.high < 1
