"""Tables that leave the house: nobody who solves all of them together finds what was hidden.

BOSTEMME_ATTACKS says how many tables each attack draws: 5000, say, for a night by hand.
"""

from __future__ import annotations

import os

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.disclosure.errors import CannotProtect
from reports.disclosure.primary import small_cells
from reports.disclosure.secondary import cost_of, protect
from reports.disclosure.tables import Dimension, Table
from reports.requests import MINIMUM, PROFILES, Profile
from tests.attack.attacker import attacker_of

DRAWN = int(os.environ.get("BOSTEMME_ATTACKS", "0"))
thousands = settings(
    max_examples=DRAWN or 100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
STANDARD = PROFILES["standard"]


@st.composite
def dimensions(draw: st.DrawFn, most: int) -> Dimension:
    """A few leaves, and unions of them that may contain, overlap or leave out one another."""
    leaves = draw(st.integers(1, most))
    parts = st.lists(st.integers(0, leaves - 1), min_size=1, max_size=leaves, unique=True)
    return Dimension.of(leaves, draw(st.lists(parts, max_size=1)))


@st.composite
def tables(draw: st.DrawFn, groupings: int = 1) -> Table:
    places, answers = draw(dimensions(3)), draw(dimensions(2))
    groups = [draw(dimensions(2)) for _ in range(draw(st.integers(0, groupings)))]
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = random.poisson(draw(st.sampled_from([1.5, 4.0, 9.0])), (places.leaves, answers.leaves, 8))
    # One population, grouped in several ways: each person of a cell gets a group of each grouping.
    face = people.sum(axis=2) // draw(st.sampled_from([2, 4]))
    counts = []
    for group in groups:
        share = random.dirichlet(np.ones(group.leaves))
        counts.append(
            np.array(
                [
                    [random.multinomial(face[p, a], share) for a in range(face.shape[1])]
                    for p in range(len(face))
                ]
            )
        )
    return Table.of(places, answers, groups, counts or [face])


def _found(table: Table, told: np.ndarray, wanted: np.ndarray) -> dict[int, tuple[int, int]]:
    """Of the wanted cells, those that a reader of the told ones knows within fewer than five people."""
    spy = attacker_of(table)
    sums = spy.read(table, told)
    cells = np.flatnonzero(wanted)
    found = spy.found([sums[int(cell)] for cell in cells], MINIMUM)
    return {int(cells[number]): edges for number, edges in found.items()}


@thousands
@given(tables(), st.sampled_from([None, False]))
def test_no_hidden_number_of_a_table_can_be_reckoned_out(table: Table, exact: bool | None) -> None:
    """Each keeps a range of five; but nobody can be hidden where a zero told by itself leaves no room."""
    primary = small_cells(table, STANDARD)
    safe = protect(table, primary, MINIMUM, exact=exact)
    assert (safe.hidden | ~primary).all()
    room = safe.hidden & (safe.need == MINIMUM)
    assert (table.values[safe.hidden & ~room] == 0).all()
    assert _found(table, ~safe.hidden, room) == {}


@settings(thousands, max_examples=DRAWN // 4 or 30)
@given(tables(groupings=2))
def test_several_groupings_of_the_same_people_do_not_help_one_another(table: Table) -> None:
    safe = protect(table, small_cells(table, STANDARD), MINIMUM, exact=False)
    assert _found(table, ~safe.hidden, safe.hidden & (safe.need > 0)) == {}


@settings(thousands, max_examples=DRAWN // 8 or 8)
@given(st.integers(0, 2**32 - 1))
def test_the_way_of_large_tables_hides_as_well(seed: int) -> None:
    """Tables too large to be solved, told by walking and by what areas add up to."""
    random = np.random.default_rng(seed)
    estates, answers, groups = 8, 3, 4
    face = random.poisson(14, (estates, answers))
    face[face < MINIMUM] = 0
    share = random.dirichlet(np.ones(groups) * 3)
    counts = np.array([[random.multinomial(n, share) for n in row] for row in face])
    area = Dimension.tree([[place // 4 for place in range(estates)]])
    table = Table.of(area, Dimension.of(answers), [Dimension.of(groups, [[0, 1]])], [counts])
    shown = table.none()
    shown[table.face] = True
    safe = protect(table, small_cells(table, STANDARD) & ~shown, MINIMUM, shown=shown)
    assert safe.method in ("heuristic", "nothing to hide")
    assert _found(table, ~safe.hidden, safe.hidden & (safe.need > 0)) == {}


@settings(thousands, max_examples=DRAWN // 4 or 30)
@given(tables(), st.integers(0, 2**32 - 1))
def test_one_more_breakdown_after_another_gives_nothing_away(table: Table, seed: int) -> None:
    """Numbers are told in several releases; each knows what was told before it, the reader knows all."""
    random = np.random.default_rng(seed)
    asked, told = table.none(), table.none()
    for _ in range(3):
        asked = asked | (random.random(table.size) < 0.35)
        primary = small_cells(table, STANDARD) & asked
        try:
            safe = protect(table, primary, MINIMUM, asked=asked, shown=told, exact=False)
        except CannotProtect:
            break  # a stated refusal: nothing more is told
        told = told | (asked & ~safe.hidden)
    few = (table.values > 0) & (table.values < MINIMUM)
    assert not (told & few).any()
    assert _found(table, told, few) == {}


def test_without_the_engine_the_attacker_succeeds() -> None:
    """Hiding the small cell alone, the usual slip: what adds up gives it back at once."""
    table = Table.of(Dimension.of(2), Dimension.of(3), [], [np.array([[20, 12, 3], [26, 13, 14]])])
    primary = small_cells(table, STANDARD)
    (cell,) = np.flatnonzero(primary)
    assert _found(table, ~primary, primary) == {cell: (3, 3)}


def test_the_attacker_finds_what_two_releases_that_do_not_know_of_each_other_tell() -> None:
    """Each for itself is in order: a band of ages to 66, and one to 67. The three who are 67 are the
    difference."""
    ages = Dimension.of(3, [[0, 1], [1, 2]])
    counts = np.array([[[30, 3, 40], [20, 30, 20]]])
    table = Table.of(Dimension.of(1), Dimension.of(2), [ages], [counts])
    (block,) = table.blocks
    told = table.none()
    for band in (1, 4):  # up to 66, up to 67
        told[block[:, :, [band]]] = True
    small = table.none()
    small[block[1, 1, 2]] = True
    assert _found(table, told, small) == {int(block[1, 1, 2]): (3, 3)}
    first, second = table.none(), table.none()
    first[block[:, :, [1]]], second[block[:, :, [4]]] = True, True
    safe = protect(table, small_cells(table, STANDARD) & second, MINIMUM, asked=first | second, shown=first)
    assert _found(table, first | second & ~safe.hidden, small) == {}


def test_the_example_of_statistics_norway() -> None:
    """Young and old by country, 5 2 0 and 6 3 4, maxN = 1: four cells of Iceland and Portugal are hidden."""
    table = Table.of(Dimension.of(2), Dimension.of(3), [], [np.array([[5, 2, 0], [6, 3, 4]])])
    rule = Profile("ssb", fewest=2, empty_is_few=False, no_answer_is_few=True, range_kept=1)
    primary = small_cells(table, rule)
    young, old, spain, iceland, portugal = 1, 2, 1, 2, 3
    assert np.flatnonzero(primary).tolist() == [table.face[young, portugal]]
    for exact in (True, False):
        hidden = protect(table, primary, rule.range_kept, exact=exact).hidden[table.face]
        assert sorted(zip(*np.nonzero(hidden), strict=True)) == [
            (young, iceland), (young, portugal), (old, iceland), (old, portugal)
        ]  # fmt: skip
        assert not hidden[:, spain].any()


@settings(thousands, max_examples=DRAWN // 8 or 20)
@given(tables())
def test_the_optimum_is_never_dearer_than_the_heuristic(table: Table) -> None:
    primary = small_cells(table, STANDARD)
    best, quick = (protect(table, primary, MINIMUM, exact=exact) for exact in (None, False))
    if best.method == "optimal":
        assert cost_of(table)[best.hidden].sum() <= cost_of(table)[quick.hidden].sum() + 1e-6
