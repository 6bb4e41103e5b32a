"""The life of a round: made as a draft, opened, closed. Each step is one transaction with its audit entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import aiosql

from forms import influence, loading
from forms.influence import Declared
from forms.languages import written_to
from forms.questionnaire import Questionnaire
from survey.campaigns import panels
from survey.campaigns.errors import (
    AlreadyClosed,
    ClosedForGood,
    ClosingDatePassed,
    NameTaken,
    NoBallotKey,
    NoSuchRound,
    NotADraft,
    NotOpen,
    SampledPanel,
)
from survey.database.pool import Connection, Database
from survey.people import audit
from survey.people.roles import Staff
from survey.register.errors import NoSuchEstate

Phase = Literal["draft", "scheduled", "open", "overdue", "closed"]
"""What people see: an open round waits for its first day, takes answers, or is past its last day."""

LONGEST_NAME = 100
"""Of a round, in signs."""
ARCHIVE_YEARS = 5
"""How long answers are kept when the officer does not choose otherwise."""
CONTACT_DAYS = 30
"""How long addresses and invitations are kept after closing, likewise."""

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class RoundEstate:
    id: UUID
    name: str
    area: str
    invited: int | None
    area_id: UUID
    pooled_under: Literal["area", "organisation"] | None
    """Ended with so few answers that they are kept under its area, or under the organisation."""
    dwellings: int | None = None
    """How many the `invited` are drawn from, by lot and once; None: all are asked."""
    elsewhere: tuple[int, int] = (0, 0)
    """At least and at most so many of its answers are counted in the pools of `elsewhere_under`, to hide too
    few of others there."""
    elsewhere_under: tuple[Literal["area", "organisation"], ...] = ()

    @property
    def population(self) -> int | None:
        """Dwellings that the round is about."""
        return self.invited if self.dwellings is None else self.dwellings


@dataclass(frozen=True)
class WaveOf:
    """The place of a round in a panel. `name`: of the panel, which is called like its first wave."""

    panel_id: UUID
    name: str
    number: int
    waves: int
    ended_on: date | None


@dataclass(frozen=True)
class Round:
    id: UUID
    name: str
    series: str
    status: Literal["draft", "open", "closed"]
    source: Literal["invitations", "import"]
    languages: tuple[str, ...]
    opens_on: date
    closes_on: date
    """The deadline: the last day to answer, unless the round is closed before it."""
    closed_on: date | None
    """The day it was really closed, None until then."""
    results_on: date
    today: date
    """By the clock of the database, which also decides whether a tenant may answer; not before its first day
    once the round has begun."""
    clock_back: bool
    """It has begun, and by that clock its first day has not come: the clock is wrong, or was."""
    questionnaire_version_id: UUID
    questionnaire_id: str
    content_hash: bytes
    estates: tuple[RoundEstate, ...]
    declared_grade: int | None
    """How far the office says tenants take part, 1 (not asked) to 7 (the last word); None: not said."""
    declared: Declared
    """Why it asks and what can be influenced, by language."""
    archive_years: int
    """How long the answers are kept after closing, 1 to 10."""
    contact_days: int
    """How long addresses, numbers and invitations are kept after closing, 0 to 365."""
    contacts_due_on: date | None
    answers_due_on: date | None
    """The days on which contacts and answers are deleted, None until the round is closed."""
    answers_deleted_on: date | None
    """None while there are answers to compute from."""
    salt: bytes = field(repr=False)
    """See `reports.waves.WaveInfo`."""
    wave: WaveOf | None
    """Its place in a panel, if it follows the same persons as other rounds."""

    @property
    def letter_languages(self) -> tuple[str, ...]:
        """What letters, messages and posters are written in, the main language first."""
        return written_to(self.languages)

    @property
    def invited(self) -> int | None:
        """Dwellings asked in all; None when that is not known of some estate."""
        numbers = [estate.invited for estate in self.estates]
        return None if any(n is None for n in numbers) else sum(n or 0 for n in numbers)

    @property
    def drawn(self) -> dict[UUID, int]:
        """How many dwellings are drawn in the estates that are not asked in full."""
        return {estate.id: estate.invited or 0 for estate in self.estates if estate.dwellings is not None}

    @property
    def mark(self) -> str:
        """Another one after every change of the plan: tells whether a form was filled in from this draft."""
        plan = (
            self.name,
            self.languages,
            self.opens_on,
            self.closes_on,
            self.results_on,
            self.declared_grade,
            json.dumps(self.declared, sort_keys=True),
            self.archive_years,
            self.contact_days,
        )
        drawn = self.drawn
        asked = sorted((estate.id.hex, drawn.get(estate.id)) for estate in self.estates)
        return blake2b(repr((plan, asked)).encode(), digest_size=12).hexdigest()

    @property
    def last_day(self) -> date:
        """The last day on which a tenant can, or could, answer."""
        return self.closes_on if self.closed_on is None else min(self.closes_on, self.closed_on)

    @property
    def due(self) -> bool:
        """A draft whose first day has come: tenants who try their link are turned away."""
        return self.status == "draft" and self.opens_on <= self.today

    @property
    def phase(self) -> Phase:
        if self.status != "open":
            return self.status
        if self.today < self.opens_on:
            return "scheduled"
        return "open" if self.today <= self.closes_on else "overdue"


@dataclass(frozen=True)
class Plan:
    """What an officer decides about a round, already checked against the rules of the form."""

    name: str
    estate_ids: tuple[UUID, ...]
    languages: tuple[str, ...]
    opens_on: date
    closes_on: date
    results_on: date
    declared_grade: int | None = None
    declared: Declared = field(default_factory=dict)
    archive_years: int = ARCHIVE_YEARS
    contact_days: int = CONTACT_DAYS
    drawn: Mapping[UUID, int] = field(default_factory=dict)
    """Estates where only so many dwellings are asked, drawn by lot; the others are asked in full."""


@dataclass(frozen=True)
class NewRound(Plan):
    """A plan with the questionnaire it starts from, which stays for good."""

    questionnaire: Questionnaire = field(kw_only=True)
    panel_waves: int | None = field(default=None, kw_only=True)
    """The first wave of a new panel of so many, 2 to 12."""
    next_of: UUID | None = field(default=None, kw_only=True)
    """The next wave of this panel."""


async def rounds(connection: Connection, id: UUID | None = None) -> tuple[Round, ...]:
    """The rounds of the organisation of the connection, newest first."""
    rows = [row async for row in queries.rounds(connection, id=id)]
    estates: dict[UUID, list[RoundEstate]] = {row["id"]: [] for row in rows}
    async for row in queries.round_estates(connection, ids=list(estates)):
        estates[row["campaign_id"]].append(
            RoundEstate(
                row["id"],
                row["name"],
                row["area"],
                row["invited"],
                row["area_id"],
                row["pooled_under"],
                row["dwellings"],
                (row["elsewhere_least"], row["elsewhere_most"]),
                tuple(row["elsewhere_under"]),
            )
        )
    return tuple(
        Round(
            id=row["id"],
            name=row["name"],
            series=row["series"],
            status=row["status"],
            source=row["source"],
            languages=tuple(row["languages"]),
            opens_on=row["opens_on"],
            closes_on=row["closes_on"],
            closed_on=row["closed_on"],
            results_on=row["results_on"],
            today=row["today"],
            clock_back=row["clock_back"],
            questionnaire_version_id=row["questionnaire_version_id"],
            questionnaire_id=row["questionnaire_id"],
            content_hash=row["content_hash"],
            estates=tuple(estates[row["id"]]),
            declared_grade=row["declared_grade"],
            declared=json.loads(row["declared"]),
            archive_years=row["archive_years"],
            contact_days=row["contact_days"],
            contacts_due_on=row["contacts_due_on"],
            answers_due_on=row["answers_due_on"],
            answers_deleted_on=row["answers_deleted_on"],
            salt=row["salt"],
            wave=_wave(row),
        )
        for row in rows
    )


def _wave(row: Any) -> WaveOf | None:
    if row["panel_id"] is None:
        return None
    return WaveOf(row["panel_id"], row["panel_name"], row["wave"], row["waves"], row["ended_on"])


async def find(connection: Connection, id: UUID) -> Round:
    """One round. Raises NoSuchRound, also when it belongs to somebody else."""
    found = await rounds(connection, id)
    if not found:
        raise NoSuchRound()
    return found[0]


async def questionnaire_of(connection: Connection, round: Round) -> Questionnaire:
    """The immutable questionnaire version of a round."""
    document = await queries.questionnaire_document(connection, id=round.questionnaire_version_id)
    return loading.from_document(json.loads(document))


async def keep_questionnaire(
    connection: Connection, organisation_id: UUID, questionnaire: Questionnaire
) -> UUID:
    """The id of an immutable version, kept once per organisation by its content."""
    content_hash = loading.content_hash(questionnaire)
    await queries.keep_questionnaire(
        connection,
        organisation_id=organisation_id,
        questionnaire_id=questionnaire.id,
        version=questionnaire.version,
        content_hash=content_hash,
        document=json.dumps(loading.dump(questionnaire), ensure_ascii=False),
    )
    version_id: UUID = await queries.questionnaire_version_id(connection, content_hash=content_hash)
    return version_id


async def create(connection: Connection, staff: Staff, new: NewRound) -> UUID:
    """A draft for the chosen estates.

    Raises NameTaken, PanelNotReady, SampledPanel, and NoSuchEstate when an estate is not ours, is archived
    or has no known dwellings.
    """
    if new.drawn and (new.panel_waves is not None or new.next_of is not None):
        raise SampledPanel()
    panel_id, wave = await panels.place(
        connection, staff.organisation_id, waves=new.panel_waves, next_of=new.next_of
    )
    round_id: UUID | None = await queries.add_round(
        connection,
        organisation_id=staff.organisation_id,
        name=new.name,
        # A wave of a panel is compared with the one before it, not with rounds that asked everybody.
        series=str(panel_id or new.questionnaire.id),
        questionnaire_version_id=await keep_questionnaire(
            connection, staff.organisation_id, new.questionnaire
        ),
        languages=list(new.languages),
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        results_on=new.results_on,
        declared_grade=new.declared_grade,
        declared=declared_text(new),
        archive_years=new.archive_years,
        contact_days=new.contact_days,
        panel_id=panel_id,
        wave=wave,
    )
    if round_id is None:
        if panel_id is not None:
            await queries.drop_unused_panel(connection, id=panel_id)
        raise NameTaken(name=new.name)
    asked = await ask(connection, round_id, new.estate_ids, new.drawn)
    details: dict[str, object] = {"estates": asked}
    if new.drawn:
        details["sampled"] = len(new.drawn)
    if panel_id is not None:
        details |= {"panel": str(panel_id), "wave": wave}
    await audit.record(connection, "campaign.created", "campaign", round_id, staff.id, details)
    return round_id


def declared_text(plan: Plan) -> str:
    """What a plan declares, in the languages of the round alone."""
    return json.dumps(influence.within(plan.declared, plan.languages), ensure_ascii=False)


async def ask(connection: Connection, id: UUID, estate_ids: Iterable[UUID], drawn: Mapping[UUID, int]) -> int:
    """Add estates to a round, each with its dwellings of today; returns how many. Raises NoSuchEstate.

    `drawn`: those of which a sample is asked, and how many of their dwellings.
    """
    wanted = list(set(estate_ids))
    sizes = [drawn.get(estate) for estate in wanted]
    added = await queries.add_round_estates(connection, campaign_id=id, estate_ids=wanted, drawn=sizes)
    if added != f"INSERT 0 {len(wanted)}":
        raise NoSuchEstate()
    return len(wanted)


async def open_round(connection: Connection, staff: Staff, id: UUID) -> None:
    """Let tenants answer from the first day on.

    Raises NoSuchRound, ClosedForGood, NotADraft, ClosingDatePassed, NoBallotKey.
    """
    row = await lock(connection, id)
    check_may_open(row["status"], row["closes_on"], row["today"])
    if await queries.take_ballot_key(connection, organisation_id=staff.organisation_id, id=id) is None:
        raise NoBallotKey()
    if row["panel_id"] is not None:
        await panels.open_wave(connection, staff.organisation_id, row["panel_id"], id)
    await queries.open_round(connection, id=id)
    await audit.record(connection, "campaign.opened", "campaign", id, staff.id)


def check_may_open(status: str, closes_on: date, today: date) -> None:
    """Raises ClosedForGood, NotADraft, ClosingDatePassed."""
    if status == "closed":
        raise ClosedForGood()
    if status != "draft":
        raise NotADraft()
    if closes_on < today:
        raise ClosingDatePassed()


async def close_round(database: Database, staff: Staff, id: UUID) -> None:
    """End a round for good: no more answers. The mixer deletes the drafts, empties the box, seals the wave.

    Raises NoSuchRound, NotOpen, AlreadyClosed.
    """
    async with database.registry(staff.organisation_id) as connection:
        row = await lock(connection, id)
        if row["status"] == "closed":
            raise AlreadyClosed()
        if row["status"] != "open":
            raise NotOpen()
        await queries.close_round(connection, id=id)
        await audit.record(connection, "campaign.closed", "campaign", id, staff.id)
        await queries.wake_mixer(connection)


async def today(connection: Connection) -> date:
    """By the clock of the database, which also decides whether a tenant may answer."""
    day: date = await queries.today(connection)
    return day


async def before(connection: Connection, id: UUID) -> UUID | None:
    """The round that closed last before this one in the same series."""
    found: UUID | None = await queries.previous_round(connection, id=id)
    return found


async def lock(connection: Connection, id: UUID) -> Any:
    """Hold a round until the transaction ends: its status, closes_on and today. Raises NoSuchRound."""
    row = await queries.lock_round(connection, id=id)
    if row is None:
        raise NoSuchRound()
    return row
