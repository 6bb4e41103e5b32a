"""The index matrix of a scope: object x facet, objects, the index; against before and against the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from reports.index import Key
from reports.inference import Interval
from reports.items import bar_mean, distribution
from reports.left_out import most_left_out
from reports.results import Cell, Estimate, Standing
from reports.scope import Scope
from reports.scores import protected_score
from reports.trends import score_changes


@dataclass(frozen=True)
class Matrix:
    cells: dict[Key, Cell]
    exact: dict[Key, Interval]
    """Exact scores of the cells that are shown, to hold them to other programs'; nothing that is told of two
    rounds is reckoned from them."""

    def matrix(self) -> tuple[Cell, ...]:
        return tuple(cell for (_, facet), cell in self.cells.items() if facet is not None)

    def objects(self) -> tuple[Cell, ...]:
        return tuple(cell for (name, facet), cell in self.cells.items() if name is not None and facet is None)

    def index(self) -> Cell | None:
        return self.cells.get((None, None))


def matrix_of(scope: Scope) -> Matrix:
    cells: dict[Key, Cell] = {}
    exact: dict[Key, Interval] = {}
    for key in scope.ground.scores.values:
        estimate, interval = score_of(scope, key)
        cells[key] = Cell(key[0], key[1], estimate)
        if interval is not None:
            exact[key] = interval
    return Matrix(cells, exact)


def score_of(scope: Scope, key: Key) -> tuple[Estimate, Interval | None]:
    """The score of a cell as it may be shown, and exactly. A cell of one item is what the bars of it tell."""
    ground = scope.ground
    asked = ground.scores.items[key]
    if len(asked) == 1:
        item = ground.wave.questionnaire.item(asked[0])
        return bar_mean(scope, item, distribution(scope, item))
    places, strata = ground.spread(key).among(scope.members)
    told = all(ground.visible(key, i) for i in places) if scope.single else ground.open.total[key]
    return protected_score(scope, key, places, strata, told)


def with_changes(now: Matrix, then: Matrix, comparable: Collection[Key]) -> Matrix:
    """Changes of the cells that can be compared between the two versions (`forms.versions`)."""
    before = {key: cell.score for key, cell in then.cells.items() if key in comparable}
    changes = score_changes({key: cell.score for key, cell in now.cells.items()}, before)
    stands = {
        key: replace(
            change, left_out=most_left_out(now.cells[key].score.left_out, then.cells[key].score.left_out)
        )
        for key, change in changes.items()
    }
    cells = {key: replace(cell, change=stands.get(key)) for key, cell in now.cells.items()}
    return Matrix(cells, now.exact)


def with_rest(matrix: Matrix, standings: Mapping[Key, Standing]) -> Matrix:
    """Each cell of one estate against the other estates taken together; unknown where that is not told."""
    cells = {
        key: Cell(*key, cell.score, cell.change, standings.get(key, "unknown"))
        for key, cell in matrix.cells.items()
    }
    return Matrix(cells, matrix.exact)
