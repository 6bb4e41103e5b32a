"""How sure a strength is told to be, so that no estate's own table follows from it.

The interval of tau-b rests on what each estate answered to both questions: it is reckoned anew without each
of them. A reader knows the table of all, and the bars of each estate. Of few estates, hardly any tables then
make the same interval. So it is told as finely as leaves every estate its own: from the true tables people
are exchanged between estates (two of one exchange their answers to one question, two of another, or of two
others, do the opposite), and what is told must be the same of tables in which each number to be kept lies
KEPT apart. Where no rounding does that, nothing is told of how sure it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.disclosure import MINIMUM
from reports.inference.importance import strength_of
from reports.inference.ordinal import pairs_apart
from reports.inference.settings import FEWEST_UNITS, LEVEL, STRENGTH_STEP
from reports.rounding import half_up, outward

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

KEPT = MINIMUM - 1
"""Between the least and the most that a number can be: five numbers."""
STEPS = (STRENGTH_STEP, 0.1, 0.2, 0.5)
"""To what an interval is rounded outwards, the finest first."""
OPEN = (-1.0, 1.0)
FEW = 12
"""Estates up to which one exchanges with two others, all of them tried."""
PARTNERS = 8
"""With more estates, so many are tried for each."""
PARTS = 256
"""Into which the search for an end divides what is left."""


@dataclass(frozen=True)
class Told:
    """tau-b to two decimals, and its interval; `p` of 0, from these alone."""

    value: float
    low: float
    high: float
    p: float


def told_strength(tables: Ints, low: float, high: float) -> Told:
    """`tables`: estates x parts of one question x parts of the other. `low`, `high`: the exact interval.

    Source: moves of Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397; our own rule,
    docs/methods.md; attacked in tests/attack/test_intervals.py.
    """
    there = tables[tables.any(axis=(1, 2))]
    value = strength_of(tables.sum(axis=0))[0]
    ends = OPEN
    exchanges = _Exchanges(there)
    for step in STEPS:
        if len(there) < FEWEST_UNITS or (low, high) == OPEN or exchanges.keep(step):
            ends = outward(low, high, step)
            break
    # With the end of a coarse interval beyond what can be.
    least, most = round(max(ends[0], -1.0), 2), round(min(ends[1], 1.0), 2)
    return Told(half_up(value, 2), least, most, _p(value, least, most, len(there)))


def _p(value: float, low: float, high: float, estates: int) -> float:
    """Two-sided, of an interval that reaches as far as is told, on t with estates as units."""
    arm = value - low if value > 0 else high - value
    if arm <= 0 or estates < 2:
        return 0.0 if low > 0 or high < 0 else 1.0
    quantile = float(special.stdtrit(estates - 1, 1 - (1 - LEVEL) / 2))
    return 2 * float(special.stdtr(estates - 1, -abs(value) / arm * quantile))


class _Exchanges:
    """Tables near the true ones with the same bars and the same sum.

    An exchange is of two parts of each question; `t` people for each of whom another comes: -KEPT..KEPT.
    """

    def __init__(self, tables: Ints) -> None:
        self.tables = tables
        self.estates, rows, columns = tables.shape
        self.corners = list(product(combinations(range(rows), 2), combinations(range(columns), 2)))
        self.steps = range(-KEPT, KEPT + 1)
        self.sum = tables.sum(axis=0)

    @cached_property
    def _change(self) -> Floats:
        """Estates x corners x steps: how much more an estate adds to the sum of squares; inf where it has not
        so many people to exchange."""
        value = strength_of(self.sum)[0]
        found = np.full((self.estates, len(self.corners), len(self.steps)), np.inf)
        self.squares = np.zeros(self.estates)
        rest = self.sum - self.tables
        sizes = rest.sum(axis=(1, 2))
        untied = [(sizes**2 - (rest.sum(axis=axis) ** 2).sum(axis=1)).astype(np.float64) for axis in (1, 2)]
        with np.errstate(invalid="ignore", divide="ignore"):
            width = np.sqrt(untied[0] * untied[1])
            self.squares = (_agreeing(rest) / width - value) ** 2
            for corner, move in enumerate(self._moves()):
                moved = self.tables + np.array(self.steps)[:, None, None, None] * move
                able = (moved >= 0).all(axis=(-2, -1))
                squares = (_agreeing(self.sum - moved) / width - value) ** 2 - self.squares
                found[:, corner] = np.where(able, squares, np.inf).T
        return found

    def _moves(self) -> list[Ints]:
        moves = []
        for (r, s), (c, d) in self.corners:
            move = np.zeros(self.sum.shape, np.int64)
            move[r, c] = move[s, d] = 1
            move[r, d] = move[s, c] = -1
            moves.append(move)
        return moves

    def keep(self, step: float) -> bool:
        """Does each number that is to be kept range far enough over tables of which the same is told?"""
        alike = self._alike(step)
        for r, c in np.ndindex(self.sum.shape):
            need = self._need(r, c)
            if not need.any():
                continue
            least, most = np.zeros(self.estates, np.int64), np.zeros(self.estates, np.int64)
            for corner, (rows, columns) in enumerate(self.corners):
                if r in rows and c in columns:
                    sign = 1 if (r == rows[0]) == (c == columns[0]) else -1
                    shift = np.where(alike[:, corner], sign * np.array(self.steps), 0)
                    least = np.minimum(least, shift.min(axis=1))
                    most = np.maximum(most, shift.max(axis=1))
            if (most - least < need).any():
                return False
        return True

    def _need(self, r: int, c: int) -> Ints:
        """Of 1 to 4 people, or all who gave one of the answers; never more than the bars leave."""
        n, row, column = self.tables[:, r, c], self.tables[:, r].sum(axis=1), self.tables[:, :, c].sum(axis=1)
        everybody = self.tables.sum(axis=(1, 2))
        secret = (n > 0) & ((n < MINIMUM) | (n == row) | (n == column))
        left = np.minimum(row, column) - np.maximum(0, row + column - everybody)
        return np.where(secret, np.minimum(left, KEPT), 0)

    def _alike(self, step: float) -> Flags:
        """Estates x corners x steps: whether somebody else can do the opposite so that the same is told."""
        change = self._change
        if not np.isfinite(self.squares).all():
            return np.ones(change.shape, np.bool_)
        base = float(self.squares.sum())
        least, most = self._told_alike(base, step)
        found = np.zeros(change.shape, np.bool_)
        back = change[:, :, ::-1]
        if self.estates <= FEW:
            apart = ~np.eye(self.estates, dtype=bool)
            three = (apart[:, :, None] & apart[:, None] & apart[None])[..., None]
            for place, t in enumerate(self.steps):
                for first, own in enumerate(self.steps):
                    if abs(t - own) <= KEPT:
                        other = back[:, :, t - own + KEPT]
                        both = back[None, :, None, :, first] + other[None, None]
                        squares = base + (change[:, None, None, :, place] + both)
                        same = three & (squares >= least) & (squares <= most)
                        found[:, :, place] |= same.any(axis=(1, 2))
            return found
        for away in range(1, PARTNERS + 1):
            squares = base + change + np.roll(back, away, axis=0)
            found |= (squares >= least) & (squares <= most)
        return found

    def _told_alike(self, base: float, step: float) -> tuple[float, float]:
        """The least and the greatest sum of squares of which the same is told as of `base`: what is told
        never narrows as the sum grows. No number lies between them where nothing is told."""
        told = self._told(np.array(base), step)
        if np.isnan(told):
            return np.inf, -np.inf
        ends = []
        for beyond in (0.0, float(np.finfo(np.float64).max)):
            # Floats from 0 on stand in the order of their bits: so the last one is found, not one near it.
            inside, outside = (int(np.array(end).view(np.int64)) for end in (max(base, 0.0), beyond))
            if self._told(np.array(beyond), step) == told:
                ends.append(-np.inf if beyond == 0 else np.inf)
                continue
            while abs(outside - inside) > 1:
                apart = outside - inside
                between = [inside + apart * part // PARTS for part in range(PARTS + 1)]
                same = self._told(np.array(between, np.int64).view(np.float64), step) == told
                last = int(np.flatnonzero(same)[-1])
                inside, outside = between[last], between[last + 1]
            ends.append(float(np.array(inside).view(np.float64)))
        return ends[0], ends[1]

    @cached_property
    def _fixed(self) -> tuple[float, float, float]:
        """What no exchange moves: tau-b of the sum, half the interval with people as units, and the quantile
        for estates as units."""
        value, people = strength_of(self.sum)
        quantile = 1 - (1 - LEVEL) / 2
        by_people = people * float(special.ndtri(quantile))
        return value, by_people, float(special.stdtrit(self.estates - 1, quantile))

    def _told(self, squares: Floats, step: float) -> Floats:
        """Ends of the interval as one number."""
        value, people, t = self._fixed
        by_estates = t * np.sqrt((self.estates - 1) / self.estates * np.maximum(squares, 0.0))
        half = np.maximum(by_estates, people)
        half = np.where(np.isfinite(half), half, 1e6)
        low = np.floor(np.maximum(value - half, -1.0) / step + 1e-9)
        high = np.ceil(np.minimum(value + half, 1.0) / step - 1e-9)
        found: Floats = np.where(half > 1e5, np.nan, low * 1000 + high)
        return found


def _agreeing(tables: Ints) -> Floats:
    """Concordant pairs less discordant ones, each counted both ways, of each table."""
    concordant, discordant = pairs_apart(tables.astype(np.float64))
    found: Floats = (tables * (concordant - discordant)).sum(axis=(-2, -1))
    return found
