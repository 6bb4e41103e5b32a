"""Findings about areas, from the pooled figures of `places.py`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.questionnaire import Questionnaire
from reports.contrasts import Contrast
from reports.few_people import HALF_SCALE, borne_by_more, nothing_estimated
from reports.findings import places
from reports.findings.everywhere import Everywhere, answering, headline_cells
from reports.findings.leads import APART, Lead
from reports.findings.nothing import asked
from reports.findings.of_reports import level_lead
from reports.inference import Interval, benjamini_hochberg, difference, holm
from reports.results import LeftOut, Results, Standing
from reports.rounding import half_up, percent

ROUNDED = 1
"""Points that the difference of two scores in whole points may be off."""


def area_levels(form: Questionnaire, reports: Sequence[Results]) -> Iterator[Lead]:
    """Questions that more, or fewer, than half surely answer well. `reports`: on the estates of the area."""
    pooled = {item.id: found for item in asked(form) if (found := places.share(reports, item.id)) is not None}
    shares = {name: found.interval for name, found in pooled.items()}
    apart = [difference(share, Interval(0.5, 0.5, 0.5, share.n)) for share in shares.values()]
    stands = benjamini_hochberg([d.p for d in apart])
    for (name, share), sure in zip(shares.items(), stands, strict=True):
        low, high = math.floor(share.low * 100 + 1e-9), math.ceil(share.high * 100 - 1e-9)
        if sure and (low >= 50 or high <= 50) and borne_by_more(share.value - 0.5, share.n):
            item = form.item(name)
            weak = "participation_low" if item.level else "weak"
            variant = "grade" if item.role == "participation_grade" else "strong" if low >= 50 else weak
            weight = max(share.low - 0.5, 0.5 - share.high)
            told = percent(share.value), low, high
            base = share.n, nothing_estimated((share,))
            yield level_lead(variant, (name,), told, base, weight, pooled[name].left_out)


def area_changes(form: Questionnaire, reports: Sequence[Results]) -> Iterator[Lead]:
    """Questions that the area surely answers otherwise than in the wave before. `reports`: as above."""
    previous = next((report.previous_campaign for report in reports if report.previous_campaign), None)
    found = {item.id: made for item in asked(form) if (made := places.change(reports, item.id)) is not None}
    stands = holm([apart.p for _, apart, _ in found.values()])
    for (name, (change, _, now)), sure in zip(found.items(), stands, strict=True):
        points, low, high = places.outward_points(change)
        sure = sure and borne_by_more(change.difference, now.interval.n)
        if previous is None or not sure or low <= 0 <= high:
            continue
        up = low > 0
        grade = form.item(name).role == "participation_grade"
        share = percent(now.interval.value)
        yield Lead(
            kind="changed",
            variant=("grade_" if grade else "change_") + ("up" if up else "down"),
            measure="share_difference",
            relation="above" if up else "below",
            reference=0,
            estimate=points,
            low=low,
            high=high,
            n=now.interval.n,
            weight=2 * max(change.low, -change.high),
            multiplicity="holm",
            family="questions of the place",
            items=(name,),
            values={"percent": share, "before": share - points, "previous": previous, "points": abs(points)},
            left_out=change.left_out,
            everybody=change.everybody,
        )


def unequal_places(found: Everywhere) -> dict[str, list[Lead]]:
    """Estates that surely lie below the rest of their area, which its mean hides.

    By area; '' for all estates together, where one area has them all. Where all that can be compared at all
    lie in one area, the rest of it is what each estate is set against everywhere (`reports.contrasts`), and
    that comparison counts: Holm over the round. Else it is made of what the estates of the area print, Holm
    over all areas.
    """
    areas = found.areas or {"": tuple(found.estates.values())}
    for area, reports in areas.items():
        if has_all_compared(found, reports):
            own = [_below(found, row) for row in found.contrasts if row.sure and row.facet is None]
            return {area: [lead for lead in own if lead.borne]}
    unequal: dict[str, list[Lead]] = {}
    for apart in beside_their_areas(found, areas):
        if apart.standing == "worse":
            row = apart.row
            score = apart.object, apart.points, apart.low, apart.high, row.own
            lead = _lower(row.report, score, "estates of areas x scores", row.left_out, row.everybody)
            unequal.setdefault(apart.area, []).append(lead)
    return unequal


@dataclass(frozen=True)
class BesideItsArea:
    """A score of an estate (`object` None: the index) less that of the others of its area, in whole points,
    the interval outwards."""

    area: str
    object: str | None
    row: places.Beside
    points: int
    low: int
    high: int
    standing: Standing


def beside_their_areas(found: Everywhere, areas: Mapping[str, Sequence[Results]]) -> list[BesideItsArea]:
    """Of every estate that shows its score, in areas with others that do: made of what the estates of the
    area print, Holm over all these areas.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    rows = [
        (area, name, row)
        for area, reports in areas.items()
        for name in headline_cells(found.whole)
        for row in places.beside_the_rest(reports, name)
    ]
    stands = holm([row.apart.p for _, _, row in rows])
    told = []
    for (area, name, row), sure in zip(rows, stands, strict=True):
        low, high = math.floor(row.apart.low), math.ceil(row.apart.high)
        # Of what everybody answered both sides are rounded, and nothing else is in doubt.
        apart = abs(row.apart.value) - (ROUNDED if row.everybody else 0)
        sure = sure and (high < 0 or low > 0) and apart > 0 and borne_by_more(apart, row.n, 100 * HALF_SCALE)
        standing: Standing = "same" if not sure else "worse" if high < 0 else "better"
        told.append(BesideItsArea(area, name, row, int(half_up(row.apart.value)), low, high, standing))
    return told


def has_all_compared(found: Everywhere, reports: Sequence[Results]) -> bool:
    """Whether all estates that tell anything are these: the rest of their area is then the rest of all.

    Source: a definition; nothing is estimated.
    """
    compared = {report.estate_id for report in answering(found.estates.values())}
    return compared <= {report.estate_id for report in reports}


def _below(found: Everywhere, row: Contrast) -> Lead:
    score = row.object, row.points, row.low, row.high, row.n
    return _lower(
        found.estates[row.estate_id], score, "estates x scores of the round", "nobody", row.everybody
    )


def _lower(
    report: Results,
    score: tuple[str | None, int, int, int, int],
    family: str,
    missing: LeftOut,
    everybody: bool,
) -> Lead:
    """`score`: the object, None the index; points apart with their interval, and n."""
    name, points, low, high, n = score
    return Lead(
        kind="hidden_inequality",
        variant="below_its_area",
        measure="score_difference",
        relation="below",
        reference=0,
        estimate=points,
        low=low,
        high=high,
        n=n,
        weight=APART - high / 100,
        multiplicity="holm",
        family=family,
        object=name or "",
        values={"points": abs(points), "estate": report.scope},
        about=report.estate_id or "",
        left_out=missing,
        everybody=everybody,
    )
