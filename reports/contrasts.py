"""Every estate against the others of its landlord together: one comparison for all who tell of it.

The report on an estate, the report on all and the list of findings read what they say of "the rest" off here,
so none of them claims what another takes back. A contrast is there only where the score of the estate, that
of all, and by the rule for totals also that of the others may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reports.collecting import not_collecting
from reports.columns import told_means
from reports.disclosure import may_be_taken_off, published_step
from reports.few_people import HALF_SCALE, borne_by_more
from reports.index import Key
from reports.inference import (
    Difference,
    Strata,
    each_printed_from_rest,
    holm,
    shares_among_others,
    weights,
)
from reports.results import Standing
from reports.rounding import half_up, outward
from reports.scope import Groundwork, Scope

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """Score of an estate less that of all others together, in whole points, rounded as the mean of the
    smaller side would be."""

    estate_id: str
    object: str | None
    """None: the index."""
    facet: str | None
    """None: the whole object."""
    points: int
    low: int
    high: int
    n: int
    """Scores in the estate."""
    sure: bool
    """Holm's test over all estates and headlines (objects and index) of the round, and the printed interval,
    both leave out 0, and more than two people make it. Of a facet: Holm's test over all estates and scores,
    headlines and facets."""
    everybody: bool = False
    """Everybody answered, here and in the others: `low` and `high` are `points`."""

    @property
    def standing(self) -> Standing:
        if not self.sure:
            return "same"
        return "better" if self.low > 0 else "worse"


@not_collecting()
def contrasts(ground: Groundwork) -> tuple[Contrast, ...]:
    """Of all estates and scores that may be compared: headlines first, then facets.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    found = [row for key in ground.scores.values for row in _comparable(ground, key)]
    headlines = [row for row in found if row.key[1] is None]
    facets = [row for row in found if row.key[1] is not None]
    # What an office reads first must not pay for all that could be said besides; a facet pays for everything.
    sure = holm([row.apart.p for row in headlines])
    parts = holm([row.apart.p for row in (*headlines, *facets)])[len(headlines) :]
    return tuple(
        _rounded(row, stands) for row, stands in zip((*headlines, *facets), (*sure, *parts), strict=True)
    )


def told_alone(found: Iterable[Contrast]) -> tuple[Contrast, ...]:
    """Headlines, and facets that surely differ while their whole object does not, or not that way.

    Source: our own rule, docs/methods.md.
    """
    rows = tuple(found)
    standing = {(row.estate_id, row.object): row.standing for row in rows if row.facet is None}
    return tuple(
        row
        for row in rows
        if row.facet is None or (row.sure and row.standing != standing.get((row.estate_id, row.object)))
    )


def standings_by_estate(found: Iterable[Contrast]) -> Mapping[str, Mapping[Key, Standing]]:
    """Id of an estate -> how it stands against the rest, of the scores where that may be told.

    Source: see `contrasts`.
    """
    standings: dict[str, dict[Key, Standing]] = {}
    for row in found:
        standings.setdefault(row.estate_id, {})[row.object, row.facet] = row.standing
    return standings


@dataclass(frozen=True)
class _Apart:
    """A score in an estate, answers in it and in the others, and its difference from them."""

    estate_id: str
    key: Key
    own: int
    others: int
    apart: Difference
    printed: float
    """The same from what is printed of them, as `apart` is: it must tell no more of the others than that."""
    off: float
    """How far that may lie from it."""


def _rounded(row: _Apart, stands: bool) -> Contrast:
    low, high = outward(row.apart.low, row.apart.high, published_step(min(row.own, row.others)))
    low, high = int(max(-100.0, low)), int(min(100.0, high))
    stands = stands and borne_by_more(row.apart.value, min(row.own, row.others), 100 * HALF_SCALE)
    everybody = row.apart.high - row.apart.low < 2 * row.off + 1e-9
    points = int(half_up(row.printed))
    stands = stands and (low > 0 or high < 0)
    if everybody:  # nothing is estimated: what width there is comes of rounding
        low = high = points
    return Contrast(row.estate_id, *row.key, points, low, high, row.own, stands, everybody)


def _comparable(ground: Groundwork, key: Key) -> Iterator[_Apart]:
    # The score of one question is what its bars tell of it; its strata here would be sharper.
    if len(ground.scores.items[key]) < 2:
        return
    places, strata = ground.spread(key).among(ground.large_enough)
    if len(strata) < 2:
        return
    if not ground.open.total[key]:
        return
    hiding = ~ground.open.estates[key][places]
    if hiding.any() and Scope.of(ground, None).weights is not None:
        # What is printed of all is weighted to the register, and an estate's own score is not. A mean by
        # dwellings would be a second total, printed nowhere: the others are those that show their scores.
        places = [i for i, hides in zip(places, hiding, strict=True) if not hides]
        strata, hiding = strata.at(np.flatnonzero(~hiding)), hiding[~hiding]
        if len(strata) < 2:
            return
    answers = int(strata.n.sum())
    hiding_together = ground.may_be_shown(key, [i for i, hides in zip(places, hiding, strict=True) if hides])
    # What those that hide weigh in the total of the others when this one is taken out.
    weighs = shares_among_others(strata, hiding)
    stands = ~hiding & may_be_taken_off(weighs, hiding_together)
    told = _printed(strata, hiding)
    n = strata.n.astype(np.int64).tolist()
    as_told = replace(
        strata, mean=told_means(ground, key, places, half_up(float(weights(strata) @ strata.mean)))
    )
    each = each_printed_from_rest(as_told, *told)
    rows = zip(places, n, stands.tolist(), each, *(part.tolist() for part in told), strict=True)
    for i, own, standing, apart, printed, off in rows:
        if standing:
            yield _Apart(ground.wave.estates[i].id, key, own, answers - own, apart, printed, off)


def _printed(strata: Strata, hiding: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Of each its printed score less that of the others, each counted with its homes: from theirs as
    printed, where all of them are, else from what is printed of all; and how far it may lie from that."""
    shares = weights(strata)
    scores = np.floor(strata.mean + 0.5 + 1e-9)
    whole = half_up(float(shares @ strata.mean))
    by_all = hiding.sum() - hiding > 0
    all_of_them = np.where(by_all, whole, shares @ scores)
    return (scores - all_of_them) / (1 - shares), np.where(by_all, 1 / (1 - shares), 1.0)
