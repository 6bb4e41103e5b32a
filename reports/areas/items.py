"""Questions of an area: bars, shares of good answers and means, from those of its estates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forms.questionnaire import Item, Questionnaire
from reports.disclosure import UNSCORED
from reports.few_people import borne_by_more
from reports.findings import places
from reports.findings.nothing import asked
from reports.inference import Stratum, holm, weights
from reports.items import hidden
from reports.left_out import most_left_out
from reports.results import Change, Estimate, ItemResult, Results, Segment, Standing
from reports.rounding import half_up, outward
from reports.trends import UNRANKED, interval_of, told_apart

AREA = "hidden.area"
"""Too few estates of the area show the figure: it would be theirs, and not the area's."""

Reports = Sequence[Results]
"""Of all estates of an area, those with nothing to show as well."""


def area_items(form: Questionnaire, reports: Reports) -> dict[str, ItemResult]:
    """Every question that a report on an estate tells of.

    Source: our own rule, docs/methods.md.
    """
    found = {item.id: _item(form, reports, item) for item in form.items() if _asking(reports, item.id)}
    changes = _changes(form, reports)
    return {name: replace(result, change=changes.get(name)) for name, result in found.items()}


def _asking(reports: Reports, item_id: str) -> list[Results]:
    return [report for report in reports if item_id in report.items]


def _item(form: Questionnaire, reports: Reports, item: Item) -> ItemResult:
    told = [report.items[item.id] for report in _asking(reports, item.id)]
    if item.kind != "choice":
        return _chosen(reports, item, told)
    good = places.share(reports, item.id)
    unscored = all(own.favourable.hidden == UNSCORED for own in told if own.hidden is None)
    able = [
        report
        for report in _asking(reports, item.id)
        if report.items[item.id].segments
        and (unscored or interval_of(report.items[item.id].favourable) is not None)
    ]
    missing = places.left_out_of_item(reports, item.id, able)
    if len(able) < 2 or missing == "many":
        return _nothing(item, told)
    n = sum(report.items[item.id].n for report in able)
    segments = _bar(form, item, able)
    share = hidden(UNSCORED if unscored else AREA, n)
    if good is not None:
        own = good.interval
        share = Estimate(own.value, own.low, own.high, own.n, left_out=good.left_out)
    return ItemResult(
        item_id=item.id,
        n=n,
        special=_special(told),
        segments=segments,
        favourable=share,
        mean=_mean(item, able, n, unscored=unscored),
        hidden=None if segments else AREA,
        left_out=missing,
    )


def _nothing(item: Item, told: Sequence[ItemResult]) -> ItemResult:
    """Why there is nothing: what all estates say, where they say the same."""
    reasons = {own.hidden for own in told if own.hidden is not None}
    shown = any(own.hidden is None for own in told)
    (why,) = reasons if len(reasons) == 1 and not shown else (AREA,)
    return ItemResult(item.id, 0, {}, (), hidden(why), hidden(why), hidden=why)


def _special(told: Sequence[ItemResult]) -> dict[int, int]:
    """Answers outside the scale that every estate tells the number of."""
    codes = set.intersection(*(set(own.special) for own in told)) if told else set()
    return {code: sum(own.special[code] for own in told) for code in sorted(codes)}


