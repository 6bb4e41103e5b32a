"""The findings of a round as they stood when work on them began, kept: replies hang on them for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from reports.findings.model import ASK_FOR_A_REPLY, FindingsList, FoundResult, Level, Place
from survey.database.pool import Connection
from survey.loop.errors import NoSuchFinding, NotBegun, Unanswered
from survey.people import audit
from survey.people.roles import Staff

TELLS = None, "none"
"""Why a place has no findings: it has some, or nothing is sure enough; else it can show nothing."""

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Tally:
    """Of one place. `asking`: findings that ask for a reply, `answered`: how many of these have one."""

    findings: int = 0
    asking: int = 0
    answered: int = 0


@dataclass(frozen=True)
class Dossier:
    """`head`: the list of findings without the findings. `done_on`: the day the office said that all is
    answered and agreed."""

    campaign_id: UUID
    head: FindingsList
    begun_on: date
    done_on: date | None
    tallies: Mapping[tuple[Level, str], Tally]

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(one.place for one in self.head.places)

    @property
    def areas_told(self) -> tuple[str, ...]:
        """By name, those that have documents of their own."""
        return tuple(
            one.place.id for one in self.head.places if one.place.level == "area" and one.reason in TELLS
        )

    @property
    def whole(self) -> Tally:
        own = self.tallies.values()
        return Tally(
            sum(one.findings for one in own), sum(one.asking for one in own), sum(one.answered for one in own)
        )


async def begin(connection: Connection, staff: Staff, found: FindingsList) -> None:
    """Keep the list, once: what is there already stays as it is."""
    await _begin(connection, staff.organisation_id, staff.id, found)


async def begin_by_itself(connection: Connection, organisation_id: UUID, found: FindingsList) -> None:
    """As `begin`, when a round was closed and its documents are made by nobody."""
    await _begin(connection, organisation_id, None, found)


async def _begin(
    connection: Connection, organisation_id: UUID, staff_id: UUID | None, found: FindingsList
) -> None:
    head = found.model_copy(update={"findings": ()}).model_dump_json()
    mine = await queries.begin_dossier(
        connection, organisation_id=organisation_id, campaign_id=found.campaign_id, head=head
    )
    if not mine:
        return
    await queries.add_findings(
        connection,
        organisation_id=organisation_id,
        campaign_id=found.campaign_id,
        ids=[one.id for one in found.findings],
        documents=[one.model_dump_json() for one in found.findings],
    )
    details = {"findings": len(found.findings), "wave": found.wave}
    await audit.record(connection, "loop.begun", "campaign", found.campaign_id, staff_id, details)


async def find(connection: Connection, campaign_id: UUID) -> Dossier | None:
    """None as long as nobody has begun."""
    row = await queries.dossier(connection, campaign_id=campaign_id)
    if row is None:
        return None
    tallies = {
        (one["level"], one["place"]): Tally(one["findings"], one["asking"], one["answered"])
        async for one in queries.tally(connection, campaign_id=campaign_id, variants=sorted(ASK_FOR_A_REPLY))
    }
    head = FindingsList.model_validate_json(row["head"])
    return Dossier(campaign_id, head, row["begun_on"], row["done_on"], tallies)


async def the(connection: Connection, campaign_id: UUID) -> Dossier:
    """Raises NotBegun."""
    if (found := await find(connection, campaign_id)) is None:
        raise NotBegun()
    return found


async def whole_list(connection: Connection, campaign_id: UUID) -> FindingsList | None:
    """The list with all its findings; None as long as nobody has begun."""
    if (row := await queries.dossier(connection, campaign_id=campaign_id)) is None:
        return None
    kept = [
        json.loads(one["document"]) async for one in queries.findings(connection, campaign_id=campaign_id)
    ]
    return FindingsList.model_validate({**json.loads(row["head"]), "findings": kept})


async def of_place(connection: Connection, campaign_id: UUID, level: Level, place: str) -> list[FoundResult]:
    """In the order of the list; none of a place that is not there."""
    rows = queries.findings_of_place(connection, campaign_id=campaign_id, level=level, place=place)
    return [FoundResult.model_validate_json(row["document"]) async for row in rows]


async def some(connection: Connection, campaign_id: UUID, ids: Iterable[str]) -> list[FoundResult]:
    """Those with these ids, in the order of the list; ids that it does not have are none."""
    rows = queries.findings_by_id(connection, campaign_id=campaign_id, ids=list(ids))
    return [FoundResult.model_validate_json(row["document"]) async for row in rows]


async def finding(connection: Connection, campaign_id: UUID, id: str) -> FoundResult:
    """Raises NoSuchFinding."""
    document = await queries.finding(connection, campaign_id=campaign_id, id=id)
    if document is None:
        raise NoSuchFinding()
    return FoundResult.model_validate_json(document)


async def alike(connection: Connection, campaign_id: UUID, id: str) -> list[FoundResult]:
    """What is found of the same question in other places of the round, and says the same."""
    rows = queries.alike(connection, campaign_id=campaign_id, id=id)
    return [FoundResult.model_validate_json(row["document"]) async for row in rows]


async def finish(connection: Connection, staff: Staff, campaign_id: UUID) -> None:
    """Say that all is answered and agreed. Raises NotBegun, and Unanswered while a finding that asks for a
    reply has none: a survey that nobody answers is no participation (004:1125-1133)."""
    whole = (await the(connection, campaign_id)).whole
    if whole.answered < whole.asking:
        raise Unanswered(n=whole.asking - whole.answered)
    await queries.finish(connection, campaign_id=campaign_id)
    await audit.record(connection, "loop.finished", "campaign", campaign_id, staff.id, {})


async def take_up_again(connection: Connection, staff: Staff, campaign_id: UUID) -> None:
    await the(connection, campaign_id)
    await queries.take_up_again(connection, campaign_id=campaign_id)
    await audit.record(connection, "loop.taken_up", "campaign", campaign_id, staff.id, {})
