"""Mornings that pass: when the answers of open rounds are counted, and mixed.

The mixer's clock stands at noon; the owner can say which moment it is.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from survey import mixer
from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database

OSLO = ZoneInfo("Europe/Oslo")
ENOUGH = 80
"""Mornings after which a number that may rise has risen: all but one time in ten to the fourteenth."""


NOON = """create or replace function ballots.note_counts() returns integer
language sql security definer set search_path = pg_catalog as $$
  select ballots.note_counts_at(
    ((clock_timestamp() at time zone 'Europe/Oslo')::date + time '12:00') at time zone 'Europe/Oslo')
$$"""
"""The mixer's clock in tests. From five to eight lots fall on open rounds: a third of their answers would be
mixed under tests that ask what a tenant can still do with them."""


def morning(days: int, at: time = time(5, 30)) -> datetime:
    """So many days from today, by Norwegian clocks."""
    return datetime.combine(date.today() + timedelta(days=days), at, OSLO)


async def note(database: Database, at: datetime) -> int:
    """The count, if that moment is one for it; of how many rounds."""
    async with database.owner() as connection:
        rounds: int = await connection.fetchval("select ballots.note_counts_at($1)", at)
    return rounds


async def one_morning(database: Database) -> None:
    """The one after the last that was counted."""
    async with database.owner() as connection:
        last: date | None = await connection.fetchval("select max(noted_on) from ballots.noted_rounds")
    days = 0 if last is None else max(0, (last - date.today()).days)
    await note(database, morning(days + 1))


async def mornings_pass(database: Database, most: int = ENOUGH) -> None:
    """Until every number says what it may say."""
    for _ in range(most):
        await one_morning(database)


async def lot_falls(database: Database) -> None:
    """A morning on which it falls on every estate of every open round, whatever hour it is."""
    async with database.owner() as connection:
        await connection.execute(
            "insert into ballots.due (organisation_id, campaign_id, estate_id)"
            " select distinct b.organisation_id, b.campaign_id, b.estate_id from ballots.box b"
            " join registry.campaigns c on (c.organisation_id, c.id) = (b.organisation_id, b.campaign_id)"
            " where c.status = 'open' on conflict do nothing"
        )


async def mix(database: Database, keys: KeyFolder) -> mixing.Mixed:
    """The mixer's look at the box on such a morning: all that may be mixed is."""
    await lot_falls(database)
    return await mixing.mix(database, keys)


async def work(database: Database, keys: KeyFolder) -> mixing.Mixed:
    """The mixer's whole look, on such a morning: at most hours nothing is due in it."""
    opened = await mix(database, keys)
    rest = await mixer.work_once(database, keys)
    return mixing.Mixed(opened.moved + rest.moved, rest.stuck, opened.few + rest.few)
