"""Findings about areas, from the pooled figures of `places.py`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from forms.questionnaire import Questionnaire
from reports.few_people import HALF_SCALE, borne_by_more, nothing_estimated
from reports.findings import places
from reports.findings.everywhere import Everywhere, headline_cells
from reports.findings.leads import APART, Lead
from reports.findings.nothing import asked
from reports.findings.of_reports import level_lead
from reports.inference import Difference, Interval, benjamini_hochberg, difference, holm
from reports.results import LeftOut, Results
from reports.rounding import half_up, percent


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


def _all_in_one(found: Everywhere) -> dict[str, tuple[Results, ...]]:
    """All estates, where they are of one area."""
    reports = tuple(found.estates.values())
    one = len({report.coverage[0].area for report in reports}) == 1
    return {"": reports} if one and len(reports) > 1 else {}


def unequal_places(found: Everywhere) -> dict[str, list[Lead]]:
    """Estates that surely lie below the rest of their area, which its mean hides. Holm over all areas.

    By area; '' for all estates together, where one area has them all.
    """
    rows: list[tuple[str, str | None, Results, Difference, int, int, LeftOut]] = [
        (area, name, report, apart, n, others, missing)
        for area, reports in (found.areas or _all_in_one(found)).items()
        for name in headline_cells(found.whole)
        for report, apart, n, others, missing in places.below_the_rest(reports, name)
    ]
    stands = holm([row[3].p for row in rows])
    unequal: dict[str, list[Lead]] = {}
    for (area, name, report, apart, n, others, missing), sure in zip(rows, stands, strict=True):
        points, low, high = int(half_up(apart.value)), math.floor(apart.low), math.ceil(apart.high)
        if sure and high < 0 and borne_by_more(apart.value, min(n, others), 100 * HALF_SCALE):
            lead = Lead(
                kind="hidden_inequality",
                variant="below_its_area",
                measure="score_difference",
                relation="below",
                reference=0,
                estimate=points,
                low=low,
                high=high,
                n=n,
                weight=APART - apart.high / 100,
                multiplicity="holm",
                family="estates of areas x scores",
                object=name or "",
                values={"points": abs(points), "estate": report.scope},
                about=report.estate_id or "",
                left_out=missing,
                everybody=apart.high - apart.low < 1e-9,
            )
            unequal.setdefault(area, []).append(lead)
    return unequal
