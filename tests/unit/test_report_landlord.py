"""Promises about the landlord report, whatever the estate and the language."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from html.parser import HTMLParser
from typing import Any

import markupsafe
import pytest

from forms.catalogue import read_catalogue
from forms.questionnaire import LANGUAGES
from reports.compute import compute
from reports.documents import landlord
from reports.documents.actions import THEME_OF, THEMES, actions
from reports.documents.findings_page import web
from reports.documents.words import MESSAGES, Words
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.results import Change, Finding, Results
from reports.waves import Estate
from tests.samples import demonstration, tiny
from tests.samples import report_results as samples
from tests.samples.waves import wave_of

SAMPLES = [
    samples.eksempelvik,
    samples.all_estates,
    samples.hidden_cells,
    samples.closed,
    samples.too_few,
    samples.copenhagen,
]
KINDS: dict[str, dict[str, str | int | float]] = {
    "strong": {"scope": "x", "percent": 84, "low": 76, "high": 90, "n": 92},
    "weak": {"scope": "x", "percent": 14, "low": 9, "high": 21, "n": 92},
    "change_up": {
        "scope": "x",
        "percent": 50,
        "before": 40,
        "points": 10,
        "low": 2,
        "high": 18,
        "n": 92,
        "previous": "2024",
    },
    "change_down": {
        "scope": "x",
        "percent": 30,
        "before": 40,
        "points": -10,
        "low": -18,
        "high": -2,
        "n": 92,
        "previous": "2024",
    },
    "better_than_rest": {"scope": "x", "object": "bolig", "score": 66, "low": 60, "high": 72, "n": 92},
    "worse_than_rest": {"scope": "x", "object": "", "score": 40, "low": 36, "high": 44, "n": 92},
    "influence": {"scope": "x", "percent_low": 29, "percent_high": 60, "n_low": 628, "n_high": 1395},
    "participation_low": {"scope": "x", "percent": 22, "low": 15, "high": 31, "n": 88},
    "grade": {"scope": "x", "percent": 57, "low": 51, "high": 65, "n": 84},
}
KINDS["grade_up"], KINDS["grade_down"] = KINDS["change_up"], KINDS["change_down"]
KINDS["score_up"] = {**KINDS["change_up"], "object": "utleier", "score": 57, "before": 47}
KINDS["score_down"] = {**KINDS["change_down"], "object": "", "score": 57, "before": 67}
ITEMS = {
    "better_than_rest": (),
    "worse_than_rest": (),
    "score_up": (),
    "score_down": (),
    "influence": ("nytter_a_si_fra", "totalt_fornoyd"),
    "participation_low": ("nytter_a_si_fra",),
    "grade": ("medv_individ_grad",),
    "grade_up": ("medv_individ_grad",),
    "grade_down": ("medv_individ_grad",),
}


@cache
def _written(sample: Callable[[], Results], language: str) -> str:
    return landlord.web(sample(), language)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @classmethod
    def of(cls, html: str) -> _Page:
        page = cls()
        page.feed(html)
        return page


def test_the_report_says_which_questions_are_not_compared_with_last_time_and_why() -> None:
    """One by one while they are few; else how many."""
    results = samples.eksempelvik()
    (first, second, *_) = [item.id for item in results.questionnaire.items() if item.kind == "choice"]
    many = tuple(item.id for item in results.questionnaire.items() if item.kind == "choice")[:6]
    for language, few, several in (
        ("nb", "Ikke sammenlignet med sist, fordi", "6 spørsmål er ikke sammenlignet med sist"),
        ("nn", "Ikkje samanlikna med sist, fordi", "6 spørsmål er ikkje samanlikna med sist"),
        ("en", "Not compared with last time, because", "6 questions are not compared with last time"),
    ):
        assert few not in landlord.web(results, language)
        page = landlord.web(replace(results, asked_otherwise=(first, second)), language)
        said = page[page.index(few) :].partition("</li>")[0]
        assert all(
            escape(results.questionnaire.item(name).text.get(language)) in said for name in (first, second)
        )
        assert several in landlord.web(replace(results, asked_otherwise=many), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_report_can_be_written_in_every_language(sample: Callable[[], Results], language: str) -> None:
    page = _written(sample, language)
    assert f'lang="{language}"' in page
    assert "{" not in re.sub(r"<[^>]*>", "", page), "a placeholder was left open"


def test_the_catalogues_say_the_same_things_with_the_same_placeholders() -> None:
    nb, nn, en = (read_catalogue(MESSAGES, language) for language in LANGUAGES)
    assert nb.keys() == nn.keys() == en.keys()
    for key, text in nb.items():
        places = sorted(re.findall(r"{(\w+)[:}]", text))
        assert sorted(re.findall(r"{(\w+)[:}]", nn[key])) == places, key
        assert sorted(re.findall(r"{(\w+)[:}]", en[key])) == places, key


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_two_things_on_a_page_have_the_same_id(sample: Callable[[], Results]) -> None:
    ids = [attrs["id"] for _, attrs in _Page.of(_written(sample, "nb")).tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_header_cell_says_what_it_heads(sample: Callable[[], Results]) -> None:
    heads = [attrs for tag, attrs in _Page.of(_written(sample, "nb")).tags if tag == "th"]
    assert heads
    assert all(attrs.get("scope") in ("row", "col") for attrs in heads)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_web_page_works_under_a_strict_security_policy(sample: Callable[[], Results]) -> None:
    tags = _Page.of(_written(sample, "nb")).tags
    assert not [tag for tag, attrs in tags if "style" in attrs or tag in ("style", "script", "link")]


def test_headings_never_skip_a_level() -> None:
    levels = [
        int(tag[1])
        for tag, _ in _Page.of(_written(samples.eksempelvik, "nb")).tags
        if re.fullmatch("h[1-6]", tag)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_fictitious_organisation_is_marked_on_web_and_paper_and_a_real_one_is_not() -> None:
    made_up = samples.eksempelvik()
    for write in (landlord.web, landlord.html):
        assert "Oppdiktet eksempel" in write(made_up, "nb")
        assert "Oppdiktet eksempel" not in write(replace(made_up, fictitious=False), "nb")


def test_the_report_never_claims_to_be_the_official_instrument() -> None:
    assert "ikke det offisielle instrumentet" in landlord.html(samples.eksempelvik(), "nb")


def test_an_estate_with_too_few_answers_shows_no_figure_at_all() -> None:
    page = _written(samples.too_few, "nb")
    assert "Færre enn fem av 7 husstander har svart. Derfor viser vi ingen tall." in page
    assert "<svg" not in page
    assert not re.search(r"\d+\s%", page.split('id="metode"')[0])


def test_a_hidden_question_says_so_and_gives_no_number() -> None:
    results = samples.hidden_cells()
    hidden = next(
        item_id
        for item_id, result in results.items.items()
        if result.hidden and not result.item_id.startswith("totalt")
    )
    page = landlord.web(results, "nb")
    assert f"-{hidden}-t" not in page
    assert "Vises ikke: for få svar" in page


def test_long_names_and_markup_in_names_are_only_text() -> None:
    results = replace(samples.eksempelvik(), scope="<b>Gården</b> & co", campaign="<i>Runde</i>")
    for page in (landlord.web(results, "nb"), landlord.html(results, "nb")):
        assert "<b>" not in page
        assert "<i>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_is_told_in_words(kind: str, language: str) -> None:
    results = samples.eksempelvik()
    finding = Finding(kind, ITEMS.get(kind, ("bomiljo_trygg_ute",)), KINDS[kind], 1.0)
    page = landlord.web(replace(results, findings=(finding,)), language)
    assert 'class="bm-finding"' in page


def test_a_fall_is_told_as_a_fall_from_the_smallest_to_the_largest() -> None:
    finding = Finding("change_down", ("bomiljo_trygg_ute",), KINDS["change_down"], 1.0)
    page = landlord.web(replace(samples.eksempelvik(), findings=(finding,)), "nb")
    assert "mellom 2 og 18 prosentpoeng" in page


@pytest.mark.parametrize(
    ("language", "ranking"),
    [
        ("nb", r"[Bb]edre enn sist|[Dd]årligere enn sist"),
        ("nn", r"[Bb]etre|[Dd]årlegare"),
        ("en", "[Ww]orse t"),
    ],
)
@pytest.mark.parametrize("kind", ["grade", "grade_up", "grade_down"])
def test_a_grade_of_participation_is_higher_or_lower_and_never_ranked(
    kind: str, language: str, ranking: str
) -> None:
    finding = Finding(kind, ITEMS[kind], KINDS[kind], 1.0)
    page = landlord.web(replace(samples.eksempelvik(), findings=(finding,)), language)
    card = page.split('class="bm-finding"')[1].split("</li>")[0]
    title = card.split("</h3>")[0]
    assert not re.search(ranking, title)
    assert "godt svar" not in card
    assert "bm-better" not in card


def test_the_landlords_own_grade_stands_beside_that_of_the_tenants() -> None:
    page = landlord.web(replace(samples.eksempelvik(), declared_grade=5), "nb")
    assert "Utleier mener selv: Utleier og leietakere finner løsninger sammen (trinn 5)." in page
    assert page.count("Utleier mener dette.") == 1
    row = next(row for row in page.split("<tr>") if "Utleier mener dette." in row)
    assert "5" in row.split("</th>")[0]


def test_a_landlord_who_has_declared_no_grade_is_told_to_have_said_nothing() -> None:
    page = _written(samples.eksempelvik, "nb")
    assert "Utleier har ikke oppgitt" in page
    assert "Utleier mener" not in page


def test_what_the_landlord_says_is_told_even_where_the_tenants_grades_are_hidden() -> None:
    page = landlord.web(replace(samples.closed(), declared_grade=2), "nb")
    assert page.count("Utleier mener selv: Leietakerne får bare informasjon (trinn 2).") == 1


def test_where_hardly_any_question_may_be_shown_one_sentence_tells_how_many() -> None:
    results = samples.closed()
    page = landlord.web(results, "nb")
    told = page.split('id="vises-ikke"')[1].split("</section>")[0]
    scored = [item for item in results.questionnaire.items() if item.scoring]
    assert f"boligen ({sum(i.scoring.object == 'bolig' for i in scored if i.scoring)})" in told
    assert 'id="del-bolig"' not in page
    assert "Vises ikke: verner enkeltpersoner" not in page.split('id="vises-ikke"')[1]


def test_one_theme_of_which_nothing_may_be_shown_lists_its_questions_without_empty_charts() -> None:
    results = samples.eksempelvik()
    shut = {
        item.id: replace(results.items[item.id], hidden="hidden.protected", segments=())
        for item in results.questionnaire.items()
        if item.scoring and item.scoring.object == "bolig"
    }
    page = landlord.web(replace(results, items={**results.items, **shut}), "nb")
    section = page.split('id="del-bolig"')[1].split("</section>")[0]
    assert "bm-bars" not in section
    assert "Kan jeg" not in section and "Svarene på disse spørsmålene vises ikke" in section


def test_a_round_with_too_few_answers_everywhere_tells_how_many_were_asked_and_nothing_false() -> None:
    results = replace(samples.too_few(), estate_id=None, invited=227)
    page = landlord.web(results, "nb")
    assert "Færre enn fem av 227 husstander har svart." in page
    assert "0 leietakere" not in page
    assert "Vi vet ikke hvor mange" not in page
    spread = landlord.web(replace(results, few_everywhere=True), "nb")
    assert "Ingen av leiegårdene har fem svar eller flere." in spread
    assert "Færre enn fem" not in spread


def test_every_sentence_begins_with_a_capital_letter_where_few_have_answered() -> None:
    page = _written(samples.too_few, "nb")
    for paragraph in re.findall(r"<p[^>]*>([^<]+)</p>", page):
        assert paragraph[0].isupper() or not paragraph[0].isalpha()


def test_all_answers_are_accounted_for_when_it_is_told_how_they_came_in() -> None:
    results = replace(samples.eksempelvik(), n=92)
    told = {
        modes: landlord.web(replace(results, modes=dict(modes)), "nb")
        for modes in ((), (("web", 80), ("paper", 12)), (("web", 80),))
    }
    assert "Hvordan svarene kom inn, vises ikke" in told[()]
    assert "på nett 80, på papir 12." in told[("web", 80), ("paper", 12)]
    assert "på nett 80. De andre 12 svarene kom på måter" in told[(("web", 80),)]


def test_where_all_have_answered_nobody_is_told_how_to_reach_more() -> None:
    results = samples.eksempelvik()
    place = replace(results.coverage[0], invited=92, n=92)
    page = landlord.web(replace(results, n=92, invited=92, coverage=(place,)), "nb")
    assert "Alle husstandene har svart." in page
    assert "Slik når dere flere" not in page


def test_answers_of_which_only_the_year_is_known_are_dated_by_the_year_alone() -> None:
    results = replace(
        samples.copenhagen(),
        opens_on=date(1976, 1, 1),
        closes_on=date(1976, 12, 31),
        results_on=date(1976, 12, 31),
        modes={"import": 1681},
    )
    for page in (landlord.web(results, "nb"), landlord.html(results, "nb")):
        assert "(1976)" in page
        assert "desember 1976" not in page
        assert "Slik er det å leie" not in page
        assert "Alle som ble spurt, får resultatene" not in page


@pytest.mark.parametrize("sample", [samples.eksempelvik, samples.all_estates, samples.copenhagen])
def test_every_answer_that_may_be_shown_has_its_number_in_a_table(sample: Callable[[], Results]) -> None:
    results = sample()
    words = Words.of(results.questionnaire, "nb")
    tables = landlord.web(results, "nb").split('id="tall"')[1]
    for item_id, result in results.items.items():
        item = results.questionnaire.item(item_id)
        if item.background and item.sensitive:
            assert words.item(item) not in tables
            continue
        own = tables.split(escape(words.item(item)))[-1].split("<tbody>")[0]
        for segment in result.segments:
            if segment.n:
                assert words.share(segment.share) in own
        for code, estimate in result.chosen.items():
            assert escape(words.choice(item, code)) in own
            assert estimate.value is not None and words.share(estimate.value) in own


def test_the_printed_report_tells_all_answers_to_a_question_with_many() -> None:
    results = samples.eksempelvik()
    words = Words.of(results.questionnaire, "nb")
    printed = landlord.html(results, "nb")
    for item in results.questionnaire.items():
        if item.kind in ("multi", "rank"):
            for code, estimate in results.items[item.id].chosen.items():
                assert estimate.value is not None
                text, share = escape(words.choice(item, code)), words.share(estimate.value)
                told = f"{words.lower(text)} {share}"
                assert told in printed or re.search(f"{re.escape(text)}</th>.*?{share}", printed, re.DOTALL)


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("nb", "1 husstand", "39 husstander"),
        ("nn", "1 husstand", "39 husstandar"),
        ("en", "1 household", "39 households"),
    ],
)
def test_one_household_is_one_and_not_many(language: str, one: str, many: str) -> None:
    results = samples.eksempelvik()
    place = replace(results.coverage[0], invited=40, n=39)
    page = landlord.web(replace(results, n=39, invited=40, coverage=(place,)), language)
    assert f"<td>{one}</td>" in page
    assert f"<td>{many} (" in page


def test_one_estate_left_out_is_one_and_not_many() -> None:
    assert "Det gjelder én leiegård her." in _written(samples.all_estates, "nb")
    assert "Det gjelder 2 leiegårder her." in landlord.web(
        replace(samples.all_estates(), excluded_estates=2), "nb"
    )


def test_the_change_in_a_table_is_the_difference_between_the_printed_figures() -> None:
    words = Words.of(samples.questionnaire("boindeks"), "nb")
    change = Change(0.3149, 0.2, 0.43, "higher")
    assert words.change(change, 0.5671, share=True) == "Opp 32 siden sist"
    assert words.change(replace(change, standing="same"), 0.5671, share=True) == ""


def test_answers_from_elsewhere_are_not_promised_to_be_presented_on_a_day_that_nobody_set() -> None:
    results = samples.copenhagen()
    undated = replace(results, results_on=results.closes_on)
    assert "31. januar 1977" in landlord.html(results, "nb")
    assert "Resultatene legges fram" not in landlord.html(undated, "nb")


def test_a_finding_claims_influence_only_where_the_question_is_about_influence() -> None:
    results = samples.copenhagen()
    assert "De som mener at de kan påvirke mest, er oftere fornøyde" in landlord.web(results, "nb")
    finding = Finding("influence", ("medv_vet_hvordan", "totalt_fornoyd"), KINDS["influence"], 1.0)
    page = landlord.web(replace(samples.eksempelvik(), findings=(finding,)), "nb")
    assert "De som svarer «helt enig» på «Jeg vet hvordan jeg kan være med», er oftere fornøyde" in page
    assert "påvirke mest" not in page


def test_the_first_three_findings_get_a_row_in_the_reply_form_and_more_rows_are_free() -> None:
    finding = Finding("weak", ("bolig_fred",), KINDS["weak"], 1.0)
    page = landlord.web(replace(samples.eksempelvik(), findings=(finding,) * 5), "nb")
    form = page.split('id="svarskjema"')[1].split("</table>")[0]
    assert form.count("<tr>") == 1 + 5
    assert form.count("Avslag med alternativ") == 5


def test_good_news_is_owed_no_reply() -> None:
    weak = Finding("weak", ("bolig_fred",), KINDS["weak"], 1.0)
    strong = Finding("strong", ("bolig_besok_rullestol",), KINDS["strong"], 0.9)
    page = landlord.web(replace(samples.eksempelvik(), findings=(weak, strong)), "nb")
    form = page.split('id="svarskjema"')[1].split("</table>")[0]
    assert "Bare 14\N{NO-BREAK SPACE}%" in form
    assert "84" not in form
    assert "2. Deres eget" in form
    assert form.count("<tr>") == 1 + 5


@pytest.mark.parametrize(
    ("language", "most"),
    [
        ("nb", "Trolig høyst 29\N{NO-BREAK SPACE}% gir"),
        ("nn", "Truleg høgst 29\N{NO-BREAK SPACE}% gir"),
        ("en", "Probably at most 29% give"),
    ],
)
def test_where_nobody_answered_well_the_title_says_how_many_that_may_be_of_all(
    language: str, most: str
) -> None:
    values = {**KINDS["weak"], "percent": 0, "low": 0, "high": 29}
    page = landlord.web(
        replace(samples.eksempelvik(), findings=(Finding("weak", ("bolig_fred",), values, 1.0),)), language
    )
    assert most in page
    assert "Bare 0" not in page and "Ingen av svar" not in page


def test_good_answers_are_explained_with_answers_of_the_questionnaire_itself() -> None:
    assert "«litt enig» eller «helt enig»" in _written(samples.eksempelvik, "nb")
    assert "«litt enig»" not in _written(samples.copenhagen, "nb")


def test_large_numbers_are_written_the_norwegian_way() -> None:
    assert "1\xa0681" in _written(samples.copenhagen, "nb")


def test_a_survey_without_an_index_shows_how_influence_and_satisfaction_go_together() -> None:
    page = _written(samples.copenhagen, "nb")
    assert 'id="sammenheng"' in page
    about = page[page.index('id="sammenheng"') :]
    assert "gjelder dem som bor i disse leiegårdene. Der teller hver person." in about
    assert "Når vi sier om svar går sammen, teller derfor hver leiegård som én enhet." in about
    assert 'id="matrise"' not in page
    assert "Høyhus" in page


def test_suggestions_belong_to_the_weakest_answers_and_each_theme_comes_once() -> None:
    results = samples.eksempelvik()
    found = actions(Words.of(results.questionnaire, "nb"), results)
    assert len(found) == 4
    assert len({action.title for action in found}) == 4


def test_every_scored_question_has_something_both_sides_can_do() -> None:
    form = samples.questionnaire("boindeks")
    assert not [item.id for item in form.items() if item.scoring and item.meaning not in THEME_OF]
    assert set(THEME_OF.values()) <= set(THEMES)


def test_intervals_are_never_rounded_to_look_sharper() -> None:
    words = Words.of(samples.questionnaire("boindeks"), "nb")
    assert words.share_interval(0.574, 0.696) == "mellom 57 og 70\u00a0%"
    assert words.share_interval(0.70, 0.85) == "mellom 70 og 85\u00a0%"
    assert words.share_interval(0.5, 0.5) == "50\u00a0%"


def test_where_hardly_any_question_may_be_shown_the_report_ends_with_what_to_talk_about() -> None:
    page = _written(samples.closed, "nb")
    talk = page.split('id="samtale"')[1].split("</section>")[0]
    asked = [item for item in samples.closed().questionnaire.items() if item.scoring is not None]
    assert asked and talk.count("<li>") >= len(asked)
    assert 'id="samtale"' not in _written(samples.eksempelvik, "nb")


def test_a_report_on_all_names_the_estates_that_stand_outside_its_totals() -> None:
    page = landlord.web(demonstration.results(None), "nb")
    assert "bygger på færre svar. Det gjelder: Fjordgløtt." in page
    assert "Det gjelder: " not in landlord.web(demonstration.results("Nordlia"), "nb")


def _with_answers(**answered: int) -> Results:
    """The report on all estates of 40 homes in which so many answered."""
    form = tiny.questionnaire(tiny.item("hjem", role="overall"), index=False)
    people = {name: [{"hjem": 5 if k % 2 else 1} for k in range(n)] for name, n in answered.items()}
    places = [Estate(name, f"Gård {name}", "Nord", 40) for name in answered]
    return compute(wave_of(form, places, people), places[0].id if len(places) == 1 else None)


@pytest.mark.parametrize(
    ("language", "said"), [("nb", "flere svar enn"), ("nn", "fleire svar enn"), ("en", "More answers came")]
)
def test_more_answers_than_homes_is_said_and_nobody_is_missing_less_than_none(
    language: str, said: str
) -> None:
    report = _with_answers(a=60)
    one, words = landlord.web(report, language), Words.of(report.questionnaire, language)
    assert said in one and "Gård a" in one
    assert "-20" not in one and "−20" not in one
    assert "150" not in one and words.t("who.lead_all") not in one
    assert words.t("who.lead_overfull") in one
    two = _with_answers(a=60, b=30)
    page = landlord.web(two, language)
    assert said in page and words.t("who.lead", missing="10") in page
    assert "150" not in page and words.t("coverage.overfull") in page


def test_of_more_answers_than_homes_nothing_is_surer_than_where_the_homes_are_not_known() -> None:
    """Ten homes and thirty answers: not a full count of thirty, but a number that cannot be right."""
    form = tiny.questionnaire(tiny.item("hjem", role="overall"), tiny.item("ro"), index=False)
    people = {"a": [{"hjem": 5 if k % 3 else 1, "ro": 1 + k % 5} for k in range(30)]}
    wrong, unknown = (
        compute(wave_of(form, [Estate("a", "Gård a", "Nord", homes)], people), "a") for homes in (10, None)
    )
    assert wrong.items == unknown.items and wrong.findings == unknown.findings
    assert wrong.nonresponse_bounds is None and wrong.population is None
    also = people | {"b": [{"hjem": 5 if k % 2 else 1, "ro": 1 + k % 5} for k in range(20)]}
    wholes = [
        compute(
            wave_of(form, [Estate("a", "Gård a", "Nord", homes), Estate("b", "Gård b", "Nord", 100)], also),
            None,
        )
        for homes in (10, None)
    ]
    assert wholes[0].items == wholes[1].items
    assert landlord.web(wholes[0], "nb").count("Vi regner derfor som om antallet der er ukjent") == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_where_everybody_answered_and_said_the_same_nothing_is_said_of_the_silent(language: Any) -> None:
    form = tiny.questionnaire(tiny.item("hjem", role="overall"), tiny.item("ro"), index=False)
    words = Words.of(form, language)
    people = {"a": [{"hjem": 5, "ro": 1 + k % 5} for k in range(30)]}
    for homes, told in ((30, False), (40, True)):
        results = compute(wave_of(form, [Estate("a", "Gård a", "Nord", homes)], people), "a")
        assert results.nonresponse_bounds is None
        assert (words.t("about.no_bounds") in landlord.web(results, language)) == told


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_findings_say_where_more_answers_came_than_homes_were_asked(language: Any) -> None:
    form = tiny.questionnaire(tiny.item("hjem", role="overall"), index=False)
    people = {"a": [{"hjem": 5 if k % 3 else 1} for k in range(30)]}
    for homes, told in ((10, 1), (30, 0)):
        found = everywhere(wave_of(form, [Estate("a", "Gård a", "Nord", homes)], people))
        notes = [note[language] for note in findings_list(found).notes]
        assert len(notes) == told
        assert all("Gård a" in note and markupsafe.escape(note) in web(found, language) for note in notes)


def test_the_missing_are_those_who_were_asked_and_did_not_answer() -> None:
    page = landlord.web(_with_answers(a=30, b=20), "nb")
    assert "30 husstander har ikke svart." in page and "flere svar enn" not in page


@pytest.mark.parametrize(
    ("language", "many", "few"),
    [
        ("nb", "minst 10 svar gjennom åpne lenker", "Noen få svar kom gjennom åpne lenker"),
        ("nn", "minst 10 svar gjennom opne lenkjer", "Nokre få svar kom gjennom opne lenkjer"),
        ("en", "At least 10 more answers came by open links", "A few answers came by open links"),
    ],
)
def test_answers_by_open_links_are_told_to_be_kept_out_of_every_number(
    language: str, many: str, few: str
) -> None:
    for answers, told in ((10, {many}), (None, {few}), (0, set())):
        page = landlord.web(replace(samples.eksempelvik(), open_answers=answers), language)
        assert {words for words in (many, few) if words in page} == told


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", ("minst", "høyst")), ("nn", ("minst", "høgst")), ("en", ("at least", "at most"))],
)
def test_what_the_silent_could_change_is_told_as_limits_where_totals_are_rounded(
    language: Any, words: tuple[str, str]
) -> None:
    """22 and 44 percent when counted: "17% would have been, 54% would have been" was no fact."""
    told = Words.of(tiny.questionnaire(tiny.item("hjem")), language).t(
        "about.bounds_limits", low="17", high="54"
    )
    assert f"{words[0]} 17" in told and f"{words[1]} 54" in told
    results = replace(samples.eksempelvik(), dwellings=None)
    assert results.nonresponse_bounds is not None and not results.nonresponse_limits
    page, limits = (landlord.web(replace(results, nonresponse_limits=yes), language) for yes in (False, True))
    assert told.split(".")[-2] not in page and told.split(".")[-2] in limits


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_screen_the_tables_of_many_estates_open_with_a_click_and_of_few_stand_open(
    language: str,
) -> None:
    words = Words.of(samples.all_estates().questionnaire, language)
    said = words.t("estates.all", n=90)
    page = landlord.web(samples.many_estates(), language)
    assert page.count(f"<summary>{said}</summary>") == 2
    assert said not in landlord.html(samples.many_estates(), language)
    assert "bm-more" not in landlord.web(samples.all_estates(), language)


def test_estates_stand_in_the_order_of_their_numbers() -> None:
    """Gata 2 before Gata 10, in the table of who answered and in that of scores."""
    wanted = [f"Gata {number}" for number in range(1, 13)]
    text = landlord.html(samples.many_estates(12), "nb")
    for table in ("svar", "garder"):
        part = text[text.index(f'id="{table}"') :]
        found = re.findall(
            r"Gata \d+", re.sub(r"<svg.*?</svg>", "", part[: part.index("</table>")], flags=re.S)
        )
        assert list(dict.fromkeys(found)) == wanted
