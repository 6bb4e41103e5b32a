"""What a reader knows of how many are in a group, besides the numbers by group of the same question.

- *bars*: the reports tell how many of each estate, and of all, are in each group: their bars of background
- *other questions*: a table of another question by the same background tells how many of each group answered
  that one, in the estates that it is made of

Both are about people who may have left this question out. The reader is taken to know that nobody did: then
he knows most, and what is safe from him is safe from others.

What follows from these numbers he knows as well: above all how many of an estate did not say which group they
are in, mostly one to four. No table by group can hide that any more. It is therefore taken as told, and the
answers of those few need no wider range than there are people among them. Were it not, hardly any round would
have a table by group: nearly everywhere somebody leaves out a background.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.breakdowns.asking import Ask, Grouping
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.people import Population, population
from reports.disclosure import Effort, Table
from reports.disclosure.tables import Flags
from reports.items import distribution
from reports.scope import Groundwork, Scope

WORK_CELLS = 100
"""What follows from so many known groups x leaves costs one of `Effort`."""


@dataclass(frozen=True)
class Base:
    """How many of these estates are in a group is known. `estates`: places in `wave.estates`; `by`: each
    with one band."""

    estates: frozenset[int]
    by: tuple[Grouping, ...]


def of_bars(people: Population, variables: Sequence[str]) -> Iterator[Base]:
    """What the reports on the estates and on all tell of these backgrounds, exactly."""
    ground = Groundwork.of(people.wave)
    form = people.wave.questionnaire
    for name in variables:
        item = form.item(name)
        codes = [choice.code for choice in form.steps(item)]
        scopes = [Scope.of(ground, None)]
        if not item.sensitive:
            scopes += [Scope.of(ground, people.wave.estates[place].id) for place in people.estates]
        for scope in scopes:
            found = distribution(scope, item)
            if found.exact:
                for first, last in found.spans:
                    yield Base(frozenset(found.places), (Grouping(name, (tuple(codes[first:last]),)),))


def of_other_questions(
    people: Population, told: Sequence[tuple[Ask, Flags]], variables: Sequence[str]
) -> Iterator[Base]:
    """What tables of other questions tell of groups made of these backgrounds and no others."""
    form = people.wave.questionnaire
    for ask, marks in told:
        if not {grouping.variable for grouping in ask.by} <= set(variables):
            continue
        try:
            others = population(people.wave, form.item(ask.item))
        except NumbersRefused:
            continue
        nodes = [others.places().nodes[node] for node in others.asked(ask)]
        groups = list(_single(ask))
        shape = len(nodes), 1 + len(others.spans), len(groups)
        # Told by another version that merged answers in another way: then all of it counts as told.
        bases = marks.reshape(shape)[:, 0] if marks.size == np.prod(shape) else np.ones((shape[0], shape[2]))
        for place, group in np.argwhere(bases):
            yield Base(frozenset(others.estates[leaf] for leaf in nodes[place]), groups[group])


def _single(ask: Ask) -> Iterator[tuple[Grouping, ...]]:
    """Each group of a request, in the order of its cells."""
    found: list[tuple[Grouping, ...]] = [()]
    for grouping in ask.by:
        found = [(*own, Grouping(grouping.variable, (band,))) for own in found for band in grouping.bands]
    yield from found


def following(table: Table, known: Flags, effort: Effort) -> Flags:
    """The known cells, and the bases of groups that follow from them: by the sums over groups within a place,
    all together, and by the sums over places and answers one after the other.

    TooMuchWork when there is too little effort left.

    Source: a definition; nothing is estimated.
    """
    (block,), (groups,) = table.blocks, table.groups
    nodes = np.zeros((len(groups.nodes), groups.leaves))
    for number, node in enumerate(groups.nodes):
        nodes[number, list(node)] = 1.0
    bases = table.none()
    bases[block[:, 0]] = True
    sums = abs(table.relations)
    spans: dict[bytes, Flags] = {}
    found = known.copy()
    while True:
        before = int(found.sum())
        for cells in block[:, 0]:
            own = found[cells]
            if own.tobytes() not in spans:
                effort.spend(int(own.sum()) * groups.leaves // WORK_CELLS)
                spans[own.tobytes()] = _spanned(nodes, own)
            found[cells[spans[own.tobytes()]]] = True
        single = sums @ (~found).astype(np.int64) == 1
        found |= bases & (sums.T @ single.astype(np.int64) > 0)
        if int(found.sum()) == before:
            return found


def _spanned(nodes: NDArray[np.float64], known: Flags) -> Flags:
    """Which of these sums of leaves are sums and differences of the known ones."""
    if not known.any():
        return known
    _, size, rows = np.linalg.svd(nodes[known], full_matrices=False)
    span = rows[size > 1e-9]
    rest = nodes - nodes @ span.T @ span
    found: Flags = abs(rest).max(axis=1) < 1e-9
    return found
