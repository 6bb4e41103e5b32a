"""The conditions of one page, as every answer of a tenant sets them going."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.measure import Line, by_turns
from forms.logic import Seen, compile_condition

A_PAGE = 60
TARGET = 1.0
"""Milliseconds."""
KINDS = (
    'answers.heis == "nei"',
    'answers.heis == "ja" || answers.etasje != "forste" && !("fukt" in answers.mangler)',
    'answers.mangler.exists(x, x in ["fukt", "mugg", "lys"])',
    "answers.personer / answers.rom > 2",
    'answers.flyttet >= "2020-01" && answers.rom < 3',
    'has(answers.betaler) ? answers.betaler > 12000 : answers.heis == "nei"',
)
SEEN: Mapping[str, Seen] = {
    "heis": "nei",
    "etasje": "tredje",
    "mangler": ["lys", "mugg"],
    "personer": 5.0,
    "rom": 2.0,
    "flyttet": "2024-05",
}


def conditions(small: bool) -> Iterator[Line]:
    """Sixty of different kinds, read once before. The floor: looking the answers up and no more."""
    page = [compile_condition(KINDS[number % len(KINDS)]) for number in range(A_PAGE)]
    rounds = 10 if small else 1_000

    def ours() -> None:
        for _ in range(rounds):
            for condition in page:
                condition.holds(SEEN)

    def floor() -> None:
        for _ in range(rounds):
            for condition in page:
                {name: SEEN[name] for name in condition.references if name in SEEN}

    taken, bare = (seconds / rounds * 1_000 for seconds in by_turns(ours, floor))
    yield Line(
        f"{A_PAGE} conditions of a page",
        f"{taken:.2f} ms",
        f"{bare:.2f} ms (looking answers up)",
        f"{taken / bare:.1f}",
        f"< {TARGET:g} ms",
    )
