"""Who gets where is decided by trying: the same answer as trying every way there is, in far fewer trials."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import lint_conditions
from forms.answers import Answer
from forms.journey import Journey
from forms.lint import check
from forms.loading import from_document
from forms.logic import all_seen, compile_condition
from forms.questionnaire import Questionnaire
from forms.reach import Reach
from tests.questionnaires import choices, document, t

A, B, M = ("ja", "nei", "kanskje"), ("x", "y", "z"), ("p", "q", "r", "ingen")


def small(**conditions: str) -> Questionnaire:
    """Four pages: items a and b (one word, can be declined), m (several), and an end.

    `conditions`: of the pages b, m, slutt and of the choices b_y and m_q.
    """
    own: dict[str, Any] = {}
    for item, words in (("a", A), ("b", B), ("m", M)):
        own[item] = {"id": item, "text": t("Hva?"), "choices": choices(*words), "specials": ["vet_ikke"]}
    own["m"] |= {"kind": "multi"}
    own["m"]["choices"][3]["exclusive"] = True
    own["slutt"] = {"id": "slutt", "text": t("Mer?"), "kind": "text"}
    for name, place in (("b_y", own["b"]["choices"][1]), ("m_q", own["m"]["choices"][1])):
        if name in conditions:
            place["show_if"] = conditions[name]
    pages = [
        {"id": f"s_{name}", "title": t("Side"), "module": "kjerne", "items": [item]}
        | ({"show_if": conditions[name]} if name in conditions else {})
        for name, item in own.items()
    ]
    head = {key: value for key, value in document().items() if key not in ("index", "labels", "scales")}
    return from_document(head | {"id": "liten", "release_keys": [], "pages": pages})


def everyone(questionnaire: Questionnaire) -> list[dict[str, Answer]]:
    """Every way to answer `small`, whatever is shown."""
    one: list[Answer | None] = [None, 1, 2, 3, 254]
    several: list[Answer | None] = [None, [4], 254]
    several += [list(codes) for size in (1, 2, 3) for codes in combinations((1, 2, 3), size)]
    return [
        {name: answer for name, answer in zip("abm", answers, strict=True) if answer is not None}
        for answers in product(one, one, several)
    ]


CONDITIONS_ON_A = [
    'answers.a == "ja"',
    'answers.a != "ja"',
    'answers.a in ["nei", "vet_ikke"]',
    'answers.a == ""',
]
CONDITIONS_ON_B = [
    'answers.b == "x"',
    'answers.b == "y"',
    '!(answers.b in ["x", "y"])',
    "answers.a == answers.b",
]
CONDITIONS_ON_M = [
    '"q" in answers.m', "answers.m == []", '"p" in answers.m && !("r" in answers.m)',
    'answers.m == ["p", "r"]', 'answers.m.all(x, x == "ingen")',
    'answers.m.exists(x, x in ["q", "vet_ikke"])', '"ingen" in answers.m',
    "answers.b in answers.m", '(answers.b == "x" ? answers.a : answers.b) == "nei"',
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_found_by_trying_a_few_is_what_is_found_by_trying_all(data: st.DataObject) -> None:
    def some(of: list[str]) -> str:
        parts = data.draw(st.lists(st.sampled_from(of), min_size=1, max_size=3, unique=True))
        return data.draw(st.sampled_from([" && ", " || "])).join(f"({part})" for part in parts)

    earlier = {"b": CONDITIONS_ON_A, "b_y": CONDITIONS_ON_A, "m": [*CONDITIONS_ON_A, *CONDITIONS_ON_B]}
    earlier |= {"m_q": earlier["m"], "slutt": [*earlier["m"], *CONDITIONS_ON_M]}
    chosen = data.draw(st.sets(st.sampled_from(sorted(earlier)), min_size=1))
    questionnaire = small(**{name: some(earlier[name]) for name in sorted(chosen | {"slutt"})})
    end = questionnaire.pages[-1]
    found = Reach(questionnaire).tried([str(end.show_if)], on_route=True)
    gets_there = any(Journey(questionnaire, answers).page(end.id) for answers in everyone(questionnaire))
    if found.all_tried or True in found.outcomes:
        assert (True in found.outcomes) is gets_there
    alone = Reach(questionnaire).tried([str(end.show_if)], on_route=False)
    if alone.all_tried:
        assert alone.outcomes == set(_tried_by_hand(questionnaire, str(end.show_if)))


def _tried_by_hand(questionnaire: Questionnaire, source: str) -> Iterator[bool]:
    for answers in everyone(questionnaire):
        yield compile_condition(source).holds(all_seen(questionnaire, answers))


@pytest.mark.parametrize(
    ("conditions", "place"),
    [
        ({"b": 'answers.a == "ja"', "slutt": 'answers.b == "x" && answers.a == "nei"'}, "page 's_slutt'"),
        ({"b": 'answers.a == "ja"', "m": 'answers.a == "nei"',
          "slutt": '"p" in answers.m && answers.b == "x"'}, "page 's_slutt'"),
        ({"b_y": 'answers.a == "ja"', "slutt": 'answers.b == "y" && answers.a == "vet_ikke"'},
         "page 's_slutt'"),
        ({"m": 'answers.a == "ja"', "m_q": 'answers.a == "nei"'}, "page 's_m', item 'm', choice 'q'"),
        ({"slutt": '"ingen" in answers.m && "p" in answers.m'}, "page 's_slutt', show_if"),
    ],
)  # fmt: skip
def test_conditions_that_rule_each_other_out_are_told_where_nobody_gets(
    conditions: dict[str, str], place: str
) -> None:
    errors = [str(fault) for fault in check(small(**conditions)) if fault.severity == "error"]
    assert len(errors) == 1 and errors[0].startswith(f"{place}: "), errors
    assert "Nobody will ever" in errors[0]


def test_who_gets_there_only_by_one_choice_gets_there() -> None:
    conditions = {"b": 'answers.a == "ja"', "b_y": 'answers.a != "nei"', "slutt": 'answers.b == "y"'}
    assert [fault for fault in check(small(**conditions)) if fault.severity == "error"] == []


def test_a_choice_of_a_shared_scale_is_out_of_reach_only_when_no_question_can_offer_it() -> None:
    data = document()
    data["pages"][4]["items"].append({"id": "til_slutt", "text": t("Ja?"), "scale": "jn"})
    data["scales"].append({"id": "x2", "choices": choices("aa", "bb")})
    for page in (1, 2):
        data["pages"][page]["items"].append({"id": f"n{page}", "text": t("Ja?"), "scale": "x2"})
    data["scales"][-1]["choices"][0]["show_if"] = 'answers.heis == "ja"'
    assert [fault.kind for fault in check(from_document(data))] == ["never_told_by_group"]
    data["pages"][2]["show_if"] = 'answers.heis == "nei"'
    assert "scale 'x2', choice 'aa': No answers lead here" in "\n".join(map(str, check(from_document(data))))


def test_numbers_that_choices_are_worth_are_tried() -> None:
    data = document()
    for choice, number in zip(data["scales"][1]["choices"], (1, 3), strict=True):
        choice["number"] = number
    data["pages"] = [data["pages"][0], data["pages"][4]]
    page = data["pages"][1]
    for source, told in (
        ("answers.heis > 2", []),
        ("answers.heis > 3", ["condition_never"]),
        ("answers.heis == 2", ["condition_never"]),
        ("answers.heis * 2 == 6", []),
        ("has(answers.heis) || !has(answers.heis)", ["condition_always"]),
        ("answers.heis > 0", []),
    ):
        page["show_if"] = source
        questionnaire = from_document(data | {"index": None})
        assert [f.kind for f in check(questionnaire) if f.kind.startswith("condition")] == told, source


def with_measures(source: str) -> Questionnaire:
    data = document()
    asked = [
        {"id": "rom", "kind": "number", "text": t("Rom?"), "minimum": 1, "maximum": 20},
        {"id": "personer", "kind": "number", "text": t("Personer?")},
        {"id": "betaler", "kind": "number", "text": t("Leie?"), "decimals": 2},
        {"id": "flyttet", "kind": "month", "text": t("Når?"), "earliest": "1990-01", "latest": "2026-11"},
        {"id": "bygd", "kind": "month", "text": t("Når?")},
    ]
    data["pages"][0]["items"] = asked
    data["pages"] = [data["pages"][0], data["pages"][4] | {"show_if": source}]
    return from_document(data | {"index": None})


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("answers.rom > 2", []),
        ("answers.rom > 19", []),
        ("answers.rom > 20", ["condition_never"]),
        ("answers.rom < 1", ["condition_never"]),
        ("answers.rom == 2.5", ["condition_never"]),
        ("answers.rom > 2 && answers.rom < 3", ["condition_never"]),
        ("answers.rom > 2 && answers.rom < 4", []),
        ("answers.betaler > 2 && answers.betaler < 2.02", []),
        ("answers.betaler > 2 && answers.betaler < 2.01", ["condition_never"]),
        ("!has(answers.rom) || answers.rom >= 1", ["condition_always"]),
        ("answers.personer / answers.rom > 2", []),
        ("answers.personer / answers.rom > 900000000", ["reach_undecided"]),
        ('answers.flyttet > "2026-10"', []),
        ('answers.flyttet > "2026-11"', ["condition_never"]),
        ('answers.flyttet > "2024-05" && answers.flyttet < "2024-06"', ["condition_never"]),
        ('answers.flyttet > "2023-12" && answers.flyttet < "2024-02"', []),
        ("answers.flyttet < answers.bygd", []),
        ('answers.rom == "2"', ["condition_breaks"]),
        ("answers.flyttet > 2024", ["condition_breaks"]),
        ('answers.flyttet > "mai"', ["condition_breaks"]),
    ],
)
def test_numbers_and_months_are_tried_on_both_sides_of_what_they_are_held_against(
    source: str, told: list[str]
) -> None:
    found = [fault.kind for fault in check(with_measures(source))]
    assert [kind for kind in found if kind.startswith(("condition", "reach", "never"))] == told


def test_a_number_and_a_month_decide_the_way_and_unanswered_they_open_nothing() -> None:
    for source, opens, shuts in (
        ("answers.rom < 3", {"rom": "2"}, {"rom": "3"}),
        (
            "answers.personer / answers.rom > 1.5",
            {"rom": "2", "personer": "4"},
            {"rom": "2", "personer": "3"},
        ),
        ('answers.flyttet >= "2024-05"', {"flyttet": "2024-05"}, {"flyttet": "2024-04"}),
        ("answers.betaler == 2.5", {"betaler": "2.5"}, {"betaler": "2.51"}),
    ):
        questionnaire = with_measures(source)
        assert Journey(questionnaire, opens).page("deg") is not None
        assert Journey(questionnaire, shuts).page("deg") is None
        assert Journey(questionnaire, {}).page("deg") is None


def _last_page(asked: list[dict[str, Any]], source: str) -> list[str]:
    """What is said of the reach of a page under such a condition, after numbers like these."""
    data = document()
    data["pages"][0]["items"] = [{"kind": "number", "text": t("Hvor mange?")} | item for item in asked]
    data["pages"] = [data["pages"][0], data["pages"][4] | {"show_if": source}]
    found = [fault.kind for fault in check(from_document(data | {"index": None}))]
    return [kind for kind in found if kind.startswith(("condition", "reach", "never_shown"))]


@pytest.mark.parametrize(
    ("demand", "source", "told"),
    [
        ("answers.rom > 5", "answers.rom < 3", ["reach_demanded"]),
        ("answers.rom > 5", "answers.rom < 8", []),
        ("answers.rom > 5", "answers.rom < 8 && answers.stuer > 1", []),
        ("answers.rom > answers.stuer", "answers.rom < answers.stuer", []),
        ("answers.rom != 4", "answers.rom == 4", ["reach_demanded"]),
    ],
)
def test_what_a_demand_keeps_everybody_from_is_told(demand: str, source: str, told: list[str]) -> None:
    """A demand on two answers may be broken by going back to the other: people do get there."""
    demanded = {"id": "rom", "maximum": 20, "must": [{"condition": demand, "text": t("Nei.")}]}
    assert _last_page([{"id": "stuer", "maximum": 20}, demanded], source) == told


def test_where_few_numbers_are_reckoned_with_all_of_them_are_tried() -> None:
    rooms = {"id": "rom", "maximum": 10}
    half = {"id": "k", "computed": "answers.rom / 2", "decimals": 1, "maximum": 10}
    assert _last_page([rooms, half], "answers.k > 6") == ["condition_never"]
    assert _last_page([rooms, half], "answers.k == 3.5") == []
    assert _last_page([rooms], "answers.rom * answers.rom == 49") == []
    assert _last_page([rooms], "answers.rom * answers.rom == 50") == ["condition_never"]


def test_a_condition_that_many_numbers_can_meet_frightens_nobody() -> None:
    asked = [{"id": f"n{n}", "maximum": 1000} for n in range(12)]
    within = " && ".join(f"answers.n{n} > {n} && answers.n{n} < {n + 50}" for n in range(12))
    assert _last_page(asked, within) == []
    assert _last_page(asked, f"{within} && answers.n11 > 900") == ["condition_never"]


def test_what_one_answer_or_another_is_chosen_for_is_tried_with_all_its_words() -> None:
    chosen = '(answers.b == "x" ? answers.a : answers.b) == "kanskje"'
    assert [fault for fault in check(small(slutt=chosen)) if fault.severity == "error"] == []


def _hostile(pages: int, source: str) -> Questionnaire:
    """Many pages, each under a condition that takes long to try, on two questions of many choices."""
    many = choices(*(f"v{number}" for number in range(40)))
    first = [{"id": name, "kind": "multi", "text": t("Hva?"), "choices": many} for name in ("a", "b")]
    data = document()
    shown = [
        {"id": f"s{number}", "title": t("Side"), "module": "kjerne",
         "show_if": source.replace("N", f"v{number}"),
         "items": [{"id": f"i{number}", "text": t("Ja?"), "scale": "jn"}]}
        for number in range(pages)
    ]  # fmt: skip
    data["pages"] = [data["pages"][0] | {"items": first}, *shown, data["pages"][4]]
    return from_document(data | {"index": None})


def test_a_questionnaire_made_to_run_long_is_tried_only_so_far_and_says_so() -> None:
    never = 'answers.a == answers.b && "N" in answers.a && !("N" in answers.b)'
    questionnaire = _hostile(30, never)
    reach = Reach(questionnaire)
    for page in questionnaire.pages[1:-1]:
        assert not reach.tried([str(page.show_if)], on_route=True).all_tried
    assert -len(questionnaire.pages) <= reach.left < 0
    assert "reach_undecided" in {fault.kind for fault in check(questionnaire)}


def test_pages_that_hang_on_each_other_in_a_long_row_are_told_of_as_far_as_they_are_tried() -> None:
    data = document()
    row = [
        {"id": f"s{n}", "title": t("Side"), "module": "kjerne"}
        | {"items": [{"id": f"i{n}", "text": t("Ja?"), "scale": "jn"}]}
        | ({"show_if": f'answers.i{n - 1} == "ja"'} if n else {})
        for n in range(600)
    ]
    data["pages"] = [*row, data["pages"][4]]
    kinds = {fault.kind for fault in lint_conditions.check(from_document(data | {"index": None}))}
    assert "reach_undecided" in kinds and "never_shown" not in kinds
    data["pages"] = [*row[:20], data["pages"][-1]]
    assert "reach_undecided" not in {f.kind for f in check(from_document(data | {"index": None}))}
