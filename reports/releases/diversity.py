"""Diversity: whoever knows all keys of a neighbour is not to read an answer of hers off the records.

He is left with five records or more, and knows nothing as long as they differ. Where all of them say the
same, he knows what she said. So an item is blanked where all records alike on keys agree on it. What is
blanked in an estate is what its report tells less the other records; so further groups of the estate are
blanked until those that are blanked are not of one mind together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.releases.anonymity import Cells
from reports.releases.beside import fewest_alike


def blank_where_groups_agree(
    values: Cells, estate: Cells, group: NDArray[np.int64], *, empty: int, hidden: int, picks: bool
) -> int:
    """Blank one column where all who are alike on keys said the same; in place, returns how many cells.

    `estate`, `group` of each record: groups lie inside estates. `empty`: no answer. A group of which more
    than one in five are silent does not agree: whether she answered is not known. `picks`: whether 1 picks
    one of several, where that nobody did tells little and stays.

    Source: distinct l-diversity with l = 2, Machanavajjhala and others 2007, ACM TKDD 1(1), 3.
    """
    blanked = 0
    for code in np.unique(estate):
        here = np.flatnonzero((estate == code) & (values != hidden))
        if not here.size:
            continue
        inside = [here[group[here] == number] for number in np.unique(group[here])]
        inside.sort(key=len)
        agree = [_agree(values[rows], empty, picks=picks) for rows in inside]
        gone = [rows for rows, same in zip(inside, agree, strict=True) if same]
        rest = [rows for rows, same in zip(inside, agree, strict=True) if not same]
        while gone and rest and _of_one_mind(values[np.concatenate(gone)], empty):
            gone.append(rest.pop(_nearest(values, gone, rest, empty)))
        if gone:
            rows = np.concatenate(gone)
            values[rows] = hidden
            blanked += rows.size
    return blanked


def groups_of(seen: Sequence[Cells] | Cells) -> NDArray[np.int64]:
    """The number of the group of each record (records): those alike in all columns of `seen`.

    Source: a definition; nothing is estimated.
    """
    _, group = np.unique(np.asarray(seen), axis=0, return_inverse=True)
    return group.reshape(-1).astype(np.int64)


def _agree(values: Cells, empty: int, *, picks: bool) -> bool:
    said = values[values != empty]
    return 5 * said.size >= 4 * values.size and bool((said == said[0]).all()) and not (picks and said[0] == 0)


def _nearest(
    values: Cells, gone: Sequence[NDArray[np.int64]], rest: Sequence[NDArray[np.int64]], empty: int
) -> int:
    """Place of the smallest of the rest with which those gone are of one mind no more; else, of the one that
    leaves them least so."""
    joined = [values[np.concatenate([*gone, rows])] for rows in rest]
    done = [place for place, own in enumerate(joined) if not _of_one_mind(own, empty)]
    if done:
        return done[0]

    def alike(own: Cells) -> float:
        counts = np.unique(own[own != empty], return_counts=True)[1]
        return float(counts.max() / counts.sum()) if counts.size else 1.0

    return min(range(len(rest)), key=lambda place: alike(joined[place]))


def _of_one_mind(values: Cells, empty: int) -> bool:
    said, counts = np.unique(values[values != empty], return_counts=True)
    return not said.size or int(counts.max()) >= fewest_alike(int(counts.sum()))
