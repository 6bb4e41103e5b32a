"""Scales and models: the same figures as R psych, MASS polr and base R."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reports.inference.clusters import shares_apart
from reports.inference.importance import spearman, tau_b
from reports.inference.models import Factor, ordered_logit
from reports.inference.multiplicity import benjamini_hochberg, holm
from reports.inference.ordinal import gamma
from reports.inference.reliability import omega_total, one_factor, reliability
from tests.oracles.figures import DATA
from tests.oracles.figures import FIGURES as R


def _attitude() -> np.ndarray[Any, Any]:
    return np.stack([np.asarray(values, float) for values in DATA["attitude"].values()], axis=1)


def test_alpha_of_the_attitude_data_and_item_by_item() -> None:
    found = reliability(_attitude())
    assert found.alpha.value == pytest.approx(0.8431427696, abs=1e-9)
    assert found.standardised == pytest.approx(0.839083803, abs=1e-9)
    assert found.between == pytest.approx(R["alpha"]["between"], abs=1e-9)
    low, alpha, high = R["alpha"]["feldt"]
    assert (found.alpha.low, found.alpha.value, found.alpha.high) == pytest.approx(
        (low, alpha, high), abs=1e-6
    )
    assert [row.mean for row in found.items] == pytest.approx(_attitude().mean(axis=0), abs=1e-9)
    assert [row.spread for row in found.items] == pytest.approx(_attitude().std(axis=0, ddof=1), abs=1e-9)
    assert [row.rest for row in found.items] == pytest.approx(R["alpha"]["rest"], abs=1e-9)
    assert [row.alpha_without for row in found.items] == pytest.approx(R["alpha"]["dropped"], abs=1e-9)


def test_one_factor_and_omega_of_the_attitude_data() -> None:
    correlation, covariance = np.corrcoef(_attitude(), rowvar=False), np.cov(_attitude(), rowvar=False)
    assert one_factor(correlation) == pytest.approx(np.asarray(R["minres"]), abs=1e-6)
    # psych stops its search earlier.
    assert one_factor(correlation) == pytest.approx(np.asarray(R["psych_minres"]), abs=2e-6)
    assert float(omega_total(correlation[None])[0]) == pytest.approx(R["omega_standard"], abs=1e-6)
    assert float(omega_total(covariance[None])[0]) == pytest.approx(R["omega"], abs=1e-6)
    omega = reliability(_attitude()).omega
    assert omega is not None and omega.value == pytest.approx(R["omega"], abs=1e-6)
    assert 0.7 < omega.low < omega.value < omega.high < 0.95


def _housing() -> tuple[np.ndarray[Any, Any], dict[str, Factor]]:
    """1,681 tenants of Copenhagen (Madsen 1976)."""
    table = DATA["housing"]
    rows = np.repeat(np.arange(len(table["Freq"])), table["Freq"])
    first = {"Infl": "Low", "Type": "Tower", "Cont": "Low"}
    factors = {name: Factor.of([table[name][i] for i in rows], first[name]) for name in first}
    return np.asarray(table["Sat"])[rows], factors


def test_what_went_with_satisfaction_in_copenhagen() -> None:
    outcome, factors = _housing()
    found = ordered_logit(outcome, factors)
    by_name = dict(
        zip(
            R["housing"]["names"],
            zip(R["housing"]["coefficients"], R["housing"]["errors"], strict=False),
            strict=True,
        )
    )
    assert found.n == 1681
    assert len(found.effects) == len(by_name) == 6
    for effect in found.effects:
        value, error = by_name[effect.factor + effect.group]
        assert effect.value == pytest.approx(value, abs=1e-6)
        assert effect.error == pytest.approx(error, abs=1e-6)
    assert list(found.thresholds) == pytest.approx(R["housing"]["zeta"], abs=1e-6)
    assert found.deviance == pytest.approx(3479.149, abs=5e-4)
    odds = next(e.odds for e in found.effects if (e.factor, e.group) == ("Infl", "High"))
    assert odds[0] == pytest.approx(3.6285, abs=1e-4) and odds[1] > 2.5


def test_types_of_building_as_units_in_copenhagen() -> None:
    """Gamma, tau-b and the model of R survey's replicates (JK1): each without one of the four types."""
    outcome, factors = _housing()
    influence = np.array([0, 2, 1])[factors["Infl"].groups]  # by name Low, High, Medium
    types = factors.pop("Type").groups
    assert list(factors["Infl"].names) == ["Low", "High", "Medium"]
    tables = np.stack([
        np.bincount((influence * 3 + outcome)[types == own], minlength=9).reshape(3, 3) for own in range(4)
    ])  # fmt: skip
    expected = R["estates_apart"]
    order = gamma(tables)
    assert order is not None
    found = [order[0], tau_b(tables)]
    effects = {e.factor + e.group: e for e in ordered_logit(outcome, factors, types).effects}
    names = ("InflMedium", "InflHigh", "ContHigh")
    values = [one.value for one in found] + [effects[name].value for name in names]
    halves = [one.high - one.value for one in found] + [effects[n].high - effects[n].value for n in names]
    assert values == pytest.approx(expected["value"], abs=1e-6)
    assert halves == pytest.approx(expected["half"], abs=2e-6)
    assert [effects[name].error for name in names] == pytest.approx(expected["error"][2:], abs=1e-6)


def test_shares_of_those_with_much_and_little_influence_by_types_of_building() -> None:
    """Each end the wider of R survey's replicates (JK1) and of two shares of people (MOVER)."""
    outcome, factors = _housing()
    influence, types = factors["Infl"].groups, factors["Type"].groups
    assert list(factors["Infl"].names) == ["Low", "High", "Medium"]
    little, much = (
        np.stack([
            np.bincount(types[influence == own], outcome[influence == own] == 2, 4),
            np.bincount(types[influence == own], minlength=4),
        ], axis=1).astype(np.int64)
        for own in (0, 1)
    )  # fmt: skip
    found, expected = shares_apart(much, little), R["shares_apart"]
    alone = shares_apart(much.sum(axis=0)[None], little.sum(axis=0)[None])
    assert found.value == pytest.approx(expected["value"], abs=1e-9)
    ends = found.value - expected["half"], found.value + expected["half"]
    assert (found.low, found.high) == pytest.approx(
        (min(alone.low, ends[0]), max(alone.high, ends[1])), abs=1e-6
    )
    assert (found.low, found.high) != pytest.approx((alone.low, alone.high), abs=1e-3)


def test_rank_correlations_of_banded_answers() -> None:
    banded = {name: np.asarray(values) - 1 for name, values in DATA["banded"].items()}
    overall = banded.pop("rating")
    tables = [np.bincount(other * 4 + overall, minlength=16).reshape(4, 4) for other in banded.values()]
    assert [tau_b(table).value for table in tables] == pytest.approx(R["kendall_ties"], abs=1e-9)
    assert [spearman(table).value for table in tables] == pytest.approx(R["spearman_ties"], abs=1e-9)


def test_many_comparisons_stand_where_r_says_so() -> None:
    for stands, adjusted in ((holm(DATA["p"]), R["holm"]), (benjamini_hochberg(DATA["p"]), R["bh"])):
        assert stands == [p <= 0.05 for p in adjusted]
