"""A sampled round from file to report: the same figures as R survey with strata and fpc, to 1e-6."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reports.cells import matrix_of
from reports.compute import compute
from reports.inference import stratified_share
from reports.inference.weighting import Sample
from reports.results import Estimate
from reports.scope import Groundwork, Scope
from reports.waves import Wave
from survey.campaigns.waves import load_wave
from survey.database.pool import Database
from survey.register import organisations
from survey.responses.rows import GoodRow
from survey.responses.storing import ClosedRound, store
from tests.oracles.figures import all_there
from tests.samples import tiny

HERE = Path(__file__).parent
STORED: dict[str, Any] = json.loads((HERE / "sampled.json").read_text(encoding="utf-8"))
R, DATA = STORED["figures"], STORED["data"]
NAMES = ("Alle spurt", "Lite utvalg", "Stort utvalg")
FORM = tiny.questionnaire(tiny.scored("q", role="overall"), tiny.scored("w", object="utleier"))


def test_the_stored_figures_are_those_that_r_gives_today() -> None:
    if not all_there("survey", "jsonlite"):
        pytest.skip("R is not installed: the stored figures are used")
    made = subprocess.run(
        ["Rscript", str(HERE / "sampled.R")], capture_output=True, check=True, text=True, timeout=120
    )
    fresh = json.loads(made.stdout)
    assert fresh["data"] == DATA
    assert _flat(fresh["figures"]) == pytest.approx(_flat(R), rel=1e-6)


def _flat(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in _flat(value[key])]
    if isinstance(value, list):
        return [number for one in value for number in _flat(one)]
    return [float(value)]


@pytest.fixture
async def wave(database: Database) -> Wave:
    """A round whose homes were drawn, stored and sealed as any other, and read back from the database."""
    organisation_id = await organisations.add(database, "Utvalg kommune", "municipality")
    rows = [
        GoodRow(line, name, "Byen", "nb", "web", {"q": code, "w": code})
        for name, counts in zip(NAMES, DATA["counts"], strict=True)
        for code, n in enumerate(counts, start=1)
        for line in range(n)
    ]
    asked = dict(zip(NAMES, DATA["asked"], strict=True))
    dwellings = dict(zip(NAMES, DATA["dwellings"], strict=True))
    round = ClosedRound(
        name="Utvalget",
        organisation="Utvalg kommune",
        questionnaire=FORM,
        opens_on=date(2025, 9, 1),
        closes_on=date(2025, 9, 21),
        results_on=date(2025, 10, 1),
        series="liten",
        invited=asked,
        drawn_from={name: n for name, n in dwellings.items() if n > asked[name]},
    )
    stored = await store(database, organisation_id, round, rows)
    return await load_wave(database, organisation_id, stored.campaign_id)


def _edges(found: Estimate) -> list[float | None]:
    return [found.low, found.high]


async def test_a_total_is_over_all_homes_with_the_chance_each_had(wave: Wave) -> None:
    report = compute(wave, None)
    share = report.items["q"].favourable
    assert share.value == pytest.approx(R["share"]["value"], rel=1e-6)
    assert _edges(share) == pytest.approx(R["share"]["interval"], rel=1e-6)
    answers = sum(sum(counts) for counts in DATA["counts"])
    assert (report.n, report.invited, report.dwellings) == (answers, 166, 280)


def test_a_small_sample_all_of_one_mind_leaves_the_total_as_open_as_its_estate() -> None:
    """10 of 400 homes, all content, beside 30 of 50 of 100: the estate's own report says 70 to 100 %."""
    found = stratified_share([10, 30], [10, 50], [400, 100])
    assert [found.low, found.high] == pytest.approx(R["one_alike"], rel=1e-6)
    assert found.high - found.low > 0.8 * 0.25


async def test_the_mean_of_a_total_has_the_variance_of_the_sample(wave: Wave) -> None:
    (exact,) = [
        found
        for key, found in matrix_of(Scope.of(Groundwork.of(wave), None)).exact.items()
        if key == ("bolig", None)
    ]
    assert exact.value == pytest.approx(R["score"]["value"], rel=1e-6)
    assert [exact.low, exact.high] == pytest.approx(R["score"]["interval"], rel=1e-6)


async def test_one_estate_has_the_exact_interval_over_all_its_homes(wave: Wave) -> None:
    for place, expected in zip(wave.estates, R["estates"], strict=True):
        own = compute(wave, place.id).items["q"].favourable
        assert _edges(own) == pytest.approx(expected, rel=1e-6), place.name


async def test_what_the_silent_could_change_is_of_the_sample_and_widened_by_the_drawing(wave: Wave) -> None:
    large = wave.estates[2].id
    assert compute(wave, large).nonresponse_bounds == pytest.approx(R["bounds"], rel=1e-6)
    assert compute(wave, None).nonresponse_bounds == pytest.approx(R["all_bounds"], rel=1e-6)


def test_known_chances_give_the_totals_of_horvitz_and_thompson() -> None:
    counts, dwellings, asked = (np.asarray(DATA[name]) for name in ("counts", "dwellings", "asked"))
    answered = counts.sum(axis=1)
    where = np.repeat(np.arange(3), answered)
    good = np.concatenate([np.repeat([0, 0, 0, 1, 1], row) for row in counts])
    chance = asked / dwellings * (answered / asked)
    found = Sample.of(where, dwellings, inclusion=chance[where]).total(good)
    assert found.value == pytest.approx(R["total"]["value"], rel=1e-6)
    assert found.error == pytest.approx(R["total"]["error"], rel=1e-6)
