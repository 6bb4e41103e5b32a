"""Nobody reaches into another organisation: not by address, not by form, not through the database."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from survey.campaigns import rounds
from survey.campaigns.errors import NoSuchRound
from survey.campaigns.waves import load_wave
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.offices import Office

BEFORE_THE_DOOR = {
    "/kontor/logg-inn",
    "/kontor/sprak",
    "/kontor",
    "/kontor/rapport.css",
    "/kontor/beboerrapport.css",
    "/kontor/plangrunnlag.css",
    "/kontor/radssak.css",
}


@pytest.fixture
async def ours(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


@pytest.fixture
async def theirs(database: Database) -> Office:
    return await offices.found(database, "Den andre kommunen")


def office_routes(app: Litestar) -> list[tuple[str, str]]:
    """(method, path pattern) of every route under /kontor."""
    found = []
    for route in app.routes:
        if route.path.startswith("/kontor"):
            methods = getattr(route, "methods", ())
            found += [(method, route.path) for method in sorted(methods) if method in ("GET", "POST")]
    return found


def _path(pattern: str, round_id: UUID, estate_id: UUID) -> str:
    filled = {
        "{round_id:uuid}": str(round_id),
        "{estate_id:uuid}": str(estate_id),
        "{printout_id:uuid}": str(uuid4()),
        "{link_id:uuid}": str(uuid4()),
        "{kind:str}": "email",
        "{code:str}": "nb",
        "{number:int}": "1",
        "{draft_id:uuid}": str(round_id),
        "{finding_id:str}": "0123456789abcdef0123",
        "{edition_id:uuid}": str(uuid4()),
        "{measure_id:uuid}": str(uuid4()),
        "{quote_id:uuid}": str(uuid4()),
        "{plan_id:uuid}": str(uuid4()),
        "{goal_id:uuid}": str(uuid4()),
        "{item_id:str}": "er_det_heis",
        "{page_id:str}": "side_1",
        "{scale_id:str}": "e5",
        "{value:str}": "ja",
        "{place:str}": "0",
        "{format:str}": "yaml",
    }
    for blank, value in filled.items():
        pattern = pattern.replace(blank, value)
    return pattern


async def test_every_address_with_another_organisations_id_or_an_unknown_one_is_not_there(
    app: Litestar, client: httpx.AsyncClient, database: Database, ours: Office, theirs: Office
) -> None:
    foreign_estate = theirs.estates[0][0]
    foreign = [
        (await offices.make_round(database, theirs), foreign_estate),
        (await offices.open_round(database, theirs), foreign_estate),
        (await offices.closed_round(database, theirs), foreign_estate),
        (uuid4(), uuid4()),
    ]
    await offices.sign_in(client, ours, Role.ADMINISTRATOR)
    token = await offices.token_for(client)
    walked = 0
    for method, pattern in office_routes(app):
        if "{" not in pattern:
            continue
        for round_id, estate_id in foreign:
            path = _path(pattern, round_id, estate_id)
            assert "{" not in path, f"the walk does not know how to fill {pattern}"
            form = {"csrf": token, "purpose": "Vi prøver"} if method == "POST" else None
            answer = await client.request(method, path, data=form)
            assert answer.status_code == 404, (method, path, answer.status_code)
            assert "Den andre kommunen" not in answer.text and "Runde 2025" not in answer.text
            assert "Bakkegata 2" not in answer.text
            walked += 1
    assert walked >= 4 * 22


async def test_every_address_but_the_door_asks_who_you_are(app: Litestar, client: httpx.AsyncClient) -> None:
    for method, pattern in office_routes(app):
        if pattern in BEFORE_THE_DOOR:
            continue
        answer = await client.request(method, _path(pattern, uuid4(), uuid4()))
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/kontor/logg-inn")
        else:
            assert method == "POST" and answer.status_code == 401, (method, pattern, answer.status_code)
            assert 'action="/kontor/logg-inn"' in answer.text


async def test_every_form_without_a_valid_token_is_refused(
    app: Litestar, client: httpx.AsyncClient, database: Database, ours: Office
) -> None:
    await offices.sign_in(client, ours, Role.ADMINISTRATOR)
    round_id = await offices.open_round(database, ours)
    for method, pattern in office_routes(app):
        if method != "POST" or pattern == "/kontor/logg-inn":
            continue
        path = _path(pattern, round_id, ours.estates[0][0])
        for form in ({}, {"csrf": ""}, {"csrf": "æ"}, {"csrf": "A" * 64}):
            answer = await client.post(path, data=form)
            assert answer.status_code == 403, (path, form, answer.status_code)


async def test_a_report_of_another_rounds_estate_is_not_there(
    client: httpx.AsyncClient, database: Database, ours: Office, theirs: Office
) -> None:
    own = await offices.closed_round(database, ours)
    await offices.sign_in(client, ours)
    for estate in (str(theirs.estates[2][0]), str(uuid4()), "nei", "'--"):
        for page in ("rapport", "rapport.pdf"):
            answer = await client.get(f"/kontor/runder/{own}/{page}", params={"leiegard": estate})
            assert answer.status_code == 404


async def test_a_round_cannot_be_made_for_another_organisations_estates(
    client: httpx.AsyncClient, database: Database, ours: Office, theirs: Office
) -> None:
    await offices.sign_in(client, ours)
    token = await offices.token_for(client)
    answer = await client.post(
        "/kontor/runder/ny",
        data={
            "csrf": token,
            "template": "kort",
            "name": "Tyvlån",
            "estate": [str(ours.estates[0][0]), str(theirs.estates[0][0])],
            "language": "nb",
            "opens_on": "2030-01-01",
            "closes_on": "2030-01-20",
            "results_on": "2030-02-01",
        },
    )
    assert answer.status_code == 404
    async with database.registry(ours.organisation_id) as connection:
        assert await rounds.rounds(connection) == ()


async def test_the_database_itself_holds_organisations_apart(
    database: Database, ours: Office, theirs: Office
) -> None:
    foreign = await offices.closed_round(database, theirs)
    async with database.registry(ours.organisation_id) as connection:
        assert [row["name"] for row in await connection.fetch("select name from registry.organisations")] == [
            "Vår kommune"
        ]
        for table in (
            "staff",
            "estates",
            "areas",
            "campaigns",
            "campaign_estates",
            "audit_log",
            "open_links",
            "liveries",
        ):
            owners = await connection.fetch(f"select distinct organisation_id from registry.{table}")  # noqa: S608
            assert {row["organisation_id"] for row in owners} <= {ours.organisation_id}
        for table in (
            "contacts",
            "links",
            "contact_keys",
            "plans",
            "mailings",
            "texts",
            "printouts",
            "printout_files",
        ):
            owners = await connection.fetch(f"select distinct organisation_id from delivery.{table}")  # noqa: S608
            assert {row["organisation_id"] for row in owners} <= {ours.organisation_id}
        with pytest.raises(NoSuchRound):
            await rounds.find(connection, foreign)
    async with database.answers(ours.organisation_id) as connection:
        assert await connection.fetchval("select count(*) from answers.responses") == 0
        assert await connection.fetchval("select count(*) from answers.waves") == 0
    with pytest.raises(NoSuchRound):
        await load_wave(database, ours.organisation_id, foreign)


async def test_two_organisations_may_use_the_same_questionnaire_without_seeing_each_other(
    database: Database, ours: Office, theirs: Office
) -> None:
    ids: set[UUID] = set()
    for office in (ours, theirs):
        round_id = await offices.make_round(database, office)
        async with database.registry(office.organisation_id) as connection:
            ids.add((await rounds.find(connection, round_id)).questionnaire_version_id)
    assert len(ids) == 2
