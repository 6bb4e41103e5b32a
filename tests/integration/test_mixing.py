"""Sealed ballots become answers: all of them, once, in batches that hide whose is whose."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from uuid import UUID

import asyncpg
import polars as pl
import pytest
from structlog.testing import capture_logs

from reports.compute import compute
from reports.waves import Wave
from survey import mixer
from survey.ballots import mixing, receipts, tokens
from survey.ballots.batches import Batch, Place, plan
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.ballots.submission import Outcome
from survey.campaigns import rounds, waves
from survey.database.pool import Database
from tests import elections, mornings
from tests.elections import SECRET, Election, close, hold, in_box, marks, send, send_all


async def test_an_open_estate_is_mixed_from_fifteen_on_and_ten_stay_behind(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30])
    (links,) = held.tenants.values()
    await send_all(database, links[:14])
    await mornings.mix(database, keys)
    assert await marks(database, held) == {} and await in_box(database, held) == 14
    await send_all(database, links[14:15])
    assert (await mornings.mix(database, keys)).moved == 5
    assert len(await marks(database, held)) == 5 and await in_box(database, held) == 10
    await send_all(database, links[15:22])
    assert (await mornings.mix(database, keys)).moved == 7
    assert set(await marks(database, held)) < set(links[:22])


async def test_closing_empties_the_box_and_every_answer_is_counted_once(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [12, 30, 7])
    sent = [token for links, n in zip(held.tenants.values(), (11, 24, 6), strict=True) for token in links[:n]]
    await send_all(database, sent)
    await mornings.mix(database, keys)
    await close(database, held)
    await mornings.mix(database, keys)
    found = await marks(database, held)
    assert set(found) == set(sent) and await in_box(database, held) == 0
    by_token = {token: estate for estate, links in held.tenants.items() for token in links}
    assert all(estate == by_token[token] for token, (estate, _) in found.items())
    async with database.owner() as connection:
        sizes = await connection.fetch("select size from ballots.batches")
    assert all(row["size"] >= 5 for row in sizes)


async def test_estates_that_end_below_five_are_kept_under_their_area_and_tell_no_estate(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 7, 40])
    small_1, small_2, large = held.tenants
    await send_all(database, held.tenants[small_1][:3])
    await send_all(database, held.tenants[small_2][:4])
    await send_all(database, held.tenants[large][:8])
    await close(database, held)
    await mixer.work_once(database, keys)
    found = await marks(database, held)
    pooled = {token for token, place in found.items() if place == (None, held.area_id)}
    assert pooled == {*held.tenants[small_1][:3], *held.tenants[small_2][:4]}
    wave = await waves.load_wave(database, held.organisation_id, held.campaign_id)
    assert wave.frame["estate"].value_counts(sort=True).rows() == [
        (str(large), 8),
        (str(held.area_id), 7),
    ]
    assert [(place.name, place.invited) for place in wave.estates if place.id == str(held.area_id)] == [
        (
            "Leiegårder med få svar i Havna",
            47,
        )  # the first estate of the sample is registered with 40 dwellings
    ]


async def _wave(database: Database, held: Election) -> Wave:
    return await waves.load_wave(database, held.organisation_id, held.campaign_id)


async def test_areas_that_end_below_five_are_kept_together_under_the_organisation_alone(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 7], areas=[0, 1])
    first, second = held.tenants
    await send_all(database, [*held.tenants[first][:3], *held.tenants[second][:2]])
    await close(database, held)
    await mixer.work_once(database, keys)
    assert set((await marks(database, held)).values()) == {(None, None)}
    wave = await _wave(database, held)
    assert wave.frame["estate"].to_list() == [str(held.organisation_id)] * 5
    assert [(place.name, place.invited) for place in wave.estates] == [
        ("Leiegårder med få svar i Eksempelvik kommune", 47)
    ]


async def test_others_of_the_area_go_along_with_too_few_and_totals_count_them_all(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30, 7, 30], areas=[0, 0, 1])
    large, small, far = held.tenants
    await send_all(database, [*held.tenants[large][:9], *held.tenants[small][:2], *held.tenants[far][:9]])
    await close(database, held)
    await mixer.work_once(database, keys)
    found = await marks(database, held)
    pooled = {token for token, place in found.items() if place == (None, held.area_id)}
    assert pooled > set(held.tenants[small][:2]) and len(pooled) == 5
    assert pooled <= {*held.tenants[small], *held.tenants[large]}
    wave = await _wave(database, held)
    named = {place.name: (place.invited, _answers(wave, place.id)) for place in wave.estates}
    assert named == {
        "Fjordgata 4–10": (40, 6),
        "Svar uten leiegård i Havna": (7, 5),
        "Gate 3": (30, 9),
    }
    results = compute(wave, None)
    assert (results.n, results.invited) == (20, 77)
    assert {place.name: place.answered for place in results.coverage} == {
        "Fjordgata 4–10": (7, 11),  # nine did
        "Svar uten leiegård i Havna": None,
        "Gate 3": (9, 9),
    }


async def test_more_answers_than_homes_where_others_went_along_are_no_full_count(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [40, 4], areas=[0, 0])
    large, tiny = held.tenants
    await send_all(database, [*held.tenants[large][:10], *held.tenants[tiny][:3]])
    await close(database, held)
    await mixer.work_once(database, keys)
    wave = await _wave(database, held)
    pool = next(place for place in wave.estates if place.id == str(held.area_id))
    assert (_answers(wave, pool.id), pool.invited, pool.others, pool.finite) == (5, 4, True, None)
    results = compute(wave, None)
    assert (results.n, results.invited) == (13, 44)


async def _told(database: Database, held: Election) -> dict[UUID, tuple[str | None, tuple[int, int]]]:
    async with database.registry(held.organisation_id) as connection:
        found = await rounds.find(connection, held.campaign_id)
    return {estate.id: (estate.pooled_under, estate.elsewhere) for estate in found.estates}


@pytest.mark.parametrize("answered", [0, 1])
async def test_that_a_house_of_one_home_is_in_a_pool_does_not_say_that_it_answered(
    database: Database, keys: KeyFolder, answered: int
) -> None:
    held = await hold(database, [30, 1, 1, 7], areas=[0, 0, 0, 0])
    large, one, other, seven = held.tenants
    await send_all(database, [*held.tenants[large][: 12 - answered], *held.tenants[one][:answered]])
    await close(database, held)
    await mixer.work_once(database, keys)
    nothing = (None, (0, 0))
    assert await _told(database, held) == {
        large: (None, (1, 5)),
        one: ("area", (0, 0)),
        other: ("area", (0, 0)),
        seven: nothing,
    }
    wave = await _wave(database, held)
    (pool,) = [place for place in wave.estates if place.id == str(held.area_id)]
    assert pool.invited == 2, "the two of one home; the seven are a place of their own"
    assert (_answers(wave, pool.id), _answers(wave, str(large))) == (5, 7)


@pytest.mark.parametrize("answered", [0, 1])
async def test_nobody_can_spare_any_and_a_whole_house_goes_along_whether_the_small_one_answered_or_not(
    database: Database, keys: KeyFolder, answered: int
) -> None:
    held = await hold(database, [7, 1])
    seven, one = held.tenants
    await send_all(database, [*held.tenants[seven][: 7 - answered], *held.tenants[one][:answered]])
    await close(database, held)
    await mixer.work_once(database, keys)
    assert await _told(database, held) == {seven: ("area", (0, 0)), one: ("area", (0, 0))}
    wave = await _wave(database, held)
    assert [(place.name, _answers(wave, place.id)) for place in wave.estates] == [
        ("Leiegårder med få svar i Havna", 7)
    ]


@pytest.mark.parametrize("answered", [0, 3])
async def test_that_nobody_at_all_answered_is_told_as_that_fewer_than_five_did(
    database: Database, keys: KeyFolder, answered: int
) -> None:
    held = await hold(database, [7, 1])
    seven, _ = held.tenants
    await send_all(database, held.tenants[seven][:answered])
    await mixer.work_once(database, keys)  # it has a key before anybody has answered
    await close(database, held)
    for _ in range(2):
        await mixer.work_once(database, keys)
    async with database.owner() as connection:
        rows = await connection.fetch("select step, counts from retention.log where step = 'too_few'")
    assert [(row["step"], row["counts"]) for row in rows] == [("too_few", '{"open": 0}')]
    assert await _told(database, held) == dict.fromkeys(held.tenants, (None, (0, 0)))


@pytest.mark.parametrize("answered", [0, 1])
async def test_killed_between_the_pool_and_the_rest_a_silent_house_is_pooled_once(
    database: Database, keys: KeyFolder, answered: int
) -> None:
    held = await hold(database, [30, 1])
    large, one = held.tenants
    await send_all(database, [*held.tenants[large][: 16 - answered], *held.tenants[one][:answered]])
    await close(database, held)
    async with database.mixer() as connection:
        places = [Place(**row) async for row in mixing._queries.places(connection)]
    ((pool, *_),) = plan(places)
    assert isinstance(pool, Batch) and await mixing._move(database, keys, pool) == 5
    await mixer.work_once(database, keys)
    found = await marks(database, held)
    assert Counter(found.values()) == {(large, None): 11, (None, held.area_id): 5}
    assert (await _told(database, held))[one] == ("area", (0, 0))


async def test_tiny_houses_of_other_areas_are_in_the_pool_of_the_organisation_alike(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [30, 1, 1], areas=[0, 1, 2])
    large, one, other = held.tenants
    await send_all(database, [*held.tenants[large][:12], *held.tenants[one]])
    await close(database, held)
    await mixer.work_once(database, keys)
    async with database.registry(held.organisation_id) as connection:
        found = await rounds.find(connection, held.campaign_id)
    pooled = {estate.id: estate.pooled_under for estate in found.estates}
    assert pooled == {large: None, one: "organisation", other: "organisation"}


async def test_answers_without_an_estate_have_a_place_also_when_every_estate_has_its_name(
    database: Database, keys: KeyFolder
) -> None:
    """Those who stayed behind withdrew, but for two: others of the area go along, and no estate is
    without."""
    held = await hold(database, [20, 20])
    first, second = held.tenants
    await send_all(database, held.tenants[first][:15])
    await mornings.mix(database, keys)
    left = [token for token in held.tenants[first][:15] if token not in await marks(database, held)]
    async with database.phone() as connection:
        for token in left[:8]:
            assert await receipts.withdraw(connection, SECRET, elections.receipt(token))
    await send_all(database, held.tenants[second][:8])
    await close(database, held)
    await mixer.work_once(database, keys)
    wave = await _wave(database, held)
    named = {place.name: (place.invited, _answers(wave, place.id)) for place in wave.estates}
    assert named == {
        "Fjordgata 4–10": (40, 5),
        "Gate 2": (20, 5),
        "Svar uten leiegård i Havna": (0, 5),
    }
    results = compute(wave, None)
    assert (results.n, results.invited) == (15, 60)


def _answers(wave: Wave, place: str) -> int:
    return wave.frame.filter(pl.col("estate") == place).height


async def test_two_mixers_at_once_move_every_ballot_once(database: Database, keys: KeyFolder) -> None:
    held = await hold(database, [60])
    (links,) = held.tenants.values()
    await send_all(database, links[:50])
    await asyncio.gather(*(mornings.mix(database, keys) for _ in range(2)))
    await close(database, held)
    await asyncio.gather(*(mornings.mix(database, keys) for _ in range(2)))
    assert set(await marks(database, held)) == set(links[:50])


async def test_sending_goes_on_while_the_mixer_works(database: Database, keys: KeyFolder) -> None:
    held = await hold(database, [80])
    (links,) = held.tenants.values()

    async def mix_on() -> None:
        while True:
            await mornings.mix(database, keys)
            await asyncio.sleep(0)

    mixing_on = asyncio.create_task(mix_on())
    try:
        await elections.at_once(database, links)
        assert not mixing_on.done(), mixing_on.exception()
    finally:
        mixing_on.cancel()
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(links)


async def test_a_link_that_somebody_holds_keeps_no_other_tenant_waiting_when_the_mixer_comes(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [8, 6])
    links, others = held.tenants.values()
    await send_all(database, [*links[:5], *others[:5]])
    async with database.owner() as connection, connection.transaction():
        hash = tokens.token_hash(SECRET, links[7])
        await connection.execute(
            "select from ballots.rights join registry.invitations on id = invitation_id"
            " where token_hash = $1 for update of rights",
            hash,
        )
        mixed = asyncio.create_task(mornings.mix(database, keys))
        with capture_logs() as log:
            async with asyncio.timeout(60):
                await send_all(database, links[5:7])
                await mixed
        assert not log, "of a round of one home it would say that she has sent"
        assert await connection.fetchval("select count(*) from ballots.box where fresh") == 7
    await mornings.mix(database, keys)
    assert await in_box(database, held) == 12
    async with database.owner() as connection:
        assert not await connection.fetchval("select count(*) from ballots.box where fresh")


async def test_who_sends_in_the_middle_of_a_shuffle_is_shuffled_by_the_next(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7])
    (links,) = held.tenants.values()
    await send_all(database, links[:3])
    writers = "select count(distinct xmin::text) from ballots.rights"
    waiting = "select count(*) from pg_locks where not granted"
    watcher, first, second = [await asyncpg.connect(database.url) for _ in range(3)]

    async def until(n: int, counted: str) -> None:
        for _ in range(2000):
            if await watcher.fetchval(counted) == n:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(counted)

    try:
        await watcher.execute("alter function ballots.shuffle_invitations set lock_timeout = 0")
        async with second.transaction():
            async with first.transaction():
                await first.execute("select from ballots.rights for update")
                mixed = asyncio.create_task(mornings.mix(database, keys))
                await until(1, waiting)
                between = asyncio.create_task(
                    second.execute("select ballots.hold_for_mixing($1)", held.campaign_id)
                )
                await until(2, waiting)
            await between  # the invitations are written anew, the box is not
            await send_all(database, links[3:4])
            await until(2, writers)
        await mixed
        await mornings.mix(database, keys)
        assert await watcher.fetchval(writers) == 1
        assert not await watcher.fetchval("select count(*) from ballots.box where fresh")
    finally:
        for connection in (watcher, first, second):
            await connection.close()


async def test_a_receipt_says_that_the_answer_waits_and_then_that_it_is_counted(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    mine = elections.receipt(links[0])

    async def state() -> State:
        async with database.phone() as connection:
            found = await receipts.look_up(connection, SECRET, mine)
        assert found is not None
        return found.state

    assert await state() is State.WAITING
    await close(database, held)
    await mornings.mix(database, keys)
    assert await state() is State.COUNTED
    async with database.phone() as connection:
        assert await receipts.look_up(connection, SECRET, "222222-222222-222222") is None
        assert not await receipts.withdraw(connection, SECRET, mine), "it cannot be found any more"
    assert len(await marks(database, held)) == 6


async def test_a_withdrawn_answer_is_gone_and_its_link_stays_spent(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    async with database.phone() as connection:
        assert await receipts.withdraw(connection, SECRET, elections.receipt(links[2]))
        found = await receipts.look_up(connection, SECRET, elections.receipt(links[2]))
        assert found is not None and found.state is State.WITHDRAWN
        assert await send(connection, links[2], "igjen") is Outcome.ALREADY
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == set(links[:6]) - {links[2]}


async def test_an_answer_opened_by_its_receipt_counts_until_it_is_changed_and_then_the_change_counts(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:6])
    async with database.phone() as connection:
        device = tokens.new_device(SECRET, links[0])
        mine, others = elections.receipt(links[0]), elections.receipt(links[1])
        assert not await receipts.reopen(connection, SECRET, links[0], others, device), (
            "not sent by this link"
        )
        assert await receipts.reopen(connection, SECRET, links[0], mine, device)
        assert await receipts.reopen(connection, SECRET, links[0], mine, device), "opened twice"
        assert await in_box(database, held) == 6
        assert await send(connection, links[0], "merke uten kvittering") is Outcome.ALREADY
        assert await send(connection, links[0], "merke på nytt", replaces=mine) is Outcome.ACCEPTED
        assert await in_box(database, held) == 6
        assert await receipts.reopen(connection, SECRET, links[1], others, device)
        assert await receipts.withdraw(connection, SECRET, elections.receipt(links[2]))
        gone = await send(connection, links[2], "merke borte", replaces=elections.receipt(links[2]))
        assert gone is Outcome.ALREADY
    await close(database, held)
    await mornings.mix(database, keys)
    assert set(await marks(database, held)) == {links[1], *links[3:6], "på nytt"}


async def test_an_answer_withdrawn_at_the_last_moment_is_not_told_to_be_deleted_as_too_few(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:3])
    await close(database, held)
    async with contextlib.AsyncExitStack() as leaving:
        withdrawing = await leaving.enter_async_context(database.owner())
        await withdrawing.execute(
            "delete from ballots.box where id = (select id from ballots.box where campaign_id = $1 limit 1)",
            held.campaign_id,
        )
        with capture_logs() as told:
            looking = asyncio.create_task(mornings.mix(database, keys))
            for _ in range(200):
                async with database.owner() as watching:  # within one transaction what it sees would not move
                    if await watching.fetchval(
                        "select exists (select from pg_stat_activity where wait_event_type = 'Lock')"
                    ):
                        break
                await asyncio.sleep(0.02)
            else:
                pytest.fail("the mixer did not wait for the withdrawal")
            await leaving.aclose()  # and so is done
            assert (await looking).few == 2
            assert (await mornings.mix(database, keys)).few == 0
    assert told == [], "neither that nor how many"


async def test_one_who_withdraws_alone_leaves_nothing_to_tell_of(database: Database, keys: KeyFolder) -> None:
    """The round was looked at, and then its last answer was withdrawn."""
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:1])
    await close(database, held)
    async with database.mixer() as connection:
        (row,) = [row async for row in mixing._queries.places(connection)]
    async with database.phone() as connection:
        assert await receipts.withdraw(connection, SECRET, elections.receipt(links[0]))
    with capture_logs() as told:
        assert await mixing._delete_few(database, Place(**row)) == 0
    assert told == []


async def test_what_goes_wrong_with_one_estate_stops_no_other_and_no_shuffling(
    database: Database, keys: KeyFolder
) -> None:
    """Whatever the database says: a deadlock, a value it has already."""
    troubled, other = await hold(database, [20, 20]), await hold(database, [20, 20])
    bad, good = troubled.tenants
    for held in (troubled, other):
        await send_all(database, [token for links in held.tenants.values() for token in links[:7]])
        await close(database, held)
    still_open = await hold(database, [20])
    await send_all(database, next(iter(still_open.tenants.values()))[:3])
    async with database.owner() as connection:
        await connection.execute(
            "create function public.stumble() returns trigger language plpgsql as"
            " $$ begin raise exception 'they wait for each other' using errcode = 'deadlock_detected'; end $$"
        )
        await connection.execute(
            "create trigger stumble before insert on answers.responses for each row"
            f" when (new.estate_id = '{bad}') execute function public.stumble()"
        )
    try:
        with capture_logs() as told:
            done = await mornings.mix(database, keys)
    finally:
        async with database.owner() as connection:
            await connection.execute("drop function public.stumble() cascade")
    assert (done.moved, done.stuck) == (21, 7)
    assert set(await marks(database, troubled)) == set(troubled.tenants[good][:7])
    assert len(await marks(database, other)) == 14
    assert [line["event"] for line in told] == ["a batch cannot be mixed"]
    async with database.owner() as connection:
        assert not await connection.fetchval(
            "select exists (select from ballots.box where fresh and campaign_id = $1)", still_open.campaign_id
        )
    assert (await mornings.mix(database, keys)).moved == 7, "and it is tried again"
