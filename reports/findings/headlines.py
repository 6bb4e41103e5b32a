"""Ranked findings in the shape of messages: `finding.{kind}` with `values`, strongest claim first.

Every finding is read off protected figures only, and none is made unless all of its 95 % interval supports
it. `item_ids` are the items whose text the sentence may quote. Percentages and scores are whole numbers
rounded half up; intervals are rounded outwards. `scope` is the name of the estate or organisation.

    kind              item_ids           values
    strong            (item,)            scope, percent, low, high, n        more than half answer well
    weak              (item,)            scope, percent, low, high, n        fewer than half answer well
    change_up         (item,)            scope, percent, before, points, low, high, n, previous
    change_down       (item,)            scope, percent, before, points, low, high, n, previous
    score_up          ()                 scope, object, score, before, points, low, high, n, previous
    score_down        ()                 scope, object, score, before, points, low, high, n, previous
    better_than_rest  ()                 scope, object, score, low, high, n  object: a key of labels
    worse_than_rest   ()                 scope, object, score, low, high, n    ("" is the index); of a facet
                                                                               that differs alone also facet
    influence         (factor, outcome)  scope, low, high, percent_low, percent_high, n_low, n_high
    participation_low (item,)            scope, percent, low, high, n        has a level, few answer well
    grade             (item,)            scope, percent, low, high, n        surely more, or fewer, than half
    grade_up          (item,)            as change_up                        have a high participation grade
    grade_down        (item,)            as change_down

`points`, `low`, `high` of a change are percentage points (of a score: points), positive upwards for every
kind of change. No claim is made that two people who answer otherwise could take back (`reports.few_people`).
Of several estates a finding is made only where the figure stands on all of them or on a large part
(`reports.left_out`), and `left_out` says which. A whole object that has changed weighs more than a single
question: many answers bear it. A claim stands where all of the printed interval bears it, and, of strong and
weak, where Benjamini and Hochberg over the questions of the scope agree: a list of leads of which on average
at most 5 % are false. `previous` is the name of the round before. Of participation grades more is not called
better. In `influence` percent_low and percent_high are the shares of good answers to the outcome among those
lowest and highest on the factor, low and high the interval of their difference in points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from forms.questionnaire import Item, Questionnaire
from reports.few_people import borne_by_more, nothing_estimated
from reports.inference import Interval, benjamini_hochberg, differences
from reports.left_out import left_out, most_left_out
from reports.results import Association, Cell, Coverage, Estimate, Finding, ItemResult, LeftOut, Results
from reports.rounding import percent, whole
from reports.trends import interval_of

PER_KIND = 3
"""At most so many findings of one kind; a long list is no list of findings."""

WHOLE_CHANGE = 0.5
"""Weight of a surely changed object: as much as a single question can weigh that is surely good or bad."""

CHANGED = {"better": "change_up", "worse": "change_down", "higher": "grade_up", "lower": "grade_down"}

Values = dict[str, str | int | float]


def findings(
    scope: str,
    questionnaire: Questionnaire,
    items: Mapping[str, ItemResult],
    cells: tuple[Cell, ...],
    associations: tuple[Association, ...],
    previous: str | None,
    missing: LeftOut = "nobody",
    against_half: Mapping[str, float] | None = None,
) -> tuple[Finding, ...]:
    """`missing`: who is not among the answers of the scope at all. `against_half`: question -> p of its share
    of good answers being a half, where that is at hand.

    At most PER_KIND of a kind, strongest first; the second of a kind weighs half, so that the first three
    differ."""
    found = _found(scope, questionnaire, items, cells, associations, previous, missing, against_half)
    return _ranked(found, PER_KIND)


def of_answers(coverage: Sequence[Coverage]) -> LeftOut:
    """Who is not in what all answers of the scope are counted for: the estates with too few."""
    inside = [estate.population for estate in coverage if estate.n is not None]
    return left_out(len(inside), len(coverage), 1, 1, inside, [estate.population for estate in coverage])


def every(results: Results) -> tuple[Finding, ...]:
    """All that a report could have told, read off its own protected figures; same order, no limit."""
    index = (results.index,) if results.index is not None else ()
    found = _found(
        results.scope,
        results.questionnaire,
        results.items,
        (*index, *results.objects, *results.matrix),
        results.associations,
        results.previous_campaign,
        of_answers(results.coverage),
    )
    return _ranked(found, len(found))


def _found(
    scope: str,
    questionnaire: Questionnaire,
    items: Mapping[str, ItemResult],
    cells: tuple[Cell, ...],
    associations: tuple[Association, ...],
    previous: str | None,
    missing: LeftOut,
    against_half: Mapping[str, float] | None = None,
) -> list[Finding]:
    asked = {item.id: item for item in questionnaire.items() if not item.background and not item.sensitive}
    shown = {name: result for name, result in items.items() if name in asked and result.hidden is None}
    return [
        *_levels(scope, asked, shown, against_half),
        *_changes(scope, shown, previous),
        *_score_changes(scope, cells, previous),
        *_rest(scope, cells),
        *(_influence(scope, asked, associations, missing) if missing != "many" else ()),
    ]


def _ranked(found: list[Finding], per_kind: int) -> tuple[Finding, ...]:
    kinds: dict[str, list[Finding]] = {}
    for finding in sorted(found, key=lambda f: (-f.weight, f.kind, f.item_ids)):
        kinds.setdefault(finding.kind, []).append(finding)
    ranked = [
        replace(f, weight=f.weight / (place + 1))
        for own in kinds.values()
        for place, f in enumerate(own[:per_kind])
    ]
    return tuple(_each_question_once_first(sorted(ranked, key=lambda f: (-f.weight, f.kind, f.item_ids))))


def _each_question_once_first(ranked: list[Finding]) -> list[Finding]:
    """What says more of a question already told (weak, and worse than last time) comes after all others."""
    told: set[tuple[str, ...]] = set()
    first: list[Finding] = []
    more: list[Finding] = []
    for finding in ranked:
        (more if finding.item_ids in told else first).append(finding)
        told |= {finding.item_ids} - {()}
    least = min((finding.weight for finding in first), default=0.0)
    return first + [replace(finding, weight=least / (place + 2)) for place, finding in enumerate(more)]


def _share_values(scope: str, estimate: Estimate) -> Values:
    value, low, high = estimate.value or 0.0, estimate.low or 0.0, estimate.high or 0.0
    return {
        "scope": scope,
        "percent": percent(value),
        "low": math.floor(low * 100 + 1e-9),
        "high": math.ceil(high * 100 - 1e-9),
        "n": estimate.n,
    }


def _levels(
    scope: str,
    asked: Mapping[str, Item],
    items: Mapping[str, ItemResult],
    against_half: Mapping[str, float] | None,
) -> Iterator[Finding]:
    """Items where more, or fewer, than half answer well for certain."""
    shares = {
        name: found.favourable
        for name, found in items.items()
        if found.favourable.left_out != "many" and found.favourable.value is not None
    }
    for name in _unlike_half(shares, against_half):
        result = items[name].favourable
        share = interval_of(result)
        if share is None:
            continue
        values, left = _share_values(scope, result), result.left_out
        grade = asked[name].role == "participation_grade"
        known = nothing_estimated((share,))
        # The printed interval must carry the claim too, not only the exact one.
        if int(values["low"]) >= 50 and share.low > 0.5:
            yield Finding("grade" if grade else "strong", (name,), values, share.low - 0.5, left, known)
        elif int(values["high"]) <= 50 and share.high < 0.5:
            kind = "grade" if grade else "participation_low" if asked[name].level else "weak"
            yield Finding(kind, (name,), values, 0.5 - share.high, left, known)


def _unlike_half(shares: Mapping[str, Estimate], against_half: Mapping[str, float] | None) -> list[str]:
    """Those that are told apart from half, with few false ones among them, and by more than two people."""
    if against_half is None:
        told = [share for own in shares.values() if (share := interval_of(own))]
        apart = differences(told, [Interval(0.5, 0.5, 0.5, share.n) for share in told])
        against_half = {name: found.p for name, found in zip(shares, apart, strict=True)}
    stands = benjamini_hochberg([against_half[name] for name in shares])
    return [
        name
        for (name, share), sure in zip(shares.items(), stands, strict=True)
        if sure and share.value is not None and borne_by_more(share.value - 0.5, share.n)
    ]


def _changes(scope: str, items: Mapping[str, ItemResult], previous: str | None) -> Iterator[Finding]:
    for name, result in items.items():
        change = result.change
        if previous is None or change is None or change.standing not in CHANGED:
            continue
        share = interval_of(result.favourable)
        if share is None or change.left_out == "many":
            continue
        now = percent(share.value)
        before = percent(share.value - change.difference)
        values: Values = {
            "scope": scope,
            "percent": now,
            "before": before,
            "points": now - before,
            "low": math.floor(change.low * 100 + 1e-9),
            "high": math.ceil(change.high * 100 - 1e-9),
            "n": share.n,
            "previous": previous,
        }
        if int(values["low"]) <= 0 <= int(values["high"]):  # as printed it would say nothing
            continue
        kind = CHANGED[change.standing]
        weight = 2 * max(change.low, -change.high)
        yield Finding(kind, (name,), values, weight, change.left_out, change.everybody)


def _score_changes(scope: str, cells: tuple[Cell, ...], previous: str | None) -> Iterator[Finding]:
    """The index or a whole object unlike last time."""
    for cell in cells:
        change = cell.change
        if previous is None or cell.facet is not None or change is None:
            continue
        score = interval_of(cell.score)
        if (
            score is None
            or change.standing not in ("better", "worse")
            or not change.difference
            or change.left_out == "many"
        ):
            continue
        now = whole(score.value)
        values: Values = {
            "scope": scope,
            "object": cell.object or "",
            "score": now,
            "before": now - whole(change.difference),
            "points": whole(change.difference),
            "low": math.floor(change.low),
            "high": math.ceil(change.high),
            "n": score.n,
            "previous": previous,
        }
        if int(values["low"]) <= 0 <= int(values["high"]):
            continue
        kind = "score_up" if change.standing == "better" else "score_down"
        # An object says what has changed, the index only that something has.
        sure = max(change.low, -change.high) / 100
        weight = (WHOLE_CHANGE if cell.object else WHOLE_CHANGE / 2) + sure
        yield Finding(kind, (), values, weight, change.left_out, change.everybody)


def _rest(scope: str, cells: tuple[Cell, ...]) -> Iterator[Finding]:
    """Unlike the others: the index, a whole object, or a facet that stands otherwise than its object."""
    standing = {cell.object: cell.versus_rest for cell in cells if cell.facet is None}
    for cell in cells:
        if cell.versus_rest not in ("better", "worse"):
            continue
        if cell.facet is not None and cell.versus_rest == standing.get(cell.object):
            continue
        score = interval_of(cell.score)
        if score is None:
            continue
        values: Values = {
            "scope": scope,
            "object": cell.object or "",
            **({"facet": cell.facet} if cell.facet is not None else {}),
            "score": whole(score.value),
            "low": math.floor(score.low),
            "high": math.ceil(score.high),
            "n": score.n,
        }
        weight = 0.3 if cell.object is None else 0.2 if cell.facet is None else 0.15
        known = cell.score.everybody
        yield Finding(f"{cell.versus_rest}_than_rest", (), values, weight, everybody=known)


def _influence(
    scope: str, asked: Mapping[str, Item], associations: tuple[Association, ...], missing: LeftOut
) -> Iterator[Finding]:
    """More say, more satisfied: for questions about influence, and only when the ends are surely apart."""
    for association in associations:
        factor = asked.get(association.factor)
        if factor is None or factor.level is None or not association.distinguishable:
            continue
        left = most_left_out(missing, association.left_out)
        if left == "many":
            continue
        lowest, highest = association.rows[0][1], association.rows[-1][1]
        bottom, top = interval_of(lowest), interval_of(highest)
        if bottom is None or top is None:
            continue
        gap = interval_of(association.apart)
        if gap is None or math.floor(gap.low * 100 + 1e-9) < 1 or association.gamma <= 0:
            continue
        values: Values = {
            "scope": scope,
            "low": math.floor(gap.low * 100 + 1e-9),
            "high": math.ceil(gap.high * 100 - 1e-9),
            "percent_low": percent(bottom.value),
            "percent_high": percent(top.value),
            "n_low": bottom.n,
            "n_high": top.n,
        }
        yield Finding("influence", (association.factor, association.outcome), values, 0.2 + gap.low, left)
