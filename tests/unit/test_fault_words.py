"""Whatever is wrong with a questionnaire or an answer is told in the reader's own language, all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from forms import errors
from forms.answers import Layout, validate
from forms.catalogue import read_catalogue
from forms.errors import MESSAGES, AnswerFault, ConditionFault, Fault, FormsError, QuestionnaireFault
from forms.journey import Journey
from forms.lint import check
from forms.loading import from_document, load, parse, shipped
from forms.logic import compile_condition
from tests.questionnaires import document, questionnaire, t

LANGUAGES = ("nb", "nn", "en")
CATALOGUES = {language: read_catalogue(MESSAGES, language) for language in LANGUAGES}
KINDS = {key for key, text in CATALOGUES["nb"].items() if "\n" in text}
"""Messages with a line each for what, why and how to mend it: those of faults."""
ENGLISH = re.compile(
    r"\b(the|is|not|it|there|would|one|use|add|write|take|page|item|row|choice|scale|line|code|empty|or)\b",
    re.I,
)
Spoil = Callable[[Any], object]


def _item(data: Any, page: int = 0, place: int = 0) -> Any:
    return data["pages"][page]["items"][place]


def _show(source: str, page: int = 1) -> Spoil:
    return lambda data: data["pages"][page].update(show_if=source)


def _heavy(data: Any) -> None:
    data["pages"][0]["intro"] = t("Boligpolitiske handlingsprogram forutsetter brukermedvirkning " * 10)


def _long(data: Any, *, short: bool) -> None:
    for page in range(20):
        items = [{"id": f"n{page}_{n}", "text": t("Hva synes du?"), "kind": "text"} for n in range(2)]
        data["pages"].append({"id": f"s{page}", "title": t("Side"), "module": "kjerne", "items": items})
    if not short:
        for page in data["pages"]:
            for entry in page["items"]:
                for item in entry.get("rows", [entry]):
                    item["short"] = False


TEXTS = {
    "file_too_big": "#" * 2_000_001,
    "file_empty": "",
    "key_twice": "id: a\nid: b",
    "json_unreadable": '{"id": ',
    "json_unfit": '{"id": ' + "9" * 5000 + "}",
    "yaml_unreadable": "id: [",
    "yaml_tabs": "id: a\n\ttitle: b",
    "control_characters": "id: \x01",
    "file_unfolds": "a: &a [*a]",
    "file_deep": "a: " + "[" * 41,
    "tag_unknown": "a: !!python/object/apply:os.system [ls]",
    "tag_unfit": "a: !!timestamp x",
    "not_a_questionnaire": "- a",
}
DOCUMENTS: dict[str, Spoil] = {
    "field_missing": lambda d: d["pages"][0].pop("title"),
    "field_misspelt": lambda d: _item(d).update(txet="a"),
    "field_misplaced": lambda d: _item(d).update(facet="sosial"),
    "field_unknown": lambda d: _item(d).update(qqq="a"),
    "version_unfit": lambda d: d.update(version="ny"),
    "name_unfit": lambda d: _item(d).update(id="Heis!"),
    "number_for_text": lambda d: d.update(version=1.0),
    "text_wanted": lambda d: d.update(version=["1.0"]),
    "word_unknown": lambda d: _item(d).update(kind="valg"),
    "parts_wanted": lambda d: d.update(title="Prøve"),
    "list_wanted": lambda d: d.update(languages=None),
    "list_empty": lambda d: d.update(languages=[]),
    "scale_twice": lambda d: d["scales"].append(d["scales"][0]),
    "number_above": lambda d: d["scales"][0]["choices"][0].update(code=300),
    "choices_many": lambda d: d["scales"][0].update(
        choices=[{"code": c, "value": f"v{c}", "text": {"nb": "a"}} for c in range(1, 401)]
    ),
    "number_below": lambda d: d["scales"][0]["choices"][0].update(code=0),
    "number_not_above": lambda d: d["index"].update(min_answered=0),
    "whole_number_wanted": lambda d: d["scales"][0]["choices"][0].update(code="to"),
    "number_wanted": lambda d: d["scales"][0]["choices"][0].update(score="mye"),
    "truth_wanted": lambda d: _item(d).update(short="kanskje"),
    "unfit": lambda d: d["index"].update(weights={"bolig": float("nan")}),
    "row_choices": lambda d: _item(d, 3)["rows"][0].update(scale="jn"),
    "open_with_choices": lambda d: _item(d, 2, 2).update(scale="jn"),
    "scale_and_choices": lambda d: _item(d, 0, 1).update(scale="jn"),
    "choices_missing": lambda d: _item(d).pop("scale"),
    "scale_empty": lambda d: d["scales"].append({"id": "tom", "choices": []}),
    "code_twice": lambda d: d["scales"][1]["choices"][1].update(code=1),
    "value_twice": lambda d: d["scales"][1]["choices"][1].update(value="nei"),
    "special_as_choice": lambda d: d["scales"][1]["choices"][1].update(value="vet_ikke"),
    "page_id_twice": lambda d: d["pages"].append(d["pages"][0] | {"items": []}),
    "item_id_twice": lambda d: d["pages"][0]["items"].append(_item(d, 1)),
    "item_id_taken": lambda d: _item(d, 4).update(id="estate"),
    "scale_unknown": lambda d: _item(d).update(scale="e7"),
    "text_missing": lambda d: d["title"].pop("nn"),
    "text_undeclared": lambda d: d["title"].update(se="Geahččaleapmi"),
    "language_unwritten": lambda d: d.update(languages=["nb", "fi"]),
    "favourable_unknown": lambda d: d["scales"][0].update(favourable=[6]),
    "favourable_apart": lambda d: d["scales"][0].update(favourable=[1, 5]),
    "codes_unordered": lambda d: d["scales"][1]["choices"].reverse(),
    "scale_unused": lambda d: d["scales"].append(d["scales"][1] | {"id": "x"}),
    "index_missing": lambda d: d.pop("index"),
    "object_unknown": lambda d: d["index"].update(objects=["bolig"]),
    "facet_unknown": lambda d: d["index"].update(facets=["sosial"]),
    "scores_missing": lambda d: [choice.pop("score") for choice in d["scales"][0]["choices"]],
    "sensitive_shown": lambda d: _item(d).update(sensitive=True, role="overall"),
    "object_unused": lambda d: d["index"]["objects"].append("kontrakt"),
    "object_unnamed": lambda d: d["index"]["objects"].append("hagen"),
    "weight_object_unknown": lambda d: d["index"].update(weights={"x": 1}),
    "weight_negative": lambda d: d["index"].update(weights={"bolig": -1}),
    "release_key_unfit": lambda d: d.update(release_keys=["heis"]),
    "release_keys_missing": lambda d: d.update(release_keys=[]),
    "band_without_key": lambda d: d.update(release_bands={"heis": [[1, 2]]}),
    "band_code_unknown": lambda d: d.update(release_bands={"alder": [[1, 9]]}),
    "band_code_twice": lambda d: d.update(release_bands={"alder": [[1, 2], [2]]}),
    "short_form_item_missing": lambda d: _item(d, 3).update(show_if='answers.trapp_tung == "ja"'),
    "page_crowded": lambda d: d["pages"][4]["items"].extend(
        {"id": f"n{n}", "text": t("Ja?"), "scale": "jn"} for n in range(8)
    ),
    "text_heavy": _heavy,
    "long": lambda d: _long(d, short=False),
    "long_with_short_form": lambda d: _long(d, short=True),
    "condition_unreadable": _show('answers.heis = "nei"'),
    "condition_item_unknown": _show('answers.balkong == "ja"'),
    "condition_without_answer": _show("true"),
    "condition_too_early": _show('answers.alder == "ung"'),
    "condition_circle": lambda d: _item(d, 2, 2).update(show_if=f"answers.{_item(d, 2, 2)['id']} == 'ja'"),
    "condition_same_page": lambda d: _item(d, 2, 2).update(show_if='"hage" in answers.temaer'),
    "condition_word_unknown": _show('answers.heis == "kanskje"'),
    "condition_breaks": _show("answers.heis"),
    "condition_always": _show('answers.heis == "" || answers.heis != ""'),
    "condition_never": _show('answers.heis == "ja" && answers.heis == "nei"'),
    "first_page_hidden": _show('answers.heis == "ja"', 0),
}
ANSWERS: dict[str, object] = {
    "answers_not_an_object": [],
    "answer_not_text": {"bedre": 5},
    "answer_too_long": {"bedre": "x" * 2001},
    "answer_not_a_code": {"heis": "1"},
    "answer_not_a_list": {"mangler": "1"},
    "answer_list_unfit": {"mangler": [1, "2"]},
    "answer_code_unknown": {"heis": 3},
    "rank_twice": {"temaer": [1, 1]},
    "rank_too_long": {"temaer": [1, 2, 3, 4]},
    "answer_stands_alone": {"mangler": [1, 20]},
    "answer_item_unknown": {"balkong": 1},
}


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    kind: example
    for file in sorted((Path(__file__).parents[1] / "faults").glob("*.py"))
    for kind, example in import_module(f"tests.faults.{file.stem}").EXAMPLES.items()
}
"""Kind -> what brings it about, kept beside the tests of the part it belongs to."""


def _of_a_text(text: str) -> list[Fault]:
    try:
        return check(parse(text, "fil.yaml"))
    except QuestionnaireFault as fault:
        return list(fault.faults)


def _of_a_document(spoil: Spoil) -> list[Fault]:
    data = document()
    spoil(data)
    return _of_a_text(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False))


def _of(work: Callable[[], object]) -> list[Fault]:
    with pytest.raises((AnswerFault, QuestionnaireFault)) as caught:
        work()
    return list(caught.value.faults)


def _hidden() -> object:
    data = document()
    data["pages"] = [data["pages"][0] | {"show_if": 'answers.heis == "ja"'}]
    return Journey(from_document(data | {"index": None, "release_keys": []}), {})


def _of_files(folder: Path) -> Iterator[Fault]:
    yield from _of(lambda: load(folder / "nei.yaml"))
    spoiled = folder / "q.yaml"
    spoiled.write_bytes("title: Prøve".encode("latin-1"))
    yield from _of(lambda: load(spoiled))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fault]:
    """A fault of every kind there is, each from something really broken."""
    faults: list[Fault] = [*_of_files(tmp_path_factory.mktemp("files"))]
    for text in TEXTS.values():
        faults += _of_a_text(text)
    for spoil in DOCUMENTS.values():
        faults += _of_a_document(spoil)
    for sent in ANSWERS.values():
        faults += _of(lambda sent=sent: validate(questionnaire(), sent))
    faults += _of(lambda: Layout.of(questionnaire()).unpack(b"\x01"))
    faults += _of(lambda: Layout.of(questionnaire()).pack({"heis": 7}))
    faults += _of(_hidden)
    for example in EXAMPLES.values():
        faults += example()
    return {fault.kind: fault for fault in faults}


def test_every_kind_of_fault_can_happen_and_every_fault_has_words(found: dict[str, Fault]) -> None:
    assert found.keys() == KINDS


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_is_refused_for_what_is_wrong_with_it(kind: str) -> None:
    assert [fault.kind for fault in _of_a_text(TEXTS[kind])] == [kind]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_questionnaire_is_told_what_is_wrong_with_it(kind: str) -> None:
    assert kind in {fault.kind for fault in _of_a_document(DOCUMENTS[kind])}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_part_of_the_house_says_what_is_wrong(kind: str) -> None:
    assert kind in {fault.kind for fault in EXAMPLES[kind]()}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_english_is_left_in_a_norwegian_sentence(found: dict[str, Fault], kind: str) -> None:
    told = {language: found[kind].sentence(language) for language in LANGUAGES}
    assert len(set(told.values())) == 3 and str(found[kind]) == told["en"]
    for language in ("nb", "nn"):
        own = re.sub(r"«[^»]*»|\"[^\"]*\"|answers\.\w+|\w+: \[?\w+", " ", told[language].partition(": ")[2])
        assert not ENGLISH.search(own), told[language]
    for sentence in told.values():
        assert "\n" not in sentence and not re.search(r"\{\w+\}|Message\(", sentence)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_says_what_is_wrong_and_how_to_mend_it(kind: str, language: str) -> None:
    what, why, mend = CATALOGUES[language][kind].split("\n")
    assert all(part.endswith((".", "?")) for part in (what, mend)) and (not why or why.endswith("."))


@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_language_says_the_same_with_the_same_placeholders(language: str) -> None:
    bokmaal, other = CATALOGUES["nb"], CATALOGUES[language]
    assert bokmaal.keys() == other.keys()
    for key, text in bokmaal.items():
        assert _blanks(text) == _blanks(other[key]), key


def test_no_phrase_is_kept_that_nobody_says() -> None:
    code = "".join(file.read_text() for file in Path(errors.__file__).parent.rglob("*.py"))
    for key in CATALOGUES["nb"]:
        kind = key.removeprefix("place.")
        assert f'"{key}"' in code or re.search(rf"\b{kind}=|\"{kind}\"|_number", code), key


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ('answers.heis = "nei"', "reason.syntax"),
        ("", "reason.syntax"),
        ('heis == "nei"', "reason.no_such_name"),
        ("size(answers.heis) == 2", "reason.uses"),
        ("answers.heis", "reason.not_yes_or_no"),
        ("!answers.heis", "reason.not_comparable"),
    ],
)
def test_why_a_condition_fails_is_told_in_none_of_the_engines_words(condition: str, reason: str) -> None:
    with pytest.raises(ConditionFault) as caught:
        compile_condition(condition).holds({"heis": "nei"})
    assert caught.value.reason.key == reason
    for language in LANGUAGES:
        said = caught.value.sentence(language)
        assert not re.search(r"overload|token|mismatched|EOF|Undefined|operand", said)
    assert not ENGLISH.search(caught.value.sentence("nb").replace(condition, ""))


def test_places_are_named_in_the_readers_language() -> None:
    (fault,) = _of_a_document(lambda data: _item(data).update(kind="valg"))
    assert fault.sentence("nb") == (
        "fil.yaml, linje 110, side «huset», spørsmål «heis», felt «kind»: «valg» er ikke et av "
        "ordene som kan stå i «kind». Bruk «choice», «multi», «rank», «text», «number», «month», "
        "«allocate» eller «info»."
    )
    (fault,) = _of_a_document(lambda data: _item(data).pop("id"))
    assert "side «huset», spørsmål nr. 1, felt «id»: «id» manglar." in fault.sentence("nn")


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda d: _item(d).update(facet="sosial"), "«facet» er ikke noe felt her. Det hører hjemme under "
     "«scoring» i et spørsmål. Flytt det dit, eller ta det bort."),
    (lambda d: d["scales"][0].update(score=5), "Det hører hjemme i et svar under «choices»."),
    (lambda d: d.update(objects=["bolig"]), "Det hører hjemme under «index»."),
    (lambda d: d["scales"][0].update(rows=[]), "Det hører hjemme i en matrise."),
    (lambda d: d["scales"][0].update(ordnal=True), "Mente du «ordinal»?"),
    (lambda d: d["scales"][0].update(backgrund=True), "Ta det bort."),
])  # fmt: skip
def test_a_field_in_the_wrong_place_is_sent_where_it_belongs_never_to_itself(spoil: Spoil, said: str) -> None:
    told = [fault.sentence("nb") for fault in _of_a_document(spoil)]
    assert any(sentence.endswith(said) or said in sentence for sentence in told), told
    for field in ("facet", "score", "objects", "rows"):
        assert not any(f"Mente du «{field}»" in sentence for sentence in told)


def test_an_unknown_instrument_is_told_in_bokmaal() -> None:
    with pytest.raises(FormsError) as caught:
        shipped("nei")
    assert caught.value.sentence("nb").startswith("Det følger ikke med noe spørreskjema som heter «nei».")


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
