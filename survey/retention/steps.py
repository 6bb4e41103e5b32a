"""The steps of retention: each is one transaction, does nothing the second time, and is written into the log.

The database decides whether a step's day has come; nobody can delete early by asking. At the end of the
archive period answers, receipts and whatever never left the box go first. Then every published report is
computed anew from the sealed wave: only when that shows the same as before does the wave go too.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aiosql

from forms.catalogue import Message
from survey import logs
from survey.ballots.keys import KeyFolder
from survey.database.pool import OFFICE_DOORS, Connection, Database
from survey.retention import plan
from survey.retention.plan import Due, Held
from survey.wording import words

if TYPE_CHECKING:
    from survey.retention.published import Checked

# `survey.retention.published` is imported where it is needed: it computes reports, and takes a second and
# 100 MB to load, which the mixer need not spend on a day when nothing is due.

CHANGED = Message.of("fault.retention.changed")
STOPPED = "retention stopped"
ANSWERS_WAIT = "answers wait for the retention job"
"""Their day has come, and this login may not see that no published figure changes by it."""

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Done:
    """What was deleted."""

    due: Due | None
    """None: what belongs to no round's day."""
    counts: dict[str, int]
    fault: Message | None = None
    """Why the step could not be ended, for the operator: a message of the house; None when it was."""
    waiting: int = 0
    """Contact keys that are in none of our folders: the sender destroys them at its next look."""


async def due(database: Database, day: date | None = None) -> tuple[Due, ...]:
    """What is due today by the clock of the database, or what will be on another day."""
    async with database.retention() as connection:
        rows = [dict(row) async for row in _queries.held(connection)]
    today = rows[0]["today"] if rows else date.min
    return plan.due([_held(row) for row in rows], day or today)


async def run(database: Database, folders: Sequence[KeyFolder]) -> tuple[Done, ...]:
    """Do what is due, as far as the login may. `folders`: where contact keys may lie. Trouble with one
    step stops no other: it is logged, whatever it is, and tried again by the next run."""
    done = []
    for step in await due(database):
        if step.kind == "answers" and not database.has(*OFFICE_DOORS):
            logs.done(ANSWERS_WAIT, campaign=str(step.held.campaign_id))
            continue
        try:
            done.append(await _do(database, folders, step))
        except Exception as error:
            done.append(Done(step, {}, fault=_other(error)))
    for aside in (_destroy_found(database, folders), _forget(database)):
        done += await _aside(aside)
    for one in done:
        if one.fault:
            campaign = str(one.due.held.campaign_id) if one.due else ""
            logs.trouble(STOPPED, campaign=campaign, why=one.fault.worded(words("en")))
    return tuple(done)


async def _do(database: Database, folders: Sequence[KeyFolder], step: Due) -> Done:
    if step.kind == "contacts":
        return await _contacts(database, folders, step)
    if step.kind == "invitations":
        return await _invitations(database, step)
    return await _answers(database, step)


async def _aside(work: Awaitable[None]) -> list[Done]:
    """What belongs to no round's day. Nothing comes back when it went well."""
    try:
        await work
    except Exception as error:
        return [Done(None, {}, fault=_other(error))]
    return []


def _other(error: Exception) -> Message:
    return Message.of("fault.retention.other", error=logs.known(error))


async def check(database: Database) -> tuple[Checked, ...]:
    """Every published report of every closed round, compared with its sealed wave."""
    from survey.retention import published

    async with database.retention() as connection:
        rows = [_held(dict(row)) async for row in _queries.held(connection)]
    found: list[Checked] = []
    for held in rows:
        found += await published.check(database, held.organisation_id, held.campaign_id)
    return tuple(found)


