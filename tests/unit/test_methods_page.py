"""The methods page tells how the numbers of this very report were made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy
from markupsafe import escape

from forms.loading import shipped
from reports.columns import nominal_parts
from reports.compute import compute
from reports.documents import landlord
from reports.documents.method_words import Way, made, way_of
from reports.documents.words import Words
from reports.results import Results
from reports.scope import Groundwork
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


@pytest.mark.parametrize("answered", [25, 45, 58])
def test_the_formula_of_scores_gives_the_interval_that_is_printed(answered: int) -> None:
    """As the page has it, of a round of one estate, where r is 1: sum of a m +- t times the sum of e."""
    homes = 60
    people = drawn_answers(FORM, answered, np.random.default_rng(5), skip=0)
    wave = wave_of(FORM, [Estate("a", "A", "Nord", homes)], {"a": people})
    report, ground = compute(wave, "a"), Groundwork.of(wave)
    assert report.index is not None
    words = Words.of(FORM, "en")
    told = made(words, report).means_formula
    assert "e = a · s / √n · √(1 − n / N)" in told and "r (Σ e)²" in told
    for cell in (report.index, *report.objects):
        parts = nominal_parts(ground, (cell.object, cell.facet))
        columns = {name: ground.column(name) for name in parts}
        n = answered
        doubt = sum(
            part * float(columns[name].as_told[1][0]) ** 0.5 / n**0.5 * (1 - n / homes) ** 0.5
            for name, part in parts.items()
        )
        half = scipy.stats.t.ppf(0.975, n - 1) * doubt
        assert cell.score.value is not None and cell.score.low is not None and cell.score.high is not None
        assert cell.score.value - cell.score.low == pytest.approx(half, abs=2), cell
        assert cell.score.high - cell.score.value == pytest.approx(half, abs=2), cell


def test_it_is_said_that_not_everybody_can_compute_all_again() -> None:
    page = landlord.web(_report("a", 60), "en")
    assert "can be computed again from the sealed answers" not in page
    assert "only the round’s secret key gives again" in page
