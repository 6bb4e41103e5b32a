"""Who holds the whole database, the list of links and the server's secret tries to tie pseudonyms to homes.

A panel links the answers of one person over the waves, so there is more to find than in a single round. The
attacker is the one of `test_relinking.py` with more in his hands: the office's list of links, flat by flat,
and the secret with which the server hashes them. What he lacks is in the mixer's folder: the panel's key.

First he looks for the pseudonym of a link in everything he can reckon from it. Then he pairs, estate by
estate, flats with pseudonyms by every order either side has. Last, and worst, somebody who has watched tells
him exactly who took part in which wave, which a sealed database no longer knows: he then pairs flats and
pseudonyms that took part alike. By chance a pairing is right once in each group that it pairs within. The
control shows that against a store that keeps every pseudonym the same man finds a whole lot more.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from survey.ballots import keyring, linking, tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from tests.attack.test_reminders import Tally
from tests.chance import most_by_chance
from tests.elections import SECRET
from tests.panels import Series, Waves, begin, end_wave, next_wave, seen, send_all

PANELS = 6
ESTATES = (7, 13, 30, 40)
WAVES = 3
K = 5


@dataclass
class Held:
    """A panel that was held, and the truth about it."""

    series: Series
    took_part: dict[str, Waves]
    """By link."""
    agreed: dict[str, Waves]
    """The waves in which the link's holder took part and agreed to be linked."""


