"""The sender's process: killed, without room, keys or database, at night, and the channels it is given."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from survey import sender as process
from survey.ballots.keys import KeyFolder
from survey.cli import main
from survey.database.pool import Database
from survey.delivery.channels import ChannelDown, Channels, Doubtful, Folder, Gateway, Mail, Outgoing, Refused
from survey.delivery.journal import Journal
from survey.delivery.sending import Looked
from survey.settings import PROJECT, Settings, SettingsFault
from tests.databases import way
from tests.deliveries import (
    first_dwellings,
    gateway,
    mailbox,
    mailed,
    sender,
)
from tests.waiting import until


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


async def test_one_that_waits_for_another_to_end_says_so(database: Database) -> None:
    said = asyncio.Event()
    async with process._alone(database.url, said.set):
        waiting = asyncio.create_task(_has_its_turn(database.url, said))
        await asyncio.wait_for(said.wait(), 30)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 30)


async def _has_its_turn(url: str, said: asyncio.Event) -> None:
    async with process._alone(url, said.set):
        pass
