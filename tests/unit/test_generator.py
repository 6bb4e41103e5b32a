"""What can be relied on in the made-up municipality: it never changes, it is valid, and its truth shows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from forms.answers import validate
from forms.journey import Journey
from forms.loading import shipped
from forms.questionnaire import Item, Questionnaire
from survey.demo.foundation import BUILDINGS
from survey.demo.generator import CUTS, _ease, draw_population, draw_wave, who_answers
from survey.demo.truth import ESTATES, NONRESPONSE_TILT, WAVES, effect
from survey.demo.voices import ITEMS, voices
from survey.responses.rows import GoodRow

DOCUMENTED = Path(__file__).parents[2] / "docs" / "demo.md"
OBJECTS = ("bolig", "bomiljo", "kontrakt", "utleier")


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return shipped("boindeks")


@pytest.fixture(scope="module")
def rows(questionnaire: Questionnaire) -> dict[int, list[GoodRow]]:
    return {wave.number: draw_wave(questionnaire, wave, ESTATES) for wave in WAVES}


def _score(questionnaire: Questionnaire, rows: list[GoodRow], estate: str, object: str) -> float:
    scores: list[float] = []
    for item in questionnaire.items():
        if not item.scoring or item.scoring.object != object:
            continue
        points = {choice.code: choice.score for choice in questionnaire.choices(item)}
        for row in rows:
            score = points.get(row.answers.get(item.id, 0)) if row.estate == estate else None  # type: ignore[arg-type]
            if score is not None:
                scores.append(100 - score if item.scoring.reversed else score)
    return float(np.mean(scores))


def test_the_same_answers_are_drawn_every_time(
    questionnaire: Questionnaire, rows: dict[int, list[GoodRow]]
) -> None:
    assert draw_wave(questionnaire, WAVES[0], ESTATES) == rows[1]


def test_every_answer_is_one_that_a_tenant_could_have_given(
    questionnaire: Questionnaire, rows: dict[int, list[GoodRow]]
) -> None:
    for row in [*rows[1], *rows[2]]:
        assert validate(questionnaire, row.answers) == row.answers
        assert Journey(questionnaire, row.answers).on_route() == row.answers


def test_the_landlord_with_many_buildings_shows_what_is_true_of_it(questionnaire: Questionnaire) -> None:
    first, second = (draw_wave(questionnaire, wave, BUILDINGS) for wave in WAVES)
    assert (len(first), len(second)) == (349, 367), "as documented"
    assert all(validate(questionnaire, row.answers) == row.answers for row in second)
    assert all(20 <= building.dwellings <= 60 for building in BUILDINGS)

    def warm(rows: list[GoodRow], **who: int) -> float:
        asked = [row.answers for row in rows if all(row.answers.get(k) == v for k, v in who.items())]
        found = [code for answers in asked if (code := answers.get("bolig_inneklima")) in range(1, 6)]
        return float(np.mean([code > 3 for code in found]))  # type: ignore[operator]

    codes = {choice.value: choice.code for choice in questionnaire.choices(questionnaire.item("husstand"))}
    assert warm(second, husstand=codes["alene"]) > warm(second, husstand=codes["familie"]) + 0.15
    windows = {"Industriveien 3", "Industriveien 5", "Industriveien 7"}
    then, now = ([row for row in rows if row.estate in windows] for rows in (first, second))
    assert warm(now) > warm(then) + 0.15


def test_as_many_answer_as_the_documentation_says(rows: dict[int, list[GoodRow]]) -> None:
    assert Counter(row.estate for row in rows[1]) == {"Fjordgløtt": 4, "Solbakken": 27, "Nordlia": 88}
    assert Counter(row.estate for row in rows[2]) == {"Fjordgløtt": 6, "Solbakken": 30, "Nordlia": 95}


def test_the_answers_show_what_is_true(questionnaire: Questionnaire, rows: dict[int, list[GoodRow]]) -> None:
    score = {
        (wave, estate.name, object): _score(questionnaire, rows[wave], estate.name, object)
        for wave, estate, object in product((1, 2), ESTATES, OBJECTS)
    }
    assert score[1, "Nordlia", "utleier"] < score[1, "Solbakken", "utleier"] - 8
    assert score[2, "Nordlia", "utleier"] > score[1, "Nordlia", "utleier"] + 6
    assert score[2, "Solbakken", "bomiljo"] < score[1, "Solbakken", "bomiljo"] - 5
    assert abs(score[2, "Nordlia", "bolig"] - score[1, "Nordlia", "bolig"]) < 6


def test_single_items_move_as_documented() -> None:
    solbakken = ESTATES[1]
    assert effect(solbakken, WAVES[0], "bomiljo", "bomiljo_moteplass") == 0.5
    assert effect(solbakken, WAVES[1], "bomiljo", "bomiljo_moteplass") == pytest.approx(-0.65)


def test_those_who_answer_are_a_little_more_content_than_those_who_do_not() -> None:
    random = np.random.default_rng(5)
    gaps: list[float] = []
    for _ in range(200):
        population = draw_population(random, 180)
        answering = who_answers(random, population, 95)
        gaps.append(float(np.mean([t.general for t in answering]) - np.mean([t.general for t in population])))
    assert 0.05 < np.mean(gaps) < NONRESPONSE_TILT


def test_people_write_in_three_languages_and_name_nobody(rows: dict[int, list[GoodRow]]) -> None:
    written = [row for row in rows[2] if any(item in row.answers for item in ITEMS)]
    assert {row.language for row in written} == {"nb", "nn", "en"}
    assert len(written) > 60
    for sentences in (s for kinds in voices().values() for s in kinds.values()):
        for sentence in sentences:
            assert set(sentence) == {"nb", "nn", "en"}
            for text in sentence.values():
                # A capital letter inside a sentence could be a name.
                words = text.replace("! ", ". ").split(". ")
                assert not any(
                    w[:1].isupper() and w not in ("I", "March") for part in words for w in part.split()[1:]
                )


def test_what_was_when_they_moved_in_does_not_change_with_the_year(questionnaire: Questionnaire) -> None:
    past = [item.id for item in questionnaire.items() if item.retrospective]
    assert past
    nordlia = ESTATES[2]
    assert effect(nordlia, WAVES[1], "medvirkning") != effect(nordlia, WAVES[0], "medvirkning")
    shares = []
    asked = questionnaire.model_copy(
        update={
            "pages": tuple(
                page
                for page in questionnaire.pages
                if "medv_nok_tid" in {item.id for item in questionnaire.page_items(page)}
            )
        }
    )
    for wave in WAVES:
        rows = draw_wave(asked, wave, (replace(nordlia, dwellings=3000, answers=(2500, 2500)),))
        answers = [
            row.answers["medv_nok_tid"] for row in rows if row.answers.get("medv_nok_tid") in range(1, 6)
        ]
        shares.append(float(np.mean([code in (4, 5) for code in answers])))
    assert abs(shares[0] - shares[1]) < 0.04


def test_the_documented_truth_is_what_the_generator_draws_from(questionnaire: Questionnaire) -> None:
    documented = {
        row[1].strip(): [int(cell.strip(" *")) for cell in row[2:6]]
        for row in (line.split("|") for line in DOCUMENTED.read_text("utf-8").splitlines())
        if len(row) == 7 and row[2].strip(" *").isdigit() and row[5].strip(" *").isdigit()
    }
    spread = NormalDist(0, math.sqrt(0.55**2 + 0.40**2 + 0.73**2))
    for estate, wave in product(ESTATES, WAVES):
        name = (
            "Fjordgløtt, both years" if estate.name == "Fjordgløtt" else f"{estate.name} {2023 + wave.number}"
        )
        for place, object in enumerate(OBJECTS):
            scores = [
                _expected(questionnaire, item, effect(estate, wave, object, item.id), spread)
                for item in questionnaire.items()
                if item.scoring and item.scoring.object == object
            ]
            assert documented[name][place] == pytest.approx(float(np.mean(scores)), abs=0.55)


def _expected(questionnaire: Questionnaire, item: Item, effect: float, spread: NormalDist) -> float:
    """Mean score of everybody, from the cut points."""
    assert item.scoring
    sign = -1 if item.scoring.reversed else 1
    middle = sign * (effect + _ease(item.id))
    choices = questionnaire.steps(item)
    cuts = [-math.inf, *CUTS[len(choices)], math.inf]
    found = sum(
        (spread.cdf(high - middle) - spread.cdf(low - middle)) * (choice.score or 0)
        for choice, (low, high) in zip(choices, pairwise(cuts), strict=True)
    )
    return 100 - found if item.scoring.reversed else found
