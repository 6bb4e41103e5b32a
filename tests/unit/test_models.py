"""A model is fitted or refused in words: never a number out of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import BadDesign, DoesNotConverge, NoSpread, TooFewAnswers, TooManyGroups
from reports.inference.models import Factor, ordered_logit


def _drawn(
    n: int, effect: float = 1.0, seed: int = 1
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Factor]:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    latent = effect * group + rng.logistic(size=n)
    return np.digitize(latent, [-1, 0, 1]), Factor(group, ("nei", "ja"))


def test_a_known_effect_is_found() -> None:
    outcome, heard = _drawn(2000)
    (effect,) = ordered_logit(outcome, {"hørt": heard}).effects
    assert (effect.factor, effect.group) == ("hørt", "ja")
    assert effect.low < 1.0 < effect.high and effect.p < 1e-6
    assert effect.odds[0] == pytest.approx(np.exp(effect.value))


def test_four_hundred_groups_and_too_few_answers_are_refused() -> None:
    outcome, heard = _drawn(4000)
    many = Factor(np.arange(4000) % 400, [str(i) for i in range(400)])
    with pytest.raises(TooManyGroups, match="400 groups"):
        ordered_logit(outcome, {"leiegård": many})
    with pytest.raises(TooFewAnswers, match="40"):
        ordered_logit(outcome[:30], {"hørt": Factor(heard.groups[:30], heard.names)})
    with pytest.raises(NoSpread, match="alike"):
        ordered_logit(np.full(100, 3), {"hørt": Factor(heard.groups[:100], heard.names)})
    with pytest.raises(NoSpread, match="one group"):
        ordered_logit(outcome, {"hørt": Factor(np.zeros(4000, int), ("ja",))})
    with pytest.raises(TooFewAnswers):
        ordered_logit([], {"hørt": Factor(np.zeros(0, int), ("nei", "ja"))})


def test_a_group_that_all_answered_alike_has_no_odds() -> None:
    outcome, heard = _drawn(200)
    outcome = np.where(heard.groups == 1, 3, np.minimum(outcome, 2))
    with pytest.raises(DoesNotConverge, match="merge small groups"):
        ordered_logit(outcome, {"hørt": heard})


def test_factors_that_divide_alike_or_do_not_fit_are_refused() -> None:
    outcome, heard = _drawn(300)
    with pytest.raises(BadDesign, match="alike"):
        ordered_logit(outcome, {"hørt": heard, "hørt igjen": heard})
    with pytest.raises(BadDesign, match="299 values"):
        ordered_logit(outcome, {"hørt": Factor(heard.groups[1:], heard.names)})
    with pytest.raises(BadDesign, match="at least one"):
        ordered_logit(outcome, {})
