"""A reader of how surely answers to several questions go together, in a model and in pairs: every width rests
on what each estate answered, so he asks which tables of the estates make what is printed likely.

He is given much: of every estate how many gave each answer to each question, of all estates together how many
gave each pattern of answers, every figure, and every width with all its digits, as it was before rounding.
He knows the law of the noise (`reports.widths`), what single estates must keep (`each_keeps_its_range`), and
that the model has a solution without each of them. What he lacks is which estate a pattern lives in.

He walks from the true tables to others by exchange: two people of an estate exchange their answers to one
question, two of another do the opposite. Many walks at once, each more at home in what is likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.disclosure import MINIMUM, each_keeps_its_range
from reports.inference.clusters import shares_apart
from reports.inference.models import Factor, OrderedLogit, ordered_logit
from reports.inference.settings import LEVEL

Tables = NDArray[np.int64]
"""Estates x parts of the overall answer x parts of a factor x parts of another (x ...)."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int, int, int, int]
"""Estate; two questions; a part of each."""
RUNAWAY = 12.0
NEWTON = 12
WALKS = 150
LONGEST = 1600
"""Steps of each."""
PULL = 1.0
"""How much likelier a walk takes a step that brings it one person nearer to where it is drawn."""


def model_of(tables: Tables) -> OrderedLogit:
    people = np.repeat(np.argwhere(tables >= 0), tables.ravel(), axis=0)
    names = [[str(part) for part in range(parts)] for parts in tables.shape[2:]]
    factors = {str(i): Factor(people[:, 2 + i], own) for i, own in enumerate(names)}
    return ordered_logit(people[:, 1], factors, people[:, 0])


