"""What else in a record tells of an answer that is not released.

A question put only to those of one age tells the age of who answered it, and so does a value computed from
it; so does that a question was not put. What is blanked therefore takes with it, in the same records, all
that depends on it by a condition or a computation, at first or at any further hand (`forms.ties`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reports.releases.anonymity import Cells, frequencies

CONTRARY = 0.05
"""Of all answers, those that may go against a rule that still is one: people err, and files do."""


def says_a_key_again(answers: Cells, key: Cells, unsaid: Sequence[int]) -> bool:
    """Whether the answers are a key in other words ("are you between 15 and 25?" beside the age): nearly
    always what most with the same key answered, and that is not the same for all.

    `unsaid`: codes that are no answer, of either. Source: our own rule, docs/researcher.md.
    """
    given = ~np.isin(answers, unsaid) & ~np.isin(key, unsaid)
    pairs, counts = np.unique(np.column_stack([key[given], answers[given]]), axis=0, return_counts=True)
    most = {code: max((n, a) for (c, a), n in zip(pairs.tolist(), counts.tolist(), strict=True) if c == code)
            for code in {c for c, _ in pairs.tolist()}}  # fmt: skip
    follows = sum(n for n, _ in most.values())
    return len({a for _, a in most.values()}) > 1 and follows >= (1 - CONTRARY) * given.sum()


def blank_dependents(
    columns: Mapping[str, Cells],
    of_item: Mapping[str, Sequence[str]],
    depends: Mapping[str, frozenset[str]],
    keys: Mapping[str, Cells],
    hidden: int,
) -> dict[str, int]:
    """Blank what depends on what is `hidden` in the same record. In place; returns question -> records.

    `of_item`: question -> its columns. `keys`: question -> the key as released, under whatever name.
    """
    gone = {
        name: np.any([columns[column] == hidden for column in own], axis=0) for name, own in of_item.items()
    }
    gone |= {name: values == hidden for name, values in keys.items()}
    blanked: dict[str, int] = {}
    for name, own in of_item.items():
        telling = [gone[other] for other in depends.get(name, frozenset()) if other in gone]
        if not telling:
            continue
        rows = np.any(telling, axis=0)
        fresh = rows & np.any([columns[c] != hidden for c in own], axis=0)
        for column in own:
            columns[column][rows] = hidden
        if fresh.any():
            blanked[name] = int(fresh.sum())
    return blanked


def told_apart(
    seen: Cells,
    released: Cells,
    raw: Cells,
    told: Sequence[tuple[Sequence[Cells], Sequence[int]]],
    k: int,
    empty: int,
    hidden: int,
) -> Cells:
    """Blank questions that part records with the same keys, where answers to these are in one band: who was
    put a question is then of one of them. In place; returns classes of the records that are left, records x
    questions, in which each has k - 1 others.

    `seen`: what records are alike on so far, first what is never blanked; `released`: the keys among it,
    `raw` before they were put in bands. `told`: of every question that depends on keys its columns, and the
    places of these keys.
    """
    for columns, places in told:
        _, group = np.unique(np.column_stack([seen[:, 0], released]), axis=0, return_inverse=True)
        group = group.reshape(-1)
        said = np.any([(own != empty) & (own != hidden) for own in columns], axis=0)
        values = np.column_stack([group, *(raw[:, place] for place in places)])
        mixed = frequencies(values.astype(np.int64)) < np.bincount(group)[group]
        if not mixed.any():
            continue
        parted = np.column_stack([seen, np.where(mixed, said, False)]).astype(np.int16)
        thin = np.isin(group, group[mixed & (frequencies(parted) < k)])
        for own in columns:
            own[thin] = hidden
        parted[thin, -1] = 0
        seen = parted
    return seen
