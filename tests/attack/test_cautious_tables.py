"""Tables that took too long to protect with care are protected by hiding more: nobody is found in them.

BOSTEMME_ATTACKS says how many are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.breakdowns import ledger
from reports.breakdowns.asking import Ask
from reports.disclosure import (
    MINIMUM,
    PROFILES,
    CannotProtect,
    Dimension,
    Effort,
    Table,
    protect,
    small_cells,
)
from reports.disclosure import secondary as engine
from tests.attack.test_ledger import _found as found_in_the_ledger
from tests.attack.test_ledger import _tell, _wave, requests
from tests.attack.test_tables import DRAWN, _found

drawn = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN, max_examples=DRAWN or 25
)
STANDARD = PROFILES["standard"]


@st.composite
def hierarchies(draw: st.DrawFn) -> Table:
    """Estates in areas, now and then another union of estates; bands that may overlap."""
    estates, answers, groups = draw(st.integers(2, 5)), draw(st.integers(2, 3)), draw(st.integers(2, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mean = draw(st.sampled_from([2.0, 5.0, 12.0]))
    size = random.uniform(0.3, 2.0, estates)
    counts = random.poisson(mean * size[:, None, None] * random.dirichlet(np.ones(groups) * 2, 1) * groups,
                            (estates, answers, groups))  # fmt: skip
    tree = Dimension.tree([[place // 2 for place in range(estates)]])
    unions = st.lists(st.integers(0, estates - 1), min_size=1, max_size=estates, unique=True)
    places = Dimension.of(estates, [*tree.nodes[1 + estates :], *draw(st.lists(unions, max_size=1))])
    bands = st.lists(st.integers(0, groups - 1), min_size=2, max_size=groups, unique=True)
    return Table.of(
        places, Dimension.of(answers), [Dimension.of(groups, draw(st.lists(bands, max_size=2)))], [counts]
    )


@drawn
@given(hierarchies(), st.integers(0, 2**32 - 1))
def test_nobody_is_found_in_tables_that_are_told_with_caution_one_after_another(
    table: Table, seed: int
) -> None:
    """How many are in some groups is known from elsewhere; each release knows what was told before."""
    random = np.random.default_rng(seed)
    told, asked = table.none(), table.none()
    told[table.face] = True
    bases = table.blocks[0][:, 0].ravel()
    told[bases[(random.random(bases.size) < 0.4) & (table.values[bases] >= MINIMUM)]] = True
    few = (table.values > 0) & (table.values < MINIMUM) & ~told
    before, looked_at = told, table.none()
    for _ in range(2):
        asked = asked | (random.random(table.size) < 0.6)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(engine, "SMALL", 0)
                safe = protect(
                    table, small_cells(table, STANDARD) & asked & ~told, MINIMUM, asked=asked | told,
                    shown=told, exact=False, effort=Effort(0, 10**6),
                )  # fmt: skip
        except CannotProtect:
            break
        assert safe.method in ("cautious", "nothing to hide")
        told = told | (asked & ~safe.hidden)
        looked_at = safe.hidden & (safe.need == MINIMUM)
        assert set(_found(table, told, looked_at)) == set()
    assert not (told & few).any()
    # Who is found then was found in what is known from elsewhere.
    found = _found(table, told, few & ~looked_at)
    assert not found or set(found) <= set(_found(table, before, few))


@settings(drawn, max_examples=DRAWN // 4 or 4)
@given(st.integers(0, 2**32 - 1), st.lists(requests(), min_size=1, max_size=3))
def test_nobody_is_found_in_what_the_ledger_tells_with_caution(seed: int, asks: list[Ask]) -> None:
    wave = _wave(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "SMALL", 0)
        patch.setattr(ledger, "MOST_WORK", 0)
        told = _tell(wave, asks)
    assert found_in_the_ledger(wave, told) == {}
