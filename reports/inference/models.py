"""What goes with satisfaction when the other things are equal: the proportional odds model.

McCullagh 1980; maximum likelihood by Newton's method, on counts of people who answered alike, so that it is
fitted again without each of the estates in no time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.errors import BadDesign, DoesNotConverge, NoSpread, TooFewAnswers, TooManyGroups
from reports.inference.clusters import doubt
from reports.inference.estimates import Floats, Ints
from reports.inference.settings import ANSWERS_PER_COEFFICIENT, FEWEST_UNITS, LEVEL, MOST_GROUPS

RUNAWAY = 12.0
"""A log odds ratio beyond this (1 : 160 000) is a group that all answered alike, not an estimate."""

MOST_STEPS = 50
"""Of Newton's method, and times that one of them is halved; a handful is the usual."""
TINY = 1e-9
"""No parameter moves more than this in the last step."""


@dataclass(frozen=True)
class Factor:
    """`group`: one group an answer; `names` of the groups, that which others are set beside first."""

    groups: NDArray[np.int64]
    names: Sequence[str]

    @classmethod
    def of(cls, values: Sequence[str], first: str | None = None) -> Factor:
        """Groups by name; `first` is the one that others are set beside.

        Source: dummy coding, a definition; nothing is estimated.
        """
        names = sorted(set(values), key=lambda name: (name != first, name))
        place = {name: i for i, name in enumerate(names)}
        return cls(np.asarray([place[value] for value in values], np.int64), names)


@dataclass(frozen=True)
class Effect:
    """One group beside the first of its factor: log odds of a higher answer, with interval and Wald's p.

    `error`: of whom the interval is, people or estates."""

    factor: str
    group: str
    value: float
    error: float
    low: float
    high: float
    p: float

    @property
    def odds(self) -> tuple[float, float, float]:
        """Odds ratio with its interval."""
        return float(np.exp(self.value)), float(np.exp(self.low)), float(np.exp(self.high))


@dataclass(frozen=True)
class OrderedLogit:
    effects: tuple[Effect, ...]
    thresholds: tuple[float, ...]
    """Log odds of an answer on or below each step but the last, in the first groups."""
    deviance: float
    n: int


def ordered_logit(
    outcome: ArrayLike,
    factors: Mapping[str, Factor],
    estates: ArrayLike | None = None,
    level: float = LEVEL,
) -> OrderedLogit:
    """logit P(answer <= j) = threshold_j - sum of effects, one effect a group (McCullagh 1980).

    `outcome`: steps, worst first. `estates`: of each answer; the interval is the wider of that with people as
    units and that with estates (`doubt`); None: all of one. No finite population correction: it speaks of how
    answers go together, also of those who were not asked. It speaks of association, never cause.
    NoSpread: one step or one group only. TooManyGroups: more than MOST_GROUPS. TooFewAnswers: under
    ANSWERS_PER_COEFFICIENT for each number to find, or two estates. DoesNotConverge: a group that all
    answered alike, or that would be one without one of the estates.

    Source: McCullagh 1980, JRSS B 42, 109-142; estates: see `doubt`.
    """
    steps, y = np.unique(np.asarray(outcome), return_inverse=True)
    if not factors:
        raise BadDesign("a model needs at least one factor")
    if not y.size:
        raise TooFewAnswers("no answers: nothing can be estimated")
    if steps.size < 2:
        raise NoSpread("all answered alike")
    columns, names = [], []
    for name, factor in factors.items():
        if factor.groups.shape != y.shape:
            raise BadDesign(f"{factor.groups.size} values of '{name}' for {y.size} answers")
        if len(factor.names) > MOST_GROUPS:
            raise TooManyGroups(
                f"'{name}' has {len(factor.names)} groups; merge them to {MOST_GROUPS} or fewer"
            )
        if np.unique(factor.groups).size < 2:
            raise NoSpread(f"all belong to one group of '{name}'")
        for group in range(1, len(factor.names)):
            columns.append(factor.groups == group)
            names.append((name, factor.names[group]))
    wanted = ANSWERS_PER_COEFFICIENT * (len(columns) + steps.size - 1)
    if y.size < wanted:
        raise TooFewAnswers(f"{y.size} answers, but this model needs {wanted}; take fewer or coarser factors")
    design = np.stack(columns, axis=1).astype(np.float64)
    if np.linalg.matrix_rank(np.column_stack([np.ones(y.size), design])) < design.shape[1] + 1:
        raise BadDesign("two factors divide the answers alike; leave one out")
    where = np.zeros(y.size, np.int64) if estates is None else np.asarray(estates)
    if where.shape != y.shape:
        raise BadDesign(f"{where.size} estates for {y.size} answers")
    if 1 < np.unique(where).size < FEWEST_UNITS:
        raise TooFewAnswers(f"two estates tell nothing of how far estates lie apart; it takes {FEWEST_UNITS}")
    return _fitted(_Patterns.of(y.ravel(), design, where), names, level)


