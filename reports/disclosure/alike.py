"""Scores of small groups: whether *that* one is told gives the answers away, and not only what it says.

Whether a score of several questions may be told is decided by answers that bars hide (`means.py`, `sums.py`).
A reader has the same rules. He goes through all answers that would print the same bars and the same score,
and keeps those of which the score would have been told at all: of ten people with two hidden bars and the
score 10, of 129 only one. So where the questions have few enough such answers, they are gone through here
too, and the score is let out only where every count of 1 to 4, or of everybody, that is among them has five
numbers, or as many as the bars leave it. That is decided by what all of them have in common, so whoever goes
through them knows no more after he has seen that it is told.

It looks at one score of one estate. What several scores, of all estates too, tell beside one another is
looked at by `sums.py` and `worlds.py`, as before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from reports.disclosure.means import counted_mean_may_be_shown
from reports.disclosure.segments import Spans, segments_of_each
from reports.disclosure.sums import HAIR, Room, Score, Sums
from reports.disclosure.worlds import Question
from reports.requests import MINIMUM

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

FEWEST = 15
"""Answers to each question: of estates with so many, or more, it is not looked at."""
MOST_TABLES = 4_000
"""Of one question that print its bar."""
MOST_SUMS = 100_000
"""Of all questions of a score."""
MOST_TOGETHER = 100_000
"""Of tables of all questions that print the score: among more people are hard to find, and it takes long."""
LOOKED_AT_FIRST = 600
KEPT = 4_096
_kept: OrderedDict[Hashable, bool] = OrderedDict()
"""Of what was gone through last: small estates print the same bars again and again."""


@dataclass(frozen=True)
class Tables:
    """All that `n` people could have answered to a question, for all that its bar tells, by their sum.

    `counts`: tables x codes; `sums`: of scores; `unlike`: answers that are not the commonest; `down` to
    `need_up`: as in `Room`. `steps`: the sums there are, each from `starts` to the next; `numbers`: how many
    the bar leaves each code.
    """

    n: float
    counts: Ints
    sums: Floats
    unlike: Floats
    down: Floats
    up: Floats
    need_down: Floats
    need_up: Floats
    steps: Floats
    starts: Ints
    numbers: tuple[int, ...]


def alike_keep_five(
    score: Score,
    allowed: Flags,
    questions: Sequence[Question],
    cuts: Sequence[tuple[int, ...]],
    step: Floats,
) -> Flags:
    """Of the estates that are `allowed` to tell the score, those that may.

    `questions`, `cuts`: of all that the score's weights are of, and where good answers begin. `step`: of
    every estate, as of `counted_mean_may_be_shown`.

    Source: our own rule, docs/methods.md (minimality: Wong, Fu, Wang and Pei 2007, VLDB, 543-554).
    """
    found = allowed.copy()
    for estate in np.flatnonzero(allowed).tolist():
        inside = np.flatnonzero(score.weights[estate] > 0).tolist()
        own = [questions[place] for place in inside]
        if max(int(q.counts[estate].sum()) for q in own) >= FEWEST:
            continue
        bars = [
            (q.counts.shape[1], tuple(q.scores.tolist()), cuts[place], q.told[estate], _held(q, estate))
            for place, q in zip(inside, own, strict=True)
        ]
        parts = score.weights[estate, inside]
        means = [float(q.counts[estate] @ q.scores) / max(1, int(q.counts[estate].sum())) for q in own]
        printed = float(np.floor(parts @ np.array(means) + 0.5 + HAIR))
        if any(
            told != _told(q.counts[estate], cut) for q, (_, _, cut, told, _) in zip(own, bars, strict=True)
        ):
            continue  # Kept back for another reason.
        key = tuple(bars), parts.tobytes(), printed, float(step[estate])
        if key not in _kept:
            _kept[key] = _keep_five(bars, parts, printed, float(step[estate]))
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        found[estate] = _kept[key]
    return found


BarTold = tuple[int, tuple[float, ...], tuple[int, ...], Spans, tuple[int, ...]]
"""Number of codes, their scores, where good answers begin, the parts that are told, how many each holds."""


def _held(question: Question, estate: int) -> tuple[int, ...]:
    counts = question.counts[estate]
    spans = question.told[estate] or ((0, counts.size),)
    return tuple(int(counts[first:last].sum()) for first, last in spans)


def _told(counts: Ints, cuts: tuple[int, ...]) -> Spans:
    return tuple(segments_of_each(counts[None, :], cuts)[0])


def _keep_five(bars: Sequence[BarTold], parts: Floats, printed: float, step: float) -> bool:
    tables = []
    for bar in bars:
        own = _tables(bar)
        if own is None:
            return True
        tables.append(own)
    print_it = _printing(tables, parts, printed)
    if not len(print_it):
        return True
    # Some of them are mostly enough to see that all counts keep their numbers.
    some = _some_of(tables, print_it)
    if _all_five(tables, some[_let_out(tables, some, parts, printed, step)], secret_or_not=True):
        return True
    every = _all_of(tables, print_it)
    if every is None:
        return True
    return _all_five(tables, every[_let_out(tables, every, parts, printed, step)])


def _printing(tables: Sequence[Tables], parts: Floats, printed: float) -> Ints:
    """Places among the sums of each question that together print the score."""
    mean = np.zeros((1,) * len(tables))
    if np.prod([own.steps.size for own in tables], dtype=np.float64) > MOST_SUMS:
        return np.zeros((0, len(tables)), np.int64)
    for place, own in enumerate(tables):
        shape = [1] * len(tables)
        shape[place] = -1
        mean = mean + (parts[place] * own.steps / own.n).reshape(shape)
    return np.argwhere(np.floor(mean + 0.5 + HAIR) == printed)


def _some_of(tables: Sequence[Tables], print_it: Ints) -> Ints:
    """Tables of each question, drawn by lot, always the same."""
    lot = np.random.default_rng(0)
    rows = print_it[lot.integers(0, len(print_it), LOOKED_AT_FIRST)]
    columns = []
    for place, own in enumerate(tables):
        first, last = own.starts[rows[:, place]], own.starts[rows[:, place] + 1]
        columns.append(first + (lot.random(len(rows)) * (last - first)).astype(np.int64))
    return np.stack(columns, axis=1)


def _all_of(tables: Sequence[Tables], print_it: Ints) -> Ints | None:
    """None: too many."""
    many = np.stack([np.diff(own.starts)[print_it[:, place]] for place, own in enumerate(tables)], axis=1)
    if many.prod(axis=1, dtype=np.float64).sum() > MOST_TOGETHER:
        return None
    return np.concatenate(
        [
            np.indices(sizes).reshape(len(tables), -1).T
            + [own.starts[at] for own, at in zip(tables, row, strict=True)]
            for row, sizes in zip(print_it.tolist(), many.tolist(), strict=True)
        ]
    )


def _let_out(tables: Sequence[Tables], at: Ints, parts: Floats, printed: float, step: float) -> Flags:
    """Of which answers, together (rows x questions), the score would be told by itself."""

    def of_each(name: str) -> Floats:
        return np.stack([getattr(own, name)[at[:, q]] for q, own in enumerate(tables)], axis=1)

    rows = len(at)
    weights, n = np.tile(parts, (rows, 1)), np.tile([own.n for own in tables], (rows, 1))
    sums = of_each("sums")
    mean = (weights * sums / n).sum(axis=1)
    alone = counted_mean_may_be_shown(weights, n, sums, of_each("unlike"), np.full(rows, step))
    down, up = np.clip(mean - printed + 0.5, 0.0, 1.0), np.clip(printed + 0.5 - mean, 0.0, 1.0)
    room = Room(of_each("down"), of_each("up"), of_each("need_down"), of_each("need_up"))
    return Sums([Score(weights, (), down, up)], room, [alone]).told[0]


def _all_five(tables: Sequence[Tables], left: Ints, *, secret_or_not: bool = False) -> bool:
    """Whether every count that is a secret in some of those `left` (rows x questions) has five numbers there,
    or all that the bar leaves it. `secret_or_not`: every other count, too."""
    for place, own in enumerate(tables):
        counts = own.counts[np.unique(left[:, place])]
        for code, bar_leaves in enumerate(own.numbers):
            numbers = np.unique(counts[:, code])
            secret = ((numbers > 0) & (numbers < MINIMUM)) | (numbers == own.n)
            if numbers.size < min(MINIMUM, bar_leaves) and (secret_or_not or secret.any()):
                return False
    return True


@lru_cache(maxsize=512)
def _tables(bar: BarTold) -> Tables | None:
    """None: too many."""
    codes, scores, cuts, told, held = bar
    spans = told or ((0, codes),)
    ways = 1.0
    for (first, last), n in zip(spans, held, strict=True):
        for taken in range(1, last - first):
            ways *= (n + taken) / taken
    if ways > MOST_TABLES:
        return None
    inside = [list(_parted(n, last - first)) for (first, last), n in zip(spans, held, strict=True)]
    every = np.array([[k for part in one for k in part] for one in product(*inside)], np.int64)
    counts = every[[tuple(own) == told for own in segments_of_each(every, cuts)]]
    if not len(counts):
        return None
    points = np.array(scores)
    sums = counts @ points
    order = np.argsort(sums, kind="stable")
    counts, sums = counts[order], sums[order]
    room = Room.of([(counts, [told] * len(counts), points)])
    steps, starts = np.unique(sums, return_index=True)
    return Tables(
        float(sum(held)),
        counts,
        sums,
        (counts.sum(axis=1) - counts.max(axis=1)).astype(np.float64),
        room.down[:, 0],
        room.up[:, 0],
        room.need_down[:, 0],
        room.need_up[:, 0],
        steps,
        np.append(starts, len(counts)),
        tuple(np.unique(own).size for own in counts.T),
    )


@lru_cache(maxsize=256)
def _parted(n: int, codes: int) -> tuple[tuple[int, ...], ...]:
    """All ways in which n answers lie over so many codes."""
    if codes == 1:
        return ((n,),)
    return tuple((k, *rest) for k in range(n + 1) for rest in _parted(n - k, codes - 1))
