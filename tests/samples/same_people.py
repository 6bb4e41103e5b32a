"""Rounds of the same people and of others: six questions that may change, three of what people are."""

from __future__ import annotations

import numpy as np

from forms.answers import Answers
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of


def _choices(n: int) -> list[dict[str, object]]:
    return [{"code": c, "value": f"v{c}", "text": {"nb": f"gruppe {c}"}} for c in range(1, n + 1)]


FORM = questionnaire(
    *(scored(f"sp{number}") for number in range(6)),
    *(item(name, scale=None, background=True, specials=[], choices=_choices(n))
      for name, n in (("alder", 4), ("bo", 3), ("rom", 3))),
)  # fmt: skip
BACKGROUND = ("alder", "bo", "rom")
Answered = dict[str, list[Answers]]


def people(seed: int, sizes: tuple[int, ...] = (30, 24, 41)) -> Answered:
    rng = np.random.default_rng(seed)
    return {
        f"e{place}": [
            {
                **{f"sp{number}": int(rng.integers(1, 6)) for number in range(6)},
                "alder": int(rng.integers(1, 5)),
                "bo": int(rng.integers(1, 4)),
                "rom": int(rng.integers(1, 4)),
            }
            for _ in range(n)
        ]
        for place, n in enumerate(sizes)
    }  # fmt: skip


def wave(answers: Answered, area: str = "Nord") -> Wave:
    return wave_of(FORM, [Estate(name, name, area, 60) for name in answers], answers)


def anew(answers: Answered, seed: int) -> Answered:
    """The same people, who answer anew what can be answered anew."""
    rng = np.random.default_rng(seed)
    return {
        name: [
            {key: code if key in BACKGROUND else int(rng.integers(1, 6)) for key, code in person.items()}
            for person in own
        ]
        for name, own in answers.items()
    }
