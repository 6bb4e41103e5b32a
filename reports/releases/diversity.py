"""Diversity: whoever knows all keys of a neighbour is not to read an answer of hers off the records.

He is left with five records or more, and knows nothing as long as they differ. Where all of them say the
same, he knows what she said. So an item is blanked where all records alike on keys agree on it. What is
blanked in an estate is what its report tells less the other records; so further groups of the estate are
blanked until those that are blanked are not of one mind together, and until another of them could be the one
that agrees, for all that is known of how often each answer was given: who knows this rule looks for that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.releases.anonymity import Cells
from reports.releases.beside import fewest_alike

Rows = NDArray[np.int64]


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
        first = [rows for rows, same in zip(inside, agree, strict=True) if same]
        rest = [rows for rows, same in zip(inside, agree, strict=True) if not same]
        more: list[Rows] = []
        while first and rest and _tells(values, first, more, empty):
            more.append(rest.pop(_nearest(values, first, more, rest, empty)))
        if first:
            rows = np.concatenate([*first, *more])
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
    values: Cells, first: Sequence[Rows], more: Sequence[Rows], rest: Sequence[Rows], empty: int
) -> int:
    """Place of the smallest of the rest with which what is blanked tells nothing more; else, of the one that
    leaves it least of one mind."""
    done = [place for place, rows in enumerate(rest) if not _tells(values, first, [*more, rows], empty)]
    if done:
        return done[0]

    def alike(rows: Rows) -> float:
        own = values[np.concatenate([*first, *more, rows])]
        counts = np.unique(own[own != empty], return_counts=True)[1]
        return float(counts.max() / counts.sum()) if counts.size else 1.0

    return min(range(len(rest)), key=lambda place: alike(rest[place]))


def _tells(values: Cells, first: Sequence[Rows], more: Sequence[Rows], empty: int) -> bool:
    """Whether who knows how often each answer was given in all these groups, and that some of them agree,
    knows which: those of `first` do."""
    own = values[np.concatenate([*first, *more])]
    said, counts = np.unique(own[own != empty], return_counts=True)
    if int(counts.max()) >= fewest_alike(int(counts.sum())):
        return True
    many = dict(zip(said.tolist(), counts.tolist(), strict=True))
    agreed = {int(answers[answers != empty][0]) for answers in (values[rows] for rows in first)}
    return any(all(5 * many[answer] < 4 * rows.size for rows in more) for answer in agreed)
