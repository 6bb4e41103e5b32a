"""The files of the demonstration: reports, poster, personal links and a data release, in one folder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from forms.catalogue import Translate
from reports.areas.report import area_report, areas_told
from reports.compute import compute
from reports.documents import landlord, residents, stairwell
from survey.campaigns import breakdowns
from survey.campaigns.links import Link
from survey.campaigns.rounds import Round
from survey.campaigns.waves import load_waves
from survey.database.pool import Database
from survey.loop import telling
from survey.office import documents, poster
from survey.office.pages import words
from survey.office.printing import print_pdf
from survey.office.spreadsheets import links_workbook
from survey.people.roles import Staff
from survey.retention import published
from survey.settings import Settings

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "AE", "Ø": "O", "Å": "A"})


@dataclass(frozen=True)
class Document:
    """One document to print. `name` is the file name without its ending."""

    name: str
    title: str
    html: str
    language: str


def file_stem(words: str) -> str:
    """'Fjordgløtt 2025' -> 'fjordglott-2025': a name that every file system takes."""
    plain = words.translate(LETTERS).lower()
    return "-".join("".join(ch if ch.isascii() and ch.isalnum() else " " for ch in plain).split())


async def report_documents(
    database: Database, organisation_id: UUID, round: Round, stem: str, language: str, *, estates: bool
) -> list[Document]:
    """The landlord report on all estates and, when asked for, on each area that has one and on each estate
    that has enough answers."""
    both = await load_waves(database, organisation_id, round.id)
    chosen: list[tuple[str | None, str]] = [(None, "alle-leiegarder")]
    if estates:
        chosen += [(estate.id, file_stem(estate.name)) for estate in both.now.estates]
    made: list[Document] = []
    for estate_id, name in chosen:
        results = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        if results.hidden is None:
            await published.keep(database, both, estate_id, results)
            async with database.registry(organisation_id) as connection:
                came = await telling.of_report(connection, round.id, estate_id)
            made.append(
                Document(
                    f"{stem}-{name}",
                    landlord.title(results, language),
                    landlord.html(results, language, *came),
                    language,
                )
            )
    return made + (await _area_documents(database, organisation_id, round, stem, language) if estates else [])


async def _area_documents(
    database: Database, organisation_id: UUID, round: Round, stem: str, language: str
) -> list[Document]:
    every = await documents.reckoned(database, organisation_id, round.id)
    made = []
    for area in areas_told(every):
        results = await asyncio.to_thread(area_report, every, area)
        async with database.registry(organisation_id) as connection:
            came = await telling.of_report(connection, round.id, None, area)
        html = landlord.html(results, language, *came)
        title = landlord.title(results, language)
        made.append(Document(f"{stem}-omrade-{file_stem(area)}", title, html, language))
    return made


TENANTS_LANGUAGES = ("nb", "en", "ar")


async def tenants_documents(
    database: Database, organisation_id: UUID, round: Round, estate: str, stem: str
) -> list[Document]:
    """For those who live in one estate, by its name: their report in words and in pictures, and the poster
    for their stairwell."""
    every = await documents.reckoned(database, organisation_id, round.id)
    id = next(id for id, report in every.estates.items() if report.scope == estate)
    of = await documents.asked(database, organisation_id, round.id, every, id)
    made = [
        Document(
            f"beboerrapport-{'bilder-' if pictures else ''}{stem}-{language}",
            residents.title(of.results, language),
            residents.html(of.results, of.found, of.loop, language, pictures=pictures),
            language,
        )
        for language, pictures in (*((language, False) for language in TENANTS_LANGUAGES), ("nb", True))
    ]
    poster_html = stairwell.html(of.results, of.found, of.loop, ("nb", "ar"), size="A3")
    return [*made, Document(f"oppslag-{stem}", stairwell.title(of.results, "nb"), poster_html, "nb")]


def poster_document(round: Round, officer: Staff, settings: Settings) -> Document:
    written = poster.html(round, officer, settings)
    return Document("plakat", poster.title(round), written, round.letter_languages[0])


async def print_one(folder: Path, document: Document) -> Path:
    """Print one document. Raises PrintingFailed, and PrinterMissing when Pango is not installed."""
    path = folder / f"{document.name}.pdf"
    path.write_bytes(await print_pdf(document.html, document.title, document.language))
    return path


def write_links(folder: Path, links: list[Link], language: str) -> Path:
    told: Translate = words(language)
    path = folder / "lenker.xlsx"
    path.write_bytes(links_workbook(links, told))
    return path


async def write_release(
    database: Database, organisation_id: UUID, round: Round, folder: Path, language: str
) -> Path:
    both = await load_waves(database, organisation_id, round.id)
    made = await breakdowns.release(database, both.now, language)
    return await asyncio.to_thread(_replace_release, folder, made.file_name, made.content)


def _replace_release(folder: Path, file_name: str, content: bytes) -> Path:
    """Write a release in place of those of an earlier load, whose names differ in the digits of the hash."""
    for old in folder.glob(f"{file_name.rpartition('-')[0]}-*.zip"):
        old.unlink()
    path = folder / file_name
    path.write_bytes(content)
    return path
