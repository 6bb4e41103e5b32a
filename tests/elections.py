"""Rounds of many estates whose tenants send by the real way: where tests of the box and the mixer begin."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from survey.ballots import submission, tokens
from survey.ballots.rounds import find, load_version
from survey.ballots.submission import Outcome
from survey.ballots.tokens import new_token, token_hash
from survey.database.pool import Connection, Database
from tests.ballots import SEED
from tests.tenants import invite, small_questionnaire

SECRET = b"k" * 32


@dataclass
class Election:
    """A round; `tenants` by estate. A tenant's text is her mark: it tells in a test which answer was hers."""

    organisation_id: UUID
    campaign_id: UUID
    area_id: UUID
    tenants: dict[UUID, list[str]] = field(default_factory=dict)


async def hold(database: Database, sizes: Sequence[int]) -> Election:
    """An open round over estates with so many dwellings, all in one area."""
    first = await invite(database, SECRET, questionnaire=small_questionnaire(), tenants=sizes[0])
    async with database.owner() as connection:
        area_id = await connection.fetchval(
            "select area_id from registry.estates where id = $1", first.estate_id
        )
        held = Election(
            first.organisation_id, first.campaign_id, area_id, {first.estate_id: list(first.tokens)}
        )
        for number, size in enumerate(sizes[1:], start=2):
            estate_id = await connection.fetchval(
                "insert into registry.estates (organisation_id, area_id, name, dwellings)"
                " values ($1, $2, $3, $4) returning id",
                held.organisation_id,
                area_id,
                f"Gate {number}",
                size,
            )
            await connection.execute(
                "insert into registry.campaign_estates values ($1, $2, $3, $4)",
                held.organisation_id,
                held.campaign_id,
                estate_id,
                size,
            )
            links = [new_token() for _ in range(size)]
            await connection.executemany(
                "insert into registry.invitations"
                " (organisation_id, campaign_id, estate_id, dwelling, token_hash)"
                " values ($1, $2, $3, $4, $5)",
                [
                    (held.organisation_id, held.campaign_id, estate_id, dwelling, token_hash(SECRET, token))
                    for dwelling, token in enumerate(links, start=1)
                ],
            )
            held.tenants[estate_id] = links
    return held


def receipt(token: str) -> str:
    """What the tenant holds who sent by this link."""
    return tokens.receipt(SECRET, token, SEED)


async def send(
    connection: Connection,
    token: str,
    mark: str,
    rng: random.Random | None = None,
    replaces: str | None = None,
) -> Outcome:
    """One tenant's submission, as the web does it. `replaces`: the receipt of what is changed."""
    found = await find(connection, SECRET, token)
    assert found is not None
    round = found.round
    version = await load_version(connection, round.questionnaire_version_id)
    chosen = (rng or random).randint(1, 5)
    answers = {"bolig_hjem": chosen, "bedre": mark}
    return await submission.submit(
        connection,
        SECRET,
        token,
        round,
        version,
        answers,
        seen=None,
        language="nb",
        receipt=receipt(token),
        replaces=replaces and tokens.receipt_hash(SECRET, replaces),
    )


async def send_all(database: Database, tokens: Sequence[str], rng: random.Random | None = None) -> None:
    for token in tokens:
        async with database.phone() as connection:
            assert await send(connection, token, f"merke {token}", rng) is Outcome.ACCEPTED


async def close(database: Database, election: Election) -> None:
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set status = 'closed' where id = $1", election.campaign_id
        )


async def marks(database: Database, election: Election) -> dict[str, tuple[UUID | None, UUID | None]]:
    """Every mixed answer's mark, with the estate and the area it is kept under. A doubled mark fails."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select answers->>'bedre' as mark, estate_id, area_id from answers.responses"
            " where campaign_id = $1",
            election.campaign_id,
        )
    found = {row["mark"].removeprefix("merke "): (row["estate_id"], row["area_id"]) for row in rows}
    assert len(found) == len(rows), "an answer is stored twice"
    return found


async def in_box(database: Database, election: Election) -> int:
    async with database.owner() as connection:
        n: int = await connection.fetchval(
            "select count(*) from ballots.box where campaign_id = $1", election.campaign_id
        )
    return n


async def at_once(database: Database, tokens: Sequence[str]) -> None:
    async def one(token: str) -> None:
        async with database.phone() as connection:
            assert await send(connection, token, f"merke {token}") is Outcome.ACCEPTED

    await asyncio.gather(*(one(token) for token in tokens))
