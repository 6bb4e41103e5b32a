"""Answers counted with those of other houses: every base and rate is true, and no interval claims to have
seen a house that it has not."""

from __future__ import annotations

from html import unescape

import numpy as np
import pytest

from forms.loading import shipped
from forms.questionnaire import LANGUAGES
from reports.compute import compute
from reports.documents import landlord
from reports.inference import Stratum, mean_interval, stratified_share
from reports.published import figures, to_text
from reports.waves import Estate, Wave
from tests.samples.waves import drawn_answers, wave_of

FORM = shipped("boindeks")
# Of Solbakken ten of forty have answered, four of them counted with two of a house of four.
SOLBAKKEN = Estate("sol", "Solbakken", "Havna", 40, elsewhere=(1, 4))
POOL = Estate("havna", "Svar uten leiegård i Havna", "Havna", 4, others=True, pool=True)
FAR = Estate("nord", "Nordlia", "Nord", 60)
COUNTS = {"sol": 6, "havna": 6, "nord": 30}


@pytest.fixture(scope="module")
def wave() -> Wave:
    rng = np.random.default_rng(7)
    return wave_of(
        FORM, [SOLBAKKEN, POOL, FAR], {name: drawn_answers(FORM, n, rng) for name, n in COUNTS.items()}
    )


def _text(wave: Wave, estate: str | None, language: str = "nb") -> str:
    page = landlord.html(compute(wave, estate), language)
    return " ".join(unescape(page).split())


def test_the_whole_counts_every_answer_once_of_the_homes_that_were_asked(wave: Wave) -> None:
    whole = compute(wave, None)
    assert (whole.n, whole.invited) == (42, 104)
    text = _text(wave, None)
    assert "42 av 104 husstander har svart. Det er 40 %." in text
    assert "62 husstander har ikke svart" in text
    assert "Det kom flere svar enn husstander" not in text


def test_the_report_of_a_house_says_how_many_have_answered_and_how_many_are_in_it(wave: Wave) -> None:
    text = _text(wave, "sol")
    assert "7–10 av 40 husstander har svart (18–25 %). 6 av svarene er i denne rapporten." in text
    assert "30–33 husstander har ikke svart" in text
    assert "15 %" not in text.split("Hva nå")[0][:3000], "six of forty is not how many answered"


def test_the_table_tells_no_rate_of_those_whose_answers_are_not_all_their_own(wave: Wave) -> None:
    row = _text(wave, None).split("Svar uten leiegård i Havna")[1][:600]
    assert "6, også fra andre" in row and "%" not in row.split("Nordlia")[0]
    text = _text(wave, "havna")
    assert "6 svar er i denne rapporten. Den gjelder leiegårder med for få svar" in text
    assert "4 husstander i alt. Om noen har svart der, sies ikke" in text
    assert "Alle husstandene har svart" not in text and "100 %" not in text.split('id="hvem"')[0]


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("nb", "Svar som er talt uten leiegård: Havna"),
        ("nn", "Svar som er talde utan leigegard: Havna"),
        ("en", "Answers counted without an estate: Havna"),
    ],
)
def test_what_is_counted_without_an_estate_is_called_no_place_to_live(
    wave: Wave, language: str, heading: str
) -> None:
    results = compute(wave, "havna")
    assert landlord.title(results, language).startswith(f"{heading} – ")
    assert heading in _text(wave, "havna", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("estate", [None, "sol", "havna", "nord"])
def test_every_report_can_be_read_in_every_language(wave: Wave, estate: str | None, language: str) -> None:
    text = _text(wave, estate, language)
    assert "coverage." not in text and "about.lead" not in text


def test_no_interval_takes_answers_of_others_for_a_full_count(wave: Wave) -> None:
    pool, own = compute(wave, "havna"), compute(wave, "sol")
    assert pool.population is None and own.population == 40
    assert pool.nonresponse_bounds is None
    shown = [cell.score for cell in (*pool.matrix, *pool.objects, *([pool.index] if pool.index else []))]
    shown += [item.favourable for item in pool.items.values()]
    shown += [item.mean for item in pool.items.values()]
    widths = [one.high - one.low for one in shown if one.low is not None and one.high is not None]
    assert widths and min(widths) > 0
    assert all(one.step == 0 for one in shown)


@pytest.mark.parametrize("k", [0, 2, 6])
def test_a_share_of_mixed_answers_is_as_unsure_as_one_of_countless_homes(k: int) -> None:
    alone = stratified_share([k], [6], [4], others=[True])
    endless = stratified_share([k], [6], [None])
    assert (alone.low, alone.high, alone.step) == (endless.low, endless.high, 0)
    together = stratified_share([k, 9], [6, 10], [4, 12], others=[True, False])
    claimed = stratified_share([k, 9], [6, 10], [4, 12])
    assert together.value == claimed.value, "it counts for its homes"
    assert together.high - together.low > claimed.high - claimed.low


def test_a_mean_of_mixed_answers_is_as_unsure_as_one_of_countless_homes() -> None:
    mixed = [Stratum(6, 50.0, 400.0, 4, others=True), Stratum(10, 60.0, 300.0, 10)]
    claimed = [Stratum(6, 50.0, 400.0, 4), Stratum(10, 60.0, 300.0, 10)]
    endless = mean_interval([Stratum(6, 50.0, 400.0, None)])
    assert mean_interval(mixed[:1]) == endless
    sure, unsure = mean_interval(claimed), mean_interval(mixed)
    assert (sure.low, sure.high) == (sure.value, sure.value), "everybody, were it true"
    assert unsure.value == sure.value and unsure.low < unsure.value < unsure.high


def test_what_was_published_before_is_not_changed_by_what_is_told_besides(wave: Wave) -> None:
    places = figures(to_text(compute(wave, None)))["coverage"]
    assert [set(place) & {"elsewhere", "others"} for place in places] == [{"others"}, set(), {"elsewhere"}]
