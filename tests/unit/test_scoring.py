"""What a score means: anybody with the answers and the published rules gets the same number."""

from __future__ import annotations

import pytest
from hypothesis import given

from forms.answers import Answers
from forms.loading import from_document, shipped
from forms.scoring import favourable_codes, item_scores, score, scored_items
from tests.questionnaires import document, questionnaire
from tests.unit.test_answers import answers_to

Q = questionnaire()


def test_the_published_example_comes_out_as_published() -> None:
    counts = {1: 3, 2: 4, 3: 0, 4: 5, 5: 7}
    scores = item_scores(Q, Q.item("hjem"))
    mean = sum(scores[code] * n for code, n in counts.items()) / sum(counts.values())
    assert mean == pytest.approx(61.8, abs=0.05)


def test_a_reversed_item_is_turned_round_in_score_and_in_what_is_good() -> None:
    stoy = Q.item("stoy")
    assert item_scores(Q, stoy) == {1: 100, 2: 75, 3: 50, 4: 25, 5: 0}
    assert favourable_codes(Q, stoy) == {1, 2}
    assert favourable_codes(Q, Q.item("hjem")) == {4, 5}


def test_a_reversed_yes_no_partly_counts_no_as_good_and_partly_as_neither() -> None:
    data = document()
    data["scales"][0] = {
        "id": "e5",
        "favourable": [2],
        "choices": [
            {"code": 1, "value": "nei", "score": 0, "text": {"nb": "Nei"}},
            {"code": 2, "value": "ja", "score": 100, "text": {"nb": "Ja"}},
            {"code": 3, "value": "delvis", "score": 50, "text": {"nb": "Delvis"}},
        ],
    }
    q = from_document(data)
    assert favourable_codes(q, q.item("stoy")) == {1}


def test_a_reversed_scale_without_scores_is_mirrored_by_order() -> None:
    data = document()
    for choice in data["scales"][0]["choices"]:
        del choice["score"]
    q = from_document(data)
    assert favourable_codes(q, q.item("stoy")) == {1, 2}


def test_items_without_a_shared_scale_have_no_good_answers() -> None:
    assert favourable_codes(Q, Q.item("alder")) == frozenset()
    assert favourable_codes(Q, Q.item("bedre")) == frozenset()


def test_scored_items_are_those_with_a_place_in_the_index() -> None:
    assert [item.item_id for item in scored_items(Q)] == ["hjem", "plass", "stoy", "alvor"]


def test_one_document_is_scored_step_by_step() -> None:
    scores = score(Q, {"hjem": 4, "plass": 5, "stoy": 5, "alvor": 2})
    assert scores.cells == {
        ("bolig", "emosjonell"): 75,
        ("bolig", "funksjonell"): 50,
        ("utleier", "emosjonell"): 25,
    }
    assert scores.objects == {"bolig": pytest.approx(175 / 3), "utleier": 25}
    assert scores.index == pytest.approx((175 / 3 + 25) / 2)


def test_weights_count() -> None:
    data = document()
    data["index"]["weights"] = {"bolig": 3}
    assert score(from_document(data), {"hjem": 5, "plass": 5, "stoy": 1, "alvor": 1}).index == 75


def test_dont_know_is_not_a_score_and_half_is_enough() -> None:
    scores = score(Q, {"hjem": 5, "plass": 5, "stoy": 254, "alvor": 255})
    assert scores.cells[("bolig", "funksjonell")] == 100
    assert scores.cells[("utleier", "emosjonell")] is None
    assert scores.objects == {"bolig": 100, "utleier": None}
    assert scores.index == 100


def test_too_few_answers_give_no_score() -> None:
    data = document()
    data["index"]["min_answered"] = 0.6
    scores = score(from_document(data), {"plass": 5})
    assert scores.cells[("bolig", "funksjonell")] is None
    assert (scores.objects["bolig"], scores.index) == (None, None)


def test_without_rules_there_is_no_index() -> None:
    assert score(shipped("copenhagen"), {}).index is None


@given(answers_to(Q))
def test_every_score_lies_between_0_and_100(answers: Answers) -> None:
    scores = score(Q, answers)
    found = [*scores.cells.values(), *scores.objects.values(), scores.index]
    assert all(value is None or 0 <= value <= 100 for value in found)


def test_the_best_and_the_worst_answers_to_the_shipped_questionnaire_are_100_and_0() -> None:
    q = shipped("boindeks")
    for form in (q, q.short_form()):
        items = scored_items(form)
        best = {item.item_id: max(item.scores, key=lambda code: item.scores[code]) for item in items}
        worst = {item.item_id: min(item.scores, key=lambda code: item.scores[code]) for item in items}
        assert score(form, best).index == 100
        assert score(form, worst).index == 0
