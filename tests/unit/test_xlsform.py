"""Questionnaires go to XLSForm and back unharmed; what comes from elsewhere is carried over or told of."""

from __future__ import annotations

import copy
import io
import itertools
import re
import tracemalloc
import warnings
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from forms.errors import QuestionnaireFault
from forms.exchange import xpath_in, xpath_out, xpath_tree
from forms.exchange.workbook import read_workbook
from forms.exchange.xlsform_in import from_xlsform
from forms.exchange.xlsform_out import known_of, to_xlsform
from forms.exchange.xpath_out import Unsaid
from forms.lint import check
from forms.loading import INSTRUMENTS, content_hash, from_document, load
from forms.logic import compile_condition
from forms.questionnaire import Questionnaire
from survey.questionnaire_files import as_json, as_xlsform, as_yaml, read_questionnaire, write_workbook
from tests.kinds import document_of_kinds
from tests.questionnaires import document, questionnaire
from tests.random_questionnaires import questionnaires
from tests.sheets import CHOICES, SURVEY, carried, one

FILES = sorted(INSTRUMENTS.rglob("*.yaml"))
KINDS = from_document(document_of_kinds())


def _shares() -> Questionnaire:
    """Kinds, with an amount to share out and a question that only some are asked."""
    data = document_of_kinds()
    share = {
        "id": "penger", "kind": "allocate", "text": data["title"], "help": data["description"],
        "choices": data["scales"][0]["choices"], "show_if": "answers.rom > 2",
    }  # fmt: skip
    data["pages"][1]["items"].append(share)
    return from_document(data)


def _read(form: Questionnaire) -> Questionnaire:
    """Out to a real file and in again, with nothing to tell."""
    data, faults = as_xlsform(form)
    assert not faults
    found = read_questionnaire(data, "skjema.xlsx")
    assert not found.faults and found.questionnaire is not None
    return found.questionnaire


def _accepted(data: bytes) -> str:
    """The form that pyxform makes of it; it must have nothing to remark."""
    told: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's own, of workbooks with little in them
        from pyxform.xls2xform import convert

        made = convert(io.BytesIO(data), validate=False, file_type=".xlsx", warnings=told)
    assert told == []
    return str(made.xform)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_questionnaire_comes_back_the_same_from_a_workbook(path: Any) -> None:
    form = load(path)
    assert content_hash(_read(form)) == content_hash(form)
    assert content_hash(_read(_read(form))) == content_hash(form)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_other_programs_take_every_shipped_questionnaire_without_remark(path: Any) -> None:
    form = load(path)
    made = _accepted(as_xlsform(form)[0])
    assert all(f"/{item.id}" in made for item in form.items())


@pytest.mark.parametrize(
    "form", [KINDS, _shares(), questionnaire(), load(FILES[0]).short_form()], ids=lambda form: form.id
)
def test_every_kind_of_question_comes_back_the_same_and_is_taken_by_others(form: Questionnaire) -> None:
    assert content_hash(_read(form)) == content_hash(form)
    _accepted(as_xlsform(form)[0])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(questionnaires())
def test_a_questionnaire_that_nobody_thought_of_comes_back_the_same(form: Questionnaire) -> None:
    found = from_xlsform(to_xlsform(form).sheets, "tilfeldig")
    assert found.questionnaire is not None and content_hash(found.questionnaire) == content_hash(form)


@pytest.mark.parametrize("write", [as_yaml, as_json])
def test_our_own_files_come_back_the_same(write: Any) -> None:
    found = read_questionnaire(write(KINDS).encode(), "skjema.yaml")
    assert found.questionnaire is not None and content_hash(found.questionnaire) == content_hash(KINDS)


