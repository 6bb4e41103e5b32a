"""Promises about the questionnaires that ship with the product. Their wording is the product."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from forms import lint
from forms.loading import content_hash, dump, from_document, shipped
from forms.logic import compile_conditions
from forms.modules import module
from forms.questionnaire import Item, Matrix, Page, Questionnaire, Text
from forms.reading import minutes
from forms.versions import comparable, faults

NAMES = ("boindeks", "copenhagen")
LANGUAGES = {"nb", "nn", "en"}

MATRIX = {
    ("bolig", "funksjonell"): "standard vedlikehold inneklima plass tilpasset strom",
    ("bolig", "sosial"): "gjester egetrom besok_rullestol",
    ("bolig", "emosjonell"): "hjem preg fred",
    ("bomiljo", "funksjonell"): "fornoyd felles stoy moteplass",
    ("bomiljo", "sosial"): "naboer prat konflikt barn_ute utskifting",
    ("bomiljo", "emosjonell"): "trygg_hjemme trygg_felles trygg_ute tilhorighet",
    ("kontrakt", "funksjonell"): "kostnad forutsigbar rettigheter",
    ("kontrakt", "sosial"): "lik regler",
    ("kontrakt", "emosjonell"): "varig redd",
    ("utleier", "funksjonell"): "henvendelse info lett_a_na",
    ("utleier", "sosial"): "ansvar avtale",
    ("utleier", "emosjonell"): "alvor trygg_si_fra tillit",
}
REVERSED = {"bomiljo_stoy", "bomiljo_konflikt", "bomiljo_utskifting", "kontrakt_redd"}


@pytest.fixture(scope="module")
def boindeks() -> Questionnaire:
    return shipped("boindeks")


@pytest.fixture(scope="module", params=NAMES)
def instrument(request: pytest.FixtureRequest) -> Questionnaire:
    return shipped(request.param)


def texts(node: object) -> Iterator[Text]:
    """Every text anywhere in the questionnaire."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from texts(getattr(node, name))
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, tuple | list):
        for value in node:
            yield from texts(value)


def running_text(questionnaire: Questionnaire, page: Page, language: str) -> str:
    """What a tenant reads on a page above the answers, as one text."""
    parts: list[Text | None] = [page.title, page.intro]
    for entry in page.items:
        rows = entry.rows if isinstance(entry, Matrix) else (entry,)
        parts += [entry.text] if isinstance(entry, Matrix) else []
        for row in rows:
            parts += [row.text, row.help]
    said = [part.get(language) for part in parts if part]
    return " ".join(part if part[-1] in ".?!:" else part + "." for part in said)


