"""What has been published: kept when a report is first read or printed, and compared with its sealed wave."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import aiosql

from reports import published
from reports.compute import compute
from reports.errors import BrokenSeal, WrongVersion
from reports.published import Part
from reports.results import Results
from reports.waves import Wave
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted
from survey.campaigns.waves import Waves, load_wave
from survey.database.pool import Connection, Database

ALL = "all"
"""The scope of a report on all estates; else the id of the estate."""

Outcome = Literal["unchanged", "kept", "recomputed", "differs", "altered"]
"""unchanged   computed anew from the sealed wave, every figure is as it was published
kept        the answers are deleted; what was published is as it was written
recomputed  the sealed wave is the same, and this version of Bostemme reckons otherwise than the one that made
            the report
differs     the sealed wave and the version of Bostemme are the same, the figures are not
altered     the sealed wave, or what was kept of the report, is not what it was"""

GOOD: frozenset[Outcome] = frozenset({"unchanged", "kept", "recomputed"})

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Checked:
    campaign_id: UUID
    campaign: str
    scope: str
    """Of the report: the name of an estate, or of the organisation."""
    outcome: Outcome
    parts: frozenset[Part] = frozenset()
    """In what figures that are not the same differ."""


async def keep(database: Database, both: Waves, estate_id: str | None, results: Results) -> None:
    """Write down what is about to be shown. The first time stands; costs one small question after that."""
    scope, before_hash = estate_id or ALL, _hash_of(both.before)
    async with database.answers(both.now.organisation_id) as connection:
        if await _queries.is_published(
            connection, campaign_id=both.now.campaign_id, scope=scope, before_hash=before_hash
        ):
            return
        text = await asyncio.to_thread(published.to_text, results)
        await _queries.add_published(
            connection,
            organisation_id=both.now.organisation_id,
            campaign_id=both.now.campaign_id,
            scope=scope,
            before_hash=before_hash,
            before_campaign_id=both.before.campaign_id if both.before else None,
            wave_hash=bytes.fromhex(both.now.content_hash),
            figures_hash=published.digest(published.figures(text)),
            results=text,
            made_by=published.made_by(),
        )


async def kept(database: Database, organisation_id: UUID, campaign_id: UUID) -> dict[str, Results]:
    """Every report of a round that was ever shown, by scope; of two, the one that tells of change."""
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, campaign_id)
        questionnaire = await rounds.questionnaire_of(connection, round)
    async with database.answers(organisation_id) as connection:
        rows = await _rows(connection, campaign_id)
    found: dict[str, Results] = {}
    for row in rows:
        if row["scope"] not in found:
            found[row["scope"]] = published.from_text(row["results"], questionnaire)
    return found


async def check(database: Database, organisation_id: UUID, campaign_id: UUID) -> tuple[Checked, ...]:
    """Compute every published report of a round anew and compare figure by figure."""
    async with database.registry(organisation_id) as connection:
        campaign = (await rounds.find(connection, campaign_id)).name
    async with database.answers(organisation_id) as connection:
        rows = await _rows(connection, campaign_id)
    waves = _Waves(database, organisation_id)
    return tuple([await _checked(waves, campaign, row) for row in rows])


def tally(checked: Sequence[Checked]) -> dict[str, int]:
    """How many reports, and how many of each outcome."""
    return {"reports": len(checked), **Counter(one.outcome for one in checked)}


class _Waves:
    """Loads each wave once."""

    def __init__(self, database: Database, organisation_id: UUID) -> None:
        self._database, self._organisation_id = database, organisation_id
        self._loaded: dict[UUID, Wave] = {}

    async def get(self, campaign_id: UUID) -> Wave:
        """Raises AnswersDeleted, BrokenSeal."""
        if campaign_id not in self._loaded:
            self._loaded[campaign_id] = await load_wave(self._database, self._organisation_id, campaign_id)
        return self._loaded[campaign_id]


async def _checked(waves: _Waves, campaign: str, row: Any) -> Checked:
    then = published.figures(row["results"])
    intact = published.digest(then) == row["figures_hash"]
    outcome, parts = await _recomputed(waves, row, then) if intact else ("altered", frozenset())
    return Checked(row["campaign_id"], campaign, published.scope_of(row["results"]), outcome, parts)


async def _recomputed(waves: _Waves, row: Any, then: Any) -> tuple[Outcome, frozenset[Part]]:
    try:
        now = await waves.get(row["campaign_id"])
        before = await waves.get(row["before_campaign_id"]) if row["before_campaign_id"] else None
    except AnswersDeleted:
        return "kept", frozenset()
    except (BrokenSeal, WrongVersion):
        return "altered", frozenset()
    if bytes.fromhex(now.content_hash) != row["wave_hash"] or _hash_of(before) != row["before_hash"]:
        return "altered", frozenset()
    estate_id = None if row["scope"] == ALL else row["scope"]
    results = await asyncio.to_thread(compute, now, estate_id, before)
    parts = published.differences(then, published.figures(published.to_text(results)))
    if not parts:
        return "unchanged", parts
    return "differs" if row["made_by"] == published.made_by() else "recomputed", parts


async def _rows(connection: Connection, campaign_id: UUID) -> list[Any]:
    return [row async for row in _queries.published(connection, campaign_id=campaign_id)]


def _hash_of(wave: Wave | None) -> bytes:
    return bytes.fromhex(wave.content_hash) if wave else b""