CONDITIONS = [
    "answers.rom > 2",
    "!(answers.rom > 2)",
    "answers.rom != 2",
    "!(answers.rom == 2 && answers.trivsel >= 5)",
    "answers.rom in [1, 3]",
    "!(answers.rom in [1, 3])",
    "has(answers.rom) ? answers.rom > 2 : answers.trivsel > 5",
    "answers.leie / answers.rom > 100",
    "!(answers.leie / (answers.rom - 1) > 100)",
    "answers.rom + 1 != answers.trivsel - 1",
    '!(answers.innflyttet >= "2020-01") || answers.rom > 2',
    'answers.innflyttet != "2020-01"',
    'answers.samtykke == "ja"',
    'answers.samtykke in ["ja", "nei"]',
    'answers.samtykke != "nei" || answers.samtykke == ""',
    'answers.navn_pa_hus == "Blokka"',
    "!has(answers.rom) && !has(answers.innflyttet)",
]
SEEN: dict[str, list[Any]] = {
    "rom": [None, 1.0, 2.0, 3.0],
    "trivsel": [None, 4.0, 6.0],
    "leie": [None, 500.0],
    "innflyttet": [None, "2019-05", "2020-01"],
    "samtykke": ["", "ja", "nei"],
    "navn_pa_hus": ["", "Blokka"],
}


@pytest.mark.parametrize("source", CONDITIONS)
def test_a_condition_decides_the_same_after_a_turn_through_another_language(source: str) -> None:
    """With every answer, those that are missing among them."""
    known = known_of(KINDS)
    back = xpath_in.condition(xpath_tree.tree(xpath_out.condition(source, known)), known)
    ours, theirs = compile_condition(source), compile_condition(back)
    assert theirs.references == ours.references
    for values in itertools.product(*SEEN.values()):
        seen = {name: value for name, value in zip(SEEN, values, strict=True) if value is not None}
        assert ours.holds(seen) == theirs.holds(seen), (back, seen)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("answers.rom > 2", "${rom} > 2"),
        # In XPath, not(2 < nothing) is true; with us nothing is decided.
        ("!(answers.rom > 2)", "${rom} <= 2"),
        ("answers.rom != 2", "${rom} != '' and ${rom} != 2"),
        ("answers.trivsel >= 5", "${trivsel} >= 5"),
        ('answers.innflyttet < "2020-01"', "${innflyttet} < date('2020-01-01')"),
        ('!(answers.samtykke == "ja")', "${samtykke} != 'ja'"),
    ],
)
def test_a_condition_is_written_so_that_a_missing_answer_decides_nothing(source: str, said: str) -> None:
    assert xpath_out.condition(source, known_of(KINDS)) == said


def test_words_in_lists_are_told_in_words_of_the_workbook() -> None:
    known = known_of(questionnaire())
    item = next(item for item in questionnaire().items() if item.kind == "multi")
    words = [choice.value for choice in questionnaire().choices(item)]
    source = f'answers.{item.id}.exists(x, x in ["{words[0]}", "{words[1]}"])'
    back = compile_condition(xpath_in.condition(xpath_tree.tree(xpath_out.condition(source, known)), known))
    for chosen in itertools.chain.from_iterable(itertools.combinations(words, n) for n in range(3)):
        assert back.holds({item.id: list(chosen)}) == compile_condition(source).holds({item.id: list(chosen)})


def test_a_cell_that_somebody_changed_is_believed() -> None:
    sheets = copy.deepcopy(to_xlsform(KINDS).sheets)
    head = sheets["survey"][0]
    row = next(row for row in sheets["survey"] if row[head.index("name")] == "rom")
    row[head.index("label::English (en)")] = "How many rooms are there?"
    row[head.index("constraint")] = ". >= 2 and . <= 9"
    found = from_xlsform(sheets, "slag").questionnaire
    assert found is not None
    rom = found.item("rom")
    assert (rom.text.get("en"), rom.minimum, rom.maximum) == ("How many rooms are there?", 2, 9)
    assert rom.text.get("nb") == KINDS.item("rom").text.get("nb") and rom.unit == KINDS.item("rom").unit


def test_a_changed_condition_is_believed_before_the_one_we_remember() -> None:
    sheets = copy.deepcopy(to_xlsform(questionnaire()).sheets)
    head = sheets["survey"][0]
    row = next(row for row in sheets["survey"] if row[head.index("relevant")] == "${heis} = 'nei'")
    row[head.index("relevant")] = "${heis} = 'ja'"
    found = from_xlsform(sheets, "prove").questionnaire
    assert found is not None
    told = [page.show_if for page in found.pages] + [item.show_if for item in found.items()]
    assert 'answers.heis == "ja"' in told


