"""The short form in languages that await a person: whole, marked as drafts, and the same questions."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from fontTools.ttLib import TTFont

from forms import drafted, languages, lint
from forms.catalogue import read_catalogue
from forms.exchange import codebook, tables
from forms.exchange.xlsform_in import from_xlsform
from forms.exchange.xlsform_out import to_xlsform
from forms.loading import content_hash, dump, shipped
from forms.modules import joined
from forms.questionnaire import Questionnaire
from forms.reading import minutes
from forms.texts import whole
from forms.versions import comparable, compare, faults
from survey import asking
from survey.asking.questions import month_in_words, number_in_words, thousands
from survey.campaigns.templates import modules, suggested_dates, templates
from survey.days import long_date
from survey.faults import preferred_language
from survey.office import round_form
from survey.phone import rendering
from survey.phone.rendering import ROOM, messages
from survey.settings import PROJECT
from tests.unit.test_round_modules import ESTATE, TODAY

BEFORE = shipped("boindeks").short_form()
SCRIPTS = {"ar": "ARABIC", "uk": "CYRILLIC", "ti": "ETHIOPIC"}
"""Whose letters the texts are written in, where it is not the Latin ones."""
LATIN_NAMES = ("BOINDEKS", "STARTLÅN", "QR", "IP", "SMS", "BOSTEMME")


@pytest.fixture(scope="module")
def short() -> Questionnaire:
    return drafted.short_form()


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_every_text_of_the_short_form_is_there_and_in_letters_of_its_language(
    short: Questionnaire, language: str
) -> None:
    for place, text in whole(short):
        words = text.root.get(language, "")
        assert words and words == words.strip(), place
        if language in SCRIPTS and any(sign.isalpha() for sign in words):
            letters = [unicodedata.name(sign) for sign in words if sign.isalpha()]
            assert any(SCRIPTS[language] in name for name in letters), (place, words)
        elif text.root["nb"] not in ("Sosialt", "Partner"):
            assert words != text.root["nb"], place


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_no_text_turns_its_own_direction_or_hides_signs(short: Questionnaire, language: str) -> None:
    said = [text.root[language] for _, text in whole(short)]
    said += read_catalogue(ROOM / "messages", language, asking.MESSAGES).values()
    for text in said:
        assert not [sign for sign in text if unicodedata.category(sign) in ("Cf", "Cc", "Co", "Cn")], text
        assert "\N{REPLACEMENT CHARACTER}" not in text


def test_the_check_finds_nothing_but_that_nobody_has_read_them(short: Questionnaire) -> None:
    found = lint.check(short)
    assert {fault.kind for fault in found} == {"language_unchecked"}
    assert short.unchecked == languages.DRAFTED
    assert short.languages == (*BEFORE.languages, *languages.DRAFTED), "those who are read, first"
    for language in short.languages:
        assert minutes(short, language) < 6


def test_a_language_more_changes_no_question_and_breaks_no_trend(short: Questionnaire) -> None:
    assert compare(BEFORE, short).changes == ()
    assert comparable(BEFORE, short) == comparable(BEFORE, BEFORE)
    assert faults(BEFORE, short) == [], "it has a version number of its own"
    assert [item.meaning for item in short.items()] == [item.meaning for item in BEFORE.items()]
    assert content_hash(shipped("boindeks").short_form()) == content_hash(BEFORE), "frozen as it was"
    for _, text in whole(shipped("boindeks")):
        assert set(text.root) == set(languages.WRITTEN), "the full form is in those that are read"


def test_a_file_that_lacks_a_text_or_says_too_much_is_refused(tmp_path: Path) -> None:
    own = (drafted.FOLDER / "boindeks_kort.ar.yaml").read_text(encoding="utf-8")
    for broken in (
        own.replace("a15_17", "a15_18"),
        own.replace("language: ar", "language: pl"),
        own + "x: y",
    ):
        (tmp_path / "boindeks_kort.ar.yaml").write_text(broken, encoding="utf-8")
        with pytest.raises(drafted.DraftUnfit, match=r"boindeks_kort\.ar\.yaml"):
            drafted.with_drafts(BEFORE, tmp_path)


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_sentences_with_a_number_hold_for_every_number(language: str) -> None:
    """'{n:one|many}' has two forms; languages that need more say 'Number: 3'."""
    for key, text in read_catalogue(ROOM / "messages", language, asking.MESSAGES).items():
        assert all(not form for _, _, form, _ in Formatter().parse(text)), key


# ---------------------------------------------------------------- dates, numbers, direction


def test_dates_and_numbers_are_written_with_the_digits_of_the_letter() -> None:
    day = date(2027, 3, 14)
    assert long_date(day, "ar") == "14 مارس 2027"
    assert long_date(day, "se") == "njukčamánu 14. b. 2027", "a day of March, where the month alone is March"
    assert long_date(day, "se", weekday=True).startswith("sotnabeaivi, njukčamánu")
    assert month_in_words("2027-03", "se") == "njukčamánnu 2027"
    for language in languages.SPOKEN:
        said = long_date(day, language) + month_in_words("2027-03", language)
        said += thousands(60000, language) + number_in_words("2.5", language)
        assert all(sign in "0123456789" for sign in said if sign.isdecimal()), said


def test_names_in_a_sentence_from_the_right_keep_their_own_order() -> None:
    lead = messages("ar")("start.lead", organisation="Havna bolig 1-9", estate="Fjordgata 4–10")
    assert "\u2068Havna bolig 1-9\u2069" in lead and "\u2068Fjordgata 4–10\u2069" in lead
    assert "\u2068K7Q2FA-9M3XTB-D4RTHX\u2069" in messages("ar")("receipt.ask.hint", length=18)
    assert "\u2068" not in messages("en")("start.lead", organisation="Havna", estate="Fjordgata")


def test_a_language_says_its_own_name_and_its_direction() -> None:
    assert languages.name("ar") == "العربية" and languages.direction("ar") == "rtl"
    assert {languages.direction(code) for code in languages.KNOWN if code != "ar"} == {"ltr"}
    assert languages.name("fr") == "fr" and languages.direction("fr") == "ltr"
    assert set(rendering.LANGUAGES) <= set(languages.KNOWN)


def test_the_language_of_the_browser_is_found_among_those_that_are_offered() -> None:
    assert preferred_language("ar-SY, nb;q=0.8", ("nb", "ar")) == "ar"
    assert preferred_language("ar-SY, en;q=0.8") == "en", "the console does not speak it"
    assert preferred_language("en, ar;q=0.5", ("nb", "ar")) == "ar"


# ---------------------------------------------------------------- rounds, files, codebooks


def _checked(template: str, chosen: frozenset[str], *names: str) -> round_form.NewChecked:
    filled = round_form.suggested("Bo her 2027", templates()[template], [ESTATE], suggested_dates(TODAY))
    filled = replace(filled, languages=chosen, modules=frozenset(names))
    return round_form.check_new(filled, templates(), modules(), [ESTATE], TODAY)


def test_a_round_of_the_short_form_may_offer_them_and_nobody_gets_one_unasked() -> None:
    suggested = round_form.suggested("Bo her 2027", templates()["kort"], [ESTATE], suggested_dates(TODAY))
    assert suggested.languages == set(languages.WRITTEN)
    checked = _checked("kort", frozenset({"nb", "ar"}))
    assert checked.new is not None and checked.new.languages == ("nb", "ar")
    assert "ar" in checked.new.questionnaire.unchecked


@pytest.mark.parametrize(("template", "names"), [("full", ()), ("puls", ()), ("kort", ("sted",))])
def test_what_is_not_there_in_a_language_cannot_be_asked_in_it(template: str, names: tuple[str, ...]) -> None:
    (problem,) = _checked(template, frozenset({"nb", "ar"}), *names).problems
    assert (problem.field, problem.key) == ("languages", "problem.languages_lacking")
    assert problem.values == {"languages": "العربية"}
    assert _checked(template, frozenset({"nb"}), *names).new is not None


def test_letters_need_a_language_that_is_read() -> None:
    (problem,) = _checked("kort", frozenset({"ar"})).problems
    assert (problem.field, problem.key) == ("languages", "problem.languages_letters")


def test_modules_are_joined_to_what_they_were_joined_to_before() -> None:
    checked = _checked("kort", frozenset({"nb"}), "sted")
    assert checked.new is not None
    assert content_hash(checked.new.questionnaire) == content_hash(joined(BEFORE, ["sted"]))
    both = joined(drafted.short_form(), ["sted"])
    assert (both.languages, both.unchecked) == (BEFORE.languages, ())


def test_workbooks_carry_the_languages_and_bring_them_back(short: Questionnaire) -> None:
    back = from_xlsform(to_xlsform(short).sheets, "boindeks_kort").questionnaire
    assert back is not None
    assert dump(back) == dump(short)
    assert all(tables.NAMES[language] for language in languages.DRAFTED)
    assert len(list(codebook.chapters(short, "ar"))) == len(list(codebook.chapters(short, "nb")))


def test_every_letter_of_tigrinya_is_in_the_file_that_phones_without_them_are_sent() -> None:
    file = PROJECT / "survey" / "static" / "ethiopic.woff2"
    written = [path.read_text(encoding="utf-8") for path in PROJECT.glob("survey/**/ti.po")]
    written += [path.read_text(encoding="utf-8") for path in PROJECT.glob("forms/drafts/*.ti.yaml")]
    letters = {ord(letter) for letter in "".join(written) if "ETHIOPIC" in unicodedata.name(letter, "")}
    assert len(written) > 5 and len(letters) > 100
    assert letters <= TTFont(file).getBestCmap().keys()
    assert file.stat().st_size < 15_000


def test_the_letters_of_its_name_are_in_the_file_for_the_choice_of_languages() -> None:
    file = PROJECT / "survey" / "static" / "tigrinya.woff2"
    letters = {ord(letter) for letter in languages.name("ti")}
    assert letters == TTFont(file).getBestCmap().keys() - {0x20, 0xA0}
    assert file.stat().st_size < 1_100
    for sheet in ("survey/phone/static/phone.css", "survey/static/fault.css"):
        css = (PROJECT / sheet).read_text(encoding="utf-8")
        assert ", ".join(f"U+{letter:04X}" for letter in map(ord, languages.name("ti"))) in css
