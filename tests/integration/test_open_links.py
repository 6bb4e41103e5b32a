"""Open links: anybody may answer, and nobody takes such answers for those of the invited."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from reports.compute import compute
from reports.waves import fetch
from survey.ballots import mixing, submission, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.open_links import enter
from survey.campaigns import coverage, links, rounds
from survey.campaigns.waves import load_wave
from survey.database.pool import Database
from survey.delivery import open_links
from survey.people.roles import Role
from survey.phone.limits import Allowance, Guard
from survey.settings import Settings
from tests import offices
from tests.elections import SECRET, Election, close, hold, send, send_all
from tests.mornings import mornings_pass
from tests.offices import Office


async def _open_link(database: Database, election: Election, source: str = "library") -> tuple[UUID, str]:
    estate_id = next(iter(election.tenants))
    async with database.owner() as connection:
        slug = await connection.fetchval(
            "insert into registry.open_links (organisation_id, campaign_id, estate_id, source, slug)"
            " values ($1, $2, $3, $4, 'abcdefghjk') returning slug",
            election.organisation_id,
            election.campaign_id,
            estate_id,
            source,
        )
    return estate_id, slug


async def test_an_officer_makes_an_open_link_prints_its_poster_and_switches_it_off(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    address = f"/kontor/runder/{round_id}/apne-lenker"
    estate = str(office.estates[0][0])
    made = await client.post(address, data={"csrf": token, "estate": estate, "source": "cafe"})
    assert made.status_code == 303
    link = await _first(database, office, round_id)
    page = await client.get(f"/kontor/runder/{round_id}/utsending")
    assert f"http://testserver.local{link.path}" in page.text and "Kafé" in page.text
    poster = await client.get(f"{address}/{link.id}/plakat.pdf")
    assert poster.content.startswith(b"%PDF-")
    assert (await client.get(link.path)).status_code == 200
    await client.post(address, data={"csrf": token, "lenke": str(link.id), "aktiv": "0"})
    assert (await client.get(link.path)).status_code == 404
    wrong = await client.post(address, data={"csrf": token, "estate": estate, "source": "bar"})
    assert wrong.status_code == 400


async def _first(database: Database, office: Office, round_id: UUID) -> open_links.OpenLink:
    async with database.registry(office.organisation_id) as connection:
        (link,) = await open_links.all_of(connection, round_id)
    return link


async def test_whoever_follows_an_open_link_gets_a_personal_one_that_works(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    held = await hold(database, [20])
    _, slug = await _open_link(database, held)
    page = await client.get(f"/a/{slug.upper()}?sprak=en")
    assert page.status_code == 200 and "counted apart" in page.text
    first = await client.post(f"/a/{slug}", data={"sprak": "nn"})
    second = await client.post(f"/a/{slug}", data={"sprak": "nb"})
    assert first.headers["location"] != second.headers["location"]
    start = await client.get(first.headers["location"])
    assert start.status_code == 200 and 'lang="nn"' in start.text and "set-cookie" not in start.headers


@pytest.mark.parametrize(
    ("status", "opens", "closes", "code", "says"),
    [
        ("draft", 3, 17, 403, ("Planen er", "Planen er", "The plan is")),
        ("open", 3, 17, 403, ("Du kan svare fra", "Du kan svare frå", "You can answer from")),
        ("open", -17, -3, 410, ("tok imot svar", "tok imot svar", "took answers")),
        ("closed", -3, 3, 410, ("skal være klare", "skal vere klare", "results are due")),
    ],
)
async def test_a_poster_says_when_its_round_takes_no_answers_and_why(
    client: httpx.AsyncClient,
    database: Database,
    status: str,
    opens: int,
    closes: int,
    code: int,
    says: tuple[str, str, str],
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await (offices.make_round if status == "draft" else offices.open_round)(database, office)
    async with database.registry(office.organisation_id) as connection:
        await open_links.add(
            connection, office.staff[Role.OFFICER], round_id, office.estates[0][0], "library"
        )
    link = await _first(database, office, round_id)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set status = $1, begun = $2 <= 0, opens_on = current_date + $2::int,"
            " closes_on = current_date + $3::int, results_on = current_date + 30",
            status,
            opens,
            closes,
        )
    for language, words in zip(("nb", "nn", "en"), says, strict=True):
        page = await client.get(f"{link.path}?sprak={language}")
        assert page.status_code == code
        assert words in page.text
    pressed = await client.post(link.path, data={"sprak": "nb"})
    assert pressed.headers["location"] == link.path


async def test_open_links_cannot_be_pressed_by_the_thousand(
    client: httpx.AsyncClient, app: Litestar, database: Database
) -> None:
    held = await hold(database, [20])
    _, slug = await _open_link(database, held)
    app.state["guard"] = Guard(Allowance(3, 60))
    for _ in range(3):
        assert (await client.post(f"/a/{slug}", data={"sprak": "nb"})).status_code == 303
    assert (await client.post(f"/a/{slug}", data={"sprak": "nb"})).status_code == 429


@pytest.mark.parametrize("slug", ["finnesikke", "x", "../etc", "ÆØÅ", "abcdefghj'"])
async def test_an_open_link_that_nobody_made_is_not_found(client: httpx.AsyncClient, slug: str) -> None:
    assert (await client.get(f"/a/{slug}")).status_code == 404


async def test_answers_by_open_links_are_a_stratum_of_their_own_and_in_no_estimate(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    estate_id, slug = await _open_link(database, held)
    await send_all(database, held.tenants[estate_id][:8])
    for n in range(6):
        async with database.phone() as connection:
            token = await enter(connection, SECRET, slug)
            assert token is not None
            assert await send(connection, token, f"åpen {n}") is submission.Outcome.ACCEPTED
    async with database.registry(held.organisation_id) as connection:
        round = await rounds.find(connection, held.campaign_id)
    async with database.answers(held.organisation_id) as connection:
        counted = await coverage.counts(connection, (round,))
        noted = await coverage.noted(connection, (round,))
    assert (counted, noted) == ({}, {}), "nobody has counted yet"
    await mornings_pass(database)
    async with database.answers(held.organisation_id) as connection:
        assert await coverage.counts(connection, (round,)) == {(held.campaign_id, estate_id): 5}
    await close(database, held)
    await mixing.mix_and_tell(database, keys)
    async with database.owner() as connection:
        modes = await connection.fetch("select mode, count(*) from answers.responses group by 1 order by 1")
    assert [tuple(row) for row in modes] == [("open:library", 6), ("web", 8)]
    async with database.answers(held.organisation_id) as connection:
        assert await coverage.counts(connection, (round,)) == {(held.campaign_id, estate_id): 8}
    wave = await load_wave(database, held.organisation_id, held.campaign_id)
    assert wave.frame.height == 8 and wave.modes == {"web": 8}
    assert wave.open_answers == {str(estate_id): 6}
    assert compute(wave, str(estate_id)).open_answers == 6
    assert not any("åpen" in text for text in wave.texts["text"])


@pytest.mark.parametrize("n", [9, 10])
async def test_texts_by_open_links_are_sealed_as_a_stratum_of_their_own_from_ten_answers(
    database: Database, keys: KeyFolder, n: int
) -> None:
    held = await hold(database, [20])
    estate_id, slug = await _open_link(database, held)
    await send_all(database, held.tenants[estate_id][:12])
    for number in range(n):
        async with database.phone() as connection:
            token = await enter(connection, SECRET, slug)
            assert token is not None
            assert await send(connection, token, f"åpen {number}") is submission.Outcome.ACCEPTED
    await close(database, held)
    await mixing.mix_and_tell(database, keys)
    wave = await load_wave(database, held.organisation_id, held.campaign_id)
    assert wave.open_answers == {str(estate_id): n}
    assert wave.texts.height == 12 and not any("åpen" in text for text in wave.texts["text"])
    told = [] if n < 10 else sorted(f"åpen {number}" for number in range(n))
    assert wave.open_texts["text"].to_list() == told
    assert set(wave.open_texts["mode"]) <= {"open:library"}
    async with database.answers(held.organisation_id) as connection:
        again = await fetch(connection, wave)
    assert again.content_hash == wave.content_hash, "the same answers give the same seal"


async def test_new_letters_leave_the_rights_of_open_links_alone(
    database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.open_round(database, office)
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        await open_links.add(connection, staff, round_id, office.estates[0][0], "partner")
    link = await _first(database, office, round_id)
    async with database.phone() as connection:
        token = await enter(connection, settings.secret_key, link.slug)
    async with database.registry(office.organisation_id) as connection:
        assert not await links.issued(connection, round_id)
        assert len(await links.issue_links(connection, settings, staff, round_id)) == 227
    async with database.owner() as connection:
        kept = await connection.fetchval(
            "select count(*) from registry.invitations where source = 'partner' and token_hash = $1",
            tokens.token_hash(settings.secret_key, str(token)),
        )
    assert kept == 1
