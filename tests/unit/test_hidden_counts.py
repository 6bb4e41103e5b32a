"""What is hidden is counted right, and what is whole is not counted as a part."""

from __future__ import annotations

import numpy as np
import pytest

from forms.answers import Answers
from forms.loading import shipped
from reports.compute import compute
from reports.documents import chapters
from reports.documents.findings_page import web
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.waves import Estate
from tests.samples.waves import drawn_answers, wave_of

FORM = shipped("boindeks")


def test_all_questions_that_are_hidden_are_counted_the_overall_one_too() -> None:
    people: list[Answers] = drawn_answers(FORM, 6, np.random.default_rng(2))
    report = compute(wave_of(FORM, [Estate("a", "Lia", "Nord", 40)], {"a": people}), "a")
    hidden = [name for name, told in report.items.items() if told.hidden and not FORM.item(name).background]
    for language in ("nb", "nn", "en"):
        words = Words.of(FORM, language)
        said = chapters.untold(words, report, chapters.object_chapters(words, report))
        assert f" {len(hidden)} " in said
        assert f"{words.lower(words.t('matrix.whole'))} (1)" in said


@pytest.mark.parametrize(("language", "all_of_them"), [
    ("nb", "Alle leiegårdene er med i tallene for alle: Aasen, Bakken, Calv."),
    ("nn", "Alle leigegardane er med i tala for alle: Aasen, Bakken, Calv."),
    ("en", "All estates are in the figures for all: Aasen, Bakken, Calv."),
])  # fmt: skip
def test_where_every_estate_is_in_it_is_not_told_as_three_of_three(language: str, all_of_them: str) -> None:
    rng = np.random.default_rng(1)
    names = ("Aasen", "Bakken", "Calv")
    places = [Estate(name, name, "Nord" if name != "Calv" else "Sør", 60) for name in names]
    found = everywhere(wave_of(FORM, places, {name: drawn_answers(FORM, 30, rng) for name in names}))
    whole, area = web(found, language), web(found, language, ("area", "Nord"))
    assert all_of_them in whole
    for page in (whole, area):
        for of in ("3 av 3", "3 of 3", "2 av 2", "2 of 2"):
            assert of not in page
