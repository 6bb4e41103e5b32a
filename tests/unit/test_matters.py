"""What matters to tenants: beside one another what goes with the overall answer and what they chose."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from reports.associations import merged
from reports.documents.findings_page import web
from reports.documents.importance_figure import matters
from reports.documents.importance_words import derived, own_choices
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere, everywhere
from reports.waves import Estate
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

THEMES = [
    {"code": code, "value": name.lower(), "text": {"nb": name, "nn": name, "en": name}}
    for code, name in enumerate(("Trygghet", "Husleie", "Naboer", "Regler"), 1)
]
PRIORITY = {
    "id": "valg",
    "kind": "rank",
    "text": {"nb": "Hva vil du påvirke?", "nn": "Kva vil du påverke?", "en": "What to influence?"},
    "choices": THEMES,
    "role": "priority",
}
FORM = questionnaire(item("helhet", role="overall"), item("ro"), item("lys"), PRIORITY, index=False)


def _people(n: int, rng: np.random.Generator) -> list[Answers]:
    """Peace and quiet follow the overall answer, light does not; all choose themes 1 and 2 or 3."""
    people: list[Answers] = []
    for k in range(n):
        good = bool(rng.random() < 0.5)
        quiet = good if rng.random() < 0.85 else not good
        people.append({
            "helhet": 5 if good else 2,
            "ro": 4 if quiet else 1,
            "lys": 5 if rng.random() < 0.5 else 1,
            "valg": [1, 2] if k % 3 else [3, 1] if k % 2 else [3],
        })  # fmt: skip
    return people


@cache
def _round() -> Everywhere:
    rng = np.random.default_rng(11)
    people = {name: _people(60, rng) for name in "abcd"} | {"få": _people(4, rng)}
    return everywhere(wave_of(FORM, [Estate(name, f"Gård {name}", "Nord", 90) for name in people], people))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_tells_both_ways_of_what_matters_with_results_and_doubt(language: str) -> None:
    words = Words.of(FORM, language)
    page = web(_round(), language)
    assert words.t("matters.derived_title") in page
    assert words.t("matters.own_title") in page
    found = derived(words, _round())
    assert found is not None
    assert [line.row.text for line in found.rows] == ["ro"]
    assert found.unsure == 1
    (line,) = found.rows
    driver = next(driver for driver in _round().drivers if driver.item_id == "ro")
    assert line.row.value == words.estimate(_round().whole.items["ro"].favourable)[0]
    told = words.decimal(driver.strength), words.decimal(driver.low), words.decimal(driver.high)
    assert (line.strength, *re.findall(r"\d[.,]\d\d", line.interval)) == told
    assert words.t("matters.unsure", n=1) in page


def test_own_choices_are_told_of_an_estate_as_its_report_tells_them_and_of_a_hidden_one_never() -> None:
    words = Words.of(FORM, "nb")
    found = own_choices(words, _round().estates["a"])
    assert found is not None
    told = _round().estates["a"].items["valg"].chosen
    assert {row.text: row.value for row in found.rows} == {
        theme["text"]["nb"]: words.estimate(told[theme["code"]])[0] for theme in THEMES  # type: ignore[index]
    }  # fmt: skip
    assert 'id="valgt"' in web(_round(), "nb", ("estate", "a"))
    assert own_choices(words, _round().estates["få"]) is None
    assert 'id="betyr"' not in web(_round(), "nb", ("estate", "få"))


def test_no_theme_is_called_the_most_chosen_while_another_is_hidden() -> None:
    """Nobody chose rules, fewer than five did not choose safety in a place: its share is hidden."""
    people: list[Answers] = [{"helhet": 1 + k % 5, "valg": [1, 2] if k < 29 else [2]} for k in range(30)]
    found = everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 40)], {"a": people}))
    own = own_choices(Words.of(FORM, "nb"), found.estates["a"])
    assert own is None or own.said == ""


def test_a_strength_is_that_of_a_table_without_small_numbers() -> None:
    """Of 50 people, one number with its interval can tell a whole table of two by three: so five gave each
    pair of answers, and good answers are never merged with others."""
    rng = np.random.default_rng(2)
    good = 3  # codes 4 and 5 of five
    drawn = 0
    for _ in range(200):
        table = rng.multinomial(int(rng.integers(50, 400)), rng.dirichlet(np.ones(25))).reshape(5, 5)
        corner = np.array([[table[i, j].sum() for j in (slice(good), slice(good, 5))]
                           for i in (slice(good), slice(good, 5))])  # fmt: skip
        if corner.min() < 5:
            continue
        drawn += 1
        coarse = merged(FORM, FORM.item("ro"), FORM.item("helhet"), table[None])[0]
        assert coarse.min() >= 5
        assert coarse.sum() == table.sum()
        assert min(coarse.shape) >= 2
    assert drawn > 50


def test_where_many_answered_nothing_is_merged_away() -> None:
    table = np.full((5, 5), 9)
    assert (merged(FORM, FORM.item("ro"), FORM.item("helhet"), table[None])[0] == table).all()


def test_what_matters_stands_beside_what_people_answer_in_a_figure_with_the_numbers_of_the_table() -> None:
    """Of the questions that surely go with the whole, and no others; with too few there is none."""
    assert matters(Words.of(FORM, "nb"), _round()) is None
    found = _round()
    (driver,) = [own for own in found.drivers if own.sure]
    several = tuple(
        replace(driver, item_id=name, strength=strength, low=0.2)
        for name, strength in (("ro", 0.7), ("lys", 0.5), ("ro", 0.4), ("lys", 0.3))
    )
    part = matters(Words.of(FORM, "nb"), replace(found, drivers=several))
    assert part is not None
    share, interval = Words.of(FORM, "nb").estimate(found.whole.items["ro"].favourable)
    assert part.table.rows[0][1:3] == (share, interval)
    assert part.table.rows[0][3] == "0,70"
    unsure = tuple(replace(own, sure=False) for own in several)
    assert matters(Words.of(FORM, "nb"), replace(found, drivers=unsure)) is None
