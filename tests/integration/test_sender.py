"""Invitations and reminders arrive, once, and only where they may."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from survey import sender as process
from survey.ballots import submission, tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import links
from survey.cli import main
from survey.database.pool import Database
from survey.delivery import plans, sending, texts
from survey.delivery.batches import TRY_AGAIN_SECONDS
from survey.delivery.channels import ChannelDown, Channels, Doubtful, Folder, Gateway, Mail, Outgoing, Refused
from survey.delivery.journal import DOUBT, Journal
from survey.delivery.plans import Plan, Sent
from survey.delivery.sending import Looked
from survey.delivery.texts import Text
from survey.people.roles import Role
from survey.settings import PROJECT, Settings, SettingsFault
from tests.databases import way
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
from tests.waiting import until

DAY = 86400.0


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
    assert {tokens.token_hash(settings.secret_key, token) for token in found} == hashes
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
        assert await _shown(database, held) == (Sent(0, "sms", 25, 0, 0, None),), (
            "one waits, and not its batch"
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


async def test_a_gateway_that_is_away_for_days_holds_up_no_email(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    by_mail = [("Havneveien 1-9", str(n), f"b{n}@x.example", "", "", "") for n in range(1, 26)]
    by_phone = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(26, 33)]
    held = await mailed(database, settings, csv_file(*by_mail, *by_phone), plan=Plan(date.today(), 1, 3))
    away = Gateway("http://127.0.0.1:1/", None, "Bostemme")
    async with mailbox() as box:
        with gateway() as phones:
            working = sender(database, contact_keys, box.channel(), away)
            await working.look(0.0, pauses=False)
            assert len(box.received) == 25
            assert await _shown(database, held) == (Sent(0, "email", 25, 0, 0, 0), Sent(0, "sms", 0, 0, 0, 5))
            await days_pass(database, held.round_id, 3)
            await working.look(3 * DAY, pauses=False)
            assert len(box.received) == 50, "reminded by e-mail, whatever the gateway does"
            back = sender(database, contact_keys, box.channel(), phones.channel())
            await back.look(3 * DAY + 1, pauses=False)
            assert len(phones.requests) == 7, "and by SMS the first message is still to come"
            await back.look(3 * DAY + 2, pauses=False)
            assert len(phones.requests) == 7, "the reminder keeps its distance"
            await days_pass(database, held.round_id, 3)
            await back.look(6 * DAY, pauses=False)
            assert (len(box.received), len(phones.requests)) == (50, 14)


async def test_what_waits_for_one_channel_leaves_room_for_the_other(
    database: Database, settings: Settings, contact_keys: KeyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two batches of five may be open for a channel: SMS alone has four."""
    monkeypatch.setattr(sending, "BATCH", 5)
    monkeypatch.setattr(sending, "MOST_OPEN", 2)
    by_phone = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 21)]
    by_mail = [("Havneveien 1-9", str(n), f"b{n}@x.example", "", "", "") for n in range(21, 31)]
    await mailed(database, settings, csv_file(*by_phone, *by_mail))
    async with mailbox() as box:
        away = Gateway("http://127.0.0.1:1/", None, "Bostemme")
        working = sender(database, contact_keys, box.channel(), away)
        for step in range(12):
            await working.look(sending.DOWN_SECONDS * step, pauses=False)
        assert len(box.received) == 10


async def test_an_sms_after_an_email_that_was_refused_waits_for_its_gateway_for_a_day_at_most(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), f"b{n}@x.example", f"400000{n:02}", "", "") for n in range(1, 9)]
    held = await mailed(database, settings, csv_file(*rows), plan=Plan(date.today(), 1, 3))
    away = Gateway("http://127.0.0.1:1/", None, "Bostemme")
    async with mailbox() as box:
        box.answers = {f"b{n}@x.example": "550 no such user" for n in range(1, 7)}
        for hour in (0, 1, 23):  # each look by a process of its own
            now = 3600.0 * hour
            looked = await sender(database, contact_keys, box.channel(), away).look(now, pauses=False)
            assert (looked.failed, looked.waiting) == (6 if hour == 0 else 0, 6)
        looked = await sender(database, contact_keys, box.channel(), away).look(DAY + 1, pauses=False)
        assert (looked.failed, looked.waiting) == (6, 0), "they need a letter, and the office is told"
        assert await _shown(database, held) == (
            Sent(0, "email", None, 5, 0, 0),
            Sent(0, "sms", 0, 5, 0, 0),
        )
        await days_pass(database, held.round_id, 3)
        box.answers = {}
        again = sender(database, contact_keys, box.channel(), away)
        assert (await again.look(4 * DAY, pauses=False)).sent == 8


