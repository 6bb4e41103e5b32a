"""Promises about the papers for councils: two pages, what concerns them first, nobody set apart."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pymupdf
import pytest

from reports.documents import council_case, pdf
from reports.documents.council_case import COUNCILS, Council
from reports.loop import Heard, Loop, Reply
from reports.results import Results
from tests.samples import planning
from tests.samples import report_results as samples

TOOLS = Path(sys.executable).parent
LONG = "Øvrekirkegårdsbakkenborettslagogomsorgsboligerforeldreogbarnutenmellomromoverhodet " * 3


def _pdf(
    council: Council, language: str, loop: Loop, whole: Results | None = None, contact: str = ""
) -> bytes:
    whole = whole or planning.whole_round().whole
    html = council_case.html(whole, planning.found(), loop, council, language, contact)
    return pdf.write(html, council_case.title(whole, council, language), language)


def _full() -> Loop:
    """Every finding has been answered at length, and has many measures."""
    ids = tuple(one.id for one in planning.found().findings)
    measures = tuple(
        planning.measure(n, f"{LONG} {n}", ids, unit=LONG, hoped=LONG, due_on=date(2027, 9, 30))
        for n in range(30)
    )
    return Loop(
        replies={
            id: Reply("parkert", f"{n} {LONG * 4}", place=LONG, due_on=date(2027, 1, 1))
            for n, id in enumerate(ids)
        },
        heard={id: Heard(31, 12, 7 + n, (LONG,)) for n, id in enumerate(ids)},
        readers=50,
        measures=measures,
    )


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("council", COUNCILS)
def test_a_case_is_always_two_pages_and_the_checkers_find_nothing(
    council: Council, language: str, tmp_path: Path
) -> None:
    whole = planning.whole_round().whole
    named = replace(whole, organisation=LONG, scope=LONG, campaign=LONG)
    for own, of, contact in (
        (Loop(), None, ""),
        (_full(), named, LONG),
        (planning.loop(), None, "Kari, 99 00 00 00"),
    ):
        content = _pdf(council, language, own, of, contact)
        with pymupdf.open(stream=content) as document:
            assert len(document) == 2
            assert min(len(page.get_text()) for page in document) > 500
    file = tmp_path / "case.pdf"
    file.write_bytes(content)
    ran = [
        subprocess.run(
            [TOOLS / tool, *arguments, str(file)], capture_output=True, text=True, check=False, timeout=120
        )
        for tool, arguments in (("pdfua", ["check"]), ("outloud", ["--json", "-", "--quiet"]))
    ]
    assert "errors=0" in ran[0].stdout, ran[0].stdout
    assert json.loads(ran[1].stdout)["results"][0]["findings"] == []


def test_what_concerns_the_council_stands_first_and_is_said_as_the_finding_says_it() -> None:
    whole, found = planning.whole_round().whole, planning.found()
    for council in COUNCILS:
        mine = council_case.concerning(found, council)
        assert mine
        case = council_case.case(whole, found, planning.loop(), council, "nb")
        claim = mine[0].sentences["nb"].partition(": ")[2]
        assert claim[1:] in case.found[0]


def test_where_nothing_concerns_the_group_the_main_findings_of_all_are_told_and_it_says_so() -> None:
    other = [
        one for one in planning.found().findings if not council_case.ABOUT["eldre"].intersection(one.items)
    ]
    found = planning.found().model_copy(update={"findings": tuple(other)})
    case = council_case.case(planning.whole_round().whole, found, Loop(), "eldre", "nb")
    assert "Ingen funn handler særskilt om eldre" in case.found_lead
    assert len(case.found) >= 3 and "ikke svart på disse funnene ennå" in case.came_note


def test_a_group_that_the_report_does_not_tell_of_is_not_told_here_either() -> None:
    whole = planning.whole_round().whole
    (alder,) = [item.id for item in whole.questionnaire.items() if item.meaning == "alder"]
    shown = council_case.case(whole, planning.found(), Loop(), "eldre", "nb").missing
    assert any("67 år eller eldre, er" in text and "%" in text for text in shown)
    merged = tuple(
        replace(part, codes=(4, 5)) if 5 in part.codes else part
        for part in whole.items[alder].segments
        if 4 not in part.codes or 5 in part.codes
    )
    for result in (
        replace(whole.items[alder], hidden="hidden.few", segments=()),
        replace(whole.items[alder], segments=merged),
    ):
        closed = replace(whole, items={**whole.items, alder: result})
        told = council_case.case(closed, planning.found(), Loop(), "eldre", "nb").missing
        assert any("kan ikke vises uten at noen kan kjennes igjen" in text for text in told)
        assert not any("67" in text and "%" in text for text in told[1:])


def test_a_round_of_too_few_answers_says_so_and_shows_no_finding() -> None:
    page = council_case.web(samples.too_few(), planning.found(), planning.loop(), "eldre", "nb")
    assert not any(one.sentences["nb"].partition(": ")[2] in page for one in planning.found().findings)


def test_what_people_wrote_is_no_markup() -> None:
    bad = "<script>x</script>"
    mine = council_case.concerning(planning.found(), "eldre")[0].id
    measures = (planning.measure(1, bad, (mine,), unit=bad),)
    loop = Loop(replies={mine: Reply("grunn", bad)}, measures=measures)
    page = council_case.web(planning.whole_round().whole, planning.found(), loop, "eldre", "nb", bad)
    assert "<script" not in page and page.count("&lt;script&gt;") >= 3


def test_the_same_case_is_the_same_bytes() -> None:
    assert _pdf("ungdom", "nb", planning.loop()) == _pdf("ungdom", "nb", planning.loop())


def test_a_reply_is_told_to_its_last_word_where_there_is_room_and_once_for_all_it_answers() -> None:
    found = planning.found()
    case = council_case.case(planning.whole_round().whole, found, Loop(), "ungdom", "nb")
    mine = council_case.concerning(found, "ungdom")
    assert case.found and len(mine) > 1
    text = (
        "Vi ser på møteplassene sammen med de unge, og setter av penger til det i budsjettet for året etter."
    )
    reply = Reply("parkert", text, place="Budsjettmøtet i bystyret", due_on=date(2027, 2, 10))
    title = "Benker, lys og en bane til ballspill i hver bakgård, bygd sammen med de unge som bor der"
    loop = Loop(
        replies={one.id: reply for one in found.findings},
        measures=(planning.measure(1, title, (mine[0].id,), unit="Driftsavdelingen og ungdomsklubben"),),
    )
    case = council_case.case(planning.whole_round().whole, found, loop, "ungdom", "nb")
    (answer,) = case.answers
    assert text in answer.reply and answer.reply.endswith("Budsjettmøtet i bystyret, 10. februar 2027.")
    assert "…" not in answer.claim + answer.reply + "".join(case.measures)
    assert title in case.measures[0] and "Driftsavdelingen og ungdomsklubben" in case.measures[0]
    with pymupdf.open(stream=_pdf("ungdom", "nb", loop)) as document:
        assert len(document) == 2
