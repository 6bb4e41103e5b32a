"""The answers of a closed round, for reports and releases. The only way from a round to its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from reports import waves
from reports.waves import Wave, WaveInfo
from survey.campaigns import rounds
from survey.campaigns.errors import NoSuchRound, ResultsNotReady
from survey.campaigns.rounds import Round
from survey.database.pool import Connection, Database
from survey.register import organisations


@dataclass(frozen=True)
class Waves:
    """A closed round and the one before it in the same series, if there is one."""

    now: Wave
    before: Wave | None


async def load_wave(database: Database, organisation_id: UUID, campaign_id: UUID) -> Wave:
    """The sealed wave of a closed round; a round closed but not yet sealed is sealed now.

    Raises NoSuchRound, ResultsNotReady while the round is not closed: a report that follows an open round
    from day to day would show single answers arriving.
    """
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, campaign_id)
        if round.status != "closed":
            raise ResultsNotReady(closes=round.closes_on)
        info = await _info(connection, round)
    async with database.answers(organisation_id) as connection:
        sealed = await waves.load_sealed(connection, info)
        if sealed is not None:
            return sealed
        await waves.store_sealed(connection, await waves.fetch(connection, info))
        # Read back: two that seal at once must go on with the same bytes, those that were kept.
        kept = await waves.load_sealed(connection, info)
    if kept is None:
        raise NoSuchRound()
    return kept


async def previous_wave(database: Database, organisation_id: UUID, campaign_id: UUID) -> Wave | None:
    """The wave that closed last before this one in the same series; None when this is the first."""
    async with database.registry(organisation_id) as connection:
        before = await rounds.before(connection, campaign_id)
    return None if before is None else await load_wave(database, organisation_id, before)


async def load_waves(database: Database, organisation_id: UUID, campaign_id: UUID) -> Waves:
    """What a report needs. Raises as `load_wave`."""
    return Waves(
        await load_wave(database, organisation_id, campaign_id),
        await previous_wave(database, organisation_id, campaign_id),
    )


async def _info(connection: Connection, round: Round) -> WaveInfo:
    organisation = await organisations.own(connection)
    return WaveInfo(
        organisation_id=organisation.id,
        campaign_id=round.id,
        campaign=round.name,
        organisation=organisation.name,
        fictitious=organisation.fictitious,
        questionnaire=await rounds.questionnaire_of(connection, round),
        estates=tuple(
            waves.Estate(str(estate.id), estate.name, estate.area, estate.invited) for estate in round.estates
        ),
        opens_on=round.opens_on,
        closes_on=round.closes_on,
        closed_on=round.closed_on,
        results_on=round.results_on,
        languages=round.languages,
        declared_grade=round.declared_grade,
    )
