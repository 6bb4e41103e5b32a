"""From Postgres to a frame."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import polars as pl

from bench.measure import REPEATS, Line, growth, peak_megabytes
from bench.world import World, codes, queries, world
from reports.waves import WaveInfo, read_frame
from reports.waves import queries as wave_queries

ESTATES = 500
SIZES = (50_000, 500_000)
SMALL_SIZES = (2_000, 20_000)
DECODED = 50_000  # the peer is only measured where it is bearable


def wave(small: bool) -> Iterator[Line]:
    yield from asyncio.run(_wave(SMALL_SIZES if small else SIZES))


async def _wave(sizes: tuple[int, ...]) -> list[Line]:
    lines = []
    times: list[float] = []
    async with world(ESTATES) as it:
        stored = 0
        for size in sizes:
            await _store(it, size - stored, start=stored)
            stored = size
            connection = await asyncpg.connect(it.database.url)
            ours, floor = await _by_turns(partial(_ours, connection, it), partial(_floor, connection, it))
            grown = await asyncio.to_thread(_memory, it)
            times.append(ours)
            name = f"wave to frame, {size:,} x {len(list(it.questionnaire.items()))} items"
            lines.append(
                Line(
                    name,
                    f"{ours:.2f} s +{grown:.0f} MB",
                    f"{floor:.2f} s (string_agg fetch)",
                    f"{ours / floor:.2f}",
                    "<= 1.5; < 250 MB",
                )
            )
            if size <= DECODED:
                (peer,) = await _by_turns(partial(_peer, connection, it))
                lines.append(Line("  peer: every answer as JSON", "", f"{peer:.2f} s", f"{ours / peer:.2f}"))
            await connection.close()
    lines.append(growth("wave to frame", sizes, times))
    return lines


async def _store(it: World, count: int, start: int) -> None:
    """Answers as they would lie in the table, JSON included, estate after estate."""
    rng = np.random.default_rng(start)
    packed = codes(it.questionnaire, count, rng)
    slots = [item.id for item in it.questionnaire.items() if item.kind == "choice"]
    groups = ["organisation_id", "campaign_id", "questionnaire_version_id", "estate_id"]
    version = uuid4()

    def fixed(n: int) -> tuple[UUID, ...]:
        return it.organisation_id, it.campaign_id, version, it.estates[n % len(it.estates)]

    def rows() -> Iterator[tuple[object, ...]]:
        for n in range(count):
            row = packed[n]
            document = json.dumps(dict(zip(slots, row.tolist(), strict=False)))
            yield (*fixed(n), uuid4(), "nb", "web", document, row.tobytes())

    connection = await asyncpg.connect(it.database.url)
    await connection.copy_records_to_table(
        "responses",
        schema_name="answers",
        columns=[*groups, "id", "language", "mode", "answers", "codes"],
        records=rows(),
    )
    await queries.settle(connection)
    await connection.close()


def _memory(it: World) -> float:
    """Megabytes that reading the wave adds to the peak of a process that has done nothing else."""
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
        return fresh.submit(_peak_of_reading, it.database.url, it.info()).result()


def _peak_of_reading(url: str, info: WaveInfo) -> float:
    async def read() -> None:
        connection = await asyncpg.connect(url)
        await read_frame(connection, info)
        await connection.close()

    before = peak_megabytes()
    asyncio.run(read())
    return peak_megabytes() - before


async def _ours(connection: asyncpg.Connection[asyncpg.Record], it: World) -> object:
    return await read_frame(connection, it.info())


async def _floor(connection: asyncpg.Connection[asyncpg.Record], it: World) -> object:
    return [
        row
        async for row in wave_queries.read_codes(
            connection, organisation_id=it.organisation_id, campaign_id=it.campaign_id
        )
    ]


async def _peer(connection: asyncpg.Connection[asyncpg.Record], it: World) -> object:
    rows = queries.everything(connection, organisation_id=it.organisation_id, campaign_id=it.campaign_id)
    return pl.DataFrame(
        [json.loads(row["answers"]) | {"estate": str(row["estate_id"])} async for row in rows]
    )


async def _by_turns(*works: Callable[[], Awaitable[object]]) -> list[float]:
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS + 1):
        for place, work in enumerate(works):
            start = time.perf_counter()
            await work()
            taken[place].append(time.perf_counter() - start)
    return [statistics.median(each[1:]) for each in taken]
