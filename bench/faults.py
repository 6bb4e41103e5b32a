"""Rounds that go on while server, mixer and Postgres are killed at random: does every receipt count, once?

python -m bench faults [--minutes=60] [--seed=1]

Tenants answer through the real server, as a browser would: they begin again after every page that did not
come, until they have seen their receipt; some send twice, some withdraw, some change what they sent, some say
no, some walk away from an error page. Meanwhile processes die by SIGKILL, Postgres among them (its whole
server, or one connection's process, which makes it recover). When a round has closed and its wave is sealed,
every answer in it is compared with what its tenant was told.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg
import httpx

from bench.world import SECRET, queries
from forms import loading
from survey.ballots import tokens
from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate
from survey.settings import Settings

SIZES = (3, 7, 12, 24)
"""Dwellings of a round's estates: one that ends below five, a small one, two that are mixed while open."""
AT_ONCE = 2
"""Rounds that go on side by side."""
PATIENCE = 0.2
PATIENCE_WITH_ALL = 300.0
"""Seconds in which a page comes, whatever dies; kills leave a pause after them. Else something hangs."""
MOST_TRIES = 600
TOO_MANY = 429
MIX = "import asyncio, survey.mixer as m; m.EVERY = 0.3; m.mixing.REST = 0;"
MIX += "from survey.settings import Settings; asyncio.run(m.run(Settings.from_environment()))"
WORDS = {"waiting": "Svaret venter", "counted": "Svaret ditt er telt", "withdrawn": "Svaret er trukket"}
PAGE, MARK = "egne_ord", "apent_bra"
KILLED = ("server", "mixer", "postgres", "connection")

Done = TypeVar("Done")


@dataclass
class Report:
    rounds: int = 0
    receipts: int = 0
    withdrawn: int = 0
    changed: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{n} x {name}" for name, n in sorted(self.kills.items()))
        return (
            f"{self.rounds} rounds, {self.receipts} receipts shown, {self.withdrawn} withdrawn, "
            f"{self.changed} changed; killed: {kills}; wrong: {len(self.wrong)}"
            + "".join(f"\n  {line}" for line in self.wrong)
        )


@dataclass
class Tenant:
    """`seed`: of the page she sends from; the receipt comes of it and of the link. `answer`: what must be
    counted; None: nothing. `sure`: she has seen what became of it."""

    token: str
    seed: str
    receipt: str
    answer: str | None = None
    sure: bool = False
    maybe: str | None = None


