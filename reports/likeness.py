"""Two rounds of nearly the same people: what the one tells less what the other tells is about a few.

Nobody is linked between rounds. But answers can be compared as they lie. Where what people of a place are and
does not change (background, questions that look back) is in both rounds the same but for one to four who came
or went, whoever has both reports subtracts. So those questions are not told of that place again (`repeated`),
and nothing by them; the differences of other answers are changes of mind that nobody can tell from people who
came and went. Where nobody came or went the bars say what they said before, but tables in other bands would
not: there is nothing by background (`unchanged`).

Places are estates, areas and all together; being alike needs no more than that the bars could be laid on one
another. The same answers once more are another matter: `reports/copies.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item, Questionnaire
from reports.counts import estate_index
from reports.disclosure import MINIMUM
from reports.waves import Wave

Ints = NDArray[np.int64]
ALL = ""
"""All estates together, among the ids of estates."""


@dataclass(frozen=True)
class Likeness:
    """`repeated`, `unchanged`: ids of estates of the first round, ALL for all together."""

    repeated: frozenset[str]
    unchanged: frozenset[str]


def likeness(now: Wave, then: Wave) -> Likeness:
    """What `now` has of `then`.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_likeness.py.
    """
    lasts = _common(now.questionnaire, then.questionnaire)
    apart = dict(_alike(now, then, lasts)) if lasts else {}
    return Likeness(
        _estates(now, {place for place, few in apart.items() if few}),
        _estates(now, {place for place, few in apart.items() if not few}),
    )


def lasting(item: Item) -> bool:
    """Whether the answer is the same whenever somebody is asked.

    Source: a definition; nothing is estimated.
    """
    return item.background or item.retrospective


def _estates(wave: Wave, places: set[str]) -> frozenset[str]:
    """Estates that are alike, and ALL. Where an area, or all, is alike without any of its estates, all of
    them: their bars add up to it."""
    inside = {estate.id for estate in wave.estates} & places
    for name in {_area(estate.area) for estate in wave.estates} & places:
        own = {estate.id for estate in wave.estates if _area(estate.area) == name}
        inside |= own if not own & inside else set()
    if ALL in places:
        inside = (inside or {estate.id for estate in wave.estates}) | {ALL}
    return frozenset(inside)


def _common(now: Questionnaire, then: Questionnaire) -> list[tuple[str, str]]:
    """Questions with one answer that lasts, and that both ask in the same way: ids in each."""
    earlier = {item.meaning: item for item in then.items() if item.one_of}
    return [
        (item.id, earlier[item.meaning].id)
        for item in now.items()
        if item.one_of
        and lasting(item)
        and item.meaning in earlier
        and [c.code for c in now.choices(item)] == [c.code for c in then.choices(earlier[item.meaning])]
    ]


def _alike(now: Wave, then: Wave, common: list[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    """Places of the first round that some place of the other differs from by fewer than five answers, and by
    how many at the least."""
    rows = [
        np.column_stack([wave.frame[pair[which]].to_numpy() for pair in common])
        for which, wave in enumerate((now, then))
    ]
    if not len(rows[0]) or not len(rows[1]):
        return
    _, number = np.unique(np.concatenate(rows), axis=0, return_inverse=True)
    own, others = np.split(number.reshape(-1).astype(np.int64), [len(rows[0])])
    theirs = list(_places(then, others).values())
    if not theirs:
        return
    for place, mine in _places(now, own).items():
        nearest = min(_apart(mine, other) for other in theirs)
        if nearest < MINIMUM:
            yield place, nearest


def _places(wave: Wave, number: Ints) -> Mapping[str, Ints]:
    """What was answered, sorted, by place; of places with five answers or more."""
    where = estate_index(wave)
    found = {ALL: number}
    areas: dict[str, list[Ints]] = {}
    for place, estate in enumerate(wave.estates):
        found[estate.id] = number[where == place]
        areas.setdefault(_area(estate.area), []).append(found[estate.id])
    found |= {name: np.concatenate(parts) for name, parts in areas.items()}
    return {name: np.sort(own) for name, own in found.items() if own.size >= MINIMUM}


def _area(name: str) -> str:
    return f"area:{name}"


def _apart(one: Ints, other: Ints) -> int:
    """How many answers are in one of two sorted rows and not in the other; MINIMUM when that many or more."""
    if abs(one.size - other.size) >= MINIMUM:
        return MINIMUM
    i = j = apart = 0
    while apart < MINIMUM and i < one.size and j < other.size:
        if one[i] == other[j]:
            i, j = i + 1, j + 1
        elif one[i] < other[j]:
            i, apart = i + 1, apart + 1
        else:
            j, apart = j + 1, apart + 1
    return min(MINIMUM, apart + (one.size - i) + (other.size - j))
