"""Who answered beside the register: the groups that the register knows the size of, as the bars tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from reports.disclosure import MINIMUM
from reports.errors import NoEstimate
from reports.inference.respondents import representation
from reports.items import distribution
from reports.results import BesideRegister, Weighting
from reports.scope import Scope
from reports.waves import RegisterMargin

Codes = tuple[int, ...]


def weighting(scope: Scope) -> Weighting | None:
    """How totals are weighted to the register, with those who answered beside it; None in the report on one
    estate, and where the register's margins were not given.

    Source: see `inference.respondents.representation`.
    """
    told = None if scope.single else scope.ground.weighted[1]
    if told is None:
        return None
    return replace(told, beside=tuple(row for m in scope.ground.wave.margins for row in _beside(scope, m)))


def _beside(scope: Scope, margin: RegisterMargin) -> tuple[BesideRegister, ...]:
    """Groups of one margin that neither bars nor the register would give a small number of away."""
    form = scope.ground.wave.questionnaire
    item = form.item(margin.item)
    if item.sensitive:
        return ()
    codes = [choice.code for choice in form.steps(item)]
    found = distribution(scope, item)
    answers = dict.fromkeys(codes, 0)
    ends = {edge for span in found.spans for edge in span}
    for segment in found.segments(codes):
        answers[segment.codes[0]] = segment.n  # what is told of the part as a whole
    groups = []
    for part in _parts(codes, ends, margin):
        numbers = [number for own, number in margin.groups if set(own) <= set(part)]
        if {code for own, _ in margin.groups for code in own} >= set(part):
            groups.append((part, sum(answers[code] for code in part), sum(numbers)))
    groups = list(_large(groups))
    if len(groups) < 2 or not sum(n for _, n, _ in groups):
        return ()
    try:
        compared = representation(
            {str(place): n for place, (_, n, _) in enumerate(groups)},
            {str(place): number for place, (*_, number) in enumerate(groups)},
        )
    except NoEstimate:
        return ()  # more answers than the register has of it: nothing is weighted then, and that is told
    return tuple(
        BesideRegister(item.id, part, row.answered, row.share, row.register_share, row.standing)  # type: ignore[arg-type]
        for (part, _, _), row in zip(groups, compared.groups, strict=True)
    )


def _parts(codes: list[int], ends: set[int], margin: RegisterMargin) -> Iterator[Codes]:
    """Neighbouring answers that neither the bars nor the bands of the register part."""
    place = {code: number for number, code in enumerate(codes)}
    bands = [[place[code] for code in own if code in place] for own, _ in margin.groups]
    cuts = [
        cut
        for cut in range(len(codes) + 1)
        if cut in ends and all(max(band) < cut or min(band) >= cut for band in bands if band)
    ]
    for first, last in pairwise(cuts):
        yield tuple(codes[first:last])


def _large(groups: list[tuple[Codes, int, int]]) -> Iterator[tuple[Codes, int, int]]:
    """Put together with the next until the register has MINIMUM of each; the last with the one before."""
    waiting: tuple[Codes, int, int] = ((), 0, 0)
    made: list[tuple[Codes, int, int]] = []
    for codes, n, number in groups:
        waiting = (*waiting[0], *codes), waiting[1] + n, waiting[2] + number
        if waiting[2] >= MINIMUM:
            made.append(waiting)
            waiting = (), 0, 0
    if waiting[0] and made:
        codes, n, number = made.pop()
        waiting = (*codes, *waiting[0]), n + waiting[1], number + waiting[2]
    yield from [*made, *([waiting] if waiting[0] else [])]
