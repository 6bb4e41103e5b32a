"""What goes with the overall answer while other answers are alike: one model over all estates.

Association, never cause. Told in odds with their intervals, from answers merged so far that nobody follows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item, Questionnaire
from forms.scoring import favourable_codes
from reports.associations import Common, common, missing_from, outcome_of, upwards
from reports.disclosure import MINIMUM, each_keeps_its_range, rounded_base
from reports.errors import NoEstimate
from reports.inference import holm
from reports.inference.models import Effect, Factor, ordered_logit
from reports.inference.settings import FEWEST_FOR_A_MODEL, MOST_FACTORS
from reports.results import LeftOut, Results
from reports.rounding import half_up
from reports.scope import Groundwork, Scope
from reports.widths import p_of

LEAST = 0.01
"""No odds are printed as nothing at all."""
MOST = 10_000.0
"""An interval that reaches farther has no end that says anything."""

Places = NDArray[np.int64]
"""Of every answer its part, worst first; -1: none."""
Parts = list[tuple[int, ...]]
"""Codes that are told as one, worst first."""


@dataclass(frozen=True)
class Odds:
    """People who gave `codes` beside those who gave the `lowest` answers to the same question: how many times
    as high their odds of a higher overall answer are, with the 95 % interval, outwards; hundredths below a
    tenth, tenths below 10. `high`: inf above MOST."""

    factor: str
    codes: tuple[int, ...]
    lowest: tuple[int, ...]
    value: float
    low: float
    high: float
    sure: bool
    """After Holm's test over all of the model, and by the printed interval; both from what is printed."""


@dataclass(frozen=True)
class Together:
    """`n`: who answered all of these questions, in the estates whose bars show them all, to fives;
    `left_out`: who is not in these."""

    outcome: str
    rows: tuple[Odds, ...]
    n: int
    left_out: LeftOut = "nobody"


def together(ground: Groundwork, whole: Results) -> Together | None:
    """What surely and most strongly goes with the overall question, MOST_FACTORS at most, in one model.

    Answers are merged as the associations and the bar of the overall question are; where too few questions
    can join so, to good ones and others. A question joins while MINIMUM people or more gave each pair of
    answers, to it and to any other of the model, and while these tables leave what is hidden in each estate
    (`each_keeps_its_range`), and no more are left out than of any other figure about all. The model rests on
    whole patterns of answers, of which some may be one person's; that nobody follows from its odds is since
    they are few, rounded and told with doubt, and the width of that doubt, which rests on each estate, with
    noise (`widths`). None with fewer than two such questions (one alone is told by its association), with
    fewer than FEWEST_FOR_A_MODEL people, or where the model has no solution.

    Source: see `inference.models.ordered_logit` and `inference.holm`.
    """
    outcome = outcome_of(ground.wave.questionnaire)
    for groups, placed in candidates(ground, whole):
        if outcome is not None and (made := _fitted(ground, outcome, groups, placed)) is not None:
            return made
    return None


def candidates(ground: Groundwork, whole: Results) -> Iterator[tuple[dict[str, Parts], list[Places]]]:
    """Models that may be told, the finest first: the questions with their parts, and the part of every answer
    of the wave, the overall question first.

    Source: our own rule, docs/methods.md.
    """
    form = ground.wave.questionnaire
    outcome = outcome_of(form)
    if outcome is None or outcome.id not in whole.items:
        return
    scope = Scope.of(ground, None)
    shared = {
        found.factor: own
        for found in whole.associations
        if (own := common(scope, form.item(found.factor), outcome)) is not None
    }
    if not shared:
        return
    cuts = frozenset.intersection(*(own.columns for own in shared.values()))
    fine = {found.factor: [codes for codes, _ in found.rows] for found in whole.associations}
    coarse = {name: _good_and_others(form, form.item(name)) for name in fine}
    bar, two = _bar(form, outcome, whole, cuts), _good_and_others(form, outcome)
    for parts, of_factors in ((bar, fine), (two, fine), (bar, coarse), (two, coarse)):
        answers = _placed(ground, outcome, parts, ground.large_enough)
        groups, placed = _joined(ground, whole, (answers, len(parts)), of_factors, shared)
        if len(groups) > 1:
            yield groups, placed


def _bar(form: Questionnaire, outcome: Item, whole: Results, cuts: Collection[int]) -> Parts:
    """The parts of its bar that somebody is in, worst first; cut only where the factors' estates all do."""
    steps = upwards(form, outcome, [choice.code for choice in form.steps(outcome)])
    parts: list[tuple[tuple[int, ...], int]] = []
    for segment in sorted(whole.items[outcome.id].segments, key=lambda own: steps.index(own.codes[0])):
        if parts and min(map(steps.index, segment.codes)) not in cuts:
            codes, n = parts.pop()
            parts.append((codes + segment.codes, n + segment.n))
        else:
            parts.append((segment.codes, segment.n))
    return [codes for codes, n in parts if n]


def _good_and_others(form: Questionnaire, item: Item) -> Parts:
    """One part, which joins no model, where no answer is good."""
    good = favourable_codes(form, item)
    codes = [choice.code for choice in form.steps(item)]
    parts = [tuple(code for code in codes if (code in good) is wanted) for wanted in (False, True)]
    return [part for part in parts if part]


