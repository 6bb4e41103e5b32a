"""Noise in widths: who has the answers draws the same again, intervals hold on the average, claims do too."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq

from reports.inference.settings import LEVEL
from reports.widths import Lots, Widths, on_average, p_of, scale, shift

WIDTHS = Widths(Lots.of(b"test", b"answers"))


def _drawn(estates: int, n: int = 20_000) -> NDArray[np.float64]:
    return np.array([WIDTHS.wider(estates, ("odds", k)) for k in range(n)])


@pytest.mark.parametrize("estates", [3, 5, 10, 40])
def test_intervals_hold_on_the_average_over_the_noise(estates: int) -> None:
    wider = _drawn(estates)
    held = 2 * special.ndtr(special.ndtri((1 + LEVEL) / 2) * wider) - 1
    assert held.mean() == pytest.approx(LEVEL, abs=0.002)
    few = 2 * special.stdtr(estates - 1, special.stdtrit(estates - 1, (1 + LEVEL) / 2) * wider) - 1
    assert few.mean() > LEVEL - 0.002
    # With few estates so rarely so wide that a mean of draws is rough.
    assert wider.mean() == pytest.approx(on_average(estates), rel=0.1 if estates < 5 else 0.02)


@pytest.mark.parametrize("estates", [3, 5, 10, 40])
@pytest.mark.parametrize("tail", [0.05, 0.005])
def test_of_what_has_nothing_to_do_with_one_another_no_more_is_claimed_than_the_p_says(
    estates: int, tail: float
) -> None:
    """A figure of 0 on the normal distribution, or on t with estates as units, whichever is not told."""
    random = np.random.default_rng(1)
    wider = _drawn(estates)
    # The nearest figure, in halves, that is claimed.
    claimed = brentq(lambda halves: p_of(halves, 1.0, estates) - tail, 1e-3, 1e3)
    for freedom in (math.inf, estates - 1):
        quantile = special.ndtri((1 + LEVEL) / 2)
        figures = random.standard_normal(wider.size)
        if math.isfinite(freedom):
            figures = random.standard_t(freedom, wider.size)
            quantile = special.stdtrit(freedom, (1 + LEVEL) / 2)
        claims = (np.abs(figures) >= claimed * quantile * wider).mean()
        assert claims <= tail + 3 * math.sqrt(tail / wider.size)


def test_no_width_is_ruled_out() -> None:
    """The law has no edge: only a number drawn less than once in ten billion is rarer than any here."""
    away = (np.log(_drawn(10, 50_000)) - shift(10)) / scale(10)
    assert away.min() < -8 and away.max() > 8
    assert np.abs(away).mean() == pytest.approx(1, abs=0.03)
    assert np.median(away) == pytest.approx(0, abs=0.03)


def test_the_same_answers_draw_the_same_and_others_draw_other_numbers() -> None:
    again, other = Widths(Lots.of(b"test", b"answers")), Widths(Lots.of(b"test", b"others"))
    assert again.wider(5, ("odds", "ro")) == WIDTHS.wider(5, ("odds", "ro"))
    assert other.wider(5, ("odds", "ro")) != WIDTHS.wider(5, ("odds", "ro"))
    assert WIDTHS.wider(5, ("odds", "lys")) != WIDTHS.wider(5, ("odds", "ro"))


def test_what_is_of_one_estate_and_what_is_open_stay_as_they_are() -> None:
    assert WIDTHS.wider(1, "odds") == WIDTHS.wider(2, "odds") == 1
    assert WIDTHS.told(math.inf, 5, "odds") == math.inf
    assert p_of(0.4, math.inf, 5) == 1
    assert p_of(1.0, 0.0, 5) == 0 and p_of(0.0, 0.0, 5) == 1
    assert p_of(1.0, 1.0, 1) == pytest.approx(1 - LEVEL)
