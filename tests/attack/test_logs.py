"""Who has the proxy's log and the servers' beside the whole database cuts both sides by what came in an hour.

The proxy writes a line for each request: hour, method and status (docs/production.md). So this attacker knows
how many sent in each hour of a round. He lays used invitations and answers in every order they have, cuts
both into hours of these sizes, and pairs within the hour. He is also given what our format leaves out, the
second of each line: then each piece is one tenant. The servers' own log has no line for what goes well; it
has one for each fault, and on a bad day every sending meets one first.

In a store that writes answers as they come he finds one an hour by the hour, and everybody by the second.
"""

from __future__ import annotations

import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from survey import logs
from survey.ballots.keys import KeyFolder
from survey.ballots.tokens import token_hash
from survey.database.pool import Database
from survey.delivery.channels import Gateway
from survey.settings import PROJECT, Settings
from tests import mornings
from tests.attack.test_relinking import Row, Stolen, _place, _right, _steal, _written
from tests.ballots import SEED
from tests.chance import most_by_chance
from tests.deliveries import csv_file, mailbox, mailed, sender
from tests.elections import SECRET, close, hold, receipt, send_all

ROUNDS = 8
ESTATES = (13, 30, 40)
OPENED = datetime.fromisoformat("2026-11-21T08:00:00+01:00")
ORDERS: dict[str, Callable[[Row], object]] = {"written": _written, "lying": _place}


def _line(at: datetime, method: str, status: int) -> str:
    """As the documented configuration has the proxy write it."""
    page = (PROJECT / "docs" / "production.md").read_text()
    (pattern,) = re.findall(r"~(\^\S+) \$hour;", page)
    (written,) = re.findall(r"log_format bostemme_tenants '([^']+)';", page)
    hour = re.match(pattern.replace("(?<", "(?P<"), at.isoformat())
    assert hour is not None
    known = {"$bostemme_hour": hour["hour"], "$request_method": method, "$status": str(status)}
    return " ".join(known[word] for word in written.split())


def _sizes(lines: Iterable[str]) -> list[int]:
    """How many sent in each hour of the log, hour by hour."""
    sent = Counter(line.split()[0] for line in lines if line.split()[1:] == ["POST", "200"])
    return [sent[hour] for hour in sorted(sent)]


def _pairs(
    stolen: Stolen, sizes: Sequence[int], order: Callable[[Row], object], rng: random.Random
) -> Iterable[tuple[Row, Row]]:
    """Both sides in their order, cut into pieces of these sizes, paired by lot within each."""
    used, answers = sorted(stolen.used, key=order), sorted(stolen.answers, key=order)  # type: ignore[arg-type]
    for size in sizes:
        these, used = used[:size], used[size:]
        those, answers = answers[:size], answers[size:]
        rng.shuffle(those)
        yield from zip(these, those, strict=False)


async def test_hours_of_the_proxy_and_lines_of_the_servers_lead_to_nobody(
    database: Database, keys: KeyFolder
) -> None:
    right, estates = Counter[tuple[str, str]](), 0
    for seed in range(ROUNDS):
        rng = random.Random(seed)
        held = await hold(database, ESTATES)
        owner = {token_hash(SECRET, link): link for links in held.tenants.values() for link in links}
        at = OPENED
        logs: dict[object, list[str]] = {}
        coming = [link for links in held.tenants.values() for link in rng.sample(links, len(links) - 2)]
        rng.shuffle(coming)
        where = {link: estate for estate, links in held.tenants.items() for link in links}
        while coming:
            wave, coming = coming[:12], coming[12:]
            with capture_logs() as told:
                await send_all(database, wave, rng)
            assert told == [], "the servers write of faults alone"
            for link in wave:  # he is given the log of each estate by itself
                logs.setdefault(where[link], []).append(_line(at, "POST", 200))
                logs[where[link]].append(_line(at, "GET", 200))
            await mornings.mix(database, keys)
            at += timedelta(hours=1)
        await close(database, held)
        await mornings.mix(database, keys)
        for estate_id in held.tenants:
            stolen = await _steal(database, held, estate_id)
            by_hour = _sizes(logs[estate_id])
            assert sum(by_hour) == len(stolen.used) == len(stolen.answers) and len(by_hour) > 1
            estates += 1
            for name, order in ORDERS.items():
                for cut, sizes in (("hour", by_hour), ("second", [1] * len(stolen.used))):
                    right[name, cut] += _right(_pairs(stolen, sizes, order, rng), owner)
    for (name, cut), found in right.items():
        assert found <= most_by_chance(estates), f"{name}, by the {cut}: {found}, {estates} by chance"


async def test_in_a_store_that_writes_answers_as_they_come_the_same_logs_find_everybody(
    database: Database,
) -> None:
    """The control: by the second all of them, by the hour as many as there are hours, more or less."""
    held = await hold(database, [60])
    ((estate_id, links),) = held.tenants.items()
    owner = {token_hash(SECRET, link): link for link in links}
    sent = random.Random(1).sample(links, 48)
    lines = []
    for number, link in enumerate(sent):
        lines.append(_line(OPENED + timedelta(minutes=10 * number), "POST", 200))
        async with database.owner() as connection:
            await connection.execute(
                "update ballots.rights set used = true where invitation_id ="
                " (select id from registry.invitations where token_hash = $1)",
                token_hash(SECRET, link),
            )
            await connection.execute(
                "insert into answers.responses (organisation_id, campaign_id, estate_id,"
                " questionnaire_version_id, language, mode, answers, codes)"
                " select c.organisation_id, c.id, $2, c.questionnaire_version_id, 'nb', 'web',"
                " jsonb_build_object('bedre', $3::text), ''::bytea from registry.campaigns c where c.id = $1",
                held.campaign_id,
                estate_id,
                f"merke {link}",
            )
    stolen, rng = await _steal(database, held, estate_id), random.Random(2)
    assert _sizes(lines) == [6] * 8
    assert _right(_pairs(stolen, [1] * 48, _written, rng), owner) == 48
    tries = [_right(_pairs(stolen, _sizes(lines), _written, rng), owner) for _ in range(100)]
    assert 6 < sum(tries) / 100 < 10, "one in each of eight hours, where guessing in the estate is right once"


