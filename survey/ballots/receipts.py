"""Receipts: whether an answer is counted, never which. Withdrawal as long as it can be found."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date

from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft
from survey.ballots.rounds import queries
from survey.database.pool import Connection


class State(enum.Enum):
    WAITING = "waiting"
    """In the box, sealed. Can be withdrawn."""
    DRAWN = "drawn"
    """In the box, and drawn to be mixed with certain others: if that batch is lost, so it stays."""
    COUNTED = "counted"
    """Among the answers. Nobody can find it any more, its owner neither."""
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    """Its owner changed it, and holds another receipt."""
    LOST = "lost"
    """Could never be opened: the round's key was lost, and the operator said so."""
    TOO_FEW = "too_few"
    """Deleted unread when the round closed: so few had answered that nobody could be hidden among them."""


STANDING = frozenset({State.WAITING, State.DRAWN, State.COUNTED})
"""The answer counts, or will."""


@dataclass(frozen=True)
class Receipt:
    state: State
    campaign: str
    organisation: str
    closes_on: date
    results_on: date


async def look_up(connection: Connection, secret_key: bytes, receipt: str) -> Receipt | None:
    """None for a receipt that nobody was given."""
    row = await queries.receipt(connection, receipt_hash=tokens.receipt_hash(secret_key, receipt))
    if row is None:
        return None
    return Receipt(
        State(row["state"]),
        row["campaign_name"],
        row["organisation_name"],
        row["closes_on"],
        row["results_on"],
    )


async def withdraw(connection: Connection, secret_key: bytes, receipt: str) -> bool:
    """The whole answer leaves the box for good. False when it is not there (any more), or drawn.

    Who asks for it over the web has shown the receipt's code first, as for opening (`tokens.is_change_code`).

    Raises asyncpg.LockNotAvailableError in a restored database that the mixer has not looked at."""
    gone: bool = await queries.withdraw(connection, receipt_hash=tokens.receipt_hash(secret_key, receipt))
    return gone


async def opened_by(connection: Connection, secret_key: bytes, token: str, receipt: str) -> Draft | None:
    """What was sent, for whoever has the link *and* the receipt, as a draft that replaces it when it is sent.

    None when it is mixed, or was not sent by this link.
    """
    return _opened(secret_key, token, receipt, await _copy(connection, secret_key, token, receipt))


async def _copy(connection: Connection, secret_key: bytes, token: str, receipt: str) -> bytes | None:
    copy: bytes | None = await queries.copy(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        receipt_hash=tokens.receipt_hash(secret_key, receipt),
    )
    return copy


def _opened(secret_key: bytes, token: str, receipt: str, copy: bytes | None) -> Draft | None:
    sent = drafts.read(secret_key, tokens.copy_secret(token, receipt), copy)
    if sent is None or sent.unreadable:
        return None
    return replace(sent, replaces=tokens.receipt_hash(secret_key, receipt))


async def reopen(connection: Connection, secret_key: bytes, token: str, receipt: str, device: str) -> bool:
    """What was sent is the draft of the device as well, in place of any other, to be changed and sent anew;
    until then it goes on counting. Never that of the link, which others have too.

    False when it is mixed already, the round is over, or it was not sent by this link.
    """
    copy = await _copy(connection, secret_key, token, receipt)
    sent = _opened(secret_key, token, receipt, copy)
    if copy is None or sent is None:
        return False
    owner = tokens.owner(token, device)
    reopened: bool = await queries.reopen(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=tokens.draft_key(secret_key, owner),
        receipt_hash=sent.replaces,
        draft=drafts.sealed(secret_key, owner, sent, len(copy) - tokens.SEALING),
    )
    return reopened
