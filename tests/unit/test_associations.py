"""What goes with the overall answer gives away nothing that an estate's bars, or a question, keep back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.answers import Answers
from reports.associations import spans
from reports.compute import compute
from reports.disclosure import PROTECTED
from reports.documents.association_words import about_rows, association_tables
from reports.documents.findings_page import web
from reports.documents.importance_words import derived
from reports.documents.words import Words
from reports.findings.everywhere import everywhere
from reports.likeness import ALL
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FORM = questionnaire(item("helhet", role="overall"), item("ro"), item("lys"), index=False)


def _answers(name: str, poor: int, good: int, poor_both: int) -> list[Answers]:
    """`poor` are not pleased with `name`, `poor_both` of them not with the whole either; of the others every
    third is not."""
    return [
        *({name: 1 + k % 3, "helhet": 2 if k < poor_both else 4} for k in range(poor)),
        *({name: 4, "helhet": 3 if k % 3 == 0 else 5} for k in range(good)),
    ]


def _wave(people: dict[str, list[Answers]]) -> Wave:
    return wave_of(FORM, [Estate(name, name, "Nord", 900) for name in people], people)


A, B, C = _answers("ro", 20, 40, 12), _answers("ro", 2, 13, 1), _answers("ro", 25, 35, 11)


def test_a_table_less_the_bar_of_one_estate_never_tells_what_another_hides() -> None:
    """20 of A are not pleased; were 22 told of both, 2 of the 15 in B were known."""
    wave = _wave({"a": A, "b": B})
    assert compute(wave, "b").items["ro"].favourable.hidden == PROTECTED
    found = everywhere(wave)
    assert (found.whole.associations, found.drivers) == ((), ())


def test_a_hidden_overall_answer_is_not_the_sum_of_the_rows() -> None:
    b: list[Answers] = [{"ro": 1 if k < 7 else 5, "helhet": 1 if k < 2 else 5} for k in range(15)]
    assert compute(_wave({"a": A, "b": b}), None).associations == ()


def test_rows_and_strengths_are_of_the_estates_that_show_both_questions() -> None:
    found = everywhere(_wave({"a": A, "b": B, "c": C}))
    (told,) = found.whole.associations
    assert sum(row.n for codes, row in told.rows if set(codes) <= {1, 2, 3}) == 20 + 25
    bars = [found.estates[name].items["ro"].segments for name in ("a", "c")]
    for codes, row in told.rows:
        own = [part.n for bar in bars for part in bar if set(part.codes) <= set(codes)]
        assert sum(own) == row.n, "a row that is not the sum of what the estates show"
    assert [driver.n for driver in found.drivers] == [120]


def test_rows_are_cut_only_where_every_estate_cuts() -> None:
    """Each shows four steps apart that the other merges: the total of a step would tell the other's."""
    one: list[Answers] = [{"ro": 1 + k % 5, "helhet": 2 if k % 3 else 5} for k in range(100)]
    other: list[Answers] = [{**person, "ro": 2 if person["ro"] == 1 and k > 9 else person["ro"]}
                            for k, person in enumerate(one)]  # fmt: skip
    found = everywhere(_wave({"a": one, "b": other}))
    (told,) = found.whole.associations
    bars = [{part.codes for part in found.estates[name].items["ro"].segments} for name in ("a", "b")]
    assert (1,) in bars[0] and (1,) not in bars[1]
    assert {codes for codes, _ in told.rows} & {(1,), (2,)} == set()


@pytest.mark.parametrize("repeated", [{ALL, "a", "c"}, {"a"}])
def test_a_question_that_looks_back_and_is_kept_back_is_in_no_row_strength_or_model(
    repeated: set[str],
) -> None:
    form = questionnaire(
        item("helhet", role="overall"), item("ro", retrospective=True), item("lys"), index=False
    )
    people = {"a": A, "c": C}
    wave = wave_of(form, [Estate(name, name, "Nord", 900) for name in people], people)
    assert [found.factor for found in compute(wave, None).associations] == ["ro"]
    found = everywhere(replace(wave, repeated=frozenset(repeated)))
    assert (found.whole.associations, found.drivers, found.together) == ((), (), None)


