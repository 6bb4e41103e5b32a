"""Estimates for areas and municipalities: samples with known chances, register margins, their variances.

A sample is a set of answers, each standing for `weights` dwellings, drawn without replacement within strata
(estates). Where all were invited, those who answered are treated as the sample of their estate. Sources:
- stratified and cluster samples: Cochran 1977, ch. 5 and 9; Särndal, Swensson and Wretman 1992, ch. 3 and 5
- post-stratification: Holt and Smith 1979; raking: Deming and Stephan 1940
- their linearised variance (residuals times final weights): Deville and Särndal 1992; Binder 1983
- trimming: Potter 1990; Kalton and Flores-Cervantes 2003
- design effect: Kish 1965; interval of a share: Korn and Graubard 1998
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.errors import BadDesign, DoesNotConverge, TooFewAnswers
from reports.inference.estimates import Floats, Interval, Ints
from reports.inference.means import skewed
from reports.inference.proportions import clopper_pearson, share_interval
from reports.inference.settings import LEVEL, MOST_WEIGHT, RAKING_ROUNDS, RAKING_TOLERANCE, TRIMMING_ROUNDS
from reports.inference.stratified import none_seen


@dataclass(frozen=True)
class Margin:
    """A division of everybody that the register knows the size of.

    `groups`: one group 0..G - 1 an answer; `totals`: how many dwellings each group has in the register.
    """

    groups: Ints
    totals: Floats


@dataclass(frozen=True)
class Estimated:
    """An estimate with its design-based standard error, on so many degrees of freedom.

    `reach`: the standard error that intervals rest on, no less than `error` (`Sample.mean`)."""

    value: float
    error: float
    reach: float
    freedom: int
    n: int
    design_effect: float
    """Variance beside that of a simple random sample without replacement of as many (Kish)."""

    def interval(self, level: float = LEVEL) -> Interval:
        """value +- t(freedom) reach.

        Source: Cochran 1977, Sampling Techniques, 3rd ed., ch. 5.
        """
        half = self.reach * float(special.stdtrit(self.freedom, 1 - (1 - level) / 2)) if self.reach else 0.0
        return Interval(self.value, self.value - half, self.value + half, self.n)

    def score_interval(self, level: float = LEVEL, top: float = 100.0) -> Interval:
        """The same for scores 0..top: near an end as far as on the logit scale (`means.skewed`).

        Source: see `means.skewed`.
        """
        plain = self.interval(level)
        half = np.asarray([plain.high - self.value]) / top
        below, above = skewed(np.asarray([self.value]) / top, half)
        low, high = max(0.0, self.value - top * float(below[0])), min(top, self.value + top * float(above[0]))
        return Interval(self.value, low, high, self.n, max(self.freedom, 1))


@dataclass(frozen=True)
class Trimmed:
    """A sample raked within limits. `at_limit`: one truth value an answer. `gap`: the most that a group is
    off from the register when no weights within the limits meet all margins, as a part of the whole."""

    sample: Sample
    at_limit: NDArray[np.bool_]
    gap: float


@dataclass(frozen=True)
class Sample:
    """`strata` 0..H - 1 and `weights` one an answer; `population`: units in each stratum, inf: endless.

    `clusters`: what was drawn when that was not the answers themselves (houses, staircases). `margins`: those
    the weights have been fitted to; residuals from them carry the variance.
    """

    strata: Ints
    weights: Floats
    population: Floats
    clusters: Ints | None = None
    margins: tuple[Margin, ...] = ()
    drawn: Floats | None = None
    """Weights before they were fitted to margins; None when they were not."""

    @classmethod
    def of(
        cls,
        strata: ArrayLike,
        population: ArrayLike,
        inclusion: ArrayLike | None = None,
        clusters: ArrayLike | None = None,
    ) -> Sample:
        """Answers by stratum 0..H - 1. `inclusion`: the chance each had, else n / N of its stratum.

        BadDesign: a stratum with fewer dwellings than answers, an unknown size without chances, a chance that
        is not in 0..1. TooFewAnswers: no answer at all.

        Source: Horvitz and Thompson 1952, JASA 47, 663-685 (w = 1 / chance).
        """
        where, sizes = np.asarray(strata, np.int64), np.asarray(population, np.float64)
        units = None if clusters is None else np.asarray(clusters, np.int64)
        if not where.size:
            raise TooFewAnswers("no answers: nothing can be estimated")
        if where.min() < 0 or where.max() >= sizes.size:
            raise BadDesign("an answer has a stratum whose size is not given")
        per_stratum = _units(where, units, sizes.size)
        if (over := np.flatnonzero(per_stratum > sizes)).size:
            h = int(over[0])
            raise BadDesign(
                f"stratum {h} has {per_stratum[h]} answers but {sizes[h]:g} dwellings; correct the register"
            )
        if inclusion is not None:
            chances = np.broadcast_to(np.asarray(inclusion, np.float64), where.shape)
            if not ((chances > 0) & (chances <= 1)).all():
                raise BadDesign("a chance of being drawn must lie above 0 and not above 1")
            return cls(where, 1 / chances, sizes, units)
        if not np.isfinite(sizes[where]).all():
            raise BadDesign("without the number of dwellings, give each answer's chance of being drawn")
        return cls(where, sizes[where] / per_stratum[where], sizes, units)

    @property
    def kish(self) -> float:
        """Design effect of unequal weights alone: n sum w^2 / (sum w)^2 (Kish 1965)."""
        return _kish(self.weights)

    @property
    def freedom(self) -> int:
        """Drawn units less strata that have any."""
        units = _units(self.strata, self.clusters, self.population.size)
        return int(units.sum() - np.count_nonzero(units))

    def total(self, y: ArrayLike) -> Estimated:
        """Sum of y over all dwellings: sum w y (Horvitz and Thompson 1952).

        Source: Horvitz and Thompson 1952, JASA 47, 663-685.
        """
        values = self._values(y)
        value = float((self.weights * values).sum())
        error, reach = self._errors(values)
        simple = self._simple_variance(values, np.ones(values.size, bool)) * self.weights.sum() ** 2
        return Estimated(value, error, reach, self.freedom, values.size, _ratio(error**2, simple))

    def mean(self, y: ArrayLike, inside: ArrayLike | None = None) -> Estimated:
        """Mean of y over all dwellings, or over the domain `inside` (a truth value an answer).

        Ratio of two totals, linearised: u = (y - mean) / sum w inside the domain, 0 outside (Binder 1983).
        The standard error takes the same part n / N of all groups of a stratum to be seen. Where the weights
        were fitted since some groups answer less, of those an answer stands for w dwellings and is 1 / w of
        what there is: `reach` is no less than with these parts.

        Source: Binder 1983, International Statistical Review 51, 279-292; parts seen by group: Oh and
        Scheuren 1983, Incomplete Data in Sample Surveys 2, 143-184 (response homogeneity groups).
        """
        values = self._values(y)
        domain = np.ones(values.size, bool) if inside is None else np.asarray(inside, bool)
        size = float(self.weights[domain].sum())
        if not domain.any() or size <= 0:
            raise TooFewAnswers("nobody of this group has answered")
        value = float((self.weights * values)[domain].sum() / size)
        error, reach = self._errors(np.where(domain, values - value, 0.0) / size)
        n = int(domain.sum())
        effect = _ratio(error**2, self._simple_variance(values, domain))
        return Estimated(value, error, reach, self.freedom, n, effect)

    def share(self, mark: ArrayLike, level: float = LEVEL, inside: ArrayLike | None = None) -> Interval:
        """Share of dwellings with the mark (0 or 1), beta interval on the effective sample size; `inside`: of
        the domain with this truth value.

        n* = p (1 - p) / v, v the square of `reach`, times (t(n - 1) / t(d))^2 for d degrees of freedom (Korn
        and Graubard 1998);
        joined to it (root of the sum of squares) what strata may hide that were all alike (`none_seen`).
        Where all answered alike there is no v: then the exact interval for n / Kish answers of all dwellings,
        or what the strata may hide where that is farther.

        Source: Korn and Graubard 1998, Survey Methodology 24, 193-201; strata all alike: see `none_seen`.
        """
        marks = self._values(mark)
        if not np.isin(marks, (0.0, 1.0)).all():
            raise BadDesign("a mark is 0 or 1")
        found = self.mean(marks, inside)
        n = found.n
        domain = np.ones(marks.size, bool) if inside is None else np.asarray(inside, bool)
        down, up = self._unlike(marks, domain, level)
        if found.reach == 0:
            own, weights = marks[domain], self.weights[domain]
            if own.min() != own.max():
                return found.interval(level)  # everybody answered
            effective = max(1, int(n / _kish(weights)))
            whole = round(float(weights.sum())) if np.isfinite(self.population[self.strata]).all() else None
            low, high = share_interval(int(own[0]) * effective, effective, whole, level)
            return Interval(found.value, min(float(low), 1 - down), max(float(high), up), n)
        quantile = 1 - (1 - level) / 2
        effective_size = found.value * (1 - found.value) / found.reach**2
        if n > 1 and found.freedom > 0:
            few = special.stdtrit(n - 1, quantile) / special.stdtrit(found.freedom, quantile)
            effective_size *= float(few) ** 2
        low, high = clopper_pearson(
            np.asarray([found.value * effective_size]), np.asarray([effective_size]), (1 - level) / 2
        )
        down, up = math.hypot(found.value - low[0], down), math.hypot(high[0] - found.value, up)
        return Interval(found.value, max(0.0, found.value - down), min(1.0, found.value + up), n)

    def _unlike(self, marks: Floats, domain: NDArray[np.bool_], level: float) -> tuple[float, float]:
        """How far strata may lie below and above what all of their answers say alike."""
        h = self.population.size
        n = np.bincount(self.strata[domain], minlength=h)
        k = np.bincount(self.strata[domain], marks[domain], h)
        asked = np.flatnonzero(n)
        part = np.bincount(self.strata[domain], self.weights[domain], h)[asked]
        n, k, size = n[asked], k[asked], np.maximum(self.population[asked], n[asked])
        shares = part / part.sum()
        return none_seen(shares, n, size, k == n, level), none_seen(shares, n, size, k == 0, level)

    def raked(self, margins: Sequence[Margin]) -> Sample:
        """The same answers with weights that meet every margin at once; one margin: post-stratification.

        Weights are scaled to one margin after the other until all are met to RAKING_TOLERANCE of their size
        (Deming and Stephan 1940). BadDesign: margins of different sums, a group of the register that nobody
        answered for, an answer in a group that the register has nobody in. DoesNotConverge: no weights meet
        all margins (groups of one margin lie wholly within those of another).
        A sample raked before is raked anew.

        Source: Deming and Stephan 1940, Annals of Mathematical Statistics 11, 427-444; its variance: Deville
        and Särndal 1992, JASA 87, 376-382.
        """
        if not margins:
            raise BadDesign("raking needs at least one margin")
        _check_margins(self.strata.size, margins)
        before = self.weights if self.drawn is None else self.drawn
        return replace(self, weights=_fitted(before, margins), margins=tuple(margins), drawn=before)

    def raked_within(self, margins: Sequence[Margin], most: float = MOST_WEIGHT) -> Trimmed:
        """`raked`, but no answer counts for more than `most` times, or less than 1 / `most` of, what it
        counted for before.

        Weights beyond a limit are set to it and the others fitted anew, until none is beyond; where that
        comes to no end, or no weights meet all margins, the last are cut, and `gap` says how far off the
        margins are then. BadDesign as `raked`.

        Source: Kalton and Flores-Cervantes 2003, Journal of Official Statistics 19, 81-97.
        """
        _check_margins(self.strata.size, margins)
        before = self.weights if self.drawn is None else self.drawn
        weights, met = _nearest(before, margins)
        at_limit = np.zeros(before.size, bool)
        for _ in range(TRIMMING_ROUNDS):
            factor = weights / before
            beyond = (factor > most * (1 + 1e-9)) | (factor < (1 - 1e-9) / most)
            if not beyond.any():
                break
            at_limit |= beyond
            weights, met = _nearest(before * np.clip(factor, 1 / most, most), margins)
            if not met:
                break
        weights = before * np.clip(weights / before, 1 / most, most)
        off = [np.abs(np.bincount(m.groups, weights, m.totals.size) - m.totals).max() for m in margins]
        gap = max(off) / float(before.sum())
        fitted = replace(self, weights=weights, margins=tuple(margins), drawn=before)
        return Trimmed(fitted, at_limit, gap if gap > 1e-9 else 0.0)

    def _values(self, y: ArrayLike) -> Floats:
        values = np.asarray(y, np.float64)
        if values.shape != self.strata.shape:
            raise BadDesign(f"{values.size} values for {self.strata.size} answers")
        if not np.isfinite(values).all():
            raise BadDesign("a value is missing; leave the answer out of the domain instead")
        return values

    def _errors(self, u: Floats) -> tuple[float, float]:
        """Standard error of sum w u, and that which intervals rest on: see `mean`."""
        plain, fitted = self._variances(u)
        return float(np.sqrt(plain)), float(np.sqrt(max(plain, fitted)))

    def _variances(self, u: Floats) -> tuple[float, float]:
        """Linearised variance of sum w u: sum over strata n / (n - 1) sum (1 - f) (z - mean z)^2, with f = n
        / N of the stratum, and with f = 1 / w of each answer where the weights were fitted.

        z: w times the residual of u from the margins, summed within clusters. TooFewAnswers: a stratum with
        one unit of several has a spread that nobody knows.
        """
        z = self.weights * self._residuals(u)
        where = self.strata
        if self.clusters is not None:
            pairs, unit = np.unique(np.stack([self.strata, self.clusters]), axis=1, return_inverse=True)
            z = np.asarray(np.bincount(unit.ravel(), weights=z), np.float64)
            where = pairs[0]
        h = self.population.size
        n = _units(self.strata, self.clusters, h)
        fraction = n / self.population
        if (alone := np.flatnonzero((n == 1) & (fraction < 1))).size:
            raise TooFewAnswers(
                f"stratum {int(alone[0])} has one answer, so its spread is unknown; merge it with another"
            )
        mean = np.bincount(where, z, h) / np.maximum(n, 1)
        squares = (z - mean[where]) ** 2 * (n / np.maximum(n - 1, 1))[where]
        plain = float(((1 - fraction)[where] * squares).sum())
        if not self.margins or self.clusters is not None:
            return plain, plain
        return plain, float((np.maximum(0.0, 1 - 1 / self.weights) * squares).sum())

    def _residuals(self, u: Floats) -> Floats:
        """u less its regression, with the weights before fitting, on the groups of all margins."""
        if not self.margins or self.drawn is None:
            return u
        sums = [np.bincount(m.groups, self.drawn * u, m.totals.size) for m in self.margins]
        beta = self._crossed @ np.concatenate(sums)
        begins = np.cumsum([0, *(m.totals.size for m in self.margins)])
        fitted = [
            beta[begin + margin.groups] for begin, margin in zip(begins[:-1], self.margins, strict=True)
        ]
        residuals: Floats = u - np.sum(fitted, axis=0)
        return residuals

    @cached_property
    def _crossed(self) -> Floats:
        """Pseudo-inverse of how often the groups of all margins meet, by the weights before fitting."""
        before = self.weights if self.drawn is None else self.drawn
        blocks = [
            [
                np.bincount(a.groups * b.totals.size + b.groups, before, a.totals.size * b.totals.size)
                .reshape(a.totals.size, b.totals.size)
                for b in self.margins
            ]
            for a in self.margins
        ]  # fmt: skip
        inverse: Floats = np.linalg.pinv(np.block(blocks), hermitian=True)
        return inverse

    def _simple_variance(self, values: Floats, domain: NDArray[np.bool_]) -> float:
        """Variance of the mean in a simple random sample of as many, without replacement."""
        n, w, own = int(domain.sum()), self.weights[domain], values[domain]
        if n < 2:
            return 0.0
        mean = (w * own).sum() / w.sum()
        spread = (w * (own - mean) ** 2).sum() / w.sum() * n / (n - 1)
        return float(spread / n * max(0.0, 1 - n / w.sum()))


def _units(strata: Ints, clusters: Ints | None, size: int) -> Ints:
    """Drawn units in each stratum."""
    if clusters is None:
        return np.bincount(strata, minlength=size)
    pairs = np.unique(np.stack([strata, clusters]), axis=1)
    return np.bincount(pairs[0], minlength=size)


def _kish(weights: Floats) -> float:
    return float(weights.size * (weights**2).sum() / weights.sum() ** 2)


def _fitted(before: Floats, margins: Sequence[Margin]) -> Floats:
    """Weights nearest to those before that meet every margin. DoesNotConverge when there are none."""
    weights, met = _nearest(before, margins)
    if not met:
        raise DoesNotConverge(
            f"no weights meet all {len(margins)} margins after {RAKING_ROUNDS} rounds; merge small groups"
        )
    return weights


def _nearest(before: Floats, margins: Sequence[Margin]) -> tuple[Floats, bool]:
    """Weights nearest to those before that meet every margin, or the last tried; whether they do."""
    weights = before.copy()
    for _ in range(RAKING_ROUNDS):
        for margin in margins:
            now = np.bincount(margin.groups, weights, margin.totals.size)
            weights = weights * (margin.totals / np.where(now > 0, now, 1.0))[margin.groups]
        if all(_met(margin, weights) for margin in margins):
            return weights, True
    return weights, False


def _ratio(variance: float, simple: float) -> float:
    """1 where neither has any variance: a count of everybody is as good as any other."""
    return variance / simple if simple > 0 else 1.0


def _check_margins(n: int, margins: Sequence[Margin]) -> None:
    sums = [float(margin.totals.sum()) for margin in margins]
    if max(sums) - min(sums) > 1e-6 * max(sums):
        raise BadDesign(
            f"the margins add up to {', '.join(f'{s:g}' for s in sums)}; they must be the same whole"
        )
    for place, margin in enumerate(margins, 1):
        if (
            margin.groups.size != n
            or (margin.groups < 0).any()
            or (margin.groups >= margin.totals.size).any()
        ):
            raise BadDesign(f"margin {place}: every answer needs one of its groups")
        answers = np.bincount(margin.groups, minlength=margin.totals.size)
        if ((margin.totals <= 0) & (answers > 0)).any() or (margin.totals < 0).any():
            raise BadDesign(f"margin {place} has answers from a group that the register has nobody in")
        if (empty := np.flatnonzero((margin.totals > 0) & (answers == 0))).size:
            raise BadDesign(
                f"margin {place}: nobody of group {int(empty[0])} has answered; merge it with another group"
            )


def _met(margin: Margin, weights: Floats) -> bool:
    now = np.bincount(margin.groups, weights, margin.totals.size)
    return bool((np.abs(now - margin.totals) <= RAKING_TOLERANCE * margin.totals).all())
