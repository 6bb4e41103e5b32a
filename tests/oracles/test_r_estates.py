"""Estates beside one another: the same figures as metafor, optim, qhyper and lm."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

from reports.inference.funnel import share_funnel
from reports.inference.respondents import way_effects
from reports.inference.shrinkage import between, drawn_in, fitted_prior
from tests.oracles.figures import DATA
from tests.oracles.figures import FIGURES as R


def test_the_variance_between_estates_is_that_of_metafor() -> None:
    means, variances = (np.asarray(DATA["normal"][name], float) for name in ("means", "variances"))
    found = between(means, variances)
    assert found.mean == pytest.approx(R["normal"]["mean"], rel=1e-6)
    assert found.variance == pytest.approx(R["normal"]["between"], rel=1e-6)


def test_means_are_drawn_in_as_far_as_metafor_draws_them() -> None:
    means, variances = (np.asarray(DATA["normal"][name], float) for name in ("means", "variances"))
    values, _, _ = drawn_in(means, variances, between(means, variances))
    assert values == pytest.approx(np.asarray(R["normal"]["shrunk"]), rel=1e-6)


def test_the_prior_of_shares_is_the_most_likely_one() -> None:
    k, n = (np.asarray(DATA["binomial"][name], int) for name in ("k", "n"))
    found = fitted_prior(k, n)
    assert found.loglik == pytest.approx(R["binomial"]["loglik"], abs=1e-8)
    assert found.mean == pytest.approx(R["binomial"]["mean"], rel=1e-5)
    assert found.strength == pytest.approx(R["binomial"]["strength"], rel=1e-4)


def test_funnel_limits_are_quantiles_of_drawing_from_the_whole() -> None:
    """60 of 100 dwellings are content; of each estate's 100 dwellings 5, 10, 30 or 60 answer."""
    n = [5, 10, 30, 60, 100]
    found = share_funnel([3, 6, 18, 36, 60], n, [100] * 5)
    assert found.whole == pytest.approx(0.6)
    limits = [placed.limits[0] for placed in found.placed[:4]]
    assert [round(low * m) for (low, _), m in zip(limits, n, strict=False)] == R["funnel"]["low"]
    assert [round(high * m) for (_, high), m in zip(limits, n, strict=False)] == R["funnel"]["high"]


def test_a_way_of_answering_within_estates_is_a_regression_with_a_level_an_estate() -> None:
    school = DATA["apistrat"]
    ways = ["wide" if wide else "main" for wide in school["wide"]]
    (found,) = way_effects(school["api00"], ways, school["stype"], "main")
    assert found.difference.value == pytest.approx(R["within"]["value"], rel=1e-6)
    half = found.difference.high - found.difference.value
    assert half / float(stdtrit(R["within"]["freedom"], 0.975)) == pytest.approx(
        R["within"]["error"], rel=1e-6
    )
