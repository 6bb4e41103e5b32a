"""An amount to share out: all of it or none, in whole steps, and kept as it was given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answers, Layout, field_names, parse_form, validate
from forms.errors import AnswerFault, QuestionnaireFault
from forms.journey import Journey
from forms.lint import check
from forms.loading import from_document
from forms.pictures import NAMES
from reports.compute import compute
from reports.releases.dataset import protect
from reports.waves import Estate
from survey.asking import STATIC, picture_address
from survey.asking.questions import in_words, page_groups
from survey.phone.rendering import messages
from survey.responses.errors import Complaint
from survey.responses.reading import read_bytes
from survey.responses.rows import check_rows, column_names
from tests.more_kinds import document_of_more_kinds, questionnaire_of_more_kinds
from tests.samples.waves import wave_of

Q = questionnaire_of_more_kinds()
BUDGET = Q.item("budsjett")


def read(*parts: str, special: str = "") -> tuple[Any, str]:
    """What is kept of what one typed, and the key of what must be mended."""
    form = {f"budsjett.{code}": [text] for code, text in enumerate(parts, start=1)} | {"budsjett": [special]}
    answers, problems = parse_form(Q, [BUDGET], form)
    return answers.get("budsjett"), problems[0].key if problems else ""


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("60000", "", "40000"), {"1": "60000", "3": "40000"}),
        (("60 000", "40.000", "0"), {"1": "60000", "2": "40000"}),
        (("100,000", "", ""), {"1": "100000"}),
        (("", "", ""), None),
        (("0", "", "0"), None),
    ],
)
def test_parts_that_come_to_the_total_are_kept_however_they_are_typed(
    parts: tuple[str, ...], kept: dict[str, str] | None
) -> None:
    answer, problem = read(*parts)
    assert (answer or None, problem) == (kept, "")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (("60000", "30000", ""), "problem.share_left"),
        (("60000", "50000", ""), "problem.share_over"),
        (("60001", "39999", ""), "problem.share_step"),
        (("seksti", "", ""), "problem.share_unreadable"),
        (("-5000", "105000", ""), "problem.share_unreadable"),
        (("5e4", "50000", ""), "problem.share_unreadable"),
        (("٥٠٠٠", "95000", ""), "problem.share_unreadable"),
        (("9999999999", "", ""), "problem.share_unreadable"),
    ],
)
def test_what_does_not_come_to_the_total_is_told_and_shown_again_as_it_was_typed(
    parts: tuple[str, ...], problem: str
) -> None:
    typed = {str(code): text for code, text in enumerate(parts, start=1) if text}
    assert read(*parts) == (typed, problem)
    (group,) = page_groups(Q, Journey(Q, {}).first, {"budsjett": typed}, (), "nb", messages("nb"))
    assert [part.written for part in group.questions[0].parts] == list(parts)


def test_dont_know_stands_in_place_of_an_amount_never_beside_it() -> None:
    assert read("", "", "", special="254") == (254, "")
    assert read("100000", "", "", special="254") == ({"1": "100000"}, "problem.measure_and_special")
    assert read("", "", "", special="1") == (None, "problem.unknown_choice")
    assert field_names(BUDGET) == {"budsjett", "budsjett.1", "budsjett.2", "budsjett.3"}


@pytest.mark.parametrize(
    "answer",
    [1, [1, 2], "100000", {"1": 100000}, {"9": "100000"}, {"1": "50000"}, {"1": "100000", "x": "0"}, True,
     {"1": "-5000", "2": "105000"}, {1: "100000"}],
)  # fmt: skip
def test_a_stored_amount_is_parts_by_code_that_come_to_the_total(answer: object) -> None:
    with pytest.raises(AnswerFault):
        validate(Q, {"budsjett": answer})


PARTS = st.lists(st.integers(0, 20), min_size=2, max_size=2).map(
    lambda cuts: (min(cuts), max(cuts) - min(cuts), 20 - max(cuts))
)


@given(PARTS)
def test_every_way_to_share_out_is_stored_packed_and_told(parts: tuple[int, ...]) -> None:
    answer = {str(code): str(steps * 5000) for code, steps in enumerate(parts, start=1) if steps}
    answers: Answers = {"budsjett": answer}
    layout = Layout.of(Q)
    assert validate(Q, answers) == answers == Journey(Q, answers).on_route()
    assert layout.unpack(layout.pack(answers)) == answers
    told = in_words(Q, BUDGET, answer, "en", messages("en"))
    amounts = [int(line.rpartition(": ")[2].removesuffix(" NOK").replace(",", "")) for line in told]
    assert sum(amounts) == 100_000 and len(told) == len(answer)


@pytest.mark.parametrize(
    "answer", [{"1": "7"}, {"1": "1300000"}, {"9": "5000"}, {"1": "mye"}, {"1": "-5000"}, [1], "5000"]
)
def test_what_no_page_can_send_is_not_packed(answer: Any) -> None:
    with pytest.raises(AnswerFault):
        Layout.of(Q).pack({"budsjett": answer})


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("lys:60000|hage:40000", {"1": "60000", "3": "40000"}),
        ("2:100 000", {"2": "100000"}),
        ("vet ikke", 254),
    ],
)
def test_shares_can_be_imported(cell: str, answer: object) -> None:
    table = read_bytes(f"leiegard;budsjett\nA;{cell}\n".encode(), column_names(Q, "leiegard").__contains__)
    assert [row.answers for row in check_rows(table, Q, "leiegard", "nb").good] == [{"budsjett": answer}]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("lys:60000", "cell.shares"), ("lys:x|lek:2", "cell.shares"), ("tak:100000", "cell.unknown"),
     ("lys:5000|1:95000", "cell.twice"), ("100000", "cell.unknown")],
)  # fmt: skip
def test_a_cell_that_does_not_come_to_the_total_is_refused(cell: str, reason: str) -> None:
    table = read_bytes(f"leiegard;budsjett\nA;{cell}\n".encode(), column_names(Q, "leiegard").__contains__)
    (bad,) = check_rows(table, Q, "leiegard", "nb").bad
    assert isinstance(bad.complaint, Complaint) and bad.complaint.key == reason


def test_reports_and_releases_leave_it_out_and_say_so() -> None:
    said: list[Answers] = [{"budsjett": {"1": "100000"}, "humor": 1 + n % 3} for n in range(40)]
    wave = wave_of(Q, [Estate("a", "A", "Sentrum", 60)], {"a": said})
    assert "budsjett" not in compute(wave, None).items
    released = protect(wave)
    assert released.risk.dropped["measured"] == ("budsjett",)
    assert not [column.name for column in released.variables if column.name.startswith("budsjett")]


def _told(**fields: Any) -> list[str]:
    data = document_of_more_kinds()
    data["pages"][0]["items"][0] |= fields
    return [fault.kind for fault in check(from_document(data))]


def test_a_sound_questionnaire_has_nothing_wrong_and_no_condition_reads_an_amount() -> None:
    assert _told() == []
    data = document_of_more_kinds()
    data["pages"][1]["show_if"] = "answers.budsjett > 2"
    assert "condition_breaks" in [fault.kind for fault in check(from_document(data))]


def test_every_drawing_is_there_small_and_fetches_nothing() -> None:
    files = {path.stem: path.read_text() for path in (STATIC / "pictures").iterdir()}
    assert files.keys() == set(NAMES) and len(NAMES) == len(set(NAMES))
    for name, drawn in files.items():
        assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg"') and len(drawn) < 1000
        assert drawn.count("http") == 1 and "<script" not in drawn and "href" not in drawn
        assert picture_address(name).startswith(f"/static/asking/pictures/{name}.svg?v=")


def test_no_drawing_comes_from_outside_its_folder() -> None:

    data = document_of_more_kinds()
    data["pages"][1]["items"][0]["choices"][0]["picture"] = "../passord"
    with pytest.raises(QuestionnaireFault, match="picture"):
        from_document(data)
