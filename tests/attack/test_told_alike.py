"""That a score is told is no more than what it says: who goes through all answers that would print the same
finds nobody."""

from __future__ import annotations

import numpy as np
import pytest

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.compute import compute
from reports.results import Results
from reports.waves import Estate, Wave
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

Table = tuple[tuple[int, ...], ...]


def _form(steps: int, questions: int) -> Questionnaire:
    document = questionnaire(*(scored(name) for name in "abc"[:questions])).model_dump(
        mode="json", exclude_none=True
    )
    text = dict.fromkeys(("nb", "nn", "en"), "s")
    choices = [
        {"code": c, "value": f"v{c}", "text": text, "score": 100 * (c - 1) / (steps - 1)}
        for c in range(1, steps + 1)
    ]
    good = [steps] if steps < 4 else [steps - 1, steps]
    scale = document["scales"][0] | {"choices": choices, "favourable": good}
    return Questionnaire.model_validate(document | {"scales": [scale, *document["scales"][1:]]})


def _wave(table: Table) -> Wave:
    form = _form(len(table[0]), len(table))
    columns = [[code for code, n in enumerate(row, 1) for _ in range(n)] for row in table]
    people: list[Answers] = [
        dict(zip("abc", (int(c) for c in row), strict=False)) for row in np.array(columns).T
    ]
    return wave_of(form, [Estate("a", "A", "Nord", len(people) + 5)], {"a": people})


def _report(table: Table) -> Results:
    return compute(_wave(table), "a")


@pytest.mark.parametrize(
    "table",
    [
        ((6, 4, 0, 0, 0), (6, 4, 0, 0, 0)),
        ((5, 1, 4, 0, 0), (6, 4, 0, 0, 0)),
        ((4, 6), (4, 6), (5, 5)),
        ((8, 4), (8, 4), (7, 5)),
        ((6, 4, 0), (5, 1, 4)),
        ((8, 4, 0), (7, 1, 4)),
        ((4, 16), (4, 16)),
        ((4, 16, 0), (6, 9, 5)),
        ((4, 5, 11), (4, 6, 10)),
        ((12, 0, 8), (4, 16, 0)),
    ],
)
def test_a_score_that_only_these_answers_would_have_told_is_not_told(table: Table) -> None:
    """A stranger found these: of all answers that print the same bars and score, one alone would have let the
    score out."""
    report = _report(table)
    assert report.index is not None and report.index.score.value is None
    assert all(cell.score.value is None for cell in report.objects + report.matrix)


@pytest.mark.parametrize("table", [((1, 2, 3, 5, 1), (2, 3, 3, 2, 2)), ((6, 6), (5, 7), (6, 6))])
def test_answers_that_spread_are_told_as_before(table: Table) -> None:
    report = _report(table)
    assert report.index is not None and report.index.score.value is not None
