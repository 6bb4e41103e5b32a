"""What goes with satisfaction when the other things are equal: the proportional odds model.

McCullagh 1980; fitted by statsmodels on counts of people who answered alike (`ordered`), and again without
each of the estates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.errors import BadDesign, NoSpread, TooFewAnswers, TooManyGroups
from reports.inference.clusters import doubt
from reports.inference.estimates import Floats, Ints
from reports.inference.settings import ANSWERS_PER_COEFFICIENT, FEWEST_UNITS, LEVEL, MOST_GROUPS


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


def _fitted(patterns: _Patterns, names: list[tuple[str, str]], level: float) -> OrderedLogit:
    # It brings pandas along and takes a second or more to import: only who asks for a model waits for it.
    from reports.inference.ordered import CountedModel

    whole = patterns.counts.sum(axis=0)
    model = CountedModel(patterns.step, patterns.design, whole)
    found = model.most_likely()
    errors = np.sqrt(np.diag(np.linalg.inv(-model.hessian(found))))
    deviance = -2 * model.loglike(found)
    without = []
    for own in patterns.counts if len(patterns.counts) > 1 else []:
        model.counts = whole - own
        without.append(model.most_likely(found))
    effects = []
    for place, (factor, group) in enumerate(names):
        value = float(found[place])
        own_doubt = doubt(value, float(errors[place]), [float(left[place]) for left in without], level)
        low, high = value - own_doubt.half, value + own_doubt.half
        effects.append(Effect(factor, group, value, own_doubt.error, low, high, own_doubt.p))
    # With an endless one at each end.
    thresholds = tuple(model.transform_threshold_params(found)[1:-1].tolist())
    return OrderedLogit(tuple(effects), thresholds, deviance, int(whole.sum()))
