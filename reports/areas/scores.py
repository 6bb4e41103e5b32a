"""The index of an area and its parts, from the scores that its estates print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reports.areas.items import AREA, Reports, joined
from reports.few_people import HALF_SCALE, borne_by_more
from reports.index import Key
from reports.inference import Difference, Interval, Stratum, difference, holm, weights
from reports.items import hidden
from reports.left_out import left_out
from reports.results import Cell, Change, Results, Standing
from reports.rounding import half_up, outward
from reports.trends import told_apart


def area_cells(reports: Reports) -> dict[Key, Cell]:
    """Every score that a report on an estate tells of, in their order.

    Source: our own rule, docs/methods.md.
    """
    keys = list(dict.fromkeys(key for report in reports for key in cells_of(report)))
    cells = {key: _cell(reports, key) for key in keys}
    changes = _changes(reports, [key for key, cell in cells.items() if cell.score.value is not None])
    return {key: replace(cell, change=changes.get(key)) for key, cell in cells.items()}


def cells_of(report: Results) -> dict[Key, Cell]:
    """All scores of a report.

    Source: a definition; nothing is estimated.
    """
    index = () if report.index is None else (report.index,)
    return {(cell.object, cell.facet): cell for cell in (*index, *report.objects, *report.matrix)}


def _able(reports: Reports, key: Key) -> list[Results]:
    return [
        report for report in reports if (cell := cells_of(report).get(key)) and cell.score.value is not None
    ]


def _cell(reports: Reports, key: Key) -> Cell:
    told = [cell.score for report in reports if (cell := cells_of(report).get(key))]
    able = _able(reports, key)
    reasons = {score.hidden for score in told}
    if len(reasons) == 1 and None not in reasons:
        return Cell(*key, told[0])
    scores = [cells_of(report)[key].score for report in able]
    inside, homes = ([report.coverage[0].population for report in some] for some in (able, reports))
    n = sum(score.n for score in scores)
    missing = left_out(len(able), len(reports), n, sum(score.n for score in told), inside, homes)
    score = joined(scores, _weights(able, key)) if len(able) > 1 and missing != "many" else None
    return Cell(*key, hidden(AREA) if score is None else replace(score, left_out=missing))


def _weights(able: Sequence[Results], key: Key) -> list[float]:
    strata = [
        Stratum(cells_of(report)[key].score.n, 0.0, 0.0, report.coverage[0].population) for report in able
    ]
    found: list[float] = weights(strata).tolist()
    return found


def _changes(reports: Reports, keys: Sequence[Key]) -> dict[Key, Change]:
    """Over the estates that tell theirs, in whole points: better or worse where Holm's test (objects and the
    index a family of their own) and the printed interval both say so, as in the report on all."""
    found = {key: made for key in keys if (made := _change(reports, key)) is not None}
    headlines = {key: made for key, made in found.items() if key[1] is None}
    sure = _sure(found) | _sure(headlines)
    return {
        key: replace(change, standing=_standing(change, sure[key])) for key, (change, _, _) in found.items()
    }


def _change(reports: Reports, key: Key) -> tuple[Change, Difference, int] | None:
    """With its test, and how many answered."""
    able = [report for report in _able(reports, key) if cells_of(report)[key].change is not None]
    parts = [change for report in able if (change := cells_of(report)[key].change) is not None]
    told = [cell.score.n for report in reports if (cell := cells_of(report).get(key))]
    scores = [cells_of(report)[key].score.n for report in able]
    inside, homes = ([report.coverage[0].population for report in some] for some in (able, reports))
    missing = left_out(len(able), len(reports), sum(scores), sum(told), inside, homes)
    if len(able) < 2 or missing == "many":
        return None
    w = _weights(able, key)
    value = sum(a * part.difference for a, part in zip(w, parts, strict=True))
    down = math.hypot(*(a * (part.difference - part.low) for a, part in zip(w, parts, strict=True)))
    up = math.hypot(*(a * (part.high - part.difference) for a, part in zip(w, parts, strict=True)))
    # Of what everybody answered each side is rounded, to half a point.
    low, high = outward(value - max(down, 1.0), value + max(up, 1.0), 1)
    apart = difference(Interval(value, value - down, value + up, sum(scores)), Interval(0, 0, 0, 0))
    known = all(part.everybody for part in parts)
    change = Change(half_up(value), max(-100.0, low), min(100.0, high), "unknown", missing, known)
    return change, apart, sum(scores)


def _sure(found: Mapping[Key, tuple[Change, Difference, int]]) -> dict[Key, bool]:
    stands = holm([apart.p for _, apart, _ in found.values()])
    return {
        key: sure and borne_by_more(apart.value, n, 100 * HALF_SCALE)
        for (key, (_, apart, n)), sure in zip(found.items(), stands, strict=True)
    }


def _standing(change: Change, sure: bool) -> Standing:
    if not sure or not change.difference or not told_apart(change.low, change.high):
        return "same"
    return "better" if change.low > 0 else "worse"
