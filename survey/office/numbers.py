"""The office's way to the numbers, and the only one: what computes them takes a second and 100 MB to load.

A process that serves tenants must not wait for that at its start, nor stop for it later. Whoever needs these
functions calls `survey.office.opening.open_numbers` first and imports this module after it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from reports.breakdowns.errors import NumbersRefused
from reports.compute import compute
from reports.documents.findings_page import web as findings_body
from reports.documents.peer_words import shared_lines
from reports.findings.everywhere import Everywhere
from reports.findings.listing import places_of
from reports.findings.model import KINDS, Level
from reports.releases import pages as release_pages
from reports.releases.bundle import Bundle
from reports.releases.dataset import protect
from reports.results import Results
from reports.waves import Wave
from survey.campaigns import breakdowns, peers, rounds
from survey.campaigns.errors import AnswersDeleted, NoSuchEstateInRound
from survey.campaigns.findings import found
from survey.campaigns.waves import Waves, load_wave, load_waves, place_ids
from survey.database.pool import Database
from survey.office.groups import asked, choices_of, costing, described, refused, shown
from survey.retention import published

__all__ = [
    "KINDS",
    "NumbersRefused",
    "asked",
    "breakdowns",
    "choices_of",
    "costing",
    "described",
    "findings_body",
    "found",
    "load_wave",
    "load_waves",
    "peers",
    "place_of",
    "places_of",
    "refused",
    "release",
    "report_on",
    "results_of",
    "risk_of",
    "shared_lines",
    "shown",
]

KEPT_RESULTS = 32
_kept: OrderedDict[tuple[Hashable, ...], Results] = OrderedDict()


@dataclass(frozen=True)
class Report:
    """A report to be shown: what it says, and which others there are of the round."""

    results: Results
    campaign_id: UUID
    estates: tuple[tuple[str, str], ...]
    """(id, name)."""


async def report_on(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None
) -> Report:
    """The report on one estate, or on all. What it says is kept when it is first asked for.

    When the answers, or those of the round before, are deleted, it is the report that was kept. Raises as
    `load_wave`, AnswersDeleted when the answers are gone and this report was never asked for, and
    NoSuchEstateInRound.
    """
    try:
        both = await load_waves(database, organisation_id, round_id)
    except AnswersDeleted:
        return await _kept_report(database, organisation_id, round_id, estate_id)
    places = tuple((estate.id, estate.name) for estate in both.now.estates)
    if estate_id is not None and estate_id not in dict(places):
        raise NoSuchEstateInRound()
    if both.before_deleted:
        kept = await published.kept(database, organisation_id, round_id)
        if (then := kept.get(estate_id or published.ALL)) is not None:
            return Report(then, round_id, places)
    results = await results_of(both, estate_id)
    await published.keep(database, both, estate_id, results)
    return Report(results, round_id, places)


async def _kept_report(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None
) -> Report:
    kept = await published.kept(database, organisation_id, round_id)
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    if (scope := estate_id or published.ALL) not in kept:
        raise AnswersDeleted(day=round.answers_deleted_on)
    places = tuple((place, kept[place].scope) for place in place_ids(round, organisation_id) if place in kept)
    return Report(kept[scope], round_id, places)


async def results_of(both: Waves, estate_id: str | None) -> Results:
    """The protected results. Sealed waves never change, so the last few are kept in memory."""
    # Two rounds with the same answers are still two rounds, and estates may get other names at any time.
    key = (estate_id, *(_identity(wave) for wave in (both.now, both.before) if wave))
    if key not in _kept:
        _kept[key] = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        while len(_kept) > KEPT_RESULTS:
            _kept.popitem(last=False)
    return _kept[key]


def place_of(what: Everywhere, chosen: str) -> tuple[Level, str]:
    """'' all estates together, 'omrade:Nordbyen', 'leiegard:<id>'. NoSuchEstateInRound for any other."""
    words: dict[Level, str] = {"all": "", "area": "omrade:", "estate": "leiegard:"}
    known = {f"{words[place.level]}{place.id}": place for place in places_of(what)}
    if chosen not in known:
        raise NoSuchEstateInRound()
    return known[chosen].level, known[chosen].id


async def release(database: Database, wave: Wave, language: str) -> Bundle:
    """Research data of the wave, which the ledger of breakdowns knows from then on. Raises ReleaseRefused."""
    return await breakdowns.release(database, wave, language)


async def risk_of(wave: Wave, language: str) -> str:
    """What the data would give away and what was done about it, as markup. Raises ReleaseRefused."""
    return release_pages.risk_body(await asyncio.to_thread(protect, wave, language))


def _identity(wave: Wave) -> Hashable:
    return wave.campaign_id, wave.content_hash, wave.estates
