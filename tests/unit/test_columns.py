"""A score of an estate is made of what the bars of its questions tell, and so is the doubt about it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from forms.answers import Answers
from reports.compute import compute
from reports.inference.strata import combined, spread_as_told
from reports.scope import Groundwork
from reports.waves import Estate
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

PLACE = [Estate("e", "E", "Nord", 60)]
TWO = questionnaire(scored("a"), scored("b"))


def _answers(**columns: list[int]) -> list[Answers]:
    longest = max(map(len, columns.values()))
    return [{q: own[k] for q, own in columns.items() if k < len(own)} for k in range(longest)]


def test_each_question_of_a_score_counts_with_those_who_answered_it() -> None:
    """Thirty answered the one, 66 2/3 on the average; of these ten the other, 0."""
    people = _answers(a=[5] * 20 + [1] * 10, b=[1] * 5 + [2] * 5)
    found = compute(wave_of(TWO, PLACE, {"e": people}), "e").index
    assert found is not None
    assert found.score.value == round((200 / 3 + 12.5) / 2)
    assert found.score.n == 15, "harmonic mean of 30 and 10"


def test_a_question_that_too_few_answered_is_not_in_the_score_and_half_of_them_must_be() -> None:
    form = questionnaire(*(scored(name) for name in "abc"))
    many = [5, 4, 3, 2, 1] * 6
    told = [
        compute(wave_of(form, PLACE, {"e": _answers(a=many, b=b, c=[5] * 4)}), "e").objects[0].score
        for b in (many, [5] * 4)
    ]
    assert told[0].value == 50
    assert (told[1].value, told[1].hidden) == (None, "hidden.few")


def test_of_one_estate_the_interval_is_as_wide_as_those_of_its_questions_on_the_average() -> None:
    """Nothing is told of how they go together: as closely as can be."""
    people = _answers(a=[1] * 10 + [5] * 20, b=[5] * 22 + [1] * 8)
    found = compute(wave_of(TWO, PLACE, {"e": people}), "e").index
    assert found is not None
    halves = [
        special.stdtrit(29, 0.975) * 100 * math.sqrt(p * (1 - p) / 29 * (1 - 30 / 60))
        for p in (1 / 3, 4 / 15)
    ]
    assert found.score.value == 70
    assert found.score.high == math.ceil(70 + sum(halves) / 2)


def test_of_many_people_the_told_spread_of_a_score_is_about_that_of_people() -> None:
    """Between the estates their spread is not counted, nor what the noise leaves; never less than if nothing
    went together, nor more than if everything did."""
    form, rng = questionnaire(*(scored(name) for name in "abcdef")), np.random.default_rng(3)
    people = {name: drawn_answers(form, 150, rng, lean, skip=0) for name, lean in (("u", -0.6), ("v", 0.5))}
    ground = Groundwork.of(wave_of(form, [Estate(n, n, "Nord", 400) for n in people], people))
    strata = ground.spread(("bolig", None)).strata
    own = [ground.scores.values["bolig", None][ground.estate_of == place] for place in (0, 1)]
    assert strata.mean == pytest.approx([values.mean() for values in own])
    assert np.sqrt(strata.variance) == pytest.approx([values.std(ddof=1) for values in own], rel=0.2)
    assert strata.finite.tolist() == [400, 400]


def test_a_bar_that_is_told_wholly_has_its_own_spread_and_parts_lie_as_the_whole_does() -> None:
    scores = np.array([0.0, 25, 50, 75, 100])
    counts = np.array([[6, 5, 7, 9, 8], [0, 0, 20, 6, 6]])
    each = tuple((k, k + 1) for k in range(5))
    exact = np.repeat(scores, counts[0])
    means, variances = spread_as_told(
        counts, [each, ((0, 3), (3, 5))], scores, np.array([1, 1, 6, 3, 1]) / 12
    )
    assert (means[0], variances[0]) == pytest.approx((exact.mean(), exact.var(ddof=1)))
    laid = np.array([20 / 8, 20 / 8, 20 * 6 / 8, 9, 3])
    mean = laid @ scores / 32
    assert (means[1], variances[1]) == pytest.approx((mean, laid @ (scores - mean) ** 2 / 31))


def test_doubts_that_go_together_add_up_and_others_by_their_squares() -> None:
    errors = np.array([[3.0, 4.0]])
    assert [float(combined(errors, r)[0]) for r in (0.0, 0.5, 1.0)] == pytest.approx([5, math.sqrt(37), 7])
