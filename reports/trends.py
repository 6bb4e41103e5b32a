"""Now against before, and one estate against the rest: differences with intervals, Holm over each table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from reports.disclosure import published_step
from reports.few_people import HALF_SCALE, WHOLE_SCALE, borne_by_more, nothing_estimated
from reports.index import Key
from reports.inference import Difference, Interval, differences, holm
from reports.left_out import most_left_out
from reports.results import Change, Estimate, ItemResult, Standing
from reports.rounding import outward

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


def score_changes(now: Mapping[Key, Estimate], then: Mapping[Key, Estimate]) -> dict[Key, Change]:
    """Changes of scores as both reports print them, score and interval, in whole points; better or worse only
    where Holm's test and this interval both say so: objects and the index a family of their own, facets with
    all scores, as against the rest (`contrasts`).

    Whoever makes a round up chooses what a score is set beside. An interval from the exact ends of both
    would, moved a little at a time, tell those of the other to any digit; from what is printed it tells
    nothing more. It is reckoned where the scores may lie at the farthest, and rounded as the coarser of both
    intervals is.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; Holm 1979, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    pairs = {
        name: (now[name], then[name])
        for name in now
        if name in then and interval_of(now[name]) is not None and interval_of(then[name]) is not None
    }
    apart = _printed_apart(pairs)
    people = {name: min(here.n, before.n) for name, (here, before) in pairs.items()}
    headlines = {key: d for key, d in apart.items() if key[1] is None}
    found = standings(apart, people, 100 * HALF_SCALE) | standings(headlines, people, 100 * HALF_SCALE)
    changes = {}
    for name, d in apart.items():
        both = pairs[name]
        points = (both[0].value or 0.0) - (both[1].value or 0.0)
        step = max((published_step(score.n) for score in both if not score.everybody), default=1.0)
        low, high = outward(d.low, d.high, step)
        standing = found[name] if told_apart(low, high) else "same"
        known = all(score.everybody for score in both)
        changes[name] = Change(points, max(-100.0, low), min(100.0, high), standing, everybody=known)
    return changes


def _printed_apart(pairs: Mapping[Key, tuple[Estimate, Estimate]]) -> dict[Key, Difference]:
    """The interval of all differences that two printed scores may have; `value`: that nearest to 0, and `p`
    of it, 1 where the interval holds 0."""
    lowest = differences(
        [_at_end(now, -1) for now, _ in pairs.values()], [_at_end(then, 1) for _, then in pairs.values()]
    )
    highest = differences(
        [_at_end(now, 1) for now, _ in pairs.values()], [_at_end(then, -1) for _, then in pairs.values()]
    )
    found = {}
    for name, least, most in zip(pairs, lowest, highest, strict=True):
        near = least if least.low > 0 else most
        p = near.p if told_apart(least.low, most.high) else 1.0
        found[name] = Difference(near.value, least.low, most.high, p)
    return found


def _at_end(score: Estimate, way: int) -> Interval:
    """A printed score as far down (`way` -1), or up (1), as it may have been rounded. Where everybody
    answered no interval is printed."""
    value, low, high = score.value or 0.0, score.low or 0.0, score.high or 0.0
    if score.everybody:
        end = min(100.0, max(0.0, value + way / 2))
        return Interval(end, end, end, score.n)
    end = min(high, max(low, value + way / 2))
    return Interval(end, low, high, score.n, max(1, score.n - 1))


def _people(pairs: Mapping[Name, tuple[Interval, Interval]]) -> dict[Name, int]:
    return {name: min(now.n, then.n) for name, (now, then) in pairs.items()}


def _each(pairs: Mapping[Name, tuple[Interval, Interval]]) -> dict[Name, Difference]:
    found = differences([now for now, _ in pairs.values()], [then for _, then in pairs.values()])
    return dict(zip(pairs, found, strict=True))
