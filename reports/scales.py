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
        turned, shown = _turned(scope, own)
        scope.ground.turned[own.name] = turned
        found.append(Scale(own.name, len(own.items), *_told(scope, own, shown), turned))
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
        whole = Scope.of(scope.ground, None)
        for own in _objects(whole):
            of_objects[own.name], _ = _turned(whole, own)
    return tuple(item for items in of_objects.values() for item in items)


@dataclass(frozen=True)
class _Object:
    """`inside`: of each answer whether it is in the scope. Columns of answers are made where they are needed,
    one kind at a time: of half a million they are most of what reports hold in memory."""

    name: str
    items: list[ScoredItem]
    inside: NDArray[np.bool_]

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
        yield _Object(name, items, inside)


def _columns(scope: Scope, own: _Object) -> Floats:
    """Items x people."""
    found = np.empty((len(own.items), int(own.inside.sum())))
    for row, item in zip(found, own.items, strict=True):
        row[:] = scored_column(scope.ground.wave, item)[own.inside]
    return found


def _barred(scope: Scope, own: _Object) -> tuple[Floats, NDArray[np.bool_]]:
    """The same as the bars of all tell them, answers of one part as the middle of their scores, of the items
    whose bar is told; which these are."""
    found = np.empty((len(own.items), int(own.inside.sum())))
    for row, item in zip(found, own.items, strict=True):
        row[:] = _as_barred(scope, item)[own.inside]
    shown = np.array([bool(np.isfinite(row).any()) for row in found])
    return (found if shown.all() else found[shown]), shown


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


def _told(scope: Scope, own: _Object, shown: NDArray[np.bool_]) -> tuple[Estimate | None, Estimate | None]:
    """Alpha and omega."""
    if len(scope.members) < 2 or not shown.all():
        return None, None
    pairs, _, covariance = pairwise_covariance(_columns(scope, own).T)
    lots, n = scope.ground.widths.lots, int(pairs.min())
    if n < FEWEST_TO_PUBLISH_RELIABILITY:
        return None, None
    alpha = told_alpha(covariance, own.ranges, n, lots.laplace(("alpha", own.name)))
    if alpha is None:
        return None, None
    return alpha, told_omega(covariance, own.ranges, n, lots.laplace(("omega", own.name)))


def _turned(scope: Scope, own: _Object) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """From what the bars tell apart alone: of a question whose bar is hidden one tenant more or less would
    tip the balance. And of each item whether its bar is told."""
    columns, told = _barred(scope, own)
    shown = np.flatnonzero(told)
    ranges = [own.ranges[i] for i in shown]
    if shown.size < 2 or _fewest_of_two(columns) < FEWEST_TO_PUBLISH_RELIABILITY:
        return (), told
    try:
        measured = reliability(columns.T, redrawn=False)
    except NoEstimate:
        return (), told
    may_be_said = may_be_called_turned(columns, ranges, measured.alpha.n)
    turned = tuple(
        own.items[i].item_id
        for i, row, may in zip(shown, measured.items, may_be_said, strict=True)
        if row.turned and may
    )
    return turned, told


def _fewest_of_two(columns: Floats) -> float:
    """How many answered both of two items, of the two where that is fewest."""
    there = (~np.isnan(columns)).astype(np.float32)  # whole numbers below 2^24: nothing is rounded
    return float((there @ there.T).min())
