"""No claim rests on one person or on two, and what everybody answered is not called probable."""

from __future__ import annotations

import re
from typing import Any

import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.contrasts import contrasts
from reports.documents.finding_words import headline
from reports.documents.findings_page import change_rows
from reports.documents.funnels import of_round
from reports.documents.landlord import web
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.order import orders
from reports.peers import compare, share
from reports.results import Results
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

HEARD = questionnaire(scored("hjem"), index=False)
GRADE = questionnaire(item("grad", role="participation_grade", level="individ"), index=False)
OVERALL = questionnaire(item("helhet", role="overall"), index=False)
TWO = questionnaire(
    *(scored(f"bolig{n}") for n in range(2)), *(scored(f"utleier{n}", "utleier") for n in range(2))
)


def _all_of(good: int, of: int, name: str = "hjem", missing: int = 0, round: str = "Høsten 2025") -> Wave:
    """One estate of which all but the missing have answered."""
    form = GRADE if name == "grad" else HEARD
    answers: list[Answers] = [{name: 5}] * good + [{name: 1}] * (of - good)
    return wave_of(form, [Estate("a", "Lia", "Sentrum", of + missing)], {"a": answers}, round)


def _kinds(report: Results) -> list[str]:
    return [finding.kind for finding in report.findings]


@pytest.mark.parametrize("missing", [0, 1])
def test_a_finding_stands_only_where_two_people_could_have_answered_otherwise(missing: int) -> None:
    for good in (10, 11, 12):
        assert not compute(_all_of(good, 20, missing=missing), "a").findings
        assert not compute(_all_of(20 - good, 20, missing=missing), "a").findings
    assert _kinds(compute(_all_of(14, 20, missing=missing), "a")) == ["strong"]
    assert _kinds(compute(_all_of(6, 20, missing=missing), "a")) == ["weak"]


def test_where_all_answered_three_people_are_enough() -> None:
    assert _kinds(compute(_all_of(13, 20), "a")) == ["strong"]
    assert _kinds(compute(_all_of(7, 20), "a")) == ["weak"]
    assert _kinds(compute(_all_of(13, 20, "grad"), "a")) == ["grade"]


def test_a_change_that_two_people_make_is_none() -> None:
    for now, standing in ((12, "same"), (8, "same"), (13, "better"), (7, "worse")):
        report = compute(_all_of(now, 20), "a", _all_of(10, 20, round="Høsten 2024"))
        change = report.items["hjem"].change
        assert change is not None
        assert change.standing == standing
        assert change.everybody
        assert bool([f for f in report.findings if f.kind.startswith("change")]) == (standing != "same")


def _two(pleased: int, of: int, others_pleased: int, others: int) -> Wave:
    """Two estates where everybody answered, the pleased one step (25 points) above the rest."""
    names = [item.id for item in TWO.items()]

    def people(fours: int, n: int) -> list[Answers]:
        return [dict.fromkeys(names, 4 if i < fours else 3) for i in range(n)]

    estates = [Estate("a", "Lia", "Nord", of), Estate("b", "Bekken", "Nord", others)]
    return wave_of(TWO, estates, {"a": people(pleased, of), "b": people(others_pleased, others)})


def test_an_estate_differs_from_the_others_only_by_more_than_two_people_make() -> None:
    near, apart = _two(10, 20, 14, 40), _two(14, 20, 14, 40)  # 3.75 and 8.75 points; two people make 5
    assert {row.standing for row in contrasts(Groundwork.of(near))} == {"same"}
    assert {row.standing for row in contrasts(Groundwork.of(apart))} == {"better", "worse"}
    assert all(row.everybody for row in contrasts(Groundwork.of(apart)))


def test_an_estate_lies_below_its_area_only_by_more_than_two_people_make() -> None:
    def hidden(wave: Wave) -> list[str]:
        return [f.variant for f in findings_list(everywhere(wave)).findings if f.kind == "hidden_inequality"]

    assert hidden(_two(10, 20, 14, 40)) == []
    assert hidden(_two(14, 20, 14, 40))
    # 53.33 and 56.67 points, of which 53 and 57 are printed: the printed difference alone would be enough.
    near = _two(4, 30, 12, 45)
    assert {row.standing for row in contrasts(Groundwork.of(near))} == {"same"}
    assert hidden(near) == []


