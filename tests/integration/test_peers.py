"""Two landlords compare a round each when both have said so: who sees what, when, and nobody more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from click.testing import CliRunner, Result

from reports.peers import Shared, share
from survey.campaigns import peers
from survey.campaigns.errors import ResultsNotReady, UnknownPeers
from survey.cli import main
from survey.database.pool import Database
from survey.office import numbers
from survey.people.roles import Role
from survey.retention import steps
from tests import offices
from tests.offices import Office

OURS, THEIRS, THIRD = "Vår kommune", "Nabokommunen", "Tredjekommunen"
Town = tuple[Office, UUID]


@pytest.fixture
async def towns(database: Database) -> tuple[Town, Town, Town]:
    """Three organisations with a closed round each."""
    found = []
    for name, counts in ((OURS, (3, 24, 90)), (THEIRS, (0, 30, 60)), (THIRD, (5, 20, 40))):
        office = await offices.found(database, name)
        found.append((office, await offices.closed_round(database, office, counts)))
    return found[0], found[1], found[2]


async def _agree(database: Database, town: Town, *names: str) -> None:
    await peers.agree(database, town[0].staff[Role.OFFICER], town[1], names)


async def _withdraw(database: Database, town: Town) -> None:
    await peers.withdraw(database, town[0].staff[Role.ADMINISTRATOR], town[1])


async def _seen_by(database: Database, town: Town) -> set[str]:
    """Whom this one sees beside its round."""
    shown = await peers.shown_by_others(database, town[0].organisation_id, town[1])
    return {other.organisation for other in shown}


async def test_nobody_is_shown_anything_until_both_have_said_so_and_again_when_one_takes_it_back(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    ours, theirs, third = towns
    for one in towns:
        assert await _seen_by(database, one) == set()
    await _agree(database, ours, THEIRS)
    for one in towns:
        assert await _seen_by(database, one) == set()
    await _agree(database, theirs, OURS)
    assert await _seen_by(database, ours) == {THEIRS}
    assert await _seen_by(database, theirs) == {OURS}
    assert await _seen_by(database, third) == set()
    await _withdraw(database, ours)
    for one in towns:
        assert await _seen_by(database, one) == set()
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from peers.figures") == 1
        assert await connection.fetchval("select count(*) from peers.offers") == 1


async def test_all_who_say_the_same_are_those_who_said_so_and_no_others(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    ours, theirs, third = towns
    await _agree(database, ours)
    await _agree(database, theirs)
    assert (await _seen_by(database, ours), await _seen_by(database, third)) == ({THEIRS}, set())
    await _agree(database, third, OURS)
    assert await _seen_by(database, ours) == {THEIRS, THIRD}
    assert await _seen_by(database, theirs) == {OURS}, "the third has named only us"
    assert await _seen_by(database, third) == {OURS}


async def test_what_is_said_of_one_round_is_not_said_of_another(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    ours, theirs, _ = towns
    await _agree(database, ours, THEIRS)
    await _agree(database, theirs, OURS)
    later = await offices.closed_round(database, theirs[0], (0, 22, 70))
    assert await _seen_by(database, (theirs[0], later)) == set()
    (shown,) = await peers.shown_by_others(database, ours[0].organisation_id, ours[1])
    first, _ = await peers.shared_by(database, theirs[0].organisation_id, theirs[1])
    assert shown == first


async def test_what_is_made_up_is_never_set_beside_what_is_not(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    made_up = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await offices.closed_round(database, made_up)
    await _agree(database, towns[0])
    await _agree(database, (made_up, round_id))
    assert await _seen_by(database, (made_up, round_id)) == set()
    assert await _seen_by(database, towns[0]) == set()
    with pytest.raises(UnknownPeers):
        await _agree(database, towns[0], made_up.name)


# ---------------------------------------------------------------- the other side of the wall


async def test_all_that_the_other_can_read_is_what_the_report_prints(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    """The other landlord holds both of its roles on the database and reads whatever they may."""
    ours, theirs, _ = towns
    await _agree(database, ours, THEIRS)
    await _agree(database, theirs, OURS)
    report = (await numbers.report_on(database, ours[0].organisation_id, ours[1], None)).results
    found: set[str] = set()
    for door in (database.answers, database.registry):
        tables = await _tables(database)
        for table in tables:
            try:
                async with door(theirs[0].organisation_id) as connection:
                    rows = await connection.fetch(f"select t::text from {table} t")  # noqa: S608
            except asyncpg.InsufficientPrivilegeError:
                continue
            told = [row["t"] for row in rows]
            found |= {
                f"{table}: {row}"
                for row in told
                if str(ours[0].organisation_id) in row or str(ours[1]) in row
            }
    # The offer that names us is theirs; of ours there is one row, the figures.
    (offer,) = [row for row in found if row.startswith("peers.offers")]
    assert str(theirs[1]) in offer and str(ours[1]) not in offer
    (figures,) = [row for row in found if row != offer]
    assert figures.startswith("peers.figures")
    async with database.answers(theirs[0].organisation_id) as connection:
        text = await connection.fetchval(
            "select shared from peers.figures where organisation_id = $1", ours[0].organisation_id
        )
    assert Shared.model_validate_json(text) == share(report)


async def test_a_third_reads_neither_figures_nor_offers_and_nobody_writes_for_another(
    database: Database, towns: tuple[Town, Town, Town]
) -> None:
    ours, theirs, third = towns
    await _agree(database, ours, THEIRS)
    await _agree(database, theirs, OURS)
    await _agree(database, third, OURS, THEIRS)
    async with database.answers(third[0].organisation_id) as connection:
        assert await connection.fetchval("select count(*) from peers.figures") == 1
    async with database.registry(third[0].organisation_id) as connection:
        assert await connection.fetchval("select count(*) from peers.offers") == 2
    for office in (theirs[0], third[0]):
        async with database.answers(office.organisation_id) as connection:
            for statement in (
                "delete from peers.figures where organisation_id = $1",
                "update peers.figures set shared = '' where organisation_id = $1",
            ):
                assert (await connection.execute(statement, ours[0].organisation_id)).endswith(" 0")
        async with database.registry(office.organisation_id) as connection:
            gone = await connection.execute(
                "delete from peers.offers where organisation_id = $1", ours[0].organisation_id
            )
            assert gone == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(office.organisation_id) as connection:
                await connection.execute(
                    "insert into peers.offers (organisation_id, campaign_id) values ($1, $2)",
                    ours[0].organisation_id,
                    ours[1],
                )
    assert await _seen_by(database, ours) == {THEIRS}


async def test_tenants_pages_the_mixer_and_the_sender_know_nothing_of_it(database: Database) -> None:
    for door in (database.phone, database.mixer, database.sender):
        for table in ("peers.figures", "peers.offers"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with door() as connection:
                    await connection.fetch(f"select * from {table}")  # noqa: S608 (names of ours)


async def _tables(database: Database) -> list[str]:
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select format('%I.%I', table_schema, table_name) as name from information_schema.tables"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        )
    return [row["name"] for row in rows]


# ---------------------------------------------------------------- at the desk


async def test_an_officer_says_yes_sees_the_other_on_the_page_of_findings_and_takes_it_back(
    client: httpx.AsyncClient, database: Database, towns: tuple[Town, Town, Town]
) -> None:
    (ours, round_id), theirs, _ = towns
    await _agree(database, theirs, OURS)
    await offices.sign_in(client, ours)
    address = f"/kontor/runder/{round_id}/sammenligning"
    assert f'href="{address}"' in (await client.get(f"/kontor/runder/{round_id}")).text
    page = await client.get(address)
    assert "Ingen andre kan se tall fra denne runden." in page.text and THEIRS not in page.text
    findings = f"/kontor/runder/{round_id}/funn"
    assert THEIRS not in (await client.get(findings)).text

    form = {"csrf": offices.csrf_of(page), "med": "navn", "navn": f"  {THEIRS.upper()} \n\n"}
    done = await client.post(address, data=form, follow_redirects=True)
    assert "Dere har sagt ja til å sammenligne." in done.text and THEIRS in done.text
    told = (await client.get(findings)).text
    assert f"{THEIRS}: " in told and "(rundet til 5)" in told and "Kan ikke skilles" in told

    await client.post(f"{address}/trekk", data={"csrf": offices.csrf_of(page)})
    assert THEIRS not in (await client.get(findings)).text
    assert "Ingen andre kan se tall fra denne runden." in (await client.get(address)).text
    log = (await client.get("/kontor/logg")).text
    assert "Sa ja til sammenligning" in log and "Trakk tilbake sammenligning" in log


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Velg hvem runden kan sammenlignes med."),
        ({"med": "navn", "navn": " "}, "Skriv navnet på minst én utleier."),
        ({"med": "navn", "navn": "Ingenby"}, "Ingen andre utleiere her heter dette: Ingenby."),
        ({"med": "navn", "navn": OURS}, f"Ingen andre utleiere her heter dette: {OURS}."),
        ({"med": "navn", "navn": "\n".join(map(str, range(51)))}, "Skriv høyst 50 navn"),
    ],
)
async def test_a_form_that_names_nobody_is_given_back_with_what_was_typed(
    client: httpx.AsyncClient,
    database: Database,
    towns: tuple[Town, Town, Town],
    form: dict[str, str],
    said: str,
) -> None:
    office, round_id = towns[0]
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/sammenligning"
    token = offices.csrf_of(await client.get(address))
    page = await client.post(address, data={"csrf": token, **form})
    assert page.status_code == 422 and said in page.text
    assert form.get("navn", "").strip() in page.text
    assert await peers.offer_of(database, office.organisation_id, round_id) is None


@pytest.mark.parametrize("role", [Role.READER, Role.RESEARCHER])
async def test_only_officers_and_administrators_say_yes(
    client: httpx.AsyncClient, database: Database, towns: tuple[Town, Town, Town], role: Role
) -> None:
    office, round_id = towns[0]
    await offices.sign_in(client, office, role)
    address = f"/kontor/runder/{round_id}/sammenligning"
    assert address not in (await client.get(f"/kontor/runder/{round_id}")).text
    token = await offices.token_for(client)
    assert (await client.get(address)).status_code == 403
    for path in (address, f"{address}/trekk"):
        assert (await client.post(path, data={"csrf": token, "med": "alle"})).status_code == 403
    assert await peers.offer_of(database, office.organisation_id, round_id) is None


async def test_a_round_that_is_not_closed_is_not_compared(
    client: httpx.AsyncClient, database: Database, towns: tuple[Town, Town, Town]
) -> None:
    office, _ = towns[0]
    round_id = await offices.open_round(database, office)
    with pytest.raises(ResultsNotReady):
        await _agree(database, (office, round_id))
    await offices.sign_in(client, office)
    assert (await client.get(f"/kontor/runder/{round_id}/sammenligning")).status_code == 409


async def test_what_was_said_can_be_taken_back_when_the_answers_are_deleted(
    client: httpx.AsyncClient, database: Database, towns: tuple[Town, Town, Town]
) -> None:
    (office, round_id), theirs, _ = towns
    await _agree(database, towns[0])
    await _agree(database, theirs)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set answers_due_on = current_date where id = $1", round_id
        )
    await steps.run(database, [])
    assert await _seen_by(database, theirs) == {OURS}, "what was published stays"
    await offices.sign_in(client, office)
    page = await client.get(f"/kontor/runder/{round_id}/sammenligning")
    assert page.status_code == 200 and "Svarene er slettet" in page.text and 'name="med"' not in page.text
    token = offices.csrf_of(page)
    await client.post(f"/kontor/runder/{round_id}/sammenligning/trekk", data={"csrf": token})
    assert await _seen_by(database, theirs) == set()


@pytest.mark.parametrize("code", ["nn", "en"])
async def test_the_page_speaks_the_language_of_the_reader(
    client: httpx.AsyncClient, database: Database, towns: tuple[Town, Town, Town], code: str
) -> None:
    office, round_id = towns[0]
    await _agree(database, towns[0])
    await _agree(database, towns[1])
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await client.post("/kontor/sprak", data={"csrf": token, "sprak": code, "tilbake": "/kontor/runder"})
    page = (await client.get(f"/kontor/runder/{round_id}/sammenligning")).text
    word = {"nn": "Andre utleigarar", "en": "Other landlords"}[code]
    assert {"nn": "Samanlikning med", "en": "Comparison with"}[code] in page
    assert word in (await client.get(f"/kontor/runder/{round_id}/funn")).text


# ---------------------------------------------------------------- the command


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


async def test_the_command_sets_both_beside_each_other_when_both_have_said_so(
    database: Database, towns: tuple[Town, Town, Town], run: Callable[..., Result]
) -> None:
    ours, theirs, _ = towns
    name = (await peers.shared_by(database, ours[0].organisation_id, ours[1]))[0].round
    asked = ("benchmarks", "--organisation", OURS, "--round", name)

    async def landlords() -> list[dict[str, Any]]:
        said = await asyncio.to_thread(run, *asked, "--format", "json")
        found: list[dict[str, Any]] = json.loads(said.output)["landlords"]
        return found

    await _agree(database, ours, THEIRS)
    assert await landlords() == []
    await _agree(database, theirs, OURS)
    (peer,) = await landlords()
    assert peer["organisation"] == THEIRS
    compared = [row for row in peer["items"] if row["refused"] is None]
    assert compared
    for row in compared:
        assert row["theirs"]["n"] % 5 == row["ours"]["n"] % 5 == 0
        assert row["difference"]["low"] <= row["difference"]["points"] <= row["difference"]["high"]
    told = await asyncio.to_thread(run, *asked)
    assert f"{THEIRS}: " in told.output and "Deres: " in told.output and "Vårt: " in told.output
    await _withdraw(database, theirs)
    assert await landlords() == []
