"""Figures of others: sourced, and beside ours only where question, answers and cut-off are the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from forms.benchmarks import Benchmark, Benchmarks, json_schema, parse, shipped
from forms.questionnaire import Questionnaire
from reports.benchmarks import beside
from reports.compute import compute
from reports.documents.benchmark_words import benchmark_lines
from reports.documents.words import Words
from reports.results import Results
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

SCHEMA = Path(__file__).parents[2] / "docs" / "benchmarks.schema.json"
WORDS = {"nb": "x", "nn": "x", "en": "x"}
ROW: dict[str, Any] = {
    "id": "en_rad",
    "source": "SSB",
    "publication": "Ei bok",
    "year": 2020,
    "population": WORDS,
    "what": WORDS,
    "value": 70,
    "wording": WORDS,
    "cut_off": WORDS,
    "answers": ["v1", "v2", "v3", "v4", "v5"],
    "good": ["v4", "v5"],
    "beside": ["hjem"],
    "same": True,
}


def _report(form: Questionnaire | None = None, good: int = 30) -> Results:
    form = form or questionnaire(item("hjem"), index=False)
    people = [{"hjem": 5 if k < good else 1} for k in range(40)]
    return compute(wave_of(form, [Estate("a", "A", "Nord", 50)], {"a": people}), "a")


def _one(report: Results, **changed: Any) -> tuple[str | None, float | None]:
    (found,) = beside(report, Benchmarks(rows=(Benchmark.model_validate({**ROW, **changed}),)))
    return found.refused, found.ours.value if found.ours else None


def test_the_same_question_with_the_same_answers_and_cut_off_has_ours_beside_it() -> None:
    assert _one(_report()) == (None, 0.75)


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("not_asked", {"beside": ["noe_annet"]}),
        ("question", {"same": False, "differs": WORDS}),
        ("measure", {"measure": "mean"}),
        ("answers", {"answers": ["v1", "v2", "v4", "v5"]}),
        ("answers", {"answers": ["v5", "v4", "v3", "v2", "v1"]}),
        ("cut_off", {"good": ["v5"]}),
    ],
)
def test_what_differs_in_meaning_is_refused_with_its_reason(reason: str, changed: dict[str, Any]) -> None:
    assert _one(_report(), **changed) == (reason, None)


def test_a_share_that_the_report_hides_is_not_told_here_either() -> None:
    assert _one(_report(good=38)) == ("hidden", None)


def test_a_question_turned_round_counts_other_answers() -> None:
    turned = questionnaire(
        item("hjem", scoring={"object": "bolig", "facet": "sosial", "reversed": True}), index=True
    )
    assert _one(_report(turned)) == ("cut_off", None)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_shipped_row_has_a_source_and_a_reason_in_every_language(language: str) -> None:
    report = demonstration.results(None)
    found = beside(report, shipped())
    assert {row.row.source for row in found} == {"SSB", "HUNT", "Ungdata"}
    assert all(row.ours is None and row.item is not None for row in found)
    for row, line in zip(
        found, benchmark_lines(Words.of(report.questionnaire, language), found), strict=True
    ):
        assert str(row.row.year) in line.source
        assert line.why and not line.ours
        texts = [row.row.population, row.row.what, row.row.cut_off, row.row.differs]
        assert all(text is not None and text.root.keys() == {"nb", "nn", "en"} for text in texts)


def test_the_published_schema_of_benchmarks_is_current() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema(), (
        "write forms.benchmarks.json_schema() to docs/benchmarks.schema.json"
    )


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"value": 101}, "not between"),
        ({"wording": None}, "needs its wording"),
        ({"differs": WORDS}, "either"),
        ({"good": ["v9"]}, "among its answers"),
    ],
)
def test_a_row_that_says_too_little_is_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Benchmark.model_validate({**ROW, **changed})


def test_a_row_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        parse(json.dumps({"rows": [ROW, ROW]}))
