"""The ways out of the house: e-mail over SMTP, SMS over HTTP, and files where a demonstration sends nothing.

    BOSTEMME_SMTP         smtp://user:password@host:587 (STARTTLS is required), smtps://host:465 (TLS from the
                          start), smtp+plain://host:25 (no TLS: for a relay on the same machine), or
                          file:///folder (writes each message there)
    BOSTEMME_MAIL_FROM    the sender's address; needed with BOSTEMME_SMTP
    BOSTEMME_MAIL_BOUNCES where undeliverable mail goes back to, 'retur@example.org'; the round is added
                          ('retur+<round>-<number>@...'), never the recipient. Default: the sender's address
    BOSTEMME_SMS          https://host/path of a gateway, or file:///folder
    BOSTEMME_SMS_TOKEN    sent to the gateway as 'Authorization: Bearer ...'
    BOSTEMME_SMS_SENDER   the sender's name on the telephone, at most 11 letters and digits; default Bostemme

The gateway gets POST with JSON {"to": "+4791234567", "from": "Bostemme", "text": "..."} and
'Idempotency-Key', the same for the same message: it must send a message with a key it has seen no second
time. 2xx: taken. 408, 425, 429, 5xx: try again. 401, 403, 404 and redirects: our settings are wrong.
Anything else: refused for good. What speaks another way gets a small adapter.

Secrets are in the environment of the sender's process alone, never in the database.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import formatdate
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from survey.delivery import handing
from survey.settings import SettingsFault

ChannelName = Literal["email", "sms"]
TIMEOUT_SECONDS = 30.0


class Deferred(Exception):
    """This message was not taken now, and may be later."""


class ChannelDown(Deferred):
    """Nothing is taken now: the server is away, or refuses us."""


class Doubtful(Deferred):
    """Not taken now, and it cannot be told whether that is the recipient's fault or the channel's."""


class Unanswered(Deferred):
    """Handed over whole, and no answer came: it may have been taken."""


class Refused(Exception):
    """This message will never be taken: no such address, or none the server delivers to."""


@dataclass(frozen=True)
class Outgoing:
    """One message to one recipient. `key`: the same for the same message however often it is tried.
    `link`: where one says no; '' where there is nothing to say no to."""

    key: str
    to: str
    subject: str
    body: str
    language: str
    sender_name: str
    link: str
    bounce_tag: str


class Channel(Protocol):
    async def send(self, message: Outgoing) -> None:
        """Returns when the message is taken. Raises Deferred, ChannelDown, Doubtful, Unanswered, Refused."""


@dataclass(frozen=True)
class Mail:
    """An SMTP server. `tls`: 'start' (STARTTLS, required), 'whole' or 'none'."""

    host: str
    port: int
    tls: Literal["start", "whole", "none"]
    username: str | None
    password: str | None
    sender: str
    bounces: str
    trust: ssl.SSLContext | None = None
    """Who vouches for the server; None: the certificates of this machine."""

    async def send(self, message: Outgoing) -> None:
        client = handing.Client(
            hostname=self.host,
            port=self.port,
            use_tls=self.tls == "whole",
            start_tls=self.tls == "start",
            username=self.username,
            password=self.password,
            tls_context=self.trust,
            timeout=TIMEOUT_SECONDS,
        )
        try:
            async with client:
                await client.send_message(
                    as_email(message, self.sender),
                    sender=_tagged(self.bounces, message.bounce_tag),
                    recipients=[message.to],
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _of_code(error.recipients[0].code) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ChannelDown("the mail server does not know our name or password") from error
        except aiosmtplib.SMTPConnectError as error:
            raise ChannelDown("the mail server cannot be reached") from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPNotSupported) as error:
            raise ChannelDown("the mail server does not take mail from us") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            if client.taken:  # what comes after that says nothing of the message
                return
            if isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code < 600:
                raise _of_code(error.code) from error
            if client.handed_over:
                raise Unanswered("the mail server was given a message and did not answer") from error
            raise Doubtful("the mail server hung up") from error


@dataclass(frozen=True)
class Gateway:
    """An SMS gateway over HTTP."""

    url: str
    token: str | None
    sender: str

    async def send(self, message: Outgoing) -> None:
        await asyncio.to_thread(self._post, message)

    def _post(self, message: Outgoing) -> None:
        document = {"to": message.to, "from": self.sender, "text": message.body}
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url, json.dumps(document).encode(), headers, method="POST")
        try:
            with handing.opener() as opened, opened(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as error:
            with error:
                # A wrong address or token of ours is not the recipient's fault.
                if error.code in (401, 403, 404) or 300 <= error.code < 400:
                    raise ChannelDown(f"the SMS gateway answers {error.code}") from error
                if error.code in (408, 425, 429) or error.code >= 500:
                    raise Doubtful(f"the SMS gateway answers {error.code}") from error
                raise Refused(str(error.code)) from error
        except urllib.error.URLError as error:
            raise ChannelDown("the SMS gateway cannot be reached") from error
        except (OSError, http.client.HTTPException) as error:
            raise Doubtful("the SMS gateway hung up") from error


@dataclass(frozen=True)
class Folder:
    """Writes messages to files instead of sending them; the same message twice is one file."""

    path: Path
    ending: Literal["eml", "txt"]
    sender: str

    async def send(self, message: Outgoing) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.path / f"{message.key}.{self.ending}"
        if self.ending == "eml":
            file.write_bytes(as_email(message, self.sender).as_bytes(policy=SMTP))
        else:
            file.write_text(f"{self.sender} -> {message.to}\n\n{message.body}\n", encoding="utf-8")


class _CodedSubject(str):
    """A subject with other letters than A to Z, all its words in the code. The library codes only those that
    need it, and where it ends a line between a plain one and a coded one, readers get two spaces."""

    name = "Subject"

    def fold(self, *, policy: EmailPolicy) -> str:
        coded = Header(str(self), "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {coded}{policy.linesep}"


def _subject(text: str) -> str:
    return text if text.isascii() else _CodedSubject(" ".join(text.split()))


def as_email(message: Outgoing, sender: str) -> EmailMessage:
    """Plain text: nothing in it can be watched when it is opened."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(" ".join(message.sender_name.split()), addr_spec=sender)
    mail["To"] = message.to
    mail["Subject"] = _subject(message.subject)
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.link:
        mail["List-Unsubscribe"] = f"<{message.link}>"
    mail.set_content(message.body, cte="quoted-printable")
    mail["Content-Language"] = message.language  # set_content throws away what begins with Content-
    return mail


