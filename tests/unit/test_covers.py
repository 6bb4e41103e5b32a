"""Promises about covers and the landlord's own look: whatever a name is like, and on whatever it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pymupdf
import pytest

from reports.disclosure import PROFILES
from reports.documents import council_case, cover, landlord, matrix_words, pdf, plan_annex, residents
from reports.documents.words import Words
from reports.findings.listing import findings_list
from reports.livery import Livery
from survey.register.logos import reading
from tests.samples import planning
from tests.samples.logos import DRAWN

SPACED = ("Øvre Kirkegårdsbakken borettslag og omsorgsboliger bygg A til F ved elva, " * 3)[:200]
WORD = ("Nordlandsboligforvaltningsselskapseiendomsbyggetilsynsrådet" * 4)[:200]
WORN = Livery("#8c1d40", reading.read(DRAWN, "Logoen til Eksempelvik"))


def _landlord(name: str) -> str:
    named = replace(planning.whole_round().whole, organisation=name, scope=name, campaign=name)
    return landlord.html(named, "nb", planning.loop())


def _annex(name: str) -> str:
    every, plan = planning.whole_round(), replace(planning.PLAN, name=name)
    named = replace(every.whole, organisation=name, scope=name, campaign=name)
    return plan_annex.html(named, every.estates, planning.found(), planning.loop(), plan, "nb")


@pytest.mark.parametrize("made", [_landlord, _annex])
@pytest.mark.parametrize("name", [SPACED, WORD])
def test_a_name_of_two_hundred_letters_stands_whole_on_one_cover_with_nothing_over_it(
    made: Callable[[str], str], name: str
) -> None:
    first = made(name).partition("</section>")[0] + "</section></body></html>"
    (page,) = pymupdf.open(stream=pdf.write(first, "x", "nb"))
    told = "".join(page.get_text().split())
    assert "".join(name.split()) in told and "Utkast" in told
    parts = [pymupdf.Rect(block[:4]) for block in page.get_text("blocks") if block[4].strip()]
    assert all(part in page.rect for part in parts)
    for one, other in combinations(parts, 2):
        assert (one & other).height <= 2 or (one & other).width <= 0, (one, other)


def test_an_ordinary_name_keeps_the_large_title() -> None:
    assert 'style="font-size: 38.1pt"' in _landlord("Eksempelvik kommune")


def test_one_estate_is_set_beside_no_other() -> None:
    whole = planning.whole_round().whole
    words = Words.of(whole.questionnaire, "nb")
    assert len(matrix_words.estate_rows(words, whole)) > 1
    alone = replace(whole, by_estate=whole.by_estate[:1])
    assert matrix_words.estate_rows(words, alone) == ()
    assert 'id="garder"' not in landlord.web(alone, "nb")


def test_documents_on_a_screen_wear_the_landlords_colour_and_logo_and_nothing_without() -> None:
    every, found = planning.whole_round(), planning.found()
    told = findings_list(every, PROFILES["offentlig"])
    for loop in (planning.loop(), replace(planning.loop(), livery=WORN)):
        for page in (
            landlord.web(every.whole, "nb", loop),
            plan_annex.web(every.whole, every.estates, found, loop, planning.PLAN, "nb"),
            council_case.web(every.whole, found, loop, "eldre", "nb"),
            residents.web(every.whole, told, loop, "ar"),
        ):
            assert page.count('fill="#8c1d40"') == (1 if loop.livery else 0)
            assert ("<title>Logoen til Eksempelvik</title>" in page) is (loop.livery is not None)
            assert ' style="' not in page.partition("</header>")[0]  # the console allows none


def test_a_logo_made_for_the_colour_stands_on_it_on_a_screen_too() -> None:
    drawn = cover.band(replace(WORN, plate=False))
    assert drawn.count('fill="#8c1d40"') == 2 and cover.band(Livery("#8c1d40")).count("<svg") == 1


def test_a_case_in_the_landlords_colours_is_still_two_pages() -> None:
    every, loop = planning.whole_round(), replace(planning.loop(), livery=WORN)
    for council in council_case.COUNCILS:
        made = council_case.html(every.whole, planning.found(), loop, council, "nb")
        assert "Logoen til Eksempelvik" in made and "background: #8c1d40" in made
        assert len(pymupdf.open(stream=pdf.write(made, "x", "nb"))) == 2


REPORT = (landlord.STYLESHEET, landlord.PRINT_STYLESHEET)


@pytest.mark.parametrize(
    ("sheets", "body_class"),
    [
        pytest.param(REPORT, "bm-report", id="report"),
        pytest.param(
            (*REPORT, plan_annex.STYLESHEET, plan_annex.PRINT_STYLESHEET), "bm-report bm-plan", id="annex"
        ),
    ],
)
def test_a_caption_never_parts_from_its_table_wherever_on_the_page_it_comes(
    sheets: tuple[Path, ...], body_class: str
) -> None:
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    rows = "".join(f"<tr><th scope='row'>Rad {n}</th><td>{n}</td></tr>" for n in range(7))
    table = (
        "<p>Resten.</p><table class='bm-facts'><caption>Overskriften</caption>"
        f"<tbody>{rows}</tbody></table><h2>Mer</h2><p>Linje.</p>"
    )
    body = "".join(
        f"<section class='bm-chapter' style='break-before: page'>{'<p>Linje.</p>' * before}{table}</section>"
        for before in range(24, 56)
    )
    whole = f"<html lang='nb'><title>x</title><style>{styles}</style><body class='{body_class}'>{body}"
    for page in list(pymupdf.open(stream=pdf.write(whole, "x", "nb"))):
        told = page.get_text()
        assert ("Overskriften" in told) == ("Rad 0" in told)
