"""Mail servers and gateways that hang, answer late or not to the question: nobody is written to on and on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest

from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.delivery import channels, handing
from survey.delivery.batches import ONCE_MORE_SECONDS
from survey.delivery.channels import Channels, Deferred, Doubtful, Gateway, Mail, Outgoing
from survey.delivery.sending import Sender
from survey.settings import Settings
from tests.deliveries import BASE, first_dwellings, mailbox, mailed

ONE = Outgoing("k" * 32, "kari@beboer.example", "Hei", "Hei", "nb", "Kommunen", f"{BASE}/s/abc", "tag")
USUAL = {"EHLO": "250 localhost", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye"}


@dataclass
class Relay:
    """A mail server of few words. `says`: its answer to a command, '.' being the end of a message; '': none.
    `after`: seconds it thinks before it answers to that."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    given: Counter[str] = field(default_factory=Counter)
    """How often it got a whole message for whom, whatever it said."""

    async def serve(self, read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        to, within = "", False
        with contextlib.suppress(ConnectionError):
            write.write(b"220 localhost\r\n")
            while raw := await read.readline():
                line = raw.decode().rstrip()
                if within and line != ".":
                    continue
                verb = line.split(maxsplit=1)[0].upper()
                if verb == "RCPT":
                    to = line[line.index("<") + 1 : line.index(">")]
                if line == ".":
                    self.given[to] += 1
                    await asyncio.sleep(self.after)
                answer = self.says.get(verb, USUAL.get(verb, "250 OK"))
                within = answer.startswith("354")
                write.write(f"{answer}\r\n".encode() if answer else b"")
                await write.drain()
        write.close()

    def channel(self) -> Mail:
        return Mail("127.0.0.1", self.port, "none", None, None, "bostemme@example.org", "")


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    there = Relay()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    yield there
    server.close()
    await server.wait_closed()


def _sender(database: Database, keys: KeyFolder, relay: Relay) -> Sender:
    return Sender(database, keys, Channels(relay.channel(), None), BASE)


async def test_a_mail_server_that_looks_through_a_message_for_long_gets_it_once(
    database: Database,
    settings: Settings,
    contact_keys: KeyFolder,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has the message, and takes it, later than it may take to answer anything else."""
    monkeypatch.setattr(channels, "TIMEOUT_SECONDS", 0.4)
    relay.after = 0.8
    await mailed(database, settings, first_dwellings(3))
    working = _sender(database, contact_keys, relay)
    for hour in range(6):
        await working.look(3600.0 * hour, pauses=False)
    assert sorted(relay.given.values()) == [1, 1, 1]


@pytest.mark.parametrize("process", ["one that goes on", "a new one each time"])
async def test_a_mail_server_that_never_answers_gets_no_message_a_third_time(
    database: Database,
    settings: Settings,
    contact_keys: KeyFolder,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
    process: str,
) -> None:
    """It may have taken each of them."""
    monkeypatch.setattr(handing, "ANSWER_SECONDS", 0.05)
    relay.says["."] = ""
    await mailed(database, settings, first_dwellings(4))
    working = _sender(database, contact_keys, relay)
    sent = failed = 0
    for step in range(60):  # ten minutes each
        if process == "a new one each time":
            working = _sender(database, contact_keys, relay)
        looked = await working.look(1000.0 + 600.0 * step, pauses=False)
        sent, failed = sent + looked.sent, failed + looked.failed
        if 600.0 * step < ONCE_MORE_SECONDS:
            assert max(relay.given.values()) == 1
    assert sorted(relay.given.values()) == [2, 2, 2, 2]
    assert (sent, failed) == (0, 4)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [("EHLO", "hello"), ("RCPT", "well"), ("RCPT", "350 more"), ("DATA", "250 taken"), (".", "?")],
)
async def test_what_is_no_answer_of_a_mail_server_refuses_nobody_for_good(
    relay: Relay, verb: str, answer: str
) -> None:
    relay.says[verb] = answer
    with pytest.raises(Deferred):
        await relay.channel().send(ONE)


async def test_what_a_mail_server_says_after_it_has_taken_a_message_does_not_have_it_sent_again(
    relay: Relay,
) -> None:
    for answer in ("250 taken\r\n550 no", "251 taken too"):
        relay.says = {".": answer, "QUIT": "nonsense"}
        await relay.channel().send(ONE)


async def test_lines_of_a_message_that_begin_with_a_dot_arrive_as_they_were_written() -> None:
    lines = "Hei\n.\n..\n.en\n\nHilsen\n."
    async with mailbox() as box:
        written = Outgoing(ONE.key, ONE.to, "Hei", lines, "nb", "Kommunen", ONE.link, "tag")
        await box.channel().send(written)
    ((_, _, mail),) = box.received
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == lines


@contextlib.contextmanager
def _dripping() -> Iterator[str]:
    """The address of a gateway that begins its answer and never comes to its end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                there, _ = server.accept()
                with there:
                    there.sendall(b"HTTP/1.1 ")
                    while not over.wait(0.05):
                        there.sendall(b"2")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/sms"
        finally:
            over.set()
            thread.join()


async def test_a_gateway_that_says_its_answer_sign_by_sign_does_not_hold_the_sender_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each sign comes before patience with it ends."""
    monkeypatch.setattr(handing, "WHOLE_SECONDS", 0.5)
    with _dripping() as url, pytest.raises(Doubtful):
        await Gateway(url, None, "Bostemme").send(ONE)