def _weights(able: Reports, item_id: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """As in the share of good answers."""
    strata = [
        Stratum(
            report.items[item_id].n,
            0.0,
            0.0,
            places.dwellings(report, item_id),
            part=places.part(report, item_id),
        )
        for report in able
    ]
    return weights(strata)


def _bar(form: Questionnaire, item: Item, able: Reports) -> tuple[Segment, ...]:
    """Cut where the bars of all these estates are; none where they share no cut."""
    order = [choice.code for choice in form.steps(item)]
    bars = [report.items[item.id].segments for report in able]
    cuts = sorted(set.intersection(*({order.index(part.codes[0]) for part in bar} for bar in bars)))
    if len(cuts) < 2:
        return ()
    share = _weights(able, item.id)
    parts = []
    for first, last in zip(cuts, [*cuts[1:], len(order)], strict=True):
        codes = tuple(order[first:last])
        counts = [sum(part.n for part in bar if part.codes[0] in codes) for bar in bars]
        of_each = [k / report.items[item.id].n for k, report in zip(counts, able, strict=True)]
        parts.append(Segment(codes, sum(counts), float(share @ np.array(of_each))))
    return tuple(parts)


def _mean(item: Item, able: Reports, n: int, *, unscored: bool) -> Estimate:
    means = [report.items[item.id].mean for report in able]
    if all(mean.hidden == UNSCORED for mean in means):
        return hidden(UNSCORED, n)
    return joined(means, _weights(able, item.id).tolist()) or hidden(AREA, n)


def joined(scores: Sequence[Estimate], share: Sequence[float]) -> Estimate | None:
    """The mean of printed scores, each with its weight, in whole points, its interval outwards; None where
    one is hidden. Estates are drawn apart from one another, so their doubts add up as the root of the sum of
    their squares; what rounding may have moved, half a point, is in it at the least.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5.
    """
    told = [interval_of(score) for score in scores]
    known = [score for score in told if score is not None]
    if len(known) < len(scores) or not known:
        return None
    w = np.array(share)
    value = float(w @ np.array([score.value for score in known]))
    down = float(np.hypot.reduce(w * np.array([score.value - score.low for score in known])))
    up = float(np.hypot.reduce(w * np.array([score.high - score.value for score in known])))
    low, high = outward(value - max(down, 0.5), value + max(up, 0.5), 1)
    n = sum(score.n for score in known)
    everybody = all(score.everybody for score in scores)
    return Estimate(half_up(value), max(0.0, low), min(100.0, high), n, everybody=everybody)


def _chosen(reports: Reports, item: Item, told: Sequence[ItemResult]) -> ItemResult:
    """Of several answers each: every option over the estates that tell it."""
    codes = list(dict.fromkeys(code for own in told for code in own.chosen))
    chosen = {code: _option(reports, item.id, code) for code in codes}
    if not any(estimate.hidden is None for estimate in chosen.values()):
        return _nothing(item, told)
    n = max(estimate.n for estimate in chosen.values())
    none = hidden(UNSCORED, n)
    missing = most_left_out(*(estimate.left_out for estimate in chosen.values()))
    return ItemResult(item.id, n, _special(told), (), none, none, chosen=chosen, left_out=missing)


def _option(reports: Reports, item_id: str, code: int) -> Estimate:
    able = [
        report
        for report in _asking(reports, item_id)
        if (own := report.items[item_id].chosen.get(code)) is not None and own.value is not None
    ]
    missing = places.left_out_of_item(reports, item_id, able)
    if len(able) < 2 or missing == "many":
        return hidden(AREA)
    rows = []
    for report in able:
        own = report.items[item_id].chosen[code]
        size, part = places.dwellings(report, item_id), places.part(report, item_id)
        rows.append((round((own.value or 0.0) * own.n), own.n, size, part))
    found = places.counted(rows).interval
    return Estimate(found.value, found.low, found.high, found.n, left_out=missing)


def _changes(form: Questionnaire, reports: Reports) -> dict[str, Change]:
    """As the list of findings has them, of the questions that a finding can be about."""
    found = {item.id: made for item in asked(form) if (made := places.change(reports, item.id)) is not None}
    stands = holm([apart.p for _, apart, _ in found.values()])
    return {
        name: replace(change, standing=_standing(form, name, change, now.interval.n, sure=sure))
        for (name, (change, _, now)), sure in zip(found.items(), stands, strict=True)
    }


def _standing(form: Questionnaire, name: str, change: Change, n: int, *, sure: bool) -> Standing:
    _, low, high = places.outward_points(change)
    if not sure or not borne_by_more(change.difference, n) or not told_apart(low, high):
        return "same"
    standing: Standing = "better" if low > 0 else "worse"
    return UNRANKED[standing] if form.item(name).role == "participation_grade" else standing
