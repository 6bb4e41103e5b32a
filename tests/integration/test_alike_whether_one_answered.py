"""Two rounds that differ only in whether the one home of a house has answered are told alike, everywhere.

As many answers in all: in the one somebody in the house of one home has sent, in the other one more of its
neighbours. Everybody answers the same, so that the figures are no way to tell who is among them. A round of
one home alone is told of alike, too, at every step.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from survey import mixer
from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.campaigns.links import issue_links
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from survey.register import estates
from survey.retention import steps
from survey.settings import Settings
from tests import mornings, offices
from tests.offices import Office

ROUND = "Beboerundersøkelsen"
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_numbers = count(1)


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


class World:
    """A round of a house of one home and its neighbours, answered by so many, closed and mixed."""

    def __init__(self, office: Office, round_id: UUID) -> None:
        self.office = office
        self.round_id = round_id

    async def close(self, database: Database) -> None:
        await rounds.close_round(database, self.office.staff[Role.OFFICER], self.round_id)

    async def pages(self, client: httpx.AsyncClient) -> dict[str, str]:
        """All that the console shows of it, by path, links followed that lead to reports of its places."""
        await offices.sign_in(client, self.office)
        address = f"/kontor/runder/{self.round_id}"
        front = await client.get(address)
        inner = set(re.findall(rf'href="({address}/[^"]+)"', front.text))
        found = {
            self._nameless(path): (await client.get(path)) for path in sorted(inner) if ".pdf" not in path
        }
        found["/kontor/runder"] = await client.get("/kontor/runder")
        found[""] = front
        assert front.status_code == 200 and len(found) > 1
        return {path: f"{page.status_code} {self._nameless(page.text)}" for path, page in found.items()}

    async def numbers(self, run: Callable[..., Result]) -> str:
        """What `bostemme numbers` writes of one question, by estate and of all."""
        said = []
        for level in ("all", "area", "estate"):
            options = ("--organisation", self.office.name, "--round", ROUND, "--level", level)
            result = await asyncio.to_thread(run, "numbers", *options, "--item", ITEM)
            said.append(f"{result.exit_code} {result.output}")
        return self._nameless("\n".join(said))

    def _nameless(self, text: str) -> str:
        for own, instead in (
            (self.office.name, "Kommunen"),
            (self.office.organisation_id.hex[:8], "kommunen"),
            (str(self.round_id), "runden"),
        ):
            text = text.replace(own, instead)
        text = re.sub(r'name="(csrf|mark)" value="[^"]+"', "", text)
        text = re.sub(r"\b[0-9a-f]{64}\b|(?:\b[0-9a-f]{8}\b ?){8}", "hash", text)  # of random ids as well
        known: dict[str, str] = {}
        return UUIDS.sub(lambda found: known.setdefault(found[0], f"id {len(known)}"), text)


ITEM = next(item.id for item in offices.short_form().items() if item.kind == "choice")


async def _opened(
    database: Database, settings: Settings, homes: dict[str, int], answered: dict[str, int]
) -> World:
    office = await offices.found(database, f"Kommune {next(_numbers)}")
    async with database.registry(office.organisation_id) as connection:
        ids = [
            await estates.add(connection, office.organisation_id, area="Sentrum", name=name, dwellings=n)
            for name, n in homes.items()
        ]
    round_id = await offices.open_round(
        database, office, replace(offices.new_round(office, ROUND), estate_ids=tuple(ids))
    )
    async with database.registry(office.organisation_id) as connection:
        links = await issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    for name, n in answered.items():
        for link in [link for link in links if link.estate == name][:n]:
            async with database.phone() as connection:
                await offices.send(connection, settings, link.token)
    return World(office, round_id)


async def _world(
    database: Database, settings: Settings, keys: KeyFolder, homes: dict[str, int], answered: dict[str, int]
) -> World:
    world = await _opened(database, settings, homes, answered)
    await world.close(database)
    await mixer.work_once(database, keys)
    return world


@pytest.mark.parametrize(
    ("homes", "neighbours"),
    [
        ({"En hus": 1, "Seksten hus": 16}, 14),  # who can spare some to hide it
        ({"En hus": 1, "Sju hus": 7}, 7),  # who must all go along
        ({"En hus": 1, "Sju hus": 7}, 5),  # or have a name or not, according to it
        ({"En hus": 1, "Sju hus": 7}, 4),  # or be too few
    ],
)
async def test_pages_reports_and_numbers_are_the_same_whether_the_only_home_answered_or_one_next_door(
    client: httpx.AsyncClient, database: Database, settings: Settings, keys: KeyFolder,
    run: Callable[..., Result], homes: dict[str, int], neighbours: int,
) -> None:  # fmt: skip
    one, other = homes
    silent = await _world(database, settings, keys, homes, {one: 0, other: neighbours})
    answering = await _world(database, settings, keys, homes, {one: 1, other: neighbours - 1})
    told, also = await silent.pages(client), await answering.pages(client)
    assert told.keys() == also.keys()
    for path in told:
        assert told[path] == also[path], path
    assert await silent.numbers(run) == await answering.numbers(run)


async def test_a_round_of_one_home_is_told_of_alike_at_every_step_whether_it_has_answered_or_not(
    client: httpx.AsyncClient, database: Database, settings: Settings, keys: KeyFolder,
    run: Callable[..., Result],
) -> None:  # fmt: skip
    silent = await _opened(database, settings, {"En hus": 1}, {"En hus": 0})
    answering = await _opened(database, settings, {"En hus": 1}, {"En hus": 1})

    async def receipts(world: World) -> list[tuple[str, int]]:
        async with database.owner() as connection:
            rows = await connection.fetch(
                "select state, count(*) from ballots.receipts where campaign_id = $1 group by 1",
                world.round_id,
            )
        return [tuple(row) for row in rows]

    async def alike() -> str:
        assert await receipts(silent) == await receipts(answering), "in a copy of the database"
        told, also = await silent.pages(client), await answering.pages(client)
        assert told == also
        assert await silent.numbers(run) == await answering.numbers(run)
        return told[""]

    assert "telles opp" not in await alike(), "while it is open"
    for world in (silent, answering):
        await world.close(database)
    assert "telles opp" in await alike(), "when it is closed"
    async with database.registry_anonymous() as connection:
        assert [row async for row in rounds.queries.unsealed(connection)] == []
    with capture_logs() as lines:
        await mornings.mix(database, keys)
        assert "telles opp" in await alike(), "in the middle of the mixer's look"
        await mixing.mix_and_tell(database, keys)
        assert "telles opp" not in await alike(), "when the mixer has looked"
        await mixer.work_once(database, keys)
        await alike()
    logged = [
        [line["event"] for line in lines if line.get("campaign") == str(world.round_id)]
        for world in (silent, answering)
    ]
    assert logged[0] == logged[1], "in the log"
    assert await receipts(silent) == [("too_few", 4)]
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set answers_due_on = current_date, contacts_due_on = current_date"
        )
    await steps.run(database, [])
    assert "kvitteringer er slettet" in await alike(), "when the archive period is over"
