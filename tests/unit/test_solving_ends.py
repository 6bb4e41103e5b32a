"""Whoever asks for numbers by group gets an answer: what is solved for has an end, counted, not timed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from scipy import linalg

from forms.answers import Answers
from reports.breakdowns import ledger
from reports.breakdowns.asking import Ask, parse
from reports.breakdowns.errors import NothingToTell, NumbersRefused
from reports.breakdowns.ledger import judge
from reports.disclosure import Dimension, Effort, Table, TooMuchWork, optimal, pushing, secondary
from reports.disclosure import protect as protected
from reports.disclosure.secondary import _settled
from reports.disclosure.walk import Knowledge
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

AGES = [{"code": code, "value": f"v{code}", "text": {"nb": f"alder {code}"}} for code in range(1, 6)]
FORM = questionnaire(
    scored("hjem"), item("alder", scale=None, background=True, specials=[], choices=AGES)
)  # fmt: skip


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options of each program that is solved; all are solved as ever."""
    asked: list[dict[str, Any]] = []
    solve = scipy.optimize.milp

    def noted(*args: Any, **more: Any) -> Any:
        asked.append(dict(more.get("options") or {}))
        return solve(*args, **more)

    monkeypatch.setattr(scipy.optimize, "milp", noted)
    return asked


def _small_estates(estates: int) -> Wave:
    """Six answers in each: whose age can hardly be told of any."""
    random = np.random.default_rng(1)
    answers: dict[str, list[Answers]] = {
        f"e{number:03}": [
            {
                "hjem": int(random.choice(5, p=[0.1, 0.1, 0.2, 0.3, 0.3])) + 1,
                "alder": int(random.integers(5)) + 1,
            }
            for _ in range(6)
        ]
        for number in range(estates)
    }
    return wave_of(FORM, [Estate(name, name, "Nord", None) for name in answers], answers)


def _bands() -> Ask:
    return parse(FORM, "hjem", ["alder=1+2,3+4+5"], "all", "standard")


def test_many_small_estates_are_told_together() -> None:
    """Answers that nobody tells apart count as one: each by itself was looked at, and all was refused."""
    assert judge(_small_estates(40), _bands(), [], None).told.all()


def _town(levels: int, estates: int, people: int) -> Wave:
    """A background of so many answers, the first given most often."""
    random = np.random.default_rng(1)
    share = 1 / np.arange(1, levels + 1) ** 0.7
    codes = [{"code": c, "value": f"v{c}", "text": {"nb": f"{c}"}} for c in range(1, levels + 1)]
    form = questionnaire(
        scored("hjem"), item("alder", scale=None, background=True, specials=[], choices=codes)
    )
    answers: dict[str, list[Answers]] = {
        f"e{number:03}": [
            {
                "hjem": int(random.choice(5, p=[0.1, 0.1, 0.2, 0.3, 0.3])) + 1,
                "alder": int(random.choice(levels, p=share / share.sum())) + 1,
            }
            for _ in range(people)
        ]
        for number in range(estates)
    }
    return wave_of(form, [Estate(name, name, "Nord", None) for name in answers], answers)


def _of(wave: Wave, by: str) -> Ask:
    return parse(wave.questionnaire, "hjem", [by], "all", "standard")


def test_a_background_of_ten_answers_is_told_of_forty_estates(programs: list[dict[str, Any]]) -> None:
    """All of it was refused, after minutes: what a walk did not find free was taken to be given away."""
    wave = _town(10, 40, 30)
    assert judge(wave, _of(wave, "alder"), [], None).told.all()
    assert 0 < len(programs) <= 2 * pushing.TURNS
    assert all(0 < options["node_limit"] <= optimal.MOST_NODES for options in programs)


def test_more_groups_than_anybody_reads_are_refused_with_their_number_and_nothing_is_tried(
    programs: list[dict[str, Any]],
) -> None:
    wave = _town(240, 3, 100)
    with pytest.raises(NumbersRefused, match=r"numbers\.too_many") as refused:
        judge(wave, _of(wave, "alder"), [], None)
    assert refused.value.values == {"groups": 240, "most": 100}
    assert programs == []


