"""The round a link belongs to, and its questionnaire, as the holder of the link may know them."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from forms.answers import Layout
from forms.influence import Declared
from forms.languages import WRITTEN
from forms.loading import from_document
from forms.questionnaire import Questionnaire
from forms.reading import whole_minutes
from survey.ballots import tokens
from survey.ballots.padding import room
from survey.database.pool import Connection
from survey.database.statements import statements

queries = statements(Path(__file__))

KEPT_QUESTIONNAIRES = 64


class Stage(enum.Enum):
    """Where in its life a round is; for all its links alike."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"


@dataclass(frozen=True)
class Panel:
    """The place of a round among those that follow the same persons."""

    id: UUID
    wave: int
    waves: int
    linkable: bool
    """False when its key is gone: nothing can be linked any more."""
    years: int
    """How long the answers of this wave are kept."""


@dataclass(frozen=True)
class Round:
    organisation: str
    fictitious: bool
    campaign: str
    estate: str
    languages: tuple[str, ...]
    opens_on: date
    closes_on: date
    closed_on: date | None
    """The day the office closed it; None until then."""
    results_on: date
    today: date
    """By the clock that decides, that of the database; not before its first day once the round has begun."""
    questionnaire_version_id: UUID
    ballot_key: bytes | None
    """32 bytes to seal an answer with. None until the round has taken one."""
    invited: bool
    """By a link of one's own. Nobody was asked by an open link."""
    stage: Stage
    draft: bool
    """The office has not opened it: its dates are a plan, and its first day may pass without it."""
    panel: Panel | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it takes, or took, answers."""
        return self.closes_on if self.closed_on is None else min(self.closes_on, self.closed_on)


@dataclass(frozen=True)
class Found:
    """A link's round, and its holder's draft as it lies sealed in the database; None when there is none.

    `paused`: what lies under the link, for a device that has drafts of its own, where that was asked for.
    """

    token: str
    round: Round
    sealed: bytes | None
    paused: bytes | None = None


@dataclass(frozen=True)
class Version:
    """An immutable questionnaire and the order of its codes."""

    questionnaire: Questionnaire
    layout: Layout

    @cached_property
    def room(self) -> int:
        """Bytes of everything that is sealed of an answer to it."""
        return room(self.questionnaire)

    @cached_property
    def minutes(self) -> Mapping[str, int]:
        """How long answering takes, by language: counted once, told on every start page. Reckoned by words,
        so a language that says as much in fewer is told no less than those the pace was measured in."""
        counted = {code: whole_minutes(self.questionnaire, code) for code in self.questionnaire.languages}
        measured = [minutes for code, minutes in counted.items() if code in WRITTEN]
        return {
            code: minutes if code in WRITTEN else max(minutes, *measured, 1)
            for code, minutes in counted.items()
        }


async def find(
    connection: Connection,
    secret_key: bytes,
    token: str,
    device: str | None = None,
    *,
    with_paused: bool = False,
) -> Found | None:
    """What this token gives the right to; None when nobody was given such a token. `device`: whose draft;
    without one it is that of the link."""
    row = await queries.visit(
        connection,
        token_hash=tokens.token_hash(secret_key, token),
        draft_key=tokens.draft_key(secret_key, tokens.owner(token, device)),
        paused_key=tokens.draft_key(secret_key, token) if with_paused and device is not None else None,
    )
    if row is None:
        return None
    round = Round(
        organisation=row["organisation_name"],
        fictitious=row["fictitious"],
        campaign=row["campaign_name"],
        estate=row["estate_name"],
        languages=tuple(row["languages"]),
        opens_on=row["opens_on"],
        closes_on=row["closes_on"],
        closed_on=row["closed_on"],
        results_on=row["results_on"],
        today=row["today"],
        questionnaire_version_id=row["questionnaire_version_id"],
        ballot_key=row["ballot_key"],
        invited=row["invited"],
        stage=stage_of(row["status"], row["opens_on"], row["closes_on"], row["today"]),
        draft=row["status"] == "draft",
        panel=_panel(row),
    )
    return Found(token, round, row["sealed"], row["paused"])


async def asked_later(connection: Connection, secret_key: bytes, token: str) -> bool:
    """Whether nobody is asked by this token now, and its holder will be: between two waves of a panel."""
    return bool(await queries.asked_later(connection, token_hash=tokens.token_hash(secret_key, token)))


@dataclass(frozen=True)
class Kept:
    """How long after closing: contacts and invitations, answers."""

    contact_days: int
    archive_years: int


async def kept(connection: Connection, secret_key: bytes, token: str) -> Kept | None:
    """How long what concerns the holder of this token is kept; None when nobody was given such a token."""
    row = await queries.kept(connection, token_hash=tokens.token_hash(secret_key, token))
    return None if row is None else Kept(row["contact_days"], row["archive_years"])


@dataclass(frozen=True)
class Purpose:
    """What the round of a link declares of itself. `grade`: how far tenants take part, for the office."""

    grade: int | None
    declared: Declared


async def purpose(connection: Connection, secret_key: bytes, token: str) -> Purpose:
    """Of the round of this token; empty when nobody was given such a token."""
    row = await queries.declared(connection, token_hash=tokens.token_hash(secret_key, token))
    return Purpose(row["declared_grade"], json.loads(row["declared"])) if row else Purpose(None, {})


def _panel(row: Any) -> Panel | None:
    if row["panel_id"] is None:
        return None
    return Panel(row["panel_id"], row["wave"], row["waves"], row["linkable"], row["archive_years"])


def stage_of(status: str, opens_on: date, closes_on: date, today: date) -> Stage:
    """Of a round as the registry has it, on this day."""
    if status == "draft":  # also when its last day has passed: what never began is not over
        return Stage.NOT_YET
    if status == "closed" or today > closes_on:
        return Stage.CLOSED
    if today < opens_on:
        return Stage.NOT_YET
    return Stage.OPEN


_versions: dict[UUID, Version] = {}


async def load_version(connection: Connection, version_id: UUID) -> Version:
    """The questionnaire of a round. Versions never change, so a process reads each of them once."""
    version = _versions.get(version_id)
    if version is None:
        document = json.loads(await queries.load_questionnaire(connection, version_id=version_id))
        questionnaire = from_document(document)
        version = Version(questionnaire, Layout.of(questionnaire))
        while len(_versions) >= KEPT_QUESTIONNAIRES:
            del _versions[next(iter(_versions))]
        _versions[version_id] = version
    return version
