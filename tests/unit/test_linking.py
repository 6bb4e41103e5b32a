"""A pseudonym is stored only among enough others that took part in the same waves."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from survey.ballots.linking import among_enough, pseudonym

K = 5


def _people(first: int, n: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in range(first, first + n)]


def test_one_link_has_one_pseudonym_in_a_panel_and_another_under_another_key() -> None:
    key, other, seed = PrivateKey.generate(), PrivateKey.generate(), b"s" * 32
    assert pseudonym(key, seed) == pseudonym(key, seed) != pseudonym(other, seed)
    assert len(pseudonym(key, seed)) == 16 and pseudonym(key, b"t" * 32) != pseudonym(key, seed)


def test_the_first_wave_of_a_large_estate_keeps_every_pseudonym() -> None:
    people = _people(0, 20)
    assert among_enough(people, {}, K, Random(1)) == people


def test_one_who_said_no_is_hidden_among_four_others_without_a_pseudonym() -> None:
    stored = among_enough([*_people(0, 20), None], {}, K, Random(1))
    assert stored.count(None) == 5


def test_fewer_than_five_who_are_new_get_no_pseudonym() -> None:
    old, new = _people(0, 20), _people(100, 3)
    stored = among_enough([*old, *new], dict.fromkeys(old, frozenset({1})), K, Random(1))
    assert set(stored[20:]) == {None}
    # Three without a pseudonym would be the three who are new: five of the others join them.
    assert stored.count(None) == 8 and stored[:20].count(None) == 5


def test_those_who_stopped_are_at_least_five_or_nobody() -> None:
    known = dict.fromkeys(_people(0, 20), frozenset({1}))
    stored = among_enough(_people(0, 18), known, K, Random(1))
    gone_on = {person for person in stored if person is not None}
    assert len(known.keys() - gone_on) == 7, "two stopped, five were drawn to be like them"


def test_an_estate_of_seven_in_which_two_stop_is_linked_no_further() -> None:
    known = dict.fromkeys(_people(0, 7), frozenset({1}))
    assert among_enough(_people(0, 5), known, K, Random(1)) == [None] * 5


def test_the_drawn_are_drawn_by_lot() -> None:
    drawn: Counter[int] = Counter()
    for seed in range(300):
        stored = among_enough([*_people(0, 20), None], {}, K, Random(seed))
        drawn.update(place for place in range(20) if stored[place] is None)
    assert min(drawn[place] for place in range(20)) > 25, "each in sixty of three hundred or so"


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 5))
def test_whatever_happens_every_way_of_having_taken_part_is_that_of_five_or_of_nobody(
    seed: int, size: int, waves: int
) -> None:
    rng = Random(seed)
    known: dict[bytes, frozenset[int]] = {}
    people = _people(0, size)
    for wave in range(1, waves + 1):
        share, agree = rng.choice((0.3, 0.8, 1.0)), rng.choice((0.5, 0.95, 1.0))
        wanted = [person if rng.random() < agree else None for person in people if rng.random() < share]
        stored = among_enough(wanted, known, K, rng)
        for person, asked in zip(stored, wanted, strict=True):
            assert person in (None, asked)
            if person is not None:
                known[person] = known.get(person, frozenset()) | {wave}
        bare = stored.count(None)
        assert bare == 0 or bare >= min(K, len(stored))
        assert all(n >= K for n in Counter(known.values()).values()), Counter(known.values())
