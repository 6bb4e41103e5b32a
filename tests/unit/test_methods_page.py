"""The methods page tells how the numbers of this very report were made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from markupsafe import escape

from forms.loading import shipped
from reports.compute import compute
from reports.documents import landlord
from reports.documents.method_words import Way, made, way_of
from reports.documents.words import Words
from reports.results import Results
from reports.waves import Estate
from tests.samples.waves import drawn_answers, wave_of
from tests.unit import test_register_totals as register

FORM = shipped("boindeks")


def _report(estate: str | None, *sizes: int | None, n: int = 30, drawn: int | None = None) -> Results:
    """Of estates of these sizes where n answered; `drawn`: that so many homes of each were asked."""
    names = "abc"[: len(sizes)]
    rng = np.random.default_rng(3)
    estates = [
        Estate(
            name, name, "Nord", size if drawn is None else drawn, dwellings=None if drawn is None else size
        )
        for name, size in zip(names, sizes, strict=True)
    ]
    return compute(
        wave_of(FORM, estates, {name: drawn_answers(FORM, n, rng, skip=0) for name in names}), estate
    )


def _weighted() -> Results:
    return compute(register._wave(), None)


REPORTS = {
    "one": lambda: _report("a", 60),
    "everybody": lambda: _report("a", 30),
    "unknown": lambda: _report("a", None),
    "several": lambda: _report(None, 60, 80),
    "answers": lambda: _report(None, 60, None),
    "weighted": _weighted,
}


@pytest.mark.parametrize("way", REPORTS)
def test_each_report_tells_its_own_way_and_no_other(way: Way) -> None:
    results = REPORTS[way]()
    assert way_of(results) == way
    for language in ("nb", "nn", "en"):
        words = Words.of(results.questionnaire, language)
        page, own = landlord.web(results, language), made(words, results)
        for text in (own.shares, own.shares_formula, own.means, own.means_formula):
            assert str(escape(text)) in page
        others = {formula for name in REPORTS if (formula := words.t(f"method.means_formula_{_one(name)}"))}
        assert [other for other in others if str(escape(other)) in page and other != own.means_formula] == [
            other for other in others if other != own.means_formula and other in own.means_formula
        ]


def _one(way: str) -> str:
    return "one" if way == "everybody" else way


def test_a_single_estate_is_never_told_as_a_total_nor_a_total_as_a_plain_share() -> None:
    page = landlord.web(_report(None, 60, 80), "en")
    assert "exact 95% interval for a small group" not in page and "hypergeometric" not in page
    assert "each estate counts with its homes" in page
    assert "hypergeometric" in landlord.web(_report("a", 60, 80), "en")


def test_the_interval_that_has_no_width_is_said_to_come_of_everybody_having_answered() -> None:
    everybody, some = (landlord.web(_report("a", size), "en") for size in (30, 60))
    assert "Where everybody answered a question, the share is counted and no estimate" in everybody
    assert "vanishes" not in everybody + some
    assert "Everybody has answered." not in some


def test_where_homes_were_drawn_the_formula_is_about_all_homes() -> None:
    drawn = _report("a", 90, n=30, drawn=60)
    assert "N homes: every K" in landlord.web(drawn, "en")
    assert "N asked: every K" in landlord.web(_report("a", 60), "en")


def test_themes_that_do_not_count_alike_are_said_not_to() -> None:
    results = _report("a", 60)
    form = results.questionnaire
    assert form.index is not None
    unequal = form.index.model_copy(update={"weights": {"bolig": 2.0}})
    told = landlord.web(replace(results, questionnaire=form.model_copy(update={"index": unequal})), "en")
    assert "Themes count alike" in landlord.web(results, "en")
    assert "Themes count alike" not in told and "Themes count differently in the total" in told


def test_what_an_interval_means_depends_on_whether_homes_were_drawn_or_everybody_answered() -> None:
    drawn, everybody, some = _report("a", 90, n=30, drawn=60), _report("a", 30), _report("a", 60)
    told = {"_sampled": drawn, "_everybody": everybody, "": some}
    for which, report in told.items():
        for language in ("nb", "nn", "en"):
            words = Words.of(FORM, language)
            assert str(escape(words.t(f"about.between{which}"))) in landlord.web(report, language)
