"""Nobody can reckon out what a few tenants answered: an attacker holds every report and subtracts it all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from forms.answers import Answers
from reports.compute import compute, compute_each
from reports.contrasts import contrasts
from reports.disclosure import (
    estate_segments,
    mean_may_be_shown,
    published_interval,
    rounded_base,
    share_step,
    small_counts_left_out,
    total_small_counts,
    total_whole_counts,
    whole_counts,
)
from reports.results import Results
from reports.scope import Groundwork
from reports.waves import Estate
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

CODES = 5
SCORES = np.array([0, 25, 50, 75, 100])
FORM = questionnaire(scored("hjem"))
Table = NDArray[np.int64]


@dataclass
class Attacker:
    """Knows n of every estate and all that is published; solves for each cell in whole numbers.

    `worlds`: answers of which all of that is true, as found so far."""

    estates: int
    rows: list[NDArray[np.float64]]
    low: list[float]
    high: list[float]
    worlds: list[NDArray[np.float64]] = field(default_factory=list)

    def learn(
        self, per_estate: dict[int, float], codes: NDArray[np.float64], low: float, high: float
    ) -> None:
        row = np.zeros(self.estates * CODES)
        for estate, weight in per_estate.items():
            row[estate * CODES : (estate + 1) * CODES] += weight * codes
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def seen_apart(self, estate: int, code: int) -> float:
        """How far the cell ranges at least: over the worlds that were found for other cells."""
        own = [world[estate * CODES + code] for world in self.worlds]
        return max(own) - min(own) if own else 0.0

    def range_of(self, estate: int, code: int) -> tuple[float, float]:
        edges = []
        for sign in (1, -1):
            goal = np.zeros(self.estates * CODES)
            goal[estate * CODES + code] = sign
            found = milp(
                goal,
                integrality=np.ones(goal.size),
                bounds=Bounds(0, np.inf),
                constraints=LinearConstraint(np.array(self.rows), np.array(self.low), np.array(self.high)),
            )
            assert found.success, found.message
            self.worlds.append(np.round(found.x))
            edges.append(float(np.round(sign * found.fun)))
        return edges[0], edges[1]


def _attack(table: Table, invited: list[int | None]) -> Attacker | None:
    """An attacker on the reports of all estates and of the landlord; None when nothing is published."""
    names = [f"e{i}" for i in range(len(table))]
    estates = [Estate(name, name, "Sentrum", size) for name, size in zip(names, invited, strict=True)]
    answers: dict[str, list[Answers]] = {
        name: [{"hjem": code + 1} for code in range(CODES) for _ in range(row[code])]
        for name, row in zip(names, table, strict=True)
    }
    wave = wave_of(FORM, estates, answers)
    ground = Groundwork.of(wave)
    total, reports = compute_each(ground, None, contrasts(ground))
    spy = Attacker(len(table), [], [], [])
    sizes = table.sum(axis=1)
    ones = np.ones(CODES)
    for i, name in enumerate(names):
        if sizes[i] < 5:
            continue  # the attacker knows no more than that
        spy.learn({i: 1.0}, ones, sizes[i], sizes[i])
        _read(spy, reports[name], {i: 1 / sizes[i]})
    if not spy.rows:
        return None
    for least in (5, 10):
        inside = [i for i in range(len(table)) if sizes[i] >= least]
        if inside and sum(sizes[inside]) == total.items["hjem"].n:
            _read(spy, total, _weights(inside, sizes, invited))
            break
    return spy


def _weights(inside: list[int], sizes: Table, invited: list[int | None]) -> dict[int, float]:
    """What one answer of each estate weighs in a share of the total."""
    known = [invited[i] for i in inside]
    whole = [sizes[i] if None in known else max(sizes[i], invited[i] or 0) for i in inside]
    return {i: float(size / sum(whole) / sizes[i]) for i, size in zip(inside, whole, strict=True)}


def _read(spy: Attacker, results: Results, weights: dict[int, float]) -> None:
    found = results.items["hjem"]
    step = share_step(np.array(list(weights.values()))) or 1.0
    rounded = all(abs(part.share / step - round(part.share / step)) < 1e-9 for part in found.segments)
    blur = step / 2 if rounded and len(weights) > 1 else 0.0
    edge, codes = 0.0, np.zeros(CODES)
    for part in found.segments:
        edge += part.share
        codes += np.isin(np.arange(1, CODES + 1), part.codes)
        spy.learn(weights, codes.copy(), edge - blur - 1e-7, edge + blur + 1e-7)


tables = st.integers(2, 3).flatmap(
    lambda estates: st.lists(
        st.lists(st.one_of(st.integers(0, 6), st.integers(0, 30)), min_size=CODES, max_size=CODES),
        min_size=estates,
        max_size=estates,
    )
)
response = st.sampled_from([None, 1.0, 1.3, 2.0, 4.0])


def _invited(table: Table, rates: list[float | None]) -> list[int | None]:
    return [
        None if rate is None else round(int(n) * rate)
        for n, rate in zip(table.sum(axis=1), rates, strict=False)
    ]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, st.lists(response, min_size=4, max_size=4))
def test_bars_of_all_reports_together_leave_every_small_cell_a_range_of_four_or_more(
    rows: list[list[int]], rates: list[float | None]
) -> None:
    table = np.array(rows)
    spy = _attack(table, _invited(table, rates))
    for estate, code in np.argwhere((table > 0) & (table < 5)):
        if spy is not None and table[estate].sum() >= 5 and spy.seen_apart(estate, code) < 4:
            low, high = spy.range_of(estate, code)
            assert high - low >= 4, (table.tolist(), int(estate), int(code), low, high)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 30), min_size=CODES, max_size=CODES))
def test_the_mean_of_an_item_says_no_more_than_its_bars(row: list[int]) -> None:
    answers: list[Answers] = [{"hjem": code + 1} for code in range(CODES) for _ in range(row[code])]
    report = compute(wave_of(FORM, [Estate("a", "A", "Sentrum", 300)], {"a": answers}), "a")
    if report.hidden:
        return
    found = report.items["hjem"]
    if not found.segments:
        assert found.mean.value is None
        return
    told = sum(
        part.share * (SCORES[part.codes[0] - 1] + SCORES[part.codes[-1] - 1]) / 2 for part in found.segments
    )
    assert found.mean.value is not None
    assert found.mean.value == pytest.approx(told, abs=0.51)
    assert report.matrix[0].score == found.mean
    # The interval allows for the most that merging can hide.
    assert found.mean.low is not None and found.mean.high is not None
    truth = float((np.array(row) * SCORES).sum() / sum(row))
    assert found.mean.low <= truth <= found.mean.high


def test_fewer_than_five_answers_say_nothing_at_all() -> None:
    estates = [Estate("liten", "Liten", "Sentrum", 7), Estate("stor", "Stor", "Sentrum", 40)]
    few: list[Answers] = [{"hjem": 1}] * 4
    many: list[Answers] = [{"hjem": code} for code in (1, 2, 4, 5) for _ in range(6)]
    wave = wave_of(FORM, estates, {"liten": few, "stor": many})
    report = compute(wave, "liten")
    assert report.hidden == "hidden.few"
    assert (report.n, report.items, report.matrix, report.index, report.findings) == (0, {}, (), None, ())
    assert report.coverage[0].n is None
    whole = compute(wave, None)
    assert (whole.n, whole.invited, whole.excluded_estates) == (24, 40, 1)
    alone = compute(wave, "stor")
    assert whole.items["hjem"].segments == alone.items["hjem"].segments


def test_a_group_of_one_mind_is_not_shown_as_such() -> None:
    estates = [Estate("a", "A", "Sentrum", 40)]
    wave = wave_of(FORM, estates, {"a": [{"hjem": 5}] * 20})
    found = compute(wave, "a").items["hjem"]
    assert found.segments == ()
    assert found.favourable.value is None
    assert found.mean.value is None
    assert found.hidden == "hidden.protected"


def test_a_share_is_shown_only_where_its_cut_is_the_edge_of_a_part() -> None:
    estates = [Estate("a", "A", "Sentrum", 60)]
    codes = [1] * 10 + [2] * 8 + [4] * 3
    wave = wave_of(FORM, estates, {"a": [{"hjem": code} for code in codes]})
    found = compute(wave, "a").items["hjem"]
    assert [part.codes for part in found.segments] == [(1,), (2, 3, 4), (5,)]
    assert found.favourable.value is None


def test_the_cut_of_the_good_answers_is_kept_before_finer_bars() -> None:
    assert estate_segments([6, 4, 1, 5, 3], (3,)) == ((0, 1), (1, 3), (3, 5))
    assert estate_segments([0, 5, 4, 3, 2], (3,)) == ((0, 1), (1, 3), (3, 5))
    assert estate_segments([3, 3, 3], ()) == ()


def test_one_estate_that_hides_its_cut_hides_it_in_the_total() -> None:
    """20 + 2 good answers against a visible 20 would give the 2 away."""
    estates = [Estate("a", "A", "Sentrum", 60), Estate("b", "B", "Sentrum", 60)]
    answers: dict[str, list[Answers]] = {
        "a": [{"hjem": code} for code in [1] * 20 + [5] * 2],
        "b": [{"hjem": code} for code in [1] * 20 + [5] * 20],
    }
    assert compute(wave_of(FORM, estates, answers), None).items["hjem"].favourable.value is None


def test_several_hiding_estates_hide_one_another_in_the_total() -> None:
    estates = [Estate(name, name, "Sentrum", 60) for name in "abc"]
    small: list[Answers] = [{"hjem": code} for code in [1] * 20 + [5] * 4]
    large: list[Answers] = [{"hjem": code} for code in [1] * 20 + [5] * 20]
    report = compute(wave_of(FORM, estates, {"a": small, "b": small, "c": large}), None)
    share = report.items["hjem"].favourable.value
    assert share is not None
    assert share == pytest.approx(round(share, 2))  # whole percent, since something hidden is in it


def test_special_answers_and_modes_of_a_total_hide_what_one_estate_leaves_out() -> None:
    assert small_counts_left_out({254: 5, 255: 4, 253: 0}) == {254: 5}
    assert total_small_counts([{254: 9}, {254: 3}]) == {}
    assert total_small_counts([{254: 9}, {254: 6}]) == {254: 15}
    assert total_small_counts([{"web": 9}, {"web": 3}, {"web": 2}, {"web": 1}]) == {"web": 15}


def test_how_answers_came_in_leaves_nobody_to_be_found_by_subtraction() -> None:
    assert whole_counts({"web": 83, "paper": 7, "helper": 5}) == {"web": 83, "paper": 7, "helper": 5}
    assert whole_counts({"web": 28, "paper": 2}) == {}
    assert whole_counts({"web": 28, "paper": 6, "helper": 2}) == {"web": 28}
    assert whole_counts({"web": 6, "paper": 0}) == {"web": 6}
    assert total_whole_counts([{"web": 28, "paper": 2}, {"web": 40, "paper": 0}]) == {}
    assert total_whole_counts([{"web": 28, "paper": 6}, {"web": 40, "paper": 0}]) == {"paper": 6, "web": 68}
    assert total_whole_counts([]) == {}


def test_the_tail_of_a_mean_gives_no_single_answer_away() -> None:
    assert not mean_may_be_shown(np.array([0.0, 50, 50, 100]), 5)
    assert not mean_may_be_shown(np.array([50.0] * 9), 5)
    assert not mean_may_be_shown(np.array([50.0] * 9 + [75]), 5)
    assert not mean_may_be_shown(np.array([100.0] * 8 + [90, 80]), 5)
    assert mean_may_be_shown(np.array([25.0, 50, 50, 75, 75, 100]), 5)
    assert published_interval(61.4, 42.3, 78.9, 7) == (61, 40, 80)
    assert published_interval(61.4, 42.3, 78.9, 40) == (61, 42, 79)
    assert [rounded_base(n) for n in (12, 13, 35)] == [10, 15, 35]


def test_a_choice_made_by_few_or_by_nearly_all_is_hidden() -> None:
    choices = [{"code": code, "value": f"v{code}", "text": {"nb": f"v{code}"}} for code in (1, 2, 3)]
    form = questionnaire(item("onsker", kind="multi", scale=None, choices=choices), index=False)
    answers: list[Answers] = [{"onsker": [1]}] * 3 + [{"onsker": [2]}] * 9 + [{"onsker": [2, 3]}] * 8
    report = compute(wave_of(form, [Estate("a", "A", "Sentrum", 40)], {"a": answers}), "a")
    chosen = report.items["onsker"].chosen
    assert (chosen[1].value, chosen[2].value) == (None, None)
    assert chosen[3].value == pytest.approx(8 / 20)
