"""The proportional odds model of statsmodels, told how many people answered alike instead of each of them.

Its likelihood, its parameters and its search are the library's. The library takes one row a person and finds
derivatives by differences: ten seconds for 20,000 people, and as much again without each of 500 estates. With
counts for rows and formulas for derivatives it is some milliseconds a time. Import it only when a model is
wanted: statsmodels brings pandas along.
"""

from __future__ import annotations

import numpy as np
from scipy import special
from statsmodels.miscmodels.ordinal_model import OrderedModel  # type: ignore[import-untyped]

from reports.errors import DoesNotConverge
from reports.inference.estimates import Floats, Ints

RUNAWAY = 12.0
"""A log odds ratio beyond this (1 : 160 000) is a group that all answered alike, not an estimate."""
MOST_STEPS = 50
"""Of Newton's method; a handful is the usual."""


class CountedModel(OrderedModel):  # type: ignore[misc]
    """`counts` people stand behind each row; it may be set anew, also to 0, and the model fitted again.

    Parameters: effects, the first threshold, logarithms of the distances to each next one.
    """

    def __init__(self, step: Ints, design: Floats, counts: Floats) -> None:
        """`step`: of each of P rows, each of 0..J - 1 in some row; `design`: P x K, without a constant."""
        self.counts = counts
        self._known: tuple[Floats, Floats, tuple[Floats, Floats]] | None = None
        super().__init__(step, design, distr="logit")

    @property
    def start_params(self) -> Floats:
        """No effects, and the thresholds that the outcome has then."""
        below = np.bincount(self.endog, self.counts).cumsum()
        thresholds = special.logit(below[:-1] / below[-1])
        return np.concatenate([np.zeros(self.k_vars), thresholds[:1], np.log(np.diff(thresholds))])

    def cdf(self, x: Floats) -> Floats:
        """The logistic distribution. The library's own first asks of each number whether it is one.

        Source: McCullagh 1980, JRSS B 42, 109-142.
        """
        found: Floats = special.expit(x)
        return found

    def loglike(self, params: Floats) -> float:
        """Sum over people of the logarithm of the chance of their answer.

        Source: McCullagh 1980, JRSS B 42, 109-142.
        """
        there = self.counts > 0
        return float(self.counts[there] @ self.loglikeobs(params)[there])

    def score(self, params: Floats) -> Floats:
        """First derivatives of the log likelihood.

        Source: McCullagh 1980, JRSS B 42, 109-142.
        """
        return self._slopes(params)[0]

    def hessian(self, params: Floats) -> Floats:
        """Second derivatives of the log likelihood.

        Source: McCullagh 1980, JRSS B 42, 109-142.
        """
        return self._slopes(params)[1]

    def most_likely(self, start: Floats | None = None) -> Floats:
        """The parameters, found by the library's Newton steps from `start`; where these lead nowhere, by its
        BFGS from no effects at all, and Newton's last steps.

        DoesNotConverge: where the likelihood has no top.

        Source: McCullagh 1980, JRSS B 42, 109-142; the search: Seabold and Perktold 2010 (statsmodels).
        """
        alike = DoesNotConverge(
            "all of one group answered alike, so the model has no solution; merge small groups"
        )
        if (np.bincount(self.endog, self.counts) == 0).any():
            raise alike
        with np.errstate(all="ignore"):
            found = self._search("newton", self.start_params if start is None else start)
            if found is None:
                near = self._search("bfgs", self.start_params)
                found = None if near is None else self._search("newton", near)
        if found is None or np.abs(found[: self.k_vars]).max() > RUNAWAY:
            raise alike
        return found

    def _search(self, method: str, start: Floats) -> Floats | None:
        try:
            found = self.fit(start, method, MOST_STEPS, disp=False, warn_convergence=False, skip_hessian=True)
        except np.linalg.LinAlgError:
            return None
        params = np.asarray(found.params, np.float64)
        settled = method != "newton" or found.mle_retvals["converged"]
        return params if settled and np.isfinite(params).all() else None

    def _slopes(self, params: Floats) -> tuple[Floats, Floats]:
        """Kept: the library asks for the first and second derivatives of one place one after the other."""
        known = self._known
        if known is None or known[0] is not self.counts or not np.array_equal(known[1], params):
            self._known = known = self.counts, params.copy(), self._reckoned_slopes(params)
        return known[2]

    def _reckoned_slopes(self, params: Floats) -> tuple[Floats, Floats]:
        """Of each row's chance F(above) - F(below), F(1 - F) being the slope of the logistic F."""
        people, size = self.counts, params.size
        distances = np.exp(params[self.k_vars + 1 :])
        # How the thresholds move with their own parameters: the first moves all, a distance those above it.
        moved = np.tril(np.ones((self.k_levels - 1, self.k_levels - 1)))
        moved[:, 1:] *= distances
        ends = [special.expit(end) for end in self._bounds(params)[::-1]]
        chance = ends[0] - ends[1]
        gradient, bend = np.zeros((people.size, size)), np.zeros((size, size))
        by_threshold = np.zeros(self.k_levels - 1)
        for sign, end, which in ((1.0, ends[0], self.endog), (-1.0, ends[1], self.endog - 1)):
            inner = (which >= 0) & (which < self.k_levels - 1)
            # How the threshold less the score moves with each parameter; those at the ends do not move.
            moves = np.zeros((people.size, size))
            moves[inner, : self.k_vars] = -self.exog[inner]
            moves[inner, self.k_vars :] = moved[which[inner]]
            slope = np.where(people > 0, sign * end * (1 - end) / chance, 0.0)
            gradient += slope[:, None] * moves
            bend += moves.T @ ((people * slope * (1 - 2 * end))[:, None] * moves)
            by_threshold += np.bincount(which[inner], (people * slope)[inner], self.k_levels - 1)
        second = bend - gradient.T @ (people[:, None] * gradient)
        # A distance is the exponential of its parameter, and bends with it too.
        place = np.arange(self.k_vars + 1, size)
        second[place, place] += by_threshold[::-1].cumsum()[::-1][1:] * distances
        return people @ gradient, second
