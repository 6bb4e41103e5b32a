"""What `check` finds before anybody is asked, and how it says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forms.errors import Fault, at
from forms.lint import check
from forms.loading import from_document, shipped
from forms.reading import lix, minutes
from tests.questionnaires import document, questionnaire, t


def found(spoil: Callable[[Any], object]) -> list[Fault]:
    data = document()
    spoil(data)
    return check(from_document(data))


def test_a_sound_questionnaire_passes_in_silence() -> None:
    found = check(questionnaire())
    assert [fault.kind for fault in found] == ["never_told_by_group"], "one thing to know"


@pytest.mark.parametrize("name", ["boindeks", "copenhagen"])
def test_the_shipped_questionnaires_have_no_errors(name: str) -> None:
    assert [str(f) for f in check(shipped(name)) if f.severity == "error"] == []


def show(source: str, place: int = 1) -> Callable[[Any], object]:
    return lambda data: data["pages"][place].update(show_if=source)


@pytest.mark.parametrize(
    ("spoil", "where", "what"),
    [
        (show('answers.heis = "nei"'), "page 'trapp', show_if", "cannot be read"),
        (show('answers.balkong == "ja"'), "page 'trapp', show_if", "there is no such item"),
        (show('answers.heis == "kanskje"'), "page 'trapp', show_if", "'kanskje' is not an answer to 'heis'"),
        (show('answers.heis in ["ja", "nie"]'), "page 'trapp', show_if", "'nie' is not an answer"),
        (show('"m99" in answers.mangler'), "page 'trapp', show_if", "'m99' is not an answer"),
        (show('"m1" != answers.heis'), "page 'trapp', show_if", "'m1' is not an answer"),
        (show('answers.alder == "ung"'), "page 'trapp', show_if", "comes later"),
        (show('answers.trapp_tung == "ja"'), "page 'trapp', show_if", "comes later"),
        (show('answers.heis == "ja" && answers.heis == "nei"'), "page 'trapp', show_if", "can never be true"),
        (show("answers.heis"), "page 'trapp', show_if", "breaks for some answers"),
        (show('answers.heis.exists(o, o == "ja")'), "page 'trapp', show_if", "breaks for some answers"),
        (show("true"), "page 'trapp', show_if", "asks for no answer"),
        (show('answers.heis == "ja"', 0), "page 'huset'", "first page is not shown to everybody"),
        (
            lambda d: d["pages"][3]["items"][0]["rows"][0].update(show_if='answers.hjem == "a"'),
            "page 'mening', item 'hjem', show_if",
            "go in a circle",
        ),
        (
            lambda d: d["scales"][1]["choices"][0].update(show_if='answers.alder == "ung"'),
            "scale 'jn', choice 'nei', show_if",
            "comes later",
        ),
        (lambda d: d["title"].pop("nn"), "questionnaire 'prove', title", "text in 'Nynorsk' is missing"),
        (lambda d: d["title"].update(nn=" "), "questionnaire 'prove', title", "text in 'Nynorsk' is missing"),
        (lambda d: d["labels"]["bolig"].pop("en"), "label 'bolig'", "text in 'English' is missing"),
        (
            lambda d: d["pages"][0]["items"][1]["choices"][0]["text"].pop("en"),
            "page 'huset', item 'mangler', choice 'm1'",
            "text in 'English' is missing",
        ),
        (
            lambda d: d["pages"][3]["items"][0]["rows"][0]["text"].pop("nb"),
            "page 'mening', item 'hjem', text",
            "nothing is written here",
        ),
        (lambda d: d["index"].update(objects=["bolig"]), "item 'alvor', scoring", "no object 'utleier'"),
        (lambda d: d["index"].update(facets=["sosial"]), "item 'hjem', scoring", "facet 'emosjonell'"),
        (lambda d: d.pop("index"), "item 'hjem', scoring", "has no index"),
        (lambda d: d["index"]["objects"].append("kontrakt"), "index, object 'kontrakt'", "no item counts"),
        (lambda d: d["index"].update(weights={"x": 1}), "index, weights, 'x'", "not an object"),
        (lambda d: d["index"].update(weights={"bolig": -1}), "index, weights, 'bolig'", "below 0"),
        (lambda d: d.update(release_keys=["heis"]), "release_keys, 'heis'", "not a background item"),
        (
            lambda d: d.update(release_bands={"heis": [[1, 2]]}),
            "release_bands, 'heis'",
            "not among the release",
        ),
        (lambda d: d.update(release_bands={"alder": [[1, 9]]}), "release_bands, 'alder'", "code 9 is not"),
        (
            lambda d: d.update(release_bands={"alder": [[1, 2], [2]]}),
            "release_bands, 'alder'",
            "in two bands",
        ),
        (lambda d: d["scales"][0].update(favourable=[6]), "scale 'e5', favourable", "code 6 is not a choice"),
        (
            lambda d: d["pages"][3]["items"][0].update(show_if='answers.trapp_tung == "ja"'),
            "short form, page 'mening', item 'enig', show_if",
            "asks for 'trapp_tung'",
        ),
    ],
)
def test_errors_are_told_where_they_are(spoil: Callable[[Any], object], where: str, what: str) -> None:
    errors = [fault for fault in found(spoil) if fault.severity == "error"]
    told = [str(fault) for fault in errors]
    assert any(one.startswith(f"{where}: ") and what.lower() in one.lower() for one in told), told


def heavy(data: Any) -> None:
    data["pages"][0]["intro"] = t(
        "Kommunestyrets boligpolitiske handlingsprogram forutsetter brukermedvirkning gjennom "
        "representative beboerorganisasjoner, herunder medbestemmelse vedrørende vedlikeholdsplanlegging "
        "samt disponering av fellesarealer innenfor gjeldende økonomiske rammebetingelser og retningslinjer "
        "fastsatt av boligforvaltningen."
    )


def crowded(data: Any) -> None:
    data["pages"][4]["items"] += [{"id": f"n{n}", "text": t("Ja?"), "scale": "jn"} for n in range(8)]


def long(data: Any) -> None:
    for page in range(20):
        items = [{"id": f"n{page}_{n}", "text": t("Hva synes du?"), "kind": "text"} for n in range(2)]
        data["pages"].append({"id": f"s{page}", "title": t("Side"), "module": "kjerne", "items": items})


def unnamed(data: Any) -> None:
    """A part of the index that the house does not have either."""
    data["index"]["objects"].append("hagen")
    data["pages"][3]["items"][0]["rows"][0]["scoring"]["object"] = "hagen"


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (heavy, "heavy to read (LIX"),
        (crowded, "9 questions on one page"),
        (long, "minutes to answer"),
        (show('answers.heis == "" || answers.heis != ""'), "is always true"),
        (
            lambda d: d["pages"][2]["items"][2].update(show_if='"hage" in answers.temaer'),
            "'temaer' on the same page",
        ),
        (lambda d: d["title"].update(se="Geahččaleapmi"), "a text in 'se', which is not among 'languages'"),
        (lambda d: d["scales"].append(d["scales"][1] | {"id": "x"}), "no item uses it"),
        (lambda d: d["scales"][0].update(favourable=[1, 5]), "not next to each other"),
        (lambda d: d["scales"][1]["choices"].reverse(), "codes do not rise"),
        (unnamed, "no name for people"),
        (lambda d: d.update(release_keys=[]), "there are no release keys"),
    ],
)
def test_what_is_unkind_is_a_warning(spoil: Callable[[Any], object], what: str) -> None:
    faults = found(spoil)
    assert [fault for fault in faults if fault.severity == "error"] == []
    assert any(what.lower() in str(fault).lower() for fault in faults), [*map(str, faults)]


def test_a_language_the_pages_are_not_written_in_is_a_warning() -> None:
    faults = found(lambda data: data.update(languages=["nb", "fi"]))
    assert any("not written in 'fi'" in str(fault) for fault in faults)


def test_errors_come_before_warnings_and_notes_last() -> None:
    def spoil(data: Any) -> None:
        unnamed(data)
        data["title"].pop("nb")

    assert [fault.severity for fault in found(spoil)] == ["error", "warning", "note"]


def test_a_fault_is_told_in_sentences() -> None:
    fault = Fault.error(at(page="a"), "word_unknown", given=("Ja",), field="kind", words=("x", "y"))
    assert str(fault) == "page 'a': 'Ja' is not one of the words for 'kind'. Use 'x', 'y'."
    assert fault.sentence("nb") == "side «a»: «Ja» er ikke et av ordene som kan stå i «kind». Bruk «x», «y»."


def test_lix_is_words_a_sentence_and_long_words_a_hundred() -> None:
    assert lix(["Dette er en prøve. Den er kort."]) == pytest.approx(7 / 2)
    assert lix(["Vedlikeholdet er godt"]) == pytest.approx(3 + 100 / 3)
    assert lix(["", "?!"]) == 0


def test_the_shipped_questionnaire_says_honestly_that_the_full_form_is_long_and_the_short_one_is_not() -> (
    None
):
    full = shipped("boindeks")
    assert [fault.kind for fault in check(full)] == ["long_with_short_form", "never_told_by_group"]
    assert any("about 13 minutes" in str(fault) and "short form" in str(fault) for fault in check(full))
    assert check(full.short_form()) == []


def test_a_closed_question_is_reckoned_at_seven_to_ten_seconds_with_its_reading() -> None:
    """What panels measure (Pew Research Center 2022): neither flattered nor padded."""
    form = shipped("boindeks")
    closed = form.model_copy(update={"pages": tuple(page for page in form.pages if page.module != "apne")})
    questions = len(list(closed.items()))
    assert all(7 <= 60 * minutes(closed, language) / questions <= 10 for language in form.languages)


@pytest.mark.parametrize(
    ("rooms", "each"),
    [
        ("answers.sum + 1", "answers.sum"),
        ("answers.each", "answers.sum * 2"),
        ("answers.each", "answers.each"),
    ],
)
def test_computed_answers_that_wait_for_each_other_are_refused(rooms: str, each: str) -> None:
    """In a circle or by themselves: something would have to be known before itself."""

    def circle(data: Any) -> None:
        for name, expression in (("sum", rooms), ("each", each)):
            item = {"id": name, "kind": "number", "text": t(name), "computed": expression}
            data["pages"][1]["items"].append(item)

    told = [fault for fault in found(circle) if fault.severity == "error"]
    assert told and "condition_circle" in {fault.kind for fault in told} <= {
        "condition_circle",
        "condition_too_early",
    }
    assert all("computed" in fault.place.words("en") for fault in told)
