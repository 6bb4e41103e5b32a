"""Promises about posters: read from a step away in each language, and each sheet has a code for phones."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest

from forms import languages
from survey.delivery.texts import wording
from survey.office import poster
from tests.printed import MM, SETTINGS, STAFF, paper, qr_code, round_in, sizes

OPEN = "/a/k7q2fa9m3x"
CHOICES = [
    (("nb",), 1),
    (("nb", "en"), 1),
    (("nn", "ar", "ti", "uk"), 1),
    (("nb", "pl", "so", "en"), 1),
    (("nb", "nn", "en", "so", "ti"), 2),
    (("nb", "en", "pl", "ar", "uk", "so", "ti", "se"), 2),
    (languages.SPOKEN, 2),
]


@pytest.mark.parametrize(("spoken", "sheets"), CHOICES)
@pytest.mark.parametrize("path", ["", OPEN])
async def test_a_poster_is_read_from_a_step_away_in_each_language(
    spoken: tuple[str, ...], sheets: int, path: str
) -> None:
    round = round_in(spoken)
    written = await poster.as_pdf(round, STAFF, SETTINGS, open_path=path)
    with pymupdf.open(stream=written) as document:
        assert len(document) == sheets
        assert max(size for size, _ in sizes(document[0])) >= 40
        for page in document:
            assert min(size for size, _ in sizes(page)) >= 15.9, "points"
            assert all(place in paper(page) for _, place in sizes(page)), "no printer cuts it off"
            code = qr_code(page)
            assert code in paper(page) and min(code.width, code.height) >= 59 * MM
            assert not any(place.intersects(code) for _, place in sizes(page))
            assert "svar.eksempelvik.example" in page.get_text()
        whole = ["".join(page.get_text().split()) for page in document]
        for language in round.letter_languages:
            heading = "".join(wording(language)("poster.heading").split())
            if language not in ("ar", "ti"):  # whose letters are drawn as shapes of several
                assert sum(heading in page for page in whole) == 1, language


async def test_long_names_take_another_sheet_and_no_smaller_letters() -> None:
    staff = replace(STAFF, organisation="Kommunalt boligforetak for Eksempelvik, Fjordgløtt og Nordbyen KF")
    url = "https://beboerundersokelser.boligforetaket.eksempelvik.kommune.example"
    settings = replace(SETTINGS, base_url=url)
    written = await poster.as_pdf(round_in(("nb", "so", "en", "nn")), staff, settings, open_path=OPEN)
    with pymupdf.open(stream=written) as document:
        assert len(document) == 2
        for page in document:
            assert min(size for size, _ in sizes(page)) >= 15.9
            assert all(place in paper(page) for _, place in sizes(page))
            assert qr_code(page).width >= 59 * MM and "Kommunalt" in page.get_text()


def test_each_language_stands_on_one_sheet_and_the_first_has_room_for_the_main_one() -> None:
    for count in range(9):
        others = languages.SPOKEN[:count]
        for sheets in range(poster.fewest_sheets(others), max(1, count) + 1):
            shared = poster.shared_out(others, sheets)
            assert [code for sheet in shared for code in sheet] == list(others) and len(shared) == sheets
            assert len(shared[0]) <= poster.MOST_ON_FIRST


async def test_the_poster_of_one_language_fills_its_sheet() -> None:
    written = await poster.as_pdf(round_in(("nb",)), STAFF, SETTINGS)
    with pymupdf.open(stream=written) as document:
        foot = max(place.y1 for _, place in sizes(document[0]))
        assert foot > document[0].rect.height * 0.8
