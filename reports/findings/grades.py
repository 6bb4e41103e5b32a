"""The grade of participation that tenants feel, beside the one that the landlord declared."""

from __future__ import annotations

import math

from forms.questionnaire import Item
from reports.few_people import borne_by_more, nothing_estimated
from reports.findings import places
from reports.findings.everywhere import Everywhere, answering
from reports.findings.headlines import of_answers
from reports.findings.leads import APART, Lead
from reports.inference import Interval, difference, holm
from reports.results import Results
from reports.rounding import percent


def grade_gaps(found: Everywhere) -> dict[str, list[Lead]]:
    """By estate id, '' for all. Holm over all estates; that of all together is one claim by itself."""
    form, declared = found.whole.questionnaire, found.whole.declared_grade
    item = next((item for item in form.items() if item.role == "participation_grade"), None)
    if item is None or declared is None:
        return {}
    cut = {
        (estate_id, way): counts
        for estate_id, report in found.estates.items()
        for way in ("felt_below", "felt_above")
        if (counts := _beside(report, item, declared, way)) is not None
    }
    shares = {key: places.counted([row]).interval for key, row in cut.items()}
    stands = holm([difference(share, Interval(0.5, 0.5, 0.5, share.n)).p for share in shares.values()])
    sure = {key: share for (key, share), stand in zip(shares.items(), stands, strict=True) if stand}
    for way in ("felt_below", "felt_above"):
        rows = [row for (_, own), row in cut.items() if own == way]
        # A total only of estates that all show it: one that does not could be subtracted.
        if len(rows) > 1 and len(rows) == len(answering(found.estates.values())):
            sure["", way] = places.counted(rows).interval
    missing = of_answers(found.whole.coverage)
    gaps: dict[str, list[Lead]] = {}
    for (estate_id, way), share in sure.items():
        if not estate_id and missing == "many":
            continue
        low, high = math.floor(share.low * 100 + 1e-9), math.ceil(share.high * 100 - 1e-9)
        if low >= 50 and borne_by_more(share.value - 0.5, share.n):
            lead = Lead(
                kind="grade_gap",
                variant=way,
                measure="share",
                relation="at_least",
                reference=50,
                estimate=percent(share.value),
                low=low,
                high=high,
                n=share.n,
                weight=APART + share.low - 0.5,
                multiplicity="holm",
                family="estates of the round" if estate_id else "this claim alone",
                items=(item.id,),
                values={"percent": percent(share.value), "declared": declared},
                left_out="nobody" if estate_id else missing,
                everybody=nothing_estimated((share,)),
            )
            gaps.setdefault(estate_id, []).append(lead)
    return gaps


def _beside(report: Results, item: Item, declared: int, way: str) -> places.Row | None:
    """Of those on a lower (higher) step than the declared one; None when the bars of the
    estate do not show the cut."""
    result = report.items.get(item.id)
    if result is None or result.hidden or not result.segments:
        return None
    order = {step.code: place for place, step in enumerate(report.questionnaire.steps(item))}
    at = order.get(declared)
    if at is None:
        return None
    k = 0
    for segment in result.segments:
        outside = [order[code] < at if way == "felt_below" else order[code] > at for code in segment.codes]
        if any(outside) and not all(outside):
            return None
        k += segment.n if all(outside) else 0
    return k, result.n, places.dwellings(report, item.id), places.part(report, item.id)
