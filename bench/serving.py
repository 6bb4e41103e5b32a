"""Submission and the tenant's pages, against bare handlers on the same server, client on the same cores."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import client
from bench.client import Load, Request
from bench.measure import REPEATS, Line, percentile
from bench.world import SECRET, World, add_drafts, add_links, answers, queries, world

CLIENTS = (1, 8, 32)
SESSIONS = 200
THINKING = 10
"""Seconds a person spends on a page: 200 open sessions save 20 pages a second and are shown 20 others."""
DWELLINGS = 5_000
ESTATES = 150
"""In the end 400 dwellings each. The mixer beside writes the invitations of an estate anew, and whoever sends
waits while it is theirs: all in one estate of 50,000 would be measured waiting for a case that is nowhere."""
LARGEST_FIRST_PAGE = 25 * 1024


def submission(small: bool) -> Iterator[Line]:
    yield from asyncio.run(_submission(60 if small else 600, DWELLINGS // (50 if small else 1)))


def page(small: bool) -> Iterator[Line]:
    yield from asyncio.run(_page(200 if small else 1_000, 3 if small else 30))


async def _submission(count: int, dwellings: int) -> list[Line]:
    lines = []
    async with world(ESTATES) as it, _both(it) as (ours, floor):
        await add_links(it, dwellings)
        for clients in CLIENTS:
            sent, stored = await _submit_by_turns(it, ours, floor, count, clients)
            lines.append(
                Line(
                    f"submit {len(list(it.questionnaire.items()))} items, {clients} clients",
                    f"{sent.rate:,.0f}/s p99 {sent.p99:.0f} ms",
                    f"{stored.rate:,.0f}/s p99 {stored.p99:.0f} ms (POST, one insert)",
                    f"{sent.rate / stored.rate:.2f}",
                    ">= 0.5" + ("; p99 < 50 ms" if clients == CLIENTS[-1] else ""),
                )
            )
        few, _ = await _submit_by_turns(it, ours, floor, count, 8)
        await add_links(it, 10 * dwellings)
        many, _ = await _submit_by_turns(it, ours, floor, count, 8)
    growth = f"x{few.rate / many.rate:.1f} time each"
    return [
        *lines,
        Line(f"  submit: x10 dwellings ({10 * dwellings:,}) in the round", growth, "", "", "flat"),
    ]


@dataclass(frozen=True)
class _Pace:
    """Medians of the runs: `rate` a second; `p99` milliseconds over all of them."""

    rate: float
    p99: float


def _pace(loads: Sequence[Load]) -> _Pace:
    latencies = [latency for load in loads for latency in load.latencies]
    rate = statistics.median(len(load.latencies) / load.wall for load in loads)
    return _Pace(rate, percentile(latencies, 0.99) * 1000)


async def _submit_by_turns(it: World, ours: int, floor: int, count: int, clients: int) -> tuple[_Pace, _Pace]:
    rng = random.Random(1)
    sent, stored = [], []
    for _ in range(REPEATS + 1):
        links = await add_links(it, count)
        await add_drafts(it, links, rng)
        sent.append(await client.load(ours, [Request("POST", f"/s/{link}/send") for link in links], clients))
        assert set(sent[-1].statuses) == {200}, sent[-1].statuses  # noqa: S101
        body = json.dumps(answers(it.questionnaire, rng)).encode()
        inserts = [Request("POST", "/insert", body, "application/json")] * count
        stored.append(await client.load(floor, inserts, clients))
        assert set(stored[-1].statuses) == {200}, stored[-1].statuses  # noqa: S101
    return _pace(sent[1:]), _pace(stored[1:])


async def _page(count: int, lasting: int) -> list[Line]:
    async with world() as it:
        links = await add_links(it, SESSIONS)
        await add_drafts(it, links, random.Random(1))
        theme = it.questionnaire.pages[1]
        path = f"/s/{links[0]}/side/{theme.id}"
        async with _both(it, path) as (ours, floor):
            first = await _first_page(ours, f"/s/{links[0]}")
            few, _ = await _show_by_turns(ours, floor, links, theme.id, count, SESSIONS // 10)
            shown, plain = await _show_by_turns(ours, floor, links, theme.id, count, SESSIONS)
            paced = [
                await _paced(ours, it, links, thinking, lasting) for thinking in (THINKING, THINKING / 5)
            ]
    lines = [
        Line(
            "first phone page over the wire, gzip",
            f"{first / 1024:.1f} kB",
            "400 kB (SurveyJS, as published)",
            f"{first / 1024 / 400:.3f}",
            f"<= {LARGEST_FIRST_PAGE // 1024} kB",
        ),
        Line(
            f"next page, {SESSIONS} clients that never think",
            f"{shown.rate:,.0f}/s p99 {shown.p99:.0f} ms",
            f"{plain.rate:,.0f}/s p99 {plain.p99:.0f} ms (same page, no logic)",
            f"{shown.rate / plain.rate:.2f}",
            "",
        ),
        Line("  next page: x10 clients", f"x{few.rate / shown.rate:.1f} time each", "", "", "flat"),
    ]
    for pace in paced:
        lines.append(
            Line(
                f"next page, {SESSIONS} sessions, one each {pace.thinking:.0f} s",
                f"p99 {pace.shown:.0f} ms",
                f"saving the page before: p99 {pace.saved:.0f} ms",
                "",
                "p99 < 30 ms" if pace.thinking == THINKING else "",
            )
        )
    return lines


async def _show_by_turns(
    ours: int, floor: int, links: list[str], theme: str, count: int, clients: int
) -> tuple[_Pace, _Pace]:
    requests = [Request("GET", f"/s/{links[n % SESSIONS]}/side/{theme}") for n in range(count)]
    shown, plain = [], []
    for _ in range(REPEATS + 1):
        shown.append(await client.load(ours, requests, clients))
        assert set(shown[-1].statuses) == {200}, shown[-1].statuses  # noqa: S101
        plain.append(await client.load(floor, [Request("GET", "/page")] * count, clients))
    return _pace(shown[1:]), _pace(plain[1:])


@dataclass(frozen=True)
class _Turns:
    """p99 in milliseconds of saving a page and of showing the next one, `thinking` seconds apart."""

    thinking: float
    saved: float
    shown: float


async def _paced(port: int, it: World, links: list[str], thinking: float, lasting: float) -> _Turns:
    """Every session turns a page each `thinking` seconds for `lasting` seconds, the moments spread evenly.

    Turning is what a browser does: post the page, follow to the next one, each on a connection of its own.
    """
    here, there = it.questionnaire.pages[1], it.questionnaire.pages[2]
    fields = [("_vist", ",".join(item.id for item in it.questionnaire.page_items(here)))]
    fields += [(item.id, "4") for item in it.questionnaire.page_items(here)]
    body = urlencode([*fields, ("_handling", "neste")]).encode()
    saved: list[float] = []
    shown: list[float] = []

    async def turn(after: float, link: str) -> None:
        await asyncio.sleep(after)
        start = time.perf_counter()
        status, _ = await client.once(port, Request("POST", f"/s/{link}/side/{here.id}", body))
        between = time.perf_counter()
        assert status == 303, status  # noqa: S101
        status, _ = await client.once(port, Request("GET", f"/s/{link}/side/{there.id}"))
        assert status == 200, status  # noqa: S101
        saved.append(between - start)
        shown.append(time.perf_counter() - between)

    turns = int(SESSIONS * lasting / thinking)
    await asyncio.gather(*(turn(n * thinking / SESSIONS, links[n % SESSIONS]) for n in range(turns)))
    return _Turns(thinking, percentile(saved, 0.99) * 1000, percentile(shown, 0.99) * 1000)


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
    ours, floor = free_port(), free_port()
    file = it.settings.home / "page.html"
    environ = {
        **os.environ,
        "DATABASE_URL": it.database.url,
        "BOSTEMME_SECRET_KEY": SECRET,
        "BOSTEMME_HOME": str(it.settings.home),  # its keys go with it, not into the checkout
    }
    async with it.database.owner() as connection:
        await queries.floor_table(connection)
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(["survey", "serve", "--port", str(ours)], environ))
        await _until_up(ours)
        await asyncio.to_thread(file.write_bytes, await _body(ours, page_path))
        stack.enter_context(
            running(
                ["bench.floor", "--port", str(floor), "--url", it.database.url, "--page", str(file)], environ
            )
        )
        await _until_up(floor)
        yield ours, floor


async def _body(port: int, path: str) -> bytes:
    if not path:
        return b""
    _, wire = await client.once(port, Request("GET", path))
    return wire.split(b"\r\n\r\n", 1)[1]


@contextlib.contextmanager
def running(
    command: list[str], environ: dict[str, str], stop: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """A server and its workers. The floor is stopped by SIGKILL: just started, it does not hear another."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command], env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise SystemExit(f"{command[0]} did not stop.") from None


async def _until_up(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await client.once(port, Request("GET", "/"))
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"The server on port {port} did not start.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
