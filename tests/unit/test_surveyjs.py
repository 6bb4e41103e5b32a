"""A survey of SurveyJS becomes a questionnaire that asks the same; what does not fit is told of."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.exchange import surveyjs_tree, xpath_in
from forms.exchange.surveyjs_in import from_surveyjs
from forms.exchange.tables import Carried
from forms.exchange.xpath_out import Unsaid
from forms.lint import check
from forms.loading import INSTRUMENTS, content_hash, load
from forms.logic import compile_condition
from forms.questionnaire import Matrix
from survey.cli import main
from survey.questionnaire_files import as_json, as_xlsform, read_questionnaire
from tests.unit.test_xpath import known

SURVEY: dict[str, Any] = {
    "locale": "nb",
    "title": {"default": "Å bo her", "en": "Living here"},
    "description": "Om huset",
    "showProgressBar": "top",
    "pages": [
        {
            "name": "huset",
            "title": {"default": "Huset", "en": "The house"},
            "elements": [
                {"type": "boolean", "name": "heis",
                 "title": {"default": "Er det heis?", "en": "Is there a lift?"},
                 "labelTrue": "Ja", "labelFalse": "Nei"},
                {"type": "text", "inputType": "number", "name": "rom", "title": "Rom?", "min": 1, "max": 20,
                 "step": 1, "visibleIf": "{heis} = true"},
                {"type": "text", "inputType": "number", "name": "folk", "title": "Folk?", "validators": [
                    {"type": "numeric", "minValue": 1, "maxValue": 30},
                    {"type": "expression", "expression": "{folk} < 20 or {rom} > 3", "text": "Så mange?"}]},
                {"type": "expression", "name": "forhold", "expression": "{folk} / {rom}"},
                {"type": "checkbox", "name": "feil", "title": "Hva er galt?", "choicesOrder": "random",
                 "showNoneItem": True, "noneText": "Ingenting", "choices": [
                     {"value": "fukt", "text": {"default": "Fukt", "en": "Damp"}},
                     {"value": "lys", "text": "Mørkt", "visibleIf": "{heis} = false"}, "støy"]},
            ],
        },
        {
            "name": "mer",
            "title": "Mer",
            "visibleIf": "!({rom} > 2) or {feil} contains 'fukt'",
            "elements": [
                {"type": "rating", "name": "trivsel", "title": "Trives du?", "rateMin": 0, "rateMax": 10,
                 "minRateDescription": "Dårlig", "maxRateDescription": "Godt"},
                {"type": "comment", "name": "hvorfor", "title": "Du svarte {heis}. Hvorfor?", "rows": 3,
                 "visibleIf": "{trivsel} < 5 and {feil} notempty"},
                {"type": "matrix", "name": "enig", "title": "Hvor enig?", "columns": [
                    {"value": 1, "text": "Uenig"}, {"value": 2, "text": "Enig"}],
                 "rows": [{"value": "ro", "text": "Det er ro her."}, "Trygt"]},
                {"type": "panel", "name": "penger", "visibleIf": "{enig.ro} = 2", "elements": [
                    {"type": "dropdown", "name": "hvem", "title": "Hvem betaler?",
                     "choices": ["jeg", "andre", "vet_ikke"], "visibleIf": "{heis} anyof [true]"},
                    {"type": "ranking", "name": "viktig", "title": "Viktigst?",
                     "choices": ["a", "b", "c", "d", "e", "f"]},
                ]},
                {"type": "text", "inputType": "month", "name": "flyttet", "title": "Når?", "min": "1990-01"},
                {"type": "html", "name": "takk", "html": "<h3>Takk &amp; hei</h3>"},
            ],
        },
    ],
}  # fmt: skip


def carried(survey: object) -> Carried:
    return from_surveyjs(json.dumps(survey), "bo.json")


def told(found: Carried) -> list[tuple[str, str]]:
    return [(fault.kind, fault.place.words("nb")) for fault in found.faults]


def test_a_survey_becomes_a_questionnaire_with_all_that_it_asks() -> None:
    found = carried(SURVEY)
    form = found.questionnaire
    assert form is not None, [str(fault) for fault in found.faults]
    assert (form.id, form.languages, form.title.get("en")) == ("a_bo_her", ("nb", "en"), "Living here")
    assert [page.id for page in form.pages] == ["huset", "mer"]
    heis, rom, folk = form.item("heis"), form.item("rom"), form.item("folk")
    assert [(c.value, c.text.get("nb")) for c in heis.choices] == [("nei", "Nei"), ("ja", "Ja")]
    assert (rom.kind, rom.minimum, rom.maximum, rom.decimals) == ("number", 1, 20, 0)
    assert rom.show_if == 'answers.heis == "ja"'
    assert (folk.minimum, folk.maximum) == (1, 30)
    assert [(must.condition, must.text.get("nb")) for must in folk.must] == [
        ("(answers.folk < 20.0) || (answers.rom > 3.0)", "Så mange?")
    ]
    assert form.item("forhold").computed == "answers.folk / answers.rom"
    faults = form.item("feil")
    assert (faults.kind, faults.shuffle) == ("multi", True)
    assert [(c.value, c.exclusive, c.show_if) for c in faults.choices] == [
        ("fukt", False, None), ("lys", False, 'answers.heis == "nei"'), ("stoy", False, None),
        ("none", True, None),
    ]  # fmt: skip
    assert form.pages[1].show_if == '(!has(answers.rom)) || (answers.rom <= 2.0) || ("fukt" in answers.feil)'
    like = form.item("trivsel")
    assert like.display == "scale" and form.scale(like.scale or "").ends is not None
    assert [choice.number for choice in form.choices(like)] == [*range(11)]
    why = form.item("hvorfor")
    assert (why.lines, why.text.get("nb")) == (3, "Du svarte …. Hvorfor?")
    assert why.text.root["nb"] == "Du svarte {heis|…}. Hvorfor?"
    assert why.show_if == "(answers.trivsel < 5.0) && (answers.feil != [])"
    matrix = next(entry for entry in form.pages[1].items if isinstance(entry, Matrix))
    assert [row.id for row in matrix.rows] == ["enig_ro", "enig_trygt"]
    who = form.item("hvem")
    assert (who.display, who.specials) == ("select", ("vet_ikke",))
    assert who.show_if == '(answers.enig_ro == 2.0) && (answers.heis == "ja")'
    assert (form.item("viktig").kind, form.item("viktig").rank_size) == ("rank", 5)
    assert form.item("flyttet").earliest == "1990-01"
    assert (form.item("takk").kind, form.item("takk").text.get("nb")) == ("info", "Takk & hei")
    blocking = {"text_missing", "page_crowded"}
    assert [str(f) for f in check(form) if f.severity == "error" and f.kind not in blocking] == []
    assert content_hash(load_again(as_xlsform(form)[0])) == content_hash(form)


def load_again(data: bytes) -> Any:
    return read_questionnaire(data, "bo.xlsx").questionnaire


def test_what_was_changed_on_the_way_is_told_element_by_element() -> None:
    assert told(carried(SURVEY)) == [
        ("xls_piped", "side «mer», spørsmål «hvorfor», felt «title»"),
        ("xls_name_changed", "side «mer», spørsmål «enig»"),
        ("sjs_left", "side «mer», spørsmål «viktig»"),
        ("sjs_left", "side «mer», spørsmål «takk»"),
        ("sjs_sum", "side «huset», spørsmål «forhold», felt «expression»"),
    ]


def test_what_has_no_counterpart_is_left_and_the_rest_is_kept() -> None:
    survey = {
        "locale": "nb",
        "triggers": [{"type": "complete"}],
        "elements": [
            {
                "type": "radiogroup",
                "name": "a",
                "isRequired": True,
                "choices": ["x", "y"],
                "showOtherItem": True,
            },
            {"type": "file", "name": "b"},
            {"type": "text", "inputType": "date", "name": "c"},
            {"type": "paneldynamic", "name": "d", "templateElements": []},
            {"type": "comment", "name": "e", "visibleIf": "age({c}) > 18"},
            {"type": "expression", "name": "f", "expression": "sumInArray({d}, 'x')"},
            {"type": "comment", "name": "g", "visibleIf": "{f} > 1", "colCount": 2},
        ],
    }
    found = carried(survey)
    assert found.questionnaire is not None
    assert [item.id for item in found.questionnaire.items()] == ["a", "e", "g"]
    assert [item.show_if for item in found.questionnaire.items()] == [None] * 3
    page = "side «side_1», spørsmål "
    assert told(found) == [
        ("sjs_left", "bo.json"),
        ("sjs_left", f"{page}«a»"),
        ("sjs_left", f"{page}«a»"),
        ("sjs_type_left", f"{page}«b»"),
        ("sjs_type_left", f"{page}«c»"),
        ("sjs_type_left", f"{page}«d»"),
        ("xls_calculation_left", f"{page}«f», felt «expression»"),
        ("xls_condition_left", f"{page}«e», felt «visibleIf»"),
        ("xls_question_unknown", f"{page}«g», felt «visibleIf»"),
    ]


def test_one_error_and_nothing_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey = copy.deepcopy(SURVEY)
    survey["pages"][1]["elements"].append({"type": "comment", "name": "HEIS"})
    source, target = tmp_path / "bo.json", tmp_path / "bo.yaml"
    source.write_text(json.dumps(survey), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["questionnaire", "import", str(source), "--to", str(target), "--language", "nb"])
    assert ended.value.code == 1 and not target.exists()
    assert "«HEIS» og «heis» er det samme navnet her" in capsys.readouterr().out


def test_a_survey_is_imported_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "bo.json", tmp_path / "bo.yaml"
    source.write_text(json.dumps(SURVEY), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["questionnaire", "import", str(source), "--to", str(target), "--language", "nb"])
    assert not ended.value.code
    assert content_hash(load(target)) == content_hash(carried(SURVEY).questionnaire)  # type: ignore[arg-type]
    assert "I SurveyJS teller et svar som mangler, som 0." in capsys.readouterr().out


def test_our_own_json_is_never_taken_for_a_survey() -> None:
    for path in sorted(INSTRUMENTS.rglob("*.yaml")):
        form = load(path)
        found = read_questionnaire(as_json(form).encode(), "skjema.json").questionnaire
        assert found is not None and content_hash(found) == content_hash(form)


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("{heis} <> 'ja' && {rom} >= 2", '(answers.heis != "ja") && (answers.rom >= 2.0)'),
        ("not ({rom} > 2)", "(!has(answers.rom)) || (answers.rom <= 2.0)"),
        ("{rom} empty or {heis} notempty", '(!has(answers.rom)) || (answers.heis != "")'),
        ("{feil} anyof ['fukt', 'lys']", '("fukt" in answers.feil) || ("lys" in answers.feil)'),
        ("{feil} allof ['fukt', 'lys']", '("fukt" in answers.feil) && ("lys" in answers.feil)'),
        ("{feil} notcontains 'fukt'", '!("fukt" in answers.feil)'),
        ("{heis} anyof ['ja', 'nei']", '(answers.heis == "ja") || (answers.heis == "nei")'),
        ("{flyttet} >= '2020-01'", 'answers.flyttet >= "2020-01"'),
        ("{Heis} equal \"ja\" AND {rom} less 3", '(answers.heis == "ja") && (answers.rom < 3.0)'),
    ],
)  # fmt: skip
def test_conditions_of_surveyjs_say_the_same_here(said: str, ours: str) -> None:
    found = xpath_in.condition(surveyjs_tree.tree(said), known())
    assert found == ours
    compile_condition(found)


@pytest.mark.parametrize(
    "said",
    ["(" * 5_000, "!" * 3_000 + "{rom}", "{rom} > " * 900 + "1", "'" * 999, "{heis} contains 'j'",
     "{rom} % 2 = 0", "{navn} contains 'x'", "isContainerReady('x')",
     "{borte} = 1", "iif(" * 500, "[" * 900, ""],
)  # fmt: skip
def test_a_hostile_or_foreign_condition_is_left_and_told_of(said: str) -> None:
    with pytest.raises(Unsaid):
        xpath_in.condition(surveyjs_tree.tree(said), known())


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, value in (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    ):
        yield from _places(value, (*path, key))


def _with(data: Any, path: tuple[Any, ...], scrap: Any) -> Any:
    """The same with the scrap in this place."""
    if not path:
        return scrap
    changed = data.copy()
    changed[path[0]] = _with(data[path[0]], path[1:], scrap)
    return changed


SCRAPS: list[Any] = [
    None, True, 5, -1, 10**400, 1e308, "", "x" * 70_000, "\ud800", "{heis}", "<script>", [], [[]], [5, None],
    {}, {"default": 5}, {"klingonsk": "x"},
]  # fmt: skip


def test_whatever_stands_in_a_survey_it_is_read_or_told_of() -> None:
    """Every place of a survey with every scrap in turn."""
    for path in _places(SURVEY):
        for scrap in SCRAPS:
            survey = _with(SURVEY, path, scrap)
            found = carried(survey)
            assert (found.questionnaire is None) is any(f.severity == "error" for f in found.faults), path
            if found.questionnaire is not None:
                assert content_hash(found.questionnaire)
            for fault in found.faults:
                assert len(fault.sentence("nb")) < 3_000


@pytest.mark.parametrize(
    "text",
    ["{", "{}", '{"elements": 5}', '{"elements": [[]]}', '{"pages": [{"elements": ' + "[" * 30_000, "[]",
     "5", '"x"', '{"elements": [], "elements": []}'],
)  # fmt: skip
def test_a_file_that_is_no_survey_is_told_of_and_never_breaks(text: str) -> None:
    found = from_surveyjs(text, "bo.json")
    assert found.questionnaire is None and found.faults
    assert read_questionnaire(text.encode(), "bo.json").questionnaire is None


def test_parts_that_are_none_are_told_of() -> None:
    found = carried({"elements": [5, {"type": "comment", "name": "a"}], "questions": "x"})
    assert found.questionnaire is not None
    assert [fault.kind for fault in found.faults] == ["sjs_left", "sjs_no_list"]


def test_a_list_that_is_none_is_told_of_as_that() -> None:
    told = [fault for fault in carried({"elements": "x"}).faults if fault.kind == "sjs_no_list"]
    assert told and "«elements» er «x», som ikke er en liste" in told[0].sentence("nb")


def test_panels_within_panels_without_end_are_left() -> None:
    inner: dict[str, Any] = {"type": "comment", "name": "dypt"}
    for number in range(200):
        inner = {"type": "panel", "name": f"p{number}", "elements": [inner]}
    found = carried({"elements": [{"type": "comment", "name": "a"}, inner]})
    assert found.questionnaire is not None
    assert [item.id for item in found.questionnaire.items()] == ["a"]
    assert [fault.kind for fault in found.faults] == ["sjs_type_left"]


def test_what_a_survey_says_of_being_quoted_is_told_and_makes_no_consent() -> None:
    asked = {"type": "boolean", "name": "sitat", "title": "Kan vi sitere deg?", "role": "quote_consent"}
    found = carried({"pages": [{"name": "p", "elements": [asked]}]})
    assert found.questionnaire is not None and found.questionnaire.item("sitat").role is None
    (fault,) = found.faults
    assert "sitat" in fault.place.words("nb") and "quote_consent" in fault.sentence("nb")