@dataclass
class House:
    url: str
    data: Path
    settings: Settings
    port: int
    report: Report
    seed: int
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        command = {
            "server": ["-m", "survey", "serve", "--port", str(self.port), "--workers", "2", "--no-mixer"],
            "mixer": ["-c", MIX],  # the mixer, only with a faster clock, so that it dies at work
        }[name]
        environ = {
            **os.environ,
            "DATABASE_URL": self.url,
            "BOSTEMME_SECRET_KEY": SECRET,
            "BOSTEMME_KEYS": str(self.settings.keys),
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, *command], env=environ, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_WITH_ALL)

    def goes_on(self, end: float) -> bool:
        return time.monotonic() < end or any(self.report.kills[name] == 0 for name in KILLED)

    def postmaster(self) -> int | None:
        with contextlib.suppress(OSError, IndexError, ValueError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(seconds: float, seed: int) -> Report:
    """Rounds and kills for so long, until each kind was killed; the last rounds are seen to their end."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="bostemme-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with embedded_postgres(folder / "postgres", durable=True) as url:
            await migrate(url)
            await _always_morning(url)
            environ = {
                "DATABASE_URL": url,
                "BOSTEMME_SECRET_KEY": SECRET,
                "BOSTEMME_KEYS": str(folder / "keys"),
            }
            house = House(
                url,
                folder / "postgres" / "data",
                Settings.from_environment(environ),
                free_port(),
                report,
                seed,
                folder,
            )
            house.start("mixer")
            house.start("server")
            try:
                await _rounds_and_kills(house, time.monotonic() + seconds)
            finally:
                for process in house.processes:
                    house.kill(process)
    return report


async def _always_morning(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await queries.always_morning(connection)
    finally:
        await connection.close()


async def _rounds_and_kills(house: House, end: float) -> None:
    async with asyncio.TaskGroup() as group:  # if who kills fails, rounds would go on for ever
        keeping = group.create_task(_keep_up(house))
        killing = group.create_task(_kill_at_random(house, end))
        lines = [group.create_task(_rounds(house, end, f"{house.seed}-{n}")) for n in range(AT_ONCE)]
        await asyncio.gather(*lines)
        killing.cancel()
        keeping.cancel()


async def _keep_up(house: House) -> None:
    """What systemd does: a server that found no database ends, and is started again."""
    while True:
        await asyncio.sleep(0.5)
        for name, process in list(house.processes.items()):
            if process.poll() is not None:
                house.start(name)


async def _kill_at_random(house: House, end: float) -> None:
    """Each in turn at first, then any; what died is started anew at once, as an operator's systemd would."""
    rng = random.Random(f"{house.seed}-kills")
    order = list(KILLED)
    rng.shuffle(order)
    await _healthy(house)
    while house.goes_on(end):
        name = order.pop() if order else rng.choice(KILLED)
        if name in house.processes:
            house.kill(name)
            house.start(name)
        else:
            await _kill_postgres(house, rng, name)
        house.report.kills[name] += 1
        if rng.random() < 0.7:  # now and then the next one comes while this one is getting up
            await _healthy(house)
        await asyncio.sleep(rng.choice([0.5, 2, 5]) * rng.random() + 0.3)


async def _healthy(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.base, timeout=5) as client:
        await _again(client, "/helse")


async def _kill_postgres(house: House, rng: random.Random, name: str) -> None:
    """The whole server, or the process of one connection: then it throws out all of them and recovers."""
    pid = house.postmaster()
    if name == "connection":
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            async with asyncio.timeout(5):
                connection = await asyncpg.connect(house.url)
                pids = await queries.connections(connection)
                pid = rng.choice(pids or [pid])
                await connection.close()
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def _rounds(house: House, end: float, seed: str) -> None:
    rng = random.Random(seed)
    while house.goes_on(end):
        campaign, tenants = await _sure(house, _open_round)
        closing = partial(_close, campaign)
        async with httpx.AsyncClient(base_url=house.base, timeout=20) as client:
            chosen = [(tenant, rng.random(), rng.random()) for tenant in tenants]
            await asyncio.gather(*(_tenant(house, client, *each) for each in chosen))
            await _sure(house, closing)
            await _until_sealed(house, campaign)
            await _compare(house, client, campaign, tenants)
        house.report.rounds += 1


async def _sure(
    house: House, work: Callable[[House, asyncpg.Connection[asyncpg.Record]], Awaitable[Done]]
) -> Done:
    """What the driver itself does in the database: again until it is done."""
    for _ in range(MOST_TRIES):
        try:
            async with asyncio.timeout(20):
                connection = await asyncpg.connect(house.url)
                try:
                    async with connection.transaction():
                        return await work(house, connection)
                finally:
                    connection.terminate()
        except Exception as error:  # the driver has many words for a server that died
            last = error
        await asyncio.sleep(PATIENCE)
    raise last


async def _close(campaign: UUID, _: House, connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await queries.close_round(connection, campaign_id=campaign)


async def _open_round(
    house: House, connection: asyncpg.Connection[asyncpg.Record]
) -> tuple[UUID, list[Tenant]]:
    organisation = await queries.organisation(connection, name="Bench kommune")
    area = await queries.area(connection, organisation_id=organisation)
    version = await queries.version(
        connection,
        organisation_id=organisation,
        document=json.dumps(loading.dump(loading.shipped("boindeks"))),
    )
    campaign = await queries.campaign(connection, organisation_id=organisation, version_id=version)
    secret, links = house.settings.secret_key, []
    for size in SIZES:
        estate = await queries.estate(
            connection, organisation_id=organisation, area_id=area, name=f"Leiegård {size}", dwellings=size
        )
        await queries.campaign_estate(
            connection, organisation_id=organisation, campaign_id=campaign, estate_id=estate
        )
        new = [tokens.new_token() for _ in range(size)]
        links += new
        await queries.invitations(
            connection,
            organisation_id=organisation,
            campaign_id=campaign,
            estate_id=estate,
            token_hashes=[tokens.token_hash(secret, token) for token in new],
        )
    if await queries.take_key(connection, organisation_id=organisation, campaign_id=campaign) is None:
        raise TimeoutError("no key in stock yet: begin again")
    seeds = {token: tokens.new_seed() for token in links}
    return campaign, [
        Tenant(token, seed, tokens.receipt(secret, token, seed)) for token, seed in seeds.items()
    ]


async def _tenant(house: House, client: httpx.AsyncClient, me: Tenant, kind: float, pause: float) -> None:
    """`kind` and `pause` were drawn beforehand: what tenants do hangs on the seed, not on who is first."""
    await asyncio.sleep(8 * pause)
    if kind < 0.08:  # never comes
        me.sure = True
        return
    if kind < 0.14:
        await _again(client, f"/s/{me.token}/nei", {})
        me.sure = True
        return
    await _write(client, me, "svar")
    if kind < 0.2:  # sends once, and walks away whatever comes
        me.maybe = f"svar {me.token}"
        with contextlib.suppress(httpx.HTTPError):
            await client.post(f"/s/{me.token}/send", data={"fro": me.seed})
        return
    if not await _send(client, me, me.seed, me.receipt, twice=kind < 0.35):
        house.report.wrong.append("no receipt on a page")
    house.report.receipts += 1
    me.answer = f"svar {me.token}"
    if kind < 0.5:
        page = await _again(client, "/kvittering/trekk", _held(house, me))
        if WORDS["withdrawn"] in page.text:
            me.answer = None
            house.report.withdrawn += 1
    elif kind < 0.65:
        await _change(house, client, me)
    me.sure = True


async def _write(client: httpx.AsyncClient, me: Tenant, word: str) -> None:
    fields = {"_vist": MARK, MARK: f"{word} {me.token}"}
    await _again(client, f"/s/{me.token}/side/{PAGE}", fields)


async def _send(
    client: httpx.AsyncClient, me: Tenant, seed: str, receipt: str, *, twice: bool = False
) -> bool:
    """From the page that shows all answers, until there is an answer to it; whether every one bears the
    receipt."""
    shown = (await _again(client, f"/s/{me.token}/se-over")).text
    (draft,) = re.findall(r'name="utkast" value="([\w=-]+)"', shown)
    form = {"fro": seed, "utkast": draft}
    sending = [_again(client, f"/s/{me.token}/send", form) for _ in range(2 if twice else 1)]
    return all(receipt in page.text for page in await asyncio.gather(*sending))


def _held(house: House, me: Tenant) -> dict[str, str]:
    return {"kvittering": me.receipt, "kode": tokens.change_code(house.settings.secret_key, me.receipt)}


async def _change(house: House, client: httpx.AsyncClient, me: Tenant) -> None:
    """Opens the answer, if it can still be found, and sends another in its place, if it still can be then."""
    held = _held(house, me)
    await _again(client, f"/s/{me.token}/angre", held)  # which makes it a device of this link
    opened = await _again(client, f"/s/{me.token}/angre", {**held, "_handling": "apne"})
    if opened.status_code != 303:  # too late: it is mixed, and the page says so
        return
    await _write(client, me, "endret")
    seed = tokens.new_seed()
    receipt = tokens.receipt(house.settings.secret_key, me.token, seed)
    if await _send(client, me, seed, receipt):
        me.answer, me.receipt = f"endret {me.token}", receipt
        house.report.changed += 1


async def _again(
    client: httpx.AsyncClient, path: str, fields: dict[str, str] | None = None
) -> httpx.Response:
    """A page, asked for until it comes; who is told to wait, waits: all tenants here share one address.
    Raises TimeoutError where it never does."""
    end = time.monotonic() + PATIENCE_WITH_ALL
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            page = await (client.get(path) if fields is None else client.post(path, data=fields))
            if page.status_code < 500 and page.status_code != TOO_MANY:
                return page
        await asyncio.sleep(PATIENCE)
    raise TimeoutError(f"{path.partition('/s/')[0] or 'a page'} did not come within {PATIENCE_WITH_ALL:g} s")


async def _until_sealed(house: House, campaign: UUID) -> None:
    for _ in range(MOST_TRIES):
        state = await _sure(house, lambda _, connection: queries.state_of(connection, campaign_id=campaign))
        if state["sealed"] is not None and not state["keys"]:
            return
        await asyncio.sleep(PATIENCE)
    house.report.wrong.append(f"a closed round was not sealed: {dict(state)}")


async def _compare(house: House, client: httpx.AsyncClient, campaign: UUID, tenants: list[Tenant]) -> None:
    """What the wave holds against what every tenant was told."""

    async def read(
        _: House, connection: asyncpg.Connection[asyncpg.Record]
    ) -> tuple[asyncpg.Record, list[str]]:
        rows = [row async for row in queries.answers_of(connection, campaign_id=campaign)]
        found = [str(json.loads(row["answers"])[MARK]) for row in rows]
        return await queries.state_of(connection, campaign_id=campaign), found

    state, found = await _sure(house, read)
    wrong = house.report.wrong
    stored = Counter(found)
    wrong += [f"counted {n} times: {mark.split()[0]}" for mark, n in stored.items() if n != 1]
    expected = {tenant.answer for tenant in tenants if tenant.answer is not None}
    possible = {tenant.maybe for tenant in tenants if tenant.maybe is not None}
    wrong += [f"lost: {mark.split()[0]}" for mark in expected - set(stored)]
    wrong += [f"not to be counted: {mark.split()[0]}" for mark in set(stored) - expected - possible]
    if not len(found) == state["answers"] == state["mixed"] == state["counted"] == state["sealed"]:
        wrong.append(f"sums that differ: {dict(state)}")
    if state["waiting"] or state["drafts"]:
        wrong.append(f"left behind: {dict(state)}")
    for tenant in tenants:
        if tenant.answer is not None:
            page = await _again(client, "/kvittering", {"kvittering": tenant.receipt})
            if WORDS["counted"] not in page.text:
                said = next((state for state, words in WORDS.items() if words in page.text), "something else")
                wrong.append(f"a receipt that was shown is not counted: page {page.status_code}, {said}")


def main(arguments: list[str]) -> None:
    """`--minutes=`, `--seed=`: of the command line. Exit code 1 when a receipt was not kept."""
    read = ArgumentParser(prog="python -m bench faults")
    read.add_argument("--minutes", type=float, default=60.0)
    read.add_argument("--seed", type=int, default=1)
    given = read.parse_args(arguments)
    report = asyncio.run(run(60 * given.minutes, given.seed))
    print(f"seed {given.seed}, {given.minutes:g} minutes, load average {os.getloadavg()[1]:.1f}: {report}")
    raise SystemExit(1 if report.wrong else 0)
