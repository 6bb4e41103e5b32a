"""Who knows every rule and all that is published of a closed round cannot tell whether a tiny house answered.

He goes through every round that there can have been: how many may have answered in each estate, and
everybody who may have been drawn by lot to go along. From each he reckons what would have been told: which
estates keep their names and with how many answers, which pools there are and how large, of whom it is said
that some are counted elsewhere, and between which numbers. What was told in fact leaves him those rounds
that would have told the same. If somebody in the tiny house has answered in all of them, or nobody in any,
he knows.

What he knows without any of this is left out: where all but a few have answered, the total tells it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from survey.ballots.batches import Batch, Place, TooFew, plan

K = 5
ROUND = UUID(int=1)

Told: TypeAlias = tuple[object, ...]
Rule: TypeAlias = Callable[[Sequence[Place], Random], Told]


class _Lots(Random):
    """Draws what it is told to draw, and notes how much else could have been drawn."""

    def __init__(self, path: Sequence[int]) -> None:
        super().__init__(0)
        self._path = path
        self.taken: list[tuple[int, int]] = []

    def _one(self, options: Sequence[Any]) -> Any:
        step = len(self.taken)
        taken = self._path[step] if step < len(self._path) else 0
        self.taken.append((taken, len(options)))
        return options[taken]

    def sample(self, population: Any, k: int, *, counts: Any = None) -> list[Any]:
        return list(self._one(sorted({tuple(sorted(drawn)) for drawn in combinations(population, k)})))

    def choice(self, seq: Any) -> Any:
        return self._one(seq)


def _all_told(rule: Rule, places: Sequence[Place]) -> set[Told]:
    """By every lot."""
    told: set[Told] = set()
    paths: list[list[int]] = [[]]
    while paths:
        lots = _Lots(path := paths.pop())
        told.add(rule(places, lots))
        for step in range(len(path), len(lots.taken)):
            before = [taken for taken, _ in lots.taken[:step]]
            paths += [[*before, other] for other in range(1, lots.taken[step][1])]
    return told


def _place(number: int, homes: int, waiting: int, area: int = 0) -> Place:
    return Place(
        UUID(int=0), ROUND, UUID(int=100 + number), UUID(int=10 + area), False, "closed", K, waiting, 0, 0,
        False, None, None, None, False, homes, False, 0,
    )  # fmt: skip


def _told(places: Sequence[Place], rng: Random) -> Told:
    named: dict[int, int] = defaultdict(int)
    pools, unnamed, elsewhere = [], [], []
    for steps in plan(places, lambda *_: rng):
        for step in steps:
            if isinstance(step, TooFew):
                return ("fewer than five, if any",)
            assert isinstance(step, Batch)
            if step.estate_id is not None:
                named[step.estate_id.int] += step.size
                continue
            pools.append((step.under, step.area_id and step.area_id.int, step.size))
            unnamed += [(id.int, step.under) for id in step.unnamed]
            elsewhere += [(id.int, least, most, step.under) for id, least, most in step.elsewhere]
    return tuple(
        map(tuple, (sorted(named.items()), sorted(pools, key=str), sorted(unnamed), sorted(elsewhere)))
    )


def _only_where_somebody_answered(places: Sequence[Place], rng: Random) -> Told:
    """The rule as it was: who has no ballots is not looked at, and every estate is like any other."""
    return _told([replace(place, homes=None) for place in places if place.waiting], rng)


def _rounds(homes: Sequence[int], areas: Sequence[int]) -> Iterator[list[Place]]:
    for waiting in product(*(range(n + 1) for n in homes)):
        yield [_place(*one) for one in zip(range(len(homes)), homes, waiting, areas, strict=True)]


def _known(rule: Rule, homes: Sequence[int], areas: Sequence[int]) -> tuple[int, int]:
    """In how many rounds he may learn whether somebody in the first house has answered; and of how many."""
    answered: dict[Told, set[bool]] = defaultdict(set)
    seen: dict[tuple[int, ...], set[Told]] = {}
    for places in _rounds(homes, areas):
        counts = tuple(place.waiting for place in places)
        seen[counts] = _all_told(rule, places)
        for told in seen[counts]:
            answered[told].add(counts[0] > 0)
    in_doubt = {
        counts: told
        for counts, told in seen.items()
        if all(n + homes[0] <= asked for n, asked in zip(counts[1:], homes[1:], strict=True))
    }
    known = sum(any(len(answered[one]) == 1 for one in told) for told in in_doubt.values())
    return known, len(in_doubt)


ROUNDS = {
    "one home and sixteen": ([1, 16], [0, 0]),
    "one home and seven": ([1, 7], [0, 0]),
    "one home, seven and sixteen": ([1, 7, 16], [0, 0, 0]),
    "one home and two of nine": ([1, 9, 9], [0, 0, 0]),
    "two houses of one home": ([1, 1, 20], [0, 0, 0]),
    "three homes": ([3, 7, 14], [0, 0, 0]),
    "alone in its area": ([1, 12, 12], [0, 1, 2]),
    "others in another area": ([1, 7, 16], [0, 0, 1]),
    "two areas": ([1, 11, 1, 11], [0, 0, 1, 1]),
}


@pytest.mark.parametrize("name", ROUNDS)
def test_what_is_told_leaves_open_whether_anybody_in_a_tiny_house_answered(name: str) -> None:
    known, of = _known(_told, *ROUNDS[name])
    assert of > 5 and known == 0, f"{known} of {of}"


@pytest.mark.parametrize("name", ROUNDS)
def test_a_pool_only_where_somebody_answered_tells_it(name: str) -> None:
    """The control: the same man, and the rule as it was."""
    known, of = _known(_only_where_somebody_answered, *ROUNDS[name])
    assert known > of / 4, f"{known} of {of}"
