"""Promises about the form on paper: all is asked, once and in order, and it can be read aloud."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from hypothesis import given, settings

from forms.exchange.paper import MOST_QUESTIONS, Part, TooMuchForPaper, parts
from forms.languages import direction
from forms.loading import INSTRUMENTS, from_document, load, shipped
from forms.modules import module
from forms.questionnaire import Matrix, Questionnaire
from reports.documents import pdf
from survey.cli import main
from survey.paper import TEMPLATES, form
from survey.paper.form import Occasion
from tests.kinds import document_of_kinds, questionnaire_of_kinds
from tests.more_kinds import document_of_more_kinds, questionnaire_of_more_kinds
from tests.questionnaires import choices, t
from tests.random_questionnaires import questionnaires

TOOLS = Path(sys.executable).parent
FILES = sorted(INSTRUMENTS.rglob("*.yaml"))
LANGUAGES = ("nb", "nn", "en")
SMALLEST_TYPE = 14
"""Points."""


def _squeezed(text: str) -> str:
    """Without what a line break puts in or takes out."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


@cache
def _printed(path: Path, language: str) -> bytes:
    return form.as_pdf(load(path), language)


def _text(written: bytes) -> str:
    with pymupdf.open(stream=written, filetype="pdf") as document:
        return "".join(page.get_text() for page in document)


def _sections(page: str) -> dict[int, str]:
    """The markup of each question, by its number: from its number to the next, or to the last box of all."""
    found = re.split(r'<span class="no">(\d+)\.</span>', page.split('<section class="end">')[0])
    return {int(number): markup for number, markup in zip(found[1::2], found[2::2], strict=True)}


