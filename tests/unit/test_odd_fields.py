"""What stands in a file where nobody reads it is told of, whatever kind of thing it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from survey.questionnaire_files import read_questionnaire
from tests.sheets import one, told


def kinds(element: dict[str, Any], **page: Any) -> list[tuple[str, str]]:
    """(kind, sentence) of what is said of a survey with a question on the lift, and this one."""
    lift = {"type": "radiogroup", "name": "heis", "title": "Er det heis?", "choices": ["ja", "nei"]}
    survey = {"locale": "nb", "pages": [{"name": "p", "title": "Huset", "elements": [lift, element], **page}]}
    read = read_questionnaire(json.dumps(survey).encode(), "skjema.json")
    return [(fault.kind, fault.sentence("nb")) for fault in read.faults]


PLAIN: dict[str, Any] = {"type": "radiogroup", "name": "k", "title": "Hva?", "choices": ["a", "b"]}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"visibleIf": ["x"]}, "visibleIf"),
        ({"visibleIf": 5}, "visibleIf"),
        ({"visibleIf": True}, "visibleIf"),
        ({"title": 5}, "title"),
        ({"title": {"nb": 5}}, "title"),
        ({"showNoneItem": "yes"}, "showNoneItem"),
        ({"choices": ["a", {"value": "b", "visibleIf": 5}]}, "visibleIf"),
        ({"choices": ["a", {"value": "b", "text": ["x"]}]}, "text"),
        ({"type": "rating", "rateMin": "x"}, "rateMin"),
        ({"type": "expression", "expression": 7}, "expression"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_its_question(changed: dict[str, Any], field: str) -> None:
    said = dict(kinds(PLAIN | changed))
    assert "sjs_odd" in said
    assert f"«{field}» er" in said["sjs_odd"] and "spørsmål «k»" in said["sjs_odd"]


def test_so_is_one_of_a_page_and_what_the_file_hides() -> None:
    assert "sjs_odd" in dict(kinds(PLAIN, visibleIf=["x"]))
    assert "sjs_hidden" in dict(kinds(PLAIN | {"visible": False}))
    assert "sjs_hidden" in dict(kinds(PLAIN, visible=False))
    assert "sjs_hidden" in dict(kinds(PLAIN | {"choices": ["a", "b", {"value": "c", "visible": False}]}))
    assert kinds(PLAIN | {"visible": True}) == []


def test_choices_and_tables_that_are_no_lists_are_told_of_as_that() -> None:
    assert "sjs_no_list" in dict(kinds(PLAIN | {"choices": {"a": 1}}))
    bare = dict(kinds({"type": "matrix", "name": "k", "columns": "ab", "rows": ["r"]}))
    assert {"sjs_no_list", "sjs_matrix_bare"} <= bare.keys() and "sjs_type_unknown" not in bare


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("integer", "calculation"),
        ("text", "calculation"),
        ("note", "calculation"),
        ("integer", "choice_filter"),
    ],
)
def test_a_cell_of_a_workbook_that_this_kind_of_question_does_not_read_is_told_of(
    kind: str, column: str
) -> None:
    faults = [fault for fault in told(*one(kind, **{column: "1 + 1"})) if fault.kind == "xls_column_left"]
    assert [fault.sentence("nb").partition(":")[0] for fault in faults] == [
        f"ark «survey», rad 3, kolonne «{column}»"
    ]


@pytest.mark.parametrize("column", ["hint", "constraint", "calculation"])
def test_so_is_one_of_a_group_and_one_where_a_group_ends(column: str) -> None:
    head = ["type", "name", "label", column]
    begins, ends = ["begin_group", "side", "Side", "1"], ["end_group", "", "", "1"]
    faults = told(head, begins, ["select_one jn", "heis", "Er det heis?", ""], ends)
    assert [fault.kind for fault in faults] == ["xls_column_left"] * 2
    assert ["rad 2" in faults[0].sentence("nb"), "rad 4" in faults[1].sentence("nb")] == [True, True]


def test_a_row_with_nothing_but_a_name_is_told_of() -> None:
    faults = told(*one("text"), ["", "alene"])
    assert [(fault.severity, fault.kind) for fault in faults] == [("warning", "xls_column_left")]
    assert "rad 4, kolonne «name»" in faults[0].sentence("nb")
