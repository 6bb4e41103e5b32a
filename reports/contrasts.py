"""Every estate against the others of its landlord together: one comparison for all who tell of it.

The report on an estate, the report on all and the list of findings read what they say of "the rest" off here,
so none of them claims what another takes back. A contrast is there only where the score of the estate, that
of all, and by the rule for totals also that of the others may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reports.cells import strata_of
from reports.disclosure import mean_may_be_shown, published_step, total_mean_may_be_shown
from reports.index import Key
from reports.inference import Difference, Stratum, each_from_rest, holm, weights
from reports.results import Standing
from reports.rounding import half_up, outward
from reports.scope import Groundwork


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
    both leave out 0. Of a facet: Holm's test over all estates and scores, headlines and facets."""

    @property
    def standing(self) -> Standing:
        if not self.sure:
            return "same"
        return "better" if self.low > 0 else "worse"


def contrasts(ground: Groundwork) -> tuple[Contrast, ...]:
    """Of all estates and scores that may be compared: headlines first, then facets."""
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
    """Headlines, and facets that surely differ while their whole object does not, or not that way."""
    rows = tuple(found)
    standing = {(row.estate_id, row.object): row.standing for row in rows if row.facet is None}
    return tuple(
        row
        for row in rows
        if row.facet is None or (row.sure and row.standing != standing.get((row.estate_id, row.object)))
    )


def standings_of(found: Iterable[Contrast], estate_id: str) -> Mapping[Key, Standing]:
    """How one estate stands against the rest, of the scores where that may be told."""
    return {(row.object, row.facet): row.standing for row in found if row.estate_id == estate_id}


@dataclass(frozen=True)
class _Apart:
    """A score in an estate, answers in it and in the others, and its difference from them."""

    estate_id: str
    key: Key
    own: int
    others: int
    apart: Difference


def _rounded(row: _Apart, stands: bool) -> Contrast:
    low, high = outward(row.apart.low, row.apart.high, published_step(min(row.own, row.others)))
    low, high = int(max(-100.0, low)), int(min(100.0, high))
    points = int(half_up(row.apart.value))
    return Contrast(row.estate_id, *row.key, points, low, high, row.own, stands and (low > 0 or high < 0))


def _comparable(ground: Groundwork, key: Key) -> Iterator[_Apart]:
    # The score of one question is what its bars tell of it; its strata here would be sharper.
    if len(ground.scores.items[key]) < 2:
        return
    strata = strata_of(ground, key, ground.large_enough())
    if len(strata) < 2:
        return
    step = ground.scores.step[key]
    shown = {i: mean_may_be_shown(ground.values(key, i), step) for i in strata}
    hiding_together = ground.may_be_shown(key, (i for i, visible in shown.items() if not visible))
    if not _told_together(strata, shown, hiding_together):
        return
    everybody = all(shown.values())
    answers = sum(own.n for own in strata.values())
    for (i, own), apart in zip(strata.items(), each_from_rest(list(strata.values())), strict=True):
        if everybody or (shown[i] and _told_together(_without(i, strata), shown, hiding_together)):
            yield _Apart(ground.wave.estates[i].id, key, own.n, answers - own.n, apart)


def _without(estate: int, strata: Mapping[int, Stratum]) -> dict[int, Stratum]:
    return {i: own for i, own in strata.items() if i != estate}


def _told_together(strata: Mapping[int, Stratum], shown: Mapping[int, bool], hiding_together: bool) -> bool:
    """May the mean over these estates be shown?"""
    shares = weights(list(strata.values()))
    return total_mean_may_be_shown([shown[i] for i in strata], shares, hiding_together)