@dataclass(frozen=True)
class Channels:
    """What is set up; None where it is not."""

    email: Channel | None
    sms: Channel | None

    @staticmethod
    def from_environment(environ: Mapping[str, str], outbox: Path | None) -> Channels:
        """`outbox`: where a demonstration without settings writes its messages; None: nowhere.

        Raises SettingsFault.
        """
        return Channels(_mail(environ, outbox), _sms(environ, outbox))


def _mail(environ: Mapping[str, str], outbox: Path | None) -> Channel | None:
    setting = environ.get("BOSTEMME_SMTP", "")
    sender = environ.get("BOSTEMME_MAIL_FROM", "")
    if not setting:
        return Folder(outbox, "eml", sender or "bostemme@example.org") if outbox else None
    url = urlsplit(setting)
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise SettingsFault("fault.mail_from")
    if url.scheme == "file":
        return Folder(Path(url.path), "eml", sender)
    kinds: dict[str, tuple[Literal["start", "whole", "none"], int]] = {
        "smtp": ("start", 587),
        "smtps": ("whole", 465),
        "smtp+plain": ("none", 25),
    }
    if url.scheme not in kinds or not url.hostname:
        raise SettingsFault("fault.smtp")
    tls, port = kinds[url.scheme]
    if tls == "none" and url.password:
        raise SettingsFault("fault.smtp_in_the_clear")
    return Mail(
        url.hostname,
        url.port or port,
        tls,
        unquote(url.username) if url.username else None,
        unquote(url.password) if url.password else None,
        sender,
        environ.get("BOSTEMME_MAIL_BOUNCES", ""),
    )


def _sms(environ: Mapping[str, str], outbox: Path | None) -> Channel | None:
    setting = environ.get("BOSTEMME_SMS", "")
    name = environ.get("BOSTEMME_SMS_SENDER", "Bostemme")
    if not re.fullmatch(r"[A-Za-z0-9 ]{1,11}|\+[0-9]{5,15}", name):
        raise SettingsFault("fault.sms_sender")
    if not setting:
        return Folder(outbox, "txt", name) if outbox else None
    url = urlsplit(setting)
    if url.scheme == "file":
        return Folder(Path(url.path), "txt", name)
    local = url.hostname in ("localhost", "127.0.0.1", "::1")
    if url.scheme != "https" and not (url.scheme == "http" and local):
        raise SettingsFault("fault.sms")
    return Gateway(setting, environ.get("BOSTEMME_SMS_TOKEN") or None, name)


def _of_code(code: int) -> Exception:
    if code == 421:
        return Doubtful("the mail server is busy")
    if not 400 <= code < 600:
        return Doubtful("the mail server does not speak SMTP")
    return Deferred(str(code)) if 400 <= code < 500 else Refused(str(code))


def _tagged(address: str, tag: str) -> str | None:
    """'retur@x' with the round's tag: 'retur+tag@x'. None: mail comes back to its sender."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}" if local else None
