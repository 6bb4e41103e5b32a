"""Ways of answering are told for all estates together, where every way has enough answers, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from forms.answers import Answers, Layout
from reports.compute import compute
from reports.documents import landlord
from reports.documents.who import way_tables
from reports.documents.words import Words
from reports.waves import Estate, Wave, assemble, to_frame
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import drawn_answers, info

FORM = questionnaire(*(scored(f"b{n}") for n in range(3)), *(scored(f"l{n}", "utleier") for n in range(3)))
Answered = Mapping[tuple[str, str], Sequence[Answers]]


def _wave(answered: Answered) -> Wave:
    """By estate and way."""
    layout = Layout.of(FORM)
    groups = [
        {"estate": estate, "language": "nb", "mode": mode, "n": len(people),
         "codes": b"".join(layout.pack(person) for person in people)}
        for (estate, mode), people in answered.items() if people
    ]  # fmt: skip
    places = [Estate(name, f"Gård {name}", "Nord", 90) for name in sorted({e for e, _ in answered})]
    return assemble(info(FORM, places, "Høsten 2025"), to_frame(groups, FORM))


def _people(
    sizes: Mapping[str, int], estates: str = "abc", seed: int = 3
) -> dict[tuple[str, str], list[Answers]]:
    """As many of each way in each estate; those on paper are much less content."""
    rng = np.random.default_rng(seed)
    return {
        (estate, mode): drawn_answers(FORM, n, rng, -0.9 if mode == "paper" else 0.5, skip=0.0)
        for estate in estates
        for mode, n in sizes.items()
    }


USUAL = {"web": 30, "paper": 15, "helper": 15}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_report_on_all_tells_ways_beside_the_main_one_and_help_apart(language: str) -> None:
    results = compute(_wave(_people(USUAL)), None)
    told = results.ways
    assert told is not None
    assert (told.main, told.n, told.estates) == ("web", 90, 3)
    paper, helper = told.rows
    assert (paper.way, helper.way) == ("paper", "helper")
    assert paper.sure
    assert paper.low <= paper.difference <= paper.high < 0
    assert not helper.sure
    words = Words.of(FORM, language)
    assert [table.title for table in way_tables(words, results)] == [
        words.t("ways.oneself"),
        words.t("ways.helped"),
    ]
    page = landlord.web(results, language)
    assert words.t("ways.lower", points=abs(int(paper.difference))) in page
    assert words.t("ways.same") in page
    for word in ("årsak", "fører til", "causes", "because of"):
        assert word not in words.t("ways.text", main="", n="", estates="")


def test_no_single_estate_tells_ways() -> None:
    wave = _wave(_people(USUAL))
    assert all(compute(wave, estate.id).ways is None for estate in wave.estates)


def test_a_way_with_too_few_answers_hides_all_ways() -> None:
    """Else its people would be what is left when the others are taken from the index of all."""
    assert compute(_wave(_people({"web": 30, "paper": 15, "helper": 6})), None).ways is None
    assert compute(_wave(_people({"web": 30, "paper": 15, "helper": 10})), None).ways is not None


def test_a_way_in_one_estate_alone_hides_all_ways() -> None:
    people = _people({"web": 30, "paper": 15})
    people |= {("a", "proxy"): _people({"proxy": 40}, "a", 8)["a", "proxy"]}
    assert compute(_wave(people), None).ways is None


def test_a_way_beside_the_main_one_in_one_estate_alone_hides_all_ways() -> None:
    """Of paper in c there is nothing to set beside: the difference would be that of the people of a alone."""
    people = {
        **_people({"web": 40, "paper": 15}, "a"),
        **_people({"web": 40, "helper": 15}, "b"),
        **_people({"paper": 15, "helper": 15}, "c"),
    }
    assert compute(_wave(people), None).ways is None


def test_people_without_a_score_do_not_make_an_estate_count() -> None:
    """Of seven on paper in a only four say enough for an index: b would be told alone."""
    people = {**_people({"web": 30}, "ab"), **_people({"paper": 7}, "a", 5), **_people({"paper": 30}, "b", 6)}
    assert compute(_wave(people), None).ways is not None
    silent: Answers = {"b0": 3}
    people["a", "paper"] = [*people["a", "paper"][:4], *[silent] * 3]
    assert compute(_wave(people), None).ways is None


def test_only_estates_where_a_way_stands_beside_the_main_one_are_counted() -> None:
    beside = _people({"web": 30, "paper": 15}, "ab")
    apart = _people({"paper": 15, "helper": 20}, "c", 5) | _people({"web": 30, "helper": 15}, "de", 6)
    told = compute(_wave(beside | apart), None).ways
    assert told is not None
    assert (told.main, told.n, told.estates) == ("web", 120, 4)
    assert {row.way: row.n for row in told.rows} == {"paper": 30, "helper": 30}


def test_people_of_one_way_who_all_say_the_same_in_one_estate_hide_all_ways() -> None:
    people = _people(USUAL)
    middle: Answers = dict.fromkeys((item.id for item in FORM.items()), 3)
    people["c", "helper"] = [middle] * 15
    wave = _wave(people)
    shown = compute(wave, "c").index
    assert shown is not None and shown.score.hidden is None
    assert compute(_wave(people), None).ways is None


def test_people_of_one_way_who_all_say_the_same_hide_all_ways() -> None:
    people = _people(USUAL)
    best: Answers = dict.fromkeys((item.id for item in FORM.items()), 5)
    people |= {(estate, "helper"): [best] * 15 for estate in "abc"}
    assert compute(_wave(people), None).ways is None


def test_an_estate_that_hides_how_many_answered_a_way_is_not_reckoned_on() -> None:
    people = _people(USUAL)
    four = _people({"web": 30, "paper": 4, "helper": 15}, "d", 9)
    with_it, without = (compute(_wave(answered), None).ways for answered in (people | four, people))
    assert with_it == without


def test_an_estate_that_hides_its_index_is_not_reckoned_on() -> None:
    people = _people(USUAL)
    best: Answers = dict.fromkeys((item.id for item in FORM.items()), 5)
    alike = {("d", "web"): [best] * 20, ("d", "paper"): [best] * 10}
    with_it, without = (compute(_wave(answered), None).ways for answered in (people | alike, people))
    assert with_it is not None and without is not None
    # Widths rest on how closely the answers of all estates go together.
    told = [[(row.way, row.n, row.difference) for row in ways.rows] for ways in (with_it, without)]
    assert told[0] == told[1]
    assert (with_it.main, with_it.n, with_it.estates) == (without.main, without.n, without.estates)
