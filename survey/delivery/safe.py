"""The office's half of the safe: what it puts in, it cannot take out again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Connection
from survey.delivery.sealing import seal_token

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


async def contact_key(connection: Connection, round_id: UUID) -> bytes | None:
    """The public half of the round's contact key. None while no sender has put keys in stock, and after the
    round's key was destroyed."""
    key: bytes | None = await queries.take_contact_key(connection, campaign_id=round_id)
    return key


async def reachable(connection: Connection, round_id: UUID) -> frozenset[UUID]:
    """The invitations that can be sent by e-mail or SMS."""
    rows = [row async for row in queries.reachable(connection, campaign_id=round_id)]
    return frozenset(row["invitation_id"] for row in rows)


async def keep_links(
    connection: Connection,
    organisation_id: UUID,
    round_id: UUID,
    tokens: Sequence[tuple[UUID, str]],
    *,
    again: bool,
    some: bool = False,
) -> bool:
    """Seal the links of invitations, (id, token), for the sender; all before are forgotten when `again`, and
    sent anew. `some`: no others than these are forgotten, and none is sent.

    False when there is no key to seal them with: they can then be printed and handed out, not sent.
    """
    if some:
        await queries.drop_some_links(connection, invitation_ids=[id for id, _ in tokens])
    elif again:
        await queries.drop_links(connection, campaign_id=round_id)
        await queries.send_first_again(connection, campaign_id=round_id)
    key = await contact_key(connection, round_id)
    if key is None:
        return False
    await queries.keep_links(
        connection,
        organisation_id=organisation_id,
        campaign_id=round_id,
        invitation_ids=[id for id, _ in tokens],
        sealed=[seal_token(key, token) for _, token in tokens],
    )
    return True
