"""What is chosen in rows is what is reckoned, and comes back in the same rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.expressions import parse
from forms.logic import compile_condition
from forms.reckoned import LIMITS, OPS, Calculation, Case, Term, taken_apart, written

NUMBERS = st.one_of(st.integers(-999, 999).map(str), st.integers(1, 99).map(lambda n: f"{n}.5"))
TERMS = st.one_of(
    st.builds(Term, st.sampled_from(OPS), st.sampled_from(("rom", "personer", "leie"))),
    st.builds(Term, st.sampled_from(OPS), number=NUMBERS),
)
CASES = st.builds(Case, st.sampled_from(LIMITS), NUMBERS, st.sampled_from(("ja", "nei", "litt")))


def first_adds(terms: list[Term]) -> tuple[Term, ...]:
    return (Term("+", terms[0].item, terms[0].number), *terms[1:])


SUMS = st.lists(TERMS, min_size=1, max_size=6).map(first_adds)


@given(SUMS, st.lists(CASES, max_size=4), st.sampled_from(("ja", "nei")))
def test_what_rows_say_comes_back_in_the_same_rows(
    terms: tuple[Term, ...], cases: list[Case], otherwise: str
) -> None:
    calculation = Calculation(terms, tuple(cases), otherwise if cases else "")
    assert taken_apart(parse(written(calculation))) == calculation


@given(st.lists(st.tuples(st.sampled_from(OPS), st.integers(1, 9)), min_size=1, max_size=5))
def test_rows_are_reckoned_from_the_first_to_the_last(rows: list[tuple[str, int]]) -> None:
    calculation = Calculation((Term("+", "rom"), *(Term(op, number=str(n)) for op, n in rows)))  # type: ignore[arg-type]
    expected = 7.0
    for op, n in rows:
        expected = {"+": expected + n, "-": expected - n, "*": expected * n, "/": expected / n}[op]
    assert compile_condition(written(calculation)).outcome({"rom": 7.0}) == pytest.approx(expected)


def test_a_crowded_home_is_reckoned_of_its_persons_and_rooms() -> None:
    terms = (Term("+", "personer"), Term("/", "rom"))
    source = written(Calculation(terms, (Case(">", "2", "ja"),), "nei"))
    assert parse(source) == parse('answers.personer / answers.rom > 2 ? "ja" : "nei"')
    crowded = compile_condition(source)
    assert crowded.outcome({"personer": 5.0, "rom": 2.0}) == "ja"
    assert crowded.outcome({"personer": 4.0, "rom": 2.0}) == "nei"
    assert crowded.outcome({"personer": 4.0}) is None


@pytest.mark.parametrize(
    "source",
    [
        "answers.a + answers.b * answers.c",
        'answers.heis == "ja" ? 1 : 2',
        'answers.a > 2 ? "ja" : answers.b > 2 ? "litt" : "nei"',
        'answers.a > answers.b ? "ja" : "nei"',
        '"ja"',
    ],
)
def test_what_is_too_rich_for_rows_is_left_as_it_is_written(source: str) -> None:
    assert taken_apart(parse(source)) is None


@pytest.mark.parametrize("wrong", [Calculation(()), Calculation((Term("+", number="to"),))])
def test_no_rows_and_no_numbers_are_refused(wrong: Calculation) -> None:
    with pytest.raises(ValueError, match=r"term|number"):
        written(wrong)