@pytest.mark.parametrize("areas", [("Nord", "Nord", "Nord"), ("Nord", "Nord", "Sør")])
def test_of_a_full_count_all_findings_tell_one_difference_and_no_interval(areas: tuple[str, ...]) -> None:
    names = [item.id for item in TWO.items()]
    pleased = {"a": (20, 40), "b": (4, 40), "c": (13, 40)}
    wave = wave_of(
        TWO,
        [Estate(name, name, area, 40) for name, area in zip("abc", areas, strict=True)],
        {
            name: [dict.fromkeys(names, 4 if i < k else 3) for i in range(n)]
            for name, (k, n) in pleased.items()
        },
    )
    found = everywhere(wave)
    told = findings_list(found).findings
    unlike = {(f.place.id, f.object): f for f in told if f.kind == "unlike"}
    unequal = [f for f in told if f.kind == "hidden_inequality"]
    assert unequal and {f.values["estate"] for f in unequal} == {"b"}
    for finding in told:
        assert finding.low == finding.estimate == finding.high
        for language, sentence in finding.sentences.items():
            assert PROBABLY[language] not in sentence and "–" not in sentence
            assert not re.search(r"(?:between|mellom) \d|\d to \d", sentence), sentence
    for finding in unequal:
        apart = unlike["b", finding.object].estimate
        # Where the area has all, it is one comparison; else against those of the area alone, as printed.
        assert finding.estimate == (apart if len(set(areas)) == 1 else -10)


def test_ordered_answers_have_moved_only_by_more_than_two_people_make() -> None:
    def moved(ups: int) -> str:
        def people(more: int) -> list[Answers]:
            return [{"hjem": code} for code in [1] * 6 + [3] * (7 - more) + [5] * (7 + more)]

        estates = [Estate("a", "Lia", "Sentrum", 20)]
        now, then = (
            wave_of(HEARD, estates, {"a": people(more)}, name) for more, name in ((ups, "B"), (0, "A"))
        )
        return orders(compute(now, "a", then))["hjem"].standing

    assert moved(2) == "same"
    assert moved(-2) == "same"


def test_landlords_differ_only_by_more_than_two_people_make() -> None:
    def standing(ours: int, theirs: int) -> str:
        (peer,) = compare(compute(_all_of(ours, 20), None), [share(compute(_all_of(theirs, 20), None))])
        (row,) = peer.rows
        return row.standing

    assert standing(12, 10) == "same"
    assert standing(15, 10) == "higher"


def test_the_funnel_calls_an_estate_above_only_where_its_printed_limits_and_three_people_say_so() -> None:
    def told(good: int) -> str:
        estates = [Estate(name, name, "Sentrum", 20) for name in "abcdef"]
        pleased = dict.fromkeys("bcdef", 10) | {"a": good}
        answers: dict[str, list[Answers]] = {
            name: [{"helhet": 5}] * k + [{"helhet": 1}] * (20 - k) for name, k in pleased.items()
        }
        words = Words.of(OVERALL, "en")
        rows = of_round(words, everywhere(wave_of(OVERALL, estates, answers))).rows
        return next(row.place for row in rows if row.name == "a")

    assert "Probably above the others" not in [told(good) for good in (11, 12)]
    assert told(15) == "Probably above the others"


PROBABLY = {"nb": "trolig", "nn": "truleg", "en": "probably"}


@pytest.mark.parametrize(
    ("language", "all_of", "both"),
    [
        (
            "nb",
            "65\N{NO-BREAK SPACE}% av alle. Alle har svart. Bygger på 20 svar.",
            "Alle svarte begge gangene.",
        ),
        (
            "nn",
            "65\N{NO-BREAK SPACE}% av alle. Alle har svart. Byggjer på 20 svar.",
            "Alle svara begge gongene.",
        ),
        ("en", "65% of all. Everybody has answered. Based on 20 answers.", "Everybody answered both times."),
    ],
)
def test_what_everybody_answered_is_told_plainly_and_not_as_probable(
    language: Any, all_of: str, both: str
) -> None:
    now, then = _all_of(13, 20), _all_of(8, 20, round="Høsten 2024")
    found = everywhere(now, then)
    told = {f.kind: f.sentences[language] for f in findings_list(found).findings}
    assert told["strong"].endswith(all_of)
    assert both in told["changed"] and " 25 " in told["changed"].replace("\N{NO-BREAK SPACE}", " ")
    words, report = Words.of(HEARD, language), found.estates["a"]
    heads = [headline(words, report, finding, 1, wide=False) for finding in report.findings]
    rows = change_rows(words, report)
    for text in (
        *told.values(),
        *(f"{head.title} {head.text}" for head in heads),
        *(r.standing_text for r in rows),
    ):
        assert PROBABLY[language] not in text.lower(), text
    assert [re.search(r"\d+.*\d", row.interval.replace("25", "5")) for row in rows] == [None], "one number"
    assert rows[0].interval.startswith("+25")
    one_missing = findings_list(everywhere(_all_of(15, 20, missing=1))).findings
    assert one_missing and all(PROBABLY[language] in f.sentences[language] for f in one_missing)


