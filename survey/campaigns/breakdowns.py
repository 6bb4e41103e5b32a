"""Numbers by group of a closed round, judged by the ledger; and research data, which go into it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from reports.breakdowns import keeping, ledger
from reports.breakdowns.asking import Ask
from reports.breakdowns.cost import Cost, cost_of
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.instead import instead
from reports.breakdowns.ledger import Entry, Judgement, Released
from reports.disclosure import Effort
from reports.releases import bundle
from reports.releases.bundle import Bundle
from reports.releases.dataset import key_names
from reports.releases.errors import ReleaseRefused
from reports.waves import LinkedWave, Wave
from survey.database.pool import Database
from survey.people import audit


async def tell(
    database: Database,
    wave: Wave,
    ask: Ask,
    staff_id: UUID | None = None,
    *,
    first: Sequence[Ask] = (),
) -> Judgement:
    """What may be told of `ask`, after it was written into the ledger. Raises NumbersRefused, NothingToTell:
    with what may be had instead.

    first: tables to be entered ahead of it, as if they were asked for; those not to be told are passed over
    """
    entered = []
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.held(connection, wave.campaign_id)
        for one in first:
            found = await asyncio.to_thread(_ahead, wave, one, earlier, released)
            if found is not None:
                await keeping.add(connection, wave, found)
                earlier.append(found.entry)
                entered.append(found)
        judged = await asyncio.to_thread(_judged, wave, ask, earlier, released)
        if isinstance(judged, Judgement):
            await keeping.add(connection, wave, judged)
            entered.append(judged)
    async with database.registry(wave.organisation_id) as connection:
        for found in entered:
            told = {"asked": found.ask.canonical(), "told": int(found.told.sum())}
            await audit.record(connection, "numbers.told", "campaign", wave.campaign_id, staff_id, told)
        if isinstance(judged, NumbersRefused):
            why = {"asked": ask.canonical(), "reason": judged.key}
            await audit.record(connection, "numbers.refused", "campaign", wave.campaign_id, staff_id, why)
    if isinstance(judged, NumbersRefused):
        raise judged
    return judged


def _judged(wave: Wave, ask: Ask, earlier: Sequence[Entry], released: Released) -> Judgement | NumbersRefused:
    """A refusal comes back, with what may be had instead: it is written in the log before it is raised."""
    try:
        return ledger.judge(wave, ask, earlier, released)
    except NumbersRefused as refusal:
        refusal.instead = instead(wave, ask, earlier, released)
        return refusal


def _ahead(wave: Wave, ask: Ask, earlier: Sequence[Entry], released: Released) -> Judgement | None:
    """None where it cannot be told for its own places: wider ones have tables of their own."""
    try:
        found = ledger.judge(wave, ask, earlier, released, Effort(ledger.MOST_WORK, ledger.SPARE_WORK))
    except NumbersRefused:
        return None
    return None if found.wider else found


async def cost(database: Database, wave: Wave, ask: Ask) -> Cost:
    """What asking would cost later tables. Nothing is told or written, and no answer is looked at."""
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.seen(connection, wave.campaign_id)
    asks = [entry.ask for entry in earlier]
    return cost_of(wave.questionnaire, wave.estates, ask, asks, released=released is not None)


async def told_before(database: Database, wave: Wave) -> tuple[Ask, ...]:
    """Every table of the round that was told."""
    async with database.answers(wave.organisation_id) as connection:
        earlier, _ = await keeping.seen(connection, wave.campaign_id)
    return tuple(entry.ask for entry in earlier)


async def release(database: Database, wave: Wave, language: str, *, other_readers: bool = False) -> Bundle:
    """Research data of the wave, after they were written into the ledger.

    Raises ReleaseRefused; also when numbers by one of its keys were told, or its persons were handed out over
    several waves: together the two could show what a blank hides. `other_readers`: these go to others than
    the persons did.
    """
    await _may(database, wave, keeping.RECORDS, other_readers=other_readers)
    made = await asyncio.to_thread(bundle.make, wave, language)
    await _enter(database, wave, keeping.RECORDS, other_readers=other_readers)
    return made


async def release_linked(
    database: Database, waves: Sequence[LinkedWave], language: str, *, other_readers: bool = False
) -> Bundle:
    """Research data of the persons of a panel, entered for each of its waves. Raises as `release`; also when
    they were handed out over other waves, in a file with other blanks."""
    file = keeping.persons_of([linked.number for linked in waves])
    for linked in waves:
        await _may(database, linked.wave, file, other_readers=other_readers)
    made = await asyncio.to_thread(bundle.make_linked, waves, language)
    for linked in waves:
        await _enter(database, linked.wave, file, other_readers=other_readers)
    return made


async def _may(database: Database, wave: Wave, file: str, *, other_readers: bool) -> None:
    """What is known to be refused is not made first."""
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.seen(connection, wave.campaign_id)
        handed_out = await keeping.files(connection, wave.campaign_id)
    _check(wave, earlier, released, file, handed_out, other_readers=other_readers)


def _check(
    wave: Wave,
    earlier: Sequence[Entry],
    released: Released,
    file: str,
    handed_out: frozenset[str],
    *,
    other_readers: bool,
) -> None:
    keys = set(key_names(wave))
    told = {grouping.variable for entry in earlier for grouping in entry.ask.by}
    # Numbers told after records were handed out were judged by them, not by records of persons.
    if keys & told and (released is None or (file != keeping.RECORDS and released != "persons")):
        raise ReleaseRefused("release.after_numbers", keys=", ".join(sorted(keys & told)))
    # Each file blanks keys by itself: what one hides another may show, and answers say who is who in both.
    if handed_out - {file} and not other_readers:
        raise ReleaseRefused("release.other_kind", round=wave.campaign)


async def _enter(database: Database, wave: Wave, file: str, *, other_readers: bool) -> None:
    async with database.answers(wave.organisation_id) as connection:
        earlier, released = await keeping.held(connection, wave.campaign_id)
        handed_out = await keeping.files(connection, wave.campaign_id)
        _check(wave, earlier, released, file, handed_out, other_readers=other_readers)
        if file not in handed_out:
            await keeping.add_release(connection, wave, file)
