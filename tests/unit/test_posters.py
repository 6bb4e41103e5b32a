"""Promises about posters: read from a step away in each language, and each sheet has a code for phones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pymupdf
import pytest
from pymupdf import Rect

from forms import languages
from survey.campaigns.rounds import Round, RoundEstate
from survey.delivery.texts import wording
from survey.office import poster
from survey.people.roles import Role, Staff
from survey.settings import Settings

MM = 72 / 25.4
ID, DAY = UUID(int=1), date(2027, 9, 14)
STAFF = Staff(ID, "Kari", Role.OFFICER, ID, "Boligforvaltningen i Eksempelvik kommune", True, b"")
SETTINGS = Settings(None, None, "https://svar.eksempelvik.example", Path())
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


def _round(spoken: tuple[str, ...]) -> Round:
    return Round(
        id=ID, name="Bo-undersøkelsen 2027", series="", status="draft", source="invitations",
        languages=spoken, opens_on=DAY, closes_on=DAY, closed_on=None, results_on=DAY, today=DAY,
        clock_back=False, questionnaire_version_id=ID, questionnaire_id="kort", content_hash=b"",
        estates=(RoundEstate(ID, "Havna 1", "Havna", 40, ID, None),), declared_grade=None, declared={},
        archive_years=5, contact_days=30, contacts_due_on=None, answers_due_on=None, answers_deleted_on=None,
        salt=b"", wave=None,
    )  # fmt: skip


def _spans(page: pymupdf.Page) -> list[dict[str, object]]:
    return [span for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())
            for span in line["spans"] if span["text"].strip()]  # fmt: skip


def _code(page: pymupdf.Page) -> Rect:
    """The QR code: what is drawn of most pieces."""
    return Rect(max(page.get_drawings(), key=lambda drawn: len(drawn["items"]))["rect"])


@pytest.mark.parametrize(("spoken", "sheets"), CHOICES)
@pytest.mark.parametrize("path", ["", OPEN])
async def test_a_poster_is_read_from_a_step_away_in_each_language(
    spoken: tuple[str, ...], sheets: int, path: str
) -> None:
    written = await poster.as_pdf(_round(spoken), STAFF, SETTINGS, open_path=path)
    main, *others = _round(spoken).letter_languages
    with pymupdf.open(stream=written) as document:
        assert len(document) == sheets
        assert max(span["size"] for span in _spans(document[0])) >= 40
        for page in document:
            assert min(span["size"] for span in _spans(page)) >= 15.9, "points"
            paper = Rect(24, 24, page.rect.x1 - 24, page.rect.y1 - 24)
            assert all(Rect(span["bbox"]) in paper for span in _spans(page)), "no printer cuts it off"
            code = _code(page)
            assert code in paper and min(code.width, code.height) >= 59 * MM
            assert not any(Rect(span["bbox"]).intersects(code) for span in _spans(page))
            assert "svar.eksempelvik.example" in page.get_text()
        whole = ["".join(page.get_text().split()) for page in document]
        for language in (main, *others):
            heading = "".join(wording(language)("poster.heading").split())
            if language not in ("ar", "ti"):  # whose letters are drawn as shapes of several
                assert sum(heading in page for page in whole) == 1, language


async def test_long_names_take_another_sheet_and_no_smaller_letters() -> None:
    staff = replace(STAFF, organisation="Kommunalt boligforetak for Eksempelvik, Fjordgløtt og Nordbyen KF")
    settings = replace(
        SETTINGS, base_url="https://beboerundersokelser.boligforetaket.eksempelvik.kommune.example"
    )
    written = await poster.as_pdf(_round(("nb", "so", "en", "nn")), staff, settings, open_path=OPEN)
    with pymupdf.open(stream=written) as document:
        assert len(document) == 2
        for page in document:
            assert min(span["size"] for span in _spans(page)) >= 15.9
            assert _code(page).width >= 59 * MM and "Kommunalt" in page.get_text()


def test_each_language_stands_on_one_sheet_and_the_first_has_room_for_the_main_one() -> None:
    for count in range(9):
        others = languages.SPOKEN[:count]
        for sheets in range(poster.fewest_sheets(others), max(1, count) + 1):
            shared = poster.shared_out(others, sheets)
            assert [code for sheet in shared for code in sheet] == list(others) and len(shared) == sheets
            assert len(shared[0]) <= poster.MOST_ON_FIRST


async def test_the_poster_of_one_language_fills_its_sheet() -> None:
    written = await poster.as_pdf(_round(("nb",)), STAFF, SETTINGS)
    with pymupdf.open(stream=written) as document:
        foot = max(span["bbox"][3] for span in _spans(document[0]))
        assert foot > document[0].rect.height * 0.8
