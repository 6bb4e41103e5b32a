"""How far the questions of one object measure one thing, as the methods page may tell it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from forms.scoring import ScoredItem, scored_items
from reports.errors import NoEstimate
from reports.index import scored_column
from reports.inference import Interval
from reports.inference.reliability import Reliability, reliability
from reports.inference.settings import FEWEST_TO_PUBLISH_RELIABILITY
from reports.results import Estimate, Scale
from reports.rounding import half_up, outward
from reports.scope import Scope


def scales(scope: Scope) -> tuple[Scale, ...]:
    """One an object with two items or more, for all estates together: of one estate, spreads and correlations
    could tell single answers. Left out where fewer than FEWEST_TO_PUBLISH_RELIABILITY answered some pair of
    the items, or where an item was answered alike by all.

    Source: see `inference.reliability.reliability`.
    """
    if scope.single:
        return ()
    found = []
    for name, items, measured in _measured(scope, redrawn=True):
        turned = _turned(items, measured)
        scope.ground.turned[name] = turned
        omega = None if measured.omega is None else _rounded(measured.omega)
        found.append(Scale(name, len(items), _rounded(measured.alpha), omega, turned))
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
        everybody = Scope.of(scope.ground, None)
        for name, items, measured in _measured(everybody, redrawn=False):
            of_objects[name] = _turned(items, measured)
    return tuple(item for items in of_objects.values() for item in items)


def _measured(scope: Scope, *, redrawn: bool) -> Iterator[tuple[str, list[ScoredItem], Reliability]]:
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
        try:
            measured = reliability(columns.T, redrawn=redrawn)
        except NoEstimate:
            continue
        if measured.alpha.n >= FEWEST_TO_PUBLISH_RELIABILITY:
            yield name, items, measured


def _turned(items: list[ScoredItem], measured: Reliability) -> tuple[str, ...]:
    return tuple(item.item_id for item, row in zip(items, measured.items, strict=True) if row.turned)


def _rounded(exact: Interval) -> Estimate:
    low, high = outward(exact.low * 100, exact.high * 100, 1)
    return Estimate(half_up(exact.value, 2), low / 100, min(high / 100, 1.0), exact.n)
