"""Many comparisons at once: Holm 1979 (no false claim), Benjamini and Hochberg 1995 (few false claims)."""

from __future__ import annotations

from collections.abc import Sequence

from reports.inference.settings import LEVEL


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which differences stand when the chance of even one false claim must stay under 1 - level.

    From the smallest p on, while p(r) <= (1 - level) / (m - r + 1) for the r-th of m.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.
    """
    stands = [False] * len(p_values)
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[i] > (1 - level) / (len(p_values) - rank):
            break
        stands[i] = True
    return stands


def benjamini_hochberg(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which differences stand when, of all that are claimed, on average at most 1 - level may be false.

    The largest rank r with p(r) <= r / m (1 - level) and all below it (Benjamini and Hochberg 1995, JRSS B
    57, 289-300); valid for independent or positively dependent tests (Benjamini and Yekutieli 2001).

    Source: Benjamini and Hochberg 1995, JRSS B 57, 289-300.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = max(
        (rank for rank, i in enumerate(order, 1) if p_values[i] <= rank / len(order) * (1 - level)), default=0
    )
    stands = [False] * len(order)
    for i in order[:last]:
        stands[i] = True
    return stands
