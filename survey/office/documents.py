"""What documents for tenants are made of: the findings of a closed round, and what has come of them.

Imported after `survey.office.opening.open_numbers`, as `survey.office.numbers` is, and where it is needed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from reports.areas.report import area_report, areas_told
from reports.disclosure import PROFILES
from reports.documents import residents, stairwell
from reports.findings.everywhere import Everywhere
from reports.findings.listing import findings_list
from reports.findings.model import FindingsList, Level
from reports.loop import Loop
from reports.results import Results
from survey.campaigns.errors import NoSuchEstateInRound
from survey.database.pool import Database
from survey.loop import telling
from survey.office import numbers

__all__ = [
    "PROFILES",
    "Asked",
    "asked",
    "at_hand",
    "findings_list",
    "loop_of",
    "reckoned",
    "residents",
    "stairwell",
]


@dataclass(frozen=True)
class Asked:
    """One place of a round. `estates`: (id, name) of all that have a document; `areas`: by name."""

    results: Results
    found: FindingsList
    loop: Loop
    campaign_id: UUID
    estates: tuple[tuple[str, str], ...]
    areas: tuple[str, ...]


async def loop_of(database: Database, organisation_id: UUID, round_id: UUID) -> Loop:
    """What has come of the findings of the round so far."""
    async with database.registry(organisation_id) as connection:
        return await telling.loop_of(connection, round_id)


async def reckoned(database: Database, organisation_id: UUID, round_id: UUID) -> Everywhere:
    """All that was found in the round. Raises as `numbers.load_wave`."""
    return await numbers.found(database, organisation_id, round_id)


async def at_hand(database: Database, organisation_id: UUID, round_id: UUID) -> Everywhere | None:
    """As `reckoned`, None where it must be reckoned first."""
    return await numbers.found_at_hand(database, organisation_id, round_id)


async def asked(
    database: Database,
    organisation_id: UUID,
    round_id: UUID,
    every: Everywhere,
    estate_id: str | None,
    area: str | None = None,
) -> Asked:
    """One estate, an area, or all together. Raises NoSuchEstateInRound, AreaNotTold."""
    if area is not None:
        results = await asyncio.to_thread(area_report, every, area)
        return await _asked(database, organisation_id, round_id, every, results, ("area", area))
    if estate_id is not None and estate_id not in every.estates:
        raise NoSuchEstateInRound()
    results = every.whole if estate_id is None else every.estates[estate_id]
    # Of a round with one estate they stand under the landlord, and what came of them hangs on those.
    whole = estate_id is None or len(every.estates) == 1
    place: tuple[Level, str] = ("all", "") if whole else ("estate", estate_id or "")
    return await _asked(database, organisation_id, round_id, every, results, place)


async def _asked(
    database: Database,
    organisation_id: UUID,
    round_id: UUID,
    every: Everywhere,
    results: Results,
    place: tuple[Level, str],
) -> Asked:
    return Asked(
        results=results,
        found=await asyncio.to_thread(findings_list, every, PROFILES["offentlig"], place),
        loop=await loop_of(database, organisation_id, round_id),
        campaign_id=every.campaign_id,
        estates=tuple((id, report.scope) for id, report in every.estates.items()),
        areas=areas_told(every),
    )
