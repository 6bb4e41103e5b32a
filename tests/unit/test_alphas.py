"""How answers of fewer people stand for all: where it is decided whether a question goes against the rest."""

from __future__ import annotations

import numpy as np

from reports.alphas import spread_over


def test_answers_spread_over_as_many_people_are_their_quantiles() -> None:
    random = np.random.default_rng(5)
    for _ in range(300):
        answers = random.integers(0, 5, random.integers(1, 80)) * 25.0
        people = int(random.integers(1, 90))
        at = (np.arange(people) + 0.5) / people
        assert (spread_over(answers, people) == np.quantile(answers, at, method="inverted_cdf")).all()
