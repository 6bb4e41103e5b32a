"""Promises about the annex for word processors: real headings and tables, the words of the PDF, no code."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from reports.documents import method_page, plan_annex, plan_docx, tongues
from reports.documents.blocks import Drawing, texts
from reports.documents.words import Words
from reports.livery import Livery
from reports.loop import Loop, Quote
from survey.register.logos import reading
from tests.samples import planning
from tests.samples import report_results as samples
from tests.samples.logos import DRAWN, raster

LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


def _docx(language: str = "nb", **changed: Any) -> bytes:
    every = planning.whole_round()
    whole, estates = changed.get("whole", every.whole), changed.get("estates", every.estates)
    loop, plan = changed.get("loop", planning.loop()), changed.get("plan", planning.PLAN)
    return plan_docx.docx(whole, estates, planning.found(), loop, plan, language)


@cache
def _plain(language: str = "nb") -> bytes:
    return _docx(language)


def _opened(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def _all_text(document: Any) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return " ".join(" ".join((*(p.text for p in document.paragraphs), *cells)).split())


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_it_says_what_the_pdf_says_methods_and_all(language: str) -> None:
    every = planning.whole_round()
    said = plan_annex.annex(
        every.whole, every.estates, planning.found(), planning.loop(), planning.PLAN, language
    )
    told = _all_text(_opened(_plain(language)))
    for text in map(tongues.without, texts(said)):
        assert " ".join(text.split()) in told, text
    words = Words.of(every.whole.questionnaire, language)
    values = method_page.values(words, every.whole, planning.loop())
    made: Any = values["made"]
    for text in (made.shares, made.means_formula, str(values["hash"]), str(values["credit"])):
        assert " ".join(text.split()) in told


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_chapters_goals_and_findings_are_headings_in_the_language_of_the_document(language: str) -> None:
    document = _opened(_plain(language))
    every = planning.whole_round()
    said = plan_annex.annex(
        every.whole, every.estates, planning.found(), planning.loop(), planning.PLAN, language
    )
    heads = {n: [p.text for p in document.paragraphs if p.style.name == f"Heading {n}"] for n in (1, 2, 3)}
    assert heads[1][:-1] == [chapter.title for chapter in said.chapters]
    assert sum(goal.text in " ".join(heads[2]) for goal in (*planning.GOALS, planning.GONE)) == 5
    assert len(heads[3]) == len({tie.finding for tie in planning.loop().ties})
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
    assert document.core_properties.language == LOCALES[language]
    for style in document.styles:
        for own in style.element.iter(qn("w:lang")):
            assert own.get(qn("w:val")) == LOCALES[language]


def test_every_table_has_a_caption_a_heading_that_is_said_again_and_an_alternative_text() -> None:
    document = _opened(_plain())
    assert len(document.tables) > 10
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text for cell in table.rows[0].cells)
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        above = table._tbl.getprevious()
        assert above.pPr.pStyle.get(qn("w:val")) == "Caption"
    assert sum(p.style.name == "Caption" for p in document.paragraphs) == len(document.tables)


def test_there_is_a_table_of_contents_and_pages_are_numbered() -> None:
    with zipfile.ZipFile(io.BytesIO(_plain())) as file:
        body = file.read("word/document.xml").decode()
        feet = "".join(file.read(n).decode() for n in file.namelist() if n.startswith("word/footer"))
    assert ' TOC \\o "1-2"' in body and " SEQ Tabell" in body
    assert " PAGE " in feet and " NUMPAGES " in feet


def test_the_same_annex_is_the_same_bytes_whatever_the_clock_says() -> None:
    assert _docx() == _plain()
    with zipfile.ZipFile(io.BytesIO(_plain())) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = _opened(_plain()).core_properties
    assert core.created.date() == core.modified.date() == planning.whole_round().whole.results_on


def test_what_people_wrote_is_text_and_nothing_else() -> None:
    bad = "<w:p/><script>&\x00\x0b\"'{=1+1}"
    loop = replace(planning.loop(), quotes=(Quote(bad, bad, False, "x"),))
    content = _docx(loop=loop, plan=replace(planning.PLAN, name=bad))
    told = _all_text(_opened(content))
    assert told.count("<w:p/><script>&\"'{=1+1}") >= 3
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert b"<script" not in file.read("word/document.xml")
        assert not [name for name in file.namelist() if "vba" in name.lower() or "external" in name.lower()]


def test_a_round_of_too_few_answers_says_so_and_shows_no_finding() -> None:
    told = _all_text(_opened(_docx(whole=samples.too_few(), estates={}, loop=Loop())))
    assert not any(one.sentences["nb"] in told for one in planning.found().findings)
    assert "skjult" in told.lower() or "færre" in told.lower()


def test_drawings_are_told_by_the_tables_after_them() -> None:
    every = planning.whole_round()
    said = plan_annex.annex(
        every.whole, every.estates, planning.found(), planning.loop(), planning.PLAN, "nb"
    )
    for chapter in said.chapters:
        for at, block in enumerate(chapter.blocks):
            if isinstance(block, Drawing):
                assert any(
                    type(after).__name__ in ("Table", "Drawing") for after in chapter.blocks[at + 1 : at + 2]
                )
    told = _all_text(_opened(_plain()))
    assert all(report.scope in told for report in every.estates.values())


def _part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name).decode()


def test_tables_are_numbered_one_by_one_for_who_reads_where_fields_are_never_filled() -> None:
    captions = [p.text for p in _opened(_plain()).paragraphs if p.style.name == "Caption"]
    numbers = [text.partition(".")[0] for text in captions]
    assert numbers == [f"Tabell {n}" for n in range(1, len(captions) + 1)]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_table_of_contents_lists_every_chapter_and_goal_before_any_field_is_filled(language: str) -> None:
    document = _opened(_plain(language))
    listed = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("toc ")]
    heads = [
        (f"toc {p.style.name[-1]}", p.text)
        for p in document.paragraphs
        if p.style.name in ("Heading 1", "Heading 2")
    ]
    assert listed == heads and len(listed) > 12
    body = document.element.body
    names = {own.get(qn("w:name")) for own in body.iter(qn("w:bookmarkStart"))}
    assert {own.get(qn("w:anchor")) for own in body.iter(qn("w:hyperlink"))} <= names


def test_every_page_says_that_it_is_a_draft_and_that_it_is_made_up() -> None:
    every = planning.whole_round()
    for whole, told in ((replace(every.whole, fictitious=False), False), (every.whole, True)):
        content = _docx(whole=whole)
        (section,) = _opened(content).sections
        head = section.header.paragraphs[0].text
        assert "Utkast" in head and ("Oppdiktet" in head) == told, head
        assert planning.PLAN.name in head


def test_the_file_has_a_look_of_its_own_and_no_picture_of_a_template() -> None:
    document = _opened(_plain())
    assert {table.style.name for table in document.tables} == {"Bostemme Table"}
    with zipfile.ZipFile(io.BytesIO(_plain())) as file:
        assert not [name for name in file.namelist() if "thumbnail" in name]
    assert "thumbnail" not in _part(_plain(), "_rels/.rels")


@pytest.mark.parametrize("plate", [True, False])
def test_the_file_wears_the_landlords_colour_and_a_logo_that_word_processors_show(plate: bool) -> None:
    logo = reading.read(raster(), "Logoen til Eksempelvik")
    worn = replace(planning.loop(), livery=Livery("#ffcd00", logo, plate))
    every = planning.whole_round()
    made = [
        plan_docx.docx(every.whole, every.estates, planning.found(), worn, planning.PLAN, "nb")
        for _ in range(2)
    ]
    assert made[0] == made[1]
    document = Document(io.BytesIO(made[0]))
    xml = document.element.body.xml
    assert 'w:fill="FFCD00"' in xml and 'descr="Logoen til Eksempelvik"' in xml
    named = next(own for own in document.paragraphs if own.text.strip() == every.whole.organisation)
    assert str(named.runs[-1].font.color.rgb) == "000000"
    drawn = replace(worn, livery=Livery("#ffcd00", reading.read(DRAWN, "Logo"), plate))
    without = plan_docx.docx(every.whole, every.estates, planning.found(), drawn, planning.PLAN, "nb")
    assert "descr=" not in Document(io.BytesIO(without)).element.body.xml
