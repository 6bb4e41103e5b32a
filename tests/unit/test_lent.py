"""Very small estates: beside their own figure one that lends from all, which tells nothing new."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.documents import landlord
from reports.documents.words import Words
from reports.inference import Stratum
from reports.inference.settings import SMALL_ESTATE
from reports.inference.shrinkage import shrunken_means, shrunken_shares
from reports.results import Results
from reports.rounding import half_up, outward
from reports.scope import Groundwork
from reports.waves import Estate
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

INDEXED = questionnaire(*(scored(f"b{n}") for n in range(3)), *(scored(f"l{n}", "utleier") for n in range(3)))
PLAIN = questionnaire(item("helhet", role="overall"), index=False)


@cache
def _indexed() -> Results:
    """Estates of 8 to 50 answers; one of four, and two of one mind, hide theirs."""
    rng = np.random.default_rng(4)
    sizes = {"a": 30, "b": 50, "c": 20, "d": 19, "e": 12, "åtte": 8}
    leans = {"åtte": 1.0}
    answers = {name: drawn_answers(INDEXED, n, rng, leans.get(name, 0.2)) for name, n in sizes.items()}
    best, worst = ([dict.fromkeys((i.id for i in INDEXED.items()), code)] * 12 for code in (5, 1))
    answers |= {"lik": best, "maken": worst, "få": answers["a"][:4]}
    places = [Estate(name, f"Gård {name}", "Nord", 60) for name in answers]
    return compute(wave_of(INDEXED, places, answers), None)


@cache
def _plain() -> Results:
    counts = {"a": (20, 30), "b": (25, 40), "c": (12, 20), "d": (30, 50), "e": (6, 12), "lik": (12, 12)}
    people: dict[str, list[Answers]] = {
        name: [{"helhet": 5 if k < good else 1} for k in range(n)] for name, (good, n) in counts.items()
    }
    return compute(
        wave_of(PLAIN, [Estate(name, f"Gård {name}", "Nord", 60) for name in people], people), None
    )


@pytest.mark.parametrize("results", [_indexed, _plain])
def test_only_a_very_small_estate_that_shows_its_own_figure_has_one_that_lends(results) -> None:  # type: ignore[no-untyped-def]
    cells = dict(results().by_estate)
    lending = {name for name, cell in cells.items() if cell.lent is not None}
    assert lending == {
        name for name, cell in cells.items() if cell.score.value is not None and cell.score.n < SMALL_ESTATE
    }
    assert lending
    assert any(cell.score.value is None for cell in cells.values())


def test_a_score_that_lends_follows_from_printed_numbers_alone() -> None:
    """The printed scores, n, N and one spread in whole points, which the funnel's limits tell."""
    cells = [cell for _, cell in _indexed().by_estate if cell.score.value is not None]

    def lent(spread: int) -> list[tuple[float, float, float]]:
        rows = shrunken_means([Stratum(c.score.n, c.score.value or 0, spread**2, 60) for c in cells])
        return [
            (half_up(r.value), *outward(r.low - r.own / 2, r.high + r.own / 2, 1))
            for r in rows
            if r.n < SMALL_ESTATE
        ]

    told = [(c.lent.value, c.lent.low, c.lent.high) for c in cells if c.lent]
    assert any(lent(spread) == told for spread in range(1, 51))


def test_a_score_that_lends_lies_between_the_estates_own_and_the_others() -> None:
    cell = dict(_indexed().by_estate)["Gård åtte"]
    others = [
        other.score.value
        for name, other in _indexed().by_estate
        if name != "Gård åtte" and other.score.value is not None
    ]
    assert cell.lent is not None
    assert cell.score.value is not None
    assert min(others) <= cell.lent.value < cell.score.value
    assert cell.lent.high - cell.lent.low < cell.score.high - cell.score.low


def test_an_estate_where_all_have_answered_is_lent_an_interval_that_holds_what_they_said() -> None:
    """12 of 12 homes, exactly 61.4 and printed 61: from the printed number alone it would be 61 to 61."""
    rng = np.random.default_rng(4)
    answers = {name: drawn_answers(INDEXED, 25, rng, 0.2) for name in "abcde"}
    for seed in range(6):
        answers[f"alle{seed}"] = drawn_answers(INDEXED, 12, np.random.default_rng(seed), 0.2, skip=0)
    places = [
        Estate(name, f"Gård {name}", "Nord", len(own) * (1 + (len(name) < 2)))
        for name, own in answers.items()
    ]
    wave = wave_of(INDEXED, places, answers)
    ground, told = Groundwork.of(wave), dict(compute(wave, None).by_estate)
    off = []
    for place, estate in enumerate(places[5:], 5):
        truth = float(ground.scores.values[None, None][ground.estate_of == place].mean())
        lent = told[estate.name].lent
        assert lent is not None and lent.low is not None and lent.high is not None
        assert lent.low <= truth <= lent.high
        off.append(abs(truth - half_up(truth)))
    assert max(off) > 0.2, "printed numbers that are not the exact ones"


def test_a_share_that_lends_follows_from_printed_shares_alone() -> None:
    cells = [cell for _, cell in _plain().by_estate if cell.score.value is not None]
    k, n = [round(c.score.value * c.score.n) for c in cells], [c.score.n for c in cells]
    rows = shrunken_shares(k, n, [60] * len(n))
    assert [(c.lent.value, c.lent.low, c.lent.high) for c in cells if c.lent] == [
        pytest.approx((r.value, r.low, r.high)) for r in rows if r.n < SMALL_ESTATE
    ]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("results", [_indexed, _plain])
def test_the_report_prints_it_beside_the_own_figure_and_says_what_it_is(results, language: str) -> None:  # type: ignore[no-untyped-def]
    page = landlord.web(results(), language)
    words = Words.of(results().questionnaire, language)
    assert words.t("estates.lent_text", few=SMALL_ESTATE) in page
    for _, cell in results().by_estate:
        if cell.lent is not None:
            told = words.score(cell.lent) if results().index else words.estimate(cell.lent)
            assert words.t("estates.lent", value=told[0], doubt=words.doubt(told[1])) in page
    lending = sum(cell.lent is not None for _, cell in results().by_estate)
    assert page.count(words.t("estates.lent", value="", doubt="").rstrip(" ,")) == lending


def test_a_report_without_very_small_estates_says_nothing_of_lending() -> None:
    rng = np.random.default_rng(4)
    answers = {name: drawn_answers(INDEXED, 30, rng) for name in "abcdef"}
    results = compute(wave_of(INDEXED, [Estate(n, n, "Nord", 60) for n in answers], answers), None)
    assert all(cell.lent is None for _, cell in results.by_estate)
    assert Words.of(INDEXED, "nb").t("estates.lent_text", few=SMALL_ESTATE) not in landlord.web(results, "nb")


def test_where_nobody_knows_the_homes_no_score_lends() -> None:
    rng = np.random.default_rng(4)
    answers = {name: drawn_answers(INDEXED, 15, rng) for name in "abcdef"}
    results = compute(wave_of(INDEXED, [Estate(n, n, "Nord", None) for n in answers], answers), None)
    assert sum(cell.score.value is not None for _, cell in results.by_estate) >= 5
    assert all(cell.lent is None for _, cell in results.by_estate)
