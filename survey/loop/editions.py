"""Frozen documents of a round: which there are, how far they are made, and what is in them for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal, get_args
from uuid import UUID

from asyncpg import UniqueViolationError

from reports.findings.model import Level
from reports.loop import Edition
from survey.database.pool import Connection
from survey.loop import dossiers
from survey.loop.dossiers import Dossier, queries
from survey.loop.errors import NoSuchEdition, SavedMeanwhile, StillMaking
from survey.people import audit
from survey.people.roles import Staff

DocumentKind = Literal[
    "utleier", "beboer", "bilder", "oppslag", "plangrunnlag", "plangrunnlag_docx", "radssak", "tall"
]
DOCUMENTS: tuple[DocumentKind, ...] = get_args(DocumentKind)
State = Literal["making", "stopped", "ready", "draft"]
LONGEST_WORDS = 500
"""Of an erratum, and of why there was no reading round."""
MOST_FILES = 3_000
"""Of one edition: three documents of 300 estates in three languages."""


@dataclass(frozen=True)
class Format:
    """Of a document's file."""

    ending: str
    media_type: str


OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Format("pdf", "application/pdf")
FORMATS: dict[str, Format] = {
    "plangrunnlag_docx": Format("docx", f"{OFFICE}.wordprocessingml.document"),
    "tall": Format("xlsx", f"{OFFICE}.spreadsheetml.sheet"),
}
"""All others are PDFs."""


def format_of(document: str) -> Format:
    return FORMATS.get(document, PDF)


@dataclass(frozen=True)
class Wanted:
    """A file to be made. `about`: of a planning annex the plan's id, of a council case the council."""

    document: DocumentKind
    language: str
    level: Level
    place: str
    place_name: str
    about: str = ""


@dataclass(frozen=True)
class File:
    """`content_hash`: SHA-256 of its bytes, 32 bytes; None until it is made."""

    number: int
    wanted: Wanted
    content_hash: bytes | None


@dataclass(frozen=True)
class KeptEdition:
    """`files` in all, `made` of them. `fault`: what stopped it, in the printer's words. `automatic`: made by
    nobody when the round was closed; a draft, of version 0, that is never frozen."""

    id: UUID
    version: int
    automatic: bool
    state: State
    wave: str
    reading: str
    erratum: str
    erratum_nn: str
    erratum_en: str
    frozen_on: date
    made_by: str | None
    files: int
    made: int
    fault: str

    @property
    def told(self) -> Edition | None:
        """What its documents say of it; None: that they are drafts."""
        if self.automatic:
            return None
        others = {"nn": self.erratum_nn, "en": self.erratum_en}
        return Edition(self.version, self.frozen_on, self.reading, self.erratum, others)


async def all_of(connection: Connection, campaign_id: UUID) -> list[KeptEdition]:
    """The newest first."""
    return [KeptEdition(**dict(row)) async for row in queries.editions(connection, campaign_id=campaign_id)]


async def versions_of(connection: Connection, campaign_id: UUID) -> list[KeptEdition]:
    """Those that somebody ordered, the newest first."""
    return [one for one in await all_of(connection, campaign_id) if not one.automatic]


async def find(connection: Connection, campaign_id: UUID, id: UUID) -> KeptEdition:
    """Raises NoSuchEdition."""
    for edition in await all_of(connection, campaign_id):
        if edition.id == id:
            return edition
    raise NoSuchEdition()


async def files_of(connection: Connection, edition_id: UUID) -> list[File]:
    rows = queries.edition_files(connection, edition_id=edition_id)
    return [File(row["number"], _wanted(row), row["content_hash"]) async for row in rows]


async def fetch(connection: Connection, edition_id: UUID, number: int) -> tuple[File, bytes]:
    """A file with its bytes. Raises NoSuchEdition, also of one that is not made yet."""
    row = await queries.edition_file(connection, edition_id=edition_id, number=number)
    if row is None:
        raise NoSuchEdition()
    return File(row["number"], _wanted(row), row["content_hash"]), bytes(row["body"])


