"""Scores of several questions beside all bars, proved: other answers that fit all that is told.

`sums.py` lets scores out by what each can give way beside its own bars. A reader puts more together: the
bars of all estates, scores of several estates, and that people are whole. So of landlords small enough to be
solved for (MOST_UNKNOWN) every count of 1 to 4, or of everybody, is looked at again: answers are sought, in
whole numbers, that fit all bars and scores as well as the true ones do, and in which it is KEPT away. Where
there are none, scores are taken back, one after another, until there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.cut_bars import Spans
from reports.disclosure.sums import Score, Total
from reports.requests import MINIMUM

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

KEPT = MINIMUM - 1
"""Between the least and the most that a count can be: five numbers."""
MOST_UNKNOWN = 600
"""Counts that no bar tells. With more, of more estates or questions, readers must put ever more together to
find anybody, and each solution takes longer."""
MOST_NODES = 200
"""Of the search tree for one solution. Not a number of seconds: the same answers must give the same report
everywhere."""
AT_ONCE = 4
"""Solutions that push all counts at once, before each is looked at by itself."""
HAIR = 1e-6
GAVE_UP = 4
"""The status of a program that the solver could not finish for the sake of its own digits."""


@dataclass(frozen=True)
class Bar:
    """The bar of all estates. `per_answer`: what one answer of each estate weighs in it (0: not in it);
    `cuts`: where it is cut; `step`: to what its edges are rounded, 0 where they are exact; `rest`: what
    others, who are not looked at, add before each cut (nothing where it is empty)."""

    per_answer: Floats
    cuts: tuple[int, ...]
    step: float
    rest: tuple[float, ...] = ()


@dataclass(frozen=True)
class Question:
    """`counts`: estates x codes; `told`: how the bar of each estate is told, () when hidden; `scores`: of the
    codes."""

    counts: Ints
    told: Sequence[Spans]
    scores: Floats


def can_be_solved(questions: Sequence[Question], most: int = MOST_UNKNOWN) -> bool:
    """Whether bars leave any counts untold, and `most` at the most.

    Source: a definition; nothing is estimated.
    """
    unknown = 0
    for question in questions:
        for counts, told in zip(question.counts.tolist(), question.told, strict=True):
            for first, last in told or ((0, len(counts)),):
                if last - first > 1 and any(counts[first:last]):
                    unknown += last - first
        if unknown > most:
            return False
    return unknown > 0


class Worlds:
    """Which counts are seen to range over KEPT. With every score taken back there can only be more."""

    def __init__(
        self,
        questions: Sequence[Question],
        bars: Sequence[Bar | None],
        scores: Sequence[Score],
        totals: Sequence[Total],
        beside: Sequence[tuple[int, Bar]] = (),
    ) -> None:
        """`bars`: of all estates, by question; None where none is told. `beside`: others that are told of a
        question (its place)."""
        self.questions, self.scores, self.totals = questions, scores, totals
        self.sizes = np.stack([question.counts.sum(axis=1) for question in questions], axis=1)
        self._unknown()
        own = [(place, bar) for place, bar in enumerate(bars) if bar is not None]
        self._bars([*own, *beside])
        secret = (self.truth > 0) & (
            (self.truth < MINIMUM) | (self.truth == self.sizes[self.estate, self.question])
        )
        self.secrets = np.flatnonzero(secret)
        # Of fewer than MINIMUM answers nobody is told how many there are.
        self.need = np.minimum(self.held, KEPT)
        self.low, self.high = self.truth.copy(), self.truth.copy()
        self._random = np.random.default_rng(0)

    def lacking(self, told: Sequence[Flags], of_all: Sequence[bool]) -> list[int]:
        """Counts that cannot be proved to keep their range when these scores are told of each estate, and of
        all; but for those that the bars alone do not leave it.

        Source: the attacker's subproblem, Fischetti and Salazar 2001, Management Science 47, 1008-1027.
        """
        found = self._look(told, of_all)
        still = set(self._open().tolist())  # others that were looked at may have shown it
        nothing = [np.zeros_like(own) for own in told], [False] * len(of_all)
        return [cell for cell in found if cell in still and self.keeps(cell, *nothing, noted=False)]

    def first_lacking(self, told: Sequence[Flags], of_all: Sequence[bool]) -> list[int]:
        """The same, with those that the bars alone do not leave it; one count of each question in each
        estate, and no others of it are looked at.

        Source: see `lacking`.
        """
        found = self._look(told, of_all, one_each=True)
        still = set(self._open().tolist())
        return [cell for cell in found if cell in still]

    def _look(self, told: Sequence[Flags], of_all: Sequence[bool], *, one_each: bool = False) -> list[int]:
        self._learn(told, of_all)
        for estate in np.unique(self.estate[self._open()]).tolist():
            # Most that is hidden can lie otherwise while all other estates are as they are.
            self._push_together(self.estate == estate)
        self._push_together(np.ones(self.truth.size, np.bool_))
        found: dict[tuple[int, ...], int] = {}
        for cell in self._open().tolist():
            place = (int(self.estate[cell]), int(self.question[cell])) if one_each else (cell,)
            if place not in found and not self._keeps(cell):
                found[place] = cell
        return list(found.values())

    def keeps(self, cell: int, told: Sequence[Flags], of_all: Sequence[bool], *, noted: bool = True) -> bool:
        """Whether this count is seen to keep its range when these scores are told. `noted`: what is seen on
        the way counts from then on, for no more than this will be told.

        Source: see `lacking`.
        """
        before = self.low.copy(), self.high.copy()
        self._learn(told, of_all)
        kept = self._keeps(cell)
        if not noted:
            self.low, self.high = before
        return kept

    def all_keep(self) -> bool:
        """Whether each count is seen to keep its range beside bars, without any score.

        Source: see `lacking`.
        """
        self._learn([np.zeros(len(self.sizes), np.bool_)] * len(self.scores), [False] * len(self.totals))
        self._push_together(np.ones(self.truth.size, np.bool_))
        return all(self._keeps(cell) for cell in self._open().tolist())

    def _keeps(self, cell: int) -> bool:
        for free in (self.estate == self.estate[cell], np.ones(self.truth.size, np.bool_)):
            for sign in (1.0, -1.0):
                if self.high[cell] - self.low[cell] < self.need[cell]:
                    self._push(np.array([cell]), np.array([sign]), free)
        return bool(self.high[cell] - self.low[cell] >= self.need[cell])

    def _push_together(self, free: Flags) -> None:
        for turn in range(AT_ONCE):
            cells = self._open()
            cells = cells[free[cells]]
            if not cells.size:
                break
            if turn % 2 == 0:
                up = self._random.random(self.truth.size) < 0.5
            self._push(cells, np.where(up[cells] ^ (turn % 2 == 1), 1.0, -1.0), free)

    def _open(self) -> Ints:
        return self.secrets[(self.high - self.low < self.need)[self.secrets]]

    def _unknown(self) -> None:
        """The counts that no bar of an estate tells, and the part of the bar that each is in."""
        cells, parts, held = [], [], []
        number = 0
        for place, question in enumerate(self.questions):
            codes = question.counts.shape[1]
            for estate, spans in enumerate(question.told):
                for first, last in spans or ((0, codes),):
                    n = int(question.counts[estate, first:last].sum())
                    if n and last - first > 1:
                        cells += [(estate, place, code) for code in range(first, last)]
                        parts += [number] * (last - first)
                        held += [n] * (last - first)
                        number += 1
        self.estate, self.question, self.code = np.array(cells, np.int64).reshape(-1, 3).T
        self.part, self.held = np.array(parts, np.int64), np.array(held, np.int64)
        counts = [self.questions[q].counts[e, c] for e, q, c in cells]
        self.truth = np.array(counts, np.int64)

    def _bars(self, bars: Sequence[tuple[int, Bar]]) -> None:
        """What bars tell of the unknown counts: rows, and how far each can lie below and above the truth."""
        size = self.truth.size
        parts = int(self.part.max(initial=-1)) + 1
        rows: list[Floats] = [self.part == number for number in range(parts)]
        slack = [(0.0, 0.0)] * parts
        for place, whole in bars:
            heaviest = float(whole.per_answer.max(initial=0.0)) or 1.0
            below = np.cumsum(whole.per_answer @ self.questions[place].counts)
            for cut, rest in zip(whole.cuts, whole.rest or (0.0,) * len(whole.cuts), strict=True):
                row = np.zeros(size)
                own = (self.question == place) & (self.code < cut)
                row[own] = whole.per_answer[self.estate[own]] / heaviest
                slack.append(_rounding(float(below[cut - 1]) + rest, whole.step, heaviest))
                rows.append(row)
        self._rows = np.array(rows, np.float64).reshape(-1, size)
        self._slack = np.array(slack).reshape(-1, 2)

    def bind(self, rows: Floats, down: Floats, up: Floats) -> None:
        """More that is known: sums of unknown counts, and how far each can lie below and above the truth.

        Source: a definition; nothing is estimated.
        """
        self._rows = np.concatenate([self._rows, rows])
        # Sums of whole numbers may lie at their very ends, printed forms may not (`_learn`).
        self._slack = np.concatenate([self._slack, np.stack([down, up], axis=1) + 2 * HAIR])

    def _learn(self, told: Sequence[Flags], of_all: Sequence[bool]) -> None:
        """All that is told, as rows over the unknown counts with their least and most."""
        rows, slack = [], []
        n = np.maximum(self.sizes[self.estate, self.question], 1)
        code_scores = np.array(
            [self.questions[q].scores[c] for q, c in zip(self.question, self.code, strict=True)]
        )
        for score, total, own, whole in zip(self.scores, self.totals, told, of_all, strict=True):
            points = score.weights[self.estate, self.question] * code_scores / n
            for estate in np.unique(self.estate[own[self.estate] & (points > 0)]).tolist():
                rows.append(np.where(self.estate == estate, points, 0.0))
                slack.append((score.down[estate], score.up[estate]))
            if whole:
                rows.append(points * total.weights[self.estate])
                slack.append((total.down, total.up))
        every = np.concatenate([self._rows, np.array(rows).reshape(-1, self.truth.size)])
        down, up = np.concatenate([self._slack, np.array(slack).reshape(-1, 2)]).T
        self._all, self._down, self._up = every, np.maximum(down - HAIR, 0.0), np.maximum(up - HAIR, 0.0)

    def _push(self, cells: Ints, signs: Floats, free: Flags) -> None:
        """Other answers in which these counts lie as far up (1) or down (-1) as can be, KEPT at the most, and
        nothing but what is `free` is other than it is."""
        place = np.cumsum(free) - 1
        truth, size, wanted = self.truth[free], int(free.sum()), cells.size
        every = self._all[:, free]
        touched = every.any(axis=1)
        rows, down, up = every[touched], self._down[touched], self._up[touched]
        middle = rows @ truth
        # How far each is pushed, and no more than counts.
        ways = scipy.sparse.csr_array(
            (
                np.concatenate([signs, -np.ones(wanted)]),
                (np.tile(np.arange(wanted), 2), np.concatenate([place[cells], size + np.arange(wanted)])),
            ),
            shape=(wanted, size + wanted),
        )
        fits = scipy.sparse.hstack(
            [scipy.sparse.csr_array(rows), scipy.sparse.csr_array((len(rows), wanted))], format="csr"
        )
        of_people = np.full(wanted, float(KEPT))
        found = _solved(
            np.concatenate([np.zeros(size), -np.ones(wanted)]),
            np.concatenate([self.held[free], of_people]),
            [
                scipy.optimize.LinearConstraint(fits, middle - down, middle + up),
                scipy.optimize.LinearConstraint(ways, signs * self.truth[cells], np.inf),
            ],
        )
        if found is None:
            return
        seen = self.truth.copy()
        seen[free] = np.rint(found[:size]).astype(np.int64)
        off = self._all @ (seen - self.truth)
        if (off >= -self._down - HAIR).all() and (off <= self._up + HAIR).all() and seen.min() >= 0:
            self.low, self.high = np.minimum(self.low, seen), np.maximum(self.high, seen)


def _solved(goal: Floats, most: Floats, constraints: list[scipy.optimize.LinearConstraint]) -> Floats | None:
    """Whole numbers, none to `most`, in which the goal is least, or nearly.

    Presolving now and then makes of rows that hold to the last digit a program with another answer, finds it
    out, and gives up: then it is solved as it is.
    """
    for presolve in (True, False):
        found = scipy.optimize.milp(
            goal,
            integrality=np.ones(goal.size, np.int64),
            bounds=scipy.optimize.Bounds(0.0, most),
            constraints=constraints,
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.1, "presolve": presolve},
        )
        if found.status != GAVE_UP:
            break
    answer: Floats | None = found.x
    return answer


def _rounding(exact: float, step: float, unit: float) -> tuple[float, float]:
    """How far an edge can lie below and above what it is, for all that its printed form tells; in units."""
    if not step:
        return 0.0, 0.0
    printed = np.floor(exact / step + 0.5 + 1e-9) * step
    down, up = exact - (printed - step / 2), printed + step / 2 - exact
    return max(0.0, down) / unit, max(0.0, up) / unit
