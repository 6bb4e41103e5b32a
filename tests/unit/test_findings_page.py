"""The page of findings: what it draws is what the tables say, and nothing that a report hides."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from reports.documents.findings_page import change_rows, funnel_part, web
from reports.documents.words import Words
from reports.errors import UnknownEstate
from reports.findings.everywhere import Everywhere, everywhere
from reports.inference.funnel import share_funnel
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(item("helhet", role="overall"), index=False)


def _people(good: int, n: int) -> list[Answers]:
    return [{"helhet": 5 if k < good else 1} for k in range(n)]


@cache
def _round() -> Everywhere:
    """Six ordinary estates, one far below them, one of which all say the same, one of four answers."""
    counts = {"a": (20, 30), "b": (25, 40), "c": (12, 20), "d": (30, 50), "e": (19, 30), "f": (14, 24)}
    counts |= {"lav": (10, 60), "lik": (30, 30), "få": (2, 4)}
    places = [Estate(name, f"Gård {name}", "Nord", 100) for name in counts]
    return everywhere(wave_of(FORM, places, {name: _people(k, n) for name, (k, n) in counts.items()}))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_funnel_shows_each_estate_that_may_be_shown_by_name_and_no_other(language: str) -> None:
    part = funnel_part(Words.of(FORM, language), _round())
    assert [row.name for row in part.rows] == [
        f"Gård {name}" for name in ("a", "b", "c", "d", "e", "f", "lav")
    ]
    assert part.hidden == ("Gård få", "Gård lik")
    assert part.figure.count("<circle") + part.figure.count(' z"') == len(part.rows)
    (low,) = [row for row in part.rows if row.name == "Gård lav"]
    assert low.place == Words.of(FORM, language).t("funnel.below")
    assert part.figure.count(' z"') == 1


def test_the_limits_in_the_table_are_those_of_the_funnel() -> None:
    part = funnel_part(Words.of(FORM, "nb"), _round())
    shown = [(20, 30), (25, 40), (12, 20), (30, 50), (19, 30), (14, 24), (10, 60)]
    drawn = share_funnel([k for k, _ in shown], [n for _, n in shown], [100] * len(shown))
    for row, placed in zip(part.rows, drawn.placed, strict=True):
        low, high = placed.limits[0]
        ends = [f"{np.floor(low * 100 + 1e-9):.0f}", f"{np.ceil(high * 100 - 1e-9):.0f}"]
        assert re.findall(r"\d+", row.inner) == ends


def test_fewer_than_five_estates_have_a_table_and_no_funnel() -> None:
    before, now = demonstration.waves()
    part = funnel_part(Words.of(now.questionnaire, "nb"), everywhere(now, before))
    assert not part.figure and part.rows
    assert all(row.inner == row.place == "" for row in part.rows)


def test_what_has_surely_changed_stands_before_what_has_not() -> None:
    rows = change_rows(Words.of(demonstration.results("Solbakken").questionnaire, "nb"),
                       demonstration.results("Solbakken"))  # fmt: skip
    bomiljo = next(row for row in rows if row.text == "Bomiljøet")
    assert (bomiljo.before, bomiljo.now, bomiljo.standing_text) == ("72", "63", "Trolig dårligere")
    assert rows[0].standing != "same"
    said = {row.standing_text for row in rows if row.standing == "same"}
    assert said == {"Kan ikke skilles fra ingen endring"}


def test_a_page_has_every_finding_of_its_place_once_and_every_id_once() -> None:
    before, now = demonstration.waves()
    page = web(everywhere(now, before), "nb", ("estate", "Nordlia"))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "Solbakken" not in page


def test_a_page_of_a_place_that_is_not_there_cannot_be_made() -> None:
    with pytest.raises(UnknownEstate):
        web(_round(), "nb", ("estate", "z"))
