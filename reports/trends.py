"""Now against before, and one estate against the rest: differences with intervals, Holm over each table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from reports.few_people import HALF_SCALE, WHOLE_SCALE, borne_by_more, nothing_estimated
from reports.inference import LEVEL, Difference, Interval, differences, holm
from reports.left_out import most_left_out
from reports.results import Change, Estimate, ItemResult, Standing
from reports.rounding import half_up, outward

Name = TypeVar("Name")


def interval_of(estimate: Estimate) -> Interval | None:
    """What is published of an estimate, to reckon on with; None when it is hidden.

    Source: a definition; nothing is estimated.
    """
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return Interval(estimate.value, estimate.low, estimate.high, estimate.n, step=estimate.step)


def standings(
    apart: Mapping[Name, Difference], people: Mapping[Name, int], moves: float = WHOLE_SCALE
) -> dict[Name, Standing]:
    """'better' or 'worse' where the interval and Holm's test over the table both say so, and two people who
    answer otherwise do not make the difference; else 'same'.

    `people`: who answered, on the smaller side. `moves`: as in `borne_by_more`.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    stands = holm([found.p for found in apart.values()])
    result: dict[Name, Standing] = {}
    for (name, found), sure in zip(apart.items(), stands, strict=True):
        sure = sure and borne_by_more(found.value, people[name], moves)
        if sure and found.low > 0:
            result[name] = "better"
        elif sure and found.high < 0:
            result[name] = "worse"
        else:
            result[name] = "same"
    return result


def told_apart(low: float, high: float, alike: float = 0.0) -> bool:
    """Whether an interval, as it is printed, leaves out what is `alike`: else nothing may be claimed of it.

    Source: our own rule, docs/methods.md.
    """
    return low > alike or high < alike


UNRANKED: dict[Standing, Standing] = {"better": "higher", "worse": "lower"}


def with_changes(
    now: Mapping[str, ItemResult], then: Mapping[str, ItemResult], unranked: Collection[str] = ()
) -> dict[str, ItemResult]:
    """Items with the change in their share of good answers, from published figures alone; better or worse
    only where Holm's test and the printed interval both say so.

    `unranked`: items of which more is not better, only higher.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    pairs: dict[str, tuple[Interval, Interval]] = {}
    for name, result in now.items():
        if name in then:
            here, before = interval_of(result.favourable), interval_of(then[name].favourable)
            if here is not None and before is not None:
                pairs[name] = here, before
    apart = _each(pairs)
    found = standings(apart, _people(pairs))
    changes = {}
    for name, d in apart.items():
        # Told in whole points: what claims a change must leave out 0 as it is printed.
        standing = found[name] if told_apart(*outward(d.low * 100, d.high * 100, 1)) else "same"
        changes[name] = Change(
            d.value,
            max(-1.0, d.low),
            min(1.0, d.high),
            UNRANKED.get(standing, standing) if name in unranked else standing,
            most_left_out(now[name].favourable.left_out, then[name].favourable.left_out),
            nothing_estimated(pairs[name]),
        )
    return {name: replace(result, change=changes.get(name)) for name, result in now.items()}


def score_changes(
    now: Mapping[Name, Interval], then: Mapping[Name, Interval], level: float = LEVEL
) -> dict[Name, Change]:
    """Changes of exact scores in whole points: difference of the printed scores, interval outwards; better or
    worse only where Holm's test and this interval both say so.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    pairs = {name: (now[name], then[name]) for name in now if name in then}
    apart = _each(pairs, level)
    found = standings(apart, _people(pairs), 100 * HALF_SCALE)
    changes = {}
    for name, d in apart.items():
        points = half_up(now[name].value) - half_up(then[name].value)
        low, high = outward(min(d.low, points), max(d.high, points), 1)
        standing = found[name] if told_apart(low, high) else "same"
        changes[name] = Change(
            points, max(-100.0, low), min(100.0, high), standing, everybody=nothing_estimated(pairs[name])
        )
    return changes


def _people(pairs: Mapping[Name, tuple[Interval, Interval]]) -> dict[Name, int]:
    return {name: min(now.n, then.n) for name, (now, then) in pairs.items()}


def _each(pairs: Mapping[Name, tuple[Interval, Interval]], level: float = LEVEL) -> dict[Name, Difference]:
    found = differences([now for now, _ in pairs.values()], [then for _, then in pairs.values()], level)
    return dict(zip(pairs, found, strict=True))
