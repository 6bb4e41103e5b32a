"""The index 0-100 of every answer and every estate: items to object x facet, objects and the whole.

A person's score in a cell is the mean of the answered items there, when at least `min_answered` of them were
answered; the same for an object over all its items. The index is the weighted mean of the objects that have a
score (equal weights unless the questionnaire declares others), when at least `min_answered` of them have one.
An estate's score is the mean over its people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.scoring import ScoredItem, scored_items
from reports.waves import Wave

Key = tuple[str | None, str | None]
"""(object, facet); facet None: the whole object; both None: the index."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Unprotected scores: for use inside this room only."""

    values: dict[Key, Floats]
    """Key -> one score 0..100 a person in the order of the frame, NaN where too little was answered."""
    items: dict[Key, tuple[str, ...]]
    """Key -> the items it is made of."""
    step: dict[Key, float]
    """Key -> how far one answer, moved to the next choice, moves one person's score: of its questions the one
    with the longest steps."""


def respondent_scores(wave: Wave) -> Scores:
    """Scores of all in the wave. Empty when the questionnaire declares no index or nobody answered.

    Source: our own open scoring, docs/methods.md; the same as `forms.scoring.score`.
    """
    rules = wave.questionnaire.index
    items = scored_items(wave.questionnaire)
    if rules is None or not items:
        return Scores({}, {}, {})
    values: dict[Key, Floats] = {}
    made_of: dict[Key, tuple[str, ...]] = {}
    step: dict[Key, float] = {}
    objects: list[str] = []
    for name in rules.objects:
        own = [item for item in items if item.object == name]
        if not own:
            continue
        objects.append(name)
        values[name, None] = _mean_of_items(wave, own, rules.min_answered)
        made_of[name, None] = tuple(i.item_id for i in own)
        step[name, None] = _longest_step(own) / len(own)
        for facet in rules.facets:
            cell = [item for item in own if item.facet == facet]
            if cell:
                values[name, facet] = _mean_of_items(wave, cell, rules.min_answered)
                made_of[name, facet] = tuple(i.item_id for i in cell)
                step[name, facet] = _longest_step(cell) / len(cell)
    if objects:
        shares = [rules.weights.get(name, 1.0) for name in objects]
        values[None, None] = _mean_of_answered(
            [values[name, None] for name in objects], rules.min_answered, shares
        )
        made_of[None, None] = tuple(item.item_id for item in items if item.object in objects)
        step[None, None] = max(step[name, None] for name in objects) / len(objects)
    return Scores(values, made_of, step)


def _longest_step(items: Sequence[ScoredItem]) -> float:
    """Between an answer and the next one: 25 on a scale of five, 100 between yes and no."""
    apart = [np.diff(sorted({*item.scores.values()})).max(initial=0.0) for item in items]
    return float(max(apart))


def scored_column(wave: Wave, item: ScoredItem) -> Floats:
    """One score a person for one item, NaN where it does not count.

    Source: our own open scoring, docs/methods.md.
    """
    lookup = np.full(256, np.nan)
    for code, score in item.scores.items():
        lookup[code] = score
    scores: Floats = lookup[wave.frame[item.item_id].to_numpy()]
    return scores


def _mean_of_items(wave: Wave, items: Sequence[ScoredItem], min_answered: float) -> Floats:
    """Straight from the codes: one column of scores an item would be most of what a report holds in
    memory."""
    total, answered = np.zeros(len(wave.frame)), np.zeros(len(wave.frame))
    for item in items:
        scores, there = np.zeros(256), np.zeros(256)
        for code, score in item.scores.items():
            scores[code], there[code] = score, 1.0
        codes = wave.frame[item.item_id].to_numpy()
        total += scores.take(codes)
        answered += there.take(codes)
    enough = (answered >= min_answered * len(items)) & (answered > 0)
    found = np.full(total.size, np.nan)
    np.divide(total, answered, out=found, where=enough)
    return found


def _mean_of_answered(columns: Sequence[Floats], min_answered: float, weights: Sequence[float]) -> Floats:
    total, weight, answered = (np.zeros(len(columns[0])) for _ in range(3))
    for column, share in zip(columns, weights, strict=True):
        there = ~np.isnan(column)
        np.add(total, column * share, out=total, where=there)
        weight += there * share
        answered += there
    enough = (answered >= min_answered * len(columns)) & (weight > 0)
    found = np.full(total.size, np.nan)
    np.divide(total, weight, out=found, where=enough)
    return found
