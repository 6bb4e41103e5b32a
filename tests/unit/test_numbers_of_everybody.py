"""Tables by group of an estate where everybody answered are counts, as its report says, and no estimates."""

from __future__ import annotations

import io
import json
import re

import polars as pl
import pytest

from forms.answers import Answers
from reports.breakdowns.asking import parse
from reports.breakdowns.ledger import Judgement, judge
from reports.breakdowns.writing import as_json, as_parquet, rows_of
from reports.compute import compute
from reports.requests import Level
from reports.waves import Estate, Wave
from survey.commands.numbers import as_text
from survey.wording import words
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

AGE = item(
    "alder", scale=None, background=True, specials=[],
    choices=[{"code": c, "value": f"v{c}", "text": {"nb": f"alder {c}"}} for c in (1, 2)],
)  # fmt: skip
FORM = questionnaire(scored("hjem"), AGE, index=False)


def _wave(missing: int = 0, dwellings: int | None = None) -> Wave:
    people: list[Answers] = [
        {"hjem": code, "alder": age} for code, n in ((1, 20), (5, 25)) for age in (1, 2) for _ in range(n)
    ]
    lia = Estate("a", "Lia", "Nord", 90 + missing, dwellings)
    return wave_of(FORM, [lia, Estate("b", "Bekken", "Sør", 120)], {"a": people, "b": people})


def _told(wave: Wave, level: Level = "estate", profile: str = "standard") -> Judgement:
    return judge(wave, parse(FORM, "hjem", ["alder"], level, profile), [], None)


def test_where_everybody_answered_nothing_has_an_interval_and_the_place_says_so() -> None:
    found = _told(_wave())
    lia = [row for row in rows_of(found, "nb") if row.place == "Lia"]
    bekken = [row for row in rows_of(found, "nb") if row.place == "Bekken"]
    assert all(row.everybody and row.low is None and row.high is None for row in lia)
    assert all(not row.everybody for row in bekken)
    assert all(row.low is not None for row in bekken if row.share is not None)
    assert json.loads(as_json(found, "nb"))["numbers"][0]["everybody"] is True
    assert pl.read_parquet(io.BytesIO(as_parquet(found, "nb")))["everybody"].to_list()[0] is True
    for language, said in (
        ("nb", "alle har svart"),
        ("nn", "alle har svart"),
        ("en", "everybody has answered"),
    ):
        text = as_text(found, words(language), language)
        own, other = re.split(r"^Bekken.*?:?$", text.split("\nLia", 1)[1], maxsplit=1, flags=re.M)
        assert f"90, {said}" in own and said not in other
        assert "%, " not in own.replace("\N{NO-BREAK SPACE}", "") and "(56" in own.replace(" ", "")


def test_everybody_in_one_estate_has_the_interval_of_its_report() -> None:
    wave = _wave(missing=30)
    share = compute(wave, "a").items["hjem"].favourable
    (row,) = (
        row
        for row in rows_of(_told(wave), "nb")
        if row.place == "Lia" and not row.group and row.share == pytest.approx(share.value)
    )
    assert share.low is not None and share.high is not None and row.low is not None and row.high is not None
    assert row.low <= share.low < row.low + 0.01 and row.high - 0.01 < share.high <= row.high


@pytest.mark.parametrize("wave", [_wave(missing=1), _wave(dwellings=400)])
def test_where_one_is_missing_or_homes_were_drawn_it_is_an_estimate(wave: Wave) -> None:
    assert all(row.low is not None for row in rows_of(_told(wave), "nb") if row.share is not None)


def test_rounded_numbers_do_not_say_whether_everybody_answered() -> None:
    rows = rows_of(_told(_wave(), profile="offentlig"), "nb")
    assert not any(row.everybody for row in rows)
