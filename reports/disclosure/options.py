"""Questions with several answers each: the options of one question are tied, so none is told as if alone.

Of n people who answered, x_o chose option o, at least one and at most `most` each, and some options
(`alone`: "none of these") stand alone. Whoever adds up what is told knows besides

    n - x_alone <= sum of the others <= most (n - x_alone),   each of the others <= n - x_alone.

Thirty-six people with up to three choices each, and nine of ten themes that sum to 106, leave two for the
tenth. So a further option is hidden, until every count that is hidden for its size can be any that is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.requests import MINIMUM

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

KEPT = MINIMUM - 1
"""Between the least and the most that a count can be: five numbers."""
MOST_UNKNOWN = 600
"""Counts that no estate tells; with more, nothing is solved, see `worlds.MOST_UNKNOWN`."""
MOST_NODES = 200
AT_ONCE = 4
HAIR = 1e-6


@dataclass(frozen=True)
class Ties:
    """What binds the options of one question. `alone`: of every option, whether it stands alone."""

    most: int
    alone: tuple[bool, ...]

    def can_be(self, n: int, low: Sequence[int], high: Sequence[int]) -> bool:
        """Whether n people can have chosen so that each count lies between these.

        Source: Gale 1957, Pacific Journal of Mathematics 7, 1073-1082 (a 0-1 matrix with given sums).
        """
        by_itself = [(a, b) for a, b, alone in zip(low, high, self.alone, strict=True) if alone]
        others = [(a, b) for a, b, alone in zip(low, high, self.alone, strict=True) if not alone]
        least = sum(a for a, _ in others)
        for apart in range(sum(a for a, _ in by_itself), min(n, sum(b for _, b in by_itself)) + 1):
            rest = n - apart
            most = [min(b, rest) for _, b in others]
            each = all(a <= b for (a, _), b in zip(others, most, strict=True))
            if each and least <= self.most * rest and sum(most) >= rest:
                return True
        return False


def options_told(counts: Sequence[int], n: int, ties: Ties) -> tuple[bool, ...]:
    """Of every option of one question in one estate, whether its count may be told.

    Hidden for its size is what fewer than MINIMUM chose, or all but fewer than MINIMUM. A reader knows that
    rule: each of these must be able to take every such number (0 to 4, or n - 4 to n) beside all that is
    told. Until they can, the smallest other option that helps is hidden too.

    Source: our own rule, docs/methods.md; attacked in tests/attack/test_options.py.
    """
    told = [MINIMUM <= x <= n - MINIMUM for x in counts]
    if n < 2 * MINIMUM or not ties.can_be(n, counts, counts):
        return tuple(told)
    small = [not own for own in told]
    while any(told) and not _keeps(counts, n, ties, told, small):
        smallest = sorted((x, o) for o, x in enumerate(counts) if told[o])
        helps = (
            o
            for _, o in smallest
            if _keeps(counts, n, ties, [own and p != o for p, own in enumerate(told)], small)
        )
        told[next(helps, smallest[0][1])] = False
    return tuple(told)


def _keeps(counts: Sequence[int], n: int, ties: Ties, told: Sequence[bool], small: Sequence[bool]) -> bool:
    def box(o: int) -> tuple[int, int]:
        if told[o]:
            return counts[o], counts[o]
        if not small[o]:
            return 0, n
        return (0, KEPT) if counts[o] <= KEPT else (n - KEPT, n)

    boxes = [box(o) for o in range(len(counts))]
    for o in np.flatnonzero(small).tolist():
        for end in boxes[o]:
            own = [(end, end) if p == o else found for p, found in enumerate(boxes)]
            if not ties.can_be(n, [a for a, _ in own], [b for _, b in own]):
                return False
    return True


@dataclass(frozen=True)
class Total:
    """The share of one option in all estates. `per_answer`: E, what one answer of each weighs (0: not in it);
    `step`: to what it is rounded, 0 where it is exact."""

    per_answer: Floats
    step: float


def totals_told(counts: Ints, n: Ints, ties: Ties, told: Flags, totals: Sequence[Total | None]) -> Flags:
    """Of every option, whether its total may be told beside what the estates tell.

    `counts`, `told`: E x O. `totals`: None where it is not told anyway. Each count of 1 to 4, and all but 1
    to 4, of an estate or of all, is looked for in other answers that fit all that is told and tied
    (whole numbers, HiGHS), until it was seen KEPT apart. Where it is not found, totals are taken back. With
    more than MOST_UNKNOWN counts untold nothing is looked for.

    Source: our own rule, docs/methods.md; attacked in tests/attack/test_options.py.
    """
    stands = np.array([total is not None for total in totals])
    tells = [o for o, total in enumerate(totals) if total is not None and _adds(total, told[:, o])]
    fits = all(ties.can_be(int(m), row, row) for m, row in zip(n, counts.tolist(), strict=True))
    if not tells or not fits or np.count_nonzero(~told) > MOST_UNKNOWN:
        return stands
    numbers = [(totals[o].per_answer.tobytes(), totals[o].step) for o in tells]  # type: ignore[union-attr]
    key = counts.tobytes(), n.tobytes(), ties, told.tobytes(), tuple(tells), tuple(numbers)
    if key not in _kept:
        _kept[key] = _taken_back(_Worlds(counts, n, ties, told), totals, tells)
        while len(_kept) > 256:
            _kept.popitem(last=False)
    stands[list(_kept[key])] = False
    return stands


_kept: OrderedDict[Hashable, tuple[int, ...]] = OrderedDict()
"""Totals taken back, of those last asked for: the report of every estate asks for the same."""


def _adds(total: Total, told: Flags) -> bool:
    """Whether the total tells anything that the estates in it do not."""
    return bool((~told & (total.per_answer > 0)).any())


def _taken_back(worlds: _Worlds, totals: Sequence[Total | None], tells: Sequence[int]) -> tuple[int, ...]:
    left = list(tells)
    while True:
        lacking = worlds.lacking([(o, total) for o in left if (total := totals[o]) is not None])
        if lacking is None or not left:
            return tuple(o for o in tells if o not in left)
        # Its own total first, else the smallest.
        sizes = worlds.counts.sum(axis=0)
        left.remove(lacking if lacking in left else min(left, key=lambda o: (sizes[o], o)))


class _Worlds:
    """Which counts were seen to range over KEPT. With every total taken back there can only be more."""

    def __init__(self, counts: Ints, n: Ints, ties: Ties, told: Flags) -> None:
        self.counts, self.n, self.ties, self.told = counts, n, ties, told
        self.where = np.argwhere(~told)
        self.truth = counts[~told]
        estate, option = self.where.T
        of_all = np.zeros((counts.shape[1], len(self.where)))
        of_all[option, np.arange(len(self.where))] = 1.0
        whole, everybody = counts.sum(axis=0), int(n.sum())
        hidden = _small(whole, np.full(whole.size, everybody))
        cells = np.flatnonzero(_small(self.truth, n[estate]))
        self.targets = np.concatenate([np.eye(len(self.where))[cells], of_all[hidden]])
        self.names = [*option[cells].tolist(), *np.flatnonzero(hidden).tolist()]
        self.low = self.targets @ self.truth
        self.high = self.low.copy()
        self.tied, self.least, self.most = self._tied()

    def _tied(self) -> tuple[Floats, Floats, Floats]:
        """Rows over the hidden counts that hold whatever is told."""
        estate, option = self.where.T
        alone = np.array(self.ties.alone)
        rows, low, high = [], [], []
        for h in np.unique(estate).tolist():
            own = estate == h
            apart, others = own & alone[option], own & ~alone[option]
            known = self.counts[h] * self.told[h]
            rest = int(self.n[h] - known[alone].sum())
            said = int(known[~alone].sum())
            # n - x_alone <= sum <= most (n - x_alone)
            rows += [others * 1.0 + apart, others + self.ties.most * apart.astype(float)]
            low += [rest - said, -np.inf]
            high += [np.inf, self.ties.most * rest - said]
            largest = int(known[~alone].max(initial=0))
            rows.append(apart * 1.0)
            low.append(-np.inf)
            high.append(rest - largest)
            for cell in np.flatnonzero(others).tolist():
                row = apart * 1.0
                row[cell] = 1.0
                rows.append(row)
                low.append(-np.inf)
                high.append(rest)
        return np.array(rows), np.array(low, float), np.array(high, float)

    def lacking(self, totals: Sequence[tuple[int, Total]]) -> int | None:
        """The option of a count that was not seen to range; None: all do."""
        if not self.names:
            return None
        rows, low, high = [self.tied], [self.least], [self.most]
        estate, option = self.where.T
        for o, total in totals:
            row = np.where(option == o, total.per_answer[estate], 0.0)
            unit = float(total.per_answer.max())
            down, up = self._blur(o, total)
            middle = float(row @ self.truth)
            rows.append(row[None] / unit)
            low.append(np.array([(middle - down + HAIR) / unit if total.step else middle / unit - HAIR]))
            high.append(np.array([(middle + up - HAIR) / unit if total.step else middle / unit + HAIR]))
        fits = np.concatenate(rows), np.concatenate(low), np.concatenate(high)
        for turn in range(AT_ONCE):
            open_now = self._open()
            if not open_now.size:
                return None
            signs = np.where((np.arange(open_now.size) + turn) % 2, 1.0, -1.0) * (1 if turn % 4 < 2 else -1)
            self._push(open_now, signs, fits)
        for target in self._open().tolist():
            for sign in (1.0, -1.0):
                if self.high[target] - self.low[target] < KEPT:
                    self._push(np.array([target]), np.array([sign]), fits)
            if self.high[target] - self.low[target] < KEPT:
                return int(self.names[target])
        return None

    def _blur(self, o: int, total: Total) -> tuple[float, float]:
        exact = float(total.per_answer @ self.counts[:, o])
        if not total.step:
            return 0.0, 0.0
        printed = np.floor(exact / total.step + 0.5 + 1e-9) * total.step
        return exact - (printed - total.step / 2), printed + total.step / 2 - exact

    def _open(self) -> Ints:
        return np.flatnonzero(self.high - self.low < KEPT)

    def _push(self, targets: Ints, signs: Floats, fits: tuple[Floats, Floats, Floats]) -> None:
        """Other answers in which these lie as far up (1) or down (-1) as can be, KEPT at the most."""
        size, wanted = self.truth.size, targets.size
        rows, low, high = fits
        ways = np.hstack([signs[:, None] * self.targets[targets], -np.eye(wanted)])
        found = scipy.optimize.milp(
            np.concatenate([np.zeros(size), -np.ones(wanted)]),
            integrality=np.ones(size + wanted, np.int64),
            bounds=scipy.optimize.Bounds(
                0.0, np.concatenate([self.n[self.where[:, 0]], np.full(wanted, float(KEPT))])
            ),
            constraints=[
                scipy.optimize.LinearConstraint(
                    scipy.sparse.csr_array(np.hstack([rows, np.zeros((len(rows), wanted))])), low, high
                ),
                scipy.optimize.LinearConstraint(
                    scipy.sparse.csr_array(ways), signs * (self.targets[targets] @ self.truth), np.inf
                ),
            ],
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.1},
        )
        if found.x is None:
            return
        seen = np.rint(found.x[:size])
        value = rows @ seen
        if (value >= low - HAIR).all() and (value <= high + HAIR).all() and seen.min() >= 0:
            own = self.targets @ seen
            self.low, self.high = np.minimum(self.low, own), np.maximum(self.high, own)


def _small(counts: Ints, n: Ints) -> Flags:
    rest = n - counts
    found: Flags = ((counts > 0) & (counts < MINIMUM)) | ((rest > 0) & (rest < MINIMUM))
    return found
