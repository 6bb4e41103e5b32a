"""Invitations and reminders arrive, once, and only where they may."""

from __future__ import annotations

from datetime import date

from survey import sender as process
from survey.ballots import submission, tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import links
from survey.database.pool import Database
from survey.delivery import texts
from survey.delivery.plans import Plan, Sent
from survey.delivery.texts import Text
from survey.people.roles import Role
from survey.settings import Settings
from tests.deliveries import (
    answer_or_decline,
    csv_file,
    days_pass,
    first_dwellings,
    gateway,
    mailbox,
    mailed,
    sender,
    shown,
)


async def test_everybody_is_written_to_once_with_a_link_of_their_own_that_works(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(45))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        for _ in range(3):
            await working.look(0.0, pauses=False)
        assert box.to == sorted(f"bolig{n}@beboer.example" for n in range(1, 46))
    bodies = [mail.get_content() for _, _, mail in box.received]
    found = {word.rpartition("/s/")[2] for body in bodies for word in body.split() if "/s/" in word}
    assert len(found) == 45
    async with database.owner() as connection:
        hashes = {
            row["token_hash"]
            for row in await connection.fetch(
                "select i.token_hash from registry.invitations i"
                " join delivery.contacts k on k.invitation_id = i.id"
            )
        }
    assert {tokens.token_hash(settings.secret_key, token) for token in found} == hashes
    assert len({mail["Message-ID"] for _, _, mail in box.received}) == 45
    assert await shown(database, held) == (Sent(0, "email", 45, 0, 0, 0),)


async def test_a_message_says_who_asks_until_when_how_to_say_no_and_nothing_that_can_be_watched(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    data = csv_file(("Havneveien 1-9", "1", "ola@beboer.example", "", "nn", ""))
    held = await mailed(database, settings, data)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0)
    ((_, envelope, mail),) = box.received
    text = mail.get_content()
    assert mail.get_content_type() == "text/plain" and mail["Content-Language"] == "nn"
    assert mail["Subject"] == "Korleis er det å bu i Havneveien 1-9?"
    assert "Eksempelvik kommune" in text and "Eg vil ikkje svare" in text and "til og med" in text
    assert "{" not in text and mail["List-Unsubscribe"].startswith("<http://testserver.local/s/")
    assert envelope == f"retur+{held.round_id.hex}-0@example.org"
    assert "Eksempelvik kommune" in mail["From"] and "bostemme@example.org" in mail["From"]


async def test_sms_goes_out_over_the_gateway_with_a_key_for_each_message(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(6, phone=True))
    with gateway() as phones:
        await sender(database, contact_keys, sms=phones.channel()).look(0.0)
    assert phones.to == [f"+474000000{n}" for n in range(1, 7)] and len(phones.requests) == 6
    _, document, headers = phones.requests[0]
    assert headers["Authorization"] == "Bearer hemmelig" and document["from"] == "Bostemme"
    assert "/s/" in document["text"] and "Jeg vil ikke svare" in document["text"]


async def test_reminders_go_to_those_who_have_neither_answered_nor_said_no_and_never_more_than_planned(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(6), plan=Plan(date.today(), 2, 3))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        assert len(box.received) == 6
        await answer_or_decline(database, held.round_id, 1, "used")
        await answer_or_decline(database, held.round_id, 2, "declined")
        await working.look(0.0, pauses=False)
        assert len(box.received) == 6, "not before the days between have passed"
        for reminder in range(1, 6):
            await days_pass(database, held.round_id, 3)
            await working.look(0.0, pauses=False)
            await working.look(0.0, pauses=False)
            assert len(box.received) == 6 + 4 * min(reminder, 2)
    reminded = {to for to, _, mail in box.received[6:]}
    assert reminded == {f"bolig{n}@beboer.example" for n in (3, 4, 5, 6)}
    assert all("fortsatt" in mail["Subject"] for _, _, mail in box.received[6:])


