"""Research data over waves whose questionnaire changed: nothing stands under a name that is not its own."""

from __future__ import annotations

from typing import Any

import polars as pl

from forms.answers import Answers
from forms.loading import from_document
from forms.questionnaire import Questionnaire
from reports.releases.dataset import HIDDEN
from reports.releases.linked import protect_linked
from reports.releases.pages import codebook
from reports.waves import Estate, LinkedWave
from tests.questionnaires import choices, document
from tests.samples.waves import wave_of

PLACE = Estate("lia", "Lia", "Sentrum", 60)


def _form(spoil: Any = lambda data: None) -> Questionnaire:
    data = document()
    spoil(data)
    return from_document(data)


def _linked(number: int, form: Questionnaire, answers: list[Answers]) -> LinkedWave:
    wave = wave_of(form, [PLACE], {"lia": answers}, f"Bølge {number}")
    # The frame of a wave is sorted; a person is whoever stands there.
    people = pl.Series("person", [f"p{i:02}" for i in range(len(answers))])
    return LinkedWave(number, wave, wave.frame.select(people, pl.all().exclude("language", "mode")))


def _age(data: Any) -> Any:
    return data["pages"][4]["items"][0]


def test_a_key_with_other_answers_is_never_filled_in_from_an_earlier_wave() -> None:
    """Code 1 was 'young' and became 'under 15': nobody is put among them by what was said before."""
    changed = _form(lambda d: _age(d).update(choices=choices("barn", "ung", "gammel"), meaning="alder_2"))
    first = _linked(1, _form(), [{"alder": 1, "heis": 2}] * 20)
    then = _linked(2, changed, [{"heis": 2}] * 20)
    assert set(protect_linked([first, then]).frame["alder"]) == {HIDDEN}
    same = _linked(2, _form(), [{"heis": 2}] * 20)
    assert set(protect_linked([first, same]).frame["alder"]) == {1}


def test_a_key_that_got_another_name_is_the_same_key_and_stands_once() -> None:
    def renamed(data: Any) -> None:
        _age(data).update(id="alder_ny", meaning="alder")
        data["release_keys"] = ["alder_ny"]

    first = _linked(1, _form(), [{"alder": 1, "heis": 2}] * 20)
    made = protect_linked([first, _linked(2, _form(renamed), [{"heis": 2}] * 20)])
    assert set(made.frame["alder_ny"]) == {1}
    assert not any(name.endswith("_alder") for name in made.frame.columns)
    assert made.risk.dropped["background"] == ()


def test_the_codebook_says_what_can_be_compared_over_the_waves() -> None:
    cut = _form(lambda d: d["scales"][1].update(favourable=[1]))
    answers: list[Answers] = [{"heis": 1 + i % 2, "mangler": [1 + i % 3], "alder": 1} for i in range(20)]
    waves = [_linked(1, _form(), answers), _linked(2, cut, answers), _linked(3, cut, answers)]
    made = {variable.name: variable for variable in protect_linked(waves).variables}
    assert (made["w1_heis"].compares, made["w1_heis"].broken) == ("", False)
    assert (made["w2_heis"].compares, made["w2_heis"].broken) == ("", True)
    assert (made["w3_heis"].compares, made["w3_heis"].broken) == ("w2_heis", False)
    assert made["w3_mangler__m1"].compares == "w2_mangler__m1"
    for language, compared, broken in (
        ("nb", "Kan sammenlignes med w2_heis.", "Kan ikke sammenlignes med tidligere bølger"),
        ("nn", "Kan samanliknast med w2_heis.", "Kan ikkje samanliknast med tidlegare bølgjer"),
        ("en", "Can be compared with w2_heis.", "Cannot be compared with earlier waves"),
    ):
        page = codebook(protect_linked(waves, language))
        assert compared in page and broken in page
