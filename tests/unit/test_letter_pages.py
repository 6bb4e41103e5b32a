"""Promises about a letter's page: read without glasses in each language, with a code that phones find; where
one side lacks the room, the back has it."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pymupdf
import pytest

from forms import languages
from reports.documents import pdf
from reports.documents.joining import Joined
from survey.campaigns.links import Link
from survey.campaigns.rounds import Round
from survey.delivery.texts import Text, wording
from survey.office import letters
from tests.printed import ID, MM, SETTINGS, STAFF, WAVE, paper, qr_code, round_in, sizes

HOME = Link(
    "Nordbyen", "Gamle Nordlysgata 4-18", 12, "K7Q2FA-9M3XTB", "t",
    f"{SETTINGS.base_url}/s/k7q2fa9m3xtbk7q2fa9m", ID,
)  # fmt: skip
CHOICES = [
    (("nb",), 1),
    (("nb", "en"), 1),
    (("nb", "nn", "en"), 1),
    (("nn", "ar", "ti", "uk"), 1),
    (("nb", "pl", "so", "en"), 1),
    (("nb", "en", "pl", "ar", "uk", "so", "ti", "se"), 2),
    (languages.SPOKEN, 2),
]


async def _printed(
    round: Round, links: list[Link], slips: bool = False, own: dict[tuple[str, str], Text] | None = None
) -> pymupdf.Document:
    layout = await letters.fitting(SETTINGS, STAFF, round, own or {}, links, slips)
    page = letters.html(SETTINGS, STAFF, round, own or {}, links, slips, layout)
    return pymupdf.open(stream=pdf.write(page, "Brev", "nb"))


@pytest.mark.parametrize(("spoken", "sides"), CHOICES)
async def test_a_letter_is_read_without_glasses_in_each_language(spoken: tuple[str, ...], sides: int) -> None:
    with await _printed(round_in(spoken), [HOME], slips=True) as document:
        assert len(document) == 2 * sides, "the letter, and the slip on a sheet of its own"
        for page in document:
            assert min(size for size, _ in sizes(page)) >= 9.95, "points"
            assert all(place in paper(page) for _, place in sizes(page)), "no printer cuts it off"
        for page in (document[0], document[sides]):
            code = qr_code(page)
            assert code in paper(page) and min(code.width, code.height) >= 34.5 * MM
            assert not any(place.intersects(code) for _, place in sizes(page))
            (typed,) = page.search_for(HOME.code)
            assert typed in paper(page) and typed.height > 7 * MM
        assert all(
            HOME.code not in document[back].get_text() for back in range(1, 2 * sides) if back != sides
        )
        letter = "".join("".join(document[side].get_text() for side in range(sides)).split())
        for language in set(spoken) - {"ar", "ti"}:  # whose letters are drawn as shapes of several
            subject = wording(language)("letter.subject").replace("{leiegard}", HOME.estate)
            assert "".join(subject.split()) in letter, language


@pytest.mark.parametrize(("spoken", "_"), CHOICES)
async def test_so_is_that_of_a_series(spoken: tuple[str, ...], _: int) -> None:
    with await _printed(round_in(spoken, WAVE), [HOME, replace(HOME, code="", url="")]) as document:
        assert len(document) in (2, 4)
        for page in document:
            assert min(size for size, _ in sizes(page)) >= 9.95
            assert all(place in paper(page) for _, place in sizes(page))


async def test_who_reads_another_language_is_told_on_the_front_that_it_stands_on_the_back() -> None:
    round = round_in(("nb", "en", "pl", "uk", "so", "se"))
    with await _printed(round, [HOME]) as document:
        foot = document[0].get_text(clip=(0, 770, 600, 842))
        assert len(document) == 2 and all(languages.name(code) in foot for code in round.letter_languages[1:])
        assert wording("pl")("draft.short") in " ".join(document[1].get_text().split())


async def test_an_offices_own_long_text_moves_the_other_languages_to_the_back() -> None:
    own = {("letter", "nb"): Text("Hei", "\n\n".join(["Et avsnitt om hvorfor vi spør." * 5] * 7))}
    with await _printed(round_in(("nb", "so", "en")), [HOME], own=own) as document:
        assert len(document) == 2
        assert "What is it like" in document[1].get_text()
    longer = {("letter", "nb"): Text("Hei", "Et avsnitt.\n\n" * 100)}
    with pytest.raises(letters.TooLong):
        await _printed(round_in(("nb", "so", "en")), [HOME], own=longer)


def test_the_printer_is_asked_for_as_many_sides_as_the_letters_have() -> None:
    part = pdf.write("<!doctype html><html lang=nb><title>Brev</title><h1>Brev</h1></html>", "Brev", "nb")
    for both_sides, asked in ((True, "/DuplexFlipLongEdge"), (False, "/Simplex")):
        whole = Joined()
        whole.add(part)
        with pikepdf.open(io.BytesIO(whole.write([("Bolig 1", 0)], both_sides=both_sides))) as document:
            wishes = document.Root.ViewerPreferences
            assert wishes.Duplex == asked and wishes.DisplayDocTitle
