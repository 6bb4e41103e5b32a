"""The same answers once more: told once, and what decides it is told anyway."""

from __future__ import annotations

import numpy as np

from reports.compute import compute
from reports.copies import copied
from reports.waves import Estate
from tests.samples.same_people import Answered, anew, people, wave
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

QUESTIONS = tuple(f"sp{number}" for number in range(6))


def test_a_file_that_is_imported_again_is_known_whatever_was_corrected() -> None:
    first = people(1)
    again = {
        "the same": first,
        "three fewer": {**first, "e0": first["e0"][3:]},
        "two corrected": {
            **first,
            "e1": [{**p, "sp0": 5} if n < 2 else p for n, p in enumerate(first["e1"])],
        },
        "an estate left out": {name: first[name] for name in ("e0", "e2")},
        "another name": {f"ny-{name}": own for name, own in first.items()},
        "cut in another way": {"e0": first["e0"][:27], "e0b": first["e0"][27:], "rest": first["e1"][:12]},
        "all in one": {"ett": [p for own in first.values() for p in own][2:]},
    }
    for what, answers in again.items():
        assert copied(wave(answers), wave(first)), what
        assert copied(wave(first), wave(answers)), what


def test_one_estate_alone_is_known_with_one_person_fewer() -> None:
    """Also of three questions, as the survey of 1976 has them, where forty have answered."""
    first = people(1)
    assert copied(wave({"ny": first["e1"][1:]}), wave(first))
    form = questionnaire(*(scored(name) for name in QUESTIONS[:3]))
    estate = [Estate("e2", "E2", "Nord", 60)]
    then, now, others = (
        wave_of(form, estate, {"e2": [{name: p[name] for name in QUESTIONS[:3]} for p in own]})
        for own in (first["e2"], first["e2"][1:], people(2)["e2"])
    )
    assert copied(now, then) and not copied(others, then)


def test_all_in_one_is_known_though_a_small_estate_hides_what_it_answered() -> None:
    first = people(1, (30, 7, 41, 26))
    assert copied(wave({"ett": [p for own in first.values() for p in own]}), wave(first))


def test_a_new_round_of_others_and_of_the_same_people_is_no_copy() -> None:
    first = people(1)
    for answers in (
        people(2),
        anew(first, 3),
        {**people(2), "e0": first["e0"][:20] + people(4)["e0"][:10]},
    ):
        assert not copied(wave(answers), wave(first))


def test_few_told_numbers_of_few_people_prove_nothing() -> None:
    form = questionnaire(scored("sp0"))
    estates = [Estate("e0", "E0", "Nord", 60)]
    one, other = (
        wave_of(form, estates, {"e0": [{"sp0": 1 + n % 2} for n in range(many)]}) for many in (30, 31)
    )
    assert not copied(one, other) and not copied(other, one)
    assert not copied(wave({"e0": []}), wave(people(1))) and not copied(one, wave_of(form, estates, {}))


Bars = dict[tuple[str, str], list[tuple[tuple[int, ...], int]]]


def _bars(answers: Answered) -> Bars:
    """What the reports on the estates tell, by estate and question."""
    reports = {name: compute(wave(answers), name) for name in answers}
    return {
        (name, question): [(part.codes, part.n) for part in report.items[question].segments]
        for name, report in reports.items()
        for question in QUESTIONS
    }


def _told_alike(answers: Answered, told: Bars, seed: int) -> Answered:
    """Others of whom every bar tells the same: each question is answered by other people of the estate, and
    what a bar merges is split otherwise."""
    rng = np.random.default_rng(seed)
    made = {name: [dict(person) for person in own] for name, own in answers.items()}
    for (name, question), parts in told.items():
        codes = [next(part for part, _ in parts if person[question] in part) for person in made[name]]
        for person, part in zip(made[name], rng.permutation(len(codes)).tolist(), strict=True):
            person[question] = int(rng.choice(codes[part]))
    # Where a part was split so that it could be told, it is left as it was.
    now = _bars(made)
    for name, question in told:
        if now[name, question] != told[name, question]:
            for person, before in zip(made[name], answers[name], strict=True):
                person[question] = before[question]
    return made


def test_who_makes_files_up_learns_nothing_that_the_bars_had_not_told_him() -> None:
    """He has guesses of the answers behind the bars, and sees which of them are refused. Of other people who
    are told alike, the same are: laid on the answers themselves, his guess is refused of the first alone."""
    real = people(5, (24, 33))
    told = _bars(real)
    others = _told_alike(real, told, 6)
    assert all(sorted(map(repr, others[name])) != sorted(map(repr, real[name])) for name in real)
    assert _bars(others) == told and any(len(part) > 1 for parts in told.values() for part, _ in parts)
    rng = np.random.default_rng(7)
    seen = set()
    for guess in (real, others):
        for few in range(6):
            fake = {name: own[few:] for name, own in guess.items()}
            fake["e1"] = [
                {**person, "sp0": 1 + (int(person["sp0"]) + (n < few)) % 5}
                for n, person in enumerate(fake["e1"])
            ]
            fake["e0"] = [fake["e0"][n] for n in rng.permutation(len(fake["e0"]))]
            found = copied(wave(fake), wave(real))
            assert found == copied(wave(fake), wave(others))
            seen.add(found)
    assert seen == {True, False}
