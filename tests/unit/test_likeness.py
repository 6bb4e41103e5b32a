"""Two rounds of nearly the same people: found where they are, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import judge
from reports.compute import compute
from reports.disclosure import PROTECTED
from reports.likeness import ALL, likeness
from reports.waves import Estate
from tests.samples.same_people import BACKGROUND, FORM, anew, people, wave
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of


def test_others_are_like_nobody() -> None:
    assert likeness(wave(people(2)), wave(people(1))).repeated == frozenset()


def test_the_same_people_but_for_a_few_are_known_by_what_they_are() -> None:
    first = people(1)
    later = anew(first, 3)
    assert likeness(wave(later), wave(first)).unchanged >= {"e0", "e1", "e2", ALL}
    later["e1"] = later["e1"][2:] + people(9)["e1"][:1]
    found = likeness(wave(later), wave(first))
    assert {"e1", ALL} <= found.repeated and "e0" in found.unchanged


def test_where_a_few_came_or_went_the_report_does_not_tell_again_what_people_are() -> None:
    """The control: without it, the bars of both reports differ by the one who left."""
    first = people(1)
    later = anew(first, 3)
    gone = later["e1"].pop()
    then, now = wave(first), wave(later)
    bars = [
        {segment.codes: segment.n for segment in compute(one, "e1").items["alder"].segments}
        for one in (then, now)
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


def test_nobody_and_no_common_question_are_like_nothing() -> None:
    empty = wave({"e0": []})
    other = wave_of(
        questionnaire(scored("annet")), [Estate("e0", "E0", "Nord", 9)], {"e0": [{"annet": 1}] * 9}
    )
    for one, two in ((empty, wave(people(1))), (wave(people(1)), empty), (wave(people(1)), other)):
        found = likeness(one, two)
        assert (found.repeated, found.unchanged) == (frozenset(), frozenset())