FOREIGN = [
    ["type", "name", "label::English (en)", "label::Norsk (nb)", "hint::English (en)", "relevant",
     "constraint", "constraint_message::English (en)", "calculation", "choice_filter", "appearance",
     "parameters"],
    ["begin group", "Home", "Your home", "Hjemmet"],
    ["integer", "rooms", "Rooms?", "Rom?", "Count the kitchen", "", ". >= 1 and . <= 20"],
    ["decimal", "people", "People?", "Folk?", "", "", ". <= ${rooms} * 4", "So many?"],
    ["calculate", "per_room", "", "", "", "", "", "", "${people} div ${rooms}"],
    ["select_one yn", "lift", "Lift?", "Heis?"],
    ["select_one yn", "quiet", "Quiet?", "Stille?", "", "${lift} = 'no' or ${per_room} > 2"],
    ["end group"],
    ["begin_group", "More", "More", "Mer", "", "not(${quiet} = 'yes')"],
    ["select_multiple faults", "faults", "What is wrong?", "Hva er galt?", "", "", "",
     "", "", "", "", "randomize=true"],
    ["select_one grade", "grade", "How is it?", "Hvordan er det?", "", "selected(${faults}, 'damp')",
     "", "", "", "", "likert"],
    ["text", "why", "Why?", "Hvorfor?", "", "${grade} < 3", "", "", "", "", "multiline"],
    ["date", "moved", "Moved in?", "Når?", "", "", ". >= date('1990-01-01')", "", "", "", "month-year"],
    ["rank faults", "worst", "Worst?", "Verst?"],
    ["acknowledge", "agree", "May we?", "Kan vi?"],
    ["note", "thanks", "Thank you", "Takk"],
    ["select_one place", "place", "Where?", "Hvor?", "", "", "", "", "", "town = ${lift}"],
    ["end_group"],
]  # fmt: skip
LISTS = [
    ["list_name", "name", "label::English (en)", "label::Norsk (nb)", "town"],
    ["yn", "yes", "Yes", "Ja"],
    ["yn", "no", "No", "Nei"],
    ["faults", "damp", "Damp", "Fukt"],
    ["faults", "dark", "Dark", "Mørkt"],
    ["grade", "1", "Bad", "Dårlig"],
    ["grade", "2", "Middling", "Middels"],
    ["grade", "3", "Good", "Bra"],
    ["grade", "vet_ikke", "Do not know", "Vet ikke"],
    ["place", "North", "North", "Nord", "yes"],
    ["place", "South", "South", "Sør", "no"],
]


def test_a_form_made_elsewhere_becomes_a_questionnaire_with_all_that_it_asks() -> None:
    data = write_workbook(
        {
            "survey": FOREIGN,
            "choices": LISTS,
            "settings": [["form_title", "form_id", "default_language"], ["Homes", "Homes-2", "English (en)"]],
        }
    )
    found = read_questionnaire(data, "homes.xlsx")
    form = found.questionnaire
    assert form is not None
    assert {fault.kind for fault in found.faults} == {"xls_name_changed"}
    assert (form.id, form.languages, form.title.get("en")) == ("homes_2", ("en", "nb"), "Homes")
    assert [page.id for page in form.pages] == ["home", "more"]
    assert form.pages[1].show_if == 'answers.quiet != "yes"'
    rooms, people, share = form.item("rooms"), form.item("people"), form.item("per_room")
    assert (rooms.kind, rooms.minimum, rooms.maximum, rooms.decimals) == ("number", 1, 20, 0)
    assert rooms.help is not None and rooms.help.get("en") == "Count the kitchen"
    assert [(must.condition, must.text.get("en")) for must in people.must] == [
        ("answers.people <= (answers.rooms * 4.0)", "So many?")
    ]
    assert share.computed == "answers.people / answers.rooms"
    assert form.item("lift").scale == form.item("quiet").scale == "yn"
    assert form.item("quiet").show_if == '(answers.lift == "no") || (answers.per_room > 2.0)'
    assert form.item("faults").kind == "multi" and form.item("faults").shuffle
    grade = form.item("grade")
    assert [choice.code for choice in form.choices(grade)] == [1, 2, 3]
    assert grade.specials == ("vet_ikke",) and grade.display == "scale"
    assert grade.show_if == '"damp" in answers.faults' and form.item("why").show_if == "answers.grade < 3.0"
    assert (form.item("moved").kind, form.item("moved").earliest) == ("month", "1990-01")
    assert form.item("worst").kind == "rank" and form.item("agree").consent
    assert form.item("thanks").kind == "info"
    assert [choice.show_if for choice in form.item("place").choices] == [
        'answers.lift == "yes"', 'answers.lift == "no"',
    ]  # fmt: skip
    assert not [fault for fault in check(form) if fault.severity == "error" and fault.kind != "text_missing"]
    assert content_hash(_read(form)) == content_hash(form)


