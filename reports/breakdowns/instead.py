"""What may be had when a request is refused: what was told before, the same of single places, and backgrounds
that would be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.breakdowns.asking import Ask, Grouping, backgrounds
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import MOST_WORK, SPARE_WORK, Entry, Released, judge
from reports.disclosure import Effort
from reports.requests import LEVELS
from reports.waves import Wave

MOST_NAMED = 3
MOST_TRIED = 8
"""Backgrounds judged for one refusal, with the work of one level of a request among them."""


@dataclass(frozen=True)
class Instead:
    """`again`: tables of the same question that were told; they are told alike whenever they are asked for.
    `other`: of which something would be told if one of them were asked for now, at the level that it
    would be told for; the same groups of single places first."""

    again: tuple[Ask, ...]
    other: tuple[Ask, ...]


def instead(wave: Wave, ask: Ask, earlier: Sequence[Entry], released: Released) -> Instead:
    """For a request that `judge` refused. Nothing of it is told, so nothing of it goes into the ledger.

    That something would be told of a background is what its own refusal or table would show as well.
    """
    again = tuple(entry.ask for entry in earlier if entry.ask.item == ask.item)
    alone = {one.by[0].variable for one in again if len(one.by) == 1}
    if len(ask.by) == 1:
        alone.add(ask.by[0].variable)
    form = wave.questionnaire
    other = _of_single_places(wave, ask, earlier, released)
    most = len(other) + MOST_NAMED
    candidates = [
        item
        for item in backgrounds(form)
        if item.id not in alone | {ask.item} and not (item.sensitive and ask.level == "estate")
    ]
    effort = Effort(MOST_WORK)
    for item in candidates[:MOST_TRIED]:
        by = Grouping(item.id, tuple((choice.code,) for choice in form.choices(item)))
        try:
            found = judge(wave, Ask(ask.item, (by,), ask.level, ask.profile), earlier, released, effort)
        except NumbersRefused:
            continue
        other.append(found.ask)
        if len(other) == most:
            break
    return Instead(again, tuple(other))


def _of_single_places(wave: Wave, ask: Ask, earlier: Sequence[Entry], released: Released) -> list[Ask]:
    """The same groups in each area, or estate: where places merge small groups each in its own way, hardly
    anything of it can be told of all together, and much of each."""
    told = {entry.ask.canonical() for entry in earlier}
    found = []
    for level in reversed(LEVELS[: LEVELS.index(ask.level)]):
        narrower = replace(ask, level=level)
        if narrower.canonical() in told:
            continue
        try:
            judge(wave, narrower, earlier, released, Effort(MOST_WORK, SPARE_WORK), wider=False)
        except NumbersRefused:
            continue
        found.append(narrower)
    return found
