"""A poster for the stairway: what it is about, until when, and a QR code to the tenants' first page.

The code leads everybody to the same page, where the personal code from the letter is typed. A poster can
therefore be photographed and shared without giving anybody's link away.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
import segno

from survey.campaigns.rounds import Round
from survey.days import long_date
from survey.delivery.texts import wording
from survey.office.pages import to_html, words
from survey.office.printing import print_pdf
from survey.people.roles import Staff
from survey.settings import Settings

MOST_ON_FIRST = 3
"""Further languages below the main one; more get a second sheet."""


def title(round: Round) -> str:
    return words(round.letter_languages[0])("poster.title", name=round.name)


async def as_pdf(round: Round, staff: Staff, settings: Settings, *, open_path: str = "") -> bytes:
    """The poster on as few sheets as hold it: letters are never made smaller. Raises PrinterMissing,
    PrintingFailed."""
    others = round.letter_languages[1:]
    least = fewest_sheets(others)
    written = b""
    for count in range(least, max(least, len(others)) + 1):  # more only where names are uncommonly long
        for roomy in (True, False):
            page = html(round, staff, settings, open_path=open_path, sheets=count, roomy=roomy)
            written = await print_pdf(page, title(round), round.letter_languages[0])
            with pikepdf.open(io.BytesIO(written)) as document:
                if len(document.pages) == count:
                    return written
    return written


def html(
    round: Round,
    staff: Staff,
    settings: Settings,
    *,
    open_path: str = "",
    sheets: int = 0,
    roomy: bool = True,
) -> str:
    """The whole document for print; first language large, the others below. `open_path`: of an open link, for
    those who have no code. `sheets`: how many, 0 for as few as can be thought to do. `roomy`: larger where
    there are few languages on a sheet."""
    url = f"{settings.base_url}{open_path or '/'}"
    address = url.partition("://")[2].rstrip("/")
    others = round.letter_languages[1:]
    return to_html(
        "poster.html",
        round.letter_languages[0],
        title=title(round),
        organisation=staff.organisation,
        fictitious=staff.fictitious,
        said={language: wording(language) for language in round.letter_languages},
        sheets=shared_out(others, sheets or fewest_sheets(others)),
        roomy=roomy,
        dates={language: long_date(round.closes_on, language) for language in round.letter_languages},
        address=address,
        steps=("poster.open.step.1", "poster.open.step.2", "poster.open.step.3")
        if open_path
        else ("poster.step.1", "poster.step.2", "poster.step.3"),
        short="poster.open.short" if open_path else "poster.short",
        help="poster.open.help" if open_path else "poster.help",
        qr=qr_code(url),
    )


def fewest_sheets(others: Sequence[str]) -> int:
    return 1 if len(others) <= MOST_ON_FIRST else 2


def shared_out(others: Sequence[str], sheets: int) -> list[Sequence[str]]:
    """Which of the further languages stand on which sheet: evenly, fewer on the first, which has the main."""
    starts = [min(MOST_ON_FIRST, len(others) // sheets)]
    for left in range(sheets - 1, 0, -1):
        starts.append(starts[-1] + -(-(len(others) - starts[-1]) // left))
    return [others[start:end] for start, end in zip([0, *starts], starts, strict=False)]


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