def test_what_cannot_be_carried_over_is_told_with_its_row_and_the_rest_is_kept() -> None:
    found = carried(
        ["type", "name", "label", "required", "relevant", "media::image"],
        ["start", "begun"],
        ["select_one jn", "heis", "Heis?", "yes"],
        ["image", "bilde", "Bilde?"],
        ["begin_repeat", "folk", "Folk"],
        ["text", "navn", "Navn?"],
        ["end_repeat"],
        ["text", "hvorfor", "Hvorfor?", "", "pulldata('a', 'b', 'c', ${heis}) = 1", "heis.png"],
        ["date", "fodt", "Når ble du født?"],
        ["select_one jn or_other", "annet", "Annet?"],
    )
    assert found.questionnaire is not None
    assert [item.id for item in found.questionnaire.items()] == ["heis", "hvorfor", "annet"]
    told = [(re.findall(r"\d+", fault.place.words("nb"))[0], fault.kind) for fault in found.faults]
    assert sorted(told) == [
        ("10", "xls_column_left"), ("2", "xls_type_left"), ("3", "xls_column_left"), ("4", "xls_type_left"),
        ("5", "xls_type_left"), ("6", "xls_type_left"), ("8", "xls_column_left"), ("8", "xls_condition_left"),
        ("9", "xls_type_left"),
    ]  # fmt: skip


def test_everything_that_is_left_behind_is_told_with_its_place() -> None:
    found = carried(
        ["type", "name", "label", "", "choice_filter"],
        ["select_one jn", "heis", "Er det heis?", "huskelapp"],
        ["select_one jn", "lys", "Er det lyst?", "", "by = ${heis}"],
        choices=[
            ["list_name", "name", "label", "media::image", "by"],
            ["jn", "ja", "Ja", "ja.png", "ja"],
            ["jn", "nei", "Nei", "", "nei"],
        ],
        settings=[["form_title", "style"], ["Skjema", ""], ["Enda et", "pages"]],
        external_choices=[["list_name"], ["byer"]],
    )
    assert found.questionnaire is not None
    told = {(fault.kind, fault.place.words("nb")) for fault in found.faults}
    assert told == {
        ("xls_headless", "ark «survey», rad 2, kolonne «D»"),
        ("xls_column_left", "ark «choices», rad 2, kolonne «media::image»"),
        ("xls_column_left", "ark «settings», rad 3, kolonne «form_title»"),
        ("xls_column_left", "ark «settings», rad 3, kolonne «style»"),
        ("xls_sheet_left", "ark «external_choices»"),
    }


def test_two_columns_of_one_name_are_refused_and_neither_is_believed() -> None:
    found = carried(["type", "name", "label", "Label"], ["note", "n", "Hei", "Hallo"])
    assert found.questionnaire is None
    assert [fault.place.words("nb") for fault in found.faults] == ["ark «survey», rad 1, kolonne «D»"]