async def begin(
    connection: Connection,
    staff: Staff,
    campaign_id: UUID,
    wanted: Sequence[Wanted],
    *,
    reading: str,
    erratum: str,
    erratum_nn: str = "",
    erratum_en: str = "",
) -> UUID:
    """Order an edition; its id. `erratum_nn`, `erratum_en`: the same in these languages, '' for none.

    Raises NotBegun, StillMaking while one is not ready."""
    dossier = await dossiers.the(connection, campaign_id)
    before = await versions_of(connection, campaign_id)
    if before and before[0].state != "ready":
        raise StillMaking()
    try:
        id: UUID = await queries.add_edition(
            connection,
            organisation_id=staff.organisation_id,
            campaign_id=campaign_id,
            version=before[0].version + 1 if before else 1,
            wave=dossier.head.wave,
            reading=reading,
            erratum=erratum,
            erratum_nn=erratum_nn,
            erratum_en=erratum_en,
            staff_id=staff.id,
        )
    except UniqueViolationError:  # somebody else ordered one just now
        raise StillMaking() from None
    await _add_files(connection, staff.organisation_id, id, wanted)
    await _record(connection, staff, campaign_id, "ordered", {"files": len(wanted), "erratum": erratum})
    return id


async def begin_draft(
    connection: Connection, organisation_id: UUID, dossier: Dossier, wanted: Sequence[Wanted]
) -> None:
    """By nobody, when a round was closed. Nothing where there is one already, or nothing to be made."""
    id: UUID | None = None
    if 0 < len(wanted) <= MOST_FILES:
        id = await queries.add_draft_edition(
            connection,
            organisation_id=organisation_id,
            campaign_id=dossier.campaign_id,
            wave=dossier.head.wave,
        )
    if id is None:
        return
    await _add_files(connection, organisation_id, id, wanted)
    details = {"files": len(wanted)}
    await audit.record(connection, "edition.drafted", "campaign", dossier.campaign_id, None, details)


async def _add_files(
    connection: Connection, organisation_id: UUID, id: UUID, wanted: Sequence[Wanted]
) -> None:
    await queries.add_edition_files(
        connection,
        organisation_id=organisation_id,
        edition_id=id,
        documents=[one.document for one in wanted],
        languages=[one.language for one in wanted],
        levels=[one.level for one in wanted],
        places=[one.place for one in wanted],
        names=[one.place_name for one in wanted],
        abouts=[one.about for one in wanted],
    )


async def keep(connection: Connection, edition_id: UUID, number: int, body: bytes, web: str | None) -> bool:
    """Keep a file that was made, `web` being the same for a screen; False when the edition was stopped
    meanwhile, or it is there already."""
    kept = await queries.keep_edition_file(
        connection,
        edition_id=edition_id,
        number=number,
        content_hash=sha256(body).digest(),
        body=body,
        web=web,
    )
    return bool(kept)


async def stop(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    """What is made stays, and can be gone on with. Raises SavedMeanwhile when it is ready by now."""
    await _set(connection, id, "making", "stopped")
    await _record(connection, staff, campaign_id, "stopped", {})


async def go_on(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    await _set(connection, id, "stopped", "making")
    await _record(connection, staff, campaign_id, "gone_on", {})


async def throw_away(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID) -> None:
    """One that was stopped, or a draft; its version was never handed out. Raises SavedMeanwhile."""
    if await queries.throw_edition_away(connection, id=id) is None:
        raise SavedMeanwhile()
    await _record(connection, staff, campaign_id, "thrown_away", {})


async def ready(connection: Connection, edition: KeptEdition) -> None:
    """From here on nothing of it changes; a draft can still be thrown away."""
    state = "draft" if edition.automatic else "ready"
    await queries.set_edition(connection, id=edition.id, before="making", state=state, fault="")


async def failed(connection: Connection, id: UUID, fault: str) -> None:
    await queries.set_edition(
        connection, id=id, before="making", state="stopped", fault=fault[:LONGEST_WORDS]
    )


async def _set(connection: Connection, id: UUID, before: State, state: State) -> None:
    if await queries.set_edition(connection, id=id, before=before, state=state, fault="") is None:
        raise SavedMeanwhile()


def _wanted(row: dict[str, str]) -> Wanted:
    return Wanted(
        row["document"],  # type: ignore[arg-type]
        row["language"],
        row["level"],  # type: ignore[arg-type]
        row["place"],
        row["place_name"],
        row["about"],
    )


async def _record(
    connection: Connection, staff: Staff, campaign_id: UUID, step: str, details: dict[str, object]
) -> None:
    await audit.record(connection, f"edition.{step}", "campaign", campaign_id, staff.id, details)
