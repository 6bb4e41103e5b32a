"""Promises about the planning annex: goal by goal, as sure as its findings, never more than reports show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import unescape
from pathlib import Path

import pymupdf
import pytest

from forms.benchmarks import shipped
from reports import laws
from reports.benchmarks import beside
from reports.documents import landlord, pdf, plan_annex, tongues
from reports.documents.blocks import Became, Block, Claim, Drawing, Said, Table, texts
from reports.documents.words import Words
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Before, Edition, Loop, PlanInReport, Quote, Reply, Tie
from reports.results import Cell, Coverage, Estimate, Results
from reports.rounding import whole
from tests.samples import planning
from tests.samples import report_results as samples

TOOLS = Path(sys.executable).parent
Parts = tuple[Results, Mapping[str, Results], FindingsList, Loop, PlanInReport]


def _parts(**changed: object) -> Parts:
    of = {
        "whole": planning.whole_round().whole,
        "estates": planning.whole_round().estates,
        "found": planning.found(),
        "loop": planning.loop(),
        "plan": planning.PLAN,
        **changed,
    }
    return tuple(of.values())  # type: ignore[return-value]


def _said(language: str = "nb", **changed: object) -> Said:
    return plan_annex.annex(*_parts(**changed), language)


def _web(language: str = "nb", **changed: object) -> str:
    return plan_annex.web(*_parts(**changed), language)


def _text(html: str) -> str:
    """As it is read: what only marks a language parts no words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?span[^>]*>", "", html))).split())


def _pdf(language: str = "nb", **changed: object) -> bytes:
    parts = _parts(**changed)
    title = plan_annex.title(parts[0], parts[4], language)
    return pdf.write(plan_annex.html(*parts, language), title, language)


@cache
def _plain_pdf(language: str) -> bytes:
    return _pdf(language)


def _claims(said: Said) -> dict[str, Claim]:
    return {
        block.id.removeprefix("funn-"): block
        for chapter in said.chapters
        for block in chapter.blocks
        if isinstance(block, Claim)
    }


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_is_tied_to_the_plan_stands_with_all_that_has_come_of_it(language: str) -> None:
    loop, found = planning.loop(), {one.id: one for one in planning.found().findings}
    said = _said(language)
    claims, page = _claims(said), _text(_web(language))
    names = laws.names(language)
    for tie in loop.ties:
        sentence = found[tie.finding].sentences[language]  # type: ignore[index]
        assert claims[tie.finding].sentence == sentence
        assert " ".join(sentence.split()) in page and tie.reasoning in page
        assert not tie.law or names[tie.law] in page
    for id, reply in loop.replies.items():
        assert all(text in page for text in (reply.text, reply.alternative, reply.place) if text), id
    for known in loop.knowledge.values():
        assert all(text in page for text in (known.residents, known.practice, known.research))
    for heard in loop.heard.values():
        assert all(remark in page for remark in heard.remarks)
    for one in loop.measures:
        assert all(text in page for text in (one.title, one.unit, one.budget_line, one.hoped))
    assert loop.before is not None
    assert all(one.title in page and one.outcome in page for one in loop.before.measures)
    assert all(quote.text in page for quote in loop.quotes)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_correction_says_on_its_first_page_of_text_what_was_wrong(language: str) -> None:
    frozen = Edition(2, date(2026, 11, 1), erratum="Tallene om støy var feil.")
    loop = replace(planning.loop(), edition=frozen)
    parts = _parts(loop=loop)
    for page in (plan_annex.html(*parts, language), plan_annex.web(*parts, language)):
        assert page.index("Tallene om støy var feil.") < page.index('id="hva"')
    own = samples.eksempelvik()
    for page in (landlord.html(own, language, loop), landlord.web(own, language, loop)):
        assert page.index('id="hva"') < page.index("Tallene om støy var feil.") < page.index('id="hvem"')


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_measure_past_its_day_is_told_as_late_and_not_as_to_come(language: str) -> None:
    loop = planning.loop()
    then = max(one.due_on for one in loop.measures if one.due_on)
    words = Words.of(planning.whole_round().whole.questionnaire, language)
    late = words.t("measure.day_late", day=words.day(then))
    assert late in _text(_web(language, loop=replace(loop, made_on=then + timedelta(days=1))))
    assert late not in _text(_web(language, loop=replace(loop, made_on=then)))


