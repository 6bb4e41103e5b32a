"""What a reader of a draft has before them when they say what they think of one question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from forms.questionnaire import Item, Matrix, Questionnaire


def shown(questionnaire: Questionnaire, entry: Item | Matrix, language: str) -> str:
    """The words of a question in one language, a line each: what is asked, what helps, what can be answered.

    Who is asked it and what it counts for is not among them: a reader does not see that.
    """
    return "\n".join(_words(questionnaire, entry, language))


def mark(words: str) -> str:
    """16 hexadecimal digits that another wording does not have."""
    return sha256(words.encode()).hexdigest()[:16]


def marks(questionnaire: Questionnaire, entry: Item | Matrix) -> dict[str, str]:
    """A question's mark in each language that it is written in: the same for whoever reads it."""
    own = [code for code in questionnaire.languages if code in entry.text.root]
    return {code: mark(shown(questionnaire, entry, code)) for code in own}


def same(read: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether no language that both have says something else. Languages come and go."""
    both = read.keys() & now.keys()
    return bool(both) and all(read[code] == now[code] for code in both)


def _words(questionnaire: Questionnaire, entry: Item | Matrix, language: str) -> Iterator[str]:
    yield entry.text.get(language)
    items = questionnaire.rows(entry) if isinstance(entry, Matrix) else (entry,)
    for item in items:
        if isinstance(entry, Matrix):
            yield item.text.get(language)
        if item.help:
            yield item.help.get(language)
    for choice in questionnaire.choices(items[0]):
        yield questionnaire.told(items[0], choice, language)
    if items[0].unit:
        yield items[0].unit.get(language)
    yield from items[0].specials
