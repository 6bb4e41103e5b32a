"""How many have answered, said so that nobody can see who.

While a round is open nothing is counted for whoever looks. The mixer *notes* how many have answered early
each morning, in multiples of 5 that never fall, and each rises on a morning drawn by lot
(`ballots.note_counts_at`, docs/anonymity-annex.md): that is all the console, and its database role, can know.
From closing until the last ballot is mixed nothing is told at all; then the numbers are exact. Below 5 no
number is said, open or closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from survey.campaigns.rounds import Round, queries
from survey.database.pool import Connection

FEWEST = 5
SETTLED = timedelta(days=7)
"""After so many days of an open round a building that says little has few answers, and not only bad luck."""
LOW = 0.4
"""Share of the dwellings under which an estate is named as one to go and see."""


Counts = Mapping[tuple[UUID, UUID], int]
"""Answers by (round, estate), as far as they may be told: noted ones of an open round, from 5 of a closed
one that is counted."""

Noted = Mapping[UUID, date]
"""The day on which an open round was last counted; nothing of one that never was."""

Pooled = Mapping[UUID, Mapping[UUID | None, int]]
"""By round: the answers that stand under an area (None: the organisation) without an estate's name."""

Counting = frozenset[UUID]
"""Closed rounds whose answers are not all mixed, or that the mixer has not looked at."""


@dataclass(frozen=True)
class Answered:
    """A number of answers fit to be shown. `exact`: counted when the round was closed; else what was noted,
    at least so many. `counting`: closed, and not told yet. `n` None: fewer than 5; when not `exact` also: not
    noted yet; when `counting` always.
    """

    n: int | None
    invited: int | None
    exact: bool
    counting: bool = False
    elsewhere: tuple[int, int] = (0, 0)
    """At least and at most so many more are counted under the area or the organisation, to hide too few of
    others: `RoundEstate.elsewhere`."""
    unsure: bool = False
    """Of several estates: in one of them more answered than were asked."""

    @property
    def between(self) -> tuple[int, int] | None:
        """At least and at most so many have answered; the same number twice where it is known."""
        if self.n is None:
            return None
        room = max(self.elsewhere) if self.invited is None else max(0, self.invited - self.n)
        least, most = (self.n + min(number, room) for number in self.elsewhere)
        return least, most

    @property
    def shares(self) -> tuple[float, float] | None:
        """0..1 of the dwellings asked, from the numbers shown; None when either is not known, or cannot be
        right."""
        if self.between is None or not self.invited or self.overfull or self.unsure:
            return None
        least, most = (min(1.0, n / self.invited) for n in self.between)
        return least, most

    @property
    def overfull(self) -> bool:
        """More answers came than dwellings were asked: one of the numbers is wrong."""
        return self.n is not None and self.invited is not None and self.n > self.invited

    @property
    def share(self) -> float | None:
        """The lower of the two."""
        return self.shares and self.shares[0]


@dataclass(frozen=True)
class EstateAnswered:
    estate_id: UUID
    name: str
    area: str
    answered: Answered
    dwellings: int | None = None
    """Where a sample is asked: how many dwellings it was drawn from."""

    @property
    def missing(self) -> bool:
        """Few have answered here, compared with how many were asked."""
        share = self.answered.share
        return self.answered.n is None or (share is not None and share < LOW)


@dataclass(frozen=True)
class Pool:
    """Answers of a closed round without an estate's name. `area` None: of the whole organisation."""

    area: str | None
    n: int


@dataclass(frozen=True)
class Coverage:
    total: Answered
    estates: tuple[EstateAnswered, ...]
    pools: tuple[Pool, ...]
    noted_on: date | None
    """The day on which an open round was last counted. None: not yet, or the round is not open."""
    settled: bool
    """Whether a round has been open for long enough to say where answers are missing."""

    @property
    def hidden(self) -> bool:
        """Whether fewer than 5 have answered in some estate."""
        return any(estate.answered.n is None for estate in self.estates)

    @property
    def overfull(self) -> tuple[str, ...]:
        """Estates where more answers came than dwellings were asked."""
        return tuple(estate.name for estate in self.estates if estate.answered.overfull)

    @property
    def missing(self) -> tuple[EstateAnswered, ...]:
        """Estates to go and see first, the emptiest first; none before the numbers have settled."""
        if not self.settled:
            return ()
        return tuple(sorted((e for e in self.estates if e.missing), key=lambda e: e.answered.share or 0.0))


@dataclass(frozen=True)
class NotAgain:
    """Those who do not wish to be asked in later rounds, rounded down to a multiple of 5; None: fewer."""

    said: int | None
    """In this round, whether they answered it or not; None as long as it is open."""
    left_out: int | None
    """Not written to in this round, for they said so in an earlier one; None when it is closed."""


