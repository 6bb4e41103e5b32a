"""What a reader of a draft has before them when they say what they think of one question."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from forms.questionnaire import Item, Matrix, Questionnaire


def shown(questionnaire: Questionnaire, entry: Item | Matrix, language: str) -> str:
    """The words of a question in one language, a line each: what is asked, what helps, what can be answered.

    Who is asked it and what it counts for is not among them: a reader does not see that.
    """
    return "\n".join(_words(questionnaire, entry, language))


def mark(words: str) -> str:
    """16 hexadecimal digits that another wording does not have."""
    return blake2b(words.encode(), digest_size=8).hexdigest()


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
