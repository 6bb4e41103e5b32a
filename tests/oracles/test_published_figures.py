"""Figures that others published or computed; sources beside each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forms.answers import Answers
from reports.index import respondent_scores
from reports.inference import (
    Interval,
    Stratum,
    difference,
    mean_interval,
    share_interval,
    standard_error,
    stratified_share,
)
from reports.rounding import half_up, percent
from reports.waves import Estate
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of


@pytest.mark.parametrize(
    ("k", "n", "population", "low", "high"),
    [
        (24, 30, 40, 0.70, 0.85),  # hypergeometric inversion: 28 to 34 of 40
        (30, 30, 40, 0.95, 1.0),
        (24, 30, None, 0.6143, 0.9229),  # Clopper-Pearson, population not known
    ],
)
def test_the_exact_interval_of_a_small_estate_is_the_published_one(
    k: int, n: int, population: int | None, low: float, high: float
) -> None:
    found_low, found_high = share_interval(k, n, population)
    assert float(found_low) == pytest.approx(low, abs=5e-5)
    assert float(found_high) == pytest.approx(high, abs=5e-5)


def test_the_stratified_mean_of_eight_rows_is_that_of_r_survey() -> None:
    """R survey, data `fpc`: strata of 15 and 12."""
    one, two = np.array([2.8, 4.1, 6.8, 6.8, 9.2]), np.array([3.7, 6.6, 4.2])
    strata = [Stratum.of(one, 15), Stratum.of(two, 12)]
    assert mean_interval(strata, top=20).value == pytest.approx(5.448148118, abs=1e-6)
    assert standard_error(strata) == pytest.approx(0.6160407198, abs=1e-6)
    # Without correction the weights stay and only the spread grows: 0.7413.
    spread = sum((w / 27) ** 2 * s.variance / s.n for w, s in zip((15, 12), strata, strict=True))
    assert math.sqrt(spread) == pytest.approx(0.7413, abs=5e-5)


@pytest.mark.parametrize(("n", "part", "margin"), [
    (1128, 0.06, 2.83), (536, 0.22, 3.74),
    (554, 554.5 / 7271, 4.00),  # as many as the landlord reckons that four points of 7,271 homes take
])  # fmt: skip
def test_the_margin_of_published_tenant_surveys_follows_from_their_fpc(
    n: int, part: float, margin: float
) -> None:
    """Tenant satisfaction measures of English landlords: n answers, a known part of the homes."""
    assert 100 * 1.96 * math.sqrt(0.25 / n * (1 - part)) == pytest.approx(margin, abs=0.005)
    # Two estates of equal make-up: our interval for a half is as wide, within the exactness of the beta.
    size = round(n / part / 2)
    found = stratified_share([n // 4, n // 4], [n // 2, n // 2], [size, size])
    assert 50 * (found.high - found.low) == pytest.approx(margin, abs=0.12)


def test_a_difference_from_two_intervals_is_that_of_newcombe() -> None:
    """Newcombe 1998 (Stat Med 17:873), method 10: 56 of 70 against 48 of 80, from Wilson's intervals."""

    def wilson(k: int, n: int) -> Interval:
        z, p = 1.959963985, k / n
        middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return Interval(p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n), n)

    found = difference(wilson(56, 70), wilson(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_index_of_published_counts_is_61_point_8() -> None:
    """Counts 3, 4, 0, 5, 7 of 1..5, scored 0/25/50/75/100: mean 3.47, index 61.8. As answers to questions of
    ours, through our index."""
    form = questionnaire(scored("hjem"), scored("ute"))
    people: list[Answers] = [
        {"hjem": code, "ute": code} for code, n in enumerate((3, 4, 0, 5, 7), 1) for _ in range(n)
    ]
    wave = wave_of(form, [Estate("a", "A", "Nord", 40)], {"a": people})
    index = respondent_scores(wave).values[None, None]
    assert half_up(float(index.mean()), 1) == 61.8
    assert half_up(float(index.mean()) / 25 + 1, 2) == 3.47


PERSONS = (54, 47, 30, 32, 34, 57, 61, 83, 97, 112)
OFFENCES = (80, 60, 31, 40, 51, 67, 97, 134, 156, 226)
INCIDENTS = (61, 45, 22, 33, 35, 46, 80, 98, 115, 139)
PER_PERSON = (1.5, 1.3, 1, 1.3, 1.5, 1.2, 1.6, 1.6, 1.6, 2)
PER_INCIDENT = (1.3, 1.3, 1.4, 1.2, 1.5, 1.5, 1.2, 1.4, 1.4, 1.6)


def test_all_twenty_printed_ratios_hold_when_rounded_half_up() -> None:
    assert [half_up(o / p, 1) for o, p in zip(OFFENCES, PERSONS, strict=True)] == list(PER_PERSON)
    assert [half_up(o / i, 1) for o, i in zip(OFFENCES, INCIDENTS, strict=True)] == list(PER_INCIDENT)
    assert percent(0.125) == 13


def test_a_percentage_printed_wrong_in_its_source_is_not_ours() -> None:
    """12 000 of 104 000 was printed as 'about 14 %'; it is 11.5, and 12 in whole percent."""
    assert half_up(100 * 12_000 / 104_000, 1) == 11.5
    assert percent(12_000 / 104_000) == 12
