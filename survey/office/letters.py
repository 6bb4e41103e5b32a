"""The letters of a round: a page a home, for an envelope with a window, printed in batches beside the pages.

Links exist in this process's memory while they are printed and nowhere else: what is finished waits in the
database encrypted with a key that only the officer's browser holds, for a day at most. A server that ends
under way loses the letters, not the round: they are made anew, with new links.

Many letters are several files. Each is put away before the next is begun, so that memory does not grow with
the round: what joining `FILE` letters takes is all that this process holds at a time.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
import pikepdf
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from reports.documents.joining import Joined
from survey import logs
from survey.campaigns.links import Link
from survey.campaigns.rounds import Round
from survey.database.pool import Connection, Database
from survey.days import long_date
from survey.delivery import texts
from survey.delivery.errors import NoSuchPrintout
from survey.delivery.texts import Blanks, Text
from survey.office.errors import OfficeError, PrintingFailed
from survey.office.pages import to_html, words
from survey.office.poster import qr_code
from survey.office.printing import print_pdf
from survey.people.roles import Staff
from survey.settings import Settings

BATCH = 25
"""Letters of one order to the printer: some seconds."""
FILE = 20 * BATCH
"""Letters of one file, half as many with a back: a printer's tray, and some 100 MB while they are joined."""
queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")
_under_way: set[asyncio.Task[None]] = set()


class TooLong(PrintingFailed):
    """A text that does not fit on its page."""


@dataclass(frozen=True)
class Layout:
    """`roomy`: larger letters. `both_sides`: what is said in further languages stands on the back."""

    roomy: bool = False
    both_sides: bool = False


LAYOUTS = (Layout(roomy=True), Layout(), Layout(True, True), Layout(False, True))
"""In the order of preference. No text is smaller than 10 points in any."""


@dataclass(frozen=True)
class File:
    """One PDF, with letters from `first_letter` to `last_letter`; both counted from 1. `both_sides`: each
    sheet has a back."""

    number: int
    first_letter: int
    last_letter: int
    both_sides: bool


@dataclass(frozen=True)
class Printout:
    """`fault`: '' while all is well, 'long' when a text does not fit on the page, 'printer' for anything
    else.
    """

    id: UUID
    letters: int
    done: int
    fault: str
    made_at: datetime
    files: tuple[File, ...] = ()

    @property
    def ready(self) -> bool:
        return bool(self.files) and self.files[-1].last_letter == self.letters


async def begin(
    database: Database,
    settings: Settings,
    staff: Staff,
    round: Round,
    links: Sequence[Link],
    key: bytes,
    *,
    slips: bool = False,
) -> UUID:
    """Start printing; the printout's id. `key`: 32 bytes, for the officer's browser alone. `slips`: a second
    sheet a home, to be handed in with a paper form."""
    async with database.registry(staff.organisation_id) as connection:
        own = await texts.own(connection, round.id)
        id: UUID = await queries.add_printout(
            connection,
            organisation_id=staff.organisation_id,
            campaign_id=round.id,
            letters=len(links),
        )
    task = asyncio.create_task(_print_all(database, settings, staff, round, own, links, id, key, slips))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return id


async def find(connection: Connection, round_id: UUID, id: UUID) -> Printout:
    """Raises NoSuchPrintout. Those of yesterday are gone."""
    await queries.drop_old_printouts(connection)
    row = await queries.printout(connection, id=id, campaign_id=round_id)
    if row is None:
        raise NoSuchPrintout()
    files = [File(**dict(file)) async for file in queries.printout_files(connection, id=id)]
    return Printout(**row, files=tuple(files))


async def fetch(connection: Connection, round_id: UUID, id: UUID, number: int, key: bytes) -> bytes:
    """A PDF. Raises NoSuchPrintout, also with another browser's key."""
    locked = await queries.locked_file(connection, id=id, campaign_id=round_id, number=number)
    try:
        return bytes(SecretBox(key).decrypt(locked))
    except (CryptoError, ValueError, TypeError) as error:
        raise NoSuchPrintout() from error


async def drop(connection: Connection, round_id: UUID, id: UUID) -> None:
    await queries.drop_printout(connection, id=id, campaign_id=round_id)


def html(
    settings: Settings,
    staff: Staff,
    round: Round,
    own: Mapping[tuple[str, str], Text],
    links: Sequence[Link],
    slips: bool = False,
    layout: Layout = LAYOUTS[0],
) -> str:
    """One document for print, a sheet a home, or with `slips` two."""
    language = round.letter_languages[0]
    pages = [
        {
            "link": link,
            "qr": qr_code(link.url) if link.url else None,
            "main": _text(staff, round, own, link, language),
            "others": [(code, _text(staff, round, own, link, code)) for code in round.letter_languages[1:]],
        }
        for link in links
    ]
    return to_html(
        "letter.html",
        language,
        title=title(round),
        organisation=staff.organisation,
        fictitious=staff.fictitious,
        pages=pages,
        said={code: texts.wording(code) for code in round.letter_languages},
        closes_on={code: long_date(round.closes_on, code) for code in round.letter_languages},
        address=settings.base_url.partition("://")[2],
        wave=round.wave,
        slips=slips,
        layout=layout,
    )


