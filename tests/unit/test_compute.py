"""From a wave to results: the right people, the right comparison, nothing beyond what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from forms.answers import Answers
from forms.loading import shipped
from reports.compute import compute
from reports.disclosure import SENSITIVE
from reports.errors import UnknownEstate
from reports.results import ItemResult, Results
from reports.waves import Estate, Wave, assemble
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import drawn_answers, info, wave_of

FORM = shipped("boindeks")
ESTATES = [
    Estate("liten", "Lia 3", "Sentrum", 7),
    Estate("mellom", "Elvegata", "Sentrum", 40),
    Estate("stor", "Høyåsen", "Nord", 180),
]


def _wave(seed: int, lean: float = 0.0, small: int = 6) -> Wave:
    rng = np.random.default_rng(seed)
    answers = {
        "liten": drawn_answers(FORM, small, rng),
        "mellom": drawn_answers(FORM, 24, rng, lean),
        "stor": drawn_answers(FORM, 100, rng, lean),
    }
    return wave_of(FORM, ESTATES, answers, f"Runde {seed}")


@pytest.fixture(scope="module")
def whole() -> Results:
    return compute(_wave(2, 0.7), None, _wave(1))


def test_the_report_on_all_estates_counts_everybody_who_may_be_counted(whole: Results) -> None:
    assert (whole.n, whole.invited, whole.excluded_estates, whole.hidden) == (130, 227, 0, None)
    assert [(c.name, c.invited, c.n) for c in whole.coverage] == [
        ("Lia 3", 7, 6), ("Elvegata", 40, 24), ("Høyåsen", 180, 100)
    ]  # fmt: skip
    assert whole.modes == {"web": 130}
    assert len(whole.matrix) == 12
    assert [cell.object for cell in whole.objects] == ["bolig", "bomiljo", "kontrakt", "utleier"]
    assert [name for name, _ in whole.by_estate] == ["Lia 3", "Elvegata", "Høyåsen"]
    assert set(whole.items) == {asked.id for asked in FORM.items() if asked.counted}


def test_a_real_improvement_is_seen_and_named_after_the_round_before(whole: Results) -> None:
    assert whole.previous_campaign == "Runde 1"
    assert whole.index is not None and whole.index.change is not None
    assert whole.index.change.standing == "better"
    assert whole.index.change.low > 0


def test_more_say_than_last_time_is_higher_and_never_better() -> None:
    form = shipped("boindeks")
    (grade,) = [i.id for i in form.items() if i.role == "participation_grade" and not i.retrospective]
    place = [Estate("lia", "Lia", "Sentrum", 100)]
    never: list[Answers] = [{"system_spurt": 2}] * 20
    before, now = (
        wave_of(
            form, place, {"lia": [{"system_spurt": 1, grade: 1 if i < low else 5} for i in range(80)] + never}
        )
        for low in (60, 20)
    )
    report = compute(now, "lia", before)
    change = report.items[grade].change
    assert change is not None and change.standing == "higher"
    kinds = [finding.kind for finding in report.findings if grade in finding.item_ids]
    assert kinds[0] == "grade_up" and set(kinds) <= {"grade", "grade_up"}


def test_what_was_when_they_moved_in_is_never_told_as_a_change() -> None:
    report = demonstration.results("Nordlia")
    past = {i.id for i in report.questionnaire.items() if i.retrospective}
    assert "medv_individ_grad" in past
    assert all(report.items[name].change is None for name in past if name in report.items)
    assert any(result.change for result in report.items.values())


@pytest.mark.parametrize("kind", ["choice", "multi"])
def test_a_sensitive_question_is_told_of_several_estates_from_twenty_answers_on(
    kind: str,
) -> None:
    more: dict[str, Any] = {"kind": kind} if kind == "multi" else {}
    form = questionnaire(item("helse", sensitive=True, **more), index=False)
    estates = [Estate("a", "A", "Sentrum", 40), Estate("b", "B", "Sentrum", 40)]
    one: Answers = {"helse": [1, 5] if kind == "multi" else 1}
    other: Answers = {"helse": [2, 4] if kind == "multi" else 5}

    def told(first: int, second: int, estate: str | None) -> ItemResult:
        halves = {"a": first // 2, "b": second // 2}
        answers = {
            name: [one] * half + [other] * (total - half)
            for (name, half), total in zip(halves.items(), (first, second), strict=True)
        }
        return compute(wave_of(form, estates, answers), estate).items["helse"]

    for estate in ("a", "b"):
        hidden = told(30, 30, estate)
        assert hidden.hidden == SENSITIVE and hidden.n == 0
        assert not hidden.segments and not hidden.chosen and not hidden.special
    assert told(30, 0, None).hidden == SENSITIVE, "a total of one estate is that estate"
    assert told(10, 9, None).hidden == SENSITIVE
    assert told(10, 10, None).hidden is None


def test_a_report_ends_on_the_day_the_round_was_closed_and_never_later() -> None:
    wave = _wave(1)
    early = replace(wave, closed_on=wave.closes_on - timedelta(days=3))
    late = replace(wave, closed_on=wave.closes_on + timedelta(days=3))
    assert compute(early, None).closes_on == wave.closes_on - timedelta(days=3)
    assert compute(late, None).closes_on == wave.closes_on


def test_an_estate_left_out_is_in_no_total_and_ends_the_comparison_of_totals() -> None:
    report = compute(_wave(3, small=4), None, _wave(1))
    assert (report.n, report.invited, report.excluded_estates) == (124, 220, 1)
    assert report.coverage[0].n is None
    assert report.previous_campaign is None
    assert dict(report.by_estate)["Lia 3"].score.hidden == "hidden.few"


def test_each_figure_lies_within_its_own_interval(whole: Results) -> None:
    reports = [whole, *(compute(_wave(2, 0.7), estate.id, _wave(1)) for estate in ESTATES)]
    for report in reports:
        figures = [*(cell.score for cell in (*report.matrix, *report.objects))]
        for found in report.items.values():
            figures += [found.favourable, found.mean, *found.chosen.values()]
        for figure in figures:
            if figure.hidden is None:
                assert figure.value is not None and figure.low is not None and figure.high is not None
                assert figure.low <= figure.value <= figure.high
                assert figure.n >= 5
            else:
                assert (figure.value, figure.low, figure.high) == (None, None, None)


def test_the_parts_of_a_bar_make_up_the_whole_bar(whole: Results) -> None:
    for found in compute(_wave(2), "stor").items.values():
        if found.segments:
            assert sum(part.n for part in found.segments) == found.n
            assert sum(part.share for part in found.segments) == pytest.approx(1)
            assert all(part.n == 0 or part.n >= 5 for part in found.segments)
    assert any(found.segments for found in whole.items.values())


def test_what_those_who_did_not_answer_could_change_is_told() -> None:
    form = questionnaire(item("totalt", role="overall"), index=False)
    answers: list[Answers] = [{"totalt": code} for code in [5] * 18 + [1] * 12]
    report = compute(wave_of(form, [ESTATES[1]], {"mellom": answers}), "mellom")
    assert report.nonresponse_bounds == pytest.approx((18 / 40, 28 / 40))
    unknown = compute(wave_of(form, [Estate("x", "X", "Nord", None)], {"x": answers}), "x")
    assert unknown.nonresponse_bounds is None
    assert unknown.invited is None


def test_those_whose_answers_stay_out_of_a_total_are_not_counted_among_the_silent() -> None:
    form = questionnaire(item("totalt", role="overall"), index=False)
    few: list[Answers] = [{"totalt": 5}] * 3 + [{"totalt": 1}] * 3
    many: list[Answers] = [{"totalt": code} for code in [5] * 18 + [1] * 12]
    report = compute(wave_of(form, ESTATES[:2], {"liten": few, "mellom": many}), None)
    assert (report.n, report.items["totalt"].n) == (36, 30)
    assert report.nonresponse_bounds == pytest.approx((18 / 40, 28 / 40))


def test_what_the_silent_could_change_is_of_the_response_each_estate_had() -> None:
    """24 of 200 homes are known to be content, and 90 said nothing: 12 to 57 of 100, whatever the rates."""
    form = questionnaire(item("totalt", role="overall"), index=False)
    estates = [Estate("a", "A", "Nord", 100), Estate("b", "B", "Nord", 100)]
    answers: dict[str, list[Answers]] = {
        "a": [{"totalt": code} for code in [5] * 15 + [1] * 5],
        "b": [{"totalt": code} for code in [5] * 9 + [1] * 81],
    }
    told = compute(wave_of(form, estates, answers), None)
    assert told.nonresponse_bounds == pytest.approx((24 / 200, 114 / 200))
    assert not told.nonresponse_limits


def test_who_left_the_question_out_is_silent_about_it_in_the_estate_where_they_live() -> None:
    """20 of 400 homes were drawn and all answered, half of them not this question; 100 of 100 answered it.

    Of all who answered, one in twelve left it out; of the homes they stand for, four in ten.
    """
    form = questionnaire(item("totalt", role="overall"), item("annet"), index=False)
    estates = [Estate("a", "A", "Nord", 20, dwellings=400), Estate("b", "B", "Nord", 100)]
    answers: dict[str, list[Answers]] = {
        "a": [{"totalt": code} for code in [5] * 5 + [1] * 5] + [{"annet": 3}] * 10,
        "b": [{"totalt": code} for code in [5] * 50 + [1] * 50],
    }
    bounds = compute(wave_of(form, estates, answers), None).nonresponse_bounds
    assert bounds is not None
    assert bounds[0] <= 0.8 * 0.25 + 0.2 * 0.5
    assert bounds[1] >= 1 - (0.8 * 0.25 + 0.2 * 0.5)


@pytest.mark.parametrize("good", [2, 3, 4])
def test_bounds_about_hidden_answers_are_rounded_outwards_and_hold_what_could_be_true(good: int) -> None:
    """Of b and c the few good answers are hidden: an exact sum would be one more equation about them."""
    form = questionnaire(item("totalt", role="overall"), index=False)
    counts = {"a": (35, 60), "b": (3, 20), "c": (good, 20)}
    estates = [Estate(name, name.upper(), "Nord", 100) for name in counts]
    answers: dict[str, list[Answers]] = {
        name: [{"totalt": code} for code in [5] * k + [1] * (n - k)] for name, (k, n) in counts.items()
    }
    wave = wave_of(form, estates, answers)
    assert compute(wave, "c").items["totalt"].favourable.hidden is not None
    told = compute(wave, None)
    found = told.nonresponse_bounds
    assert found is not None and told.nonresponse_limits
    low, high = found
    assert low <= (38 + good) / 300
    assert high >= (38 + good + 200) / 300
    assert high - low >= (200 + 2) / 300, "two answers more or less would do"


def test_a_known_small_population_makes_the_interval_of_the_golden_case() -> None:
    form = questionnaire(scored("hjem"), index=False)
    answers: list[Answers] = [{"hjem": code} for code in [5] * 24 + [1] * 6]
    share = compute(wave_of(form, [ESTATES[1]], {"mellom": answers}), "mellom").items["hjem"].favourable
    assert (share.value, share.low, share.high) == pytest.approx((0.8, 0.70, 0.85))


def test_answers_of_two_versions_are_compared_only_where_the_question_is_the_same() -> None:
    old = questionnaire(scored("hjem"), scored("fred", meaning="ro"))
    new = questionnaire(scored("hjem", reversed=True), scored("ro"))
    codes = [5] * 20 + [1] * 20
    before = wave_of(old, [ESTATES[2]], {"stor": [{"hjem": c, "fred": c} for c in codes]})
    now = wave_of(new, [ESTATES[2]], {"stor": [{"hjem": c, "ro": c} for c in codes]})
    report = compute(now, "stor", before)
    assert report.items["hjem"].change is None
    assert report.items["ro"].change is not None
    assert all(cell.change is None for cell in report.objects)


def test_a_new_cut_and_another_route_end_the_trend_in_the_report_and_a_mended_word_does_not() -> None:
    """Reports go by `forms.versions`: what it lets be compared is compared, nothing else."""

    def held(*items: dict[str, Any], show_if: str | None = None) -> Wave:
        form = questionnaire(*items)
        if show_if is not None:
            hidden = form.item("fred").model_copy(update={"show_if": show_if})
            page = form.pages[0].model_copy(update={"items": (form.pages[0].items[0], hidden)})
            form = form.model_copy(update={"pages": (page,)})
        return wave_of(form, [ESTATES[2]], {"stor": [{"hjem": c, "fred": c} for c in [5] * 20 + [1] * 20]})

    before = held(scored("hjem"), scored("fred"))
    mended = compute(held(scored("hjem", help={"nb": "Nå."}), scored("fred")), "stor", before)
    assert all(mended.items[name].change is not None for name in ("hjem", "fred"))
    routed = compute(held(scored("hjem"), scored("fred"), show_if='answers.hjem == "v1"'), "stor", before)
    assert routed.items["hjem"].change is not None and routed.items["fred"].change is None
    assert routed.index is not None and routed.index.change is None
    renamed = held(scored("hjem", meaning="hjem_2"), scored("fred"))
    assert compute(renamed, "stor", before).items["hjem"].change is None
    told = [
        compute(wave, "stor", before).asked_otherwise
        for wave in (held(scored("hjem"), scored("fred")), renamed)
    ]
    assert told == [(), ()], "another meaning is another question, not one that was changed"
    assert routed.asked_otherwise == ("fred",)


def test_the_report_on_one_estate_shows_only_its_own_coverage() -> None:
    report = compute(_wave(2), "mellom")
    assert [c.name for c in report.coverage] == ["Elvegata"]
    assert (report.by_estate, report.associations) == ((), ())
    assert report.index is not None and report.index.versus_rest in ("better", "same", "worse")


def test_a_round_nobody_answered_is_hidden_and_an_unknown_estate_refused() -> None:
    nobody = compute(wave_of(FORM, ESTATES, {}), None)
    assert (nobody.hidden, nobody.n, nobody.items, nobody.findings) == ("hidden.few", 0, {}, ())
    with pytest.raises(UnknownEstate, match="no estate borte"):
        compute(_wave(2), "borte")


def test_the_same_answers_give_the_same_results_whatever_their_order() -> None:
    wave = _wave(2)
    mixed = assemble(
        info(FORM, ESTATES, wave.campaign),
        wave.frame.sample(fraction=1, shuffle=True, seed=1),
        pl.DataFrame(wave.texts),
    )
    assert compute(mixed, None) == compute(wave, None)


def test_not_wanting_to_take_part_is_told_beside_the_scale_and_never_merged_into_it(whole: Results) -> None:
    grade = whole.items["medv_individ_grad"]
    assert grade.segments and grade.n
    assert all(8 not in segment.codes for segment in grade.segments)
    assert sum(segment.n for segment in grade.segments) == grade.n
    assert grade.special.get(8, 5) >= 5


def test_a_round_with_too_few_answers_everywhere_still_tells_how_many_were_asked() -> None:
    few = wave_of(FORM, ESTATES, {"stor": drawn_answers(FORM, 1, np.random.default_rng(1))})
    report = compute(few, None)
    assert (report.hidden, report.invited, report.few_everywhere) == ("hidden.few", 227, False)
    spread = {name: drawn_answers(FORM, 3, np.random.default_rng(2)) for name in ("liten", "mellom", "stor")}
    report = compute(wave_of(FORM, ESTATES, spread), None)
    assert (report.hidden, report.invited, report.few_everywhere) == ("hidden.few", 227, True)
