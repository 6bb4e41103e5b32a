"""The bar of several estates together: which of them are in it, and where it is cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import MINIMUM, Span, total_segments
from reports.inference import weights_of_sizes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def bar_of_all(
    table: Ints, shown: Mapping[int, tuple[Span, ...]], asked: Sequence[int | None], wanted: Collection[int]
) -> tuple[list[int], tuple[Span, ...], bool]:
    """The estates in it, its parts, and whether it is told exactly.

    `table`: estates x positions. `shown`: of every estate with MINIMUM answers what its own bar tells.
    `asked`: whom its answers stand for. Estates below 10 answers can show no bar of their own; where they
    would forbid it, they are left out.

    Source: our own rule, docs/methods.md.
    """
    base = table.sum(axis=1)
    best: tuple[tuple[bool, int, int], list[int], tuple[Span, ...], bool] | None = None
    for least in (MINIMUM, 2 * MINIMUM):
        places = [i for i in shown if base[i] >= least]
        if not places:
            continue
        per_answer = estate_shares(places, base, asked) / base[places]
        spans, exact = total_segments(table[places], [shown[i] for i in places], per_answer, wanted)
        worth = frozenset(wanted) <= {first for first, _ in spans}, len(spans), int(base[places].sum())
        if best is None or worth > best[0]:
            best = worth, places, spans, exact
    return best[1:] if best else ([], (), True)


def estate_shares(places: Sequence[int], base: Ints, asked: Sequence[int | None]) -> Floats:
    """What each of these estates weighs in their total, 1 together.

    Source: see `inference.weights_of_sizes`.
    """
    return weights_of_sizes(base[list(places)], [asked[i] for i in places])
