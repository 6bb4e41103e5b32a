"""Invitations and reminders arrive, once, and only where they may."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from survey import sender as process
from survey.ballots import submission
from survey.ballots.keys import KeyFolder
from survey.campaigns import links
from survey.database.pool import Database
from survey.delivery import plans, texts
from survey.delivery.channels import ChannelDown, Channels, Doubtful, Folder, Gateway, Mail, Outgoing, Refused
from survey.delivery.plans import Plan, Sent
from survey.delivery.sending import TRY_AGAIN_SECONDS, Journal
from survey.delivery.texts import Text
from survey.people.roles import Role
from survey.settings import PROJECT, Settings, SettingsFault
from tests import offices
from tests.deliveries import (
    answer_or_decline,
    csv_file,
    days_pass,
    first_dwellings,
    gateway,
    mailbox,
    mailed,
    sender,
)


async def _shown(database: Database, held) -> tuple[Sent, ...]:  # type: ignore[no-untyped-def]
    async with database.registry(held.office.organisation_id) as connection:
        return (await plans.progress(connection, held.round_id)).sent


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
    assert {links.tokens.token_hash(settings.secret_key, token) for token in found} == hashes
    assert len({mail["Message-ID"] for _, _, mail in box.received}) == 45
    assert await _shown(database, held) == (Sent(0, "email", 45, 0, 0, 0),)


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
    held = await mailed(database, settings, first_dwellings(6), plan=Plan(offices.TODAY, 2, 3))
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
                "select i.used, q.batch, k.queued from delivery.queue q"
                " join registry.invitations i on i.id = q.invitation_id"
                " join delivery.contacts k on k.invitation_id = i.id"
            )
        assert len(left) == 30 and {(row["batch"], row["queued"]) for row in left} == {(None, True)}
        assert {row["used"] for row in left} == {True, False}
        await working.look(0.0, pauses=False)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.queue") == 0
    assert len(box.received) == 50 + 20
    assert (contact_keys.path / "sending.journal").read_text() == ""


async def test_what_is_refused_for_good_is_followed_by_an_sms_and_counted_per_channel_only(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), f"b{n}@x.example", f"4000000{n}", "", "") for n in range(1, 8)]
    held = await mailed(database, settings, csv_file(*rows))
    async with mailbox() as box:
        with gateway() as phones:
            box.answers = {f"b{n}@x.example": "550 no such user" for n in range(1, 6)}
            await sender(database, contact_keys, box.channel(), phones.channel()).look(0.0)
    assert box.to == ["b6@x.example", "b7@x.example"]
    assert phones.to == [f"+474000000{n}" for n in range(1, 6)]
    assert await _shown(database, held) == (Sent(0, "email", None, 5, 0, 0), Sent(0, "sms", 5, 0, 0, 0))


async def test_an_address_that_is_busy_is_tried_again_later_and_later_and_then_counts_as_failed(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(2))
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        working = sender(database, contact_keys, box.channel())
        looked = await working.look(0.0)
        assert (looked.sent, looked.waiting) == (1, 1)
        now = 0.0
        for wait in TRY_AGAIN_SECONDS:
            assert (await working.look(now + wait - 1)).waiting == 1
            now += wait
            last = await working.look(now)
        assert (last.failed, last.waiting) == (1, 0)
        box.answers = {}
        assert (await working.look(now * 2)).sent == 0
    assert box.to == ["bolig2@beboer.example"]


async def test_one_number_that_is_never_taken_holds_nobody_up_and_then_counts_as_failed(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """Each look by a process of its own, as those with their own clock do it."""
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 31)]
    held = await mailed(database, settings, csv_file(*rows), plan=Plan(date.today(), 1, 3))
    with gateway() as phones:
        phones.answers = {"+4740000007": 503}
        now = 1000.0
        first = await sender(database, contact_keys, sms=phones.channel()).look(now, pauses=False)
        assert (first.sent, first.failed, first.waiting) == (29, 0, 1) and len(phones.to) == 29
        assert (await _shown(database, held))[0].waiting in (10, 20), (
            "its batch, of thirty by lot, is not over"
        )
        for wait in TRY_AGAIN_SECONDS:
            now += wait
            last = await sender(database, contact_keys, sms=phones.channel()).look(now, pauses=False)
        assert (last.failed, last.waiting) == (1, 0)
        assert await _shown(database, held) == (Sent(0, "sms", 25, None, 0, 0),)
        assert (await sender(database, contact_keys, sms=phones.channel()).look(now * 2)).sent == 0
        await days_pass(database, held.round_id, 3)
        again = sender(database, contact_keys, sms=phones.channel())
        assert (await again.look(now * 2, pauses=False)).sent == 29, "and the reminder begins"


async def test_several_bad_numbers_do_not_stop_the_channel_for_the_others(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 41)]
    await mailed(database, settings, csv_file(*rows))
    bad = {f"+47400000{n:02}": 503 for n in range(1, 9)}
    with gateway() as phones:
        phones.answers = dict(bad)
        working = sender(database, contact_keys, sms=phones.channel())
        failed = 0
        for step in range(400):  # ten minutes a step: a stated time, and no more
            failed += (await working.look(600.0 * step, pauses=False)).failed
        assert len(phones.to) == 32 and failed == 8


async def test_a_gateway_that_is_busy_for_all_is_left_alone_and_nobody_counts_as_failed(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 31)]
    await mailed(database, settings, csv_file(*rows))
    with gateway() as phones:
        phones.status = 503
        working = sender(database, contact_keys, sms=phones.channel())
        for step in range(120):  # twelve hours
            looked = await working.look(360.0 * step, pauses=False)
            assert (looked.sent, looked.failed) == (0, 0)
        phones.status = 202
        sent = [(await working.look(43200.0 + 400.0 * n, pauses=False)).sent for n in range(3)]
    assert sum(sent) == 30 == len(phones.to)


async def test_a_reminder_keeps_its_distance_from_a_first_message_that_was_late(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 8)]
    held = await mailed(database, settings, csv_file(*rows), plan=Plan(date.today(), 1, 3))
    with gateway() as phones:
        working = sender(database, contact_keys, sms=Gateway("http://127.0.0.1:1/", None, "Bostemme"))
        await working.look(0.0)
        await days_pass(database, held.round_id, 4)
        back = sender(database, contact_keys, sms=phones.channel())
        assert (await back.look(0.0, pauses=False)).sent == 7
        assert (await back.look(1.0, pauses=False)).sent == 0, "not on the day of the first"
        await days_pass(database, held.round_id, 3)
        assert (await back.look(2.0, pauses=False)).sent == 7


async def test_whoever_answers_while_a_message_waits_to_be_tried_again_gets_none(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(1))
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0)
        await answer_or_decline(database, held.round_id, 1, "declined")
        box.answers = {}
        assert (await working.look(TRY_AGAIN_SECONDS[0])).waiting == 0
    assert box.received == []


async def test_a_server_that_is_away_is_waited_for_and_nothing_is_lost_or_sent_twice(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(30))
    away = Mail("127.0.0.1", 1, "none", None, None, "bostemme@example.org", "")
    lost = sender(database, contact_keys, away)
    assert (await lost.look(0.0, pauses=False)).sent == 0
    async with mailbox() as box:
        back = sender(database, contact_keys, box.channel())
        await back.look(0.0, pauses=False)
        await back.look(0.0, pauses=False)
    assert len(box.received) == 30 == len(set(box.to))


async def test_killed_between_two_messages_the_sender_goes_on_behind_the_last(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(20))

    class Killed(Exception):
        pass

    class Dies:
        """Takes seven messages, then the machine goes out."""

        def __init__(self, through: Mail) -> None:
            self.through, self.left = through, 7

        async def send(self, message: Outgoing) -> None:
            if not self.left:
                raise Killed
            self.left -= 1
            await self.through.send(message)

    async with mailbox() as box:
        with pytest.raises(Killed):
            await sender(database, contact_keys, Dies(box.channel())).look(0.0)
        assert len(box.received) == 7
        await sender(database, contact_keys, box.channel()).look(0.0)
        assert len(box.received) == 20 == len(set(box.to))
        await sender(database, contact_keys, box.channel()).look(0.0)
        assert len(box.received) == 20


def test_a_journal_cut_short_by_a_full_disk_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    journal, one, two = Journal(tmp_path / "j"), offices.uuid4(), offices.uuid4()
    journal.note(one, two, "email", "sent")
    with (tmp_path / "j").open("a") as file:
        file.write(f"{one.hex} {two.hex} sm")
    assert Journal(tmp_path / "j").outcomes(one) == [(two.hex, "email", "sent")]


async def test_nothing_is_sent_that_cannot_be_noted(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(3))
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        (contact_keys.path / "sending.journal").symlink_to("/dev/full")  # written only: to read it never ends
        with pytest.raises(OSError, match="space"):
            await working.look(0.0)
        assert box.received == []
        (contact_keys.path / "sending.journal").unlink()
        await sender(database, contact_keys, box.channel()).look(0.0)
        assert len(box.received) == 3


async def test_contacts_without_their_key_wait_for_its_backup(
    database: Database, settings: Settings, contact_keys: KeyFolder, tmp_path: Path
) -> None:
    await mailed(database, settings, first_dwellings(3))
    async with mailbox() as box:
        empty = sender(database, KeyFolder(tmp_path / "empty"), box.channel())
        assert (await empty.look(0.0)).sent == 0
        await sender(database, contact_keys, box.channel()).look(0.0)
        assert len(box.received) == 3


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
    assert await _shown(database, held) == (Sent(0, "email", 5, 0, 5, 0),)
    for wrong in ("retur@example.org", "retur+x-0@example.org", f"retur+{'0' * 32}-0@example.org"):
        assert not await process.bounced(settings, wrong)


@pytest.mark.parametrize(
    ("status", "error"), [(503, Doubtful), (401, ChannelDown), (302, ChannelDown), (422, Refused)]
)
async def test_what_a_gateway_answers_is_told_apart(status: int, error: type[Exception]) -> None:
    with gateway() as phones:
        phones.status = status
        with pytest.raises(error):
            await phones.channel().send(Outgoing("k", "+4791234567", "", "Hei", "nb", "", "", ""))


def test_settings_that_would_send_secrets_in_the_clear_are_refused(tmp_path: Path) -> None:
    sent_from = {"BOSTEMME_MAIL_FROM": "a@b.no"}
    for wrong in (
        {"BOSTEMME_SMTP": "smtp+plain://u:p@host", **sent_from},
        {"BOSTEMME_SMTP": "smtp://host"},
        {"BOSTEMME_SMTP": "host:25", **sent_from},
        {"BOSTEMME_SMS": "http://sms.example/x"},
        {"BOSTEMME_SMS_SENDER": "Et altfor langt navn"},
    ):
        with pytest.raises(SettingsFault):
            Channels.from_environment(wrong, None)
    right = Channels.from_environment(
        {"BOSTEMME_SMTP": "smtp://u:p%40@host", "BOSTEMME_SMS": "https://sms.example", **sent_from}, None
    )
    assert isinstance(right.email, Mail) and right.email.password == "p@" and right.email.tls == "start"
    assert isinstance(right.sms, Gateway)
    assert Channels.from_environment({}, None) == Channels(None, None)
    assert isinstance(Channels.from_environment({}, tmp_path).email, Folder)


def test_nobody_is_written_to_at_night_and_reminders_begin_at_no_fixed_hour() -> None:
    day = datetime(2027, 3, 1)
    hours = process.Hours(always=False, lot=random.Random(1))
    open_hours = [hour for hour in range(24) if hours.open(day.replace(hour=hour))]
    assert open_hours == list(range(9, 20))
    begins = set()
    for n in range(5):
        moments = [day + timedelta(days=n, hours=9, minutes=m) for m in range(0, 180, 10)]
        begins.add(next(m.time() for m in moments if hours.reminders(m)))
    assert len(begins) > 1


def test_the_process_of_the_sender_sends_and_a_second_one_waits(
    database_url: str, settings: Settings, contact_keys: KeyFolder, tmp_path: Path
) -> None:
    async def prepared() -> None:
        database = await Database.connect(database_url)
        try:
            await mailed(database, settings, first_dwellings(4))
        finally:
            await database.close()

    asyncio.run(prepared())
    outbox = tmp_path / "outbox"
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "BOSTEMME_SECRET_KEY": "for tests only, for tests only, for tests only",
        "BOSTEMME_CONTACT_KEYS": str(contact_keys.path),
        "BOSTEMME_SMTP": f"file://{outbox}",
        "BOSTEMME_MAIL_FROM": "a@b.no",
        "BOSTEMME_DEMO": "1",
    }
    command = [sys.executable, "-m", "survey", "send"]
    log = tmp_path / "log"
    with log.open("wb") as output:
        both = [
            subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
            for _ in range(2)
        ]
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(list(outbox.glob("*.eml"))) < 4:
            time.sleep(0.2)
    finally:
        for started in both:
            started.send_signal(signal.SIGTERM)
            started.wait(10)
    assert len(list(outbox.glob("*.eml"))) == 4
    assert "beboer.example" not in log.read_text() and "/s/" not in log.read_text()
