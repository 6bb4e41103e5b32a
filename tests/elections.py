"""Rounds of many estates whose tenants send by the real way: where tests of the box and the mixer begin."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from survey.ballots import open_links, submission, tokens
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
    areas: dict[UUID, UUID] = field(default_factory=dict)
    """The area of each estate."""


async def hold(database: Database, sizes: Sequence[int], areas: Sequence[int] = ()) -> Election:
    """An open round over estates with so many dwellings. `areas`: the number of the area that each estate
    lies in, 0 for the first's; without it all lie in one."""
    first = await invite(database, SECRET, questionnaire=small_questionnaire(), tenants=sizes[0])
    async with database.owner() as connection:
        area_id = await connection.fetchval(
            "select area_id from registry.estates where id = $1", first.estate_id
        )
        held = Election(
            first.organisation_id,
            first.campaign_id,
            area_id,
            {first.estate_id: list(first.tokens)},
            {first.estate_id: area_id},
        )
        known = {0: area_id}
        for number, size in enumerate(sizes[1:], start=2):
            area = areas[number - 1] if areas else 0
            if area not in known:
                known[area] = await connection.fetchval(
                    "insert into registry.areas (organisation_id, name) values ($1, $2) returning id",
                    held.organisation_id,
                    f"Bydel {area}",
                )
            estate_id = await connection.fetchval(
                "insert into registry.estates (organisation_id, area_id, name, dwellings)"
                " values ($1, $2, $3, $4) returning id",
                held.organisation_id,
                known[area],
                f"Gate {number}",
                size,
            )
            held.areas[estate_id] = known[area]
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
    language: str = "nb",
    seed: str = SEED,
    mode: str = "web",
) -> Outcome:
    """One tenant's submission, as the web does it. `replaces`: the receipt of what is changed. `seed`: of the
    page that is sent from."""
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
        language=language,
        mode=mode,
        receipt=tokens.receipt(SECRET, token, seed),
        replaces=replaces and tokens.receipt_hash(SECRET, replaces),
    )


async def send_all(database: Database, tokens: Sequence[str], rng: random.Random | None = None) -> None:
    for token in tokens:
        async with database.phone() as connection:
            assert await send(connection, token, f"merke {token}", rng) is Outcome.ACCEPTED


async def open_link(database: Database, election: Election, estate_id: UUID, source: str = "library") -> str:
    """The address at the end of a poster's link."""
    async with database.owner() as connection:
        slug: str = await connection.fetchval(
            "insert into registry.open_links (organisation_id, campaign_id, estate_id, source, slug)"
            " values ($1, $2, $3, $4, left(replace(gen_random_uuid()::text, '-', ''), 10)) returning slug",
            election.organisation_id,
            election.campaign_id,
            estate_id,
            source,
        )
    return slug


async def send_openly(database: Database, slug: str, n: int = 1, language: str = "nb") -> list[str]:
    """So many follow an open link and send; the links they were given."""
    links = []
    for _ in range(n):
        async with database.phone() as connection:
            token = await open_links.enter(connection, SECRET, slug)
            assert token is not None
            outcome = await send(connection, token, f"merke {token}", language=language)
            assert outcome is Outcome.ACCEPTED
        links.append(token)
    return links


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
