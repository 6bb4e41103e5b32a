"""Promises about the form on paper in the languages that await a person: all of it is in them, every letter
is printed, and what is read from the right is set from the right."""

from __future__ import annotations

import unicodedata
from functools import cache
from string import Formatter

import pymupdf
import pytest

from forms import drafted, languages
from forms.catalogue import read_catalogue
from reports.documents import typefaces
from survey import asking
from survey.paper import MESSAGES, form
from survey.paper.form import Occasion

SCRIPTS = {"ar": "ARABIC", "uk": "CYRILLIC", "ti": "ETHIOPIC"}
OF_THE_HOUSE = ("Open-Sans", "Bostemme-Arabic", "Bostemme-Ethiopic")
OCCASION = Occasion("Eksempelvik kommunale boligforetak KF", "Nordlysgata 4-18 og Sørlysgata 2", None,
                    "Beboerhuset, Nordlysgata 2, hverdager 9-15", "12 34 56 78",
                    slip=True, fictitious=True)  # fmt: skip


@cache
def _printed(language: str) -> bytes:
    return form.as_pdf(drafted.short_form(), language, OCCASION)


def _opened(language: str) -> pymupdf.Document:
    return pymupdf.open(stream=_printed(language), filetype="pdf")


def _own(language: str) -> dict[str, str]:
    return read_catalogue(MESSAGES, language)


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_the_house_says_on_paper_all_that_it_says_in_bokmal_but_the_conditions(language: str) -> None:
    said, bokmal = _own(language), _own("nb")
    conditions = {key for key in bokmal if "{condition}" in bokmal[key] or key.startswith("paper.else")}
    assert said.keys() == bokmal.keys() - conditions
    for key, text in said.items():
        fields, wanted = ({name for _, name, _, _ in Formatter().parse(one)} for one in (text, bokmal[key]))
        assert fields - {None} == wanted - {None}, key
        assert all(not form for _, _, form, _ in Formatter().parse(text)), f"{key}: holds for every number"
        assert not [sign for sign in text if unicodedata.category(sign) in ("Cf", "Cc", "Co", "Cn")], key
        if language in SCRIPTS:
            names = [unicodedata.name(sign) for sign in text if sign.isalpha()]
            assert any(SCRIPTS[language] in name for name in names), key


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_nothing_on_the_short_form_is_in_another_language(language: str) -> None:
    page = form.html(drafted.short_form(), language, OCCASION)
    assert page.count(' lang="') == 1 and f'<html lang="{language}"' in page
    assert form.words(language)("paper.unchecked") in page, "and it says that nobody has read it"
    bokmal = read_catalogue(MESSAGES, "nb", asking.MESSAGES)
    for key in ("special.vet_ikke", "special.vil_ikke_svare", "field.rank.1", "paper.question", "paper.end"):
        assert bokmal[key] not in page, key


@pytest.mark.parametrize("language", languages.SPOKEN)
def test_every_letter_is_printed_and_in_a_typeface_of_the_house(language: str) -> None:
    """Glyph 0 is the empty box of a letter that no typeface has."""
    with _opened(language) as document:
        for page in document:
            for span in page.get_texttrace():
                missing = [chr(code) for code, glyph, *_ in span["chars"] if not glyph]
                assert not missing, (page.number + 1, missing)
                assert span["font"].startswith(OF_THE_HOUSE), span["font"]


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_the_first_page_is_one_page_in_them_too(language: str) -> None:
    with _opened(language) as document:
        second = document[1].get_text("dict", sort=True)["blocks"]
        largest = max((span for b in second for line in b.get("lines", ()) for span in line["spans"]),
                      key=lambda span: span["size"])  # fmt: skip
        assert largest["size"] > 18 and largest["bbox"][1] < document[1].rect.height / 5, "the head of part 1"


def test_arabic_paper_is_read_from_the_right() -> None:
    with _opened("ar") as document:
        middle = document[0].rect.width / 2
        for page in document:
            words = page.get_text("words")
            foot = max(word[3] for word in words)
            last = [word for word in words if word[3] > foot - 12]
            building = [word for word in last if word[4] == "Nordlysgata"]
            count = [word[4] for word in last if word[2] < middle]
            assert building and all(word[0] > middle for word in building), "the building stands at the right"
            assert str(page.number + 1) in count, "and the number of the page at the left"
        ranked = next(page for page in document if page.search_for("startlån"))
        letters = [word for word in ranked.get_text("words") if word[4] in tuple("ABCDEFGHIJ")]
        assert len(letters) == 10 and all(word[0] > 2 * middle - 90 for word in letters)


def test_names_and_numbers_on_it_keep_their_own_order() -> None:
    with _opened("ar") as document:
        words = document[0].get_text("words")
        digits = sorted((word[0], word[4]) for word in words if word[4] in ("12", "34", "56", "78"))
        assert [word for _, word in digits] == ["12", "34", "56", "78"]
    assert form.way("Fjordgløtt 1-9") == form.way("12 34 56 78") == form.way("") == "ltr"
    assert form.way("الأحد 14 مارس 2027") == "rtl"


def test_typefaces_are_handed_out_to_the_documents_that_need_them() -> None:
    assert typefaces.rules("<p>Hvordan er det å bo her? Як тут живеться?</p>") == ""
    assert typefaces.rules("<p>ኣብዚ</p>").count("@font-face") == 2
    for script in typefaces.SCRIPTS:
        for name in typefaces.WEIGHTS:
            assert (typefaces.FOLDER / f"{script.file}-{name}.ttf").stat().st_size < 200_000
    assert "SIL OPEN FONT LICENSE" in (typefaces.FOLDER / "OFL.txt").read_text(encoding="utf-8")


def test_no_word_is_parted_at_the_head_of_a_table_where_nobody_has_told_how() -> None:
    tables = {code: form.html(drafted.short_form(), code).count('class="matrix') for code in languages.SPOKEN}
    assert tables["so"] == tables["ti"] == 0, "asked one by one"
    assert tables["se"] == 2, "the third has a column more, too narrow for 'oaivilis'"
    assert tables["nb"] == tables["pl"] == tables["ar"] == 3


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_no_sheet_is_printed_for_the_closing_words_alone(language: str) -> None:
    last = sum(1 for _ in drafted.short_form().questions())
    with _opened(language) as document:
        assert len(document) <= 9, "five sheets"
        read = [word.strip(".") for word in document[-1].get_text().split()]
        assert str(last) in read, "a question stands above them"
