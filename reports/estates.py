"""Estates beside one another, without ranks: the index of each with the limits that chance alone gives it,
or, where there is no index, the share of good answers to the overall question.

Beside the figure of a very small estate, one that lends from all: reckoned from the figures that estates show
and what the funnel tells, so that it says nothing new of anybody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reports.associations import outcome_of
from reports.disclosure import FEW
from reports.each import EachEstate
from reports.index import Key
from reports.inference import Stratum
from reports.inference.funnel import score_limits
from reports.inference.settings import FEWEST_ESTATES, SMALL_ESTATE
from reports.inference.shrinkage import Shrunk, shrunken_means, shrunken_shares
from reports.items import hidden, item_result
from reports.results import Cell, Estimate, Limits, Standing
from reports.rounding import half_up, outward
from reports.scope import Groundwork, Scope

INDEX: Key = (None, None)


def index_by_estate(
    ground: Groundwork, standings: Mapping[str, Mapping[Key, Standing]], whole: Estimate | None
) -> tuple[tuple[str, Cell], ...]:
    """The index of every estate, in the order of the wave, each as in its own report.

    `standings`: against the rest, by id of the estate. `whole`: the index of all, as their report shows it.
    """
    if INDEX not in ground.scores.values:
        return ()
    told_of = dict(zip(ground.large_enough, EachEstate(ground).score(INDEX).told.estimates, strict=True))
    scores = [told_of.get(i) or hidden(FEW) for i in range(len(ground.wave.estates))]
    told = _told(ground, [i for i, score in enumerate(scores) if score.value is not None], whole)
    limits, lent = (_limits(told), _lent_scores(told, scores)) if told is not None else ({}, {})
    rows = []
    for i, (estate, score) in enumerate(zip(ground.wave.estates, scores, strict=True)):
        standing = standings.get(estate.id, {}).get(INDEX, "unknown")
        rows.append((estate.name, Cell(None, None, score, None, standing, limits.get(i, ()), lent.get(i))))
    return tuple(rows)


@dataclass(frozen=True)
class _Told:
    """What the funnel tells: the index of all, the spread within estates, and of each estate n of N."""

    about: float
    spread: float
    sizes: dict[int, tuple[int, int | None]]


def _told(ground: Groundwork, showing: list[int], whole: Estimate | None) -> _Told | None:
    """The index of all as it is printed, and the spread within the estates that show theirs, in whole points.

    None with fewer than FEWEST_ESTATES, or where the index of all is hidden.
    """
    if whole is None or whole.value is None:
        return None
    places, strata = ground.spread(INDEX).among(showing)
    # An index of one question is what its bars tell; nobody is compared by it.
    if len(places) < FEWEST_ESTATES or len(ground.scores.items[INDEX]) < 2:
        return None
    n = strata.n.astype(np.int64).tolist()
    squares = sum(((strata.n - 1) * strata.variance).tolist())
    spread = max(1.0, half_up(math.sqrt(squares / sum(own - 1 for own in n))))
    homes = zip(strata.finite.tolist(), strata.population.tolist(), n, strict=True)
    sizes = [None if math.isnan(size) else max(own, int(all_of_it)) for size, all_of_it, own in homes]
    return _Told(whole.value, spread, dict(zip(places, zip(n, sizes, strict=True), strict=True)))


def _limits(told: _Told) -> dict[int, Limits]:
    """Where the index of each of these estates would lie by chance alone, if all were alike.

    Printed outwards: many limits together tell no more of the whole and the spread than these two numbers.
    """
    return {
        i: tuple(outward(*limit, 1) for limit in score_limits(told.about, told.spread, *size))
        for i, size in told.sizes.items()
    }


def _lent_scores(told: _Told, scores: Sequence[Estimate]) -> dict[int, Estimate]:
    """Of very small estates whose homes are known: their printed index drawn towards that of all, in whole
    points. Without a number of homes the interval would be for what people say in the long run, and with few
    estates too narrow."""
    small = [i for i, (n, size) in told.sizes.items() if n < SMALL_ESTATE and size is not None]
    if not small:
        return {}
    strata = [Stratum(n, scores[i].value or 0.0, told.spread**2, size) for i, (n, size) in told.sizes.items()]
    found = dict(zip(told.sizes, shrunken_means(strata), strict=True))
    return {i: _printed(found[i]) for i in small}


def _printed(lent: Shrunk) -> Estimate:
    """In whole points, the interval outwards: it was reckoned from a printed index, half a point off at most,
    and moves with it as far as the estate's own part goes."""
    off = 0.5 * lent.own
    return Estimate(
        half_up(lent.value), *outward(max(0.0, lent.low - off), min(100.0, lent.high + off), 1), lent.n
    )


def overall_by_estate(ground: Groundwork) -> tuple[tuple[str, Cell], ...]:
    """Shares 0..1 in the order of the wave, each protected as in the estate's own report; no ranks."""
    outcome = outcome_of(ground.wave.questionnaire)
    if outcome is None:
        return ()
    estates = ground.wave.estates
    shares = [item_result(Scope.of(ground, estate.id), outcome).favourable for estate in estates]
    lent = _lent_shares(shares, ground.finite(outcome.id))
    return tuple(
        (estate.name, Cell(None, None, share, lent=lent.get(i)))
        for i, (estate, share) in enumerate(zip(estates, shares, strict=True))
    )


def _lent_shares(shares: Sequence[Estimate], sizes: Sequence[int | None]) -> dict[int, Estimate]:
    """Of very small estates: their printed share drawn towards those of all that show theirs."""
    told = {i: (share.value, share.n) for i, share in enumerate(shares) if share.value is not None}
    if len(told) < FEWEST_ESTATES or not any(n < SMALL_ESTATE for _, n in told.values()):
        return {}
    good, n = [round(value * n) for value, n in told.values()], [n for _, n in told.values()]
    found = dict(zip(told, shrunken_shares(good, n, [sizes[i] for i in told]), strict=True))
    return {
        i: Estimate(row.value, row.low, row.high, row.n) for i, row in found.items() if row.n < SMALL_ESTATE
    }
