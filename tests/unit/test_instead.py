"""Where a table by group is refused, what can be told of the same groups in single places is said first."""

from __future__ import annotations

import numpy as np

from reports.breakdowns.asking import parse
from reports.breakdowns.instead import instead
from reports.breakdowns.ledger import judge
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

AGES = [
    {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"alder {c}")} for c in (1, 2, 3)
]
FORM = questionnaire(
    scored("hjem"), item("alder", scale=None, background=True, specials=[], choices=AGES), index=False
)


def _round(answers: int) -> Wave:
    """Six estates of two areas."""
    draw = np.random.default_rng(0)
    people = {
        f"e{k}": [{"hjem": int(draw.integers(1, 6)), "alder": 1 + n % 3} for n in range(answers)]
        for k in range(6)
    }
    estates = [Estate(name, name, f"A{k % 2}", 2 * answers) for k, name in enumerate(people)]
    return wave_of(FORM, estates, people)


def test_who_is_refused_all_together_is_told_that_areas_and_estates_can_be_had() -> None:
    """Of three hundred unlike estates by age all together was refused, and only other backgrounds offered."""
    wave = _round(60)
    asked = parse(FORM, "hjem", ["alder"], "all", "standard")
    have = instead(wave, asked, (), None).other
    assert [(one.level, one.by) for one in have] == [("area", asked.by), ("estate", asked.by)]
    for one in have:
        found = judge(wave, one, (), None)
        assert found.told.any() and not found.wider


def test_places_of_which_nothing_would_be_told_are_not_offered() -> None:
    asked = parse(FORM, "hjem", ["alder"], "all", "standard")
    assert instead(_round(6), asked, (), None).other == ()


def test_wider_places_than_were_asked_for_are_no_narrower_ones() -> None:
    asked = parse(FORM, "hjem", ["alder"], "estate", "standard")
    assert instead(_round(60), asked, (), None).other == ()
