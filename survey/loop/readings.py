"""The reading round: tenants say of each finding whether it stands, before the report is final.

Nothing is kept of who reads, and no two remarks are tied together: with everything that is sent all remarks
of the round are written anew in an order drawn by lot. A remark may name somebody, so that none stands in a
document before the office lets it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from forms.answers import clean_text
from reports.findings.model import FindingsList, FoundResult, Level, Place
from reports.loop import Heard
from survey.database.pool import Connection
from survey.loop import dossiers
from survey.loop.dossiers import queries
from survey.loop.errors import NoSuchFinding
from survey.people import audit
from survey.people.roles import Staff

Outcome = Literal["kept", "closed", "full"]
Verdict = Literal["stands", "does_not", "lacks"]
VERDICTS: tuple[Verdict, ...] = ("stands", "does_not", "lacks")
LONGEST_REMARK = 500
MOST_DAYS = 90
"""How long a link may be open."""
SUGGESTED_DAYS = 14
KEPT_DAYS = 180
"""So many days after the last day remarks that stand in no document are deleted (`retention`)."""
MOST_OF_ONE = 500
"""What is said of one finding, at most (`ballots.remark_findings`)."""
FEWEST_TOLD = 5
"""Counts of a finding that fewer have spoken of are told nobody."""
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_SLUG = re.compile(r"[0-9a-z]{16}")


@dataclass(frozen=True)
class Link:
    """`told`: so many times somebody has sent what they think, down to the nearest five. `enough`: what waits
    is told when the round is over. `crowded`: of some finding more came than is kept (`MOST_OF_ONE`)."""

    slug: str
    active: bool
    ends_on: date
    open: bool
    told: int
    enough: bool
    crowded: bool

    @property
    def forgotten_on(self) -> date:
        """When remarks that stand in no document are deleted, if the last day stays where it is."""
        return self.ends_on + timedelta(days=KEPT_DAYS)

    @property
    def path(self) -> str:
        return f"/leserunde/{self.slug}"


@dataclass(frozen=True)
class Remark:
    id: UUID
    finding_id: str
    verdict: Verdict | None
    text: str
    shown: bool


@dataclass(frozen=True)
class Reading:
    """What a link shows. `places` None: it is closed."""

    slug: str
    organisation: str
    fictitious: bool
    campaign: str
    places: tuple[Place, ...] | None


@dataclass(frozen=True)
class Shown:
    """A finding as a link shows it. `plain`: by language, what is read first; none where the residents'
    report has no words for it."""

    found: FoundResult
    plain: Mapping[str, Plainly]

    @property
    def id(self) -> str:
        return self.found.id


@dataclass(frozen=True)
class Plainly:
    """`theme`: what it is about, a word or two. `notes`: whom it is about, where that is not everybody."""

    theme: str
    sentence: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    finding_id: str
    verdict: str
    text: str

    @property
    def empty(self) -> bool:
        return not self.text and not self.verdict


async def link(connection: Connection, campaign_id: UUID) -> Link | None:
    """None when none was ever made."""
    row = await queries.reading(connection, campaign_id=campaign_id)
    return Link(**dict(row)) if row else None


async def last_days(connection: Connection) -> tuple[date, date, date]:
    """Today, the last day that is suggested for a link, and the latest there can be."""
    today: date = await queries.reading_day(connection)
    return today, today + timedelta(days=SUGGESTED_DAYS), today + timedelta(days=MOST_DAYS)


async def show_until(connection: Connection, staff: Staff, campaign_id: UUID, ends_on: date) -> None:
    """Make the link, or move its last day; one that was switched off gets another address, one whose last day
    has passed keeps the one that hangs on the walls. Raises NotBegun."""
    await dossiers.the(connection, campaign_id)
    slug = "".join(secrets.choice(_LETTERS) for _ in range(16))
    await queries.put_reading(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        slug=slug,
        ends_on=ends_on,
    )
    await _record(connection, staff, campaign_id, "shown", {"ends_on": ends_on.isoformat()})


async def stop(connection: Connection, staff: Staff, campaign_id: UUID) -> None:
    """The link opens nothing any more; what was said stays."""
    await queries.stop_reading(connection, campaign_id=campaign_id)
    await _record(connection, staff, campaign_id, "stopped", {})


async def remarks(connection: Connection, campaign_id: UUID) -> list[Remark]:
    """What is told: nothing of a round that is open, nor of one to which fewer than five have sent."""
    return [
        Remark(row["id"], row["finding_id"], row["verdict"], row["remark"] or "", row["shown"])
        async for row in queries.remarks(connection, campaign_id=campaign_id)
    ]


async def let_stand(connection: Connection, staff: Staff, campaign_id: UUID, id: UUID, shown: bool) -> None:
    """Whether a remark stands in the documents. Raises NoSuchFinding when it is not there."""
    await queries.hold_reading(connection, campaign_id=campaign_id)
    if await queries.show_remark(connection, campaign_id=campaign_id, id=id, shown=shown) is None:
        raise NoSuchFinding()
    await _record(connection, staff, campaign_id, "remark_shown" if shown else "remark_hidden", {})


async def heard(connection: Connection, campaign_id: UUID) -> dict[str, Heard]:
    """By finding, as documents print it."""
    by_finding: dict[str, list[Remark]] = {}
    for one in await remarks(connection, campaign_id):
        by_finding.setdefault(one.finding_id, []).append(one)
    return {finding: _heard(said) for finding, said in by_finding.items()}


def _heard(said: Sequence[Remark]) -> Heard:
    remarks = tuple(one.text for one in said if one.shown and one.text)
    verdicts = [one.verdict for one in said if one.verdict]
    if len(verdicts) < FEWEST_TOLD:
        return Heard(0, 0, 0, remarks, few=bool(verdicts))
    stands, does_not, lacks = (verdicts.count(one) for one in VERDICTS)
    return Heard(stands, does_not, lacks, remarks)


async def read(connection: Connection, written: str) -> Reading | None:
    """What a link shows; None when there is no such link. For the role of tenants' pages."""
    slug = written.lower()
    row = await queries.read_findings(connection, slug=slug) if _SLUG.fullmatch(slug) else None
    if row is None:
        return None
    head = FindingsList.model_validate_json(row["head"]) if row["head"] else None
    places = tuple(one.place for one in head.places if one.findings) if head else None
    return Reading(slug, row["organisation_name"], row["fictitious"], row["campaign_name"], places)


