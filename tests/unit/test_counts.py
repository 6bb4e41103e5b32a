"""Every answer is counted once, in the right place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.answers import Answers
from forms.loading import shipped
from reports.compute import compute
from reports.counts import count
from reports.errors import ReservedName, UnknownEstate, WrongVersion
from reports.scope import Groundwork
from reports.waves import Estate, Wave, WaveInfo, assemble, seal, to_frame, unseal
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import drawn_answers, info, wave_of

FORM = shipped("boindeks")
ESTATES = [Estate("a", "A", "Sentrum", 40), Estate("b", "B", "Nord", 90), Estate("c", "C", "Nord", 8)]


def test_counts_of_every_question_are_those_of_the_answer_documents() -> None:
    rng = np.random.default_rng(7)
    answers = {"a": drawn_answers(FORM, 20, rng), "b": drawn_answers(FORM, 35, rng), "c": []}
    counts = count(wave_of(FORM, ESTATES, answers))
    assert counts.responses.tolist() == [20, 35, 0]
    assert counts.modes["web"].tolist() == [20, 35, 0]
    for asked in FORM.items():
        if not asked.counted:
            continue
        for place, documents in enumerate(answers.values()):
            given = [document[asked.id] for document in documents if asked.id in document]
            assert counts.substantive(asked.id)[place] == len(given)
            for choice in FORM.choices(asked):
                chosen = sum(
                    choice.code in answer if isinstance(answer, list) else choice.code == answer
                    for answer in given
                )
                found = (
                    counts.codes[asked.id][place, choice.code]
                    if asked.kind == "choice"
                    else counts.chosen[asked.id][choice.code][place]
                )
                assert found == chosen, (asked.id, choice.code)


def test_answers_are_counted_by_mode_in_each_estate_whatever_order_they_come_in() -> None:
    form = questionnaire(item("hjem"), index=False)
    rows = [("b", "web", 1), ("a", "paper", 4), ("b", "web", 4), ("a", "web", 5), ("b", "phone", 1)]
    groups = [
        {"estate": estate, "language": "nb", "mode": mode, "n": 1, "codes": bytes([code])}
        for estate, mode, code in rows
    ]
    wave = replace(wave_of(form, ESTATES, {}), frame=to_frame(groups, form))
    counts = count(wave)
    assert {mode: table.tolist() for mode, table in counts.modes.items()} == {
        "paper": [1, 0, 0],
        "phone": [0, 1, 0],
        "web": [1, 2, 0],
    }
    assert counts.codes["hjem"][:, [1, 4, 5]].tolist() == [[0, 1, 1], [2, 1, 0], [0, 0, 0]]


def test_dont_know_counts_apart_from_the_answers() -> None:
    form = questionnaire(item("hjem"), index=False)
    answers: list[Answers] = [{"hjem": 4}, {"hjem": 254}, {"hjem": 254}, {}]
    counts = count(wave_of(form, ESTATES[:1], {"a": answers}))
    assert counts.substantive("hjem").tolist() == [1]
    assert counts.special("hjem", [0]) == [{254: 2}]


def test_an_empty_round_is_counted_as_empty() -> None:
    counts = count(wave_of(FORM, ESTATES, {}))
    assert counts.responses.tolist() == [0, 0, 0]


def test_answers_from_an_estate_outside_the_round_are_refused() -> None:
    form = questionnaire(item("hjem"), index=False)
    with pytest.raises(UnknownEstate, match="estate x, which is not one of its estates"):
        count(wave_of(form, ESTATES, {"x": [{"hjem": 4}]}))


def test_answers_packed_with_another_version_are_refused() -> None:
    form = questionnaire(item("hjem"), item("fred"), index=False)
    group = {"estate": "a", "language": "nb", "mode": "web", "n": 2, "codes": b"\x04\x04\x04"}
    with pytest.raises(WrongVersion, match="3 bytes for 2 answers"):
        to_frame([group], form)


def test_a_question_cannot_take_the_name_of_a_column() -> None:
    with pytest.raises(ReservedName, match="item mode"):
        to_frame([], questionnaire(item("mode"), index=False))


def test_who_tries_all_answers_that_could_be_does_not_find_them_by_the_hash_that_is_printed() -> None:
    """Two possible answers and six people in one estate, of which no report says anything."""
    form = questionnaire(item("hjem"), index=False)
    salted = replace(info(form, ESTATES[:1]), salt=b"told nowhere")

    def of(good: int, known: WaveInfo) -> Wave:
        people: list[Answers] = [{"hjem": 5 if n < good else 1} for n in range(6)]
        return assemble(known, wave_of(form, ESTATES[:1], {ESTATES[0].id: people}).frame)

    printed = compute(of(4, salted), None).wave_hash
    assert printed not in {of(good, info(form, ESTATES[:1])).content_hash for good in range(7)}
    found = [good for good in range(7) if of(good, salted).content_hash == printed]
    assert found == [4], "the control: with the salt he finds them"
    widths = [Groundwork.of(of(4, known)).widths for known in (salted, info(form, ESTATES[:1]))]
    assert widths[0] != widths[1]
    assert unseal(seal(of(4, salted)), salted).content_hash == printed


def test_a_sealed_wave_is_the_same_bytes_in_whatever_order_answers_came() -> None:
    rng = np.random.default_rng(8)
    documents = drawn_answers(FORM, 12, rng)
    one = wave_of(FORM, ESTATES, {"a": documents, "b": documents[:5]})
    other = wave_of(FORM, ESTATES, {"b": documents[:5][::-1], "a": documents[::-1]})
    assert seal(one) == seal(other)
    assert one.content_hash == other.content_hash
    back = unseal(seal(one), info(FORM, ESTATES))
    assert back.frame.equals(one.frame)
    assert back.content_hash == one.content_hash
    with pytest.raises(WrongVersion, match="other items"):
        unseal(seal(one), info(questionnaire(scored("hjem")), ESTATES))