async def counts(connection: Connection, rounds: tuple[Round, ...]) -> Counts:
    """Through the door of the answers, which knows no invitations, and of open rounds no answers either."""
    rows = [row async for row in queries.response_counts(connection, ids=[round.id for round in rounds])]
    return {(row["campaign_id"], row["estate_id"]): row["n"] for row in rows}


async def pooled(connection: Connection, rounds: tuple[Round, ...]) -> Pooled:
    """Through the door of the answers."""
    found: dict[UUID, dict[UUID | None, int]] = {}
    async for row in queries.pooled_counts(connection, ids=[round.id for round in rounds]):
        found.setdefault(row["campaign_id"], {})[row["area_id"]] = row["n"]
    return found


async def noted(connection: Connection, rounds: tuple[Round, ...]) -> Noted:
    """Through the door of the answers."""
    rows = [row async for row in queries.noted_on(connection, ids=[round.id for round in rounds])]
    return {row["campaign_id"]: row["noted_on"] for row in rows}


async def being_counted(connection: Connection, rounds: tuple[Round, ...]) -> Counting:
    """Through the door of the answers."""
    rows = [row async for row in queries.being_counted(connection, ids=[round.id for round in rounds])]
    return frozenset(row["id"] for row in rows)


async def declined(connection: Connection, rounds: tuple[Round, ...]) -> Mapping[UUID, int]:
    """About how many of those who did not answer said that they did not wish to, by closed round; nothing of
    fewer than 20.

    Through the door of the registry. The database draws a lot once, when the round is counted: whoever holds
    the links could say no for all homes but one, and an exact number would tell what that one had done.
    """
    rows = [row async for row in queries.declined_counts(connection, ids=[round.id for round in rounds])]
    return {row["campaign_id"]: row["n"] for row in rows}


async def still_mixing(connection: Connection, round_id: UUID) -> bool:
    """Whether the mixer has work left in a closed round, or has not looked. The door of the answers."""
    waiting: bool = await queries.ballots_waiting(connection, id=round_id)
    return waiting


async def not_again(connection: Connection, round: Round) -> NotAgain:
    """A wish and never a failure. Through the door of the registry, rounded by the database."""
    row = await queries.not_again_count(connection, id=round.id)
    return NotAgain(row["not_again"], row["left_out"])


async def seen(connection: Connection, rounds: tuple[Round, ...]) -> Mapping[UUID, Coverage]:
    """What is shown of each of the rounds. Through the door of the answers."""
    counting = await being_counted(
        connection, rounds
    )  # first: what is mixed meanwhile is told at the next look
    told = await counts(connection, rounds)
    without = await pooled(connection, rounds)
    days = await noted(connection, rounds)
    return {round.id: _coverage(round, told, without.get(round.id, {}), days, counting) for round in rounds}


def _coverage(
    round: Round, counts: Counts, pooled: Mapping[UUID | None, int], noted: Noted, being_counted: Counting
) -> Coverage:
    exact, counting = round.status == "closed", round.id in being_counted
    told, without = ({}, {}) if counting else (counts, pooled)
    estates = tuple(
        EstateAnswered(
            estate.id,
            estate.name,
            estate.area,
            Answered(told.get((round.id, estate.id)), estate.invited, exact, counting, estate.elsewhere),
            estate.dwellings,
        )
        for estate in round.estates
    )
    noted_on = noted.get(round.id)
    settled = exact or (noted_on is not None and noted_on - round.opens_on >= SETTLED)
    areas = {estate.area_id: estate.area for estate in round.estates}
    pools = tuple(Pool(None if area is None else areas.get(area, ""), n) for area, n in without.items())
    total = (
        Answered(None, round.invited, exact, counting)
        if counting
        else _total(round, estates, without, exact=exact)
    )
    return Coverage(total, estates, tuple(sorted(pools, key=lambda pool: pool.area or "")), noted_on, settled)


def _total(
    round: Round, estates: tuple[EstateAnswered, ...], pooled: Mapping[UUID | None, int], *, exact: bool
) -> Answered:
    """Adds up what is shown, so that it gives no hidden estate back.

    When a round is closed hidden estates leave the dwellings, too, but for those that are counted together
    without their names: so the rate is the report's.
    """
    seen = [estate.answered for estate in estates if estate.answered.n is not None]
    n = sum(answered.n or 0 for answered in seen) + sum(pooled.values())
    if not exact or not n:
        return Answered(n if n >= FEWEST else None, round.invited, exact)
    asked = [answered.invited for answered in seen]
    asked += [
        estate.invited
        for estate in round.estates
        if estate.pooled_under is not None
        and (estate.area_id if estate.pooled_under == "area" else None) in pooled
    ]
    invited = None if None in asked else sum(number or 0 for number in asked)
    return Answered(n, invited, exact, unsure=any(answered.overfull for answered in seen))
