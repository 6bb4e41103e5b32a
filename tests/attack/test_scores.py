"""Scores of several questions, beside all bars and totals, give no answer of a few away, and no house of one
mind.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from forms.questionnaire import Questionnaire
from reports.alphas import together_told
from reports.cells import matrix_of
from reports.compute import compute
from reports.index import Key
from reports.inference import difference
from reports.rounding import outward
from reports.scope import Groundwork, Scope
from reports.waves import Estate
from tests.attack.scores import CODES, HALF, Reader, house
from tests.attack.test_tables import DRAWN
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import wave_of

RANGE = 4
"""Every count that is not told keeps so wide a range: docs/methods.md."""
FACETS = ("funksjonell", "sosial", "emosjonell")
FORMS: dict[str, Questionnaire] = {
    "one cell": questionnaire(scored("a"), scored("b")),
    "three in a cell": questionnaire(scored("a"), scored("b"), scored("c")),
    "two cells": questionnaire(
        scored("a"), scored("b"), scored("c", facet="sosial"), scored("d", facet="sosial")
    ),
    "a cell and a question": questionnaire(scored("a"), scored("b"), scored("c", facet="sosial")),
    "three cells": questionnaire(
        *(scored(f"{facet[0]}{n}", facet=facet) for facet in FACETS for n in (1, 2))
    ),
    "objects of cells": questionnaire(
        *(scored(f"{o[0]}{f[0]}{n}", o, f) for o in ("bolig", "utleier") for f in FACETS[:2] for n in (1, 2))
    ),
    "two objects": questionnaire(scored("a"), scored("b"), scored("c", "utleier"), scored("d", "utleier")),
    "an object and a question": questionnaire(scored("a"), scored("b"), scored("c", "utleier")),
}
Table = NDArray[np.int64]
drawn = settings(
    max_examples=DRAWN or 60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)


def _drawn(seed: int, questions: int, estates: int) -> tuple[Table, list[int | None]]:
    """Estates from 5 to 60, where some agree on some questions, or on all."""
    random = np.random.default_rng(seed)
    table = np.zeros((estates, questions, CODES), np.int64)
    for own in table:
        n = int(random.choice([5, 6, 8, 10, 12, 20, 30, 60]))
        agree = random.random() < 0.25
        for row in own:
            lean = random.dirichlet(np.ones(CODES) * random.choice([0.15, 0.6, 3.0]))
            row[:] = n * np.eye(CODES, dtype=np.int64)[4] if agree else random.multinomial(n, lean)
    rate = random.choice([0.0, 1.0, 1.3, 2.0])
    invited = [round(int(own[0].sum()) * rate) if rate else None for own in table]
    return table, invited


def _attack(form: Questionnaire, table: Table, invited: list[int | None], seed: int = 0) -> Reader:
    reader = Reader(form, invited, table)
    reader.read(house(form, table, invited, np.random.default_rng(seed)))
    return reader


@drawn
@given(st.sampled_from(sorted(FORMS)), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_bars_scores_totals_and_comparisons_together_give_nobody_away(
    name: str, estates: int, seed: int
) -> None:
    form = FORMS[name]
    table, invited = _drawn(seed, len(list(form.items())), estates)
    assert _attack(form, table, invited, seed).found(RANGE) == []


@drawn
@given(st.sampled_from(sorted(FORMS)), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_nor_where_people_leave_questions_out(name: str, estates: int, seed: int) -> None:
    form, random = FORMS[name], np.random.default_rng(seed)
    table, invited = _drawn(seed, len(list(form.items())), estates)
    everybody = random.integers(0, table.shape[1])
    skipped = random.choice([0.05, 0.2, 0.6])
    for q in range(table.shape[1]):
        if q != everybody:
            table[:, q] -= random.binomial(table[:, q], skipped)
    assert _attack(form, table, invited, seed).found(RANGE) == []


def _reads_too(reader: Reader, shares: dict[int, float], key: Key) -> None:
    """What was printed before there was a rule: the score in whole points, whatever else is told."""
    row = reader.mean(shares, key)
    printed = np.floor(float((row * reader.table).sum()) + 0.5)
    reader.learn(row, printed - HALF, printed + HALF)


CONTENT = np.array([[[0, 0, 0, 0, 6], [0, 0, 0, 0, 6]]] * 2)


def test_two_houses_of_one_mind_are_found_in_their_score_and_nothing_tells_it() -> None:
    """A stranger found this one: two houses of six, hidden each, and "100 of 100" for both."""
    reader = _attack(FORMS["one cell"], CONTENT, [10, 10])
    assert reader.found(RANGE) == []
    _reads_too(reader, reader.weights([0, 1]), (None, None))
    assert len(reader.found(RANGE)) == 4


def test_a_score_beside_a_question_that_is_told_would_tell_the_other_one() -> None:
    """Thirty answers: one question is told as it is, of the other all but two said the same. The mean of both
    less the one told is the other."""
    table = np.array([[[6, 6, 6, 6, 6], [0, 0, 0, 2, 28]]])
    reader = _attack(FORMS["one cell"], table, [40])
    assert reader.found(RANGE) == []
    _reads_too(reader, {0: 1.0}, ("bolig", "funksjonell"))
    assert ((0, 1, 3), 2) in [(cell, n) for cell, n, _ in reader.found(RANGE)]


def test_what_lies_between_two_scores_is_not_told_by_both() -> None:
    """All agree on one facet, which is hidden; the object less the other facet would be it."""
    table = np.array([[[3, 2, 2, 3, 2], [2, 3, 2, 3, 2], [0, 0, 0, 0, 12], [0, 0, 0, 0, 12]]])
    reader = _attack(FORMS["two cells"], table, [40])
    assert reader.found(RANGE) == []
    for key in (("bolig", None), ("bolig", "funksjonell")):
        _reads_too(reader, {0: 1.0}, key)
    assert {cell[1] for cell, *_ in reader.found(RANGE)} == {2, 3}


@pytest.mark.parametrize(("name", "rows", "invited"), [
    # Of three in the small estate nobody was in doubt: pinned, by three scores of both and the bars of both.
    ("objects of cells", [
        [[47, 0, 7, 6, 0], [12, 20, 12, 9, 7], [50, 10, 0, 0, 0], [13, 17, 3, 7, 20],
         [19, 10, 13, 4, 14], [33, 2, 1, 22, 2], [5, 10, 12, 24, 9], [36, 21, 2, 1, 0]],
        [[11, 0, 0, 0, 1], [1, 0, 8, 0, 3], [3, 0, 8, 1, 0], [1, 1, 3, 0, 7],
         [5, 0, 1, 3, 3], [6, 3, 0, 0, 3], [1, 1, 3, 6, 1], [0, 0, 0, 0, 12]],
    ], [None, None]),
    # Its own score, and the bar of all three, for one question each.
    ("two objects", [
        [[0, 0, 0, 0, 12]] * 4,
        [[2, 2, 2, 7, 7], [4, 0, 7, 1, 8], [2, 4, 12, 1, 1], [9, 1, 2, 8, 0]],
        [[0, 0, 5, 0, 15], [2, 13, 4, 0, 1], [0, 0, 0, 0, 20], [1, 0, 15, 2, 2]],
    ], [None, None, None]),
    # A house of ten of one mind, between the bar of all and the score of another.
    ("two objects", [
        [[0, 7, 0, 0, 3], [0, 0, 0, 0, 10], [10, 0, 0, 0, 0], [2, 0, 0, 0, 8]],
        [[0, 0, 0, 9, 11], [2, 4, 9, 2, 3], [17, 0, 0, 3, 0], [2, 11, 4, 2, 1]],
        [[2, 0, 3, 0, 0], [0, 0, 0, 5, 0], [0, 0, 0, 5, 0], [1, 1, 0, 1, 2]],
    ], [10, 20, 5]),
])  # fmt: skip
def test_scores_of_estates_do_not_tell_together_with_the_bars_of_all(
    name: str, rows: list[list[list[int]]], invited: list[int | None]
) -> None:
    """Drawn by the attack above: each score by itself left room enough."""
    assert _attack(FORMS[name], np.array(rows), invited).found(RANGE) == []


def test_scores_that_hide_nobody_are_still_told() -> None:
    table = np.array([[[6, 7, 5, 9, 8], [7, 6, 8, 5, 9]], [[9, 6, 7, 8, 5], [5, 7, 9, 6, 8]]])
    wave = house(FORMS["one cell"], table, [50, 50], np.random.default_rng(0))
    for scope in ("e0", "e1", None):
        found = compute(wave, scope)
        assert found.index is not None and found.index.score.value is not None


def test_made_up_rounds_before_tell_no_more_of_a_score_than_its_report_does() -> None:
    """A stranger imported rounds in which everybody had answered, moved by a sixteenth of a point each, and
    watched where the ends of the change leapt: fifteen of them told the sum of all scores, and single people.

    Two towns that differ in one tenant and print the same: no such round tells them apart."""
    form, random = FORMS["one cell"], np.random.default_rng(0)
    towns = [
        house(form, np.array([[[few, 26 - few, 38, 37, 19], [2, 26, 33, 34, 25]]]), [150], random)
        for few in (3, 4)
    ]
    rounds = [
        house(form, np.array([[[40] * 5, [40 - k, 40 + k, 40, 40, 40]]]), [200], random) for k in range(16)
    ]
    told: list[list[object]] = [[], []]
    leaps: list[list[object]] = [[], []]
    exact = [matrix_of(Scope.of(Groundwork.of(wave), "e0")).exact[None, None] for wave in (*towns, *rounds)]
    for town, wave in enumerate(towns):
        for k, before in enumerate(rounds):
            report = compute(wave, "e0", before)
            assert report.index is not None and report.index.change is not None
            told[town].append((report.index, report.objects, report.matrix))
            d = difference(exact[town], exact[2 + k])
            leaps[town].append(outward(d.low, d.high, 1))
    assert told[0] == told[1]
    assert leaps[0] != leaps[1], "ends of the exact intervals would have told"


def _printed(
    people: Sequence[tuple[int | None, int | None]], scope: str | None = "e", homes: int | None = 60
) -> object:
    """All that is printed of the scores and bars of two questions of one theme."""
    form = FORMS["one cell"]
    answers = [{q: code for q, code in zip("ab", two, strict=True) if code is not None} for two in people]
    found = compute(wave_of(form, [Estate("e", "E", "Nord", homes)], {"e": answers}), scope)
    bars = {name: (own.n, own.segments, own.special) for name, own in found.items.items()}
    return found.index, found.objects, found.matrix, bars


DO_NOT_KNOW = 254


@pytest.mark.parametrize("left_out", [None, DO_NOT_KNOW])
@pytest.mark.parametrize("many", [1, 4, 8])
def test_a_score_does_not_tell_what_those_said_to_one_question_who_left_the_other_out(
    left_out: int | None, many: int
) -> None:
    """A stranger read it off: twice the score less both bars is the sum of what they said."""
    told = []
    for no in range(many + 1):
        few: list[tuple[int | None, int | None]] = [(left_out, 1)] * no + [(left_out, 5)] * (many - no)
        others = [1] * (11 - no) + [5] * (19 - many + no)
        told.append(_printed([*few, *zip([1] * 12 + [5] * (18 - many), others, strict=True)]))
    assert all(own == told[0] for own in told)


@pytest.mark.parametrize("homes", [None, 40, 60, 90])
@pytest.mark.parametrize(
    ("n", "first", "second"), [(55, 12, 14), (30, 10, 8), (25, 7, 8), (12, 5, 5), (40, 20, 20)]
)
def test_the_interval_of_a_score_does_not_tell_how_many_gave_two_answers_at_once(
    n: int, first: int, second: int, homes: int | None
) -> None:
    """Nor does it that there is none: of 20 and 30 all may have said yes to the one and no to the other."""
    told = []
    for both in range(max(0, first + second - n), min(first, second) + 1):
        start = first - both
        people = [(1 if k < first else 5, 1 if start <= k < start + second else 5) for k in range(n)]
        told.append(_printed(people, homes=None if homes is None else max(n, homes)))
    assert all(own == told[0] for own in told)


def test_the_interval_of_a_score_tells_nothing_that_the_printed_score_and_the_bars_do_not() -> None:
    """Of 128 people some may have said one answer rather than another that the bar tells with it: while the
    printed score is the same, so is its interval, to both ends."""
    form, random = FORMS["one cell"], np.random.default_rng(0)
    told: dict[object, set[object]] = {}
    for few in range(0, 5):
        for more in range(0, 5):
            first = [few, 26 - few, 38, 37, 19]
            second = [more, 28 - more, 33, 34, 25]
            found = compute(house(form, np.array([[first, second]]), [150], random), "e0")
            assert found.index is not None
            told.setdefault(found.index.score.value, set()).add((found.index, found.objects, found.matrix))
    assert all(len(own) == 1 for own in told.values())


@pytest.mark.parametrize("more", [1.0, 2.0])
def test_how_closely_answers_go_together_is_told_so_that_five_others_might_as_well_have(more: float) -> None:
    """Widths of several estates rest on the sum of all covariances: with noise, so that it is at most e^2
    times less likely (of an index e times) when five people answer otherwise."""
    for both in (12, 7, 2):
        spread = np.full((2, 2), 0.0)
        people = [(0.0 if k < 12 else 100.0, 0.0 if 12 - both <= k < 26 - both else 100.0) for k in range(55)]
        others = [(0.0 if k < 12 else 100.0, 0.0 if 17 - both <= k < 31 - both else 100.0) for k in range(55)]
        law = []
        for own in (people, others):
            spread = np.cov(np.array(own).T)
            law.append([together_told(spread, [100.0, 100.0], 55, lot, more) for lot in (0.0, 1.0)])
        (here, one), (there, _) = law
        assert one.value - here.value == pytest.approx(here.noise)
        assert abs(here.value - there.value) <= 2 / more * here.noise * (1 + 1e-9)
