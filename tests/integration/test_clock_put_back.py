"""The database's clock a day back: what has begun goes on, and who can put it right is told."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from survey import logs, mixer
from survey.ballots.keys import KeyFolder
from survey.campaigns.links import issue_links
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.ballots import change_code_on, receipt_on
from tests.tenants import invite, press_send

WRONG = {
    "nb": "Klokken på tjeneren går feil",
    "nn": "Klokka på tenaren går feil",
    "en": "The clock of the server is wrong",
}


async def _put_back(database: Database, round_id: UUID) -> None:
    """The clock cannot be moved; the owner can move the round's days instead."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set opens_on = opens_on + 1, closes_on = closes_on + 1,"
            " results_on = results_on + 1 where id = $1",
            round_id,
        )


@pytest.mark.parametrize("opened", ["before its first day", "on its first day"])
async def test_a_round_that_has_begun_goes_on_when_the_clock_is_put_back_and_the_officer_is_told(
    client: httpx.AsyncClient, database: Database, settings: Settings, keys: KeyFolder, opened: str
) -> None:
    office = await offices.found(database, "Vår kommune")
    round_id = await offices.open_round(database, office, offices.new_round(office))
    address = f"/kontor/runder/{round_id}"
    async with database.registry(office.organisation_id) as connection:
        issued = await issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    first, other = (one.token for one in issued[:2])
    if opened == "before its first day":  # and then the mixer has seen that day come
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set begun = false")
        await mixer.work_once(database, keys)
    async with database.phone() as connection:
        await offices.send(connection, settings, first)

    await _put_back(database, round_id)
    logs.over(mixer.CLOCK_WENT_BACK)
    with capture_logs() as told:
        await mixer.work_once(database, keys)
        await mixer.work_once(database, keys)
    (event,) = [event for event in told if event["event"] == mixer.CLOCK_WENT_BACK]
    assert event["why"].startswith("1 ")
    assert (await client.get(f"/s/{other}")).status_code == 200, "the tenants' pages are as they were"
    async with database.phone() as connection:
        await offices.send(connection, settings, other)

    await offices.sign_in(client, office)
    for language, words in WRONG.items():
        for page in (address, f"{address}/lukk"):
            shown = (await client.get(page, headers={"accept-language": language})).text
            assert words in shown, "and so is the office"
            assert "Åpner snart" not in shown and "Opnar snart" not in shown and "Opens soon" not in shown
    await client.post(f"{address}/lukk", data={"csrf": await offices.token_for(client)})
    async with database.owner() as connection:
        row = await connection.fetchrow("select opens_on, closed_on from registry.campaigns")
    assert row["closed_on"] == row["opens_on"], "no round ends before it begins"
    assert WRONG["en"] not in (await client.get(address, headers={"accept-language": "en"})).text


async def test_an_answer_can_be_changed_in_a_round_that_has_begun_when_the_clock_is_put_back(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    tenant = await invite(database, settings.secret_key, opens_on=date.today())
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set begun = true")
    link = f"/s/{tenant.token}"
    await client.post(link)
    await client.post(f"{link}/side/hjem", data={"_vist": "bolig_hjem", "bolig_hjem": "4"})
    sent = (await press_send(client, link)).text
    await _put_back(database, tenant.campaign_id)
    hers = {"kvittering": receipt_on(sent), "kode": change_code_on(sent)}
    assert "Slett svaret" in (await client.post(f"{link}/angre", data=hers)).text
    opened = await client.post(f"{link}/angre", data={**hers, "_handling": "apne"}, follow_redirects=False)
    assert opened.headers["location"].startswith(f"{link}/se-over")
    await client.post(f"{link}/side/hjem", data={"_vist": "bolig_hjem", "bolig_hjem": "1"})
    assert receipt_on((await press_send(client, link)).text) != hers["kvittering"]


async def test_who_closes_a_round_before_its_first_day_is_told_that_it_has_not_come(
    client: httpx.AsyncClient, database: Database, keys: KeyFolder
) -> None:
    office = await offices.found(database, "Vår kommune")
    soon = offices.new_round(office, opens_on=date.today() + timedelta(days=30))
    round_id = await offices.open_round(database, office, soon)
    with capture_logs() as told:
        await mixer.work_once(database, keys)
    assert not [event for event in told if "clock" in event["event"]]
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}"
    assert "Åpner snart" in (await client.get(address)).text
    sure = (await client.get(f"{address}/lukk")).text
    assert "er ikke kommet ennå" in sure and WRONG["nb"] not in sure
    await client.post(f"{address}/lukk", data={"csrf": await offices.token_for(client)})
    async with database.owner() as connection:
        assert await connection.fetchval("select opens_on <= closed_on from registry.campaigns")
