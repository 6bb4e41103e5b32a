"""Checked rows become a closed, sealed round: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import aiosql

from forms.answers import Layout
from forms.questionnaire import Questionnaire
from survey.campaigns.rounds import keep_questionnaire
from survey.campaigns.waves import seal_wave
from survey.database.pool import Connection, Database
from survey.database.pool import queries as scope
from survey.people import audit
from survey.register import estates
from survey.responses.errors import Complaint, RoundConflict
from survey.responses.rows import GoodRow

ROWS_A_STATEMENT = 5_000

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class ClosedRound:
    """The round to make. `invited`: dwellings asked by name of the estate, where that is known."""

    name: str
    organisation: str
    questionnaire: Questionnaire
    opens_on: date
    closes_on: date
    results_on: date
    series: str
    invited: Mapping[str, int] = field(default_factory=dict)
    drawn_from: Mapping[str, int] = field(default_factory=dict)
    """Where these were a simple random sample: how many dwellings they were drawn from, more than were
    asked."""
    source: Literal["import", "invitations"] = "import"


@dataclass(frozen=True)
class Stored:
    campaign_id: UUID
    responses: int
    estates: int
    content_hash: str


async def store(
    database: Database, organisation_id: UUID, round: ClosedRound, rows: Sequence[GoodRow]
) -> Stored:
    """Make the round, its missing estates and its answers, then seal the wave.

    Raises RoundConflict when the organisation has a round of this name, when dates are out of order, or when
    an estate cannot be told from its namesake.
    """
    if not round.opens_on <= round.closes_on <= round.results_on:
        raise RoundConflict(Complaint.of("round.dates", opens=round.opens_on, closes=round.results_on))
    async with database.owner() as connection:
        await scope.set_organisation(connection, organisation_id=str(organisation_id))
        await _queries.take_role(connection, role="bostemme_registry")
        version_id = await keep_questionnaire(connection, organisation_id, round.questionnaire)
        places = await _places(connection, organisation_id, round, rows)
        campaign_id = await _add_round(connection, organisation_id, round, version_id, rows, places)
        await _queries.take_role(connection, role="bostemme_answers")
        await _add_responses(connection, organisation_id, campaign_id, version_id, round, rows, places)
    wave = await seal_wave(database, organisation_id, campaign_id)
    return Stored(campaign_id, wave.frame.height, len(set(places.values())), wave.content_hash)


async def _places(
    connection: Connection, organisation_id: UUID, round: ClosedRound, rows: Sequence[GoodRow]
) -> dict[tuple[str, str], UUID]:
    """(estate, area) as the file has them -> estate. Known estates are matched by name, others are made."""
    known = await estates.all_of(connection)
    places: dict[tuple[str, str], UUID] = {}
    for name, area in sorted({(row.estate, row.area) for row in rows}):
        same = [estate for estate in known if estate.name == name and area in ("", estate.area)]
        if len(same) > 1:
            raise RoundConflict(
                Complaint.of("round.estate_unclear", estate=name, organisation=round.organisation)
            )
        places[name, area] = (
            same[0].id
            if same
            # An area is required; where the file knows none, the whole organisation is the area.
            else await estates.add(
                connection, organisation_id, area=area or round.organisation, name=name, dwellings=None
            )
        )
    return places


async def _add_round(
    connection: Connection,
    organisation_id: UUID,
    round: ClosedRound,
    version_id: UUID,
    rows: Sequence[GoodRow],
    places: Mapping[tuple[str, str], UUID],
) -> UUID:
    spoken = {row.language for row in rows}
    campaign_id: UUID | None = await _queries.add_closed_round(
        connection,
        organisation_id=organisation_id,
        name=round.name,
        series=round.series,
        questionnaire_version_id=version_id,
        languages=[language for language in round.questionnaire.languages if language in spoken],
        opens_on=round.opens_on,
        closes_on=round.closes_on,
        results_on=round.results_on,
        source=round.source,
    )
    if campaign_id is None:
        raise RoundConflict(Complaint.of("round.exists", round=round.name, organisation=round.organisation))
    invited = {estate_id: round.invited.get(name) for (name, _), estate_id in places.items()}
    drawn_from = {estate_id: round.drawn_from.get(name) for (name, _), estate_id in places.items()}
    await _queries.add_round_estates(
        connection,
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        estate_ids=list(invited),
        invited=list(invited.values()),
        dwellings=list(drawn_from.values()),
    )
    details = {"responses": len(rows), "estates": len(invited)}
    await audit.record(connection, "campaign.imported", "campaign", campaign_id, None, details)
    return campaign_id


async def _add_responses(
    connection: Connection,
    organisation_id: UUID,
    campaign_id: UUID,
    version_id: UUID,
    round: ClosedRound,
    rows: Sequence[GoodRow],
    places: Mapping[tuple[str, str], UUID],
) -> None:
    layout = Layout.of(round.questionnaire)
    # The order of the file may be the order of a list of tenants; it ends here.
    mixed = list(rows)
    secrets.SystemRandom().shuffle(mixed)
    for start in range(0, len(mixed), ROWS_A_STATEMENT):
        part = mixed[start : start + ROWS_A_STATEMENT]
        await _queries.add_responses(
            connection,
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            questionnaire_version_id=version_id,
            estate_ids=[places[row.estate, row.area] for row in part],
            languages=[row.language for row in part],
            modes=[row.mode for row in part],
            answers=[json.dumps(row.answers, ensure_ascii=False) for row in part],
            codes=[layout.pack(row.answers) for row in part],
        )
