"""Landlords drawn with a known truth, and whether our intervals hold it: what `bench.coverage` counts.

Each study takes a generator, how many to draw and a place in its grid, and hands back how many of the draws
were held. All through the functions that the reports use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reports.alphas import together_told
from reports.disclosure import MINIMUM, published_intervals, segments_of_each, share_step
from reports.few_people import HALF_SCALE
from reports.index import Key
from reports.inference import Difference, Interval, Strata, Stratum, each_from_rest, stratified_share
from reports.inference.clusters import shares_apart
from reports.inference.differences import differences
from reports.inference.importance import tau_b
from reports.inference.means import mean_interval, mean_intervals, means_of_each
from reports.inference.shrinkage import shrunken_shares
from reports.inference.strata import combined, spread_as_told
from reports.inference.told import Parts, ToldShare
from reports.inference.weighting import Margin, Sample
from reports.results import Change, Estimate
from reports.rounding import half_up
from reports.trends import score_changes, standings

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
    found: Floats = answers(rng, shape, share, mood).sum(axis=0) * (25 / ITEMS)
    return found


def answers(
    rng: np.random.Generator, shape: tuple[int, ...], share: float | Floats, mood: Floats | None = None
) -> Ints:
    """Of every item the answers, 0 to 4."""
    cut = stats.norm.ppf(1 - np.asarray(share))
    own = rng.standard_normal(shape) if mood is None else mood
    found = np.zeros((ITEMS, *shape), np.int64)
    for steps in found:
        latent = 0.65 * own + np.sqrt(1 - 0.65**2) * rng.standard_normal(shape) - cut
        for step in (-1.6, -0.7, 0.0, 0.9):
            steps += latent >= step
    return found


@dataclass(frozen=True)
class Told:
    """What is told of a whole round: how its answers are spread over the steps, and how closely those to two
    items go together. Of a round of one estate neither is."""

    whole: Floats | None
    together: float

    @classmethod
    def of(cls, rng: np.random.Generator, own: Ints) -> Told:
        """`own`: items x people."""
        covariance = np.cov(own) * 25.0**2
        spread = np.sqrt(np.diag(covariance))
        # Twice the noise, as of an index.
        lot, n = float(rng.laplace()), own.shape[1]
        found = together_told(covariance, [100.0] * ITEMS, n, lot, 2.0)
        most = max(1e-9, float(spread.sum() ** 2 - (spread**2).sum()))
        whole = np.bincount(own.ravel(), minlength=5) / own.size
        return cls(whole, float(np.clip(2 * (found.value + found.noise) / most, 0.0, 1.0)))


NOTHING = Told(None, 1.0)
ROUND = 300
"""Answers of others in a round of several estates."""


def index_alone(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    """Of an estate that is the whole round."""
    own = answers(rng, (draws, size), share)
    return _held(_indices(own[..., :n], size, NOTHING), own.mean(axis=(0, 2)) * 25)


def index(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    """Of an estate in a round of others like it."""
    own = answers(rng, (draws, size), share)
    told = Told.of(rng, answers(rng, (ROUND,), share))
    return _held(_indices(own[..., :n], size, told), own.mean(axis=(0, 2)) * 25)


def _indices(own: Ints, size: int, told: Told) -> list[Interval]:
    """Of every draw the interval of the index as it is printed."""
    strata = _as_told(own, size, told)
    whole = np.floor(strata.mean + 0.5 + 1e-9)
    found = means_of_each(replace(strata, mean=whole))
    value, low, high = published_intervals(found.value, found.low, found.high, found.n)
    return replace(found, value=value, low=low, high=high).rows()


def _as_told(own: Ints, size: int, told: Told) -> Strata:
    """`own`: items x draws x people."""
    _, draws, n = own.shape
    means = own.sum(axis=(0, 2)) * (25 / ITEMS / n)
    rows = np.arange(draws)[:, None] * 5
    tables = [np.bincount((rows + item).ravel(), minlength=draws * 5).reshape(draws, 5) for item in own]
    return _strata_of(tables, means, np.full(draws, n), [size] * draws, told)


def _strata_of(tables: Sequence[Ints], means: Floats, n: Ints, sizes: Sequence[int], told: Told) -> Strata:
    """`tables`: of every item estates x steps."""
    scores = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
    errors = [
        np.sqrt(spread_as_told(table, segments_of_each(table, (3,)), scores, told.whole)[1] / n) / ITEMS
        for table in tables
    ]
    error = combined(np.stack(errors, axis=1), told.together)
    return Strata.made_of(n, means, n * error**2, list(sizes))


def change_of_shares(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    return _change(rng, draws, size, n, share, of_index=False)


def change_of_index(rng: np.random.Generator, draws: int, size: int, n: int, share: float) -> int:
    return _change(rng, draws, size, n, share, of_index=True)


def _change(rng: np.random.Generator, draws: int, size: int, n: int, share: float, *, of_index: bool) -> int:
    """Two waves of one estate. Who answered is likelier than others to answer again; moods last."""
    mood = rng.standard_normal((draws, size))
    later: Floats = 0.7 * mood + (1 - 0.7**2) ** 0.5 * rng.standard_normal(mood.shape)
    cut = stats.norm.ppf(1 - share)
    if of_index:
        then, now = answers(rng, mood.shape, share, mood), answers(rng, mood.shape, share, later)
    else:
        then = (0.8 * mood + 0.6 * rng.standard_normal(mood.shape) > cut).astype(np.int64)[None]
        now = (0.8 * later + 0.6 * rng.standard_normal(later.shape) > cut).astype(np.int64)[None]
    again = n / size + 0.4 * (1 - n / size)
    same = min(n, max(round(again * n), 2 * n - size))
    second = np.r_[np.arange(same), np.arange(n, 2 * n - same)]
    told = Told.of(rng, answers(rng, (ROUND,), share)) if of_index else NOTHING
    before, after = _estimates(then[..., :n], size, told), _estimates(now[..., second], size, told)
    truth = now.mean(axis=(0, 2)) - then.mean(axis=(0, 2))
    if not of_index:
        return _held(differences(after, before), truth)
    printed: list[dict[Key, Estimate]] = [
        {(str(place), None): Estimate(one.value, one.low, one.high, one.n) for place, one in enumerate(wave)}
        for wave in (after, before)
    ]
    return _held(list(score_changes(*printed).values()), truth * 25)


def _estimates(own: Ints, size: int, told: Told) -> list[Interval]:
    """One for each draw."""
    if len(own) > 1:
        return _indices(own, size, told)
    return [_share(k, own.shape[-1], size) for k in own[0].sum(axis=1).tolist()]


@cache
def _share(k: int, n: int, size: int) -> Interval:
    return stratified_share([k], [n], [size])


def _held(found: Sequence[Interval | Difference | Change], truth: Floats) -> int:
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
        sizes, many = estates(rng, ESTATES)
        marked = rng.binomial(sizes, _chances(rng, share))
        k = rng.hypergeometric(marked, sizes - marked, many)
        found.append(stratified_share(k.tolist(), many.tolist(), sizes.tolist()))
        truths.append(marked.sum() / sizes.sum())
    return _held(found, np.asarray(truths))


def rounded_share(rng: np.random.Generator, draws: int, share: float) -> int:
    """The same as it is told where estates of few good answers, or few others, do not show how many."""
    found, truths = [], []
    for _ in range(draws):
        sizes, many = estates(rng, ESTATES)
        marked = rng.binomial(sizes, _chances(rng, share))
        k = rng.hypergeometric(marked, sizes - marked, many)
        none = np.zeros(sizes.size)
        strata = Strata.made_of(many, none, none, sizes.tolist())
        told = _told(float(strata.weights @ (k / many)), strata.weights / many, strata, k)
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
        sizes, many = estates(rng, ESTATES * TOGETHER)
        chances = np.concatenate([_chances(rng, share) for _ in range(TOGETHER)])
        own = answers(rng, (int(sizes.sum()),), np.repeat(chances, sizes))
        everyone = own.sum(axis=0) * (25 / ITEMS)
        where = np.repeat(np.arange(sizes.size), sizes)
        came = np.arange(where.size) - np.repeat(sizes.cumsum() - sizes, sizes) < np.repeat(many, sizes)
        tables = [
            np.bincount(where[came] * 5 + item[came], minlength=sizes.size * 5).reshape(-1, 5) for item in own
        ]
        means = np.bincount(where[came], everyone[came]) / many
        # As the first of these municipalities is told.
        told = Told.of(rng, own[:, came & (where < ESTATES)])
        strata = _strata_of(tables, means, many, sizes.tolist(), told)
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
        sizes, many = estates(rng, ESTATES)
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
        came = rank < many[where]
        margins = [
            Margin(where[came], sizes.astype(np.float64)),
            Margin(old[came], np.bincount(old, minlength=2).astype(np.float64)),
        ]
        fitted = Sample.of(where[came], sizes.astype(np.float64)).raked_within(margins).sample
        own = answer[came]
        if rounded:
            none, k = np.zeros(sizes.size), np.bincount(where[came], own, ESTATES).astype(np.int64)
            strata = Strata.made_of(many, none, none, sizes.tolist())
            per_answer = fitted.weights / fitted.weights.sum()
            told = _told(float(per_answer @ own), per_answer, strata, k)
            found.append(told.weighted(Parts.of_weights(fitted.weights, 1.0, fitted.freedom)))
        else:
            found.append(fitted.mean(own).score_interval() if of_index else fitted.share(own))
        truths.append(answer.mean())
    return _held(found, np.asarray(truths))


def unequal_index(rng: np.random.Generator, draws: int, case: int, share: float) -> int:
    """Few estates that have answered unequally, with one true share in all of them."""
    sizes, many = UNEQUAL[case]
    places = [answers(rng, (draws, size), share) for size in sizes]
    found = []
    for draw in range(draws):
        own = [place[:, draw, :n] for place, n in zip(places, many, strict=True)]
        told = Told.of(rng, np.concatenate(own, axis=1))
        strata = [_as_told(few[:, None], size, told) for few, size in zip(own, sizes, strict=True)]
        found.append(mean_interval(Strata.joined(strata)))
    return _held(found, np.concatenate(places, axis=2).mean(axis=(0, 2)) * 25)


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
        sizes, many = estates(rng, 200)
        strata = []
        for size, n in zip(np.maximum(8, sizes // 8 * 8).tolist(), many.tolist(), strict=True):
            own = rng.permutation(np.repeat(kinds, size // 8))[: min(n, size)]
            strata.append(Stratum.of(own, size))
        apart = dict(enumerate(each_from_rest(strata)))
        told = standings(apart, {place: own.n for place, own in enumerate(strata)}, 100 * HALF_SCALE)
        found.append(sum(standing == "worse" for standing in told.values()))
    return found
