"""The codebook is one and the same everywhere; the same words in another guise are known again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.coding.likeness import alike, said_before, words_of
from reports.coding.themes import codes, label, themes

SAID = "Det trekker fra vinduene om vinteren, og ingen kommer når vi ringer."


def test_every_code_stands_under_one_theme_and_has_a_name_in_every_language() -> None:
    assert len(codes()) == sum(len(theme.codes) for theme in themes()) == 33
    for theme in themes():
        assert {"nb", "nn", "en"} == set(theme.labels)
        for code in theme.codes:
            assert code.theme == theme.id and {"nb", "nn", "en"} == set(code.labels)
    assert label("VEDLIKEHOLD", "nn") == "Vedlikehald" and label("hjem", "en") == "The home"
    assert label("BORTE", "nb") == "BORTE"


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
