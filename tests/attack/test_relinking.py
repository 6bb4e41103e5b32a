"""Who holds the whole database tries to find out who answered what.

The attacker has every table with every system column, as any role could read it and as the owner reads it:
where a row lies (ctid), which transactions wrote and locked it (xmin, xmax), every id, hash and date; the
statistics PostgreSQL keeps; and knows which household each invitation was for. Nothing is told him of the
tenants' links, which are on paper, nor of the private keys, which are not in the database.

He pairs used invitations with answers of the same estate in every way the authors could think of. A pairing
by chance is right once an estate, whatever its size: the number of right guesses over many estates is then
near the number of estates (Poisson). The first test shows that the same attacker finds nearly everybody in a
store that writes answers as they come: it is the store that defeats him and not his own clumsiness.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

from survey.ballots import submission
from survey.ballots.keys import KeyFolder
from survey.ballots.tokens import receipt_hash, token_hash
from survey.database.pool import Database
from tests import mornings
from tests.chance import most_by_chance
from tests.elections import SECRET, Election, close, hold, receipt, send_all

ROUNDS = 12
ESTATES = (7, 7, 13, 30)

Row = dict[str, Any]


@dataclass(frozen=True)
class Stolen:
    """One estate in the stolen database: used invitations and answers, each with its system columns."""

    used: list[Row]
    answers: list[Row]
    box: list[Row]
    receipts: list[Row]
    statistics: dict[str, str]
    """Table -> the values that PostgreSQL keeps of its columns (pg_stats), as they stand there."""


Pairing = Callable[[Stolen, random.Random], Iterable[tuple[Row, Row]]]


def _place(row: Row) -> tuple[int, int]:
    page, line = row["ctid"]
    return int(page), int(line)


def _written(row: Row) -> tuple[int, int, int]:
    return (int(row["xmin"]), *_place(row))


def _in_step(
    key_used: Callable[[Row], Any], key_answer: Callable[[Row], Any], *, back: bool = False
) -> Pairing:
    """The first with the first, the second with the second: two orders that should have come from one."""

    def pair(stolen: Stolen, _rng: random.Random) -> Iterable[tuple[Row, Row]]:
        answers = sorted(stolen.answers, key=key_answer, reverse=back)
        return zip(sorted(stolen.used, key=key_used), answers, strict=False)

    return pair


def _nearest(key_used: Callable[[Row], int], key_answer: Callable[[Row], int]) -> Pairing:
    """Each invitation with the answer whose transaction number is the nearest, ties by lot."""

    def pair(stolen: Stolen, rng: random.Random) -> Iterable[tuple[Row, Row]]:
        for row in stolen.used:
            yield (
                row,
                min(
                    stolen.answers, key=lambda answer: (abs(key_used(row) - key_answer(answer)), rng.random())
                ),
            )

    return pair


def _by_receipts(stolen: Stolen, _rng: random.Random) -> Iterable[tuple[Row, Row]]:
    """Receipts were written with the answers: their order may be that of the answers."""
    used = sorted(stolen.used, key=_written)
    moved = sorted(stolen.receipts, key=_written)[: len(used)]
    by_hash = sorted(range(len(moved)), key=lambda i: moved[i]["receipt_hash"])
    answers = sorted(stolen.answers, key=lambda row: row["id"])
    return zip((used[i] for i in by_hash), answers, strict=False)


def _by_statistics(stolen: Stolen, _rng: random.Random) -> Iterable[tuple[Row, Row]]:
    """Whatever values of both tables are kept as statistics, in the order in which they are kept."""

    def kept(rows: list[Row], *tables: str) -> list[Row]:
        told = " ".join(filter(None, (stolen.statistics.get(table) for table in tables)))
        places = [(min(at), row) for row in rows if (at := _where(row, told))]
        return [row for _, row in sorted(places, key=lambda found: found[0])]

    return zip(kept(stolen.used, "rights", "invitations"), kept(stolen.answers, "responses"), strict=False)


def _where(row: Row, told: str) -> list[int]:
    """At which places of `told` a value of this row's own stands."""
    words = (value.hex() if isinstance(value, bytes) else str(value) for value in _own(row).values())
    return [place for word in words if len(word) >= 16 and (place := told.find(word)) >= 0]


def _by_batches(stolen: Stolen, rng: random.Random) -> Iterable[tuple[Row, Row]]:
    """Cut both orders where the transaction changes and pair within the pieces, by lot."""
    used, answers = _pieces(stolen.used), _pieces(stolen.answers)
    for these, those in zip(used, answers, strict=False):
        rng.shuffle(those)
        yield from zip(these, those, strict=False)


def _pieces(rows: list[Row]) -> list[list[Row]]:
    ordered = sorted(rows, key=_written)
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(ordered)) if a["xmin"] != b["xmin"]), len(ordered)]
    return [ordered[a:b] for a, b in pairwise(cuts)]


