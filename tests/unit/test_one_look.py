"""A file that is wrong in many ways is told of at once, each thing where it stands and in words of a size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from forms import loading
from forms.errors import QuestionnaireFault
from forms.lint import check
from forms.loading import from_document, parse
from forms.looking import everything
from survey.commands import questionnaire as command
from tests.questionnaires import document, t


def _file(folder: Path, data: Any) -> Path:
    file = folder / "q.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    return file


def _refused(text: str) -> str:
    with pytest.raises(QuestionnaireFault) as caught:
        parse(text, "q.yaml")
    return str(caught.value)


def test_a_double_id_is_told_with_the_page_and_the_line_of_the_second_and_the_page_of_the_first() -> None:
    data = document()
    data["pages"][2]["items"].append({"id": "heis", "kind": "text", "text": t("Hva mer?")})
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    line = text[: text.index("Hva mer?")].count("\n") + 1 - 3
    said = _refused(text)
    page = data["pages"][2]["id"]
    assert f"q.yaml, line {line}, page '{page}', item 'heis'" in said
    assert f"page '{data['pages'][0]['id']}' has the same id" in said


def test_what_has_not_the_form_of_a_questionnaire_hides_neither_double_ids_nor_words_nor_conditions(
    tmp_path: Path,
) -> None:
    data = document()
    first = data["pages"][0]["items"]
    first[0]["kind"] = "choise"
    first[1]["coices"] = []
    data["verson"] = "2"
    data["pages"][1]["items"][0]["text"] = t("Er du ikke enig i at heisen er fin?")
    data["pages"][1]["show_if"] = "answers.heis = 'nei'"
    data["pages"][2]["items"].append({"id": "temaer", "kind": "text", "text": t("Hva mer?")})
    form, faults = everything(_file(tmp_path, data))
    assert form is None
    kinds = {fault.kind for fault in faults}
    assert {"word_unknown", "field_misspelt", "item_id_twice", "question_leading"} <= kinds
    assert "condition_unreadable" in kinds
    # What was left out is missed by nobody: its condition is not said to ask for what there is not.
    assert "condition_item_unknown" not in kinds
    assert all("line" in fault.sentence("en") for fault in faults)


def test_a_double_id_hides_neither_conditions_nor_translations(tmp_path: Path) -> None:
    data = document()
    data["pages"][2]["items"].append({"id": "temaer", "kind": "text", "text": t("Hva mer?")})
    data["pages"][1]["show_if"] = 'answers.heis == "kanskje"'
    data["title"].pop("en")
    form, faults = everything(_file(tmp_path, data))
    assert form is None
    assert {"item_id_twice", "condition_word_unknown", "text_missing"} <= {fault.kind for fault in faults}


def test_a_sound_file_is_told_of_as_the_check_tells_of_it(tmp_path: Path) -> None:
    form, faults = everything(_file(tmp_path, document()))
    assert form is not None
    assert [fault.message for fault in faults] == [fault.message for fault in check(form)]


def test_whatever_is_left_out_of_a_file_of_nonsense_ends_in_words(tmp_path: Path) -> None:
    for data in ({}, {"pages": [None, 1, {"items": [[], None, {"kind": "matrix"}]}]}, {"pages": {"a": 1}}):
        form, faults = everything(_file(tmp_path, data))
        assert form is None
        assert faults


def test_a_name_of_five_thousand_letters_is_told_once_and_not_printed_whole() -> None:
    data = document()
    data["pages"][0]["items"][0]["id"] = "a" * 5000
    said = _refused(yaml.safe_dump(data))
    assert said.count("is not a name") == 1
    assert len(said) < 700
    data = document()
    data["pages"][1]["show_if"] = f'answers.{"b" * 900} == "ja"'
    assert all(len(fault.sentence("nb")) < 1000 for fault in check(from_document(data)))


def test_a_language_that_nobody_wrote_is_told_once_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = document()
    data["languages"].append("pl")
    file = _file(tmp_path, data)
    with pytest.raises(SystemExit) as ended:
        command.check(file, None, "txt", "en")
    told = [line for line in capsys.readouterr().out.splitlines() if "Polski" in line]
    assert ended.value.code == 1
    (line,) = told
    lacking = [fault for fault in check(loading.load(file)) if fault.kind == "text_missing"]
    assert f"{len(lacking)} texts in 'Polski' are missing" in line
    with pytest.raises(SystemExit):
        command.check(file, None, "json", "en")
    assert capsys.readouterr().out.count('"text_missing"') == len(lacking)


def test_lines_are_told_of_control_characters_unfolding_files_and_json() -> None:
    assert "q.yaml, line 2:" in _refused("title: æøå\nid: \x01")
    assert "q.yaml, line 3:" in _refused("id: a\ntitle: b\npages: &a [*a]")
    assert "q.yaml, line 3:" in _refused('{\n "id": "a",\n "id": "b"\n}')
    assert "q.yaml, line 3," in _refused('{\n "id": "a",\n "verson": "b"\n}')


def test_texts_that_the_first_language_lacks_are_told_as_that() -> None:
    data = document() | {"languages": ["nb"]}
    data["pages"][0]["title"] = {"nb": ""}
    (fault,) = [one for one in check(from_document(data)) if one.kind == "text_empty"]
    assert "chose that language" not in fault.sentence("en")


def test_choices_that_read_the_same_get_a_warning_unless_they_are_for_different_people() -> None:
    data = document()
    two = data["pages"][0]["items"][1]["choices"][:2]
    for choice, words in zip(two, ("Ja", " ja."), strict=True):
        choice["text"] = t(words)
    assert [f.severity for f in check(from_document(data)) if f.kind == "choices_alike"] == ["warning"]
    data = document()
    page = data["pages"][3]["items"]
    page.append(
        {
            "id": "vei",
            "text": t("Hvordan kommer du opp?"),
            "choices": [
                {"code": 1, "value": "a", "text": t("Heis"), "show_if": 'answers.heis == "ja"'},
                {"code": 2, "value": "b", "text": t("Heis"), "show_if": 'answers.heis == "nei"'},
            ],
        }
    )
    assert not [f for f in check(from_document(data)) if f.kind == "choices_alike"]


def test_objects_facets_and_modules_have_names_that_people_read() -> None:
    data = document() | {"labels": {}}
    form = from_document(data)
    assert form.label("medvirkning", "en") == "Having a say"
    assert form.label("funksjonell", "en") == "Practical"
    assert form.label("kjerne", "nb") == data["title"]["nb"]  # a module that nobody named
    assert form.label("hagen", "nb") == "hagen"
    named = from_document(document() | {"labels": {"kjerne": t("Kjernen")}})
    assert named.label("kjerne", "en") == "Kjernen"
