"""What is told of two questions at once, of ways of answering and of the model, gives nobody away beside all
bars, scores and totals: neither what few answered, nor that all who answered one thing answered another.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reports.results import Association, Estimate
from tests.attack.joint import CODES, GOOD, WAYS, Reader, house
from tests.attack.test_tables import DRAWN
from tests.samples.tiny import item, questionnaire, scored

RANGE = 4
"""Every count that is not told keeps so wide a range: docs/methods.md."""
FORM = questionnaire(item("helhet", role="overall"), scored("ro"), scored("lys"))
drawn = settings(
    max_examples=DRAWN or 12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)


def draw(seed: int, estates: int) -> tuple[NDArray[np.int64], list[int | None]]:
    """People whose answers go together, in estates of 10 to 60 that stand differently."""
    random = np.random.default_rng(seed)
    people = np.zeros((estates, len(WAYS), CODES, CODES, CODES), np.int64)
    ways = random.choice([0.0, 0.3, 0.5])
    firm = random.choice([0.2, 0.6, 1.2])
    noise = random.choice([0.5, 1.0])
    for estate in range(estates):
        n = int(random.choice([10, 16, 24, 32, 45, 60]))
        lean = random.normal(0, firm)
        mood = random.normal(lean, 1, n)
        answers = [
            np.clip(np.rint(2.4 + mood + random.normal(0, noise, n)), 0, 4).astype(int) for _ in range(3)
        ]
        way = (random.random(n) < ways).astype(int)
        np.add.at(people, (estate, way, *answers), 1)
    rate = random.choice([0.0, 1.0, 1.5])
    sizes = people.reshape(estates, -1).sum(axis=1).tolist()
    return people, [round(n * rate) if rate else None for n in sizes]


@drawn
@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_answers_to_two_questions_at_once_give_nobody_away(estates: int, seed: int) -> None:
    people, invited = draw(seed, estates)
    reader = Reader(FORM, invited, people)
    found = reader.read(house(FORM, people, invited))
    assert reader.found(list(reader.wanted(found)), RANGE) == []


def _house(rows: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    """Estates whose people gave so many pairs of answers to the question of peace and the overall one: (yes,
    yes), (yes, no), (no, yes), the rest (no, no) of twenty. Light is answered by chance."""
    random = np.random.default_rng(1)
    people = np.zeros((len(rows), len(WAYS), CODES, CODES, CODES), np.int64)
    for estate, (both, ro, whole) in enumerate(rows):
        pairs = {(4, 4): both, (4, 1): ro, (1, 4): whole, (1, 1): 20 - both - ro - whole}
        for (own, overall), n in pairs.items():
            light = np.tile(np.arange(CODES), 20)[: n * 3 : 3]
            np.add.at(people, (estate, 0, overall, own, random.permutation(light)), 1)
    return people


# Fifteen of twenty say yes to both in one house, and five in the other: ten at least, and none, did so twice.
# Ten of both did, so nobody in the other house agrees with those beside him: all five have been told of.
AT_THE_EDGE = [(10, 5, 5), (0, 5, 5)]


def test_a_table_of_all_that_leaves_an_estate_no_room_is_not_told() -> None:
    people = _house(AT_THE_EDGE)
    reader = Reader(FORM, [None, None], people)
    found = reader.read(house(FORM, people, [None, None]))
    assert reader.found(list(reader.wanted(found)), RANGE) == []
    assert "ro" not in {told.factor for told in found.whole.associations}


def test_without_the_engine_the_attacker_reads_two_questions_at_once_off_the_table_of_all() -> None:
    people = _house(AT_THE_EDGE)
    reader = Reader(FORM, [None, None], people)
    found = reader.read(house(FORM, people, [None, None]))
    told = Association("ro", "helhet", (), 0.0, False, Estimate(0.0, -1.0, 1.0, 0))
    for codes in ((1, 2, 3), GOOD):
        n = reader.count(reader.where([0, 1], ro=codes))
        reader.row_of(told, codes, [0, 1], n, reader.count(reader.where([0, 1], ro=codes, helhet=GOOD)))
    tight = reader.found(list(reader.wanted(found)), RANGE)
    five = reader.where([1], ro=[5], helhet=[2])
    assert (five, 5, (5, 5)) in tight


def test_a_table_that_leaves_every_estate_its_room_is_told() -> None:
    people = _house([(12, 3, 2), (7, 3, 4), (5, 6, 3)])
    found = Reader(FORM, [None] * 3, people).read(house(FORM, people, [None] * 3))
    assert "ro" in {told.factor for told in found.whole.associations}
