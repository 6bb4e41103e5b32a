"""Codes cannot be guessed by the thousand, and nobody can read from the counters who tried."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from survey.phone import limits
from survey.phone.errors import Crowded, TooManyTries
from survey.phone.limits import (
    BEGUN_FOR_ALL,
    BEGUN_PER_CLIENT,
    FOR_ALL,
    PER_CLIENT,
    SALT_SECONDS,
    Allowance,
    Guard,
    Queue,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _tries(guard: Guard, address: str, most: int = 10_000) -> int:
    for n in range(most):
        try:
            guard.count(address)
        except TooManyTries:
            return n
    return most


def test_a_meeting_behind_one_address_gets_in_and_a_guesser_does_not() -> None:
    clock = Clock()
    guard = Guard(clock=clock)
    assert _tries(guard, "192.0.2.7") == PER_CLIENT.most >= 30
    with pytest.raises(TooManyTries) as refused:
        guard.count("192.0.2.7")
    assert 1 <= refused.value.seconds <= PER_CLIENT.seconds
    guard.count("192.0.2.8")  # somebody else is not held up
    clock.now += 2 * PER_CLIENT.seconds
    assert _tries(guard, "192.0.2.7") == 2


def test_a_crowd_of_addresses_finds_hardly_more_codes_than_one() -> None:
    clock = Clock()
    guard = Guard(clock=clock)
    assert sum(_tries(guard, f"198.51.100.{n}", 20) for n in range(200)) == FOR_ALL.most + 200 * FOR_ALL.free
    clock.now += 10
    again = sum(_tries(guard, f"198.51.100.{n}", 20) for n in range(200))
    assert again == 10 / FOR_ALL.seconds, "what is free is so once an hour"


@pytest.mark.parametrize(
    ("per_client", "for_all"), [(PER_CLIENT, FOR_ALL), (BEGUN_PER_CLIENT, BEGUN_FOR_ALL)]
)
def test_a_crowd_keeps_nobody_else_from_beginning_or_typing_her_code(
    per_client: Allowance, for_all: Allowance
) -> None:
    guard = Guard(per_client, for_all, Clock())
    for n in range(40):
        _tries(guard, f"2001:db8:0:{n:x}::1")
    assert _tries(guard, "198.51.100.1", 100) == for_all.free >= 3, "the crowd has taken what is for all"


def test_more_addresses_than_are_counted_get_no_try_past_what_is_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_CLIENTS", 10)
    guard = Guard(clock=Clock())
    most = FOR_ALL.most + 10 * FOR_ALL.free
    assert sum(_tries(guard, f"198.51.100.{n}", 20) for n in range(200)) == most


def test_a_household_with_a_range_of_addresses_is_one_client() -> None:
    guard = Guard(Allowance(3, 60), clock=Clock())
    for n in range(3):
        guard.count(f"2001:db8::{n}")
    with pytest.raises(TooManyTries):
        guard.count("2001:db8::ffff")


def test_ipv4_addresses_that_a_socket_for_both_writes_as_ipv6_are_not_one_household() -> None:
    guard = Guard(clock=lambda: 0.0)
    for last in range(1, 5):
        for _ in range(PER_CLIENT.most):
            guard.count(f"::ffff:192.0.2.{last}")
    with pytest.raises(TooManyTries):
        guard.count("192.0.2.1")


def test_after_an_hour_nothing_remains_of_who_tried() -> None:
    clock = Clock()
    guard = Guard(clock=clock)
    guard.count("192.0.2.7")
    before = (guard._salt, set(guard._full_at))
    assert b"192.0.2.7" not in b"".join(before[1])
    clock.now += SALT_SECONDS
    guard.count("192.0.2.7")
    assert guard._salt != before[0] and not set(guard._full_at) & before[1]


def test_a_try_that_was_right_is_taken_back() -> None:
    clock = Clock()
    guard = Guard(clock=clock)
    for _ in range(3 * PER_CLIENT.most):
        guard.count("192.0.2.7")
        guard.forgive("192.0.2.7")
    assert _tries(guard, "192.0.2.7") == PER_CLIENT.most
    clock.now += SALT_SECONDS
    guard.forgive("192.0.2.7")  # counted under the salt of the hour before: nobody knows of it
    assert _tries(guard, "192.0.2.7") == PER_CLIENT.most


def test_one_network_never_fills_the_queue_of_those_who_type_codes_and_places_are_given_back() -> None:
    queue = Queue(most=5, of_one=3)
    with ExitStack() as waiting:
        for n in range(3):
            waiting.enter_context(queue.place(f"2001:db8::{n}"))
        with pytest.raises(Crowded):
            waiting.enter_context(queue.place("2001:db8::9"))
        waiting.enter_context(queue.place("192.0.2.7"))
        waiting.enter_context(queue.place("192.0.2.8"))
        with pytest.raises(Crowded):
            waiting.enter_context(queue.place("192.0.2.9"))
    with queue.place("2001:db8::9"), queue.place("192.0.2.9"):
        pass
    assert not queue._waiting, "nothing is left of who waited"
