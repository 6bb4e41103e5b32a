"""Landlords drawn with a known truth, and whether our intervals hold it: what `bench.coverage` counts.

Each study takes a generator, how many to draw and a place in its grid, and hands back how many of the draws
were held. All through the functions that the reports use.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reports.disclosure import MINIMUM, share_step
from reports.few_people import HALF_SCALE
from reports.inference import Difference, Interval, Strata, Stratum, each_from_rest, stratified_share
from reports.inference.clusters import shares_apart
from reports.inference.differences import differences
from reports.inference.importance import tau_b
from reports.inference.means import mean_intervals, means_of_each
from reports.inference.shrinkage import shrunken_shares
from reports.inference.told import Parts, ToldShare
from reports.inference.weighting import Margin, Sample
from reports.rounding import half_up
from reports.trends import standings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ITEMS = 12
ESTATES = 20
"""Of a municipality."""
TOGETHER = 50
"""Municipalities that are reckoned side by side."""
SMALL_ESTATES = 30
"""Of a landlord whose estates lend to one another."""
UNEQUAL = (
    ((400, 100), (10, 50)),
    ((400, 60), (40, 48)),
    ((200, 200), (8, 60)),
    ((100, 100), (20, 20)),
    ((60, 60), (57, 57)),
    ((60, 40), (12, 30)),
    ((40, 40), (30, 10)),
    ((30, 8), (5, 5)),
    ((30, 20, 25), (5, 12, 24)),
)
"""Homes and answers of few estates that were drawn, or have answered, unequally."""


def people(
    rng: np.random.Generator, shape: tuple[int, ...], share: float | Floats, mood: Floats | None = None
) -> Floats:
    """Index scores 0..100 of tenants: 12 items of five steps that hang together, `share` of answers good."""
    cut = stats.norm.ppf(1 - np.asarray(share))
    own = rng.standard_normal(shape) if mood is None else mood
    steps = np.zeros(shape)
    for _ in range(ITEMS):
        latent = 0.65 * own + np.sqrt(1 - 0.65**2) * rng.standard_normal(shape) - cut
        for step in (-1.6, -0.7, 0.0, 0.9):
            steps += latent >= step
    return steps * (25 / ITEMS)


def index(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    everyone = people(rng, (draws, size), share)
    return _held(_estimates(everyone[:, :n], size, of_index=True), everyone.mean(axis=1))


def change_of_shares(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    return _change(rng, draws, size, n, share, of_index=False)


def change_of_index(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    return _change(rng, draws, size, n, share, of_index=True)


def _change(rng: np.random.Generator, draws: int, size: int, n: int, share: float, *, of_index: bool) -> int:
    """Two waves of one estate. Who answered is likelier than others to answer again; moods last."""
    mood = rng.standard_normal((draws, size))
    later: Floats = 0.7 * mood + (1 - 0.7**2) ** 0.5 * rng.standard_normal(mood.shape)
    if of_index:
        then = people(rng, mood.shape, share, mood)
        now = people(rng, mood.shape, share, later)
    else:
        cut = stats.norm.ppf(1 - share)
        then = (0.8 * mood + 0.6 * rng.standard_normal(mood.shape) > cut).astype(np.float64)
        now = (0.8 * later + 0.6 * rng.standard_normal(later.shape) > cut).astype(np.float64)
    again = n / size + 0.4 * (1 - n / size)
    same = min(n, max(round(again * n), 2 * n - size))
    second = np.r_[np.arange(same), np.arange(n, 2 * n - same)]
    before, after = _estimates(then[:, :n], size, of_index), _estimates(now[:, second], size, of_index)
    found = differences(after, before)
    return _held(found, now.mean(axis=1) - then.mean(axis=1))


def _estimates(answers: Floats, size: int, of_index: bool) -> list[Interval]:
    """One for each row of answers."""
    if of_index:
        return means_of_each(_strata(answers, size)).rows()
    return [_share(k, answers.shape[1], size) for k in answers.sum(axis=1).astype(np.int64).tolist()]


def _strata(answers: Floats, size: int) -> Strata:
    draws, n = answers.shape
    return Strata.of_each(answers.ravel(), np.full(draws, n), [size] * draws, [False] * draws)


@cache
def _share(k: int, n: int, size: int) -> Interval:
    return stratified_share([k], [n], [size])


def _held(found: Sequence[Interval | Difference], truth: Floats) -> int:
    ends = np.asarray([(one.low, one.high) for one in found])
    return int(((ends[:, 0] - 1e-9 <= truth) & (truth <= ends[:, 1] + 1e-9)).sum())


def estates(rng: np.random.Generator, number: int) -> tuple[Ints, Ints]:
    """Sizes and numbers of answers of a municipality's estates, five answers at least."""
    sizes = np.exp(rng.uniform(np.log(8), np.log(500), number)).astype(np.int64)
    answers = np.maximum(MINIMUM, np.round(sizes * rng.uniform(0.2, 0.95, number))).astype(np.int64)
    return sizes, np.minimum(answers, sizes)


