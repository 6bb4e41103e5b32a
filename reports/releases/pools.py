"""Whether records of small estates may be put together in a release, or reports part them again.

Records of a pool do not say which estate they are from. A report on one of its estates does: its index is the
mean of the answers in some five to nine of the records, and of fourteen records seven can be chosen in 3,432
ways, of which most often one alone has the index and the objects that are printed. Bars of all estates count
homes, so they say it too where homes answered unlike often. A pool is therefore only made where there are
many times more ways to divide its records than there are different reports: then a report leaves many.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lgamma, log

from reports.scope import Groundwork

WAYS = 1_000
"""To divide the records, for each different report that there could be."""
PRINTED = 101
"""Different forms of a score, or of an edge of a bar: none to a hundred, in whole points."""


def may_be_put_together(ground: Groundwork, places: Sequence[int]) -> bool:
    """Whether estates at these places of the wave may be one pool of records.

    Decided by how many answered and what is told, and by no answer.

    Source: our own rule (counting), docs/methods.md; attacked in tests/attack/test_pooled_records.py.
    """
    sizes = [int(ground.counts.responses[place]) for place in places]
    records, form = sum(sizes), ground.wave.questionnaire
    every = lgamma(records + 1) - sum(lgamma(n + 1) for n in sizes) - log(WAYS)
    edges = sum(max(len(form.choices(item)) - 1, 0) for item in form.items() if item.kind != "text")
    every -= (edges + len(ground.scores.values)) * log(PRINTED)
    if len(places) < 2 or every < 0:
        return False
    for place, n in zip(places, sizes, strict=True):
        told = sum(bool(own[place]) for own in ground.open.estates.values()) * log(PRINTED)
        alone = lgamma(records + 1) - lgamma(n + 1) - lgamma(records - n + 1) - log(WAYS)
        every -= told
        if alone < told or every < 0:
            return False
    return True
