"""One model of what goes with the overall answer: odds with doubt, no cause, nobody to be found."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from reports.documents.findings_page import web
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere, everywhere
from reports.inference.models import Factor, ordered_logit
from reports.scope import Groundwork
from reports.together import printed_ends
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(item("helhet", role="overall"), item("ro"), item("lys"), item("tak"), index=False)


def _people(n: int, seed: int = 5) -> list[Answers]:
    """Peace strongly and light weakly go with the overall answer, the roof not at all."""
    rng = np.random.default_rng(seed)
    people: list[Answers] = []
    for _ in range(n):
        ro, lys, tak = (int(code) for code in rng.integers(1, 6, 3))
        mood = 0.9 * ro + 0.4 * lys + rng.logistic()
        people.append(
            {"helhet": int(np.digitize(mood, [2.5, 3.5, 4.5, 5.5])) + 1, "ro": ro, "lys": lys, "tak": tak}
        )
    return people


def _estates(n: int) -> dict[str, list[Answers]]:
    """n people in each of six."""
    return {name: _people(n, 5 + place) for place, name in enumerate("abcdef")}


def _wave(n: int) -> Wave:
    people = {**_estates(n), "få": _people(4, 7)}
    return wave_of(FORM, [Estate(name, name, "Nord", 900) for name in people], people)


@cache
def _round(n: int = 240) -> Everywhere:
    return everywhere(_wave(n))


def test_the_same_wave_always_tells_the_same_odds_and_another_draws_other_widths() -> None:
    assert everywhere(_wave(240)).together == _round().together
    about = ("odds", "ro", (4, 5))
    one, other = (Groundwork.of(_wave(n)).widths.wider(6, about) for n in (240, 200))
    assert one != other


def test_odds_of_which_next_to_nothing_is_known_are_told_without_an_upper_end() -> None:
    assert printed_ends(2.0, 9.0) == (0.0, math.inf)
    assert printed_ends(2.0, 700.0) == (0.0, math.inf)
    assert printed_ends(2.0, 1.0) == (0.7, 5.6)
    assert printed_ends(0.01, 0.1) == (0.0, 0.02)
    told = _round().together
    assert told is not None
    row = replace(told.rows[0], low=0.2, high=math.inf)
    page = web(replace(_round(), together=replace(told, rows=(row,))), "nb")
    assert "0,2 eller mer" in page


def test_the_odds_are_those_of_the_model_and_their_doubt_its_own_times_what_was_drawn() -> None:
    told = _round().together
    assert told is not None
    assert {row.factor for row in told.rows} == {"ro", "lys"}
    estates = _estates(240)
    people = [person for own in estates.values() for person in own]
    parts = {
        row.factor: {row.lowest, *(r.codes for r in told.rows if r.factor == row.factor)} for row in told.rows
    }
    order = {name: sorted(own) for name, own in parts.items()}
    bar = [segment.codes for segment in _round().whole.items["helhet"].segments]

    def place(own: list[tuple[int, ...]], code: object) -> int:
        return next(i for i, codes in enumerate(own) if code in codes)

    factors = {
        name: Factor(
            np.array([place(own, person[name]) for person in people]), [str(i) for i in range(len(own))]
        )
        for name, own in order.items()
    }
    where = np.repeat(np.arange(len(estates)), [len(own) for own in estates.values()])
    model = ordered_logit([place(bar, person["helhet"]) for person in people], factors, where)
    exact = {(e.factor, order[e.factor][int(e.group)]): e for e in model.effects}
    widths = Groundwork.of(_wave(240)).widths
    for row in told.rows:
        effect = exact[row.factor, row.codes]
        value, half = effect.odds[0], effect.high - effect.value
        assert row.value == pytest.approx(value, abs=0.06 if value < 10 else 0.6)
        drawn = half * widths.wider(len(estates), ("odds", row.factor, row.codes))
        assert (row.low, row.high) == printed_ends(row.value, drawn)
        assert row.low <= value * np.exp(-drawn) and value * np.exp(drawn) <= row.high
    assert told.n % 5 == 0
    assert any(row.sure and row.low > 1 for row in told.rows)


def test_where_fine_answers_are_too_few_good_ones_are_set_beside_others() -> None:
    """Nobody stands at one end of the one and at the other end of the other: those pairs are not told of."""
    rng = np.random.default_rng(3)
    people: list[Answers] = []
    for _ in range(400):
        ro = int(rng.integers(1, 6))
        lys = int(np.clip(ro + rng.integers(-1, 2), 1, 5))
        mood = 0.9 * ro + 0.9 * lys + rng.logistic()
        people.append({"helhet": int(np.digitize(mood, [3, 4.5, 6, 8])) + 1, "ro": ro, "lys": lys})
    found = everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 900)], {"a": people}))
    assert any(len(a.rows) > 2 for a in found.whole.associations)
    assert found.together is not None
    assert {(row.lowest, row.codes) for row in found.together.rows} == {((1, 2, 3), (4, 5))}
    assert {row.factor for row in found.together.rows} == {"ro", "lys"}


def test_there_is_no_model_of_few_people() -> None:
    assert _round(10).together is None


def test_a_question_whose_answers_hardly_meet_those_of_another_stays_out() -> None:
    """The twin of peace is answered like it but for four people: who they are would follow."""
    people = [{**person, "tak": person["ro"] if k > 3 else 1 + int(str(person["ro"])) % 5}
              for k, person in enumerate(_people(700))]  # fmt: skip
    found = everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 900)], {"a": people}))
    assert {a.factor for a in found.whole.associations if a.distinguishable} >= {"ro", "tak"}
    told = found.together
    assert told is not None
    factors = {row.factor for row in told.rows}
    assert "lys" in factors
    assert len(factors & {"ro", "tak"}) == 1


def _three_ways(n: int = 105) -> list[Answers]:
    """Three questions of four answers each, all sixteen pairs of two about as often. All go with the overall
    one, which a third gave each of three answers to."""
    rng, codes = np.random.default_rng(43), (1, 2, 4, 5)
    places = [(k % 4, k // 4 % 4, (k % 4 + k // 4 + k // 16) % 4) for k in range(n)]
    moods = [0.4 * sum(place) + rng.logistic() for place in places]
    ranks = np.argsort(np.argsort(moods)).tolist()
    return [
        {"helhet": 2 + rank * 3 // n, "ro": codes[a], "lys": codes[b], "tak": codes[c]}
        for rank, (a, b, c) in zip(ranks, places, strict=True)
    ]


def test_where_the_overall_bar_is_too_fine_for_so_few_people_good_answers_stand_beside_others() -> None:
    """Eleven numbers to find want 110 people; with good answers beside others a hundred are enough."""
    found = everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 900)], {"a": _three_ways()}))
    assert [part.n for part in found.whole.items["helhet"].segments if part.n] == [35, 35, 35]
    assert found.together is not None
    assert found.together.n == 105
    assert len(found.together.rows) == 9


def test_a_question_that_nobody_in_one_part_of_another_answered_stays_out_and_the_model_is_told() -> None:
    """Who had most peace was not asked about light: of all who answered both, nobody is in that part."""
    rng = np.random.default_rng(8)
    people: list[Answers] = []
    for _ in range(900):
        ro, lys, tak = (int(code) for code in rng.integers(1, 6, 3))
        mood = 0.9 * ro + 0.3 * lys + 0.7 * tak + rng.logistic()
        person: Answers = {"helhet": int(np.digitize(mood, [4, 5, 6, 7])) + 1, "ro": ro, "tak": tak}
        people.append(person if ro == 5 else {**person, "lys": lys})
    found = everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 950)], {"a": people}))
    assert {a.factor for a in found.whole.associations if a.distinguishable} == {"ro", "lys", "tak"}
    assert found.together is not None
    assert {row.factor for row in found.together.rows} == {"ro", "tak"}


@cache
def _against() -> Everywhere:
    """The more peace, the lower the overall answer: odds far below a tenth."""
    rng = np.random.default_rng(1)
    people: list[Answers] = []
    for _ in range(700):
        ro, lys = (int(code) for code in rng.integers(1, 6, 2))
        mood = -2.0 * (ro - 3) + 0.5 * (lys - 3) + rng.logistic()
        people.append({"helhet": int(np.digitize(mood, [-2, -1, 1, 2])) + 1, "ro": ro, "lys": lys})
    return everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 900)], {"a": people}))


def test_odds_below_a_tenth_are_told_in_hundredths_and_never_as_nothing() -> None:
    told = _against().together
    assert told is not None
    small = [row.value for row in told.rows if row.value < 0.1]
    assert small and min(small) >= 0.01
    table = web(_against(), "nb").split('id="samlet"')[1].split("</table>")[0]
    odds = re.findall(r"<strong>([\d,]+)</strong>", table)
    assert len(odds) == len(told.rows)
    assert "0,0" not in odds and "0,01" in odds
    assert "mellom 0 og 0,04" in table


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_findings_of_all_estates_tell_it_with_intervals_and_without_causes(language: str) -> None:
    words = Words.of(FORM, language)
    page = web(_round(), language)
    part = page[page.index('id="samlet"') :]
    part = part[: part.index("</table>")]
    told = _round().together
    assert told is not None
    assert part.count('scope="row"') == len(told.rows)
    assert words.t("model.higher") in part
    assert words.t("association.caution") in page
    said = " ".join(words.t(f"model.{key}", outcome="", who="", n="", answers="", lowest="")
                    for key in ("how", "beside", "same", "higher", "lower"))  # fmt: skip
    assert not re.search(r"fører til|skyldes|kjem av|påvirk|cause|leads to|because|effect", said)
    assert 'id="samlet"' not in web(_round(), language, ("estate", "a"))
