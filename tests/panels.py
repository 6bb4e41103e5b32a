"""Panels whose tenants send by the real way, wave after wave: where tests of linked waves begin."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from survey import mixer
from survey.ballots import submission, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.rounds import find, load_version
from survey.ballots.submission import Outcome
from survey.ballots.tokens import new_token, token_hash
from survey.database.pool import Connection, Database
from tests.elections import SECRET, Election, hold

Waves = frozenset[int]


@dataclass
class Series:
    """A panel. `tenants`: the links of each estate, joiners behind the others. `rounds`: a round a wave."""

    organisation_id: UUID
    panel_id: UUID
    area_id: UUID
    tenants: dict[UUID, list[str]]
    rounds: list[UUID] = field(default_factory=list)

    @property
    def now(self) -> UUID:
        return self.rounds[-1]

    @property
    def everybody(self) -> list[str]:
        return [token for links in self.tenants.values() for token in links]


async def begin(database: Database, sizes: Sequence[int], *, waves: int = 3) -> Series:
    """The first wave of a panel over estates with so many dwellings, open."""
    held: Election = await hold(database, sizes)
    panel_id = await follow(database, held.organisation_id, held.campaign_id, waves)
    return Series(held.organisation_id, panel_id, held.area_id, held.tenants, [held.campaign_id])


async def follow(database: Database, organisation_id: UUID, campaign_id: UUID, waves: int = 3) -> UUID:
    """Makes a round the first wave of a panel; the panel's id."""
    async with database.owner() as connection:
        panel_id: UUID = await connection.fetchval(
            "insert into registry.panels (organisation_id, waves) values ($1, $2) returning id",
            organisation_id,
            waves,
        )
        await connection.execute(
            "update registry.campaigns set panel_id = $2, wave = 1 where id = $1", campaign_id, panel_id
        )
        await connection.execute("select registry.take_panel_key($1, $2)", organisation_id, panel_id)
    return panel_id


async def close(database: Database, series: Series) -> None:
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set status = 'closed', closed_on = current_date where id = $1",
            series.now,
        )


async def end_wave(database: Database, keys: KeyFolder, series: Series) -> None:
    """Close it, mix it, seal it."""
    await close(database, series)
    await mixer.work_once(database, keys)


async def next_wave(
    database: Database, series: Series, joiners: Mapping[UUID, int] | None = None
) -> dict[UUID, list[str]]:
    """The next wave, open to everybody by the links they have; the links of those who are new."""
    wave = len(series.rounds) + 1
    new = {estate: [new_token() for _ in range(n)] for estate, n in (joiners or {}).items()}
    async with database.owner() as connection:
        await connection.execute(
            "select set_config('bostemme.organisation_id', $1, true)", str(series.organisation_id)
        )
        round_id = await connection.fetchval(
            "insert into registry.campaigns (organisation_id, name, series, questionnaire_version_id,"
            " languages, opens_on, closes_on, results_on, panel_id, wave)"
            " select organisation_id, name || ' ' || $2::int, series, questionnaire_version_id, languages,"
            " opens_on, closes_on, results_on, panel_id, $2 from registry.campaigns where id = $1"
            " returning id",
            series.rounds[0],
            wave,
        )
        await connection.execute(
            "insert into registry.campaign_estates (organisation_id, campaign_id, estate_id, invited)"
            " select organisation_id, $2, estate_id, invited from registry.campaign_estates"
            " where campaign_id = $1",
            series.rounds[0],
            round_id,
        )
        await connection.execute(
            "insert into registry.invitations"
            " (organisation_id, campaign_id, member_id, estate_id, dwelling, token_hash)"
            " select organisation_id, $2, id, estate_id, dwelling, sha256(uuid_send(gen_random_uuid()))"
            " from registry.panel_members where panel_id = $1",
            series.panel_id,
            round_id,
        )
        for estate, tokens in new.items():
            first = len(series.tenants[estate]) + 1
            await connection.executemany(
                "insert into registry.invitations"
                " (organisation_id, campaign_id, estate_id, dwelling, token_hash)"
                " values ($1, $2, $3, $4, $5)",
                [
                    (series.organisation_id, round_id, estate, dwelling, token_hash(SECRET, token))
                    for dwelling, token in enumerate(tokens, start=first)
                ],
            )
            series.tenants[estate] += tokens
        await connection.execute("select registry.carry_links($1)", round_id)
        await connection.execute("select ballots.take_key($1, $2)", series.organisation_id, round_id)
        await connection.execute("update registry.campaigns set status = 'open' where id = $1", round_id)
    series.rounds.append(round_id)
    return new


async def send(
    connection: Connection,
    token: str,
    *,
    linked: bool | None,
    rng: random.Random,
    replaces: str | None = None,
) -> Outcome:
    """One tenant's submission, as the web does it. The text is her mark: it tells whose answer it was.
    `replaces`: the receipt of what is changed."""
    found = await find(connection, SECRET, token)
    assert found is not None
    version = await load_version(connection, found.round.questionnaire_version_id)
    answers = {"bolig_hjem": rng.randint(1, 5), "bedre": f"merke {token}"}
    return await submission.submit(
        connection,
        SECRET,
        token,
        found.round,
        version,
        answers,
        seen=None,
        language="nb",
        receipt=tokens.receipt(SECRET, token, found.round.campaign),
        linked=linked,
        replaces=replaces and tokens.receipt_hash(SECRET, replaces),
    )


async def send_all(
    database: Database, links: Sequence[str], *, refusing: Sequence[str] = (), seed: int = 1
) -> None:
    rng, no = random.Random(seed), frozenset(refusing)
    for token in links:
        async with database.phone() as connection:
            assert await send(connection, token, linked=token not in no, rng=rng) is Outcome.ACCEPTED


async def stored(
    database: Database, series: Series, wave: int
) -> dict[str, tuple[UUID | None, bytes | None]]:
    """By link: the estate an answer is kept under, and its pseudonym."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select answers->>'bedre' as mark, estate_id, person from answers.responses"
            " where campaign_id = $1",
            series.rounds[wave - 1],
        )
    found = {row["mark"].removeprefix("merke "): (row["estate_id"], row["person"]) for row in rows}
    assert len(found) == len(rows), "an answer is stored twice"
    return found


async def seen(database: Database, series: Series, estate: UUID) -> dict[bytes, tuple[str, Waves]]:
    """The pseudonyms of an estate: whose each really is, and in which waves."""
    people: dict[bytes, tuple[str, Waves]] = {}
    for wave in range(1, len(series.rounds) + 1):
        for token, (place, person) in (await stored(database, series, wave)).items():
            if person is not None and place == estate:
                owner, waves = people.get(person, (token, frozenset()))
                assert owner == token, "a pseudonym of two"
                people[person] = (owner, waves | {wave})
    return people
