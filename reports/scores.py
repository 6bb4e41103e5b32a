"""Scores of several questions as they are shown: in whole points, with an interval about what is printed.

Nothing here sees who answered what to two questions: value and doubt are made of the questions' bars and of
what is told of all estates together (`columns`). The one exception are totals weighted to the register, of so
many that alpha may be told of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reports.columns import joined, nominal_parts, told_means
from reports.disclosure import FEW, PROTECTED, published_interval
from reports.few_people import nothing_estimated
from reports.index import Key, scored_column
from reports.inference import Interval, Intervals, Strata, mean_interval
from reports.inference.told import even_weighted_mean
from reports.items import distribution, hidden
from reports.left_out import left_out
from reports.results import Estimate, LeftOut
from reports.rounding import half_up
from reports.scope import Scope
from reports.weights import Weights


def protected_score(
    scope: Scope, key: Key, places: Sequence[int], strata: Strata, told: bool
) -> tuple[Estimate, Interval | None]:
    """The score of the estates as it is shown when it may be `told`, and with all digits (to hold it to other
    programs' alone); both are withheld together.

    `places`: of the estates that the `strata` are.
    """
    if not places:
        return hidden(FEW), None
    n = int(strata.n.sum())
    if not told:
        return hidden(PROTECTED, n), None
    ground = scope.ground
    homes = ground.homes
    inside = [homes[i] for i in places]
    missing: LeftOut = "nobody" if scope.single else left_out(len(places), len(homes), n, n, inside, homes)
    exact = _weighted(scope, key, places)
    if exact is None:
        exact = mean_interval(strata)
        printed = half_up(exact.value)
        means = np.full(len(places), printed) if scope.single else told_means(ground, key, places, printed)
        found = mean_interval(replace(strata, mean=means))
    else:
        printed, found = half_up(exact.value), exact
    about = Intervals.of([found]).about(np.array([printed])).rows()
    return printed_score(about[0], missing), exact


def printed_score(about: Interval, missing: LeftOut = "nobody") -> Estimate:
    """An interval about what is printed, as it is shown."""
    shown = published_interval(about.value, about.low, about.high, about.n)
    return Estimate(*shown, about.n, left_out=missing, everybody=nothing_estimated((about,)))


def _weighted(scope: Scope, key: Key, places: Sequence[int]) -> Interval | None:
    """Of a total that is weighted to the register: the mean of the questions' weighted means. None where
    totals are by dwellings, or one answer would weigh too much.

    Where five people hardly move how its questions are told to go together, the interval is the linearised
    one of the mean of means; else it is made of those of the questions, as their bars tell them.

    Source: see `inference.weighting.Sample.mean`; the other: our own rule, docs/methods.md.
    """
    weights, ground = scope.weights, scope.ground
    if weights is None:
        return None
    parts = nominal_parts(ground, key)
    rows = np.isin(ground.estate_of, places)
    values, apart, value, anybody = {}, np.zeros(rows.size), 0.0, np.zeros(rows.size, np.bool_)
    for name in parts:
        column = scored_column(ground.wave, ground.scored[name])
        there = rows & ~np.isnan(column) & ground.column(name).there[ground.estate_of]
        if there.any():
            values[name] = np.where(there, column, 0.0), there
            anybody |= there
    if not values or weights.step(anybody) is None:
        return None
    whole = sum(parts[name] for name in values)
    everyone = float(weights.of_rows[anybody].sum())
    for name, (column, there) in values.items():
        of_rows = weights.of_rows[there]
        mean = float((of_rows * column[there]).sum() / of_rows.sum())
        value += parts[name] / whole * mean
        apart[there] += parts[name] / whole * (column[there] - mean) * everyone / float(of_rows.sum())
    together = ground.together.get(key[0]) if key[1] is None else None
    if together is not None and together.sure:
        found = weights.estimated(apart, anybody)
        return replace(found, value=value).score_interval() if found.error > 0 else None
    return _from_bars(scope, key, weights, {name: parts[name] / whole for name in values}, value)


def _from_bars(
    scope: Scope, key: Key, weights: Weights, parts: Mapping[str, float], value: float
) -> Interval:
    """`parts`: what each question weighs, 1 together."""
    form, ground = scope.ground.wave.questionnaire, scope.ground
    arms, n = np.zeros((2, len(parts))), []
    for place, (name, part) in enumerate(parts.items()):
        item = form.item(name)
        bar = distribution(scope, item)
        scores = np.array([ground.scored[name].scores.get(c.code, 50.0) for c in form.steps(item)])
        if bar.spans and bar.step:
            middles = scores.copy()
            for first, last in bar.spans:
                middles[first:last] = (scores[first:last].min() + scores[first:last].max()) / 2
            own = bar.mean(middles)
        else:
            own = even_weighted_mean(scores, weights.parts(np.isin(ground.estate_of, bar.places)))
        arms[:, place] = part * (own.value - own.low), part * (own.high - own.value)
        n.append(own.n)
    down, up = joined(ground, key, list(parts), arms).tolist()
    return Interval(value, max(0.0, value - down), min(100.0, value + up), min(n))
