"""What a request costs, told before it is made: from what is asked and was asked, never from an answer.

Asking is for good: what is told of one table is hidden of later ones. So it is said first which of the usual
tables (each background by itself, every answer apart, for all, areas and buildings) the request comes before,
and they can be entered in the ledger ahead of it. How many numbers would be hidden is not said: that follows
from the answers, and whoever could ask it of groups of his choice, without a trace in the ledger, would count
people by it (docs/methods.md). These functions are therefore not given the answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from forms.questionnaire import Questionnaire
from reports.breakdowns.asking import MOST_ASKED, Ask, Grouping, backgrounds
from reports.disclosure import PROFILES
from reports.requests import LEVELS, Level
from reports.waves import Estate

STANDARD = "standard"


@dataclass(frozen=True)
class Cost:
    """`again`: the request was told before, and is told alike: it costs nothing."""

    ask: Ask
    again: bool
    groups: int
    places: int
    numbers: int
    """At most: places x (everybody, then each answer) x groups."""
    homes: int | None
    """Homes asked for each group in the middling place; None where not all are known."""
    fewest: int
    """Answers that a group needs to be told."""
    first: tuple[Ask, ...]
    """Usual tables that were not told and should be entered before it: they could be told with more gaps
    afterwards, or not at all."""
    later: tuple[Ask, ...]
    """Usual tables that come after it by custom, and are judged by it when they are asked for."""
    keys: tuple[str, ...]
    """Backgrounds by which research data could be handed out before, and cannot afterwards."""

    @property
    def too_many(self) -> bool:
        """More groups than any request is answered of: it costs nothing, for nothing is told."""
        return self.groups > MOST_ASKED and not self.again

    @property
    def free(self) -> bool:
        return self.again or self.too_many or not (self.first or self.keys)


def usual(form: Questionnaire, estates: Sequence[Estate], item_id: str) -> tuple[Ask, ...]:
    """The usual tables of a question, in the order they are best asked for: the widest places first."""
    item = form.item(item_id)
    found = []
    for level in _levels(estates):
        for background in backgrounds(form):
            if background.id == item_id:
                continue
            codes = [choice.code for choice in form.choices(background)]
            if len(codes) > MOST_ASKED or (level == "estate" and (item.sensitive or background.sensitive)):
                continue
            by = Grouping(background.id, tuple((code,) for code in sorted(codes)))
            found.append(Ask(item_id, (by,), level, STANDARD))
    return tuple(found)


def cost_of(
    form: Questionnaire, estates: Sequence[Estate], ask: Ask, earlier: Sequence[Ask], *, released: bool
) -> Cost:
    """What `ask` costs after `earlier` was told of the same round.

    released: whether research data of the round were handed out
    """
    asked = {one.canonical() for one in earlier}
    again = ask.canonical() in asked
    of_item = usual(form, estates, ask.item)
    names = _together(ask, earlier)
    ahead = [
        one
        for one in of_item
        if one.by[0].variable in names and one.canonical() not in asked | {ask.canonical()}
    ]
    first = ahead
    if ask.canonical() in {one.canonical() for one in of_item}:
        wider = LEVELS[LEVELS.index(ask.level) + 1 :]
        first = [one for one in ahead if one.by[0].variable == ask.by[0].variable and one.level in wider]
    burnt = {grouping.variable for one in earlier for grouping in one.by}
    keys = [g.variable for g in ask.by if g.variable in form.release_keys and g.variable not in burnt]
    sizes = _homes(estates, ask.level)
    groups = math.prod(len(grouping.bands) for grouping in ask.by)
    profile = PROFILES[ask.profile]
    sensitive = any(form.item(name).sensitive for name in (ask.item, *(g.variable for g in ask.by)))
    return Cost(
        ask,
        again,
        groups,
        len(sizes),
        len(sizes) * (1 + len(form.steps(form.item(ask.item)))) * groups,
        None if any(size is None for size in sizes) else median_low(filter(None, sizes)) // groups,
        profile.sensitive if sensitive else profile.breakdown,
        () if again else tuple(first),
        () if again else tuple(one for one in ahead if one not in first),
        () if again or released else tuple(keys),
    )


def _levels(estates: Sequence[Estate]) -> list[Level]:
    """From the widest; those that differ: one estate is its area, and one area is all."""
    real = [estate for estate in estates if not estate.pool]
    areas = len({estate.area for estate in real})
    found: list[Level] = ["all"]
    if 1 < areas < len(real):
        found.append("area")
    if len(real) > 1:
        found.append("estate")
    return found


def _together(ask: Ask, earlier: Sequence[Ask]) -> set[str]:
    """Backgrounds that the ledger lays beside those of the request: told crossed with one of them, or with
    one that was."""
    names = {grouping.variable for grouping in ask.by}
    told = [{grouping.variable for grouping in one.by} for one in earlier if one.item == ask.item]
    while more := {name for crossed in told if crossed & names for name in crossed} - names:
        names |= more
    return names


def _homes(estates: Sequence[Estate], level: Level) -> list[int | None]:
    """Homes asked in each place of a level; None: not known of some of its estates."""
    places: dict[str, list[int | None]] = {}
    for estate in estates:
        if not estate.pool:
            name = {"all": "", "area": estate.area, "estate": estate.id}[level]
            places.setdefault(name, []).append(estate.invited)
    return [
        None if None in own else sum(homes for homes in own if homes is not None) for own in places.values()
    ]
