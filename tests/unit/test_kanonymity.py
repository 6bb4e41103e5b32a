"""What someone in the data can count on: nobody stands alone on what others may know about her."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.releases.anonymity import MAX_KEYS, frequencies, suppress

MISSING = 252


def _columns(rows: list[list[int]]) -> np.ndarray:
    return np.array(rows, np.int16)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(5, 120), st.integers(1, 5), st.integers(2, 6), st.integers(2, 6)
)
def test_nobody_is_ever_alone_and_nothing_is_invented(
    seed: int, records: int, width: int, levels: int, k: int
) -> None:
    random = np.random.default_rng(seed)
    keys = random.integers(1, levels + 1, (records, width)).astype(np.int16)
    keys[random.random(keys.shape) < 0.1] = MISSING
    classes = np.sort(random.integers(0, 3, records)).astype(np.int16)
    sizes = np.bincount(classes, minlength=3)
    classes[np.isin(classes, np.flatnonzero(sizes < k))] = int(np.argmax(sizes))
    if len(classes) < k or np.bincount(classes)[np.unique(classes)].min() < k:
        return
    result = suppress(classes, keys, k, MISSING)
    assert frequencies(np.column_stack([classes, result.values])).min() >= k
    untouched = ~result.blanked
    assert (result.values[untouched] == keys[untouched]).all()
    assert (result.values[result.blanked] == MISSING).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 60), st.integers(1, 4))
def test_somebody_who_knows_all_keys_of_a_neighbour_is_left_with_at_least_five_records(
    seed: int, records: int, width: int
) -> None:
    random = np.random.default_rng(seed)
    keys = random.integers(1, 5, (records, width)).astype(np.int16)
    result = suppress(np.zeros(records, np.int16), keys, 5, MISSING)
    for known in keys:
        could_be = ((result.values == known) | (result.values == MISSING)).all(axis=1)
        assert could_be.sum() >= 5


def test_data_that_are_safe_from_the_start_lose_nothing() -> None:
    keys = _columns([[1, 1]] * 5 + [[2, 1]] * 7)
    assert not suppress(np.zeros(12, np.int16), keys, 5, MISSING).blanked.any()


def test_one_rare_person_costs_the_few_cells_that_hide_her() -> None:
    keys = _columns([[1, 1]] * 9 + [[1, 2]])
    result = suppress(np.zeros(10, np.int16), keys, 5, MISSING)
    assert frequencies(result.values).min() >= 5
    assert result.blanked.sum() <= 10


def test_the_estate_is_never_blanked_but_neighbours_elsewhere_do_not_hide_anyone() -> None:
    keys = _columns([[1]] * 5 + [[2]] + [[1]] * 4 + [[2]] * 6)
    estates = np.array([0] * 10 + [1] * 6, np.int16)
    result = suppress(estates, keys, 5, MISSING)
    assert not result.blanked[10:].any()
    assert frequencies(np.column_stack([estates, result.values])).min() >= 5


def test_a_key_that_is_worth_more_is_kept_where_either_would_do() -> None:
    keys = _columns([[a, b] for a in (1, 2) for b in (1, 2) for _ in range(3)])
    first = suppress(np.zeros(12, np.int16), keys, 5, MISSING, (2.0, 1.0))
    second = suppress(np.zeros(12, np.int16), keys, 5, MISSING, (1.0, 2.0))
    assert first.blanked[:, 1].all() and not first.blanked[:, 0].any()
    assert second.blanked[:, 0].all() and not second.blanked[:, 1].any()


def test_the_same_data_always_give_the_same_release() -> None:
    keys = np.random.default_rng(1).integers(1, 5, (80, 3)).astype(np.int16)
    one = suppress(np.zeros(80, np.int16), keys, 5, MISSING)
    two = suppress(np.zeros(80, np.int16), keys, 5, MISSING)
    assert (one.values == two.values).all()


def test_a_class_too_small_to_hide_in_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="fewer than 5"):
        suppress(np.array([0, 0, 0, 1, 1], np.int16), np.ones((5, 1), np.int16), 5, MISSING)
    with pytest.raises(ValueError, match="at most"):
        suppress(np.zeros(9, np.int16), np.ones((9, MAX_KEYS + 1), np.int16), 5, MISSING)


def test_the_textbook_example_is_two_anonymous_though_a_blank_hides_among_blanks_only() -> None:
    """Region, status and age of five (sdcMicro issue 225): one widow, blanked, would be the only blank."""
    status = np.array([1, 2, 2, 1, 3], np.int16)
    keys = np.column_stack([np.ones(5, np.int16), status, np.ones(5, np.int16)])
    safe = suppress(np.zeros(5, np.int16), keys, 2, MISSING)
    assert frequencies(safe.values).min() >= 2


def _in_the_common_reading(keys: list[tuple[int, ...]]) -> int:
    """The smallest group when a blank matches anything."""
    return min(
        sum(all(a == b or MISSING in (a, b) for a, b in zip(one, other, strict=True)) for other in keys)
        for one in keys
    )


def test_frequencies_of_two_keys_are_those_of_sdcmicro() -> None:
    """freqCalc, eight rows: 3, 1, 3, 1, 2, 2, 1, 3."""
    keys = np.array([[1, 2], [1, 5], [1, 2], [3, 3], [4, 3], [4, 3], [6, 2], [1, 2]], np.int16)
    assert frequencies(keys).tolist() == [3, 1, 3, 1, 2, 2, 1, 3]


def test_six_men_and_their_schooling_lose_no_more_than_they_must() -> None:
    """sdcMicro, issue 354, k = 3: one blank is enough where a blank matches anything, and the usual heuristic
    makes three. Here a blank is a value of its own, which is stricter: three are needed, no more are made."""
    rows = [(1, 1), (1, 2), (1, 2), (1, 2), (1, 3), (1, 3)]
    assert _in_the_common_reading(rows) == 1
    assert _in_the_common_reading([(1, MISSING), *rows[1:]]) == 3
    keys = np.array(rows, np.int16)
    done = suppress(np.zeros(6, np.int16), keys, 3, MISSING)
    assert (frequencies(done.values) >= 3).all()

    def safe(blanks: tuple[int, ...]) -> bool:
        values = keys.copy().ravel()
        values[list(blanks)] = MISSING
        return bool((frequencies(values.reshape(keys.shape)) >= 3).all())

    fewest = next(n for n in range(13) if any(safe(blanks) for blanks in combinations(range(12), n)))
    assert done.blanked.sum() == fewest == 3
