"""Two rounds of nearly the same people: found where they are, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.answers import Answers
from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import judge
from reports.compute import compute
from reports.disclosure import PROTECTED
from reports.likeness import ALL, likeness
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


def _people(seed: int, sizes: tuple[int, ...] = (30, 24, 41)) -> Answered:
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


def _wave(answers: Answered, area: str = "Nord") -> Wave:
    return wave_of(FORM, [Estate(name, name, area, 60) for name in answers], answers)


def _anew(answers: Answered, seed: int) -> Answered:
    """The same people, who answer anew what can be answered anew."""
    rng = np.random.default_rng(seed)
    return {
        name: [
            {key: code if key in BACKGROUND else int(rng.integers(1, 6)) for key, code in person.items()}
            for person in people
        ]
        for name, people in answers.items()
    }


def test_a_file_that_is_imported_again_is_known_whatever_was_corrected() -> None:
    first = _people(1)
    again = {
        "the same": first,
        "three fewer": {**first, "e0": first["e0"][3:]},
        "two corrected": {
            **first,
            "e1": [{**p, "sp0": 5} if n < 2 else p for n, p in enumerate(first["e1"])],
        },
        "an estate left out": {name: first[name] for name in ("e0", "e2")},
        "another name": {f"ny-{name}": people for name, people in first.items()},
        "cut in another way": {"e0": first["e0"][:27], "e0b": first["e0"][27:], "rest": first["e1"][:12]},
        "all in one": {"ett": [p for people in first.values() for p in people][2:]},
    }
    for what, answers in again.items():
        assert likeness(_wave(answers), _wave(first)).copied, what


def test_a_new_round_of_others_and_of_the_same_people_is_no_copy() -> None:
    first = _people(1)
    for answers in (
        _people(2),
        _anew(first, 3),
        {**_people(2), "e0": first["e0"][:20] + _people(4)["e0"][:10]},
    ):
        assert not likeness(_wave(answers), _wave(first)).copied
    assert likeness(_wave(_people(2)), _wave(first)).repeated == frozenset()


def test_the_same_people_but_for_a_few_are_known_by_what_they_are() -> None:
    first = _people(1)
    later = _anew(first, 3)
    assert likeness(_wave(later), _wave(first)).unchanged >= {"e0", "e1", "e2", ALL}
    later["e1"] = later["e1"][2:] + _people(9)["e1"][:1]
    found = likeness(_wave(later), _wave(first))
    assert {"e1", ALL} <= found.repeated and "e0" in found.unchanged
    assert not found.copied


def test_where_a_few_came_or_went_the_report_does_not_tell_again_what_people_are() -> None:
    """The control: without it, the bars of both reports differ by the one who left."""
    first = _people(1)
    later = _anew(first, 3)
    gone = later["e1"].pop()
    then, now = _wave(first), _wave(later)
    bars = [
        {segment.codes: segment.n for segment in compute(wave, "e1").items["alder"].segments}
        for wave in (then, now)
    ]
    alike = {codes: n - bars[1][codes] for codes, n in bars[0].items() if codes in bars[1]}
    assert sorted(alike.values())[-1] == 1 and any(gone["alder"] in codes for codes, n in alike.items() if n)
    found = likeness(now, then)
    guarded = replace(now, repeated=found.repeated, unchanged=found.unchanged - found.repeated)
    for scope in ("e1", None):
        report = compute(guarded, scope)
        for name in BACKGROUND:
            assert report.items[name].hidden == PROTECTED and report.items[name].segments == ()
        assert report.items["sp0"] == compute(now, scope).items["sp0"]
    assert compute(guarded, "e0") == compute(now, "e0")
    with pytest.raises(NumbersRefused, match="same_people"):
        judge(guarded, parse(FORM, "sp0", ["alder"], "all", "standard"), [], None)


def test_few_different_answers_prove_nothing() -> None:
    form = questionnaire(scored("sp0"))
    estates = [Estate("e0", "E0", "Nord", 60)]
    one = wave_of(form, estates, {"e0": [{"sp0": 1 + n % 2} for n in range(30)]})
    other = wave_of(form, estates, {"e0": [{"sp0": 1 + n % 2} for n in range(31)]})
    assert likeness(one, other) == likeness(other, one)
    assert not likeness(one, other).copied


def test_nobody_and_no_common_question_are_like_nothing() -> None:
    empty = _wave({"e0": []})
    other = wave_of(
        questionnaire(scored("annet")), [Estate("e0", "E0", "Nord", 9)], {"e0": [{"annet": 1}] * 9}
    )
    for one, two in ((empty, _wave(_people(1))), (_wave(_people(1)), empty), (_wave(_people(1)), other)):
        found = likeness(one, two)
        assert (found.copied, found.repeated, found.unchanged) == (False, frozenset(), frozenset())
