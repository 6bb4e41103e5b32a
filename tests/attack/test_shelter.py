"""Who looks at the whole database again and again narrows every answer down as far as it goes: never
below five.

The attacker copies the database after every look of the mixer, also when it was killed in the middle.
What is new among the answers came out of the box together. What he knows of a home beside who has used
its link: whether it was asked or came by a poster, by which kind of poster, what is spoken there, where
it lies. All of it that stands beside the answers as well parts those who came together into groups that
he can tell apart. Whoever is in a group of one is found for certain; no group may have fewer than five.

Open links are where an officer adds answers at will: they shelter nobody but each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field

import asyncpg
import pytest

from survey.ballots import mixing, receipts
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.ballots.submission import Outcome
from survey.database.pool import Database
from tests import elections, mornings
from tests.elections import (
    SECRET,
    Election,
    close,
    hold,
    in_box,
    marks,
    open_link,
    send,
    send_all,
    send_openly,
)

FEWEST = 5
SEEDS = 24
SOURCES = ("estate", "library", "cafe", "partner")

Look = tuple[str, ...]
"""What stands beside an answer: place, mode, language, questionnaire."""


@dataclass
class Watcher:
    """Copies the answers whenever he likes. `together`: what came between two copies, as far as it is
    told apart. `halfway`: how often the mixer died with a part of the box mixed and a part not."""

    database: Database
    election: Election
    seen: dict[str, Look] = field(default_factory=dict)
    together: list[Counter[Look]] = field(default_factory=list)
    halfway: int = 0

    async def look(self) -> None:
        async with self.database.owner() as connection:
            rows = await connection.fetch(
                "select * from answers.responses where campaign_id = $1", self.election.campaign_id
            )
        now = {
            row["answers"]: tuple(
                str(row[name])
                for name in ("estate_id", "area_id", "mode", "language", "questionnaire_version_id", "person")
            )
            for row in rows
        }
        assert len(now) == len(rows), "an answer is stored twice"
        assert all(now.get(answer) == kind for answer, kind in self.seen.items()), (
            "an answer moved or is gone"
        )
        if new := Counter(kind for answer, kind in now.items() if answer not in self.seen):
            self.together.append(new)
        self.seen = now

    @property
    def lonely(self) -> list[tuple[Look, int]]:
        """Groups in which somebody is told apart from fewer than four others."""
        return [(kind, n) for came in self.together for kind, n in came.items() if n < FEWEST]


async def _languages(database: Database, links: list[str], language: str) -> None:
    for token in links:
        async with database.phone() as connection:
            sent = await send(connection, token, f"merke {token}", language=language)
            assert sent is Outcome.ACCEPTED


async def _state(database: Database, token: str) -> State | None:
    async with database.phone() as connection:
        found = await receipts.look_up(connection, SECRET, elections.receipt(token))
    return found and found.state


async def test_answers_by_an_open_link_do_not_take_the_shelter_from_the_one_home_that_answered(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 40])
    small, large = held.tenants
    watcher = Watcher(database, held)
    slug = await open_link(database, held, small)
    await send_all(database, held.tenants[small][1:2])
    await send_all(database, held.tenants[large][:14])
    await send_openly(database, slug, 10)
    await mornings.mix(database, keys)
    await watcher.look()
    assert held.tenants[small][1] not in await marks(database, held), "it waits for others of its kind"
    await close(database, held)
    await mornings.mix(database, keys)
    await watcher.look()
    assert watcher.lonely == []
    assert held.tenants[small][1] in await marks(database, held), "and is counted in the end"


async def test_the_one_who_answered_in_a_small_house_is_not_alone_when_the_round_has_closed(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 40, 30], areas=[0, 1, 2])
    small, second, third = held.tenants
    watcher = Watcher(database, held)
    await send_all(database, held.tenants[small][3:4])
    await send_all(database, [*held.tenants[second][:5], *held.tenants[third][:5]])
    await mornings.mix(database, keys)
    await watcher.look()
    await close(database, held)
    await mornings.mix(database, keys)
    await watcher.look()
    assert watcher.lonely == []
    found = await marks(database, held)
    assert len(found) == 11, "every answer is there"
    without = [token for token, place in found.items() if place == (None, None)]
    assert held.tenants[small][3] in without and len(without) > FEWEST
    assert len(set(without) & set(held.tenants[second])) in (0, FEWEST), "all of one, with none to spare"
    async with database.owner() as connection:
        sizes = [row["size"] for row in await connection.fetch("select size from ballots.batches")]
    assert min(sizes) >= FEWEST


async def test_the_only_home_that_speaks_its_language_is_not_told_by_it(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20, 40])
    first, second = held.tenants
    watcher = Watcher(database, held)
    await _languages(database, held.tenants[first][:14], "nb")
    await _languages(database, held.tenants[first][14:15], "en")
    await _languages(database, held.tenants[second][:12], "nb")
    await _languages(database, held.tenants[second][12:24], "nn")
    await mornings.mix(database, keys)
    await watcher.look()
    await close(database, held)
    await mornings.mix(database, keys)
    await watcher.look()
    assert watcher.lonely == []


async def test_when_those_who_stay_behind_withdraw_the_others_are_not_left_alone(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20, 40])
    first, second = held.tenants
    watcher = Watcher(database, held)
    await send_all(database, held.tenants[first][:15])
    await mornings.mix(database, keys)
    await watcher.look()
    left = [token for token in held.tenants[first][:15] if token not in await marks(database, held)]
    assert len(left) == 2 * FEWEST
    async with database.phone() as connection:
        for token in left[:8]:
            assert await receipts.withdraw(connection, SECRET, elections.receipt(token))
    await send_all(database, held.tenants[second][:9])
    await close(database, held)
    await mornings.mix(database, keys)
    await watcher.look()
    assert watcher.lonely == []
    assert set(await marks(database, held)) == {
        *held.tenants[first][:15],
        *held.tenants[second][:9],
    } - set(left[:8])


@pytest.mark.parametrize("withdrawing", [1, FEWEST])
async def test_up_to_five_who_withdraw_cost_nobody_else_her_answer(
    database: Database, keys: KeyFolder, withdrawing: int
) -> None:
    """Only one estate, so nobody to go with: whoever is left behind too few is deleted."""
    held = await hold(database, [30])
    ((_, links),) = held.tenants.items()
    watcher = Watcher(database, held)
    await send_all(database, links[:20])
    await mornings.mix(database, keys)
    await watcher.look()
    found = await marks(database, held)
    left = [token for token in links[:20] if token not in found]
    assert found and len(left) == 2 * FEWEST
    async with database.phone() as connection:
        for token in left[:withdrawing]:
            assert await receipts.withdraw(connection, SECRET, elections.receipt(token))
    await close(database, held)
    assert (await mornings.mix(database, keys)).few == 0
    await watcher.look()
    assert watcher.lonely == []
    assert {await _state(database, token) for token in left[withdrawing:]} == {State.COUNTED}
    assert set(await marks(database, held)) == set(links[:20]) - set(left[:withdrawing])


async def test_fewer_than_five_in_all_are_deleted_unread_and_their_receipts_say_so(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 7])
    first, second = held.tenants
    slug = await open_link(database, held, first)
    asked = [*held.tenants[first][:2], *held.tenants[second][:2]]
    await send_all(database, asked)
    openly = await send_openly(database, slug, 6)
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(openly)
    assert await in_box(database, held) == 0
    assert [await _state(database, token) for token in asked] == [State.TOO_FEW] * 4
    assert {await _state(database, token) for token in openly} == {State.COUNTED}


async def test_the_database_refuses_a_batch_that_shelters_nobody(database: Database, keys: KeyFolder) -> None:
    """Whatever the mixer may think of."""
    held = await hold(database, [20])
    ((estate, links),) = held.tenants.items()
    slug = await open_link(database, held, estate)
    await send_all(database, links[:4])
    await send_openly(database, slug, 4)
    await close(database, held)
    async with database.owner() as connection:
        rows = await connection.fetch("select id from ballots.box order by source")
    for ids in (rows[:4], rows[4:], rows):
        with pytest.raises(asyncpg.CheckViolationError):
            async with database.mixer() as connection:
                await connection.execute(
                    "select ballots.mix($1, $2, null, $3, '{}', '{}', '{}', '{}', '{}', '{}')",
                    held.campaign_id,
                    estate,
                    [row["id"] for row in ids],
                )
    assert await in_box(database, held) == 8


@dataclass
class Truth:
    """What tenants did: the links that asked homes and passers-by sent by, and withdrew."""

    asked: set[str] = field(default_factory=set)
    openly: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    waiting: dict[bool, int] = field(default_factory=dict)
    """How many of the asked (False) and of those by open links (True) still waited when the round closed."""


async def _played(
    database: Database, keys: KeyFolder, rng: random.Random, *, killed: bool
) -> tuple[Watcher, Truth]:
    """A round of houses with one answer to many, posters, languages, people who withdraw; looked at all
    the time."""
    sizes = [rng.choice((2, 4, 7, 7, 18, 30)) for _ in range(rng.randint(2, 6))]
    await mixing.keep_stock(database, keys)
    held = await hold(database, sizes, areas=[0, *(rng.randint(0, 2) for _ in sizes[1:])])
    watcher, truth = Watcher(database, held), Truth()
    slugs = [
        await open_link(database, held, estate, source)
        for estate in held.tenants
        for source in SOURCES
        if rng.random() < 0.25
    ]
    willing = [
        (token, "")
        for links in held.tenants.values()
        for token in rng.sample(links, rng.choice((0, 1, 2, 4, len(links), len(links))) % (len(links) + 1))
    ]
    willing += [("", slug) for slug in slugs for _ in range(rng.choice((1, 2, 4, 7, 12)))]
    rng.shuffle(willing)
    for token, slug in willing:
        language = rng.choices(("nb", "nn", "en"), (8, 2, 1))[0]
        if slug:
            truth.openly |= set(await send_openly(database, slug, language=language))
        else:
            await _languages(database, [token], language)
            truth.asked.add(token)
        if rng.random() < 0.2:
            await mornings.mix(database, keys)
            await watcher.look()
        if rng.random() < 0.1:
            async with database.phone() as connection:
                sender = rng.choice(sorted(truth.asked | truth.openly))
                if await receipts.withdraw(connection, SECRET, elections.receipt(sender)):
                    truth.withdrawn.add(sender)
    await close(database, held)
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select source is not null as openly, count(*) as n from ballots.box group by 1"
        )
    truth.waiting = {row["openly"]: row["n"] for row in rows}
    kills = 0
    while killed and (before := await in_box(database, held)):
        kills += 1
        assert kills < 500, "a mixer that is given more and more time moves nothing"
        dying = asyncio.create_task(mornings.mix(database, keys))
        longer = 1 + kills / 20  # on a busy machine it gets further at last
        await asyncio.sleep(rng.uniform(0, 0.05) * longer)
        dying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await dying
        watcher.halfway += 0 < await in_box(database, held) < before
        await watcher.look()
    await mornings.mix(database, keys)
    await watcher.look()
    return watcher, truth


@pytest.mark.parametrize("killed", [False, True], ids=["whole", "killed"])
async def test_over_many_rounds_nobody_is_ever_among_fewer_than_five_and_every_answer_is_counted_once(
    database: Database, keys: KeyFolder, killed: bool
) -> None:
    lonely, kept, deleted, halfway = [], 0, 0, 0
    for seed in range(SEEDS):
        watcher, truth = await _played(database, keys, random.Random(seed), killed=killed)
        lonely += watcher.lonely
        halfway += watcher.halfway
        assert await in_box(database, watcher.election) == 0
        found = set(await marks(database, watcher.election))
        for openly, all_sent in ((False, truth.asked), (True, truth.openly)):
            sent = all_sent - truth.withdrawn
            missing = sent - found
            waiting = truth.waiting.get(openly, 0)
            assert len(missing) == (waiting if waiting < FEWEST else 0), "only where fewer than five waited"
            withdrew = len(all_sent & truth.withdrawn)
            assert not missing or not sent & found or withdrew > FEWEST, "few who withdraw take nobody along"
            for token in missing:
                assert await _state(database, token) is State.TOO_FEW
            for token in sent & found:
                assert await _state(database, token) is State.COUNTED
            kept, deleted = kept + len(sent & found), deleted + len(missing)
        assert found <= (truth.asked | truth.openly) - truth.withdrawn
    assert lonely == []
    assert kept > 20 * deleted, f"{kept} answers kept, {deleted} deleted"
    assert bool(halfway) is killed, "dead between two steps, which is what the attacker looks for"
