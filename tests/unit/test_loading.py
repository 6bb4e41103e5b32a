"""What somebody who writes a questionnaire file can count on when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from forms.errors import QuestionnaireFault, UnknownInstrument
from forms.loading import content_hash, dump, from_document, json_schema, load, parse, shipped
from survey.cli_questionnaire import questionnaire as command
from tests.questionnaires import document, questionnaire

SCHEMA = Path(__file__).parents[2] / "docs" / "questionnaire.schema.json"


BOMB = "a: &a [x, x]\n" + "".join(f"{k}: &{k} [*{j}, *{j}]\n" for j, k in pairwise("abcdefghijklmnopqrst"))
"""Twenty short lines that unfold to a million parts."""


def told(text: str) -> list[str]:
    with pytest.raises(QuestionnaireFault) as caught:
        parse(text, "fil.yaml")
    return [str(fault) for fault in caught.value.faults]


def spoiled(spoil: Callable[[Any], object]) -> list[str]:
    data = document()
    spoil(data)
    return told(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


def test_yaml_and_json_say_the_same() -> None:
    as_yaml = yaml.safe_dump(document(), allow_unicode=True)
    assert parse(as_yaml, "a.yaml") == parse(json.dumps(document()), "a.json") == questionnaire()


def test_half_a_character_is_refused_before_anything_is_made_of_it() -> None:
    """It can be spelt in JSON, and neither hashed nor written."""
    data = document()
    data["pages"][0]["items"][0]["text"]["nb"] = "Heis? \ud83d"
    (said,) = told(json.dumps(data))
    assert "half a character" in said and "heis" in said and "nb" in said
    with pytest.raises(QuestionnaireFault):
        from_document(data)


def test_what_is_dumped_comes_back_unchanged() -> None:
    for q in (questionnaire(), shipped("boindeks"), shipped("boindeks").short_form(), shipped("copenhagen")):
        back = from_document(json.loads(json.dumps(dump(q))))
        assert back == q
        assert content_hash(back) == content_hash(q)


def test_the_hash_does_not_depend_on_the_order_of_keys_but_on_every_word() -> None:
    shuffled = dict(reversed(document().items()))
    assert content_hash(from_document(shuffled)) == content_hash(questionnaire())
    changed = document()
    changed["pages"][0]["items"][0]["text"]["nb"] = "Er det heis her?"
    assert content_hash(from_document(changed)) != content_hash(questionnaire())
    assert len(content_hash(questionnaire())) == 32


@pytest.mark.parametrize(
    ("name", "full", "short"),
    [
        ("boindeks", "7af730cd755460e0", "4b5ebb624b648cbe"),
        ("copenhagen", "1e14a238fb3e6d23", "48b69ceb48beeea8"),
    ],
)
def test_a_round_that_was_opened_long_ago_still_has_the_questionnaire_it_was_opened_with(
    name: str, full: str, short: str
) -> None:
    """What the model has gained since changes no hash: another word in a shipped file is another version."""
    q = shipped(name)
    assert content_hash(q).hex()[:16] == full
    assert content_hash(q.short_form()).hex()[:16] == short


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + yaml.safe_dump(document(), allow_unicode=True).encode())
    assert load(file) == questionnaire()


def test_latin_1_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_bytes("id: a\ntitle: Prøve".encode("latin-1"))
    with pytest.raises(QuestionnaireFault, match=r"line 2: The file is not in UTF-8.*Save it as UTF-8"):
        load(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireFault, match="cannot be opened"):
        load(tmp_path / "none.yaml")


def test_norwegian_words_are_not_taken_for_truth_values_or_dates() -> None:
    text = yaml.safe_dump(document(), allow_unicode=True).replace("nb: Trapp\n", "nb: no\n")
    text = text.replace("en: Trapp\n", "en: 2024-01-01\n")
    trapp = next(c for c in parse(text, "q.yaml").item("temaer").choices if c.value == "trapp")
    assert trapp.text.root == {"nb": "no", "nn": "Trapp", "en": "2024-01-01"}


def test_every_fault_is_told_at_once_with_line_place_and_remedy() -> None:
    def spoil(data: Any) -> None:
        data["version"] = 1.0
        del data["pages"][0]["title"]
        item = data["pages"][0]["items"][0]
        item["txet"] = item.pop("text")

    faults = spoiled(spoil)
    assert len(faults) == 4
    assert all(fault.startswith("fil.yaml, line ") for fault in faults)
    joined = "\n".join(faults)
    assert "version: 'version' is 1.0, not a text" in joined and 'Put it in quotes: "1.0".' in joined
    assert "page 'huset', title: 'title' is missing" in joined
    assert "page 'huset', item 'heis', txet: 'txet' is not a field here" in joined
    assert "Did you mean 'text'?" in joined


def test_the_line_told_is_the_line_of_the_fault() -> None:
    text = yaml.safe_dump(document(), allow_unicode=True, sort_keys=False)
    lines = text.splitlines()
    number = lines.index("  - id: heis") + 1
    assert any(
        fault.startswith(f"fil.yaml, line {number}, page 'huset', item 'Heis!', id:")
        for fault in told(text.replace("- id: heis", "- id: Heis!"))
    )


def test_a_fault_in_a_matrix_is_told_once_and_not_as_a_fault_of_an_item() -> None:
    faults = spoiled(lambda data: data["pages"][3]["items"][0].pop("scale"))
    assert len(faults) == 1
    assert "page 'mening', item 'enig', scale: 'scale' is missing" in faults[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "The file is empty"),
        ("id: a\nid: b", "line 2: 'id' stands twice"),
        ('{"id": "a", "id": "b"}', "'id' stands twice"),
        ('{"id": ', "line 1: This is not JSON"),
        ("id: [", "This is not YAML"),
        ("id: a\n\ttitle: b", "Indent with spaces, not with tabs"),
        ("id: a: b", "ut a text with ': '"),
        ("id: \x01", "control characters"),
        ("a: &a [*a]", "unfolds into too much"),
        (BOMB, "unfolds into too much"),
        ("a: " + "[" * 60 + "]" * 60, "more than 40 deep"),
        # So deep that the C loader, which calls itself, would end the process.
        ("a: " + "[" * 200_000, "more than 40 deep"),
        ("a: " + "{b: " * 60_000, "more than 40 deep"),
        ("a: !!python/object/apply:os.system [ls]", "a tag (! or !!) stands here that we do not know"),
        ("a: !!timestamp x", "take the tag out"),
        ("a: !!bool x", "take the tag out"),
        ("a: !!int x", "take the tag out"),
        ("- a", "This is not a questionnaire"),
        ("null", "This is not a questionnaire"),
    ],
)  # fmt: skip
def test_text_that_cannot_be_read_gets_one_clear_sentence(text: str, expected: str) -> None:
    faults = told(text)
    assert expected.lower() in faults[0].lower()
    assert "Traceback" not in faults[0] and len(faults) == 1


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda d: d["pages"][0]["items"].append(d["pages"][1]["items"][0]), "has the same id"),
        (lambda d: d["pages"].append(d["pages"][0] | {"items": []}), "two pages have this id"),
        (lambda d: d["pages"][0]["items"][0].update(scale="e7"), "there is no scale 'e7'"),
        (lambda d: d["pages"][3]["items"][0].update(scale="e7"), "there is no scale 'e7'"),
        (lambda d: d["pages"][0]["items"][0].pop("scale"), "it has no choices"),
        (lambda d: d["scales"][1]["choices"][1].update(code=1), "code 1 is given to two choices"),
        (lambda d: d["scales"][1]["choices"][1].update(value="nei"), "'nei' is given to two choices"),
        (lambda d: d["scales"][1]["choices"][1].update(value="vet_ikke"), "name of a special answer"),
        (lambda d: d["scales"].append(d["scales"][0]), "scale e5 is defined twice"),
        (lambda d: d["pages"][2]["items"][2].update(scale="jn"), "an open question has choices"),
        (lambda d: d["pages"][0]["items"][1].update(scale="jn"), "both a scale and choices of its own"),
        (lambda d: d["pages"][4]["items"][0].update(id="estate"), "this id is taken"),
        (lambda d: d["pages"][4]["items"][0].update(id="in"), "this id is taken"),
        (lambda d: d["pages"][4]["items"][0].update(id="a__m0"), "this id is taken"),
        (lambda d: d["pages"][3]["items"][0]["rows"][0].update(scale="jn"), "choices of its own"),
        (lambda d: d["index"].update(weights={"bolig": float("nan")}), "does not fit"),
    ],
)
def test_answers_can_never_be_mixed_up(spoil: Callable[[Any], object], expected: str) -> None:
    assert expected.lower() in "\n".join(spoiled(spoil)).lower()


def test_an_unknown_instrument_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownInstrument, match="boindeks, copenhagen"):
        shipped("../secrets")


def test_the_short_form_keeps_only_what_it_still_uses() -> None:
    assert questionnaire().short_form().release_keys == ()
    short = shipped("boindeks").short_form()
    assert set(short.release_bands) == set(short.release_keys) == {"alder"}
    assert {scale.id for scale in short.scales} == {item.scale for item in short.items() if item.scale}


def test_the_published_schema_is_current() -> None:
    assert json.loads(SCHEMA.read_text()) == json_schema(), (
        "run: bostemme questionnaire schema > docs/questionnaire.schema.json"
    )


def test_the_command_line_prints_the_published_schema() -> None:
    result = CliRunner(env={"LC_ALL": "C"}).invoke(command, ["schema"])
    assert result.exit_code == 0
    assert result.output == SCHEMA.read_text()


def test_the_command_line_passes_a_sound_file_and_fails_a_faulty_one(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(yaml.safe_dump(document(), allow_unicode=True))
    sound = CliRunner(env={"LC_ALL": "C"}).invoke(command, ["check", str(file)])
    note, told = sound.output.splitlines()
    assert (sound.exit_code, told) == (0, "prove 1.0: 11 items on 5 pages: errors: 0, warnings: 0, notes: 1.")
    assert note.startswith("NOTE     questionnaire 'prove': Questions that only some are asked ")
    file.write_text("id: [")
    faulty = CliRunner(env={"LC_ALL": "C"}).invoke(command, ["check", str(file)])
    assert faulty.exit_code == 1
    assert faulty.output.startswith("ERROR    q.yaml, line 1: This is not YAML")
