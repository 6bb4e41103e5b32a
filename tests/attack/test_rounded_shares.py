"""A share is rounded so that two answers do not show. What stands beside it must not show them either.

A reader who has every report goes from one tenant to the next and asks: had this one answered otherwise,
would anything that is printed of all have been another? It may, where the rounded share is, or where an
estate's own bars are; nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.items import item_result
from reports.results import Results
from reports.scope import Groundwork, Scope
from reports.waves import Estate, RegisterMargin, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

TWO = [
    {"code": code, "value": f"v{code}", "text": dict.fromkeys(("nb", "nn", "en"), f"gruppe {code}")}
    for code in (1, 2)
]
FORM = questionnaire(
    item("totalt", role="overall"),
    scored("hjem"),
    item("bruk", kind="multi", scale=None, specials=[], choices=TWO),
    item("alder", scale=None, background=True, specials=[], choices=TWO),
)
SIZES = {"a": 60, "b": 50, "c": 40, "d": 35, "e": 12, "f": 12, "g": 13, "h": 12}
HIDING = ("e", "f", "g", "h")
OLD = 0.6
MARGINS = (RegisterMargin("alder", (((1,), 330), ((2,), 270))),)


def _wave(good: dict[str, int], swapped: int = 0, **more: Any) -> Wave:
    """`good`: so many good answers in estates that hide them. `swapped`: so many good answers of old tenants
    of `a` are given by young ones instead, which its own bars do not show."""
    answers: dict[str, list[Answers]] = {}
    for name, n in SIZES.items():
        k = good.get(name, n // 2)
        codes = [5] * k + [1] * (5 if name in HIDING else n // 4)
        codes += [2] * (n - len(codes))
        people: list[Answers] = []
        for place, code in enumerate(codes):
            old = place % 5 < 5 * OLD
            people.append({"totalt": code, "hjem": code, "bruk": [1 + (code < 5)], "alder": 1 + old})
        if name == "a":
            _swap(people, swapped)
        answers[name] = people
    estates = [Estate(name, name.upper(), "Nord", 2 * n, **more) for name, n in SIZES.items()]
    return wave_of(FORM, estates, answers)


def _swap(people: list[Answers], many: int) -> None:
    old = [p for p in people if p["alder"] == 2 and p["totalt"] == 5][:many]
    young = [p for p in people if p["alder"] == 1 and p["totalt"] == 1][:many]
    for one, other in zip(old, young, strict=True):
        one["alder"], other["alder"] = 1, 2


def _known(wave: Wave, told: Results) -> object:
    """What a reader has of each estate, and the rounded bars of all."""
    ground = Groundwork.of(wave)
    scopes = [Scope.of(ground, estate.id) for estate in wave.estates]
    own = [item_result(scope, one) for scope in scopes for one in FORM.items()]
    return str(
        [(one.segments, {c: e.value for c, e in one.chosen.items()}) for one in (*told.items.values(), *own)]
    )


def _beside(told: Results) -> object:
    """All that is printed of single questions, but for the rounded shares."""
    return (
        {
            name: (found.favourable, found.mean, found.chosen, found.change)
            for name, found in told.items.items()
        },
        [(cell.score, cell.change) for cell in (*told.objects, *told.matrix)],
        told.nonresponse_bounds,
        told.weighting,
    )


def _walk(waves: list[Wave], least: int) -> None:
    before = _wave(dict.fromkeys(HIDING, 2), 1)
    before = replace(before, margins=waves[0].margins)
    printed: dict[object, list[object]] = {}
    for wave in waves:
        told = compute(wave, None, before)
        assert told.items["totalt"].favourable.value is not None
        assert told.items["totalt"].change is not None
        printed.setdefault(_known(wave, told), []).append(_beside(told))
    assert max(len(same) for same in printed.values()) >= least, "the walk crosses an edge at every step"
    for first, *others in printed.values():
        assert all(other == first for other in others)


@pytest.mark.parametrize("drawn", [False, True])
def test_nothing_beside_a_rounded_share_of_all_tells_more_than_the_share(drawn: bool) -> None:
    worlds = [{"e": 1 + i // 3, "f": 1 + i % 3, "g": 3, "h": 1 + i % 4} for i in range(9)]
    waves = [_wave(world) for world in worlds]
    if drawn:
        waves = [
            replace(w, estates=tuple(replace(e, dwellings=4 * SIZES[e.id]) for e in w.estates)) for w in waves
        ]
    _walk(waves, 3)


def test_nothing_beside_a_weighted_share_tells_more_than_the_share() -> None:
    hidden = dict.fromkeys(HIDING, 2)
    worlds = [(hidden, many) for many in range(6)] + [({**hidden, "f": 3}, 0), ({**hidden, "g": 4}, 2)]
    _walk([replace(_wave(*world), margins=MARGINS) for world in worlds], 3)
