"""The page of each house: an address that stays, and what is published there for whoever lives in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from survey.database.pool import Connection
from survey.loop.corrections import Erratum, erratum_of
from survey.loop.dossiers import queries
from survey.loop.errors import SavedMeanwhile
from survey.people import audit
from survey.people.roles import Staff

_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_SLUG = re.compile(r"[0-9a-z]{16}")


@dataclass(frozen=True)
class Published:
    """One document. `newest`: of its round; an older version stays and says so. `wrong`: what later versions
    said was wrong in it, also those that were withdrawn again."""

    edition_id: UUID
    number: int
    document: str
    language: str
    campaign_id: UUID
    campaign_name: str
    version: int
    frozen_on: date
    erratum: Erratum
    newest: bool
    wrong: Sequence[Erratum]

    @property
    def stands(self) -> bool:
        """Whether nobody has said anything newer, or that it is wrong."""
        return self.newest and not self.wrong


@dataclass(frozen=True)
class House:
    slug: str
    organisation: str
    fictitious: bool
    name: str
    files: tuple[Published, ...]
    """The newest round and version first."""

    @property
    def path(self) -> str:
        return f"/hus/{self.slug}"


async def give_pages(connection: Connection, staff: Staff, estates: Sequence[str]) -> None:
    """Estates that have no page yet get one, with an address that nobody can guess."""
    own = sorted(set(estates))
    slugs = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in own]
    ids = [UUID(one) for one in own]
    await queries.give_pages(connection, organisation_id=staff.organisation_id, estates=ids, slugs=slugs)


async def addresses(connection: Connection, base_url: str) -> dict[str, str]:
    """Of the pages there are, by estate."""
    rows = queries.pages_of_houses(connection)
    return {str(row["estate_id"]): f"{base_url}/hus/{row['slug']}" async for row in rows}


async def publish(connection: Connection, staff: Staff, campaign_id: UUID, edition_id: UUID) -> None:
    """Put an edition on the pages of its houses. Raises SavedMeanwhile when it is not ready."""
    if not await queries.publish(connection, organisation_id=staff.organisation_id, edition_id=edition_id):
        raise SavedMeanwhile()
    await audit.record(connection, "edition.published", "campaign", campaign_id, staff.id, {})


async def withdraw(connection: Connection, staff: Staff, campaign_id: UUID, edition_id: UUID) -> None:
    """Raises SavedMeanwhile when it is not published."""
    if not await queries.withdraw_publication(connection, edition_id=edition_id):
        raise SavedMeanwhile()
    await audit.record(connection, "edition.withdrawn", "campaign", campaign_id, staff.id, {})


async def published_on(connection: Connection, edition_id: UUID) -> date | None:
    row = await queries.publication(connection, edition_id=edition_id)
    return row["published_on"] if row and not row["withdrawn"] else None


async def read(connection: Connection, written: str) -> House | None:
    """For the role of tenants' pages; None when there is no such page."""
    slug = written.lower()
    row = await queries.house(connection, slug=slug) if _SLUG.fullmatch(slug) else None
    if row is None:
        return None
    files = tuple([_published(dict(one)) async for one in queries.house_files(connection, slug=slug)])
    return House(slug, row["organisation_name"], row["fictitious"], row["estate_name"], files)


def _published(row: dict[str, Any]) -> Published:
    wrong = zip(row.pop("wrong"), row.pop("wrong_nn"), row.pop("wrong_en"), strict=True)
    later = tuple(Erratum(first, {"nn": nn, "en": en}) for first, nn, en in wrong)
    return Published(erratum=erratum_of(row), wrong=later, **row)


async def fetch(
    connection: Connection, slug: str, edition_id: UUID, number: int
) -> tuple[bytes, str | None] | None:
    """A published PDF, and the same for a screen; None of one that is not (any more)."""
    row = await queries.house_file(connection, slug=slug, edition_id=edition_id, number=number)
    return (bytes(row["body"]), row["web"]) if row else None
