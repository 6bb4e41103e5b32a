"""Who holds the whole database looks where PostgreSQL puts what is too long for a row.

Such values lie in pieces in a table of their own (TOAST): numbered as they come, each written by the
transaction that brought it. This attacker has more than the database: somebody stood in the stairway, and
he knows in which order the tenants sent. He puts the pieces in every order they have and would like to see
that one again, in the box while ballots wait and among the answers.
"""

from __future__ import annotations

import math
import random
import secrets
from collections.abc import Callable, Sequence

from survey.ballots import submission, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.rounds import find, load_version
from survey.ballots.submission import Outcome
from survey.database.pool import Database
from tests import mornings
from tests.attack.pieces import Piece, in_the_box, pieces
from tests.ballots import SEED
from tests.chance import SIGMAS
from tests.elections import SECRET, Election, close, hold, send_all

TENANTS = 60
LONG = 6000
"""Characters by lot, which nothing makes shorter."""


def _receipt(token: str) -> str:
    return tokens.receipt_hash(SECRET, tokens.receipt(SECRET, token, SEED)).hex()


def _likeness(
    came: Sequence[str], found_there: Sequence[Piece], whose: Callable[[bytes], str | None]
) -> dict[str, float]:
    """By order: rank correlation (-1..1) of the pieces with the order in which their owners came."""
    mine = [(owner, orders) for data, orders in found_there if (owner := whose(data)) is not None]
    assert sorted(owner for owner, _ in mine) == sorted(came), "every value lies out of line, once"
    n, rank = len(came), {owner: place for place, owner in enumerate(came)}
    found = {}
    for name in mine[0][1]:
        ordered = sorted(mine, key=lambda piece: piece[1][name])
        apart = sum((rank[owner] - place) ** 2 for place, (owner, _) in enumerate(ordered))
        found[name] = 1 - 6 * apart / (n * (n * n - 1))
    return found


async def _patient_round(database: Database, tenants: int) -> Election:
    """A round in which ballots wait until it closes."""
    election = await hold(database, [tenants])
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set mixing_size = 100 where id = $1", election.campaign_id
        )
    return election


async def test_before_the_mixer_has_looked_the_pieces_lie_as_they_came(database: Database) -> None:
    """The control: this attacker sees an order where there is one."""
    election = await _patient_round(database, 12)
    ((*came,),) = election.tenants.values()
    await send_all(database, came)
    for column in ("sealed", "copy"):
        whose = await in_the_box(database, column)
        likeness = _likeness(
            [_receipt(token) for token in came], await pieces(database, "ballots.box"), whose
        )
        assert min(likeness.values()) > 0.99, (column, likeness)


async def test_waiting_ballots_do_not_lie_as_they_came_out_of_line_either(
    database: Database, keys: KeyFolder
) -> None:
    election = await _patient_round(database, TENANTS)
    ((*came,),) = election.tenants.values()
    rng = random.Random(4)
    rng.shuffle(came)
    sent = 0
    while sent < len(came):
        n = rng.randint(1, 9)
        await send_all(database, came[sent : sent + n], rng)
        sent += n
        await mornings.mix(database, keys)
    for column in ("sealed", "copy"):
        whose = await in_the_box(database, column)
        likeness = _likeness(
            [_receipt(token) for token in came], await pieces(database, "ballots.box"), whose
        )
        for order, seen in likeness.items():
            assert abs(seen) < SIGMAS / math.sqrt(TENANTS - 1), (column, order, seen)


async def test_long_answers_do_not_lie_as_they_came_out_of_line_either(
    database: Database, keys: KeyFolder
) -> None:
    election = await hold(database, [TENANTS])
    ((*came,),) = election.tenants.values()
    rng = random.Random(5)
    rng.shuffle(came)
    for number, token in enumerate(came, start=1):
        await _send_much(database, token)
        if number % 7 == 0:
            await mornings.mix(database, keys)
    await close(database, election)
    await mornings.mix(database, keys)

    def whose(piece: bytes) -> str | None:
        return next((token for token in came if f"merke {token}".encode() in piece), None)

    for order, seen in _likeness(came, await pieces(database, "answers.responses"), whose).items():
        assert abs(seen) < SIGMAS / math.sqrt(TENANTS - 1), (order, seen)


async def _send_much(database: Database, token: str) -> None:
    async with database.phone() as connection:
        found = await find(connection, SECRET, token)
        assert found is not None
        version = await load_version(connection, found.round.questionnaire_version_id)
        answers = {"bolig_hjem": 3, "bedre": f"merke {token} {secrets.token_urlsafe(LONG)[:LONG]}"}
        sent = await submission.submit(
            connection,
            SECRET,
            token,
            found.round,
            version,
            answers,
            seen=None,
            language="nb",
            receipt=tokens.receipt(SECRET, token, SEED),
        )
    assert sent is Outcome.ACCEPTED
