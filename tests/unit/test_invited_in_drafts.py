"""What invites tenants in languages that await a person: whole, and from the right where it is."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from uuid import UUID

import pymupdf
import pytest
from markupsafe import escape

from forms import languages
from forms.catalogue import read_catalogue
from reports.documents import pdf
from survey.campaigns.links import Link
from survey.campaigns.rounds import Round, RoundEstate
from survey.days import long_date
from survey.delivery import texts
from survey.delivery.sms_length import sms_length
from survey.delivery.texts import Blanks, Kind
from survey.office import letters, poster
from survey.people.roles import Role, Staff
from survey.settings import PROJECT, Settings

TOOLS = Path(sys.executable).parent
MESSAGES = PROJECT / "survey" / "delivery" / "messages"
ID, DAY = UUID(int=1), date(2027, 3, 14)
SETTINGS = Settings(None, None, "https://svar.eksempelvik.example", Path())
STAFF = Staff(ID, "Kari", Role.OFFICER, ID, "Boligforvaltningen i Eksempelvik kommune", True, b"")
ESTATE = RoundEstate(ID, "Gamle Nordlysgata 4-18", "Nordbyen", 40, ID, None)
HOME = Link(
    "Nordbyen", ESTATE.name, 12, "K7Q2FA-9M3XTB", "t", f"{SETTINGS.base_url}/s/k7q2fa9m3xtbk7q2fa9m", ID
)
BACK = letters.Layout(roomy=True, both_sides=True)
BLANKS = Blanks("Eksempelvik kommune", "Vår", "3B Havna", "https://svar.example/s/abc", "1. mai", "2. juni")


def _round() -> Round:
    return Round(
        id=ID, name="Bo-undersøkelsen 2027", series="", status="draft", source="invitations",
        languages=("ar", "nb", "pl", "nn", "se", "uk", "en", "so", "ti"), opens_on=DAY, closes_on=DAY,
        closed_on=None, results_on=DAY, today=DAY, clock_back=False, questionnaire_version_id=ID,
        questionnaire_id="kort", content_hash=b"", estates=(ESTATE,), declared_grade=None, declared={},
        archive_years=5, contact_days=30, contacts_due_on=None, answers_due_on=None, answers_deleted_on=None,
        salt=b"", wave=None,
    )  # fmt: skip


PRINTED = {
    "letter and slip": lambda: letters.html(SETTINGS, STAFF, _round(), {}, [HOME], True, BACK),
    "poster": lambda: poster.html(_round(), STAFF, SETTINGS),
}


@cache
def _pdf(name: str) -> bytes:
    return pdf.write(PRINTED[name](), name, "nb")


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_every_word_that_invites_is_there_in_the_languages_that_await_a_person(language: str) -> None:
    bokmaal, draft = read_catalogue(MESSAGES, "nb"), read_catalogue(MESSAGES, language)
    in_full = {
        "letter.body",
        "letter.other",
        "letter.promise",
        "letter.no",
        "panel.letter.keep",
        "panel.letter.no",
    }
    marks = {"draft", "draft.short"}
    assert draft.keys() - marks == {key for key in bokmaal if not key.startswith("contacts.")} - in_full
    for key in draft.keys() - marks:
        assert draft[key] != bokmaal[key] and _blanks(draft[key]) == _blanks(bokmaal[key]), key
    for kind in texts.KINDS:
        assert not texts.faults(kind, texts.default(kind, language)), kind


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_letter_of_all_languages_says_in_each_what_nobody_sees_and_how_to_say_no() -> None:
    page = PRINTED["letter and slip"]()
    assert page.index('<html lang="nb"') < page.index('<section lang="nn"') < page.index('<section lang="ar"')
    for language in set(languages.SPOKEN) - {"nb"}:
        said = texts.wording(language)
        rest = said("letter.short.rest", closes_on=long_date(DAY, language))
        assert escape(rest) in page and escape(said("slip.tenant")) in page, language
    for language in languages.DRAFTED:
        assert f'<section lang="{language}" dir="{languages.direction(language)}"' in page
        assert page.count(texts.wording(language)("draft.short")) == 2, "and that nobody has read it yet"


@pytest.mark.parametrize("name", ["letter and slip", "poster"])
def test_every_letter_of_every_script_is_printed_and_the_checkers_find_no_error(
    name: str, tmp_path: Path
) -> None:
    with pymupdf.open(stream=_pdf(name)) as document:
        for page in document:
            for span in page.get_texttrace():
                missing = [chr(code) for code, glyph, *_ in span["chars"] if not glyph]
                assert not missing, (page.number + 1, missing)
    file = tmp_path / "printed.pdf"
    file.write_bytes(_pdf(name))
    for command in (["pdfua", "check"], ["outloud", "--json", "-", "--quiet"]):
        done = subprocess.run(
            [TOOLS / command[0], *command[1:], str(file)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_arabic_in_a_letter_stands_at_the_right_and_names_in_it_keep_their_order() -> None:
    with pymupdf.open(stream=_pdf("letter and slip")) as document:
        words = document[1].get_text("words")
        arabic = [word for word in words if any("\u0600" <= sign <= "\u06ff" for sign in word[4])]
        right = max(word[2] for word in words)
        assert arabic and max(word[2] for word in arabic) > right - 6
    filled = texts.message("email", texts.default("email", "ar"), "ar", BLANKS, fictitious=False)
    assert "\u200e3B Havna\u200e" in filled.subject and "\u200e" not in BLANKS.lenke
    assert BLANKS.lenke + "\n" in filled.body, "nothing clings to the link"
    assert texts.from_left("شركة السكن") == "شركة السكن"


def test_an_email_in_a_draft_language_says_that_it_is_one_and_how_to_say_no() -> None:
    for language in languages.DRAFTED:
        said = texts.wording(language)
        email = texts.message("email", texts.default("email", language), language, BLANKS, fictitious=False)
        assert email.body.endswith(said("end.email", lenke=BLANKS.lenke) + "\n\n" + said("draft"))
        sms = texts.message("sms", texts.default("sms", language), language, BLANKS, fictitious=False)
        assert sms.body.endswith(said("end.sms")) and said("draft") not in sms.body
        assert "14" in long_date(DAY, language) and "2027" in long_date(DAY, language)
    bokmaal = texts.message("email", texts.default("email", "nb"), "nb", BLANKS, fictitious=False)
    assert bokmaal.body.endswith("blir ikke lest.")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 160, (160, 1, False)),
        ("a" * 161, (161, 2, False)),
        ("æøåÆØÅ é @£$", (12, 1, False)),
        ("a" * 159 + "€", (161, 2, False)),
        ("a" * 306 + "b", (307, 3, False)),
        ("čđŋáš" * 14, (70, 1, True)),
        ("я" * 70, (70, 1, True)),
        ("я" * 71, (71, 2, True)),
        ("я" * 135, (135, 3, True)),
        ("«" + "a" * 69, (70, 1, True)),
        ("🙂" * 35, (70, 1, True)),
    ],
)
def test_the_length_of_an_sms_is_what_the_networks_count(text: str, length: tuple[int, int, bool]) -> None:
    counted = sms_length(text)
    assert (counted.signs, counted.parts, counted.wide) == length


@pytest.mark.parametrize("language", ["nb", "nn", "en", "so"])
def test_our_sms_costs_no_more_than_two_parts_where_the_alphabet_allows_it(language: str) -> None:
    kinds: tuple[Kind, ...] = ("sms", "sms_reminder")
    for kind in kinds:
        sms = texts.message(kind, texts.default(kind, language), language, BLANKS, fictitious=False)
        counted = sms_length(sms.body)
        assert not counted.wide and counted.parts <= 2, (kind, counted)
