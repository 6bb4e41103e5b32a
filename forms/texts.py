"""Every text of a questionnaire or a page, with its place, in the order people meet them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.errors import Place, at
from forms.questionnaire import Item, Matrix, Page, Questionnaire, Text


@dataclass(frozen=True)
class Worded:
    place: Place
    text: Text
    pipes: bool
    """Whether earlier answers may stand in it (`forms/piping.py`)."""


def whole(questionnaire: Questionnaire) -> Iterator[tuple[Place, Text]]:
    """Every text people see, with its place."""
    head = at(questionnaire=questionnaire.id)
    yield head.at(field="title"), questionnaire.title
    yield head.at(field="description"), questionnaire.description
    yield head.at(field="credit"), questionnaire.credit
    for key, label in questionnaire.labels.items():
        yield at(label=key), label
    for scale in questionnaire.scales:
        for choice in scale.choices:
            yield at(scale=scale.id, choice=choice.value), choice.text
        if scale.ends is not None:
            yield at(scale=scale.id, field="ends.low"), scale.ends.low
            yield at(scale=scale.id, field="ends.high"), scale.ends.high
    for page in questionnaire.pages:
        yield from ((worded.place, worded.text) for worded in of_page(page))


def of_page(page: Page) -> Iterator[Worded]:
    place = at(page=page.id)
    yield Worded(place.at(field="title"), page.title, True)
    if page.intro is not None:
        yield Worded(place.at(field="intro"), page.intro, True)
    for entry in page.items:
        yield Worded(place.at(item=entry.id, field="text"), entry.text, True)
        for item in entry.rows if isinstance(entry, Matrix) else (entry,):
            if item is not entry:
                yield Worded(place.at(item=item.id, field="text"), item.text, True)
            yield from _of_item(place, item)


def _of_item(place: Place, item: Item) -> Iterator[Worded]:
    if item.help is not None:
        yield Worded(place.at(item=item.id, field="help"), item.help, True)
    for must in item.must:
        yield Worded(place.at(item=item.id, field="must"), must.text, False)
    if item.unit is not None:
        yield Worded(place.at(item=item.id, field="unit"), item.unit, False)
    for choice in item.choices:
        yield Worded(place.at(item=item.id, choice=choice.value), choice.text, False)