def lix(text: str) -> float:
    """Björnsson's readability index: words a sentence plus percentage of words over six letters."""
    words = re.findall(r"[\w’'-]+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+(?:\s|$)", text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


# ---------------------------------------------------------------- what findings are gathered by


def test_whatever_the_index_asks_has_the_tags_that_plans_and_aims_go_by(boindeks: Questionnaire) -> None:
    """A round of the index alone has findings for common aims too; what people are is no aim."""
    bare = {item.id for item in boindeks.questions() if not item.tags}
    assert bare == {item.id for item in boindeks.questions() if item.background}
    for item in boindeks.questions():
        if not item.background:
            assert {tag.split(":")[0] for tag in item.tags} >= {"marmot", "sdg", "plan"}, item.id
    assert module("puls").item("sitat_samtykke").tags == boindeks.item("sitat_samtykke").tags


def test_tags_end_no_trend_and_have_a_version_number_of_their_own(boindeks: Questionnaire) -> None:
    document = dump(boindeks) | {"version": "1.1"}
    for page in document["pages"]:
        for entry in page["items"]:
            for item in entry.get("rows") or [entry]:
                item.pop("tags", None)
    before = from_document(document)
    assert content_hash(before) != content_hash(boindeks)
    assert faults(before, boindeks) == []
    assert comparable(before, boindeks) == comparable(before, before)


# ---------------------------------------------------------------- words


def test_every_text_is_there_in_bokmal_nynorsk_and_english(instrument: Questionnaire) -> None:
    assert set(instrument.languages) == LANGUAGES
    for text in texts(instrument):
        assert set(text.root) == LANGUAGES, text
        assert all(words == words.strip() and words for words in text.root.values()), text


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_page_of_boindeks_is_easy_to_read(boindeks: Questionnaire, language: str) -> None:
    hard = {
        page.id: round(score)
        for page in boindeks.pages
        if (score := lix(running_text(boindeks, page, language))) >= 35
    }
    assert hard == {}


def test_no_question_is_longer_than_a_breath(instrument: Questionnaire) -> None:
    for item in instrument.items():
        for language, words in item.text.root.items():
            assert len(words.split()) <= 18, (item.id, language)


def test_no_statement_says_no_where_the_answer_may_also_be_no(boindeks: Questionnaire) -> None:
    denials = {
        "nb": r"\b(ikke|ingen|aldri|uten)\b",
        "nn": r"\b(ikkje|ingen|aldri|utan)\b",
        "en": r"\b(not?|never|without)\b|n't",
    }
    for item in boindeks.items():
        if item.scale:
            for language, pattern in denials.items():
                assert not re.search(pattern, item.text.get(language).lower()), (item.id, language)


def test_nynorsk_is_nynorsk(instrument: Questionnaire) -> None:
    bokmal = (
        r"\b(jeg|ikke|hva|hvor|hvordan|hvem|hvilke[nt]?|noe|noen|bolig\w*|hjem\w*|leier\w*"
        r"|fra|være|mye|bor|bodd|føler)\b"
    )
    for text in texts(instrument):
        found = re.findall(bokmal, text.root["nn"].lower())
        assert not found, (found, text.root["nn"])


def test_the_report_says_that_it_is_not_the_official_instrument(boindeks: Questionnaire) -> None:
    assert "ikke det offisielle instrumentet" in boindeks.credit.get("nb")
    assert "ikkje det offisielle instrumentet" in boindeks.credit.get("nn")
    assert "not the official instrument" in boindeks.credit.get("en")


def test_open_questions_ask_people_to_leave_out_names(boindeks: Questionnaire) -> None:
    questions = [item for item in boindeks.items() if item.kind == "text"]
    assert [item.id for item in questions] == ["apent_bra", "apent_bedre", "apent_hort"]
    for item in questions:
        assert item.help and item.help.get("nb") == "Ikke skriv navn på andre."


# ---------------------------------------------------------------- what is measured


def test_the_matrix_asks_what_the_item_bank_says(boindeks: Questionnaire) -> None:
    expected = {f"{cell[0]}_{name}": cell for cell, names in MATRIX.items() for name in names.split()} | {
        "beboere_ansvar": ("utleier", "sosial")
    }
    found = {i.id: (i.scoring.object, i.scoring.facet) for i in boindeks.items() if i.scoring}
    assert found == expected
    assert {item.meaning for item in boindeks.items() if item.scoring} == set(expected)


def test_items_where_much_is_bad_are_turned_round(boindeks: Questionnaire) -> None:
    assert {i.id for i in boindeks.items() if i.scoring and i.scoring.reversed} == REVERSED


def test_scored_scales_run_evenly_from_0_to_100(boindeks: Questionnaire) -> None:
    for item in boindeks.items():
        if item.scoring:
            scores = [choice.score for choice in boindeks.choices(item)]
            assert scores in ([0, 25, 50, 75, 100], [0, 50, 100]), item.id


def test_more_say_is_never_scored_as_better(boindeks: Questionnaire) -> None:
    grades = [item for item in boindeks.items() if item.role == "participation_grade"]
    assert {item.level for item in grades} == {"individ", "system"}
    for item in grades:
        assert item.scoring is None
        assert [c.code for c in boindeks.choices(item)] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert all(choice.score is None for choice in boindeks.choices(item))


def test_not_wanting_to_take_part_is_off_the_scale_and_never_favourable(boindeks: Questionnaire) -> None:
    scale = boindeks.scale("mg7")
    assert scale.choices[-1].value == "onsket_ikke"
    assert scale.choices[-1].code not in scale.favourable


def test_each_instrument_has_one_overall_question(instrument: Questionnaire) -> None:
    assert Counter(item.role for item in instrument.items())["overall"] == 1


def test_participation_is_asked_on_all_three_levels(boindeks: Questionnaire) -> None:
    assert {item.level for item in boindeks.items() if item.level} == {"individ", "kollektiv", "system"}


def test_tenants_rank_three_of_the_ten_themes(boindeks: Questionnaire) -> None:
    item = boindeks.item("prioritet_tema")
    assert (item.kind, item.role, item.rank_size, len(item.choices)) == ("rank", "priority", 3, 10)


def test_sensitive_questions_and_background_can_be_declined_in_so_many_words(boindeks: Questionnaire) -> None:
    for item in boindeks.items():
        if item.sensitive or item.background:
            assert "vil_ikke_svare" in item.specials, item.id


def test_release_keys_are_background_questions(boindeks: Questionnaire) -> None:
    assert boindeks.release_keys
    for key in boindeks.release_keys:
        assert boindeks.item(key).background


def test_everything_people_see_in_a_report_has_a_name(instrument: Questionnaire) -> None:
    wanted = {page.module for page in instrument.pages} | {i.level for i in instrument.items() if i.level}
    if instrument.index:
        wanted |= {*instrument.index.objects, *instrument.index.facets}
    assert wanted <= set(instrument.labels)


def test_we_hold_our_own_instruments_to_the_check_we_hold_others_to(instrument: Questionnaire) -> None:
    for form in (instrument, instrument.short_form()):
        assert [str(fault) for fault in lint.check(form) if fault.severity == "error"] == []


# ---------------------------------------------------------------- the way through it


def test_no_page_holds_more_than_seven_questions(instrument: Questionnaire) -> None:
    for page in instrument.pages:
        assert 1 <= len(list(instrument.page_items(page))) <= 7, page.id


def test_ids_are_never_used_twice(instrument: Questionnaire) -> None:
    ids = [page.id for page in instrument.pages] + [item.id for item in instrument.items()]
    ids += [entry.id for page in instrument.pages for entry in page.items if isinstance(entry, Matrix)]

    assert [i for i, count in Counter(ids).items() if count > 1] == []


def test_conditions_look_back_at_questions_on_earlier_pages(boindeks: Questionnaire) -> None:
    compile_conditions(boindeks)
    seen: dict[str, Item] = {}
    for page in boindeks.pages:
        for item_id, value in re.findall(r'answers\.(\w+) == "(\w+)"', page.show_if or ""):
            assert value in {choice.value for choice in boindeks.choices(seen[item_id])}
        seen |= {item.id: item for item in boindeks.page_items(page)}


def test_background_comes_last_before_the_open_questions_and_says_why(boindeks: Questionnaire) -> None:
    assert [page.module for page in boindeks.pages][-2:] == ["bakgrunn", "apne"]
    intro = boindeks.pages[-2].intro
    assert intro and "færre enn fem" in intro.get("nb")


# ---------------------------------------------------------------- the short form


def test_the_short_form_stands_on_its_own(boindeks: Questionnaire) -> None:
    short = boindeks.short_form()
    items = list(short.items())
    assert len(items) <= 25
    covered = {(item.scoring.object, item.scoring.facet) for item in items if item.scoring}
    assert covered == set(MATRIX), "every cell of the matrix needs an item in the short form"
    assert {item.role for item in items} >= {"overall", "participation_grade", "priority"}
    assert {"nytter_a_si_fra", "alder", "apent_bedre"} <= {item.id for item in items}
    assert all(page.show_if is None for page in short.pages), "no condition may hang on a dropped item"
    compile_conditions(short)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_short_form_takes_under_five_minutes(boindeks: Questionnaire, language: str) -> None:
    assert minutes(boindeks.short_form(), language) < 5


# ---------------------------------------------------------------- Copenhagen 1976


def test_copenhagen_asks_three_questions_and_makes_no_index() -> None:
    copenhagen = shipped("copenhagen")
    assert [item.id for item in copenhagen.items()] == ["tilfredshet", "innflytelse", "kontakt"]
    values = [[choice.value for choice in copenhagen.choices(item)] for item in copenhagen.items()]
    assert values == [["low", "medium", "high"], ["low", "medium", "high"], ["low", "high"]]
    assert copenhagen.index is None
    assert copenhagen.item("innflytelse").level == "kollektiv"
    assert copenhagen.scale("fornoyd").favourable == (3,)


def test_copenhagen_names_its_source_and_owns_its_wording() -> None:
    copenhagen = shipped("copenhagen")
    for language in LANGUAGES:
        assert "Madsen (1976)" in copenhagen.credit.get(language)
        assert "Madsen 1976" in copenhagen.title.get(language)
    assert "vår egen gjengivelse" in copenhagen.credit.get("nb")
