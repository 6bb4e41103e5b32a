"""Whoever asks for numbers by group gets an answer: what is solved for has an end, counted, not timed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forms.answers import Answers
from reports.breakdowns.asking import Ask, parse
from reports.breakdowns.errors import NothingToTell
from reports.breakdowns.ledger import judge
from reports.disclosure import Dimension, Table, optimal, secondary
from reports.disclosure.walk import Knowledge
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

AGES = [{"code": code, "value": f"v{code}", "text": {"nb": f"alder {code}"}} for code in range(1, 6)]
FORM = questionnaire(
    scored("hjem"), item("alder", scale=None, background=True, specials=[], choices=AGES)
)  # fmt: skip


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options of each program that is solved; all are solved as ever."""
    asked: list[dict[str, Any]] = []
    solve = optimal.milp

    def noted(*args: Any, **more: Any) -> Any:
        asked.append(dict(more.get("options") or {}))
        return solve(*args, **more)

    monkeypatch.setattr(optimal, "milp", noted)
    return asked


def _small_estates(estates: int) -> Wave:
    """Six answers in each: whose age can hardly be told of any."""
    random = np.random.default_rng(1)
    answers: dict[str, list[Answers]] = {
        f"e{number:03}": [
            {
                "hjem": int(random.choice(5, p=[0.1, 0.1, 0.2, 0.3, 0.3])) + 1,
                "alder": int(random.integers(5)) + 1,
            }
            for _ in range(6)
        ]
        for number in range(estates)
    }
    return wave_of(FORM, [Estate(name, name, "Nord", None) for name in answers], answers)


def _bands() -> Ask:
    return parse(FORM, "hjem", ["alder=1+2,3+4+5"], "all", "standard")


def test_many_small_estates_are_refused_at_the_first_number_that_is_lost(
    programs: list[dict[str, Any]],
) -> None:
    with pytest.raises(NothingToTell):
        judge(_small_estates(40), _bands(), [], None)
    assert 0 < len(programs) <= 20
    assert all(0 < options["node_limit"] <= optimal.MOST_NODES for options in programs)


def test_nothing_is_solved_of_tables_above_the_limit(
    programs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secondary, "LARGEST_SOLVED", 1000)
    with pytest.raises(NothingToTell):
        judge(_small_estates(40), _bands(), [], None)
    assert programs == []


def test_a_search_that_is_cut_short_never_makes_a_number_look_freer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends are tables that readers must think possible, and lie no further apart than the true ends."""
    counts = np.random.default_rng(3).integers(0, 7, (6, 3, 4))
    table = Table.of(Dimension.of(6), Dimension.of(3), [Dimension.of(4, [[0, 1], [1, 2]])], [counts])
    hidden = np.random.default_rng(4).random(table.size) < 0.7
    knows = Knowledge.of(table, hidden)
    cells = np.flatnonzero(hidden)[:30].tolist()
    ends = [optimal.extremes(table, knows, cell) for cell in cells]
    monkeypatch.setattr(optimal, "MOST_NODES", 0)
    short = [optimal.extremes(table, knows, cell) for cell in cells]
    for cell, (least, most), (low, high) in zip(cells, ends, short, strict=True):
        assert least[cell] <= low[cell] <= table.values[cell] <= high[cell] <= most[cell]
        assert table.holds(low)
        assert table.holds(high)
    assert any((high == table.values).all() for _, high in short)
