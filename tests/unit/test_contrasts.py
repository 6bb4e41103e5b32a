"""Better or worse than the rest: one answer everywhere, and none where it would tell what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forms.answers import Answers
from forms.loading import shipped
from forms.questionnaire import Item, Matrix, Questionnaire
from reports.compute import compute
from reports.contrasts import _Apart, _rounded, contrasts
from reports.documents.finding_words import headline
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere, everywhere, headline_cells
from reports.findings.listing import findings_list
from reports.inference import Difference
from reports.results import Cell, Results
from reports.rounding import half_up
from reports.scope import Groundwork
from reports.waves import Estate, RegisterMargin, Wave
from tests.samples import demonstration
from tests.samples.tiny import questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

FORM = questionnaire(
    *(scored(f"bolig{n}") for n in range(2)), *(scored(f"leie{n}", "utleier") for n in range(2))
)
NAMES = [item.id for item in FORM.items()]
LOW: list[Answers] = [{name: 1 + (k + n) % 3 for n, name in enumerate(NAMES)} for k in range(60)]
HIGH: list[Answers] = [{name: 3 + (k + n) % 3 for n, name in enumerate(NAMES)} for k in range(60)]
MANY = 150
"""Answers in each estate."""
ALIKE: list[Answers] = [dict.fromkeys(NAMES, 5) for _ in range(60)]
"""All of one mind: the scores are hidden."""
AGAINST: list[Answers] = [dict.fromkeys(NAMES, 1) for _ in range(60)]


def _round(**answers: list[Answers]) -> Wave:
    places = [Estate(name, f"Gård {name}", "Nord", len(own) + 10) for name, own in answers.items()]
    return wave_of(FORM, places, answers)


def _cells(report: Results) -> Iterator[Cell]:
    yield from (*([report.index] if report.index else []), *report.objects, *report.matrix)


def _told(wave: Wave, estate: str) -> set[str]:
    return {cell.versus_rest for cell in _cells(compute(wave, estate))}


def test_nothing_is_said_of_the_rest_when_the_rest_is_one_estate_that_hides_its_scores() -> None:
    wave = _round(a=LOW, b=ALIKE)
    assert all(cell.score.hidden for cell in _cells(compute(wave, "b"))), "b must hide for this to be a test"
    assert _told(wave, "a") == {"unknown"}
    assert {cell.versus_rest for _, cell in compute(wave, None).by_estate} == {"unknown"}
    assert not [f for f in compute(wave, "a").findings if f.kind.endswith("_than_rest")]


def test_one_hiding_estate_of_three_would_follow_from_what_the_rest_is_and_two_would_not() -> None:
    assert _told(_round(a=LOW, b=HIGH, c=ALIKE), "a") == {"unknown"}
    assert _told(_round(a=LOW, b=HIGH, c=ALIKE, d=AGAINST[:30]), "a") == {"worse"}


def test_hiding_estates_of_one_mind_would_follow_as_one() -> None:
    assert _told(_round(a=LOW, b=HIGH, c=ALIKE, d=ALIKE), "a") == {"unknown"}


@pytest.mark.parametrize("alike", [ALIKE, AGAINST])
def test_no_score_is_told_of_all_where_everybody_was_of_one_mind(alike: list[Answers]) -> None:
    """Each house hides it, and the total would tell what each of them answered."""
    for houses in ({"a": alike[:6], "b": alike[:6]}, {"a": alike[:5], "b": alike[:5], "c": alike}):
        told = compute(_round(**houses), None)
        assert all(cell.score.hidden for cell in _cells(told))
        assert not [f for f in told.findings if f.kind in ("strong", "weak")]


def test_one_hiding_estate_too_light_to_be_subtracted_keeps_nothing_back() -> None:
    wave = _round(a=LOW, b=HIGH * 40, c=ALIKE[:6])
    assert _told(wave, "a") == {"worse"}
    assert _told(wave, "c") == {"unknown"}, "its own scores are hidden"


def test_all_estates_that_show_their_scores_are_compared() -> None:
    wave = _round(a=LOW, b=HIGH)
    assert (_told(wave, "a"), _told(wave, "b")) == ({"worse"}, {"better"})
    whole = compute(wave, None)
    assert [cell.versus_rest for _, cell in whole.by_estate] == ["worse", "better"]
    assert {cell.versus_rest for cell in _cells(whole)} == {"unknown"}, "all have no rest"


PARTS = questionnaire(
    *(scored(f"praktisk{n}") for n in range(3)),
    *(scored(f"sosialt{n}", facet="sosial") for n in range(3)),
    *(scored(f"leie{n}", "utleier") for n in range(2)),
)


def _of_parts(practical: int, social: int, n: int = 60) -> list[Answers]:
    """Answers that spread by one code around these two; of the landlord all over the scale."""
    return [
        {f"praktisk{i}": practical + (k * (i + 1) + k // 3) % 3 - 1 for i in range(3)}
        | {f"sosialt{i}": social + (k // 9 * (i + 1) + k // 5) % 3 - 1 for i in range(3)}
        | {f"leie{i}": 1 + (k + i) % 5 for i in range(2)}
        for k in range(n)
    ]


def _parts_round(**answers: list[Answers]) -> Wave:
    places = [Estate(name, f"Gård {name}", "Nord", len(own) + 10) for name, own in answers.items()]
    return wave_of(PARTS, places, answers)


def test_a_facet_that_differs_alone_is_told_in_the_report_and_in_the_list() -> None:
    """Good dwellings and poor neighbours: the whole object is as elsewhere."""
    wave = _parts_round(a=_of_parts(4, 2), b=_of_parts(3, 3), c=_of_parts(3, 3))
    found = everywhere(wave)
    told = {
        (f.object, f.facet): f
        for f in findings_list(found).findings
        if f.kind == "unlike" and f.place.id == "a"
    }
    assert {key: f.variant for key, f in told.items()} == {
        ("bolig", "funksjonell"): "better_than_rest",
        ("bolig", "sosial"): "worse_than_rest",
    }
    social = told["bolig", "sosial"]
    assert social.high < 0 and social.low <= social.estimate <= social.high
    assert "sosial" in social.tags and "(sosialt)" in social.sentences["nb"]
    assert social.id != told["bolig", "funksjonell"].id
    report = found.estates["a"]
    assert {(f.kind, f.values["facet"]) for f in report.findings if "facet" in f.values} == {
        ("better_than_rest", "funksjonell"),
        ("worse_than_rest", "sosial"),
    }
    (bolig,) = [cell for cell in report.objects if cell.object == "bolig"]
    assert bolig.versus_rest == "same"
    words = Words.of(PARTS, "nb")
    titles = {headline(words, report, f, 1, wide=False).title for f in report.findings}
    assert "Boligen (sosialt): dårligere enn i resten av utleierens boliger" in titles
    assert _claims(everywhere(wave)) == 0, "of whole objects nothing is claimed"


def test_a_facet_of_an_object_that_differs_the_same_way_is_not_told_twice() -> None:
    found = everywhere(_parts_round(a=_of_parts(2, 2), b=_of_parts(4, 4), c=_of_parts(4, 4)))
    told = [f for f in findings_list(found).findings if f.kind == "unlike" and f.place.id == "a"]
    assert ("bolig", None) in {(f.object, f.facet) for f in told}
    assert not [f for f in told if f.facet is not None]


def test_a_facet_is_not_told_where_the_rest_may_not_be_shown() -> None:
    alike = [dict.fromkeys(answers, 5) for answers in _of_parts(3, 3)]
    found = everywhere(_parts_round(a=_of_parts(4, 2), b=alike))
    assert all(cell.score.hidden for cell in found.estates["b"].matrix), "b must hide for this to be a test"
    assert not [f for f in findings_list(found).findings if f.kind == "unlike"]
    assert {cell.versus_rest for cell in _cells(found.estates["a"])} == {"unknown"}


def test_a_facet_has_to_stand_among_all_scores_of_the_round() -> None:
    """Ten estates that truly are alike, forty times: hardly ever is a part of one called better or worse.

    So many answers that hardly anything is hidden: then all of it is compared, and nothing need be proved."""
    rng = np.random.default_rng(3)
    alarms = compared = 0
    for _ in range(40):
        answers = {str(k): drawn_answers(PARTS, MANY, rng) for k in range(10)}
        wave = wave_of(PARTS, [Estate(name, name, "Nord", None) for name in answers], answers)
        found = everywhere(wave)
        alarms += any(row.facet is not None for row in found.contrasts)
        compared += sum(
            cell.versus_rest != "unknown" for own in found.estates.values() for cell in own.matrix
        )
    assert compared > 1000, "what is not compared raises no alarm"
    assert alarms <= 5


def _scores_alone(form: Questionnaire) -> Questionnaire:
    """What the rest of a form tells takes most of the time and has no part in what is said of the rest."""
    pages = []
    for page in form.pages:
        kept: list[Item | Matrix] = []
        for entry in page.items:
            rows = entry.rows if isinstance(entry, Matrix) else (entry,)
            own = tuple(row for row in rows if row.scoring is not None)
            if own:
                kept.append(entry.model_copy(update={"rows": own}) if isinstance(entry, Matrix) else entry)
        if kept:
            pages.append(page.model_copy(update={"items": tuple(kept)}))
    return form.model_copy(update={"pages": tuple(pages)})


def _drawn_round(seed: int) -> Wave:
    """Three to twelve estates of 5 to 40 answers, some truly better or worse; all that scores are made of."""
    form = _scores_alone(shipped("boindeks"))
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 41, rng.integers(3, 13)).tolist()
    places = [Estate(str(k), f"Gård {k}", f"Område {k % 2}", n + 10) for k, n in enumerate(sizes)]
    leans = rng.choice([-0.6, -0.2, 0.0, 0.2, 0.6], len(sizes)).tolist()
    answers = {
        p.id: drawn_answers(form, n, rng, lean) for p, n, lean in zip(places, sizes, leans, strict=True)
    }
    return wave_of(form, places, answers)


def _claims(found: Everywhere) -> int:
    """How many claims the reports make of the rest, after seeing that the list makes the same ones."""
    unlike = [f for f in findings_list(found).findings if f.kind == "unlike"]
    listed = {(f.place.id, f.object or None): f.variant for f in unlike if f.facet is None}
    alone = {(f.place.id, f.object, f.facet): f.variant for f in unlike if f.facet is not None}
    reported = {
        (estate, cell.object): f"{cell.versus_rest}_than_rest"
        for estate, report in found.estates.items()
        for cell in headline_cells(report).values()
        if cell.versus_rest in ("better", "worse")
    }
    assert reported == listed
    for estate, report in found.estates.items():
        for cell in report.matrix:
            if cell.versus_rest in ("better", "worse"):
                # A part that differs as the whole does is told by the whole; else by itself.
                told = reported.get((estate, cell.object)) or alone.pop((estate, cell.object, cell.facet))
                assert told == f"{cell.versus_rest}_than_rest"
    assert not alone, "told in the list and in no report"
    indices = [report.index for report in found.estates.values()]
    own = [index.versus_rest if index else "unknown" for index in indices]
    assert [cell.versus_rest for _, cell in found.whole.by_estate] == own
    return len(listed)


def test_a_report_the_report_on_all_and_the_list_of_findings_claim_the_same_of_the_rest() -> None:
    claims = [_claims(everywhere(_drawn_round(seed))) for seed in range(6)]
    assert sum(claims) >= 6, "rounds without claims would prove nothing"


@cache
def _demonstration() -> Everywhere:
    """The second year; its claims of the rest are the same whatever was before."""
    before, now = demonstration.waves()
    return everywhere(now, before)


def test_the_demonstration_claims_the_same_of_the_rest_everywhere() -> None:
    assert _claims(everywhere(demonstration.waves()[0])) and _claims(_demonstration())


def test_six_answers_are_not_called_better_for_what_their_bars_alone_do_not_bear() -> None:
    """Six of seven dwellings, of which five or six answered each question and no bar is shown: more than 20
    points above the others in one cell of 17, and it cannot be told apart."""
    report = demonstration.results("Fjordgløtt")
    assert report.n == 6
    assert {cell.versus_rest for cell in _cells(report)} == {"same", "unknown"}
    (row,) = [
        own
        for own in contrasts(Groundwork.of(demonstration.waves()[1]))
        if (own.estate_id, own.object, own.facet) == ("Fjordgløtt", "bomiljo", "funksjonell")
    ]
    assert row.points > 20 and not row.sure
    assert not any(
        f.kind == "unlike" and f.place.name == "Fjordgløtt" for f in findings_list(_demonstration()).findings
    )


def test_estates_that_are_truly_alike_are_seldom_called_better_or_worse_in_any_cell() -> None:
    rng = np.random.default_rng(11)
    alarms = compared = 0
    for _ in range(20):
        answers = {str(k): drawn_answers(FORM, MANY, rng) for k in range(10)}
        # Endless estates: of a few dwellings those that were asked may truly differ.
        wave = wave_of(FORM, [Estate(name, name, "Nord", None) for name in answers], answers)
        cells = [cell for own in everywhere(wave).estates.values() for cell in _cells(own)]
        alarms += any(cell.versus_rest in ("better", "worse") for cell in cells)
        compared += sum(cell.versus_rest != "unknown" for cell in cells)
    assert compared > 500, "what is not compared raises no alarm"
    assert alarms <= 4


def test_where_totals_are_weighted_an_estate_is_set_against_the_others_printed_scores() -> None:
    """One small estate hides its score, so without the register the points of the others are reckoned from
    the printed total. Weighted, that total stands on another footing than an estate's own score (71 beside 58
    and 57 was called 35 more than these), and a mean by dwellings would be a second total."""
    ages = {"id": "alder", "text": dict.fromkeys(("nb", "nn", "en"), "alder"), "background": True}
    choices = [
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"v{c}")} for c in (1, 2)
    ]
    form = questionnaire(
        *(scored(f"bolig{n}") for n in range(2)), {**ages, "scale": None, "specials": [], "choices": choices}
    )
    rng = np.random.default_rng(4)
    people: dict[str, list[Answers]] = {
        name: [
            {
                "alder": age,
                **{f"bolig{n}": int(np.clip(rng.integers(0, 3) + lean + age, 1, 5)) for n in (0, 1)},
            }
            for age in (1 + (rng.random(150) < 0.7)).tolist()
        ]
        for name, lean in {"a": 0, "b": 1, "c": 1}.items()
    }
    people["d"] = [{"bolig0": 5, "bolig1": 5, "alder": 2}] * 6
    homes = {"a": 300, "b": 300, "c": 300, "d": 10}
    places = [Estate(name, f"Gård {name}", "Nord", n) for name, n in homes.items()]
    plain = wave_of(form, places, people)
    weighted = replace(plain, margins=(RegisterMargin("alder", (((1,), 1200), ((2,), 620))),))
    for name, wave in (("plain", plain), ("weighted", weighted)):
        found = everywhere(wave)
        assert (found.whole.weighting is not None) == (name == "weighted")
        assert found.whole.weighting is None or found.whole.weighting.refused is None
        assert found.whole.index is not None and found.whole.index.score.value is not None
        assert found.estates["d"].index is None or found.estates["d"].index.score.value is None
        scores = {
            estate: report.index.score.value
            for estate, report in found.estates.items()
            if report.index is not None and report.index.score.value is not None
        }
        rows = {row.estate_id: row for row in found.contrasts if row.object is None}
        assert rows.keys() == scores.keys() == {"a", "b", "c"}
        for estate, row in rows.items():
            others = [value for other, value in scores.items() if other != estate]  # of as many homes each
            of_all = scores[estate] - found.whole.index.score.value
            from_all = of_all / (1 - homes[estate] / sum(homes.values()))
            assert row.points == half_up(
                scores[estate] - sum(others) / len(others) if name == "weighted" else from_all
            )
            assert row.low < row.points < row.high, "the interval is about the same difference"


def test_an_interval_is_about_the_difference_that_is_printed() -> None:
    """As much wider as two printed scores may be off; and where all have answered it has no other width."""
    told = _rounded(_Apart("a", (None, None), 300, 60, Difference(19.4, 17.6, 23.2, 0.001), 20.4, 1.0), True)
    assert (told.low, told.points, told.high, told.everybody) == (17, 20, 24, False)
    assert told.sure
    told = _rounded(_Apart("a", (None, None), 300, 60, Difference(19.4, 19.4, 21.4, 0.0), 20.4, 1.0), True)
    assert (told.low, told.points, told.high, told.everybody) == (20, 20, 20, True)