def test_a_finding_stands_in_full_once_and_its_interval_beside_it() -> None:
    first = planning.loop().ties[0].finding
    finding = next(one for one in planning.found().findings if one.id == first)
    claim = _claims(_said())[first]
    assert f"{int(finding.low)} til {int(finding.high)} prosent" in claim.base
    page = _web()
    assert page.count(f'id="funn-{first}"') == 1 and f'href="#funn-{first}"' in page


def test_every_link_in_the_annex_leads_to_something_in_it() -> None:
    page = _web()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_goal_that_was_taken_out_meanwhile_says_so_and_keeps_its_findings() -> None:
    page = _text(_web())
    assert planning.GONE.text in page and "ble tatt ut av planen 2. mars 2026" in page
    # One that is no longer in the plan at all, though something is tied to it, is no less said.
    without = replace(planning.PLAN, goals=planning.GOALS)
    assert planning.GONE.text in _text(_web(plan=without))


def test_a_plan_that_nothing_is_tied_to_says_what_to_do_and_shows_what_was_found() -> None:
    said = _said(loop=Loop())
    assert not _claims(said)
    page = _text(_web(loop=Loop()))
    assert "Ingen funn er knyttet til målene i planen ennå. Åpne et funn på siden «Svar og tiltak»" in page
    assert all(goal.text in page for goal in planning.GOALS)
    first = next(one for one in planning.found().findings if one.asks_for_a_reply)
    assert " ".join(first.sentences["nb"].partition(": ")[2].split())[40:] in page
    assert "Legg inn målene på siden «Planer og mål»" in _text(_web(loop=Loop(), plan=planning.BARE))


def test_findings_tied_to_a_law_alone_have_a_chapter_of_their_own() -> None:
    said = _said()
    (chapter,) = [chapter for chapter in said.chapters if chapter.id == "lov"]
    assert [block.before[0].text for block in chapter.blocks if isinstance(block, Claim)] == [
        tie.reasoning for tie in planning.loop().ties if tie.goal is None
    ]


def test_findings_of_other_plans_are_counted_and_not_told_here() -> None:
    other = replace(planning.PLAN, name="Kommuneplanens samfunnsdel", kind="kommuneplan", goals=())
    page = _text(_web(plan=other))
    assert "til andre planer: Boligsosial handlingsplan" in page
    assert "Den som ikke får svar, slutter å si fra." not in page


def test_a_round_of_too_few_answers_is_a_page_that_refuses_and_says_no_number() -> None:
    page = _web(whole=samples.too_few(), estates={})
    assert "skjult" in page and not _said(whole=samples.too_few(), estates={}).chapters
    for one in planning.found().findings:
        assert one.sentences["nb"] not in page
    with pymupdf.open(stream=_pdf(whole=samples.too_few(), estates={})) as document:
        assert len(document) == 1


def _table(said: Said, id: str) -> Table:
    return next(b for c in said.chapters for b in c.blocks if isinstance(b, Table) and b.id == id)


def test_the_distribution_counts_what_the_reports_of_the_estates_show_and_nothing_else() -> None:
    estates = dict(planning.whole_round().estates)
    hidden = Estimate(None, None, None, 3, hidden="hidden.protected")
    first = next(iter(estates))
    estates[first] = replace(
        estates[first],
        index=Cell(None, None, hidden),
        objects=tuple(replace(c, score=hidden) for c in estates[first].objects),
    )
    table = _table(_said(estates=estates), "fordeling-poeng")
    for row in table.rows:
        assert sum(map(int, row[1:6])) + int(row[7]) == len(estates) and row[7] == "1"
    values = [
        whole(r.index.score.value) for r in estates.values() if r.index and r.index.score.value is not None
    ]
    for at, (low, high) in enumerate(((0, 20), (20, 40), (40, 60), (60, 80), (80, 101)), 1):
        assert int(table.rows[0][at]) == sum(low <= value < high for value in values)
    tiles = _table(_said(estates=estates), "ruter")
    assert next(row for row in tiles.rows if row[0] == estates[first].scope)[2:] == (
        "Vises ikke: verner enkeltpersoner",
        "–",
        "–",
    )


