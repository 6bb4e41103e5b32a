"""What is too large for anybody to answer, or for a page to show: pages, questions, and one text.

The limits hold for files as for the editor, so that what came in can also be worked on.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Fault, at
from forms.questionnaire import Questionnaire
from forms.texts import whole

MOST_PAGES = 60
MOST_QUESTIONS = 300
"""Questions and rows of matrices; who answers fifteen minutes sees a fifth of them."""
LONGEST_TEXT = 2_000
"""Characters of one text in one language: half a page of print."""


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Of the whole first: with one of these nothing else is worth looking for."""
    place = at(questionnaire=questionnaire.id)
    if (pages := len(questionnaire.pages)) > MOST_PAGES:
        yield Fault.error(place, "pages_many", n=pages, most=MOST_PAGES)
    if (items := sum(1 for _ in questionnaire.items())) > MOST_QUESTIONS:
        yield Fault.error(place, "questions_many", n=items, most=MOST_QUESTIONS)


def texts(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Texts that nobody reads to the end."""
    for place, text in whole(questionnaire):
        for language, words in text.root.items():
            if len(words) > LONGEST_TEXT:
                yield Fault.error(place.at(named=language), "text_long", n=len(words), most=LONGEST_TEXT)
