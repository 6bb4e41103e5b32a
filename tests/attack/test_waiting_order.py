"""Who holds one dump of an open round looks in which order the rows lie.

Many estates, so that what waits fills many pages of the disk: what is written row after row stays on the
page it came to, and pages fill as time goes. This attacker knows in which order the tenants of each estate
sent, since somebody stood in the stairway, or he has the mail server's list of those who got a reminder and
knows who of them came last. He would like to see that order again: in the box, among the rights to answer,
among those who followed an open link, or in the pieces of what is too long for a row.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.ballots.tokens import receipt_hash, token_hash
from survey.database.pool import Database
from tests import elections, mornings
from tests.attack.pieces import in_the_box, pieces
from tests.chance import SIGMAS, most_by_chance
from tests.elections import SECRET, Election, hold, receipt, send_all

ROUNDS = 2
ESTATES, HOMES, SENT = 40, 7, 5
"""Estates of so many homes each, of which so many send: too few to be mixed, so all wait."""
POSTERS, FOLLOWED = 12, 6
"""So many estates have a poster as well, which so many follow."""

Lying = dict[str, list[list[str]]]
"""By what is looked at: for each estate the links, in the order in which what is theirs lies."""


async def _lying(database: Database, election: Election, came: Sequence[str]) -> Lying:
    """What the attacker reads; which row is whose the judge alone knows."""
    by_receipt = {receipt_hash(SECRET, receipt(link)).hex(): link for link in came}
    by_link = {token_hash(SECRET, link).hex(): link for link in came}
    dumped = {
        "box": ("ballots.box t", "t.receipt_hash", by_receipt),
        "rights": (
            "ballots.rights t join registry.invitations i on i.id = t.invitation_id",
            "i.token_hash",
            by_link,
        ),
        "invitations": ("registry.invitations t", "t.token_hash", by_link),
    }
    found: Lying = {}
    async with database.owner() as connection:
        for table, (rows, column, whose) in dumped.items():
            lines: list[Any] = await connection.fetch(
                f"select t.estate_id, encode({column}, 'hex') as hash from {rows}"  # noqa: S608
                " where t.campaign_id = $1 order by t.ctid",
                election.campaign_id,
            )
            for kind, wanted in (("asked", _asked(election)), ("open", set(came) - _asked(election))):
                estates: dict[UUID, list[str]] = {}
                for line in lines:
                    link = whose.get(line["hash"])
                    if link in wanted:
                        estates.setdefault(line["estate_id"], []).append(link)
                found[f"{table}, {kind}"] = list(estates.values())
    del found["invitations, asked"]  # written once, before anybody has sent
    for column in ("sealed", "copy"):
        whose_piece = await in_the_box(database, column)
        mine = [
            (by_receipt[hash or ""], orders)
            for data, orders in await pieces(database, "ballots.box")
            if (hash := whose_piece(data)) in by_receipt
        ]
        assert len(mine) == len(came), "every value lies out of line, once"
        for order in ("number", "place"):
            lying = [link for link, orders in sorted(mine, key=lambda one: one[1][order])]
            found[f"{order} of {column}"] = [
                [link for link in lying if link in set(links)] for links in found["box, asked"]
            ]
    return found


def _asked(election: Election) -> set[str]:
    return {link for links in election.tenants.values() for link in links}


class Tally:
    """Of one thing that is looked at: what was seen, and what chance gives."""

    def __init__(self) -> None:
        self.estates = self.rows = self.right = self.back = self.last = 0
        self.like = self.spread = self.last_by_chance = 0.0

    def add(self, lying: Sequence[str], came: Sequence[str]) -> None:
        rank = {link: place for place, link in enumerate(came)}
        true = sorted(lying, key=rank.__getitem__)
        n = len(lying)
        apart = sum((place - true.index(link)) ** 2 for place, link in enumerate(lying))
        self.estates += 1
        self.rows += n
        self.right += sum(one == two for one, two in zip(lying, true, strict=True))
        self.back += sum(one == two for one, two in zip(lying, true[::-1], strict=True))
        self.last += lying[-1] == true[-1]
        self.last_by_chance += 1 / n
        self.like += 1 - 6 * apart / (n * (n * n - 1))
        self.spread += 1 / (n - 1)

    @property
    def told(self) -> list[str]:
        """All in which more is seen than chance gives."""
        most = most_by_chance(self.estates)
        return [
            what
            for what, more in {
                f"{self.right} of {self.rows} in the order they came, {self.estates} by chance": self.right
                > most,
                f"{self.back} in the opposite one": self.back > most,
                f"{self.last} of those who came last lie last": self.last
                > most_by_chance(self.last_by_chance),
                f"rank correlation {self.like / self.estates:.2f}": abs(self.like)
                > SIGMAS * math.sqrt(self.spread),
            }.items()
            if more
        ]


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
    for what, estates in (await _lying(database, election, came)).items():
        for lying in estates:
            tallies.setdefault(what, Tally()).add(lying, came)


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
    assert len(tallies) == 9
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