async def test_a_reminder_waits_for_its_channel_for_a_day_at_most(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """When the next begins would else tell whether those that wait had answered."""
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 4)]
    held = await mailed(database, settings, csv_file(*rows), plan=Plan(date.today(), 2, 3))
    began = []
    with gateway() as phones:
        working = sender(database, contact_keys, sms=phones.channel())
        await working.look(0.0, pauses=False)
        await days_pass(database, held.round_id, 3)
        gone = sender(database, contact_keys, sms=Gateway("http://127.0.0.1:1/", None, "Bostemme"))
        for hour in range(0, 26):
            looked = await gone.look(3 * DAY + 3600 * hour, pauses=False)
            began.append(looked.waiting)
        assert began == [3] * 24 + [0, 0]
        await days_pass(database, held.round_id, 3)
        back = sender(database, contact_keys, sms=phones.channel())
        assert (await back.look(6 * DAY, pauses=False)).sent == 3, "the second reminder, and nothing twice"


@pytest.mark.parametrize("answered", [True, False])
async def test_when_the_next_reminder_begins_tells_nothing_of_who_has_answered(
    database: Database, settings: Settings, contact_keys: KeyFolder, answered: bool
) -> None:
    """One home alone has a telephone, and the gateway is away when its reminder goes out."""
    by_mail = [("Havneveien 1-9", str(n), f"b{n}@x.example", "", "", "") for n in range(1, 7)]
    alone = [("Havneveien 1-9", "7", "", "40000007", "", "")]
    held = await mailed(database, settings, csv_file(*by_mail, *alone), plan=Plan(date.today(), 2, 3))
    async with mailbox() as box:
        with gateway() as phones:
            await sender(database, contact_keys, box.channel(), phones.channel()).look(0.0, pauses=False)
        if answered:
            await answer_or_decline(database, held.round_id, 7, "used")
        away = Gateway("http://127.0.0.1:1/", None, "Bostemme")
        working = sender(database, contact_keys, box.channel(), away)
        for reminder in (1, 2):
            await days_pass(database, held.round_id, 3)
            for hour in range(0, 11):
                await working.look(reminder * 3 * DAY + 3600.0 * hour, pauses=False)
    async with database.registry(held.office.organisation_id) as connection:
        begun = (await plans.progress(connection, held.round_id)).mailings
    assert [(one.number, one.channel) for one in begun] == [
        (number, channel) for number in (0, 1, 2) for channel in ("email", "sms")
    ]
    assert {one.done for one in begun} == {True}


async def test_a_gateway_that_takes_nothing_is_known_again_by_a_process_that_looks_once(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """As `send --once` does it, every half hour. Nobody counts as failed, and few are tried."""
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 8)]
    await mailed(database, settings, csv_file(*rows))
    with gateway() as phones:
        phones.status = 503
        for step in range(40):  # twenty hours
            before = phones.asked
            now = 1800.0 * step
            looked = await sender(database, contact_keys, sms=phones.channel()).look(now, pauses=False)
            assert (looked.sent, looked.failed, looked.waiting) == (0, 0, 7)
            assert step == 0 or phones.asked == before + 1
        phones.status = 202
        looked = await sender(database, contact_keys, sms=phones.channel()).look(72000.0, pauses=False)
        assert (looked.sent, looked.waiting) == (7, 0)
    assert (contact_keys.path / "sending.journal").read_text() == ""


