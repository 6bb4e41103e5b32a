"""Frozen documents sent to people by name: a link of their own, for a time, that can be taken back.

The link is a secret of 100 random bits and lies nowhere: the database has a keyed hash of it. Where a code is
asked for as well, what it makes together with the link opens the page, and the database has a hash of that.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b, sha256
from typing import Literal
from uuid import UUID, uuid5

from survey.ballots import tokens
from survey.database.pool import Connection
from survey.loop.corrections import Erratum, erratum_of
from survey.loop.dossiers import queries
from survey.loop.errors import SavedMeanwhile
from survey.people import audit
from survey.people.roles import Staff

DAYS = (7, 30, 90, 365)
SUGGESTED_DAYS = 90
LONGEST_NAME = 120
CODE_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""Said over a telephone: none that is taken for another."""
CODE_LENGTH = 8
"""39 bits, for whoever has the link and no code; the page lets through some thousand tries an hour."""

LetterState = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True)
class Link:
    """What is told once. `code`: 'ab3d-9fgh', or '' where none is asked for."""

    id: UUID
    recipient: str
    token: str
    code: str
    expires_on: date

    @property
    def path(self) -> str:
        return f"/delt/{self.token}"


@dataclass(frozen=True)
class Share:
    """A link as the office sees it. `letter`: of its e-mail; None where the link was copied."""

    id: UUID
    recipient: str
    language: str
    files: int
    with_code: bool
    made_on: date
    made_by: str | None
    expires_on: date
    revoked_on: date | None
    opened: int
    opened_on: date | None
    today: date
    letter: LetterState | None

    @property
    def open(self) -> bool:
        return self.revoked_on is None and self.today <= self.expires_on


@dataclass(frozen=True)
class Door:
    """Before the code is typed."""

    organisation: str
    fictitious: bool
    language: str
    with_code: bool


@dataclass(frozen=True)
class SharedFile:
    """`about`: of a council case, which council. `bytes`: how many it has. `content_hash`: its SHA-256."""

    number: int
    document: str
    language: str
    about: str
    place_name: str
    content_hash: bytes
    bytes: int


@dataclass(frozen=True)
class Correction:
    version: int
    frozen_on: date
    erratum: Erratum


@dataclass(frozen=True)
class Shared:
    """What a link opens. `newer`: versions that came after it, the newest first."""

    campaign_name: str
    recipient: str
    version: int
    frozen_on: date
    wave: str
    reading: str
    erratum: Erratum
    expires_on: date
    files: tuple[SharedFile, ...]
    newer: tuple[Correction, ...]


@dataclass(frozen=True)
class Key:
    """What the database is asked with. `proof`: what link and code make together, b'' without a code."""

    hash: bytes
    proof: bytes = b""


def key(secret_key: bytes, token: str, proof: bytes = b"") -> Key:
    """Of anything that stands where a link's secret stands."""
    written = token.encode(errors="replace")[:200]
    return Key(blake2b(written, key=secret_key, person=b"bostemme-share", digest_size=32).digest(), proof)


def proof_of(secret_key: bytes, token: str, written: str) -> bytes:
    """32 bytes of a code as somebody types it: capitals, spaces and hyphens are forgiven."""
    code = "".join(sign for sign in written[:100].lower() if sign.isalnum())
    both = f"{token} {code}".encode(errors="replace")
    return blake2b(both, key=secret_key, person=b"bostemme-code", digest_size=32).digest()


async def share(
    connection: Connection,
    staff: Staff,
    secret_key: bytes,
    campaign_id: UUID,
    edition_id: UUID,
    recipient: str,
    *,
    form: UUID,
    number: int,
    numbers: Sequence[int],
    language: str,
    days: int,
    with_code: bool,
    by_mail: bool,
) -> Link:
    """A link for one recipient to these files. `form` and `number`: of the form that asked for it, so that
    one that is sent twice makes each link once. Raises SavedMeanwhile for the second, and of an edition that
    is not ready.
    """
    token = tokens.new_token()
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)) if with_code else ""
    id = uuid5(form, f"{staff.organisation_id} {number}")
    expires_on: date | None = await queries.add_share(
        connection,
        organisation_id=staff.organisation_id,
        id=id,
        edition_id=edition_id,
        recipient=recipient,
        language=language,
        numbers=list(numbers),
        token_hash=key(secret_key, token).hash,
        code_hash=sha256(proof_of(secret_key, token, code)).digest() if code else None,
        staff_id=staff.id,
        days=days,
    )
    if expires_on is None:
        raise SavedMeanwhile()
    details = {
        "recipient": recipient,
        "files": len(numbers),
        "until": expires_on.isoformat(),
        "code": with_code,
        "mail": by_mail,
    }
    await audit.record(connection, "edition.shared", "campaign", campaign_id, staff.id, details)
    told = f"{code[:4]}-{code[4:]}" if code else ""
    return Link(id, recipient, token, told, expires_on)


async def all_of(connection: Connection, edition_id: UUID) -> list[Share]:
    """The newest first."""
    return [Share(**dict(row)) async for row in queries.shares_of(connection, edition_id=edition_id)]


async def revoke(connection: Connection, staff: Staff, campaign_id: UUID, edition_id: UUID, id: UUID) -> None:
    """The link opens nothing from now on; a message that waits is not sent. Raises SavedMeanwhile when it was
    revoked before, or there is none."""
    recipient = await queries.revoke_share(connection, edition_id=edition_id, id=id)
    if recipient is None:
        raise SavedMeanwhile()
    await queries.drop_waiting_letter(connection, share_id=id)
    details = {"recipient": recipient}
    await audit.record(connection, "edition.share_revoked", "campaign", campaign_id, staff.id, details)


async def door(connection: Connection, key: Key) -> Door | None:
    """For the role of tenants' pages, as are those below. None of a link that is unknown, over or revoked."""
    row = await queries.shared(connection, hash=key.hash)
    return (
        Door(row["organisation_name"], row["fictitious"], row["language"], row["with_code"]) if row else None
    )


async def read(connection: Connection, key: Key) -> Shared | None:
    """None where the code is not the link's, too."""
    row = await queries.shared_edition(connection, hash=key.hash, code=key.proof)
    if row is None:
        return None
    files = [
        SharedFile(**dict(one))
        async for one in queries.shared_files(connection, hash=key.hash, code=key.proof)
    ]
    newer = [
        Correction(erratum=erratum_of(own := dict(one)), **own)
        async for one in queries.shared_newer(connection, hash=key.hash, code=key.proof)
    ]
    own = dict(row)
    return Shared(erratum=erratum_of(own), **own, files=tuple(files), newer=tuple(newer))


async def fetch(connection: Connection, key: Key, number: int) -> tuple[str, str, int, bytes] | None:
    """(document, language, version, bytes); None of a file that is not among those of the link."""
    row = await queries.shared_file(connection, hash=key.hash, code=key.proof, number=number)
    return (row["document"], row["language"], row["version"], bytes(row["body"])) if row else None


async def note_opened(connection: Connection, key: Key) -> None:
    """One visit more, today."""
    await queries.note_shared_opened(connection, hash=key.hash, code=key.proof)
