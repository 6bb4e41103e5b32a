"""Who has one copy of the database's files ties together what one reader said of several findings.

Whenever somebody sends, what was said of the place is written anew, and the rows that were there before
stay in the files as dead ones: each transaction has a few more. He takes those that are new in it for one
reader's. While the round is open he finds them; when it is over, or after a night, each remark stands there
once, in no order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from reports.findings.listing import findings_list
from survey import mixer
from survey.ballots.keys import KeyFolder
from survey.campaigns.findings import found as found_in
from survey.database.pool import Database
from survey.loop import dossiers, readings
from survey.people.roles import Role
from tests import offices
from tests.offices import Office
from tests.waiting import until

READERS = 6
REMARKS = 3


async def _read(database: Database, office: Office, round_id: UUID) -> list[str]:
    """Six readers say what they think of the same three findings, one after the other."""
    officer = office.staff[Role.OFFICER]
    listed = findings_list(await found_in(database, office.organisation_id, round_id))
    async with database.registry(office.organisation_id) as connection:
        await dossiers.begin(connection, officer, listed)
        await readings.show_until(connection, officer, round_id, date.today() + timedelta(days=3))
        link = await readings.link(connection, round_id)
        found = (await dossiers.of_place(connection, round_id, "all", ""))[:REMARKS]
    assert link is not None
    texts = []
    for reader in range(READERS):
        said = [readings.said(one.id, "stands", f"leser {reader} om {n}") for n, one in enumerate(found)]
        texts += [one.text for one in said]
        async with database.phone() as connection:
            assert await readings.keep(connection, link.slug, said) == "kept"
    return texts


async def _file(database: Database) -> bytes:
    async with database.owner() as connection:
        await connection.execute("checkpoint")
        folder = await connection.fetchval("select current_setting('data_directory')")
        path = await connection.fetchval("select pg_relation_filepath('loop.remarks')")
    place = Path(folder) / path
    if not place.is_file():
        pytest.skip("this server keeps its files elsewhere")
    return place.read_bytes()


def _times(copied: bytes, texts: Sequence[str]) -> list[int]:
    return [copied.count(text.encode()) for text in texts]


async def _looks(database: Database, keys: KeyFolder) -> None:
    async def done() -> bool:
        await mixer.work_once(database, keys)
        async with database.owner() as connection:
            return not await connection.fetchval("select exists (select from retention.to_write_anew)")

    await until(done, "every table written anew")


@pytest.mark.parametrize("over", [True, False], ids=["the round is over", "a night has passed"])
async def test_the_files_do_not_tell_which_remarks_on_findings_were_sent_together(
    database: Database, keys: KeyFolder, over: bool
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    await _looks(database, keys)
    texts = await _read(database, office, round_id)
    before = _times(await _file(database), texts)
    assert max(before) > 1, "rows of earlier transactions"
    if over:
        async with database.registry(office.organisation_id) as connection:
            await readings.stop(connection, office.staff[Role.OFFICER], round_id)
    else:
        night = datetime.combine(
            date.today() + timedelta(days=1), datetime.min.time(), ZoneInfo("Europe/Oslo")
        )
        async with database.owner() as connection:
            await connection.execute("select retention.mark_at_night($1)", night + timedelta(hours=3))
    await _looks(database, keys)
    assert _times(await _file(database), texts) == [1] * READERS * REMARKS


async def test_the_statistics_of_the_database_keep_no_remark(database: Database, keys: KeyFolder) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    await _read(database, office, round_id)
    async with database.owner() as connection:
        await connection.execute("analyze loop.remarks")
        kept = await connection.fetch(
            "select attname from pg_stats where schemaname = 'loop' and tablename = 'remarks'"
            " and attname in ('remark', 'verdict', 'finding_id')"
        )
    assert kept == []
