"""How far the questions of one object measure one thing, as the methods page may tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.scoring import ScoredItem, scored_items
from reports.alphas import may_be_called_turned, told_alpha, told_omega
from reports.errors import NoEstimate
from reports.index import scored_column
from reports.inference.estimates import Floats
from reports.inference.reliability import pairwise_covariance, reliability
from reports.inference.settings import FEWEST_TO_PUBLISH_RELIABILITY
from reports.items import distribution
from reports.results import Estimate, Scale
from reports.scope import Scope


def scales(scope: Scope) -> tuple[Scale, ...]:
    """One an object with two items or more, for all estates together: of one estate, spreads and correlations
    could tell single answers. So its figures are not told where there is but one, nor where `alphas` finds
    that few answers could follow from them, nor where fewer than FEWEST_TO_PUBLISH_RELIABILITY answered some
    pair of the items, nor where the bar of one of them is hidden: whether its answers vary is hidden too.

    Source: see `inference.reliability.reliability`, `alphas.told_alpha`, `alphas.told_omega`.
    """
    if scope.single:
        return ()
    found = []
    for own in _objects(scope):
        turned = _turned(own)
        scope.ground.turned[own.name] = turned
        found.append(Scale(own.name, len(own.items), *_told(scope, own), turned))
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
            of_objects[own.name] = _turned(own)
    return tuple(item for items in of_objects.values() for item in items)


@dataclass(frozen=True)
class _Object:
    """`columns`: items x people. `barred`: the same as the bars of all tell them, answers of one part as the
    middle of their scores; nothing of an item whose bar is hidden."""

    name: str
    items: list[ScoredItem]
    columns: Floats
    barred: Floats

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Of each item whether its bar is told."""
        found: NDArray[np.bool_] = np.isfinite(self.barred).sum(axis=1) > 0
        return found

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
        columns, barred = (np.empty((len(items), int(inside.sum()))) for _ in range(2))
        for row, told, item in zip(columns, barred, items, strict=True):
            row[:] = scored_column(wave, item)[inside]
            told[:] = _as_barred(scope, item)[inside]
        yield _Object(name, items, columns, barred)


def _as_barred(scope: Scope, item: ScoredItem) -> Floats:
    """The column of one item as its bar tells it."""
    wave = scope.ground.wave
    asked = wave.questionnaire.item(item.item_id)
    codes = [choice.code for choice in wave.questionnaire.steps(asked)]
    bar = distribution(scope, asked)
    lookup = np.full(256, np.nan)
    for first, last in () if asked.sensitive else bar.spans:
        own = [item.scores[code] for code in codes[first:last] if code in item.scores]
        if own:
            lookup[codes[first:last]] = (min(own) + max(own)) / 2
    found: Floats = lookup[wave.frame[item.item_id].to_numpy()]
    found[~np.isin(scope.ground.estate_of, bar.places)] = np.nan
    return found


def _told(scope: Scope, own: _Object) -> tuple[Estimate | None, Estimate | None]:
    """Alpha and omega."""
    if len(scope.members) < 2 or not own.shown.all():
        return None, None
    pairs, _, covariance = pairwise_covariance(own.columns.T)
    lots, n = scope.ground.widths.lots, int(pairs.min())
    if n < FEWEST_TO_PUBLISH_RELIABILITY:
        return None, None
    alpha = told_alpha(covariance, own.ranges, n, lots.laplace(("alpha", own.name)))
    if alpha is None:
        return None, None
    return alpha, told_omega(covariance, own.ranges, n, lots.laplace(("omega", own.name)))


def _turned(own: _Object) -> tuple[str, ...]:
    """From what the bars tell apart alone: of a question whose bar is hidden one tenant more or less would
    tip the balance."""
    shown = np.flatnonzero(own.shown)
    columns, ranges = own.barred[shown], [own.ranges[i] for i in shown]
    there = (~np.isnan(columns)).astype(np.float64)
    if shown.size < 2 or (there @ there.T).min() < FEWEST_TO_PUBLISH_RELIABILITY:
        return ()
    try:
        measured = reliability(columns.T, redrawn=False)
    except NoEstimate:
        return ()
    may_be_said = may_be_called_turned(columns, ranges, measured.alpha.n)
    return tuple(
        own.items[i].item_id
        for i, row, may in zip(shown, measured.items, may_be_said, strict=True)
        if row.turned and may
    )
