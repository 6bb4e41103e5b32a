"""Who is asked what in a version of a questionnaire, as a mark to hold against that of another version.

A question is asked of the same people in two versions when its conditions, and all that they hang on, say the
same: `forms.versions` compares nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from hashlib import blake2b
from typing import Any, TypeVar

from forms.condition_tree import Node
from forms.errors import ConditionFault
from forms.expressions import normal
from forms.logic import compile_condition
from forms.questionnaire import Item, Matrix, Questionnaire, Text

T = TypeVar("T")


class Side:
    """One of the two versions, and under which conditions each of its items is asked.

    What a condition comes to hangs on the questions it reads, and these on their own conditions. All of it
    goes into one mark an item, made from the first to the last: conditions read what stands before them.
    """

    def __init__(self, form: Questionnaire) -> None:
        self.form = form
        self.items = {item.id: item for item in form.items()}
        self.meanings = {item.id: item.meaning for item in form.items()}
        self.stems: dict[str, Text] = {}
        self._marks: dict[str, str] = {}
        self._asked: dict[str, object] = {}
        self._computed: dict[str, str] = {}
        for page in form.pages:
            for entry in page.items:
                for row in entry.rows if isinstance(entry, Matrix) else (entry,):
                    if row is not entry:
                        self.stems[row.id] = entry.text
                    self._note(
                        row, {source for source in (page.show_if, entry.show_if, row.show_if) if source}
                    )

    def ordinal(self, item: Item) -> bool:
        return bool(item.scale) and not item.choices and self.form.scale(item.scale or "").ordinal

    def asked(self, item: Item) -> object:
        """All that decides who is asked, and what is offered to whom. Questions go by meaning."""
        return self._asked[item.id]

    def computed(self, item: Item) -> str:
        """How its answer is reckoned, and of what; '' for what is asked."""
        return self._computed[item.id]

    def _note(self, item: Item, shown: set[str]) -> None:
        choices = self.form.choices(item)
        offered = sorted((c.value, self._comes_to(c.show_if)) for c in choices if c.show_if)
        self._asked[item.id] = asked = (sorted(map(self._comes_to, shown)), offered)
        self._computed[item.id] = computed = self._comes_to(item.computed) if item.computed else ""
        answers = [(choice.value, choice.number) for choice in choices]
        self._marks[item.id] = _mark(item.meaning, item.kind, answers, asked, computed)

    def _comes_to(self, source: str) -> str:
        try:
            condition = compile_condition(source)
        except ConditionFault:  # lint_conditions has said so
            return source
        read = sorted(self._marks.get(name, name) for name in condition.references)
        return _mark(normal(_by_meaning(condition.node, self.meanings)), read)


def _mark(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _by_meaning(node: T, meanings: Mapping[str, str]) -> T:
    """The condition with every item called by its meaning."""
    changed: dict[str, Any] = {}
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if field.name == "item":
            changed["item"] = meanings.get(value, value)
        elif is_dataclass(value):
            changed[field.name] = _by_meaning(value, meanings)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changed[field.name] = tuple(_by_meaning(part, meanings) for part in value)
    return replace(node, **changed) if changed else node  # type: ignore[type-var]