def _shared_bytes(stolen: Stolen, _rng: random.Random) -> Iterable[tuple[Row, Row]]:
    """Any value of eight bytes or more that stands in both rows, whole or inside another."""
    for row in stolen.used:
        mine = {bytes(value)[:8] for value in _values(row)}
        for answer in stolen.answers:
            theirs = b"".join(_values(answer))
            if any(piece in theirs for piece in mine):
                yield row, answer


IN_COMMON = ("organisation_id", "campaign_id", "estate_id")
"""Which groups a row belongs to: all that the two sides are meant to share."""


def _own(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in IN_COMMON}


def _values(row: Row) -> list[bytes]:
    found = []
    for value in _own(row).values():
        if isinstance(value, UUID):
            found += [value.bytes, str(value).encode()]
        elif isinstance(value, bytes):
            found += [value, value.hex().encode()]
    return [value for value in found if len(value) >= 8]


PAIRINGS: dict[str, Pairing] = {
    "written in the same order": _in_step(_written, _written),
    "written in the opposite order": _in_step(_written, _written, back=True),
    "lying in the same order": _in_step(_place, _place),
    "lying in the opposite order": _in_step(_place, _place, back=True),
    "written in the order of the flats": _in_step(lambda row: row["dwelling"], _written),
    "lying in the order of the flats": _in_step(lambda row: row["dwelling"], _place),
    "ids in the same order": _in_step(lambda row: row["id"], lambda row: row["id"]),
    "hashes in the order of ids": _in_step(lambda row: row["token_hash"], lambda row: row["id"]),
    "nearest transaction": _nearest(lambda row: int(row["xmin"]), lambda row: int(row["xmin"])),
    "nearest lock": _nearest(lambda row: int(row["xmax"]), lambda row: int(row["xmin"])),
    "receipts in between": _by_receipts,
    "batch by batch": _by_batches,
    "kept as statistics": _by_statistics,
    "values in common": _shared_bytes,
}


async def _steal(database: Database, election: Election, estate_id: UUID) -> Stolen:
    async def table(name: str, where: str, *values: object, more: str = "") -> list[Row]:
        rows = await connection.fetch(
            f"select t.*{more}, t.ctid::text as place, t.xmin::text, t.xmax::text"  # noqa: S608
            f" from {name} t where {where}",
            *values,
        )
        return [{**dict(row), "ctid": row["place"].strip("()").split(",")} for row in rows]

    async with database.owner() as connection:
        await connection.execute(
            "analyze registry.invitations, ballots.rights, answers.responses, ballots.box"
        )
        statistics = await connection.fetch(
            "select tablename,"
            " string_agg(concat(most_common_vals::text, histogram_bounds::text), ' ') as told"
            " from pg_stats where tablename in ('invitations', 'rights', 'responses', 'box')"
            " and schemaname in ('registry', 'answers', 'ballots') group by 1"
        )
        return Stolen(
            await table(
                "ballots.rights",
                "used and estate_id = $1",
                estate_id,
                more=", t.invitation_id as id,"
                " (select i.token_hash from registry.invitations i where i.id = t.invitation_id),"
                " (select i.dwelling from registry.invitations i where i.id = t.invitation_id)",
            ),
            await table("answers.responses", "estate_id = $1", estate_id),
            await table("ballots.box", "estate_id = $1", estate_id),
            await table("ballots.receipts", "campaign_id = $1", election.campaign_id),
            {row["tablename"]: row["told"] for row in statistics},
        )


def _right(pairs: Iterable[tuple[Row, Row]], owner: dict[bytes, str]) -> int:
    """How many of the pairs are true: the mark in the answer is that of the invitation's holder."""
    return sum(f"merke {owner[row['token_hash']]}" in answer["answers"] for row, answer in pairs)