def test_a_calculation_that_is_left_takes_with_it_what_hangs_on_it() -> None:
    """And no condition is left on a question that is not there."""
    found = carried(
        ["type", "name", "label", "calculation", "relevant"],
        ["integer", "rom", "Rom?"],
        ["calculate", "a", "", "pulldata('x', ${rom})"],
        ["calculate", "b", "", "${a} + 1"],
        ["calculate", "c", "", "${rom} + 1"],
        ["text", "d", "Hva?", "", "${b} > 2"],
        ["text", "e", "Hva?", "", "${c} > 2"],
    )
    form = found.questionnaire
    assert form is not None
    assert [item.id for item in form.items()] == ["rom", "c", "d", "e"]
    assert (form.item("d").show_if, form.item("e").show_if) == (None, "answers.c > 2.0")
    told = [(fault.kind, re.findall(r"\d+", fault.place.words("nb"))[0]) for fault in found.faults]
    left = "xls_calculation_left"
    assert told == [(left, "3"), (left, "4"), ("xls_question_unknown", "6")]
    assert not [fault for fault in check(form) if fault.kind == "condition_unreadable"]


def test_an_earlier_answer_in_a_text_is_never_shown_as_code() -> None:
    found = carried(
        ["type", "name", "label", "hint"],
        ["begin_group", "a", "Om huset"],
        ["select_one jn", "heis", "Er det heis?"],
        ["text", "navn", "Hva heter du?"],
        ["note", "n", "Du svarte ${heis}."],
        ["end_group"],
        ["begin_group", "b", "Etter ${ heis }"],
        ["text", "hvorfor", "Du svarte ${heis}. Hvorfor, ${navn}?", "Om ${heis}"],
        ["end_group"],
        choices=[["list_name", "name", "label"], ["jn", "ja", "Ja"], ["jn", "nei", "Nei, ${navn}"]],
    )
    form = found.questionnaire
    assert form is not None
    why = form.item("hvorfor")
    assert form.pages[1].title.root == {"nb": "Etter {heis|…}"}
    assert why.text.root == {"nb": "Du svarte {heis|…}. Hvorfor, …?"} and why.help is not None
    assert why.help.root == {"nb": "Om {heis|…}"}
    assert form.item("n").text.root == {"nb": "Du svarte …."}
    assert "${" not in as_json(form)
    assert sorted(fault.kind for fault in found.faults) == ["xls_pipe_left"] * 3 + ["xls_piped"] * 3
    assert not [fault for fault in check(form) if fault.kind.startswith("pipe_")]


def _changed(form: Questionnaire, item: str, column: str, cell: str) -> Questionnaire:
    """What comes back when one cell of our workbook is changed."""
    sheets = copy.deepcopy(to_xlsform(form).sheets)
    head = sheets["survey"][0]
    row = next(row for row in sheets["survey"] if row[head.index("name")] == item)
    row[head.index(column)] = cell
    found = from_xlsform(sheets, "endret")
    assert found.questionnaire is not None, found.faults
    return found.questionnaire


def test_limits_that_somebody_emptied_are_gone() -> None:
    rom = _changed(KINDS, "rom", "constraint", "").item("rom")
    assert (rom.minimum, rom.maximum) == (0, None)
    assert _changed(KINDS, "innflyttet", "constraint", "").item("innflyttet").earliest is None
    assert not _changed(KINDS, "leie", "constraint", "").item("leie").must


