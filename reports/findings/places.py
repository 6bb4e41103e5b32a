"""Areas, from what the reports on their estates show and nothing else.

What can be reckoned from shown figures gives nobody away that they do not. Estates that hide a figure are
left out of it, and `of` says how many went in. Where too many are, nothing is said of the area.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.findings.everywhere import headline_cells
from reports.inference import Difference, Interval, Stratum, difference, stratified_share, weights
from reports.left_out import left_out
from reports.results import Change, LeftOut, Results
from reports.rounding import half_up
from reports.trends import interval_of

Row = tuple[int, int, int | None, float]
"""k of n answers in an estate, its `dwellings`, its `part`."""


@dataclass(frozen=True)
class Pooled:
    """A figure over `of` estates."""

    interval: Interval
    of: int
    left_out: LeftOut = "nobody"


def dwellings(report: Results, item_id: str) -> int | None:
    """How many the answers to an item stand for, as `Groundwork.finite` has it, from shown figures."""
    population, item = report.coverage[0].population, report.items[item_id]
    if population is None:
        return None
    if item_id in report.questionnaire.put_to_some():
        return population - (report.n - item.n)
    return population - sum(item.special.values())


def part(report: Results, item_id: str) -> float:
    """Of those who answered at all, the part that answered this question, where it was put to some only; else
    1. As `Groundwork.parts` has it."""
    some = item_id in report.questionnaire.put_to_some()
    return report.items[item_id].n / report.n if some else 1.0


def share(reports: Sequence[Results], item_id: str) -> Pooled | None:
    """Share of good answers over the estates that show theirs; None when fewer than two do, or too many
    do not.

    `reports`: on all estates of the area, those with nothing to show as well.
    """
    missing = left_out_of_item(reports, item_id)
    rows = [
        (round(found.value * found.n), found.n, dwellings(report, item_id), part(report, item_id))
        for report in reports
        if item_id in report.items and (found := interval_of(report.items[item_id].favourable))
    ]
    return replace(counted(rows), left_out=missing) if len(rows) > 1 and missing != "many" else None


def left_out_of_item(
    reports: Sequence[Results], item_id: str, able: Sequence[Results] | None = None
) -> LeftOut:
    """Who is not in a figure over the `able`: those that show their share of good answers unless told."""
    asked = [report for report in reports if item_id in report.items]
    if able is None:
        able = [report for report in asked if interval_of(report.items[item_id].favourable)]
    inside = sum(report.items[item_id].n for report in able)
    answers = sum(report.items[item_id].n for report in asked)
    return left_out(len(able), len(reports), inside, answers, _population(able), _population(reports))


def _population(reports: Sequence[Results]) -> list[int | None]:
    return [report.coverage[0].population for report in reports]


def counted(rows: Sequence[Row]) -> Pooled:
    k, n, sizes, parts = (list(column) for column in zip(*rows, strict=True))
    return Pooled(stratified_share(k, n, sizes, parts=parts), len(rows))


def change(reports: Sequence[Results], item_id: str) -> tuple[Change, Difference, Pooled] | None:
    """The change over the estates that show theirs: weighted, their intervals together (as independent
    samples), and the share they have now. `standing` is not set: it depends on what else is claimed."""
    able = [report for report in reports if item_id in report.items and report.items[item_id].change]
    now = share(able, item_id)
    missing = left_out_of_item(reports, item_id, able)
    if now is None or missing == "many":
        return None
    parts = [found for report in able if (found := report.items[item_id].change)]
    strata = [
        Stratum(report.items[item_id].n, 0.0, 0.0, _homes(report, item_id), part=part(report, item_id))
        for report in able
    ]
    w = weights(strata).tolist()
    value = sum(a * part.difference for a, part in zip(w, parts, strict=True))
    down = math.hypot(*(a * (part.difference - part.low) for a, part in zip(w, parts, strict=True)))
    up = math.hypot(*(a * (part.high - part.difference) for a, part in zip(w, parts, strict=True)))
    apart = difference(Interval(value, value - down, value + up, now.interval.n), Interval(0, 0, 0, 0))
    known = all(part.everybody for part in parts)
    low, high = max(-1.0, apart.low), min(1.0, apart.high)
    return Change(apart.value, low, high, "unknown", missing, known), apart, now


@dataclass(frozen=True)
class Beside:
    """An estate that shows its score beside the others of its area that do. `n`: of the smaller side."""

    report: Results
    apart: Difference
    own: int
    n: int
    left_out: LeftOut
    everybody: bool


def beside_the_rest(reports: Sequence[Results], object: str | None) -> list[Beside]:
    """Of each estate that shows its score; none where too many do not."""
    able = [
        (report, score)
        for report in reports
        if (cell := headline_cells(report).get(object)) and (score := interval_of(cell.score))
    ]
    known = all(headline_cells(report)[object].score.everybody for report, _ in able)
    told = [cell.score.n for report in reports if (cell := headline_cells(report).get(object))]
    inside, homes = _population([report for report, _ in able]), _population(reports)
    n = sum(score.n for _, score in able)
    missing = left_out(len(able), len(reports), n, sum(told), inside, homes)
    found = []
    for report, own in able if missing != "many" else ():
        others = [(other, score) for other, score in able if other is not report]
        if others:
            rest = _together([other for other, _ in others], [score for _, score in others])
            apart = difference(own, rest)
            found.append(Beside(report, apart, own.n, min(own.n, rest.n), missing, known))
    return found


def _together(reports: Sequence[Results], scores: Sequence[Interval]) -> Interval:
    strata = [
        Stratum(score.n, 0.0, 0.0, report.coverage[0].population)
        for report, score in zip(reports, scores, strict=True)
    ]
    w = weights(strata).tolist()
    value = sum(a * score.value for a, score in zip(w, scores, strict=True))
    down = math.hypot(*(a * (score.value - score.low) for a, score in zip(w, scores, strict=True)))
    up = math.hypot(*(a * (score.high - score.value) for a, score in zip(w, scores, strict=True)))
    return Interval(value, value - down, value + up, sum(score.n for score in scores))


def _homes(report: Results, item_id: str) -> int | None:
    """What an estate weighs in a change: all its homes, whoever said that the question is not theirs."""
    whole = part(report, item_id) >= 1
    return report.coverage[0].population if whole else dwellings(report, item_id)


def outward_points(found: Difference | Change) -> tuple[int, int, int]:
    """A difference of shares in whole percentage points: value, and the interval outwards."""
    value = found.value if isinstance(found, Difference) else found.difference
    low, high = math.floor(found.low * 100 + 1e-9), math.ceil(found.high * 100 - 1e-9)
    points = int(half_up(value * 100))
    return points, min(low, points), max(high, points)