def _words(markup: str) -> str:
    return _squeezed(unescape(re.sub(r"<[^>]+>", " ", markup)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_question_and_its_number_is_printed_once_in_order(path: Path) -> None:
    said, at = _squeezed(_text(_printed(path, "nb"))), 0
    for number, item in enumerate(load(path).questions(), start=1):
        told = _squeezed(f"{number}. {item.text.get('nb')}")
        assert len(re.findall(rf"(?<!\d){re.escape(told)}", said)) == 1, told
        assert said.index(told) > at
        at = said.index(told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_has_one_box_and_its_words(path: Path, language: str) -> None:
    read = load(path)
    page, words = form.html(read, language), form.words(language)
    sections = _sections(page)
    for number, item in enumerate(read.questions(), start=1):
        section = sections[number]
        if item.kind not in ("choice", "multi"):
            continue
        assert section.count('class="box"') == len(read.choices(item)) + len(item.specials), item.id
        if "<td" not in section:  # else its words stand at the head of the table
            said = _words(section)
            for choice in read.choices(item):
                assert _squeezed(choice.text.get(language)) in said
            assert all(_squeezed(words(f"special.{name}")) in said for name in item.specials)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_table_has_all_its_answers_at_the_head_and_the_head_comes_again_on_the_next_page(
    path: Path,
) -> None:
    read = load(path)
    page = form.html(read, "nb")
    tables = re.findall(r'<table class="matrix.*?</table>', page, re.S)
    for table in tables:
        head = table[: table.index("</thead>")]
        number = int(re.findall(r'<span class="no">(\d+)\.', table)[0])
        item = list(read.questions())[number - 1]
        for choice in read.choices(item):
            assert _squeezed(choice.text.get("nb")) in _words(head)
    matrices = sum(isinstance(entry, Matrix) and len(entry.rows) > 1 for p in read.pages for entry in p.items)
    assert len(tables) <= matrices
    assert "thead { display: table-header-group; }" in page


def _conditions(read: Questionnaire) -> int:
    """Of pages, blocks, questions and choices that stand on the form."""
    found = 0
    for page in read.pages:
        if all(item.computed is not None for item in read.page_items(page)):
            continue
        found += page.show_if is not None
        for entry in page.items:
            found += isinstance(entry, Matrix) and entry.show_if is not None
        for item in read.page_items(page):
            if item.computed is None:
                found += item.show_if is not None
                found += sum(choice.show_if is not None for choice in read.choices(item))
    return found


def _told(form_parts: tuple[Part, ...]) -> list[str]:
    return [
        said
        for part in form_parts
        for said in [
            part.condition,
            *(block.condition for block in part.blocks),
            *(said for block in part.blocks for q in block.questions for said in q.conditions),
            *(o.condition for block in part.blocks for q in block.questions for o in q.options),
        ]
        if said
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_condition_is_told_in_words_by_the_numbers_of_questions(path: Path, language: str) -> None:
    read = load(path)
    told = _told(parts(read, language))
    assert len(told) == _conditions(read)
    page = _words(form.html(read, language))
    for said in told:
        assert _squeezed(said) in page and "answers." not in said


def test_who_is_to_answer_is_said_as_one_would_say_it() -> None:
    page = unescape(form.html(load(INSTRUMENTS / "boindeks.yaml"), "nb"))
    assert (
        "Svar på denne delen bare hvis svaret på spørsmål 52 er «Ja». "
        "Hvis ikke: gå til del 14, som begynner med spørsmål 61." in page
    )
    english = unescape(form.html(load(INSTRUMENTS / "boindeks.yaml"), "en"))
    assert "Answer this part only if the answer to question 52 is 'Yes'." in english


def test_what_nobody_is_asked_is_not_printed_and_how_it_is_worked_out_is() -> None:
    data = document_of_kinds()
    data["pages"][0]["items"].append(
        {"id": "dyrt", "text": t("Dyrt"), "computed": 'answers.leie / answers.rom > 5000 ? "ja" : "nei"',
         "scale": "jn"}
    )  # fmt: skip
    data["pages"][1]["show_if"] = 'answers.dyrt == "ja"'
    page = unescape(form.html(from_document(data), "nb"))
    assert "Svar på denne delen bare hvis svaret på «Dyrt» er «Ja»." in page
    divided = "svaret på spørsmål 2 delt på svaret på spørsmål 1"
    assert f"«Dyrt» regnes ut av svarene: «Ja» hvis {divided} er over 5\xa0000, og ellers «Nei»." in page
    assert len(_sections(page)) == sum(1 for _ in from_document(data).questions())


def test_each_kind_of_question_has_its_own_way_to_be_answered_by_hand() -> None:
    page = form.html(questionnaire_of_kinds(), "nb")
    sections = _sections(page)
    assert sections[1].count('class="box"') == 3  # two digits, and "Vet ikke"
    assert 'class="short"' in sections[2]
    assert "Fra januar 1950 til november 2026." in sections[3] and sections[3].count('class="box"') == 8
    assert sections[4].count('class="ruled"') == 1 and "Ikke skriv navn på andre." in sections[4]
    assert 'class="ruler"' in sections[5] and "svært misfornøyd" in sections[5]
    assert 'class="choices columns"' in sections[6]
    assert "Du velger selv." in sections[8] and "minst 20" in sections[9]
    more = form.html(questionnaire_of_more_kinds(), "nb")
    assert "100\xa0000 kr" in more and 'class="drawing"' in more and "<thead>" in more
    boindeks = form.html(load(INSTRUMENTS / "boindeks.yaml"), "nb")
    ranked = _sections(boindeks)[61]
    assert [f"{n}. " in ranked for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert ranked.count('class="letter"') == 10


@pytest.mark.parametrize(
    ("language", "lead"), [("nb", "Hvis svaret ikke passer:"), ("en", "If the answer does not fit:")]
)
def test_a_demand_is_said_in_the_words_of_who_made_it_and_not_as_its_condition(
    language: str, lead: str
) -> None:
    section = _sections(form.html(questionnaire_of_kinds(), language))[2]
    plain = " ".join(re.sub("<[^>]+>", "", section).split())
    for must in questionnaire_of_kinds().item("leie").must:
        assert f"{lead} {must.text.get(language)}" in plain
    assert "delt på" not in plain and "divided" not in plain and "500" not in plain


def test_the_first_page_says_who_asks_until_when_where_to_whom_and_that_one_need_not() -> None:
    occasion = Occasion(
        organisation="Eksempelvik kommune", estate="Nordlysgata 4-18", closes_on=date(2027, 3, 14),
        hand_in="Beboerhuset, Nordlysgata 2", contact="Kari på beboerhuset, 12 34 56 78", slip=True,
    )  # fmt: skip
    written = form.as_pdf(load(INSTRUMENTS / "modules" / "puls.yaml"), "nb", occasion)
    with pymupdf.open(stream=written, filetype="pdf") as document:
        first = _squeezed(document[0].get_text())
    for said in (
        "Eksempelvik kommune", "Nordlysgata 4-18", "søndag 14. mars 2027", "Beboerhuset, Nordlysgata 2",
        "Kari på beboerhuset, 12 34 56 78", "Du kan hoppe over alle spørsmål.", "lar du bare være å levere",
        "Ikke skriv navn, adresse eller leilighet", "uten merker som viser hvem det er fra",
        "Den som taster inn skjemaet, leser det du har skrevet", "Legg svarslippen",
    ):  # fmt: skip
        assert _squeezed(said) in first, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_is_one_page(language: str) -> None:
    """With the longest of the introductions, and what an office may add."""
    whole = load(INSTRUMENTS / "boindeks.yaml")
    read = whole.model_copy(update={"pages": whole.pages[:1]})
    occasion = Occasion("Eksempelvik kommunale boligforetak KF", "Nordlysgata 4-18 og Sørlysgata 2", None,
                        "Beboerhuset, Nordlysgata 2, hverdager 9-15", "Kari på beboerhuset, 12 34 56 78",
                        slip=True, fictitious=True)  # fmt: skip
    with pymupdf.open(stream=form.as_pdf(read, language, occasion), filetype="pdf") as document:
        second = document[1].get_text()
    assert form.words(language)("paper.part", n=1) in second


def _checked(written: bytes, tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(written)
    for command in (["pdfua", "check"], ["outloud", "--json", "-", "--quiet"]):
        done = subprocess.run(
            [TOOLS / command[0], *command[1:], str(file)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kinds", [questionnaire_of_kinds, questionnaire_of_more_kinds])
def test_the_checkers_find_no_error(kinds: Any, tmp_path: Path) -> None:
    _checked(form.as_pdf(kinds(), "nn"), tmp_path)


def test_the_checkers_find_no_error_in_the_whole_form(tmp_path: Path) -> None:
    written = _printed(INSTRUMENTS / "boindeks.yaml", "nb")
    _checked(written, tmp_path)
    with pikepdf.open(tmp_path / "form.pdf") as document:
        assert str(document.Root.Lang) == "nb"
        assert document.open_metadata()["pdfuaid:part"] == "1"
        assert document.open_metadata()["dc:title"] == "Papirskjema: Slik er det å bo her"


def test_no_question_stands_on_two_pages_and_every_page_has_its_number() -> None:
    written = _printed(INSTRUMENTS / "boindeks.yaml", "nb")
    with pikepdf.open(io.BytesIO(written)) as document:
        elements = list(pdf._elements(document.Root.StructTreeRoot))
        for element in elements:
            kids = list(pdf._children(element))
            asks = element.S == "/Sect" and kids and kids[0].S == "/H3"
            if asks or element.S == "/TR":
                assert len(_pages_of(element)) <= 1
    with pymupdf.open(stream=written, filetype="pdf") as document:
        for number, page in enumerate(document, start=1):
            assert f"Side {number} av {len(document)}" in page.get_text()


def _pages_of(element: pikepdf.Object) -> set[tuple[int, int]]:
    found = {element.Pg.objgen} if "/Pg" in element else set()
    for child in pdf._children(element):
        found |= _pages_of(child)
    return found


def test_the_type_is_large_everywhere() -> None:
    with pymupdf.open(stream=_printed(INSTRUMENTS / "boindeks.yaml", "nb"), filetype="pdf") as document:
        sizes = {
            round(span["size"], 1)
            for page in document
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
            if span["text"].strip()
        }
    assert min(sizes) >= SMALLEST_TYPE


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    read = load(INSTRUMENTS / "modules" / "barn.yaml")
    assert form.as_pdf(read, "nb") == form.as_pdf(read, "nb")


def _arabic() -> Questionnaire:
    """Every text with an Arabic one beside it."""

    def also(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"nb", "nn", "en"}:
                return value | {"ar": f"هل يوجد {len(value['nb'])} مصعد"}
            return {key: also(one) for key, one in value.items()}
        return [also(one) for one in value] if isinstance(value, list) else value

    for_both: dict[str, Any] = also(document_of_more_kinds())
    for_both["languages"] = ["nb", "nn", "en", "ar"]
    for_both["unchecked"] = ["ar"]
    for_both["pages"][1]["show_if"] = "answers.budsjett_stort == 1"
    for_both["pages"][0]["items"].insert(
        0, {"id": "budsjett_stort", "text": {**t("Stort?"), "ar": "كبير؟"}, "scale": "to"}
    )
    for_both["scales"].append(
        {"id": "to", "choices": [{**c, "number": n} for n, c in enumerate(choices("a", "b"), start=1)]}
    )
    return from_document(for_both)


def test_a_language_from_the_right_is_set_from_the_right(tmp_path: Path) -> None:
    read = _arabic()
    page = form.html(read, "ar")
    assert '<html lang="ar" dir="rtl">' in page and '<html lang="nb" dir="ltr">' in form.html(read, "nb")
    assert direction("ar") == "rtl" and direction("ti") == direction("so") == "ltr"
    style = (TEMPLATES / "form.css").read_text(encoding="utf-8")
    assert "left" not in style and "right" not in style
    written = form.as_pdf(read, "ar")
    _checked(written, tmp_path)
    with pymupdf.open(stream=written, filetype="pdf") as document:
        question = document[1].search_for("1.")[0]
        assert question.x0 > document[1].rect.width / 2
        margin = 15 * 72 / 25.4
        for page in document:
            drawn = [drawing["rect"] for drawing in page.get_drawings()]
            assert all(margin - 1 < r.x0 and r.x1 < page.rect.width - margin + 1 for r in drawn)
    with pikepdf.open(tmp_path / "form.pdf") as document:
        assert str(document.Root.Lang) == "ar"


def test_conditions_in_another_language_say_so() -> None:
    """What a landlord asks in Arabic has the house's own words in Arabic, and its conditions in bokmål,
    marked as that: the house does not know how to say them."""
    page = form.html(_arabic(), "ar")
    assert '<p class="when" lang="nb" dir="ltr">' in page
    assert form.words("ar")("paper.unchecked") in page and "Oversettelsen er et utkast" not in page


@given(questionnaires())
@settings(max_examples=25, deadline=None)
def test_whatever_the_questionnaire_all_of_it_is_on_the_form(read: Questionnaire) -> None:
    page = form.html(read, "nb")
    sections = _sections(page)
    assert sorted(sections) == list(range(1, sum(1 for _ in read.questions()) + 1))
    for number, item in enumerate(read.questions(), start=1):
        assert _words(sections[number]).startswith(_squeezed(item.text.get("nb")))
    for item in read.items():
        if item.kind == "info":
            assert _squeezed(item.text.get("nb")) in _words(page)
    told = _told(parts(read, "nb"))
    assert len(told) == _conditions(read)
    assert "answers." not in page


def test_markup_in_a_questionnaire_is_printed_and_never_set() -> None:
    data = document_of_kinds()
    data["title"]["nb"] = '"}</style><script>alert(1)</script>'
    page = form.html(from_document(data), "nb", Occasion(hand_in="<b>x</b>"))
    assert "<script" not in page and "<b>" not in page and page.count("</style>") == 1


def _of_many(n: int) -> Questionnaire:
    data = document_of_kinds()
    data["pages"] = [
        {"id": f"s{page}", "title": t(f"Side {page}"), "module": "kjerne",
         "items": [{"id": f"i{page}_{k}", "text": t(f"Spørsmål {page} {k}?"), "choices": choices("a", "b")}
                   for k in range(10)]}
        for page in range(n // 10)
    ]  # fmt: skip
    return from_document(data)


def test_a_hundred_and_fifty_questions_go_on_paper_and_more_than_two_hundred_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pymupdf.open(stream=form.as_pdf(_of_many(150), "nb"), filetype="pdf") as document:
        assert "150. Spørsmål 14 9?" in "".join(page.get_text() for page in document)
    with pytest.raises(TooMuchForPaper):
        parts(_of_many(MOST_QUESTIONS + 10), "nb")


def test_sixty_choices_and_a_text_of_pages_are_printed_whole() -> None:
    data = document_of_kinds()
    data["pages"] = data["pages"][:1]
    long = "Et langt ord og ett til. " * 300
    data["pages"][0]["items"] = [
        {"id": "sted", "text": t("Hvor?"), "display": "select",
         "choices": choices(*(f"sted_{n}" for n in range(60)))},
        {"id": "lang", "kind": "info", "text": t(long)},
        {"id": "langt_ord", "text": t("b" * 400), "choices": choices("c" * 60, "d")},
    ]  # fmt: skip
    said = _squeezed(_text(form.as_pdf(from_document(data), "nb")))
    assert all(f"sted_{n}" in said for n in range(60))
    assert said.count("Etlangtordogetttil.") >= 296  # a page's foot may stand within one
    assert "b" * 400 in said and "c" * 60 in said


def test_a_questionnaire_that_only_informs_is_a_form_without_numbers() -> None:
    data = document_of_kinds()
    data["pages"] = data["pages"][:1]
    data["pages"][0]["items"] = [{"id": "les", "kind": "info", "text": t("Les dette")}]
    page = form.html(from_document(data), "nb")
    assert "Les dette" in page and 'class="no"' not in page


def test_a_file_becomes_a_form_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, target = INSTRUMENTS / "modules" / "puls.yaml", tmp_path / "puls.pdf"
    with pytest.raises(SystemExit) as ended:
        main(["questionnaire", "paper", str(file), "-o", str(target), "--language", "nb", "--in", "nn"])
    assert not ended.value.code
    assert "Skjemaet har" in _text(target.read_bytes())
    for arguments, said in (
        (["-o", str(target)], "finnes fra før"),
        (["-o", str(tmp_path / "x.docx")], ".pdf"),
        (["-o", str(tmp_path / "y.pdf"), "--in", "ar"], "nb, nn, en"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["questionnaire", "paper", str(file), *arguments, "--language", "nb"])
        assert ended.value.code and said in capsys.readouterr().err


@pytest.mark.parametrize("language", ["nb", "nn", "en", "se", "pl", "ar", "uk", "so", "ti"])
def test_who_had_help_has_a_box_for_it_on_the_last_page_where_no_question_asks(language: str) -> None:
    words = form.words(language)
    short = form.html(module("puls"), language).split('<section class="end">')[1]
    for way in ("helper", "interview", "proxy"):
        assert _squeezed(words(f"paper.helped.{way}")) in _words(short)
    assert short.count('class="box"') == 3


def test_who_was_asked_about_help_is_not_asked_again() -> None:
    assert 'class="box"' not in form.html(shipped("boindeks"), "nb").split('<section class="end">')[1]
