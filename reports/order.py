"""How ordered answers have moved between two waves, by order alone: no step counts as long as another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forms.questionnaire import Item, Questionnaire
from forms.scoring import favourable_codes
from reports.associations import upwards
from reports.errors import NoEstimate
from reports.few_people import HALF_SCALE, borne_by_more
from reports.inference import Interval, difference, holm, superiority
from reports.results import Earlier, ItemResult, Results, Segment, Standing
from reports.rounding import outward
from reports.trends import told_apart

FEWEST_PARTS = 3
"""Of two parts, order says no more than the share of good answers does."""


@dataclass(frozen=True)
class Order:
    """How often somebody now answers higher than somebody then, a tie half, 0..1; 0.5: alike.

    `standing`: 'same' where it cannot be told apart from alike, at 95 % after Holm over the questions.
    """

    chance: Interval
    standing: Standing


def orders(results: Results) -> dict[str, Order]:
    """Item -> how its answers have moved, in the report on one estate, from what both reports show.

    Answers that either report shows as one count as one here. Of questions with FEWEST_PARTS parts or more
    that both show.

    Source: see `inference.superiority` and `inference.holm`.
    """
    form = results.questionnaire
    if results.estate_id is None:
        return {}
    homes = results.coverage[0].population
    found = {
        item.id: chance
        for item in form.items()
        if (result := results.items.get(item.id)) is not None
        and result.before is not None
        and (chance := _chance(form, item, result, homes)) is not None
    }
    alike = Interval(0.5, 0.5, 0.5, 0)
    stands = holm([difference(chance, alike).p for chance in found.values()])
    return {
        name: Order(
            chance,
            _standing(
                chance, sure and _many(results.items[name], chance), ranked=_ranked(form, form.item(name))
            ),
        )
        for (name, chance), sure in zip(found.items(), stands, strict=True)
    }


def _many(result: ItemResult, chance: Interval) -> bool:
    """Whether it takes more than two people to make this of no change."""
    before = result.before.segments if result.before is not None else ()
    people = min(sum(part.n for part in parts) for parts in (result.segments, before))
    return borne_by_more(chance.value - 0.5, people, HALF_SCALE)


def _standing(chance: Interval, sure: bool, *, ranked: bool) -> Standing:
    low, high = outward(chance.low * 100, chance.high * 100, 1)  # as it is printed
    if not sure or not told_apart(low, high, 50):
        return "same"
    up = low > 50
    if ranked:
        return "better" if up else "worse"
    return "higher" if up else "lower"


def _ranked(form: Questionnaire, item: Item) -> bool:
    """Whether further along the scale is better: where the good answers are one end of it. Of 'too little,
    right, too much' nobody can say so, nor of a grade of participation."""
    if item.role == "participation_grade":
        return False
    codes, good = [choice.code for choice in form.steps(item)], favourable_codes(form, item)
    ends = (set(codes[: len(good)]), set(codes[-len(good) :]))
    return 0 < len(good) < len(codes) and good in ends


def _chance(form: Questionnaire, item: Item, result: ItemResult, dwellings: int | None) -> Interval | None:
    if result.before is None or item.scale is None or item.background or not form.scale(item.scale).ordinal:
        return None
    now, then = result.segments, result.before.segments
    codes = [choice.code for choice in form.steps(item)]
    cuts = sorted(_cuts(codes, now) & _cuts(codes, then))
    if len(cuts) < FEWEST_PARTS:
        return None
    # Where no end of the scale is the good one, answers stand as they were written.
    up = not _ranked(form, item) or upwards(form, item, codes) == codes
    counts = [_counts(codes, part, cuts)[:: 1 if up else -1] for part in (now, then)]
    homes = None if dwellings is None else dwellings - sum(result.special.values())
    try:
        return superiority(counts[0], counts[1], (homes, result.before.homes))
    except NoEstimate:
        return None


def _cuts(codes: Sequence[int], segments: Sequence[Segment]) -> set[int]:
    """Places where the parts of a bar begin."""
    return {min(codes.index(code) for code in segment.codes) for segment in segments}


def _counts(
    codes: Sequence[int], segments: Sequence[Segment], cuts: Sequence[int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    counts = np.zeros(len(cuts), np.int64)
    for segment in segments:
        first = min(codes.index(code) for code in segment.codes)
        counts[sum(cut <= first for cut in cuts) - 1] += segment.n
    return counts


def with_earlier(
    now: Mapping[str, ItemResult], then: Mapping[str, ItemResult], dwellings: int | None
) -> dict[str, ItemResult]:
    """Items with what was told of them in the wave before. `dwellings`: homes that its answers stand for.

    Source: a definition; nothing is estimated.
    """
    found = dict(now)
    for name, was in then.items():
        homes = None if dwellings is None else dwellings - sum(was.special.values())
        if name in now and len(was.segments) >= FEWEST_PARTS:
            found[name] = replace(now[name], before=Earlier(was.segments, homes))
    return found
