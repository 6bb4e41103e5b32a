"""Whether the questions of a theme hang together is told where nobody can be read from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.questionnaire import LANGUAGES
from reports.compute import compute
from reports.documents import landlord
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
