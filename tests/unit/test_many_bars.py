"""Bars of hundreds of estates are cut at once, each as it would be by itself; hidden ones stay hidden."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.cut_bars import Told
from reports.disclosure import PROTECTED, estate_segments, segments_of_each
from reports.each import EachEstate
from reports.scope import Groundwork
from reports.side_by_side import REASONS, Figures
from tests.unit.test_each_estate import lopsided_wave


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 9), st.data())
def test_bars_cut_at_once_are_those_cut_one_by_one(size: int, draw: st.DataObject) -> None:
    counts = st.integers(0, 3) | st.integers(0, 12) | st.integers(4, 40)
    table = np.array(
        draw.draw(st.lists(st.lists(counts, min_size=size, max_size=size), min_size=1, max_size=20))
    )
    cuts = tuple(sorted(draw.draw(st.sets(st.integers(1, max(1, size - 1)), max_size=2))))
    told = segments_of_each(table, cuts)
    assert [*told] == [estate_segments(row, cuts) for row in table.tolist()]
    assert told == Told.of([*told])
    assert told.shown.tolist() == [bool(spans) for spans in told]
    assert told.same([*told][::-1]).tolist() == [a == b for a, b in zip(told, [*told][::-1], strict=True)]
    assert {(spans, row) for spans, rows in told.alike() for row in rows.tolist()} == {
        (spans, row) for row, spans in enumerate(told)
    }


def test_what_is_kept_back_is_told_in_no_part() -> None:
    told = segments_of_each(np.array([[9, 9, 9], [9, 2, 9], [9, 9, 9]]), (2,))
    kept = told.without(np.array([False, False, True]))
    assert [*kept] == [((0, 1), (1, 2), (2, 3)), ((0, 2), (2, 3)), ()]


def test_columns_of_estates_hold_nothing_that_is_hidden() -> None:
    ground = Groundwork.of(lopsided_wave(5))
    each = EachEstate(ground)
    for table in each.tables.values():
        for figures in (table.favourable, table.mean, *table.chosen.values()):
            _is_bare_where_hidden(figures)
        if table.parts is not None:
            for row, spans in enumerate(table.parts.told):
                begins = [first for first, _ in spans]
                assert not np.delete(table.parts.n[row], begins).any()
                assert not np.delete(table.parts.share[row], begins).any()
        assert all(((own == 0) | (own >= 5)).all() for own in table.special.values())
    for score in each.scores.values():
        _is_bare_where_hidden(score.told)
        assert set(score.rows.tolist()) == set(np.flatnonzero(score.told.why == 0).tolist())
    why = np.concatenate([table.favourable.why for table in each.tables.values()])
    assert {None, PROTECTED} <= {REASONS[own] for own in why.tolist()}


def _is_bare_where_hidden(figures: Figures) -> None:
    hides = figures.why != 0
    for column in (figures.value, figures.low, figures.high):
        assert np.isnan(column[hides]).all()
        assert not np.isnan(column[~hides]).any()
    assert not figures.step[hides].any()
    assert not figures.everybody[hides].any()