async def _attacked(
    database: Database, keys: KeyFolder, rng: random.Random, *, closed: bool
) -> tuple[dict[str, int], int]:
    """Right guesses by pairing over one round, and how many estates were attacked."""
    election = await hold(database, ESTATES)
    owner = {token_hash(SECRET, token): token for links in election.tenants.values() for token in links}
    first, late = [], []
    for links in election.tenants.values():
        willing = rng.sample(links, max(6, round(0.8 * len(links))))
        cut = rng.randint(len(willing) // 2, len(willing) - 1)
        first += willing[:cut]
        late += willing[cut:]
    rng.shuffle(first)
    # Tenants of all estates come as they please, the mixer looks now and then, a reminder brings more.
    while first or late:
        wave = first or late
        n = rng.randint(1, 9)
        here, rest = wave[:n], wave[n:]
        await send_all(database, here, rng)
        # Some ask for peace right after they have sent.
        await _ask_for_peace(database, [token for token in here if rng.random() < 0.4])
        await mornings.mix(database, keys)
        if first:
            first = rest
        else:
            late = rest
    if closed:
        await close(database, election)
        await mornings.mix(database, keys)
    right = dict.fromkeys(PAIRINGS, 0)
    attacked = 0
    for estate_id in election.tenants:
        stolen = await _steal(database, election, estate_id)
        if not stolen.answers:
            continue
        attacked += 1
        for name, pairing in PAIRINGS.items():
            right[name] += _right(pairing(stolen, rng), owner)
    return right, attacked


async def _ask_for_peace(database: Database, tokens: Iterable[str]) -> None:
    for token in tokens:
        async with database.phone() as connection:
            assert await submission.ask_again(connection, SECRET, token, False)


async def _over_rounds(database: Database, keys: KeyFolder, *, closed: bool) -> tuple[dict[str, int], int]:
    totals, estates = dict.fromkeys(PAIRINGS, 0), 0
    for seed in range(ROUNDS):
        right, attacked = await _attacked(database, keys, random.Random(seed), closed=closed)
        totals = {name: totals[name] + right[name] for name in PAIRINGS}
        estates += attacked
    return totals, estates


async def test_the_attacker_finds_nearly_everybody_in_a_store_that_writes_answers_as_they_come(
    database: Database,
) -> None:
    """The control: without a box and a mixer the very same pairings are right."""
    election = await hold(database, [30])
    (estate_id,) = election.tenants
    (links,) = election.tenants.values()
    owner = {token_hash(SECRET, token): token for token in links}
    sent = random.Random(1).sample(links, 24)
    for token in sent:
        async with database.owner() as connection:
            await connection.execute(
                "update ballots.rights set used = true where invitation_id ="
                " (select id from registry.invitations where token_hash = $1)",
                token_hash(SECRET, token),
            )
            await connection.execute(
                "insert into answers.responses (organisation_id, campaign_id, estate_id,"
                " questionnaire_version_id, language, mode, answers, codes)"
                " select c.organisation_id, c.id, $2, c.questionnaire_version_id, 'nb', 'web',"
                " jsonb_build_object('bedre', $3::text), ''::bytea from registry.campaigns c where c.id = $1",
                election.campaign_id,
                estate_id,
                f"merke {token}",
            )
    stolen = await _steal(database, election, estate_id)
    kept = list(_by_statistics(stolen, random.Random(1)))
    assert len(kept) >= 20, "the statistics are read"
    for name in ("written in the same order", "nearest transaction", "batch by batch"):
        assert _right(PAIRINGS[name](stolen, random.Random(1)), owner) == len(sent), name


async def test_a_stolen_database_of_closed_rounds_gives_no_more_than_guessing(
    database: Database, keys: KeyFolder
) -> None:
    right, estates = await _over_rounds(database, keys, closed=True)
    assert estates == ROUNDS * len(ESTATES)
    for name, found in right.items():
        assert found <= most_by_chance(estates), f"{name}: {found} right, {estates} by chance"
    assert right["values in common"] == 0


async def test_a_database_stolen_while_rounds_are_open_gives_no_more_than_guessing(
    database: Database, keys: KeyFolder
) -> None:
    right, estates = await _over_rounds(database, keys, closed=False)
    assert estates >= ROUNDS
    for name, found in right.items():
        assert found <= most_by_chance(estates), f"{name}: {found} right, {estates} by chance"
    assert right["values in common"] == 0


async def _waiting(database: Database, election: Election, rng: random.Random) -> tuple[dict[str, int], int]:
    """Pairs used invitations with ballots in the box in all the ways above: right guesses by pairing, and
    ballots. Which is whose only the judge can tell, by the receipts."""
    links = [link for tenants in election.tenants.values() for link in tenants]
    owner = {token_hash(SECRET, link): receipt_hash(SECRET, receipt(link)) for link in links}
    right, ballots = dict.fromkeys(PAIRINGS, 0), 0
    for estate_id in election.tenants:
        stolen = await _steal(database, election, estate_id)
        told = {**stolen.statistics, "responses": stolen.statistics["box"]}
        stolen = replace(stolen, answers=stolen.box, statistics=told)
        ballots += len(stolen.box)
        for name, pairing in PAIRINGS.items():
            pairs = pairing(stolen, rng)
            right[name] += sum(owner[row["token_hash"]] == ballot["receipt_hash"] for row, ballot in pairs)
    return right, ballots


async def test_ballots_that_wait_lead_to_no_invitation_once_the_mixer_has_looked(
    database: Database, keys: KeyFolder
) -> None:
    """The control stands before each look: until then the two lie as one transaction wrote them."""
    totals = dict.fromkeys(PAIRINGS, 0)
    for seed in range(ROUNDS):
        rng = random.Random(seed)
        election = await hold(database, ESTATES)
        sent = [link for tenants in election.tenants.values() for link in rng.sample(tenants, 7)]
        rng.shuffle(sent)
        await send_all(database, sent, rng)
        before, ballots = await _waiting(database, election, rng)
        assert before["nearest transaction"] == before["written in the same order"] == ballots == len(sent)
        await mornings.mix(database, keys)
        right, ballots = await _waiting(database, election, rng)
        assert ballots == len(sent), "too few to be mixed"
        totals = {name: totals[name] + right[name] for name in PAIRINGS}
    estates = ROUNDS * len(ESTATES)
    for name, found in totals.items():
        assert found <= most_by_chance(estates), f"{name}: {found} right, {estates} by chance"
    assert totals["values in common"] == 0