@dataclass(frozen=True)
class Widths:
    """Logarithms of the exact halves: of each odds, and of the difference that each factor makes. They rest
    on how far each estate moves a figure, squared and added up: of many tables of an estate at once."""

    tables: Tables
    good: int = 1
    """Of the parts of the overall answer the last so many."""
    model: bool = True
    """Whether odds are told of them."""

    @cached_property
    def sum(self) -> Tables:
        return self.tables.sum(axis=0)

    @cached_property
    def people(self) -> Floats:
        """Halves with people as units, which all tables with this sum have alike."""
        effects = model_of(self.sum[None]).effects if self.model else ()
        found = [effect.high - effect.value for effect in effects]
        for factor in range(1, self.sum.ndim):
            crossed = _crossed(self.sum[None], factor)
            apart = shares_apart(*self._ends(crossed))
            found.append(max(apart.value - apart.low, apart.high - apart.value))
        return np.array(found)

    def halves(self, squares: Floats) -> Floats:
        """`squares`: ... x figures, added up over the estates."""
        estates = len(self.tables)
        t = float(special.stdtrit(estates - 1, (1 + LEVEL) / 2))
        by_estates = t * np.sqrt((estates - 1) / estates * np.maximum(squares, 0))
        found: Floats = np.log(np.maximum(by_estates, self.people))
        return found

    def squares(self, own: Tables) -> Floats:
        """Of each of these tables of an estate (B x ...) how far it moves each figure, squared; inf where
        there is none without it."""
        whole = self.sum[None]
        found = [self._effects(whole - own) - self._effects(whole)] if self.model else []
        for factor in range(1, self.sum.ndim):
            without = self._differences(_crossed(whole - own, factor))
            found.append((without - self._differences(_crossed(whole, factor)))[:, None])
        squares = np.concatenate(found, axis=1) ** 2
        squares[~np.isfinite(squares)] = np.inf
        return squares

    def _ends(self, tables: Tables) -> tuple[Tables, Tables]:
        """Of those at the two ends of the factor, the best first: good overall answers, and all."""
        best, worst = (
            np.stack([own[:, -self.good :].sum(axis=1), own.sum(axis=1)], axis=1)
            for own in (tables[:, -1], tables[:, 0])
        )
        return best, worst

    def _differences(self, tables: Tables) -> Floats:
        best, worst = self._ends(tables)
        with np.errstate(all="ignore"):
            found: Floats = best[:, 0] / best[:, 1] - worst[:, 0] / worst[:, 1]
        return found

    def _effects(self, counts: Tables) -> Floats:
        """inf where the model has no solution."""
        effects = self._design[0].shape[1]
        found, settled = self._newton(counts, np.repeat(self._all_of_it, len(counts), axis=0))
        settled &= np.abs(found[:, :effects]).max(axis=1) < RUNAWAY
        return np.where(settled[:, None], found[:, :effects], np.inf)

    @cached_property
    def _all_of_it(self) -> Floats:
        design, upper, _ = self._design
        start = np.zeros((1, upper.shape[1]))
        start[:, design.shape[1] :] = np.linspace(-1, 1, self.sum.shape[0] + 1)[1:-1]
        return self._newton(self.sum[None], start)[0]

    def _newton(self, counts: Tables, at: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Of many tables at once, from a place for each: where it leads, and whether it came to rest."""
        _, upper, lower = self._design
        people = counts.reshape(len(counts), -1)[:, self.sum.ravel() > 0].astype(np.float64)
        up, low = upper.any(axis=1), lower.any(axis=1)
        sides = [(side[:, :, None] * side[:, None]).reshape(len(side), -1) for side in (upper, lower)]
        ridge = 1e-9 * np.eye(upper.shape[1])
        with np.errstate(all="ignore"):
            for _ in range(NEWTON):
                above = np.where(up, special.expit(at @ upper.T), 1.0)
                below = np.where(low, special.expit(at @ lower.T), 0.0)
                chance = np.maximum(above - below, 1e-300)
                over, under = above * (1 - above), below * (1 - below)
                gradient = over[..., None] * upper - under[..., None] * lower
                weight = people / chance
                bend = (weight * over * (1 - 2 * above)) @ sides[0] - (
                    weight * under * (1 - 2 * below)
                ) @ sides[1]
                bend = bend.reshape(-1, *ridge.shape)
                bend -= np.swapaxes(gradient * (weight / chance)[..., None], 1, 2) @ gradient
                score = (weight[:, None] @ gradient)[:, 0]
                move = np.linalg.solve(bend - ridge, score[..., None])[..., 0]
                at = np.clip(at - np.clip(np.nan_to_num(move, nan=9.0), -3, 3), -99, 99)
                settled: NDArray[np.bool_] = np.abs(move).max(axis=1) < 1e-5
                if settled.all():
                    break
        return at, settled

    @cached_property
    def _design(self) -> tuple[Floats, Floats, Floats]:
        """Of each pattern that somebody gave: groups of the factors; how the ends of its step move."""
        cells = np.argwhere(self.sum > 0)
        steps = self.sum.shape[0]
        columns = [
            cells[:, factor] == group
            for factor in range(1, self.sum.ndim)
            for group in range(1, self.sum.shape[factor])
        ]
        design = np.stack(columns, axis=1).astype(np.float64)
        ends = []
        for which in (cells[:, 0], cells[:, 0] - 1):
            there = (which >= 0) & (which < steps - 1)
            thresholds = np.zeros((len(cells), steps - 1))
            thresholds[there, which[there]] = 1
            ends.append(np.concatenate([-design, thresholds], axis=1) * there[:, None])
        return design, ends[0], ends[1]


@dataclass
class Reader:
    """`told`: logarithms of the widths as they are told. `scale`: b of the noise; `less`: how much less
    likely than the true tables others may be, as a logarithm, all figures together."""

    widths: Widths
    told: Floats
    scale: float
    less: float
    walks: int = WALKS
    steps: int = LONGEST

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.tables = self.widths.tables
        self.shape = self.tables.shape[1:]
        self.where = np.array(list(np.ndindex(self.shape)))
        self.strides = np.array([int(np.prod(self.shape[axis + 1 :])) for axis in range(len(self.shape))])

    def found(self, least: int) -> dict[Pair, tuple[int, int]]:
        """Pairs of answers of 1 to 4 people of an estate, or of all who gave one of them, that lie closer
        together than `least`, or than its bars leave, in all tables that he finds nearly as likely."""
        secrets = self._secrets()
        if not secrets:
            return {}
        inside = np.stack([self._inside(pair) for pair, _, _ in secrets])
        estates = np.array([pair[0] for pair, _, _ in secrets])
        need = np.minimum(least, [left for _, _, left in secrets])
        low = np.array([n for _, n, _ in secrets])
        high = low.copy()
        now = self.tables.reshape(len(self.tables), -1)
        walks = np.repeat(now[None], self.walks, axis=0)
        squares = np.repeat(self.widths.squares(self.tables)[None], self.walks, axis=0)
        assert np.isfinite(squares).all(), "of these nothing is told"
        least_likely = self._likely(squares[0].sum(axis=0)) - self.less
        likely = np.full(self.walks, least_likely + self.less)
        short = high - low < need
        for _ in range(self.steps if short.any() else 0):
            # Each walk is drawn towards more, or fewer, of one of those that lie too close together.
            places = np.flatnonzero(short)[np.arange(self.walks) // 2 % short.sum()]
            moved = self._step(
                walks, squares, likely, least_likely + self.less, (estates[places], inside[places])
            )
            moved = moved[likely[moved] >= least_likely]
            counts = (walks[moved][:, estates] * inside).sum(axis=2)
            for number, own in zip(moved.tolist(), counts, strict=True):
                if ((own < low) | (own > high))[short].any() and self._may_be_told(walks[number]):
                    low, high = np.minimum(low, own), np.maximum(high, own)
                    short = high - low < need
            if not short.any():
                break
        ends = zip(secrets, low.tolist(), high.tolist(), (high - low < need).tolist(), strict=True)
        return {pair: (first, last) for (pair, _, _), first, last, close in ends if close}

    def _secrets(self) -> list[tuple[Pair, int, int]]:
        """With how many people, and how far the bars of the estate let them be off."""
        found: list[tuple[Pair, int, int]] = []
        for estate in range(len(self.tables)):
            for one, other in combinations(range(len(self.shape)), 2):
                table = _of_two(self.tables[estate], one, other)
                rows, columns = table.sum(axis=1)[:, None], table.sum(axis=0)[None]
                left = np.minimum(rows, columns) - np.maximum(0, rows + columns - table.sum())
                secret = (table > 0) & ((table < MINIMUM) | (table == rows) | (table == columns))
                for a, b in np.argwhere(secret).tolist():
                    found.append(((estate, one, other, a, b), int(table[a, b]), int(left[a, b])))
        return found

    def _inside(self, pair: Pair) -> NDArray[np.bool_]:
        _, one, other, a, b = pair
        found: NDArray[np.bool_] = (self.where[:, one] == a) & (self.where[:, other] == b)
        return found

    def _step(
        self,
        walks: Tables,
        squares: Floats,
        likely: Floats,
        enough: float,
        drawn: tuple[Ints, NDArray[np.bool_]],
    ) -> Ints:
        """Each walk tries one exchange; those that took it. Metropolis' rule, where what is as likely as the
        true tables is as good as what is likelier. `drawn`: of each walk the estate and the patterns it is
        drawn to, or from."""
        estates = np.argsort(self.random.random(walks.shape[:2]), axis=1)[:, :2].T
        every = np.arange(len(walks))
        one, other = (self._people(walks[every, estates[0]]) for _ in range(2))
        axis = self.random.integers(len(self.shape), size=len(walks))
        apart = self.where[other, axis] - self.where[one, axis]
        new = one + apart * self.strides[axis], other - apart * self.strides[axis]
        able = (one != other) & (apart != 0) & (new[0] != other)
        able &= (walks[every, estates[1], new[0]] > 0) & (walks[every, estates[1], new[1]] > 0)
        tried = np.flatnonzero(able)
        if not tried.size:
            return tried
        moved = walks[tried].copy()
        line = np.arange(tried.size)
        for sign, estate in zip((-1, 1), estates[:, tried], strict=True):
            for cells, more in ((one, sign), (other, sign), (new[0], -sign), (new[1], -sign)):
                moved[line, estate, cells[tried]] += more
        after = squares[tried].copy()
        for estate in estates[:, tried]:
            after[line, estate] = self.widths.squares(moved[line, estate].reshape(-1, *self.shape))
        then = self._likely(after.sum(axis=1))
        gain = np.minimum(then, enough) - np.minimum(likely[tried], enough)
        own = drawn[0][tried]
        more = ((moved[line, own] - walks[tried, own]) * drawn[1][tried]).sum(axis=1)
        gain += PULL * np.where(tried % 2, 1, -1) * more
        taken = np.log(self.random.random(tried.size)) < gain
        found = tried[taken]
        walks[found], squares[found], likely[found] = moved[taken], after[taken], then[taken]
        return found

    def _people(self, tables: Tables) -> Ints:
        """One of each of these tables, by lot."""
        upto = tables.cumsum(axis=1)
        drawn = (self.random.random(len(tables)) * upto[:, -1]).astype(np.int64)
        found: Ints = (upto <= drawn[:, None]).sum(axis=1)
        return found

    def _likely(self, squares: Floats) -> Floats:
        """Logarithm of how likely all that is told is; `squares`: ... x figures."""
        there = np.isfinite(squares).all(axis=-1)
        halves = self.widths.halves(np.where(there[..., None], squares, 0))
        found: Floats = np.where(there, -np.abs(self.told - halves).sum(axis=-1) / self.scale, -np.inf)
        return found

    def _may_be_told(self, walk: Tables) -> bool:
        tables = walk.reshape(-1, *self.shape)
        return all(
            each_keeps_its_range(np.stack([_of_two(own, *pair) for own in tables]))
            for pair in combinations(range(len(self.shape)), 2)
        )


def _of_two(table: NDArray[np.int64], one: int, other: int) -> NDArray[np.int64]:
    away = tuple(axis for axis in range(table.ndim) if axis not in (one, other))
    found: NDArray[np.int64] = table.sum(axis=away)
    return found


def _crossed(tables: Tables, factor: int) -> Tables:
    """Tables of a factor by the overall answer."""
    found: Tables = np.stack([_of_two(own, 0, factor).T for own in tables])
    return found
