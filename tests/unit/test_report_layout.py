"""Promises about the landlord report on paper: no column lost, no table parted that fits a page, no book."""

from __future__ import annotations

import re
from dataclasses import replace

import pymupdf
import pytest

from reports.documents import landlord, pdf
from reports.loop import Loop
from reports.results import Results
from tests.samples import planning
from tests.samples import report_results as samples

WORD = "Nordlandsboligforvaltningsselskapseiendomsbyggetilsynsrådet" * 3


def _pages(results: Results, loop: Loop = landlord.NOTHING) -> list[pymupdf.Page]:
    found = [one for one in planning.found().findings if one.place.level == "all"]
    page = landlord.html(results, "nb", loop, found)
    return list(pymupdf.open(stream=pdf.write(page, "x", "nb")))


def test_a_name_of_a_hundred_letters_without_a_space_pushes_no_column_out_of_the_page() -> None:
    whole, loop = planning.whole_round().whole, planning.loop()
    assert loop.before is not None
    before = replace(
        loop.before, measures=tuple(replace(m, title=WORD, outcome=WORD) for m in loop.before.measures)
    )
    named = replace(
        whole,
        coverage=tuple(replace(place, name=WORD) for place in whole.coverage),
        by_estate=tuple((WORD, cell) for _, cell in whole.by_estate),
    )
    measures = tuple(replace(m, title=WORD, unit=WORD) for m in loop.measures)
    pages = _pages(named, replace(loop, measures=measures, before=before))
    for number, page in enumerate(pages[1:], 2):
        right = max((block[2] for block in page.get_text("blocks")), default=0)
        assert right <= page.rect.x1 - 50, number
    told = " ".join(" ".join(page.get_text() for page in pages).split())
    assert all(str(place.n) in told and str(place.invited) in told for place in whole.coverage)
    assert told.count("Vedlikehold 2027") >= 1 and "Planlagt" in told


def test_nothing_is_drawn_past_the_margin_and_ordinary_words_of_measures_stand_whole() -> None:
    whole, loop = planning.whole_round().whole, planning.loop()
    measures = tuple(replace(m, unit="Driftsavdelingen og beboerrådene") for m in loop.measures)
    pages = _pages(whole, replace(loop, measures=measures))
    for number, page in enumerate(pages[1:], 2):
        drawn = [one["rect"].x1 for one in page.get_drawings() if one["rect"].width < 500]
        assert max(drawn, default=0) <= page.rect.x1 - 54, number
    told = {word for page in pages for word in page.get_text().split()}
    assert {"Ansvarlig", "Budsjettpost", "Driftsavdelingen", "beboerrådene"} <= told


def test_a_table_of_fifteen_estates_stands_on_one_page_with_its_heading() -> None:
    texts = [" ".join(page.get_text().split()) for page in _pages(samples.many_estates(15))]
    (page,) = [text for text in texts if "Leiegårdene hver for seg" in text]
    assert all(f"Gata {n} " in page for n in range(1, 16))


def test_three_hundred_estates_are_a_report_of_forty_pages_at_most_and_every_estate_is_in_it() -> None:
    pages = _pages(samples.many_estates(300))
    assert len(pages) <= 40
    lines = [line.strip() for page in pages for line in page.get_text().splitlines()]
    assert {f"Gata {n}" for n in range(1, 301)} <= {" ".join(line.split()[:2]) for line in lines}


def test_a_question_is_not_broken_after_its_first_word_because_a_note_stands_under_it() -> None:
    """The space before a note on a line of its own would need room on the line of the question."""
    for page in (landlord.html(samples.all_estates(), "nb"), landlord.web(samples.all_estates(), "nb")):
        assert 'class="bm-note"' in page and not re.search(r'\s<span class="bm-note"', page)


FEW = 1 / 3
MM = 72 / 25.4


def _full(page: pymupdf.Page) -> float:
    """How far down between head and foot of the page something stands, 0 to 1."""
    top, foot = 22 * MM, page.rect.y1 - 15 * MM
    ends = [block[3] for block in page.get_text("blocks") if block[3] <= foot]
    return (max(ends, default=top) - top) / (foot - top)


AT_THE_END = {
    "replied": lambda: (planning.whole_round().whole, planning.loop()),
    "estate": lambda: (samples.eksempelvik(), planning.loop()),
    "few_figures": lambda: (samples.closed(), planning.loop()),
    "unreplied": lambda: (samples.closed(), landlord.NOTHING),
}


@pytest.mark.parametrize("way", AT_THE_END)
def test_a_report_ends_on_full_pages_and_the_facts_of_the_round_never_stand_alone(way: str) -> None:
    pages = _pages(*AT_THE_END[way]())
    told = [page.get_text() for page in pages]
    after = next(n for n, text in enumerate(told) if "Hva skjer videre?" in text)
    assert [round(_full(page), 2) for page in pages[after:] if _full(page) < FEW] == []
    assert "Slik er tallene laget" in told[-1] and "Opplysninger om runden" in told[-1]


def test_methods_of_more_than_a_page_part_before_their_tables_and_leave_no_page_nearly_empty() -> None:
    whole = planning.whole_round().whole
    named = replace(whole, campaign="Beboerundersøkelsen i Nordlysbyen boligselskap og omegn " * 8)
    *_, before, last = _pages(named)
    assert "Slik er tallene laget" in before.get_text() and _full(before) >= FEW
    assert "Henger spørsmålene" in last.get_text() and "Opplysninger om runden" in last.get_text()
    assert _full(last) >= FEW


def test_a_table_of_four_measures_never_breaks_over_two_pages() -> None:
    for results in (planning.whole_round().whole, samples.eksempelvik(), samples.copenhagen()):
        told = [page.get_text() for page in _pages(results, planning.loop())]
        assert any("Tette vinduene mot nord" in text and "Dugnad i bakgården" in text for text in told)


def test_questions_to_talk_about_stand_on_one_page_to_be_handed_out() -> None:
    """Sixty questions of five themes: a sheet that can be copied for a meeting."""
    told = [page.get_text() for page in _pages(samples.closed())]
    (sheet,) = [text for text in told if text.count("☐") > 12 and "Spørsmål å snakke om" in text]
    assert sum(text.count("☐") for text in told) == sheet.count("☐") + 5 * landlord.FORM_ROWS


def test_the_head_of_a_column_is_a_whole_word_in_every_language() -> None:
    """'Answe-rs' over the numbers of every English page; 'Ansvarli-g' over a column of the form."""
    for language, heads in {
        "nb": {"Ansvarlig"},
        "nn": {"Ansvarleg"},
        "en": {"Answers", "Owner"},
    }.items():
        made = pymupdf.open(stream=pdf.write(landlord.html(samples.eksempelvik(), language), "x", language))
        assert heads <= {word for page in list(made) for word in page.get_text().split()}


def test_a_chapter_never_stands_on_a_page_without_its_questions() -> None:
    """In English the words on change take two lines: so high a table had no room under its chapter's head."""
    page = landlord.html(samples.eksempelvik(), "en", planning.loop())
    told = [page.get_text() for page in list(pymupdf.open(stream=pdf.write(page, "x", "en")))]
    assert [text for text in told if "The neighbourhood" in text and "The best answers go to" in text]
    assert all("Strongest" in text for text in told if "The best answers go to" in text and "of 100" in text)
