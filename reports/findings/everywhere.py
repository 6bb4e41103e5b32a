"""All protected reports of a round at once, and the three kinds of figures that no single report has.

Contrasts (one estate against the others together) are those that the words of the reports rest on: of whole
objects and the index, and of facets that differ alone. How an answer goes with the overall one is told for
all estates together, of questions whose association a report may show, from FEWEST_TO_PUBLISH_RELIABILITY
answers on, to two decimals, its base to fives. It is reckoned from answers merged until every cell of the
table holds five: with few steps and few people, one number and its interval can tell the whole table.
The model: `together`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from forms.versions import Change, compare
from reports.associations import common, crossed_by_estate, merged, outcome_of
from reports.compute import compute, compute_each
from reports.contrasts import Contrast, contrasts, told_alone
from reports.disclosure import rounded_base
from reports.findings.strengths import Told, told_strength
from reports.inference import holm
from reports.inference.importance import Importance, derived
from reports.inference.settings import FEWEST_TO_PUBLISH_RELIABILITY
from reports.results import Cell, LeftOut, Results
from reports.scope import Groundwork, Scope
from reports.together import Together, together
from reports.waves import Wave


@dataclass(frozen=True)
class Driver:
    """How strongly the answers to an item go with the overall question: tau-b to two decimals, its interval
    outwards, as finely as leaves every estate its own table (`told_strength`)."""

    item_id: str
    strength: float
    low: float
    high: float
    n: int
    sure: bool
    """The printed interval leaves out 0, and so does Holm's test over all items, from what is printed."""
    left_out: LeftOut = "nobody"
    """As of its association. 'many': nothing is said of all by it."""


@dataclass(frozen=True)
class Everywhere:
    """`before_hash`: of the sealed wave before, '' when there is none."""

    organisation: str
    campaign_id: UUID
    campaign: str
    wave_hash: str
    before_hash: str
    whole: Results
    estates: Mapping[str, Results]
    """By id, in the order of the wave."""
    contrasts: tuple[Contrast, ...]
    """Of whole objects and the index; of facets those that surely differ while their object does not."""
    drivers: tuple[Driver, ...]
    """Strongest first."""
    together: Together | None = None
    """The strongest of them in one model."""
    changed: Mapping[str, Change] = field(default_factory=dict)
    """Questions, by id, that the wave before asked otherwise, and how: their trend ends."""

    @property
    def areas(self) -> dict[str, tuple[Results, ...]]:
        """Area -> its estates, of areas with two estates or more; not one that has them all, which would be
        told twice."""
        found: dict[str, list[Results]] = {}
        for report in self.estates.values():
            found.setdefault(report.coverage[0].area, []).append(report)
        several = (pair for pair in sorted(found.items()) if 1 < len(pair[1]) < len(self.estates))
        return {area: tuple(reports) for area, reports in several}


def everywhere(wave: Wave, previous: Wave | None = None) -> Everywhere:
    """Everything that the findings of a round are read off. `previous`: the wave before in its series."""
    ground = Groundwork.of(wave)
    compared = contrasts(ground)
    whole, estates = compute_each(ground, Groundwork.of(previous) if previous else None, compared)
    return replace(
        _reports(wave, previous, whole, estates),
        contrasts=told_alone(compared),
        drivers=_drivers(ground, whole),
        together=together(ground, whole),
        changed=_changed(wave, previous),
    )


def reports_alone(wave: Wave, previous: Wave | None = None, *, each: bool = True) -> Everywhere:
    """The reports and nothing that is said across them; not `each`: that on all alone."""
    if not each:
        return _reports(wave, previous, compute(wave, None, previous), {})
    ground = Groundwork.of(wave)
    then = Groundwork.of(previous) if previous else None
    return _reports(wave, previous, *compute_each(ground, then, contrasts(ground)))


def _reports(wave: Wave, previous: Wave | None, whole: Results, estates: Mapping[str, Results]) -> Everywhere:
    return Everywhere(
        organisation=wave.organisation,
        campaign_id=wave.campaign_id,
        campaign=wave.campaign,
        wave_hash=wave.content_hash,
        before_hash=previous.content_hash if previous else "",
        whole=whole,
        estates=estates,
        contrasts=(),
        drivers=(),
    )


def _changed(wave: Wave, previous: Wave | None) -> dict[str, Change]:
    if previous is None:
        return {}
    broken = compare(previous.questionnaire, wave.questionnaire).broken
    return {change.after: change for change in broken if change.after is not None}


def answering(reports: Iterable[Results]) -> list[Results]:
    """Those that may tell anything at all."""
    return [report for report in reports if report.hidden is None]


def headline_cells(report: Results) -> dict[str | None, Cell]:
    """Object -> its score; None: the index."""
    index = () if report.index is None else (report.index,)
    return {cell.object: cell for cell in (*index, *report.objects)}


def _drivers(ground: Groundwork, whole: Results) -> tuple[Driver, ...]:
    form = ground.wave.questionnaire
    outcome = outcome_of(form)
    if outcome is None:
        return ()
    scope, tables = Scope.of(ground, None), {}
    for found in whole.associations:
        factor = form.item(found.factor)
        shared = common(scope, factor, outcome)
        if shared is not None:
            each = crossed_by_estate(scope, factor, outcome)[list(shared.estates)]
            tables[factor.id] = merged(form, factor, outcome, each, (shared.rows, shared.columns))
    enough = {name: table for name, table in tables.items() if table.sum() >= FEWEST_TO_PUBLISH_RELIABILITY}
    rows = derived(enough, whole.population)  # type: ignore[arg-type]
    told = [told_strength(enough[row.name], row.strength.low, row.strength.high) for row in rows]
    stands = holm([own.p for own in told])
    missing = {found.factor: found.left_out for found in whole.associations}
    return tuple(
        _driver(row, own, sure, missing[row.name]) for row, own, sure in zip(rows, told, stands, strict=True)
    )


def _driver(row: Importance, told: Told, sure: bool, missing: LeftOut) -> Driver:
    apart = told.low > 0 or told.high < 0
    n = rounded_base(row.strength.n)
    return Driver(row.name, told.value, told.low, told.high, n, sure and apart, missing)
