"""The same answers once more: a file that was imported again, with a few people more or less.

Whoever has the reports of both subtracts, so only one of the two is told. Whether a round is such a copy is
decided from what readers of both reports have anyway: the told bars of questions whose answers may change.
Answers themselves are never compared. So being refused or not tells one who makes files up nothing of what
bars merge or hide.

Places are estates, areas and all together, each beside each of the other round's: estates are renamed, or cut
in another way. Of several estates readers add the bars up; those that hide theirs may have answered anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item, Questionnaire
from reports.columns import cuts_of, good_answers
from reports.counts import count
from reports.disclosure import MINIMUM, Span, segments_of_each
from reports.likeness import lasting
from reports.waves import Wave

EVIDENCE = 90
"""So large must the told numbers that agree be, beside how many answered, times the answers, and so much more
for each person who must have come or gone. Other answers of the same people hardly ever agree so well: how
often, is measured in docs/methods.md."""
FEW = 8
"""At most one in so many came or went: of fourteen who answer anew, four do not show."""
HIDDEN = 10
"""A question tells something of several estates where the answers to it that are told, in both rounds, are so
many times those that are hidden."""


def copied(now: Wave, then: Wave) -> bool:
    """Whether what is told of some place of the one could be what is told of a place of the other but for
    fewer than five people, in all questions that both ask in the same way and whose answers may change, with
    EVIDENCE enough.

    Source: our own rule, docs/methods.md; attacked in tests/unit/test_copies.py.
    """
    asked = _asked(now.questionnaire, then.questionnaire)
    if not asked:
        return False
    mine, theirs = (
        [place for place in _places(wave, items) if place.tells]
        for wave, items in zip((now, then), zip(*asked, strict=True), strict=True)
    )
    return any(mine[one].may_be(theirs[other]) for one, other in _near(mine, theirs))


def _near(mine: Sequence[_Place], theirs: Sequence[_Place]) -> Iterator[tuple[int, int]]:
    """Pairs of places that nothing told by both sets five answers apart: of thousands few are left."""
    if not mine or not theirs:
        return
    several = np.array([place.told for place in theirs])
    for number, place in enumerate(mine):
        # What one of the two does not tell is no number, and sets nothing apart.
        apart = (np.abs(several - place.told) >= MINIMUM).any(axis=1)
        yield from ((number, other) for other in np.flatnonzero(~apart).tolist())


def _asked(now: Questionnaire, then: Questionnaire) -> list[tuple[Item, Item]]:
    """Questions with one answer that both ask in the same way, of each."""
    earlier = {item.meaning: item for item in then.items() if item.one_of}
    pairs = [(item, earlier[item.meaning]) for item in now.items() if item.meaning in earlier]
    return [
        (item, other)
        for item, other in pairs
        if item.one_of
        and not any(one.sensitive or lasting(one) for one in (item, other))
        and [c.code for c in now.steps(item)] == [c.code for c in then.steps(other)]
    ]


@dataclass(frozen=True)
class _Bar:
    """What is told of one question. `ends`: where its parts end, `below`: the answers before each, of estates
    that show theirs; `hidden`: answers of those that do not."""

    ends: tuple[int, ...]
    below: tuple[int, ...]
    hidden: int

    @classmethod
    def of(cls, counts: Sequence[int], spans: Sequence[Span]) -> _Bar:
        if not spans:
            # How many there are is told from five on.
            return cls((len(counts),), (0,), max(MINIMUM - 1, sum(counts)))
        ends = tuple(last for _, last in spans)
        return cls(ends, tuple(sum(counts[:last]) for last in ends), 0)

    @classmethod
    def together(cls, bars: Sequence[_Bar]) -> _Bar:
        """Readers add up the parts that all have who show theirs."""
        shown = [bar for bar in bars if not bar.hidden]
        hidden = sum(bar.hidden for bar in bars)
        if not shown:
            return cls(bars[0].ends[-1:], (0,), hidden)
        ends = tuple(sorted(frozenset(shown[0].ends).intersection(*(bar.ends for bar in shown))))
        return cls(ends, tuple(sum(bar.below[bar.ends.index(end)] for bar in shown) for end in ends), hidden)

    def apart(self, other: _Bar) -> tuple[int, int, int]:
        """The fewest answers that are in this one and not in the other, and the other way round, whatever
        those are that are hidden; and how many told numbers, beside that of all, say so."""
        common = [end for end in self.ends if end in other.ends]
        more = less = filled = before = its_before = 0
        for end in common:
            own, its = self.below[self.ends.index(end)], other.below[other.ends.index(end)]
            off = (own - before) - (its - its_before)
            filled += own > before or its > its_before
            before, its_before = own, its
            more, less = more + max(0, off), less + max(0, -off)
        # What is hidden on one side may make up for what the other has more; there is as much as there is.
        more, less = more - other.hidden, less - self.hidden
        if min(more, less) < 0:
            more, less = max(more, more - less), max(less, less - more)
        small = HIDDEN * (self.hidden + other.hidden) <= before + its_before
        return more, less, filled - 1 if filled and small else 0


@dataclass(frozen=True)
class _Place:
    estates: frozenset[str]
    n: int
    bars: tuple[_Bar, ...]

    @property
    def tells(self) -> bool:
        """Whether it could ever be evidence enough."""
        return self.n * sum(len(bar.ends) - 1 for bar in self.bars) >= EVIDENCE

    @cached_property
    def told(self) -> NDArray[np.float32]:
        """How many answered, and how many of every question before every step; NaN where it is not told."""
        found = [float(self.n)]
        for bar in self.bars:
            below = dict(zip(bar.ends, bar.below, strict=True)) if not bar.hidden else {}
            found += [below.get(step, nan) for step in range(1, bar.ends[-1] + 1)]
        return np.array(found, np.float32)

    def may_be(self, other: _Place) -> bool:
        if len(self.estates) > 1 and self.estates == other.estates:
            return False  # they are compared one by one, with nothing hidden that could be anything
        # What several hide together could be nearly anything; not so where the other tells of it as of one.
        one = 1 in (len(self.estates), len(other.estates))
        more, less, told = max(0, self.n - other.n), max(0, other.n - self.n), 0
        for own, its in zip(self.bars, other.bars, strict=True):
            came, went, agree = own.apart(its)
            more, less = max(more, came), max(less, went)
            told += agree if one or not own.hidden + its.hidden else 0
            if more + less >= MINIMUM:
                return False
        n, few = min(self.n, other.n), more + less
        return told * n >= EVIDENCE * (1 + few) and n >= FEW * few


def _places(wave: Wave, items: Sequence[Item]) -> Iterator[_Place]:
    """Estates with five answers or more, areas and all."""
    counts = count(wave)
    inside = np.flatnonzero(counts.responses >= MINIMUM).tolist()
    estates: dict[int, list[_Bar]] = {place: [] for place in inside}
    for item in items:
        codes = [choice.code for choice in wave.questionnaire.steps(item)]
        table = counts.codes[item.id][inside][:, codes]
        spans = segments_of_each(table, cuts_of(good_answers(wave.questionnaire, item)))
        for place, row, own in zip(inside, table.tolist(), spans, strict=True):
            estates[place].append(_Bar.of(row, own))
    n = counts.responses.tolist()
    for place in inside:
        yield _Place(frozenset({wave.estates[place].id}), n[place], tuple(estates[place]))
    areas: dict[str, list[int]] = defaultdict(list)
    for place in inside:
        areas[wave.estates[place].area].append(place)
    for members in (*areas.values(), inside):
        if len(members) > 1:
            ids = frozenset(wave.estates[i].id for i in members)
            yield _Place(ids, sum(n[i] for i in members), _added(estates[i] for i in members))


def _added(estates: Iterable[Sequence[_Bar]]) -> tuple[_Bar, ...]:
    return tuple(_Bar.together(bars) for bars in zip(*estates, strict=True))
