"""What is computed from answers: it follows them, is never asked, and counts like any answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answers, Layout, field_names, parse_form, validate
from forms.journey import Journey
from forms.lint import check
from forms.loading import from_document
from forms.reading import minutes
from reports.counts import count
from reports.releases.dataset import protect
from reports.waves import Estate
from survey.asking.questions import review
from survey.phone.rendering import messages
from survey.responses.reading import read_bytes
from survey.responses.rows import check_rows, column_names
from tests.kinds import text
from tests.questionnaires import choices, t
from tests.samples.waves import wave_of

CROWDED = 'answers.personer / answers.rom > 2 ? "ja" : answers.personer > answers.rom ? "litt" : "nei"'


def crowding() -> dict[str, Any]:
    """Rooms and persons, what comes of them, and a page for those who live crowded."""
    return {
        "id": "trangt",
        "version": "1.0",
        "title": t("Trangt"),
        "description": t("En prøve."),
        "credit": t("Oppdiktet."),
        "languages": ["nb", "nn", "en"],
        "pages": [
            {
                "id": "hjemmet",
                "title": t("Hjemmet"),
                "module": "bosituasjon",
                "items": [
                    {"id": "rom", "kind": "number", "text": t("Rom?"), "minimum": 1, "maximum": 20},
                    {"id": "personer", "kind": "number", "text": t("Personer?"), "minimum": 1, "maximum": 20},
                ],
            },
            {
                "id": "regnet",
                "title": t("Regnet ut"),
                "module": "bosituasjon",
                "items": [
                    {
                        "id": "trangbodd",
                        "computed": CROWDED,
                        "text": text("Trangbodd", "Trongbudd", "Crowded"),
                        "choices": choices("nei", "litt", "ja"),
                    },
                    {
                        "id": "tetthet",
                        "kind": "number",
                        "decimals": 2,
                        "maximum": 15,
                        "computed": "answers.personer / answers.rom",
                        "text": t("Personer per rom"),
                    },
                ],
            },
            {
                "id": "plass",
                "title": t("Plass"),
                "module": "bosituasjon",
                "show_if": 'answers.trangbodd == "ja" || answers.tetthet == 0.05',
                "items": [{"id": "stue", "text": t("Sover noen i stua?"), "choices": choices("ja", "nei")}],
            },
        ],
    }


Q = from_document(crowding())


def of(**said: Any) -> dict[str, Any]:
    kept = Journey(Q, said).on_route()
    return {name: kept[name] for name in ("trangbodd", "tetthet") if name in kept}


@pytest.mark.parametrize(
    ("rooms", "persons", "expected"),
    [
        ("2", "5", {"trangbodd": 3, "tetthet": "2.5"}),
        ("2", "4", {"trangbodd": 2, "tetthet": "2"}),
        ("3", "1", {"trangbodd": 1, "tetthet": "0.33"}),
        ("6", "4", {"trangbodd": 1, "tetthet": "0.67"}),
        ("1", "20", {"trangbodd": 3}),
    ],
)
def test_crowding_follows_from_rooms_and_persons(rooms: str, persons: str, expected: Answers) -> None:
    assert of(rom=rooms, personer=persons) == expected


@pytest.mark.parametrize("said", [{}, {"rom": "2"}, {"personer": "3"}, {"trangbodd": 3, "tetthet": "9"}])
def test_what_cannot_be_computed_is_unanswered_whatever_somebody_sends(said: Answers) -> None:
    assert Journey(Q, said).on_route() == {name: said[name] for name in said if name in ("rom", "personer")}


def test_later_pages_hang_on_what_is_computed() -> None:
    pages = [page.id for page in Journey(Q, {"rom": "1", "personer": "4"}).pages]
    assert pages == ["hjemmet", "plass"], "a page with nothing to see is no page"
    assert [page.id for page in Journey(Q, {"rom": "4", "personer": "4"}).pages] == ["hjemmet"]


def test_nobody_is_asked_for_what_is_computed_and_it_takes_no_minute() -> None:
    journey = Journey(Q, {"rom": "1", "personer": "4"})
    assert "trangbodd" not in {item.id for page in journey.pages for item in page.items}
    assert parse_form(Q, Q.items(), {"trangbodd": ["3"], "tetthet.1": ["2"]}) == ({}, ())
    assert field_names(Q.item("trangbodd")) == field_names(Q.item("tetthet")) == frozenset()
    told = review(Q, journey.pages, journey.on_route(), "nb", messages("nb"))
    assert [line.question for page in told for group in page.groups for line in group.lines] == [
        "Rom?", "Personer?", "Sover noen i stua?",
    ]  # fmt: skip
    without = crowding()
    del without["pages"][1:]
    alone = crowding()
    del alone["pages"][2]
    alone["pages"][1]["title"] = t("")
    assert minutes(from_document(alone), "nb") == minutes(from_document(without), "nb")


def test_who_said_nothing_has_nothing_to_send_whatever_is_computed() -> None:
    data = crowding()
    data["pages"][1]["items"][0]["computed"] = 'has(answers.rom) ? "ja" : "nei"'
    q = from_document(data)
    assert Journey(q, {}).on_route() == {"trangbodd": 1} and not Journey(q, {}).answered
    assert Journey(q, {"rom": "2"}).answered


@given(st.fixed_dictionaries({}, optional={n: st.integers(1, 20).map(str) for n in ("rom", "personer")}))
def test_what_is_computed_is_stored_with_the_answers_and_comes_out_the_same_again(answers: Answers) -> None:
    kept = Journey(Q, answers).on_route()
    assert validate(Q, kept) == kept == Journey(Q, kept).on_route()
    layout = Layout.of(Q)
    assert layout.unpack(layout.pack(kept)) == {n: a for n, a in kept.items() if Q.item(n).counted}
    if len(answers) == 2:
        ratio = int(answers["personer"]) / int(answers["rom"])  # type: ignore[arg-type]
        assert kept["trangbodd"] == (3 if ratio > 2 else 2 if ratio > 1 else 1)
        rounded = f"{ratio + 1e-9:.2f}".rstrip("0").rstrip(".")
        assert kept.get("tetthet", "") == ("" if ratio > 15 else rounded)


def test_what_is_computed_off_the_route_does_not_count() -> None:
    data = crowding()
    data["pages"][1]["show_if"] = "answers.rom > 3"
    q = from_document(data)
    assert "trangbodd" in Journey(q, {"rom": "4", "personer": "1"}).on_route()
    assert "trangbodd" not in Journey(q, {"rom": "3", "personer": "9"}).on_route()


def test_reports_and_releases_count_it_and_leave_computed_numbers_out() -> None:
    said = [Journey(Q, {"rom": str(1 + n % 3), "personer": "4"}).on_route() for n in range(40)]
    wave = wave_of(Q, [Estate("a", "A", "Sentrum", 60)], {"a": said})
    assert count(wave).codes["trangbodd"][0][[1, 2, 3]].tolist() == [0, 26, 14]
    released = protect(wave)
    assert "trangbodd" in {column.name for column in released.variables}
    assert released.risk.dropped["measured"] == ("rom", "personer", "tetthet")


def test_imported_rows_are_computed_too() -> None:
    table = read_bytes(
        b"leiegard;rom;personer;stue\nA;1;4;ja\nB;4;4;ja\n", column_names(Q, "leiegard").__contains__
    )
    checked = check_rows(table, Q, "leiegard", "nb")
    assert [row.answers for row in checked.good] == [
        {"rom": "1", "personer": "4", "stue": 1, "trangbodd": 3, "tetthet": "4"}
    ]
    assert [bad.complaint.key for bad in checked.bad] == ["cell.off_route"]


def _told(**fields: Any) -> list[str]:
    """What is wrong when the computed choice is another."""
    data = crowding()
    data["pages"][1]["items"][0] |= fields
    return [fault.kind for fault in check(from_document(data))]


def test_a_sound_questionnaire_has_nothing_wrong() -> None:
    assert [fault.kind for fault in check(Q)] == ["never_told_several"], "a note of what is not shown"


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ('answers.rom > 2 ? "ja" : "mye"', "condition_word_unknown"),
        ("answers.rom * 2", "condition_breaks"),
        ("answers.rom > 2", "condition_breaks"),
        ('answers.rom == "to" ? "ja" : "nei"', "condition_breaks"),
        ('answers.stue == "ja" ? "ja" : "nei"', "condition_too_early"),
        ('answers.tetthet > 2 ? "ja" : "nei"', "condition_too_early"),
        ('answers.trangbodd == "ja" ? "ja" : "nei"', "condition_circle"),
        ('answers.soverom > 2 ? "ja" : "nei"', "condition_item_unknown"),
        ('"ja"', "condition_without_answer"),
        ("answers.rom > ? 2", "condition_unreadable"),
    ],
)
def test_an_expression_that_cannot_be_computed_is_told(expression: str, kind: str) -> None:
    assert kind in _told(computed=expression)


def test_two_that_wait_for_each_other_are_told() -> None:
    data = crowding()
    data["pages"][1]["items"][0]["computed"] = 'answers.tetthet > 2 ? "ja" : "nei"'
    data["pages"][1]["items"][1]["computed"] = 'answers.trangbodd == "ja" ? 1 : 2'
    assert [fault.kind for fault in check(from_document(data))].count("condition_circle") == 1


def test_a_circle_names_the_questions_it_goes_through_and_is_not_told_to_be_moved() -> None:
    """Moving one of them gives the same error on the other: a condition has to go."""
    data = crowding()
    data["pages"][1]["items"][0]["computed"] = 'answers.tetthet > 2 ? "ja" : "nei"'
    data["pages"][1]["items"][1]["computed"] = 'answers.trangbodd == "ja" ? 1 : 2'
    (told,) = [fault for fault in check(from_document(data)) if fault.severity == "error"]
    words = told.sentence("nb")
    assert "«trangbodd»" in words and "«tetthet»" in words and "i ring" in words
    assert "Ta bort ett av vilkårene" in words and "tidligere side" not in words


def test_a_page_that_no_computed_answer_opens_is_told() -> None:
    def last(condition: str, computed: str = CROWDED) -> list[str]:
        data = crowding()
        data["pages"][1]["items"][0]["computed"] = computed
        data["pages"][2]["show_if"] = condition
        return [fault.kind for fault in check(from_document(data)) if fault.severity != "note"]

    assert last('answers.trangbodd == "ja"') == []
    assert last('answers.trangbodd == "litt"', 'answers.rom > 7 ? "ja" : "nei"') == ["condition_never"]
    assert last('answers.trangbodd == "ja"', 'answers.rom > 20 ? "ja" : "nei"') == ["condition_never"]
    assert last('answers.trangbodd == "ja"', 'answers.rom > 19 ? "ja" : "nei"') == []
    assert last('answers.trangbodd == "ja" && answers.rom < 3', 'answers.rom > 3 ? "ja" : "nei"') == [
        "condition_never"
    ]
    assert last("answers.tetthet > 4") == []
    assert last("answers.tetthet > 14") == [], "fifteen in one room"
    assert last("answers.tetthet > 13.2 && answers.tetthet < 13.9") == ["condition_never"]


def test_a_condition_beside_the_questions_that_decide_it_is_warned_of() -> None:
    data = crowding()
    data["pages"][0]["items"].append(data["pages"][1]["items"].pop(0))
    later = data["pages"][2].pop("items")[0]
    data["pages"][0]["items"].append(later | {"show_if": 'answers.trangbodd == "ja"'})
    del data["pages"][2]
    assert [fault.kind for fault in check(from_document(data))] == ["condition_same_page"]


def test_the_first_page_shows_something_that_is_not_computed() -> None:
    data = crowding()
    data["pages"][0]["items"] = [
        {"id": "fast", "kind": "number", "text": t("Fast"), "computed": "answers.rom"}
    ]
    assert "first_page_hidden" in [fault.kind for fault in check(from_document(data))]
