"""What those who did not answer could change: bounds about the share of good answers to the overall one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from reports.inference.respondents import nonresponse_bounds, sample_bounds
from reports.items import distribution
from reports.openness import good_answers
from reports.results import Estimate
from reports.rounding import half_up, outward
from reports.scope import Scope
from reports.waves import Estate


def bounds_of(scope: Scope, outcome: Item, share: Estimate) -> tuple[float, float] | None:
    """Share of good answers (0..1) had all who did not answer the overall question said no, or yes.

    `outcome`: the overall question. `share`: of its good answers, as the report tells it. None where it tells
    none, or where it is not known how many were asked. Of the estates whose answers are in the share: those
    who answered in the others are not silent. Where a sample was drawn, those who were not drawn are not
    silent either. Where the bar is rounded, so are the bounds, outwards.

    Source: see `inference.respondents.nonresponse_bounds` and `sample_bounds`.
    """
    form = scope.ground.wave.questionnaire
    if share.value is None:
        return None
    places, table, step = _answers(scope, outcome)
    estates = [scope.ground.wave.estates[i] for i in places]
    asked = [estate.invited for estate in estates if estate.invited is not None]
    if len(asked) < len(estates) or not sum(asked) or (scope.single and estates[0].others):
        return None
    if any(estate.overfull for estate in estates):
        return None
    positions = [i for i, yes in enumerate(good_answers(form, outcome)) if yes]
    good, answered = table[:, positions].sum(axis=1).tolist(), table.sum(axis=1).tolist()
    if any(estate.dwellings is not None for estate in estates):
        low, high = sample_bounds(good, answered, asked, [estate.population for estate in estates])
        low, high = outward(low, high, step) if step else (low, high)
        return max(0.0, low), min(1.0, high)
    low, high = nonresponse_bounds(*_whose_they_are(estates, good, answered, asked))
    return _rounded(low, high, share.value, step) if step else (low, high)


def _answers(scope: Scope, outcome: Item) -> tuple[Sequence[int], NDArray[np.int64], float]:
    """The estates in its bar, their answers by step, and to what the bar is rounded (0: it is not)."""
    if scope.single:  # whose bar is its own: there are hundreds of them, and nothing to be chosen
        codes = [choice.code for choice in scope.ground.wave.questionnaire.steps(outcome)]
        return scope.members, scope.ground.counts.codes[outcome.id][list(scope.members)][:, codes], 0.0
    found = distribution(scope, outcome)
    return found.places, found.table, found.step


def _whose_they_are(
    estates: Sequence[Estate], good: Sequence[int], answered: Sequence[int], asked: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """The same numbers, with those estates as one that have answers of one another: there more answers than
    homes in one do not mean that more were asked."""
    apart = [i for i, estate in enumerate(estates) if not estate.others and not any(estate.elsewhere)]
    rest = sorted(set(range(len(estates))) - set(apart))
    groups = [[i] for i in apart] + ([rest] if rest else [])
    told = (good, answered, asked)
    k, r, n = ([sum(numbers[i] for i in group) for group in groups] for numbers in told)
    return k, r, n


def _rounded(low: float, high: float, share: float, step: float) -> tuple[float, float]:
    """Outwards by half a step at most, where the bar has `step`.

    Steps are counted from what the rounded share makes of the same response. From 0 they would cut the same
    answers at other places than the share is cut, and what lies between two cuts may be one answer.
    """
    rate = 1 - (high - low)
    middle = rate * share + half_up((low - rate * share) / step) * step
    return max(0.0, middle - step / 2), min(rate, middle + step / 2) + 1 - rate
