"""Where, when and how waiting ballots and rights to answer are written anew in an order drawn by lot.

Who has just sent lies behind all others until her estate is shuffled. To shuffle is to write *all* that wait
there, so what one answer costs grows with those that wait, and the box of an open round grows all day. So an
estate's turn comes by what it costs: at the next look while few wait there, and, however many do, at the next
look where nobody has sent for a while; where many wait and many send, after so many seconds that what is
written in a second is bounded. Where more is due than the mixer may take of the machine, those come first who
are latest by their own measure: a small house does not wait for large ones.

All of an estate is one transaction, so that one has written all that wait. It is written in portions, with a
pause after each: who sends is told so when the disk has what she wrote and all that others wrote before.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import aiosql
import asyncpg

from survey import logs
from survey.ballots.batches import Place
from survey.database.pool import Database

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")

LOOK = 5.0
"""Seconds between two looks of the mixer; one does not shuffle for longer, what is left is for the next."""
FEW = 50
"""So many ballots that wait cost an estate one look: with more it is passed over in between."""
LONGEST = 60.0
"""Seconds after which the turn of an estate comes, however many wait there."""
PORTION = 25
"""Ballots written by one statement: half a megabyte, with what is written of them beside."""
REST = 9.0
"""Seconds of rest for each second of work on a round that is open: with less, what is written takes the disk
from those who send."""
HELD_FOR = 1.0
"""Seconds of rest, at most, while an estate's ballots are in hand: who withdraws or changes hers waits."""

HELD = "an estate cannot be shuffled while others hold its links or ballots"

Rest = Callable[[float], Awaitable[None]]
"""Waits so many seconds, or until somebody waits for the mixer."""
Key: TypeAlias = tuple[UUID, UUID]


@dataclass(frozen=True)
class Estate:
    """Of one round, with ballots that wait and came since it was shuffled."""

    campaign_id: UUID
    estate_id: UUID
    open: bool
    waiting: int
    """Of those who were asked and by open links: all are written anew."""

    @property
    def key(self) -> Key:
        return self.campaign_id, self.estate_id

    @property
    def interval(self) -> float:
        """Seconds from one turn to the next."""
        return min(LONGEST, LOOK * math.ceil(self.waiting / FEW))


class Pace:
    """When each estate had its turn, as this process remembers it: nothing of it is stored.

    `clock`: seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._last: dict[Key, float] = {}
        self._since: dict[Key, float] = {}
        """From when the time to their turn is reckoned, of those that wait for it."""

    def due(self, places: Iterable[Place]) -> list[Estate]:
        """Those whose turn has come, the latest by their own measure first."""
        now = self.clock()
        estates = _estates(places)
        self._last = {key: last for key, last in self._last.items() if now - last < LONGEST}
        self._since = {
            # Where nobody had sent for so long, its turn is at once.
            key: self._since.get(key, max(self._last.get(key, -math.inf), now - estate.interval))
            for key, estate in estates.items()
        }
        late = {key: (now - self._since[key] + LOOK / 2) / estate.interval for key, estate in estates.items()}
        return sorted(
            (estate for key, estate in estates.items() if late[key] >= 1.0 or estate.waiting <= FEW),
            key=lambda estate: (-late[estate.key], estate.waiting),
        )

    def done(self, estate: Estate) -> None:
        self._last[estate.key] = self.clock()
        self._since.pop(estate.key, None)


def _estates(places: Iterable[Place]) -> dict[Key, Estate]:
    waiting: dict[Key, list[Place]] = {}
    for place in places:
        waiting.setdefault((place.campaign_id, place.estate_id), []).append(place)
    return {
        key: Estate(*key, here[0].status != "closed", sum(place.waiting for place in here))
        for key, here in waiting.items()
        if any(place.fresh for place in here)
    }


async def shuffle_due(database: Database, places: Iterable[Place], pace: Pace, rest: Rest | None) -> None:
    """Those whose turn it is.

    `rest`: during and after each estate of an open round, so that those who are sending get the cores and the
    disk, and what there is no time for is left to the next look; without it nothing is left."""
    began, held = time.monotonic(), False
    for estate in pace.due(places):
        if rest is not None and time.monotonic() - began >= LOOK:
            break
        try:
            await _shuffle(database, estate, rest if estate.open else None)
        except asyncpg.LockNotAvailableError:  # it stays fresh, for the next look
            held = True
        else:
            pace.done(estate)
    # Of one look, or of one round, it would say in which somebody has just sent.
    if held:
        logs.lasting(HELD)
    else:
        logs.over(HELD)


async def _shuffle(database: Database, estate: Estate, rest: Rest | None) -> None:
    """In two transactions: an invitation and its ballot must not share one again. Who sends between them
    stays fresh: her invitation is not yet rewritten."""
    tired = _Tired(rest)
    round_and_estates = {"campaign_id": estate.campaign_id, "estate_ids": [estate.estate_id]}
    with tired:
        async with database.mixer() as connection:
            await _queries.hold_for_mixing(connection, campaign_id=estate.campaign_id)
            known = await _queries.shuffle_invitations(connection, **round_and_estates)
    await tired.rest()
    async with database.mixer() as connection:
        with tired:
            await _queries.hold_for_mixing(connection, campaign_id=estate.campaign_id)
            ids = await _queries.waiting_by_lot(connection, **round_and_estates)
        portions = [ids[first : first + PORTION] for first in range(0, len(ids), PORTION)]
        for some in portions:
            with tired:
                await _queries.shuffle_ballots(
                    connection, campaign_id=estate.campaign_id, ids=some, known=known
                )
            await tired.rest(HELD_FOR / len(portions))
    await tired.rest(LOOK)  # not longer: small houses wait for the next look


class _Tired:
    """Keeps what is owed of rest for the time spent within it."""

    def __init__(self, rest: Rest | None) -> None:
        self._rest, self._owed = rest, 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._owed += REST * (time.monotonic() - self._began)

    async def rest(self, most: float = math.inf) -> None:
        if self._rest is not None:
            seconds = min(self._owed, most)
            self._owed -= seconds
            await self._rest(seconds)
