"""How far the questions of one object measure one thing, as the methods page may tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from forms.scoring import ScoredItem, scored_items
from reports.alphas import may_be_called_turned, told_alpha, told_omega
from reports.errors import NoEstimate
from reports.index import scored_column
from reports.inference.estimates import Floats
from reports.inference.reliability import Reliability, pairwise_covariance, reliability
from reports.inference.settings import FEWEST_TO_PUBLISH_RELIABILITY
from reports.results import Estimate, Scale
from reports.scope import Scope


def scales(scope: Scope) -> tuple[Scale, ...]:
    """One an object with two items or more, for all estates together: of one estate, spreads and correlations
    could tell single answers. So its figures are not told where there is but one, nor where `alphas` finds
    that few answers could follow from them, nor where fewer than FEWEST_TO_PUBLISH_RELIABILITY answered some
    pair of the items. Left out where an item was answered alike by all.

    Source: see `inference.reliability.reliability`, `alphas.told_alpha`, `alphas.told_omega`.
    """
    if scope.single:
        return ()
    found = []
    for own in _objects(scope):
        if own.measured is not None:
            turned = _turned(own, own.measured)
            scope.ground.turned[own.name] = turned
            found.append(Scale(own.name, len(own.items), *_told(scope, own, own.measured), turned))
        elif own.few:
            found.append(Scale(own.name, len(own.items), None, None, ()))
    return tuple(found)


def turned_of_all(scope: Scope) -> tuple[str, ...]:
    """The questions that the report on all says go against the others, for that on one estate: that they
    may have been turned the wrong way round is true there as well.

    Source: see `inference.reliability.reliability`.
    """
    if not scope.single:
        return ()
    of_objects, rules = scope.ground.turned, scope.ground.wave.questionnaire.index
    if not of_objects and rules is not None:
        of_objects.update(dict.fromkeys(rules.objects, ()))
        for own in _objects(Scope.of(scope.ground, None)):
            if own.measured is not None:
                of_objects[own.name] = _turned(own, own.measured)
    return tuple(item for items in of_objects.values() for item in items)


@dataclass(frozen=True)
class _Object:
    """`columns`: items x people. `measured`: None where too few answered, or an item was answered alike."""

    name: str
    items: list[ScoredItem]
    columns: Floats
    measured: Reliability | None
    few: bool

    @property
    def ranges(self) -> list[float]:
        """Of the scores that can be given to each item."""
        return [max(item.scores.values()) - min(item.scores.values()) for item in self.items]


def _objects(scope: Scope) -> Iterator[_Object]:
    wave = scope.ground.wave
    rules = wave.questionnaire.index
    if rules is None or not scope.members:
        return
    inside = np.isin(scope.ground.estate_of, scope.members)
    for name in rules.objects:
        items = [item for item in scored_items(wave.questionnaire) if item.object == name]
        if len(items) < 2:
            continue
        columns = np.empty((len(items), int(inside.sum())))
        for row, item in zip(columns, items, strict=True):
            row[:] = scored_column(wave, item)[inside]
        there = (~np.isnan(columns)).astype(np.float64)
        few = bool((there @ there.T).min() < FEWEST_TO_PUBLISH_RELIABILITY)
        measured = None
        if not few:
            try:
                measured = reliability(columns.T, redrawn=False)
            except NoEstimate:
                measured = None
        yield _Object(name, items, columns, measured, few)


def _told(scope: Scope, own: _Object, measured: Reliability) -> tuple[Estimate | None, Estimate | None]:
    """Alpha and omega."""
    if len(scope.members) < 2:
        return None, None
    lots, n = scope.ground.widths.lots, measured.alpha.n
    _, _, covariance = pairwise_covariance(own.columns.T)
    alpha = told_alpha(covariance, own.ranges, n, lots.laplace(("alpha", own.name)))
    if alpha is None:
        return None, None
    return alpha, told_omega(covariance, own.ranges, n, lots.laplace(("omega", own.name)))


def _turned(own: _Object, measured: Reliability) -> tuple[str, ...]:
    may_be_said = may_be_called_turned(own.columns, own.ranges, measured.alpha.n)
    return tuple(
        item.item_id
        for item, row, may in zip(own.items, measured.items, may_be_said, strict=True)
        if row.turned and may
    )
