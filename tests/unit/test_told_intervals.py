"""A share is told where five stand on either side of it, so what is told depends on the answers: how often
the intervals hold that anybody sees. docs/methods.md says what is found here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from reports.disclosure import MINIMUM
from reports.inference import share_interval

PLACES = [(20, 12), (40, 20), (40, 30), (120, 60), (600, 300)]


def _rounds(homes: int, n: int) -> Iterator[tuple[float, float, float]]:
    """Of every true share: how often it is told, is told and held, and is told and missed."""
    k = np.arange(n + 1)
    low, high = share_interval(k, np.full(n + 1, n), np.full(n + 1, homes))
    told = (k >= MINIMUM) & (n - k >= MINIMUM)
    for good in range(homes + 1):
        chance = stats.hypergeom(homes, good, n).pmf(k)
        held = (low - 1e-9 <= good / homes) & (good / homes <= high + 1e-9)
        yield chance[told].sum(), chance[told & held].sum(), chance[told & ~held].sum()


@pytest.mark.parametrize(("homes", "n"), PLACES)
def test_of_all_rounds_at_most_five_of_a_hundred_tell_a_share_whose_interval_misses(
    homes: int, n: int
) -> None:
    assert max(missed for _, _, missed in _rounds(homes, n)) <= 0.05


@pytest.mark.parametrize(("homes", "n"), PLACES)
def test_a_share_that_is_told_in_every_second_round_is_held_by_95_of_those_told(homes: int, n: int) -> None:
    assert min(held / told for told, held, _ in _rounds(homes, n) if told >= 0.5) >= 0.95


def test_a_share_that_is_hardly_ever_told_is_told_where_it_was_unlikely_and_may_be_missed() -> None:
    """Five of forty think otherwise, and all five are among the twenty who answered: two of a hundred."""
    told, held, _ = list(_rounds(40, 20))[5]
    assert told == pytest.approx(0.024, abs=0.001) and held == 0
