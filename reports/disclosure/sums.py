"""Scores of several questions: which of them may be told beside the bars, in each estate and of all together.

A reader knows the bars of every question, and how scores are made. A score of several questions tells him the
sum of what they got; take off what he knows of all but one of them, and what is left is the sum of that one:
of twelve answers with the mean 98 he knows that eleven are at the top. Scores inside one another (a facet in
its object, objects in the index) tell him besides what lies between them, and the score of all estates what
those who hide theirs have together.

So scores are let out one after another, the index first, then objects, then facets. After each, every
question that has something to hide must keep as much room as that needs (`Room`): as far as the others it
is added up with can give way, and the rounding of whole numbers. All is in points of the question's mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Spans, Told
from reports.requests import MINIMUM

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

RANGE = 8
"""What is looked for: every count that is not told can lie in so wide a range. More than MINIMUM, since what
is reckoned here one sum after another a reader can put together: bars of all, several sums at once."""
OTHERS = 0.1
"""How much of what other estates hide is counted on when a score of all is told. The bars of all tell most of
it: tests/attack/test_scores.py finds people with 0.5 and with 0.25."""
HAIR = 1e-9


@dataclass(frozen=True)
class Room:
    """Estates x questions, in points of the mean of the question in the estate.

    `down`, `up`: how far it can lie below or above what it is, for all that the bars tell. `need_down`,
    `need_up`: how far it must be able to, so that each count of 1 to 4, or of everybody, keeps RANGE.
    """

    down: Floats
    up: Floats
    need_down: Floats
    need_up: Floats

    @classmethod
    def of(cls, questions: Sequence[tuple[Ints, Sequence[Spans], Floats]]) -> Room:
        """Of each question: estates x codes, how the bar of each estate is told (() when hidden), and the
        scores of the codes.

        Source: our own rule, docs/methods.md; attacked in tests/attack/test_scores.py.
        """
        columns = [_room(*question) for question in questions]
        return cls(*(np.stack(part, axis=1) for part in zip(*columns, strict=True)))


def _room(counts: Ints, told: Sequence[Spans], scores: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    estates, codes = counts.shape
    first, last = _parts_of(told, codes)
    lowest, highest, low_other, high_other = _ends(tuple(scores.tolist()))
    least, most = lowest[first, last], highest[first, last]
    cumulative = np.concatenate([np.zeros((estates, 1), np.int64), counts.cumsum(axis=1)], axis=1)
    held = np.take_along_axis(cumulative, last, axis=1) - np.take_along_axis(cumulative, first, axis=1)
    falls, rises = counts * (scores - least), counts * (most - scores)
    down, up = falls.sum(axis=1), rises.sum(axis=1)
    secret = (most > least) & (counts > 0) & ((counts < MINIMUM) | (counts == held))
    estate, code = np.nonzero(secret)
    start, end = first[estate, code], last[estate, code]
    same = (np.arange(codes) >= start[:, None]) & (np.arange(codes) < end[:, None])
    own, own_fall, own_rise = ((part[estate] * same).sum(axis=1) for part in (counts * scores, falls, rises))
    # Were there so many of this answer, how much lower or higher must the whole be at the least? The other
    # parts of the bar can give way too.
    x = counts[estate, code][:, None] + np.arange(-RANGE, RANGE + 1)
    rest = held[estate, code][:, None] - x
    fixed = x * scores[code][:, None]
    lower = fixed + rest * low_other[start, end, code][:, None] - (own + down[estate] - own_fall)[:, None]
    higher = fixed + rest * high_other[start, end, code][:, None] - (own - up[estate] + own_rise)[:, None]
    upwards, downwards = np.maximum(lower, 0.0), np.maximum(-higher, 0.0)
    farthest = np.where((x >= 0) & (rest >= 0), np.maximum(upwards, downwards), np.inf)
    # The nearest lie side by side, as the farther ends of lines do: a number goes for one on the other side.
    begin = np.count_nonzero(farthest[:, :RANGE] > farthest[:, RANGE + 1 :], axis=1)[:, None]
    place = np.arange(2 * RANGE + 1)
    near = (place >= begin) & (place <= begin + RANGE) & np.isfinite(farthest)
    need_down, need_up = np.zeros(estates), np.zeros(estates)
    for need, ways in ((need_down, downwards), (need_up, upwards)):
        np.maximum.at(need, estate, (ways * near).max(axis=1, initial=0.0))
    n = np.maximum(counts.sum(axis=1), 1)
    return down / n, up / n, need_down / n, need_up / n


def _parts_of(told: Sequence[Spans], codes: int) -> tuple[Ints, Ints]:
    """Estates x codes: where the part of the bar that the code is in begins and ends."""
    each = Told.of(told)
    first, last = (np.zeros((len(each.kinds), codes), np.int64) for _ in range(2))
    for kind, spans in enumerate(each.kinds):
        for begin, end in spans or ((0, codes),):
            first[kind, begin:end], last[kind, begin:end] = begin, end
    return first[each.rows], last[each.rows]


@lru_cache(maxsize=256)
def _ends(points: tuple[float, ...]) -> tuple[Floats, Floats, Floats, Floats]:
    """By first and last of a part: the lowest and the highest score in it; by code besides: of the others."""
    scores = np.array(points)
    codes = scores.size
    lowest, highest = np.zeros((2, codes + 1, codes + 1))
    low_other, high_other = np.zeros((2, codes + 1, codes + 1, codes))
    for first in range(codes):
        for last in range(first + 1, codes + 1):
            inside = scores[first:last]
            lowest[first, last], highest[first, last] = inside.min(), inside.max()
            for code in range(first, last if last - first > 1 else first):
                others = np.delete(inside, code - first)
                low_other[first, last, code], high_other[first, last, code] = others.min(), others.max()
    return lowest, highest, low_other, high_other


@dataclass(frozen=True)
class Score:
    """`weights`: estates x questions, of each question in it (0: not in it), 1 together. `inside`: the places
    of the scores that it is part of, from the widest. Scores come in such an order. `down`, `up`: how far the
    score of each estate can lie below or above what it is, for all that its printed forms tell."""

    weights: Floats
    inside: tuple[int, ...]
    down: Floats
    up: Floats


NONE = -1


class Sums:
    """What may be told of the scores, `allowed` by themselves (estates, one row a score)."""

    def __init__(self, scores: Sequence[Score], room: Room, allowed: Sequence[Flags]) -> None:
        self.scores, self.room = scores, room
        self._parts = np.stack([score.weights for score in scores])
        self.label = np.full(room.down.shape, NONE)
        """Of each question in each estate the narrowest score told that it is in: questions with the same
        one are known by their sum."""
        self.told = [self._let_out(place, own) for place, own in enumerate(allowed)]

    def _let_out(self, place: int, allowed: Flags) -> Flags:
        inside = self._parts[place] > 0
        told = allowed.copy()
        told &= self._keeps_room(inside, place, self.scores[place].down, self.scores[place].up)
        for around in self.scores[place].inside:
            rest = (self.label == around) & ~inside & self._cut(around, inside)
            told &= self._keeps_room(rest, around, self.scores[around].down, self.scores[around].up)
        self.label[told[:, None] & inside] = place
        return told

    def _cut(self, around: int, inside: Flags) -> Flags:
        """Estates where some of these questions are known by their sum with others (as a column)."""
        found: Flags = ((self.label == around) & inside).any(axis=1, keepdims=True)
        return found

    def _keeps_room(self, group: Flags, score: int, down: Floats, up: Floats) -> Flags:
        """Of which estates every question of the group keeps its room once the sum of the group, weighted as
        in this score, is known, except that it can lie so far below or above."""
        room, parts = self.room, self._parts[score]
        can_fall, can_rise = (parts * side * group for side in (room.down, room.up))
        others_rise = can_rise.sum(axis=1, keepdims=True) - can_rise + np.reshape(down, (-1, 1))
        others_fall = can_fall.sum(axis=1, keepdims=True) - can_fall + np.reshape(up, (-1, 1))
        needs_fall = parts * np.minimum(room.need_down, room.down)
        needs_rise = parts * np.minimum(room.need_up, room.up)
        fine = (others_rise >= needs_fall - HAIR) & (others_fall >= needs_rise - HAIR)
        kept: Flags = (fine | ~group).all(axis=1)
        return kept


@dataclass(frozen=True)
class Total:
    """A score of all estates together. `weights`: of every estate in it (0: not in it), 1 together.
    `allowed`: by itself. `down`, `up`: as of `Score`."""

    weights: Floats
    allowed: bool
    down: float
    up: float


class Totals:
    """The same scores of all estates together, one after the other: what those who hide theirs have."""

    def __init__(self, sums: Sums, totals: Sequence[Total]) -> None:
        self.sums, self.totals = sums, totals
        self.label = np.full(sums.label[0].size, NONE)
        self.told: list[bool] = []
        for place, total in enumerate(totals):
            inside = (sums._parts[place] > 0).any(axis=0)
            told = total.allowed and all(
                self._fits(together, whole, total) for whole, together in self._known(place, inside)
            )
            if told:
                self.label[inside] = place
            self.told.append(told)

    def _known(self, place: int, inside: Flags) -> Iterator[tuple[int, Flags]]:
        """Questions whose sum over all would be known, and the score they weigh in as they do."""
        yield place, inside
        for around in self.sums.scores[place].inside:
            if (self.label[inside] == around).any():
                yield around, (self.label == around) & ~inside
            elif not self.told[around]:
                # Who knows all parts of it knows what they make together.
                within = [part for part, score in enumerate(self.sums.scores) if around in score.inside]
                yield around, np.isin(self.label, within) | inside

    def _fits(self, inside: Flags, score: int, total: Total) -> bool:
        """Does every estate keep its room once the sum of these questions, weighted as in this score, is
        known of all together?"""
        sums, labels = self.sums, self.sums.label
        parts, weights = sums._parts[score], total.weights
        unknown = inside & (parts > 0) & (weights > 0)[:, None]
        cut = []
        for place in np.unique(labels[unknown]).tolist():
            if place != NONE:
                own = labels == place
                outside = own & ~inside
                part = outside.any(axis=1, keepdims=True)
                unknown &= ~own | part
                cut.append((place, outside))
        hiding = unknown.any(axis=1)
        if not hiding.any():
            return True
        # The bars of all tell something of each question over those who hide it: the others can give way less
        # than their own bars say.
        fall, rise = (
            (parts * side * unknown).sum(axis=1) * weights * OTHERS for side in (sums.room.down, sums.room.up)
        )
        weight = np.where(hiding, weights, 1.0)
        down = (rise.sum() - rise + total.down) / weight
        up = (fall.sum() - fall + total.up) / weight
        if not sums._keeps_room(unknown, score, down, up)[hiding].all():
            return False
        for place, outside in cut:
            here = hiding & ((labels == place) & unknown).any(axis=1)
            # By as much as the one is too low the other is too high, as they weigh in what both are in.
            common = inside & (parts > 0)
            both = np.where(common, sums._parts[place] / np.where(common, parts, 1.0), 0.0).max(axis=1)
            rest = outside & here[:, None]
            if here.any() and not sums._keeps_room(rest, place, both * up, both * down)[here].all():
                return False
        return True