def test_no_words_of_a_demand_are_dropped_silently() -> None:
    """A limit has words of ours: those in the sheet are told of, row by row. A demand keeps its own."""
    survey = [
        ["type", "name", "label", "constraint", "constraint_message", "constraint_message::Norsk (nn)"],
        ["begin_group", "huset", "Huset", "", "Ved siden", ""],
        ["integer", "rom", "Hvor mange rom?", ". >= 1 and . <= 20", "Uten kjøkken", "Utan kjøkken"],
        ["text", "ord", "Hva savner du?", "", "Bare noen ord", ""],
        ["integer", "barn", "Hvor mange barn?", ". < ${rom}", "Færre barn enn rom", ""],
        ["end_group", "", "", "", "", ""],
    ]
    settings = [["form_title", "form_id", "default_language"], ["Huset", "huset", "Norsk bokmål (nb)"]]
    found = from_xlsform({"survey": survey, "settings": settings}, "huset")
    assert found.questionnaire is not None, found.faults
    left = [one for one in found.faults if one.kind == "xls_message_left"]
    assert [one.place.words("nb") for one in left] == [
        "ark «survey», rad 2, kolonne «constraint_message»",
        "ark «survey», rad 3, kolonne «constraint_message»",
        "ark «survey», rad 3, kolonne «constraint_message::Norsk (nn)»",
        "ark «survey», rad 4, kolonne «constraint_message»",
    ]
    assert "«Uten kjøkken»" in left[1].sentence("nb")
    assert [must.text.get("nb") for must in found.questionnaire.item("barn").must] == ["Færre barn enn rom"]


def test_an_answer_stands_alone_as_long_as_its_cell_says_so() -> None:
    data = document()
    data["pages"][0]["items"][1]["choices"][0]["exclusive"] = True
    form = from_document(data)
    first = form.item("mangler").choices[0]
    assert first.exclusive and _read(form).item("mangler").choices[0].exclusive
    assert not _changed(form, "mangler", "constraint", "").item("mangler").choices[0].exclusive
    other = form.item("mangler").choices[1].value
    cell = f"not(selected(., '{other}') and count-selected(.) > 1)"
    changed = _changed(form, "mangler", "constraint", cell).item("mangler")
    assert [choice.exclusive for choice in changed.choices][:2] == [False, True]


def test_large_limits_are_written_in_figures_that_xpath_can_read() -> None:
    data = document_of_kinds()
    data["pages"][0]["items"][1] |= {"minimum": 1_000_000, "maximum": 1_234_567.5}
    sheets = to_xlsform(from_document(data)).sheets
    head = sheets["survey"][0]
    row = next(row for row in sheets["survey"] if row[head.index("name")] == "leie")
    assert row[head.index("constraint")].startswith(". >= 1000000 and . <= 1234567.5")


SCRAPS = ["5", "true", "null", "[]", "[5]", '[["nb"]]', "{}", '{"nb": 5}', '"abc"', '"\\ud800"', "NaN",
          "-Infinity", "1e999", "9" * 400, "[" * 3_000, "{", "ord"]  # fmt: skip


@pytest.mark.parametrize("form", [_shares(), questionnaire()], ids=lambda form: form.id)
def test_no_scrap_in_a_column_of_ours_breaks_the_reading(form: Questionnaire) -> None:
    """Whatever somebody writes there, the file is read or told of; and what is read can be written."""
    written = to_xlsform(form).sheets
    for sheet in ("survey", "choices", "bostemme"):
        head = written[sheet][0]
        for column in (i for i, name in enumerate(head) if name.startswith("bostemme_") or name == "value"):
            filled = [line for line, row in enumerate(written[sheet]) if line and row[column]]
            for line, scrap in itertools.product({*filled[:3], *filled[-3:]}, SCRAPS):
                rows = list(written[sheet])
                rows[line] = [*rows[line][:column], scrap, *rows[line][column + 1 :]]
                found = from_xlsform({**written, sheet: rows}, "skrap")
                assert (found.questionnaire is None) is any(f.severity == "error" for f in found.faults)
                if found.questionnaire is not None:
                    assert content_hash(found.questionnaire)


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [("questionnaire", "languages", "5"), ("questionnaire", "languages", '[["nb"]]'), ("scale", "jn", "5"),
     ("questionnaire", "pages", "[]"), ("questionnaire", "tull", "1"), ("tull", "a", "b")],
)  # fmt: skip
def test_a_row_of_our_sheet_that_says_nothing_is_named(part: str, name: str, value: str) -> None:
    sheets = to_xlsform(questionnaire()).sheets
    sheets["bostemme"].append([part, name, value])
    sheets["bostemme"] = [row for row in sheets["bostemme"][:-1] if row[:2] != [part, name]] + [
        [part, name, value]
    ]
    found = from_xlsform(sheets, "skrap")
    line = f"ark «bostemme», rad {len(sheets['bostemme'])}"
    assert [fault.kind for fault in found.faults if fault.place.words("nb").startswith(line)] == [
        "xls_cell_unfit"
    ]