def test_the_same_background_in_bands_is_told() -> None:
    wave = _town(240, 1, 200)
    bands = ["+".join(map(str, range(first, last))) for first, last in ((1, 20), (20, 100), (100, 241))]
    assert judge(wave, _of(wave, f"alder={','.join(bands)}"), [], None).told.any()


def test_what_would_take_too_long_to_prove_is_refused_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_WORK", 2000)
    monkeypatch.setattr(ledger, "SPARE_WORK", 2000)
    wave = _town(10, 40, 30)
    with pytest.raises(NothingToTell, match=r"numbers\.too_much"):
        judge(wave, _of(wave, "alder"), [], None)


@pytest.mark.parametrize("largest", [0, 10_000])
def test_work_ends_when_its_measure_is_full_whether_it_walks_or_solves(
    largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secondary, "LARGEST_SOLVED", largest)
    counts = np.random.default_rng(3).integers(0, 7, (12, 3, 8))
    table = Table.of(Dimension.of(12), Dimension.of(3), [Dimension.of(8)], [counts])
    few = (table.values > 0) & (table.values < 5)
    assert protected(table, few, 5).hidden[few].all()
    with pytest.raises(TooMuchWork):
        protected(table, few, 5, effort=Effort(100))


def test_nothing_is_solved_of_tables_above_the_limit(
    programs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secondary, "LARGEST_SOLVED", 200)
    with suppress(NothingToTell):
        judge(_small_estates(40), _bands(), [], None)
    assert programs == []


def test_a_search_that_is_cut_short_never_makes_a_number_look_freer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends are tables that readers must think possible, and lie no further apart than the true ends."""
    counts = np.random.default_rng(3).integers(0, 7, (6, 3, 4))
    table = Table.of(Dimension.of(6), Dimension.of(3), [Dimension.of(4, [[0, 1], [1, 2]])], [counts])
    hidden = np.random.default_rng(4).random(table.size) < 0.7
    knows = Knowledge.of(table, hidden)
    cells = np.flatnonzero(hidden)[:30].tolist()
    ends = [optimal.extremes(table, knows, cell) for cell in cells]
    monkeypatch.setattr(optimal, "MOST_NODES", 0)
    short = [optimal.extremes(table, knows, cell) for cell in cells]
    for cell, (least, most), (low, high) in zip(cells, ends, short, strict=True):
        assert least[cell] <= low[cell] <= table.values[cell] <= high[cell] <= most[cell]
        assert table.holds(low)
        assert table.holds(high)
    assert any((high == table.values).all() for _, high in short)


@pytest.mark.parametrize("seed", range(20))
def test_what_follows_from_all_sums_together_is_what_no_other_solution_changes(seed: int) -> None:
    random = np.random.default_rng(seed)
    sums = random.choice([-1, 0, 0, 1], (int(random.integers(1, 12)), 9))
    free = linalg.null_space(sums.astype(float))
    assert (_settled(sums) == (abs(free).max(axis=1, initial=0.0) < 1e-9)).all()


def test_of_no_sums_nothing_follows() -> None:
    assert not _settled(np.zeros((3, 4), np.int64)).any()


def test_of_what_is_hidden_anyway_nothing_is_proved() -> None:
    """Two of each age in each of two estates: four in all, so that no level has anything to tell."""
    people: list[Answers] = [{"hjem": 5 if n < 5 else 1, "alder": 1 + n % 5} for n in range(10)]
    places = [Estate(name, name, "Nord", 40) for name in ("a", "b")]
    wave = wave_of(FORM, places, dict.fromkeys("ab", people))
    with pytest.raises(NothingToTell, match=r"numbers\.nothing"):
        judge(wave, parse(FORM, "hjem", ["alder"], "estate", "standard"), [], None, Effort(0))
