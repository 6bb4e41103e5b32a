"""The answers of a closed round, for reports and releases. The only way from a round to its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from forms.influence import Signed
from forms.questionnaire import Questionnaire
from reports import waves
from reports.waves import Estate, LinkedWave, Wave, WaveInfo
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted, NearlyTheSame, NoSuchRound, ResultsNotReady, StillMixing
from survey.campaigns.rounds import Round, RoundEstate
from survey.campaigns.telling import Other, told
from survey.database.pool import Database
from survey.questionnaires import signoffs
from survey.register import organisations
from survey.register.organisations import Organisation


@dataclass(frozen=True)
class Waves:
    """A closed round and the one before it in the same series, if there is one."""

    now: Wave
    before: Wave | None
    before_deleted: bool = False
    """There was one, and its answers are deleted: no change can be computed any more."""


FEW_ANSWERS = "Leiegårder med få svar i {area}"
NO_ESTATE = "Svar uten leiegård i {area}"
"""Data, like the names beside it: in the language of the estates, not of the reader."""
ENOUGH = 5
"""Answers from which on a place is told."""


async def load_wave(database: Database, organisation_id: UUID, campaign_id: UUID) -> Wave:
    """The wave of a closed round, to be told: what it rests on stands from the first time on (`telling`).

    Raises as `seal_wave`, and NearlyTheSame when an imported round with nearly the same answers was told.
    """
    wave = await seal_wave(database, organisation_id, campaign_id)

    async def others() -> tuple[Other, ...]:
        async with database.registry(organisation_id) as connection:
            known = await rounds.rounds(connection)
        return tuple(
            Other(
                one.id,
                one.name,
                one.source == "import",
                partial(seal_wave, database, organisation_id, one.id),
            )
            for one in known
            if one.id != campaign_id and one.status == "closed" and one.answers_deleted_on is None
        )

    async with database.registry(organisation_id) as connection:
        imported = (await rounds.find(connection, campaign_id)).source == "import"
    return await told(database, wave, imported=imported, others=others)


async def seal_wave(database: Database, organisation_id: UUID, campaign_id: UUID) -> Wave:
    """The sealed wave of a closed round; a round closed but not yet sealed is sealed now. Not to be told.

    Raises NoSuchRound, AnswersDeleted, StillMixing until the box is empty, ResultsNotReady while the round is
    not closed: a report that follows an open round from day to day would show single answers arriving.
    """
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, campaign_id)
        if round.status != "closed":
            raise ResultsNotReady(closes=round.closes_on)
        if round.answers_deleted_on is not None:
            raise AnswersDeleted(day=round.answers_deleted_on)
        organisation = await organisations.own(connection)
        questionnaire = await rounds.questionnaire_of(connection, round)
        info = _info(organisation, questionnaire, round, await signoffs.of(connection, questionnaire))
    async with database.answers(organisation_id) as connection:
        sealed = await waves.load_sealed(connection, info)
        if sealed is not None:
            return _with_places(sealed, organisation, round.estates)
        if await rounds.queries.ballots_waiting(connection, id=campaign_id):
            raise StillMixing()
        await waves.store_sealed(connection, await waves.fetch(connection, info))
        # Read back: two that seal at once must go on with the same bytes, those that were kept.
        kept = await waves.load_sealed(connection, info)
    if kept is None:
        raise NoSuchRound()
    return _with_places(kept, organisation, round.estates)


async def previous_wave(database: Database, organisation_id: UUID, campaign_id: UUID) -> Wave | None:
    """The wave that closed last before this one in the same series; None when this is the first.

    Raises AnswersDeleted when that wave's archive period is over.
    """
    async with database.registry(organisation_id) as connection:
        before = await rounds.before(connection, campaign_id)
    return None if before is None else await load_wave(database, organisation_id, before)


async def load_linked(database: Database, organisation_id: UUID, campaign_id: UUID) -> tuple[LinkedWave, ...]:
    """The waves of a round's panel up to this one, each with the answers that bear a pseudonym; none when the
    round follows nobody. Those whose archive period is over are left out. Raises as `load_wave`.
    """
    async with database.registry(organisation_id) as connection:
        now = await rounds.find(connection, campaign_id)
        of_panel = [
            (round, round.wave.number)
            for round in await rounds.rounds(connection)
            if now.wave is not None
            and round.wave is not None
            and round.wave.panel_id == now.wave.panel_id
            and round.wave.number <= now.wave.number
            and round.answers_deleted_on is None
        ]
    found = []
    for round, number in sorted(of_panel, key=lambda pair: pair[1]):
        wave = await load_wave(database, organisation_id, round.id)
        async with database.answers(organisation_id) as connection:
            found.append(LinkedWave(number, wave, await waves.read_people(connection, wave)))
    return tuple(found)


async def load_waves(database: Database, organisation_id: UUID, campaign_id: UUID) -> Waves:
    """What a report needs. Raises as `load_wave`."""
    now = await load_wave(database, organisation_id, campaign_id)
    try:
        return Waves(now, await previous_wave(database, organisation_id, campaign_id))
    except AnswersDeleted:
        return Waves(now, None, before_deleted=True)
    except NearlyTheSame:  # the same answers once more: nothing has changed
        return Waves(now, None)


def place_ids(round: Round, organisation_id: UUID) -> tuple[str, ...]:
    """Estates, areas and the organisation, in the order in which a wave has its places."""
    areas = dict.fromkeys(estate.area_id for estate in round.estates)
    return tuple(str(id) for id in (*[estate.id for estate in round.estates], *areas, organisation_id))


def _with_places(wave: Wave, organisation: Organisation, estates: tuple[RoundEstate, ...]) -> Wave:
    """With what answers are told apart by: estates, and together those kept without one."""
    counted = wave.frame.group_by("estate").len()
    answers = {str(place): int(n) for place, n in counted.iter_rows()}
    return replace(wave, estates=tuple(_places(organisation, estates, answers)))


def _places(
    organisation: Organisation, estates: tuple[RoundEstate, ...], answers: Mapping[str, int]
) -> Iterator[Estate]:
    pools: dict[UUID, list[RoundEstate]] = {}
    with_others: set[UUID] = set()
    for estate in estates:
        above = {"area": estate.area_id, "organisation": organisation.id}
        with_others |= {above[under] for under in estate.elsewhere_under}
        if estate.pooled_under is None:
            yield Estate(
                str(estate.id), estate.name, estate.area, estate.invited, estate.dwellings, estate.elsewhere
            )
        else:
            pools.setdefault(above[estate.pooled_under], []).append(estate)
    areas = {estate.area_id: estate.area for estate in estates} | {organisation.id: organisation.name}
    for pool, area in areas.items():
        pooled, n = pools.get(pool, []), answers.get(str(pool), 0)
        if not pooled and not n:
            continue
        asked = [estate.invited for estate in pooled]
        invited = None if None in asked else sum(number or 0 for number in asked)
        homes = sum(estate.population or 0 for estate in pooled)
        dwellings = homes if invited is not None and homes > invited else None
        # Rounds mixed before it was noted: more answers than homes can be nothing else.
        others = pool in with_others or (invited is not None and n > invited)
        yield Estate(
            str(pool), _pool_name(pooled, n, area), area, invited, dwellings, others=others, pool=True
        )


def _pool_name(pooled: list[RoundEstate], n: int, area: str) -> str:
    if len(pooled) > 1:
        return FEW_ANSWERS.format(area=area)
    # Of one alone there is nothing to tell but that it has too few answers; when there are enough, others
    # went along.
    return pooled[0].name if pooled and n < ENOUGH else NO_ESTATE.format(area=area)


def _info(
    organisation: Organisation, questionnaire: Questionnaire, round: Round, signed: Signed | None
) -> WaveInfo:
    return WaveInfo(
        organisation_id=organisation.id,
        campaign_id=round.id,
        campaign=round.name,
        organisation=organisation.name,
        fictitious=organisation.fictitious,
        questionnaire=questionnaire,
        estates=(),  # answers without an estate may need a place of their own: see `_with_places`
        opens_on=round.opens_on,
        closes_on=round.closes_on,
        closed_on=round.closed_on,
        results_on=round.results_on,
        languages=round.languages,
        declared_grade=round.declared_grade,
        declared=round.declared,
        signed=signed,
        salt=round.salt,
    )
