"""What matters to tenants: rank correlation with the overall question.

- tau-b: Kendall 1945; its asymptotic variance: Brown and Benedetti 1977
- Spearman's rho on mid-ranks; its interval: Bonett and Wright 2000
What they chose themselves are shares like others: `items`.
Tables are items x overall, both from worst to best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from reports.errors import NoSpread, TooFewAnswers
from reports.inference.clusters import doubt
from reports.inference.estimates import Floats, Interval
from reports.inference.multiplicity import holm
from reports.inference.ordinal import pairs_apart
from reports.inference.settings import FEWEST_FOR_CORRELATION, LEVEL


@dataclass(frozen=True)
class Importance:
    """How strongly an item goes with the overall answer (tau-b, -1..1). `sure`: after Holm over all items."""

    name: str
    strength: Interval
    sure: bool


def derived(
    tables: dict[str, ArrayLike], population: int | None = None, level: float = LEVEL
) -> tuple[Importance, ...]:
    """Strongest first; `tables` as of `tau_b`. Items with too few answers or without spread say nothing and
    are left out.

    Source: see `tau_b`; Holm: `holm`.
    """
    found: dict[str, tuple[Interval, float]] = {}
    for name, table in tables.items():
        try:
            found[name] = _tau(table, population, level)
        except (TooFewAnswers, NoSpread):
            continue
    stands = holm([p for _, p in found.values()], level)
    rows = [
        Importance(name, strength, sure)
        for (name, (strength, _)), sure in zip(found.items(), stands, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.strength.value, row.name)))


def tau_b(tables: ArrayLike, population: int | None = None, level: float = LEVEL) -> Interval:
    """Kendall's tau-b of a table of counts: (P - Q) / sqrt((n^2 - sum r^2)(n^2 - sum c^2)), P and Q the
    concordant and discordant pairs counted both ways, r and c the margins.

    `tables`: rows x columns of one estate, or estates x rows x columns. Of one: variance by the delta method
    for a multinomial sample (Brown and Benedetti 1977), times 1 - n / N; normal interval within -1..1. Of
    several the wider of that without 1 - n / N and the one with estates as units (`doubt`).

    Source: Kendall 1945, Biometrika 33, 239-251; Brown and Benedetti 1977, JASA 72, 309-315; estates:
    `doubt`.
    """
    return _tau(tables, population, level)[0]


def _tau(tables: ArrayLike, population: int | None, level: float) -> tuple[Interval, float]:
    each = np.asarray(tables, np.float64)
    each = each[None] if each.ndim == 2 else each
    there = [table for table in each if table.any()]
    counts = _checked(each.sum(axis=0))
    value, spread = strength_of(counts)
    several = len(there) > 1
    people = spread * float(np.sqrt(1.0 if several else _unseen(counts.sum(), population)))
    found = doubt(value, people, [_without(counts - table) for table in there] if several else [], level)
    low, high = max(-1.0, value - found.half), min(1.0, value + found.half)
    return Interval(value, low, high, int(counts.sum()), found.freedom), found.p


def _without(counts: Floats) -> float | None:
    """None where one of the questions was answered alike by all that are left."""
    both = counts.sum(axis=1), counts.sum(axis=0)
    return strength_of(counts)[0] if min(np.count_nonzero(own) for own in both) > 1 else None


def strength_of(table: ArrayLike) -> tuple[float, float]:
    """tau-b, and its standard error in an endless population of people drawn one by one.

    Source: Kendall 1945, Biometrika 33, 239-251; Brown and Benedetti 1977, JASA 72, 309-315.
    """
    counts = np.asarray(table, np.float64)
    n = counts.sum()
    concordant, discordant = pairs_apart(counts)
    agree = concordant - discordant
    r, c = counts.sum(axis=1), counts.sum(axis=0)
    wr, wc = n**2 - (r**2).sum(), n**2 - (c**2).sum()
    w = np.sqrt(wr * wc)
    value = float((counts * agree).sum() / w)
    v = r[:, None] * wc + c[None, :] * wr
    spread = (counts * (2 * w * agree + value * v) ** 2).sum() - n**3 * value**2 * (wr + wc) ** 2
    return value, float(np.sqrt(max(spread, 0.0)) / w**2)


def spearman(table: ArrayLike, population: int | None = None, level: float = LEVEL) -> Interval:
    """Spearman's rho, the correlation of mid-ranks; interval tanh(artanh rho +- z e), e^2 = (1 + rho^2
    / 2) / (n - 3) (1 - n / N).

    Source: Bonett and Wright 2000, Psychometrika 65, 23-28.
    """
    counts = _checked(table)
    n = counts.sum()
    a, b = (np.cumsum(margin) - margin / 2 for margin in (counts.sum(axis=1), counts.sum(axis=0)))
    a, b = a - n / 2, b - n / 2
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    value = float((counts * np.outer(a, b)).sum() / np.sqrt((rows * a**2).sum() * (columns * b**2).sum()))
    value = min(max(value, -1.0), 1.0)
    if abs(value) == 1:
        return Interval(value, value, value, int(n))
    error = np.sqrt((1 + value**2 / 2) / (n - 3) * _unseen(n, population))
    half = float(special.ndtri(1 - (1 - level) / 2) * error)
    centre = float(np.arctanh(value))
    return Interval(value, float(np.tanh(centre - half)), float(np.tanh(centre + half)), int(n))


def _checked(table: ArrayLike) -> Floats:
    counts = np.asarray(table, np.float64)
    if counts.sum() < FEWEST_FOR_CORRELATION:
        raise TooFewAnswers(f"a rank correlation needs {FEWEST_FOR_CORRELATION} answers to both questions")
    if np.count_nonzero(counts.sum(axis=1)) < 2 or np.count_nonzero(counts.sum(axis=0)) < 2:
        raise NoSpread("one of the questions was answered alike by all")
    return counts


def _unseen(n: float, population: int | None) -> float:
    return 1.0 if population is None else max(0.0, 1 - float(n) / max(population, 1))
