"""Panels: rounds that follow the same persons, wave by wave, by the link each got with the first letter.

The registry remembers whom a wave asked, whether they answered or not, and the next wave asks them again:
their old links lead to it from the day it opens. Somebody new gets a new link and is new to the panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from survey.ballots import tokens
from survey.campaigns.errors import NoBallotKey, PanelGoesOn, PanelNotReady
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff

MOST_WAVES = 12

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Ready:
    """A panel whose next wave may be planned."""

    id: UUID
    name: str
    next_wave: int
    waves: int
    last_round: UUID


async def ready(connection: Connection) -> tuple[Ready, ...]:
    """Panels of the organisation that wait for their next wave, by name."""
    rows = [row async for row in queries.panels_ready(connection)]
    return tuple(Ready(**row) for row in rows)


async def place(
    connection: Connection, organisation_id: UUID, *, waves: int | None, next_of: UUID | None
) -> tuple[UUID | None, int | None]:
    """The panel and the wave of a new round: a new panel of so many waves, the next of one, or neither.

    Raises PanelNotReady when the wave before is not closed, or was the last.
    """
    if next_of is not None:
        rounds = [row async for row in queries.lock_panel_rounds(connection, id=next_of)]
        panel = await queries.panel(connection, id=next_of)
        if panel is None or panel["ended_on"] is not None or not rounds:
            raise PanelNotReady()
        last = rounds[-1]
        if last["status"] != "closed" or last["wave"] >= panel["waves"]:
            raise PanelNotReady()
        return next_of, last["wave"] + 1
    if waves is None:
        return None, None
    panel_id: UUID = await queries.add_panel(connection, organisation_id=organisation_id, waves=waves)
    return panel_id, 1


async def open_wave(connection: Connection, organisation_id: UUID, panel_id: UUID, round_id: UUID) -> None:
    """Gives the panel its key, and its members' links to this round. Raises NoBallotKey."""
    if await queries.take_panel_key(connection, organisation_id=organisation_id, id=panel_id) is None:
        raise NoBallotKey()
    await queries.carry_links(connection, id=round_id)


async def invite_members(
    connection: Connection, organisation_id: UUID, round_id: UUID, dwellings: dict[UUID, int]
) -> dict[UUID, set[int]]:
    """An invitation for every member in the round's estates; the dwellings that have one now, by estate.

    dwellings  how many homes each estate of the round has
    """
    members = [row async for row in queries.panel_members(connection, id=round_id)]
    asked = [row for row in members if row["dwelling"] <= dwellings.get(row["estate_id"], 0)]
    await queries.add_members_invitations(
        connection,
        organisation_id=organisation_id,
        campaign_id=round_id,
        member_ids=[row["id"] for row in asked],
        estate_ids=[row["estate_id"] for row in asked],
        dwellings=[row["dwelling"] for row in asked],
        token_hashes=[tokens.unknown_hash() for _ in asked],
    )
    homes: dict[UUID, set[int]] = {estate: set() for estate in dwellings}
    for row in asked:
        homes[row["estate_id"]].add(row["dwelling"])
    return homes


async def end(connection: Connection, staff: Staff, panel_id: UUID) -> None:
    """No more waves: old links lead nowhere new, and the mixer destroys the key. Raises PanelGoesOn."""
    if not await queries.end_panel(connection, id=panel_id):
        raise PanelGoesOn()
    await audit.record(connection, "panel.ended", "panel", panel_id, staff.id)
