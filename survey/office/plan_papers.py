"""What documents for planners and councils are made of: all reports of a round, its findings as they were
kept, and what came of them.

Imported, as `survey.office.numbers` is, in the functions that need it, after `open_numbers`: see there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from uuid import UUID

from reports.areas.narrowed import of_area
from reports.documents import council_case, figures_book, plan_annex, plan_docx
from reports.findings.everywhere import Everywhere
from reports.findings.model import FindingsList
from reports.loop import Loop, PlanInReport
from reports.results import Results
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted
from survey.campaigns.waves import place_ids
from survey.database.pool import Database
from survey.loop import dossiers, plans, telling
from survey.loop.errors import NotBegun
from survey.office import numbers, reckoning
from survey.office.pages import AnyRequest
from survey.office.reckoning import Key
from survey.retention import published

__all__ = [
    "Material",
    "council_case",
    "figures_book",
    "material",
    "narrowed",
    "plan_annex",
    "plan_docx",
    "plan_of",
]


@dataclass(frozen=True)
class Material:
    """`estates`: by id, in the order of the round."""

    whole: Results
    estates: Mapping[str, Results]
    found: FindingsList
    loop: Loop

    def identity(self, *more: object) -> str:
        """Of what came of the findings: documents that are asked for again are made anew when it has
        changed. The figures are those of a sealed wave."""
        return sha256(repr((self.loop, len(self.found.findings), more)).encode()).hexdigest()


async def material(
    request: AnyRequest,
    database: Database,
    organisation_id: UUID,
    round_id: UUID,
    *,
    unbegun: bool = False,
) -> Material:
    """Reckoned on where that takes a while (StillReckoning). Raises as `load_waves`, NotBegun as long as
    nobody has begun the work on the findings, and AnswersDeleted where they were deleted before the report on
    all was ever asked for.

    `unbegun`: where nobody has begun, with the findings as they would be kept."""
    whole, estates, every = await _reports(request, database, organisation_id, round_id)
    async with database.registry(organisation_id) as connection:
        found = await dossiers.whole_list(connection, round_id)
        loop = await telling.loop_of(connection, round_id)
    if found is None:
        if every is None or not unbegun:
            raise NotBegun()
        found = await numbers.findings_of(every)
    return Material(whole, estates, found, loop)


async def narrowed(
    database: Database, organisation_id: UUID, round_id: UUID, of: Material, area: str
) -> Material:
    """What the annex on an area is made of. Raises AreaNotTold."""
    report = (await numbers.area_report_on(database, organisation_id, round_id, area)).results
    estates = {place.estate_id: of.estates[place.estate_id] for place in report.coverage}
    return Material(report, estates, *of_area(report, of.found, of.loop))


async def _reports(
    request: AnyRequest, database: Database, organisation_id: UUID, round_id: UUID
) -> tuple[Results, Mapping[str, Results], Everywhere | None]:
    """None for the last where the answers are deleted: what is left are the reports."""
    asked = database, organisation_id, round_id
    try:
        every = await reckoning.of(request).get(
            database,
            Key(organisation_id, "findings", round_id),
            partial(numbers.found, *asked),
            partial(numbers.found_at_hand, *asked),
        )
    except AnswersDeleted:
        kept = await published.kept(*asked)
        if published.ALL not in kept:
            raise
        async with database.registry(organisation_id) as connection:
            round = await rounds.find(connection, round_id)
        estates = {id: kept[id] for id in place_ids(round, organisation_id) if id in kept}
        return kept[published.ALL], estates, None
    return every.whole, every.estates, every


async def plan_of(database: Database, organisation_id: UUID, plan_id: UUID) -> PlanInReport:
    """Raises NoSuchPlan."""
    async with database.registry(organisation_id) as connection:
        return plans.in_report(await plans.find(connection, plan_id))
