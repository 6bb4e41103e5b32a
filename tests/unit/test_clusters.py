"""How answers go together: people of one estate hang together, so many of them are not many estates."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.errors import DoesNotConverge, TooFewAnswers
from reports.inference.clusters import doubt, shares_apart
from reports.inference.importance import derived, tau_b
from reports.inference.models import Factor, ordered_logit
from reports.inference.ordinal import gamma
from reports.inference.stratified import stratified_share

Ints = NDArray[np.int64]


def _alike_at_home(rng: np.random.Generator, estates: int, alike: float = 0.3) -> tuple[Ints, Ints, Ints]:
    """Estate, and two answers that have nothing to do with one another; of the spread of each a part `alike`
    is between the estates, 8 to 60 people in each."""
    where = np.repeat(np.arange(estates), rng.integers(8, 61, estates))
    answers = []
    for _ in range(2):
        own = rng.normal(size=estates)[where] * np.sqrt(alike) + rng.normal(size=where.size) * np.sqrt(
            1 - alike
        )
        answers.append(np.digitize(own, [-0.5, 0.5]))
    return where, answers[0], answers[1]


def _tables(where: Ints, one: Ints, other: Ints) -> Ints:
    size = int(where.max()) + 1
    return np.bincount(where * 9 + one * 3 + other, minlength=size * 9).reshape(size, 3, 3)


def test_what_has_nothing_to_do_with_one_another_is_seldom_said_to_go_together() -> None:
    """20 estates, three tenths of all spread between them: counted by people, every fourth was a claim."""
    rng = np.random.default_rng(4)
    claims = np.zeros(4)
    draws = 250
    for _ in range(draws):
        where, one, other = _alike_at_home(rng, 20)
        tables = _tables(where, one, other)
        tested = gamma(tables)
        assert tested is not None
        strength, by_people = tau_b(tables), tau_b(tables.sum(axis=0))
        (effect,) = ordered_logit(other, {"en": Factor((one > 0) * 1, ("nei", "ja"))}, where).effects
        claims += [
            tested[1] < 0.05,
            not strength.low <= 0 <= strength.high,
            effect.p < 0.05,
            not by_people.low <= 0 <= by_people.high,
        ]
    assert (claims[:3] / draws <= 0.075).all(), claims
    assert claims[3] / draws > 0.2, "and this is what the people alone would say"


def test_the_doubt_is_never_less_than_that_of_people_drawn_one_by_one() -> None:
    """Estates that happen to be much alike say nothing that their people cannot bear."""
    one = np.array([[12, 4], [5, 14]])
    several = tau_b(np.stack([one] * 12))
    people = tau_b(one * 12)
    assert (several.low, several.high) == pytest.approx((people.low, people.high))


def test_of_two_estates_nothing_is_said_that_is_about_more_than_one_of_them() -> None:
    one, other = np.array([[40, 6], [5, 44]]), np.array([[42, 5], [6, 40]])
    both = np.stack([one, other])
    assert (tau_b(both).low, tau_b(both).high) == (-1, 1)
    assert [row.sure for row in derived({"ro": both})] == [False]
    assert [row.sure for row in derived({"ro": np.stack([one, other, one + 1])})] == [True]
    estates = np.repeat([0, 1], [95, 93])
    outcome = np.repeat([0, 1, 0, 1, 0, 1, 0, 1], [40, 6, 5, 44, 42, 5, 6, 40])
    group = np.repeat([0, 0, 1, 1, 0, 0, 1, 1], [40, 6, 5, 44, 42, 5, 6, 40])
    with pytest.raises(TooFewAnswers, match="two estates"):
        ordered_logit(outcome, {"ro": Factor(group, ("nei", "ja"))}, estates)


def test_of_one_estate_it_is_about_its_people() -> None:
    one = np.array([[40, 6], [5, 44]])
    assert tau_b(one[None]) == tau_b(one)
    assert tau_b(one, 100).high < tau_b(one).high


def test_a_figure_that_rests_on_one_estate_alone_is_of_that_estate() -> None:
    """Without it nobody is left who said so."""
    rng = np.random.default_rng(1)
    tables = np.stack([np.array([[20, 20], [0, 0]])] * 5 + [np.array([[5, 5], [2, 40]])])
    assert (tau_b(tables).low, tau_b(tables).high) == (-1, 1)
    tested = gamma(tables)
    assert tested is not None and tested[1] == 1
    where, _, other = _alike_at_home(rng, 6)
    with pytest.raises(DoesNotConverge):
        ordered_logit(other, {"en": Factor((where == 2) * 1, ("nei", "ja"))}, where)


def test_the_variance_is_that_of_a_mean_when_the_figure_is_one() -> None:
    """Left out one by one, a mean has the variance s^2 / n, and its t interval."""
    values = np.array([3.0, 5.0, 4.0, 8.0, 1.0])
    without = [float(np.delete(values, i).mean()) for i in range(5)]
    found = doubt(float(values.mean()), 0.0, without)
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(5))
    assert (found.half / found.error, found.freedom) == (pytest.approx(2.776445), 4)


def test_how_far_two_groups_lie_apart_is_doubted_as_far_as_the_estates_disagree() -> None:
    """20 estates where the answer to one question has nothing to do with the other, and neighbours are alike:
    by people alone the difference of the shares left out 0 in a fourth of the draws."""
    rng = np.random.default_rng(9)
    draws, held, by_people = 250, 0, 0
    for _ in range(draws):
        tables = _tables(*_alike_at_home(rng, 20))
        ends = [np.stack([own[:, 2], own.sum(axis=1)], axis=1) for own in (tables[:, 2], tables[:, 0])]
        found = shares_apart(ends[0], ends[1])
        alone = shares_apart(*(own.sum(axis=0)[None] for own in ends))
        held += found.low <= 0 <= found.high
        by_people += alone.low <= 0 <= alone.high
        assert found.low <= alone.low <= found.value <= alone.high <= found.high
    assert held / draws >= 0.93
    assert by_people / draws < 0.85


def test_groups_that_one_estate_alone_tells_apart_may_lie_anywhere() -> None:
    much, little = np.array([[9, 10], [0, 0], [0, 0]]), np.array([[1, 10], [2, 10], [3, 10]])
    assert (shares_apart(much, little).low, shares_apart(much, little).high) == (-1, 1)
    assert (shares_apart(much[:2], little[:2]).low, shares_apart(much[:2], little[:2]).high) == (-1, 1)
    alone = shares_apart(much[:1], little[:1])
    assert 0.2 < alone.low < 0.8 < alone.high < 1


def test_the_share_of_a_row_is_about_the_people_of_the_estates_that_are_there() -> None:
    """Its interval counts people, as those of all shares do: drawn again from the same estates, alike as
    neighbours are, it holds what all of those who live there would say."""
    rng = np.random.default_rng(12)
    held = draws = 0
    for _ in range(60):
        where, one, other = _alike_at_home(rng, 12, 0.5)
        row = one == 2
        if row.sum() < 40:
            continue
        truth = (other[row] == 2).mean()
        for _ in range(20):
            came = rng.permuted(np.arange(where.size))[: where.size // 2]
            good, n = int((other[came][row[came]] == 2).sum()), int(row[came].sum())
            found = stratified_share([good], [n], [None])
            held += found.low <= truth <= found.high
            draws += 1
    assert draws >= 1000
    assert held / draws >= 0.95


def test_of_a_group_that_nobody_is_in_nothing_is_said() -> None:
    with pytest.raises(TooFewAnswers, match="nobody"):
        shares_apart(np.array([[3, 5], [2, 5]]), np.array([[0, 0], [0, 0]]))
