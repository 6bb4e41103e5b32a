"""A question that is put to some only counts each estate with its homes that it is about, not with all."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.inference import counted, mean_interval, standard_error, weights
from reports.waves import Estate
from tests.oracles.figures import stored
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

YES_NO = [
    {"code": code, "value": f"v{code}", "text": dict.fromkeys(("nb", "nn", "en"), words)}
    for code, words in ((1, "ja"), (2, "nei"))
]
FORM = questionnaire(
    item("moter", scale=None, specials=[], choices=YES_NO),
    scored("sted", show_if='answers.moter == "v1"'),
    scored("hjem", object="utleier"),
)
R = stored()["figures"]["put_to_some"]


def _estate(answered: int, asked: int, good: int) -> list[Answers]:
    """Who has no meetings is not asked whether they are in a good place."""
    people: list[Answers] = [{"moter": 1, "sted": 5 if n < good else 1} for n in range(asked)]
    people += [{"moter": 2} for _ in range(answered - asked)]
    return [{**person, "hjem": 1 + 4 * (n % 2)} for n, person in enumerate(people)]


WAVE = wave_of(
    FORM,
    [Estate("a", "A", "Nord", 800), Estate("b", "B", "Nord", 300)],
    {"a": _estate(200, 50, 6), "b": _estate(250, 240, 200)},
)


def test_a_total_over_estates_is_of_those_the_question_was_put_to_as_in_r() -> None:
    found = compute(WAVE, None).items["sted"].favourable
    assert found.value == pytest.approx(R["value"], abs=1e-9)
    assert found.low is not None and found.high is not None
    reach = 1.965 * R["error"]
    assert found.low <= R["value"] - reach + 0.002 and R["value"] + reach - 0.002 <= found.high
    assert found.high - found.low < 2.3 * reach


def test_its_standard_error_knows_that_how_many_it_is_about_is_an_estimate() -> None:
    strata = counted(
        np.array([0.0, 1.0]), np.array([[44, 6], [40, 200]]), [650, 290], parts=[50 / 200, 240 / 250]
    )
    assert weights(strata) @ strata.mean == pytest.approx(R["value"], rel=1e-9)
    # R divides by n of the estate where the product divides by n of those who were asked.
    assert standard_error(strata) == pytest.approx(R["error"], rel=0.01)
    assert mean_interval(strata, top=1.0).value == pytest.approx(R["value"], rel=1e-9)


def test_a_theme_made_of_such_questions_alone_counts_so_too_and_others_as_before() -> None:
    results = compute(WAVE, None)
    scores = {cell.object: cell.score.value for cell in results.objects}
    assert scores["bolig"] == pytest.approx(100 * R["value"], abs=0.51)
    assert scores["utleier"] == 50


def test_where_all_who_live_there_answered_nothing_is_left_in_doubt() -> None:
    wave = wave_of(FORM, [Estate("a", "A", "Nord", 40)], {"a": _estate(40, 25, 10)})
    found = compute(wave, "a").items["sted"].favourable
    assert (found.value, found.low, found.high) == (0.4, 0.4, 0.4)


@pytest.mark.parametrize(("language", "told"), [
    ("nb", "bare stilt til dem det gjelder"),
    ("nn", "berre stilt til dei det gjeld"),
    ("en", "put only to those it is about"),
])  # fmt: skip
def test_the_sentence_says_that_the_question_was_put_to_some(
    language: Literal["nb", "nn", "en"], told: str
) -> None:
    said = [finding.sentences[language] for finding in findings_list(everywhere(WAVE, None)).findings]
    assert [told in text for text in said] == ["sted" in text for text in said]
    assert any(told in text for text in said)
