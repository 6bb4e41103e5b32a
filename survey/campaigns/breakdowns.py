"""Numbers by group of a closed round, judged by the ledger; and research data, which go into it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from reports.breakdowns import keeping, ledger
from reports.breakdowns.asking import Ask
from reports.breakdowns.ledger import Judgement
from reports.releases import bundle
from reports.releases.bundle import Bundle
from reports.releases.dataset import key_names
from reports.releases.errors import ReleaseRefused
from reports.waves import LinkedWave, Wave
from survey.database.pool import Database
from survey.people import audit


async def tell(database: Database, wave: Wave, ask: Ask, staff_id: UUID | None = None) -> Judgement:
    """What may be told of `ask`, after it was written into the ledger. Raises NumbersRefused,
    NothingToTell."""
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.held(connection, wave.campaign_id)
        judgement = await asyncio.to_thread(ledger.judge, wave, ask, earlier, released)
        await keeping.add(connection, wave, judgement)
    details = {"asked": judgement.ask.canonical(), "told": int(judgement.told.sum())}
    async with database.registry(wave.organisation_id) as connection:
        await audit.record(connection, "numbers.told", "campaign", wave.campaign_id, staff_id, details)
    return judgement


async def release(database: Database, wave: Wave, language: str) -> Bundle:
    """Research data of the wave, after they were written into the ledger.

    Raises ReleaseRefused; also when numbers by one of its keys were told: together the two could show what a
    blank hides.
    """
    made = await asyncio.to_thread(bundle.make, wave, language)
    await _enter(database, wave, persons=False)
    return made


async def release_linked(database: Database, waves: Sequence[LinkedWave], language: str) -> Bundle:
    """Research data of the persons of a panel, entered for each of its waves. Raises as `release`."""
    made = await asyncio.to_thread(bundle.make_linked, waves, language)
    for linked in waves:
        await _enter(database, linked.wave, persons=True)
    return made


async def _enter(database: Database, wave: Wave, *, persons: bool) -> None:
    keys = set(key_names(wave))
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.held(connection, wave.campaign_id)
        told = {grouping.variable for entry in earlier for grouping in entry.ask.by}
        # Numbers told after records were handed out were judged by them, not by records of persons.
        if keys & told and (released is None or (persons and released != "persons")):
            raise ReleaseRefused("release.after_numbers", keys=", ".join(sorted(keys & told)))
        if persons or released is None:
            await keeping.add_release(connection, wave, persons=persons)
