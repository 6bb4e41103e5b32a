"""Who answered, and how: said plainly, without guessing about those who did not."""

from __future__ import annotations

import numpy as np
import pytest

from reports.errors import BadDesign, TooFewAnswers, TooManyGroups
from reports.inference import stratified_share
from reports.inference.respondents import (
    beside_register,
    nonresponse_bounds,
    representation,
    sample_bounds,
    way_effects,
)


def test_what_those_missing_could_change_is_bounded_by_all_saying_no_or_all_saying_yes() -> None:
    assert nonresponse_bounds([45], [75], [100]) == pytest.approx((0.45, 0.70))
    assert nonresponse_bounds([6], [10], [10]) == pytest.approx((0.6, 0.6))
    assert nonresponse_bounds([0], [0], [10]) == (0, 1)
    # More answers than were asked: everybody has answered, and no more.
    assert nonresponse_bounds([6], [10], [8]) == pytest.approx((0.6, 0.6))
    with pytest.raises(BadDesign):
        nonresponse_bounds([6], [5], [10])
    with pytest.raises(BadDesign):
        nonresponse_bounds([0], [0], [0])


def test_each_estate_has_the_response_it_had() -> None:
    """Whoever answers seldom and is content must not stand for as many as who answers often and is not."""
    assert nonresponse_bounds([15, 9], [20, 90], [100, 100]) == pytest.approx((0.12, 0.57))


def test_a_sample_of_everybody_leaves_open_what_the_silent_leave_and_a_smaller_one_more() -> None:
    all_asked = sample_bounds([15, 9], [20, 90], [100, 100], [100, 100])
    assert all_asked == pytest.approx((0.12, 0.57))
    low, high = sample_bounds([15, 9], [20, 90], [100, 100], [400, 100])
    assert low < (4 * 0.15 + 0.09) / 5
    assert high > 1 - (4 * 0.05 + 0.81) / 5


def test_a_group_that_answers_less_than_its_part_is_found() -> None:
    found = representation(
        {"høyblokk": 30, "rekkehus": 70, "eldre bygg": 20},
        {"høyblokk": 150, "rekkehus": 100, "eldre bygg": 40},
    )
    assert {row.name: row.standing for row in found.groups} == {
        "høyblokk": "fewer", "rekkehus": "more", "eldre bygg": "same"
    }  # fmt: skip
    assert sum(row.share for row in found.groups) == pytest.approx(1)
    assert sum(row.register_share for row in found.groups) == pytest.approx(1)
    assert found.indicator < 0.6


def test_an_even_response_is_wholly_representative() -> None:
    found = representation({"a": 10, "b": 30}, {"a": 20, "b": 60})
    assert found.indicator == pytest.approx(1)
    assert all(row.standing == "same" and row.p > 0.5 for row in found.groups)


def test_when_everybody_has_answered_no_group_stands_out() -> None:
    found = representation({"a": 3, "b": 90}, {"a": 3, "b": 90})
    assert [row.p for row in found.groups] == [1, 1] and found.indicator == 1


def test_which_homes_were_drawn_is_no_claim_about_who_answers() -> None:
    """Young people live in the estate of which 20 of 400 homes were drawn, old ones where all 100 were asked;
    whoever was asked answers as gladly as others. Laid beside the register as they came: always 'fewer'."""
    rng = np.random.default_rng(3)
    claimed = 0
    for _ in range(300):
        young = [int(rng.hypergeometric(280, 120, 20)), int(rng.hypergeometric(15, 85, 80))]
        share = stratified_share(young, [20, 80], [400, 100])
        other = stratified_share([20 - young[0], 80 - young[1]], [20, 80], [400, 100])
        claimed += beside_register([share, other], [0.59, 0.41]) != ("same", "same")
        raw = {"ung": sum(young), "gammel": 100 - sum(young)}
        assert representation(raw, {"ung": 295, "gammel": 205}).groups[0].standing == "fewer"
    assert claimed / 300 <= 0.05


def test_who_answers_less_within_the_estates_is_found_in_a_sample_too() -> None:
    young = stratified_share([12, 4], [40, 80], [400, 100])
    old = stratified_share([28, 76], [40, 80], [400, 100])
    assert beside_register([young, old], [0.59, 0.41]) == ("fewer", "more")


def test_registers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadDesign, match="no group ukjent"):
        representation({"ukjent": 1}, {"a": 3})
    with pytest.raises(BadDesign, match="more answers than dwellings in a"):
        representation({"a": 4}, {"a": 3})
    with pytest.raises(TooFewAnswers):
        representation({}, {"a": 3})
    with pytest.raises(TooManyGroups):
        representation({}, {str(i): 1 for i in range(400)})


def test_a_way_of_answering_is_compared_within_estates_only() -> None:
    """Paper is used where people are content anyway: within the estates it makes no difference."""
    rng = np.random.default_rng(1)
    estate = np.repeat([0, 1], 200)
    paper = rng.random(400) < np.where(estate == 1, 0.6, 0.1)
    score = np.where(estate == 1, 80.0, 40.0) + rng.normal(0, 10, 400)
    ways = ["paper" if p else "web" for p in paper]
    (found,) = way_effects(score, ways, estate, "web")
    assert score[paper].mean() - score[~paper].mean() > 15
    assert found.way == "paper" and not found.sure
    assert found.difference.low < 0 < found.difference.high
    helped = way_effects(score + 12 * paper, ways, estate, "web")[0]
    assert helped.sure and helped.difference.low < 12 < helped.difference.high


def test_rare_ways_ways_never_side_by_side_and_missing_scores_are_left_out() -> None:
    score = np.arange(60.0)
    score[5] = np.nan
    ways = ["web"] * 40 + ["telephone"] * 5 + ["paper"] * 15
    estate = [0] * 45 + [1] * 15
    assert way_effects(score, ways, estate, "web") == ()
    with pytest.raises(TooFewAnswers, match="kiosk"):
        way_effects(score, ways, estate, "kiosk")
    with pytest.raises(TooManyGroups):
        way_effects(np.zeros(400), [str(i) for i in range(400)], np.zeros(400), "1")
    with pytest.raises(BadDesign):
        way_effects(score, ways[1:], estate, "web")
