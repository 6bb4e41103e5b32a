"""The index follows the open rules, for each person and for each estate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forms.answers import Answers
from forms.loading import shipped
from forms.scoring import score
from reports.compute import compute
from reports.index import respondent_scores
from reports.waves import Estate
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

ESTATE = [Estate("a", "A", "Sentrum", 40)]


def test_every_score_of_every_person_is_that_of_the_open_reference() -> None:
    form = shipped("boindeks")
    documents = drawn_answers(form, 30, np.random.default_rng(9), skip=0.45)
    wave = wave_of(form, ESTATE, {"a": documents})
    found = respondent_scores(wave)
    expected = [score(form, document) for document in documents]
    for key, values in found.values.items():
        name, facet = key
        if name is None:
            own = [reference.index for reference in expected]
        elif facet is None:
            own = [reference.objects[name] for reference in expected]
        else:
            own = [reference.cells[name, facet] for reference in expected]
        there = sorted(value for value in own if value is not None)
        assert sorted(values[~np.isnan(values)].tolist()) == pytest.approx(there), key


def test_a_reversed_question_counts_the_other_way() -> None:
    form = questionnaire(scored("hjem"), scored("stoy", facet="sosial", reversed=True))
    found = respondent_scores(wave_of(form, ESTATE, {"a": [{"hjem": 5, "stoy": 5}]}))
    assert found.values["bolig", "funksjonell"].tolist() == [100]
    assert found.values["bolig", "sosial"].tolist() == [0]


def test_who_answers_less_than_half_has_no_score() -> None:
    form = questionnaire(*(scored(name) for name in ("en", "to", "tre")))
    answers: list[Answers] = [{"en": 5, "to": 5}, {"en": 5}, {"en": 254, "to": 254, "tre": 5}]
    values = respondent_scores(wave_of(form, ESTATE, {"a": answers})).values["bolig", "funksjonell"]
    assert sorted(values.tolist(), key=math.isnan)[0] == 100
    assert np.isnan(values).sum() == 2


def test_objects_weigh_the_same_in_the_index() -> None:
    form = questionnaire(*(scored(name) for name in ("en", "to", "tre")), scored("utleier_svar", "utleier"))
    found = respondent_scores(wave_of(form, ESTATE, {"a": [{"en": 1, "to": 1, "tre": 1, "utleier_svar": 5}]}))
    assert found.values[None, None].tolist() == [50]


def test_the_score_of_an_estate_is_the_mean_of_its_people_and_certain_when_all_answered() -> None:
    form = questionnaire(*(scored(name) for name in ("en", "to", "tre", "fire")))
    documents: list[Answers] = [
        {"en": a, "to": b, "tre": 3, "fire": 3} for a in range(1, 6) for b in range(1, 6)
    ]
    report = compute(wave_of(form, [Estate("a", "A", "Sentrum", 25)], {"a": documents}), "a")
    assert report.index is not None
    assert (report.index.score.value, report.index.score.low, report.index.score.high) == (50, 50, 50)
