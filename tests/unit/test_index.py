"""The index follows the open rules, for each person and for each estate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forms.answers import Answers
from forms.loading import shipped
from forms.questionnaire import Questionnaire
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


def test_a_score_is_as_far_from_its_ends_as_its_own_scale_has_steps() -> None:
    """Two answers from end to end, of five steps or of two: eight answers of yes or no can lie nearer to an
    end than eight steps of 25 would."""
    five = questionnaire(scored("a"), scored("b"))
    document = five.model_dump(mode="json", exclude_none=True)
    for steps, length in ((2, 100.0), (3, 50.0), (5, 25.0)):
        choices = [
            {
                "code": c,
                "value": f"v{c}",
                "text": dict.fromkeys(("nb", "nn", "en"), f"s{c}"),
                "score": (c - 1) * length,
            }
            for c in range(1, steps + 1)
        ]
        scale = document["scales"][0] | {"choices": choices, "favourable": [steps]}
        own = Questionnaire.model_validate(document | {"scales": [scale, *document["scales"][1:]]})
        people: list[Answers] = [{"a": 1 + k % steps, "b": 1 + k % 2} for k in range(6)]
        found = respondent_scores(wave_of(own, ESTATE, {"a": people})).step
        assert found["bolig", "funksjonell"] == pytest.approx(length / 2)
        assert found["bolig", None] == found[None, None] == pytest.approx(length / 2)


def test_a_score_of_five_who_said_yes_or_no_is_not_told() -> None:
    """A stranger found this one: half were yes, and two and three of five the only way."""
    document = questionnaire(scored("a"), scored("b")).model_dump(mode="json", exclude_none=True)
    text = dict.fromkeys(("nb", "nn", "en"), "s")
    choices = [{"code": c, "value": f"v{c}", "text": text, "score": (c - 1) * 100} for c in (1, 2)]
    scale = document["scales"][0] | {"choices": choices, "favourable": [2]}
    form = Questionnaire.model_validate(document | {"scales": [scale, *document["scales"][1:]]})
    people: list[Answers] = [{"a": 1 + (k < 2), "b": 1 + (k < 3)} for k in range(5)]
    report = compute(wave_of(form, [Estate("a", "A", "Sentrum", 7)], {"a": people}), "a")
    assert report.index is not None and report.index.score.value is None
