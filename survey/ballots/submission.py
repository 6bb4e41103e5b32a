"""Sending: the one moment when a right to answer becomes a sealed ballot."""

from __future__ import annotations

import enum

import asyncpg

from forms.answers import Answers
from survey import modes
from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft, DraftChanged
from survey.ballots.rounds import Round, Version, find, queries
from survey.ballots.sealing import Ballot, seal
from survey.database.pool import Connection

KEY_CHANGES = 3
"""How often a round may change its key under one submission before we give up."""


class Outcome(enum.Enum):
    ACCEPTED = "accepted"
    ALREADY = "already"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    OTHER_KEY = "other_key"
    """The round has no key, or changes it faster than one can seal: try again."""


async def submit(
    connection: Connection,
    secret_key: bytes,
    token: str,
    round: Round,
    version: Version,
    answers: Answers,
    *,
    seen: bytes | None,
    language: str,
    mode: str = modes.WEB,
    receipt: str,
    linked: bool | None = None,
    replaces: bytes | None = None,
    device: str | None = None,
) -> Outcome:
    """Spend the right to answer and put the sealed answer in the box, or neither; the database decides who
    came first.

    `answers` holds what is on the route of the draft marked `seen`, of this device or of the link, and
    nothing else; DraftChanged when that draft is another by now. Accepted means on disk, unless the caller
    began a transaction of its own. `mode`: one of `modes.SENT`. `receipt`: what the sender will hold; the
    copy, for changing the answer until it is mixed, opens by it and the link together. `linked`: the sender
    agrees that the answer is linked to those of other waves, where the round is one. `replaces`: the hash of
    the receipt of what this link sent before, and what this answer takes the place of; ALREADY when that has
    left the box.
    """
    seed = None
    if linked and round.panel is not None and round.panel.linkable:
        seed = tokens.panel_seed(token, round.panel.id)
    codes = version.layout.pack(answers)
    ballot = Ballot(round.questionnaire_version_id, language, mode, answers, codes, seed)
    for _ in range(KEY_CHANGES):
        if round.ballot_key is None:
            return Outcome.OTHER_KEY
        try:
            outcome = Outcome(
                await queries.submit(
                    connection,
                    token_hash=tokens.token_hash(secret_key, token),
                    draft_key=tokens.draft_key(secret_key, tokens.owner(token, device)),
                    seen=seen,
                    public_key=round.ballot_key,
                    receipt_hash=tokens.receipt_hash(secret_key, receipt),
                    sealed=seal(round.ballot_key, ballot, version.room),
                    copy=drafts.sealed(
                        secret_key,
                        tokens.copy_secret(token, receipt),
                        Draft(
                            language,
                            answers,
                            version=str(round.questionnaire_version_id),
                            linked=linked,
                            mode=mode,
                        ),
                        version.room,
                    ),
                    replaces=replaces,
                )
            )
        except asyncpg.SerializationError as error:
            raise DraftChanged("another page of this link was saved first") from error
        if outcome is not Outcome.OTHER_KEY:
            return outcome
        found = await find(connection, secret_key, token)
        if found is None:
            return Outcome.UNKNOWN
        round = found.round
    return Outcome.OTHER_KEY


async def ask_again(connection: Connection, secret_key: bytes, token: str, again: bool) -> bool:
    """Wishes, or does not wish, to be asked in later rounds; says nothing about whether this one was
    answered. False when it cannot be said here: nobody was asked by an open link, and the round must be
    open."""
    noted: bool = await queries.ask_again(
        connection, token_hash=tokens.token_hash(secret_key, token), again=again
    )
    return noted


async def decline(connection: Connection, secret_key: bytes, token: str, device: str | None = None) -> bool:
    """Does not wish to take part: no more reminders. An answer that was sent stays, and so does what lies
    under the link alone: anybody can have laid it there, to see when it goes. The device's draft is deleted.
    False when the round is not open."""
    noted: bool = await queries.decline(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=None if device is None else tokens.draft_key(secret_key, tokens.owner(token, device)),
    )
    return noted
