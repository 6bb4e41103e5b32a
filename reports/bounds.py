"""What those who did not answer could change: bounds about the share of good answers to the overall one."""

from __future__ import annotations

from collections.abc import Sequence

from forms.questionnaire import Item
from reports.columns import good_answers
from reports.inference.respondents import nonresponse_bounds, sample_bounds
from reports.items import distribution
from reports.results import Estimate
from reports.scope import Scope
from reports.waves import Estate


def bounds_of(scope: Scope, outcome: Item, share: Estimate) -> tuple[tuple[float, float], bool] | None:
    """Share of good answers (0..1) had all who did not answer the overall question said no, or yes; and
    whether these are limits only: at least the one, at most the other.

    `outcome`: the overall question. `share`: of its good answers, as the report tells it. None where it tells
    none, or where it is not known how many were asked. Of the estates whose answers are in the share: those
    who answered in the others are not silent. Where a sample was drawn, those who were not drawn are not
    silent either. Where the bar is rounded, they are the widest of all answers that fit what is told.

    Source: see `inference.respondents.nonresponse_bounds` and `sample_bounds`.
    """
    form = scope.ground.wave.questionnaire
    if share.value is None:
        return None
    positions = [i for i, yes in enumerate(good_answers(form, outcome)) if yes]
    places, answered, fewest, most = _answers(scope, outcome, positions)
    estates = [scope.ground.wave.estates[i] for i in places]
    asked = [estate.invited for estate in estates if estate.invited is not None]
    if len(asked) < len(estates) or not sum(asked) or (scope.single and estates[0].others):
        return None
    if any(estate.overfull for estate in estates):
        return None
    ends = []
    for good in (fewest, most):
        if any(estate.dwellings is not None for estate in estates):
            sizes = [estate.population for estate in estates]
            ends.append(sample_bounds(good, answered, asked, sizes))
        else:
            ends.append(nonresponse_bounds(*_whose_they_are(estates, good, answered, asked)))
    return (ends[0][0], ends[1][1]), list(fewest) != list(most)


def _answers(
    scope: Scope, outcome: Item, positions: Sequence[int]
) -> tuple[Sequence[int], list[int], list[int], list[int]]:
    """The estates in its bar, how many answered, and the fewest and the most good answers of each that
    are told."""
    if scope.single:  # whose bar is its own: there are hundreds of them, and nothing to be chosen
        codes = [choice.code for choice in scope.ground.wave.questionnaire.steps(outcome)]
        table = scope.ground.counts.codes[outcome.id][list(scope.members)][:, codes]
        good = table[:, positions].sum(axis=1).tolist()
        return scope.members, table.sum(axis=1).tolist(), good, good
    found = distribution(scope, outcome)
    answered = found.base.tolist()
    if not found.step:
        good = found.table[:, positions].sum(axis=1).tolist()
        return found.places, answered, good, good
    told = found.told_share(positions)
    if found.weighted is not None:  # the share is of other weights than answers have here
        return found.places, answered, told.least.astype(int).tolist(), told.most.astype(int).tolist()
    # Of estates where homes were drawn, an answer stands for more than one.
    estates = [scope.ground.wave.estates[i] for i in found.places]
    cost = [max(1, e.population or 1) / max(1, e.invited or 1) for e in estates]
    return found.places, answered, told.fewest(cost), told.most_of(cost)


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
