"""The page of findings: what it draws is what the tables say, and nothing that a report hides."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from reports.documents import funnels, landlord
from reports.documents.findings_page import FEW, FIRST, KINDS_IN_ORDER, change_rows, web
from reports.documents.words import Words
from reports.errors import UnknownEstate
from reports.findings.everywhere import Everywhere, everywhere
from reports.findings.listing import findings_list
from reports.findings.model import KINDS
from reports.inference.funnel import score_limits, share_funnel
from reports.rounding import outward
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

FORM = questionnaire(item("helhet", role="overall"), index=False)


def _people(good: int, n: int) -> list[Answers]:
    return [{"helhet": 5 if k < good else 1} for k in range(n)]


@cache
def _round() -> Everywhere:
    """Six ordinary estates, one far below them, one of which all say the same, one of four answers."""
    counts = {"a": (20, 30), "b": (25, 40), "c": (12, 20), "d": (30, 50), "e": (19, 30), "f": (14, 24)}
    counts |= {"lav": (10, 60), "lik": (30, 30), "få": (2, 4)}
    places = [Estate(name, f"Gård {name}", "Nord", 100) for name in counts]
    return everywhere(wave_of(FORM, places, {name: _people(k, n) for name, (k, n) in counts.items()}))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_funnel_shows_each_estate_that_may_be_shown_by_name_and_no_other(language: str) -> None:
    part = funnels.of_round(Words.of(FORM, language), _round())
    assert [row.name for row in part.rows] == [
        f"Gård {name}" for name in ("a", "b", "c", "d", "e", "f", "lav")
    ]
    assert part.hidden == ("Gård få", "Gård lik")
    # Too few is one reason, and answers that would give people away another.
    few, alike = part.hidden_said
    assert "Gård få" in few and "Gård lik" not in few
    assert "Gård lik" in alike and "Gård få" not in alike
    assert part.figure.count("<circle") + part.figure.count('fill="#8a4b08" stroke') == len(part.rows)
    (low,) = [row for row in part.rows if row.name == "Gård lav"]
    assert low.place == Words.of(FORM, language).t("funnel.below")
    assert part.figure.count('fill="#8a4b08" stroke') == 1


def test_the_limits_in_the_table_are_those_of_the_funnel() -> None:
    part = funnels.of_round(Words.of(FORM, "nb"), _round())
    shown = [(20, 30), (25, 40), (12, 20), (30, 50), (19, 30), (14, 24), (10, 60)]
    drawn = share_funnel([k for k, _ in shown], [n for _, n in shown], [100] * len(shown))
    for row, placed in zip(part.rows, drawn.placed, strict=True):
        low, high = placed.limits[0]
        ends = [f"{np.floor(low * 100 + 1e-9):.0f}", f"{np.ceil(high * 100 - 1e-9):.0f}"]
        assert re.findall(r"\d+", row.inner) == ends


INDEXED = questionnaire(*(scored(f"b{n}") for n in range(3)), *(scored(f"l{n}", "utleier") for n in range(3)))
SIZES = {"a": 30, "b": 40, "c": 20, "d": 50, "e": 30, "lav": 60, "høy": 25, "seks": 6}


@cache
def _indexed() -> Everywhere:
    """Estates alike but for one low and one high; one content throughout, its opposite, and one of four
    answers, hide theirs."""
    rng = np.random.default_rng(4)
    leans = {"lav": -1.2, "høy": 1.0}
    answers = {name: drawn_answers(INDEXED, n, rng, leans.get(name, 0.3)) for name, n in SIZES.items()}
    best, worst = ([dict.fromkeys((item.id for item in INDEXED.items()), code)] * 12 for code in (5, 1))
    answers |= {"lik": best, "maken": worst, "få": answers["a"][:4]}
    places = [Estate(name, f"Gård {name}", "Nord", 80) for name in answers]
    return everywhere(wave_of(INDEXED, places, answers))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_funnel_of_the_index_says_what_reports_and_findings_say(language: str) -> None:
    words = Words.of(INDEXED, language)
    found = _indexed()
    part = funnels.of_round(words, found)
    said = {row.name: row.place for row in part.rows}
    assert said.keys() == {f"Gård {name}" for name in SIZES}
    assert part.hidden == ("Gård få", "Gård lik", "Gård maken")
    verdicts = {"better": "above", "worse": "below"}
    differing = 0
    for report in found.estates.values():
        if report.scope not in said or report.index is None:
            continue
        standing = report.index.versus_rest
        wanted = [verdicts[standing]] if standing in verdicts else ["within", "between"]
        assert said[report.scope] in {words.t(f"funnel.{place}") for place in wanted}
        differing += standing in verdicts
    listed = [f for f in findings_list(found).findings if f.kind == "unlike" and f.object == ""]
    assert differing == len(listed) >= 2
    assert part.figure.count('fill="#8a4b08" stroke') == differing
    assert part.figure.count("<circle") == len(part.rows) - differing
    assert words.t("funnel.figure_index", estates=len(SIZES), whole=int(found.whole.index.score.value or 0),
                   differing=differing) in part.figure  # fmt: skip


def test_the_limits_of_the_index_follow_from_two_printed_numbers_and_the_answers() -> None:
    """The whole and one spread in whole points, with n and N: no estate's own spread can be read off them."""
    found = _indexed()
    about = found.whole.index.score.value
    limits = {cell.score.n: cell.limits for _, cell in found.whole.by_estate if cell.limits}
    assert len(limits) > 5 and limits.keys() == {
        cell.score.n for name, cell in found.whole.by_estate if name.removeprefix("Gård ") in SIZES
    }
    able = [
        spread
        for spread in range(1, 51)
        if all(
            cell == tuple(outward(*limit, 1) for limit in score_limits(about, spread, n, 80))
            for n, cell in limits.items()
        )
    ]
    assert able


