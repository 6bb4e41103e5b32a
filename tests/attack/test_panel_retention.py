"""The first wave of a panel is deleted while the panel goes on.

A thief has a dump of each wave from the day it was sealed, and knows who took part when: groups of pseudonyms
that took part alike are of five still.
"""

from __future__ import annotations

import random
from collections import Counter

from survey import mixer
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.retention import steps
from tests.panels import Series, begin, end_wave, next_wave, send_all

K = 5


async def _of_now(database: Database, series: Series) -> set[bytes]:
    """The pseudonyms of the wave that was sealed last, as in a dump of that day."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select person from answers.responses where campaign_id = $1 and person is not null", series.now
        )
    return {row["person"] for row in rows}


async def _delete_first_wave(database: Database, series: Series) -> None:
    """As if its archive period were over."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set contacts_due_on = current_date, answers_due_on = current_date"
            " where id = $1",
            series.rounds[0],
        )
    await steps.run(database, [])
    async with database.owner() as connection:
        for table in ("answers.responses", "ballots.batches", "ballots.receipts"):
            left = await connection.fetchval(
                f"select count(*) from {table} where campaign_id = $1",  # noqa: S608
                series.rounds[0],
            )
            assert left == 0, table


async def test_groups_of_five_stay_groups_of_five_when_an_early_wave_is_deleted(
    database: Database, keys: KeyFolder
) -> None:
    for seed in range(3):
        series = await begin(database, [40], waves=4)
        ((_, links),) = series.tenants.items()
        homes = random.Random(seed).sample(links, 20)
        # Of the fifteen of the first wave four stay away from the third, and one of the five who came later.
        third = homes[4:15] + homes[16:]
        seen: dict[bytes, list[int]] = {}
        for wave, came in enumerate((homes[:15], homes, third), start=1):
            if wave > 1:
                await next_wave(database, series)
            await send_all(database, came, seed=seed)
            await end_wave(database, keys, series)
            await mixer.work_once(database, keys)
            for person in await _of_now(database, series):
                seen.setdefault(person, []).append(wave)
            if wave == 2:
                await _delete_first_wave(database, series)
        groups = Counter(tuple(waves) for waves in seen.values())
        assert sum(groups.values()) == 20 and min(groups.values()) >= K, groups


async def test_who_was_in_which_wave_is_forgotten_when_the_panel_is_over(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [40], waves=2)
    ((_, links),) = series.tenants.items()
    for wave in (1, 2):
        if wave > 1:
            await next_wave(database, series)
        await send_all(database, links[:12])
        await end_wave(database, keys, series)
        if wave == 1:
            await _delete_first_wave(database, series)
            async with database.owner() as connection:
                assert await connection.fetchval("select count(*) from ballots.panel_waves") == 12
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.panel_waves") == 0
