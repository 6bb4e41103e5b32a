"""Who holds one dump, made at any moment, of an open round in which many wait and many send.

Where many wait an estate is not shuffled at each look of the mixer. The attacker knows when everybody of an
estate sent: he has the mail server's list of a reminder and stood in the stairway. What the annex promises
(`docs/anonymity-annex.md`): whoever sent longer ago than so many seconds lies in no order, and one
transaction has written her with all others who did; and who sends when nobody else has for a while is among
all others after one look, however full the box is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import TypeAlias

from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.ballots.shuffling import LOOK, Pace
from survey.ballots.tokens import receipt_hash
from survey.database.pool import Database
from tests.attack.lying import Tally, lying
from tests.elections import SECRET, Election, hold, receipt, send_all

HOMES = (12, 30, 60, 60, 110, 160)
BUSY = 240.0
"""Seconds in which all but one of each estate send: what lies in 400 homes comes in a whole day."""
DUMPS = 6
QUIET = 120.0

Promise: TypeAlias = Callable[[int], float]
"""Of so many that wait: after how many seconds nothing is seen."""


def promised(waiting: int) -> float:
    """Seconds, as the annex says: five for each fifty that wait, a minute at most; and a look more."""
    return min(60.0, 5.0 * ceil(waiting / 50)) + 5.0


class _Stairway:
    """A clock that is told the time, and who sent when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: dict[str, float] = {}

    def clock(self) -> float:
        return self.now


async def _writers(database: Database, links: list[str]) -> set[str]:
    """The transactions that have written these ballots."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select distinct xmin::text from ballots.box where receipt_hash = any($1)",
            [receipt_hash(SECRET, receipt(link)) for link in links],
        )
    return {row["xmin"] for row in rows}


@dataclass
class _Seen:
    """By dumps of a day: what lies in which order, and how many transactions, at most, have written what is
    asked for of an estate."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    writers: int = 0

    @property
    def told(self) -> dict[str, list[str]]:
        return {what: tally.told for what, tally in self.tallies.items() if tally.told}


async def _judge(database: Database, held: Election, stairs: _Stairway, after: Promise, seen: _Seen) -> None:
    """One dump: of each estate those who sent `after` seconds ago and longer."""
    long_ago: list[str] = []
    for links in held.tenants.values():
        came = [link for link in links if link in stairs.sent]
        some = [link for link in came if stairs.sent[link] < stairs.now - after(len(came))]
        if len(some) > 1:
            long_ago += some
            seen.writers = max(seen.writers, len(await _writers(database, some)))
    in_order = sorted(long_ago, key=stairs.sent.__getitem__)
    for what, estates in (await lying(database, held, in_order)).items():
        for links in estates:
            if len(links) > 1:
                seen.tallies.setdefault(what, Tally()).add(links, in_order)


async def _day(database: Database, keys: KeyFolder, seed: int, after: Promise) -> tuple[_Seen, _Seen]:
    """All but one of each estate send; later, after a reminder, that one. What dumps of the first, and one of
    the second after one look, show."""
    rng = random.Random(seed)
    held = await hold(database, list(HOMES))
    stairs, busy, quiet = _Stairway(), _Seen(), _Seen()
    pace = Pace(stairs.clock)
    events: list[tuple[float, str]] = []
    late: list[str] = []
    for links in held.tenants.values():
        *some, one = rng.sample(links, len(links))
        events += [(rng.uniform(0, BUSY), link) for link in some]
        late.append(one)
    events += [(BUSY * (n + rng.random()) / DUMPS, "dump") for n in range(1, DUMPS)]
    first = rng.uniform(0, LOOK)
    events += [(first + LOOK * n, "look") for n in range(int((BUSY + QUIET) / LOOK))]
    for when, what in sorted(events):
        stairs.now = when
        if what == "look":
            await mixing.mix(database, keys, pace=pace)
        elif what == "dump":
            await _judge(database, held, stairs, after, busy)
        else:
            await send_all(database, [what], rng)
            stairs.sent[what] = when
    await send_all(database, late, rng)
    for n, link in enumerate(late):
        stairs.sent[link] = stairs.now + n / 100
    stairs.now += LOOK
    await mixing.mix(database, keys, pace=pace)
    await _judge(database, held, stairs, lambda _: 0.0, quiet)
    return busy, quiet


async def test_in_full_and_busy_estates_who_sent_longer_ago_than_is_promised_lies_in_no_order(
    database: Database, keys: KeyFolder
) -> None:
    busy, quiet = await _day(database, keys, 1, promised)
    assert len(busy.tallies) == 7 and not busy.told
    assert busy.writers == 1
    assert len(quiet.tallies) == 7 and not quiet.told
    assert quiet.writers == 1, "who sends alone waits for one look, however many wait there"


async def test_who_has_just_sent_is_seen(database: Database, keys: KeyFolder) -> None:
    """The control: until then they lie apart, and in the order in which they came."""
    busy, _ = await _day(database, keys, 2, lambda _: 0.0)
    assert busy.writers > 5 and busy.told