def test_the_report_on_all_draws_the_same_funnel_with_its_numbers() -> None:
    found = _indexed()
    page = landlord.web(found.whole, "nb")
    part = funnels.of_index(Words.of(INDEXED, "nb"), found.whole)
    assert part.figure in page
    for row in part.rows:
        assert row.inner in page and row.place in page
    assert 'id="trakt' not in landlord.web(found.estates["a"], "nb")


def test_an_estate_that_cannot_be_compared_is_said_to_be_so() -> None:
    """One heavy estate hides its index: nothing is drawn about a whole that is hidden."""
    rng = np.random.default_rng(5)
    answers = {name: drawn_answers(INDEXED, 20, rng) for name in "abcdef"}
    answers["lik"] = [dict.fromkeys((item.id for item in INDEXED.items()), 5)] * 60
    places = [Estate(name, f"Gård {name}", "Nord", 80) for name in answers]
    found = everywhere(wave_of(INDEXED, places, answers))
    assert found.whole.index.score.value is None, "must be hidden for this to be a test"
    part = funnels.of_round(Words.of(INDEXED, "nb"), found)
    assert not part.figure and len(part.rows) == 6
    assert {row.place for row in part.rows} == {"Kan ikke sammenlignes med de andre"}
    assert {row.inner for row in part.rows} == {""}


def test_fewer_than_five_estates_have_a_table_and_no_funnel() -> None:
    before, now = demonstration.waves()
    part = funnels.of_round(Words.of(now.questionnaire, "nb"), everywhere(now, before))
    assert not part.figure and part.rows
    assert all(row.inner == "" for row in part.rows)


def test_what_has_surely_changed_stands_before_what_has_not() -> None:
    rows = change_rows(Words.of(demonstration.results("Nordlia").questionnaire, "nb"),
                       demonstration.results("Nordlia"))  # fmt: skip
    landlord = next(row for row in rows if row.text == "Utleieren")
    assert (landlord.before, landlord.now, landlord.standing_text) == ("43", "57", "Trolig bedre")
    assert rows[0].standing != "same"
    said = {row.standing_text for row in rows if row.standing == "same"}
    assert said == {"Kan ikke skilles fra ingen endring"}


