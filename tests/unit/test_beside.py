"""What works beside the server is started again when it dies, and rests longer when that does not help."""

from __future__ import annotations

from itertools import pairwise

from survey.beside import AFTER_DEATH, LASTED, LONGEST_REST, rest_after


def test_what_dies_at_once_again_and_again_does_not_cost_a_core_all_night() -> None:
    waits = [0.0]
    for _ in range(20):
        waits.append(rest_after(1.0, waits[-1]))
    assert waits[1] == AFTER_DEATH, "once may be chance"
    assert all(later >= before for before, later in pairwise(waits))
    assert waits[-1] == LONGEST_REST


def test_a_death_after_good_work_is_the_first_again() -> None:
    assert rest_after(LASTED, LONGEST_REST) == AFTER_DEATH
