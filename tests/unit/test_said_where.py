"""Whom figures are about is said where they are read, and once."""

from __future__ import annotations

import numpy as np
import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.documents import landlord
from reports.documents.findings_page import web
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.waves import Estate
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

FORM = questionnaire(item("helhet", role="overall"), scored("ro"), index=False)
NOT_ALL = {
    "nb": "Ikke alle ble spurt: I alt er det 500 husstander her.",
    "nn": "Ikkje alle vart spurde: I alt er det 500 husstandar her.",
    "en": "Not everybody was asked: there are 500 households here in all.",
}
SHOWN = {
    "nb": "leiegårdene som kan vises",
    "nn": "leigegardane som kan visast",
    "en": "estates that can be shown",
}


def _people(n: int) -> list[Answers]:
    return [{"helhet": 1 + k % 5, "ro": 1 + (k * 2) % 5} for k in range(n)]


@pytest.mark.parametrize("language", NOT_ALL)
def test_a_report_on_homes_drawn_by_lot_says_that_not_all_were_asked(language: str) -> None:
    drawn = [Estate("a", "A", "Nord", 40, dwellings=400), Estate("b", "B", "Nord", 100)]
    people = {"a": _people(30), "b": _people(60)}
    assert NOT_ALL[language] in landlord.web(compute(wave_of(FORM, drawn, people), None), language)
    everybody = [Estate("a", "A", "Nord", 400), Estate("b", "B", "Nord", 100)]
    asked = landlord.web(compute(wave_of(FORM, everybody, people), None), language)
    assert NOT_ALL[language].split(":")[0] not in asked


@pytest.mark.parametrize("language", SHOWN)
def test_findings_about_the_estates_that_can_be_shown_say_so_once_above_them(language: str) -> None:
    """Seven of Aasen answered: their answers could be worked out from the sum of all."""
    counts = {"aasen": (1, 0, 1, 0, 5), "berg": (10, 8, 7, 5, 0), "calv": (10, 7, 8, 5, 0)}
    answers: dict[str, list[Answers]] = {
        name: [{"helhet": code, "ro": code} for code in np.repeat(np.arange(1, 6), own).tolist()]
        for name, own in counts.items()
    }
    places = [Estate(name, name.title(), "Nord", 40 if name == "aasen" else 100) for name in counts]
    found = everywhere(wave_of(FORM, places, answers))
    whole = [f for f in findings_list(found).findings if f.place.level == "all"]
    assert len(whole) == 2
    assert all(SHOWN[language] in f.sentences[language] for f in whole)  # type: ignore[index]
    page = web(found, language)
    assert page.count(SHOWN[language]) == 1


def test_a_landlord_of_one_estate_hears_every_finding_once() -> None:
    answers: list[Answers] = [{"helhet": 5 if k < 30 else 2, "ro": 1 if k < 30 else 4} for k in range(40)]
    found = everywhere(wave_of(FORM, [Estate("a", "Aasen", "Nord", 60)], {"a": answers}))
    whole, own = findings_list(found), findings_list(found, only=("estate", "a"))
    assert [place.place.level for place in whole.places] == ["all"]
    assert [(f.variant, f.items) for f in whole.findings] == [(f.variant, f.items) for f in own.findings]
    assert len(whole.findings) == 2


ALL_ALONE = {"nb": " av alle ", "nn": " av alle ", "en": " of all "}


@pytest.mark.parametrize("language", SHOWN)
def test_a_total_of_a_quarter_of_the_homes_is_not_told_as_that_of_all(language: str) -> None:
    """Ten of four hundred homes were drawn in Aasen, and their answers cannot be told: what is left is nine
    in ten of the answers, and a quarter of the homes."""
    counts = {"aasen": (0, 0, 0, 1, 8), "berg": (5, 0, 5, 20, 18), "calv": (4, 0, 4, 16, 16)}
    answers: dict[str, list[Answers]] = {
        name: [{"helhet": code, "ro": code} for code in np.repeat(np.arange(1, 6), own).tolist()]
        for name, own in counts.items()
    }
    drawn = [
        Estate("aasen", "Aasen", "Nord", 10, dwellings=400),
        Estate("berg", "Berg", "Nord", 50, dwellings=100),
    ]
    found = everywhere(wave_of(FORM, [*drawn, Estate("calv", "Calv", "Nord", 40)], answers))
    assert found.whole.items["helhet"].favourable.left_out == "many"
    assert not found.whole.findings
    assert not [
        f for f in findings_list(found).findings if f.place.level == "all" and f.kind in ("strong", "weak")
    ]
    report = landlord.web(found.whole, language)
    limits = report[: report.index('id="hvem"')]
    assert limits.count(SHOWN[language]) == 2, "beside the total, and beside what the silent could change"
    assert ALL_ALONE[language] not in limits
    asked = [Estate(name, name.title(), "Nord", 50) for name in ("berg", "calv")]
    whole = landlord.web(
        compute(wave_of(FORM, asked, {k: answers[k] for k in ("berg", "calv")}), None), language
    )
    assert SHOWN[language] not in whole
