"""The language of conditions: what it reads, what it comes to, and what it refuses and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.catalogue import read_catalogue
from forms.condition_tree import Literal, Name, held, names
from forms.condition_types import type_of
from forms.errors import MESSAGES, ConditionFault
from forms.expressions import normal, parse
from forms.logic import compile_condition
from tests.conditions import KINDS, VECTORS, Chooser

OUTCOMES, REFUSED = VECTORS["outcomes"], VECTORS["refused"]
PIECES = [
    *"()[]!&|=<>+-*/.,?:%'\"\\ 12ax_å\n\x00",
    "answers.x",
    "answers",
    "in",
    "has(",
    ".exists(x,",
    "&&",
    "==",
]
LANGUAGES = ("nb", "nn", "en")


def test_there_are_as_many_written_examples_as_were_promised() -> None:
    assert len(OUTCOMES) >= 250 and len(REFUSED) >= 60
    assert len({vector["name"] for vector in OUTCOMES}) == len(OUTCOMES)


@pytest.mark.parametrize("vector", OUTCOMES, ids=lambda vector: vector["name"])
def test_a_condition_comes_to_what_is_written(vector: dict[str, Any]) -> None:
    node = parse(vector["expression"])
    type_of(node, vector["kinds"])
    seen = {name: float(value) if isinstance(value, int) else value for name, value in vector["seen"].items()}
    condition = compile_condition(vector["expression"])
    found = condition.outcome(seen)
    assert found == vector["outcome"] and (found is True) is (vector["outcome"] is True)
    assert parse(normal(node)) == node
    assert compile_condition(normal(node)).outcome(seen) == found
    if isinstance(vector["outcome"], bool):
        assert condition.holds(seen) is vector["outcome"]


def _refusal(vector: dict[str, Any]) -> ConditionFault:
    with pytest.raises(ConditionFault) as caught:
        type_of(parse(vector["expression"]), vector["kinds"], vector.get("words"))
    return caught.value


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: vector["expression"][:60])
def test_what_is_not_in_the_language_or_does_not_fit_is_refused_for_what_it_is(
    vector: dict[str, Any],
) -> None:
    assert _refusal(vector).reason.key == vector["reason"]


def test_every_reason_for_a_refusal_is_among_the_examples_and_has_words_in_every_language() -> None:
    told = {vector["reason"]: _refusal(vector) for vector in REFUSED}
    known = {key for key in read_catalogue(MESSAGES, "nb") if key.startswith("reason.")}
    assert told.keys() == known - {"reason.not_yes_or_no", "reason.not_comparable"}
    for fault in told.values():
        assert len({fault.sentence(language) for language in LANGUAGES}) == 3


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('answers.heis = "nei"', 14),
        ('answers.heis == "nei" &&', 25),
        ('answers.heis == "n\u202eei"', 19),
        ("answers.rom == 1.", 16),
        ("!!" * 20 + "(" * 10 + "true" + ")" * 10, 46),
        ("answers.rom + answers.heis > 2", 15),
        ('answers.heis == "a" && answers.rom', 24),
    ],
)
def test_a_refusal_names_the_character(source: str, place: int) -> None:
    kinds = {"heis": "word", "rom": "number"}
    fault = _refusal({"expression": source, "kinds": kinds})
    assert dict(fault.reason.values)["at"] == place
    assert str(place) in fault.sentence("nb")


@pytest.mark.parametrize(
    "source",
    ["a" * 1_000_000, "(" * 10_000, "[" * 900, "!" * 999, "answers.m.exists(" * 50, "1+" * 499 + "1 > 1",
     "true ? " * 140, '"' + "\\" * 998, "&&" * 499, "answers." * 120, "\x00" * 900, "9" * 1000, "a.b" * 300,
     "\ud800", "true" + " " * 990 + "!"],
)  # fmt: skip
def test_a_hostile_source_is_refused_in_a_sentence_one_can_read(source: str) -> None:
    fault = _refusal({"expression": source, "kinds": {}})
    for language in LANGUAGES:
        sentence = fault.sentence(language)
        assert len(sentence) < 600 and sentence.isprintable()
        sentence.encode()


def test_who_is_read_is_told_and_what_they_are_held_against() -> None:
    node = parse(
        'answers.heis == "answers.navn" && "a" in answers . mangler && has(answers.rom)'
        ' && answers.temaer.exists(x, x in ["b", "c"] || x == answers.heis) && answers.rom > -2'
        ' && answers.mangler == ["d"]'
    )
    assert names(node) == {"heis", "mangler", "rom", "temaer"}
    assert set(held(node)) == {
        ("heis", "answers.navn"),
        ("mangler", "a"),
        ("temaer", "b"),
        ("temaer", "c"),
        ("rom", -2.0),
        ("mangler", "d"),
    }


def test_a_part_of_a_condition_knows_where_it_stands() -> None:
    node = parse('  answers.heis == "nei"')
    assert [getattr(node, side).at for side in ("left", "right")] == [3, 19]
    assert (node.left, node.right) == (Name("heis"), Literal("nei"))  # type: ignore[union-attr]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_condition_that_fits_its_items_never_breaks_and_reads_the_same_when_written_out(
    data: st.DataObject,
) -> None:
    choose = Chooser(lambda things: data.draw(st.sampled_from(things)))
    node = choose.truth(4)
    source = normal(node)
    try:
        assert parse(source) == node
    except ConditionFault as fault:
        assert fault.reason.key in ("reason.too_long", "reason.reckoned")
        return
    assert type_of(node, KINDS) == "truth"
    assert compile_condition(source).outcome(choose.seen()) in (True, False, None)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_is_written_is_read_or_refused(source: str) -> None:
    try:
        node = parse(source)
    except ConditionFault:
        return
    assert parse(normal(node)) == node
