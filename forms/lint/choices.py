"""Choices that read the same: nobody who answers can tell them apart."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Fault, Place, at
from forms.languages import name
from forms.questionnaire import Choice, Questionnaire


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    for scale in questionnaire.scales:
        yield from _alike(at(scale=scale.id), scale.choices)
    for page in questionnaire.pages:
        for item in questionnaire.page_items(page):
            yield from _alike(at(page=page.id, item=item.id), item.choices)


def _alike(place: Place, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    """Once a list, in the first language that has two. What only some are shown may be meant for others."""
    shown = [choice for choice in choices if choice.show_if is None]
    for language in dict.fromkeys(language for choice in shown for language in choice.text.root):
        seen: set[str] = set()
        for choice in shown:
            words = " ".join(choice.text.root.get(language, "").split())
            plain = words.casefold().rstrip(".")
            if plain and plain in seen:
                own = place.at(choice=choice.value).at(named=language)
                yield Fault.warning(own, "choices_alike", words=words, name=name(language))
                return
            seen.add(plain)
