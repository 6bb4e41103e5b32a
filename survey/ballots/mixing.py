"""The mixer: takes ballots out of the box in batches of one estate and makes nameless answers of them.

A threshold pool mix. While a round is open an estate is mixed when 2k ballots wait, and k drawn by lot stay
behind: so that the last batch, taken when the round closes, is never smaller than k either. An estate that
ends below k answers in all is kept under its area (with the other such estates there), or, when these are
below k together, under the organisation alone.

Nothing that is stored tells one batch of an estate from another: with every batch all answers of the estate
are written anew, and between batches invitations and waiting ballots are rewritten in an order drawn by lot.
A wave of a panel is mixed when it has closed, each estate at once (`survey/ballots/linking.py` must see them
together), and after the waves before it.

Each step is one transaction: killed anywhere, a ballot is either in the box or an answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import aiosql
import asyncpg

from survey import logs
from survey.ballots import linking
from survey.ballots.keys import KeyFault, KeyFolder
from survey.ballots.sealing import Ballot, UnreadableBallot, open_ballot
from survey.database.pool import Connection, Database

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")

MOST = 500
"""Ballots of one batch: what is held opened in memory at a time."""
STOCK = 20
"""Unused keys that wait for rounds to open."""

REST = 3.0
"""Seconds of rest for each second of work on a round that is open."""

Rest = Callable[[float], Awaitable[None]]
"""Waits so many seconds, or until somebody waits for the mixer."""
Pooled = Literal["area", "organisation"]


@dataclass(frozen=True)
class Place:
    """An estate of a round with ballots in the box."""

    organisation_id: UUID
    campaign_id: UUID
    estate_id: UUID
    area_id: UUID
    status: str
    mixing_size: int
    waiting: int
    fresh: int
    unreadable: int
    mixed: int
    panel_id: UUID | None
    wave: int | None
    panel_key: bytes | None
    """What pseudonyms are made with; None when the round is of no panel, or its key is gone."""
    held: bool
    """An earlier wave of the panel is not mixed yet."""

    @property
    def ready(self) -> int:
        """How many may be moved now and leave a pool to hide the next ones in."""
        if self.panel_id is not None:
            return 0
        return self.waiting - self.mixing_size if self.waiting >= 2 * self.mixing_size else 0

    @property
    def small(self) -> bool:
        """Ended below k: must not be named."""
        return self.mixed == 0 and self.waiting < self.mixing_size


@dataclass(frozen=True)
class Batch:
    """Where a batch goes: to one estate, to an area, or (both None) to the organisation."""

    places: tuple[Place, ...]
    estate_id: UUID | None
    area_id: UUID | None
    most: int

    @property
    def pooled(self) -> Pooled | None:
        if self.estate_id is not None:
            return None
        return "area" if self.area_id is not None else "organisation"

    @property
    def linked(self) -> Place | None:
        """The estate whose answers may bear pseudonyms: those kept elsewhere would tell their estate."""
        place = self.places[0]
        return place if self.estate_id is not None and place.panel_key is not None else None

    @property
    def at_once(self) -> int:
        """How many ballots one transaction takes."""
        return self.most if self.places[0].panel_id is not None else MOST


@dataclass(frozen=True)
class Mixed:
    """What one look at the box did. `stuck`: ballots that no key opens, or that no longer can be read."""

    moved: int = 0
    stuck: int = 0


async def keep_stock(database: Database, keys: KeyFolder, wanted: int = STOCK) -> int:
    """Make keys until `wanted` unused ones are in stock, and give one to each open round that has none. Tell
    of an open round whose key is gone: few may wait yet, and more are sealed with it every hour.

    How many were made."""
    async with database.mixer() as connection:
        known = [row async for row in _queries.keys(connection)]
        unused = [
            row
            for row in known
            if row["campaign_id"] is None and row["destroyed_on"] is None and not row["panel"]
        ]
        missing = wanted - sum(keys.has(row["public_key"]) for row in unused)
        for row in unused:
            # Made by a mixer whose folder is gone: no round may take it.
            if not keys.has(row["public_key"]):
                await _queries.note_destroyed(connection, public_key=row["public_key"])
        for _ in range(max(0, missing)):
            await _queries.keep_key(connection, public_key=keys.make())
        await _queries.equip_rounds(connection)
    for row in known:
        if row["current"] and row["status"] == "open" and not keys.has(row["public_key"]):
            name = row["public_key"].hex()[:12]
            logs.trouble("a key is missing", campaign=str(row["campaign_id"]), why=f"{name} of an open round")
    return max(0, missing)


async def note_counts(database: Database) -> int:
    """How many have answered each open round, once a day; of how many rounds it was noted now.

    All that is told of an open round. The database knows the hour and whether it is done; asking again, or at
    another hour, changes nothing."""
    async with database.mixer() as connection:
        rounds: int = await _queries.note_counts(connection)
    return rounds


async def seconds_there(database: Database) -> float:
    """Seconds since 1970 by the clock that decides."""
    async with database.mixer() as connection:
        seconds: float = await _queries.seconds_there(connection)
    return seconds


async def mix(database: Database, keys: KeyFolder, rest: Rest | None = None) -> Mixed:
    """Look once at every estate with ballots: move what may be moved, shuffle what must wait.

    `rest`: after each estate of an open round, so that those who are sending get the cores between two
    estates and not between two looks."""
    async with database.mixer() as connection:
        places = [Place(**row) async for row in _queries.places(connection)]
    moved, stuck = 0, sum(place.unreadable for place in places)
    for batch in [*_closing_batches(places), *_open_batches(places)]:
        began = time.monotonic()
        try:
            moved += await _move(database, keys, batch)
        except KeyFault as fault:
            stuck += sum(place.waiting for place in batch.places)
            logs.trouble(
                "ballots cannot be opened", campaign=str(batch.places[0].campaign_id), why=str(fault)
            )
        except asyncpg.DataError as error:  # one estate must not hold up the others
            stuck += sum(place.waiting for place in batch.places)
            logs.trouble(
                "a batch cannot be mixed", campaign=str(batch.places[0].campaign_id), why=logs.known(error)
            )
        await _rest(rest, batch.places[0], began)
    for place in places:
        if place.fresh:
            began = time.monotonic()
            await _shuffle(database, place)
            await _rest(rest, place, began)
    return Mixed(moved, stuck)


async def _rest(rest: Rest | None, place: Place, began: float) -> None:
    if rest is not None and place.status != "closed":
        await rest(REST * (time.monotonic() - began))


async def destroy_spent_keys(database: Database, keys: KeyFolder) -> int:
    """Destroy the keys of rounds whose wave is sealed and whose box is empty, and of panels that are over;
    again, when an old backup has brought one back.

    How many were destroyed for the first time."""
    async with database.mixer() as connection:
        await _queries.end_panels(connection)
        known = [row async for row in _queries.keys(connection)]
        spent = [row for row in known if row["sealed"] and not row["waiting"] and row["destroyed_on"] is None]
        for row in spent:
            keys.destroy(row["public_key"])
            await _queries.note_destroyed(connection, public_key=row["public_key"])
    for row in known:
        if row["destroyed_on"] is not None and keys.destroy(row["public_key"]):
            campaign = str(row["campaign_id"] or "")
            logs.done("a key that an old backup brought back was destroyed", campaign=campaign)
    for row in spent:
        kind = "panel key" if row["panel"] else "ballot key"
        logs.done(f"{kind} destroyed", campaign=str(row["campaign_id"]))
    return len(spent)


def _open_batches(places: Sequence[Place]) -> Iterable[Batch]:
    for place in places:
        if place.status != "closed" and place.ready:
            yield Batch((place,), place.estate_id, None, place.ready)


def _closing_batches(places: Sequence[Place]) -> Iterable[Batch]:
    """What is left when a round has closed: by estate, by area, or by organisation."""
    closed = [place for place in places if place.status == "closed" and place.waiting and not place.held]
    for place in closed:
        if not place.small:
            yield Batch((place,), place.estate_id, None, place.waiting)
    small = sorted((place for place in closed if place.small), key=lambda p: (p.campaign_id, p.area_id))
    for _, of_round in groupby(small, key=lambda p: p.campaign_id):
        leftover: list[Place] = []
        for area_id, of_area in groupby(of_round, key=lambda p: p.area_id):
            together = tuple(of_area)
            waiting = sum(place.waiting for place in together)
            if waiting >= together[0].mixing_size:
                yield Batch(together, None, area_id, waiting)
            else:
                leftover += together
        if leftover:
            yield Batch(tuple(leftover), None, None, sum(place.waiting for place in leftover))


async def _move(database: Database, keys: KeyFolder, batch: Batch) -> int:
    moved = 0
    while moved < batch.most:
        try:
            done = await _move_some(database, keys, batch, min(batch.at_once, batch.most - moved))
        except asyncpg.SerializationError:
            continue  # a ballot was withdrawn meanwhile: draw again
        if not done:
            break
        moved += done
    return moved


async def _move_some(database: Database, keys: KeyFolder, batch: Batch, most: int) -> int:
    estates = [place.estate_id for place in batch.places]
    campaign_id = batch.places[0].campaign_id
    async with database.mixer() as connection:
        await _queries.hold_for_mixing(connection, campaign_id=campaign_id)
        drawn = [
            row
            async for row in _queries.draw(connection, campaign_id=campaign_id, estate_ids=estates, most=most)
        ]
        opened = await _opened(connection, keys, campaign_id, drawn)
        if not opened:
            return 0
        ballots = [ballot for _, ballot in opened]
        persons = await _persons(connection, keys, batch.linked, ballots)
        sources = {row["id"]: row["source"] for row in drawn}
        await _queries.mix(
            connection,
            campaign_id=campaign_id,
            estate_id=batch.estate_id,
            area_id=batch.area_id,
            ids=[id for id, _ in opened],
            version_ids=[ballot.version_id for ballot in ballots],
            languages=[ballot.language for ballot in ballots],
            # An answer by an open link stays a stratum of its own, whatever the web has sealed.
            modes=[f"open:{sources[id]}" if sources[id] else ballot.mode for id, ballot in opened],
            answers=[json.dumps(ballot.answers, ensure_ascii=False, sort_keys=True) for ballot in ballots],
            codes=[ballot.codes for ballot in ballots],
            persons=persons,
        )
        if batch.pooled is not None:
            await _queries.note_pooled(
                connection, campaign_id=campaign_id, estate_ids=estates, under=batch.pooled
            )
    return len(opened)


async def _persons(
    connection: Connection, keys: KeyFolder, place: Place | None, ballots: Sequence[Ballot]
) -> list[bytes | None]:
    """The pseudonym of each ballot that may bear one. Raises KeyFault."""
    if place is None or place.mixed:  # what comes after the others would be told by its pseudonym
        return [None] * len(ballots)
    key = keys.load(place.panel_key or b"")
    waves: dict[bytes, set[int]] = {}
    async for row in _queries.known_persons(
        connection, panel_id=place.panel_id, wave=place.wave, estate_id=place.estate_id
    ):
        waves.setdefault(row["person"], set()).add(row["wave"])
    wanted = [None if ballot.seed is None else linking.pseudonym(key, ballot.seed) for ballot in ballots]
    known = {person: frozenset(seen) for person, seen in waves.items()}
    return linking.among_enough(wanted, known, place.mixing_size)


async def _opened(
    connection: Connection, keys: KeyFolder, campaign_id: UUID, drawn: Sequence[Any]
) -> list[tuple[UUID, Ballot]]:
    """The ballots that can be read, each with its id in the box. Raises KeyFault."""
    private = {row["public_key"]: keys.load(row["public_key"]) for row in drawn}
    opened = []
    for row in drawn:
        try:
            opened.append((row["id"], open_ballot(private[row["public_key"]], row["sealed"])))
        except UnreadableBallot:
            await _queries.note_unreadable(connection, id=row["id"])
            logs.trouble("a ballot cannot be read", campaign=str(campaign_id))
    return opened


async def _shuffle(database: Database, place: Place) -> None:
    """In two transactions: an invitation and its ballot must not share one again."""
    for shuffle in (_queries.shuffle_invitations, _queries.shuffle_box):
        async with database.mixer() as connection:
            await _queries.hold_for_mixing(connection, campaign_id=place.campaign_id)
            await shuffle(connection, campaign_id=place.campaign_id, estate_ids=[place.estate_id])
