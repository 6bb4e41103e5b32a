"""Numbers, months, information and consents: what those who answer and those who ask can count on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answers, Layout, field_names, parse_form, validate
from forms.errors import AnswerFault
from forms.journey import Journey
from forms.lint import check
from forms.loading import from_document
from forms.questionnaire import MAX_LINE_ANSWER, Questionnaire
from forms.reading import minutes
from reports.compute import compute
from reports.counts import count
from reports.releases.dataset import protect
from reports.waves import Estate
from survey.asking.questions import month_in_words, number_in_words, page_groups, review
from survey.phone.rendering import messages
from survey.responses.errors import Complaint
from survey.responses.reading import read_bytes
from survey.responses.rows import check_rows, column_names
from tests.kinds import document_of_kinds, questionnaire_of_kinds, text
from tests.questionnaires import t
from tests.samples.waves import wave_of

Q = questionnaire_of_kinds()


def read(name: str, *typed: str, special: str = "") -> tuple[Any, str]:
    """What is kept of what one typed, and the key of what must be mended."""
    form = {f"{name}.{place}": [text] for place, text in enumerate(typed, start=1)} | {name: [special]}
    answers, problems = parse_form(Q, [Q.item(name)], form)
    return answers.get(name), problems[0].key if problems else ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3", "3"), (" 3 ", "3"), ("03", "3"), ("20", "20"), ("", None)],
)
def test_a_number_is_kept_as_a_number_however_it_is_typed(typed: str, kept: str | None) -> None:
    assert read("rom", typed) == (kept, "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9 500", "9500"),
        ("9500,50", "9500.5"),
        ("9500.5", "9500.5"),
        ("0", "0"),
        ("0,00", "0"),
        ("254", "254"),
    ],
)
def test_a_price_may_have_a_comma_a_point_and_a_blank_between_thousands(typed: str, kept: str) -> None:
    assert read("leie", typed) == (kept, "")


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("rom", "tre", "problem.number_unreadable"),
        ("rom", "3 4", "problem.number_unreadable"),
        ("rom", "٣", "problem.number_unreadable"),
        ("rom", "1e3", "problem.number_unreadable"),
        ("rom", "9" * 13, "problem.number_unreadable"),
        ("rom", "3,5", "problem.number_whole"),
        ("rom", "3.000", "problem.number_whole"),
        ("leie", "9.500", "problem.number_decimals"),
        ("rom", "0", "problem.number_low"),
        ("leie", "-1", "problem.number_low"),
        ("leie", "\u22121", "problem.number_low"),
        ("rom", "21", "problem.number_high"),
    ],
)
def test_what_is_no_fitting_number_is_told_and_shown_again_as_it_was_typed(
    name: str, typed: str, problem: str
) -> None:
    assert read(name, typed) == (typed, problem)


@pytest.mark.parametrize(
    ("month", "year", "expected"),
    [
        ("5", "2019", ("2019-05", "")),
        ("", "", (None, "")),
        ("5", "", ("-5", "problem.month_half")),
        ("", "2019", ("2019-", "problem.month_half")),
        ("5", "19", ("19-5", "problem.month_unreadable")),
        ("13", "2019", ("2019-13", "problem.month_unreadable")),
        ("5", "to-tre", ("to-tre-5", "problem.month_unreadable")),
        ("12", "1949", ("1949-12", "problem.month_early")),
        ("12", "2026", ("2026-12", "problem.month_late")),
    ],
)
def test_a_month_needs_its_year_and_the_limits_hold(month: str, year: str, expected: tuple[str, str]) -> None:
    assert read("innflyttet", month, year) == expected


def test_dont_know_stands_in_place_of_a_number_never_beside_it() -> None:
    assert read("rom", "", special="254") == (254, "")
    assert read("innflyttet", "", "", special="253") == (253, "")
    assert read("rom", "3", special="254") == ("3", "problem.measure_and_special")
    assert read("leie", "", special="254") == (None, "problem.unknown_choice")
    assert validate(Q, {"rom": 254, "leie": "254"}) == {"rom": 254, "leie": "254"}


@pytest.mark.parametrize("answer", [3, 3.0, True, ["3"], {"1": 3}, "tre", "21", "3.5"])
def test_a_stored_number_is_text_within_its_limits(answer: object) -> None:
    with pytest.raises(AnswerFault):
        validate(Q, {"rom": answer})


def test_a_line_takes_less_than_a_page() -> None:
    item = Q.item("navn_pa_hus")
    assert parse_form(Q, [item], {item.id: ["x" * MAX_LINE_ANSWER]})[1] == ()
    (problem,) = parse_form(Q, [item], {item.id: ["x" * (MAX_LINE_ANSWER + 1)]})[1]
    assert (problem.key, problem.values["over"]) == ("problem.text_too_long", 1)


def test_information_asks_nothing_takes_no_answer_and_is_no_minute() -> None:
    with pytest.raises(AnswerFault):
        validate(Q, {"forklaring": "noe"})
    assert parse_form(Q, [Q.item("forklaring")], {"forklaring": ["1"]}) == ({}, ())
    assert field_names(Q.item("forklaring")) == frozenset()
    assert Journey(Q, {"forklaring": "noe"}).on_route() == {}
    assert "forklaring" not in {item.id for item in Q.questions()}
    without = document_of_kinds()
    del without["pages"][2]["items"][0]
    assert minutes(Q, "nb") - minutes(from_document(without), "nb") < 0.1


def test_what_needs_a_consent_is_asked_of_those_who_said_yes_and_of_nobody_else() -> None:
    yes, no = 1, 2
    assert [page.id for page in Journey(Q, {"samtykke": yes}).pages][-1] == "helse"
    for answers in ({}, {"samtykke": no}, {"frisk": yes}, {"samtykke": no, "frisk": yes}):
        assert "helse" not in [page.id for page in Journey(Q, answers).pages]
        assert "frisk" not in Journey(Q, answers).on_route()


NUMBERS = st.integers(1, 20).map(str)
MONTHS = st.builds(lambda year, month: f"{year}-{month:02}", st.integers(1950, 2025), st.integers(1, 12))
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "rom": NUMBERS | st.just(254),
        "leie": st.integers(500, 10**5).map(lambda oere: number_in_words(str(oere), "en")),
        "innflyttet": MONTHS | st.sampled_from([253, 254]),
        "trivsel": st.sampled_from([*range(1, 12), 20, 254]),
        "bydel": st.sampled_from([*range(1, 16), 253]),
        "naboer": st.sampled_from([*range(1, 12), 20]),
        "samtykke": st.sampled_from([1, 2]),
    },
)


@given(ANSWERS)
def test_what_a_page_shows_again_is_read_as_it_was_answered(answers: Answers) -> None:
    for language in ("nb", "nn", "en"):
        form: dict[str, list[str]] = {}
        for page in Journey(Q, answers).pages:
            for group in page_groups(Q, page, answers, (), language, messages(language)):
                for question in group.questions:
                    form[question.id] = [
                        str(o.code) for o in (*question.choices, *question.specials) if o.picked
                    ]
                    if question.kind == "number":
                        form[f"{question.id}.1"] = [question.written]
                    if question.kind == "month":
                        form[f"{question.id}.1"] = [str(m.code) for m in question.months if m.picked]
                        form[f"{question.id}.2"] = [question.written]
        assert parse_form(Q, list(Q.items()), form) == (answers, ())


@given(ANSWERS)
def test_numbers_and_months_are_stored_as_they_are_and_take_no_byte(answers: Answers) -> None:
    layout = Layout.of(Q)
    assert [slot.name for slot in layout.slots] == ["trivsel", "bydel", "naboer", "samtykke", "frisk"]
    closed = {name: answer for name, answer in answers.items() if Q.item(name).counted}
    assert layout.unpack(layout.pack(answers)) == closed
    assert validate(Q, answers) == answers == Journey(Q, answers).on_route()


FIELDS = st.sampled_from(["rom", "rom.1", "leie.1", "innflyttet", "innflyttet.1", "innflyttet.2"])
TYPED = st.sampled_from(["", "3", "254", "2019", "-", "1,5", "²", "9" * 50, "\x00", "0"]) | st.text(
    max_size=8
)


@given(st.dictionaries(FIELDS, st.lists(TYPED)))
def test_no_form_whatever_breaks_the_reading_or_the_page(form: dict[str, list[str]]) -> None:
    items = [Q.item(name) for name in ("rom", "leie", "innflyttet")]
    answers, problems = parse_form(Q, items, form)
    if not problems:
        assert validate(Q, answers) == answers
    page_groups(Q, Journey(Q, {}).first, answers, problems, "nb", messages("nb"))


def test_before_sending_one_sees_numbers_and_months_in_words_of_ones_language() -> None:
    answers: Answers = {"rom": "3", "leie": "9500.5", "innflyttet": "2024-05"}
    told = {}
    for language in ("nb", "nn", "en"):
        pages = review(Q, Journey(Q, answers).pages, answers, language, messages(language))
        told[language] = [line.answers for page in pages for group in page.groups for line in group.lines]
    assert told["nb"][:3] == [("3 rom",), ("9500,5 kr",), ("mai 2024",)]
    assert told["nn"][:3] == [("3 rom",), ("9500,5 kr",), ("mai 2024",)]
    assert told["en"][:3] == [("3 rooms",), ("9500.5 NOK",), ("May 2024",)]
    assert len(told["nb"]) == 8, "four questions on the first page, three, the consent, no information"
    assert month_in_words("2024-03", "nb") == "mars 2024"


def test_a_limit_is_told_in_words_of_ones_language() -> None:
    (problem,) = parse_form(Q, [Q.item("innflyttet")], {"innflyttet.1": ["1"], "innflyttet.2": ["1910"]})[1]
    groups = page_groups(Q, Journey(Q, {}).first, {}, (problem,), "nb", messages("nb"))
    told = {question.id: question.problem for group in groups for question in group.questions}
    assert told["innflyttet"] == "Det er for tidlig. Det første som passer, er januar 1950."


CELLS = {
    ("rom", "3"): "3",
    ("rom", "3.0"): "3",
    ("rom", "vet ikke"): 254,
    ("leie", "254"): "254",
    ("leie", "0"): "0",
    ("leie", "9500,5"): "9500.5",
    ("innflyttet", "2024-05"): "2024-05",
    ("innflyttet", "Vil ikke svare"): 253,
}


@pytest.mark.parametrize(("name", "cell"), CELLS)
def test_numbers_and_months_can_be_imported(name: str, cell: str) -> None:
    table = read_bytes(f"leiegard;{name}\nA;{cell}\n".encode(), column_names(Q, "leiegard").__contains__)
    checked = check_rows(table, Q, "leiegard", "nb")
    assert [row.answers for row in checked.good] == [{name: CELLS[name, cell]}]


@pytest.mark.parametrize(
    ("name", "cell", "reason"),
    [
        ("rom", "21", "cell.number_between"),
        ("rom", "254", "cell.number_between"),
        ("leie", "9.500", "cell.number"),
        ("leie", "mye", "cell.number"),
        ("innflyttet", "mai", "cell.month"),
    ],
)
def test_a_cell_that_is_no_fitting_number_is_refused_with_the_reason(
    name: str, cell: str, reason: str
) -> None:
    table = read_bytes(f"leiegard;{name}\nA;{cell}\n".encode(), column_names(Q, "leiegard").__contains__)
    (bad,) = check_rows(table, Q, "leiegard", "nb").bad
    assert isinstance(bad.complaint, Complaint) and bad.complaint.key == reason


def test_reports_count_choices_and_data_releases_leave_numbers_out_and_say_so() -> None:
    rng = np.random.default_rng(3)
    said: list[Answers] = [
        {"rom": str(rng.integers(1, 5)), "innflyttet": "2019-05", "samtykke": int(rng.integers(1, 3))}
        for _ in range(40)
    ]
    wave = wave_of(Q, [Estate("a", "A", "Sentrum", 60)], {"a": said})
    assert set(count(wave).codes) == {"trivsel", "bydel", "naboer", "samtykke", "frisk"}
    assert set(compute(wave, None).items) == {"trivsel", "bydel", "naboer", "samtykke", "frisk"}
    released = protect(wave)
    assert released.risk.dropped["measured"] == ("rom", "leie", "innflyttet")
    assert released.risk.dropped["text"] == ("navn_pa_hus",)


def test_the_ends_of_a_scale_of_numbers_are_told_wherever_a_number_would_stand_alone() -> None:
    answers: Answers = {"trivsel": 11, "naboer": 2}
    pages = review(Q, Journey(Q, answers).pages, answers, "nb", messages("nb"))
    told = [line.answers for page in pages for group in page.groups for line in group.lines]
    assert ("10 – svært fornøyd",) in told and ("1",) in told
    groups = page_groups(Q, Journey(Q, {}).pages[1], {}, (), "en", messages("en"))
    ends = {
        o.text: o.end for g in groups for q in g.questions if q.id == "trivsel" for o in q.choices if o.end
    }
    assert ends == {"0": "very dissatisfied", "10": "very satisfied"}


def test_what_is_off_the_scale_does_not_stand_on_the_ruler() -> None:
    groups = page_groups(Q, Journey(Q, {}).pages[1], {"trivsel": 20}, (), "nb", messages("nb"))
    (question,) = groups[0].questions
    assert [option.code for option in question.choices] == list(range(1, 12))
    assert [(o.text, o.picked) for o in question.specials] == [("Jeg flytter", True), ("Vet ikke", False)]


def _on_page(condition: str) -> list[str]:
    """What is wrong with the questionnaire when its last page hangs on this condition."""
    data = document_of_kinds()
    data["pages"][-1]["show_if"] = f'answers.samtykke == "ja" && {condition}'
    return [fault.kind for fault in check(from_document(data))]


@pytest.mark.parametrize(
    "condition",
    [
        "answers.rom < 3",
        "answers.rom >= 20",
        "answers.leie / answers.rom > 2000",
        "answers.leie == 9500.5",
        'answers.innflyttet >= "2024-05"',
        'answers.innflyttet == "1950-01"',
        "answers.trivsel > 8",
        "has(answers.rom)",
    ],
)
def test_conditions_may_reckon_with_numbers_and_months(condition: str) -> None:
    assert _on_page(condition) == []


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("answers.rom > 20", "condition_never"),
        ("answers.rom < 1", "condition_never"),
        ("answers.rom == 2.5", "condition_never"),
        ("answers.rom > 2 && answers.rom < 3", "condition_never"),
        ('answers.innflyttet < "1950-01"', "condition_never"),
        ('answers.innflyttet > "2026-11"', "condition_never"),
        ("answers.trivsel > 10", "condition_never"),
        ('answers.rom == "2"', "condition_breaks"),
        ('answers.innflyttet == "mai"', "condition_breaks"),
        ('answers.forklaring == "x"', "condition_breaks"),
    ],
)
def test_a_condition_that_no_number_or_month_can_meet_is_told(condition: str, kind: str) -> None:
    assert kind in _on_page(condition)


def test_a_number_that_is_not_answered_opens_nothing() -> None:
    data = document_of_kinds()
    data["pages"][-1] |= {"show_if": "answers.rom < 3 || answers.trivsel >= 9"}
    data["pages"][2]["items"].pop()
    q = from_document(data)
    opened = {"rom": "2"}, {"rom": "12", "trivsel": 10}, {"trivsel": 11, "rom": 254}
    closed = {}, {"rom": "3"}, {"rom": 254}, {"trivsel": 20}, {"trivsel": 9}
    for answers, expected in [*((a, True) for a in opened), *((a, False) for a in closed)]:
        shown = "helse" in [page.id for page in Journey(q, answers).pages]
        assert shown == expected, answers


def _unmet(answers: Answers) -> dict[str, str]:
    journey = Journey(Q, answers)
    return {p.item_id: p.text.get("nb") for p in journey.unmet(Q.items()) if p.text}


def test_a_demand_is_told_in_its_own_words_one_at_a_time_and_only_of_what_is_answered() -> None:
    assert _unmet({"leie": "499", "rom": "1"}) == {"leie": "Skriv leien for en måned."}
    assert _unmet({"leie": "100001", "rom": "1"}) == {"leie": "Det er mye for hvert rom."}
    assert _unmet({"leie": "100001"}) == {}, "the rooms are not answered, so it cannot be decided"
    assert _unmet({"leie": "500", "rom": "20"}) == _unmet({"rom": "3"}) == _unmet({}) == {}


def test_a_demand_stays_where_it_can_be_mended() -> None:
    def told(condition: str) -> list[str]:
        data = document_of_kinds()
        data["pages"][0]["items"][1]["must"][0]["condition"] = condition
        return [fault.kind for fault in check(from_document(data))]

    assert told("answers.leie > 1") == []
    assert "condition_too_early" in told("answers.leie > answers.trivsel")
    assert "condition_item_unknown" in told("answers.leie > answers.lonn")
    assert "condition_unreadable" in told("answers.leie >")
    assert "condition_breaks" in told('answers.leie == "mye"')


def _with_pipes() -> Questionnaire:
    data = document_of_kinds()
    data["pages"][2]["title"] = text("Om {bydel|stedet}", "Om {bydel|staden}", "About {bydel|the place}")
    data["pages"][2]["intro"] = t("{bydel|Her} og {trivsel|et tall}. {ikke en} {rom}")
    data["pages"][2]["items"][1]["text"] = text(
        "Trives du i {bydel|bydelen}?", "Nn {bydel|x}?", "En {bydel|y}?"
    )
    data["pages"][1]["items"][1]["choices"][0]["text"] = text("Nord", "Nordre", "<b>North</b> {trivsel|x}")
    return from_document(data)


def _told(answers: Answers, language: str) -> tuple[str, str, str]:
    page = Journey(_with_pipes(), answers).page("om_helse")
    assert page is not None and page.page.intro is not None
    return tuple(each.get(language) for each in (page.page.title, page.page.intro, page.items[1].text))  # type: ignore[return-value]


def test_an_earlier_answer_stands_in_later_texts_in_the_language_of_the_reader() -> None:
    assert _told({"bydel": 1, "trivsel": 8}, "nb") == (
        "Om Nord",
        "Nord og 7. {ikke en} {rom}",
        "Trives du i Nord?",
    )
    assert _told({"bydel": 1}, "nn")[0] == "Om Nordre"
    assert _told({"bydel": 1}, "en")[0] == "About <b>North</b> x", (
        "escaped where it is shown, and filled once"
    )


@pytest.mark.parametrize("answers", [{}, {"bydel": 253}, {"bydel": 99}])
def test_whoever_did_not_answer_reads_the_word_that_stands_for_it(answers: Answers) -> None:
    assert _told(answers, "nb") == ("Om stedet", "Her og et tall. {ikke en} {rom}", "Trives du i bydelen?")


def test_reports_and_codebooks_read_the_same_word() -> None:
    assert _with_pipes().item("samtykke").text.get("nb") == "Trives du i bydelen?"
    assert [fault.kind for fault in check(_with_pipes())] == ["text_markup"], "of the choice, on purpose"


def test_an_answer_that_left_the_route_is_not_repeated() -> None:
    data = document_of_kinds()
    data["pages"][1]["show_if"] = "answers.rom > 2"
    data["pages"][2]["title"] = t("Om {bydel|stedet}")
    q = from_document(data)
    for rooms, title in (("3", "Om bydel_1"), ("1", "Om stedet")):
        page = Journey(q, {"rom": rooms, "bydel": 1}).page("om_helse")
        assert page is not None and page.page.title.get("nb") == title
