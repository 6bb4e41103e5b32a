"""How answers have moved by order alone: from the bars that two reports show, and nothing else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.compute import compute
from reports.documents.findings_page import change_rows, order_rows, web
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.inference import superiority
from reports.order import orders
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(
    item("helhet", role="overall"),
    item("ro"),
    item("alder", background=True),
    item("rus", sensitive=True),
    index=False,
)
HOMES = 90


def _people(*counts: int, quiet: tuple[int, ...] = (10, 10, 10, 10, 10)) -> list[Answers]:
    """So many with each overall answer, worst first."""
    overall = [code for code, n in enumerate(counts, 1) for _ in range(n)]
    calm = [code for code, n in enumerate(quiet, 1) for _ in range(n)]
    return [{"helhet": a, "ro": b, "alder": b, "rus": b} for a, b in zip(overall, calm, strict=True)]


def _wave(people: list[Answers], other: list[Answers], name: str) -> Wave:
    places = [Estate("a", "A", "Nord", HOMES), Estate("b", "B", "Nord", HOMES)]
    return wave_of(FORM, places, {"a": people, "b": other}, name)


@cache
def _waves() -> tuple[Wave, Wave]:
    """In `a` overall answers rise; in `b` four answered now."""
    then = _wave(_people(20, 10, 10, 5, 5), _people(10, 10, 10, 10, 10), "2024")
    now = _wave(_people(5, 5, 10, 10, 20), _people(10, 10, 10, 10, 10)[:4], "2025")
    return then, now


def test_the_order_of_an_estate_is_that_of_its_two_bars() -> None:
    then, now = _waves()
    found = orders(compute(now, "a", then))
    assert found.keys() == {"helhet", "ro"}  # neither background nor what is sensitive
    expected = superiority(np.array([5, 5, 10, 10, 20]), np.array([20, 10, 10, 5, 5]), (HOMES, HOMES))
    assert found["helhet"].chance == expected
    assert found["helhet"].standing == "better"
    assert found["ro"].standing == "same"


def test_answers_that_one_of_the_reports_shows_as_one_count_as_alike() -> None:
    then = _wave(_people(20, 10, 10, 5, 5), _people(10, 10, 10, 10, 10), "2024")
    now = _wave(_people(3, 7, 10, 10, 20), _people(10, 10, 10, 10, 10), "2025")
    report = compute(now, "a", then)
    assert report.items["helhet"].segments[0].codes == (1, 2)
    expected = superiority(np.array([10, 10, 10, 20]), np.array([30, 10, 5, 5]), (HOMES, HOMES))
    assert orders(report)["helhet"].chance == expected


def test_no_order_where_either_report_hides_its_bar_and_none_over_all_estates() -> None:
    then, now = _waves()
    assert orders(compute(now, "b", then)) == {}
    assert orders(compute(now, None, then)) == {}
    alike = _wave(_people(0, 0, 0, 0, 50), _people(10, 10, 10, 10, 10), "2024")
    assert "helhet" not in orders(compute(now, "a", alike))
    few = _wave(_people(10, 10, 10, 10, 10)[:4], _people(10, 10, 10, 10, 10), "2024")
    assert orders(compute(now, "a", few)) == {}


def test_two_parts_say_no_more_than_the_share_and_are_left_to_it() -> None:
    then = _wave(_people(25, 0, 0, 0, 25), _people(10, 10, 10, 10, 10), "2024")
    two = _wave(_people(3, 17, 2, 2, 26), _people(10, 10, 10, 10, 10), "2025")
    report = compute(two, "a", then)
    assert [part.codes for part in report.items["helhet"].segments] == [(1, 2, 3), (4, 5)]
    assert orders(report).keys() == {"ro"}


@pytest.mark.parametrize(
    ("good", "standing", "chance"),
    [
        ([4, 5], "better", 0.76),
        ([1, 2], "worse", 0.24),
        ([], "higher", 0.76),
        ([3], "higher", 0.76),
        ([2, 3], "higher", 0.76),
    ],
)
def test_higher_is_called_better_only_where_the_good_answers_are_one_end_of_the_scale(
    good: list[int], standing: str, chance: float
) -> None:
    """Of 'too little, right, too much', or of a scale that came without good answers, nobody can say so; and
    such a scale is never turned round."""
    document = FORM.model_dump(mode="json")
    document["scales"][0]["favourable"] = good
    form, places = Questionnaire.model_validate(document), [Estate("a", "A", "Nord", HOMES)]
    then = wave_of(form, places, {"a": _people(20, 10, 10, 5, 5)}, "2024")
    now = wave_of(form, places, {"a": _people(5, 5, 10, 10, 20)}, "2025")
    found = orders(compute(now, "a", then))["helhet"]
    assert (found.standing, found.chance.value) == (standing, pytest.approx(chance))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_findings_of_an_estate_say_it_in_words(language: str) -> None:
    then, now = _waves()
    found = everywhere(now, then)
    words = Words.of(FORM, language)
    page = web(found, language, ("estate", "a"))
    chance = orders(found.estates["a"])["helhet"].chance
    value = words.t("order.value", value=int(chance.value * 100 + 0.5))
    assert words.t("order.how") in page
    assert value in page
    assert words.t("order.better", likely=words.t("said.likely", what="")) in page
    assert words.t("order.same") in page
    assert 'id="rekkefolge"' not in web(found, language, ("estate", "b"))
    assert 'id="rekkefolge"' not in web(found, language)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_question_has_one_verdict_on_a_page_or_the_second_says_what_else_it_measures(language: str) -> None:
    """From very bad to bad, from good to very good: as many good answers as before, yet all are higher."""
    then = _wave(_people(20, 5, 0, 20, 5), _people(10, 10, 10, 10, 10), "2024")
    now = _wave(_people(5, 20, 0, 5, 20), _people(10, 10, 10, 10, 10), "2025")
    found = everywhere(now, then)
    report = found.estates["a"]
    words = Words.of(FORM, language)
    (change,) = [row for row in change_rows(words, report) if row.text == words.item(FORM.item("helhet"))]
    (order,) = [row for row in order_rows(words, report) if row.text == words.item(FORM.item("helhet"))]
    assert (change.standing, order.standing) == ("same", "better")
    assert order.beside == words.t("order.beside") and order.beside in web(found, language, ("estate", "a"))
    kept = {words.t(f"changes.{name}").casefold() for name in ("better", "worse", "higher", "lower")}
    said = [words.t(f"order.{name}").casefold() for name in ("better", "worse", "higher", "lower")]
    assert not [one for one in said if any(one.startswith(verdict) for verdict in kept)]
