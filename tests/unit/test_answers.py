"""What happens to an answer on its way in: nothing is invented, changed or lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import Answers, Layout, clean_text, parse_form, special_codes, validate
from forms.errors import AnswerFault
from forms.loading import shipped
from forms.questionnaire import MAX_TEXT_ANSWER, Item, Questionnaire
from tests.questionnaires import questionnaire

Q = questionnaire()
BOINDEKS = shipped("boindeks")


def an_answer(q: Questionnaire, item: Item) -> st.SearchStrategy[Any]:
    """Any valid answer to an item."""
    if item.kind == "text":
        return st.text(max_size=30).map(clean_text).filter(bool)
    chosen = q.choices(item)
    codes = st.sampled_from([choice.code for choice in chosen])
    special = [st.sampled_from(sorted(special_codes(item)))] if item.specials else []
    if item.kind == "choice":
        return st.one_of(codes, *special)
    if item.kind == "rank":
        return st.one_of(st.lists(codes, min_size=1, max_size=item.rank_size, unique=True), *special)
    together = [choice.code for choice in chosen if not choice.exclusive]
    alone = [st.just([choice.code]) for choice in chosen if choice.exclusive]
    return st.one_of(
        st.lists(st.sampled_from(together), min_size=1, unique=True).map(sorted), *alone, *special
    )


def answers_to(q: Questionnaire) -> st.SearchStrategy[Answers]:
    return st.fixed_dictionaries({}, optional={item.id: an_answer(q, item) for item in q.items()})


def closed(q: Questionnaire, answers: Answers) -> Answers:
    return {name: answer for name, answer in answers.items() if q.item(name).counted}


@given(answers_to(Q))
def test_packed_answers_come_back_unchanged(answers: Answers) -> None:
    layout = Layout.of(Q)
    packed = layout.pack(answers)
    assert len(packed) == layout.width
    assert layout.unpack(packed) == closed(Q, answers)


@settings(max_examples=25)
@given(answers_to(BOINDEKS))
def test_packed_answers_to_the_shipped_questionnaire_come_back_unchanged(answers: Answers) -> None:
    layout = Layout.of(BOINDEKS)
    assert layout.unpack(layout.pack(answers)) == closed(BOINDEKS, answers)


@given(answers_to(Q))
def test_valid_answers_pass_and_pass_again_unchanged(answers: Answers) -> None:
    once = validate(Q, answers)
    assert once == answers
    assert validate(Q, once) == once


@given(answers_to(Q))
def test_what_a_page_sends_is_read_as_it_was_answered(answers: Answers) -> None:
    form: dict[str, list[str]] = {"_vist": ["heis"], "ukjent": ["1"]}
    for name, answer in answers.items():
        if Q.item(name).kind == "rank" and isinstance(answer, list):
            form |= {f"{name}.{place}": [str(code)] for place, code in enumerate(answer, 1)}
        else:
            form[name] = [str(code) for code in answer] if isinstance(answer, list) else [str(answer)]
    assert parse_form(Q, tuple(Q.items()), form) == (answers, ())


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from([*(item.id for item in Q.items()), "ukjent"])


@given(st.recursive(LEAVES, lambda parts: st.lists(parts) | st.dictionaries(NAMES, parts)))
def test_no_document_whatever_breaks_the_check(document: object) -> None:
    try:
        checked = validate(Q, document)
    except AnswerFault as fault:
        assert fault.faults
    else:
        assert validate(Q, checked) == checked


@given(
    st.dictionaries(
        st.sampled_from(["heis", "mangler", "temaer", "temaer.1", "temaer.2", "temaer.3", "bedre", "alder"]),
        st.lists(
            st.sampled_from(["", " ", "1", "2", "20", "253", "254", "0", "-1", "1.5", "x", "²", "9" * 50])
        ),
    )
)
def test_no_form_whatever_breaks_the_reading(form: dict[str, list[str]]) -> None:
    answers, problems = parse_form(Q, tuple(Q.items()), form)
    if not problems:
        assert validate(Q, answers) == answers


@pytest.mark.parametrize("nothing", [None, 0, "", []])
def test_nothing_is_an_answer_left_out(nothing: object) -> None:
    assert validate(Q, {"heis": nothing, "mangler": nothing, "bedre": nothing}) == {}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"balkong": 1}, "item 'balkong': The questionnaire has no such item"),
        ({"heis": 3}, "item 'heis': Code 3 is not among the answers"),
        ({"heis": 255}, "Use one of 1, 2, 254"),
        ({"heis": True}, "expected a code, got true or false"),
        ({"heis": False}, "expected a code, got true or false"),
        ({"heis": 1.0}, "expected a code, got a decimal number"),
        ({"heis": "1"}, "expected a code, got text"),
        ({"heis": [1]}, "expected a code, got a list"),
        ({"mangler": 1}, "code 1 is not among the answers"),
        ({"mangler": [1, 77]}, "code 77 is not among the answers"),
        ({"mangler": [1, 20]}, "code 20 stands with others"),
        ({"mangler": [1, "2"]}, "something that is not a code"),
        ({"mangler": [253]}, "code 253 is not among the answers"),
        ({"temaer": [1, 1]}, "ranked twice"),
        ({"temaer": [1, 2, 3, 4]}, "keep the first 3"),
        ({"bedre": 5}, "expected text, got a number"),
        ({"bedre": "x" * (MAX_TEXT_ANSWER + 1)}, "2001 characters"),
        ([], "expected an object, got a list"),
        ("x", "expected an object, got text"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(document: object, expected: str) -> None:
    with pytest.raises(AnswerFault) as caught:
        validate(Q, document)
    assert expected.lower() in str(caught.value).lower()


def test_all_faults_of_a_document_are_told_at_once() -> None:
    with pytest.raises(AnswerFault) as caught:
        validate(Q, {"heis": 9, "x": 1, "temaer": [1, 1]})
    assert len(caught.value.faults) == 3


def test_text_is_kept_as_written_but_for_what_cannot_be_stored() -> None:
    written = "  Hei\r\nder\x00 \ud800a\u030a  "
    assert validate(Q, {"bedre": written}) == {"bedre": "Hei\nder å"}
    assert validate(Q, {"bedre": " \n "}) == {}


def test_the_limit_counts_a_line_break_once_as_browsers_do() -> None:
    text = "x" * (MAX_TEXT_ANSWER - 2) + "\r\n" + "y"
    assert parse_form(Q, [Q.item("bedre")], {"bedre": [text]})[1] == ()


def problem(form: dict[str, list[str]]) -> tuple[Answers, str, dict[str, Any]]:
    answers, problems = parse_form(Q, tuple(Q.items()), form)
    assert len(problems) == 1
    return answers, problems[0].key, dict(problems[0].values)


def test_a_tenant_is_told_what_to_mend_and_sees_what_was_picked() -> None:
    assert problem({"mangler": ["2", "20"]}) == ({"mangler": [2, 20]}, "problem.exclusive", {})
    assert problem({"mangler": ["253", "2"]}) == ({"mangler": [2, 253]}, "problem.exclusive", {})
    assert problem({"temaer.1": ["2"], "temaer.3": ["2"]}) == (
        {"temaer": [2]},
        "problem.rank_twice",
        {"first": 1, "second": 3},
    )
    assert problem({"heis": ["1", "2"]}) == ({}, "problem.one_only", {})
    assert problem({"heis": ["7"]}) == ({}, "problem.unknown_choice", {})
    assert problem({"heis": ["<b>"]}) == ({}, "problem.unknown_choice", {})
    long = "x" * (MAX_TEXT_ANSWER + 5)
    assert problem({"bedre": [long]}) == (
        {"bedre": long},
        "problem.text_too_long",
        {"length": MAX_TEXT_ANSWER + 5, "limit": MAX_TEXT_ANSWER, "over": 5},
    )


def test_a_place_left_open_in_a_ranking_is_closed_up() -> None:
    form = {"temaer.1": [""], "temaer.2": ["3"], "temaer.3": ["1"]}
    assert parse_form(Q, [Q.item("temaer")], form) == ({"temaer": [3, 1]}, ())


def test_only_the_questions_of_the_page_are_read() -> None:
    assert parse_form(Q, [Q.item("heis")], {"heis": ["1"], "bedre": ["Lys"]}) == ({"heis": 1}, ())


def test_the_bytes_lie_as_documented() -> None:
    layout = Layout.of(Q)
    names = [slot.name for slot in layout.slots]
    assert names[:5] == ["heis", "mangler", "mangler__m0", "mangler__m1", "trapp_tung"]
    assert [n for n in names if n.startswith("temaer")] == ["temaer__r1", "temaer__r2", "temaer__r3"]
    assert "bedre" not in names
    packed = layout.pack({"heis": 254, "mangler": [1, 9], "temaer": [4, 2]})
    by_name = dict(zip(names, packed, strict=True))
    assert by_name["heis"] == 254
    assert (by_name["mangler"], by_name["mangler__m0"], by_name["mangler__m1"]) == (1, 0b1, 0b1)
    assert [by_name[f"temaer__r{n}"] for n in (1, 2, 3)] == [4, 2, 0]
    assert layout.pack({"mangler": 253})[1:4] == bytes([253, 0, 0])


def test_bytes_of_another_version_are_refused() -> None:
    with pytest.raises(AnswerFault, match="another version"):
        Layout.of(Q).unpack(b"\x01")


@pytest.mark.parametrize(
    "answers",
    [{"x": 1}, {"heis": 7}, {"heis": True}, {"heis": [1]}, {"mangler": [77]}, {"temaer": [1, 2, 3, 4]}],
)
def test_answers_that_would_be_changed_by_packing_are_refused(answers: Answers) -> None:
    with pytest.raises(AnswerFault):
        Layout.of(Q).pack(answers)


def test_signs_that_turn_or_hide_words_are_taken_out_of_what_people_write() -> None:
    assert (
        clean_text("Han heter \u202eneslO\u202c \u2066Ola\u2069 N\u200bord\u00admann\ufeff")
        == "Han heter neslO Ola Nordmann"
    )
    persian, arabic, family = "می\u200cخواهم", "الجيران جيدون.\u200f", "👩\u200d👧"
    for kept in (persian, arabic, family, "linje\nto\tog"):
        assert clean_text(kept) == kept
    assert clean_text("e\u202e\u0301") == "é" == clean_text(clean_text("e\u202e\u0301")), "and once is enough"
