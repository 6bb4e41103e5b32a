"""Who has the proxy's log and the servers' beside the whole database cuts both sides by what came in an hour.

The proxy writes a line for each request: hour, method and status (docs/production.md). So this attacker knows
how many sent in each hour of a round. He lays used invitations and answers in every order they have, cuts
both into hours of these sizes, and pairs within the hour. He is also given what our format leaves out, the
second of each line: then each piece is one tenant. The servers' own log has no line for what goes well.

In a store that writes answers as they come he finds one an hour by the hour, and everybody by the second.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from structlog.testing import capture_logs

from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.ballots.tokens import token_hash
from survey.database.pool import Database
from survey.settings import PROJECT
from tests.attack.test_relinking import Row, Stolen, _by_chance, _place, _right, _steal, _written
from tests.elections import SECRET, close, hold, send_all

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
            await mixing.mix(database, keys)
            at += timedelta(hours=1)
        await close(database, held)
        await mixing.mix(database, keys)
        for estate_id in held.tenants:
            stolen = await _steal(database, held, estate_id)
            by_hour = _sizes(logs[estate_id])
            assert sum(by_hour) == len(stolen.used) == len(stolen.answers) and len(by_hour) > 1
            estates += 1
            for name, order in ORDERS.items():
                for cut, sizes in (("hour", by_hour), ("second", [1] * len(stolen.used))):
                    right[name, cut] += _right(_pairs(stolen, sizes, order, rng), owner)
    for (name, cut), found in right.items():
        assert found <= _by_chance(estates), f"{name}, by the {cut}: {found}, {estates} by chance"


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
                "update registry.invitations set used = true where token_hash = $1", token_hash(SECRET, link)
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
