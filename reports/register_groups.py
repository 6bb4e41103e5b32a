"""Groups that the register knows the size of, no finer than the bars tell them.

Whoever gives the register's numbers chooses its bands. What they would be told by groups that cut across the
bars (weights, whether the numbers fit the answers) would tell how many are on each side of that cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reports.bars import Bar
from reports.waves import RegisterMargin

Codes = tuple[int, ...]


class Group(NamedTuple):
    """Neighbouring answers that are told as one."""

    codes: Codes
    n: int
    """Answers, as the bar tells them."""
    register: int
    """How many the register has."""

    def __or__(self, other: Group) -> Group:
        return Group((*self.codes, *other.codes), self.n + other.n, self.register + other.register)


def told_groups(bar: Bar, codes: Sequence[int], margin: RegisterMargin) -> list[Group]:
    """The groups that neither the bar nor the bands of the register part, in the order of the questionnaire;
    those left out that the register has no number for.

    `codes`: of every position of the bar.

    Source: our own rule, docs/methods.md.
    """
    told = {segment.codes[0]: segment.n for segment in bar.segments(codes)}
    known = {code for own, _ in margin.groups for code in own}
    return [
        Group(
            part,
            sum(told.get(code, 0) for code in part),
            sum(n for own, n in margin.groups if set(own) <= set(part)),
        )
        for part in _parts(bar, codes, margin)
        if known >= set(part)
    ]


def put_together(groups: Iterable[Group], enough: Callable[[Group], bool]) -> list[Group]:
    """Each put together with the next (the last with the one before) until it is enough.

    Source: collapsing of cells, Kalton and Flores-Cervantes 2003, Journal of Official Statistics 19, 81-97.
    """
    found: list[Group] = []
    waiting: Group | None = None
    for group in groups:
        waiting = group if waiting is None else waiting | group
        if enough(waiting):
            found.append(waiting)
            waiting = None
    if waiting is not None:
        found = [*found[:-1], found[-1] | waiting] if found else [waiting]
    return found


def _parts(bar: Bar, codes: Sequence[int], margin: RegisterMargin) -> Iterator[Codes]:
    place = {code: number for number, code in enumerate(codes)}
    bands = [[place[code] for code in own if code in place] for own, _ in margin.groups]
    ends = {edge for span in bar.spans for edge in span}
    cuts = [cut for cut in sorted(ends) if all(max(band) < cut or min(band) >= cut for band in bands if band)]
    for first, last in pairwise(cuts):
        yield tuple(codes[first:last])
