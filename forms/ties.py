"""Which questions hang on answers to which: by a condition that shows them, or because they are reckoned.

A condition stands at a question, its matrix, its page, or at one of its choices. What cannot be read is met
by nobody, and ties nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from forms import computed
from forms.errors import ConditionFault
from forms.logic import Condition, compile_condition
from forms.questionnaire import Item, Matrix, Questionnaire


@dataclass(frozen=True)
class Tie:
    """What answers to other questions decide about one."""

    item: Item
    conditions: tuple[Condition, ...]
    """It is asked where all of these hold; those of its choices decide what can be chosen."""
    reckoned: Condition | None
    """What it is reckoned by, instead of being asked."""

    @property
    def shown_by(self) -> frozenset[str]:
        return frozenset(name for condition in self.conditions for name in condition.references)

    @property
    def made_of(self) -> frozenset[str]:
        return self.reckoned.references if self.reckoned else frozenset()

    @property
    def by(self) -> frozenset[str]:
        """Ids of all questions that it reads itself."""
        return self.shown_by | self.made_of


@dataclass(frozen=True)
class Decided(Tie):
    """A question whose answers are counted, and what decides about it. Consents are not among that: who does
    not consent has not answered. Words and numbers, which nobody counts, stand with what decides about
    them."""

    deciding: frozenset[str]
    parts: frozenset[str]
    """Of these, what it is reckoned from."""


def ties(form: Questionnaire) -> dict[str, Tie]:
    """Of every question that hangs on others, by id, in the order of the questionnaire.

    Source: a definition.
    """
    reckoned = computed.conditions(form)
    found = {}
    for page in form.pages:
        for entry in page.items:
            for item in form.rows(entry) if isinstance(entry, Matrix) else (entry,):
                stand = [page.show_if, entry.show_if, item.show_if]
                stand += [choice.show_if for choice in form.choices(item)]
                tie = Tie(item, tuple(_readable(stand)), reckoned.get(item.id))
                if tie.by:
                    found[item.id] = tie
    return found


def behind(form: Questionnaire) -> dict[str, frozenset[str]]:
    """Question -> all that it hangs on, at first or at any further hand; of all questions."""
    found = ties(form)
    return {
        item.id: _gathered(found[item.id].by if item.id in found else (), found, lambda tie: tie.by)
        for item in form.items()
    }


def decided(form: Questionnaire) -> tuple[Decided, ...]:
    """The questions with codes that answers to others decide about: what decides about one stands before it.

    Source: our own rule, docs/methods.md, "What is hidden".
    """
    items = {item.id: item for item in form.items()}
    found = ties(form)
    uncounted = {name: tie for name, tie in found.items() if not items[name].counted}
    told = []
    for tie in found.values():
        known = _gathered(tie.by, uncounted, lambda one: one.by) & items.keys()
        deciding = {name for name in known if not items[name].consent}
        parts = _gathered(tie.made_of, uncounted, lambda one: one.made_of) & deciding
        if tie.item.counted and deciding:
            told.append(Decided(tie.item, tie.conditions, tie.reckoned, frozenset(deciding), parts))
    return tuple(told)


def _gathered(
    names: Iterable[str], found: Mapping[str, Tie], of: Callable[[Tie], Iterable[str]]
) -> frozenset[str]:
    """These, and what those of them that are `found` lead to."""
    seen: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += of(found[name]) if name in found else ()
    return frozenset(seen)


def _readable(sources: Iterable[str | None]) -> Iterator[Condition]:
    for source in dict.fromkeys(sources):
        if source:
            try:
                yield compile_condition(source)
            except ConditionFault:  # lint_conditions has said so
                continue
