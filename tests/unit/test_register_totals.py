"""Totals weighted to the register: nearer the truth, rounded, told, or refused with a reason."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forms.answers import Answers
from forms.questionnaire import LANGUAGES
from reports.breakdowns.asking import parse
from reports.breakdowns.ledger import judge
from reports.breakdowns.writing import as_json, as_parquet, rows_of
from reports.compute import compute
from reports.disclosure import MINIMUM
from reports.documents import landlord
from reports.documents.findings_page import web
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.inference.settings import FEWEST_IN_MARGIN, MOST_WEIGHT
from reports.results import Results
from reports.scope import Groundwork
from reports.waves import Estate, RegisterMargin, Wave
from survey import wording
from survey.commands.numbers import as_text
from tests.oracles.figures import DATA
from tests.oracles.figures import FIGURES as R
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

GROUPS = {"alder": 3, "bo": 2}


def _background(name: str, n: int) -> dict[str, object]:
    choices = [
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"{name} {c}")}
        for c in range(1, n + 1)
    ]
    return item(name, scale=None, background=True, specials=[], choices=choices)


FORM = questionnaire(
    scored("hjem"),
    scored("ute"),
    item("bruk", kind="multi", scale=None, specials=[], choices=_background("bruk", 3)["choices"]),
    *(_background(name, n) for name, n in GROUPS.items()),
)
REGISTER = (
    RegisterMargin("alder", (((1,), 1000), ((2,), 600), ((3,), 400))),
    RegisterMargin("bo", (((1,), 1000), ((2,), 1000))),
)
"""Adults: more than one in each of the 600 dwellings."""


def _people(n: int, rng: np.random.Generator, ages: tuple[float, ...] = (0.2, 0.3, 0.5)) -> list[Answers]:
    """The old are content, and answer more often than there are old people."""
    found: list[Answers] = []
    for _ in range(n):
        age = int(rng.choice(3, p=ages)) + 1
        mood = 1.4 + 1.2 * age
        found.append(
            {
                "hjem": int(np.clip(round(rng.normal(mood, 1)), 1, 5)),
                "ute": int(np.clip(round(rng.normal(mood, 1)), 1, 5)),
                "bruk": [1 + int(rng.integers(0, 3))],
                "alder": age,
                "bo": 1 + int(rng.random() < 0.3),
            }
        )
    return found


def _wave(margins: tuple[RegisterMargin, ...] = REGISTER, sizes: int | None = 150, n: int = 60) -> Wave:
    rng = np.random.default_rng(7)
    answers = {f"e{place}": _people(n + 5 * place, rng) for place in range(4)}
    estates = [Estate(name, name.upper(), "Nord" if name < "e2" else "Sør", sizes) for name in answers]
    return replace(wave_of(FORM, estates, answers), margins=margins)


def _numbers(results: Results) -> list[float]:
    found: list[float] = []
    cells = [*results.matrix, *results.objects, *([results.index] if results.index else [])]
    for estimate in (
        *(i.favourable for i in results.items.values()),
        *(i.mean for i in results.items.values()),
        *(e for i in results.items.values() for e in i.chosen.values()),
        *(cell.score for cell in cells),
    ):
        found += [x for x in (estimate.value, estimate.low, estimate.high) if x is not None]
    return found


def test_totals_come_nearer_the_truth_when_the_content_answer_more_often() -> None:
    plain, weighted = compute(_wave(()), None), compute(_wave(), None)
    assert plain.weighting is None
    assert weighted.weighting is not None and weighted.weighting.refused is None
    assert weighted.weighting.design_effect > 1
    assert weighted.weighting.effective % MINIMUM == 0
    truth = np.average([2.6, 3.8, 5.0], weights=[1000, 600, 400])  # before clipping: the young weigh most
    share = weighted.items["hjem"].favourable
    assert plain.items["hjem"].favourable.value is not None and share.value is not None
    assert truth < 3.6 and share.value < plain.items["hjem"].favourable.value - 0.1
    assert share.low is not None and share.high is not None and share.low <= share.value <= share.high
    assert weighted.index is not None and plain.index is not None
    assert weighted.index.score.value is not None and plain.index.score.value is not None
    assert weighted.index.score.value < plain.index.score.value - 5


def test_the_weights_are_those_of_kaltons_example() -> None:
    """As in tests/oracles, here all the way through a wave and its register."""
    answered, everybody = (DATA["kalton"][name] for name in ("answered", "everybody"))
    form = questionnaire(scored("hjem"), _background("rad", 4), _background("kol", 3))
    cells = [(1 + cell % 4, 1 + cell // 4) for cell in range(12)]
    answers: list[Answers] = [
        {"hjem": 3, "rad": row, "kol": column}
        for (row, column), n in zip(cells, answered, strict=True)
        for _ in range(int(n))
    ]

    def known(name: str, axis: int, most: int) -> RegisterMargin:
        numbers = [
            sum(int(n) for cell, n in zip(cells, everybody, strict=True) if cell[axis] == group)
            for group in range(1, most + 1)
        ]
        return RegisterMargin(name, tuple(((group,), n) for group, n in enumerate(numbers, 1)))

    wave = replace(
        wave_of(form, [Estate("e", "E", "Nord", int(sum(everybody)))], {"e": answers}),
        margins=(known("rad", 0, 4), known("kol", 1, 3)),
    )
    weights, told = Groundwork.of(wave).weighted
    assert weights is not None and told is not None and told.refused is None
    found = [
        float(weights.of_rows[((wave.frame["rad"] == row) & (wave.frame["kol"] == column)).to_numpy()][0])
        for row, column in cells
    ]
    assert found == pytest.approx(R["kalton"], rel=1e-6)


def test_shares_are_rounded_so_far_that_two_answers_do_not_show() -> None:
    wave = _wave()
    found = compute(wave, None).items["hjem"]
    weights = Groundwork.of(wave).weighted[0]
    assert weights is not None
    heaviest = weights.sample.weights.max() / weights.sample.weights.sum()
    edges = np.cumsum([segment.share for segment in found.segments])
    steps = [0.01, 0.02, 0.05, 0.1]
    step = next(s for s in steps if s >= 2.5 * heaviest - 1e-9)
    assert np.allclose(edges / step, np.round(edges / step))
    assert edges[-1] == pytest.approx(1)
    assert found.favourable.value is not None
    assert found.favourable.value / step == pytest.approx(round(found.favourable.value / step))


def test_who_answered_is_told_as_it_is_and_beside_the_register() -> None:
    plain, weighted = compute(_wave(()), None), compute(_wave(), None)
    assert weighted.items["alder"] == plain.items["alder"]
    assert weighted.weighting is not None
    rows = {(row.item, row.codes): row for row in weighted.weighting.beside}
    assert rows["alder", (1,)].standing == "fewer"
    assert rows["alder", (3,)].standing == "more"
    assert rows["alder", (1,)].register_share == pytest.approx(1000 / 2000)
    bars = {segment.codes: segment.n for segment in plain.items["alder"].segments}
    assert {codes: row.n for (name, codes), row in rows.items() if name == "alder"} == bars


@pytest.mark.parametrize(("language", "raw", "elsewhere", "not_weighted"), [
    ("nb", "slik de kom, uten vekt", "er vektet til registeret", "er ikke vektet til registeret"),
    ("nn", "slik dei kom, utan vekt", "er vekta til registeret", "er ikkje vekta til registeret"),
    ("en", "as they came, unweighted", "are weighted to the register", "are not weighted to the register"),
])  # fmt: skip
def test_the_report_says_which_shares_are_raw_and_which_are_weighted(
    language: str, raw: str, elsewhere: str, not_weighted: str
) -> None:
    told = demonstration.weighted()
    html = landlord.web(told, language)
    assert raw in html and elsewhere in html and not_weighted not in html
    # A question that stands beside the register has its bars there and nowhere else: of one group only one
    # share of the answers can be read, and the one in the register.
    assert 'id="reg-alder-0' in html and 'id="bak-alder' not in html and 'id="bak-botid' in html
    assert told.weighting is not None
    refused = replace(told, weighting=replace(told.weighting, refused="weighting.heavy"))
    html = landlord.web(refused, language)
    assert raw in html and not_weighted in html and elsewhere not in html


def test_without_register_the_report_says_how_estates_count_among_those_who_answered() -> None:
    said = "Hver leiegård teller etter hvor mange boliger den har."
    assert said in landlord.web(demonstration.results(None), "nb")
    assert said not in landlord.web(demonstration.results("Solbakken"), "nb")
    assert "uten vekt fra registeret" not in landlord.web(demonstration.results(None), "nb")
    assert said in landlord.web(demonstration.weighted(), "nb")
    page = landlord.web(demonstration.weighted(), "nb")
    assert "gir et godt svar når svarene er vektet mot registeret etter «" in page
    assert "gir et godt svar når hver leiegård teller med sine boliger" not in page, "its example is raked"


def test_groups_of_the_register_under_five_are_not_shown_by_themselves() -> None:
    margins = (RegisterMargin("alder", (((1,), 1200), ((2,), 796), ((3,), 4))),)
    rng = np.random.default_rng(7)
    answers = {f"e{place}": _people(60, rng, ages=(0.7, 0.3, 0.0)) for place in range(4)}
    estates = [Estate(name, name.upper(), "Nord", 150) for name in answers]
    told = compute(replace(wave_of(FORM, estates, answers), margins=margins), None).weighting
    assert told is not None and told.refused is None
    assert [row.codes for row in told.beside] == [(1,), (2, 3)]


def test_reports_on_one_estate_are_as_they_were() -> None:
    for estate in ("e0", "e3"):
        assert compute(_wave(), estate) == compute(_wave(()), estate)


@pytest.mark.parametrize("margins", [
    (RegisterMargin("alder", (((1,), 400), ((2,), 200))),),                  # nothing of the third group
    (RegisterMargin("alder", (((1, 2), 400), ((3,), 200))),),                # a band
    (RegisterMargin("alder", (((1,), 100_000), ((2,), 100), ((3,), 200))),),  # far beyond any limit
    (RegisterMargin("bo", (((1,), 1000), ((2,), 19_000))), REGISTER[0]),
])  # fmt: skip
def test_odd_registers_give_numbers_within_the_limits_and_never_nan(
    margins: tuple[RegisterMargin, ...],
) -> None:
    wave = _wave(margins)
    results = compute(wave, None)
    weights = Groundwork.of(wave).weighted[0]
    assert weights is not None and results.weighting is not None
    factor = weights.sample.weights / weights.sample.drawn
    assert factor.max() <= MOST_WEIGHT + 1e-9 and factor.min() >= 1 / MOST_WEIGHT - 1e-9
    assert all(math.isfinite(number) for number in _numbers(results))
    html = landlord.web(results, "nb")
    assert "Vekter fra registeret" in html and "nan" not in html


def _sampled(first: tuple[int, int], second: tuple[int, int]) -> Results:
    """Young and old answers of an estate where 60 of 400 homes were drawn, and where all 100 were asked."""
    form = questionnaire(scored("hjem"), _background("alder", 2))
    rng = np.random.default_rng(5)
    answers: dict[str, list[Answers]] = {
        name: [
            {"hjem": int(rng.integers(1, 6)), "alder": age} for age, n in enumerate(own, 1) for _ in range(n)
        ]
        for name, own in (("utvalg", first), ("alle", second))
    }
    estates = [Estate("utvalg", "Stor", "Nord", 60, dwellings=400), Estate("alle", "Liten", "Nord", 100)]
    margins = (RegisterMargin("alder", (((1,), 295), ((2,), 205))),)
    return compute(replace(wave_of(form, estates, answers), margins=margins), None)


def test_in_a_sampled_round_each_estate_counts_with_its_homes_beside_the_register() -> None:
    """The young live in the large estate, of which few were drawn: 54 of 140 answers, of 59 homes in 100."""
    even, uneven = _sampled((42, 18), (12, 68)), _sampled((12, 28), (5, 75))
    told = [results.weighting.beside if results.weighting else () for results in (even, uneven)]
    assert [(row.n, row.standing) for row in told[0]] == [(54, "same"), (86, "same")]
    assert [row.share for row in told[0]] == pytest.approx([0.59, 0.41], abs=1e-9)
    assert [row.standing for row in told[1]] == ["fewer", "more"]
    for language in ("nb", "nn", "en"):
        words = Words.of(even.questionnaire, language)
        page = landlord.web(even, language)
        assert words.t("who.register_text_sampled", level=95) in page
        assert words.t("who.register_text", level=95) not in page


def test_what_cannot_be_weighted_says_why_and_is_by_dwellings() -> None:
    plain = compute(_wave(()), None)
    one_answer = replace(_wave(), margins=(RegisterMargin("alder", (((1,), 5), ((2,), 5))),), estates=tuple(
        replace(estate, invited=None) for estate in _wave().estates
    ))  # fmt: skip
    told = compute(one_answer, None).weighting
    assert told is not None and told.refused == "weighting.unknown"
    contradicted = compute(_wave((RegisterMargin("alder", (((1,), 900), ((2,), 900), ((3,), 9))),)), None)
    assert contradicted.weighting is not None and contradicted.weighting.refused == "weighting.design"
    assert contradicted.weighting.beside == ()
    assert "motsier hverandre" in landlord.web(contradicted, "nb")
    small = replace(_wave(n=6), margins=REGISTER)
    refused = compute(small, None)
    assert refused.weighting is not None
    assert refused.weighting.refused in ("weighting.heavy", "weighting.few")
    by_dwellings = compute(replace(small, margins=()), None)
    assert replace(refused, weighting=None) == by_dwellings
    for language, word in (("nb", "etter antall boliger alene"), ("nn", "åleine"), ("en", "homes alone")):
        assert word in landlord.web(refused, language)
    assert plain.weighting is None and "Vekter fra registeret" not in landlord.web(plain, "nb")


def test_margins_that_no_weights_meet_are_met_as_nearly_as_the_limits_let_and_the_page_says_so() -> None:
    """Everybody of the one group is in the one group of the other: nothing can pull them apart. That no
    weights meet all is not told, for it would tell that hidden groups have nobody in common."""
    people: list[Answers] = [{"hjem": 1 + n % 5, "alder": 1 + n % 2, "bo": 1 + n % 2} for n in range(80)]
    names = ["e0", "e1"]
    wave = replace(
        wave_of(FORM, [Estate(name, name, "Nord", 100) for name in names], dict.fromkeys(names, people)),
        margins=(
            RegisterMargin("alder", (((1,), 200), ((2,), 200))),
            RegisterMargin("bo", (((1,), 100), ((2,), 300))),
        ),
    )
    results = compute(wave, None)
    assert results.weighting is not None and results.weighting.refused is None
    assert all(math.isfinite(number) for number in _numbers(results))
    assert "så nær grensene lar dem" in landlord.web(results, "nb")


def _one_estate(first: int) -> list[Answers]:
    """Thirteen answers of the two first groups of age, of which the bars tell only the sum, and 40 others."""
    ages = [1] * first + [2] * (13 - first) + [3] * 40
    return [{"hjem": 1 + n % 5, "ute": 1 + n % 4, "alder": age, "bo": 1} for n, age in enumerate(ages)]


@pytest.mark.parametrize("margin", [
    *(((((1,), k), ((2,), 60), ((3,), 60))) for k in (1, 2, 3, 4)),
    *(((((1, 3), k), ((2,), 60))) for k in (31, 40, 54, 55, 70, 120)),
    *(((((1,), 30), ((2, 3), k))) for k in (9, 10, 90)),
])  # fmt: skip
def test_whatever_numbers_are_chosen_for_the_register_nothing_hidden_by_the_bars_shows(
    margin: tuple[tuple[tuple[int, ...], int], ...],
) -> None:
    told = []
    for first in (1, 2, 3, 4):
        people = _one_estate(first)
        wave = wave_of(FORM, [Estate("e0", "E", "Nord", 120)], {"e0": people})
        found = compute(replace(wave, margins=(RegisterMargin("alder", margin),)), None)
        assert [segment.codes for segment in found.items["alder"].segments] == [(1, 2), (3,)]
        told.append(found.weighting)
    assert told[0] is not None and all(other == told[0] for other in told)


def test_a_group_that_hardly_anybody_answered_for_is_put_together_with_its_neighbour() -> None:
    rng = np.random.default_rng(3)
    answers = {f"e{place}": _people(70, rng, ages=(0.5, 0.49, 0.01)) for place in range(3)}
    wave = replace(
        wave_of(FORM, [Estate(name, name, "Nord", 150) for name in answers], answers), margins=REGISTER[:1]
    )
    few = int((wave.frame["alder"] == 3).sum())
    assert 0 < few < FEWEST_IN_MARGIN
    weights = Groundwork.of(wave).weighted[0]
    assert weights is not None
    old = weights.of_rows[(wave.frame["alder"] == 3).to_numpy()]
    others = weights.of_rows[(wave.frame["alder"] == 2).to_numpy()]
    assert old.max() <= others.max() + 1e-9


def test_changes_are_told_of_totals_only_when_both_rounds_are_weighted_to_the_same() -> None:
    now, then = _wave(), _wave(())
    broken = compute(now, None, then)
    assert broken.previous_campaign is None and broken.items["hjem"].change is None
    assert compute(now, None, now).items["hjem"].change is not None
    assert compute(now, "e0", then).items["hjem"].change is not None
    assert broken.weighted_otherwise and not compute(now, "e0", then).weighted_otherwise
    assert not compute(now, None, now).weighted_otherwise
    found = everywhere(now, then)
    for language, said in (
        ("nb", "vektet mot registeret på"),
        ("nn", "vekta mot"),
        ("en", "weighted to the register in"),
    ):
        page = web(found, language)
        assert said in page and Words.of(FORM, language).t("changes.none") not in page


def test_a_weighted_total_says_why_it_need_not_lie_among_estates_and_has_no_funnel() -> None:
    """47 of 100 stood above estates of 58, 71 and 57, and nothing said why."""
    found, plain = everywhere(_wave()), everywhere(_wave(()))
    assert not any(cell.limits or cell.lent for _, cell in found.whole.by_estate)
    notes = findings_list(found).notes
    for language in LANGUAGES:
        words = Words.of(FORM, language)
        said = words.t("weights.beside")
        assert said in [note[language] for note in notes]
        report, page = landlord.web(found.whole, language), web(found, language)
        assert said in report and said in page and words.t("funnel.weighted") in page
        own = (
            landlord.web(plain.whole, language)
            + web(plain, language)
            + landlord.web(found.estates["e0"], language)
        )
        assert said not in own and words.t("funnel.weighted") not in own


def test_the_report_tells_its_weights_from_the_settings() -> None:
    results = compute(_wave(), None)
    for language, words in (
        ("nb", ("designeffekten er", "3 ganger", "10 svar", "4&nbsp;%")),
        ("nn", ("designeffekten er", "3 gonger")),
        ("en", ("design effect is", "3 times")),
    ):
        html = landlord.web(results, language).lower()
        for word in words:
            assert word in html or word.replace("&nbsp;", " ") in html, word
        assert {"nb": "ved siden av registeret", "nn": "ved sida av registeret", "en": "beside the register"}[
            language
        ] in html


def test_numbers_of_more_answers_than_homes_say_that_the_homes_are_not_known() -> None:
    """ "30 of 12 homes asked" is no sentence."""
    answers: dict[str, list[Answers]] = {
        name: [{"hjem": 1 + k % 5, "bo": 1 + k % 2} for k in range(40)] for name in ("Lia", "Bo")
    }
    estates = [Estate("Lia", "Lia", "Nord", 12), Estate("Bo", "Bo", "Nord", 60)]
    ask = parse(FORM, "hjem", ["bo"], "estate", "standard")
    found = judge(wave_of(FORM, estates, answers), ask, [], None)
    asked = {row.place: row.asked for row in rows_of(found, "nb") if not row.answer and row.asked}
    assert asked == {"Bo": 60}
    known = judge(wave_of(FORM, [replace(estates[0], invited=None), estates[1]], answers), ask, [], None)
    assert rows_of(found, "nb") == rows_of(known, "nb"), "the intervals too"
    assert json.loads(as_json(found, "nb"))["overfull"] == ["Lia"]
    for language, said in (
        ("nb", "Flere svar enn boliger spurt i Lia"),
        ("nn", "i Lia"),
        ("en", "asked in Lia"),
    ):
        text = as_text(found, wording.words(language), language)
        assert said in text and "40 av 12" not in text and "40 of 12" not in text


def test_numbers_by_group_have_a_weighted_share_for_wider_places_where_all_is_told() -> None:
    wave = _wave()
    for level, profile in (("all", "standard"), ("area", "forskning")):
        found = judge(wave, parse(FORM, "hjem", ["bo"], level, profile), [], None)  # type: ignore[arg-type]
        rows = rows_of(found, "nb")
        whole = {row.place for row in rows} - {row.place for row in rows if row.hidden}
        assert whole
        bases = {(row.place, row.group): row.n for row in rows if not row.answer}
        for row in rows:
            if row.weighted is not None:
                assert row.place in whole and row.answer and 0 <= row.weighted <= 1
                assert len(repr(row.weighted)) <= 6, "0.30000000000000004 is no rounded share"
            elif row.place in whole and row.answer:
                assert (bases[row.place, row.group] or 0) < 100  # one answer would weigh too much
        assert any(row.weighted is not None for row in rows)
        document = json.loads(as_json(found, "nb"))
        assert document["weighting"]["variables"] == ["alder", "bo"]
        assert document["weighting"]["refused"] is None and document["weighting"]["most"] == MOST_WEIGHT
        parquet = as_parquet(found, "nb")
        assert pl.read_parquet(io.BytesIO(parquet))["weighted"].to_list() == [row.weighted for row in rows]
        about = pl.read_parquet_metadata(io.BytesIO(parquet))["weighting"]
        assert json.loads(about)["design_effect"] == document["weighting"]["design_effect"]
    estate = judge(wave, parse(FORM, "hjem", ["bo"], "estate", "standard"), [], None)
    assert estate.wider or all(row.weighted is None for row in rows_of(estate, "nb"))
    open_ = judge(wave, parse(FORM, "hjem", ["bo"], "all", "offentlig"), [], None)
    assert all(row.weighted is None for row in rows_of(open_, "nb"))
    assert (
        json.loads(as_json(judge(_wave(()), parse(FORM, "hjem", ["bo"], "all", "standard"), [], None), "nb"))[
            "weighting"
        ]
        is None
    )


def test_a_total_is_weighted_also_where_answers_of_others_are_among_those_of_a_few_homes() -> None:
    wave = _wave()
    estates = (replace(wave.estates[0], invited=20, others=True), *wave.estates[1:])
    mixed = compute(replace(wave, estates=estates), None)
    assert mixed.weighting is not None and mixed.weighting.refused is None
    assert mixed.index is not None and mixed.index.score.value is not None
    claimed = compute(replace(wave, estates=(replace(estates[0], others=False), *estates[1:])), None)
    assert claimed.weighting is not None and claimed.weighting.refused == "weighting.unknown"
