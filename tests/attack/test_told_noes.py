"""An officer with the list of all links says no by them, and reads how many have when the round is counted.

A link is all it takes. She says no for every home but one, when everybody who will has answered: were the
noes of those who have not answered told exactly, beside the homes without an answer, she would know what
that one home has done. So a lot is drawn once, and what she is told is about as likely either way.
"""

from __future__ import annotations

import math
from collections import Counter

from survey.ballots import mixing, submission
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.database.pool import Database
from tests.chance import SIGMAS
from tests.elections import SECRET, Election, close, hold, send_all

EPSILON = 0.2
"""By how much, as a logarithm, one home makes what is told more or less likely."""
HOMES, ANSWERED = 60, 25
DRAWS = 400
OF_MANY = 6.0
"""Sigmas, where some two hundred pairs are looked at and most lie at the bound itself: the usual 4.5 are
passed by chance once in 10,000 times, these once in 40 million."""


async def _said_no(database: Database, links: list[str]) -> None:
    for link in links:
        async with database.phone() as connection:
            assert await submission.decline(connection, SECRET, link)


async def _told(database: Database, held: Election) -> int | None:
    async with database.registry(held.organisation_id) as connection:
        found = [row async for row in rounds.queries.declined_counts(connection, ids=[held.campaign_id])]
    return found[0]["n"] if found else None


async def _in_truth(database: Database, held: Election) -> int:
    async with database.owner() as connection:
        noes: int = await connection.fetchval("select ballots.noes($1)", held.campaign_id)
    return noes


async def _drawn(database: Database, held: Election, times: int) -> Counter[int | None]:
    """What is told, as if the round had been counted so many times: it is once, so the judge must help."""
    told: Counter[int | None] = Counter()
    for _ in range(times):
        async with database.owner() as connection:
            await connection.execute(
                "update registry.campaigns set counted = false, declined_in_all = null where id = $1",
                held.campaign_id,
            )
        async with database.mixer() as connection:
            await mixing._queries.note_counted(connection, campaign_ids=[held.campaign_id])
        told[await _told(database, held)] += 1
    return told


async def test_who_has_answered_and_said_no_is_counted_once(database: Database, keys: KeyFolder) -> None:
    held = await hold(database, [12])
    ((*links,),) = held.tenants.values()
    await send_all(database, links[:8])
    await _said_no(database, links[2:10])
    assert await _in_truth(database, held) == 2
    await send_all(database, links[8:9])
    assert await _in_truth(database, held) == 1, "who thinks better of it and answers is no no"


async def test_who_says_no_for_all_homes_but_one_does_not_learn_what_that_one_has_done(
    database: Database, keys: KeyFolder
) -> None:
    seen = []
    for answered in (True, False):
        held = await hold(database, [HOMES])
        ((target, *others),) = held.tenants.values()
        await send_all(database, [target, *others[1:ANSWERED]] if answered else others[:ANSWERED])
        await _said_no(database, others)
        async with database.owner() as connection:
            await connection.execute(
                "update registry.campaign_estates set invited = $1 where campaign_id = $2",
                HOMES,
                held.campaign_id,
            )
        silent = HOMES - ANSWERED
        assert await _in_truth(database, held) == silent - (not answered), "told exactly it would be told"
        await close(database, held)
        await mixing.mix_and_tell(database, keys)
        assert await _told(database, held) == await _told(database, held), "drawn once"
        seen.append(await _drawn(database, held, DRAWS))
    # Nothing, and 20, are drawn so seldom that one may be missing from 400: once in 300 times.
    assert all({25, 30, 35} <= one.keys() <= {None, 20, 25, 30, 35} for one in seen), "something is told"
    _hardly_told_apart(*seen)


def _hardly_told_apart(one: Counter[int | None], other: Counter[int | None]) -> None:
    """Whatever is told is told nearly as often in both."""
    for told in {*one, *other}:
        for a, b in ((one[told], other[told]), (other[told], one[told])):
            spread = math.sqrt(a + math.exp(2 * EPSILON) * b + 1)
            assert a <= math.exp(EPSILON) * b + OF_MANY * spread, (told, a, b)


async def test_what_is_told_is_about_as_likely_with_one_no_more(database: Database) -> None:
    times = 40_000
    async with database.owner() as connection:

        async def drawn(n: int) -> Counter[int | None]:
            rows = await connection.fetch(
                "select ballots.about($1, 1000) as told from generate_series(1, $2)", n, times
            )
            return Counter(row["told"] for row in rows)

        for n in (0, 19, 22, 57):
            _hardly_told_apart(await drawn(n), await drawn(n + 1))


async def test_what_is_told_is_right_on_the_whole_and_never_more_than_the_silent(database: Database) -> None:
    times = 20_000
    async with database.owner() as connection:

        async def drawn(n: int, most: int) -> list[int | None]:
            rows = await connection.fetch(
                "select ballots.about($1, $2) as told from generate_series(1, $3)", n, most, times
            )
            return [row["told"] for row in rows]

        many = [told for told in await drawn(100, 1000) if told is not None]
        # Of a hundred nothing is told once in 30 million draws, and 20,000 are made.
        assert len(many) >= times - 3 and all(told % 5 == 0 for told in many)
        assert abs(sum(many) / times - 100) < SIGMAS * 7.3 / math.sqrt(times) + 0.05
        assert sum(abs(told - 100) <= 15 for told in many) > 0.9 * times
        assert max(told or 0 for told in await drawn(100, 103)) == 100
        assert set(await drawn(12, 19)) == {None}, "in a house of few nothing is told"
        none = await drawn(0, 1000)
        assert sum(told is not None for told in none) < 0.03 * times, "hardly ever where nobody said no"
