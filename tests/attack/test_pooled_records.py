"""Records of a release do not say which estate of few answers they are from; nor do the reports beside them.

Each printed score of an estate is the mean of as many records as answered there. The attacker tries all ways
to choose them from the records that small estates share, and keeps those that print what is printed.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.compute import compute
from reports.releases.dataset import POOLED, protect
from reports.releases.errors import NothingToRelease
from reports.releases.pools import may_be_put_together
from reports.results import Results
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.attack.scores import HALF
from tests.attack.test_scores import FORMS
from tests.samples.waves import wave_of

FORM = FORMS["objects of cells"]
IDS = [item.id for item in FORM.items()]
Records = NDArray[np.int64]


def _drawn(seed: int, sizes: list[int]) -> Wave:
    """People with a level of their own, and estates too."""
    random = np.random.default_rng(seed)
    answers = {}
    for place, n in enumerate(sizes):
        level = 2.5 + random.normal(0, 0.5, len(IDS)) + random.normal(0, 0.8, (n, 1))
        own = np.clip(np.rint(level + random.normal(0, 0.9, (n, len(IDS)))), 0, 4).astype(int) + 1
        answers[f"e{place}"] = [dict(zip(IDS, row, strict=True)) for row in own.tolist()]
    estates = [Estate(f"e{place}", f"E{place}", "Sentrum", round(n * 1.6)) for place, n in enumerate(sizes)]
    return wave_of(FORM, estates, answers)


def _scores_of(records: Records, object: str | None, facet: str | None) -> NDArray[np.float64]:
    """Of each record: the mean of its answers in a score."""
    inside = [
        place
        for place, item in enumerate(FORM.items())
        if item.scoring and object in (None, item.scoring.object) and facet in (None, item.scoring.facet)
    ]
    return 25.0 * (records[:, inside] - 1).mean(axis=1)


def _fitting(records: Records, n: int, report: Results) -> NDArray[np.bool_]:
    """Ways x records: all choices of n records with the scores that this report prints."""
    ways = np.array(list(combinations(range(len(records)), n)))
    fits = np.ones(len(ways), np.bool_)
    cells = [cell for cell in (report.index, *report.objects, *report.matrix) if cell is not None]
    for cell in cells:
        if cell.score.value is not None:
            means = _scores_of(records, cell.object, cell.facet)[ways].mean(axis=1)
            fits &= np.abs(means - cell.score.value) <= HALF
    chosen = np.zeros((len(ways), len(records)), np.bool_)
    np.put_along_axis(chosen, ways, values=True, axis=1)
    return chosen[fits]


def test_the_attacker_parts_records_that_stand_together() -> None:
    """So he can: of 3,432 ways one has the printed scores."""
    wave = _drawn(6, [30, 7, 7])
    records = np.concatenate([wave.frame.filter(estate=e)[IDS].to_numpy() for e in ("e1", "e2")])
    report = compute(wave, "e1")
    assert report.index is not None and report.index.score.value is not None
    fits = _fitting(records.astype(np.int64), 7, report)
    assert len(fits) < 20 and fits[:, :7].all(axis=1).any()


@pytest.mark.parametrize("seed", range(12))
def test_no_report_says_which_of_the_records_are_its_own(seed: int) -> None:
    random = np.random.default_rng(seed)
    small = random.integers(5, 10, int(random.integers(2, 4))).tolist()
    wave = _drawn(seed, [*random.integers(12, 50, 3).tolist(), *small])
    released = protect(wave).frame
    records = released.filter(estate=POOLED)[IDS].to_numpy().astype(np.int64)
    assert released.height >= 36
    for place, n in enumerate(small, start=3):
        if len(records):
            fits = _fitting(records, n, compute(wave, f"e{place}"))
            assert not (fits.all(axis=0) | ~fits.any(axis=0)).any()


def test_small_estates_alone_are_no_release() -> None:
    with pytest.raises(NothingToRelease):
        protect(_drawn(1, [6, 7, 8]))


def test_so_many_small_estates_that_no_report_can_part_them_are_put_together() -> None:
    wave = _drawn(3, [7] * 200)
    ground = Groundwork.of(wave)
    assert may_be_put_together(ground, range(200))
    assert not may_be_put_together(ground, range(10))
    assert set(protect(wave).frame["estate"]) == {POOLED}
