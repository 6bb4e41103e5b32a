"""Submission and the tenant's pages, against bare handlers on the same server, client on the same cores."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator

from bench import client
from bench.client import Request
from bench.measure import REPEATS, Line, percentile
from bench.world import SECRET, World, add_drafts, add_links, answers, queries, world

CLIENTS = (1, 8, 32)
SESSIONS = 200
LARGEST_FIRST_PAGE = 25 * 1024


def submission(small: bool) -> Iterator[Line]:
    yield from asyncio.run(_submission(60 if small else 320))


def page(small: bool) -> Iterator[Line]:
    yield from asyncio.run(_page(200 if small else 1_000))


async def _submission(count: int) -> list[Line]:
    lines = []
    rng = random.Random(1)
    async with world() as it, _both(it) as (ours, floor):
        for clients in CLIENTS:
            rates: list[float] = []
            bare: list[float] = []
            latencies: list[float] = []
            for _ in range(REPEATS + 1):
                links = await add_links(it, count)
                await add_drafts(it, links, rng)
                sent = await client.load(
                    ours, [Request("POST", f"/s/{token}/send") for token in links], clients
                )
                assert set(sent.statuses) <= {302, 303}, sent.statuses  # noqa: S101
                body = json.dumps(answers(it.questionnaire, rng)).encode()
                stored = await client.load(
                    floor, [Request("POST", "/insert", body, "application/json")] * count, clients
                )
                assert set(stored.statuses) == {200}, stored.statuses  # noqa: S101
                rates.append(count / sent.wall)
                bare.append(count / stored.wall)
                latencies += sent.latencies
            rate, most = statistics.median(rates[1:]), statistics.median(bare[1:])
            p99 = percentile(latencies, 0.99) * 1000
            lines.append(
                Line(
                    f"submit {len(list(it.questionnaire.items()))} items, {clients} clients",
                    f"{rate:,.0f}/s p99 {p99:.0f} ms",
                    f"{most:,.0f}/s (POST, one insert)",
                    f"{rate / most:.2f}",
                    ">= 0.5; p99 < 50 ms at 32",
                )
            )
    return lines


async def _page(count: int) -> list[Line]:
    async with world() as it:
        links = await add_links(it, SESSIONS)
        await add_drafts(it, links, random.Random(1))
        theme = it.questionnaire.pages[1].id
        path = f"/s/{links[0]}/side/{theme}"
        async with _both(it, path) as (ours, floor):
            first = await _first_page(ours, f"/s/{links[0]}")
            requests = [Request("GET", f"/s/{links[n % SESSIONS]}/side/{theme}") for n in range(count)]
            rates, bare, latencies, floor_latencies = [], [], [], []
            for _ in range(REPEATS + 1):
                shown = await client.load(ours, requests, SESSIONS)
                assert set(shown.statuses) == {200}, shown.statuses  # noqa: S101
                plain = await client.load(floor, [Request("GET", "/page")] * count, SESSIONS)
                rates.append(count / shown.wall)
                bare.append(count / plain.wall)
                latencies += shown.latencies
                floor_latencies += plain.latencies
            paced = await _paced(ours, requests)
    rate, most = statistics.median(rates[1:]), statistics.median(bare[1:])
    return [
        Line("first page over the wire, gzip", f"{first / 1024:.1f} kB", "400 kB (SurveyJS)", "", "<= 25 kB"),
        Line(
            f"next page, {SESSIONS} sessions, flat out",
            f"{rate:,.0f}/s p99 {percentile(latencies, 0.99) * 1000:.0f} ms",
            f"{most:,.0f}/s p99 {percentile(floor_latencies, 0.99) * 1000:.0f} ms (no logic)",
            f"{rate / most:.2f}",
            "",
        ),
        Line(
            f"next page, {SESSIONS} sessions, one each 2 s",
            f"p99 {percentile(paced, 0.99) * 1000:.0f} ms",
            "",
            "",
            "p99 < 30 ms",
        ),
    ]


async def _paced(port: int, requests: list[Request]) -> list[float]:
    """Latencies when every session turns a page each other second, the moments spread evenly."""
    latencies: list[float] = []

    async def one(after: float, request: Request) -> None:
        await asyncio.sleep(after)
        start = time.perf_counter()
        await client.once(port, request)
        latencies.append(time.perf_counter() - start)

    await asyncio.gather(*(one(n * 2 / SESSIONS, request) for n, request in enumerate(requests)))
    return latencies


async def _first_page(port: int, path: str) -> int:
    """Bytes of the page and of everything it asks for."""
    status, plain = await client.once(port, Request("GET", path))
    assert status == 200  # noqa: S101
    wanted = re.findall(rb'(?:src|href)="(/static/[^"]+)"', plain)
    paths = [path, *(found.decode() for found in dict.fromkeys(wanted))]
    answers = [await client.once(port, Request("GET", each, accept_encoding="gzip")) for each in paths]
    return sum(len(wire) for _, wire in answers)


@contextlib.asynccontextmanager
async def _both(it: World, page_path: str = "") -> AsyncIterator[tuple[int, int]]:
    """Ports of our server and of the floor's, both running. The floor sends the page of `page_path` as is."""
    ours, floor = _free_port(), _free_port()
    file = it.settings.home / "page.html"
    environ = {**os.environ, "DATABASE_URL": it.database.url, "BOSTEMME_SECRET_KEY": SECRET}
    async with it.database.owner() as connection:
        await queries.floor_table(connection)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_running(["survey", "serve", "--port", str(ours)], environ))
        await _until_up(ours)
        await asyncio.to_thread(file.write_bytes, await _body(ours, page_path))
        stack.enter_context(_running(["bench.floor", str(floor), it.database.url, str(file)], environ))
        await _until_up(floor)
        yield ours, floor


async def _body(port: int, path: str) -> bytes:
    if not path:
        return b""
    _, wire = await client.once(port, Request("GET", path))
    return wire.split(b"\r\n\r\n", 1)[1]


@contextlib.contextmanager
def _running(command: list[str], environ: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", *command], env=environ, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def _until_up(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await client.once(port, Request("GET", "/"))
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"The server on port {port} did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