@dataclass(frozen=True)
class _Patterns:
    """People who answered all alike, P of them: `design` P x K, their step of the outcome, and how many they
    are in each estate (G x P)."""

    design: Floats
    step: Ints
    counts: Floats

    @classmethod
    def of(cls, y: Ints, design: Floats, estates: NDArray[np.generic]) -> _Patterns:
        kinds, own = np.unique(np.column_stack([y, design]), axis=0, return_inverse=True)
        where = np.unique(estates, return_inverse=True)[1].ravel()
        shape = int(where.max()) + 1, len(kinds)
        counts = np.bincount(where * shape[1] + own.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
        return cls(kinds[:, 1:], kinds[:, 0].astype(np.int64), counts.astype(np.float64))

    def start(self) -> Floats:
        """No effects, and the thresholds that the outcome has then."""
        below = np.bincount(self.step, self.counts.sum(axis=0)).cumsum()
        return np.concatenate([np.zeros(self.design.shape[1]), special.logit(below[:-1] / below[-1])])

    def slopes(self, at: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each pattern the log likelihood (P), its gradient (P x parameters) and second derivatives."""
        effects, steps = self.design.shape[1], at.size - self.design.shape[1] + 1
        thresholds = np.concatenate([[-np.inf], at[effects:], [np.inf]])
        score = self.design @ at[:effects]
        ends = [special.expit(thresholds[self.step + end] - score) for end in (1, 0)]
        chance = ends[0] - ends[1]
        gradient = np.zeros((self.step.size, at.size))
        second = np.zeros((self.step.size, at.size, at.size))
        for sign, end, below in ((1.0, ends[0], self.step), (-1.0, ends[1], self.step - 1)):
            density = end * (1 - end)
            # How the threshold less the score moves with each parameter; those at the ends do not move.
            moves = np.zeros((self.step.size, at.size))
            moves[:, :effects] = -self.design
            inner = (below >= 0) & (below < steps - 1)
            moves[np.flatnonzero(inner), effects + below[inner]] = 1.0
            gradient += (sign * density / chance)[:, None] * moves
            bend = sign * density * (1 - 2 * end) / chance
            second += bend[:, None, None] * moves[:, :, None] * moves[:, None, :]
        second -= gradient[:, :, None] * gradient[:, None, :]
        return np.log(chance), gradient, second


def _most_likely(patterns: _Patterns, counts: Floats, start: Floats) -> tuple[Floats, Floats, float]:
    """Parameters, information and log likelihood, by Newton's steps, halved while they lead downwards.

    DoesNotConverge: where the likelihood has no top.
    """
    at, there = start, counts > 0
    alike = DoesNotConverge(
        "all of one group answered alike, so the model has no solution; merge small groups"
    )
    effects = patterns.design.shape[1]
    own = _Patterns(patterns.design[there], patterns.step[there], counts[None, there])
    with np.errstate(divide="ignore", invalid="ignore"):
        likely, gradient, second = own.slopes(at)
        for _ in range(MOST_STEPS):
            information = -np.tensordot(counts[there], second, 1)
            try:
                step = np.linalg.solve(information, counts[there] @ gradient)
            except np.linalg.LinAlgError as error:
                raise alike from error
            for _ in range(MOST_STEPS):
                tried = own.slopes(at + step)
                if counts[there] @ tried[0] >= counts[there] @ likely - TINY:
                    break
                step = step / 2
            else:
                raise alike
            at, (likely, gradient, second) = at + step, tried
            if not np.isfinite(at).all() or np.abs(at[:effects]).max() > RUNAWAY:
                raise alike
            if np.abs(step).max() < TINY:
                return at, -np.tensordot(counts[there], second, 1), float(counts[there] @ likely)
    raise alike


def _fitted(patterns: _Patterns, names: list[tuple[str, str]], level: float) -> OrderedLogit:
    whole = patterns.counts.sum(axis=0)
    values, information, loglik = _most_likely(patterns, whole, patterns.start())
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    several = len(patterns.counts) > 1
    without = np.asarray(
        [_most_likely(patterns, whole - own, values)[0] for own in patterns.counts] if several else []
    ).reshape(-1, values.size)
    effects = []
    for place, (factor, group) in enumerate(names):
        value = float(values[place])
        found = doubt(value, float(errors[place]), without[:, place].tolist(), level)
        effects.append(
            Effect(factor, group, value, found.error, value - found.half, value + found.half, found.p)
        )
    thresholds = tuple(values[len(names) :].tolist())
    return OrderedLogit(tuple(effects), thresholds, -2 * loglik, int(whole.sum()))
