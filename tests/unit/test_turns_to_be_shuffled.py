"""Whose turn it is to be shuffled: nobody waits longer than is promised, small houses not for large ones."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from survey.ballots.batches import Place
from survey.ballots.shuffling import FEW, LONGEST, LOOK, Pace

ROUND = uuid4()


def _waits(estate_id: UUID, waiting: int, fresh: int = 1, *, by_poster: bool = False) -> Place:
    return Place(
        organisation_id=ROUND,
        campaign_id=ROUND,
        estate_id=estate_id,
        area_id=ROUND,
        open_link=by_poster,
        status="open",
        mixing_size=5,
        waiting=waiting,
        fresh=fresh,
        unreadable=0,
        mixed=False,
        panel_id=None,
        wave=None,
        panel_key=None,
        held=False,
        homes=1000,
        settled=False,
        counted=0,
    )


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 3000), st.integers(1, 40))
def test_a_turn_comes_each_look_where_few_wait_and_within_the_promised_time_where_many_do(
    waiting: int, looks: int
) -> None:
    clock = _Clock()
    pace, estate = Pace(clock), uuid4()
    last = None
    for _ in range(looks):
        due = pace.due([_waits(estate, waiting)])
        if last is None or waiting <= FEW:
            assert due
        if due:
            pace.done(due[0])
            last = clock.now
        assert last is not None
        assert clock.now - last < min(LONGEST, LOOK * -(-waiting // FEW))
        clock.now += LOOK


def test_where_nobody_has_sent_for_a_minute_the_next_look_is_her_turn_however_many_wait() -> None:
    clock = _Clock()
    pace, full, other = Pace(clock), uuid4(), uuid4()
    for estate in pace.due([_waits(full, 4000), _waits(other, 10)]):
        pace.done(estate)
    clock.now += LOOK
    assert not pace.due([_waits(full, 4000)]), "who sends just after others waits with them"
    assert not pace.due([_waits(full, 4000, fresh=0)])
    clock.now += LONGEST
    assert [estate.estate_id for estate in pace.due([_waits(full, 4000)])] == [full]


def test_where_more_is_due_than_there_is_time_for_a_small_house_does_not_wait_for_large_ones() -> None:
    clock = _Clock()
    pace = Pace(clock)
    large, small = [uuid4() for _ in range(20)], uuid4()
    places = [*(_waits(estate, 400) for estate in large), _waits(small, 7)]
    assert pace.due(places)[0].estate_id == small, "of those that it knows nothing of, too"
    last = dict.fromkeys((*large, small), clock.now)
    longest = dict.fromkeys(last, 0.0)
    for _ in range(100):  # a look comes every five seconds and has time for two
        for estate in pace.due(places)[:2]:
            pace.done(estate)
            longest[estate.estate_id] = max(longest[estate.estate_id], clock.now - last[estate.estate_id])
            last[estate.estate_id] = clock.now
        clock.now += LOOK
    assert longest[small] <= 3 * LOOK
    assert max(longest.values()) <= 2 * 40


def test_what_came_by_a_poster_is_written_anew_with_the_rest() -> None:
    estate = uuid4()
    (due,) = Pace(_Clock()).due([_waits(estate, 30, fresh=0), _waits(estate, 40, by_poster=True)])
    assert due.waiting == 70 and due.interval == 2 * LOOK
