"""The mixer: takes ballots out of the box in batches of one estate and makes nameless answers of them.

A threshold pool mix: `survey/ballots/batches.py` says which ballots go together,
`survey/ballots/alike.py` what may stand beside them. While a round is open an estate is mixed on a morning
drawn by lot, that on which its number may rise: receipts tell when, and else somebody's sending would.

Nothing that is stored tells one batch of an estate from another: with every batch all answers of the
estate are written anew, and between batches invitations and waiting ballots are rewritten in an order
drawn by lot (`survey/ballots/shuffling.py`). A wave of a panel is mixed when it has closed, each estate at
once (`survey/ballots/linking.py` must see them together), and after the waves before it.

Each step is one transaction: killed anywhere, a ballot is either in the box or an answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
import asyncpg

from survey import logs
from survey.ballots import linking, restores, shuffling
from survey.ballots.alike import OPEN, beside
from survey.ballots.batches import Batch, Place, Step, plan
from survey.ballots.keys import KeyFault, KeyFolder
from survey.ballots.lots import Lots
from survey.ballots.sealing import Ballot, UnreadableBallot, open_ballot
from survey.ballots.shuffling import Pace, Rest
from survey.database.pool import Connection, Database

_lots = random.SystemRandom()
_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")

LOOKS = 5
"""How often a look is begun anew when a closed round's box changes under it; what is left is for the next."""
STOCK = 20
"""Unused keys that wait for rounds to open."""

COUNTING = 2.0
"""At most so many seconds, drawn by lot, are between mixing and telling: many times what it takes to look at
a round in which nobody, or one, has answered."""
REST = 3.0
"""Seconds of rest for each second of work on a batch of a round that is open."""


@dataclass(frozen=True)
class Mixed:
    """What one look at the box did. `stuck`: ballots that no key opens, or that no longer can be read.
    `few`: deleted unread, since there was nobody to hide them among."""

    moved: int = 0
    stuck: int = 0
    few: int = 0


class _Otherwise(Exception):
    """The box is not as it was when the batches were planned."""


async def keep_stock(database: Database, keys: KeyFolder, wanted: int = STOCK) -> int:
    """Make keys until `wanted` unused ones are in stock, and give one to each open round that has none. Tell
    of an open round whose key is gone: few may wait yet, and more are sealed with it every hour.

    How many were made. Raises OSError where there is no room for more; those that had room are in stock."""
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
                await _queries.drop_stock(connection, public_key=row["public_key"])
        made, fault = keys.make_some(max(0, missing))
        for public in made:
            await _queries.keep_key(connection, public_key=public)
        await _queries.equip_rounds(connection)
    for row in known:
        if row["current"] and row["status"] == "open" and not keys.has(row["public_key"]):
            name = row["public_key"].hex()[:12]
            logs.trouble("a key is missing", campaign=str(row["campaign_id"]), why=f"{name} of an open round")
    if fault:
        raise fault
    return len(made)


