"""Answers of one estate (a stratum), and those of hundreds side by side.

Cochran, Sampling Techniques, 3rd ed. 1977, ch. 2 (one estate) and 5 (strata).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.cut_bars import Told
from reports.errors import TooFewAnswers
from reports.inference.estimates import Floats, Ints


@dataclass(frozen=True)
class Stratum:
    """Answers of one estate: how many, their mean and sample variance; `population` None when not known.

    `others`: some are of dwellings elsewhere. The population is then what they count for in a total, and they
    are no part of it: there is no finite population correction.
    `part`: how many of those who answered at all are here, where a question is put to some only. The
    population is then the most that it can be put to, all less those it was not put to; in a total the estate
    counts with this part of all, which is an estimate and adds its own doubt."""

    n: int
    mean: float
    variance: float
    population: int | None
    others: bool = False
    part: float = 1.0

    @property
    def finite(self) -> int | None:
        """Of what the answers are a part; None: not known, endless."""
        return None if self.others else self.population

    @classmethod
    def of(cls, values: Floats, population: int | None, *, others: bool = False) -> Stratum:
        """TooFewAnswers when there is not one score: nothing is known of the estate then.

        Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 2 (s^2 on n - 1).
        """
        # One that is missing makes the sum missing. Sums alone: mean() and var() cost five times as much.
        mean = float(np.add.reduce(values)) / values.size if values.size else math.nan
        if not math.isfinite(mean):
            raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
        n = values.size
        apart = values - mean
        variance = float(np.add.reduce(apart * apart)) / (n - 1) if n > 1 else 0.0
        return cls(n, mean, variance, population, others)


Groups = NDArray[np.bool_]
"""G x H: which of H strata are in which of G groups."""


@dataclass(frozen=True)
class Strata:
    """H strata side by side: a round has hundreds of estates, and reckons with all of them at once."""

    n: Floats
    mean: Floats
    variance: Floats
    population: Floats
    """NaN where it is not known."""
    finite: Floats
    """The same; NaN also where answers of others are among them."""
    part: Floats
    """See `Stratum`."""

    def __len__(self) -> int:
        return self.n.size

    @classmethod
    def of(cls, strata: SomeStrata) -> Strata:
        """Source: a definition; nothing is estimated."""
        if isinstance(strata, Strata):
            return strata
        rows = [(s.n, s.mean, s.variance) for s in strata]
        n, mean, variance = np.asarray(rows, np.float64).reshape(-1, 3).T.copy()
        sizes, finite = ([getattr(s, name) for s in strata] for name in ("population", "finite"))
        parts = np.asarray([s.part for s in strata], np.float64)
        return cls(n, mean, variance, _or_nan(sizes), _or_nan(finite), parts)

    @classmethod
    def made_of(
        cls,
        n: Ints,
        mean: Floats,
        variance: Floats,
        populations: Sequence[int | None] | Floats,
        others: Sequence[bool] | None = None,
        parts: Sequence[float] | None = None,
    ) -> Strata:
        """`others`, `parts`: see `Stratum`; None: of no stratum.

        Source: a definition; nothing is estimated.
        """
        known = _or_nan(populations)
        finite = known if others is None else np.where(np.asarray(others, np.bool_), np.nan, known)
        part = np.ones(n.size) if parts is None else np.asarray(parts, np.float64)
        return cls(n.astype(np.float64), mean, variance, known, finite, part)

    @classmethod
    def of_each(
        cls,
        values: Floats,
        n: Ints,
        populations: Sequence[int | None],
        others: Sequence[bool],
        parts: Sequence[float] | None = None,
    ) -> Strata:
        """`Stratum.of` of H parts of these values that lie one after the other, `n` in each, 1 or more.

        Source: see `Stratum.of`.
        """
        starts = n.cumsum() - n
        means = np.add.reduceat(values, starts) / n
        apart = values - np.repeat(means, n)
        variances = np.add.reduceat(apart * apart, starts) / np.maximum(n - 1, 1)
        return cls.made_of(n, means, variances, populations, others, parts)

    @classmethod
    def joined(cls, several: Sequence[Strata]) -> Strata:
        """Source: a definition; nothing is estimated."""
        return cls(*(np.concatenate(part) for part in zip(*(own._columns for own in several), strict=True)))

    def at(self, places: Ints | slice) -> Strata:
        """Those of them.

        Source: a definition; nothing is estimated.
        """
        return Strata(*(part[places] for part in self._columns))

    @property
    def _columns(self) -> tuple[Floats, ...]:
        return self.n, self.mean, self.variance, self.population, self.finite, self.part

    @property
    def weights(self) -> Floats:
        (shares,) = self.weights_in(np.ones((1, self.n.size), dtype=np.bool_))
        return np.asarray(shares, dtype=np.float64)

    def weights_in(self, groups: Groups) -> Floats:
        """G x H: each row sums to 1.

        Source: see `weights`.
        """
        unknown, dwellings = np.isnan(self.population), self.dwellings
        sizes = np.where((groups & unknown).any(axis=1, keepdims=True), self.n, dwellings) * groups
        shares: Floats = sizes / sizes.sum(axis=1, keepdims=True)
        return shares

    @property
    def dwellings(self) -> Floats:
        """What each counts for in a total; answers where its population is not known."""
        known = np.where(np.isnan(self.population), self.n, np.maximum(self.population, self.n))
        return domain_size(known, self.n, self.part)

    @property
    def of_parts(self) -> Floats | None:
        """What the variance of a total has beside that of scores, for each score's squared distance from the
        total's mean: how large a part of an estate is meant is an estimate as well. None: all of all.

        Source: linearised ratio estimator of a domain, Särndal, Swensson and Wretman 1992, Model Assisted
        Survey Sampling, (5.8.12).
        """
        if (self.part >= 1).all():
            return None
        found: Floats = (1 - self.part) / self.n * (1 - self.fractions)
        return found

    @property
    def fractions(self) -> Floats:
        """How large a part of each is seen; 0 where that is not known."""
        size = domain_size(self.finite, self.n, self.part)
        return np.where(np.isnan(self.finite), 0.0, np.minimum(1.0, self.n / np.maximum(size, 1)))

    @property
    def standard_error(self) -> float:
        each = self.variance / self.n * (1 - self.fractions)
        if (of_parts := self.of_parts) is not None:
            each = each + of_parts * (self.mean - self.weights @ self.mean) ** 2
        return float(np.sqrt((self.weights**2 * each).sum()))


def domain_size(population: Floats, n: Floats, part: Floats) -> Floats:
    """Of `population` homes, all less those the question was not put to, how many it is about, when `n`
    answered and are this `part` of all who answered at all: N n / (all who answered).

    Source: Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, ch. 5.8 (domains).
    """
    found: Floats = population * part + n * (1 - part)
    return found


SomeStrata: TypeAlias = Sequence[Stratum] | Strata


def counted(
    values: Floats,
    table: Ints,
    populations: Sequence[int | None] | Floats,
    others: Sequence[bool] | None = None,
    parts: Sequence[float] | None = None,
) -> Strata:
    """Strata from counts, H x V: as `Stratum.of` from each answer by itself. TooFewAnswers.

    `values`: the V values, or H x V where they differ between the strata. `others`, `parts`: see `Stratum`.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 2.
    """
    n = table.sum(axis=1)
    if not n.size or n.min() < 1:
        raise TooFewAnswers("a mean needs at least one score, and no missing ones; leave the estate out")
    kinds = (table > 0).sum(axis=1)
    # What all have said is the mean, to the last digit: no spread must come of rounding.
    own = np.broadcast_to(values, table.shape)
    only = own[np.arange(n.size), table.argmax(axis=1)]
    means = np.where(kinds == 1, only, (table * own).sum(axis=1) / n)
    squares = (table * (own - means[:, None]) ** 2).sum(axis=1)
    variances = np.where(kinds == 1, 0.0, squares / np.maximum(n - 1, 1))
    return Strata.made_of(n, means, variances, populations, others, parts)


def spread_as_told(
    counts: Ints, told: Sequence[tuple[tuple[int, int], ...]], scores: Floats, whole: Floats | None = None
) -> tuple[Floats, Floats]:
    """Mean and sample variance of the scores in each of H strata as a bar tells them.

    `counts`: H x V. `told`: of each the parts (first, last) that are told together, () where nothing is.
    Within a part answers are taken to lie as in the `whole` (V shares), and evenly where that has none of
    them, or is not given.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 2 (s^2 on n - 1); our own rule, docs/methods.md.
    """
    size = scores.size
    inside = np.ones(size) if whole is None else whole
    means, variances = np.zeros(len(counts)), np.zeros(len(counts))
    for kind, rows in Told.of(told).alike():
        spans = kind or ((0, size),)
        laid = np.zeros((len(spans), size))
        held = np.empty((len(rows), len(spans)))
        for place, (first, last) in enumerate(spans):
            own = inside[first:last]
            laid[place, first:last] = own / own.sum() if own.sum() > 0 else 1 / (last - first)
            held[:, place] = counts[rows, first:last].sum(axis=1)
        n = held.sum(axis=1)
        shares = held @ laid / np.maximum(n, 1)[:, None]
        mean = shares @ scores
        variance = (shares * (scores - mean[:, None]) ** 2).sum(axis=1)
        means[rows], variances[rows] = mean, variance * n / np.maximum(n - 1, 1)
    return means, variances


def combined(errors: Floats, correlation: float) -> Floats:
    """Standard error of sums (H) of which each part has its own (H x Q), when any two parts correlate so.

    Source: variance of a sum; Cochran 1977, Sampling Techniques, 3rd ed., ch. 2.
    """
    apart, at_once = (errors**2).sum(axis=1), errors.sum(axis=1) ** 2
    found: Floats = np.sqrt((1 - correlation) * apart + correlation * at_once)
    return found


def weights(strata: SomeStrata) -> Floats:
    """Share of each stratum in the whole: by population when known for all, else by number of answers.

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5 (W = N_h / N).
    """
    return Strata.of(strata).weights


def weights_of_sizes(
    n: Ints, populations: Sequence[int | None], parts: Sequence[float] | None = None
) -> Floats:
    """The same from `n` answers of each population, one by one. `parts`: see `Stratum`.

    Source: see `weights`.
    """
    if None in populations:
        return np.asarray(n / n.sum(), np.float64)
    sizes = np.maximum(np.asarray(populations, np.float64), n)
    if parts is not None:
        sizes = domain_size(sizes, n.astype(np.float64), np.asarray(parts, np.float64))
    shares: Floats = sizes / sizes.sum()
    return shares


def standard_error(strata: SomeStrata) -> float:
    """Standard error of the weighted mean with finite population correction in every stratum: sqrt(sum W^2
    s^2 / n (1 - n / N)).

    Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5.
    """
    return Strata.of(strata).standard_error


def _or_nan(sizes: Sequence[int | None] | Floats) -> Floats:
    # None becomes NaN.
    return np.asarray(sizes, np.float64)
