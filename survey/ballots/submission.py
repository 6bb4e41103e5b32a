"""Sending: the one moment when a right to answer becomes an answer."""

from __future__ import annotations

import enum
import json

import asyncpg

from forms.answers import Answers
from survey.ballots import tokens
from survey.ballots.drafts import DraftChanged
from survey.ballots.rounds import Version, queries
from survey.database.pool import Connection


class Outcome(enum.Enum):
    ACCEPTED = "accepted"
    ALREADY = "already"
    CLOSED = "closed"
    UNKNOWN = "unknown"


async def submit(
    connection: Connection,
    secret_key: bytes,
    token: str,
    version: Version,
    answers: Answers,
    *,
    seen: bytes | None,
    language: str,
    mode: str = "web",
) -> Outcome:
    """Spend the right to answer and store the answer, or neither; the database decides who came first.

    `answers` holds what is on the route of the draft marked `seen` and nothing else; DraftChanged when that
    draft is another by now. Accepted means on disk, unless the caller began a transaction of its own.
    """
    try:
        outcome = await queries.submit(
            connection,
            token_hash=tokens.token_hash(secret_key, token),
            draft_key=tokens.draft_key(secret_key, token),
            seen=seen,
            language=language,
            mode=mode,
            answers=json.dumps(answers, ensure_ascii=False),
            codes=version.layout.pack(answers),
        )
    except asyncpg.SerializationError as error:
        raise DraftChanged("another page of this link was saved first") from error
    return Outcome(outcome)
