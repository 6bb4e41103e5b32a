"""Answers on their way: kept sealed until they are sent, gone the moment they are.

Two pages of one link may be open at once. Each draft bears a mark that changes with every saving; saving and
sending name the mark they began from, and DraftChanged says that another page was quicker: read it again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from forms.answers import Answers
from survey.ballots import tokens
from survey.ballots.rounds import queries
from survey.database.pool import Connection


class DraftChanged(Exception):
    """Another page of the same link was saved since this draft was read; nothing was written."""


@dataclass(frozen=True)
class Draft:
    """`page`: the last page its owner worked on, '' before the first. `mark`: None before it was saved."""

    language: str = ""
    answers: Answers = field(default_factory=dict)
    page: str = ""
    mark: bytes | None = None


def read(token: str, sealed: bytes | None) -> Draft | None:
    """The draft of this link as it lies in the database; None when nothing has been saved yet."""
    if sealed is None:
        return None
    document = json.loads(tokens.open_draft(token, sealed))
    return Draft(document["language"], document["answers"], document["page"], tokens.mark(sealed))


async def save(connection: Connection, secret_key: bytes, token: str, draft: Draft) -> bool:
    """Keep the draft. False when the round no longer takes answers from this link; or raises DraftChanged."""
    document = json.dumps({"language": draft.language, "answers": draft.answers, "page": draft.page})
    outcome = await queries.save_draft(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=tokens.draft_key(secret_key, token),
        seen=draft.mark,
        sealed=tokens.seal_draft(token, document.encode()),
    )
    if outcome == "changed":
        raise DraftChanged("another page of this link was saved first")
    return bool(outcome == "saved")
