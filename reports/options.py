"""Which options of a question with several answers may be told: of each estate, and of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forms.questionnaire import Item
from reports.bars import Bar, kept_back
from reports.disclosure import MINIMUM
from reports.disclosure.options import Ties, Total, options_told, totals_told

if TYPE_CHECKING:
    from reports.scope import Groundwork


@dataclass(frozen=True)
class Withheld:
    """Besides what each option hides by itself. `estates`: code -> places of estates; `of_all`: codes."""

    estates: dict[int, frozenset[int]]
    of_all: frozenset[int]


def withheld(ground: Groundwork, item: Item) -> Withheld:
    """Found once a wave: a report asks for every option.

    Source: our own rule, docs/methods.md.
    """
    if item.id not in ground.options:
        ground.options[item.id] = _withheld(ground, item)
    return ground.options[item.id]


def _withheld(ground: Groundwork, item: Item) -> Withheld:
    chosen = ground.counts.chosen[item.id]
    codes = list(chosen)
    base = ground.counts.substantive(item.id)
    choices = {choice.code: choice for choice in ground.wave.questionnaire.choices(item)}
    alone = tuple(item.kind == "multi" and choices[code].exclusive for code in codes)
    several = sum(not own for own in alone)
    ties = Ties(min(item.rank_size, several) if item.kind == "rank" else several, alone)
    inside = [i for i in ground.large_enough if base[i] >= MINIMUM]
    if not inside or not several:
        return Withheld({code: frozenset() for code in codes}, frozenset())
    counts, n = np.stack([chosen[code][inside] for code in codes], axis=1), base[inside]
    told = np.array([options_told(row, int(m), ties) for row, m in zip(counts.tolist(), n, strict=True)])
    by_itself = (counts >= MINIMUM) & (n[:, None] - counts >= MINIMUM)
    estates = {
        code: frozenset(np.asarray(inside)[by_itself[:, o] & ~told[:, o]].tolist())
        for o, code in enumerate(codes)
    }
    back = kept_back(ground, None, item.id)
    silent = [item.sensitive or ground.wave.estates[i].id in back for i in inside]
    told[silent] = False
    totals = [_total(ground, item, code, inside, estates[code]) for code in codes]
    stand = totals_told(counts, n, ties, told, totals)
    taken = (code for code, total, own in zip(codes, totals, stand, strict=True) if total and not own)
    return Withheld(estates, frozenset(taken))


def _total(
    ground: Groundwork, item: Item, code: int, inside: list[int], hiding: frozenset[int]
) -> Total | None:
    base, k = ground.counts.substantive(item.id), ground.counts.chosen[item.id][code]
    table = np.stack([base - k, k], axis=1)
    bar = Bar(ground, ground.large_enough, False, item.id, table, (1,), hiding)
    if len(bar.spans) < 2:
        return None
    per_answer = np.zeros(len(base))
    per_answer[bar.places] = bar.weights / bar.base
    return Total(per_answer[inside], bar.step)
