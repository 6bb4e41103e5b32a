"""What invites tenants on paper, laid out as the office does, and measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pymupdf
from pymupdf import Rect

from survey.campaigns.rounds import Round, RoundEstate, WaveOf
from survey.people.roles import Role, Staff
from survey.settings import Settings

MM = 72 / 25.4
"""Points."""
ID, DAY = UUID(int=1), date(2027, 9, 14)
STAFF = Staff(ID, "Kari", Role.OFFICER, ID, "Boligforvaltningen i Eksempelvik kommune", True, b"")
SETTINGS = Settings(None, None, "https://svar.eksempelvik.example", Path())
WAVE = WaveOf(ID, "Bo-undersøkelsen 2027", 1, 12, None)


def round_in(spoken: tuple[str, ...], wave: WaveOf | None = None) -> Round:
    """A draft of a round in these languages."""
    return Round(
        id=ID, name="Bo-undersøkelsen 2027", series="", status="draft", source="invitations",
        languages=spoken, opens_on=DAY, closes_on=DAY, closed_on=None, results_on=DAY, today=DAY,
        clock_back=False, questionnaire_version_id=ID, questionnaire_id="kort", content_hash=b"",
        estates=(RoundEstate(ID, "Havna 1", "Havna", 40, ID, None),), declared_grade=None, declared={},
        archive_years=5, contact_days=30, contacts_due_on=None, answers_due_on=None, answers_deleted_on=None,
        salt=b"", wave=wave,
    )  # fmt: skip


def sizes(page: pymupdf.Page) -> list[tuple[float, Rect]]:
    """Of all that is written on a page, in points, and where it stands."""
    return [(span["size"], Rect(span["bbox"]))
            for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())
            for span in line["spans"] if span["text"].strip()]  # fmt: skip


def paper(page: pymupdf.Page) -> Rect:
    """What every printer prints of a page: all but 8 mm at the edges."""
    return Rect(8 * MM, 8 * MM, page.rect.x1 - 8 * MM, page.rect.y1 - 8 * MM)


def qr_code(page: pymupdf.Page) -> Rect:
    """Where it stands: it is what is drawn of most pieces."""
    return Rect(max(page.get_drawings(), key=lambda drawn: len(drawn["items"]))["rect"])