async def test_saying_no_by_the_link_ends_reminders(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(2))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0)
        (body,) = [mail.get_content() for to, _, mail in box.received if to == "bolig1@beboer.example"]
        token = next(word.rpartition("/s/")[2] for word in body.split() if "/s/" in word)
        async with database.phone() as connection:
            assert await submission.decline(connection, settings.secret_key, token)
        await days_pass(database, held.round_id, 7)
        await working.look(1000.0)
    assert [to for to, _, _ in box.received[2:]] == ["bolig2@beboer.example"]


async def test_the_queue_never_tells_who_was_written_to(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """A batch leaves as a whole; of those who wait no row differs by whether its holder has answered."""
    held = await mailed(database, settings, first_dwellings(50))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        for n in range(1, 31):
            await answer_or_decline(database, held.round_id, n, "used")
        await days_pass(database, held.round_id, 7)
        await working.look(1000.0)  # one batch of twenty
        async with database.owner() as connection:
            left = await connection.fetch(
                "select r.used, q.batch, k.queued from delivery.queue q"
                " join ballots.rights r on r.invitation_id = q.invitation_id"
                " join delivery.contacts k on k.invitation_id = r.invitation_id"
            )
        assert len(left) == 30 and {(row["batch"], row["queued"]) for row in left} == {(None, True)}
        assert {row["used"] for row in left} == {True, False}
        await working.look(0.0, pauses=False)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.queue") == 0
    assert len(box.received) == 50 + 20
    assert (contact_keys.path / "sending.journal").read_text() == ""


async def test_links_that_are_replaced_are_sent_again(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(3))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        assert box.to == [f"bolig{n}@beboer.example" for n in (1, 2, 3)]
        staff = held.office.staff[Role.OFFICER]
        async with database.registry(held.office.organisation_id) as connection:
            made = await links.issue_links(connection, settings, staff, held.round_id)
        await days_pass(database, held.round_id, 7)
        await working.look(0.0, pauses=False)
    assert len(box.received) == 6
    tokens = {link.token for link in made}
    for _, _, mail in box.received[3:]:
        assert any(token in mail.get_content() for token in tokens)


async def test_the_first_message_goes_to_those_who_have_answered_too_and_never_to_those_who_said_no(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """Whose mailbox gets it tells nothing about who has answered."""
    held = await mailed(database, settings, first_dwellings(6))
    await answer_or_decline(database, held.round_id, 1, "used")
    await answer_or_decline(database, held.round_id, 2, "declined")
    await answer_or_decline(database, held.round_id, 3, "not_again")
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        assert box.to == [f"bolig{n}@beboer.example" for n in (1, 4, 5, 6)]
        assert all("Har du alt svart, trenger du ikke" in mail.get_content() for _, _, mail in box.received)
        await days_pass(database, held.round_id, 7)
        await working.look(10.0, pauses=False)
        reminded = sorted(to for to, _, _ in box.received[4:])
        assert reminded == [f"bolig{n}@beboer.example" for n in (4, 5, 6)]


async def test_nothing_is_sent_before_the_round_opens_nor_after_it_closes(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(3), opened=False)
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        assert (await working.look(0.0)).sent == 0
        async with database.owner() as connection:
            await connection.execute(
                "update registry.campaigns set status = 'closed' where id = $1", held.round_id
            )
        assert (await working.look(1.0)).sent == 0
    assert box.received == []


async def test_the_offices_own_words_are_sent_where_it_wrote_some(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(1))
    own = Text("Kjære {leiegard}", "Se {lenke}, {ukjent} og {organisasjon.__class__}")
    assert [fault.key for fault in texts.faults("email", own)] == ["problem.text.blank"]
    async with database.registry(held.office.organisation_id) as connection:
        await texts.keep(connection, held.office.organisation_id, held.round_id, "email", "nb", own)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0)
    ((_, _, mail),) = box.received
    assert mail["Subject"] == "Kjære Havneveien 1-9"
    assert "{organisasjon.__class__}" in mail.get_content()


async def test_mail_that_comes_back_is_counted_for_the_round(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(6))
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0)
    for _ in range(5):
        assert await process.bounced(settings, box.received[0][1])
    assert await shown(database, held) == (Sent(0, "email", 5, 0, 5, 0),)
    for wrong in ("retur@example.org", "retur+x-0@example.org", f"retur+{'0' * 32}-0@example.org"):
        assert not await process.bounced(settings, wrong)
