"""Estates beside one another, without ranks: the index of each with the limits that chance alone gives it,
or, where there is no index, the share of good answers to the overall question."""

from __future__ import annotations

import math
from collections.abc import Mapping

from reports.associations import outcome_of
from reports.cells import score_of
from reports.disclosure import FEW
from reports.index import Key
from reports.inference.funnel import score_limits
from reports.inference.settings import FEWEST_ESTATES
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
    large = frozenset(ground.large_enough)
    scores = [
        score_of(Scope(ground, (i,), True), INDEX)[0] if i in large else hidden(FEW)
        for i in range(len(ground.wave.estates))
    ]
    limits = _limits(ground, [i for i, score in enumerate(scores) if score.value is not None], whole)
    rows = []
    for i, (estate, score) in enumerate(zip(ground.wave.estates, scores, strict=True)):
        standing = standings.get(estate.id, {}).get(INDEX, "unknown")
        rows.append((estate.name, Cell(None, None, score, None, standing, limits.get(i, ()))))
    return tuple(rows)


def _limits(ground: Groundwork, showing: list[int], whole: Estimate | None) -> dict[int, Limits]:
    """Where the index of each of these estates would lie by chance alone, if all were alike.

    Drawn about the index of all as it is printed, by the spread within the estates that show theirs, in whole
    points, and printed outwards: many limits together tell no more of the whole and the spread than these two
    numbers. Nothing with fewer than FEWEST_ESTATES, or where the index of all is hidden.
    """
    strata = {i: own for i in showing if (own := ground.stratum(INDEX, i)) is not None}
    # An index of one question is what its bars tell; nobody is compared by it.
    if whole is None or whole.value is None or len(strata) < FEWEST_ESTATES:
        return {}
    if len(ground.scores.items[INDEX]) < 2:
        return {}
    squares = sum((own.n - 1) * own.variance for own in strata.values())
    spread = max(1.0, half_up(math.sqrt(squares / sum(own.n - 1 for own in strata.values()))))
    about = whole.value
    return {
        i: tuple(outward(*limit, 1) for limit in score_limits(about, spread, own.n, own.population))
        for i, own in strata.items()
    }


def overall_by_estate(ground: Groundwork) -> tuple[tuple[str, Cell], ...]:
    """Shares 0..1 in the order of the wave, each protected as in the estate's own report; no ranks."""
    outcome = outcome_of(ground.wave.questionnaire)
    if outcome is None:
        return ()
    rows = []
    for estate in ground.wave.estates:
        alone = Scope.of(ground, estate.id)
        rows.append((estate.name, Cell(None, None, item_result(alone, outcome).favourable)))
    return tuple(rows)
