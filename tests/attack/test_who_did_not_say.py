"""A few of each house do not say which group they are in, and how few follows from the reports. Tables by
group are told all the same, and whoever has them knows no more of those few than without them."""

from __future__ import annotations

from typing import Any

import numpy as np

from forms.answers import Answers
from reports.breakdowns.asking import parse
from reports.breakdowns.knowledge import following, of_bars
from reports.breakdowns.ledger import Judgement, _bases, _marked
from reports.breakdowns.people import Crossing, population, table_of
from reports.disclosure import MINIMUM, Effort
from reports.waves import Estate, Wave
from tests.attack.attacker import attacker_of
from tests.attack.test_ledger import FORM, _leaves, _tell
from tests.samples.waves import wave_of

ASKS = [parse(FORM, "hjem", ["bo"], level, "standard") for level in ("all", "estate")]


def _town(seed: int) -> Wave:
    random = np.random.default_rng(seed)
    answers: dict[str, list[Answers]] = {}
    for name in ("e0", "e1", "e2"):
        own: list[Answers] = [
            {"hjem": int(random.choice([1, 2, 4, 5])), "alder": 1, "bo": 1 + k % 2}
            for k in range(int(random.integers(32, 44)))
        ]
        for silent in own[: int(random.integers(1, 4))]:
            del silent["bo"]
        answers[name] = own
    return wave_of(FORM, [Estate(name, name, "Nord", 60) for name in answers], answers)


def _found(wave: Wave, told: list[Judgement]) -> dict[int, tuple[int, int]]:
    """Leaves of 1 to 4 people that a reader of the reports and these tables knows within fewer than five."""
    people = population(wave, wave.questionnaire.item("hjem"))
    crossing = Crossing.of(people, ["bo"])
    bases = list(_bases(people, crossing, of_bars(people, ["bo"])))
    unions = [group for _, group in bases] + [union for ask in ASKS for union in crossing.unions(ask)]
    table = table_of(people, crossing, unions, {place for place, _ in bases})
    known = _marked(table, bases)
    known[table.face] = True
    assert (following(table, known, Effort(10**6)) & ~known).any(), "how many did not say follows"
    (block,) = table.blocks
    (groups,) = table.groups
    node_of = {frozenset(node): number for number, node in enumerate(groups.nodes)}
    for one in told:
        nodes = [node_of[union] for union in crossing.unions(one.ask)]
        known[block[people.asked(one.ask)][:, :, nodes][one.told]] = True
    spy = attacker_of(table)
    sums: dict[int, Any] = spy.read(table, known)
    cells = [cell for cell in _leaves(table) if 0 < table.values[cell] < MINIMUM and not known[cell]]
    found = spy.found([sums[cell] for cell in cells], MINIMUM)
    return {cells[number]: edges for number, edges in found.items()}


def test_where_a_few_did_not_say_tables_by_group_are_told_and_tell_no_more_of_those_few() -> None:
    wave = _town(0)
    before = _found(wave, [])
    assert before, "that they are few is known from the reports"
    told = _tell(wave, ASKS)
    assert told
    assert _found(wave, told) == before
