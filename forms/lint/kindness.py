"""What wears people out: crowded pages, heavy texts, too many minutes."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Fault, at
from forms.questionnaire import Questionnaire
from forms.reading import lix, page_texts, whole_minutes

MAX_LIX = 35
MAX_MINUTES = 10
MAX_ITEMS_A_PAGE = 7
LIX_LANGUAGES = ("nb", "nn", "en")
MIN_WORDS_FOR_LIX = 30
"""LIX of a few words says nothing: one long word in five is already 20 points."""


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page in questionnaire.pages:
        place = at(page=page.id)
        asked = sum(item.asks for item in questionnaire.page_items(page))
        if asked > MAX_ITEMS_A_PAGE:
            yield Fault.warning(place, "page_crowded", count=asked, most=MAX_ITEMS_A_PAGE)
        for language in questionnaire.languages:
            read = page_texts(page, language)
            heavy = lix(read)
            enough = sum(len(text.split()) for text in read) >= MIN_WORDS_FOR_LIX
            if language in LIX_LANGUAGES and enough and heavy > MAX_LIX:
                yield Fault.warning(place.at(named=language), "text_heavy", lix=f"{heavy:.0f}", most=MAX_LIX)
    yield from _no_way_out(questionnaire)
    language = questionnaire.languages[0]
    if (whole := whole_minutes(questionnaire, language)) > MAX_MINUTES:
        place = at(questionnaire=questionnaire.id)
        short = questionnaire.short_form()
        if short.pages:
            shortly = whole_minutes(short, language)
            yield Fault.warning(place, "long_with_short_form", minutes=whole, most=MAX_MINUTES, short=shortly)
        else:
            yield Fault.warning(place, "long", minutes=whole, most=MAX_MINUTES)


def _no_way_out(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Whoever is asked something sensitive must be able to say that he will not tell."""
    for page in questionnaire.pages:
        for item in questionnaire.page_items(page):
            if item.sensitive and item.asks and item.kind != "text" and "vil_ikke_svare" not in item.specials:
                yield Fault.error(at(page=page.id, item=item.id, field="specials"), "refusal_missing")