async def note_counts(database: Database) -> int:
    """How many have answered each open round, once a day, and which estates are to be mixed; of how many
    rounds it was noted now.

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


async def note_begun(database: Database) -> int:
    """Which rounds have begun; how many of these are before their first day by a clock that went back."""
    async with database.mixer() as connection:
        back: int = await _queries.note_begun(connection)
    return back


async def note_closed(database: Database) -> int:
    """Of rounds that have closed since, drafts are deleted, and who wishes not to be asked again is noted. Of
    how many. Not where the console closes them: it could close, look, and take it back."""
    async with database.mixer() as connection:
        seen: int = await _queries.note_closed(connection)
    return seen


async def mix_and_tell(
    database: Database, keys: KeyFolder, rest: Rest | None = None, pace: Pace | None = None
) -> Mixed:
    """`mix`, and of closed rounds that it emptied, or found empty, may be told from here on.

    With `rest`: a time later that is drawn by lot, since how long a look took says whether there was
    anything. What closes meanwhile is for the next look, ballots or not."""
    await note_closed(database)
    async with database.mixer() as connection:
        closed = [row["id"] async for row in _queries.uncounted(connection)]
    done = await mix(database, keys, rest, pace)
    if closed:
        await asyncio.sleep(_lots.uniform(0.0, COUNTING) if rest is not None else 0.0)
        async with database.mixer() as connection:
            await _queries.note_counted(connection, campaign_ids=closed)
    return done


async def mix(
    database: Database, keys: KeyFolder, rest: Rest | None = None, pace: Pace | None = None
) -> Mixed:
    """Look once at every estate with ballots: move what may be moved, shuffle what must wait. With `pace`
    where its turn has come, without it everywhere.

    Of an open round what this morning's lot fell on and nobody has taken; killed in the middle, it is left
    for another morning.

    `rest`: after each estate of an open round, so that those who are sending get the cores between two
    estates and not between two looks."""
    moved = few = 0
    lots = Lots(keys.path)
    await restores.catch_up(database, lots)
    for _ in range(LOOKS):
        async with database.mixer() as connection:
            due = {(row["campaign_id"], row["estate_id"]) async for row in _queries.take_due(connection)}
            places = [Place(**row) async for row in _queries.places(connection)]
        stuck, again = sum(place.unreadable for place in places), False
        now = [
            place
            for place in places
            if place.status == "closed" or (place.campaign_id, place.estate_id) in due
        ]
        for steps in plan(now, partial(lots.order, "plan")):
            done = await _follow(database, keys, steps, rest)
            moved, few, stuck, again = (
                moved + done.moved,
                few + done.few,
                stuck + done.stuck,
                again or done.again,
            )
        if not again:
            break
    await shuffling.shuffle_due(database, places, pace or Pace(), rest)
    return Mixed(moved, stuck, few)


@dataclass(frozen=True)
class _Followed(Mixed):
    """How far a list of steps was followed. `again`: the round is closed and its box must be looked at
    anew."""

    again: bool = False


async def _follow(database: Database, keys: KeyFolder, steps: Sequence[Step], rest: Rest | None) -> _Followed:
    """All that can be done: where one step cannot, what comes after it from the same estates rests on it."""
    moved = few = left = 0
    place = steps[0].place
    undone: set[UUID] = set()
    for step in steps:
        estates = {one.estate_id for one, _ in step.shares}
        if undone & estates:
            undone |= estates
            left += step.size
            continue
        began = time.monotonic()
        try:
            if isinstance(step, Batch):
                moved += await _move(database, keys, step)
            else:
                few += await _delete_few(database, step.place)
        except (_Otherwise, asyncpg.SerializationError):
            return _Followed(moved, left, few, again=place.status == "closed")
        except asyncpg.PostgresConnectionError:
            raise  # nothing can be done
        except (KeyFault, asyncpg.PostgresError) as error:
            known = isinstance(error, KeyFault)
            what = "ballots cannot be opened" if known else "a batch cannot be mixed"
            logs.trouble(
                what, campaign=str(place.campaign_id), why=str(error) if known else logs.known(error)
            )
            undone |= estates
            left += step.size
        await _rest(rest, place, began)
    return _Followed(moved, left, few)


async def _rest(rest: Rest | None, place: Place, began: float) -> None:
    if rest is not None and place.status != "closed":
        await rest(REST * (time.monotonic() - began))


async def destroy_spent_keys(database: Database, keys: KeyFolder) -> int:
    """Destroy the keys of rounds whose wave is sealed and whose box is empty, and of panels that are over;
    again, when an old backup has brought one back. Never one that ballots wait under, whatever is noted.

    How many were destroyed for the first time. Of several mixers at once one destroys, and says so: the
    others find it done."""
    async with database.mixer() as connection:
        await _queries.destroy_alone(connection)
        await _queries.end_panels(connection)
        known = [row async for row in _queries.keys(connection)]
        done = [row for row in known if row["sealed"] and not row["waiting"] and row["destroyed_on"] is None]
        spent = [row for row in done if await _queries.note_spent(connection, public_key=row["public_key"])]
        for row in spent:
            keys.destroy(row["public_key"])
    for row in known:
        if row["destroyed_on"] is not None and not row["waiting"] and keys.destroy(row["public_key"]):
            campaign = str(row["campaign_id"] or "")
            logs.done("a key that an old backup brought back was destroyed", campaign=campaign)
    for row in spent:
        if row["campaign_id"] is not None:
            Lots(keys.path).forget(row["campaign_id"])
        kind = "panel key" if row["panel"] else "ballot key"
        logs.done(f"{kind} destroyed", campaign=str(row["campaign_id"]))
    return len(spent)


async def _move(database: Database, keys: KeyFolder, batch: Batch) -> int:
    """All of it, or nothing. Raises _Otherwise, KeyFault and what the database refuses."""
    campaign_id = batch.place.campaign_id
    lots = Lots(keys.path)
    async with database.mixer() as connection:
        await _queries.hold_for_mixing(connection, campaign_id=campaign_id)
        drawn = await _drawn_before(connection, lots, batch.place)
        size = len(drawn) or batch.size
        drawn = drawn or await _drawn(connection, lots, batch)
        opened = await _opened(connection, keys, campaign_id, drawn)
        if len(opened) == size:
            await _settle(connection, lots, batch, [id for id, _ in opened])
    if len(opened) < size:  # some were withdrawn meanwhile, or are noted as unreadable now
        raise _Otherwise
    async with database.mixer() as connection:
        await _queries.hold_for_mixing(connection, campaign_id=campaign_id)
        await _mix(connection, keys, batch, opened, {row["id"]: row["source"] for row in drawn})
    return size


async def _settle(connection: Connection, lots: Lots, batch: Batch, ids: Sequence[UUID]) -> None:
    """These are the batch for good, and none of them leaves it: on the disk and in the database before any of
    it is written among the answers. Else, were it lost, what it has more than is kept in the end would be the
    answer of who takes hers back in between."""
    mark = lots.new_mark()
    estates = [place.estate_id for place, number in batch.shares if number]
    lots.note(batch.place.campaign_id, estates, frozenset(ids))
    await _queries.note_drawn(connection, campaign_id=batch.place.campaign_id, ids=list(ids))
    await _queries.keep_mark(connection, mark=mark)


async def _drawn_before(connection: Connection, lots: Lots, place: Place) -> list[Any]:
    """Of an open round, the batch of the estate that was written once and still waits; none where all that
    was is out of the box.

    Raises _Otherwise where some of a batch are gone, or several wait: with fewer or others beside them they
    would be told apart. They go when the round is closed, with all that are left."""
    if place.status == "closed":
        return []
    known = lots.drawn(place.campaign_id, place.estate_id)
    if not known:
        return []
    waiting = [
        row
        async for row in _queries.draw_again(
            connection,
            campaign_id=place.campaign_id,
            open_link=place.open_link,
            estate_id=place.estate_id,
            ids=sorted(frozenset[UUID]().union(*known)),
            lot=lots.secret(),
        )
    ]
    if waiting and frozenset(row["id"] for row in waiting) not in known:
        raise _Otherwise
    return waiting


async def _drawn(connection: Connection, lots: Lots, batch: Batch) -> list[Any]:
    shares = [(place.estate_id, number) for place, number in batch.shares if number]
    return [
        row
        async for row in _queries.draw(
            connection,
            campaign_id=batch.place.campaign_id,
            open_link=batch.place.open_link,
            estate_ids=[id for id, _ in shares],
            numbers=[number for _, number in shares],
            lot=lots.secret(),
        )
    ]


async def _mix(
    connection: Connection,
    keys: KeyFolder,
    batch: Batch,
    opened: Sequence[tuple[UUID, Ballot]],
    sources: Mapping[UUID, str | None],
) -> None:
    ballots = [ballot for _, ballot in opened]
    modes, languages = beside(
        # An answer by an open link stays a stratum of its own, whatever the web has sealed.
        [f"{OPEN}{sources[id]}" if sources[id] else ballot.mode for id, ballot in opened],
        [ballot.language for ballot in ballots],
        batch.place.mixing_size,
        linked=batch.linked is not None,
    )
    await _queries.mix(
        connection,
        campaign_id=batch.place.campaign_id,
        estate_id=batch.estate_id,
        area_id=batch.area_id,
        ids=[id for id, _ in opened],
        version_ids=[ballot.version_id for ballot in ballots],
        languages=languages,
        modes=modes,
        answers=[json.dumps(ballot.answers, ensure_ascii=False, sort_keys=True) for ballot in ballots],
        codes=[ballot.codes for ballot in ballots],
        persons=await _persons(connection, keys, batch.linked, ballots),
    )
    if batch.under is not None:
        campaign_id = batch.place.campaign_id
        await _queries.note_pooled(
            connection, campaign_id=campaign_id, estate_ids=batch.unnamed, under=batch.under
        )
        estates, least, most = zip(*batch.elsewhere, strict=True) if batch.elsewhere else ((), (), ())
        await _queries.note_elsewhere(
            connection,
            campaign_id=campaign_id,
            estate_ids=list(estates),
            least=list(least),
            most=list(most),
            under=batch.under,
        )


async def _delete_few(database: Database, place: Place) -> int:
    async with database.mixer() as connection:
        await _queries.hold_for_mixing(connection, campaign_id=place.campaign_id)
        few: int = await _queries.delete_few(
            connection, campaign_id=place.campaign_id, open_link=place.open_link
        )
    return few  # no line in the log: of a round of one home it would say for good that she had answered


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
    lot = Lots(keys.path).order("persons", place.panel_id, place.wave, place.estate_id)
    return linking.among_enough(wanted, known, place.mixing_size, lot)


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
