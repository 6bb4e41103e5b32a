"""Promises about the report on an area: what its estates show together, and not a word more."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from forms.loading import shipped
from forms.questionnaire import Questionnaire
from reports.areas.errors import AreaAlone, AreaHasAll, AreaNotTold, NoSuchArea
from reports.areas.items import AREA
from reports.areas.report import area_report, areas_told
from reports.documents import landlord
from reports.findings.everywhere import Everywhere, everywhere
from reports.findings.listing import findings_list
from reports.loop import Before, Loop, Quote
from reports.results import Results, Weighting
from reports.waves import Estate
from tests.samples import areas, demonstration, tenants
from tests.samples.areas import ALONE, LARGE, SMALL
from tests.samples.waves import drawn_answers, wave_of


def _estates(area: str) -> list[Results]:
    return [report for report in areas.found().estates.values() if report.coverage[0].area == area]


def report_form() -> Questionnaire:
    return areas.found().whole.questionnaire


def _everywhere(sizes: dict[str, tuple[str, int]]) -> Everywhere:
    """Estates by name, with area and answers; everybody who was asked is half as many again."""
    form, rng = shipped("boindeks"), np.random.default_rng(1)
    places = [Estate(name, name, area, 3 * n // 2 + 2) for name, (area, n) in sizes.items()]
    answers = {name: drawn_answers(form, n, rng) for name, (_, n) in sizes.items()}
    return everywhere(wave_of(form, places, answers))


def test_counts_of_an_area_are_those_of_its_estates_added_up() -> None:
    report = areas.results(SMALL)
    assert (report.n, report.invited) == (31 + 34 + 7, 44 + 52 + 12)
    assert report.excluded_estates == 1, "fewer than five answered there"
    assert [place.name for place in report.coverage] == ["Kirkegata 7", "Storgata 12", "Torget 3", "Brygga 1"]
    assert report.modes == {"web": 72}
    assert areas.results(LARGE).n == sum(own.n for own in _estates(LARGE)) == 247


def test_a_share_of_an_area_is_the_mean_of_its_estates_by_their_homes() -> None:
    told = 0
    for name, result in areas.results(LARGE).items.items():
        share = result.favourable
        own = [r for r in _estates(LARGE) if r.items[name].favourable.value is not None]
        if share.value is None:
            continue
        told += 1
        if name in report_form().put_to_some():
            continue
        homes = [(r.coverage[0].population or 0) - sum(r.items[name].special.values()) for r in own]
        mean = sum(h * (r.items[name].favourable.value or 0) for h, r in zip(homes, own, strict=True))
        assert share.value == pytest.approx(mean / sum(homes))
        assert share.n == result.n == sum(r.items[name].n for r in own)
        assert share.low is not None and share.high is not None and share.low < share.value < share.high
    assert told > 25


def test_the_bar_of_an_area_says_the_same_as_its_share_and_is_cut_as_all_its_estates_are() -> None:
    for area in (LARGE, SMALL):
        for name, result in areas.results(area).items.items():
            if not result.segments or result.favourable.value is None:
                continue
            form = report_form()
            scoring = form.item(name).scoring
            good = {1, 2} if scoring is not None and scoring.reversed else {4, 5}
            parts = [part for part in result.segments if set(part.codes) <= good]
            assert sum(part.share for part in result.segments) == pytest.approx(1)
            assert sum(part.n for part in result.segments) == result.n
            own = [r for r in _estates(area) if r.items and r.items[name].favourable.value is not None]
            for report in own:
                cuts = {part.codes[0] for part in report.items[name].segments}
                assert {part.codes[0] for part in result.segments} <= cuts
            if len(form.steps(form.item(name))) == 5 and parts:
                assert sum(part.share for part in parts) == pytest.approx(result.favourable.value)


def test_the_interval_of_an_area_is_narrower_than_that_of_any_of_its_estates_alone() -> None:
    index = areas.results(LARGE).index
    assert index and index.score.value is not None and index.score.low is not None
    widths = [
        own.index.score.high - own.index.score.low
        for own in _estates(LARGE)
        if own.index and own.index.score.high is not None and own.index.score.low is not None
    ]
    assert index.score.high is not None and index.score.high - index.score.low <= min(widths)
    assert index.score.low <= index.score.value <= index.score.high


def test_a_figure_that_most_of_the_area_hides_is_not_told_of_the_area() -> None:
    hidden = 0
    for name, result in areas.results(LARGE).items.items():
        showing = [r for r in _estates(LARGE) if r.items[name].favourable.value is not None]
        if len(showing) < 3:
            hidden += 1
            assert result.favourable.value is None
            assert not result.segments or result.favourable.hidden == "hidden.unscored"
    assert hidden > 5


def test_a_sensitive_question_is_told_of_no_area() -> None:
    form = report_form()
    sensitive = [item.id for item in form.items() if item.sensitive and item.id in areas.results(LARGE).items]
    assert sensitive
    for name in sensitive:
        result = areas.results(LARGE).items[name]
        assert result.hidden == "hidden.sensitive" and not result.segments and not result.chosen


def test_a_report_on_an_area_claims_what_the_list_of_findings_has_of_it() -> None:
    listed = findings_list(areas.found())
    form = report_form()
    for area in (LARGE, SMALL):
        of_list = [
            (one.variant.replace("grade_high", "grade").replace("grade_low", "grade"), one.items, one.object)
            for one in listed.findings
            if (one.place.level, one.place.id) == ("area", area)
        ]
        of_report = [
            (one.kind, tuple(form.item(id).meaning for id in one.item_ids), one.values.get("object"))
            for one in areas.results(area).findings
        ]
        assert of_list == of_report
    assert len(areas.results(LARGE).findings) > 10


def test_a_bad_house_that_the_mean_of_its_area_hides_stands_first_and_is_named() -> None:
    page = landlord.web(areas.results(LARGE), "nb")
    assert "dårligere i Bjørkelia 2 enn ellers i området" in page
    assert "Snittet for området skjuler det." in page


def test_estates_of_an_area_stand_beside_one_another_and_none_of_another_area() -> None:
    told = dict(areas.results(LARGE).by_estate)
    assert list(told) == [own.scope for own in _estates(LARGE)]
    for own in _estates(LARGE):
        assert own.index is not None
        assert told[own.scope].score == own.index.score, "as in its own report"
    assert told["Bjørkelia 2"].versus_rest == "worse"
    assert all(cell.limits for cell in told.values()), "six estates make a funnel"
    assert not any(cell.limits for _, cell in areas.results(SMALL).by_estate), "three do not"


def test_limits_of_the_funnel_of_an_area_lie_about_its_own_index() -> None:
    index = areas.results(LARGE).index
    assert index is not None and index.score.value is not None
    for _, cell in areas.results(LARGE).by_estate:
        (low, high), _ = cell.limits
        assert low <= index.score.value <= high
        assert abs((low + high) / 2 - index.score.value) <= 1


def test_changes_of_an_area_are_those_of_its_estates_taken_together() -> None:
    report = areas.results(LARGE)
    assert report.previous_campaign == "Høsten 2024"
    assert report.index is not None and report.index.change is not None
    own = [r.index.change.difference for r in _estates(LARGE) if r.index and r.index.change]
    assert min(own) <= report.index.change.difference <= max(own)
    assert report.index.change.standing == "better"
    standings = {r.change.standing for r in report.items.values() if r.change}
    assert {"better", "same"} <= standings


def test_an_area_of_one_estate_is_refused_and_its_estate_is_named() -> None:
    with pytest.raises(AreaAlone) as refusal:
        area_report(areas.found(), ALONE)
    assert refusal.value.values["estate"] == "Havnegata 22"


def test_an_area_that_has_all_estates_is_refused_as_the_landlord_told_twice() -> None:
    found = _everywhere({"a": ("Nord", 20), "b": ("Nord", 20)})
    with pytest.raises(AreaHasAll):
        area_report(found, "Nord")


def test_an_area_where_nothing_can_be_shown_is_refused() -> None:
    found = _everywhere({"a": ("Nord", 4), "b": ("Nord", 20), "c": ("Sør", 30)})
    assert areas_told(found) == ()
    with pytest.raises(AreaNotTold) as refusal:
        area_report(found, "Nord")
    assert refusal.value.key == "error.reports.area"
    with pytest.raises(NoSuchArea):
        area_report(found, "Vest")


def test_areas_that_have_a_report_are_those_that_give_one() -> None:
    assert areas_told(areas.found()) == (LARGE, SMALL)
    assert areas.results(SMALL).items[AREA_HIDDEN].hidden in (AREA, "hidden.protected")


AREA_HIDDEN = next(name for name, result in areas.results(SMALL).items.items() if result.hidden == AREA)


def test_an_area_whose_estates_show_scores_alone_has_a_short_report() -> None:
    """The made-up municipality's Sentrum: 27 and 5 answers. Its scores, and questions to talk about."""
    first, second = demonstration.waves()
    report = area_report(everywhere(second, first), "Sentrum")
    assert report.index is not None and report.index.score.value is not None
    assert not any(result.favourable.value for result in report.items.values())
    page = landlord.html(report, "nb")
    assert 'id="samtale"' in page and "Slik er det å bo i området Sentrum" in page


