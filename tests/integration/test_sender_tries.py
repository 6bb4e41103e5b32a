"""What is not taken is tried again, for so long and no longer, and holds up nobody else."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from survey import sender as process
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.delivery import plans, sending
from survey.delivery.batches import TRY_AGAIN_SECONDS
from survey.delivery.channels import Gateway, Mail
from survey.delivery.journal import DOUBT, Journal
from survey.delivery.plans import Plan, Sent
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

DAY = 86400.0


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
    assert await shown(database, held) == (Sent(0, "email", None, 5, 0, 0), Sent(0, "sms", 5, 0, 0, 0))


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
        assert await shown(database, held) == (Sent(0, "sms", 25, 0, 0, None),), (
            "one waits, and not its batch"
        )
        for wait in TRY_AGAIN_SECONDS:
            now += wait
            last = await sender(database, contact_keys, sms=phones.channel()).look(now, pauses=False)
        assert (last.failed, last.waiting) == (1, 0)
        assert await shown(database, held) == (Sent(0, "sms", 25, None, 0, 0),)
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
            assert await shown(database, held) == (Sent(0, "email", 25, 0, 0, 0), Sent(0, "sms", 0, 0, 0, 5))
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
        assert await shown(database, held) == (
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
        assert await shown(database, held) == (Sent(0, "sms", 15, 0, 0, None),)
        phones.answers = {}
        await working.look(TRY_AGAIN_SECONDS[0], pauses=False)
        assert await shown(database, held) == (Sent(0, "sms", 20, 0, 0, 0),)
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
        assert await shown(database, held) == (waiting,)
        await answer_or_decline(database, held.round_id, 7, "declined")
        await working.look(sending.DOWN_SECONDS * 8, pauses=False)
        assert await shown(database, held) == (waiting,)


async def test_mail_that_comes_back_before_its_batch_is_over_is_counted(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(10))
    async with mailbox() as box:
        box.answers = {"bolig1@beboer.example": "450 try later"}
        await sender(database, contact_keys, box.channel()).look(0.0)
    for _ in range(5):
        assert await process.bounced(settings, box.received[0][1])
    assert await shown(database, held) == (Sent(0, "email", 5, 0, 5, None),)


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
