"""What an author of conditions can count on."""

from __future__ import annotations

import pytest

from forms.errors import ConditionFault, QuestionnaireFault
from forms.loading import from_document
from forms.logic import compile_condition, compile_conditions, kinds, seen_as, words
from tests.questionnaires import document, questionnaire

SEEN = {"heis": "nei", "etasje": "", "mangler": ["fukt", "lys"], "bedre": "Mer lys"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('answers.heis == "nei"', True),
        ("answers.heis == 'ja'", False),
        ('answers.etasje == ""', True),
        ('answers.heis == "nei" && answers.etasje != "forste"', True),
        ('answers.heis == "ja" || !(answers.etasje == "forste")', True),
        ('answers.heis in ["ja", "nei"]', True),
        ('"fukt" in answers.mangler', True),
        ('!("mugg" in answers.mangler)', True),
        ("answers.mangler == []", False),
        ('answers.mangler.exists(ord, ord == "lys")', True),
        ('answers.mangler.all(ord, ord == "lys")', False),
        ('answers.bedre != ""', True),
    ],
)
def test_conditions_read_as_they_are_written(source: str, expected: bool) -> None:
    assert compile_condition(source).holds(SEEN) is expected


@pytest.mark.parametrize(
    "source",
    ['answers.heis = "nei"', "answers.heis ==", "", "size(answers.mangler) > 1",
     'answers.bedre.matches(".*")', "7 % 2 == 1", "answers.etasje[0] == 2", "heis == 'a'",
     'answers["heis"] == "nei"', '"a'],
)  # fmt: skip
def test_what_the_engines_disagree_on_or_cannot_read_is_refused(source: str) -> None:
    with pytest.raises(ConditionFault, match="could not be evaluated"):
        compile_condition(source)


@pytest.mark.parametrize("source", ["answers.heis", "!answers.heis", "answers.heis > 2"])
def test_a_condition_that_breaks_says_so_in_the_errors_of_this_room(source: str) -> None:
    condition = compile_condition(source)
    with pytest.raises(ConditionFault):
        condition.holds(SEEN)


def test_a_condition_knows_which_items_it_reads() -> None:
    condition = compile_condition('answers.heis == "answers.navn" && "a" in answers . mangler')
    assert condition.references == {"heis", "mangler"}


@pytest.mark.parametrize("source", ["answers.rom > 2", "!(answers.rom > 2)", "answers.rom / 0 > 2"])
def test_what_cannot_be_decided_does_not_hold(source: str) -> None:
    assert compile_condition(source).holds(SEEN) is False
    assert compile_condition(source).outcome(SEEN) is None


def test_a_list_is_nothing_a_condition_can_come_to() -> None:
    with pytest.raises(ConditionFault, match="not a yes or no"):
        compile_condition("answers.mangler").outcome(SEEN)


def test_choices_worth_a_number_are_numbers_to_conditions_and_absent_when_there_is_none() -> None:
    data = document()
    for choice, number in zip(data["scales"][1]["choices"], (0, 2.5), strict=True):
        choice["number"] = number
    q = from_document(data)
    assert [seen_as(q, q.item("heis"), code) for code in (1, 2, 254, None)] == [0.0, 2.5, None, None]
    assert kinds(q)["heis"] == "number"


def test_conditions_see_words_and_never_codes() -> None:
    q = questionnaire()
    assert words(q, q.item("heis"), 1) == "nei"
    assert words(q, q.item("heis"), 254) == "vet_ikke"
    assert words(q, q.item("heis"), None) == ""
    assert words(q, q.item("mangler"), [1, 20]) == ["m1", "ingenting"]
    assert words(q, q.item("mangler"), 253) == ["vil_ikke_svare"]
    assert words(q, q.item("temaer"), None) == []
    assert words(q, q.item("temaer"), [4, 1]) == ["hage", "husleie"]
    assert words(q, q.item("bedre"), "Lys") == "Lys"
    assert words(q, q.item("bedre"), None) == ""
    assert seen_as(q, q.item("heis"), 254) == "vet_ikke" and seen_as(q, q.item("mangler"), None) == []
    assert kinds(q) == {
        "heis": "word",
        "trapp_tung": "word",
        "hjelp_trapp": "word",
        "mangler": "words",
        "temaer": "words",
        "bedre": "text",
        "hjem": "word",
        "plass": "word",
        "stoy": "word",
        "alvor": "word",
        "alder": "word",
    }


def test_all_unreadable_conditions_are_told_with_their_places() -> None:
    data = document()
    data["pages"][1]["show_if"] = 'answers.heis = "nei"'
    data["pages"][2]["items"][0]["show_if"] = "size(answers.mangler) > 1"
    with pytest.raises(QuestionnaireFault) as caught:
        compile_conditions(from_document(data))
    first, second = (str(fault) for fault in caught.value.faults)
    assert first.startswith("page 'trapp', show_if: The condition answers.heis = \"nei\" cannot be read")
    assert "page 'hjelp', item 'hjelp_trapp', show_if" in second and "size" in second
