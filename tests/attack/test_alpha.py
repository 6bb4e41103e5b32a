"""What is told of how well the questions of a theme hang together does not tell who gave two answers at once.

Of two yes/no questions alpha is made of one number that the bars do not tell: how many said no to both.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.alphas import alpha_of, told_alpha
from reports.compute import compute
from reports.disclosure import MINIMUM
from reports.inference.estimates import Floats
from reports.inference.reliability import pairwise_covariance, reliability
from reports.waves import Estate
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

YES, NO = 5, 1
RANGES = [100.0, 100.0]
AS_LIKELY = math.exp(2)
LOTS = np.concatenate([-np.log1p(-(np.arange(4000) + 0.5) / 4000), np.log1p(-(np.arange(4000) + 0.5) / 4000)])
"""Laplace's law, each as likely."""


def _people(n: int, first: int, second: int, both: int) -> Floats:
    """Scores of n people, of whom so many said no to one question, to the other, to both."""
    people = np.full((n, 2), 100.0)
    people[:first, 0] = 0
    people[first - both : first - both + second, 1] = 0
    return people


def _form() -> Questionnaire:
    return questionnaire(scored("ro"), scored("lys"))


def _report(people: Floats, places: int) -> object:
    """All that the report on all tells of the theme; people stand in these estates by turns."""
    answers: list[Answers] = [
        {"ro": YES if ro else NO, "lys": YES if light else NO} for ro, light in people.tolist()
    ]
    halves = {str(place): answers[place::places] for place in range(places)}
    wave = wave_of(_form(), [Estate(name, name, "Nord", 90) for name in halves], halves)
    return compute(wave, None).scales


@pytest.mark.parametrize("places", [1, 2])
def test_of_fifty_five_people_nothing_tells_how_many_said_no_to_both(places: int) -> None:
    """The same is printed whoever said no to both: also that no question goes against the other."""
    told = {repr(_report(_people(55, 12, 14, both), places)) for both in (0, 1, 7, 12)}
    assert len(told) == 1


def test_without_the_rule_each_number_of_them_prints_another_alpha() -> None:
    printed = {both: reliability(_people(55, 12, 14, both)).alpha.value for both in range(7, 13)}
    assert len({round(value, 2) for value in printed.values()}) == len(printed)
    turned = [any(row.turned for row in reliability(_people(55, 12, 14, n)).items) for n in (0, 1)]
    assert turned == [True, False], "and that one goes against the other, that nobody said no to both"


@pytest.mark.parametrize(
    ("n", "first", "second", "both"),
    [(55, 12, 14, 12), (300, 60, 80, 58), (700, 150, 200, 150), (700, 150, 200, 60), (3000, 700, 900, 698)],
)
def test_five_other_people_might_as_well_have_said_no_to_both(
    n: int, first: int, second: int, both: int
) -> None:
    """Whatever is printed, silence too, is about as likely of answers in which five fewer did."""
    law = [_law(_people(n, first, second, number)) for number in (both, both - MINIMUM)]
    told = [outcome for outcome, times in (law[0] + law[1]).items() if times >= 40]
    assert told
    for outcome in told:
        assert max(own[outcome] for own in law) <= AS_LIKELY * 1.1 * min(own[outcome] for own in law)


def _law(people: Floats) -> Counter[object]:
    _, _, covariance = pairwise_covariance(people)
    return Counter(repr(told_alpha(covariance, RANGES, len(people), float(lot))) for lot in LOTS)


def test_an_alpha_that_is_told_holds_the_one_that_was_reckoned() -> None:
    people = _people(3000, 700, 900, 500)
    _, _, covariance = pairwise_covariance(people)
    spread = float(np.trace(covariance))
    exact = alpha_of((float(covariance.sum()) - spread) / 2, spread, 2)
    assert exact == pytest.approx(reliability(people, redrawn=False).alpha.value)
    told = [told_alpha(covariance, RANGES, len(people), float(lot)) for lot in LOTS[::10]]
    held = [own.low <= exact <= own.high for own in told if own and own.low is not None and own.high]
    assert len(held) > 0.9 * len(told)
    assert sum(held) >= 0.95 * len(held)
