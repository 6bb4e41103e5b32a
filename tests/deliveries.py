"""A round with contacts, and real servers to deliver to: where tests of the sender begin."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from uuid import UUID

from aiosmtpd.smtp import SMTP as SmtpServer

from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.database.pool import Database
from survey.delivery import contact_file, contacts, plans
from survey.delivery.channels import Channel, Channels, Gateway, Mail
from survey.delivery.plans import Plan, Sent
from survey.delivery.sending import Sender
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.offices import Office

BASE = "http://testserver.local"


@dataclass
class Mailbox:
    """A real SMTP server. `answers`: what it says to RCPT for an address, '250 OK' where nothing is set."""

    port: int = 0
    received: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answer.startswith("250"):
            mail = cast(EmailMessage, message_from_bytes(envelope.content, policy=policy.default))
            self.received.extend((to, envelope.mail_from, mail) for to in envelope.rcpt_tos)
        return self.data_answer

    @property
    def to(self) -> list[str]:
        return sorted(to for to, _, _ in self.received)

    def channel(self) -> Mail:
        sender = "bostemme@example.org"
        return Mail("127.0.0.1", self.port, "none", None, None, sender, "retur@example.org")


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SmtpServer(box, enable_SMTPUTF8=True, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Texts:
    """A real HTTP server that keeps the promise of a gateway: a key it has seen is not sent again."""

    url: str = ""
    requests: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    status: int = 202
    asked: int = 0
    """Requests, taken or not."""
    answers: dict[str, int] = field(default_factory=dict)
    """What it says for a number, whatever it says for others."""

    @property
    def sent(self) -> dict[str, dict[str, str]]:
        """By idempotency key."""
        return {key: document for key, document, _ in self.requests}

    @property
    def to(self) -> list[str]:
        return sorted(document["to"] for document in self.sent.values())

    def channel(self) -> Gateway:
        return Gateway(self.url, "hemmelig", "Bostemme")


@contextlib.contextmanager
def gateway() -> Iterator[Texts]:
    texts = Texts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts.asked += 1
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = texts.answers.get(document["to"], texts.status)
            if status < 300:
                key = str(self.headers["Idempotency-Key"])
                texts.requests.append((key, document, dict(self.headers.items())))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    texts.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield texts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Mailed:
    """An open round whose tenants can be written to."""

    office: Office
    round_id: UUID
    settings: Settings


def csv_file(*rows: Sequence[str], header: str = "leiegard;bolig;epost;telefon;sprak;enhet") -> bytes:
    return "\n".join([header, *(";".join(row) for row in rows)]).encode()


def first_dwellings(n: int, *, phone: bool = False) -> bytes:
    """So many households of the largest estate, each with an e-mail address (or a telephone)."""
    return csv_file(
        *(
            (
                "Havneveien 1-9",
                str(number),
                "" if phone else f"bolig{number}@beboer.example",
                f"4000{number:04}" if phone else "",
                "",
                "",
            )
            for number in range(1, n + 1)
        )
    )


async def mailed(
    database: Database, settings: Settings, data: bytes, *, plan: Plan | None = None, opened: bool = True
) -> Mailed:
    """A round with these contacts, planned from today on, and opened."""
    office, round_id = await small_round(database)
    await upload(database, settings, office, round_id, data)
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, staff, round_id, plan or Plan(date.today()))
        if opened:
            await rounds.open_round(connection, staff, round_id)
    return Mailed(office, round_id, settings)


async def small_round(database: Database, homes: int = 60) -> tuple[Office, UUID]:
    """A draft for one building."""
    office = await offices.found(database, "Eksempelvik kommune")
    async with database.owner() as connection:
        await connection.execute("update registry.estates set dwellings = $1 where dwellings = 180", homes)
    new = replace(offices.new_round(office), estate_ids=(office.estates[2][0],))
    return office, await offices.make_round(database, office, new)


async def upload(
    database: Database,
    settings: Settings,
    office: Office,
    round_id: UUID,
    data: bytes,
    *,
    keep_good: bool = False,
) -> int:
    async with database.registry(office.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        places = await contacts.places(connection, round)
        own_domains = await contacts.own_domains(connection)
        checked = contact_file.check(data, places, round.letter_languages, own_domains)
        return await contacts.keep(
            connection, settings, office.staff[Role.OFFICER], round_id, checked, keep_good=keep_good
        )


def sender(
    database: Database, keys: KeyFolder, email: Channel | None = None, sms: Channel | None = None
) -> Sender:
    return Sender(database, keys, Channels(email, sms), BASE)


async def days_pass(database: Database, round_id: UUID, days: int) -> None:
    """As if everything had begun so many days earlier."""
    async with database.owner() as connection:
        await connection.execute(
            "update delivery.mailings set started_on = started_on - $2::int, done_on = done_on - $2::int"
            " where campaign_id = $1",
            round_id,
            days,
        )


async def answer_or_decline(database: Database, round_id: UUID, dwelling: int, column: str) -> None:
    assert column in ("used", "declined", "not_again")
    async with database.owner() as connection:
        await connection.execute(
            f"update ballots.rights r set {column} = true from registry.invitations i"  # noqa: S608, one of three
            " where i.id = r.invitation_id and i.campaign_id = $1 and i.dwelling = $2 and i.estate_id ="
            " (select id from registry.estates where name = 'Havneveien 1-9')",
            round_id,
            dwelling,
        )


async def shown(database: Database, held: Mailed) -> tuple[Sent, ...]:
    """What the office is told of a round's messages."""
    async with database.registry(held.office.organisation_id) as connection:
        return (await plans.progress(connection, held.round_id)).sent
