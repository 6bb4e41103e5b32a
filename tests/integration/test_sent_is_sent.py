"""What waits to be sent is sent, what was sent is not: wrong clocks, new links, old databases."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

import httpx

from survey.ballots.keys import KeyFolder
from survey.campaigns import links
from survey.database.pool import Database
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.deliveries import Mailed, answer_or_decline, days_pass, first_dwellings, mailbox, mailed, sender


def _homes(*numbers: int) -> list[str]:
    return sorted(f"bolig{n}@beboer.example" for n in numbers)


async def _closes(database: Database, round_id: UUID, days: int) -> None:
    """So many days from today, which is how a wrong clock sees it."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set opens_on = current_date - 9, closes_on = current_date + $2::int,"
            " results_on = current_date + 30 where id = $1",
            round_id,
            days,
        )


async def _new_links(database: Database, settings: Settings, held: Mailed) -> None:
    async with database.registry(held.office.organisation_id) as connection:
        await links.issue_links(connection, settings, held.office.staff[Role.OFFICER], held.round_id)


async def test_a_clock_a_day_ahead_on_the_last_day_loses_no_first_message(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """The queue was emptied for good, also of messages that a busy server had asked to try again."""
    held = await mailed(database, settings, first_dwellings(50))
    await _closes(database, held.round_id, 0)
    async with mailbox() as box:
        box.answers = dict.fromkeys(_homes(*range(1, 51, 2)), "451 busy")
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0)
        assert len(box.to) < 20, "one batch, and some of it waits"
        await _closes(database, held.round_id, -1)
        box.answers = {}
        for at in (100.0, 700.0):
            assert (await working.look(at, pauses=False)).sent == 0
        await _closes(database, held.round_id, 1)
        for at in range(1000, 9000, 500):
            await working.look(float(at), pauses=False)
        assert box.to == _homes(*range(1, 51))


async def test_what_waits_of_a_closed_round_is_dropped(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(50))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0)
        async with database.owner() as connection:
            await connection.execute(
                "update registry.campaigns set status = 'closed', closed_on = current_date where id = $1",
                held.round_id,
            )
        sent = len(box.to)
        await working.look(100.0, pauses=False)
        assert len(box.to) == sent
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.queue") == 0


async def test_new_links_are_sent_at_the_plans_distance_to_those_who_have_not_answered_or_said_no(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """Pressed three times, everybody who had answered got three messages more in one day."""
    held = await mailed(database, settings, first_dwellings(6), plan=Plan(date.today(), 0, 7))
    await _closes(database, held.round_id, 20)
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        assert box.to == _homes(*range(1, 7))
        await answer_or_decline(database, held.round_id, 1, "used")
        await answer_or_decline(database, held.round_id, 2, "declined")
        await answer_or_decline(database, held.round_id, 3, "not_again")
        for n in range(1, 6):
            for at in (10.0, 20.0):
                await _new_links(database, settings, held)
                box.received.clear()
                await working.look(n * 1000.0 + at, pauses=False)
                assert box.to == [], "its day has not come"
            await days_pass(database, held.round_id, 6)
            await working.look(n * 1000.0 + 30.0, pauses=False)
            assert box.to == []
            await days_pass(database, held.round_id, 1)
            await working.look(n * 1000.0 + 40.0, pauses=False)
            assert box.to == (_homes(4, 5, 6) if n <= 3 else []), n


async def test_whoever_waits_for_the_first_message_gets_the_new_link_with_it_and_at_once(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(50))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0)
        first = set(box.to)
        await _new_links(database, settings, held)
        await working.look(1000.0, pauses=False)
        assert Counter(Counter(box.to).values()) == {1: 50} and len(first) == 20


async def test_a_restored_database_sends_no_reminder_that_was_sent_after_its_dump(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(4), plan=Plan(date.today(), 1, 7))
    await _closes(database, held.round_id, 20)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0, pauses=False)
        await days_pass(database, held.round_id, 8)
        await sender(database, contact_keys, box.channel()).look(1000.0, pauses=False)
        assert Counter(box.to) == dict.fromkeys(_homes(1, 2, 3, 4), 2)
        for of_dump in ("number > 0", "true"):
            async with database.owner() as connection:
                await connection.execute(
                    f"delete from delivery.mailings where {of_dump}"  # noqa: S608, one of two
                )
            box.received.clear()
            for at in (2000.0, 3000.0):
                await days_pass(database, held.round_id, 8)
                await sender(database, contact_keys, box.channel()).look(at, pauses=False)
            assert box.to == [], of_dump
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set status = 'closed' where true")
        await sender(database, contact_keys, box.channel()).look(4000.0, pauses=False)
    assert (contact_keys.path / "reminders-begun").read_text() == ""


async def test_letters_to_those_without_an_address_leave_the_links_that_were_sent_as_they_are(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(6))
    hashes = (
        "select i.dwelling, i.token_hash, k.invitation_id is not null as sent from registry.invitations i"
        " left join delivery.contacts k on k.invitation_id = i.id where i.campaign_id = $1"
    )
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        async with database.owner() as connection:
            before = {row["dwelling"]: row for row in await connection.fetch(hashes, held.round_id)}
        async with database.registry(held.office.organisation_id) as connection:
            staff = held.office.staff[Role.OFFICER]
            made = await links.issue_links(connection, settings, staff, held.round_id, unreached=True)
        assert {link.dwelling for link in made} == set(range(7, 61))
        async with database.owner() as connection:
            for row in await connection.fetch(hashes, held.round_id):
                same = row["token_hash"] == before[row["dwelling"]]["token_hash"]
                assert same is row["sent"]
        await days_pass(database, held.round_id, 8)
        box.received.clear()
        await working.look(1000.0, pauses=False)
        assert len(box.to) == 6 and "Påminnelse" not in str(box.received[0][2]["Subject"])


async def test_the_page_of_new_links_says_when_and_how_often_they_are_sent(
    client: httpx.AsyncClient, database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(6), plan=Plan(date.today(), 1, 5))
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0, pauses=False)
    await offices.sign_in(client, held.office)
    for page in ("lenker", "brev"):
        text = (await client.get(f"/kontor/runder/{held.round_id}/{page}")).text
        assert "5 dager etter forrige melding" in text and "høyst 3 ganger" in text, text
