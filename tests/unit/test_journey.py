"""What a tenant is asked, and what counts in the end."""

from __future__ import annotations

import pytest
from hypothesis import given

from forms.answers import Answers
from forms.errors import QuestionnaireFault, UnknownPage
from forms.journey import Journey
from forms.loading import from_document
from forms.questionnaire import Matrix
from tests.questionnaires import document, questionnaire
from tests.unit.test_answers import answers_to

Q = questionnaire()


def pages(answers: Answers) -> list[str]:
    return [page.id for page in Journey(Q, answers).pages]


def test_a_page_whose_condition_does_not_hold_is_passed_over() -> None:
    assert pages({}) == ["huset", "hjelp", "mening", "deg"]
    assert pages({"heis": 2}) == ["huset", "hjelp", "mening", "deg"]
    assert pages({"heis": 1}) == ["huset", "trapp", "hjelp", "mening", "deg"]


def test_a_condition_sees_only_answers_that_are_on_the_route_themselves() -> None:
    told = {"heis": 1, "trapp_tung": 2, "hjelp_trapp": 1}
    assert Journey(Q, told).on_route() == told
    assert Journey(Q, told | {"heis": 2}).on_route() == {"heis": 2}


def test_a_choice_that_is_not_offered_cannot_be_the_answer() -> None:
    assert Journey(Q, {"heis": 1, "temaer": [9, 2]}).on_route()["temaer"] == [9, 2]
    assert Journey(Q, {"heis": 2, "temaer": [9, 2]}).on_route()["temaer"] == [2]
    assert "temaer" not in Journey(Q, {"temaer": [9]}).on_route()
    page = Journey(Q, {}).page("hjelp")
    assert page is not None
    seen = next(item for item in page.items if item.id == "temaer")
    assert [choice.code for choice in Q.choices(seen)] == [1, 2, 3, 4]


def test_going_forward_and_back_follows_the_route() -> None:
    journey = Journey(Q, {})
    assert journey.first.id == "huset"
    after, before = journey.after("huset"), journey.before("hjelp")
    assert after is not None and after.id == "hjelp"
    assert before is not None and before.id == "huset"
    assert journey.after("deg") is None
    assert journey.before("huset") is None


def test_somebody_on_a_page_that_left_the_route_still_finds_the_way() -> None:
    journey = Journey(Q, {"heis": 2})
    after, before = journey.after("trapp"), journey.before("trapp")
    assert journey.page("trapp") is None
    assert after is not None and after.id == "hjelp"
    assert before is not None and before.id == "huset"


def test_an_unknown_page_is_told() -> None:
    assert Journey(Q, {}).page("loft") is None
    with pytest.raises(UnknownPage, match="no page 'loft'"):
        Journey(Q, {}).after("loft")


def test_a_matrix_is_shown_with_its_rows_and_their_scale() -> None:
    page = Journey(Q, {}).page("mening")
    assert page is not None
    ((matrix, rows),) = page.entries
    assert isinstance(matrix, Matrix) and matrix.id == "enig"
    assert [row.id for row in rows] == ["hjem", "plass", "stoy", "alvor"]
    assert {row.scale for row in rows} == {"e5"}
    assert page.items == rows


def test_conditions_on_matrices_rows_and_own_pages_hold() -> None:
    data = document()
    data["pages"][3]["items"][0]["show_if"] = 'answers.heis != "vet_ikke"'
    data["pages"][3]["items"][0]["rows"][0]["show_if"] = 'answers.heis == "ja"'
    q = from_document(data)
    assert Journey(q, {"heis": 254}).page("mening") is None
    page = Journey(q, {"heis": 1, "hjem": 5}).page("mening")
    assert page is not None and [item.id for item in page.items] == ["plass", "stoy", "alvor"]
    assert Journey(q, {"heis": 1, "hjem": 5}).on_route() == {"heis": 1}


def test_two_questionnaires_alike_in_all_but_a_condition_have_two_routes() -> None:
    data = document()
    data["pages"][3]["items"][0]["show_if"] = 'answers.heis == "nei"'
    other = from_document(data)
    assert Journey(Q, {"heis": 2}).page("mening") is not None
    assert Journey(other, {"heis": 2}).page("mening") is None


def test_a_questionnaire_that_would_show_nothing_is_refused() -> None:
    data = document()
    data["pages"] = [data["pages"][0] | {"show_if": 'answers.heis == "ja"'}]
    with pytest.raises(QuestionnaireFault, match="No page is left to show"):
        Journey(from_document(data | {"index": None}), {})


def test_answers_to_items_of_another_questionnaire_never_count() -> None:
    assert Journey(Q, {"balkong": 1, "heis": 1}).on_route() == {"heis": 1}


@given(answers_to(Q))
def test_what_is_on_the_route_stays_on_it(answers: Answers) -> None:
    kept = Journey(Q, answers).on_route()
    again = Journey(Q, kept)
    assert again.on_route() == kept
    assert again.pages == Journey(Q, answers).pages
    assert kept.keys() <= {item.id for page in again.pages for item in page.items}


@given(answers_to(Q))
def test_one_can_walk_from_the_first_page_to_the_last_and_back(answers: Answers) -> None:
    journey = Journey(Q, answers)
    forward = [journey.first]
    while (following := journey.after(forward[-1].id)) is not None:
        forward.append(following)
    back = [forward[-1]]
    while (previous := journey.before(back[-1].id)) is not None:
        back.append(previous)
    assert tuple(forward) == journey.pages == tuple(reversed(back))
    assert all(page.items for page in forward)


@given(answers_to(Q))
def test_the_answers_given_are_left_alone(answers: Answers) -> None:
    before = repr(answers)
    Journey(Q, answers).on_route()
    assert repr(answers) == before
