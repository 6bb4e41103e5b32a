"""What goes with satisfaction when the other things are equal: the proportional odds model.

McCullagh 1980; fitted by statsmodels (Newton, maximum likelihood), imported only when a model is asked for.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.errors import BadDesign, DoesNotConverge, NoSpread, TooFewAnswers, TooManyGroups
from reports.inference.settings import ANSWERS_PER_COEFFICIENT, LEVEL, MOST_GROUPS

RUNAWAY = 12.0
"""A log odds ratio beyond this (1 : 160 000) is a group that all answered alike, not an estimate."""


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
    """One group beside the first of its factor: log odds of a higher answer, with interval and Wald's p."""

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


def ordered_logit(outcome: ArrayLike, factors: Mapping[str, Factor], level: float = LEVEL) -> OrderedLogit:
    """logit P(answer <= j) = threshold_j - sum of effects, one effect a group (McCullagh 1980).

    `outcome`: steps, worst first. The people are taken as a sample of all who could live so, without finite
    population correction: the intervals are on the wide side. It speaks of association, never cause.
    NoSpread: one step or one group only. TooManyGroups: more than MOST_GROUPS. TooFewAnswers: under
    ANSWERS_PER_COEFFICIENT for each number to find. DoesNotConverge: a group that all answered alike.

    Source: McCullagh 1980, JRSS B 42, 109-142.
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
    return _fitted(y.ravel(), design, names, steps.size, level)


def _fitted(
    y: NDArray[np.int64], design: NDArray[np.float64], names: list[tuple[str, str]], steps: int, level: float
) -> OrderedLogit:
    # It brings pandas along and takes a second or more to import: only who asks for a model waits for it.
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they warn of is checked below, and refused
        try:
            model = OrderedModel(y, design, distr="logit")
            found = model.fit(method="newton", maxiter=100, disp=False)
            errors = np.asarray(found.bse, np.float64)
        except np.linalg.LinAlgError as error:
            raise DoesNotConverge("the model has no solution; merge small groups") from error
    values = np.asarray(found.params, np.float64)
    settled = bool(found.mle_retvals["converged"]) and np.isfinite(errors).all()
    if not settled or np.abs(values[: len(names)]).max() > RUNAWAY:
        raise DoesNotConverge(
            "all of one group answered alike, so the model has no solution; merge small groups"
        )
    z = float(special.ndtri(1 - (1 - level) / 2))
    effects = tuple(
        Effect(
            factor,
            group,
            float(b),
            float(e),
            float(b - z * e),
            float(b + z * e),
            float(2 * special.ndtr(-abs(b / e))),
        )
        for (factor, group), b, e in zip(names, values, errors, strict=False)
    )
    cuts = values[len(names) :]
    # statsmodels keeps the logarithms of the distances between the thresholds.
    thresholds = cuts[0] + np.concatenate([[0.0], np.cumsum(np.exp(cuts[1:]))])
    return OrderedLogit(effects, tuple(thresholds.tolist()), float(-2 * found.llf), int(y.size))
