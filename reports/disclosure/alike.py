"""Scores of several questions: whether *that* one is told gives the answers away, and not only what it says.

Whether a score of several questions may be told is decided by answers that bars hide (`means.py`, `sums.py`).
A reader has the same rules. He goes through all answers that would print the same bars and the same score,
and keeps those of which the score would have been told at all: of ten people with two hidden bars and the
score 10, of 129 only one. So they are gone through here too, and the score is let out only where every count
of 1 to 4, or of everybody, that is among them has five numbers (four from FEW answers on), or as many as the
bars leave it. That is decided by what all of them have in common, so whoever goes through them knows no more
after he has seen that it is told.

They are gone through question by question, and not each beside each. Once the score is known, whether a
question has room enough (`sums.py`) depends on its own answers alone; and whether the others can make the
score with them, on their sums. How many answered hardly counts: of a part of a bar that cannot be cut, all
but a few lie at one answer, so that few tables fit it (`_parted`).

It looks at one score of one estate. What several scores, of all estates too, tell beside one another is
looked at by `sums.py` and `worlds.py`, as before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations_with_replacement, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Spans, Told
from reports.disclosure.printing import prints
from reports.disclosure.segments import segments_of_each
from reports.disclosure.sums import HAIR, Room, Score, Sums
from reports.disclosure.worlds import Question
from reports.requests import MINIMUM

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

FEW = 15
"""Answers from which four numbers are enough, as bars leave them at times. With five, more than half of the
facets of three questions in estates of 40 would not be told, nearly all of them for the fifth alone."""
MOST_TABLES = 4_000
"""Of one question: five answers have 715 at the most."""
MOST_HIDING = 8
"""Questions of one score whose bars hide something. With more of them each is one of many that give way."""
MOST_SUMS = 200
"""Of several questions; of more it is looked at in steps of `COARSE`."""
SORTED = 4_000
"""Sums that are told apart to the last digit."""
COARSE = 0.1
"""Points of a score."""
FINE = 1e-7
TOLD_AT_LEAST = 8
"""Steps from an end: see `counted_mean_may_be_shown`."""
KEPT = 4_096
_kept: OrderedDict[Hashable, bool] = OrderedDict()
"""Of what was gone through last: small estates print the same bars again and again."""


@dataclass(frozen=True)
class Tables:
    """All that people could have answered to a question, for all that its bar tells.

    `counts`: tables x codes; `sums`: of scores; `unlike`: more than one answered otherwise than most;
    `falls`, `rises`: how far the sum must be able to, see `Room`; `least`, `most`: that it can be; `numbers`:
    how many the bar leaves each code.
    """

    counts: Ints
    sums: Floats
    unlike: Flags
    falls: Floats
    rises: Floats
    least: float
    most: float
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Hiding:
    """One question of a score, in points of the score. `counts`, `unlike`, `numbers`: as of its tables;
    `adds`: what each table adds to the score, `least` to `most` for all that the bar tells; `falls`, `rises`:
    how far that must be able to."""

    counts: Ints
    unlike: Flags
    numbers: tuple[int, ...]
    adds: Floats
    least: float
    most: float
    falls: Floats
    rises: Floats

    @classmethod
    def of(cls, tables: Tables, per_answer: float, more: float) -> Hiding:
        """`per_answer`: what it weighs in the score; `more`: scores besides those of the tables.

        Source: our own rule, docs/methods.md (minimality: Wong, Fu, Wang and Pei 2007, VLDB, 543-554).
        """
        return cls(
            tables.counts,
            tables.unlike,
            tables.numbers,
            per_answer * (tables.sums + more),
            per_answer * (tables.least + more),
            per_answer * (tables.most + more),
            per_answer * tables.falls,
            per_answer * tables.rises,
        )

    def at(self, kept: Flags) -> Hiding:
        """Of these tables alone.

        Source: a definition; nothing is estimated.
        """
        return replace(self, counts=self.counts[kept], unlike=self.unlike[kept], adds=self.adds[kept])


BarTold = tuple[int, tuple[float, ...], tuple[int, ...], Spans, tuple[int, ...]]
"""Number of codes, their scores, where good answers begin, the parts that are told, how many each holds (of
those of one answer MINIMUM, where there are more: they are told, and what they hold changes nothing)."""
Part = tuple[BarTold, float, float]
"""A question as it is told, what one answer weighs in the score, and the scores of answers that are told
besides those in the bar."""
Beside = tuple[float, float, float, bool, int]
"""What the questions that hide nothing add, the score as it is printed, the least that it must be away from
both ends, whether one of them has two answers that are unlike the others, and how many numbers are wanted."""


class Alike:
    """Of all estates, which scores may be told although it is known when they are.

    `room`, `questions`, `cuts`: of all questions that scores are made of, and where good answers begin.
    """

    def __init__(self, room: Room, questions: Sequence[Question], cuts: Sequence[tuple[int, ...]]) -> None:
        self.room, self.questions, self.cuts = room, questions, cuts
        self._scores = [tuple(own.scores.tolist()) for own in questions]
        self.n = np.stack([own.counts.sum(axis=1) for own in questions], axis=1)
        sums = np.stack([own.counts @ own.scores for own in questions], axis=1)
        self.means = sums / np.maximum(self.n, 1)
        most = np.stack([own.counts.max(axis=1) for own in questions], axis=1)
        self.unlike = self.n - most > 1
        # Others are kept back for another reason.
        self.by_counts = np.stack(
            [
                segments_of_each(own.counts, own_cuts).same(own.told)
                for own, own_cuts in zip(questions, cuts, strict=True)
            ],
            axis=1,
        )
        self.shown = np.stack([Told.of(own.told).shown for own in questions], axis=1)
        self.hides = room.down + room.up > HAIR
        self._bars: dict[tuple[int, int], tuple[BarTold, float]] = {}

    def keep_enough(self, score: Score, allowed: Flags, step: Floats) -> Flags:
        """Of the estates that are `allowed` to tell the score, those that may. `step`: of every estate, as of
        `counted_mean_may_be_shown`.

        Source: our own rule, docs/methods.md (minimality: Wong, Fu, Wang and Pei 2007, VLDB, 543-554).
        """
        found = allowed.copy()
        inside = score.weights > 0
        printed = np.floor((score.weights * self.means).sum(axis=1) + 0.5 + HAIR)
        per_answer = np.where(inside, score.weights / np.maximum(self.n, 1), 0.0).sum(axis=1)
        away = TOLD_AT_LEAST * step * per_answer
        hiding = inside & self.hides
        # What would not be told for other reasons need not be looked at.
        (told,) = Sums([replace(score, inside=())], self.room, [allowed]).told
        ask = told & hiding.any(axis=1) & (hiding.sum(axis=1) <= MOST_HIDING)
        ask &= ~self._all_would_be(score.weights, inside, hiding, printed, away)
        asked = np.flatnonzero(ask)
        others = (inside & ~hiding)[asked]
        known = np.where(others, (score.weights * self.means)[asked], 0.0).sum(axis=1)
        unlike = (self.unlike[asked] & others).any(axis=1)
        wanted = np.where((self.n * inside)[asked].max(axis=1, initial=0) < FEW, MINIMUM, MINIMUM - 1)
        columns = (asked, known, printed[asked], away[asked], unlike, wanted)
        for estate, *own in zip(*(column.tolist() for column in columns), strict=True):
            places = np.flatnonzero(hiding[estate]).tolist()
            bars = self._parts(estate, score.weights[estate], places)
            if bars is None:
                continue
            beside = round(own[0], 9), own[1], round(own[2], 9), own[3], own[4]
            key = tuple(bars), beside
            if key not in _kept:
                _kept[key] = _keeps_enough(bars, beside)
                while len(_kept) > KEPT:
                    _kept.popitem(last=False)
            found[estate] = _kept[key]
        return found

    def _all_would_be(
        self, weights: Floats, inside: Flags, hiding: Flags, printed: Floats, away: Floats
    ) -> Flags:
        """Estates where the score would be told of all answers that print it, as far as that is quickly seen:
        then that it is told says nothing. Each question can lie at either end of what its bar leaves it."""
        low, high = weights * (self.means - self.room.down), weights * (self.means + self.room.up)
        lowest, highest = low.sum(axis=1, keepdims=True), high.sum(axis=1, keepdims=True)
        falls = printed[:, None] - 0.5 <= highest - high + low + HAIR
        rises = printed[:, None] + 0.5 >= lowest - low + high - HAIR
        from_ends = np.minimum(printed, 100.0 - printed) - 0.5 >= away
        unlike = (inside & np.where(self.hides, self.shown, self.unlike)).any(axis=1)
        found: Flags = ((falls & rises) | ~hiding).all(axis=1) & from_ends & unlike
        return found

    def _parts(self, estate: int, weights: Floats, places: Sequence[int]) -> list[Part] | None:
        """None: one of them is kept back for another reason."""
        if not self.by_counts[estate, places].all():
            return None
        parts: list[Part] = []
        for place, weight, n in zip(
            places, weights[places].tolist(), self.n[estate, places].tolist(), strict=True
        ):
            bar, more = self._bar(estate, place)
            parts.append((bar, round(weight / n, 12), more))
        return parts

    def _bar(self, estate: int, place: int) -> tuple[BarTold, float]:
        """Of a question, with the scores of answers besides those in it; a question is in several scores."""
        if (estate, place) not in self._bars:
            own = self.questions[place]
            counts, told = own.counts[estate].tolist(), own.told[estate]
            held, more = [], 0.0
            for first, last in told or ((0, len(counts)),):
                n = sum(counts[first:last])
                besides = max(0, n - MINIMUM) if last - first == 1 else 0
                more += besides * self._scores[place][first]
                held.append(n - besides)
            bar = len(counts), self._scores[place], self.cuts[place], told, tuple(held)
            self._bars[estate, place] = bar, more
        return self._bars[estate, place]


def _keeps_enough(bars: Sequence[Part], beside: Beside) -> bool:
    """Whether every count that is a secret in some of the answers that would print the bars, and be told the
    score, has as many numbers there as are wanted, or all that the bar leaves it."""
    questions = []
    for bar, per_answer, more in bars:
        tables = _tables(bar)
        if tables is None:
            return True
        questions.append(Hiding.of(tables, per_answer, more))
    questions = _with_room(questions, beside)
    known, printed, away, unlike, wanted = beside
    if unlike or any(own.unlike.all() for own in questions):
        beside = known, printed, away, True, wanted
        ways = [(_unique(own.adds), _NOTHING[1]) for own in questions]
    else:
        ways = [(_unique(own.adds[~own.unlike]), _unique(own.adds[own.unlike])) for own in questions]
    before, after = [_NOTHING], [_NOTHING]
    for own in ways[:-1]:
        before.append(_joined(before[-1], own))
    for own in ways[:0:-1]:
        after.append(_joined(after[-1], own))
    return all(
        _enough_left(own, _possible(own, _joined(left, right), beside), wanted)
        for own, left, right in zip(questions, before, after[::-1], strict=True)
    )


def _with_room(questions: Sequence[Hiding], beside: Beside) -> list[Hiding]:
    """Of each question the tables that keep their room once the score is known. What the others can rise is
    the most that they can be less what they are, and that is the score less what the question itself adds."""
    known, printed, *_ = beside
    least, most = known + sum(own.least for own in questions), known + sum(own.most for own in questions)
    found = []
    for own in questions:
        others_rise = most - own.most - (printed - 0.5) + own.adds
        others_fall = printed + 0.5 - own.adds - (least - own.least)
        kept = (others_rise >= own.falls - FINE) & (others_fall >= own.rises - FINE)
        found.append(own.at(kept))
    return found


Ways = tuple[Floats, Floats]
"""What questions can add together: where none of them has two answers unlike the others, and where one has
(where that is sure, the first holds all)."""
_NOTHING: Ways = np.zeros(1), np.zeros(0)


def _joined(one: Ways, other: Ways) -> Ways:
    if one is _NOTHING:
        return other
    none = _added(one[0], other[0])
    if not one[1].size + other[1].size:
        return none, _NOTHING[1]
    some = np.concatenate([_added(one[1], side) for side in other] + [_added(one[0], other[1])])
    return none, _unique(some)


def _added(one: Floats, other: Floats) -> Floats:
    if not one.size * other.size:
        return _NOTHING[1]
    return _unique(np.add.outer(one, other).ravel())


def _unique(sums: Floats) -> Floats:
    if sums.size <= MOST_SUMS:
        return np.unique(np.round(sums, 7))
    steps = np.round(sums / COARSE).astype(np.int64)
    there = np.zeros(steps.max() - steps.min() + 1, np.bool_)
    there[steps - steps.min()] = True
    if sums.size > SORTED or np.count_nonzero(there) > MOST_SUMS:
        found: Floats = (np.flatnonzero(there) + steps.min()) * COARSE
        return found
    return np.unique(np.round(sums, 7))


def _possible(own: Hiding, others: Ways, beside: Beside) -> Flags:
    """Tables with which the others can make the score that is printed."""
    known, printed, away, unlike, _ = beside
    least = max(printed - 0.5 - 10 * FINE, away - 10 * FINE) - known - own.adds
    most = min(printed + 0.5 - 10 * FINE, 100.0 - away + 10 * FINE) - known - own.adds
    none, some = (np.searchsorted(sums, most) > np.searchsorted(sums, least) for sums in others)
    found: Flags = some | (none & (own.unlike | unlike))
    return found


def _enough_left(own: Hiding, possible: Flags, wanted: int) -> bool:
    counts = own.counts[possible]
    if not len(counts):
        return True
    n = int(counts[0].sum())
    for code, bar_leaves in enumerate(own.numbers):
        numbers = np.unique(counts[:, code])
        secret = ((numbers > 0) & (numbers < MINIMUM)) | (numbers == n)
        if numbers.size < min(wanted, bar_leaves) and secret.any():
            return False
    return True


@lru_cache(maxsize=1024)
def _tables(bar: BarTold) -> Tables | None:
    """None: too many."""
    codes, scores, cuts, told, held = bar
    spans = told or ((0, codes),)
    inner = [_kept_whole(n, hidden=not told) for n in held]
    many = (
        comb(len(sums) + last - first - 2, last - first - 1) if last - first > 1 else 1
        for sums, (first, last) in zip(inner, spans, strict=True)
    )
    if prod(many) > MOST_TABLES:
        return None
    parted = [
        list(_parted(n, last - first, sums))
        for n, sums, (first, last) in zip(held, inner, spans, strict=True)
    ]
    every = np.array([[k for part in one for k in part] for one in product(*parted)], np.int64)
    if not len(every):
        return None
    counts = every[prints(every, told, cuts)]
    if not len(counts):
        return None
    points = np.array(scores)
    room = Room.of([(counts, [told] * len(counts), points)])
    n, sums = int(counts[0].sum()), counts @ points
    down, up, need_down, need_up = (
        n * own[:, 0] for own in (room.down, room.up, room.need_down, room.need_up)
    )
    return Tables(
        counts,
        sums,
        n - counts.max(axis=1) > 1,
        np.minimum(need_down, down),
        np.minimum(need_up, up),
        float(sums[0] - down[0]),
        float(sums[0] + up[0]),
        tuple(np.unique(own).size for own in counts.T),
    )


def _kept_whole(n: int, *, hidden: bool) -> list[int]:
    """How many of n answers can lie before a place in a part of a bar that is not cut there: not so that both
    sides have MINIMUM or none; where the whole bar is hidden, not so that both have MINIMUM."""
    few = range(0 if hidden else 1, MINIMUM)
    return [k for k in range(n + 1) if k in few or n - k in few]


def _parted(n: int, codes: int, before: Sequence[int]) -> list[tuple[int, ...]]:
    """All ways in which n answers lie over so many codes, so many of them `before` each."""
    rows = combinations_with_replacement(before, codes - 1)
    return [tuple(np.diff([0, *row, n]).tolist()) for row in rows]
