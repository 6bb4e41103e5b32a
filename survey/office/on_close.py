"""Makes the documents of rounds that are closed and sealed, by itself: drafts, once.

Every process that serves the office looks; a lock in the database has one of them make a round's. A process
that ends under way leaves what it has put away, and the next look makes the rest. Where that takes longer
than the database keeps a connection that says nothing, another joins in: each file is put away once.
`survey.office.numbers` is imported in the function that needs it: see there.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from uuid import UUID

from reports.errors import ReportsError
from survey import logs
from survey.campaigns.errors import CampaignError, StillMixing
from survey.database.pool import Database
from survey.loop import dossiers, editions, on_close
from survey.loop.editions import KeptEdition
from survey.loop.errors import LoopError
from survey.office import editions as making
from survey.office.edition_choice import files_for
from survey.office.errors import OfficeError

EVERY = 20.0
"""Seconds between two looks."""


async def keep_making(database: Database, base_url: str) -> None:
    """Until cancelled."""
    while True:
        try:
            await make_due(database, base_url)
        except Exception as error:  # the database is away for a moment
            logs.trouble("documents are not made", why=logs.known(error))
        await asyncio.sleep(EVERY)


async def make_due(database: Database, base_url: str) -> int:
    """Make all that is due and nobody else is at; of how many rounds. One that fails stops no other."""
    made = 0
    for organisation_id, round_id in await on_close.due(database):
        async with database.registry(organisation_id) as turn:
            if not await on_close.alone(turn, round_id):
                continue
            try:
                await _make(database, organisation_id, round_id, base_url)
            except StillMixing:
                continue
            except (OfficeError, ReportsError, CampaignError, LoopError, OSError) as error:
                logs.failed_request(error, "PRINT", "on close")
                await on_close.settle(turn, round_id, fault=type(error).__name__)
            else:
                await on_close.settle(turn, round_id)
                made += 1
    return made


async def _make(database: Database, organisation_id: UUID, round_id: UUID, base_url: str) -> None:
    await asyncio.to_thread(import_module, "survey.office.numbers")
    edition = await _draft(database, organisation_id, round_id)
    if edition is not None and edition.state == "making":
        await making.make(database, organisation_id, round_id, edition, base_url)


async def _draft(database: Database, organisation_id: UUID, round_id: UUID) -> KeptEdition | None:
    """That of the round, begun now or by a process that ended; None where there was one and somebody threw it
    away."""
    from survey.office import numbers

    async with database.registry(organisation_id) as connection:
        begun = await dossiers.find(connection, round_id) is not None
    if not begun:
        found = await numbers.findings_of(await numbers.found(database, organisation_id, round_id))
        async with database.registry(organisation_id) as connection:
            await dossiers.begin_by_itself(connection, organisation_id, found)
    async with database.registry(organisation_id) as connection:
        wanted = await on_close.find(connection, round_id)
        dossier = await dossiers.the(connection, round_id)
        if wanted is not None:
            files = files_for(wanted.documents, wanted.languages, wanted.places, dossier, ())
            await editions.begin_draft(connection, organisation_id, dossier, files)
        known = await editions.all_of(connection, round_id)
    return next((one for one in known if one.automatic), None)
