"""How heavy a text is to read, and how long a questionnaire takes.

The time is reading plus choosing. For the shipped questionnaire that makes 7 seconds a closed question, rows
of matrices included, which is rather quick than slow: on Pew's panel an ordinary question takes about 10
(*How we keep our online surveys from running too long*, Pew Research Center 2022), and telephones take
longer than computers (Couper and Peterson 2017, *Social Science Computer Review* 35).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from forms.questionnaire import Item, Matrix, Page, Questionnaire, Text

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")

WORDS_A_MINUTE = 200
"""Silent reading of people who do not read much; the mean of grown-ups is 238 (Brysbaert 2019)."""
SECONDS_A_CHOICE = 3.0
SECONDS_A_NUMBER = 6.0
SECONDS_A_LIST = 10.0
SECONDS_AN_OPEN_ANSWER = 40.0
"""Our own rules of thumb; wrong for one person, useful for comparing two drafts."""


def lix(texts: Sequence[str]) -> float:
    """LIX (Björnsson 1968): words a sentence + words of more than six letters per hundred. 0 without words.

    Every text ends a sentence, with or without a full stop. Below 30 is easy, above 40 is heavy.
    """
    words = sentences = long = 0
    for text in texts:
        found = _WORD.findall(text)
        if found:
            words += len(found)
            long += sum(len(word) > 6 for word in found)
            sentences += max(1, sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part)))
    return words / sentences + 100 * long / words if words else 0.0


def count_words(texts: Sequence[str]) -> int:
    return sum(len(_WORD.findall(text)) for text in texts)


def page_texts(page: Page, language: str) -> list[str]:
    """Everything a tenant reads on a page in `language` but the choices; missing texts are left out."""
    texts: list[Text | None] = [page.title, page.intro]
    for entry in page.items:
        if isinstance(entry, Item) and entry.computed is not None:
            continue
        texts.append(entry.text)
        for item in entry.rows if isinstance(entry, Matrix) else (entry,):
            texts.extend([item.help, None if item is entry else item.text])
    return [text.get(language) for text in texts if text is not None and language in text.root]


def minutes(questionnaire: Questionnaire, language: str) -> float:
    """Minutes an unhurried answer to every question takes. Scales are read once, own choices every time."""
    words = sum(count_words(page_texts(page, language)) for page in questionnaire.pages)
    texts = [choice.text for scale in questionnaire.scales for choice in scale.choices]
    texts += [
        end for scale in questionnaire.scales if scale.ends for end in (scale.ends.low, scale.ends.high)
    ]
    texts += [choice.text for item in questionnaire.questions() for choice in item.choices]
    words += count_words([text.get(language) for text in texts])
    return words / WORDS_A_MINUTE + sum(_seconds(item) for item in questionnaire.items()) / 60


def whole_minutes(questionnaire: Questionnaire, language: str) -> int:
    """The same as people are told it: rounded up, so that nobody is promised too little."""
    return max(1, ceil(minutes(questionnaire, language)))


def _seconds(item: Item) -> float:
    match item.kind:
        case _ if item.computed is not None:
            return 0.0
        case "info":
            return 0.0
        case "choice":
            return SECONDS_A_CHOICE
        case "number" | "month":
            return SECONDS_A_NUMBER
        case "text":
            return SECONDS_AN_OPEN_ANSWER
        case _:
            return SECONDS_A_LIST
