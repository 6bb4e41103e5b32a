"""The codebook is one and the same everywhere; the same words in another guise are known again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Layout
from forms.loading import shipped
from forms.modules import joined, module
from reports.coding.likeness import alike, said_before, words_of
from reports.coding.themes import codes, label, themes
from reports.releases.dataset import chosen_items

SAID = "Det trekker fra vinduene om vinteren, og ingen kommer når vi ringer."


def test_every_code_stands_under_one_theme_and_has_a_name_in_every_language() -> None:
    assert len(codes()) == sum(len(theme.codes) for theme in themes()) == 33
    for theme in themes():
        assert {"nb", "nn", "en"} == set(theme.labels)
        for code in theme.codes:
            assert code.theme == theme.id and {"nb", "nn", "en"} == set(code.labels)
    assert label("VEDLIKEHOLD", "nn") == "Vedlikehald" and label("hjem", "en") == "The home"
    assert label("BORTE", "nb") == "BORTE"


def test_whether_words_may_be_quoted_is_in_no_figure_and_in_no_research_file() -> None:
    form = shipped("boindeks")
    chosen, left_out = chosen_items(form, ())
    assert "sitat_samtykke" not in {item.id for item in chosen} and "sitat_samtykke" in left_out["text"]
    assert "sitat_samtykke" not in {slot.item_id for slot in Layout.of(form).slots}
    assert form.item("sitat_samtykke").meaning == module("puls").item("sitat_samtykke").meaning


def test_it_is_asked_once_whatever_is_asked_beside() -> None:
    whole = joined(shipped("boindeks"), ["puls", "sted", "oppfolging"])
    (asked,) = [item for item in whole.items() if item.role == "quote_consent"]
    assert asked.id == [item.id for item in whole.items()][-1], "after all that can be quoted"


@pytest.mark.parametrize(
    "other",
    [
        SAID,
        SAID.upper(),
        "det trekker fra vinduene om vinteren og ingen kommer når vi ringer!!",
        "Det trekker fra vinduene om vinteren, og ingen kommer når jeg ringer.",
        "[navn], det trekker fra vinduene om vinteren, og ingen kommer når vi ringer.",
        "Ellers er alt bra. Det trekker fra vinduene om vinteren, og ingen kommer når vi ringer. Hilsen meg.",
        "Det trekker fra vinduene om vinteren, og ingen kommer.",
    ],
)
def test_nearly_the_same_words_are_known_again(other: str) -> None:
    assert alike(SAID, other) and alike(other, SAID)


@pytest.mark.parametrize(
    "other", ["", "Det er fint her.", "Vinduene er nye og tette, og vi er varme.", "..."]
)
def test_other_words_on_the_same_thing_are_not(other: str) -> None:
    assert not alike(SAID, other) and not alike(other, SAID)


@given(st.text(max_size=120))
def test_a_text_is_like_itself_when_it_says_anything(text: str) -> None:
    assert alike(text, text) == bool(words_of(text))


def test_the_first_that_says_it_is_named() -> None:
    assert said_before(SAID, [("a", "Fint her"), ("b", SAID.lower()), ("c", SAID)]) == "b"
    assert said_before(SAID, []) is None
