"""A reader who knows the questionnaire: what a condition, or a reckoning, tells of the answers it stands on.

Whatever a report says of a question that follows from another must be the same in any two towns whose bars of
that other question are told alike, and whose people answered the rest alike.
"""

from __future__ import annotations

from random import Random

import pytest

from forms.answers import Answers
from forms.logic import compile_condition
from forms.questionnaire import Questionnaire
from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.compute import compute
from reports.disclosure import MINIMUM, PROTECTED
from reports.results import ItemResult
from reports.waves import Estate, Wave
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

FOUR = [
    {"code": code, "value": f"v{code}", "text": dict.fromkeys(("nb", "nn", "en"), f"Svar {code}")}
    for code in range(1, 5)
]
TWO = FOUR[:2]


def _asked(name: str, choices: object = FOUR, **more: object) -> dict[str, object]:
    return item(name, **{"scale": None, "specials": [], "choices": choices, **more})


def _form(*last: dict[str, object], **first: object) -> Questionnaire:
    return questionnaire(_asked("far", **first), *last)


def _wave(form: Questionnaire, estates: list[list[Answers]], homes: int = 60) -> Wave:
    places = [Estate(str(n), f"Hus {n}", f"Bydel {n % 2}", homes) for n in range(len(estates))]
    return wave_of(form, places, {str(n): people for n, people in enumerate(estates)})


def _people(*numbers: int, then: dict[int, Answers] | None = None) -> list[Answers]:
    """So many of each answer to the first question."""
    return [
        {"far": code, **(then or {}).get(code, {})}
        for code, number in enumerate(numbers, start=1)
        for _ in range(number)
    ]


def _told(found: ItemResult) -> bool:
    return bool(found.n or found.segments or found.special or found.hidden is None)


@pytest.mark.parametrize(
    ("numbers", "decides", "told"),
    [
        ((10, 0, 8, 12), "v4", True),  # the bar tells 12 apart
        ((10, 0, 3, 12), "v4", False),  # the bar says 15 in the last two: that 12 are asked would say 3
        ((10, 0, 3, 12), "v1", True),
        ((0, 0, 0, 30), "v4", False),  # all said the same, which no bar says
        ((2, 0, 0, 28), "v4", False),
    ],
)
def test_how_many_are_asked_never_says_what_a_bar_hides(
    numbers: tuple[int, ...], decides: str, told: bool
) -> None:
    form = _form(_asked("etter", TWO, show_if=f'answers.far == "{decides}"'))
    code = int(decides[1])
    people = _people(*numbers)
    asked = [person for person in people if person["far"] == code]
    for n, person in enumerate(asked):
        person["etter"] = 1 + n % 2
    wave = _wave(form, [people])
    found = compute(wave, "0").items["etter"]
    assert _told(found) is told
    assert told or found.hidden == PROTECTED
    both = _wave(form, [people, _people(15, 0, 0, 15, then={code: {"etter": 1}})])
    of_all = compute(both, None).items["etter"]
    assert of_all.n <= (len(asked) if told else 0) + 15


def test_of_a_sensitive_question_no_estate_is_told_by_what_follows_from_it() -> None:
    form = _form(_asked("etter", TWO, show_if='answers.far == "v4"'), sensitive=True)
    people = _people(10, 8, 8, 12, then={4: {"etter": 1}})
    for n, person in enumerate(people):
        if "etter" in person:
            person["etter"] = 1 + n % 2
    wave = _wave(form, [people, people, people])
    for estate in ("0", None):
        assert not _told(compute(wave, estate).items["etter"])


@pytest.mark.parametrize("both", ["&&", "||"])
def test_where_several_questions_decide_nothing_is_told_of_who_gave_both_answers(both: str) -> None:
    """All twenty who said the last said yes to the other: as many as were asked on, or not more."""
    condition = f'answers.far == "v4" {both} answers.mor == "v1"'
    form = _form(_asked("mor", TWO), _asked("etter", TWO, show_if=condition))
    people = _people(10, 8, 8, 20)
    for n, person in enumerate(people):
        person["mor"] = 1 if person["far"] == 4 else 1 + n % 2
        if person["far"] == 4 or (both == "||" and person["mor"] == 1):
            person["etter"] = 1 + n % 2
    for estate in ("0", None):
        assert not _told(compute(_wave(form, [people, people]), estate).items["etter"])


def _options(*numbers: int, people: int) -> list[list[int]]:
    """Of each person the options; option o is chosen by so many, spread over all."""
    found: list[list[int]] = [[] for _ in range(people)]
    place = 0
    for code, number in enumerate(numbers, start=1):
        for _ in range(number):
            found[place % people].append(code)
            place += 1
    return found


