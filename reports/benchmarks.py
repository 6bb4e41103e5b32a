"""Figures of others beside ours: only where question, answers and cut-off are the same; else a reason.

Ours is the share that the report shows, and nothing when it hides it or leaves out so many estates that
nothing may be said of all (`reports.left_out`). That the others asked other people is
no reason to refuse: it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from forms.benchmarks import Benchmark, Benchmarks
from forms.questionnaire import Item, Questionnaire
from forms.scoring import favourable_codes
from reports.results import Estimate, Results

Refusal = Literal["not_asked", "question", "measure", "answers", "cut_off", "hidden", "left_out"]
"""not_asked  the round has no question near it      question  other words, see `differs` of the row
measure    a mean beside our share                  answers   other answers to choose between
cut_off    other answers counted                    hidden    ours may not be shown
left_out   ours stands on too few of the estates"""


@dataclass(frozen=True)
class Beside:
    """`ours`: None when refused. `item`: the question of ours, where there is one."""

    row: Benchmark
    item: Item | None
    ours: Estimate | None
    refused: Refusal | None


def beside(results: Results, benchmarks: Benchmarks) -> tuple[Beside, ...]:
    """Every row, in its order, with ours or the reason why not."""
    return tuple(_beside(results, row) for row in benchmarks.rows)


def _beside(results: Results, row: Benchmark) -> Beside:
    form = results.questionnaire
    item = next((item for item in form.items() if item.meaning in row.beside), None)
    refused = _refused(form, item, row)
    if refused or item is None:
        return Beside(row, item, None, refused)
    shown = results.items.get(item.id)
    if shown is None or shown.favourable.value is None:
        return Beside(row, item, None, "hidden")
    if shown.favourable.left_out == "many":
        return Beside(row, item, None, "left_out")
    return Beside(row, item, shown.favourable, None)


def _refused(form: Questionnaire, item: Item | None, row: Benchmark) -> Refusal | None:
    if item is None or item.background or item.sensitive:
        return "not_asked"
    if not row.same:
        return "question"
    if row.measure != "share":
        return "measure"
    steps = form.steps(item)
    if tuple(step.value for step in steps) != row.answers:
        return "answers"
    good = favourable_codes(form, item)
    if {step.value for step in steps if step.code in good} != set(row.good):
        return "cut_off"
    return None
