"""Where no estate shows its bar, numbers by group count all answers; the report counts them by homes.

A reader has both: what all of them gave, exactly, and the report's rounded edges, in which nine answers of
200 homes weigh more than nine of 30. He looks for what single houses answered.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from forms.answers import Answers
from reports.breakdowns import people as breakdowns
from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NothingToTell
from reports.breakdowns.ledger import Judgement, judge
from reports.compute import compute
from reports.disclosure import MINIMUM, share_step
from reports.results import Segment
from reports.waves import Estate, Wave
from tests.attack.solving import Known
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(item("q", role="overall"), item("alder", background=True), index=False)
Table = NDArray[np.int64]


def _wave(table: Table, homes: list[int]) -> Wave:
    """`table`: estates x answers. Every other tenant is young."""
    answers: dict[str, list[Answers]] = {
        f"e{e}": [{"q": code + 1, "alder": 1 + 4 * (k % 2)} for code, n in enumerate(row) for k in range(n)]
        for e, row in enumerate(table.tolist())
    }
    estates = [Estate(name, name, "Nord", n) for name, n in zip(answers, homes, strict=True)]
    return wave_of(FORM, estates, answers)


def _landlord(seed: int, homes: list[int]) -> Table:
    """Nine answers of each estate, and the first one unlike the others."""
    random = np.random.default_rng(seed)
    lean, own = random.dirichlet([2, 2, 2, 4, 3]), random.dirichlet([1, 1, 1, 1, 1])
    rows = [random.multinomial(9, own), *(random.multinomial(9, lean) for _ in homes[1:])]
    return np.array(rows)


def _numbers(wave: Wave) -> Judgement | None:
    try:
        return judge(wave, parse(FORM, "q", ["alder=1,5"], "all", "standard"), [], None)
    except NothingToTell:
        return None


def _found(table: Table, homes: list[int], report: tuple[Segment, ...], numbers: Judgement) -> list[int]:
    """Answers that 1 to 4, or all, of the first estate gave, and that have fewer than five numbers left."""
    estates, codes = table.shape
    n = table.sum(axis=1)
    weight = np.repeat(np.array(homes) / sum(homes) / n, codes)
    step = share_step(weight)
    assert step is not None
    code = np.tile(np.arange(codes), estates)
    rows = [np.repeat(np.eye(estates)[e], codes) for e in range(estates)]
    low = high = n.astype(float).tolist()
    high = list(low)
    edge = 0.0
    for segment in report[:-1]:
        edge += segment.share
        rows.append(weight * (code < segment.codes[-1]))
        low.append(edge - step / 2 - 1e-9)
        high.append(edge + step / 2 + 1e-9)
    for (first, last), told in zip(numbers.people.spans, numbers.whole[0, 1:].tolist(), strict=True):
        rows.append(((code >= first) & (code < last)).astype(float))
        low.append(told)
        high.append(told)
    cells = [c for c in range(codes) if 0 < table[0, c] < MINIMUM or table[0, c] == n[0]]
    wanted = np.eye(table.size)[cells]
    least, most = Known(rows, low, high, 9).ranges(wanted, MINIMUM - 1, table.ravel().astype(float))
    return [cells[at] for at in np.flatnonzero(most - least < MINIMUM - 1)]


def _readings(homes: list[int], seeds: range) -> tuple[int, int]:
    """How many landlords were told numbers beside a bar of all, and of how many the reader finds somebody."""
    told = found = 0
    for seed in seeds:
        table = _landlord(seed, homes)
        wave = _wave(table, homes)
        report = compute(wave, None).items["q"].segments
        numbers = _numbers(wave)
        if numbers is None or not numbers.people.pooled or not report:
            continue
        assert len(numbers.people.estates) == len(homes)
        told += 1
        found += bool(_found(table, homes, report, numbers))
    return told, found


UNLIKE = [200] + [30] * 12


def test_who_has_the_report_and_the_numbers_finds_nobody_in_a_house_that_shows_no_bar() -> None:
    told, found = _readings(UNLIKE, range(12))
    assert told > 3 and not found, f"{found} of {told}"


def test_counted_exactly_beside_the_report_the_same_reader_finds_somebody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the rule as it was, which asked only that the numbers alone give nobody away."""
    monkeypatch.setattr(breakdowns, "may_stand", lambda *_: True)
    told, found = _readings(UNLIKE, range(12))
    assert found > told / 4, f"{found} of {told}"


def test_hundreds_of_unlike_small_estates_still_have_numbers_of_everybody() -> None:
    homes = [9 + n % 12 for n in range(160)]
    assert _readings(homes, range(1)) == (1, 0)