@pytest.mark.parametrize(
    ("condition", "numbers", "told"),
    [
        ('"v1" in answers.flere', (18, 12, 9, 8), True),  # eighteen chose it, says its own bar
        ('!("v1" in answers.flere)', (18, 12, 9, 8), True),
        ('"v1" in answers.flere', (18, 12, 9, 4), False),  # the last is hidden, and another beside it
        ('"v1" in answers.flere || "v2" in answers.flere', (18, 12, 9, 8), False),  # how many chose both
        ('"v1" in answers.flere && "v2" in answers.flere', (18, 12, 9, 8), False),
        ("answers.flere != []", (18, 12, 9, 8), False),
        ('answers.flere.exists(x, x == "v1" || x == "v2")', (18, 12, 9, 8), False),
    ],
)
@pytest.mark.parametrize("hangs", ["asked", "computed", "offered"])
def test_of_a_question_with_several_answers_only_an_option_that_is_told_says_who_is_asked_on(
    condition: str, numbers: tuple[int, ...], told: bool, hangs: str
) -> None:
    choices = [{**TWO[0], "show_if": condition}, TWO[1]]
    etter = {
        "asked": _asked("etter", TWO, show_if=condition),
        "computed": _asked("etter", TWO, computed=f'{condition} ? "v1" : "v2"'),
        "offered": _asked("etter", choices),
    }[hangs]
    form = questionnaire(_asked("flere", kind="multi"), etter)
    held = compile_condition(condition)
    people: list[Answers] = []
    for n, codes in enumerate(_options(*numbers, people=40)):
        on = held.holds({"flere": [f"v{code}" for code in codes]})
        given: Answers = {"flere": codes} if codes else {}
        if hangs == "computed":
            given["etter"] = 1 if on else 2
        elif on:
            given["etter"] = 1 + n % 2
        elif hangs == "offered":
            given["etter"] = 2
        people.append(given)
    assert _told(compute(_wave(form, [people]), "0").items["etter"]) is told


@pytest.mark.parametrize(
    "second",
    [
        {"computed": 'answers.tall > 3 ? "v1" : "v2"'},
        {"show_if": "answers.tall > 3"},
        {"computed": 'answers.mer > 3 ? "v1" : "v2"'},
    ],
)
def test_of_one_number_there_is_one_division_and_not_two_that_make_a_finer_one(
    second: dict[str, object],
) -> None:
    """More than two rooms: 19. More than three: 16. So three have three."""
    form = questionnaire(
        _asked("tall", (), kind="number"),
        _asked("en", TWO, computed='answers.tall > 2 ? "v1" : "v2"'),
        _asked("mer", (), kind="number", computed="answers.tall + 0"),
        _asked("to", TWO, **second),
    )
    rooms = [2] * 15 + [3] * 3 + [4] * 16
    people: list[Answers] = [
        {"tall": str(own), "mer": str(own), "en": 1 if own > 2 else 2}
        | ({"to": 1 if own > 3 else 2} if "computed" in second or own > 3 else {})
        for own in rooms
    ]
    items = compute(_wave(form, [people]), "0").items
    assert _told(items["en"]) and not _told(items["to"])


def test_answers_that_must_fit_each_other_are_not_both_told() -> None:
    """Whoever did not say the second of one must have said the first of the other."""
    must = [{"condition": 'answers.far == "v2" || answers.mor == "v1"', "text": FOUR[0]["text"]}]
    form = _form(_asked("mor", FOUR, must=must))
    people = _people(12, 20, 0, 0, then={1: {"mor": 1}, 2: {"mor": 3}})
    people += [{"far": 2, "mor": 2}] * 3
    items = compute(_wave(form, [people]), "0").items
    assert _told(items["far"]) and not _told(items["mor"])
    with pytest.raises(NumbersRefused):
        parse(questionnaire(*_background(form)), "mor", ["alder"], "all", "standard")


def _background(form: Questionnaire) -> list[dict[str, object]]:
    return [
        *(one.model_dump(exclude_defaults=True) for one in form.items()),
        _asked("alder", background=True),
    ]


def test_how_many_said_do_not_know_is_not_read_off_how_many_were_asked_on() -> None:
    """Of thirty-four three said so; they are asked on with those who said the last."""
    condition = 'answers.far == "v4" || answers.far == "vet_ikke"'
    form = _form(_asked("etter", TWO, show_if=condition), specials=["vet_ikke"])
    people = _people(10, 9, 0, 12) + [{"far": 253}] * 3
    for n, person in enumerate(people):
        if person["far"] in (4, 253):
            person["etter"] = 1 + n % 2
    assert not _told(compute(_wave(form, [people]), "0").items["etter"])


