"""Promises about the place around the homes: a circle of means that say no more than the bars do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forms.loading import shipped
from forms.modules import joined
from forms.places import ladder, on_ladder, themes
from forms.questionnaire import Questionnaire
from reports.compute import compute, compute_each
from reports.contrasts import contrasts
from reports.documents import landlord
from reports.documents.places_words import places
from reports.documents.words import Words
from reports.figures.values import NOTHING
from reports.results import Estimate, Results
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.samples.waves import drawn_answers, wave_of

ESTATES = [Estate("a", "Fjordgata 3", "Sentrum", 120), Estate("b", "Elvegata 4", "Nord", 60)]


@cache
def _form() -> Questionnaire:
    return joined(shipped("boindeks"), ["sted"])


@cache
def _wave() -> Wave:
    rng = np.random.default_rng(3)
    return wave_of(
        _form(), ESTATES, {"a": drawn_answers(_form(), 80, rng, 0.3), "b": drawn_answers(_form(), 24, rng)}
    )


@cache
def _results(estate: str | None) -> Results:
    return compute(_wave(), estate)


def test_there_are_fourteen_themes_from_one_to_seven_and_none_in_the_index_itself() -> None:
    assert len(themes(_form())) == 14
    for theme in themes(_form()):
        assert [on_ladder(score) for score in ladder(_form(), theme).values()] == list(range(1, 8))
    assert themes(shipped("boindeks")) == ()


@pytest.mark.parametrize("estate", [None, "a", "b"])
def test_the_mean_of_a_theme_says_no_more_than_its_bar(estate: str | None) -> None:
    """Answers that are put together count as halfway between them; the interval holds what the bar bears."""
    told = 0
    for theme in themes(_form()):
        result, scores = _results(estate).items[theme.id], ladder(_form(), theme)
        if result.hidden or not result.segments:
            assert result.mean.value is None
            continue
        told += 1
        ends = [(scores[part.codes[0]], scores[part.codes[-1]], part.share) for part in result.segments]
        middle = sum(share * (low + high) / 2 for low, high, share in ends)
        least, most = (sum(share * end[side] for *end, share in ends) for side in (0, 1))
        assert result.mean.value == pytest.approx(middle, abs=1.0)
        assert result.mean.low <= least + 1 and most - 1 <= result.mean.high
    assert told > 10


def test_all_estates_at_once_tell_the_same_means_as_each_alone() -> None:
    ground = Groundwork.of(_wave())
    _, each = compute_each(ground, None, contrasts(ground))
    for name, results in each.items():
        for theme in themes(_form()):
            assert results.items[theme.id].mean == _results(name).items[theme.id].mean


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_report_draws_the_place_with_its_numbers_beside_it(language: str) -> None:
    results = _results("a")
    words = Words.of(results.questionnaire, language)
    part = places(words, results, wide=False)
    assert part is not None
    assert len(part.table.rows) == 14
    for page in (landlord.web(results, language), landlord.html(results, language)):
        section = page.split('id="stedet"')[1].split("</section>")[0]
        for row in part.table.rows:
            assert row[1] in section and row[2] in section
        assert 'role="img"' in section
    assert 'id="stedet"' not in landlord.web(compute(wave_without(), None), language)


@cache
def wave_without() -> Wave:
    form = shipped("boindeks")
    return wave_of(form, ESTATES[:1], {"a": drawn_answers(form, 30, np.random.default_rng(1))})


def test_a_theme_that_is_hidden_is_said_to_be_and_has_no_number_anywhere() -> None:
    results = _results("a")
    name = themes(_form())[3].id
    nothing = Estimate(None, None, None, 0, "hidden.few")
    shut = replace(results.items[name], mean=nothing, favourable=nothing, segments=(), hidden="hidden.few")
    part = places(Words.of(_form(), "nb"), replace(results, items={**results.items, name: shut}), wide=False)
    assert part is not None
    assert part.table.rows[3][1:] == ("Vises ikke: for få svar", NOTHING, NOTHING)
    assert f"{_form().item(name).text.get('nb')}: Vises ikke: for få svar" in part.figure


def test_where_hardly_a_theme_may_be_shown_there_is_no_circle() -> None:
    results = _results("a")
    nothing = Estimate(None, None, None, 0, "hidden.few")
    shut = {item.id: replace(results.items[item.id], mean=nothing) for item in themes(_form())[2:]}
    words = Words.of(_form(), "nb")
    assert places(words, replace(results, items={**results.items, **shut}), wide=True) is None


def test_two_themes_with_the_same_number_are_neither_the_highest() -> None:
    results = _results("a")
    alike = Estimate(50.0, 45.0, 55.0, 70)
    same = {item.id: replace(results.items[item.id], mean=alike) for item in themes(_form())}
    part = places(Words.of(_form(), "nb"), replace(results, items={**results.items, **same}), wide=False)
    assert part is not None
    assert part.lead == "Flere temaer har de samme tallene øverst og nederst."
