"""From the reports on the estates of an area to the report on the area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from forms.questionnaire import Questionnaire
from reports.areas.answered import area_bounds, area_modes, area_open_answers, dwellings_of, sum_known
from reports.areas.errors import AreaAlone, AreaHasAll, AreaNotTold, NoSuchArea
from reports.areas.items import area_items
from reports.areas.scores import area_cells
from reports.findings import places
from reports.findings.areas import (
    area_changes,
    area_levels,
    beside_their_areas,
    has_all_compared,
    unequal_places,
)
from reports.findings.everywhere import Everywhere, answering, headline_cells
from reports.findings.leads import Lead, ranked
from reports.findings.nothing import asked
from reports.inference.funnel import score_limits
from reports.inference.settings import FEWEST_ESTATES
from reports.results import Cell, Coverage, Finding, Limits, Results, Standing
from reports.rounding import outward

WIDEST_SPREAD = 50
"""Of scores from 0 to 100 within estates."""


def area_report(found: Everywhere, area: str) -> Results:
    """All that the report on an area may show: what follows from those on its estates, and from the funnel of
    the landlord's.

    Raises NoSuchArea; AreaAlone, AreaHasAll and AreaNotTold where another report has the answer.

    Source: our own rule, docs/methods.md.
    """
    own = [report for report in found.estates.values() if report.coverage[0].area == area]
    if not own or not area:
        raise NoSuchArea(area)
    if len(own) == 1:
        raise AreaAlone(area, own[0].scope)
    if area not in found.areas:
        raise AreaHasAll(area, found.organisation)
    if not _tells(found, own):
        raise AreaNotTold(area, found.organisation)
    return _results(found, area, own)


def areas_told(found: Everywhere) -> tuple[str, ...]:
    """Areas that there is a report on.

    Source: our own rule, docs/methods.md.
    """
    return tuple(area for area, reports in found.areas.items() if _tells(found, reports))


def _tells(found: Everywhere, reports: Sequence[Results]) -> bool:
    """Whether the area shows a score, or the answers to any question: as the list of findings has it."""
    form = found.whole.questionnaire
    return any(places.beside_the_rest(reports, name) for name in headline_cells(found.whole)) or any(
        places.share(reports, item.id) is not None for item in asked(form)
    )


def _results(found: Everywhere, area: str, reports: Sequence[Results]) -> Results:
    form, able = found.whole.questionnaire, answering(reports)
    coverage = tuple(report.coverage[0] for report in reports)
    counted = [place for place in coverage if place.n is not None]
    items, cells = area_items(form, reports), area_cells(reports)
    index = cells.get((None, None))
    bounds = area_bounds(form, able, items)
    leads = ranked(
        [],
        [
            *area_levels(form, reports),
            *area_changes(form, reports),
            *unequal_places(found).get(area, ()),
        ],
    )
    return replace(
        found.whole,
        scope=area,
        area=area,
        estate_id=None,
        modes=area_modes(able),
        invited=sum_known([place.invited for place in counted]),
        dwellings=dwellings_of(counted),
        n=sum(report.n for report in able),
        hidden=None,
        coverage=coverage,
        items=items,
        matrix=tuple(cell for (_, facet), cell in cells.items() if facet is not None),
        objects=tuple(cell for (thing, facet), cell in cells.items() if thing is not None and facet is None),
        index=index,
        by_estate=_by_estate(found, area, reports, index),
        associations=(),
        findings=tuple(_finding(area, lead) for lead in leads),
        nonresponse_bounds=bounds[0] if bounds else None,
        nonresponse_limits=bool(bounds and bounds[1]),
        previous_campaign=next((r.previous_campaign for r in reports if r.previous_campaign), None),
        weighted_otherwise=False,
        excluded_estates=len(reports) - len(able),
        few_everywhere=False,
        open_answers=area_open_answers(reports),
        scales=(),
        turned_of_all=next((report.turned_of_all for report in able if report.turned_of_all), ()),
        weighting=None,
        asked_otherwise=_asked_otherwise(form, reports),
        ways=None,
    )


def _asked_otherwise(form: Questionnaire, reports: Sequence[Results]) -> tuple[str, ...]:
    told = {name for report in reports for name in report.asked_otherwise}
    return tuple(item.id for item in form.items() if item.id in told)


def _finding(area: str, lead: Lead) -> Finding:
    """As the list of findings has it, to be told in the words of a report."""
    kind = "grade" if lead.variant in ("grade_high", "grade_low") else lead.variant
    values = {"scope": area, "low": int(lead.low), "high": int(lead.high), "n": lead.n, **lead.values}
    if lead.kind == "changed":
        values["points"] = int(lead.estimate)
    if lead.object is not None:
        values["object"] = lead.object
    return Finding(kind, lead.items, values, lead.weight, lead.left_out, lead.everybody)


def _by_estate(
    found: Everywhere, area: str, reports: Sequence[Results], index: Cell | None
) -> tuple[tuple[str, Cell], ...]:
    """The estates of the area, each as in its own report, beside one another."""
    at = {id: place for place, id in enumerate(found.estates)}
    told = found.whole.by_estate
    if not told:
        return ()
    standings = _standings(found, area, reports)
    rows = []
    for report in reports:
        name, cell = told[at[report.estate_id or ""]]
        standing = standings.get(report.estate_id or "", "unknown")
        rows.append((name, replace(cell, limits=(), lent=None, versus_rest=standing)))
    if index is None or index.score.value is None:
        return tuple(rows)
    return _with_limits(found.whole, index.score.value, reports, rows)


def _standings(found: Everywhere, area: str, reports: Sequence[Results]) -> Mapping[str, Standing]:
    """Of the index of each estate beside the rest of its area."""
    if has_all_compared(found, reports):  # the rest of the area is the rest of all
        return {
            row.estate_id: row.standing for row in found.contrasts if row.object is None and row.facet is None
        }
    return {
        own.row.report.estate_id or "": own.standing
        for own in beside_their_areas(found, found.areas)
        if own.area == area and own.object is None
    }


def _with_limits(
    whole: Results, about: float, reports: Sequence[Results], rows: list[tuple[str, Cell]]
) -> tuple[tuple[str, Cell], ...]:
    """With the limits of a funnel about the index of the area, where it has FEWEST_ESTATES and the funnel of
    the landlord tells how far people within an estate lie apart."""
    spread = _spread(whole)
    showing = sum(cell.score.value is not None for _, cell in rows)
    if spread is None or showing < FEWEST_ESTATES:
        return tuple(rows)
    limited = []
    for report, (name, cell) in zip(reports, rows, strict=True):
        limits: Limits = ()
        if cell.score.value is not None:
            size = _size(report.coverage[0], cell.score.n)
            limits = tuple(outward(*ends, 1) for ends in score_limits(about, spread, cell.score.n, size))
        limited.append((name, replace(cell, limits=limits)))
    return tuple(limited)


def _size(place: Coverage, n: int) -> int | None:
    return None if place.population is None else max(n, place.population)


def _spread(whole: Results) -> float | None:
    """In whole points, the one that the funnel of the landlord was drawn with: read off its limits."""
    about = whole.index.score.value if whole.index is not None else None
    drawn = [
        (cell, _size(place, cell.score.n))
        for place, (_, cell) in zip(whole.coverage, whole.by_estate, strict=True)
        if cell.limits
    ]
    if about is None or not drawn:
        return None
    for spread in range(1, WIDEST_SPREAD + 1):
        if all(
            tuple(outward(*ends, 1) for ends in score_limits(about, spread, cell.score.n, size))
            == cell.limits
            for cell, size in drawn
        ):
            return float(spread)
    return None
