"""Earlier answers in later texts: 'Du svarte {heis|noe annet}. Hvorfor?'.

In the title, the introduction and the questions of a page, `{item|word}` is what was answered to a question
with one choice on an earlier page, in the words of that choice. The word after the line stands there for
whoever did not answer, and wherever nobody in particular is spoken to: in reports and codebooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms import texts
from forms.errors import Fault
from forms.questionnaire import PIPE, Item, Matrix, Page, Questionnaire, Text

Entries = tuple[tuple[Matrix | None, tuple[Item, ...]], ...]
Said = Mapping[str, Text]


def named(page: Page) -> frozenset[str]:
    """Ids of the items whose answers stand in the texts of the page."""
    return frozenset(name for worded in _texts(page) for _, name, _ in _pipes(worded.text))


def fill(text: Text, said: Said) -> Text:
    """The text with the answers `said` in it; the others are left for `Text.get`."""
    if not any("{" in words for words in text.root.values()):
        return text

    def filled(language: str, words: str) -> str:
        return PIPE.sub(lambda found: said[found[1]].get(language) if found[1] in said else found[0], words)

    return Text({language: filled(language, words) for language, words in text.root.items()})


def filled(page: Page, entries: Entries, said: Said) -> tuple[Page, Entries]:
    """The page and what is seen of it, with the answers `said` in every text."""
    intro = None if page.intro is None else fill(page.intro, said)
    told = page.model_copy(update={"title": fill(page.title, said), "intro": intro})
    return told, tuple(
        (
            None if matrix is None else matrix.model_copy(update={"text": fill(matrix.text, said)}),
            tuple(_item(item, said) for item in items),
        )
        for matrix, items in entries
    )


def _item(item: Item, said: Said) -> Item:
    help = None if item.help is None else fill(item.help, said)
    return item.model_copy(update={"text": fill(item.text, said), "help": help})


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Texts that wait for an answer which nobody can have given by then."""
    items = {item.id: item for item in questionnaire.items()}
    before: set[str] = set()
    for page in questionnaire.pages:
        for worded in _texts(page):
            place, told = worded.place, set()
            for language, name, word in _pipes(worded.text):
                if not word.strip():
                    yield Fault.error(place.at(named=language), "pipe_without_word", item=name)
                if name in told:
                    continue
                told.add(name)
                if name not in items:
                    yield Fault.error(place, "pipe_unknown", item=name)
                elif items[name].kind != "choice":
                    yield Fault.error(place, "pipe_unfit", item=name)
                elif name not in before:
                    yield Fault.error(place, "pipe_too_early", item=name)
        before |= {item.id for item in questionnaire.page_items(page)}


def _texts(page: Page) -> Iterator[texts.Worded]:
    return (worded for worded in texts.of_page(page) if worded.pipes)


def _pipes(text: Text) -> Iterator[tuple[str, str, str]]:
    """(language, item, word) for each answer that is to stand in the text."""
    for language, words in text.root.items():
        for found in PIPE.finditer(words):
            yield language, found[1], found[2]
