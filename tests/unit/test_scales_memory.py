"""Reports of very many answers are made on a small machine: scores stand as columns one kind at a time."""

from __future__ import annotations

import tracemalloc

import numpy as np

from reports.scales import scales
from reports.scope import Groundwork, Scope
from reports.waves import Estate
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

QUESTIONS = 12
PEOPLE = 10_000
KINDS = 4.5
"""At once: what the bars tell of each answer, the same from its mean, that backwards, and single columns. It
was seven, and a half million answers to forty questions took 626 MB."""


def test_how_answers_go_together_is_reckoned_in_little_more_than_three_times_their_columns() -> None:
    draw = np.random.default_rng(0)
    form = questionnaire(*(scored(f"q{n}") for n in range(QUESTIONS)))
    answers = {
        name: [
            {f"q{n}": int(c) for n, c in enumerate(row)}
            for row in draw.integers(1, 6, (PEOPLE // 2, QUESTIONS))
        ]
        for name in ("a", "b")
    }
    estates = [Estate(name, name, "Nord", PEOPLE) for name in answers]
    whole = Scope.of(Groundwork.of(wave_of(form, estates, answers)), None)
    scales(whole)  # what is kept once is there
    tracemalloc.start()
    try:
        (found,) = scales(whole)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.items == QUESTIONS
    assert most < KINDS * PEOPLE * QUESTIONS * 8