async def _held(database: Database, keys: KeyFolder, rng: random.Random) -> Held:
    """Three waves: people drop out and come back, some refuse now and then, some answer when the others have,
    two or seven join in an estate, two homes get other tenants.
    """
    series = await begin(database, ESTATES, waves=WAVES + 1)
    took_part: dict[str, Waves] = defaultdict(frozenset)
    agreed: dict[str, Waves] = defaultdict(frozenset)
    for wave in range(1, WAVES + 1):
        if wave > 1:
            places = list(series.tenants)
            await next_wave(database, series, {places[1]: 2, places[2]: 7, places[3]: 1})
        willing = [
            token
            for links in series.tenants.values()
            for token in rng.sample(links, max(6, round(rng.uniform(0.7, 0.95) * len(links))))
        ]
        rng.shuffle(willing)
        refusing = rng.sample(willing, len(willing) // 8)
        cut = round(0.8 * len(willing))  # the rest answers when it is reminded
        for part in (willing[:cut], willing[cut:]):
            await send_all(database, part, refusing=refusing, seed=rng.randrange(2**30))
        await end_wave(database, keys, series)
        for token in willing:
            took_part[token] |= {wave}
            if token not in refusing:
                agreed[token] |= {wave}
    return Held(series, dict(took_part), dict(agreed))


def _watched(
    took_part: Mapping[str, Waves], pseudonyms: Mapping[bytes, Waves], rng: random.Random
) -> tuple[list[tuple[str, bytes]], int]:
    """Pairs of flats and pseudonyms that took part alike, each at most once, and within how many groups.

    Groups are begun with the rarest: somebody who alone took part in certain waves is sure to be found. A
    pseudonym that nobody matches exactly may be that of somebody who refused, or was left out, in a wave.
    """
    flats: dict[Waves, list[str]] = defaultdict(list)
    for token, waves in took_part.items():
        flats[waves].append(token)
    groups: dict[Waves, list[bytes]] = defaultdict(list)
    for person, waves in pseudonyms.items():
        groups[waves].append(person)
    pairs: list[tuple[str, bytes]] = []
    for waves, people in sorted(groups.items(), key=lambda item: (len(item[1]), sorted(item[0]))):
        alike = rng.sample(flats[waves], len(flats[waves]))
        others = [token for key, some in flats.items() if key > waves for token in some]
        candidates = alike + rng.sample(others, len(others))
        pairs += zip(candidates, rng.sample(people, len(people)), strict=False)
    return pairs, len(groups)


def _above_chance(right: int, groups: int) -> bool:
    return right > most_by_chance(groups)


def _right(pairs: Iterable[tuple[str, bytes]], owners: Mapping[bytes, str]) -> int:
    return sum(owners[person] == token for token, person in pairs)


async def _orders(database: Database, held: Held, estate: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every order of the flats of an estate (from the links and the last wave's invitations) and of its
    pseudonyms (from the answers), each as a list."""
    series = held.series
    links = series.tenants[estate]
    async with database.owner() as connection:
        invitations = await connection.fetch(
            "select i.*, r.ctid::text as place, r.xmin::text as written from registry.invitations i"
            " join ballots.rights r on r.invitation_id = i.id"
            " where i.campaign_id = $1 and i.estate_id = $2",
            series.now,
            estate,
        )
        members = await connection.fetch(
            "select *, ctid::text as place, xmin::text as written from registry.panel_members"
            " where estate_id = $1",
            estate,
        )
        answers = await connection.fetch(
            "select *, ctid::text as place, xmin::text as written from answers.responses"
            " where estate_id = $1 and person is not null",
            estate,
        )
    by_hash = {tokens.token_hash(SECRET, token): token for token in links}

    def lie(row: Any) -> tuple[int, ...]:
        return (int(row["written"]), *(int(part) for part in row["place"].strip("()").split(",")))

    def flats(rows: Sequence[Any], key: Any) -> list[str]:
        rows = [row for row in rows if row["token_hash"] in by_hash]
        return [by_hash[row["token_hash"]] for row in sorted(rows, key=key)]

    def people(key: Any) -> list[bytes]:
        first: dict[bytes, Any] = {}
        for row in sorted(answers, key=key):
            first.setdefault(row["person"], row)
        return list(first)

    sides = {
        "in the order of the flats": list(links),
        "by link": sorted(links),
        "by hash of the link": sorted(links, key=lambda token: tokens.token_hash(SECRET, token)),
        "by seed": sorted(links, key=lambda token: tokens.panel_seed(token, series.panel_id)),
        "by draft": sorted(links, key=lambda token: tokens.draft_key(SECRET, token)),
        "invitations as they lie": flats(invitations, lie),
        "invitations by id": flats(invitations, lambda row: row["id"]),
        "members as they lie": flats(members, lie),
        "members by id": flats(members, lambda row: row["id"]),
    }
    others = {
        "by pseudonym": people(lambda row: row["person"]),
        "by id": people(lambda row: row["id"]),
        "as they lie": people(lie),
        "as they lie, backwards": people(lie)[::-1],
    }
    return sides, others


async def test_the_attacker_finds_many_in_a_store_that_keeps_every_pseudonym_and_who_took_part(
    database: Database, keys: KeyFolder
) -> None:
    """The control: a naive panel stores the pseudonym of everybody who agreed and leaves the flags where they
    are. The same people, the same attacker."""
    rng, right, estates, sure, claims = random.Random(3), 0, 0, 0, 0
    for seed in range(PANELS):
        held = await _held(database, keys, random.Random(seed))
        for links in held.series.tenants.values():
            naive = {token.encode(): waves for token, waves in held.agreed.items() if token in links}
            owners = {person: person.decode() for person in naive}
            mine = {token: waves for token, waves in held.took_part.items() if token in links}
            pairs, _ = _watched(mine, naive, rng)
            right += _right(pairs, owners)
            estates += 1
            alone = [
                (token, person) for token, person in pairs if list(naive.values()).count(naive[person]) == 1
            ]
            sure += _right(alone, owners)
            claims += len(alone)
    assert _above_chance(right, estates), f"{right} right, {estates} by chance within the estate"
    assert claims > 10 and sure > 0.4 * claims, f"{sure} of {claims} who took part as nobody else did"


async def test_the_database_the_links_and_the_secret_do_not_give_a_pseudonym_only_the_panels_key_does(
    database: Database, keys: KeyFolder
) -> None:
    held = await _held(database, keys, random.Random(11))
    series = held.series
    everything, kept = b"", set()
    async with database.owner() as connection:
        names = await connection.fetch(
            "select schemaname || '.' || tablename as name from pg_tables"
            " where schemaname in ('registry', 'answers', 'ballots', 'delivery', 'retention')"
        )
        for row in names:
            for line in await connection.fetch(f"select * from {row['name']}"):  # noqa: S608
                for value in line.values():
                    if isinstance(value, bytes) and len(value) in (16, 32):
                        kept.add(value)
                    if isinstance(value, UUID):
                        kept.add(value.bytes)
        people = await connection.fetch("select distinct person from answers.responses")
        told = await connection.fetch("select t::text as whole from registry.panels t")
        everything = " ".join(row["whole"] for row in told).encode()
    pseudonyms = {row["person"] for row in people if row["person"] is not None}
    assert len(pseudonyms) > 40
    reckoned = set()
    for token in series.everybody:
        seed = tokens.panel_seed(token, series.panel_id)
        assert seed not in kept, "the seed is stored nowhere"
        for key in [b"", SECRET, *kept]:
            for message in (token.encode(), seed, tokens.token_hash(SECRET, token)):
                for person in (b"", b"bostemme.person", b"bostemme.panel"):
                    made = hashlib.blake2b(message, key=key, person=person, digest_size=16)
                    reckoned.add(made.digest())
    assert not reckoned & pseudonyms
    (sealing,) = [key for key in await keyring.listed(database, keys) if key.panel]
    private = keys.load(sealing.public_key)
    assert bytes(private) not in kept and bytes(private).hex().encode() not in everything
    found = {
        linking.pseudonym(private, tokens.panel_seed(token, series.panel_id)) for token in series.everybody
    }
    assert pseudonyms <= found, "what is declared: the key and the links together do"


async def test_no_order_of_flats_and_pseudonyms_gives_more_than_guessing_within_the_estate(
    database: Database, keys: KeyFolder
) -> None:
    right: dict[str, int] = defaultdict(int)
    attacked = 0
    for seed in range(PANELS):
        held = await _held(database, keys, random.Random(seed))
        for estate in held.series.tenants:
            people = await seen(database, held.series, estate)
            if not people:
                continue
            attacked += 1
            owners = {person: owner for person, (owner, _) in people.items()}
            sides, others = await _orders(database, held, estate)
            for one, flats in sides.items():
                for other, persons in others.items():
                    right[f"{one}, {other}"] += _right(zip(flats, persons, strict=False), owners)
    assert attacked >= 2 * PANELS
    for name, n in right.items():
        assert not _above_chance(n, attacked), f"{name}: {n} right, {attacked} by chance"


async def test_who_knows_exactly_who_took_part_when_still_has_one_chance_in_five(
    database: Database, keys: KeyFolder
) -> None:
    """Also the strongest attacker: every group of pseudonyms that took part alike has five, and pairing
    within it is right once, as chance has it."""
    rng, right, groups, paired = random.Random(5), 0, 0, 0
    for seed in range(PANELS):
        held = await _held(database, keys, random.Random(seed))
        for estate, links in held.series.tenants.items():
            people = await seen(database, held.series, estate)
            pseudonyms = {person: waves for person, (_, waves) in people.items()}
            for waves in set(pseudonyms.values()):
                alike = [one for one in pseudonyms.values() if one == waves]
                possible = [token for token in links if held.took_part.get(token, frozenset()) >= waves]
                assert len(alike) >= K and len(possible) >= K
            mine = {token: waves for token, waves in held.took_part.items() if token in links}
            pairs, n = _watched(mine, pseudonyms, rng)
            right += _right(pairs, {person: owner for person, (owner, _) in people.items()})
            groups += n
            paired += len(pairs)
    assert paired > 200
    assert not _above_chance(right, groups), f"{right} right of {paired}, {groups} by chance"


async def test_a_sealed_database_does_not_tell_who_took_part(database: Database, keys: KeyFolder) -> None:
    """Nor does any order or place of the rows that once said so."""
    tally, rng = Tally(), random.Random(9)
    for seed in range(PANELS):
        held = await _held(database, keys, random.Random(seed))
        async with database.owner() as connection:
            rows = await connection.fetch(
                "select i.*, r.used, r.declined, r.ctid::text as place, r.xmin::text as written,"
                " r.xmax::text as locked, i.ctid::text as place_in_list"
                " from ballots.rights r join registry.invitations i on i.id = r.invitation_id"
                " where i.campaign_id = $1",
                held.series.now,
            )
        by_hash = {tokens.token_hash(SECRET, token): token for token in held.series.everybody}
        assert not any(row["used"] or row["declined"] for row in rows)
        for links in held.series.tenants.values():
            mine = [row for row in rows if by_hash[row["token_hash"]] in links]
            tally.add([(_signals(row), _answered(held, by_hash[row["token_hash"]])) for row in mine], rng)
    assert tally.total > 100
    for name, n in tally.right.items():
        assert n <= tally.by_chance, f"{name}: {n} of {tally.total}, {tally.expected:.0f} by chance"


def _answered(held: Held, token: str) -> bool:
    return WAVES in held.took_part.get(token, frozenset())


def _signals(row: Any) -> dict[str, float]:
    page, line = row["place"].strip("()").split(",")
    return {
        "lies": int(page) * 1000 + int(line),
        "was written": int(row["written"]),
        "was locked": int(row["locked"]),
        "id": float(row["id"].int),
        "dwelling": float(row["dwelling"]),
    }
