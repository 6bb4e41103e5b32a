"""Two versions of one questionnaire: a trend goes on exactly where the same was asked of the same people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forms.errors import Fault, QuestionnaireFault
from forms.loading import from_document, shipped
from forms.modules import MODULES, joined
from forms.questionnaire import Questionnaire
from forms.versions import BREAKS, comparable, comparable_cells, compare, faults
from tests.questionnaires import choices, document, questionnaire, t
from tests.samples import tiny

Spoil = Callable[[dict[str, Any]], object]


def new(*spoils: Spoil) -> Questionnaire:
    data = document() | {"version": "1.1"}
    for spoil in spoils:
        spoil(data)
    return from_document(data)


def entry(data: Any, page: int, place: int) -> Any:
    return data["pages"][page]["items"][place]


def effects(after: Questionnaire, before: Questionnaire | None = None) -> dict[str, list[str]]:
    found = compare(before or questionnaire(), after).changes
    return {change.meaning: [one.effect for one in change.differences] for change in found}


def kinds(found: list[Fault]) -> list[str]:
    return [fault.kind for fault in found]


WORDS: list[tuple[str, Spoil, str, str]] = [
    ("a mended question", lambda d: entry(d, 0, 0).update(text=t("Er det heis i huset?")), "heis", "wording"),
    ("more help", lambda d: entry(d, 0, 0).update(help=t("Tenk på alle etasjene.")), "heis", "wording"),
    ("a mended stem", lambda d: entry(d, 3, 0).update(text=t("Er du enig?")), "hjem", "wording"),
    (
        "a mended answer",
        lambda d: d["scales"][1]["choices"][0].update(text=t("Nei, aldri")),
        "heis",
        "choice_wording",
    ),
    ("a new id", lambda d: entry(d, 4, 0).update(id="alderen", meaning="alder"), "alder", "renamed"),
    (
        "an answer for who does not know",
        lambda d: entry(d, 2, 0).update(specials=["vet_ikke"]),
        "hjelp_trapp",
        "specials",
    ),
    ("choices in another order", lambda d: entry(d, 2, 1)["choices"].reverse(), "temaer", "order"),
    ("another place", lambda d: d["pages"][0]["items"].reverse(), "mangler", "moved"),
    ("folded away", lambda d: entry(d, 0, 0).update(display="select"), "heis", "display"),
    ("short form", lambda d: entry(d, 0, 1).update(short=True), "mangler", "use"),
    (
        "another part of the index",
        lambda d: entry(d, 3, 0)["rows"][1]["scoring"].update(facet="sosial"),
        "plass",
        "index",
    ),
]
MEANINGS: list[tuple[str, Spoil, str, str]] = [
    (
        "one answer more",
        lambda d: d["scales"][1]["choices"].append(choices("a", "b", "kanskje")[2]),
        "heis",
        "choice_added",
    ),
    ("one answer less", lambda d: entry(d, 0, 1)["choices"].pop(0), "mangler", "choice_removed"),
    (
        "a code that means something else",
        lambda d: d["scales"][1]["choices"][1].update(value="av_og_til"),
        "heis",
        "code_reused",
    ),
    ("another cut", lambda d: d["scales"][0].update(favourable=[5]), "hjem", "cutoff"),
    ("other scores", lambda d: d["scales"][0]["choices"][2].update(score=60), "hjem", "scores"),
    ("turned round", lambda d: entry(d, 3, 0)["rows"][0]["scoring"].update(reversed=True), "hjem", "scores"),
    ("several instead of one", lambda d: entry(d, 0, 1).update(kind="rank"), "mangler", "kind"),
    (
        "other people are asked",
        lambda d: d["pages"][1].update(show_if='answers.heis == "ja"'),
        "trapp_tung",
        "asked",
    ),
    ("everybody is asked", lambda d: d["pages"][1].pop("show_if"), "trapp_tung", "asked"),
    (
        "asked of those asked something else",
        lambda d: d["pages"][1].update(show_if='answers.heis == "ja"'),
        "hjelp_trapp",
        "asked",
    ),
    ("a choice for others", lambda d: entry(d, 2, 1)["choices"][4].pop("show_if"), "temaer", "asked"),
    ("no order any more", lambda d: d["scales"][0].update(ordinal=False), "hjem", "scale"),
    (
        "an answer that stands alone",
        lambda d: entry(d, 0, 1)["choices"][0].update(exclusive=True),
        "mangler",
        "scale",
    ),
    ("the two most important", lambda d: entry(d, 2, 1).update(rank_size=2), "temaer", "scale"),
]


def test_a_version_compared_with_itself_has_not_changed() -> None:
    for form in (questionnaire(), shipped("boindeks")):
        found = compare(form, form)
        assert found.changes == () and faults(form, form) == []
        assert found.comparable.keys() == {item.id for item in form.stored() if not item.retrospective}
        assert (None, None) in found.cells


@pytest.mark.parametrize(("name", "spoil", "meaning", "effect"), WORDS, ids=[row[0] for row in WORDS])
def test_mended_words_keep_the_meaning_and_the_trend(
    name: str, spoil: Spoil, meaning: str, effect: str
) -> None:
    form = new(spoil)
    assert effects(form)[meaning] == [effect]
    (item,) = [item for item in form.items() if item.meaning == meaning]
    assert comparable(questionnaire(), form)[item.id] == meaning
    assert not [fault for fault in faults(questionnaire(), form) if fault.severity == "error"]


@pytest.mark.parametrize(("name", "spoil", "meaning", "effect"), MEANINGS, ids=[row[0] for row in MEANINGS])
def test_what_changes_the_answers_ends_the_trend_and_wants_a_new_meaning(
    name: str, spoil: Spoil, meaning: str, effect: str
) -> None:
    form = new(spoil)
    assert effect in effects(form)[meaning] and effect in BREAKS
    assert meaning not in comparable(questionnaire(), form)
    assert any(f"item '{meaning}'" in fault.place.words("en") for fault in faults(questionnaire(), form))


@pytest.mark.parametrize(("name", "spoil", "meaning", "effect"), MEANINGS, ids=[row[0] for row in MEANINGS])
def test_with_a_new_meaning_the_same_change_is_sound(
    name: str, spoil: Spoil, meaning: str, effect: str
) -> None:
    """Nothing is said any more, and nothing is compared that was not asked in the same way."""
    broken = {change.meaning for change in compare(questionnaire(), new(spoil)).broken}

    def renamed(data: dict[str, Any]) -> None:
        for page in data["pages"]:
            for thing in page["items"]:
                for item in thing.get("rows", [thing]):
                    if item["id"] in broken:
                        item["meaning"] = f"{item['id']}_2"

    form = new(spoil, renamed)
    assert faults(questionnaire(), form) == []
    assert not broken & set(comparable(questionnaire(), form).values())
    gone = {change.meaning for change in compare(questionnaire(), form).changes if change.after is None}
    assert gone == broken


def test_a_real_change_of_a_code_is_told_in_three_languages_with_a_name_that_is_free() -> None:
    def fortnight(data: dict[str, Any]) -> None:
        data["scales"][1]["choices"][1].update(value="to_tre_i_maneden", text=t("2–3 ganger i måneden"))

    (fault, *_) = faults(questionnaire(), new(fortnight))
    assert fault.kind == "code_reused"
    assert fault.sentence("nb") == (
        "side «huset», spørsmål «heis», svar «to_tre_i_maneden»: Koden 2 betydde «ja» og betyr nå "
        "«to_tre_i_maneden». Gamle og nye svar ville blitt lagt sammen som om de var like. "
        "Sett tilbake ordet, eller gi spørsmålet en ny «meaning», for eksempel «heis_2»."
    )
    assert "«heis_2»" in fault.sentence("nn") and "'heis_2'" in fault.sentence("en")


def test_a_name_that_is_taken_is_never_proposed() -> None:
    def taken(data: dict[str, Any]) -> None:
        entry(data, 4, 0).update(meaning="heis_2")
        data["scales"][1].update(favourable=[1])

    found = [fault for fault in faults(questionnaire(), new(taken)) if "'heis'" in fault.place.words("en")]
    assert "'heis_3'" in found[0].sentence("en")


@pytest.mark.parametrize(
    ("then", "now", "doubtful"),
    [
        ("Er det heis?", "Er det heis i huset?", False),
        ("Hvor fornøyd er du med heisen?", "Hvor fornøyd er du med heisen der du bor?", False),
        ("Er det heis?", "Er det ikke heis?", True),
        ("Spurte noen deg de siste 12 månedene?", "Spurte noen deg de siste 6 månedene?", True),
        ("Er det heis?", "Hvor mye betaler du i leie hver måned?", True),
    ],
)
def test_a_text_that_says_something_else_is_asked_about_once(then: str, now: str, doubtful: bool) -> None:
    before = new(lambda d: entry(d, 0, 0).update(text=t(then)))
    after = new(lambda d: entry(d, 0, 0).update(text=t(now)), lambda d: d.update(version="1.2"))
    assert [fault.kind for fault in faults(before, after)] == ["meaning_doubtful"] * doubtful
    assert "heis" in comparable(before, after), "the author has the last word"


def test_a_code_that_keeps_its_word_and_gets_another_number_in_its_text_is_asked_about() -> None:
    before = new(lambda d: d["scales"][1]["choices"][1].update(text=t("Hver 14. dag")))
    after = new(lambda d: d["scales"][1]["choices"][1].update(text=t("2–3 ganger i måneden")))
    told = [fault for fault in faults(before, after) if fault.kind == "meaning_doubtful"]
    assert [fault.place.words("nb") for fault in told] == [
        "side «huset», spørsmål «heis», svar «ja»",
        "side «trapp», spørsmål «trapp_tung», svar «ja»",
        "side «hjelp», spørsmål «hjelp_trapp», svar «ja»",
    ]


def test_a_translation_may_be_mended_as_much_as_it_needs() -> None:
    mended = t("Er det heis?") | {"en": "Does the building where you live have a lift, or not?"}
    form = new(lambda d: entry(d, 0, 0).update(text=mended))
    assert faults(questionnaire(), form) == []


def test_who_is_asked_goes_by_meaning_not_by_name() -> None:
    """The lift question has another id: those without a lift are asked about the stairs as before."""

    def renamed(data: dict[str, Any]) -> None:
        plain = json.loads(json.dumps(data).replace("answers.heis", "answers.loft"))
        data.update(plain)
        entry(data, 0, 0).update(id="loft", meaning="heis")

    assert effects(new(renamed)) == {"heis": ["renamed"]}


def test_choices_that_are_offered_to_each_others_people_are_another_question() -> None:
    def offered(first: str, second: str) -> Questionnaire:
        def spoil(data: dict[str, Any]) -> None:
            entry(data, 2, 1)["choices"][0]["show_if"] = f'answers.heis == "{first}"'
            entry(data, 2, 1)["choices"][1]["show_if"] = f'answers.heis == "{second}"'

        return new(spoil)

    assert effects(offered("ja", "nei"), offered("nei", "ja")) == {"temaer": ["asked"]}


def test_a_chain_of_a_thousand_questions_is_followed_to_its_first() -> None:
    """Each is asked of those who said yes to the one before: what changes the first changes whom all ask."""

    def chain(first: str) -> Questionnaire:
        items = [
            {"id": f"k{n}", "text": t("Ja?"), "scale": "jn"}
            | ({"show_if": f'answers.k{n - 1} == "ja"'} if n else {})
            for n in range(1_000)
        ]
        items[1]["show_if"] = f'answers.k0 == "{first}"'
        return new(
            lambda d: d["pages"].append({"id": "k", "title": t("K"), "module": "kjerne", "items": items})
        )

    found = compare(chain("ja"), chain("nei"))
    assert [change.meaning for change in found.broken] == [f"k{n}" for n in range(1, 1_000)]


def test_the_same_condition_written_otherwise_asks_the_same_people() -> None:
    form = new(lambda d: d["pages"][1].update(show_if="( answers.heis=='nei' )"))
    assert effects(form) == {}


def test_what_is_new_and_what_is_gone_is_told_and_never_compared() -> None:
    def other(data: dict[str, Any]) -> None:
        data["pages"][0]["items"].pop(1)
        data["pages"][0]["items"].append({"id": "balkong", "text": t("Er det balkong?"), "scale": "jn"})

    changes = compare(questionnaire(), new(other)).changes
    assert [(one.meaning, one.before, one.after) for one in changes] == [
        ("balkong", None, "balkong"),
        ("mangler", "mangler", None),
    ]
    assert not any(one.comparable for one in changes)


def test_looking_back_on_one_time_is_never_compared() -> None:
    form = new(lambda d: entry(d, 0, 0).update(retrospective=True))
    for before, after in ((questionnaire(), form), (form, questionnaire()), (form, form)):
        assert "heis" not in comparable(before, after)


def test_a_part_of_the_index_is_compared_only_when_it_is_made_of_the_same_questions() -> None:
    before = questionnaire()
    moved = new(lambda d: entry(d, 3, 0)["rows"][1]["scoring"].update(facet="sosial"))
    assert comparable_cells(before, moved) == {
        ("bolig", "emosjonell"), ("bolig", None), ("utleier", "emosjonell"), ("utleier", None), (None, None)
    }  # fmt: skip
    less = new(lambda d: entry(d, 3, 0)["rows"].pop(1))
    assert comparable_cells(before, less) == {
        ("bolig", "emosjonell"), ("utleier", "emosjonell"), ("utleier", None)
    }  # fmt: skip
    heavier = new(lambda d: d["index"].update(weights={"bolig": 2}))
    assert comparable_cells(before, before) - comparable_cells(before, heavier) == {(None, None)}
    assert comparable_cells(before, new(lambda d: d["index"].update(min_answered=1))) == set()


def test_modules_and_the_short_form_break_no_trend_of_the_questions_they_share() -> None:
    core = shipped("boindeks")
    more = joined(core, MODULES)
    found = compare(core, more)
    assert found.broken == () and all(change.before is None for change in found.changes if not change.matched)
    assert found.comparable.keys() == {item.id for item in core.stored() if not item.retrospective}
    assert found.cells == comparable_cells(core, core)
    short = core.short_form()
    assert compare(core, short).broken == ()
    assert (None, None) not in comparable_cells(core, short), "an index of fewer questions is another index"


def test_a_unit_in_other_words_in_one_language_is_the_same_unit() -> None:
    def with_rent(unit: dict[str, str]) -> Questionnaire:
        rent = {"id": "leie", "kind": "number", "text": t("Hva betaler du?"), "unit": unit}
        return new(lambda d: d["pages"][4]["items"].append(rent))

    kroner = with_rent({"nb": "kr", "nn": "kr", "en": "kr"})
    assert effects(with_rent({"nb": "kr", "nn": "kr", "en": "NOK"}), kroner) == {"leie": ["wording"]}
    thousands = with_rent({"nb": "tusen kr", "nn": "tusen kr", "en": "thousand kr"})
    assert effects(thousands, kroner)["leie"][0] == "unit"


def test_another_amount_or_other_numbers_end_the_trend_and_another_step_or_drawing_does_not() -> None:
    def with_money(*spoils: Callable[[Any], object]) -> Questionnaire:
        parts = [
            choice | {"number": number} for choice, number in zip(choices("lys", "benk"), (1, 2), strict=True)
        ]
        money = {"id": "penger", "kind": "allocate", "text": t("Del ut"), "choices": parts, "total": 100}
        for spoil in spoils:
            spoil(money)
        return new(lambda d: d["pages"][4]["items"].append(money))

    before = with_money()
    assert effects(with_money(lambda m: m.update(total=100_000, step=1_000)), before) == {
        "penger": ["total", "limits"]
    }
    assert effects(with_money(lambda m: m.update(step=20)), before) == {"penger": ["limits"]}
    assert effects(with_money(lambda m: m["choices"][1].update(number=3)), before) == {"penger": ["numbers"]}
    drawn = with_money(lambda m: m["choices"][0].update(picture="ball"))
    assert effects(drawn, before) == {"penger": ["display"]}
    assert "penger" in comparable(before, drawn)
    assert "penger" not in comparable(before, with_money(lambda m: m.update(total=200)))


def test_what_is_computed_otherwise_or_of_other_answers_is_another_thing() -> None:
    def with_quiet(expression: str, *spoils: Spoil) -> Questionnaire:
        quiet = {
            "id": "ro", "text": t("Ro"), "choices": choices("ja", "nei"), "computed": expression
        }  # fmt: skip
        return new(lambda d: d["pages"][4]["items"].append(quiet), *spoils)

    before = with_quiet('answers.heis == "ja" ? "ja" : "nei"')
    assert effects(with_quiet('answers.heis=="ja" ? "ja" : "nei"'), before) == {}
    assert effects(with_quiet('answers.heis == "nei" ? "ja" : "nei"'), before) == {"ro": ["computed"]}
    more = lambda d: d["scales"][1]["choices"].append(choices("a", "b", "kanskje")[2])  # noqa: E731
    assert effects(with_quiet('answers.heis == "ja" ? "ja" : "nei"', more), before)["ro"] == ["computed"]


CHANGES = [spoil for _, spoil, _, _ in (*WORDS, *MEANINGS)]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(CHANGES), max_size=3, unique=True),
    st.lists(st.sampled_from(CHANGES), max_size=3, unique=True),
)
def test_what_can_be_compared_can_be_compared_the_other_way_round(
    one: list[Spoil], other: list[Spoil]
) -> None:
    try:
        before, after = new(*one), new(*other)
    except (IndexError, KeyError, QuestionnaireFault):  # two changes of the same thing
        assume(False)
        raise
    there, back = comparable(before, after), comparable(after, before)
    assert {old: new for new, old in there.items()} == back
    assert comparable_cells(before, after) == comparable_cells(after, before)
    turned = {change.meaning: change for change in compare(after, before).changes}
    for change in compare(before, after).changes:
        if [one.effect for one in change.differences] == ["moved"]:  # of two that changed places, either
            continue
        assert (change.after, change.before) == (turned[change.meaning].before, turned[change.meaning].after)
        assert change.comparable == turned[change.meaning].comparable


def test_why_a_question_is_not_compared_is_told_to_readers_without_the_words_of_the_file() -> None:
    """Titles instead of ids, and only what ends the trend: tags and field names are the writer's."""
    then = tiny.questionnaire(tiny.item("ro", tags=["stille"]), index=False)
    changed = then.model_dump(mode="json")
    scale = changed["scales"][0]
    fewer = [
        {**choice, "value": "v9" if choice["code"] == 4 else choice["value"]}
        for choice in scale["choices"][:4]
    ]
    changed["scales"].append({**scale, "id": "e4", "choices": fewer, "favourable": [4]})
    changed["pages"][0]["items"][0] |= {"scale": "e4", "tags": ["stillhet"]}
    (change,) = compare(then, type(then).model_validate(changed)).broken
    for language in ("nb", "nn", "en"):
        told = change.for_readers(language)
        assert "svar 5" in told and "svar 4" in told
        for word in ("v5", "v9", "tags", "stille", "e4"):
            assert word not in told
