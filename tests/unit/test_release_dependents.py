"""What is blanked in a record of research data takes with it all that tells of it."""

from __future__ import annotations

from typing import Any

from forms.answers import Answers
from forms.loading import dump, from_document
from forms.questionnaire import Questionnaire
from reports.releases import pages
from reports.releases.dataset import HIDDEN, protect
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of


def _choices(n: int) -> list[dict[str, Any]]:
    text = ("nb", "nn", "en")
    return [{"code": c, "value": f"v{c}", "text": dict.fromkeys(text, f"v{c}")} for c in range(1, n + 1)]


def _form(*more: dict[str, Any], **rules: Any) -> Questionnaire:
    age = item("alder", scale=None, specials=[], background=True, choices=_choices(3))
    form = questionnaire(age, item("helhet", role="overall"), *more, index=False)
    return from_document({**dump(form), "release_keys": ["alder"], **rules})


def _wave(form: Questionnaire, answers: list[Answers]) -> Wave:
    return wave_of(form, [Estate("Lia", "Lia", "Nord", 60)], {"Lia": answers})


YOUNG = item("ung", show_if='answers.alder == "v1"')
FRIENDS = item("venner", show_if='answers.ung != ""')


def _of(ages: dict[int, int], **more: Any) -> list[Answers]:
    """So many of each age; those of the first were asked more."""
    ages_of_all = [age for age, n in ages.items() for _ in range(n)]
    return [
        {"alder": age, "helhet": 1 + k % 5} | ({"ung": 1 + k % 5, "venner": 1 + k % 4} if age == 1 else {})
        for k, age in enumerate(ages_of_all)
    ]


def test_a_question_put_only_to_a_blanked_age_is_blanked_with_it_and_so_is_what_hangs_on_that() -> None:
    """Three are young: their age is blanked with two others', who were asked nothing of the young."""
    dataset = protect(_wave(_form(YOUNG, FRIENDS), _of({1: 3, 2: 20, 3: 20})))
    blanked = dataset.frame.filter(alder=HIDDEN)
    assert len(blanked) >= 5
    for name in ("ung", "venner"):
        assert set(blanked[name]) == {HIDDEN}, "asked and not asked are one code"
        assert set(dataset.frame.filter(dataset.frame["alder"] != HIDDEN)[name]) == {None}
    assert dataset.risk.dependent.keys() == {"ung", "venner"}
    assert "ung, venner" in pages.risk(dataset)


def test_where_two_ages_are_one_band_a_question_to_one_of_them_does_not_part_fewer_than_five() -> None:
    form = _form(YOUNG, FRIENDS, release_bands={"alder": [[1, 2]]})
    dataset = protect(_wave(form, _of({1: 3, 2: 20, 3: 20})))
    assert set(dataset.frame.filter(alder=1)["ung"]) == {HIDDEN}
    assert dataset.risk.smallest_group_after >= 5
    kept = protect(_wave(form, _of({1: 8, 2: 20, 3: 20})))
    assert kept.frame.filter(alder=1)["ung"].null_count() == 20
    assert kept.risk.smallest_group_after == 8


def test_what_is_put_only_to_some_answers_of_a_sensitive_question_is_left_out_with_it() -> None:
    secret = item("rus", sensitive=True)
    then = item("hjelp", show_if='answers.rus == "v5"')
    answers: list[Answers] = [
        {"alder": 1 + k % 3, "helhet": 1 + k % 5, "rus": 1 + k % 5}
        | ({"hjelp": 1 + k % 3} if k % 5 == 4 else {})
        for k in range(45)
    ]
    dataset = protect(_wave(_form(secret, then), answers))
    assert not {"rus", "hjelp"} & set(dataset.frame.columns)
    assert dataset.risk.dropped["dependent"] == ("hjelp",)
    assert "regnes ut av det, er heller ikke med: hjelp" in pages.risk(dataset)


def test_a_question_blanked_for_all_being_alike_takes_with_it_what_was_asked_after_it() -> None:
    answers: list[Answers] = [
        {"alder": 1 + k % 3, "helhet": 1 + k % 5, "raad": 1} | ({"moter": 1 + k % 3} if k < 20 else {})
        for k in range(45)
    ]
    after = item("moter", show_if='answers.raad == "v1"')
    dataset = protect(_wave(_form(item("raad"), after), answers))
    assert set(dataset.frame["raad"]) == set(dataset.frame["moter"]) == {HIDDEN}


def test_a_question_to_all_that_says_the_age_again_is_blanked_with_it() -> None:
    """ "Are you between 15 and 25?" stands in another module than the age."""
    answers: list[Answers] = [
        {"alder": age, "helhet": 1 + k % 5, "ungdom": 1 if age == 1 else 2}
        | ({"mer": 1 + k % 3} if age == 1 else {})
        for k, age in enumerate([1] * 3 + [2] * 20 + [3] * 20)
    ]
    more = item("mer", show_if='answers.ungdom == "v1"')
    dataset = protect(_wave(_form(item("ungdom"), more), answers))
    blanked = dataset.frame.filter(alder=HIDDEN)
    assert len(blanked) and set(blanked["ungdom"]) == set(blanked["mer"]) == {HIDDEN}
    assert HIDDEN not in set(dataset.frame["helhet"])