def test_two_names_that_differ_only_in_case_are_refused_and_both_rows_named() -> None:
    found = carried(*one("text", "HEIS"))
    assert found.questionnaire is None
    (fault,) = found.faults
    assert fault.sentence("nb").startswith(
        "ark «survey», rad 3, kolonne «name»: «HEIS» og «heis» på rad 2 er"
    )
    choices = [*CHOICES, ["jn", "Nei", "Nei!"]]
    assert [fault.kind for fault in carried(choices=choices).faults] == ["xls_name_clash"]


def test_one_error_and_nothing_is_imported() -> None:
    found = carried(*SURVEY, ["text", "mer", "Mer?", ""], ["end_group", "", "", ""])
    assert found.questionnaire is None and [fault.kind for fault in found.faults] == ["xls_group_unmatched"]


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x.no","Klikk")', "+47", "-1", "@SUM(A1)", "1.0"]
)
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    data = write_workbook({"survey": [*SURVEY, ["note", "n", text]], "choices": CHOICES})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["survey"]
    assert (sheet["C4"].value, sheet["C4"].data_type) == (text, "s")
    found = read_questionnaire(data, "skjema.xlsx").questionnaire
    assert found is not None and found.item("n").text.get("nb") == text


def test_what_a_formula_came_to_is_read_and_never_the_formula() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in [*SURVEY, ["note", "n", "=1+1"]]:
        sheet.append(row)
    book.create_sheet("choices")
    for row in CHOICES:
        book["choices"].append(row)
    file = io.BytesIO()
    book.save(file)
    found = read_questionnaire(file.getvalue(), "skjema.xlsx")
    assert found.questionnaire is None
    assert [fault.kind for fault in found.faults] == ["xls_cell_formula"]


def test_a_workbook_of_another_program_is_read_like_one_of_ours() -> None:
    """Numbers, truth values, letters in several styles, cells without a place."""
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in [["type", "name", "label"], ["select_one tall", "a", "A?"], [None], ["note", "b", True]]:
        book.active.append(row)
    book.create_sheet("choices")
    for row in [["list_name", "name", "label"], ["tall", 1, "En"], ["tall", 2.0, "To"]]:
        book["choices"].append(row)
    file = io.BytesIO()
    book.save(file)
    form = read_questionnaire(file.getvalue(), "skjema.xlsx").questionnaire
    assert form is not None and [choice.code for choice in form.item("a").choices] == [1, 2]
    assert form.item("b").text.get("nb") == "true"


def _archive(**files: bytes) -> bytes:
    """A workbook with some of its parts replaced."""
    data, file = write_workbook({"survey": SURVEY, "choices": CHOICES}), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, files.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return file.getvalue()


def test_a_small_file_that_unpacks_to_a_big_one_is_refused_before_it_does() -> None:
    bomb = _archive(sharedStrings=bytes(60 * 2**20))
    assert len(bomb) < 2**20
    assert [fault.kind for fault in read_questionnaire(bomb, "b.xlsx").faults] == ["xls_big"]


def test_entities_that_unfold_are_refused() -> None:
    doubled = b"".join(b'<!ENTITY a%d "&a%d;&a%d;">' % (n, n - 1, n - 1) for n in range(1, 30))
    laughs = b'<!DOCTYPE sst [<!ENTITY a0 "ha">' + doubled + b"]><sst><si><t>&a29;</t></si></sst>"
    assert [fault.kind for fault in read_questionnaire(_archive(sharedStrings=laughs), "b.xlsx").faults] == [
        "xls_broken"
    ]


