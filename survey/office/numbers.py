"""The office's way to the numbers, and the only one: what computes them takes a second and 100 MB to load.

A process that serves tenants must not wait for that at its start, nor stop for it later. Whoever needs these
functions calls `survey.office.opening.open_numbers` first and imports this module after it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID
from weakref import ReferenceType, ref

from reports.areas.report import area_report
from reports.breakdowns.errors import NumbersRefused
from reports.compute import compute
from reports.documents import landlord
from reports.documents.findings_page import web as findings_page
from reports.documents.peer_words import shared_lines
from reports.findings.everywhere import Everywhere
from reports.findings.listing import findings_list, places_of
from reports.findings.model import KINDS, FindingsList, FoundResult, Kind, Level
from reports.loop import Loop
from reports.peers import Shared
from reports.releases import pages as release_pages
from reports.releases.bundle import Bundle
from reports.releases.dataset import protect
from reports.results import Results
from reports.waves import Wave
from survey.campaigns import breakdowns, peers, rounds
from survey.campaigns.errors import AnswersDeleted, NoSuchEstateInRound
from survey.campaigns.findings import found, found_at_hand, known
from survey.campaigns.waves import Waves, load_wave, load_waves, place_ids
from survey.database.pool import Database
from survey.loop import telling
from survey.office.groups import asked, choices_of, costing, described, refused, shown
from survey.retention import published

__all__ = [
    "KINDS",
    "NumbersRefused",
    "area_at_hand",
    "area_report_on",
    "asked",
    "breakdowns",
    "came_of",
    "choices_of",
    "costing",
    "described",
    "findings_body",
    "findings_of",
    "found",
    "found_at_hand",
    "load_wave",
    "load_waves",
    "peers",
    "place_of",
    "places_of",
    "reckoned_area",
    "reckoned_report",
    "refused",
    "release",
    "report_at_hand",
    "report_body",
    "report_on",
    "results_of",
    "risk_at_hand",
    "risk_of",
    "shared_lines",
    "shown",
]

Came: TypeAlias = tuple[Loop, tuple[FoundResult, ...]]

KEPT_RESULTS = 32
_kept: OrderedDict[tuple[Hashable, ...], Results] = OrderedDict()
KEPT_CHARACTERS = 24_000_000
"""Of pages that are laid out: the largest, of 500 estates, has 1.6 million."""
_pages: OrderedDict[tuple[Hashable, ...], tuple[ReferenceType[object] | None, str]] = OrderedDict()
"""With what they show, where the key goes by its identity."""


@dataclass(frozen=True)
class Report:
    """A report to be shown: what it says, and which others there are of the round."""

    results: Results
    campaign_id: UUID
    estates: tuple[tuple[str, str], ...]
    """(id, name)."""
    areas: tuple[str, ...] = ()
    """Those of several estates, though not of all: what is told of them is another matter."""


async def report_on(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None
) -> Report:
    """The report on one estate, or on all. What it says is kept when it is first asked for.

    When the answers, or those of the round before, are deleted, it is the report that was kept. Raises as
    `load_wave`, AnswersDeleted when the answers are gone and this report was never asked for, and
    NoSuchEstateInRound.
    """
    at_hand = await report_at_hand(database, organisation_id, round_id, estate_id)
    return at_hand or await reckoned_report(database, organisation_id, round_id, estate_id)


async def report_at_hand(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None
) -> Report | None:
    """As `report_on`, None where the report must be reckoned first."""
    try:
        both = await load_waves(database, organisation_id, round_id)
    except AnswersDeleted:
        return await _kept_report(database, organisation_id, round_id, estate_id)
    if estate_id is not None and estate_id not in dict(_places(both)):
        raise NoSuchEstateInRound()
    if both.before_deleted:
        kept = await published.kept(database, organisation_id, round_id)
        if (then := kept.get(estate_id or published.ALL)) is not None:
            return Report(then, round_id, _places(both), _areas(both))
    results = _known(both, estate_id)
    if results is None:
        return None
    await published.keep(database, both, estate_id, results)
    return Report(results, round_id, _places(both), _areas(both))


async def reckoned_report(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None
) -> Report:
    """A report that was not at hand. Raises as `load_wave`."""
    both = await load_waves(database, organisation_id, round_id)
    results = await results_of(both, estate_id)
    await published.keep(database, both, estate_id, results)
    return Report(results, round_id, _places(both), _areas(both))


async def area_at_hand(database: Database, organisation_id: UUID, round_id: UUID, area: str) -> Report | None:
    """The report on an area, None where those on its estates must be reckoned first. It is made of those that
    were kept where the answers, or those of the round before, are deleted. Raises as `load_wave`,
    AnswersDeleted where not all of these were, and AreaNotTold."""
    try:
        both = await load_waves(database, organisation_id, round_id)
    except AnswersDeleted:
        every = await _kept_everywhere(database, organisation_id, round_id)
        if every is None:
            async with database.registry(organisation_id) as connection:
                day = (await rounds.find(connection, round_id)).answers_deleted_on
            raise AnswersDeleted(day=day) from None
        places = tuple((id, report.scope) for id, report in every.estates.items())
        return Report(await asyncio.to_thread(area_report, every, area), round_id, places, tuple(every.areas))
    every = None
    if both.before_deleted:
        every = await _kept_everywhere(database, organisation_id, round_id)
    every = every or known(both)
    if every is None:
        return None
    return Report(await _of_area(both, every, area), round_id, _places(both), _areas(both))


async def reckoned_area(database: Database, organisation_id: UUID, round_id: UUID, area: str) -> Report:
    """The report on an area that was not at hand. Raises as `load_wave`, and AreaNotTold."""
    every = await found(database, organisation_id, round_id)
    both = await load_waves(database, organisation_id, round_id)
    return Report(await _of_area(both, every, area), round_id, _places(both), _areas(both))


async def area_report_on(database: Database, organisation_id: UUID, round_id: UUID, area: str) -> Report:
    """As `report_on`, of an area."""
    at_hand = await area_at_hand(database, organisation_id, round_id, area)
    return at_hand or await reckoned_area(database, organisation_id, round_id, area)


async def _of_area(both: Waves, every: Everywhere, area: str) -> Results:
    key = _key(both, f"omrade:{area}")
    if key not in _kept:
        _remember(key, await asyncio.to_thread(area_report, every, area))
    return _kept[key]


async def _kept_everywhere(database: Database, organisation_id: UUID, round_id: UUID) -> Everywhere | None:
    """All reports of a round as they were kept; None where one of them never was."""
    kept = await published.kept(database, organisation_id, round_id)
    whole = kept.get(published.ALL)
    if whole is None or any(place.estate_id not in kept for place in whole.coverage):
        return None
    estates = {place.estate_id: kept[place.estate_id] for place in whole.coverage}
    return Everywhere(
        whole.organisation, round_id, whole.campaign, whole.wave_hash, "", whole, estates, (), ()
    )


def _places(both: Waves) -> tuple[tuple[str, str], ...]:
    return tuple((estate.id, estate.name) for estate in both.now.estates)


def _areas(both: Waves) -> tuple[str, ...]:
    of = Counter(estate.area for estate in both.now.estates)
    return tuple(sorted(area for area, estates in of.items() if 1 < estates < len(both.now.estates)))


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
    if (found := _known(both, estate_id)) is None:
        found = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        _remember(_key(both, estate_id), found)
    return found


def _remember(key: tuple[Hashable, ...], results: Results) -> None:
    _kept[key] = results
    while len(_kept) > KEPT_RESULTS:
        _kept.popitem(last=False)


def _known(both: Waves, estate_id: str | None) -> Results | None:
    if (every := known(both)) is not None:
        return every.whole if estate_id is None else every.estates.get(estate_id)
    return _kept.get(_key(both, estate_id))


def _key(both: Waves, estate_id: str | None) -> tuple[Hashable, ...]:
    # Two rounds with the same answers are still two rounds, and estates may get other names at any time.
    return estate_id, *(_identity(wave) for wave in (both.now, both.before) if wave)


def place_of(what: Everywhere, chosen: str) -> tuple[Level, str]:
    """'' all estates together, 'omrade:Nordbyen', 'leiegard:<id>'. NoSuchEstateInRound for any other."""
    words: dict[Level, str] = {"all": "", "area": "omrade:", "estate": "leiegard:"}
    known = {f"{words[place.level]}{place.id}": place for place in places_of(what)}
    if chosen not in known:
        raise NoSuchEstateInRound()
    return known[chosen].level, known[chosen].id


async def findings_of(what: Everywhere) -> FindingsList:
    """All that was found, as it is kept when the work on it begins."""
    return await asyncio.to_thread(findings_list, what)


async def release(database: Database, wave: Wave, language: str) -> Bundle:
    """Research data of the wave, which the ledger of breakdowns knows from then on. Raises ReleaseRefused."""
    return await breakdowns.release(database, wave, language)


async def risk_of(wave: Wave, language: str) -> str:
    """What the data would give away and what was done about it, as markup. Raises ReleaseRefused."""
    return await _laid_out(_risk(wave, language), lambda: release_pages.risk_body(protect(wave, language)))


def risk_at_hand(wave: Wave, language: str) -> bool:
    """Whether `risk_of` has it."""
    return (*_risk(wave, language), id(None)) in _pages


def _risk(wave: Wave, language: str) -> tuple[Hashable, ...]:
    return "risk", language, _identity(wave)


async def report_body(report: Report, language: str, came: Came) -> str:
    """The report as markup. `came`: see `came_of`."""
    results = report.results
    said = sha256(repr(came).encode()).hexdigest()
    return await _laid_out(
        ("report", language, said), lambda: landlord.web(results, language, *came), results
    )


async def came_of(
    database: Database, organisation_id: UUID, round_id: UUID, estate_id: str | None, area: str | None = None
) -> Came:
    """What came of the findings of the round, and those of the place, for its documents."""
    async with database.registry(organisation_id) as connection:
        return await telling.of_report(connection, round_id, estate_id, area)


async def findings_body(
    found: Everywhere,
    language: str,
    place: tuple[Level, str],
    kinds: Sequence[Kind],
    others: Sequence[Shared],
) -> str:
    """The findings of a place (`place_of`) as markup."""

    def make() -> str:
        return findings_page(found, language, place, kinds, others)

    if others:  # of theirs we would not know when it changes
        return await asyncio.to_thread(make)
    return await _laid_out(("findings", language, *place, *kinds), make, found)


async def _laid_out(key: tuple[Hashable, ...], make: Callable[[], str], of: object | None = None) -> str:
    key = (*key, id(of))
    shows, text = _pages.get(key, (None, ""))
    if not text or (of is not None and (shows is None or shows() is not of)):
        text = await asyncio.to_thread(make)
        _pages[key] = None if of is None else ref(of), text
        _pages.move_to_end(key)
        while len(_pages) > 1 and sum(len(page) for _, page in _pages.values()) > KEPT_CHARACTERS:
            _pages.popitem(last=False)
    return text


def _identity(wave: Wave) -> Hashable:
    return wave.campaign_id, wave.content_hash, wave.estates
