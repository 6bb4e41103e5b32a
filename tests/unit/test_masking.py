"""What may tell who wrote something is marked before a person reads it for print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.coding.masking import KINDS, LABELS, Span, first_names, masked, spans

PLAIN = [
    "heisen er ødelagt",
    "vinduene trekker",
    "det er fint her",
    "leia er høy",
    "naboene er greie",
    "ingen svarer",
]
TELLING = {
    "phone": ["900 12 345", "90012345", "+47 22 33 44 55", "22-33-44-55", "+46 70 123 45 67"],
    "email": ["kari@example.no", "ola.nordmann+bo@post.example.com", "kari (at) example.no"],
    "national_id": ["12035612345", "120356 12345"],
    "birth": ["12.03.1956", "12/3-56", "1956-03-12", "12. mars 1956", "født i 1956"],
    "address": ["Storgata 5 B", "Nedre Bakkegate 12", "Haakon VIIs gate 3", "Ringveien 1-9", "storgata 5"],
    "postal": ["0155 Oslo", "9600 Hammerfest"],
    "home": ["H0203", "leilighet 12", "leil. nr. 4", "oppgang C", "3. etasje til venstre", "nr. 14"],
    "number": ["AB 12345", "1234 56789 01"],
    "name": ["Kari", "Ola Nordmann", "Ann-Kristin Berg", "Mohammed", "Nordmann"],
}
sentences = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=4).map(lambda said: ", ".join(said))
told = st.sampled_from([(kind, words) for kind, all in TELLING.items() for words in all])


@given(before=sentences, said=told, after=sentences)
def test_what_tells_who_it_is_is_masked_wherever_it_stands(
    before: str, said: tuple[str, str], after: str
) -> None:
    _, words = said
    text = f"{before} og {words}, {after}."
    found = spans(text)
    assert any(text[one.start : one.end].find(words) >= 0 for one in found), (text, found)
    assert words not in masked(text)
    assert masked(text).startswith(before) and masked(text).endswith(f"{after}.")


@given(st.text(max_size=200) | st.lists(told.map(lambda pair: pair[1]) | sentences, max_size=8).map(" ".join))
def test_spans_stand_in_order_within_the_text_and_nothing_else_of_it_is_touched(text: str) -> None:
    found = spans(text)
    at = 0
    kept = []
    for one in found:
        assert at <= one.start < one.end <= len(text) and one.kind in KINDS
        kept.append(text[at : one.start])
        at = one.end
    kept.append(text[at:])
    shown = masked(text)
    for part in kept:
        assert part in shown
        shown = shown[shown.index(part) + len(part) :]


@given(sentences, told, st.sampled_from(sorted(LABELS)))
def test_what_was_masked_is_not_masked_again(before: str, said: tuple[str, str], language: str) -> None:
    once = masked(f"{before} og {said[1]}.", language)
    assert masked(once, language) == once


@pytest.mark.parametrize(
    "text",
    [
        "Heisen er ødelagt. Vinduene trekker.\nDårlig lys i gangen",
        "- Dårlig lys\n- Trekk fra vinduene",
        "Bo her er bra. Liv og røre, men bra. Dag og natt er det stille.",
        "ALT FOR MYE BRÅK OM NATTA",
        "Jeg har bodd her i 12 år med 3 barn, og leia er 12 500 kr.",
        "I like it here and I think the rent is fair.",
        "Rommet er 20 kvm. NAV hjalp meg med TV og OK internett.",
        "",
    ],
)
def test_plain_words_are_left_as_they_are(text: str) -> None:
    assert masked(text) == text


def test_names_of_the_landlords_own_places_are_found_whatever_they_look_like() -> None:
    text = "Vi i Nordlia 3 og nordbyens barn har det bra i tunet"
    kinds = {text[one.start : one.end]: one.kind for one in spans(text, ["Nordlia 3", "Nordbyen", "Tunet"])}
    assert kinds == {"Nordlia 3": "place", "nordbyens": "place", "tunet": "place"}


def test_a_first_name_in_small_letters_is_found_and_a_word_that_is_also_a_name_is_not() -> None:
    assert masked("kari er grei, og liv er bra") == "[navn] er grei, og liv er bra"
    assert masked("HEISEN ER ØDELAGT OG KARI ER SUR") == "HEISEN ER ØDELAGT OG [navn] ER SUR"
    assert masked("naboen Dag er grei") == "naboen [navn] er grei"


def test_a_family_name_goes_with_the_first_name_before_it() -> None:
    assert spans("Kari Nordmann er sur") == (Span(0, 13, "name"),)


def test_every_kind_has_a_word_in_every_language() -> None:
    assert all(set(words) == set(KINDS) for words in LABELS.values()) and set(LABELS) == {"nb", "nn", "en"}
    assert all(name == name.casefold() for name in first_names()) and len(first_names()) > 400
