"""A register that no answers can be weighted to: the totals are told unweighted with a reason, or weighted,
and nothing that is written of them is a number that is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import judge
from reports.breakdowns.writing import as_json as group_json
from reports.breakdowns.writing import as_parquet as group_parquet
from reports.compute import compute
from reports.documents import question_tables as tables
from reports.documents.words import Words
from reports.findings.everywhere import everywhere, reports_alone
from reports.findings.listing import findings_list
from reports.waves import Estate, RegisterMargin, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
LEVELS = 10


def _background(name: str) -> dict[str, Any]:
    choices = [
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"{name} {c}")}
        for c in range(1, LEVELS + 1)
    ]
    return item(name, scale=None, background=True, specials=[], choices=choices)


FORM = questionnaire(scored("a"), scored("b"), scored("c"), _background("alder"), _background("gate"))
PEOPLE = [
    {"a": 1 + k % 5, "b": 1 + k // 3 % 5, "c": 1 + k // 7 % 5, "alder": 1 + k % 3, "gate": 1 + k // 12}
    for k in range(120)
]
EVEN = {1: 50, 2: 60, 3: 50}


def _margin(name: str, groups: dict[int, int]) -> RegisterMargin:
    return RegisterMargin(name, tuple(((code,), n) for code, n in groups.items()))


def _round(homes: tuple[int | None, int | None], *margins: RegisterMargin) -> Wave:
    estates = [Estate("a", "A", "Nord", homes[0]), Estate("b", "A", "", homes[1]), Estate("c", "C", "", 40)]
    return replace(wave_of(FORM, estates, {"a": PEOPLE[:60], "b": PEOPLE[60:], "c": []}), margins=margins)


CASES: dict[str, tuple[Wave, str | None]] = {
    "fewer people than answered": (
        _round((80, 80), _margin("alder", {1: 5, 2: 5, 3: 5})),
        "weighting.design",
    ),
    "a group that nobody is in": (
        _round((80, 80), _margin("alder", {1: 0, 2: 80, 3: 80})),
        "weighting.design",
    ),
    "one group is nearly all": (
        _round((80, 80), _margin("alder", {1: 100_000, 2: 1, 3: 1})),
        "weighting.design",
    ),
    "margins that no weights can meet": (
        _round(
            (80, 80), _margin("alder", {1: 158, 2: 1, 3: 1}), _margin("gate", dict.fromkeys(range(1, 11), 16))
        ),
        "weighting.design",
    ),
    "no homes": (_round((0, 0), _margin("alder", EVEN)), "weighting.unknown"),
    "homes not known": (_round((None, 80), _margin("alder", EVEN)), "weighting.unknown"),
    "fewer homes than answers": (_round((30, 30), _margin("alder", EVEN)), "weighting.unknown"),
    "homes without end": (_round((10**8, 10**8), _margin("alder", {1: 10**8, 2: 60, 3: 50})), None),
    "an answer the register has not": (_round((80, 80), _margin("alder", {1: 50, 2: 50})), None),
}


def _never(constant: str) -> None:
    raise AssertionError(f"{constant} was told")


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_beside_such_a_register_is_a_number_or_a_reason(case: str) -> None:
    wave, reason = CASES[case]
    weighting = compute(wave, None).weighting
    assert weighting is not None and weighting.refused == reason
    for each in (False, True):
        found = reports_alone(wave, None, each=each)
        made = tables.tables(found, "nb", each=each)
        json.loads(tables.as_json(found, made), parse_constant=_never)
        assert tables.as_parquet(made) and tables.as_text(made, Words.of(FORM, "nb"))
    json.loads(findings_list(everywhere(wave, None)).model_dump_json(), parse_constant=_never)
    try:
        told = judge(wave, parse(FORM, "a", ["alder=1,2,3+4+5+6+7+8+9+10"], "all", "standard"), [], None)
    except NumbersRefused:
        return
    json.loads(group_json(told, "nb"), parse_constant=_never)
    assert group_parquet(told, "nb")
