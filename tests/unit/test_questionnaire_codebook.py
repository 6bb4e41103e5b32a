"""The codebook tells of every question what it asks, of whom, and what its codes mean, in plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest

from forms.exchange.codebook import chapters
from forms.loading import INSTRUMENTS, from_document, load
from survey import codebook
from survey.cli import main
from tests.kinds import document_of_kinds
from tests.questionnaires import choices, questionnaire

FILES = sorted(INSTRUMENTS.rglob("*.yaml"))
LANGUAGES = ("nb", "nn", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_question_of_every_questionnaire_is_in_its_codebook(path: Path, language: str) -> None:
    form = load(path)
    told = [line.item.id for chapter in chapters(form, language) for line in chapter.lines]
    assert told == [item.id for item in form.items()]
    page = codebook.html(form, language)
    assert f'<html lang="{language}">' in page and page.count("<h3>") == len(told)
    assert not re.search(r"<(script|link|img)|https?://[^w]*fonts", page)


def test_who_is_asked_is_told_in_plain_words_not_in_code() -> None:
    page = codebook.html(questionnaire(), "nb")
    assert "Vises når svaret på «" in page and "answers." not in page


def test_codes_scores_and_special_answers_are_told_beside_their_words() -> None:
    page = codebook.html(load(INSTRUMENTS / "boindeks.yaml"), "nn")
    assert re.search(r'<td class="n">5</td><td>Heilt einig</td><td class="id">helt_enig</td>'
                     r'<td class="n">100</td>', page)  # fmt: skip
    assert '<td class="n">254</td><td>Veit ikkje</td>' in page
    assert "Tel i indeksen under Bustaden, Praktisk" in page


def test_what_a_question_takes_is_told_in_numbers_of_the_language() -> None:
    data = document_of_kinds()
    data["pages"][0]["items"][1]["maximum"] = 20_000.5
    data["pages"][0]["items"][2].pop("latest")
    data["pages"][1]["items"] += [
        {"id": "penger", "kind": "allocate", "text": data["title"], "unit": data["title"], "total": 100_000,
         "step": 5_000, "choices": choices("lys", "benk")},
        {"id": "tre", "kind": "rank", "text": data["title"], "rank_size": 2, "choices": choices("a", "b")},
        {"id": "flere", "kind": "multi", "text": data["title"],
         "choices": [choices("a")[0], choices("b", "ingen")[1] | {"exclusive": True}]},
    ]  # fmt: skip
    form = from_document(data)
    pages = {language: codebook.html(form, language).replace("\xa0", " ") for language in LANGUAGES}
    for said in (
        "Et tall, rom, fra 1 til 20.",
        "Et tall, kr, fra 0 til 20000,5.",
        "Måned og år, fra januar 1950.",
        "Et beløp som fordeles, 100 000 Slag deles ut i trinn på 5 000.",
        "De viktigste, i rekkefølge, inntil 2.",
        "Ett svar, samtykke.",
        '<td>ingen <span class="about">(står alene)</span></td>',
        "(utenfor skalaen)",
        "(regnes som 10)",
    ):
        assert said in pages["nb"], said
    assert "from 0 to 20000.5" in pages["en"] and "from January 1950" in pages["en"]
    assert "100 000 Slag blir delt ut i steg på 5 000" in pages["nn"]


def test_markup_in_a_questionnaire_is_shown_and_never_run() -> None:
    data = document_of_kinds()
    data["pages"][0]["items"][0]["text"]["nb"] = "<script>alert(1)</script>"
    page = codebook.html(from_document(data), "nb")
    assert "<script" not in page and "&lt;script&gt;" in page


def test_the_codebook_is_printed_as_a_pdf_that_can_be_read_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "kodebok.pdf"
    form = INSTRUMENTS / "modules" / "puls.yaml"
    with pytest.raises(SystemExit) as ended:
        main(["questionnaire", "codebook", str(form), "--to", str(target), "--language", "nb"])
    assert not ended.value.code
    with pikepdf.open(target) as written:
        assert "/StructTreeRoot" in written.Root and str(written.Root.Lang) == "nb"
        assert written.open_metadata()["dc:title"] == "Kodebok: Ble det bedre?"
    with pytest.raises(SystemExit):
        main(["questionnaire", "codebook", str(form), "--to", str(tmp_path / "bok.docx"), "--language", "nb"])
    assert ".html, .pdf" in capsys.readouterr().err
