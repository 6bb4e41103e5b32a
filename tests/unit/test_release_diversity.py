"""Whoever knows a neighbour's background reads no answer of hers off the records of a release."""

from __future__ import annotations

import numpy as np
import pytest

from forms.loading import shipped
from reports.releases.beside import fewest_alike
from reports.releases.dataset import HIDDEN, protect
from reports.releases.diversity import blank_where_groups_agree, groups_of
from reports.releases.pages import risk
from reports.waves import Estate
from tests.samples.waves import drawn_answers, wave_of

EMPTY = -1
KEYS = np.repeat([1, 2, 3], [5, 5, 6])


def _blanked(answers: list[int], keys: list[int], *, picks: bool = False) -> list[int]:
    values = np.array(answers, np.int16)
    estate = np.ones(values.size, np.int16)
    group = groups_of(np.array([keys], np.int16).T)
    blank_where_groups_agree(values, estate, group, empty=EMPTY, hidden=HIDDEN, picks=picks)
    return np.flatnonzero(values == HIDDEN).tolist()


def test_a_group_that_agrees_is_blanked_with_another_that_does_not() -> None:
    mixed = [1, 2, 3, 4, 5]
    assert _blanked([*[3] * 5, *mixed, *mixed, 1], KEYS.tolist()) == [*range(5), *range(10, 16)]
    assert _blanked([*[3] * 5, 1, 2, 4, 4, 5, *mixed, 1], KEYS.tolist()) == list(range(10))


def test_another_group_could_be_the_one_that_agrees() -> None:
    """Five said 3, and of eight others one: blanked with these alone they would be found, for seven of eight
    at least would have to have said the same. So the five that are as few are blanked too."""
    keys = np.repeat([1, 2, 3], [5, 8, 5]).tolist()
    eight, five = [1, 1, 2, 2, 4, 4, 5, 5], [1, 2, 3, 4, 5]
    assert _blanked([*[3] * 5, *eight, *five], keys) == [*range(5), *range(5, 18)]
    five = [1, 2, 2, 4, 5]
    assert _blanked([*[3] * 5, *eight, *five], keys) == [*range(5), *range(13, 18)]


def test_groups_that_differ_stay_as_they_are() -> None:
    assert _blanked([1, 2, 2, 2, 2, 1, 2, 3, 4, 5, 1, 1, 2, 2, 3, 3], KEYS.tolist()) == []


def test_that_nobody_of_a_group_picked_a_choice_stays() -> None:
    answers = [0] * 5 + [0, 1, 0, 1, 1] + [1, 0, 1, 0, 1, 1]
    assert _blanked(answers, KEYS.tolist(), picks=True) == []
    assert _blanked([1 - answer for answer in answers], KEYS.tolist(), picks=True)


def test_one_answer_among_silent_neighbours_is_no_agreement() -> None:
    assert _blanked([3, *[EMPTY] * 4, 1, 2, 3, 4, 5, 1, 1, 2, 2, 3, 3], KEYS.tolist()) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_in_a_release_follows_from_all_keys_nor_from_the_report_less_the_records(seed: int) -> None:
    form, random = shipped("boindeks"), np.random.default_rng(seed)
    sizes = random.integers(12, 60, 4).tolist()
    answers = {f"e{i}": drawn_answers(form, n, random) for i, n in enumerate(sizes)}
    estates = [Estate(name, name.upper(), "S", 2 * len(own)) for name, own in answers.items()]
    made = protect(wave_of(form, estates, answers))
    items = [variable for variable in made.variables if variable.role == "item"]
    for _, alike in made.frame.group_by("estate", *made.risk.keys):
        for variable in items:
            said = alike[variable.name].drop_nulls()
            if 5 * len(said) >= 4 * len(alike) and not (variable.picks and said[0] == 0):
                assert HIDDEN in said or said.n_unique() > 1
    assert made.risk.agreeing > 0
    assert str(made.risk.agreeing) in risk(made)


def test_what_is_blanked_in_an_estate_is_not_of_one_mind_together() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        many = int(random.integers(3, 9))
        keys = np.repeat(np.arange(many), 5)
        answers = random.choice(5, keys.size, p=random.dirichlet(np.full(5, 0.4))) + 1
        gone = _blanked(answers.tolist(), keys.tolist())
        if gone and len(gone) < keys.size:
            assert np.bincount(answers[gone]).max() < fewest_alike(len(gone))
