"""A total that most estates are left out of says nothing of all: not to another landlord either."""

from __future__ import annotations

import pytest

from forms.answers import Answers
from forms.benchmarks import Benchmark, Benchmarks
from forms.questionnaire import Questionnaire
from reports.benchmarks import beside
from reports.compute import compute
from reports.documents import question_tables as tables
from reports.documents.benchmark_words import benchmark_lines
from reports.documents.peer_words import peer_parts, shared_lines
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.peers import Shared, SharedItem, compare, share
from reports.results import Results
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of
from tests.unit.test_benchmarks import ROW

FORM = questionnaire(item("hjem"), item("gata"), index=False)


def _people(good: int, n: int) -> list[Answers]:
    return [{"hjem": 5 if k < good else 1 + k % 3, "gata": 1 + k % 5} for k in range(n)]


def _wave(large: int, small: int, form: Questionnaire = FORM) -> Wave:
    """Large estates where a quarter is content, and small ones of nine where all but one are."""
    answers = {f"s{k}": _people(10, 40) for k in range(large)} | {
        f"l{k}": _people(8, 9) for k in range(small)
    }
    estates = [
        Estate(name, name.upper(), "Nord", 50 if len(own) > 9 else 20) for name, own in answers.items()
    ]
    return wave_of(form, estates, answers)


def _report(large: int, small: int) -> Results:
    report = compute(_wave(large, small), None)
    favourable = report.items["hjem"].favourable
    expected = "many" if small > large else "some" if small else "nobody"
    assert favourable.value is not None and favourable.left_out == expected, "or this is no test"
    return report


MANY, SOME, NOBODY = (1, 6), (8, 1), (2, 0)


def _row(sizes: tuple[int, int]) -> SharedItem:
    return share(_report(*sizes)).items[0]


def test_a_figure_that_says_nothing_of_all_does_not_cross_to_another_landlord() -> None:
    assert _row(MANY).percent is None and _row(MANY).n is None
    assert _row(SOME).percent == 25 and _row(NOBODY).percent == 25


def test_neither_side_compares_by_a_figure_that_says_nothing_of_all() -> None:
    ours, theirs = _report(*NOBODY), share(_report(*MANY)).model_copy(update={"organisation": "Dal"})
    (peer,) = compare(ours, [theirs])
    assert peer.rows[0].refused == "hidden_there"
    (peer,) = compare(_report(*MANY), [share(ours).model_copy(update={"organisation": "Dal"})])
    assert peer.rows[0].refused == "hidden"


@pytest.mark.parametrize(
    ("language", "said"), [("nb", "som kan vises"), ("nn", "som kan visast"), ("en", "that can be shown")]
)
def test_both_sides_say_that_a_figure_is_of_the_estates_that_can_be_shown(language: str, said: str) -> None:
    some, whole = _report(*SOME), _report(*NOBODY)
    words = Words.of(FORM, language)
    for ours, theirs in ((some, whole), (whole, some)):
        other = share(theirs).model_copy(update={"organisation": "Dal"})
        (part,) = peer_parts(words, compare(ours, [Shared.model_validate_json(other.model_dump_json())]))
        row = part.rows[0]
        assert (said in row.ours_interval, said in row.theirs_interval) == (ours is some, theirs is some)
    assert said in shared_lines(some, language)[0].interval
    assert said not in shared_lines(whole, language)[0].interval


def test_what_was_shared_before_it_was_said_who_is_in_it_is_not_read() -> None:
    told = share(_report(*NOBODY)).model_dump(mode="json")
    for one in told["items"]:
        del one["left_out"]
    assert all(one.percent is None for one in Shared.model_validate(told).items)


@pytest.mark.parametrize(("sizes", "refused"), [(MANY, "left_out"), (SOME, None), (NOBODY, None)])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_figures_of_others_stand_beside_ours_only_where_ours_says_something_of_all(
    language: str, sizes: tuple[int, int], refused: str | None
) -> None:
    rows = beside(_report(*sizes), Benchmarks(rows=(Benchmark.model_validate(ROW),)))
    assert rows[0].refused == refused
    words = Words.of(FORM, language)
    (line,) = benchmark_lines(words, rows)
    assert bool(line.why) == (refused is not None)
    assert (words.t("figure.shown_only") in line.interval) == (sizes == SOME)


@pytest.mark.parametrize(("sizes", "missing"), [(MANY, "many"), (SOME, "some"), (NOBODY, "nobody")])
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_numbers_say_beside_a_total_that_estates_are_not_in_it(
    language: str, sizes: tuple[int, int], missing: str
) -> None:
    found = everywhere(_wave(*sizes))
    told = tables.tables(found, language, each=False, item_id="hjem")
    assert {row.left_out for row in told[0].rows} == {missing}
    words = Words.of(FORM, language)
    text = tables.as_text(told, words)
    for kind in ("some", "many"):
        assert (words.t(f"tables.left_out_{kind}") in text) == (kind == missing)
    assert b"left_out" in tables.as_parquet(told)
