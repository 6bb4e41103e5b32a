"""Answers on their way: kept sealed until they are sent, gone the moment they are.

A draft belongs to the device it was begun on: it is found and opened by the link and the device's secret
together, with the server's, so that others who have the link neither see nor touch it. Its owner may lay it
by under the link alone, to go on elsewhere; whoever takes it up there has it for their own device, and it no
longer lies under the link. Without a device (a browser that takes no cookies) a draft lies under the link
throughout.

A link that is used takes a draft like any other: what it shows must not tell that it is used. Sending it is
refused.

Two pages of one device may be open at once. Each draft bears a mark that changes with every saving; saving
and sending name the mark they began from, and DraftChanged says that another page was quicker: read it
again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from msgspec import json

from forms.answers import Answers, validate
from forms.errors import AnswerFault
from forms.questionnaire import Questionnaire
from forms.shuffling import ORDER
from survey.ballots import padding, tokens
from survey.ballots.padding import BLOCK
from survey.ballots.rounds import queries
from survey.database.pool import Connection
from survey.modes import SENT

_CONSENT = (None, True, False)


class DraftChanged(Exception):
    """Another page of the same owner was saved since this draft was read; nothing was written."""


@dataclass(frozen=True)
class Draft:
    """`page`: the last page its owner worked on, '' before the first. `mark`: None before it was saved.

    `version`: of the questionnaire it was written to, '' for that of its round. `unfit`: how many of its
    answers do not belong to the questionnaire as it is now. `unreadable`: what lies there was not written by
    this owner, or is damaged.
    """

    language: str = ""
    answers: Answers = field(default_factory=dict)
    page: str = ""
    mark: bytes | None = None
    version: str = ""
    unfit: int = 0
    unreadable: bool = False
    linked: bool | None = None
    """Whether the answer may be linked to those of other waves; None before its owner was asked."""
    replaces: bytes | None = None
    """`tokens.receipt_hash` of what was sent before, when that is being changed."""
    mode: str = ""
    """How what is being changed was given; '' where nothing was sent yet."""

    @property
    def kept(self) -> bool:
        """Whether it lies in the database, or is to: the first answer makes a draft, so that nobody can
        leave one behind that its owner does not see, and find out by its end when an answer was sent."""
        return self.mark is not None or bool(self.answers)


def read(secret_key: bytes, owner: str, sealed: bytes | None) -> Draft | None:
    """The draft of this owner (`tokens.owner`) as it lies in the database; None when nothing has been saved
    yet."""
    if sealed is None:
        return None
    mark = tokens.mark(sealed)
    try:
        document = json.decode(tokens.open_draft(secret_key, owner, sealed))
        return Draft(
            str(document["language"]),
            dict(document["answers"].items()),
            str(document["page"]),
            mark,
            str(document.get("version", "")),
            linked=_CONSENT[document.get("linked", 0)],
            replaces=bytes.fromhex(document.get("replaces", "")) or None,
            mode=document["mode"] if document.get("mode") in SENT else "",
        )
    except (tokens.UnreadableDraft, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Draft(mark=mark, unreadable=True)


def carried(
    secret_key: bytes, owner: str, sealed: bytes | None, version_id: UUID, questionnaire: Questionnaire
) -> Draft | None:
    """A draft that came with a page, and lies in the database no more. None when there is none to be read.

    Whoever has the link could have written it: every answer is looked at as one from elsewhere, and it
    replaces nothing. What a receipt has opened is known by the draft in the database alone.
    """
    draft = read(secret_key, owner, sealed)
    if draft is None or draft.unreadable:
        return None
    unknown = replace(draft, mark=None, version="carried", replaces=None)
    return fitted(unknown, version_id, questionnaire)


def fitted(draft: Draft, version_id: UUID, questionnaire: Questionnaire) -> Draft:
    """The draft with those of its answers that belong to this version, when it was written to another."""
    version = str(version_id)
    if draft.version in ("", version):
        return draft
    fit: Answers = {}
    said = {name: answer for name, answer in draft.answers.items() if name != ORDER}
    for name, answer in draft.answers.items():
        try:
            fit |= validate(questionnaire, {name: answer})
        except AnswerFault:
            continue
    unfit = len(said.keys() - fit.keys())
    return replace(draft, answers=fit, version=version, unfit=unfit)


def sealed(secret_key: bytes, owner: str, draft: Draft, room: int = BLOCK) -> bytes:
    """The inverse of `read`: what only its owner can open. `room`: see `padding.room`."""
    return tokens.seal_draft(secret_key, owner, _document(draft), room)


def fits(draft: Draft, questionnaire: Questionnaire) -> bool:
    """Whether there is room for so many words."""
    return padding.fits(questionnaire, _document(draft))


def _document(draft: Draft) -> bytes:
    return json.encode(
        {
            "language": draft.language,
            "answers": draft.answers,
            "page": draft.page,
            "version": draft.version,
            "linked": _CONSENT.index(draft.linked),  # one digit, whatever was said
            "replaces": (draft.replaces or b"").hex(),
            "mode": draft.mode,
        }
    )


async def save(
    connection: Connection,
    secret_key: bytes,
    token: str,
    draft: Draft,
    device: str | None = None,
    room: int = BLOCK,
) -> bool:
    """Keep the draft. `room`: see `padding.room`. False when the round no longer takes answers; or raises
    DraftChanged."""
    owner = tokens.owner(token, device)
    return _kept(
        await queries.save_draft(
            connection,
            token_hash=tokens.token_hash(secret_key, token),
            draft_key=tokens.draft_key(secret_key, owner),
            seen=draft.mark,
            sealed=sealed(secret_key, owner, draft, room),
        )
    )


async def lay_by(
    connection: Connection, secret_key: bytes, token: str, draft: Draft, device: str, room: int = BLOCK
) -> bool:
    """The device's draft lies under the link from now on, as it is given, in place of any that lay there.
    Outcomes as of `save`."""
    return await _move(connection, secret_key, token, draft, device, None, room)


async def take_up(
    connection: Connection, secret_key: bytes, token: str, draft: Draft, device: str, room: int = BLOCK
) -> bool:
    """What lay under the link is the device's alone from now on, in place of its own. Outcomes as of
    `save`."""
    return await _move(connection, secret_key, token, draft, None, device, room)


async def _move(
    connection: Connection,
    secret_key: bytes,
    token: str,
    draft: Draft,
    from_device: str | None,
    to_device: str | None,
    room: int,
) -> bool:
    owner = tokens.owner(token, to_device)
    return _kept(
        await queries.move_draft(
            connection,
            token_hash=tokens.token_hash(secret_key, token),
            from_key=tokens.draft_key(secret_key, tokens.owner(token, from_device)),
            seen=draft.mark,
            to_key=tokens.draft_key(secret_key, owner),
            sealed=sealed(secret_key, owner, draft, room),
        )
    )


def _kept(outcome: str) -> bool:
    if outcome == "changed":
        raise DraftChanged("another page of this owner was saved first")
    return outcome == "saved"


async def drop(connection: Connection, secret_key: bytes, token: str, device: str | None) -> None:
    """Throw away what this device has saved, or what lies under the link alone."""
    await queries.drop_draft(connection, draft_key=tokens.draft_key(secret_key, tokens.owner(token, device)))
