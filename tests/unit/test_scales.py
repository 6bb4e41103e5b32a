"""Whether the questions of a theme hang together is told where nobody can be read from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from markupsafe import escape

from forms.questionnaire import LANGUAGES
from reports.compute import compute
from reports.documents import chapters, landlord
from reports.documents.rows import Row
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.results import Results
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.waves import drawn_answers, wave_of

FORM = demonstration.waves()[0].questionnaire


def test_all_estates_together_tell_how_well_each_theme_hangs_together() -> None:
    found = demonstration.results(None).scales
    assert [scale.object for scale in found] == list(FORM.index.objects if FORM.index else ())
    for scale in found:
        for estimate in (scale.alpha, scale.omega):
            assert estimate is not None and estimate.value is not None
            assert estimate.low is not None and estimate.high is not None
            assert 0 < estimate.low <= estimate.value <= estimate.high <= 1
            # Two decimals: more would let single answers be reckoned out.
            for number in (estimate.value, estimate.low, estimate.high):
                assert round(number, 2) == pytest.approx(number, abs=1e-12)
        assert scale.turned == ()


def test_one_estate_or_few_answers_tell_nothing_of_it() -> None:
    assert demonstration.results("Nordlia").scales == ()
    few = wave_of(
        FORM, [Estate("a", "A", "Nord", 60)], {"a": drawn_answers(FORM, 40, np.random.default_rng(1))}
    )
    assert compute(few, None).scales == ()


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


WARNING = {
    "nb": "går imot de andre. Undersøk om svarene er snudd riktig.",
    "nn": "går imot dei andre. Undersøk om svara er snudde rett.",
    "en": "goes against the others. Check whether its answers are turned round correctly.",
}
