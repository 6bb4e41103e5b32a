"""Estates too small to show a bar, told of together: what the numbers of all of them tell beside the report.

Their numbers count answers, exactly. The report on all has counted the same hidden answers by dwellings, and
rounds them. Those are two sums, and where answers weigh unlike who lays one beside the other may find what a
house has hidden: of nine answers of 200 homes among twelve times nine of 30, in more than half of the
landlords that were drawn. So both are told only where every hidden count keeps its range beside both.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence

import numpy as np

from forms.questionnaire import Item
from reports.disclosure import Span
from reports.disclosure.tables import Ints
from reports.disclosure.worlds import Bar, Question, Worlds
from reports.items import Distribution, distribution
from reports.scope import Groundwork, Scope
from reports.waves import Wave

AT_ONCE = 100
"""Estates that are looked at together while all others stay as they are: more take longer, and find no more
than ways that so many have already."""
EVEN = 1e-12


def may_stand(
    wave: Wave,
    item: Item,
    counts: Ints,
    places: Sequence[int],
    shown: Sequence[tuple[Span, ...]],
    cuts: Sequence[int],
) -> bool:
    """Whether each hidden count of these estates keeps its range when what all of them together gave before
    each of the `cuts` is told exactly, beside the report on all.

    `counts`: all estates of the wave x answers; `shown`: the bars of `places`. Where the report weighs
    answers to the register nothing is looked for: then no.

    Source: see `worlds.Worlds.all_keep`; attacked in tests/attack/test_small_estates_together.py.
    """
    report = distribution(Scope.of(Groundwork.of(wave), None), item)
    if report.weighted is not None:
        return False
    edges = tuple(first for first, _ in report.spans[1:])
    per_answer = np.zeros(len(counts))
    if report.places:
        per_answer[report.places] = report.weights / report.base
    if (
        sorted(report.places) == sorted(places)
        and set(edges) <= set(cuts)
        and np.ptp(per_answer[list(places)]) < EVEN
    ):
        return True  # the same sums
    key = counts.tobytes(), tuple(places), tuple(shown), tuple(cuts), per_answer.tobytes(), edges, report.step
    if key not in _kept:
        _kept[key] = _may_stand(counts, places, shown, tuple(cuts), report, edges, per_answer)
        while len(_kept) > 64:
            _kept.popitem(last=False)
    return _kept[key]


_kept: OrderedDict[Hashable, bool] = OrderedDict()
"""What was found of those last asked for: each table of a question asks again."""


def _may_stand(
    counts: Ints,
    places: Sequence[int],
    shown: Sequence[tuple[Span, ...]],
    cuts: tuple[int, ...],
    report: Distribution,
    edges: tuple[int, ...],
    per_answer: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> bool:
    below = np.cumsum(per_answer @ counts)
    # In each part some of every weight: who weighs alike can exchange answers and nothing that is told moves.
    order = np.argsort(per_answer[list(places)], kind="stable")
    parts = -(-len(places) // AT_ONCE)
    for own in (order[start::parts] for start in range(parts)):
        here = [places[at] for at in own]
        table = counts[here]
        told = [shown[at] for at in own]
        others = below - np.cumsum(per_answer[here] @ table)
        of_report = Bar(per_answer[here], edges, report.step, tuple(others[edge - 1] for edge in edges))
        question = Question(table, told, np.zeros(table.shape[1]))
        if not Worlds([question], [Bar(np.ones(len(here)), cuts, 0.0)], [], [], [(0, of_report)]).all_keep():
            return False
    return True
