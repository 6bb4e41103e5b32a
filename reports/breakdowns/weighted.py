"""Weighted shares beside tables by group: what a reader who knows the weights learns of hidden numbers.

A share that is weighted to the register is a sum over groups in which each counts differently. Who has a
table by these groups, and knows what an answer of each weighs (the register's numbers, and who answered, are
told), has one inequality more for each edge of the bar: the rounded share, and how far it may have been
rounded.
Hidden numbers must keep their range in whole numbers with these inequalities too. Where they do not, or where
that cannot be seen in time, the table is not told of these places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.breakdowns.asking import Ask
from reports.breakdowns.people import Crossing, Population
from reports.disclosure import MINIMUM, PROFILES, Effort, Table
from reports.disclosure.tables import Flags, Ints
from reports.items import distribution
from reports.rounding import half_up
from reports.scope import Groundwork, Scope
from reports.weights import Weights

Floats = NDArray[np.float64]
HAIR = 1e-6
WORK = 1000
"""Of one program, before its size: so long takes the least of them (`Effort`)."""
MOST_NODES = 500
"""Of the search for another table: not a number of seconds, so that the answer is the same everywhere."""


def weighted_by(people: Population) -> frozenset[str]:
    """The backgrounds that shares of this question are weighted by in the report on all; none where it is not
    weighted, or is itself told as it was answered.

    Source: a definition; nothing is estimated.
    """
    if people.item.background or people.weighted[0] is None:
        return frozenset()
    return frozenset(margin.item for margin in people.wave.margins)


@dataclass(frozen=True)
class Weighted:
    """One rounded share: what each leaf of the table weighs in it, and how far the sum may lie from the
    truth."""

    weight: Floats
    down: float
    up: float


def lacking(
    table: Table, known: Flags, wanted: Flags, shares: Sequence[Weighted], least: Ints, effort: Effort
) -> Flags:
    """Hidden numbers of 1 to 4 that are `wanted` and lack their range for who has the shares, but have a
    wider one without them: marks over places x answers x groups. TooMuchWork.

    `known`: cells. `least`: of each leaf, what it holds at the least in the tables that are tried.

    Source: the attacker's subproblem, Fischetti and Salazar 2001, Management Science 47, 1008-1027.
    """
    (block,) = table.blocks
    small = wanted & ~known & (table.values > 0) & (table.values < MINIMUM)
    rows = np.flatnonzero(small[block.ravel()])
    found = np.zeros(block.size, bool)
    if shares and rows.size:
        reader = _Reader.of(table, known, shares, least, effort)
        without = _Reader.of(table, known, (), least, effort)
        for row in reader.lacking(rows):
            found[row] = without.range_of(row) > reader.range_of(row)
    return found.reshape(block.shape)


class _Reader:
    """Solves all that is told. Who is not there now has no weight either, and is not thought of."""

    def __init__(
        self,
        sums: scipy.sparse.csr_array,
        known: Flags,
        shares: Sequence[Weighted],
        true: Ints,
        least: Ints,
        effort: Effort,
    ) -> None:
        self.sums, self.effort, self.true = sums, effort, true.ravel()
        there = np.broadcast_to(true.sum(axis=1, keepdims=True) > 0, true.shape).ravel()
        true = true.ravel()
        told = sums[np.flatnonzero(known)]
        weights = np.array([share.weight for share in shares]).reshape(-1, true.size)
        values, middle = told @ true, weights @ true
        self.counts = told
        self.told = scipy.optimize.LinearConstraint(told, values, values)
        self.rules: list[tuple[Floats, Floats, Floats]] = []
        if shares:
            ends = (np.array([one.down for one in shares]), np.array([one.up for one in shares]))
            self.rules.append((weights, middle - ends[0], middle + ends[1]))
        self.bounds = scipy.optimize.Bounds(least, np.where(there, np.inf, 0.0))

    @classmethod
    def of(
        cls, table: Table, known: Flags, shares: Sequence[Weighted], least: Ints, effort: Effort
    ) -> _Reader:
        (block,), (groups,) = table.blocks, table.groups
        sums = scipy.sparse.kron(
            scipy.sparse.kron(table.places.sums, table.answers.sums), groups.sums
        ).tocsr()
        true = table.values[leaves_of(table)]
        return cls(sums, known[block.ravel()], shares, true, least, effort)

    def range_of(self, row: int) -> int:
        ends = [int((self.sums[[row]] @ self._extreme(row, sign))[0]) for sign in (1, -1)]
        return ends[1] - ends[0]

    def lacking(self, rows: Ints) -> Iterator[int]:
        """Those of these cells that were not seen to range as far as they must. Each table that is found is a
        proof for all of them that it changes."""
        low = self.sums[rows] @ self.true
        high = low.copy()
        for place, row in enumerate(rows.tolist()):
            for sign in (1, -1):
                if high[place] - low[place] < MINIMUM:
                    found = self.sums[rows] @ self._extreme(row, sign)
                    low, high = np.minimum(low, found), np.maximum(high, found)
            if high[place] - low[place] < MINIMUM:
                yield row

    def _extreme(self, row: int, sign: int) -> Ints:
        """People with the least (1) or the most (-1) in this cell; the true ones where none are found."""
        self.effort.spend(WORK + 10 * self.true.size)
        found = scipy.optimize.milp(
            sign * self.sums[[row]].toarray().ravel(),
            integrality=np.ones(self.true.size, np.int64),
            bounds=self.bounds,
            constraints=[self.told, *(scipy.optimize.LinearConstraint(*rule) for rule in self.rules)],
            options={"node_limit": MOST_NODES},
        )
        if found.x is None:
            return self.true
        seen = np.rint(found.x).astype(np.int64)
        fits = not (self.counts @ (seen - self.true)).any() and all(
            bool((low - HAIR <= (sums := weights @ seen)).all() and (sums <= high + HAIR).all())
            for weights, low, high in self.rules
        )
        inside = (self.bounds.lb <= seen).all() and (seen <= self.bounds.ub).all()
        return seen if fits and inside else self.true


def leaves_of(table: Table) -> Ints:
    """Places x answers x groups: the cells of single leaves."""
    (block,), (groups,) = table.blocks, table.groups
    found: Ints = block[1 : 1 + table.places.leaves, 1:, 1 : 1 + groups.leaves]
    return found


@dataclass(frozen=True)
class Shares:
    """The weighted shares that are told of one question. `crossing`: with all backgrounds they are weighted
    by, so that those who stand in one leaf weigh alike."""

    people: Population
    crossing: Crossing
    weights: Weights

    def of_report(self) -> tuple[list[Weighted], Ints]:
        """Each edge of the bar of all, and of each leaf what stands before an edge that parts its answer:
        that is not moved."""
        people = self.people
        found = distribution(Scope.of(Groundwork.of(people.wave), None), people.item)
        kept = np.zeros(self._shape, np.int64)
        if found.weighted is None:
            return [], kept.ravel()
        column = people.wave.frame[people.item.id].to_numpy()[people.rows]
        position = np.array([people.codes.index(code) for code in column.tolist()])
        inside = np.isin(np.asarray(people.estates), found.places)
        whole = found.weighted.whole
        shares = []
        for edge, _ in found.spans[1:]:
            told = found.share(0, edge)
            off = (told - found.weighted.below(edge)) * whole
            half = found.step / 2 * whole
            answers = np.array([last <= edge for _, last in people.spans])
            shares.append(Weighted(self._weighed(inside, answers), half - off, half + off))
            parted = [at for at, (first, last) in enumerate(people.spans) if first < edge < last]
            before = np.isin(people.answer, parted) & (position < edge)
            kept = np.maximum(kept, self._counted(before))
        return shares, kept.ravel()

    def of_table(self, ask: Ask, told: Flags) -> Iterator[Weighted]:
        """Beside the numbers of a request, of the places where all of them are told."""
        people, profile = self.people, PROFILES[ask.profile]
        if ask.level == "estate" or profile.rounding > 1 or profile.noise:
            return
        of_rows = self.weights.of_rows[people.rows]
        unions = [frozenset(range(self.crossing.leaves)), *self.crossing.unions(ask)]
        for node, here in zip(people.asked(ask), told, strict=True):
            if not here.all():
                continue
            among = np.isin(np.arange(len(people.estates)), people.places().nodes[node])
            domain = np.zeros(people.wave.frame.height, bool)
            domain[people.rows[among[people.estate]]] = True
            for union in unions:
                inside = among[people.estate] & np.isin(self.crossing.leaf, list(union))
                step = self.weights.step(domain, inside.sum() / max(1, domain.sum()))
                whole = float(of_rows[inside].sum())
                if step is None or whole <= 0:
                    continue
                for end in range(1, len(people.spans)):
                    below = float(of_rows[inside & (people.answer < end)].sum())
                    off = half_up(below / whole / step) * step * whole - below
                    answers = np.arange(len(people.spans)) < end
                    weight = self._weighed(among, answers, union)
                    yield Weighted(weight, step / 2 * whole - off, step / 2 * whole + off)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return len(self.people.estates), len(self.people.spans), self.crossing.leaves

    def _counted(self, rows: Flags) -> Ints:
        people = self.people
        at = np.ravel_multi_index((people.estate, people.answer, self.crossing.leaf), self._shape)
        counts: Ints = np.bincount(at[rows], minlength=int(np.prod(self._shape))).reshape(self._shape)
        return counts

    def _weighed(self, estates: Flags, answers: Flags, groups: frozenset[int] | None = None) -> Floats:
        """What one answer of each leaf weighs in a share of these."""
        people = self.people
        at = people.estate * self.crossing.leaves + self.crossing.leaf
        own = np.zeros(len(people.estates) * self.crossing.leaves)
        own[at] = self.weights.of_rows[people.rows]
        each = own.reshape(len(people.estates), 1, self.crossing.leaves) * estates[:, None, None]
        if groups is not None:
            each = each * np.isin(np.arange(self.crossing.leaves), list(groups))
        found: Floats = (each * answers[None, :, None]).ravel()
        return found