def test_a_round_of_the_index_alone_has_a_chapter_of_common_aims() -> None:
    said = _said()
    rows = _table(said, "felles-mal").rows
    assert {row[0].split()[0] for row in rows} == {"Marmot", "FN-mål"}
    assert "Sikre en helsefremmende levestandard for alle" in {row[1] for row in rows}


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def test_no_number_in_the_annex_is_one_that_reports_and_findings_do_not_show() -> None:
    """All figures of questions hidden: none of theirs is left anywhere but in findings that are kept."""
    none = Estimate(None, None, None, 0, hidden="hidden.protected")

    def closed(report: Results) -> Results:
        items = {
            name: replace(
                item,
                segments=(),
                favourable=none,
                mean=none,
                chosen={},
                change=None,
                hidden="hidden.protected",
            )
            for name, item in report.items.items()
        }
        cells = {
            "index": Cell(None, None, none),
            "objects": (),
            "matrix": (),
            "by_estate": (),
            "associations": (),
        }
        return replace(report, items=items, scales=(), nonresponse_bounds=None, **cells)  # type: ignore[arg-type]

    everywhere = planning.whole_round()
    empty = planning.found().model_copy(update={"findings": ()})
    said = _said(
        whole=closed(everywhere.whole),
        estates={id: closed(report) for id, report in everywhere.estates.items()},
        found=empty,
        loop=Loop(),
    )
    assert {chapter.id for chapter in said.chapters} <= {"hva", "mal", "fordeling", "andres"}
    spread = next(chapter for chapter in said.chapters if chapter.id == "fordeling")
    assert not any(isinstance(block, Table) for block in spread.blocks)


def test_texts_that_people_wrote_are_never_markup() -> None:
    bad = '<script>alert("x")</script> & <b>'
    loop, first = planning.loop(), planning.loop().ties[0]
    wicked = replace(
        loop,
        replies={first.finding: Reply("delvis", bad)},
        ties=(replace(first, reasoning=bad),),
        quotes=(Quote(bad, bad, True, "x"),),
        measures=(replace(loop.measures[0], title=bad, unit=bad, budget_line=bad, hoped=bad),),
        knowledge={},
        heard={},
    )
    page = _web(loop=wicked, plan=replace(planning.PLAN, name=bad))
    assert "<script" not in page and "<b>" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_the_web_page_needs_no_inline_style_and_no_script() -> None:
    page = _web()
    assert " style=" not in page and "<script" not in page and "<style" not in page


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_same_annex_is_the_same_bytes(language: str) -> None:
    assert _pdf(language) == _plain_pdf(language)


def _checked(content: bytes, folder: Path) -> dict[str, list[dict[str, object]]]:
    file = folder / "annex.pdf"
    file.write_bytes(content)
    ran = [
        subprocess.run(
            [TOOLS / tool, *arguments, str(file)], capture_output=True, text=True, check=False, timeout=300
        )
        for tool, arguments in (("pdfua", ["check"]), ("outloud", ["--json", "-", "--quiet"]))
    ]
    assert ran[0].returncode in (0, 1, 2) and "errors=0" in ran[0].stdout, ran[0].stdout
    result: dict[str, list[dict[str, object]]] = json.loads(ran[1].stdout)["results"][0]
    return result


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_checkers_find_nothing_and_the_order_on_paper_is_the_order_read(
    language: str, tmp_path: Path
) -> None:
    found = _checked(_plain_pdf(language), tmp_path)["findings"]
    assert [(one["rule"], one["message"]) for one in found] == []


def test_the_annex_is_read_in_the_order_in_which_it_was_put_into_words() -> None:
    with pymupdf.open(stream=_plain_pdf("nb")) as document:
        read = " ".join(" ".join(page.get_text() for page in list(document)[2:]).split())
    places = [read.find(chapter.title) for chapter in _said().chapters]
    assert places == sorted(places) and -1 not in places


