"""The first time numbers of a round are told: what they rest on stands; nearly the same is not told again."""

from __future__ import annotations

import asyncio
import random
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from forms.loading import shipped
from survey.campaigns.errors import NearlyTheSame
from survey.campaigns.waves import load_wave, load_waves, seal_wave
from survey.database.pool import Database
from survey.people.roles import Role
from survey.register import estates
from survey.responses.rows import GoodRow
from survey.responses.storing import ClosedRound, store
from tests import offices
from tests.offices import Office

DAY = date(1976, 12, 31)
FORM = shipped("copenhagen")


def _rows(seed: int, n: int = 60, estate: str = "Blokk") -> list[GoodRow]:
    drawn = random.Random(seed)
    items = [item for item in FORM.items() if item.kind == "choice"]
    return [
        GoodRow(line, estate, "Byen", "nb", "import",
                {item.id: drawn.choice(FORM.choices(item)).code for item in items})
        for line in range(n)
    ]  # fmt: skip


async def _imported(database: Database, office: Office, name: str, rows: list[GoodRow]) -> UUID:
    round = ClosedRound(name, office.name, FORM, DAY, DAY, DAY, "copenhagen")
    return (await store(database, office.organisation_id, round, rows)).campaign_id


async def test_a_file_imported_again_is_not_told_beside_the_first(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "København")
    rows = _rows(1) + _rows(2, estate="Tårn")
    first = await _imported(database, office, "Første", rows)
    second = await _imported(database, office, "Rettet", rows[2:])
    await offices.sign_in(client, office)
    told = await client.get(f"/kontor/runder/{first}/rapport")
    assert told.status_code == 200
    for page in ("rapport", "rapport.pdf", "funn", "datautgivelse"):
        refused = await client.get(f"/kontor/runder/{second}/{page}")
        assert refused.status_code == 409 and "nesten de samme" in refused.text and "Første" in refused.text
    async with database.answers(office.organisation_id) as connection:
        kept = await connection.fetch("select 1 from answers.published where campaign_id = $1", second)
    assert kept == []
    assert (await client.get(f"/kontor/runder/{first}/rapport")).status_code == 200
    assert (await client.get(f"/kontor/runder/{first}/funn")).status_code == 200


async def test_whichever_is_told_first_is_told_also_when_both_are_asked_for_at_once(
    database: Database,
) -> None:
    office = await offices.found(database, "København")
    rows = _rows(1)
    pair = [await _imported(database, office, name, rows[n:]) for n, name in enumerate(("a", "b"))]
    asked = [load_wave(database, office.organisation_id, id) for id in pair * 3]
    found = await asyncio.gather(*asked, return_exceptions=True)
    told = {wave.campaign_id for wave in found if not isinstance(wave, BaseException)}
    assert len(told) == 1
    assert {type(one) for one in found if isinstance(one, BaseException)} == {NearlyTheSame}


async def test_rounds_of_others_are_told_side_by_side(database: Database) -> None:
    office = await offices.found(database, "København")
    for number, name in enumerate(("1976", "1977", "1978")):
        round_id = await _imported(database, office, name, _rows(number))
        both = await load_waves(database, office.organisation_id, round_id)
        assert both.now.repeated == frozenset()


async def test_sealing_is_not_telling(database: Database) -> None:
    office = await offices.found(database, "København")
    round_id = await _imported(database, office, "1976", _rows(1))
    await seal_wave(database, office.organisation_id, round_id)
    async with database.answers(office.organisation_id) as connection:
        assert await connection.fetch("select 1 from answers.opened") == []


async def test_an_estate_that_moves_stays_where_it_was_in_what_was_told(database: Database) -> None:
    """Two tables of an area, before and after, would have the estate as their difference; and in another
    order, by area and name, what the ledger remembers of cells would be about other estates."""
    office = await offices.found(database, "Vår kommune")
    round_id = await offices.closed_round(database, office, (7, 30, 90))
    before = await load_wave(database, office.organisation_id, round_id)
    staff = office.staff[Role.OFFICER]
    estate_id = office.estates[1][0]
    async with database.registry(office.organisation_id) as connection:
        await estates.change(
            connection, staff, estate_id, area="Sentrum", name="Nordlysgata 4-18", dwellings=40
        )
    after = await load_wave(database, office.organisation_id, round_id)
    assert [(e.id, e.area) for e in after.estates] == [(e.id, e.area) for e in before.estates]
    later = await offices.closed_round(database, office, (7, 30, 80))
    areas = {e.id: e.area for e in (await load_wave(database, office.organisation_id, later)).estates}
    assert areas[str(estate_id)] == "Sentrum"


async def test_what_stands_is_changed_by_nobody_and_seen_by_its_own_organisation(database: Database) -> None:
    office = await offices.found(database, "Vår kommune")
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    for statement in ("delete from answers.opened", "update answers.opened set places = '[]'"):
        for door in (database.answers(office.organisation_id), database.owner()):
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
                async with door as connection:
                    await connection.execute(statement)
    async with database.answers(uuid4()) as connection:
        assert await connection.fetch("select 1 from answers.opened") == []