def title(round: Round) -> str:
    return words(round.letter_languages[0])("letter.title", name=round.name)


async def _print_all(
    database: Database,
    settings: Settings,
    staff: Staff,
    round: Round,
    own: Mapping[tuple[str, str], Text],
    links: Sequence[Link],
    id: UUID,
    key: bytes,
    slips: bool,
) -> None:
    try:
        layout = await fitting(settings, staff, round, own, links, slips)
        most = FILE // 2 if layout.both_sides else FILE
        for number, first in enumerate(range(0, len(links), most), start=1):
            some = links[first : first + most]
            finished = await _print_file(
                database, settings, staff, round, own, some, id, first, slips, layout
            )
            async with database.registry(staff.organisation_id) as connection:
                await queries.keep_file(
                    connection,
                    organisation_id=staff.organisation_id,
                    id=id,
                    number=number,
                    first_letter=first + 1,
                    last_letter=first + len(some),
                    both_sides=layout.both_sides,
                    locked=bytes(SecretBox(key).encrypt(finished)),
                )
    except (OfficeError, pikepdf.PdfError, OSError) as error:
        logs.failed_request(error, "PRINT", "letters")
        async with database.registry(staff.organisation_id) as connection:
            fault = "long" if isinstance(error, TooLong) else "printer"
            await queries.fail_printout(connection, id=id, fault=fault)


async def fitting(
    settings: Settings,
    staff: Staff,
    round: Round,
    own: Mapping[tuple[str, str], Text],
    links: Sequence[Link],
    slips: bool = False,
) -> Layout:
    """The first layout in which all letters fit, tried with those of the longest names of buildings. Raises
    TooLong, PrintingFailed."""
    buildings = {(link.estate, bool(link.code)): link for link in links}
    longest = sorted(buildings.values(), key=lambda link: (-len(link.estate), not link.code))[:BATCH]
    for layout in LAYOUTS:
        if layout.both_sides and len(round.letter_languages) == 1:
            continue
        page = await asyncio.to_thread(html, settings, staff, round, own, longest, slips, layout)
        written = await print_pdf(page, title(round), round.letter_languages[0])
        with pikepdf.open(io.BytesIO(written)) as document:
            if len(document.pages) == _pages(layout, slips) * len(longest):
                return layout
    raise TooLong()


def _pages(layout: Layout, slips: bool) -> int:
    """Of one home."""
    return (2 if slips else 1) * (2 if layout.both_sides else 1)


async def _print_file(
    database: Database,
    settings: Settings,
    staff: Staff,
    round: Round,
    own: Mapping[tuple[str, str], Text],
    links: Sequence[Link],
    id: UUID,
    before: int,
    slips: bool,
    layout: Layout,
) -> bytes:
    """These letters as one PDF. `before`: how many are printed already. Raises TooLong, PrintingFailed,
    pikepdf.PdfError."""
    whole = Joined()
    pages = _pages(layout, slips)
    for start in range(0, len(links), BATCH):
        batch = links[start : start + BATCH]
        written = await print_pdf(
            await asyncio.to_thread(html, settings, staff, round, own, batch, slips, layout),
            title(round),
            round.letter_languages[0],
        )
        if await asyncio.to_thread(whole.add, written) != pages * len(batch):
            raise TooLong()
        async with database.registry(staff.organisation_id) as connection:
            await queries.printed(connection, id=id, done=before + start + len(batch))
    bookmarks = [(_bookmark(round, link), pages * place) for place, link in enumerate(links)]
    return await asyncio.to_thread(whole.write, bookmarks, both_sides=layout.both_sides)


def _bookmark(round: Round, link: Link) -> str:
    """'Havneveien 1-9, bolig 12'."""
    return f"{link.estate}, {words(round.letter_languages[0])('letter.dwelling', n=link.dwelling)}"


def _text(
    staff: Staff, round: Round, own: Mapping[tuple[str, str], Text], link: Link, language: str
) -> dict[str, object]:
    blanks = Blanks(
        organisasjon=staff.organisation,
        runde=round.name,
        leiegard=link.estate,
        lenke="",
        frist=long_date(round.closes_on, language),
        resultater=long_date(round.results_on, language),
    )
    text = texts.fill(texts.chosen(own, "letter", language, round.letter_languages), blanks.within(language))
    return {
        "subject": text.subject,
        "paragraphs": [p for p in text.body.split("\n\n") if p.strip()],
        "short": texts.short_letter(language, round.letter_languages),
    }
