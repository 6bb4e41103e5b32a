"""The index matrix of a scope: object x facet, objects, the index; against before and against the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.disclosure import FEW, MINIMUM, mean_may_be_shown
from reports.index import Key
from reports.inference import Difference, Interval, Stratum, difference, mean_interval
from reports.items import hidden, protected_mean
from reports.results import Cell
from reports.scope import Groundwork, Scope
from reports.trends import score_changes, standings


@dataclass(frozen=True)
class Matrix:
    cells: dict[Key, Cell]
    exact: dict[Key, Interval]
    """Exact scores of the cells that are shown: for comparisons inside this room only."""

    def matrix(self) -> tuple[Cell, ...]:
        return tuple(cell for (_, facet), cell in self.cells.items() if facet is not None)

    def objects(self) -> tuple[Cell, ...]:
        return tuple(cell for (name, facet), cell in self.cells.items() if name is not None and facet is None)

    def index(self) -> Cell | None:
        return self.cells.get((None, None))


def strata_of(ground: Groundwork, key: Key) -> dict[int, Stratum]:
    """Estate -> its scores in one cell, for the estates with at least 5 of them."""
    found = {i: ground.values(key, i) for i in ground.large_enough()}
    return {i: Stratum.of(own, ground.population(i)) for i, own in found.items() if own.size >= MINIMUM}


def matrix_of(scope: Scope) -> Matrix:
    cells: dict[Key, Cell] = {}
    exact: dict[Key, Interval] = {}
    for key in scope.ground.scores.values:
        strata = {i: part for i, part in strata_of(scope.ground, key).items() if i in scope.members}
        step = scope.ground.scores.step[key]
        visible = {i: mean_may_be_shown(scope.ground.values(key, i), step) for i in strata}
        estimate, interval = protected_mean(scope, strata, visible)
        cells[key] = Cell(key[0], key[1], estimate)
        if interval is not None:
            exact[key] = interval
    return Matrix(cells, exact)


def with_changes(now: Matrix, then: Matrix) -> Matrix:
    changes = score_changes(now.exact, then.exact)
    cells = {key: replace(cell, change=changes.get(key)) for key, cell in now.cells.items()}
    return Matrix(cells, now.exact)


def with_rest(matrix: Matrix, ground: Groundwork, estate: int) -> Matrix:
    """Each cell of one estate against the other estates taken together."""
    differences: dict[Key, Difference] = {}
    for key, own in matrix.exact.items():
        others = [part for i, part in strata_of(ground, key).items() if i != estate]
        if others:
            differences[key] = difference(own, mean_interval(others))
    found = standings(differences)
    cells = {key: replace(cell, versus_rest=found.get(key, "unknown")) for key, cell in matrix.cells.items()}
    return Matrix(cells, matrix.exact)


def index_by_estate(ground: Groundwork) -> tuple[tuple[str, Cell], ...]:
    """The index of every estate, in the order of the wave, each against the rest; no ranks."""
    key: Key = (None, None)
    if key not in ground.scores.values:
        return ()
    strata = strata_of(ground, key)
    cells: dict[int, Cell] = {}
    differences: dict[int, Difference] = {}
    for i in range(len(ground.wave.estates)):
        if i not in strata:
            cells[i] = Cell(None, None, hidden(FEW))
            continue
        shown = mean_may_be_shown(ground.values(key, i), ground.scores.step[key])
        estimate, exact = protected_mean(Scope(ground, (i,), True), {i: strata[i]}, {i: shown})
        cells[i] = Cell(None, None, estimate)
        others = [part for other, part in strata.items() if other != i]
        if exact is not None and others:
            differences[i] = difference(exact, mean_interval(others))
    found = standings(differences)
    return tuple(
        (estate.name, replace(cells[i], versus_rest=found.get(i, "unknown")))
        for i, estate in enumerate(ground.wave.estates)
    )
