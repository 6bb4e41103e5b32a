"""What nobody will be told of the answers, though they are given: for who would find out after the round.

How many answered a question that only some are asked says how many they were (rule 11 of what is hidden,
docs/methods.md). The reports keep to it (`reports.tied`); here it is said beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Fault, at
from forms.questionnaire import Item, Questionnaire
from forms.ties import Decided, decided


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    ties = decided(questionnaire)
    items = {item.id: item for item in questionnaire.items()}
    pages = {item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)}
    never: dict[str, str] = {}
    for tie in ties:
        place = at(page=pages[tie.item.id], item=tie.item.id)
        if (hidden := _hidden(tie, items, never)) is not None:
            never[tie.item.id] = hidden
            kind = "never_told_sensitive" if items[hidden].sensitive else "never_told_behind"
            yield Fault.warning(place, kind, item=hidden)
        elif _of_several(tie, items):
            never[tie.item.id] = tie.item.id
            yield Fault.note(place, "never_told_computed", items=tuple(sorted(tie.parts)))
    background = {name for name, item in items.items() if item.background and item.kind == "choice"}
    tied = {tie.item.id for tie in ties if tie.item.kind == "choice"} - never.keys()
    if background - tied and (some := [name for name in items if name in tied - background]):
        yield Fault.note(at(questionnaire=questionnaire.id), "never_told_by_group", items=tuple(some))


def _hidden(tie: Decided, items: dict[str, Item], never: dict[str, str]) -> str | None:
    """The question of which no estate is told anything, and so nothing of this one."""
    names = tie.deciding if _one_bar(tie, items) else tie.deciding - tie.parts
    for name in sorted(names):
        if name in never:
            return never[name]
        if items[name].sensitive:
            return name
    return None


def _of_several(tie: Decided, items: dict[str, Item]) -> bool:
    return not _one_bar(tie, items) and any(items[name].counted for name in tie.parts)


def _one_bar(tie: Decided, items: dict[str, Item]) -> bool:
    """Whether one question decides alone, of which every estate has a bar."""
    return tie.by == tie.deciding and [items[name].kind for name in tie.by] == ["choice"]
