"""Whether the questions of a theme hang together is told where nobody can be read from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape

from forms.questionnaire import LANGUAGES
from reports.alphas import told_alpha
from reports.compute import compute
from reports.documents import chapters, landlord
from reports.documents.rows import Row
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.results import Results
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

FORM = demonstration.waves()[0].questionnaire


def test_all_estates_together_tell_how_well_each_theme_hangs_together() -> None:
    found = demonstration.results(None).scales
    assert [scale.object for scale in found] == list(FORM.index.objects if FORM.index else ())
    told = [estimate for scale in found for estimate in (scale.alpha, scale.omega) if estimate is not None]
    assert len(told) >= 4
    for estimate in told:
        assert estimate.value is not None and estimate.low is not None and estimate.high is not None
        assert 0 < estimate.low <= estimate.value <= estimate.high <= 1
        # Tenths, and bases to fives: more would let single answers be reckoned out.
        for number in (estimate.value, estimate.low, estimate.high):
            assert round(number, 1) == number
        assert estimate.n % 5 == 0
    assert all(scale.turned == () for scale in found)


def test_one_estate_or_few_answers_tell_nothing_of_it() -> None:
    assert demonstration.results("Nordlia").scales == ()
    for names, n, said in (("ab", 40, FEW), ("a", 300, ONE_ESTATE)):
        answers = drawn_answers(FORM, n, np.random.default_rng(1))
        places = {name: answers[start :: len(names)] for start, name in enumerate(names)}
        wave = wave_of(FORM, [Estate(name, name, "Nord", n) for name in names], places)
        report = compute(wave, None)
        assert all((scale.alpha, scale.omega) == (None, None) for scale in report.scales)
        for language, words in said.items():
            assert words in landlord.web(report, language)


def test_what_is_not_told_beside_what_is_has_its_reason() -> None:
    results = demonstration.results(None)
    (first, *rest) = results.scales
    assert first.alpha is not None
    hidden = replace(results, scales=(replace(first, alpha=None, omega=None), *rest))
    alone = replace(results, scales=(replace(first, omega=None), *rest))
    for language, omega in NO_OMEGA.items():
        name = Words.of(FORM, language).label(first.object)
        assert f"{FEW[language]} {name[:1].lower()}{name[1:]}" in landlord.web(hidden, language)
        assert omega in landlord.web(alone, language)


@pytest.mark.parametrize("items", range(2, 7))
def test_how_many_answers_it_takes_is_told_as_the_code_reckons_it(items: int) -> None:
    """Answers spread evenly over the steps, every two questions correlated 0.4."""
    row = next(line for line in METHODS.splitlines() if line.startswith(f"| {items} questions |"))
    for steps, cell in zip((2, 3, 4, 5), row.strip("| ").split("|")[1:], strict=True):
        spread = 100.0**2 * (steps + 1) / (12 * (steps - 1))
        covariance = spread * (0.4 + 0.6 * np.eye(items))
        n = int(cell)
        assert told_alpha(covariance, [100.0] * items, n, 0.0) is not None
        assert told_alpha(covariance, [100.0] * items, n - 10, 0.0) is None


def test_a_question_turned_the_wrong_way_is_named_on_the_methods_page() -> None:
    results = demonstration.results(None)
    (first, *rest) = results.scales
    wrong = replace(first, turned=("bolig_plass",))
    text = results.questionnaire.item("bolig_plass").text
    for language in LANGUAGES:
        plain = landlord.web(results, language)
        told = landlord.web(replace(results, scales=(wrong, *rest)), language)
        name = text.get(language).removesuffix(".")
        assert told.count(name) == plain.count(name) + 1


def test_whether_a_theme_is_told_of_says_nothing_of_a_question_whose_answers_are_hidden() -> None:
    """All gave the same answer to the last question, or all but a few: its bar is hidden either way. Before,
    a theme was left out of the page where all had."""
    form = questionnaire(*(scored(name) for name in "abcd"))
    people = [{name: 1 + (k * step) % 5 for name, step in (("a", 1), ("b", 2), ("c", 1))} for k in range(120)]
    told = []
    for few in range(5):
        answers = [{**person, "d": 4 if k < few else 5} for k, person in enumerate(people)]
        halves = {"x": answers[:60], "y": answers[60:]}
        report = compute(wave_of(form, [Estate(k, k, "Nord", 90) for k in halves], halves), None)
        assert not report.items["d"].segments and report.items["a"].segments
        told.append((report.scales, report.turned))
    assert [scale.object for scale in told[0][0]] == ["bolig"]
    assert told == told[:1] * 5


def test_the_methods_page_names_the_level_that_the_code_reckons_with() -> None:
    page = landlord.web(demonstration.results("Nordlia"), "nb")
    assert "eksakt 95\u00a0%-intervall" in page
    assert "P(X ≤ k) &gt; 0,025" in page
    assert "minst 50\u00a0% av spørsmålene" in page


def test_answers_that_came_with_reversed_codes_are_warned_of_on_the_methods_page() -> None:
    """One question runs the wrong way round: the others of its theme show it, and the page names it."""
    people = drawn_answers(FORM, 120, np.random.default_rng(6), skip=0.0)
    asked = FORM.item("bolig_plass")
    codes = [choice.code for choice in FORM.steps(asked)]
    turned = dict(zip(codes, reversed(codes), strict=True))
    wrong = [{**person, asked.id: turned[int(str(person[asked.id]))]} for person in people]
    for answers, named in ((people, ()), (wrong, (asked.id,))):
        halves = {"a": answers[:60], "b": answers[60:]}
        places = [Estate(k, k, "Nord", 90) for k in halves]
        report, alone = (compute(wave_of(FORM, places, halves), estate) for estate in (None, "a"))
        (bolig,) = [scale for scale in report.scales if scale.object == "bolig"]
        assert bolig.turned == named
        made = findings_list(everywhere(wave_of(FORM, places, halves)), only=("all", ""))
        for language, warning in WARNING.items():
            question = Words.of(FORM, language).quote(asked.text.get(language))
            page = landlord.web(report, language)
            assert (escape(f"{question} {warning}") in page) == bool(named)
            # Where the question stands too, and to the office before anybody else has seen it.
            words = Words.of(FORM, language)
            row = next(row for row in _rows(words, report) if row.item_id == asked.id)
            assert (words.t("row.turned") in row.note) == bool(named)
            assert escape(row.note) in page
            row = next(row for row in _rows(words, alone) if row.item_id == asked.id)
            assert (words.t("row.turned") in row.note) == bool(named), "in the report on one estate as well"
            told = " ".join(note[language] for note in made.notes)  # type: ignore[index]
            assert (question in told) == bool(named)


def _rows(words: Words, report: Results) -> list[Row]:
    parts = chapters.object_chapters(words, report)
    return [row for part in parts for table in part.tables for group in table for row in group.rows]


METHODS = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
FEW = {"nb": "De vises ikke for", "nn": "Dei blir ikkje viste for", "en": "They are not shown for"}
ONE_ESTATE = {
    "nb": "bare når svarene kommer fra flere leiegårder",
    "nn": "berre når svara kjem frå fleire leigegardar",
    "en": "only when the answers come from several estates",
}
NO_OMEGA = {"nb": "omega vises ikke", "nn": "omega blir ikkje vist", "en": "omega is not shown"}
WARNING = {
    "nb": "går imot de andre. Undersøk om svarene er snudd riktig.",
    "nn": "går imot dei andre. Undersøk om svara er snudde rett.",
    "en": "goes against the others. Check whether its answers are turned round correctly.",
}