def total_share(rng: np.random.Generator, draws: int, share: float) -> int:
    """A municipality of 20 estates that differ."""
    found, truths = [], []
    for _ in range(draws):
        sizes, answers = estates(rng, ESTATES)
        marked = rng.binomial(sizes, _chances(rng, share))
        k = rng.hypergeometric(marked, sizes - marked, answers)
        found.append(stratified_share(k.tolist(), answers.tolist(), sizes.tolist()))
        truths.append(marked.sum() / sizes.sum())
    return _held(found, np.asarray(truths))


def rounded_share(rng: np.random.Generator, draws: int, share: float) -> int:
    """The same as it is told where estates of few good answers, or few others, do not show how many."""
    found, truths = [], []
    for _ in range(draws):
        sizes, answers = estates(rng, ESTATES)
        marked = rng.binomial(sizes, _chances(rng, share))
        k = rng.hypergeometric(marked, sizes - marked, answers)
        none = np.zeros(sizes.size)
        strata = Strata.made_of(answers, none, none, sizes.tolist())
        told = _told(float(strata.weights @ (k / answers)), strata.weights / answers, strata, k)
        found.append(told.by_dwellings())
        truths.append(marked.sum() / sizes.sum())
    return _held(found, np.asarray(truths))


def _told(share: float, per_answer: Floats, strata: Strata, k: Ints) -> ToldShare:
    step = share_step(per_answer) or 1.0
    value = half_up(share / step) * step
    hides = np.minimum(k, strata.n - k) < MINIMUM
    least, most = np.where(hides, 0.0, k), np.where(hides, strata.n, k)
    return ToldShare(value, max(0.0, value - step / 2), min(1.0, value + step / 2), strata, least, most)


def total_index(rng: np.random.Generator, draws: int, share: float) -> int:
    held = 0
    for _ in range(0, draws, TOGETHER):
        sizes, answers = estates(rng, ESTATES * TOGETHER)
        chances = np.concatenate([_chances(rng, share) for _ in range(TOGETHER)])
        everyone = people(rng, (int(sizes.sum()),), np.repeat(chances, sizes))
        came = np.arange(everyone.size) - np.repeat(sizes.cumsum() - sizes, sizes) < np.repeat(answers, sizes)
        strata = Strata.of_each(everyone[came], answers, sizes.tolist(), [False] * sizes.size)
        landlord = np.arange(sizes.size) // ESTATES
        found = mean_intervals(strata, landlord == np.arange(TOGETHER)[:, None])
        home = np.repeat(landlord, sizes)
        held += _held(found, np.bincount(home, everyone) / np.bincount(home))
    return held


def _chances(rng: np.random.Generator, share: float) -> Floats:
    chances: Floats = stats.norm.sf(stats.norm.ppf(1 - share) - rng.normal(0, 0.3, ESTATES))
    return chances


def weighted_index(rng: np.random.Generator, draws: int, share: float) -> int:
    return _weighted(rng, draws, share, of_index=True)


def weighted_share(rng: np.random.Generator, draws: int, share: float) -> int:
    return _weighted(rng, draws, share, of_index=False)


def rounded_weighted_share(rng: np.random.Generator, draws: int, share: float) -> int:
    return _weighted(rng, draws, share, of_index=False, rounded=True)


