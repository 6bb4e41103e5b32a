"""Figures of two landlords: what crosses is what the report prints; only the same question is compared."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.compute import compute
from reports.documents.peer_words import peer_parts, shared_lines
from reports.documents.words import Words
from reports.peers import FEWEST, Peer, Shared, SharedItem, compare, share
from reports.results import Results
from reports.rounding import percent
from reports.trends import interval_of
from reports.waves import Estate
from tests.samples import demonstration
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(item("hjem"), item("gata"), item("rus", sensitive=True), index=False)


def _report(good: int = 30, n: int = 40, form: Questionnaire = FORM, asked: int | None = 60) -> Results:
    people: list[Answers] = [
        {"hjem": 5 if k < good else 1 + k % 3, "gata": 1 + k % 5, "rus": 1 + k % 5} for k in range(n)
    ]
    return compute(wave_of(form, [Estate("a", "A", "Nord", asked)], {"a": people}), None)


def _other(report: Results, **changed: Any) -> Shared:
    """What another landlord shows, who is called otherwise."""
    return share(report).model_copy(update={"organisation": "Nabokommunen", **changed})


def _one(ours: Results, theirs: Shared) -> Any:
    (peer,) = compare(ours, [theirs])
    return next(row for row in peer.rows if row.item.id == "hjem")


def test_the_same_question_has_both_figures_beside_each_other_with_the_interval_of_their_difference() -> None:
    row = _one(_report(34, 40), _other(_report(14, 40)))
    assert row.refused is None
    assert (row.ours.percent, row.theirs.percent, row.points) == (85, 35, 50)
    assert 0 < row.low <= row.points <= row.high <= 100
    assert row.standing == "higher"
    assert _one(_report(14, 40), _other(_report(34, 40))).standing == "lower"


def test_figures_that_chance_alone_could_set_apart_are_not_told_apart() -> None:
    row = _one(_report(30, 40), _other(_report(26, 40)))
    assert row.standing == "same" and row.low < 0 < row.high


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "For usikkert til å skille"),
        ("nn", "For usikkert til å skilje"),
        ("en", "Too uncertain to tell"),
    ],
)
def test_an_interval_that_leaves_out_nought_is_not_called_the_same_without_saying_why(
    language: str, words: str
) -> None:
    """One of very many comparisons, each of which may fall out so by chance."""
    ours = _report(34, 40)
    close = [_other(_report(26, 40), organisation=f"Nabokommunen {place}") for place in range(40)]
    peers = compare(ours, close)
    row = next(row for row in peers[0].rows if row.item.id == "hjem")
    assert row.low > 0 and row.standing == "same"
    spoken = Words.of(FORM, language)
    (said,) = [line for line in peer_parts(spoken, peers)[0].rows if line.question == spoken.item(row.item)]
    assert words in said.standing


def _theirs(**changed: Any) -> Shared:
    shared = _other(_report())
    first, *others = shared.items
    return shared.model_copy(update={"items": (first.model_copy(update=changed), *others)})


STEPS = share(_report()).items[0].steps
NONE = dict.fromkeys(("percent", "low", "high", "n", "left_out"))


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("not_asked", {"meaning": "noe_annet"}),
        ("answers", {"steps": STEPS[:-1]}),
        ("answers", {"steps": STEPS[::-1]}),
        ("answers", {"steps": (STEPS[0].model_copy(update={"value": "kanskje"}), *STEPS[1:])}),
        ("scores", {"steps": (STEPS[0].model_copy(update={"score": 10}), *STEPS[1:])}),
        ("cut_off", {"good": (5,)}),
        ("hidden_there", NONE),
    ],
)
def test_what_differs_in_meaning_is_refused_with_its_reason(reason: str, changed: dict[str, Any]) -> None:
    row = _one(_report(), _theirs(**changed))
    assert row.refused == reason
    assert (row.points, row.low, row.high) == (0, 0, 0)


def test_what_our_own_report_hides_is_not_compared_and_does_not_cross() -> None:
    alike = _report(good=39)
    assert interval_of(alike.items["hjem"].favourable) is None, "hidden, or this is no test"
    assert share(alike).items[0].percent is None
    assert _one(alike, _other(_report())).refused == "hidden"


@pytest.mark.parametrize(("n", "crosses"), [(FEWEST - 1, False), (FEWEST, True)])
def test_nothing_of_fewer_than_ten_answers_crosses(n: int, crosses: bool) -> None:
    """Nor does it help that more answered something else, or that two estates were asked."""
    few: list[Answers] = [dict.fromkeys(("hjem", "gata"), 5 if k < n // 2 else 1) for k in range(n)]
    more: list[Answers] = [{"gata": 5 if k % 2 else 1} for k in range(60)]
    places = [Estate("a", "A", "Nord", None), Estate("b", "B", "Nord", None)]
    hjem, gata = share(compute(wave_of(FORM, places, {"a": few, "b": more}), None)).items
    assert (hjem.percent is not None) == crosses
    assert gata.percent is not None


def test_a_round_that_hides_all_shows_no_figure() -> None:
    assert all(item.percent is None and item.n is None for item in share(_report(n=4, good=2)).items)


def test_all_that_crosses_is_printed_in_the_report_and_nothing_finer() -> None:
    """Every number of what crosses, and every name of what it holds."""
    report = demonstration.results(None)
    shared = share(report)
    asked = {item.meaning: item for item in report.questionnaire.items()}
    words = Words.of(report.questionnaire, "nb")
    told = 0
    for one in shared.items:
        item = asked[one.meaning]
        assert not item.background and not item.sensitive
        if one.percent is None or one.low is None or one.high is None or one.n is None:
            continue
        favourable = report.items[item.id].favourable
        assert favourable.value is not None
        assert one.percent == percent(favourable.value)
        assert words.share_interval(one.low / 100, one.high / 100) == words.estimate(favourable)[1]
        assert one.n % 5 == 0 and abs(one.n - favourable.n) <= 2 and favourable.n >= FEWEST
        told += 1
    assert told > 20
    document = shared.model_dump()
    assert document.keys() == {"organisation", "round", "year", "items"}
    assert {key for one in document["items"] for key in one} == {
        "meaning", "steps", "good", "percent", "low", "high", "n", "left_out",
    }  # fmt: skip
    assert {key for one in document["items"] for step in one["steps"] for key in step} == {
        "code", "value", "score",
    }  # fmt: skip


def test_a_figure_without_its_interval_or_of_few_answers_cannot_be_made() -> None:
    whole = share(_report()).items[0].model_dump()
    for changed in ({"low": None}, {"n": None}, {"n": 12}, {"n": 5}, {"high": whole["percent"] - 1}):
        with pytest.raises(ValidationError):
            SharedItem.model_validate(whole | changed)


def test_questions_stand_in_the_order_of_the_questionnaire_and_landlords_by_name() -> None:
    ours = demonstration.results(None)
    one = _other(ours)
    peers = compare(ours, [one, one.model_copy(update={"organisation": "Annenkommunen"})])
    assert [peer.organisation for peer in peers] == ["Annenkommunen", "Nabokommunen"]
    order = [item.id for item in ours.questionnaire.items()]
    for peer in peers:
        places = [order.index(row.item.id) for row in peer.rows]
        assert places == sorted(places)


def test_two_rounds_that_say_the_same_are_told_apart_in_nothing() -> None:
    ours = demonstration.results(None)
    (peer,) = compare(ours, [_other(ours)])
    compared = [row for row in peer.rows if row.refused is None]
    assert len(compared) > 20
    assert {(row.points, row.standing) for row in compared} == {(0, "same")}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_comparison_and_every_refusal_can_be_said(language: str) -> None:
    words = Words.of(FORM, language)
    peers: tuple[Peer, ...] = ()
    for changed in ({}, {"meaning": "x"}, {"steps": STEPS[:-1]}, {"good": (5,)}, NONE):
        peers += compare(_report(), [_theirs(**changed)])
    peers += compare(_report(), [_theirs(steps=(STEPS[0].model_copy(update={"score": 1}), *STEPS[1:]))])
    peers += compare(_report(good=39), [_other(_report())])
    parts = peer_parts(words, peers)
    assert sum(len(part.rows) for part in parts) >= 7
    assert {why for part in parts for why, _ in part.refused} == {
        words.t(f"peer.refused.{reason}")
        for reason in ("not_asked", "answers", "scores", "cut_off", "hidden", "hidden_there")
    }
    lines = shared_lines(_report(), language)
    assert [line.question for line in lines] == ["hjem", "gata"], "sensitive questions never cross"
