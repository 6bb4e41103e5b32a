"""All estates reckoned side by side, and each by itself: one answer, to the last digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.loading import shipped
from reports.compute import compute, compute_each
from reports.contrasts import contrasts
from reports.disclosure import FEW, PROTECTED, SENSITIVE, published_interval, published_intervals
from reports.inference import Stratum, mean_interval, means_of_each, shares_among_others
from reports.inference.means import means_of_others
from reports.inference.proportions import share_interval
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.samples.waves import drawn_answers, wave_of

FORM = shipped("boindeks")
SIZES = (0, 3, 5, 6, 8, 9, 11, 14, 19, 25, 40, 70)


def _wave(seed: int, name: str = "Nå", repeated: tuple[str, ...] = ()) -> Wave:
    """Estates of all sizes: some with nobody missing, some of unknown size, some that left half of it out."""
    rng = np.random.default_rng(seed)
    estates, answers = [], {}
    for i, n in enumerate(rng.permutation(SIZES).tolist()):
        invited = None if i % 5 == 4 else n + int(rng.integers(0, 3)) * (n + 1) // 2
        estates.append(Estate(f"e{i}", f"Gård {i}", f"Område {i % 3}", invited))
        answers[f"e{i}"] = drawn_answers(FORM, n, rng, rng.normal(0, 0.8), skip=0.5 if i % 4 == 3 else 0.1)
    return replace(wave_of(FORM, estates, answers, name), repeated=frozenset(repeated))


def lopsided_wave(seed: int, name: str = "Nå") -> Wave:
    """Small estates that are nearly of one mind: most of what could be told is hidden."""
    rng = np.random.default_rng(seed)
    estates, answers = [], {}
    for i, n in enumerate((5, 5, 6, 7, 8, 9, 10, 10, 11, 12, 15, 30)):
        estates.append(Estate(f"e{i}", f"Gård {i}", f"Område {i % 3}", n + i % 3, others=i % 4 == 1))
        answers[f"e{i}"] = drawn_answers(FORM, n, rng, rng.normal(0, 2.5), skip=0.02)
    return wave_of(FORM, estates, answers, name)


@pytest.mark.parametrize("seed", [4, 5])
def test_reports_of_small_estates_of_one_mind_are_those_made_one_by_one(seed: int) -> None:
    now, before = lopsided_wave(seed), lopsided_wave(seed + 10, "Før")
    ground, then = Groundwork.of(now), Groundwork.of(before)
    whole, together = compute_each(ground, then, contrasts(ground))
    assert whole == compute(now, None, before)
    for estate, report in together.items():
        assert report == compute(now, estate, before)


@pytest.mark.parametrize(("seed", "repeated"), [(1, ()), (2, ("e3", "e8")), (3, ("", "e1"))])
def test_reports_made_together_are_those_made_one_by_one(seed: int, repeated: tuple[str, ...]) -> None:
    now, before = _wave(seed, repeated=repeated), _wave(seed + 10, "Før")
    ground, then = Groundwork.of(now), Groundwork.of(before)
    whole, together = compute_each(ground, then, contrasts(ground))
    assert list(together) == [estate.id for estate in now.estates]
    for estate, report in together.items():
        assert report == compute(now, estate, before)
    assert whole == compute(now, None, before)
    shown = [result for report in together.values() for result in report.items.values()]
    assert {result.hidden for result in shown} == {
        None, FEW, PROTECTED, SENSITIVE
    }  # fmt: skip
    assert any(len(segment.codes) > 1 for result in shown for segment in result.segments)
    assert any(result.change for result in shown)


@st.composite
def _strata(draw: st.DrawFn) -> list[Stratum]:
    found = []
    for _ in range(draw(st.integers(2, 8))):
        n = draw(st.integers(1, 60))
        missing = draw(st.none() | st.sampled_from([0, 1, 3, 40]))
        scores = np.asarray(
            draw(st.lists(st.sampled_from([0.0, 25.0, 100 / 3, 100.0]), min_size=n, max_size=n))
        )
        found.append(Stratum.of(scores, None if missing is None else n + missing))
    return found


@settings(max_examples=60, deadline=None)
@given(_strata())
def test_means_of_many_estates_are_those_of_each(strata: list[Stratum]) -> None:
    assert means_of_each(strata).rows() == [mean_interval([own]) for own in strata]
    for i, found in enumerate(means_of_others(strata).rows()):
        alone = mean_interval(strata[:i] + strata[i + 1 :])
        assert (found.n, found.freedom) == (alone.n, alone.freedom)
        ends = found.value, found.low, found.high
        assert ends == pytest.approx((alone.value, alone.low, alone.high), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(_strata(), st.data())
def test_what_hiding_estates_weigh_among_the_others_is_reckoned_from_the_others(
    strata: list[Stratum], draw: st.DataObject
) -> None:
    marks = np.asarray(draw.draw(st.lists(st.booleans(), min_size=len(strata), max_size=len(strata))))
    for i, found in enumerate(shares_among_others(strata, marks).tolist()):
        rest = [j for j in range(len(strata)) if j != i]
        known = all(strata[j].population is not None for j in rest)
        sizes = [max(strata[j].population or 0, strata[j].n) if known else strata[j].n for j in rest]
        wanted = sum(size for size, j in zip(sizes, rest, strict=True) if marks[j]) / sum(sizes)
        assert found == pytest.approx(wanted, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 400), st.integers(0, 3000)), min_size=1, max_size=40
    )
)
def test_exact_intervals_do_not_depend_on_what_else_is_asked_for(rows: list[tuple[int, int, int]]) -> None:
    k, n, more = (np.asarray(column) for column in zip(*[(min(k, n), n, m) for k, n, m in rows], strict=True))
    together = share_interval(k, n, n + more)
    alone = [share_interval(*row) for row in zip(k.tolist(), n.tolist(), (n + more).tolist(), strict=True)]
    assert [*zip(*(ends.tolist() for ends in together), strict=True)] == [
        (float(a), float(b)) for a, b in alone
    ]


def test_exact_intervals_of_a_whole_country_stand_beside_those_of_a_house() -> None:
    k, n, sizes = [3, 3, 40], [10, 10, 100], [40, 3_000_000, 100]
    low, high = share_interval(k, n, sizes)
    alone = [share_interval(*row) for row in zip(k, n, sizes, strict=True)]
    assert [*zip(low.tolist(), high.tolist(), strict=True)] == [(float(a), float(b)) for a, b in alone]


def test_many_means_are_printed_as_each_is() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(5, 30, 500)
    low, value, high = np.sort(
        np.concatenate([rng.uniform(0, 100, (3, 480)), np.zeros((3, 20))], axis=1), axis=0
    )
    together = zip(*(ends.tolist() for ends in published_intervals(value, low, high, n)), strict=True)
    rows = zip(value.tolist(), low.tolist(), high.tolist(), n.tolist(), strict=True)
    assert repr([*together]) == repr([published_interval(*row) for row in rows])
