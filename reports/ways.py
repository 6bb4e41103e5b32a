"""Ways of answering beside one another: people who answered with help, through somebody else, or on paper.

Told of all estates together, where every way has enough answers. The difference mixes the way itself with who
chooses it, so it is never taken out of the results.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import MINIMUM, mean_may_be_shown, published_step, rounded_base, whole_counts
from reports.errors import NoEstimate
from reports.index import Key
from reports.inference.respondents import WayEffect, way_effects
from reports.inference.settings import FEWEST_TO_TELL_A_WAY
from reports.results import WayBeside, Ways
from reports.rounding import half_up, outward
from reports.scope import Groundwork, Scope

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HELPED = ("helper", "proxy")
"""Somebody else had a hand in the answers: told apart from ways of answering oneself."""
INDEX: Key = (None, None)


def ways_of(scope: Scope) -> Ways | None:
    """The index of each way of answering beside the commonest way of answering oneself, in the same estates.

    Of estates that show their index, tell every count of their ways, and have two ways or more: what is
    reckoned on can be counted in the reports. Of these a way is told from the estates where it and the main
    one have MINIMUM scores each. None unless every way has two such estates or more, with
    FEWEST_TO_TELL_A_WAY scores of either there, not so alike that single answers follow; and in the report on
    one estate.

    Source: see `inference.respondents.way_effects`.
    """
    ground = scope.ground
    # An index of one question is told by its bars alone.
    if scope.single or len(ground.scores.items.get(INDEX, ())) < 2:
        return None
    estates = [i for i in scope.members if _tells_all(ground, i) and ground.visible(INDEX, i)]
    own = ground.scores.values[INDEX]
    inside = np.isin(ground.estate_of, estates) & ~np.isnan(own)
    scores, where = own[inside], ground.estate_of[inside]
    answered = np.asarray(ground.wave.frame["mode"].to_list(), str)[inside]
    names = sorted(set(answered.tolist()))
    by_oneself = [name for name in names if name not in HELPED]
    if len(names) < 2 or not by_oneself:
        return None
    main = max(by_oneself, key=lambda name: np.count_nonzero(answered == name))
    used = np.zeros(scores.size, np.bool_)
    for name in names:
        if name == main:
            continue
        # Of one estate alone, the difference and its index together give the sum of these people's scores.
        beside = np.isin(where, _side_by_side(where, answered == name, answered == main))
        for rows in (beside & (answered == name), beside & (answered == main)):
            if not _enough(scores[rows], where[rows], ground):
                return None
            used |= rows
    scores, where, answered = scores[used], where[used], answered[used]
    try:
        effects = way_effects(scores, answered.tolist(), where, main, variance=_spread(ground, where))
    except NoEstimate:
        return None
    # A way that never stands beside the main one cannot be told, and what is left out would be the rest.
    if len(effects) < len(names) - 1:
        return None
    told = tuple(sorted(map(_row, effects), key=lambda row: (row.way in HELPED, row.way)))
    base = rounded_base(int(np.count_nonzero(answered == main)))
    return Ways(main, base, np.unique(where).size, told)


def _tells_all(ground: Groundwork, estate: int) -> bool:
    """Whether the estate's own report tells how many answered each way, and there are two or more."""
    counts = {mode: int(by_estate[estate]) for mode, by_estate in ground.counts.modes.items()}
    shown = {mode: n for mode, n in whole_counts(counts).items() if n}
    return len(shown) > 1 and sum(shown.values()) == sum(counts.values())


def _spread(ground: Groundwork, where: Ints) -> float:
    """The variance of the index within these estates, as it is told of each."""
    _, strata = ground.spread(INDEX).among(np.unique(where).tolist())
    return float(((strata.n - 1) * strata.variance).sum() / (strata.n - 1).sum())


def _side_by_side(where: Ints, this: Flags, main: Flags) -> Ints:
    """The estates where both ways have MINIMUM scores."""
    there = np.unique(where)
    enough = [
        min(np.count_nonzero(this & (where == i)), np.count_nonzero(main & (where == i))) >= MINIMUM
        for i in there
    ]
    return there[np.asarray(enough, np.bool_)]


def _enough(scores: Floats, where: Ints, ground: Groundwork) -> bool:
    """Whether these people of one way are enough, in enough estates, and not too alike in any of them."""
    estates = np.unique(where)
    groups = (scores, *(scores[where == i] for i in estates))
    return (
        scores.size >= FEWEST_TO_TELL_A_WAY
        and estates.size > 1
        and all(mean_may_be_shown(group, ground.scores.step[INDEX]) for group in groups)
    )


def _row(effect: WayEffect) -> WayBeside:
    """In whole points, the interval outwards; sure only where the printed interval leaves out 0 too."""
    found = effect.difference
    low, high = outward(found.low, found.high, published_step(found.n))
    sure = effect.sure and not low <= 0 <= high
    return WayBeside(effect.way, rounded_base(found.n), half_up(found.value), low, high, sure)