def _weighted(
    rng: np.random.Generator, draws: int, share: float, *, of_index: bool, rounded: bool = False
) -> int:
    """Old people are more content, and answer twice as often; the register knows how many are old."""
    found, truths = [], []
    for _ in range(draws):
        sizes, answers = estates(rng, ESTATES)
        where = np.repeat(np.arange(ESTATES), sizes)
        old = (rng.random(where.size) < 0.35).astype(np.int64)
        mood = rng.standard_normal(where.size) + 0.6 * old + rng.normal(0, 0.3, ESTATES)[where]
        if of_index:
            answer = people(rng, (where.size,), share, mood)
        else:
            latent = 0.65 * mood + np.sqrt(1 - 0.65**2) * rng.standard_normal(where.size)
            answer = (latent > stats.norm.ppf(1 - share)).astype(np.float64)
        eager = rng.random(where.size) ** (1 / np.where(old, 2.0, 1.0))
        order = np.lexsort((-eager, where))
        rank = np.empty(where.size, np.int64)
        rank[order] = np.arange(where.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        came = rank < answers[where]
        margins = [
            Margin(where[came], sizes.astype(np.float64)),
            Margin(old[came], np.bincount(old, minlength=2).astype(np.float64)),
        ]
        fitted = Sample.of(where[came], sizes.astype(np.float64)).raked_within(margins).sample
        own = answer[came]
        if rounded:
            none, k = np.zeros(sizes.size), np.bincount(where[came], own, ESTATES).astype(np.int64)
            strata = Strata.made_of(answers, none, none, sizes.tolist())
            per_answer = fitted.weights / fitted.weights.sum()
            told = _told(float(per_answer @ own), per_answer, strata, k)
            found.append(told.weighted(Parts.of_weights(fitted.weights, 1.0, fitted.freedom)))
        else:
            found.append(fitted.mean(own).score_interval() if of_index else fitted.share(own))
        truths.append(answer.mean())
    return _held(found, np.asarray(truths))


def unequal_index(rng: np.random.Generator, draws: int, case: int, share: float) -> int:
    """Few estates that have answered unequally, with one true share in all of them."""
    sizes, answers = UNEQUAL[case]
    places = [people(rng, (draws, size), share) for size in sizes]
    strata = [_strata(own[:, :n], size) for own, n, size in zip(places, answers, sizes, strict=True)]
    found = []
    for first in range(0, draws, TOGETHER):
        block = Strata.joined([own.at(slice(first, first + TOGETHER)) for own in strata])
        groups = np.tile(np.eye(TOGETHER, dtype=np.bool_), len(sizes))
        found += mean_intervals(block, groups)
    return _held(found, np.concatenate(places, axis=1).mean(axis=1))


def borrowed(rng: np.random.Generator, draws: int, share: float) -> int:
    """Very small estates, each with 5 to 12 of 15 to 30 dwellings, drawn towards all; `draws`: estates."""
    held = 0
    for start in range(0, draws, SMALL_ESTATES):
        sizes, answers = rng.integers(15, 31, SMALL_ESTATES), rng.integers(5, 13, SMALL_ESTATES)
        marked = rng.binomial(sizes, rng.beta(12 * share, 12 * (1 - share), SMALL_ESTATES))
        k = rng.hypergeometric(marked, sizes - marked, answers)
        rows = shrunken_shares(k, answers, sizes.tolist())
        for row, truth in list(zip(rows, marked / sizes, strict=True))[: draws - start]:
            held += row.low - 1e-9 <= truth <= row.high + 1e-9
    return held


def strength(rng: np.random.Generator, draws: int, number: int, alike: float) -> int:
    """Tau-b, 0 in truth."""
    return _held([tau_b(_tables(rng, number, alike)) for _ in range(draws)], np.zeros(draws))


def apart(rng: np.random.Generator, draws: int, number: int, alike: float) -> int:
    """Good answers of those who stand highest on another question less those who stand lowest, 0 in truth."""
    found: list[Interval] = []
    while len(found) < draws:
        tables = _tables(rng, number, alike)
        ends = [np.stack([own[:, 2], own.sum(axis=1)], axis=1) for own in (tables[:, 2], tables[:, 0])]
        if all(own[:, 1].sum() >= MINIMUM for own in ends):  # a row of fewer is not told
            found.append(shares_apart(ends[0], ends[1]))
    return _held(found, np.zeros(draws))


def _tables(rng: np.random.Generator, number: int, alike: float) -> Ints:
    """Two questions of three steps that have nothing to do with one another, a part `alike` of the spread of
    both between the estates, of 8 to 80 people each."""
    n = np.exp(rng.uniform(np.log(8), np.log(80), number)).astype(np.int64)
    where = np.repeat(np.arange(number), n)
    one, other = (
        np.digitize(
            np.sqrt(alike) * rng.standard_normal(number)[where]
            + np.sqrt(1 - alike) * rng.standard_normal(where.size),
            [-0.5, 0.5],
        )
        for _ in range(2)
    )
    return np.bincount(where * 9 + one * 3 + other, minlength=number * 9).reshape(number, 3, 3)


def flagged(rng: np.random.Generator, draws: int, share: float) -> list[int]:
    """Of each municipality of 200 estates that are truly alike, how many are called worse than the rest."""
    kinds = np.sort(people(rng, (400,), share))[np.arange(8) * 50 + 25]
    found = []
    for _ in range(draws):
        sizes, answers = estates(rng, 200)
        strata = []
        for size, n in zip(np.maximum(8, sizes // 8 * 8).tolist(), answers.tolist(), strict=True):
            own = rng.permutation(np.repeat(kinds, size // 8))[: min(n, size)]
            strata.append(Stratum.of(own, size))
        apart = dict(enumerate(each_from_rest(strata)))
        told = standings(apart, {place: own.n for place, own in enumerate(strata)}, 100 * HALF_SCALE)
        found.append(sum(standing == "worse" for standing in told.values()))
    return found
