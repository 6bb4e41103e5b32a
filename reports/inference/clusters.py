"""How answers go together, over estates: people of one estate hang together, so estates are the units.

Neighbours share a landlord, a yard and a caretaker. Where both answers are much the same within an estate,
thirty people of it say little more than one, and an interval that counts people is half as wide as it should
be. What is doubted is how far the figure moves when one estate is left out (jackknife), on t with one degree
of freedom less than estates; never less than the doubt of as many people drawn one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.errors import TooFewAnswers
from reports.inference.differences import difference
from reports.inference.estimates import Interval, Ints
from reports.inference.settings import FEWEST_UNITS, LEVEL
from reports.inference.stratified import stratified_share


@dataclass(frozen=True)
class Doubt:
    """Of one figure: `half` of its interval, and the two-sided p of nothing at all. `freedom`: of the t that
    they rest on; inf: the normal distribution."""

    error: float
    half: float
    p: float
    freedom: float


def doubt(value: float, people: float, without: Sequence[float | None], level: float = LEVEL) -> Doubt:
    """The wider of the two.

    `people`: standard error with people drawn one by one. `without`: the figure without each of the estates;
    None where it has none then, which makes it one of that estate alone: all is open. One estate: of its
    people, and of no other. Two: all is open, for one of the two tells nothing of how far estates lie apart,
    and what little it did would tell of either.

    Variance (G - 1) / G sum (without - value)^2, t on G - 1 for G estates.

    Source: Rust and Rao 1996, Statistical Methods in Medical Research 5, 283-310 (jackknife of clusters,
    JK1); few clusters: MacKinnon, Nielsen and Webb 2023, Journal of Econometrics 232, 272-299.
    """
    alone = _of(value, people, math.inf, level)
    number = len(without)
    if number < 2:
        return alone
    if number < FEWEST_UNITS or any(left is None for left in without):
        return Doubt(math.inf, math.inf, 1.0, number - 1)
    apart = np.asarray(without, np.float64) - value
    error = math.sqrt((number - 1) / number * float((apart**2).sum()))
    together = _of(value, error, number - 1, level)
    return together if together.half > alone.half else alone


def shares_apart(one: Ints, other: Ints, level: float = LEVEL, wider: float = 1.0) -> Interval:
    """The share of good answers in one group of people less that in another, -1..1; both live in all estates.

    `one`, `other`: G x 2, of each of G estates the good answers and all answers of its people in the group.
    Each answer counts as one. The wider, at each end, of the interval with people as units (two shares of an
    endless population) and that with estates as units (`doubt`): neighbours are in both groups, so what their
    estate makes of both is no part of the doubt, and what sets the groups apart in one estate alone is.
    `wider`: both arms times so much.
    TooFewAnswers: nobody is in one of the groups.

    Source: Zou and Donner 2008, Statistics in Medicine 27, 1693-1702; estates: see `doubt`.
    """
    if not one[:, 1].any() or not other[:, 1].any():
        raise TooFewAnswers("nobody is in one of the two groups")
    now, then = (stratified_share([int(k)], [int(n)], [None], level) for k, n in (one.sum(0), other.sum(0)))
    alone = difference(now, then, level)
    there = (one + other)[:, 1] > 0
    left = [(own.sum(axis=0) - own[there]).tolist() for own in (one, other)]
    without = [a / m - b / n if m and n else None for (a, m), (b, n) in zip(*left, strict=True)]
    half = doubt(alone.value, 0.0, without if len(without) > 1 else [], level).half
    below, above = (max(half, arm) * wider for arm in (alone.value - alone.low, alone.high - alone.value))
    low, high = max(-1.0, alone.value - below), min(1.0, alone.value + above)
    return Interval(alone.value, low, high, now.n + then.n)


def _of(value: float, error: float, freedom: float, level: float) -> Doubt:
    endless = math.isinf(freedom)
    quantile = 1 - (1 - level) / 2
    half = error * float(special.ndtri(quantile) if endless else special.stdtrit(freedom, quantile))
    if error == 0:
        return Doubt(0.0, 0.0, float(value == 0), freedom)
    z = -abs(value) / error
    return Doubt(error, half, 2 * float(special.ndtr(z) if endless else special.stdtr(freedom, z)), freedom)