async def test_bad_numbers_among_good_ones_are_no_row_for_a_process_that_looks_once(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """What others were sent is remembered, though their batches are over."""
    journal = Journal(contact_keys.path / "sending.journal")
    first, second, third = (uuid4() for _ in range(3))
    for batch in (first, second, third):
        journal.note_time(batch, batch, "sms", DOUBT, 100.0)
        journal.note(batch, uuid4(), "sms", "sent")
    assert Journal(contact_keys.path / "sending.journal").in_a_row("sms") == set()
    over = uuid4()
    journal.note_time(third, uuid4(), "sms", DOUBT, 100.0)
    journal.note(over, uuid4(), "sms", "sent")
    journal.forget(over)
    assert journal.in_a_row("sms") == Journal(contact_keys.path / "sending.journal").in_a_row("sms") == set()
    journal.note_time(second, second, "email", DOUBT, 100.0)
    assert journal.in_a_row("email") == {second.hex} and journal.in_a_row("sms") == set()
    for batch in (first, second, third):
        journal.forget(batch)
    assert (contact_keys.path / "sending.journal").read_text() == ""


@pytest.mark.parametrize("noted", [92657, 5_000_000_000], ids=["by uptime", "by a clock ahead"])
async def test_a_try_that_was_noted_by_another_clock_is_made_again_and_never_late(
    database: Database, settings: Settings, contact_keys: KeyFolder, noted: int
) -> None:
    """The journal of a machine that was started anew since, or whose clock was wrong."""
    await mailed(database, settings, first_dwellings(2))
    now = 1_800_000_000.0
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        assert (await sender(database, contact_keys, box.channel()).look(now)).waiting == 1
        file = contact_keys.path / "sending.journal"
        written = file.read_text()
        assert f"later:{int(now)}." in written
        file.write_text(written.replace(f"later:{int(now)}.", f"later:{noted}."))
        looked = await sender(database, contact_keys, box.channel()).look(now + 1)
        assert looked.waiting == 1, "it was tried: what was noted wrongly holds nothing up"
        assert f"later:{int(now) + 1}." in file.read_text()
        for wait in TRY_AGAIN_SECONDS[1:]:
            now += wait + 1
            last = await sender(database, contact_keys, box.channel()).look(now)
        assert (last.failed, last.waiting) == (1, 0), "and the tries are counted on"


async def test_a_clock_that_is_put_back_a_day_holds_nothing_up(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    await mailed(database, settings, first_dwellings(25))
    now = 1_800_000_000.0
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        working = sender(database, contact_keys, box.channel())
        await working.look(now, pauses=False)
        box.answers = {}
        now -= DAY
        assert (await working.look(now)).sent == 0
        assert (await working.look(now + TRY_AGAIN_SECONDS[0])).sent == 1


async def test_while_one_number_waits_the_console_counts_it_and_not_its_batch(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 21)]
    held = await mailed(database, settings, csv_file(*rows))
    with gateway() as phones:
        phones.answers = {"+4740000007": 503}
        working = sender(database, contact_keys, sms=phones.channel())
        await working.look(0.0, pauses=False)
        assert await _shown(database, held) == (Sent(0, "sms", 15, 0, 0, None),)
        phones.answers = {}
        await working.look(TRY_AGAIN_SECONDS[0], pauses=False)
        assert await _shown(database, held) == (Sent(0, "sms", 20, 0, 0, 0),)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.under_way") == 0


async def test_a_no_while_a_message_waits_is_not_to_be_seen_in_the_numbers(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """Four numbers that wait are the officer's own: the fifth is a tenant's who says no meanwhile."""
    rows = [("Havneveien 1-9", str(n), "", f"400000{n:02}", "", "") for n in range(1, 21)]
    held = await mailed(database, settings, csv_file(*rows))
    with gateway() as phones:
        phones.answers = {f"+47400000{n:02}": 503 for n in (1, 2, 3, 4, 7)}
        working = sender(database, contact_keys, sms=phones.channel())
        for step in range(3):
            await working.look(sending.DOWN_SECONDS * 2 * step, pauses=False)
        waiting = Sent(0, "sms", 15, 0, 0, 5)
        assert await _shown(database, held) == (waiting,)
        await answer_or_decline(database, held.round_id, 7, "declined")
        await working.look(sending.DOWN_SECONDS * 8, pauses=False)
        assert await _shown(database, held) == (waiting,)


async def test_mail_that_comes_back_before_its_batch_is_over_is_counted(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(10))
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        await sender(database, contact_keys, box.channel()).look(0.0)
    for _ in range(5):
        assert await process.bounced(settings, box.received[0][1])
    assert await _shown(database, held) == (Sent(0, "email", 5, 0, 5, None),)


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
    journal, one, two = Journal(tmp_path / "j"), uuid4(), uuid4()
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
        with capture_logs() as log:
            assert await empty.look(0.0) == Looked(locked=3)
        (event,) = log
        assert event["event"] == "contacts cannot be opened" and "start the sender again" in event["why"]
        assert "mixer" not in event["why"] and "ballot" not in event["why"]
        environment = {
            "DATABASE_URL": str(settings.database_url),
            "BOSTEMME_SECRET_KEY": "for tests only, for tests only, for tests only",
            "BOSTEMME_CONTACT_KEYS": str(tmp_path / "empty"),
            "BOSTEMME_SMTP": f"file://{tmp_path / 'outbox'}",
            "BOSTEMME_MAIL_FROM": "a@b.no",
        }
        once = ["send", "--once", "--language", "en"]
        done = await asyncio.to_thread(CliRunner().invoke, main, once, env=environment)
        assert done.exit_code == 1 and "3 messages wait" in done.output
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
    day = datetime(2027, 3, 1, tzinfo=ZoneInfo("Europe/Oslo"))
    hours = process.Hours(always=False, lot=random.Random(1))
    open_hours = [hour for hour in range(24) if hours.open(day.replace(hour=hour))]
    assert open_hours == list(range(9, 20))
    begins = set()
    for n in range(5):
        moments = [day + timedelta(days=n, hours=9, minutes=m) for m in range(0, 180, 10)]
        begins.add(next(m.time() for m in moments if hours.reminders(m)))
    assert len(begins) > 1


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [(datetime(2027, 1, 15), (8, 0), (18, 59)), (datetime(2027, 7, 15), (7, 0), (17, 59))],
    ids=["winter", "summer"],
)
@pytest.mark.parametrize("machine", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_the_hours_are_norwegian_wherever_the_machine_is(
    day: datetime, first: tuple[int, int], last: tuple[int, int], machine: str
) -> None:
    hours = process.Hours(always=False)
    moments = [day.replace(tzinfo=UTC) + timedelta(minutes=n) for n in range(24 * 60)]
    open_ = [moment for moment in moments if hours.open(moment.astimezone(ZoneInfo(machine)))]
    assert [(moment.hour, moment.minute) for moment in (open_[0], open_[-1])] == [first, last]


async def test_the_sender_tells_that_the_database_is_away_and_goes_on_when_it_is_back(
    database: Database,
    settings: Settings,
    contact_keys: KeyFolder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(process, "EVERY", 0.05)
    said = ""

    async def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "sending stopped" in said

    async def arrived() -> bool:
        return len(list((settings.home / "outbox").glob("*.eml"))) == 3

    async def waits() -> object:
        async with database.owner() as connection:
            locks = "select count(*) from pg_locks where locktype = 'advisory'"
            return await connection.fetchval(locks)

    async with way(str(settings.database_url)) as laid:
        away = replace(settings, database_url=laid.url, demo=True)
        assert away.contact_keys == contact_keys.path
        working = asyncio.create_task(process.run(away))
        try:
            await until(waits, "the sender's turn", does=working)
            await laid.cut()
            await until(told, "the event of it", does=working)
            await asyncio.sleep(0.3)
            await mailed(database, settings, first_dwellings(3))
            await laid.lay()
            await until(arrived, "the messages", does=working)
            assert not working.done()
        finally:
            working.cancel()
            await asyncio.wait([working])
    await told()
    assert 1 <= said.count("sending stopped") <= 4, "once for each thing that is wrong, not at every look"
    assert "127.0.0.1" not in said


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
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and len(list(outbox.glob("*.eml"))) < 4:
            time.sleep(0.2)
    finally:
        for started in both:
            started.send_signal(signal.SIGTERM)
            started.wait(60)
    assert len(list(outbox.glob("*.eml"))) == 4
    assert "beboer.example" not in log.read_text() and "/s/" not in log.read_text()
