"""Sending: the one moment when a right to answer becomes an answer."""

from __future__ import annotations

import enum
import json

from forms.answers import Answers
from survey.ballots import tokens
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
    language: str,
    mode: str = "web",
) -> Outcome:
    """Spend the right to answer and store the answer, or neither; the database decides who came first.

    `answers` holds what is on the route and nothing else. The caller may confirm only after its transaction
    has committed.
    """
    outcome = await queries.submit(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=tokens.draft_key(secret_key, token),
        language=language,
        mode=mode,
        answers=json.dumps(answers, ensure_ascii=False, sort_keys=True),
        codes=version.layout.pack(answers),
    )
    return Outcome(outcome)