async def findings(connection: Connection, slug: str, level: Level, place: str) -> list[Shown]:
    """For the role of tenants' pages; none when the link is closed."""
    rows = queries.findings_to_read(connection, slug=slug, level=level, place=place)
    return [
        Shown(FoundResult.model_validate_json(row["document"]), _plain(row["plain"])) async for row in rows
    ]


def _plain(kept: str | None) -> dict[str, Plainly]:
    return {
        language: Plainly(said["theme"], said["sentence"], tuple(said["notes"]))
        for language, said in json.loads(kept or "{}").items()
    }


def said(finding_id: str, verdict: str, text: str) -> Said:
    return Said(finding_id, verdict if verdict in VERDICTS else "", clean_text(text))


async def keep(connection: Connection, slug: str, sent: Sequence[Said]) -> Outcome:
    """Write down what was sent at once, of findings of one place. 'closed': nothing, the link has closed
    meanwhile. 'full': nothing of a finding of which `MOST_OF_ONE` have spoken; the others are kept."""
    outcome: Outcome = await queries.remark_findings(
        connection,
        slug=slug,
        findings=[one.finding_id for one in sent],
        verdicts=[one.verdict or None for one in sent],
        remarks=[one.text or None for one in sent],
    )
    return outcome


async def _record(
    connection: Connection, staff: Staff, campaign_id: UUID, step: str, details: dict[str, object]
) -> None:
    await audit.record(connection, f"reading.{step}", "campaign", campaign_id, staff.id, details)
