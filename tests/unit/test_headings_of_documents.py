"""Who goes from heading to heading meets none without words, and no step left out, in any document."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reports.documents import council_case, landlord, pdf, plan_annex, residents, stairwell
from tests.headings import headings
from tests.samples import areas, planning, tenants


def _document(kind: str, language: str) -> str:
    own, found = tenants.estate(), tenants.usual()
    every, listed = planning.whole_round(), planning.found()
    match kind:
        case "landlord":
            return landlord.html(every.whole, language, planning.loop(), listed.findings)
        case "area":
            return landlord.html(areas.results(areas.LARGE), language)
        case "residents" | "pictures":
            loop = tenants.loop(found)
            return residents.html(own, found, loop, language, pictures=kind == "pictures")
        case "notice":
            return stairwell.html(own, found, tenants.loop(found), (language,))
        case "annex":
            return plan_annex.html(
                every.whole, every.estates, listed, planning.loop(), planning.PLAN, language
            )
    return council_case.html(every.whole, listed, planning.loop(), "eldre", language)


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        ("landlord", "nb"),
        ("area", "en"),
        ("residents", "ar"),
        ("pictures", "ti"),
        ("notice", "nb"),
        ("annex", "nn"),
        ("case", "en"),
    ],
)
def test_every_heading_has_words_and_none_is_two_steps_below_the_one_before(kind: str, language: str) -> None:
    told = headings(pdf.write(_document(kind, language), "x", language))
    assert told and all(words for _, words in told), told
    levels = [int(name[2]) for name, _ in told]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_a_heading_without_words_is_found() -> None:
    made = '<html lang="nb"><title>x</title><h1>Med ord</h1><h2><span></span></h2><p>Og mer</p></html>'
    assert headings(pdf.write(made, "x", "nb")) == [("/H1", True), ("/H2", False)]