@pytest.mark.parametrize(
    ("language", "heading", "made", "estates"),
    [
        ("nb", "Slik er det å bo i området Nordbyen", "Tallene for området er regnet ut", "6 leiegårder"),
        ("nn", "Slik er det å bu i området Nordbyen", "Tala for området er rekna ut", "6 leigegardar"),
        ("en", "What it is like to live in the area Nordbyen", "The figures for the area are", "6 estates"),
    ],
)
def test_the_page_of_an_area_says_what_it_is_made_of(
    language: str, heading: str, made: str, estates: str
) -> None:
    report = areas.results(LARGE)
    page, printed = landlord.web(report, language), landlord.html(report, language)
    assert heading in page and heading in printed and heading in landlord.title(report, language)
    assert made in page and f"Nordbyen ({estates})" in printed
    for own in _estates(LARGE):
        assert own.scope in page
    for other in ("Kirkegata 7", "Torget 3", "Havnegata 22"):
        assert other not in page
    words = re.sub(r"<[^>]*>", " ", page)
    assert not re.search(r"\b(area|hidden|finding)\.[a-z_]+", words), "a key without words"


def test_quotes_of_an_area_are_its_own_and_those_of_its_estates() -> None:
    report = areas.results(LARGE)
    quotes = (
        Quote("vedlikehold", "Fra gården.", False, "mer", estate_id="n2"),
        Quote("vedlikehold", "Fra området.", False, "mer", area_id="5", area=LARGE),
        Quote("vedlikehold", "Fra et annet område.", False, "mer", area_id="6", area=SMALL),
        Quote("vedlikehold", "Fra en annen gård.", False, "mer", estate_id="s1"),
        Quote("vedlikehold", "Fra alle.", False, "mer"),
    )
    page = landlord.web(report, "nb", Loop(quotes=quotes))
    assert [q.text in page for q in quotes] == [True, True, False, False, False]