def test_nine_to_forty_pages_and_none_nearly_empty_even_with_three_hundred_estates_and_long_names(
    tmp_path: Path,
) -> None:
    with pymupdf.open(stream=_plain_pdf("nb")) as document:
        assert 9 <= len(document) <= 40
        assert min(len(page.get_text()) for page in document) > 200
    one = next(iter(planning.whole_round().estates.values()))
    name = "Øvre Kirkegårdsbakken borettslag og omsorgsboligerforeldreogbarnutenetenesteordskille"
    many = {
        str(n): replace(one, estate_id=str(n), scope=f"{name} {n}" if n % 7 == 0 else f"Gata {n}")
        for n in range(300)
    }
    weak = [one for one in planning.found().findings if one.asks_for_a_reply]
    loop = replace(
        planning.loop(),
        ties=tuple(
            Tie(one.id, planning.GOALS[n % 3], "", "Fordi det er slik. " * 20) for n, one in enumerate(weak)
        ),
    )
    content = _pdf(estates=many, loop=loop, plan=replace(planning.PLAN, name=f"Plan for {name}"))
    with pymupdf.open(stream=content) as document:
        assert len(document) <= 60
        for page in document:
            assert max((block[2] for block in page.get_text("blocks")), default=0) <= page.rect.x1 - 20


def test_every_text_of_the_annex_is_on_its_page_in_every_language() -> None:
    for language in ("nb", "nn", "en"):
        page = _text(_web(language))
        for text in map(tongues.without, texts(_said(language))):
            assert " ".join(text.split()) in page, text


def _round_before() -> FoundResult:
    before = planning.loop().before
    assert before is not None
    return before.findings[0]


def _blocks(said: Said, id: str) -> tuple[Block, ...]:
    return next(chapter.blocks for chapter in said.chapters if chapter.id == id)


def test_what_was_agreed_last_time_is_set_beside_what_the_same_question_says_now() -> None:
    blocks = _blocks(_said(), "sist-gang")
    became = [block.pairs for block in blocks if isinstance(block, Became)]
    assert became[0][2].text == "Det ble bedre. Satt opp i alle gårder." and became[0][3].text == "Avsluttes"
    assert became[2][2].text.startswith("Ikke vurdert ennå")
    then = _round_before()
    now = next(
        one
        for one in planning.found().findings
        if (one.place.id, one.items, one.object) == (then.place.id, then.items, then.object)
    )
    (point,) = became[0][0].points
    assert point.endswith(
        f": {then.values['percent']}\xa0% sist, {now.values['percent']}\xa0% nå (ingen sikker endring)"
    )
    assert "«" in point and "trolig" not in point


def test_a_sure_change_is_told_as_one_with_its_two_figures_and_the_place() -> None:
    changed = next(one for one in planning.found().findings if one.kind == "changed" and one.items)
    loop = planning.loop()
    assert loop.before is not None
    was = loop.before.findings[0].model_copy(
        update={"items": changed.items, "place": changed.place, "object": None, "facet": None}
    )
    before = replace(loop.before, findings=(was, *loop.before.findings[1:]))
    blocks = _blocks(_said(loop=replace(loop, before=before)), "sist-gang")
    (point,) = next(block.pairs[0].points for block in blocks if isinstance(block, Became))
    values = changed.values
    assert point.startswith(f"{changed.place.name}, «")
    assert point.endswith(f"{values['before']}\xa0% sist, {values['percent']}\xa0% nå (sikker endring)")


def test_measures_of_last_time_with_many_findings_never_part_over_pages_or_leave_a_caption_alone() -> None:
    loop = planning.loop()
    assert loop.before is not None
    found = planning.found().findings
    shares = [one.id for one in found if one.kind in ("weak", "strong")]
    measures = tuple(
        replace(one, title=f"Tiltaket nummer {n}", findings=tuple(shares[n * 9 : n * 9 + 9]))
        for n, one in enumerate(loop.before.measures)
    )
    before = Before(loop.before.campaign, measures, found)
    with pymupdf.open(stream=_pdf(loop=replace(loop, before=before))) as document:
        pages = [" ".join(page.get_text().split()) for page in document]
    for block in _blocks(_said(loop=replace(loop, before=before)), "sist-gang"):
        if isinstance(block, Became):
            whole = [" ".join(text.split()) for pair in block.pairs for text in (pair.text, *pair.points)]
            assert any(all(text in page for text in whole) for page in pages), whole
    assert min(map(len, pages)) > 200
    for n in range(3):  # the name of a measure stands on the page of its block
        (page,) = [page for page in pages if f"Tiltaket nummer {n} " in page]
        assert "Hva som ble gjort" in page


