"""The interval of a rounded share rests on the answers that leave most doubt of all that fit what is told."""

from __future__ import annotations

import numpy as np

from reports.inference import Strata
from reports.inference.told import Parts


def test_no_answers_that_fit_leave_more_doubt_than_those_the_interval_rests_on() -> None:
    rng = np.random.default_rng(4)
    tried = 0
    for _ in range(60):
        several = int(rng.integers(2, 9))
        n, none = rng.integers(5, 40, several), np.zeros(several)
        homes = (n * rng.choice([1, 1.2, 3], several)).astype(int).tolist()
        parts = Parts.of_strata(
            Strata.made_of(n, none, none, homes, None, rng.choice([1, 1, 0.5], several).tolist())
        )
        own, hides = rng.binomial(n, 0.5) / n, rng.random(several) < 0.5
        share = float(parts.shares @ own)
        most, each = parts.most_doubt(share, np.where(hides, 0.0, own), np.where(hides, 1.0, own))
        assert abs(parts.shares @ each - share) < 1e-6
        for _ in range(50 if hides.any() else 0):
            other = np.where(hides, np.clip(own + rng.normal(0, 0.3, several), 0, 1), own)
            one = int(np.flatnonzero(hides)[0])
            other[one] -= (parts.shares @ other - share) / parts.shares[one]
            if 0 <= other[one] <= 1:
                tried += 1
                doubt = parts.spread * other * (1 - other) + parts.tilt * (other - share) ** 2
                assert doubt.sum() <= most + 1e-9
    assert tried > 100
