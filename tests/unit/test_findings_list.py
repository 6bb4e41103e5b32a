"""The list of findings: no sentence claims more than its interval, none is about what is hidden, ids stay."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from pydantic import ValidationError

from forms.answers import Answers
from forms.loading import shipped
from reports.disclosure import PROFILES
from reports.documents.finding_words import headline
from reports.documents.findings_page import change_rows, order_rows, web
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere, everywhere, headline_cells
from reports.findings.listing import findings_list
from reports.findings.model import FindingsList, FoundResult
from reports.findings.sentences import part, then_and_now
from reports.results import Estimate, ItemResult, Results
from reports.rounding import half_up, percent
from reports.trends import score_changes, with_changes
from reports.waves import Estate, Wave
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import drawn_answers, wave_of

FORM = questionnaire(
    *(scored(f"bolig{n}", "bolig", "sosial", tags=["trygghet"]) for n in range(2)),
    *(scored(f"utleier{n}", "utleier", "emosjonell", reversed=n == 1) for n in range(2)),
    item("hort", level="kollektiv"),
    item("helhet", role="overall"),
    item("grad", role="participation_grade", level="individ"),
    item("rus", sensitive=True),
)
MAYBE = {"nb": "trolig", "nn": "truleg", "en": "probably"}
PARTS = {
    "nb": {
        "at_least": {
            "Minst halvparten": 50,
            "Minst to tredjedeler": 67,
            "Minst tre fjerdedeler": 75,
            "Minst ni av ti": 90,
            "Nesten alle": 95,
        },
        "at_most": {
            "Høyst halvparten": 50,
            "Høyst en tredjedel": 33,
            "Høyst en fjerdedel": 25,
            "Høyst én av ti": 10,
            "Nesten ingen": 5,
        },
    },
    "nn": {
        "at_least": {
            "Minst halvparten": 50,
            "Minst to tredjedelar": 67,
            "Minst tre fjerdedelar": 75,
            "Minst ni av ti": 90,
            "Nesten alle": 95,
        },
        "at_most": {
            "Høgst halvparten": 50,
            "Høgst ein tredjedel": 33,
            "Høgst ein fjerdedel": 25,
            "Høgst éin av ti": 10,
            "Nesten ingen": 5,
        },
    },
    "en": {
        "at_least": {
            "At least half": 50,
            "At least two thirds": 67,
            "At least three quarters": 75,
            "At least nine in ten": 90,
            "Nearly all": 95,
        },
        "at_most": {
            "At most half": 50,
            "At most a third": 33,
            "At most a quarter": 25,
            "At most one in ten": 10,
            "Hardly any": 5,
        },
    },
}
"""Of all, in words: at least, or at most, so many per cent."""
CLAIMS = {
    "nb": {
        "at_least": tuple(PARTS["nb"]["at_least"]),
        "at_most": tuple(PARTS["nb"]["at_most"]),
        "above": ("flere", "bedre", "oftere", "sammen med"),
        "below": ("færre", "dårligere"),
    },
    "nn": {
        "at_least": tuple(PARTS["nn"]["at_least"]),
        "at_most": tuple(PARTS["nn"]["at_most"]),
        "above": ("fleire", "betre", "oftare", "saman med"),
        "below": ("færre", "dårlegare"),
    },
    "en": {
        "at_least": tuple(PARTS["en"]["at_least"]),
        "at_most": tuple(PARTS["en"]["at_most"]),
        "above": ("more", "better", "together with"),
        "below": ("fewer", "worse"),
    },
}


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Wave, Wave | None]:
    """Two to four estates in two areas, of 0 to 40 answers each: drawn, all alike, or split in two camps."""
    estates, now, then = [], {}, {}
    for place in range(draw(st.integers(2, 4))):
        name = "abcd"[place]
        n = draw(st.integers(0, 40))
        asked = draw(st.one_of(st.none(), st.integers(n, n + 30)))
        estates.append(Estate(name, f"Gård {name}", draw(st.sampled_from(["Nord", "Sør"])), asked))
        now[name] = _people(draw, n)
        then[name] = _people(draw, draw(st.integers(0, 40)))
    waves = [
        replace(wave_of(FORM, estates, {k: v for k, v in answers.items() if v}, name), declared_grade=3)
        for answers, name in ((now, "Høsten 2025"), (then, "Høsten 2024"))
    ]
    return waves[0], waves[1] if draw(st.booleans()) else None


def _people(draw: st.DrawFn, n: int) -> list[Answers]:
    way = draw(st.sampled_from(["drawn", "alike", "camps"]))
    if way == "drawn":
        seed, lean = draw(st.integers(0, 10_000)), draw(st.sampled_from([-1.5, -0.5, 0.0, 0.5, 1.5]))
        return drawn_answers(FORM, n, np.random.default_rng(seed), lean)
    code = draw(st.integers(1, 5))
    other = code if way == "alike" else draw(st.integers(1, 5))
    return [{asked.id: code if k % 2 else other for asked in FORM.items()} for k in range(n)]


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(rounds())
def test_whatever_was_answered_nothing_is_claimed_that_is_not_shown(both: tuple[Wave, Wave | None]) -> None:
    """No sentence claims more than its interval, no verdict more than is printed beside it; nothing is found
    in what a report hides; the same sealed wave has the same findings, ids and ranks."""
    found = everywhere(*both)
    made = findings_list(found)
    for finding in made.findings:
        _says_what_it_holds(finding)
    assert "nan" not in made.model_dump_json().lower()
    assert FindingsList.model_validate_json(made.model_dump_json()) == made
    for report in _reports(found):
        _printed_intervals_bear_verdicts(report)
    _nothing_hidden_is_found(both[0], found, made)
    if both[0].content_hash < "8":  # of every other one; that it is so does not hang on how many are drawn
        assert findings_list(everywhere(*both)) == made
    _public_list_is_the_same_to_fives(found, made)


def _says_what_it_holds(finding: FoundResult) -> None:
    assert finding.low <= finding.estimate <= finding.high
    assert all(math.isfinite(end) for end in (finding.low, finding.estimate, finding.high))
    for language, text in finding.sentences.items():
        # What everybody answered is not probable but so; that things go together always is.
        known = "everybody" in finding.values and finding.measure != "association"
        assert (MAYBE[language] in text.lower()) != known, text
        assert any(word.lower() in text.lower() for word in CLAIMS[language][finding.relation]), text
        if finding.measure == "share" or finding.variant.startswith("matters"):
            _words_follow_the_interval(finding, language, text)
        # Ten of fifteen are told as 67 %; the list holds 66 to 67, rounded outwards as all intervals are.
        for end in (finding.estimate,) if known else (finding.low, finding.high):
            told = f"{abs(end):.2f}" if finding.measure == "association" else f"{abs(half_up(end)):.0f}"
            assert told.replace(".", "," if language != "en" else ".") in text
    if finding.relation in ("at_least", "at_most"):
        assert finding.measure == "share" and finding.reference == 50
        assert finding.low >= 50 if finding.relation == "at_least" else finding.high <= 50
    else:
        assert finding.reference == 0
        assert finding.low > 0 if finding.relation == "above" else finding.high < 0


def _words_follow_the_interval(finding: FoundResult, language: str, text: str) -> None:
    """'At most a quarter' where no part of the printed interval is more; and nothing weaker than it could be,
    unless two people would make the difference."""
    values = finding.values
    low, high = (int(values.get(end, getattr(finding, end))) for end in ("low", "high"))
    over = low >= 50
    said = PARTS[language]["at_least" if over else "at_most"]
    (limit,) = (limit for words, limit in said.items() if words.lower() in text.lower())
    assert low >= limit if over else high <= limit, text
    for farther in said.values():
        if (farther > limit <= low >= farther) if over else (farther < limit >= high <= farther):
            assert abs(int(values["percent"]) - farther) * finding.n <= 200, text


SURE = ("better", "worse", "higher", "lower")


def _printed_intervals_bear_verdicts(report: Results) -> None:
    """Shares, scores and orders: an end that is rounded to 0 bears no 'better' and no 'worse'."""
    words = Words.of(FORM, "en")
    for change in change_rows(words, report):
        low, high = (int(end) for end in _numbers(change.interval))
        assert change.standing not in SURE or low > 0 or high < 0, change
    for order in order_rows(words, report):
        ends = [int(end) for end in _numbers(order.interval)]
        assert order.standing not in SURE or ends[0] > 50 or ends[-1] < 50, order


def _reports(found: Everywhere) -> list[Results]:
    return [report for report in (found.whole, *found.estates.values()) if report.hidden is None]


def _numbers(interval: str) -> list[str]:
    return re.findall(r"[-+]?\d+", interval.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize(
    ("variant", "percent", "interval", "n", "limit"),
    [
        ("weak", 0, (0, 5), 100, 5),
        ("weak", 2, (0, 6), 100, 10),
        ("participation_low", 12, (8, 25), 100, 25),
        ("grade_low", 20, (14, 26), 100, 33),
        ("weak", 28, (20, 34), 100, 50),
        ("strong", 100, (95, 100), 100, 95),
        ("strong", 94, (90, 98), 100, 90),
        ("grade_high", 80, (74, 86), 100, 67),
        ("felt_below", 60, (50, 70), 100, 50),
        ("strong", 75, (75, 75), 20, 50),
        ("strong", 85, (85, 85), 20, 67),
    ],
)
def test_how_many_is_said_as_closely_as_the_printed_interval_bears(
    variant: str, percent: int, interval: tuple[int, int], n: int, limit: int
) -> None:
    """Of twenty who all answered, fifteen are three quarters by one person: half is what is said."""
    for language, said in PARTS.items():
        told = part(Words.of(FORM, language), variant, percent, interval, n)
        relation = "at_least" if interval[0] >= 50 else "at_most"
        assert said[relation][told] == limit


def test_a_change_whose_interval_is_rounded_to_nothing_is_no_change() -> None:
    """Surely up by the exact interval (0.3 to 12 points), yet printed as 'between 0 and +12'."""
    now, then = (
        ItemResult("hjem", 200, {}, (), Estimate(value, value - off, value + off, 200), Estimate(0, 0, 0, 0))
        for value, off in ((0.6215, 0.0415), (0.56, 0.0415))
    )
    change = with_changes({"hjem": now}, {"hjem": then})["hjem"].change
    assert change is not None and 0 < change.low < 0.01
    assert change.standing == "same"
    key = ("bomiljo", None)
    scores = (Estimate(value, 60, 70, 19, everybody=True) for value in (67, 66))
    told = score_changes({key: next(scores)}, {key: next(scores)})[key]
    assert (told.low, told.high, told.standing) == (0, 2, "same")


def _public_list_is_the_same_to_fives(found: Everywhere, made: FindingsList) -> None:
    ids = [finding.id for finding in made.findings]
    assert len(set(ids)) == len(ids)
    public = findings_list(found, PROFILES["offentlig"])
    assert [finding.id for finding in public.findings] == ids
    assert all(finding.n % 5 == 0 for finding in public.findings)
    for place in made.places:
        own = [f.rank for f in made.findings if f.place == place.place]
        assert own == list(range(1, place.findings + 1))


def _nothing_hidden_is_found(wave: Wave, found: Everywhere, made: FindingsList) -> None:
    counts = {str(k): n for k, n in wave.frame.group_by("estate").len().iter_rows()}
    for finding in made.findings:
        assert "rus" not in finding.items
        if finding.place.level == "estate":
            assert counts[finding.place.id] >= 5
            _is_shown(finding, found)
        if finding.place.level == "area":
            assert finding.place.of >= 2
    for place in made.places:
        if place.place.level == "estate" and counts.get(place.place.id, 0) < 5:
            assert (place.n, place.findings, place.reason) == (None, 0, "hidden.few")


def _is_shown(finding: FoundResult, found: Everywhere) -> None:
    report = found.estates[finding.place.id]
    if finding.object is not None:
        score = headline_cells(report)[finding.object or None].score
        assert score.value is not None and score.n == finding.n
    elif finding.kind == "grade_gap":
        assert not report.items["grad"].hidden and report.items["grad"].segments
    else:
        shown = report.items[finding.items[0]].favourable
        assert shown.value is not None and shown.n == finding.n
        if finding.measure == "share":
            assert percent(shown.value) == finding.estimate


def test_a_hidden_score_makes_no_contrast_of_the_other_estate() -> None:
    # All in b say the same, so its score is hidden; a's difference from b would give it back.
    mixed: list[Answers] = [{"bolig0": 1 + k % 2, "bolig1": 1 + k % 3} for k in range(40)]
    alike: list[Answers] = [{"bolig0": 5, "bolig1": 5} for _ in range(40)]
    places = [Estate("a", "A", "Nord", 60), Estate("b", "B", "Nord", 60)]
    found = everywhere(wave_of(FORM, places, {"a": mixed, "b": alike}))
    assert found.estates["b"].index is None or found.estates["b"].index.score.value is None
    assert found.contrasts == ()
    assert not [f for f in findings_list(found).findings if f.kind in ("unlike", "hidden_inequality")]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_zero_or_few_answers_are_said_to_be_few(n: int, language: Any) -> None:
    people: list[Answers] = [{"bolig0": 5}] * n
    made = findings_list(
        everywhere(wave_of(FORM, [Estate("a", "A", "Nord", 40)], {"a": people} if n else {}))
    )
    assert made.findings == ()
    for place in made.places:
        assert (place.n, place.reason) == (None, "hidden.few")
        assert place.place.name in place.sentences[language]


def test_answers_all_alike_are_hidden_and_the_place_says_that_and_not_that_nothing_stands_out() -> None:
    alike: list[Answers] = [{asked.id: 5 for asked in FORM.items()}] * 30
    made = findings_list(everywhere(wave_of(FORM, [Estate("a", "A", "Nord", None)], {"a": alike})))
    assert made.findings == ()
    assert {place.reason for place in made.places} == {"hidden.protected"}
    for place in made.places:
        assert "Ingen svar kan vises" in place.sentences["nb"]
        assert "for mange har svart det samme" in place.sentences["nb"]
        assert "skilles" not in place.sentences["nb"]


@pytest.mark.parametrize(
    ("language", "half", "rest", "hidden"),
    [
        ("nb", "fra halvparten.", "fra halvparten eller de andre leiegårdene.", "1 av 2 spørsmål vises ikke"),
        (
            "nn",
            "frå halvparten.",
            "frå halvparten eller dei andre leigegardane.",
            "1 av 2 spørsmål blir ikkje",
        ),
        ("en", "from one half.", "from one half or the other estates.", "1 of 2 questions are not shown"),
    ],
)
def test_where_nothing_stands_out_it_is_said_from_what_and_how_much_is_hidden_beside_it(
    language: Any, half: str, rest: str, hidden: str
) -> None:
    """Last time and the others are named only where something was set beside them."""
    form = questionnaire(scored("hjem"), scored("ro"))
    steps = (1, 2, 4, 5)
    mixed: list[Answers] = [{"hjem": steps[k % 4], "ro": steps[k // 4 % 4]} for k in range(48)]
    alike: list[Answers] = [{**person, "ro": 5} for person in mixed]

    def said(people: list[Answers], *others: str) -> str:
        places = [Estate(name, name, name, None) for name in ("a", *others)]
        wave = wave_of(form, places, {place.id: people for place in places})
        found = findings_list(everywhere(wave), only=("estate", "a"))
        assert found.findings == () and found.places[0].reason == "none"
        return found.places[0].sentences[language]

    alone, beside, one_hidden = said(mixed), said(mixed, "b"), said(alike)
    assert half in alone and hidden not in alone
    assert rest in beside
    assert hidden in one_hidden


def test_none_or_all_of_a_few_answers_is_told_by_what_it_may_be_of_all_and_not_as_nought_per_cent() -> None:
    """Eleven answers, none good: '0 %' would say it of each of them, and of nobody else."""
    none: list[Answers] = [{"hjem": 1 + k % 2, "ro": 4 + k % 2} for k in range(11)]
    form = questionnaire(scored("hjem"), scored("ro"), index=False)
    found = everywhere(wave_of(form, [Estate("a", "A", "Nord", None)], {"a": none}))
    told = {f.items: f.sentences for f in findings_list(found, only=("estate", "a")).findings}
    assert told[("hjem",)]["nb"].endswith(": trolig mellom 0 og 29\N{NO-BREAK SPACE}% om alle hadde svart."
                                         " Bygger på 11 svar.")  # fmt: skip
    assert "100\N{NO-BREAK SPACE}%, " not in told[("ro",)]["nb"]
    words, report = Words.of(form, "nb"), found.estates["a"]
    titles = [headline(words, report, one, 1, wide=False).title for one in report.findings]
    assert sorted(titles) == [
        "Trolig høyst 29\N{NO-BREAK SPACE}% gir et godt svar på «hjem»",
        "Trolig minst 71\N{NO-BREAK SPACE}% gir et godt svar på «ro»",
    ]


BASE = {
    "nb": r"Bygger på (om lag )?\d+( og \d+)? svar( nå| i Gård \w| i [A-Z]\w+)?\.$",
    "nn": r"Byggjer på (om lag )?\d+( og \d+)? svar( no| i Gård \w| i [A-Z]\w+)?\.$",
    "en": r"Based on (about )?\d+( and \d+)? answers( now| in Gård \w| in [A-Z]\w+)?\.$",
}


def test_every_sentence_ends_with_what_it_is_based_on_in_one_form_and_says_where_that_is_rounded() -> None:
    made, rounded = (findings_list(_demonstration(), PROFILES[name]) for name in ("standard", "offentlig"))
    assert {f.kind for f in made.findings} >= {
        "strong",
        "weak",
        "changed",
        "unlike",
        "grade_gap",
    }
    going_with = findings_list(_what_goes_with_the_whole())
    assert "importance" in {f.kind for f in going_with.findings}
    for finding in (*made.findings, *rounded.findings, *going_with.findings):
        for language, text in finding.sentences.items():
            assert re.search(BASE[language], text), text
    assert all("om lag" in f.sentences["nb"] for f in rounded.findings)
    assert not [f for f in made.findings if "om lag" in f.sentences["nb"]]
    assert all("om lag" in f.sentences["nb"] for f in going_with.findings if f.kind == "importance")


def _what_goes_with_the_whole() -> Everywhere:
    """Twelve estates where few are content, and most of those who are have peace and quiet."""
    rng = np.random.default_rng(11)
    form = questionnaire(item("helhet", role="overall"), item("ro"), item("lys"), index=False)
    people: dict[str, list[Answers]] = {}
    for name in "abcdefghijkl":
        content = rng.random(40) < 0.3
        quiet = np.where(rng.random(40) < 0.9, content, ~content)
        light = rng.random(40) < 0.5
        people[name] = [
            {"helhet": 5 if c else 2, "ro": 4 if q else 1, "lys": 5 if z else 1}
            for c, q, z in zip(content, quiet, light, strict=True)
        ]
    return everywhere(wave_of(form, [Estate(name, f"Gård {name}", "Nord", 60) for name in people], people))


def test_a_question_whose_answers_changed_is_said_not_to_be_compared_and_why() -> None:
    """One answer fewer to choose between: 'cannot be told from last time' would be untrue of it."""
    then = questionnaire(scored("hjem"), scored("ro"))
    document = then.model_dump(mode="json")
    scale = document["scales"][0]
    document["scales"].append({**scale, "id": "e4", "choices": scale["choices"][:4], "favourable": [4]})
    document["pages"][0]["items"][1]["scale"] = "e4"
    document["version"] = "2.0"
    people: list[Answers] = [{"hjem": 1 + k % 4, "ro": 1 + (k + 1) % 4} for k in range(40)]
    places = [Estate("a", "Lia", "Nord", 60)]
    before = wave_of(then, places, {"a": people}, "Høsten 2024")
    now = wave_of(type(then).model_validate(document), places, {"a": people})
    made = findings_list(everywhere(now, before))
    (told,) = made.not_compared
    assert told.item == "ro"
    assert told.sentences["nb"].startswith("«ro» er ikke sammenlignet med «Høsten 2024»: ")
    # The answer as people read it, and no id of the file.
    assert "svar tatt bort («svar 5»)" in told.sentences["nb"] and "v5" not in told.sentences["nb"]
    assert "svar tekne bort" in told.sentences["nn"]
    assert "answers taken away" in told.sentences["en"]
    assert findings_list(everywhere(before, None)).not_compared == ()
    for language, said in told.sentences.items():
        assert escape(said) in web(everywhere(now, before), language, ("estate", "a"))


def test_an_unknown_number_of_dwellings_widens_the_interval_of_the_same_finding() -> None:
    people: list[Answers] = [{"bolig0": 5 if k < 30 else 1} for k in range(40)]
    spans = []
    for asked in (44, None):
        wave = wave_of(FORM, [Estate("a", "A", "Nord", asked)], {"a": people})
        (found,) = findings_list(everywhere(wave), only=("estate", "a")).findings
        assert (found.variant, found.items, found.tags) == (
            "strong",
            ("bolig0",),
            ("bolig", "sosial", "trygghet"),
        )
        spans.append(found.high - found.low)
    assert spans[0] < spans[1]


def _three(*counts: tuple[int, ...], area: str = "") -> Wave:
    """Three estates with so many of each answer, worst first; dwellings unknown. Each its own area if ''."""
    names = ("Aasen", "Bakken", "Calv")
    estates = [Estate(name, name, area or name, None) for name in names]
    answers: dict[str, list[Answers]] = {
        name: [{"hjem": code} for code, n in enumerate(own, 1) for _ in range(n)]
        for name, own in zip(names, counts, strict=True)
    }
    form = questionnaire(scored("hjem"), index=False)
    return wave_of(form, estates, {name: people for name, people in answers.items() if people})


SIX_OF_27 = (1, 0, 1, 0, 5), (0, 5, 3, 1, 0), (2, 4, 5, 0, 0)
"""Of 7, 9 and 11 answers 5, 1 and 0 are good. Only the last can be shown."""


PART = {
    "nb": "80\N{NO-BREAK SPACE}% av svarene",
    "nn": "80\N{NO-BREAK SPACE}% av svara",
    "en": "80% of the",
}


@pytest.mark.parametrize("area", ["", "Nord"])
def test_the_one_estate_that_can_be_shown_is_not_told_as_the_landlord(area: str) -> None:
    # 6 of 27 answer well; Aasen and Bakken could be worked out from a sum that they were in.
    found = everywhere(_three(*SIX_OF_27, area=area))
    assert found.whole.items["hjem"].favourable.n == 11, "the figure of all stands on Calv alone"
    assert found.whole.findings == ()
    made = findings_list(found)
    assert {f.place.name for f in made.findings} == {"Calv"}
    whole = made.places[0]
    assert (whole.place.level, whole.reason) == ("all", "hidden.protected")
    for language, said in PART.items():
        assert said in whole.sentences[language]  # type: ignore[index]


SHOWN = {
    "nb": "i leiegårdene som kan vises",
    "nn": "i leigegardane som kan visast",
    "en": "in the estates that can be shown",
}


def test_a_finding_without_all_estates_says_so_in_list_and_report() -> None:
    # 60 of 67 answers, two of three estates: Aasen's seven could be worked out from the sum.
    found = everywhere(_three((1, 0, 1, 0, 5), (10, 8, 7, 5, 0), (10, 7, 8, 5, 0), area="Nord"))
    of_several = [f for f in findings_list(found).findings if f.place.level != "estate"]
    told = [(f.place.level, f.variant, f.n) for f in of_several]
    assert told == [("all", "weak", 60)], "the one area is all of it, and told once"
    (large,) = found.whole.findings
    for language, said in SHOWN.items():
        for finding in of_several:
            text = finding.sentences[language]  # type: ignore[index]
            assert text.startswith(f"{finding.place.name}, {said}: ")
        shown = headline(Words.of(found.whole.questionnaire, language), found.whole, large, 1, wide=False)
        assert shown.title.endswith(f"({said})")
        assert said.split(" ", 2)[-1] in shown.text


@pytest.mark.parametrize("few", [False, True])
def test_only_where_every_estate_is_in_it_a_finding_is_about_all(few: bool) -> None:
    last = (4, 0, 0, 0, 0) if few else (10, 10, 5, 5, 0)
    found = everywhere(_three((10, 10, 5, 5, 0), (10, 8, 7, 5, 0), last))
    (whole,) = [f for f in findings_list(found).findings if f.place.level == "all"]
    assert all((SHOWN[language] in text) == few for language, text in whole.sentences.items())


def test_one_large_estate_among_many_small_ones_is_not_told_as_all_of_them() -> None:
    found = everywhere(_three((4, 0, 0, 0, 0), (4, 0, 0, 0, 0), (20, 10, 5, 5, 0)))
    assert found.whole.findings == ()
    assert {f.place.name for f in findings_list(found).findings} == {"Calv"}


def test_a_change_is_told_of_all_only_where_both_waves_have_nearly_all() -> None:
    now, then = _three(*[(2, 3, 3, 10, 12)] * 3), _three(*SIX_OF_27)
    report = everywhere(now, replace(then, campaign="Høsten 2024")).whole
    change = report.items["hjem"].change
    assert change is not None and change.left_out == "many"
    assert not [f for f in report.findings if f.kind.startswith("change")]


def test_a_profile_with_noise_makes_no_findings() -> None:
    with pytest.raises(ValueError, match="noise"):
        findings_list(_demonstration(), PROFILES["microdata"])


def test_a_finding_beyond_its_interval_cannot_be_made() -> None:
    strong = next(f for f in findings_list(_demonstration()).findings if f.kind == "strong")
    with pytest.raises(ValidationError, match="does not bear"):
        FoundResult.model_validate({**strong.model_dump(), "low": 49.0})


@cache
def _demonstration() -> Everywhere:
    before, now = demonstration.waves()
    return everywhere(replace(now, declared_grade=5), before)


def test_the_three_findings_of_a_report_head_the_list_of_its_place() -> None:
    found = _demonstration()
    made = findings_list(found)
    for report in (found.whole, found.estates["Solbakken"], found.estates["Nordlia"]):
        listed = [f for f in made.findings if f.place.id == (report.estate_id or "")]
        listed = [f for f in listed if f.place.level != "area"]
        large = report.findings[:3]
        assert [f.variant for f in listed[:3]] == [f.kind for f in large]
        assert [f.object for f in listed[:3]] == [f.values.get("object") for f in large]


def test_what_was_planted_in_the_demonstration_is_found() -> None:
    told = {
        (f.place.name, f.variant, f.object or (*f.items, "index")[0])
        for f in findings_list(_demonstration()).findings
    }
    assert ("Nordlia", "score_up", "utleier") in told
    assert ("Nordlia", "worse_than_rest", "bomiljo") in told
    assert ("Nordlia", "felt_below", "medv_individ_grad") in told
    assert ("Solbakken", "change_down", "bomiljo_moteplass") in told


def test_a_bad_place_that_the_mean_of_its_area_hides_is_found() -> None:
    form = shipped("boindeks")
    rng = np.random.default_rng(5)
    places = [Estate(name, f"Gård {name}", "Nord" if name < "d" else "Sør", 120) for name in "abcd"]
    leans = {"a": 0.4, "b": 0.4, "c": -0.8, "d": 0.0}
    wave = wave_of(form, places, {name: drawn_answers(form, 80, rng, lean) for name, lean in leans.items()})
    unequal = [f for f in findings_list(everywhere(wave)).findings if f.kind == "hidden_inequality"]
    assert unequal
    assert {f.values["estate"] for f in unequal} == {"Gård c"}
    assert {f.place.name for f in unequal} == {"Nord"}


def test_an_area_that_is_all_of_the_landlord_is_told_once_and_its_bad_place_with_it() -> None:
    form = shipped("boindeks")
    rng = np.random.default_rng(5)
    places = [Estate(name, f"Gård {name}", "Nord", 120) for name in "abc"]
    leans = {"a": 0.4, "b": 0.4, "c": -0.8}
    wave = wave_of(form, places, {name: drawn_answers(form, 80, rng, lean) for name, lean in leans.items()})
    made = findings_list(everywhere(wave))
    assert {place.place.level for place in made.places} == {"all", "estate"}
    unequal = [f for f in made.findings if f.kind == "hidden_inequality"]
    assert {(f.place.level, f.values["estate"]) for f in unequal} == {("all", "Gård c")}


def test_estates_that_are_truly_alike_are_seldom_called_unlike() -> None:
    form = questionnaire(
        *(scored(f"bolig{n}") for n in range(4)), *(scored(f"utleier{n}", "utleier") for n in range(4))
    )
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(12):
        # So many answers that few bars are merged: what a score may tell is then soon proved.
        places = [Estate(str(k), f"Gård {k}", f"Område {k % 3}", None) for k in range(12)]
        wave = wave_of(form, places, {p.id: drawn_answers(form, 90, rng) for p in places})
        found = findings_list(everywhere(wave)).findings
        alarms += any(f.kind in ("unlike", "hidden_inequality") for f in found)
    assert alarms <= 2


def test_a_change_from_nobody_who_answered_is_not_told_as_from_0_percent() -> None:
    words = Words.of(FORM, "nb")
    told = then_and_now(words, {"before": 0, "percent": 32})
    assert told == {"then": "ingen av dem som svarte", "now": "32\xa0%"}
    assert then_and_now(words, {"before": 0, "percent": 100, "everybody": True})["then"] == "0\xa0%"