def test_rows_of_cells_far_to_the_right_are_refused_before_they_fill_the_memory() -> None:
    """Each row has room for 500 cells and one that is filled: 5 million in a file of 0.1 MB."""
    rows = b"".join(b'<row r="%d"><c r="SF%d"><v>1</v></c></row>' % (line, line) for line in range(1, 10_001))
    wide = _archive(sheet1=b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")
    assert len(wide) < 200_000
    tracemalloc.start()
    faults = read_questionnaire(wide, "b.xlsx").faults
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [fault.kind for fault in faults] == ["xls_cells"]
    assert most < 60 * 2**20


def test_only_the_sheets_of_a_form_are_read_and_the_others_are_told_of() -> None:
    sheets = {"survey": SURVEY, "choices": CHOICES}
    found = read_questionnaire(write_workbook(sheets | {"kart": [[""] * 600 + ["x"]]}), "skjema.xlsx")
    assert found.questionnaire is not None
    assert [(fault.kind, fault.place.words("nb")) for fault in found.faults] == [
        ("xls_sheet_left", "ark «kart»")
    ]


def test_a_row_far_away_takes_no_room_for_all_before_it() -> None:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    far = b"<worksheet><sheetData>" + cell + b"</sheetData></worksheet>"
    assert [fault.kind for fault in read_questionnaire(_archive(sheet1=far), "b.xlsx").faults] == ["xls_rows"]


def test_a_cell_of_ten_megabytes_is_named_by_its_place() -> None:
    found = carried(*one("text", label="x" * 10_000_000))
    assert found.questionnaire is None
    assert found.faults[0].place.words("nb") == "ark «survey», rad 3, kolonne «C»"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"id: \xe5", b"\xff\xfei\x00"])
def test_a_file_that_is_nothing_we_read_is_told_of_and_never_breaks(data: bytes) -> None:
    found = read_questionnaire(data, "skjema")
    assert found.questionnaire is None and len(found.faults) == 1


@pytest.mark.parametrize(
    "source",
    ["(" * 5_000, "not(" * 500 + "1", "-" * 3_000 + "1", "${a} = " * 400 + "1", "${a}\x00", "'" * 999],
)
def test_a_hostile_condition_is_left_and_told_of(source: str) -> None:
    with pytest.raises(Unsaid):
        xpath_in.condition(xpath_tree.tree(source), known_of(KINDS))
    found = carried(*one("text", relevant=source))
    kind = "xls_cell_characters" if "\x00" in source else "xls_condition_left"
    assert [fault.kind for fault in found.faults] == [kind]


def test_nothing_but_a_workbook_is_unpacked() -> None:
    with pytest.raises(QuestionnaireFault):
        read_workbook(b"%PDF-1.7", "skjema.xlsx")


def test_markup_in_a_text_stays_a_text() -> None:
    data = document()
    data["title"]["nb"] = "<script>alert(1)</script> & ${heis} \"'"
    form = from_document(data)
    assert content_hash(_read(form)) == content_hash(form)
    assert "<script>" not in _accepted(as_xlsform(form)[0])


def test_the_consent_to_be_quoted_comes_along_or_its_row_is_named() -> None:
    head = ["type", "name", "label", "bostemme_role"]
    asked = ["select_one jn", "sitat", "Kan vi sitere deg?", "quote_consent"]
    kept = carried(head, asked)
    assert kept.questionnaire is not None and kept.questionnaire.item("sitat").role == "quote_consent"
    assert _read(kept.questionnaire).item("sitat").role == "quote_consent"
    maybe = [["list_name", "name", "label"], ["jn", "ja", "Ja"], ["jn", "nei", "Nei"], ["jn", "litt", "Litt"]]
    for rows, row in (
        ([[*asked[:3], "sitering"]], 2),
        ([["text", *asked[1:]]], 2),
        ([asked, ["select_one jn", "sitat_2", "Kan vi sitere mer?", "quote_consent"]], 3),
    ):
        found = carried(head, *rows)
        assert found.questionnaire is None, "nobody is quoted by a question that is not about that"
        assert all(f"rad {row}" in fault.place.words("nb") for fault in found.faults), found.faults
    found = carried(head, asked, choices=maybe)
    assert found.questionnaire is None and "rad 2" in found.faults[0].place.words("nb")