def test_a_page_has_every_finding_of_its_place_once_and_every_id_once() -> None:
    before, now = demonstration.waves()
    page = web(everywhere(now, before), "nb", ("estate", "Nordlia"))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "Solbakken" not in page


def test_a_page_of_a_place_that_is_not_there_cannot_be_made() -> None:
    with pytest.raises(UnknownEstate):
        web(_round(), "nb", ("estate", "z"))


@cache
def _many() -> Everywhere:
    before, now = demonstration.waves()
    return everywhere(replace(now, declared_grade=5), before)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_of_many_findings_the_first_five_stand_open_and_the_others_are_folded_kind_by_kind(
    language: str,
) -> None:
    words = Words.of(_many().whole.questionnaire, language)
    made = findings_list(_many(), only=("all", "")).findings
    assert len(made) > FEW, "a round of few findings would prove nothing"
    part = web(_many(), language).split("</section>")[0]
    first, *folded = part.split("<details")
    assert re.findall(r'id="funn-(\w+)"', first) == [f.id for f in made[:FIRST]]
    told = []
    for group in folded:
        ids = re.findall(r'id="funn-(\w+)"', group)
        (kind,) = {f.kind for f in made if f.id in ids}
        title = words.t("found.more_of", kind=words.t(f"kind.{kind}"), n=len(ids))
        assert f"<summary>{title}</summary>" in group
        assert ids == [f.id for f in made[FIRST:] if f.kind == kind], "the strongest first"
        told.append(kind)
    assert told == [kind for kind in KINDS_IN_ORDER if kind in told]
    assert set(told) == {f.kind for f in made[FIRST:]}
    assert set(KINDS_IN_ORDER) == set(KINDS)


def test_few_findings_and_those_of_one_kind_are_one_list() -> None:
    made = findings_list(_many(), only=("estate", "Solbakken")).findings
    few = [f for f in made if f.kind == "changed"]
    page = web(_many(), "nb", ("estate", "Solbakken"), kinds=["changed"]).split("</section>")[0]
    assert 0 < len(few) <= FEW
    assert "<details" not in page
    weak = [f for f in findings_list(_many(), only=("all", "")).findings if f.kind == "weak"]
    assert len(weak) > FEW
    page = web(_many(), "nb", kinds=["weak"]).split("</section>")[0]
    assert re.findall(r'id="funn-(\w+)"', page) == [f.id for f in weak]
    assert page.count("<details") == 1
    assert Words.of(_many().whole.questionnaire, "nb").t("found.more", n=len(weak) - FEW) in page


@pytest.mark.parametrize(
    ("language", "goal", "own"),
    [
        ("nb", "Bærekraftige byer og lokalsamfunn", "håndterbar"),
        ("nn", "Berekraftige byar og lokalsamfunn", "handterleg"),
        ("en", "Sustainable cities and communities", "manageable"),
    ],
)
def test_a_finding_shows_its_tags_by_name_and_not_by_code(language: str, goal: str, own: str) -> None:
    form = questionnaire(item("ro", tags=["sdg:11", "handterbar", "noe_eget"]), index=False)
    people: list[Answers] = [{"ro": 5 if k < 30 else 1} for k in range(36)]
    found = everywhere(wave_of(form, [Estate("a", "A", "Nord", 60)], {"a": people}))
    (line,) = re.findall(r"<li id=\"funn-.*?</li>", web(found, language, ("estate", "a")), re.DOTALL)
    assert goal in line and own in line
    assert "sdg:11" not in line and "noe_eget" not in line


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_place_of_which_nothing_can_be_shown_says_so_once_under_its_name(language: str) -> None:
    alike = everywhere(wave_of(FORM, [Estate("a", "Lia", "Nord", None)], {"a": _people(30, 30)}))
    page = web(alike, language, ("estate", "a")).split("</section>")[0]
    (said,) = re.findall(r'<p class="bm-lead">(.*?)</p>', page)
    assert said == Words.of(FORM, language).t("said.protected", scope="Lia").removeprefix("Lia: ")
