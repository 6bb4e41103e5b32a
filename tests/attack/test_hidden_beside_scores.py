"""A house where all said the same to one question of nine: its bar is hidden, scores of the nine are told.

Too many questions hide something for `disclosure/alike.py` to go through them, so this reader does: he moves
hidden answers and what merged parts leave open until all that is printed is the same once more, scores that
are told among it, and has found five different numbers of people who may have given that answer.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from forms.answers import Answers
from reports.compute import compute
from reports.results import ItemResult, Results
from reports.waves import Estate
from tests.attack.scores import CODES, house
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

FORM = questionnaire(
    *(scored(f"q{i}", facet="funksjonell" if i < 5 else "emosjonell") for i in range(9)),
    *(scored(f"u{i}", "utleier") for i in range(2)),
)
IDS = [item.id for item in FORM.items()]
FACETS = (range(5), range(5, 9))
NUMBERS = 5
MOST_TRIED = 600
Table = NDArray[np.int64]


def _report(table: Table, invited: int) -> Results:
    return compute(house(FORM, table[None], [invited], np.random.default_rng(0)), "e0")


def _printed(report: Results) -> object:
    def bar(own: ItemResult) -> object:
        return own.n, own.hidden, own.segments, own.special, own.favourable, own.mean

    return report.index, report.objects, report.matrix, [bar(own) for own in report.items.values()]


def _tells(report: Results, question: int) -> bool:
    """The bar is hidden, and a score that it is part of is told."""
    cells = [cell for cell in (report.index, *report.objects) if cell and cell.object in (None, "bolig")]
    hidden = report.items[IDS[question]].hidden
    return bool(hidden) and any(cell.score.value is not None for cell in cells)


def _drawn(random: np.random.Generator) -> tuple[Table, int, int, int]:
    """Answers of 6 to 13 people, the question that all answered alike, how, and how many homes were asked."""
    while True:
        people, spread = int(random.integers(6, 14)), float(random.choice([0.3, 0.7, 2.0]))
        table = np.array([random.multinomial(people, random.dirichlet(np.ones(CODES) * spread)) for _ in IDS])
        question, code = int(random.integers(9)), int(random.integers(CODES))
        table[question] = people * np.eye(CODES, dtype=np.int64)[code]
        invited = people + int(random.integers(6))
        if _tells(_report(table, invited), question):
            return table, question, code, invited


def _other(
    table: Table, question: int, code: int, parts: list[list[tuple[int, ...]]], random: np.random.Generator
) -> Table | None:
    """Up to four others than it was gave another answer to the question, and those to other questions of the
    theme moved the other way inside what their bars leave open; None where that did not come out even."""
    found, off = table.copy(), 0
    others = np.array([c for c in range(CODES) if c != code])
    near = 1 / (others - code) ** 2
    for _ in range(int(random.integers(1, NUMBERS))):
        to = int(random.choice(others, p=near / near.sum()))
        found[question, [code, to]] += -1, 1
        off += to - code
    theme = next(facet for facet in FACETS if question in facet) if random.random() < 0.7 else range(9)
    movable = [q for q in theme if q != question]
    for _ in range(60):
        if not off:
            return found
        q, step = int(random.choice(movable)), -1 if off > 0 else 1
        part = parts[q][int(random.integers(len(parts[q])))]
        c = int(random.choice(part)) - 1
        if c + 1 + step in part and found[q, c]:
            found[q, [c, c + step]] += -1, 1
            off += step
    return None


@pytest.mark.parametrize("seed", range(6))
def test_how_many_gave_an_answer_that_all_gave_is_one_of_five_numbers_beside_the_scores(seed: int) -> None:
    random = np.random.default_rng(seed)
    table, question, code, invited = _drawn(random)
    report = _report(table, invited)
    told = _printed(report)
    parts = [
        [own.codes for own in report.items[name].segments] or [tuple(range(1, CODES + 1))] for name in IDS
    ]
    numbers = {int(table[question, code])}
    for _ in range(MOST_TRIED):
        other = _other(table, question, code, parts, random)
        if other is None or int(other[question, code]) in numbers:
            continue
        if _printed(_report(other, invited)) == told:
            numbers.add(int(other[question, code]))
        if len(numbers) == NUMBERS:
            return
    raise AssertionError(f"only {sorted(numbers)} of {table[question].sum()} were found")


def test_who_gave_two_answers_at_once_changes_nothing_that_is_printed() -> None:
    random = np.random.default_rng(1)
    people: list[Answers] = [{name: int(random.integers(1, 6)) for name in IDS} for _ in range(12)]
    others = [dict(own) for own in people]
    for name in IDS[:4]:
        for own, of in zip(others, random.permutation(12), strict=True):
            own[name] = people[of][name]
    first, second = (
        _printed(compute(wave_of(FORM, [Estate("e", "E", "Nord", 15)], {"e": answers}), "e"))
        for answers in (people, others)
    )
    assert first == second