def _joined(
    ground: Groundwork,
    whole: Results,
    outcome: tuple[Places, int],
    parts: Mapping[str, Parts],
    shared: Mapping[str, Common],
) -> tuple[dict[str, Parts], list[Places]]:
    """The questions of the model with their parts, and the places of all answers, the overall one first.

    `outcome`: its places, and in how many parts."""
    groups: dict[str, Parts] = {}
    placed, parts_of_outcome = [outcome[0]], outcome[1]
    for found in whole.associations:
        if found.factor not in shared or not found.distinguishable or len(groups) == MOST_FACTORS:
            continue
        own = parts[found.factor]
        factor = ground.wave.questionnaire.item(found.factor)
        tried = [*placed, _placed(ground, factor, own, shared[factor.id].estates)]
        sizes = [parts_of_outcome, *map(len, groups.values()), len(own)]
        if _missing(ground, (*groups, found.factor, found.outcome), tried) == "many":
            continue
        if _pairs_may_be_known(tried, sizes, ground.estate_of):
            placed, groups[found.factor] = tried, own
    return groups, placed


def _fitted(
    ground: Groundwork, outcome: Item, groups: dict[str, Parts], placed: Sequence[Places]
) -> Together | None:
    everybody = np.all([place >= 0 for place in placed], axis=0)
    n = int(everybody.sum())
    if n < FEWEST_FOR_A_MODEL:
        return None
    factors = {
        name: Factor(place[everybody], [str(part) for part in range(len(own))])
        for (name, own), place in zip(groups.items(), placed[1:], strict=True)
    }
    try:
        made = ordered_logit(placed[0][everybody], factors, ground.estate_of[everybody])
    except NoEstimate:
        return None
    units = np.unique(ground.estate_of[everybody]).size
    values = [printed_value(effect.odds[0]) for effect in made.effects]
    halves = [_half(ground, groups, effect, units) for effect in made.effects]
    stands = holm([p_of(math.log(own), half, units) for own, half in zip(values, halves, strict=True)])
    rows = tuple(
        _odds(effect, groups, value, half, sure)
        for effect, value, half, sure in zip(made.effects, values, halves, stands, strict=True)
    )
    return Together(outcome.id, rows, rounded_base(n), _missing(ground, (*groups, outcome.id), placed))


def _missing(ground: Groundwork, names: Collection[str], placed: Sequence[Places]) -> LeftOut:
    """Who is left out of a model of these questions."""
    inside = np.unique(ground.estate_of[np.all([place >= 0 for place in placed], axis=0)]).tolist()
    form = ground.wave.questionnaire
    return missing_from(Scope.of(ground, None), [form.item(name) for name in names], inside)


def _half(ground: Groundwork, groups: dict[str, Parts], effect: Effect, units: int) -> float:
    """Of the interval of log odds, as it is told."""
    about = ("odds", effect.factor, groups[effect.factor][int(effect.group)])
    return ground.widths.told(effect.high - effect.value, units, about)


def _placed(ground: Groundwork, item: Item, parts: Parts, estates: Collection[int]) -> Places:
    """Of every row of the frame; -1 outside these estates, too."""
    place = np.full(256, -1)
    for number, codes in enumerate(parts):
        place[list(codes)] = number
    found: Places = place[ground.wave.frame[item.id].to_numpy()]
    return np.where(np.isin(ground.estate_of, list(estates)), found, -1)


def _pairs_may_be_known(placed: Sequence[Places], sizes: Sequence[int], estate_of: Places) -> bool:
    """Of those who answered all of it: do MINIMUM people or more stand in each pair of answers, and does
    every estate keep its own table of them to itself? `sizes`: in how many parts each is told; nobody may be
    in one."""
    everybody = np.all([column >= 0 for column in placed], axis=0)
    if min(sizes) < 2 or not everybody.any():
        return False
    estates, where = np.unique(estate_of[everybody], return_inverse=True)
    for (a, one), (b, other) in combinations(zip(placed, sizes, strict=True), 2):
        pairs = (where * one + a[everybody]) * other + b[everybody]
        tables = np.bincount(pairs, minlength=estates.size * one * other).reshape(-1, one, other)
        if tables.sum(axis=0).min() < MINIMUM:
            return False
        if estates.size > 1 and not each_keeps_its_range(tables):
            return False
    return True


def _odds(effect: Effect, groups: dict[str, Parts], value: float, half: float, sure: bool) -> Odds:
    own = groups[effect.factor]
    low, high = printed_ends(value, half)
    apart = low > 1 or high < 1
    return Odds(effect.factor, own[int(effect.group)], own[0], value, low, high, sure and apart)


def printed_value(odds: float) -> float:
    """Odds as they are told.

    Source: see `Odds`; a rounding, nothing is estimated.
    """
    return max(_digits(odds, half_up), LEAST)


def printed_ends(value: float, half: float) -> tuple[float, float]:
    """The interval beside a printed value: from the least to the most odds that are printed so, `half` in
    logarithms to either side, outwards.

    Source: see `Odds`; a rounding, nothing is estimated.
    """
    off = 0.5 / _size(value)
    least = value - off if value > LEAST else 0.0
    low = least * math.exp(-half)
    # In logarithms: noise has no end, and a number of this size one.
    if math.log(value + off) + half > math.log(MOST):
        return _digits(low, math.floor), math.inf
    return _digits(low, math.floor), _digits((value + off) * math.exp(half), math.ceil)


def _digits(value: float, cut: Callable[[float], float]) -> float:
    """To hundredths below a tenth, to tenths below 10, to whole numbers above."""
    size = _size(value)
    return float(cut(round(value * size, 9)) / size)


def _size(value: float) -> int:
    return 100 if value < 0.1 else 10 if value < 10 else 1
