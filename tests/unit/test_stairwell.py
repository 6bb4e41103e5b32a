"""Promises about the poster for the stairwell: three results, the next step, a code, and nothing hidden."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.documents import measuring, points, stairwell
from reports.documents.plain import Plain
from reports.loop import Edition, Loop
from tests.samples import report_results as samples
from tests.samples import tenants

ADDRESS = "https://svar.eksempelvik.example/gard"


def made(*languages: str, found: Any = None, loop: Loop | None = None, **more: Any) -> str:
    own = tenants.estate()
    return stairwell.html(own, found or tenants.usual(own), loop or Loop(), languages or ("nb",), **more)


def themes(page: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", page)


def test_it_has_the_best_two_the_weakest_one_and_the_next_step() -> None:
    assert themes(made()) == ["Trygg hjemme", "Et hjem", "Ro", "Neste skritt"]
    assert "20. oktober 2025: Svarene blir lagt fram." in made()


@pytest.mark.parametrize(
    ("variants", "told"),
    [
        (["strong"] * 4, 3),
        (["weak"] * 4, 3),
        (["strong", "weak", "weak", "weak"], 3),
        (["strong"], 1),
        ([], 0),
    ],
)
def test_where_there_is_less_of_one_there_is_more_of_the_other(variants: list[str], told: int) -> None:
    own = tenants.estate()
    asked = ["bolig_hjem", "bomiljo_naboer", "kontrakt_kostnad", "kontrakt_varig"]
    found = [
        tenants.finding(own, variant, name, *((76, 84, 90) if variant == "strong" else (10, 16, 24)))
        for variant, name in zip(variants, asked, strict=False)
    ]
    page = made(found=tenants.listed(own, found))
    assert len(themes(page)) == told + 1
    assert ("Ingen av svarene skiller seg ut." in page) == (told == 0)


def test_the_code_is_there_only_where_it_leads_somewhere() -> None:
    for loop, later in ((Loop(edition=Edition(1, date(2025, 10, 1))), False), (Loop(), True)):
        page = made(loop=loop).partition("</style>")[2]
        assert "QR-kode til" not in page
        assert ("Her kommer QR-koden." in page) == ("Les mer: skann koden" in page) == later
    page = made(address=ADDRESS)
    assert "Her kommer QR-koden." not in page
    assert f"QR-kode til {ADDRESS}" in page and "Les mer: skann koden" in page


def test_a_measure_with_a_day_is_a_next_step_and_one_that_is_over_is_none() -> None:
    found = tenants.usual()
    first = found.findings[0].id
    coming = tenants.measure(1, first, title="Nytt lys i gangen")
    over = tenants.measure(2, first, title="Malt kjeller", status="done")
    page = made(found=found, loop=Loop(measures=(coming, over)))
    assert "1. mars 2026: Nytt lys i gangen" in page and "Malt kjeller" not in page


def test_a_day_that_has_passed_is_no_next_step() -> None:
    found = tenants.usual()
    late = tenants.measure(1, found.findings[0].id, title="Nytt lys i gangen")
    page = made(found=found, loop=Loop(measures=(late,), made_on=date(2026, 11, 23)))
    assert "Nytt lys i gangen" not in page and "Svarene blir lagt fram" not in page
    assert "Dagen er passert. Ny dato er ikke satt. Spør utleieren." in page
    assert "Det er ikke satt en dato" not in page


def test_where_no_day_was_ever_set_none_is_said_to_have_passed() -> None:
    undated = tenants.estate(results_on=tenants.estate().closes_on)
    page = stairwell.html(undated, tenants.usual(undated), Loop(made_on=date(2026, 11, 23)), ("nb",))
    assert "Det er ikke satt en dato. Spør utleieren." in page and "passert" not in page


def test_a_notice_of_a_correction_says_what_is_corrected() -> None:
    corrected = Edition(2, date(2025, 11, 1), erratum="Tallene om støy var feil.")
    assert "Dette er rettet: Tallene om støy var feil." in made(loop=Loop(edition=corrected))


def test_two_languages_say_the_same_of_the_same_results() -> None:
    page = made("nb", "ar")
    assert page.count('lang="ar" dir="rtl"') >= 6
    plain = Plain("ar", tenants.estate().questionnaire)
    (good, bad) = points.chosen(plain, tenants.usual().findings, turning=False)
    for point in (*good[:2], bad[0]):
        assert point.short in page and point.theme_text in page
    assert str(plain.say("doc.draft")) in page and "utkast" not in page


@pytest.mark.parametrize("languages", [(), ("nb", "nn", "en"), ("nb", "nb")])
def test_one_language_or_two(languages: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one or two languages"):
        stairwell.html(tenants.estate(), tenants.usual(), Loop(), languages)


def test_where_too_few_answered_it_says_so_and_shows_nothing() -> None:
    few = samples.too_few()
    page = stairwell.html(few, tenants.listed(few, [], "hidden.few"), Loop(), ("nb", "en"))
    assert "Færre enn fem har svart." in page and "Fewer than five have answered." in page
    assert themes(page) == ["Neste skritt"]


@given(st.text(alphabet="abc de ÆØÅ æøå щґ عر ኣብ ", max_size=400), st.floats(10, 100), st.floats(50, 900))
def test_more_words_never_take_fewer_lines(text: str, size: float, width: float) -> None:
    one = measuring.lines(text, size, width)
    assert 1 <= one <= measuring.lines(f"{text} mer", size, width)
