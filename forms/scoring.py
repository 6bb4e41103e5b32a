"""The open scoring: items -> cells (object x facet) -> objects -> index, all 0-100, high is good.

    cell    mean of the item scores in it
    object  mean of the item scores in all of its cells
    index   mean of the objects, weighted by `weights` (1 for an object that has none)

Every step needs at least `min_answered` of its parts, else there is no score. Only answers with a score
count: 'don't know', 'not applicable' and unanswered do not.

This is the reference for one answer document, plain on purpose; the reports work on counts and are tested
against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.answers import Answer
from forms.questionnaire import IndexRules, Item, Questionnaire

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ScoredItem:
    """An item that counts in the index. `scores`: 0-100 by code, already turned round when reversed."""

    item_id: str
    object: str
    facet: str
    scores: Mapping[int, float]


@dataclass(frozen=True)
class Scores:
    """The scores of one document, 0-100; None where too little was answered."""

    cells: Mapping[tuple[str, str], float | None]
    """By (object, facet), for the cells that have items."""
    objects: Mapping[str, float | None]
    index: float | None


def scored_items(questionnaire: Questionnaire) -> tuple[ScoredItem, ...]:
    """Every item with a place in the index, in the order of the questionnaire."""
    return tuple(
        ScoredItem(item.id, item.scoring.object, item.scoring.facet, item_scores(questionnaire, item))
        for item in questionnaire.items()
        if item.scoring is not None
    )


def item_scores(questionnaire: Questionnaire, item: Item) -> dict[int, float]:
    """Score 0-100 by code, reversal applied; empty when the choices have no scores."""
    reversed_ = item.scoring is not None and item.scoring.reversed
    return {
        choice.code: 100.0 - choice.score if reversed_ else choice.score
        for choice in questionnaire.choices(item)
        if choice.score is not None
    }


def favourable_codes(questionnaire: Questionnaire, item: Item) -> frozenset[int]:
    """Codes that are a good result, reversal applied; empty when the scale does not say.

    A reversed item is cut at the same score: with 75 and 100 good out of 0, 25, 50, 75, 100, those that are
    75 or more once turned round. Scales without scores are mirrored by the order of their choices.
    """
    if item.kind != "choice" or item.scale is None:
        return frozenset()
    scale = questionnaire.scale(item.scale)
    good = frozenset(scale.favourable)
    if not good or item.scoring is None or not item.scoring.reversed:
        return good
    turned = item_scores(questionnaire, item)
    if good <= turned.keys():
        cut = min(100.0 - turned[code] for code in good)
        return frozenset(code for code, score in turned.items() if score >= cut - _TOLERANCE)
    codes = [choice.code for choice in scale.choices]
    return frozenset(mirror for code, mirror in zip(codes, reversed(codes), strict=True) if code in good)


def score(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Scores:
    """The scores of one document. Without `index` rules in the questionnaire there are none at all."""
    rules = questionnaire.index
    if rules is None:
        return Scores({}, {}, None)
    by_cell: dict[tuple[str, str], list[float | None]] = {}
    by_object: dict[str, list[float | None]] = {}
    for item in scored_items(questionnaire):
        answer = answers.get(item.item_id)
        found = item.scores.get(answer) if isinstance(answer, int) else None
        by_cell.setdefault((item.object, item.facet), []).append(found)
        by_object.setdefault(item.object, []).append(found)
    cells = {cell: _mean(parts, rules) for cell, parts in by_cell.items()}
    objects = {name: _mean(by_object[name], rules) for name in rules.objects if name in by_object}
    weights = [rules.weights.get(name, 1.0) for name in objects]
    return Scores(cells, objects, _mean(list(objects.values()), rules, weights))


def _mean(
    parts: Sequence[float | None], rules: IndexRules, weights: Sequence[float] | None = None
) -> float | None:
    """The weighted mean of the parts that are there, when enough of them are."""
    paired = list(zip(parts, weights or [1.0] * len(parts), strict=True))
    there = [(value, weight) for value, weight in paired if value is not None]
    total = sum(weight for _, weight in there)
    if total <= 0 or len(there) / len(parts) < rules.min_answered - _TOLERANCE:
        return None
    return sum(value * weight for value, weight in there) / total
