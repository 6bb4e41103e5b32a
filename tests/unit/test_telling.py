"""Who makes a questionnaire is told beforehand what no report will show; see docs/methods.md, rule 11."""

from __future__ import annotations

from typing import Any

import pytest

from forms.answers import Answers
from forms.lint import check
from reports.breakdowns.asking import parse, questions_by_group
from reports.breakdowns.errors import NumbersRefused
from reports.compute import compute
from reports.waves import Estate
from survey.wording import words
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

WORDS = [
    {"code": code, "value": f"v{code}", "text": dict.fromkeys(("nb", "nn", "en"), f"Svar {code}")}
    for code in (1, 2)
]


def _asked(name: str, condition: str = "", **more: Any) -> dict[str, Any]:
    own = {"scale": None, "choices": WORDS, "specials": [] if "computed" in more else ["vil_ikke_svare"]}
    return item(name, **own | ({"show_if": condition} if condition else {}) | more)


def _number(name: str, condition: str = "", **more: Any) -> dict[str, Any]:
    return _asked(name, condition, **{"kind": "number", "choices": (), **more})


FAR, SECRET = _asked("far"), _asked("rus", sensitive=True)
SEVERAL = _asked("flere", kind="multi")
BOTH = 'answers.far == answers.to ? "v1" : "v2"'
UNLIKE = {"condition": "answers.to != answers.far", "text": WORDS[0]["text"]}
OVER = 'answers.antall > {} ? "v1" : "v2"'
YES = 'answers.{} == "v1"'


@pytest.mark.parametrize(
    ("questions", "never", "shown"),
    [
        ([SECRET, _asked("etter", YES.format("rus"))], ["etter"], []),
        (
            [SECRET, _asked("etter", YES.format("rus")), _asked("mer", YES.format("etter"))],
            ["etter", "mer"],
            [],
        ),
        ([FAR, SECRET, _asked("etter", 'answers.rus == "v1" || answers.far == "v1"')], ["etter"], []),
        (
            [_asked("rus", kind="multi", sensitive=True), _asked("etter", '"v1" in answers.rus')],
            ["etter"],
            [],
        ),
        (
            [SECRET, _number("antall", YES.format("rus")), _asked("etter", "answers.antall > 0")],
            ["etter"],
            [],
        ),
        ([FAR, _asked("etter", YES.format("far"))], [], ["etter"]),
        ([_number("antall"), _asked("mye", computed='answers.antall > 1 ? "v1" : "v2"')], [], ["mye"]),
        ([FAR, _asked("to"), _asked("begge", computed=BOTH)], ["begge"], []),
        ([SEVERAL, _asked("fler", computed='"v1" in answers.flere ? "v1" : "v2"')], [], ["fler"]),
        ([SEVERAL, _asked("fler", "answers.flere != []")], ["fler"], []),
        (
            [
                _number("antall"),
                *(_asked(f"over_{n}", computed=f'answers.antall > {n} ? "v1" : "v2"') for n in (0, 2)),
            ],
            ["over_2"],
            ["over_0"],
        ),
        ([FAR, _asked("etter", 'answers.far == "vil_ikke_svare"')], ["etter"], []),
        (
            [FAR, _asked("to", must=[{"condition": "answers.to != answers.far", "text": WORDS[0]["text"]}])],
            ["to"],
            [],
        ),
        ([FAR, SECRET], [], []),
    ],
)
def test_what_the_check_says_is_never_told_is_what_reports_never_tell(
    questions: list[dict[str, Any]], never: list[str], shown: list[str]
) -> None:
    form = questionnaire(*questions, _asked("alder", background=True), index=False)
    found = check(form)
    assert [fault for fault in found if fault.severity == "error"] == []
    said = [fault for fault in found if fault.kind.startswith("never_told")]
    of_one = [fault.place.words("en").split("'")[-2] for fault in said if fault.kind != "never_told_by_group"]
    assert of_one == never
    together = [dict(fault.message.values)["items"] for fault in said if fault.kind == "never_told_by_group"]
    assert together == ([tuple(shown)] if shown else [])
    by_group = {one.id for one in questions_by_group(form)}
    tied = {one["id"] for one in questions if "show_if" in one or "computed" in one}
    assert not by_group & tied
    assert all((fault.kind == "never_told_sensitive") == (fault.severity == "warning") for fault in said)

    homes = [Estate(str(n), f"Hus {n}", "Nord", 200) for n in range(3)]
    people: list[Answers] = [
        {one["id"]: _answer(one, n // 2**place) for place, one in enumerate(questions)} for n in range(80)
    ]
    reports = [compute(wave_of(form, homes, {one.id: people for one in homes}), of) for of in ("0", None)]
    for name in (*never, *shown):
        results = [report.items[name] for report in reports]
        assert [bool(one.n or one.segments) for one in results] == [name in shown] * 2


def _answer(question: dict[str, Any], n: int) -> Any:
    match question.get("kind", "choice"):
        case "number":
            return str(n % 4)
        case "multi":
            return [1 + n % 2]
        case _:
            return 1 + n % 2


@pytest.mark.parametrize(
    ("questions", "wanted", "instead"),
    [
        ([_number("antall"), _asked("mye", computed='answers.antall > 1 ? "v1" : "v2"')], "mye", None),
        ([SEVERAL, _asked("fler", computed='"v1" in answers.flere ? "v1" : "v2"')], "fler", None),
        ([SECRET, _asked("etter", YES.format("rus"))], "etter", None),
        ([FAR, _asked("etter", YES.format("far"))], "etter", "far"),
        (
            [FAR, _number("antall"), _asked("etter", f"{YES.format('far')} || answers.antall > 1")],
            "etter",
            "far",
        ),
    ],
)
def test_what_is_recommended_for_numbers_that_are_refused_can_be_asked_for(
    questions: list[dict[str, Any]], wanted: str, instead: str | None
) -> None:
    form = questionnaire(*questions, _asked("alder", background=True), index=False)
    with pytest.raises(NumbersRefused) as refused:
        parse(form, wanted, ["alder"], "estate", "standard")
    assert refused.value.values.get("instead") == instead
    for language, recommended in (("nb", "Spør heller"), ("nn", "Spør heller"), ("en", "instead")):
        sentence = words(language)(refused.value.key, **refused.value.values)
        assert (recommended in sentence) == (instead is not None)
        assert "{" not in sentence
    if instead:
        assert parse(form, instead, ["alder"], "estate", "standard").item == instead
