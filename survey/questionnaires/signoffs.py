"""The residents' council agrees to a questionnaire: who, when, and to exactly which content."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from forms import loading
from forms.influence import Signed
from forms.questionnaire import Questionnaire
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.questionnaires.drafts import Draft

LONGEST_NAME = 100

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


def content(questionnaire: Questionnaire) -> bytes:
    """SHA-256 of all that it says, whatever number the version has: freezing gives it one. 32 bytes."""
    return loading.content_hash(questionnaire.model_copy(update={"version": "0.0"}))


async def record(
    connection: Connection,
    staff: Staff,
    draft_id: UUID,
    questionnaire: Questionnaire,
    council: str,
    person: str,
) -> None:
    """Of the draft as it stands. `council`, `person`: as they wish it told; the person may be ''."""
    await queries.add_signoff(
        connection,
        organisation_id=staff.organisation_id,
        draft_id=draft_id,
        questionnaire_id=questionnaire.id,
        version=questionnaire.version,
        content=content(questionnaire),
        council=council,
        person=person,
        staff_id=staff.id,
    )
    details = {"council": council, "person": person, "content": content(questionnaire).hex()[:8]}
    await audit.record(connection, "questionnaire.signed", "questionnaire", draft_id, staff.id, details)


async def all_of(connection: Connection, draft: Draft) -> tuple[Signed, ...]:
    """Sign-offs of this draft and of what it was made from, newest first; each says whether it was of this
    very content. Another draft of the same module is another thing: its council never saw this one."""
    rows = queries.signoffs_of_draft(connection, draft_id=draft.id)
    return await _told(rows, content(draft.questionnaire))


async def of(connection: Connection, questionnaire: Questionnaire) -> Signed | None:
    """What stands with a round that asks this version, and in its report: the newest sign-off of this very
    content, else the newest of another that was on the way to it; None when there is none."""
    own = content(questionnaire)
    rows = queries.signoffs_of_version(
        connection, content_hash=loading.content_hash(questionnaire), content=own
    )
    known = await _told(rows, own)
    return next((one for one in known if one.same), known[0] if known else None)


async def _told(rows: AsyncIterator[Any], now: bytes) -> tuple[Signed, ...]:
    return tuple(
        [
            Signed(
                council=row["council"],
                person=row["person"],
                signed_on=row["signed_on"],
                content=bytes(row["content"]).hex()[:8],
                same=bytes(row["content"]) == now,
            )
            async for row in rows
        ]
    )
