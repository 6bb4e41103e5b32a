"""What nobody will be told of the answers, though they are given: for who would find out after the round.

How many answered a question that only some are asked says how many they were (rule 11 of what is hidden,
docs/methods.md). The reports keep to it (`reports.tied`); here it is said beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.entangled import telling
from forms.errors import Fault, at
from forms.questionnaire import Item, Questionnaire
from forms.ties import Decided, decided


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    ties, rule = {tie.item.id: tie for tie in decided(questionnaire)}, telling(questionnaire)
    items = {item.id: item for item in questionnaire.items()}
    pages = {item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)}
    never: dict[str, str] = {}
    for name in items:
        place = at(page=pages[name], item=name)
        if name in ties and (hidden := _hidden(ties[name], items, never)) is not None:
            never[name] = hidden
            kind = "never_told_sensitive" if items[hidden].sensitive else "never_told_behind"
            yield Fault.warning(place, kind, item=hidden)
        elif name in rule.never:
            never[name] = name
            yield Fault.note(place, f"never_told_{rule.never[name].why}", items=rule.never[name].items)
    background = {name for name, item in items.items() if item.background and item.kind == "choice"}
    tied = {name for name in ties if items[name].kind == "choice"} - never.keys()
    if background - tied and (some := [name for name in items if name in tied - background]):
        yield Fault.note(at(questionnaire=questionnaire.id), "never_told_by_group", items=tuple(some))


def _hidden(tie: Decided, items: dict[str, Item], never: dict[str, str]) -> str | None:
    """The question of which no estate is told anything, and so nothing of this one."""
    for name in sorted(tie.deciding):
        if name in never:
            return never[name]
        # What is worked out from a sensitive number is sensitive itself.
        if items[name].sensitive and (items[name].counted or name not in tie.parts):
            return name
    return None
