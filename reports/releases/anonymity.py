"""k-anonymity by local suppression.

A record is safe when at least `k` records look exactly alike on the declared keys *as released*: a blanked
cell is a value of its own. This is stricter than the common reading, in which a blank matches anything:
there a record (man, blank) counts as hidden among (man, 17) and (man, 80), though somebody who knows that
the man is 40 finds him at once, since neither of the others can be him.

Method. Records are divided by what is never blanked (the estate); such a class must have at least `k`
records. Within a class every record is given the largest set of keys that it can keep: sets are tried from
all keys downwards, and a group that is alike on a set and numbers at least `k` is settled. What remains at
the end keeps no key. Should that remainder be smaller than `k`, it is filled up with records from groups
that can spare them, else by dissolving the cheapest group, until it reaches `k`. The problem of the fewest
possible blanks is NP-hard; this is a heuristic, and the risk page says how many cells it cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

MAX_KEYS = 8
"""Sets of keys are tried one by one: 2^8 = 256."""

Cells = NDArray[np.int16]


@dataclass(frozen=True)
class Suppression:
    """`values`: the keys as released (records x keys). `blanked`: which cells were taken away."""

    values: Cells
    blanked: NDArray[np.bool_]


def frequencies(values: Cells) -> NDArray[np.int64]:
    """For each record, how many records (itself included) are alike on all columns."""
    if not len(values):
        return np.zeros(0, np.int64)
    _, inverse, counts = _patterns(values)
    return counts[inverse]


def _patterns(values: Cells) -> tuple[Cells, NDArray[np.int64], NDArray[np.int64]]:
    """Different rows, which of them each row is, and how often each occurs."""
    rows, inverse, counts = np.unique(values, return_inverse=True, return_counts=True, axis=0)
    return rows, inverse.reshape(-1).astype(np.int64), counts.astype(np.int64)


def suppress(fixed: Cells, keys: Cells, k: int, missing: int, weights: tuple[float, ...] = ()) -> Suppression:
    """Blank as few cells of `keys` as the heuristic finds, so that every record is alike with `k` - 1 others.

    fixed    (records,) class of each record, never blanked; every class has at least k records
    keys     (records x keys) codes; `missing` marks cells that are blank from the start
    weights  how much a key is worth keeping, one a key; equal when empty

    Raises ValueError when a class of `fixed` has fewer than k records or there are more than MAX_KEYS keys:
    both are mistakes of the caller.
    """
    width = keys.shape[1]
    if width > MAX_KEYS:
        raise ValueError(f"at most {MAX_KEYS} keys, got {width}")
    released = keys.copy()
    for value in np.unique(fixed):
        rows = np.flatnonzero(fixed == value)
        if len(rows) < k:
            raise ValueError(f"class {value} has {len(rows)} records, fewer than {k}")
        kept = _settle(keys[rows], k, missing, weights or (1.0,) * width)
        released[rows] = np.where(kept, keys[rows], missing)
    return Suppression(released, (released == missing) & (keys != missing))


def _settle(keys: Cells, k: int, missing: int, weights: tuple[float, ...]) -> NDArray[np.bool_]:
    """Which cells of one class may stay: (records x keys)."""
    records, width = keys.shape
    kept = np.zeros((records, width), bool)
    group = np.full(records, -1)
    groups = 0
    sets = [subset for size in range(width, 0, -1) for subset in combinations(range(width), size)]
    sets.sort(key=lambda subset: (-len(subset), -sum(weights[column] for column in subset)))
    for subset in sets:
        waiting = np.flatnonzero(group < 0)
        if len(waiting) < k:
            break
        columns = np.array(subset)
        _, inverse, counts = _patterns(keys[waiting][:, columns])
        for number in np.flatnonzero(counts >= k):
            members = waiting[inverse == number]
            group[members] = groups
            groups += 1
            kept[np.ix_(members, columns)] = True
    _fill_up_remainder(group, kept, k)
    return kept


def _fill_up_remainder(group: NDArray[np.int64], kept: NDArray[np.bool_], k: int) -> None:
    """Bring the records that keep nothing up to `k`, or to none. Changes `group` and `kept` in place."""
    while 0 < (lacking := k - int((group < 0).sum())) < k:
        sizes = np.bincount(group[group >= 0])
        spare = [number for number in np.flatnonzero(sizes) if sizes[number] - lacking >= k]
        # The group that loses the fewest cells: first by cells a record, then the largest.
        cells = {number: int(kept[group == number][0].sum()) for number in np.flatnonzero(sizes)}
        if spare:
            number = min(spare, key=lambda g: (cells[g], -sizes[g]))
            members = np.flatnonzero(group == number)[-lacking:]
        else:
            number = min(cells, key=lambda g: (cells[g] * sizes[g], g))
            members = np.flatnonzero(group == number)
        group[members] = -1
        kept[members] = False
