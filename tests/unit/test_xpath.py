"""Conditions decide the same here and in other programs, whatever is answered and whatever is not."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forms.errors import ConditionFault
from forms.exchange import xpath_in, xpath_out, xpath_tree
from forms.exchange.names import Names
from forms.exchange.xpath_out import Unsaid
from forms.expressions import normal, parse
from forms.logic import Seen, compile_condition
from tests import conditions as ours
from tests import xpath

HALF = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = ("ja", "nei", "kanskje")
ANSWERS: dict[str, tuple[str, ...]] = {
    "rom": ("", "1", "2", "3"),
    "personer": ("", "1", "4"),
    "karakter": ("", "1", "2", "3", "vet_ikke", "flytter"),
    "flyttet": ("", "2019-12-01", "2020-01-01", "2020-02-01"),
    "heis": ("", "ja", "nei", "vet_ikke"),
    "balkong": ("", "ja", "nei"),
    "feil": ("", "fukt", "lys", "fukt lys", "vet_ikke"),
    "navn": ("", "Blokka"),
}
"""Of the workbook, by item."""


def known() -> Names:
    names = Names()

    def add(item: str, kind: str, *words: str, specials: tuple[str, ...] = ()) -> None:
        choices = [
            {"value": f"v{word}", "number": float(word)} if word.isdigit()
            else {"value": word, "off_scale": word == "flytter"}
            for word in words
        ]  # fmt: skip
        names.add(item, kind, choices, specials)

    for item, kind in (("rom", "number"), ("personer", "number"), ("flyttet", "month"), ("navn", "text")):
        add(item, kind)
    add("karakter", "choice", "1", "2", "3", "flytter", specials=("vet_ikke",))
    add("heis", "choice", *WORDS, specials=("vet_ikke",))
    add("balkong", "choice", *WORDS)
    add("feil", "multi", "fukt", "lys", specials=("vet_ikke",))
    add("trangt", "choice", "ja", "nei")
    add("areal", "number")
    return names


def seen(answers: Mapping[str, str]) -> dict[str, Seen]:
    """What the same answers are to a condition of ours."""
    found: dict[str, Seen] = {}
    for item, answer in answers.items():
        match known().kinds[item]:
            case "number" if answer.isdigit():
                found[item] = float(answer)
            case "month" if answer:
                found[item] = answer[:7]
            case "words":
                found[item] = answer.split()
            case "word" | "text":
                found[item] = answer
    return found


def every(*items: str) -> Iterator[dict[str, str]]:
    blank = dict.fromkeys(ANSWERS, "")
    for values in itertools.product(*(ANSWERS[item] for item in items)):
        yield blank | dict(zip(items, values, strict=True))


def agree(cell: str, answers: Mapping[str, str]) -> None:
    source = xpath_in.condition(xpath_tree.tree(cell), known())
    assert compile_condition(source).holds(seen(answers)) is xpath.true(cell, answers), (cell, source)


@pytest.mark.parametrize(
    "cell",
    [
        "not(${rom} > 2 or ${heis} = 'ja')",
        "not(${rom} > 2 and not(${personer} < 3))",
        "if(${rom} > 2, ${heis} = 'ja', ${heis} = 'nei')",
        "not(if(${rom} > 2, ${heis} = 'ja', ${personer} = 1))",
        "if(${rom} > 2, 1, 2) = 2",
        "3 > if(${rom} = ${personer}, ${rom}, 4)",
        "not(${rom} != ${personer})",
        "not(${rom} = ${personer})",
        "not(selected(${karakter}, '2'))",
        "${karakter} != 2",
        "not(${karakter} >= 2)",
        "${flyttet} != date('2020-01-01')",
        "not(${flyttet} < date('2020-01-01'))",
        "${flyttet} >= date('2020-01-15')",
        "not(${flyttet} <= date('2020-01-15'))",
        "not(${heis} != ${balkong})",
        "not(selected(${feil}, 'fukt') or ${feil} = '')",
        "count-selected(${feil}) < 1 or ${rom} != ''",
        "not(${rom} = '' or ${flyttet} != '')",
    ],
)
def test_a_condition_of_others_decides_as_it_does_with_them(cell: str) -> None:
    items = [item for item in ANSWERS if f"${{{item}}}" in cell]
    for answers in every(*items):
        agree(cell, answers)


def _cells(levels: int) -> st.SearchStrategy[str]:
    """Conditions as people and programs write them, in XPath."""
    number = st.sampled_from(["${rom}", "${personer}", "${karakter}", "2", "3", "${rom} + ${personer}"])
    signs = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    plain = st.one_of(
        st.builds(lambda one, sign, other: f"{one} {sign} {other}", number, signs, number),
        st.builds(
            lambda item, sign, word: f"${{{item}}} {sign} '{word}'",
            st.sampled_from(["heis", "balkong"]), st.sampled_from(["=", "!="]),
            st.sampled_from(["", *WORDS]),
        ),
        st.builds(
            lambda sign, day: f"${{flyttet}} {sign} date('{day}')", signs,
            st.sampled_from(["2020-01-01", "2020-01-20"]),
        ),
        st.sampled_from([
            "${rom} = ''", "${flyttet} != ''", "${heis} = ${balkong}", "${rom} = ${personer}",
            "selected(${feil}, 'lys')", "${navn} != 'Blokka'", "count-selected(${feil}) > 0",
            "selected(${karakter}, '1')",
        ]),
    )  # fmt: skip
    if not levels:
        return plain
    deeper = _cells(levels - 1)
    return st.one_of(
        plain,
        st.builds(lambda one: f"not({one})", deeper),
        st.builds(lambda one, word, other: f"({one}) {word} ({other})", deeper,
                  st.sampled_from(["and", "or"]), deeper),
        st.builds(lambda test, yes, no: f"if({test}, {yes}, {no})", deeper, deeper, deeper),
    )  # fmt: skip


SOME = st.fixed_dictionaries({item: st.sampled_from(answers) for item, answers in ANSWERS.items()})


@HALF
@given(_cells(3), st.lists(SOME, min_size=5, max_size=5))
def test_a_condition_nobody_thought_of_decides_as_it_does_elsewhere_or_is_left_behind(
    cell: str, many: list[dict[str, str]]
) -> None:
    try:
        xpath_in.condition(xpath_tree.tree(cell), known())
    except Unsaid:
        assume(False)
    for answers in many:
        agree(cell, answers)


@pytest.mark.parametrize(
    ("cell", "item"),
    [
        ("if(${rom} > 2, 'ja', 'nei')", "trangt"),
        ("if(not(${rom} > 2), 'ja', if(${heis} = 'ja', 'nei', ''))", "trangt"),
        ("if(${rom} > 2 and ${personer} < 3, ${rom} * 2, ${personer})", "areal"),
        ("if(${rom} != '' and ${personer} != '', ${rom} + ${personer}, '')", "areal"),
        ("${rom} - ${personer} div 4", "areal"),
        ("-${rom} + number('3')", "areal"),
    ],
)
def test_a_calculation_of_others_comes_to_what_it_does_with_them(cell: str, item: str) -> None:
    source = xpath_in.expression(xpath_tree.tree(cell), known(), item)
    for answers in every("rom", "personer", "heis"):
        assert _kept(compile_condition(source).outcome(seen(answers))) == _kept(xpath.evaluate(cell, answers))


def _kept(value: Any) -> object:
    """As an answer is kept: figures are a number, what is no number is none."""
    if isinstance(value, str) and re.fullmatch(r"[\d.]+", value):
        return float(value)
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("${karakter} != ''", "an answer is there that is no number: here it is none"),
        ("${heis} > 'ja'", "words have no order"),
        ("${heis} + 1 > 2", "a word is no number"),
        ("${flyttet} > '2020-01-01'", "text against a month is no comparison of months"),
        ("'a' = 'a'", "no answer in it"),
        ("${rom} = 'nan'", "no number"),
        ("coalesce(${rom}, 0) > 1", "no function of ours"),
    ],
)
def test_what_would_decide_otherwise_here_is_left_behind(cell: str, why: str) -> None:
    with pytest.raises(Unsaid):
        xpath_in.condition(xpath_tree.tree(cell), known())


def test_words_that_two_lists_name_in_their_own_ways_are_not_compared() -> None:
    names = known()
    names.add("port", "choice", [{"value": "ja"}, {"value": "nei"}], (), ("Ja", "Nei"))
    with pytest.raises(Unsaid):
        xpath_in.condition(xpath_tree.tree("${port} = ${heis}"), names)
    with pytest.raises(Unsaid):
        xpath_out.condition("answers.port == answers.heis", names)


def test_a_condition_that_doubles_at_every_step_is_given_up_in_time() -> None:
    cell, source = "${rom} > 2", "answers.rom > 2"
    for _ in range(18):
        cell = f"if({cell}, ${{heis}} = 'ja', ${{heis}} = 'nei')"
        source = f"(({source}) ? answers.rom > 1 : answers.rom > 3)"
    for refused in (
        lambda: xpath_in.condition(xpath_tree.tree(cell), known()),
        lambda: xpath_out.condition(source, known()),
    ):
        with pytest.raises(Unsaid):
            refused()


def _their_names() -> Names:
    """The items of the random conditions, as a workbook of ours would name them."""
    words = {word: word for word in ours.WORDS if word}
    kinds = dict(ours.KINDS)
    return Names(kinds, {item: words for item, kind in kinds.items() if kind in ("word", "words")})


def _theirs(seen: Mapping[str, Seen]) -> dict[str, str]:
    found = dict.fromkeys(ours.KINDS, "")
    for item, value in seen.items():
        if isinstance(value, list):
            found[item] = " ".join(value)
        elif isinstance(value, float):
            found[item] = f"{value:g}"
        else:
            found[item] = f"{value}-01" if ours.KINDS[item] == "month" else value
    return found


@HALF
@given(st.data())
def test_a_condition_of_ours_decides_the_same_elsewhere_or_is_told_of(data: st.DataObject) -> None:
    chooser = ours.Chooser(lambda things: data.draw(st.sampled_from(things)))
    node, names = chooser.truth(4), _their_names()
    try:
        source = normal(node)
        parse(source)
        cell = xpath_out.condition(source, names)
    except (Unsaid, ConditionFault):
        assume(False)
    for _ in range(5):
        answers = chooser.seen()
        assert compile_condition(source).holds(answers) is xpath.true(cell, _theirs(answers)), (source, cell)


@HALF
@given(st.data())
def test_a_computed_answer_comes_to_the_same_elsewhere(data: st.DataObject) -> None:
    chooser = ours.Chooser(lambda things: data.draw(st.sampled_from(things)))
    names = _their_names()
    names.add("areal", "number", ())
    try:
        source = normal(chooser.number(3))
        parse(source)
        cell = xpath_out.calculation(source, names, "areal")
    except (Unsaid, ConditionFault):
        assume(False)
    for _ in range(5):
        answers = chooser.seen()
        comes_to = _kept(compile_condition(source).outcome(answers))
        elsewhere = _kept(xpath.evaluate(cell, _theirs(answers)))
        assert comes_to == pytest.approx(elsewhere), (source, cell)


def test_what_is_divided_by_nothing_has_no_answer_there_either() -> None:
    names = _their_names()
    names.add("areal", "number", ())
    for source in ("answers.rom / 0", "answers.rom / 0.0"):
        cell = xpath_out.calculation(normal(parse(source)), names, "areal")
        assert _kept(xpath.evaluate(cell, _theirs({"rom": "3"}))) == ""
