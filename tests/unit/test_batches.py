"""Which ballots go together: no batch and no rest in which somebody is told apart from fewer than four."""

from __future__ import annotations

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.ballots.alike import SEVERAL, UNTOLD, WEB, beside, shared
from survey.ballots.batches import Batch, Lot, Place, Step, TooFew, _wanted, plan

K = 5
ROUND = UUID(int=1)


def fixed(seed: int) -> Lot:
    """The same lots for every round."""
    return lambda *_: Random(seed)


def place(
    number: int,
    area: int,
    waiting: int,
    *,
    mixed: bool = False,
    open_link: bool = False,
    status: str = "closed",
    homes: int | None = 40,
    counted: int = 0,
) -> Place:
    return Place(
        UUID(int=0), ROUND, UUID(int=100 + number), UUID(int=10 + area), open_link, status, K, waiting, 0, 0,
        mixed, None, None, None, False, None if open_link else homes, False, counted,
    )  # fmt: skip


rounds = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 30) | st.integers(0, 2),
        st.integers(1, 30) | st.integers(1, 3),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
).map(
    lambda drawn: [
        place(number, area, waiting, mixed=mixed, open_link=open_link, homes=waiting + silent)
        for number, (area, waiting, silent, mixed, open_link) in enumerate(drawn)
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
            assert number > 0 or not one.waiting
            left[one.estate_id] -= number
            assert left[one.estate_id] == 0 or left[one.estate_id] >= K
            assert left[one.estate_id] == 0 or one.estate_id in named, "what is left gets a batch of its own"
    return left


@given(rounds, st.integers(0, 2**32))
def test_a_closed_round_is_emptied_in_batches_of_five_at_least_each_ballot_once(
    places: list[Place], seed: int
) -> None:
    planned = plan(places, fixed(seed))
    for kind in (False, True):
        own = [one for one in places if one.open_link is kind]
        steps = [step for steps in planned for step in steps if step.place.open_link is kind]
        if (few := sum(one.waiting for one in own)) < K and (few or steps):
            (step,) = steps
            assert isinstance(step, TooFew) and step.size == few
        else:
            assert not any(isinstance(step, TooFew) for step in steps)
            assert set(_followed(steps, own).values()) <= {0}


@given(rounds, st.integers(0, 2**32))
def test_an_estate_with_five_keeps_its_name_unless_it_must_go_along_whole(
    places: list[Place], seed: int
) -> None:
    steps = [step for steps in plan(places, fixed(seed)) for step in steps if isinstance(step, Batch)]
    for kind in (False, True):
        own = [one for one in places if one.open_link is kind]
        named = {step.estate_id for step in steps if step.place.open_link is kind}
        lost = [one for one in own if one.waiting >= K and one.estate_id not in named]
        small = [one for one in own if one.waiting < K and (one.waiting or (one.tiny and one.silent))]
        assert len(lost) <= (2 if any(one.tiny for one in small) else 1)
        assert not lost or small


@given(rounds, st.integers(0, 2**32))
def test_how_many_are_counted_elsewhere_is_told_so_that_one_to_four_others_fit(
    places: list[Place], seed: int
) -> None:
    for steps in plan(places, fixed(seed)):
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
                assert least < most, "whatever the others are, it is told the same"


@pytest.mark.parametrize("homes", [1, 2, 3, 4])
@pytest.mark.parametrize("others", range(9))
def test_how_large_a_pool_is_never_says_that_a_tiny_house_answered_or_did_not(
    homes: int, others: int
) -> None:
    """Of the other estates with few answers it is known that each has one to four."""
    found: dict[tuple[int, bool], set[int]] = {}
    for answered in range(homes + 1):
        for theirs in range(others, others * (K - 1) + 1):
            few = [(place(0, 0, answered, homes=homes), answered)]
            more = [theirs // others + (n < theirs % others) for n in range(others)]
            few += [(place(n, 0, waiting), waiting) for n, waiting in enumerate(more, start=1)]
            size, (least, most) = _wanted(few, K)
            own = answered + theirs
            assert least <= own <= most and size >= K
            found.setdefault((size, size > own), set()).add(answered)
    assert all({0, 1} <= answered for answered in found.values())


def test_a_house_of_one_home_is_in_a_pool_whether_it_answered_or_not() -> None:
    """The same for a house of seven that must go along since nobody else can spare any."""
    for large in (16, 7):
        told = []
        for answered in (0, 1):
            places = [place(1, 0, answered, homes=1), place(2, 0, large - answered, homes=large)]
            told.append(
                [
                    (step.estate_id, step.area_id, step.size, set(step.unnamed), step.elsewhere)
                    for steps in plan(places, fixed(1))
                    for step in steps
                    if isinstance(step, Batch)
                ]
            )
        assert told[0] == told[1]
        assert places[0].estate_id in told[0][0][3]


def test_a_large_estate_where_nobody_answered_stays_by_itself() -> None:
    silent = place(1, 0, 0)
    ((only,),) = plan([silent, place(2, 0, 9)])
    assert isinstance(only, Batch) and only.estate_id == place(2, 0, 9).estate_id


def test_where_nobody_at_all_answered_it_is_told_as_where_fewer_than_five_did() -> None:
    ((none,),) = plan([place(1, 0, 0), place(2, 1, 0)])
    ((few,),) = plan([place(1, 0, 3), place(2, 1, 0)])
    assert isinstance(none, TooFew) and isinstance(few, TooFew) and none.size == 0


def test_those_who_go_along_come_from_the_same_area_when_it_can_spare_them() -> None:
    near, far = place(1, 0, 9), place(2, 1, 30)
    first, *_ = plan([near, place(3, 0, 1), far], fixed(1))[0]
    assert isinstance(first, Batch) and first.area_id == near.area_id and first.size == K
    assert {one.estate_id for one, _ in first.shares} == {near.estate_id, place(3, 0, 1).estate_id}


@pytest.mark.parametrize(
    ("counted", "waiting", "moved"),
    [(0, 14, 0), (0, 15, 5), (0, 37, 27), (47, 15, 5), (400, 59, 0), (400, 60, 50), (400, 70, 60)],
)
def test_of_an_open_round_ten_stay_behind_and_no_few_set_many_in_motion(
    counted: int, waiting: int, moved: int
) -> None:
    planned = plan([place(1, 0, waiting, status="open", counted=counted)])
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


MIXED = st.tuples(
    st.sampled_from([WEB, "paper", "interview", "helper", "proxy"]), st.sampled_from(["nb", "pl"])
)


@given(st.lists(MIXED, min_size=K, max_size=40))
def test_how_an_answer_was_given_and_in_which_language_is_shared_by_five_together(
    sent: list[tuple[str, str]],
) -> None:
    modes, languages = beside(*map(list, zip(*sent, strict=True)), K, linked=False)
    assert min(Counter(zip(modes, languages, strict=True)).values()) >= K
    for (mode, language), now, told in zip(sent, modes, languages, strict=True):
        assert now in (mode, WEB) and told in (language, UNTOLD)


def test_rare_kinds_of_links_are_one_kind_and_rare_languages_none() -> None:
    modes, languages = beside(["open:cafe"] * 4 + ["open:library"] * 3, ["nb"] * 7, K, linked=False)
    assert (set(modes), set(languages)) == ({SEVERAL}, {"nb"})
    modes, languages = beside([WEB] * 9 + ["helper"], ["nb"] * 9 + ["en"], K, linked=False)
    assert (set(modes), set(languages)) == ({WEB}, {UNTOLD}), "nine others cannot be told without the tenth"


def test_beside_a_pseudonym_stands_neither() -> None:
    assert beside([WEB] * 6, ["nb"] * 6, K, linked=True) == ([WEB] * 6, [UNTOLD] * 6)
