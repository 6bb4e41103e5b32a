"""Answers on their way: kept sealed until they are sent, gone the moment they are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from forms.answers import Answers
from survey.ballots import tokens
from survey.ballots.rounds import queries
from survey.database.pool import Connection


@dataclass(frozen=True)
class Draft:
    """`page`: the last page its owner worked on, '' before the first."""

    language: str = ""
    answers: Answers = field(default_factory=dict)
    page: str = ""


async def hold(connection: Connection, secret_key: bytes, token: str) -> None:
    """Make other writers of this draft wait until the transaction ends: read, change, save is one step."""
    await queries.hold_draft(connection, draft_key=tokens.draft_key(secret_key, token))


async def load(connection: Connection, secret_key: bytes, token: str) -> Draft | None:
    """The draft of this link; None when nothing has been saved yet."""
    sealed = await queries.load_draft(connection, draft_key=tokens.draft_key(secret_key, token))
    if sealed is None:
        return None
    document = json.loads(tokens.open_draft(token, sealed))
    return Draft(document["language"], document["answers"], document["page"])


async def save(connection: Connection, secret_key: bytes, token: str, draft: Draft) -> bool:
    """Keep the draft. False when the round no longer takes answers from this link."""
    document = json.dumps({"language": draft.language, "answers": draft.answers, "page": draft.page})
    saved: bool = await queries.save_draft(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=tokens.draft_key(secret_key, token),
        sealed=tokens.seal_draft(token, document.encode()),
    )
    return saved
