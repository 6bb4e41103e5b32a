"""Who holds one dump of an open round looks in which order the rows lie.

Many estates, so that what waits fills many pages of the disk: what is written row after row stays on the
page it came to, and pages fill as time goes. This attacker knows in which order the tenants of each estate
sent, since somebody stood in the stairway, or he has the mail server's list of those who got a reminder and
knows who of them came last. He would like to see that order again: in the box, among the rights to answer,
among those who followed an open link, or in the pieces of what is too long for a row.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from tests import elections, mornings
from tests.attack.lying import Tally, lying
from tests.elections import hold, send_all

ROUNDS = 2
ESTATES, HOMES, SENT = 40, 7, 5
"""Estates of so many homes each, of which so many send: too few to be mixed, so all wait."""
POSTERS, FOLLOWED = 12, 6
"""So many estates have a poster as well, which so many follow."""


async def _tallies(
    database: Database, keys: KeyFolder, seed: int, tallies: dict[str, Tally], *, mixed: bool
) -> None:
    rng = random.Random(seed)
    election = await hold(database, [HOMES] * ESTATES)
    posters = [
        await elections.open_link(database, election, estate_id, "estate")
        for estate_id in list(election.tenants)[:POSTERS]
    ]
    # Two weeks, and then a reminder that brings one more of each estate.
    first, late = [], []
    for links in election.tenants.values():
        *some, one = rng.sample(links, SENT)
        first += some
        late.append(one)
    coming = [*first, *posters * FOLLOWED]
    rng.shuffle(coming)
    rng.shuffle(late)
    came = []
    for one in [*coming, *late]:
        if one in posters:
            came += await elections.send_openly(database, one)
        else:
            await send_all(database, [one], rng)
            came.append(one)
        if mixed and rng.random() < 0.5:
            await mornings.mix(database, keys)
    if mixed:
        await mornings.mix(database, keys)
    assert await elections.in_box(database, election) == len(came) > 200
    for what, estates in (await lying(database, election, came)).items():
        for links in estates:
            tallies.setdefault(what, Tally()).add(links, came)


async def test_before_the_mixer_has_looked_everything_lies_as_it_came(
    database: Database, keys: KeyFolder
) -> None:
    """The control. Rights of those who were asked lie as they were made; only what came, lies as it came."""
    tallies: dict[str, Tally] = {}
    await _tallies(database, keys, 1, tallies, mixed=False)
    for what, tally in tallies.items():
        if what != "rights, asked":
            assert tally.right > 0.9 * tally.rows and len(tally.told) >= 3, (what, tally.told)


async def test_in_one_dump_nothing_of_an_open_round_lies_in_the_order_in_which_it_came(
    database: Database, keys: KeyFolder
) -> None:
    tallies: dict[str, Tally] = {}
    for seed in range(ROUNDS):
        await _tallies(database, keys, seed, tallies, mixed=True)
    assert len(tallies) == 11
    assert not {what: tally.told for what, tally in tallies.items() if tally.told}


@pytest.mark.parametrize("sweeps", [10, 60])
async def test_nor_where_postgresql_has_swept_meanwhile(
    database: Database, keys: KeyFolder, monkeypatch: pytest.MonkeyPatch, sweeps: int
) -> None:
    """What has room again takes whatever comes next: pages fill in another order, and tell as little."""
    looks = 0
    look = mixing.mix

    async def and_sweep(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        done = await look(*arguments)
        if looks % sweeps == 0:
            async with database.owner() as connection:
                await connection.execute("commit")
                for table in ("ballots.box", "ballots.rights", "registry.invitations"):
                    await connection.execute(f"vacuum {table}")
                await connection.execute("begin")
        return done

    monkeypatch.setattr(mixing, "mix", and_sweep)
    tallies: dict[str, Tally] = {}
    await _tallies(database, keys, 7, tallies, mixed=True)
    assert not {what: tally.told for what, tally in tallies.items() if tally.told}
