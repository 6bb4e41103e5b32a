"""E-mail with a link to frozen documents: the office seals it whole, the sender alone opens and sends it.

Its readers are staff of a municipality or members of a council, not tenants: nothing is drawn by lot, and it
goes out at any hour. It is sealed with a key of the sender's stock that no round has taken; where that key is
gone meanwhile, the letter is given up after three days and the office makes another link.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from hashlib import blake2b
from uuid import UUID

from nacl.public import PrivateKey

from survey import logs
from survey.ballots.keys import KeyFault, KeyFolder
from survey.database.pool import Connection, Database
from survey.delivery.channels import ChannelDown, Channels, Deferred, Doubtful, Outgoing, Refused, Unanswered
from survey.delivery.safe import queries
from survey.delivery.sealing import UnreadableContact, open_letter, seal_letter

BOUNCE_TAG = "dokument"
"""Belongs to no round: what comes back with it is counted nowhere."""


@dataclass(frozen=True)
class SharedLetter:
    """`language`: of the text; `sender_name`: the office's."""

    to: str
    subject: str
    body: str
    language: str
    sender_name: str


async def key(connection: Connection) -> bytes | None:
    """What letters are sealed with; None while no sender has ever run: links can then be copied, not sent."""
    found: bytes | None = await queries.key_for_letters(connection)
    return found


async def put(
    connection: Connection, organisation_id: UUID, share_id: UUID, public_key: bytes, letter: SharedLetter
) -> None:
    """For the sender, who is woken."""
    document = json.dumps(astuple(letter), ensure_ascii=False).encode()
    await queries.put_shared_letter(
        connection,
        organisation_id=organisation_id,
        share_id=share_id,
        public_key=public_key,
        sealed=seal_letter(public_key, document),
    )
    await queries.wake_sender(connection)


async def send_due(database: Database, keys: KeyFolder, channels: Channels) -> int:
    """Try every letter whose time has come; how many were taken. A server that is away is asked once."""
    async with database.sender() as connection:
        due = [row async for row in queries.shared_letters_due(connection)]
    sent, away = 0, False
    for row in due:
        try:
            outcome = await _try(keys, channels, row["share_id"], row["public_key"], row["sealed"])
        except (ChannelDown, Doubtful) as down:
            logs.trouble("a channel is down", why=str(down))
            outcome, away = "later", True
        except (
            Unanswered
        ) as silence:  # it may have come: not once an hour for days; the office can do it again
            logs.trouble("a channel is down", why=str(silence))
            outcome, away = "failed", True
        async with database.sender() as connection:
            await queries.note_shared_letter(connection, share_id=row["share_id"], outcome=outcome)
        sent += outcome == "sent"
        if away:
            break
    return sent


async def _try(keys: KeyFolder, channels: Channels, id: UUID, public_key: bytes, sealed: bytes) -> str:
    """sent, failed or later. Raises ChannelDown, Doubtful, Unanswered."""
    if channels.email is None:
        logs.trouble("a channel is not set up", why="no email")
        return "later"
    try:
        letter = _opened(keys.load(public_key), sealed)
        await channels.email.send(
            Outgoing(
                key=blake2b(id.bytes, digest_size=16, person=b"bostemme.shared").hexdigest(),
                to=letter.to,
                subject=letter.subject,
                body=letter.body,
                language=letter.language,
                sender_name=letter.sender_name,
                link="",
                bounce_tag=BOUNCE_TAG,
            )
        )
    except KeyFault as fault:
        logs.trouble("contacts cannot be opened", why=str(fault))
        return "later"
    except UnreadableContact:
        logs.trouble("a contact cannot be read")
        return "failed"
    except (ChannelDown, Doubtful, Unanswered):
        raise
    except Deferred:
        return "later"
    except Refused:
        return "failed"
    return "sent"


def _opened(private: PrivateKey, sealed: bytes) -> SharedLetter:
    """Raises UnreadableContact."""
    try:
        return SharedLetter(*json.loads(open_letter(private, sealed)))
    except (ValueError, TypeError) as error:
        raise UnreadableContact("the letter is damaged") from error
