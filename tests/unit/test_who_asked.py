"""Every document of a landlord tells who ordered and paid for the survey, and whom to ask about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.documents import landlord, method_words
from reports.documents.words import Words
from tests.samples import demonstration

PAID, CONTACT = "Husbanken betaler halvparten.", "Ring Kari på 12 34 56 78."


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_the_round_declared_of_who_pays_and_whom_to_ask_stands_with_the_facts_of_the_round(
    language: str,
) -> None:
    results = replace(
        demonstration.results(None), declared={"nb": {"open": "Farger.", "paid": PAID, "contact": CONTACT}}
    )
    words = Words.of(results.questionnaire, language)
    paid, contact = method_words.asked_by(words, results)
    assert paid.text == f"{results.organisation}. {PAID}" and paid.language == "nb"
    assert contact.text == f"{results.organisation}. {CONTACT}"
    assert [row.text for row in method_words.declared_rows(words, results)][:1] == ["Farger."]
    page = landlord.web(results, language)
    assert page.count(PAID) == 1 and page.count(CONTACT) == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_round_that_did_not_say_who_pays_says_that_it_did_not(language: str) -> None:
    results = replace(demonstration.results(None), declared={})
    words = Words.of(results.questionnaire, language)
    (paid,) = method_words.asked_by(words, results)
    assert paid.text == words.t("method.paid_unsaid", organisation=results.organisation)