# ---------------------------------------------------------------- faults


FIELDS = {
    "event",
    "level",
    "timestamp",
    "method",
    "route",
    "status",
    "error",
    "lines",
    "port",
    "campaign",
    "why",
    "n",
}
BAD_DAYS = 3


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the processes write, as they write it."""
    written = io.StringIO()
    logs._told.clear()
    logs.configure(written)
    yield written
    structlog.reset_defaults()
    logs._told.clear()


async def _each_meets_a_fault(
    database: Database, client: httpx.AsyncClient, wave: Sequence[str], log: io.StringIO
) -> list[str]:
    """The table of drafts is away for a moment: the line of each of these, in their order."""
    lines = []
    async with database.owner() as connection:
        await connection.execute("alter table ballots.drafts rename to away")
    for link in wave:
        before = len(log.getvalue())
        told = await client.post(f"/s/{link}/send", data={"fro": SEED})
        assert told.status_code >= 500
        lines += log.getvalue()[before:].splitlines()
    async with database.owner() as connection:
        await connection.execute("alter table ballots.away rename to drafts")
    assert len(lines) == len(wave), "a line each"
    return lines


async def test_a_line_of_a_fault_for_every_sending_leads_to_nobody(
    database: Database, keys: KeyFolder, client: httpx.AsyncClient, log: io.StringIO, tmp_path: Path
) -> None:
    """He has the order in which all sent, by the microsecond, house by house; the mixer's troubles too."""
    right, estates = Counter[str](), 0
    for seed in range(BAD_DAYS):
        rng = random.Random(seed)
        held = await hold(database, ESTATES)
        where = {link: estate for estate, links in held.tenants.items() for link in links}
        owner = {token_hash(SECRET, link): link for link in where}
        coming = [link for links in held.tenants.values() for link in rng.sample(links, len(links) - 2)]
        rng.shuffle(coming)
        of_estate = Counter[object]()
        while coming:
            wave, coming = coming[:12], coming[12:]
            lines = await _each_meets_a_fault(database, client, wave, log)
            assert [json.loads(line)["timestamp"] for line in lines] == sorted(
                json.loads(line)["timestamp"] for line in lines
            )
            await send_all(database, wave, rng)
            of_estate.update(where[link] for link in wave)
            await mornings.mix(database, keys)
        await close(database, held)
        await mornings.mix(database, KeyFolder(tmp_path / "no keys"))
        await mornings.mix(database, keys)
        for estate_id in held.tenants:
            stolen = await _steal(database, held, estate_id)
            assert of_estate[estate_id] == len(stolen.used) == len(stolen.answers)
            estates += 1
            for name, order in ORDERS.items():
                right[name] += _right(_pairs(stolen, [1] * len(stolen.used), order, rng), owner)
        said = log.getvalue()
        assert "ballots cannot be opened" in said
        for link in where:
            assert not [
                words for words in (link, link.upper(), receipt(link), f"merke {link}") if words in said
            ]
            assert token_hash(SECRET, link).hex() not in said
    for line in log.getvalue().splitlines():
        assert set(json.loads(line)) <= FIELDS
    for name, found in right.items():
        assert found <= most_by_chance(estates), f"{name}: {found}, {estates} by chance"


async def test_the_senders_faults_name_no_address_and_no_link(
    database: Database, settings: Settings, contact_keys: KeyFolder, log: io.StringIO, tmp_path: Path
) -> None:
    """A server that refuses, is busy, is away; a channel not set up; keys away; a contact that is damaged."""
    rows = [("Havneveien 1-9", str(n), f"b{n}@x.example", f"400000{n:02}", "", "") for n in range(1, 9)]
    held = await mailed(database, settings, csv_file(*rows))
    async with database.owner() as connection:
        await connection.execute(
            "alter table delivery.contacts disable trigger user;"
            " update delivery.contacts set sealed = substring(sealed for 60) where invitation_id ="
            " (select invitation_id from delivery.contacts limit 1);"
            " alter table delivery.contacts enable trigger user"
        )
    async with mailbox() as box:
        box.answers = {
            f"b{n}@x.example": f"{code} b{n}@x.example: no"
            for n, code in enumerate((550, 450, 421, 550, 450), start=1)
        }
        away = Gateway("http://127.0.0.1:1/", None, "Bostemme")
        await sender(database, KeyFolder(tmp_path / "no keys"), box.channel()).look(0.0, pauses=False)
        await sender(database, contact_keys, box.channel(), away).look(0.0, pauses=False)
        await sender(database, contact_keys, box.channel()).look(1000.0, pauses=False)
    said = log.getvalue()
    for event in ("contacts cannot be opened", "cannot be read", "a channel is down", "not set up"):
        assert event in said
    assert str(held.round_id) in said
    for words in ("x.example", "400000", "/s/", "b1@", "127.0.0.1"):
        assert words not in said