def _drawn(n: int, seed: int) -> list[Answers]:
    """Peace and light both go with the overall answer."""
    rng = np.random.default_rng(seed)
    people: list[Answers] = []
    for _ in range(n):
        ro, lys = (int(code) for code in rng.integers(1, 6, 2))
        mood = 0.9 * ro + 0.7 * lys + rng.logistic()
        people.append({"helhet": int(np.digitize(mood, [3, 4, 5, 6])) + 1, "ro": ro, "lys": lys})
    return people


def test_the_model_rests_on_the_estates_that_show_their_answers() -> None:
    """In B all but two are pleased with the whole: its 40 people are in no part of the model."""
    hiding = [{**person, "helhet": 5 if k > 1 else 2} for k, person in enumerate(_drawn(40, 3))]
    showing = {name: _drawn(250, seed) for seed, name in enumerate("acde", 1)}
    with_them, without = everywhere(_wave({**showing, "b": hiding})), everywhere(_wave(showing))
    assert with_them.together is not None and without.together is not None
    assert with_them.together.n == 1000
    assert {row.factor for row in with_them.together.rows} == {"ro", "lys"}


def _pleased(n: int, seed: int) -> list[Answers]:
    """All but two are pleased with the whole: their bar hides it."""
    return [{**person, "helhet": 5 if k > 1 else 2} for k, person in enumerate(_drawn(n, seed))]


def test_nothing_is_said_of_all_by_answers_of_which_most_estates_show_one_and_not_the_other() -> None:
    """Three of five show what they think of the whole: too few to speak of all. All five show peace."""
    asked = item("ro", level="individ")
    form = questionnaire(item("helhet", role="overall"), asked, item("lys"), index=False)
    showing = {name: _drawn(250, seed) for seed, name in enumerate("abc", 1)}
    hiding = {name: _pleased(250, seed) for seed, name in enumerate("de", 8)}
    for people, whole in ((showing | hiding, False), (showing, True)):
        wave = wave_of(form, [Estate(name, name, "Nord", 900) for name in people], people)
        found = everywhere(wave)
        assert {(a.factor, a.left_out == "many") for a in found.whole.associations} == {
            ("ro", not whole), ("lys", not whole)
        }  # fmt: skip
        assert all(a.distinguishable for a in found.whole.associations)
        assert ("influence" in {own.kind for own in found.whole.findings}) == whole
        assert (found.together is not None) == whole
        matter = derived(Words.of(form, "nb"), found)
        assert matter is not None
        assert ([row.row.text for row in matter.rows] != []) == whole
        assert (len(association_tables(Words.of(form, "nb"), found.whole)) == 2) == whole


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_where_an_estate_hides_its_answers_the_model_and_the_strengths_say_whom_they_are_about(
    language: str,
) -> None:
    words = Words.of(FORM, language)
    showing = {name: _drawn(250, seed) for seed, name in enumerate("abcde", 1)}
    all_of_them, some = everywhere(_wave(showing)), everywhere(_wave(showing | {"f": _pleased(60, 9)}))
    told = [one.together for one in (all_of_them, some)]
    assert [one.left_out for one in told if one] == ["nobody", "some"]
    n = words.number(1250)
    for found, who in ((all_of_them, "model.all"), (some, "model.shown")):
        page = web(found, language)
        assert words.t(who, n=n) + " (" in page
        matter = derived(words, found)
        assert matter is not None
        for said in (matter.about, about_rows(words, found.whole)):
            assert (words.t("about.shown_only") in said) == (found is some)


def test_rows_are_merged_over_every_cut_that_is_not_allowed() -> None:
    pairs = np.full((5, 2), 9)
    assert spans(pairs, (3,), {1, 3}) == ((0, 1), (1, 3), (3, 5))
    assert spans(pairs, (), set()) == ((0, 5),)