def test_what_became_of_measures_is_told_of_the_area_and_of_all_and_not_of_others() -> None:
    any_one = tenants.finding(tenants.estate(), "weak", "bolig_inneklima", 10, 20, 30)

    def at(level: str, id: str, mark: str):  # type: ignore[no-untyped-def]
        place = any_one.place.model_copy(update={"level": level, "id": id, "name": id})
        return any_one.model_copy(update={"id": mark * 20, "place": place})

    own, inside, other, elsewhere, whole = (
        at("area", LARGE, "a"),
        at("estate", "n1", "b"),
        at("area", SMALL, "c"),
        at("estate", "s1", "d"),
        at("all", "", "e"),
    )
    measures = tuple(
        tenants.measure(n, one.id) for n, one in enumerate((whole, other, own, elsewhere, inside), 1)
    )
    before = Before("Runden før", measures, (own, inside, other, elsewhere, whole))
    told = before.about_area(LARGE, [place.estate_id for place in areas.results(LARGE).coverage])
    assert told == (measures[2], measures[4], measures[0])


def test_replies_to_findings_of_the_area_stand_in_its_report() -> None:
    listed = [one for one in findings_list(areas.found()).findings if one.place.level == "area"]
    found = [one for one in listed if one.place.id == LARGE]
    loop = Loop(measures=(replace(tenants.measure(1, found[0].id), title="Tette taket"),))
    page = landlord.web(areas.results(LARGE), "nb", loop, found)
    assert "Tette taket" in page


def _with(area: str, **of_coverage: object) -> Everywhere:
    """The same round, where more is told of who answered in the first estate of an area."""
    first = _estates(area)[0]
    changed = replace(first, coverage=(replace(first.coverage[0], **of_coverage),))  # type: ignore[arg-type]
    return replace(areas.found(), estates={**areas.found().estates, first.estate_id or "": changed})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "Vi sier ikke hvor mange som mangler"),
        ("nn", "Vi seier ikkje kor mange som manglar"),
        ("en", "We do not say how many are missing"),
    ],
)
def test_where_answers_are_counted_in_another_row_the_rate_of_the_area_is_not_told(
    language: str, said: str
) -> None:
    page = landlord.web(area_report(_with(LARGE, elsewhere=(1, 5)), LARGE), language)
    assert said in page and "68 %" not in page and "That is 68%" not in page
    assert said not in landlord.web(areas.results(LARGE), language)


def test_where_homes_were_drawn_the_area_counts_with_all_its_homes() -> None:
    report = area_report(_with(LARGE, dwellings=200), LARGE)
    assert (report.invited, report.dwellings, report.population) == (363, 493, 493)
    assert "493" in landlord.web(report, "nb")


def test_an_area_of_a_landlord_whose_totals_are_weighted_is_by_homes_and_has_no_funnel() -> None:
    whole = areas.found().whole
    rows = tuple((name, replace(cell, limits=())) for name, cell in whole.by_estate)
    weighted = replace(whole, by_estate=rows, weighting=Weighting(("alder",)))
    report = area_report(replace(areas.found(), whole=weighted), LARGE)
    assert report.weighting is None and report.index == areas.results(LARGE).index
    assert not any(cell.limits for _, cell in report.by_estate)
    assert 'class="bm-funnel"' not in landlord.web(report, "nb")