async def _contacts(database: Database, folders: Sequence[KeyFolder], step: Due) -> Done:
    campaign_id = step.held.campaign_id
    async with database.retention() as connection:
        counts = _counts(await _queries.delete_contacts(connection, campaign_id=campaign_id))
    waiting = 0
    for key in step.held.contact_keys:
        # First the file, then the note. A key that is in none of these folders lies with the sender.
        if not sum(folder.retire(key) for folder in folders):
            waiting += 1
            continue
        async with database.retention() as connection:
            noted = await _queries.note_contact_key(connection, campaign_id=campaign_id, public_key=key)
        for folder in folders:
            folder.forget(key)
        counts["keys"] = counts.get("keys", 0) + (noted is not None)
    # Each with its own number, as the log of the round has them: a key is not an address.
    if counts.get("contacts"):
        logs.done("contacts deleted", campaign=str(campaign_id), n=counts["contacts"])
    if counts.get("keys"):
        logs.done("contact keys destroyed", campaign=str(campaign_id), n=counts["keys"])
    if waiting:
        logs.done("contact keys wait for the sender", campaign=str(campaign_id), n=waiting)
    return Done(step, counts, waiting=waiting)


async def _destroy_found(database: Database, folders: Sequence[KeyFolder]) -> None:
    """Contact keys that are said to be destroyed and lie here: an old backup brought them back."""
    here = {key: folder for folder in folders for key in folder.here()}
    async with database.retention() as connection:
        found = [row["public_key"] async for row in _queries.keys_to_be_gone(connection, here=list(here))]
    for key in found:
        here[key].destroy(key)
        async with database.retention() as connection:
            await _queries.note_key_found(connection, public_key=key)
    if found:
        logs.done("contact keys that should have been gone were found and destroyed", n=len(found))


async def _forget(database: Database) -> None:
    """Wishes not to be asked, and what readers said of drafts and of findings, when their time is over."""
    async with database.retention() as connection:
        await _queries.forget_not_asked(connection)
        remarks = await _queries.forget_remarks(connection)
        of_findings = await _queries.forget_readings(connection)
    if remarks:
        logs.done("remarks on drafts deleted", n=remarks)
    if of_findings:
        logs.done("remarks on findings deleted", n=of_findings)


async def _invitations(database: Database, step: Due) -> Done:
    async with database.retention() as connection:
        counts = _counts(await _queries.delete_invitations(connection, campaign_id=step.held.campaign_id))
    if counts:
        logs.done("invitations deleted", campaign=str(step.held.campaign_id), n=counts["invitations"])
    return Done(step, counts)


async def _answers(database: Database, step: Due) -> Done:
    async with database.retention() as connection:
        await one_at_a_time(connection, step.held.campaign_id)
        return await _answers_alone(database, step)


async def one_at_a_time(connection: Connection, campaign_id: UUID) -> None:
    """Wait until no other run is at the answers of this round, and keep others waiting until the transaction
    ends. Of two that compare at once, one takes what the other deletes for figures that have changed."""
    await _queries.one_at_a_time(connection, campaign_id=campaign_id)


async def _answers_alone(database: Database, step: Due) -> Done:
    from survey.retention import published

    held = step.held
    before = await published.check(database, held.organisation_id, held.campaign_id)
    async with database.retention() as connection:
        await _queries.delete_answers(connection, campaign_id=held.campaign_id)
    after = await published.check(database, held.organisation_id, held.campaign_id)
    if after != before:
        return Done(step, {}, fault=CHANGED)
    if any(one.outcome not in published.GOOD for one in after):
        # An older fault, and no reason to keep what was promised to go: what was published is kept as it was.
        logs.trouble(
            "published figures are not what the sealed wave gives",
            campaign=str(held.campaign_id),
            why="`bostemme retention check` names them",
        )
    async with database.retention() as connection:
        checked = json.dumps(published.tally(after))
        gone = await _queries.delete_wave(connection, campaign_id=held.campaign_id, checked=checked)
    counts = _counts(gone)
    if counts:  # else another run was first, and has written it
        logs.done("answers deleted", campaign=str(held.campaign_id))
    return Done(step, counts)


def _counts(written: str | None) -> dict[str, int]:
    return dict(json.loads(written)) if written else {}


def _held(row: dict[str, Any]) -> Held:
    known = {name: value for name, value in row.items() if name != "today"}
    return Held(**{**known, "contact_keys": tuple(bytes(key) for key in row["contact_keys"])})