def test_what_is_reckoned_parts_no_answers_that_a_bar_tells_together() -> None:
    form = _form(
        _asked("regnet", TWO, computed='answers.far == "v1" ? "v1" : "v2"'),
        _asked("mer", TWO),
        _asked("delt", TWO, computed='answers.far == "v1" || answers.mer == "v1" ? "v1" : "v2"'),
    )
    for numbers, told in (((10, 3, 8, 12), False), ((10, 7, 8, 12), True)):
        people = _people(*numbers)
        for n, person in enumerate(people):
            person["mer"] = 1 + n % 2
            person["regnet"] = 1 if person["far"] == 1 else 2
            person["delt"] = 1 if 1 in (person["far"], person["mer"]) else 2
        items = compute(_wave(form, [people]), "0").items
        assert _told(items["regnet"]) is told
        assert not _told(items["delt"]), "with both bars it would say how many gave both answers"


@pytest.mark.parametrize("seed", range(12))
def test_towns_whose_bars_are_alike_are_told_alike(seed: int) -> None:
    """One person moves between two answers that a bar tells as one part; nothing that follows may move."""
    rng = Random(seed)
    code = rng.randint(1, 4)
    form = _form(
        _asked("etter", TWO, show_if=f'answers.far == "v{code}" || answers.far == "v{rng.randint(1, 4)}"')
    )
    held = compile_condition(next(i for i in form.items() if i.id == "etter").show_if or "")

    def people(numbers: list[int]) -> list[Answers]:
        found = _people(*numbers)
        for n, person in enumerate(found):
            if held.holds({"far": f"v{person['far']}"}):
                person["etter"] = 1 + n % 2
        return found

    numbers = [rng.randint(0, 14) for _ in range(4)]
    other = list(numbers)
    one, two = rng.sample(range(4), 2)
    if other[one]:
        other[one] -= 1
        other[two] += 1
    first, second = (compute(_wave(form, [people(own)]), "0").items for own in (numbers, other))
    if first["far"].segments == second["far"].segments:
        assert first["etter"].n == second["etter"].n
    assert first["etter"].n == 0 or first["etter"].n >= MINIMUM


def test_by_group_they_are_refused_and_it_is_said_what_to_ask_for() -> None:
    form = questionnaire(
        _asked("alder", background=True),
        _asked("far"),
        _asked("etter", TWO, show_if='answers.far == "v4"'),
        _asked("ung", TWO, background=True, computed='answers.alder == "v1" ? "v1" : "v2"'),
    )
    with pytest.raises(NumbersRefused) as refused:
        parse(form, "etter", ["alder"], "all", "standard")
    assert refused.value.values["names"] == "far"
    with pytest.raises(NumbersRefused):
        parse(form, "far", ["ung"], "all", "standard")
    assert parse(form, "far", ["alder"], "all", "standard").item == "far"


def _number(name: str, **more: object) -> dict[str, object]:
    return _asked(name, (), kind="number", **more)


@pytest.mark.parametrize("between", ["number", "several"])
def test_a_question_in_between_that_has_no_bar_is_no_way_round_what_decided_about_it(between: str) -> None:
    """How many is asked of those alone who said the last, and that lets them on: so does the last."""
    last = 'answers.far == "v4"'
    asked, on = {
        "number": (_number("antall", show_if=last), "answers.antall > 0"),
        "several": (_asked("antall", kind="multi", show_if=last), '"v1" in answers.antall'),
    }[between]
    given: Answers = {"antall": "2" if between == "number" else [1], "etter": 1}
    computed = _asked("regnet", TWO, computed=f'{on} ? "v1" : "v2"')
    for sensitive, numbers in ((False, (10, 8, 3, 12)), (True, (10, 8, 8, 12))):
        form = _form(asked, _asked("etter", TWO, show_if=on), computed, sensitive=sensitive)
        people = _people(*numbers, then={4: {**given, "regnet": 1}})
        for n, person in enumerate(one for one in people if "etter" in one):
            person["etter"] = person["regnet"] = 1 + n % 2
        wave = _wave(form, [people, people])
        for estate in ("0", None):
            items = compute(wave, estate).items
            assert not _told(items["etter"]) and not _told(items["regnet"]), (sensitive, estate)


def test_of_a_sensitive_question_without_a_bar_no_estate_is_told_who_was_asked_on() -> None:
    several = _asked("flere", kind="multi", sensitive=True)
    form = questionnaire(several, _asked("etter", TWO, show_if='"v4" in answers.flere'))
    people: list[Answers] = [
        {"flere": [1 + n % 4]} | ({"etter": 1 + n % 8 // 4} if n % 4 == 3 else {}) for n in range(60)
    ]
    assert not _told(compute(_wave(form, [people]), "0").items["etter"])
