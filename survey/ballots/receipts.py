"""Receipts: whether an answer is counted, never which. Withdrawal as long as it can be found."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from survey.ballots import drafts, tokens
from survey.ballots.rounds import queries
from survey.database.pool import Connection


class State(enum.Enum):
    WAITING = "waiting"
    """In the box, sealed. Can be withdrawn."""
    COUNTED = "counted"
    """Among the answers. Nobody can find it any more, its owner neither."""
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    """Could never be opened: the round's key was lost, and the operator said so."""


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
    """The whole answer leaves the box for good. False when it is not there (any more)."""
    gone: bool = await queries.withdraw(connection, receipt_hash=tokens.receipt_hash(secret_key, receipt))
    return gone


async def take_back(connection: Connection, secret_key: bytes, token: str, receipt: str) -> bool:
    """The answer becomes a draft again, to be changed and sent anew.

    False when it is mixed already, the round is over, or it was not sent by this link.
    """
    token_hash = tokens.token_hash(secret_key, token)
    receipt_hash = tokens.receipt_hash(secret_key, receipt)
    sent = drafts.read(
        tokens.copy_secret(token, receipt),
        await queries.copy(connection, token_hash=token_hash, receipt_hash=receipt_hash),
    )
    if sent is None or sent.unreadable:
        return False
    taken: bool = await queries.take_back(
        connection,
        token_hash=token_hash,
        draft_key=tokens.draft_key(secret_key, token),
        receipt_hash=receipt_hash,
        draft=drafts.sealed(token, sent),
    )
    return taken