def test_scores_of_everybody_are_told_plainly_too() -> None:
    found = everywhere(_two(18, 20, 14, 40))
    told = [f for f in findings_list(found).findings if f.kind == "unlike"]
    assert told
    assert all("probably" not in f.sentences["en"] and "Everybody" in f.sentences["en"] for f in told)
    # Nor does a page give what rounding makes of a count for doubt.
    for report in (found.estates["a"], found.whole):
        page = web(report, "en")
        assert "Everybody has answered." in page and "otherwise the figure is counted" in page
        assert not re.search(r"[1-9] to \d+%?<", page) and "We do not know what the others think" not in page


def test_a_change_of_one_or_two_people_is_said_to_be_that() -> None:
    found = everywhere(_all_of(12, 20), _all_of(10, 20, round="Høsten 2024"))
    (row,) = change_rows(Words.of(HEARD, "en"), found.estates["a"])
    assert (row.standing, row.standing_text) == ("same", "Could be one or two people")


def test_of_a_full_count_no_page_speaks_of_chance_nor_of_what_others_would_have_answered() -> None:
    """The score of one question is counted too, and so is the caption of a bar without a bracket."""
    form = questionnaire(item("helhet", role="overall"), scored("hjem"), scored("varsel", "utleier"))

    def people(pleased: int, of: int) -> list[Answers]:
        return [dict.fromkeys(("helhet", "hjem", "varsel"), 5 if n < pleased else 1) for n in range(of)]

    def told(missing: int) -> str:
        places = [Estate(name, name, "Nord", 40 + missing) for name in "ab"]
        wave = wave_of(form, places, {"a": people(30, 40), "b": people(12, 40)})
        return web(everywhere(wave).estates["a"], "en")

    counted, estimated = told(0), told(10)
    words = ("larger than chance usually makes", "had everyone answered")
    assert [word for word in words if word in counted] == []
    assert [word for word in words if word in estimated] == list(words)
    assert "than in the landlord" in counted  # it is told which way it differs
    result = everywhere(wave_of(form, [Estate("a", "a", "Nord", 40)], {"a": people(30, 40)})).estates["a"]
    scores = [Words.of(form, "en").score(cell.score) for cell in result.objects]
    assert scores and all(value and not interval for value, interval in scores)


FULL = questionnaire(item("helhet", role="overall"), scored("hjem"), scored("ute", "utleier"))
NOT_OF_ALL = {
    "nb": ("Hadde alle", "om alle hadde", "de andre mener", "liten skrift", "båndene", "Klammen under v"),
    "nn": ("Hadde alle", "om alle hadde", "dei andre meiner", "lita skrift", "banda", "Klammen under v"),
    "en": ("had every", "Had every", "what the others think", "small print", "the bands", "bracket below s"),
}


@pytest.mark.parametrize("language", NOT_OF_ALL)
def test_a_round_that_everybody_answered_says_nothing_of_others_and_explains_no_mark_that_is_not_there(
    language: str,
) -> None:
    """Two small estates hide their shares, so those of all are rounded: that is not what others would say."""

    def people(good: int, of: int) -> list[Answers]:
        return [dict.fromkeys(("helhet", "hjem", "ute"), 5 if n < good else 1 + n % 3) for n in range(of)]

    sizes = {"a": (17, 60), "b": (2, 14), "c": (3, 15), "d": (14, 40)}
    estates = [Estate(name, name.upper(), "Nord", of) for name, (_, of) in sizes.items()]
    wave = wave_of(FULL, estates, {name: people(*own) for name, own in sizes.items()})
    whole, one = compute(wave, None), compute(wave, "d")
    share = whole.items["helhet"].favourable
    assert share.low is not None and share.high is not None and share.high > share.low + 0.005, "rounded"
    t = Words.of(FULL, language).t
    for report in (whole, one):
        page = " ".join(re.sub(r"<[^>]+>", " ", web(report, language)).split())
        assert [part for part in NOT_OF_ALL[language][:3] if part in page] == []
        assert t("about.bounds", low="x", high="y")[:20] not in page
    assert t("finding.doubt.rounded", low="x", high="y").split("x")[0] in " ".join(
        re.sub(r"<[^>]+>", " ", web(whole, language)).split()
    )
    page = web(one, language)
    assert [part for part in NOT_OF_ALL[language] if part in page] == []


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_where_everybody_answered_nobody_is_said_to_be_silent_but_who_skipped_the_question(
    language: str,
) -> None:
    people: list[Answers] = [
        {"hjem": 1 + n % 5, "ute": 1 + n % 5} | ({"helhet": 1 + n % 5} if n > 5 else {}) for n in range(40)
    ]
    whole = compute(wave_of(FULL, [Estate("a", "A", "Nord", 40)], {"a": people}), None)
    page = " ".join(re.sub(r"<[^>]+>", " ", web(whole, language)).split())
    t = Words.of(FULL, language).t
    assert t("about.skipped", low="x", high="y").split("x")[0] in page
    assert t("about.bounds", low="x", high="y")[:20] not in page
