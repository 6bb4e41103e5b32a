"""Promises about answers that had to be merged: what is drawn is named for what it is, wherever it stands."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reports.documents import landlord
from reports.documents.rows import likert_row, worst_to_best
from reports.documents.words import Words
from reports.figures import Bar, likert
from reports.results import Results
from tests.samples import demonstration

LANGUAGES = ("nb", "nn", "en")


def _under(figure: str) -> list[tuple[str, str]]:
    """(side, words) of everything written under a bar."""
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="[\d.]+"[^>]*>([^<]*)</text>', figure)
    sides = {"left": [t for x, _, t in texts if x == "0"], "right": [t for x, _, t in texts if x != "0"]}
    return [(side, unescape(" ".join(words))) for side, words in sides.items()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("estate", [None, "Solbakken", "Nordlia"])
def test_no_merged_part_of_a_bar_stands_over_the_name_of_one_answer(
    estate: str | None, language: str
) -> None:
    results: Results = demonstration.results(estate)
    words = Words.of(results.questionnaire, language)
    seen = 0
    for item in results.questionnaire.items():
        result = results.items.get(item.id)
        if result is None or not result.segments or not item.scoring:
            continue
        order = worst_to_best(words, item)
        shown = sorted(
            (sorted(segment.codes, key=order.index) for segment in result.segments if segment.n),
            key=lambda codes: order.index(codes[0]),
        )
        row = likert_row(words, item, result, prefix="x")
        under = dict(_under(str(row.figure)))
        for side, codes in (("left", shown[0]), ("right", shown[-1])):
            first, last = words.choice(item, codes[0]), words.choice(item, codes[-1])
            if len(codes) == 1:
                assert under[side] == first
                continue
            seen += 1
            assert under[side] == words.run(item, codes) != first
            assert under[side].startswith(first.split(" ")[0])
            assert under[side].lower().endswith(last.lower().split(" ")[-1])
        assert row.merged == any(len(codes) > 1 for codes in shown)
        for codes in shown[1:-1]:
            assert len(codes) == 1 or words.lower(words.codes(item, codes)) in row.note
    assert seen > 5


def test_a_merged_part_is_hatched_and_one_answer_is_not() -> None:
    bars = [Bar((0, 1, 2), 0.4), Bar((3,), 0.46), Bar((4,), 0.14)]
    chart = likert(bars, 5, key="a", title="t", description="d")
    assert chart.count('stroke-opacity="0.55"') == 1
    plain = likert([Bar((i,), 0.2) for i in range(5)], 5, key="a", title="t", description="d")
    assert 'stroke-opacity="0.55"' not in plain


@pytest.mark.parametrize("write", [landlord.web, landlord.html])
def test_what_hatching_means_is_told_under_every_table_that_has_it(write) -> None:  # type: ignore[no-untyped-def]
    page = write(demonstration.results("Nordlia"), "nb")
    for section in page.split('<section class="bm-chapter')[1:]:
        hatched = 'stroke-opacity="0.55"' in section
        assert hatched == ("Skravert: flere svar slått sammen" in section)


def test_a_question_turned_round_says_which_answers_are_the_good_ones() -> None:
    page = landlord.web(demonstration.results(None), "nb")
    lead = page.split('id="del-bomiljo"')[1].split('class="bm-score"')[0]
    assert "«Hvor ofte er du plaget av støy?»" in lead
    assert "(her «sjelden» eller «aldri»)" in lead
    assert "Gode svar her: «sjelden» eller «aldri»." in page
