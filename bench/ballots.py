"""Ten times the real peak: 280 submissions a second on a schedule, the mixer beside, all counted at the end.

python -m bench ballots [--minutes=10]; one minute by default

Arrivals follow the clock, not the server: what waits in line is part of its own latency. The floor, a bare
insert, then gets the same schedule for a while on the same machine. Of a machine that others share, what was
due in seconds in which they took nothing of its processors is told by itself as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench import client
from bench.client import PATIENCE, Request
from bench.faults import free_port
from bench.measure import Line, percentile
from bench.world import SECRET, World, answers, queries, world
from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft
from survey.ballots.padding import room

RATE = 280
"""A second: ten times the real peak."""
DWELLINGS = 400
"""Of an estate; so many estates that all of them are asked."""
CONNECTIONS = 64
FLOOR_SECONDS = 30
SAMPLE = 2.0
TARGET = 50
"""Milliseconds, at the 99th percentile."""
STOLEN = 0.01
"""Of the processors, in a second and in those beside it: above it the second was not ours alone."""


@dataclass(frozen=True)
class Run:
    """`latencies` in seconds, from when it was due; `due`: of each, the second of the monotonic clock;
    `wrong`: statuses other than those hoped for."""

    wall: float
    latencies: list[float]
    due: list[int]
    wrong: list[int]

    def within(self, seconds: set[int]) -> list[float]:
        return [spent for spent, due in zip(self.latencies, self.due, strict=True) if due in seconds]

    def __str__(self) -> str:
        at = [percentile(self.latencies, share) * 1000 for share in (0.5, 0.99)]
        return f"{len(self.latencies) / self.wall:.0f}/s p50 {at[0]:.0f} p99 {at[1]:.0f} ms"


def ballots(small: bool) -> Iterator[Line]:
    given = [part.partition("=")[2] for part in sys.argv if part.startswith("--minutes=")]
    yield from asyncio.run(_ballots(6.0 if small else 60 * float(given[0] if given else 1)))


async def _ballots(seconds: float) -> list[Line]:
    count = int(RATE * seconds)
    load_before = os.getloadavg()[0]
    async with world() as it:
        links = await _invited(it, count)
        ours, floor = free_port(), free_port()
        environ = {
            **os.environ,
            "DATABASE_URL": it.database.url,
            "BOSTEMME_SECRET_KEY": SECRET,
            "BOSTEMME_HOME": str(it.settings.home),
            "BOSTEMME_BASE_URL": f"http://127.0.0.1:{ours}",
        }
        serve = ["-m", "survey", "serve", "--port", str(ours)]
        with _running(serve, environ) as server:
            await _up(ours)
            await _until_equipped(it)
            watch = asyncio.create_task(_watched(server.pid))
            alone: dict[int, float] = {}
            clock = asyncio.create_task(_note_stolen(alone))
            before = _taken(it, server.pid)
            sent = await _on_schedule(ours, [Request("POST", f"/s/{link}/send") for link in links], 200)
            each = [
                1000 * (now - then) / count for now, then in zip(_taken(it, server.pid), before, strict=True)
            ]
            clock.cancel()
            drained = await _closed_and_sealed(it)
            watch.cancel()
            seen = await watch
        stored = await _floor(it, floor, environ, min(seconds, FLOOR_SECONDS))
        state = await _state(it)
    kept = len(links) == state["answers"] == state["counted"] == state["sealed"] and not state["waiting"]
    name = f"{RATE} submissions/s for {seconds / 60:g} min, mixer beside"
    ratio = percentile(sent.latencies, 0.99) / percentile(stored.latencies, 0.99)
    ours_alone = {n for n in alone if all(alone.get(m, 0) <= STOLEN for m in (n - 1, n, n + 1))}
    undisturbed = sent.within(ours_alone)
    at = [percentile(undisturbed, share) * 1000 for share in (0.5, 0.99)] if undisturbed else []
    return [
        Line(name, str(sent), f"{stored} (one insert)", f"{ratio:.2f}", f"p99 < {TARGET} ms"),
        Line(
            f"  of {len(undisturbed):,} due in seconds with under {STOLEN:.0%} stolen",
            f"p50 {at[0]:.0f} p99 {at[1]:.0f} ms" if at else "none",
            f"stolen of all: {sum(alone.values()) / max(len(alone), 1):.0%}",
            "",
            f"p99 < {TARGET} ms",
        ),
        Line("  refused or failed", str(len(sent.wrong)), "", "", "0"),
        Line(
            "  receipts counted, of those shown",
            f"{state['counted']:,} / {len(links) - len(sent.wrong):,}",
            f"{state['waiting']} left in the box",
            "",
            "all" if kept else "NOT KEPT",
        ),
        Line("  box empty and wave sealed after closing", f"{drained:.1f} s"),
        Line(
            "  peak memory: largest worker, mixer",
            f"{seen['worker']:.0f} and {seen['mixer']:.0f} MB",
            f"mixer's share of one core: {seen['share']:.0%}",
        ),
        Line(
            "  processor a submission: workers",
            f"{each[0]:.2f} ms",
            f"PostgreSQL {each[1]:.2f}, this client {each[2]:.2f}",
        ),
        Line("  load average before and at the end", f"{load_before:.1f} and {os.getloadavg()[0]:.1f}"),
    ]


async def _invited(it: World, count: int) -> list[str]:
    """Tenants of many estates, each with everything answered and saved, in no order."""
    rng = random.Random(1)
    secret = it.settings.secret_key
    size = room(it.questionnaire)
    forms = [Draft("nb", answers(it.questionnaire, rng), it.questionnaire.pages[1].id) for _ in range(200)]
    links = [tokens.new_token() for _ in range(count)]
    async with it.database.owner() as connection:
        area = await queries.areas(connection, organisation_id=it.organisation_id)
        rows = queries.estates(
            connection,
            organisation_id=it.organisation_id,
            area_id=area,
            n=-(-count // DWELLINGS),
            dwellings=DWELLINGS,
        )
        estates = [row["id"] async for row in rows]
        await queries.campaign_estates(
            connection,
            organisation_id=it.organisation_id,
            campaign_id=it.campaign_id,
            estate_ids=estates,
            invited=DWELLINGS,
        )
    plain = await asyncpg.connect(it.database.url)
    await plain.copy_records_to_table(
        "invitations",
        schema_name="registry",
        columns=["organisation_id", "campaign_id", "estate_id", "dwelling", "token_hash"],
        records=(
            (
                it.organisation_id,
                it.campaign_id,
                estates[n // DWELLINGS],
                n % DWELLINGS + 1,
                tokens.token_hash(secret, link),
            )
            for n, link in enumerate(links)
        ),
    )
    await plain.copy_records_to_table(
        "drafts",
        schema_name="ballots",
        columns=["draft_key", "campaign_id", "sealed"],
        records=(
            (
                tokens.draft_key(secret, link),
                it.campaign_id,
                drafts.sealed(secret, link, forms[n % len(forms)], size),
            )
            for n, link in enumerate(links)
        ),
    )
    await plain.execute("vacuum analyze")
    await plain.execute("checkpoint")
    await plain.close()
    rng.shuffle(links)
    return links


async def _on_schedule(port: int, requests: Sequence[Request], hoped: int) -> Run:
    """One request each 1/RATE seconds, whatever became of those before."""
    free: asyncio.Queue[client.Held] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await client.Held.to(port))
    latencies: list[float] = []
    at: list[int] = []
    wrong: list[int] = []

    async def one(request: Request, due: float) -> None:
        held = await free.get()
        try:
            async with asyncio.timeout(PATIENCE):
                status = await held.ask(bytes(request))
        except (OSError, TimeoutError):
            status = 0
            held.close()
            with contextlib.suppress(OSError):
                held = await client.Held.to(port)
        latencies.append(time.perf_counter() - due)
        at.append(int(due))
        free.put_nowait(held)
        if status != hoped:
            wrong.append(status)

    start = time.perf_counter()
    under_way: set[asyncio.Task[None]] = set()
    for n, request in enumerate(requests):
        due = start + n / RATE
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        task = asyncio.create_task(one(request, due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    wall = time.perf_counter() - start
    while not free.empty():
        free.get_nowait().close()
    return Run(wall, latencies, at, wrong)


async def _floor(it: World, port: int, environ: dict[str, str], seconds: float) -> Run:
    async with it.database.owner() as connection:
        await queries.floor_table(connection)
    rng = random.Random(1)
    bodies = [json.dumps(answers(it.questionnaire, rng)).encode() for _ in range(200)]
    command = ["-m", "granian", "--interface", "asgi", "--factory", "--workers", "2", "--port", str(port)]
    environ = {**environ, "FLOOR_URL": it.database.url, "FLOOR_PAGE": ""}
    inserts = [
        Request("POST", "/insert", bodies[n % len(bodies)], "application/json")
        for n in range(int(RATE * seconds))
    ]
    with _running([*command, "--log-level", "warning", "bench.floor:create"], environ):
        await _up(port)
        return await _on_schedule(port, inserts, 200)


async def _closed_and_sealed(it: World) -> float:
    async with it.database.owner() as connection:
        await queries.close_round(connection, campaign_id=it.campaign_id)
    start = time.perf_counter()
    while time.perf_counter() - start < 600:
        state = await _state(it)
        if state["sealed"] is not None:
            break
        await asyncio.sleep(0.2)
    return time.perf_counter() - start


async def _state(it: World) -> asyncpg.Record:
    async with it.database.owner() as connection:
        state: asyncpg.Record = await queries.state_of(connection, campaign_id=it.campaign_id)
    return state


async def _until_equipped(it: World) -> None:
    """The mixer makes the keys when it starts, and gives the round one."""
    for _ in range(600):
        async with it.database.owner() as connection:
            if await queries.has_key(connection, campaign_id=it.campaign_id):
                return
        await asyncio.sleep(0.1)
    raise SystemExit("The mixer gave the round no key.")


async def _watched(server: int) -> dict[str, float]:
    """Until cancelled: peak megabytes of the largest worker and mixer, and what the mixer took of a core."""
    seen = {"worker": 0.0, "mixer": 0.0, "share": 0.0}
    start, before = time.monotonic(), None
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            for process in _children(server):
                with contextlib.suppress(OSError, StopIteration):
                    status = (process / "status").read_text().splitlines()
                    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
                    mixing = b"mix" in _words(process)
                    name = "mixer" if mixing else "worker"
                    seen[name] = max(seen[name], peak)
                    if mixing:
                        used = _processor(process)
                        before = used if before is None else before
                        seen["share"] = (used - before) / max(time.monotonic() - start, 1)
            await asyncio.sleep(SAMPLE)
    return seen


async def _note_stolen(shares: dict[int, float]) -> None:
    """Until cancelled: of each second of the clock that requests are due by, what others took of the
    processors, as the kernel tells it."""
    before = _ticks()
    while True:
        now = time.perf_counter()
        await asyncio.sleep(int(now) + 1 - now)
        after = _ticks()
        spent = [late - early for late, early in zip(after, before, strict=True)]
        shares[int(now)] = spent[7] / max(sum(spent), 1)
        before = after


def _ticks() -> list[int]:
    """User, nice, system, idle, iowait, irq, softirq, steal (proc(5))."""
    return [int(number) for number in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]


def _taken(it: World, server: int) -> tuple[float, float, float]:
    """Seconds of the processor so far: the web's workers, PostgreSQL, this process."""
    workers = [each for each in _children(server) if not {b"mix", b"send"} & _words(each)]
    postmaster = next(it.settings.home.rglob("postmaster.pid")).read_text().split()[0]
    backends = [each for each in _processes() if _stat(each)[1] == postmaster]
    return sum(map(_processor, workers)), sum(map(_processor, backends)), time.process_time()


def _words(process: Path) -> set[bytes]:
    return set((process / "cmdline").read_bytes().split(b"\0"))


def _processor(process: Path) -> float:
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stat(process: Path) -> list[str]:
    """The fields after the name; none of a process that has just ended."""
    with contextlib.suppress(OSError):
        return (process / "stat").read_text().rsplit(")", 1)[1].split()
    return ["0"] * 13


def _processes() -> Iterator[Path]:
    yield from Path("/proc").glob("[0-9]*")


def _children(server: int) -> Iterator[Path]:
    for process in _processes():
        with contextlib.suppress(OSError):
            if os.getpgid(int(process.name)) == server and int(process.name) != server:
                yield process


@contextlib.contextmanager
def _running(command: list[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command], env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _up(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await client.once(port, Request("GET", "/"))
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"The server on port {port} did not start.")