def test_that_nothing_is_agreed_is_said_on_the_page_of_the_finding_and_not_before_the_next_goal() -> None:
    note = "Ingen tiltak er knyttet til disse funnene ennå."
    weak = [one for one in planning.found().findings if one.asks_for_a_reply]
    checked = 0
    for n in range(2, 9):
        ties = tuple(Tie(one.id, planning.GOALS[1], "", "Fordi. " * 9) for one in weak[:n])
        with pymupdf.open(stream=_pdf(loop=Loop(ties=ties))) as document:
            for page in document:
                text = " ".join(page.get_text().split())
                if note in text:
                    assert "Funn " in text[: text.index(note)]
                    checked += 1
    assert checked == 7


def test_a_reader_is_never_sent_to_a_page_of_the_office_and_others_figures_stand_with_their_source() -> None:
    blocks = _blocks(_said(), "andres")
    assert "siden med funn" not in _text(_web())
    whole = planning.whole_round().whole
    near = [row for row in beside(whole, shipped()) if row.refused != "not_asked"]
    tables = [block for block in blocks if isinstance(block, Table)]
    rows = [(f"{table.caption} {row[0]}", *row[1:]) for table in tables for row in table.rows]
    assert len(rows) == len(near) > 5
    for own in near:
        told = (own.row.what.get("nb"), own.row.cut_off.get("nb"), own.row.publication, str(own.row.year))
        assert any(all(text in row[0] for text in told) and row[2] for row in rows), told
    assert len(tables) == len({own.row.publication for own in near}) and max(
        len(table.rows) for table in tables
    ) < len(rows), "a table for each publication, none of which needs a page of its own"


def test_a_shortened_quote_says_so_in_brackets_right_after_the_place() -> None:
    page = _text(_web())
    assert "Alle leiegårder (forkortet eller endret)" in page and ", (forkortet" not in page


def test_three_hundred_estates_are_tiles_in_the_order_people_count_area_by_area_with_one_key() -> None:
    one = next(iter(planning.whole_round().estates.values()))
    (place,) = one.coverage
    many = {
        str(n): replace(
            one,
            estate_id=str(n),
            scope=f"Husgata {n}",
            coverage=(replace(place, estate_id=str(n), area="Vest" if n % 2 else "Øst"),),
        )
        for n in (*range(300, 100, -1), *range(1, 101))
    }
    said = _said(estates=many)
    names = [row[:2] for row in _table(said, "ruter").rows]
    assert names == [
        (f"Husgata {n}", area)
        for area, odd in (("Vest", 1), ("Øst", 0))
        for n in range(1, 301)
        if n % 2 == odd
    ]
    drawn = [str(block.markup) for block in _blocks(said, "fordeling") if isinstance(block, Drawing)]
    assert [markup.count("80–100") for markup in drawn] == [0] * (len(drawn) - 1) + [1]
    assert [area for markup in drawn for area in ("Vest", "Øst") if f">{area}<" in markup] == ["Vest", "Øst"]
    tiles = [float(wide) for markup in drawn for wide in re.findall(r'<rect[^>]*width="([\d.]+)"', markup)]
    assert max(tiles) < 100  # those of a last row of three are as wide as the others
    with pymupdf.open(stream=_pdf(estates=many)) as document:
        full = [page for page in document if page.get_text().count("Husgata") > 20]
        rows = [page for page in full if "Usikkerhet" not in page.get_text()]
        foot = [max(drawing["rect"].y1 for drawing in page.get_drawings()) for page in rows[1:-1]]
        assert foot and min(foot) > 0.7 * document[0].rect.height


def test_estates_of_one_round_alone_are_no_distribution() -> None:
    said = _said(estates={})
    assert "ingen fordeling å vise" in " ".join(texts(said))


def test_answers_counted_without_an_estate_are_no_estate_of_the_distribution() -> None:
    estates = dict(planning.whole_round().estates)
    first = next(iter(estates))
    pool = replace(estates[first].coverage[0], pool=True)
    estates["pool"] = replace(estates[first], estate_id="pool", coverage=(pool,))
    assert isinstance(pool, Coverage)
    assert _table(_said(estates=estates), "ruter").rows == _table(_said(), "ruter").rows
