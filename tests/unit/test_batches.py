"""Which ballots go together: no batch and no rest in which somebody is told apart from fewer than four."""

from __future__ import annotations

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.ballots.alike import SEVERAL, UNTOLD, WEB, beside, shared
from survey.ballots.batches import Batch, Place, Step, TooFew, plan

K = 5
ROUND = UUID(int=1)


def place(
    number: int,
    area: int,
    waiting: int,
    *,
    mixed: bool = False,
    open_link: bool = False,
    status: str = "closed",
) -> Place:
    return Place(
        UUID(int=0), ROUND, UUID(int=100 + number), UUID(int=10 + area), open_link, status, K, waiting, 0, 0,
        mixed, None, None, None, False,
    )  # fmt: skip


rounds = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 30), st.booleans(), st.booleans()), min_size=1, max_size=12
).map(
    lambda drawn: [
        place(number, area, waiting, mixed=mixed, open_link=open_link)
        for number, (area, waiting, mixed, open_link) in enumerate(drawn)
    ]
)


def _followed(steps: list[Step], places: list[Place]) -> Counter[UUID]:
    """What is left of each estate when the steps are followed. Fails where anybody is left alone."""
    left = Counter({place.estate_id: place.waiting for place in places})
    named = {step.estate_id for step in steps if isinstance(step, Batch)}
    for step in steps:
        if isinstance(step, TooFew):
            continue
        assert step.size >= K
        for one, number in step.shares:
            assert number > 0
            left[one.estate_id] -= number
            assert left[one.estate_id] == 0 or left[one.estate_id] >= K
            assert left[one.estate_id] == 0 or one.estate_id in named, "what is left gets a batch of its own"
    return left


@given(rounds, st.integers(0, 2**32))
def test_a_closed_round_is_emptied_in_batches_of_five_at_least_each_ballot_once(
    places: list[Place], seed: int
) -> None:
    planned = plan(places, Random(seed))
    for kind in (False, True):
        own = [one for one in places if one.open_link is kind]
        steps = [step for steps in planned for step in steps if step.place.open_link is kind]
        if 0 < (few := sum(one.waiting for one in own)) < K:
            (step,) = steps
            assert isinstance(step, TooFew) and step.size == few
        else:
            assert not any(isinstance(step, TooFew) for step in steps)
            assert set(_followed(steps, own).values()) <= {0}


@given(rounds, st.integers(0, 2**32))
def test_an_estate_with_five_keeps_its_name_unless_it_must_go_along_whole(
    places: list[Place], seed: int
) -> None:
    steps = [step for steps in plan(places, Random(seed)) for step in steps if isinstance(step, Batch)]
    for kind in (False, True):
        own = [one for one in places if one.open_link is kind]
        named = {step.estate_id for step in steps if step.place.open_link is kind}
        lost = [one for one in own if one.waiting >= K and one.estate_id not in named]
        assert len(lost) <= 1, "at most one in a round"
        small = sum(one.waiting for one in own if one.waiting < K)
        assert not lost or small > 0


@given(rounds, st.integers(0, 2**32))
def test_how_many_are_counted_elsewhere_is_told_so_that_one_to_four_others_fit(
    places: list[Place], seed: int
) -> None:
    for steps in plan(places, Random(seed)):
        for batch in steps:
            if not isinstance(batch, Batch):
                continue
            shares = {one.estate_id: number for one, number in batch.shares}
            told = {estate: (least, most) for estate, least, most in batch.elsewhere}
            if batch.estate_id is not None or batch.place.open_link:
                assert told == {}
                continue
            assert shares.keys() == told.keys() | set(batch.unnamed)
            for estate, (least, most) in told.items():
                assert 1 <= least <= shares[estate] <= most
                assert most - least >= K - 2, "whatever the others are, it is told the same"


def test_those_who_go_along_come_from_the_same_area_when_it_can_spare_them() -> None:
    near, far = place(1, 0, 9), place(2, 1, 30)
    first, *_ = plan([near, place(3, 0, 1), far], Random(1))[0]
    assert isinstance(first, Batch) and first.area_id == near.area_id and first.size == K
    assert {one.estate_id for one, _ in first.shares} == {near.estate_id, place(3, 0, 1).estate_id}


@pytest.mark.parametrize(("waiting", "moved"), [(14, 0), (15, 5), (37, 27)])
def test_of_an_open_round_ten_stay_behind(waiting: int, moved: int) -> None:
    planned = plan([place(1, 0, waiting, status="open")])
    assert sum(step.size for steps in planned for step in steps if isinstance(step, Batch)) == moved


def test_a_large_estate_is_moved_in_parts_none_of_which_is_small() -> None:
    (steps,) = plan([place(1, 0, 1003)])
    assert [step.size for step in steps if isinstance(step, Batch)] == [335, 334, 334]


@given(st.lists(st.sampled_from(["nb", "nn", "en", "pl"]), min_size=K), st.integers(0, 1))
def test_what_stands_beside_an_answer_is_shared_by_five(languages: list[str], several: int) -> None:
    told = shared(languages, K, UNTOLD)
    assert min(Counter(told).values()) >= K
    assert all(now in (was, UNTOLD) for now, was in zip(told, languages, strict=True))
    modes = ["open:cafe" if several and n % 3 else "open:library" for n in range(len(languages))]
    assert min(Counter(zip(*beside(modes, languages, K, linked=False), strict=True)).values()) >= K


def test_rare_kinds_of_links_are_one_kind_and_rare_languages_none() -> None:
    modes, languages = beside(["open:cafe"] * 4 + ["open:library"] * 3, ["nb"] * 7, K, linked=False)
    assert (set(modes), set(languages)) == ({SEVERAL}, {"nb"})
    modes, languages = beside([WEB] * 9 + ["helper"], ["nb"] * 9 + ["en"], K, linked=False)
    assert (set(modes), set(languages)) == ({WEB}, {UNTOLD}), "nine others cannot be told without the tenth"


def test_beside_a_pseudonym_stands_neither() -> None:
    assert beside([WEB] * 6, ["nb"] * 6, K, linked=True) == ([WEB] * 6, [UNTOLD] * 6)
