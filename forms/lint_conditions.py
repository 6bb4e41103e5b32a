"""What is wrong with conditions: unreadable, about missing or later items, never or always true.

A condition is tried with every answer its items can get, which also finds those that break while they run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

from forms.errors import ConditionFault, Fault, at
from forms.logic import Condition, Located, Words, compile_condition, conditions, unreadable, words
from forms.questionnaire import SPECIAL_CODES, Item, Matrix, Questionnaire

MAX_TRIALS = 20_000
_STRING = r"(?:\"([^\"\\]*)\"|'([^'\\]*)')"
_ITEM = r"answers\s*\.\s*(\w+)"
_COMPARED = (
    re.compile(rf"{_ITEM}\s*(?:==|!=)\s*{_STRING}"),
    re.compile(rf"{_STRING}\s*(?:==|!=|\bin\b)\s*{_ITEM}"),
)
_AMONG = re.compile(rf"{_ITEM}\s+in\s*\[([^\]]*)\]")


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Every fault of every condition."""
    places = _Places(questionnaire)
    for located in conditions(questionnaire):
        try:
            condition = compile_condition(located.source)
        except ConditionFault as fault:
            yield unreadable(located.place, fault)
            continue
        faults = [
            *_missing(located, condition, places),
            *_without_answer(located, condition),
            *_unknown_words(located, places),
        ]
        yield from faults or _trial(located, condition, places)
        if not faults:
            yield from _too_early(located, condition, places)
    yield from _first_page(questionnaire)


def missing_items(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Conditions that read items the questionnaire does not have."""
    places = _Places(questionnaire)
    for located in conditions(questionnaire):
        try:
            yield from _missing(located, compile_condition(located.source), places)
        except ConditionFault:
            continue  # check() has said so


class _Places:
    """Items by id, the page each stands on, and its place in the whole."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.items = {item.id: item for item in questionnaire.items()}
        self.order = {item_id: place for place, item_id in enumerate(self.items)}
        self.pages = {
            item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)
        }


def _missing(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    unknown = condition.references - places.items.keys()
    for name in sorted(unknown):
        yield Fault.error(located.place, "condition_item_unknown", condition=located.source, item=name)


def _without_answer(located: Located, condition: Condition) -> Iterator[Fault]:
    if not condition.references:
        yield Fault.error(located.place, "condition_without_answer", condition=located.source)


def _too_early(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    if located.first_item is None:
        return
    for name in sorted(condition.references):
        if places.order[name] >= places.order[located.first_item]:
            yield Fault.error(located.place, "condition_too_early", item=name)
        elif places.pages[name] == places.pages[located.first_item]:
            yield Fault.warning(located.place, "condition_same_page", item=name)


def _unknown_words(located: Located, places: _Places) -> Iterator[Fault]:
    for name, word in _compared(located.source):
        item = places.items.get(name)
        if item is None or item.kind == "text":
            continue
        known = _known_words(places.questionnaire, item)
        if word not in known and word != "":
            yield Fault.error(
                located.place, "condition_word_unknown", word=word, item=name, known=", ".join(known)
            )


def _compared(source: str) -> Iterator[tuple[str, str]]:
    """(item, word) for every word that is held against an item."""
    for found in _COMPARED[0].finditer(source):
        yield found.group(1), found.group(2) or found.group(3) or ""
    for found in _COMPARED[1].finditer(source):
        yield found.group(3), found.group(1) or found.group(2) or ""
    for found in _AMONG.finditer(source):
        for word in re.finditer(_STRING, found.group(2)):
            yield found.group(1), word.group(1) or word.group(2) or ""


def _known_words(questionnaire: Questionnaire, item: Item) -> list[str]:
    return [*(choice.value for choice in questionnaire.choices(item)), *item.specials]


@dataclass(frozen=True)
class _Sample:
    """What an item can be seen to say. `complete`: these are all there are."""

    seen: list[Words]
    complete: bool


def _sample(questionnaire: Questionnaire, item: Item, source: str) -> _Sample:
    if item.kind == "text":
        return _Sample(["", "ord", *(word for name, word in _compared(source) if name == item.id)], False)
    codes = [choice.code for choice in questionnaire.choices(item)]
    specials = [SPECIAL_CODES[word] for word in item.specials]
    singles = [None, *codes, *specials]
    if item.kind == "choice":
        return _Sample([words(questionnaire, item, code) for code in singles], True)
    lists = [[], *([code] for code in (*codes, *specials)), *map(list, combinations(codes, 2)), codes]
    return _Sample([words(questionnaire, item, several) for several in lists], False)


def _trial(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    """Try the condition with every answer; say when it breaks, and when it is never or always true."""
    names = sorted(condition.references)
    try:
        samples = [_sample(places.questionnaire, places.items[name], located.source) for name in names]
    except KeyError:  # an unknown scale: integrity has said so
        return
    outcomes: set[bool] = set()
    tried = 0
    try:
        for seen in islice(product(*(sample.seen for sample in samples)), MAX_TRIALS):
            tried += 1
            outcomes.add(condition.holds(dict(zip(names, seen, strict=True))))
            if len(outcomes) == 2:
                return
    except ConditionFault as fault:
        yield Fault.error(located.place, "condition_breaks", condition=located.source, reason=fault.reason)
        return
    if tried < MAX_TRIALS and all(sample.complete for sample in samples):
        yield _one_outcome(located, always=True in outcomes)


def _one_outcome(located: Located, *, always: bool) -> Fault:
    if always:
        return Fault.warning(located.place, "condition_always", condition=located.source)
    return Fault.error(located.place, "condition_never", condition=located.source)


def _first_page(questionnaire: Questionnaire) -> Iterator[Fault]:
    """The first page must show something to everybody, or a tenant may be left with an empty form."""
    first = questionnaire.pages[0]
    always = [
        entry
        for entry in first.items
        if entry.show_if is None
        and (not isinstance(entry, Matrix) or any(row.show_if is None for row in entry.rows))
    ]
    if first.show_if is not None or not always:
        yield Fault.error(at(page=first.id), "first_page_hidden")
