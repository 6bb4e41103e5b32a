"""A poster for the stairway: what it is about, until when, and a QR code to the tenants' first page.

The code leads everybody to the same page, where the personal code from the letter is typed. A poster can
therefore be photographed and shared without giving anybody's link away.
"""

from __future__ import annotations

from dataclasses import dataclass

import segno

from survey.campaigns.rounds import Round
from survey.days import long_date
from survey.delivery.texts import MOST_IN_FULL, wording
from survey.office.pages import to_html, words
from survey.people.roles import Staff
from survey.settings import Settings


def title(round: Round) -> str:
    return words(round.letter_languages[0])("poster.title", name=round.name)


def html(round: Round, staff: Staff, settings: Settings, *, open_path: str = "") -> str:
    """The whole document for print; first language large, the others below. `open_path`: of an open link, for
    those who have no code."""
    url = f"{settings.base_url}{open_path or '/'}"
    address = url.partition("://")[2].rstrip("/")
    return to_html(
        "poster.html",
        round.letter_languages[0],
        title=title(round),
        round=round,
        organisation=staff.organisation,
        fictitious=staff.fictitious,
        said={language: wording(language) for language in round.letter_languages},
        many=len(round.letter_languages) > MOST_IN_FULL,
        dates={language: long_date(round.closes_on, language) for language in round.letter_languages},
        address=address,
        steps=("poster.open.step.1", "poster.open.step.2", "poster.open.step.3")
        if open_path
        else ("poster.step.1", "poster.step.2", "poster.step.3"),
        short="poster.open.short" if open_path else "poster.short",
        help="poster.open.help" if open_path else "poster.help",
        qr=qr_code(url),
    )


@dataclass(frozen=True)
class Code:
    """A QR code as one SVG path, a unit a module."""

    size: int
    path: str


def qr_code(url: str) -> Code:
    """Level M: readable with 15 % of it soiled."""
    rows = [list(row) for row in segno.make(url, error="m").matrix]
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Code(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
